//! Files that are written: whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use tempfile::NamedTempFile;

/// A file that takes its place only when all of it is written.
pub(super) struct OutputFile {
    path: PathBuf,
    writer: Writer,
}

enum Writer {
    /// Beside the target, to be renamed.
    Beside(io::BufWriter<NamedTempFile>),
    /// A pipe or a device: it can only be written to.
    Straight(io::BufWriter<fs::File>),
}

impl OutputFile {
    /// Starts a file at `path`, with the folders that lead there. A link is followed; the permissions of a
    /// file that is there are kept.
    pub fn create(path: &Path) -> Result<Self> {
        let failed = || format!("cannot write {}", path.display());
        let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let existing = fs::metadata(&target).ok();
        if let Some(metadata) = &existing {
            if metadata.is_dir() {
                return Err(io::Error::from(io::ErrorKind::IsADirectory)).with_context(failed);
            }
            if !metadata.is_file() {
                let file = fs::OpenOptions::new().write(true).open(&target).with_context(failed)?;
                return Ok(Self { path: target, writer: Writer::Straight(io::BufWriter::new(file)) });
            }
            if metadata.permissions().readonly() {
                return Err(io::Error::from(io::ErrorKind::PermissionDenied)).with_context(failed);
            }
        }
        let folder = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder).with_context(failed)?;
        let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut builder = tempfile::Builder::new();
        let prefix = format!(".{name}.");
        builder.prefix(&prefix).suffix(".partial");
        builder.permissions(existing.map_or_else(new_file_permissions, |metadata| metadata.permissions()));
        let file = builder.tempfile_in(folder).with_context(failed)?;
        if let Ok(metadata) = fs::metadata(&target) {
            file.as_file().set_permissions(metadata.permissions()).with_context(failed)?;
        }
        Ok(Self { path: target, writer: Writer::Beside(io::BufWriter::new(file)) })
    }

    /// Puts the file in its place.
    pub fn finish(self) -> Result<()> {
        let failed = || format!("cannot write {}", self.path.display());
        match self.writer {
            Writer::Beside(writer) => {
                let file =
                    writer.into_inner().map_err(io::IntoInnerError::into_error).with_context(failed)?;
                file.persist(&self.path).map_err(|error| error.error).with_context(failed)?;
            }
            Writer::Straight(mut writer) => writer.flush().with_context(failed)?,
        }
        Ok(())
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Writer::Beside(writer) => writer.write(bytes),
            Writer::Straight(writer) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.writer {
            Writer::Beside(writer) => writer.flush(),
            Writer::Straight(writer) => writer.flush(),
        }
    }
}

/// What a file gets that is not there yet: readable to all that the umask lets.
#[cfg(unix)]
fn new_file_permissions() -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    fs::Permissions::from_mode(0o666)
}

#[cfg(not(unix))]
fn new_file_permissions() -> fs::Permissions {
    fs::metadata(".")
        .map(|metadata| metadata.permissions())
        .unwrap_or_else(|_| unreachable!("the working folder of a running program has permissions"))
}
