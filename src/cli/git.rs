//! What git knows of files.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::files::in_full;

/// The files of the repository here that differ from a revision, or that git does not have; from the root.
pub(super) fn changed_since(rev: &str) -> Result<HashSet<PathBuf>> {
    if rev.starts_with('-') {
        bail!("{rev} is no revision of git; write a branch, a tag or a commit");
    }
    let top = git(&["rev-parse", "--show-toplevel"])?;
    let top = PathBuf::from(path(top.strip_suffix(b"\n").unwrap_or(&top)));
    let changed = git(&["diff", "--name-only", "--no-renames", "--diff-filter=d", "-z", rev, "--"])?;
    // These are told from the folder that is named, not from the top.
    let folder = top.to_string_lossy().into_owned();
    let new = git(&["-C", &folder, "ls-files", "--others", "--exclude-standard", "-z"])?;
    let names = changed.split(|byte| *byte == 0).chain(new.split(|byte| *byte == 0));
    Ok(names.filter(|name| !name.is_empty()).map(|name| in_full(&top.join(path(name)))).collect())
}

fn git(args: &[&str]) -> Result<Vec<u8>> {
    let output = Command::new("git").args(args).output().context("cannot run git, which --since asks")?;
    if !output.status.success() {
        bail!("--since: {}", String::from_utf8_lossy(&output.stderr).trim_end());
    }
    Ok(output.stdout)
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> &Path {
    use std::os::unix::ffi::OsStrExt as _;
    Path::new(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> &Path {
    Path::new(std::str::from_utf8(bytes).unwrap_or_default())
}
