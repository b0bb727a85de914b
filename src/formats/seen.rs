//! What has been seen of the fields of records, to tell a wrong name from records that lack it.

use std::collections::BTreeSet;

use super::fields::{FieldPath, Fields, Purpose, nearest};
use super::{Absence, Content, Format};

/// How many names of fields are kept for a message.
const NAMES: usize = 64;

/// How many of them it lists.
const LISTED: usize = 12;

/// What has been seen of the fields.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Records that are not blank.
    records: u64,
    /// Those of them that have a text field.
    with_field: u64,
    /// Those that are malformed.
    malformed: u64,
    /// The paths of the other fields that were named and that a record had.
    found: BTreeSet<String>,
    /// Names of fields, as long as no record had one that is asked for.
    names: BTreeSet<String>,
}

impl Seen {
    /// Counts a record that was read as `content`.
    pub(super) fn record(&mut self, format: &dyn Format, record: &[u8], content: &Content<'_>) {
        let has_field = match content {
            Content::Blank => return,
            Content::NoText(absence) => *absence != Absence::Missing,
            Content::Texts { .. } | Content::Page { .. } => true,
        };
        self.records += 1;
        self.with_field += u64::from(has_field);
        for path in format.fields().named().map(|(_, path)| path) {
            if !self.found.contains(path.as_str()) && format.has(record, path) {
                self.found.insert(path.as_str().to_owned());
            }
        }
        if self.lacks_some(format.fields()) && self.names.len() < NAMES {
            self.names.extend(format.names(record));
        }
    }

    /// Counts a record that is malformed.
    pub(super) fn malformed(&mut self) {
        self.records += 1;
        self.malformed += 1;
    }

    /// Counts a record that was not read: it may have every field, for all one knows.
    pub(super) fn unread(&mut self, fields: &Fields) {
        self.records += 1;
        self.with_field += 1;
        self.found.extend(fields.named().map(|(_, path)| path.as_str().to_owned()));
    }

    /// Adds what was seen later.
    pub fn add(&mut self, later: &Seen) {
        self.records += later.records;
        self.with_field += later.with_field;
        self.malformed += later.malformed;
        self.found.extend(later.found.iter().cloned());
        if self.names.len() < NAMES {
            self.names.extend(later.names.iter().cloned());
        }
    }

    fn lacks_some(&self, fields: &Fields) -> bool {
        self.with_field == 0 || self.missing(fields).next().is_some()
    }

    fn missing<'f>(&self, fields: &'f Fields) -> impl Iterator<Item = (Purpose, &'f FieldPath)> {
        fields.named().filter(|(_, path)| !self.found.contains(path.as_str()))
    }

    /// What to say when no record has a text field; none when all is well. `name` is that of the input.
    pub fn no_text(&self, name: &str, fields: &Fields) -> Option<String> {
        if self.records == 0 || self.with_field > 0 {
            return None;
        }
        if self.malformed == self.records {
            return Some(format!(
                "none of the {} records of {name} can be read: is it of another form? --format says of which",
                self.records
            ));
        }
        let wanted: Vec<String> = fields.texts.iter().map(|path| format!("`{path}`")).collect();
        Some(format!(
            "none of the {} records of {name} has a field {}: {}",
            self.records,
            wanted.join(" or "),
            self.remedy(&fields.texts, "name the text's field with --field")
        ))
    }

    /// What to say of each other field that was named and that no record has.
    pub fn not_found(&self, name: &str, fields: &Fields) -> Vec<String> {
        // Who cannot find the texts looks for those first.
        if self.with_field == 0 {
            return Vec::new();
        }
        let told = |(purpose, path): (Purpose, &FieldPath)| {
            format!(
                "none of the {} records of {name} has a field `{path}` {purpose}: {}",
                self.records,
                self.remedy(std::slice::from_ref(path), &format!("name it with {}", purpose.option()))
            )
        };
        self.missing(fields).map(told).collect()
    }

    fn remedy(&self, wanted: &[FieldPath], otherwise: &str) -> String {
        let names = || self.names.iter().map(String::as_str);
        match wanted.iter().find_map(|path| nearest(path.as_str(), names())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let top: Vec<&str> = names().filter(|name| !name.contains('.')).take(LISTED).collect();
                format!("they have {}; {otherwise}", top.join(", "))
            }
        }
    }
}
