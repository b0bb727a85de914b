//! What a configuration says of one file.

use std::path::Path;
use std::sync::Arc;

use encoding_rs::Encoding;
use serde::Deserialize as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::{Config, PackPath, Section, line_of};
use crate::allow::Allowed;
use crate::formats::About;
use crate::formats::fields::{Fields, Outcome, TableShape};
use crate::formats::form::Form;
use crate::html::Favor;
use crate::selection::Selection;

/// Settings whose values add up; of the others, the last one counts.
const ADDING: [&str; 4] = ["extend-select", "ignore", "packs", "allow"];

/// Settings of which the last one counts, whichever it is.
const TEXTS: [&str; 2] = ["field", "html-field"];

/// Settings that do not concern one file, or name the files.
const OTHER: [&str; 4] = ["exclude", "force-exclude", "overrides", "files"];

/// What a configuration says of one file; nothing where there is none.
///
/// Two are equal when they come from the same parts of the same configuration.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    config: Option<Arc<Config>>,
    /// The sections that apply, in their order.
    sections: Vec<usize>,
}

impl PartialEq for Settings {
    fn eq(&self, other: &Self) -> bool {
        let same_config = match (&self.config, &other.config) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        };
        same_config && self.sections == other.sections
    }
}

/// One setting, for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownSetting {
    /// Its key.
    pub key: String,
    /// Its value, as TOML in one line.
    pub value: String,
    /// The line of its file, from 1.
    pub line: usize,
    /// The files that it is for, as TOML; none when it is for all.
    pub files: Option<String>,
}

impl Settings {
    /// What `config` says of the file with this path, relative to the configuration's folder.
    pub fn of(config: &Arc<Config>, path: &Path) -> Self {
        let applies = |section: &Section| section.files.matched_path_or_any_parents(path, false).is_ignore();
        let overrides = config.sections.iter().enumerate().skip(1).filter(|(_, section)| applies(section));
        let sections = std::iter::once(0).chain(overrides.map(|(index, _)| index)).collect();
        Self { config: Some(Arc::clone(config)), sections }
    }

    /// What `config` says of all files.
    pub fn of_all(config: &Arc<Config>) -> Self {
        Self { config: Some(Arc::clone(config)), sections: vec![0] }
    }

    /// Where they come from.
    pub fn config(&self) -> Option<&Arc<Config>> {
        self.config.as_ref()
    }

    fn sections(&self) -> impl DoubleEndedIterator<Item = &Section> {
        let all = self.config.as_ref().map_or(&[][..], |config| &config.sections);
        self.sections.iter().map(move |&index| &all[index])
    }

    fn last<'s, T>(&'s self, setting: impl Fn(&'s Section) -> Option<T>) -> Option<T> {
        self.sections().rev().find_map(setting)
    }

    /// Which rules are used.
    pub fn selection(&self) -> Selection {
        self.sections().fold(Selection::default(), |before, section| before.then(section.selection.clone()))
    }

    /// The packs besides the built-in ones.
    pub fn packs(&self) -> impl Iterator<Item = &PackPath> {
        self.sections().flat_map(|section| &section.packs)
    }

    /// Whether the built-in packs are used, when that is said.
    pub fn default_packs(&self) -> Option<bool> {
        self.last(|section| section.default_packs)
    }

    /// The share of a text that may be removed, when that is said.
    pub fn budget(&self) -> Option<f64> {
        self.last(|section| section.budget)
    }

    /// Text that stays.
    pub fn allowed(&self) -> impl Iterator<Item = &Allowed> {
        self.sections().flat_map(|section| &section.allowed)
    }

    /// The form of the file, when that is said.
    pub fn format(&self) -> Option<Form> {
        self.last(|section| section.format)
    }

    /// The form of the file, when that is said of some files in particular.
    pub fn own_format(&self) -> Option<Form> {
        self.sections().skip(1).filter_map(|section| section.format).last()
    }

    /// The encoding of the file, when that is said.
    pub fn encoding(&self) -> Option<&'static Encoding> {
        self.last(|section| section.encoding)
    }

    /// The fields of its records, each the default where nothing is said.
    pub fn fields(&self) -> Fields {
        let default = Fields::default();
        let (holds, texts) =
            self.last(|section| section.texts.clone()).unwrap_or((default.holds, default.texts));
        Fields {
            texts,
            holds,
            outcome: self
                .last(|section| section.output_field.clone())
                .map_or(Outcome::InPlace, Outcome::Into),
            url: self.last(|section| section.url_field.clone()),
            title: self.last(|section| section.title_field.clone()),
            id: self.last(|section| section.id_field.clone()),
            lang: self.last(|section| section.lang_field.clone()),
            table: TableShape {
                delimiter: self.last(|section| section.delimiter),
                first_row: self.last(|section| section.first_row).unwrap_or_default(),
            },
            ..default
        }
    }

    /// What to do in doubt about its pages, when that is said.
    pub fn favor(&self) -> Option<Favor> {
        self.last(|section| section.favor)
    }

    /// What is known of its texts.
    pub fn about(&self) -> About {
        About {
            url: self.last(|section| section.url.clone()),
            lang: self.last(|section| section.lang.clone()),
            ..About::default()
        }
    }

    /// All that counts, in the order in which it was said. What a later setting replaces is not among it.
    pub fn shown(&self) -> Vec<ShownSetting> {
        let mut shown: Vec<ShownSetting> = Vec::new();
        let Some(config) = &self.config else { return shown };
        let Ok(root) = DeTable::parse(&config.source) else { return shown };
        let Some(root) =
            config.at.iter().try_fold(root.get_ref(), |table, key| table.get(*key)?.get_ref().as_table())
        else {
            return shown;
        };
        for &index in &self.sections {
            let section = match index.checked_sub(1) {
                None => Some(root),
                Some(index) => {
                    root.get("overrides").and_then(|all| all.get_ref().get(index)?.get_ref().as_table())
                }
            };
            let Some(section) = section else { continue };
            if section.contains_key("select") {
                shown.retain(|other| !["extend-select", "ignore"].contains(&other.key.as_str()));
            }
            let mut settings: Vec<_> = section.iter().collect();
            settings.sort_by_key(|(key, _)| key.span().start);
            for (key, value) in settings {
                let name: &str = key.get_ref();
                if OTHER.contains(&name) {
                    continue;
                }
                if !ADDING.contains(&name) {
                    let is_text = TEXTS.contains(&name);
                    shown.retain(|other| {
                        other.key != name && !(is_text && TEXTS.contains(&other.key.as_str()))
                    });
                }
                shown.push(ShownSetting {
                    key: name.to_owned(),
                    value: inline(value),
                    line: line_of(&config.source, key.span().start),
                    files: section.get("files").map(inline),
                });
            }
        }
        shown
    }
}

/// A value as TOML in one line.
fn inline(value: &Spanned<DeValue<'_>>) -> String {
    let value = toml::Value::deserialize(ValueDeserializer::from(value.clone()));
    value.map(|value| value.to_string()).unwrap_or_default()
}
