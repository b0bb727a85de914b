//! The first line of a report: what made it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::sha256;
use crate::cleaner::Cleaner;
use crate::config::Config;
use crate::pack::Pack;

/// The version of the report's form.
pub const FORMAT: u32 = 1;

/// What made the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// See [`FORMAT`].
    pub format: u32,
    /// The version of dechaff.
    pub dechaff: String,
    /// Id and SHA-256 of each pack that was loaded.
    pub packs: BTreeMap<String, String>,
    /// The ids of the rules in use.
    pub rules: Vec<String>,
    /// The options of the run, as the command was given them.
    pub options: Vec<String>,
    /// Name and SHA-256 of each configuration that an input goes by.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub configs: BTreeMap<String, String>,
    /// The run changed files in place: nothing else has what it took.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_place: bool,
}

impl Header {
    /// For a run with these options, of which no cleaner is known yet.
    pub fn new(options: Vec<String>) -> Self {
        Self {
            format: FORMAT,
            dechaff: env!("CARGO_PKG_VERSION").to_owned(),
            packs: BTreeMap::new(),
            rules: Vec::new(),
            options,
            configs: BTreeMap::new(),
            in_place: false,
        }
    }

    /// Adds a cleaner of the run, the packs that it was built from, and the configuration that says so.
    pub fn add(&mut self, cleaner: &Cleaner, packs: &[Pack], config: Option<&Config>) {
        for pack in packs {
            let id = match self.packs.get(pack.id()) {
                // Files of a run may have packs of one name in different files.
                Some(other) if other != pack.digest() => format!("{} ({})", pack.id(), pack.file()),
                _ => pack.id().to_owned(),
            };
            self.packs.insert(id, pack.digest().to_owned());
        }
        self.rules.extend(cleaner.rules().map(|rule| rule.id.clone()));
        self.rules.sort();
        self.rules.dedup();
        if let Some(config) = config {
            self.configs.insert(config.file().to_owned(), sha256(config.source().as_bytes()));
        }
    }
}
