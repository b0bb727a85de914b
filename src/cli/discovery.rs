//! Which configuration a file goes by: the nearest one above it, unless the command line says otherwise.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Error, Result, anyhow};
use clap::Args;
use dechaff::config::{Config, ConfigError, FILE, PYPROJECT, PathKind, Settings};

use super::files::in_full;

/// Where settings come from.
#[derive(Args, Default)]
#[command(next_help_heading = "Configuration")]
pub(super) struct ConfigArgs {
    /// Go by this file instead of the dechaff.toml or pyproject.toml nearest above each file; its patterns of names
    /// start in the current folder then.
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,
    /// Go by no configuration.
    #[arg(long)]
    no_config: bool,
}

impl ConfigArgs {
    /// The configurations that they leave.
    ///
    /// # Errors
    /// When the one that they name cannot be read.
    pub fn configs(&self) -> Result<Configs> {
        let which = match &self.config {
            _ if self.no_config => Which::None,
            Some(path) => {
                let cannot = || format!("cannot read the configuration {}; check the path", path.display());
                let source = fs::read_to_string(path).with_context(cannot)?;
                let config = parsed(path, &source)?.ok_or_else(|| {
                    anyhow!("{} has no [tool.dechaff]; add it, or name another file", path.display())
                })?;
                Which::Given(Arc::new(config))
            }
            None => Which::Nearest,
        };
        Ok(Configs { which, here: in_full(Path::new(".")), known: Mutex::default() })
    }
}

/// The configurations that files go by, each read once.
pub(super) struct Configs {
    which: Which,
    /// The current folder.
    here: PathBuf,
    known: Mutex<Known>,
}

enum Which {
    None,
    /// One for all files.
    Given(Arc<Config>),
    Nearest,
}

#[derive(Default)]
struct Known {
    /// What the files in a folder go by, by the folder's path as it was given.
    given: HashMap<PathBuf, Option<Place>>,
    /// The nearest configuration with its folder, by a folder's full path.
    nearest: HashMap<PathBuf, Option<(Arc<Config>, PathBuf)>>,
}

/// A folder, or something in it, to its configuration.
#[derive(Clone)]
pub(super) struct Place {
    pub config: Arc<Config>,
    /// The path from where the patterns of names start.
    pub path: PathBuf,
}

impl Place {
    /// True when it, or a folder around it, is left alone.
    pub fn is_excluded(&self, kind: PathKind) -> bool {
        self.config.excludes_around(&self.path, kind)
    }
}

impl Configs {
    /// For files that go by none.
    pub fn none() -> Self {
        Self { which: Which::None, here: PathBuf::new(), known: Mutex::default() }
    }

    /// What a file or folder goes by; it need not be there.
    ///
    /// # Errors
    /// When its configuration cannot be read.
    pub fn place(&self, path: &Path) -> Result<Option<Place>> {
        let (folder, name) = match (path.parent(), path.file_name()) {
            (Some(folder), Some(name)) => (folder.to_owned(), name.to_owned()),
            // Such as `..`.
            _ => match (in_full(path).parent(), in_full(path).file_name()) {
                (Some(folder), Some(name)) => (folder.to_owned(), name.to_owned()),
                _ => return self.of_folder(path),
            },
        };
        let place = self.of_folder(&folder)?;
        Ok(place.map(|Place { config, path }| Place { config, path: path.join(name) }))
    }

    /// What is said of a file.
    ///
    /// # Errors
    /// When its configuration cannot be read.
    pub fn settings(&self, path: &Path) -> Result<Settings> {
        Ok(self.place(path)?.map_or_else(Settings::default, |place| Settings::of(&place.config, &place.path)))
    }

    /// True when a form is said of a file, and not of all files.
    ///
    /// # Errors
    /// When its configuration cannot be read.
    pub fn says_form(&self, path: &Path) -> Result<bool> {
        Ok(self.settings(path)?.own_format().is_some())
    }

    /// What is said of text that is in no file: what holds for all files of the current folder.
    ///
    /// # Errors
    /// When the configuration cannot be read.
    pub fn settings_here(&self) -> Result<Settings> {
        let place = self.of_folder(Path::new(""))?;
        Ok(place.map_or_else(Settings::default, |place| Settings::of_all(&place.config)))
    }

    /// True when a file or folder that was come upon is left alone. A broken configuration is told when it is asked for
    /// settings.
    pub fn excludes(&self, path: &Path, kind: PathKind) -> bool {
        self.place(path)
            .is_ok_and(|place| place.is_some_and(|place| place.config.excludes(&place.path, kind)))
    }

    /// What all files of a folder go by.
    fn of_folder(&self, folder: &Path) -> Result<Option<Place>> {
        if matches!(self.which, Which::None) {
            return Ok(None);
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = known.given.get(folder) {
            return Ok(place.clone());
        }
        let full = in_full(if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
        let place = match &self.which {
            Which::None => None,
            Which::Given(config) => {
                Some(Place { config: Arc::clone(config), path: below(&full, &self.here) })
            }
            Which::Nearest => self.nearest(&full, &mut known.nearest)?.map(|(config, from)| {
                let path = below(&full, &from);
                Place { config, path }
            }),
        };
        known.given.insert(folder.to_owned(), place.clone());
        Ok(place)
    }

    fn nearest(
        &self,
        folder: &Path,
        known: &mut HashMap<PathBuf, Option<(Arc<Config>, PathBuf)>>,
    ) -> Result<Option<(Arc<Config>, PathBuf)>> {
        let mut passed = Vec::new();
        let mut found = None;
        for folder in folder.ancestors() {
            if let Some(known) = known.get(folder) {
                found.clone_from(known);
                break;
            }
            passed.push(folder.to_owned());
            if let Some(config) = self.read(folder)? {
                found = Some((Arc::new(config), folder.to_owned()));
                break;
            }
        }
        known.extend(passed.into_iter().map(|folder| (folder, found.clone())));
        Ok(found)
    }

    /// The configuration that a folder has itself.
    fn read(&self, folder: &Path) -> Result<Option<Config>> {
        for name in [FILE, PYPROJECT] {
            let path = folder.join(name);
            let shown = path.strip_prefix(&self.here).unwrap_or(&path);
            let source = match fs::read_to_string(&path) {
                Ok(source) => source,
                Err(error) if is_missing(&error) => continue,
                // It may well be none of ours.
                Err(_) if name == PYPROJECT => continue,
                Err(error) => {
                    let error = Error::new(error);
                    return Err(error.context(format!("cannot read the configuration {}", shown.display())));
                }
            };
            if let Some(config) = parsed(shown, &source)? {
                return Ok(Some(config));
            }
        }
        Ok(None)
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory
    )
}

fn parsed(path: &Path, source: &str) -> Result<Option<Config>> {
    let file = path.display().to_string();
    let is_pyproject = path.file_name().is_some_and(|name| name == PYPROJECT);
    let config = if is_pyproject {
        Config::parse_pyproject(&file, source)
    } else {
        Config::parse(&file, source).map(Some)
    };
    config.map_err(mistaken)
}

/// What to say of a configuration with mistakes.
pub(super) fn mistaken(error: ConfigError) -> Error {
    anyhow!("the configuration cannot be used\n\n{error}")
}

/// A full path from another on; all of it, from the root on, where it leads elsewhere.
fn below(path: &Path, from: &Path) -> PathBuf {
    let elsewhere =
        || path.components().filter(|part| matches!(part, std::path::Component::Normal(_))).collect();
    path.strip_prefix(from).map_or_else(|_| elsewhere(), Path::to_owned)
}
