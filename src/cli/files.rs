//! What paths name, and where the output of each input goes.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result, bail};
use dechaff::compress::Compression;
use dechaff::config::PathKind;
use dechaff::formats::form::{Form, extension};
use dechaff::report::human::counted;
use globset::{GlobBuilder, GlobMatcher};
use ignore::WalkBuilder;

use super::console;
use super::discovery::Configs;

/// Something to work on.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// The file; none for standard input.
    pub path: Option<PathBuf>,
    /// The file that standard input is said to be.
    said: Option<PathBuf>,
    /// Where it goes under an output folder.
    pub relative: PathBuf,
}

impl Input {
    /// Standard input, and the file that it is said to be.
    pub fn stdin(said: Option<PathBuf>) -> Self {
        Self { path: None, said, relative: PathBuf::from("stdin.txt") }
    }

    fn file(path: PathBuf, relative: PathBuf) -> Self {
        Self { path: Some(path), said: None, relative }
    }

    /// The path that tells its form and its settings.
    pub fn called(&self) -> Option<&Path> {
        self.path.as_deref().or(self.said.as_deref())
    }

    /// What the report calls it.
    pub fn name(&self) -> String {
        self.path.as_ref().map_or_else(|| "-".to_owned(), |path| path.display().to_string())
    }

    /// What a person is told that it is.
    pub fn shown(&self) -> String {
        self.path.as_ref().map_or_else(|| "standard input".to_owned(), |path| path.display().to_string())
    }

    /// True when it is the file at `path`, also where a shell made that standard input.
    fn is_at(&self, path: &Path) -> bool {
        match &self.path {
            Some(own) => is_same_place(own, path),
            None => is_stdin(path),
        }
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

/// True when a shell made the file at `path` standard input.
#[cfg(unix)]
fn is_stdin(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let file = |metadata: fs::Metadata| metadata.is_file().then(|| (metadata.dev(), metadata.ino()));
    let stdin = stdin_metadata().and_then(file);
    stdin.is_some() && stdin == path.metadata().ok().and_then(file)
}

#[cfg(not(unix))]
fn is_stdin(_: &Path) -> bool {
    false
}

/// Makes sure that `what`, which is to be written to `path`, takes the place of none of these files.
pub(super) fn refuse_overlap<'a>(
    what: &str,
    path: &Path,
    read: &[Input],
    written: impl IntoIterator<Item = &'a Path>,
) -> Result<()> {
    let input = read.iter().find(|input| input.is_at(path)).map(Input::shown);
    let output = || written.into_iter().find(|other| is_same_place(other, path));
    match input.or_else(|| output().map(|output| output.display().to_string())) {
        Some(taken) => bail!("the {what} would take the place of {taken}; give it another name"),
        None => Ok(()),
    }
}

/// What paths name.
#[derive(Debug)]
pub(super) struct Inputs {
    pub files: Vec<Input>,
    /// True when a folder is among the paths: then nobody named the files one by one.
    pub from_folder: bool,
    /// True when configurations exclude some of what the paths name.
    pub excludes_some: bool,
    /// How many links in folders would be taken if they were files.
    links: u64,
}

impl Inputs {
    /// True when a single file is named, which may go to a file or to standard output.
    pub fn is_one_file(&self) -> bool {
        self.files.len() == 1 && !self.from_folder
    }

    /// Tells of links that are not followed, since what they lead to may be elsewhere or be taken twice.
    pub fn tell_of_links(&self) {
        if self.links > 0 {
            console::note(&format!(
                "{} in folders not followed; name what they lead to",
                counted(self.links, "link")
            ));
        }
    }
}

/// Which files are chosen among those that paths name.
pub(super) struct Choice<'a> {
    pub configs: &'a Arc<Configs>,
    /// Nothing is taken that is one of these or under it: the output, the report.
    pub except: &'a [Option<&'a Path>],
    /// What becomes of files that are named and excluded.
    pub named: Named,
    /// The file that standard input is said to be.
    pub stdin: Option<&'a Path>,
    /// Whether a file of a folder is taken although its name tells no form.
    pub is_known: &'a dyn Fn(&Path) -> Result<bool>,
}

/// What becomes of files that are named, not found in a folder, and excluded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// They are taken, unless their configuration says otherwise.
    Taken,
    /// They are left alone.
    Excluded,
}

impl Named {
    /// As `--force-exclude` says.
    pub fn forced(force_exclude: bool) -> Self {
        if force_exclude { Named::Excluded } else { Named::Taken }
    }
}

impl Choice<'_> {
    fn leaves_alone(&self, path: &Path, kind: PathKind) -> Result<bool> {
        Ok(self.configs.place(path)?.is_some_and(|place| {
            (self.named == Named::Excluded || place.config.force_exclude()) && place.is_excluded(kind)
        }))
    }
}

/// The files that `paths` name: files, `-`, patterns, and folders, of which the files of a known form are taken, as
/// `.gitignore` and configurations let them.
pub(super) fn inputs(paths: &[PathBuf], choice: &Choice<'_>) -> Result<Inputs> {
    let except = choice.except.iter().copied().flatten();
    let except: Vec<PathBuf> = except.filter_map(|path| path.canonicalize().ok()).collect();
    let mut inputs = Inputs { files: Vec::new(), from_folder: false, excludes_some: false, links: 0 };
    for path in paths {
        let named = if path.as_os_str() == "-" { choice.stdin } else { Some(path.as_path()) };
        let kind = if path.is_dir() { PathKind::Folder } else { PathKind::File };
        if let Some(named) = named
            && choice.leaves_alone(named, kind)?
        {
            inputs.excludes_some = true;
        } else if path.as_os_str() == "-" {
            inputs.files.push(Input::stdin(choice.stdin.map(Path::to_owned)));
        } else if path.is_dir() {
            inputs.from_folder = true;
            let before = inputs.files.len();
            let is_wanted = |path: &Path| Ok(has_known_name(path) || (choice.is_known)(path)?);
            add_folder(path, &except, choice.configs, is_wanted, &mut inputs)?;
            if inputs.files.len() == before && !inputs.excludes_some {
                inputs.tell_of_links();
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
            let is_wanted = |path: &Path| Ok(pattern.is_match(path));
            add_folder(&folder, &except, choice.configs, is_wanted, &mut inputs)?;
            if inputs.files.len() == before && !inputs.excludes_some {
                bail!("no file is named like {}", path.display());
            }
        } else {
            // A missing file is told here, before anything is written.
            fs::metadata(path).with_context(|| format!("cannot read {}; check the path", path.display()))?;
            let name = path.file_name().map_or_else(|| path.clone(), PathBuf::from);
            inputs.files.push(Input::file(path.clone(), name));
        }
    }
    Ok(inputs)
}

/// Adds the files that are wanted, and what is known of others.
fn add_folder(
    folder: &Path,
    except: &[PathBuf],
    configs: &Arc<Configs>,
    is_wanted: impl Fn(&Path) -> Result<bool>,
    inputs: &mut Inputs,
) -> Result<()> {
    let except = except.to_vec();
    let configs = Arc::clone(configs);
    let excludes_some = Arc::new(AtomicBool::new(false));
    let excluded = Arc::clone(&excludes_some);
    let mut builder = WalkBuilder::new(folder);
    builder.require_git(false).sort_by_file_name(Ord::cmp);
    builder.filter_entry(move |entry| {
        if entry.depth() == 0 {
            return true;
        }
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        let kind = if is_folder { PathKind::Folder } else { PathKind::File };
        if configs.excludes(entry.path(), kind) {
            excluded.store(true, Ordering::Relaxed);
            return false;
        }
        let is_same = |path: PathBuf| except.contains(&path);
        except.is_empty() || !entry.path().canonicalize().is_ok_and(is_same)
    });
    for entry in builder.build() {
        let entry = entry.with_context(|| format!("cannot read the folder {}", folder.display()))?;
        let Some(kind) = entry.file_type() else { continue };
        if kind.is_dir() || !is_wanted(entry.path())? {
            continue;
        }
        if kind.is_file() {
            let path = entry.into_path();
            let relative = path.strip_prefix(folder).unwrap_or(&path).to_owned();
            inputs.files.push(Input::file(path, relative));
        } else if kind.is_symlink() {
            inputs.links += 1;
        }
    }
    inputs.excludes_some |= excludes_some.load(Ordering::Relaxed);
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
    let names_folder = ends_in_slash || output.is_dir();
    let to_file = inputs.is_one_file() && !names_folder;
    let is_like_file = || Form::of_name(output).is_some() || Compression::of_name(output).is_some();
    if !to_file && !names_folder && (is_like_file() || output.exists()) {
        let output = output.display();
        let inputs = if inputs.from_folder { "each file of a folder" } else { "each of several files" };
        bail!(
            "-o {output} looks like a file, and {inputs} is written to one of its own; name a folder, or say \
             {output}/ for one of that name"
        );
    }
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
fn is_same_place(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path)).ok();
    place(one).is_some_and(|one| Some(one) == place(other))
}

/// A path from the root, without links and `..` as far as it is there.
pub(super) fn in_full(path: &Path) -> PathBuf {
    let full = path.canonicalize().or_else(|_| std::path::absolute(path));
    full.unwrap_or_else(|_| path.to_owned())
}
