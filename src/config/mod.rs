//! Configurations: which files are cleaned, and how, as `dechaff.toml` or `[tool.dechaff]` of a `pyproject.toml` says.
//!
//! A [`Config`] is read by [`Config::parse`] from text that the caller found; the [`Settings`] of a file are what it
//! says of that file: what stands at its top, and behind it each of its `[[overrides]]` that is for the file.

mod compile;
mod schema;
mod settings;

use std::fmt;
use std::ops::Range;
use std::path::Path;

use encoding_rs::Encoding;
use ignore::gitignore::Gitignore;

pub use settings::{Settings, ShownSetting};

use crate::allow::Allowed;
use crate::formats::csv::{Delimiter, FirstRow};
use crate::formats::fields::{FieldPath, Holds};
use crate::formats::form::Form;
use crate::html::Favor;
use crate::pack::Pack;
use crate::pack::mistakes::{Mistake, Mistakes};
use crate::selection::{Selection, UnknownSelector};

/// The name of a file that is a configuration.
pub const FILE: &str = "dechaff.toml";

/// The name of a file that may have one in its table `[tool.dechaff]`.
pub const PYPROJECT: &str = "pyproject.toml";

/// The JSON Schema of configurations, for editors.
pub const SCHEMA: &str = include_str!("config.schema.json");

/// A configuration.
#[derive(Debug)]
pub struct Config {
    file: String,
    source: String,
    /// The keys that lead to its table.
    at: &'static [&'static str],
    /// What stands at its top; then its overrides, in their order.
    sections: Vec<Section>,
    exclude: Gitignore,
    force_exclude: bool,
}

/// All mistakes of one configuration.
///
/// Its `Display` is several lines long and quotes the file.
#[derive(Debug)]
pub struct ConfigError(Mistakes);

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What is in the way of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// It is a file's.
    File,
    /// It is a folder's.
    Folder,
}

/// What one part of a configuration says.
#[derive(Debug)]
struct Section {
    /// The files that it is for.
    files: Gitignore,
    selection: Selection,
    /// The names in it, with their places.
    names: Vec<(String, Range<usize>)>,
    packs: Vec<PackPath>,
    default_packs: Option<bool>,
    budget: Option<f64>,
    allowed: Vec<Allowed>,
    format: Option<Form>,
    /// The fields that hold texts, or a page.
    texts: Option<(Holds, Vec<FieldPath>)>,
    output_field: Option<String>,
    favor: Option<Favor>,
    url_field: Option<FieldPath>,
    title_field: Option<FieldPath>,
    id_field: Option<FieldPath>,
    lang_field: Option<FieldPath>,
    delimiter: Option<Delimiter>,
    first_row: Option<FirstRow>,
    url: Option<String>,
    lang: Option<String>,
    encoding: Option<&'static Encoding>,
}

/// A pack that a configuration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackPath {
    /// Its path as it is written: relative to the folder of the configuration.
    pub path: String,
    /// Where it is written, such as `dechaff.toml:3`.
    pub origin: String,
}

impl Config {
    /// Reads a `dechaff.toml`. `file` is the name that messages show; nothing is opened.
    ///
    /// # Errors
    /// When the text is not TOML, has a key that configurations do not have, or holds a value that makes no sense. The
    /// error shows each such place in the text.
    pub fn parse(file: &str, source: &str) -> Result<Self, ConfigError> {
        compile::config(file, source).map_err(ConfigError)
    }

    /// Reads the `[tool.dechaff]` of a `pyproject.toml`, if it has one.
    ///
    /// # Errors
    /// As with [`Config::parse`].
    pub fn parse_pyproject(file: &str, source: &str) -> Result<Option<Self>, ConfigError> {
        compile::pyproject(file, source).map_err(ConfigError)
    }

    /// The name of its file, as it was given.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The text of its file.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// True when a path, relative to the configuration's folder, is left alone. Of what is in an excluded folder, only
    /// that folder's path is; see [`Config::excludes_around`].
    pub fn excludes(&self, path: &Path, kind: PathKind) -> bool {
        self.exclude.matched(path, kind == PathKind::Folder).is_ignore()
    }

    /// True when a path or one of the folders around it is left alone.
    pub fn excludes_around(&self, path: &Path, kind: PathKind) -> bool {
        self.exclude.matched_path_or_any_parents(path, kind == PathKind::Folder).is_ignore()
    }

    /// True when what is excluded is left alone also where someone names it.
    pub fn force_exclude(&self) -> bool {
        self.force_exclude
    }

    /// The packs that it names for any file.
    pub fn packs(&self) -> impl Iterator<Item = &PackPath> {
        self.sections.iter().flat_map(|section| &section.packs)
    }

    /// Makes sure that every name in it, for whatever files, is one of a rule or a pack of `packs`, or of a kind.
    ///
    /// # Errors
    /// Shows where the others stand.
    pub fn check_names(&self, packs: &[Pack]) -> Result<(), ConfigError> {
        let names = self.sections.iter().flat_map(|section| &section.names);
        let unknown = names.filter_map(|(name, span)| {
            let error = Selection::only([name.clone()]).check(packs).err()?;
            Some(unknown_name(&error, span))
        });
        let mut unknown: Vec<Mistake> = unknown.collect();
        if unknown.is_empty() {
            return Ok(());
        }
        unknown.sort_by_key(|mistake| mistake.span.start);
        Err(ConfigError(Mistakes::new(&self.file, &self.source, unknown)))
    }

    /// Shows where a name stands that no pack has; none when it is not of this configuration.
    pub fn mistaken(&self, error: &UnknownSelector) -> Option<ConfigError> {
        let mut names = self.sections.iter().flat_map(|section| &section.names);
        let (_, span) = names.find(|(name, _)| name == error.name())?;
        Some(ConfigError(Mistakes::new(&self.file, &self.source, vec![unknown_name(error, span)])))
    }
}

fn unknown_name(error: &UnknownSelector, span: &Range<usize>) -> Mistake {
    Mistake {
        span: span.clone(),
        message: format!("no rule, kind or pack is called `{}`", error.name()),
        help: error.help().to_owned(),
    }
}

/// The line of a place in a text, from 1.
fn line_of(source: &str, at: usize) -> usize {
    source.as_bytes()[..at.min(source.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests;
