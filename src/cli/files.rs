//! What paths name, and where the output of each input goes.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use dechaff::formats::form::{Form, extension};
use globset::{GlobBuilder, GlobMatcher};
use ignore::WalkBuilder;

/// Something to work on.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// The file; none for standard input.
    pub path: Option<PathBuf>,
    /// Where it goes under an output folder.
    pub relative: PathBuf,
}

impl Input {
    pub fn stdin() -> Self {
        Self { path: None, relative: PathBuf::from("stdin.txt") }
    }

    /// What the report calls it.
    pub fn name(&self) -> String {
        self.path.as_ref().map_or_else(|| "-".to_owned(), |path| path.display().to_string())
    }

    /// What a person is told that it is.
    pub fn shown(&self) -> String {
        self.path.as_ref().map_or_else(|| "standard input".to_owned(), |path| path.display().to_string())
    }

    /// How many bytes it has; none when that is not known.
    pub fn len(&self) -> Option<u64> {
        let metadata = match &self.path {
            Some(path) => path.metadata().ok(),
            None => stdin_metadata(),
        };
        metadata.filter(fs::Metadata::is_file).map(|metadata| metadata.len())
    }

    /// Its bytes as they are.
    pub fn open(&self) -> Result<Box<dyn Read + Send>> {
        Ok(match &self.path {
            Some(path) => {
                Box::new(fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?)
            }
            None => Box::new(io::stdin()),
        })
    }
}

/// That of the file that a shell made standard input, if it is one.
#[cfg(unix)]
fn stdin_metadata() -> Option<fs::Metadata> {
    use std::os::fd::AsFd as _;
    let file = fs::File::from(io::stdin().as_fd().try_clone_to_owned().ok()?);
    file.metadata().ok()
}

#[cfg(not(unix))]
fn stdin_metadata() -> Option<fs::Metadata> {
    None
}

/// What paths name.
#[derive(Debug)]
pub(super) struct Inputs {
    pub files: Vec<Input>,
    /// True when a folder is among the paths: then nobody named the files one by one.
    pub from_folder: bool,
}

/// The files that `paths` name: files, `-`, patterns, and folders, of which the files of a known form are taken,
/// as `.gitignore` lets them. Nothing is taken that is `except`ed or under it: the output, the report.
pub(super) fn inputs(paths: &[PathBuf], except: &[Option<&Path>]) -> Result<Inputs> {
    let except: Vec<PathBuf> =
        except.iter().copied().flatten().filter_map(|path| path.canonicalize().ok()).collect();
    let mut inputs = Inputs { files: Vec::new(), from_folder: false };
    for path in paths {
        if path.as_os_str() == "-" {
            inputs.files.push(Input::stdin());
        } else if path.is_dir() {
            inputs.from_folder = true;
            let before = inputs.files.len();
            add_folder(path, &except, has_known_name, &mut inputs.files)?;
            if inputs.files.len() == before {
                bail!(
                    "no files to clean in {}: a folder's files are taken when they end in .{}, compressed or \
                     not, or have no extension; name others themselves",
                    path.display(),
                    Form::extensions().collect::<Vec<_>>().join(", .")
                );
            }
        } else if let Some((folder, pattern)) = pattern_of(path)? {
            inputs.from_folder = true;
            let before = inputs.files.len();
            add_folder(&folder, &except, |path| pattern.is_match(path), &mut inputs.files)?;
            if inputs.files.len() == before {
                bail!("no file is named like {}", path.display());
            }
        } else {
            // A missing file is told here, before anything is written.
            fs::metadata(path).with_context(|| format!("cannot read {}; check the path", path.display()))?;
            let name = path.file_name().map_or_else(|| path.clone(), PathBuf::from);
            inputs.files.push(Input { path: Some(path.clone()), relative: name });
        }
    }
    Ok(inputs)
}

fn add_folder(
    folder: &Path,
    except: &[PathBuf],
    is_wanted: impl Fn(&Path) -> bool,
    files: &mut Vec<Input>,
) -> Result<()> {
    let except = except.to_vec();
    let mut builder = WalkBuilder::new(folder);
    builder.require_git(false).sort_by_file_name(Ord::cmp);
    builder.filter_entry(move |entry| {
        let is_same = |path: PathBuf| except.contains(&path);
        except.is_empty() || entry.depth() == 0 || !entry.path().canonicalize().is_ok_and(is_same)
    });
    for entry in builder.build() {
        let entry = entry.with_context(|| format!("cannot read the folder {}", folder.display()))?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) && is_wanted(entry.path()) {
            let path = entry.into_path();
            let relative = path.strip_prefix(folder).unwrap_or(&path).to_owned();
            files.push(Input { path: Some(path), relative });
        }
    }
    Ok(())
}

fn has_known_name(path: &Path) -> bool {
    extension(path).is_none() || Form::of_name(path).is_some()
}

/// A path that is no file but a pattern, as the folder to look in and what names there must be like.
fn pattern_of(path: &Path) -> Result<Option<(PathBuf, GlobMatcher)>> {
    let is_pattern = |part: &OsStr| part.to_string_lossy().contains(['*', '?', '[', '{']);
    if fs::symlink_metadata(path).is_ok() || !is_pattern(path.as_os_str()) {
        return Ok(None);
    }
    let plain = path.components().take_while(|part| !is_pattern(part.as_os_str()));
    let folder: PathBuf = plain.collect();
    let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
    // What is found in this folder is called ./NAME.
    let whole =
        if folder == Path::new(".") && !path.starts_with(".") { folder.join(path) } else { path.to_owned() };
    let glob = GlobBuilder::new(&whole.to_string_lossy()).literal_separator(true).build();
    let glob = glob.with_context(|| format!("{} is not a pattern of names", path.display()))?;
    Ok(Some((folder, glob.compile_matcher())))
}

/// Where each input goes under `-o`: the folder's tree is kept, and two inputs never share a target.
///
/// A single file may go to a file: to `output` itself, unless that is a folder or ends in a slash.
pub(super) fn targets(inputs: &Inputs, output: &Path) -> Result<Vec<PathBuf>> {
    let ends_in_slash = output.as_os_str().to_string_lossy().ends_with(std::path::MAIN_SEPARATOR);
    let to_file = inputs.files.len() == 1 && !inputs.from_folder && !output.is_dir() && !ends_in_slash;
    let target = |input: &Input| {
        if to_file { output.to_owned() } else { output.join(&input.relative) }
    };
    let targets: Vec<PathBuf> = inputs.files.iter().map(target).collect();
    let mut taken: HashMap<&Path, &Input> = HashMap::new();
    for (input, target) in inputs.files.iter().zip(&targets) {
        if let Some(other) = taken.insert(target, input) {
            bail!(
                "{} and {} would both go to {}; clean them into folders of their own",
                other.shown(),
                input.shown(),
                target.display()
            );
        }
        if input.path.as_ref().is_some_and(|path| is_same_place(path, target)) {
            bail!("{} would be written over itself; say --in-place if that is meant", input.name());
        }
    }
    Ok(targets)
}

/// True when both paths lead to the same file, there or not.
pub(super) fn is_same_place(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path)).ok();
    place(one).is_some_and(|one| Some(one) == place(other))
}

/// A path from the root, without links and `..` as far as it is there.
pub(super) fn in_full(path: &Path) -> PathBuf {
    let full = path.canonicalize().or_else(|_| std::path::absolute(path));
    full.unwrap_or_else(|_| path.to_owned())
}
