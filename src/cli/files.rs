//! Files in, files out: what a path names, where its output goes, and writing that appears whole or not at
//! all.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use dechaff::formats::form::Form;
use ignore::WalkBuilder;
use tempfile::NamedTempFile;

/// Something to work on.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// The file; none for standard input.
    pub path: Option<PathBuf>,
    /// Where it goes under an output folder.
    pub relative: PathBuf,
}

impl Input {
    /// What the report calls it.
    pub fn name(&self) -> String {
        self.path.as_ref().map_or_else(|| "-".to_owned(), |path| path.display().to_string())
    }

    /// What a person is told that it is.
    pub fn shown(&self) -> String {
        self.path.as_ref().map_or_else(|| "standard input".to_owned(), |path| path.display().to_string())
    }

    /// All its bytes.
    pub fn read(&self) -> Result<Vec<u8>> {
        match &self.path {
            Some(path) => fs::read(path).with_context(|| format!("cannot read {}", path.display())),
            None => {
                let mut bytes = Vec::new();
                io::stdin().lock().read_to_end(&mut bytes).context("cannot read standard input")?;
                Ok(bytes)
            }
        }
    }
}

/// What paths name.
#[derive(Debug)]
pub(super) struct Inputs {
    pub files: Vec<Input>,
    /// True when a folder is among the paths: then nobody named the files one by one.
    pub from_folder: bool,
}

/// The files that `paths` name: files, `-`, and folders, of which the text files are taken, as `.gitignore`
/// lets them. Nothing under `except`, the output folder, is taken.
pub(super) fn inputs(paths: &[PathBuf], except: Option<&Path>) -> Result<Inputs> {
    let mut inputs = Inputs { files: Vec::new(), from_folder: false };
    for path in paths {
        if path.as_os_str() == "-" {
            inputs.files.push(Input { path: None, relative: PathBuf::from("stdin.txt") });
        } else if path.is_dir() {
            inputs.from_folder = true;
            add_folder(path, except, &mut inputs.files)?;
        } else {
            // A missing file is told here, before anything is written.
            fs::metadata(path).with_context(|| format!("cannot read {}; check the path", path.display()))?;
            let name = path.file_name().map_or_else(|| path.clone(), PathBuf::from);
            inputs.files.push(Input { path: Some(path.clone()), relative: name });
        }
    }
    Ok(inputs)
}

fn add_folder(folder: &Path, except: Option<&Path>, files: &mut Vec<Input>) -> Result<()> {
    let except = except.and_then(|path| path.canonicalize().ok());
    let mut builder = WalkBuilder::new(folder);
    builder.require_git(false).sort_by_file_name(Ord::cmp);
    builder.filter_entry(move |entry| match &except {
        Some(except) if entry.depth() > 0 => entry.path().canonicalize().ok().as_ref() != Some(except),
        _ => true,
    });
    let before = files.len();
    for entry in builder.build() {
        let entry = entry.with_context(|| format!("cannot read the folder {}", folder.display()))?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) && is_text_name(entry.path()) {
            let path = entry.into_path();
            let relative = path.strip_prefix(folder).unwrap_or(&path).to_owned();
            files.push(Input { path: Some(path), relative });
        }
    }
    if files.len() == before {
        bail!(
            "no text files in {}: a folder's files are taken when they end in .{} or have no extension; \
             name others themselves",
            folder.display(),
            Form::extensions().collect::<Vec<_>>().join(", .")
        );
    }
    Ok(())
}

fn is_text_name(path: &Path) -> bool {
    path.extension().is_none_or(|_| matches!(Form::of_name(path), Some(Form::Text | Form::Markdown)))
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

    /// Where it goes.
    pub fn path(&self) -> &Path {
        &self.path
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

/// A file with these bytes, ready to take its place.
pub(super) fn written(path: &Path, bytes: &[u8]) -> Result<OutputFile> {
    let mut file = OutputFile::create(path)?;
    file.write_all(bytes)
        .and_then(|()| file.flush())
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(file)
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
