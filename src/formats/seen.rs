//! What has been seen of the fields of records, to tell a wrong name from records that lack it.

use std::collections::BTreeSet;

use super::fields::{FieldPath, Fields, Purpose};
use super::{Absence, Content, Format};
use crate::report::human::counted;
use crate::suggest::{did_you_mean, listed, nearest};

/// How many names of fields are kept for a message.
const NAMES: usize = 64;

const OTHER_FORM: &str = "is it of another form? --format says of which";

/// What has been seen of the fields.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Records that are not blank.
    records: u64,
    /// Those of them that have a text field.
    with_field: u64,
    /// Those in which it holds a text.
    with_text: u64,
    /// Those that are malformed.
    malformed: u64,
    /// The paths of the other fields that were named and that a record had.
    found: BTreeSet<String>,
    /// Names of fields, as long as no record had one that is asked for.
    names: BTreeSet<String>,
    /// What stands between records, where that makes an array of them.
    between: Between,
    /// Some records were not read, and what stands around them is not known.
    has_unread: bool,
}

/// How many of each mark stand between records.
#[derive(Clone, Copy, Debug, Default)]
struct Between {
    opened: u64,
    closed: u64,
    commas: u64,
}

impl Seen {
    /// A row of a table with these columns, in which these of the named fields were found.
    pub(super) fn of_row(found: &[&FieldPath], names: Vec<String>) -> Self {
        Self {
            records: 1,
            with_field: 1,
            with_text: 1,
            found: found.iter().map(|path| path.as_str().to_owned()).collect(),
            names: names.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Counts what stands around a record.
    pub(super) fn around(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'[' => self.between.opened += 1,
                b']' => self.between.closed += 1,
                b',' => self.between.commas += 1,
                _ => {}
            }
        }
    }

    /// Counts a record that was read as `content`.
    pub(super) fn record(&mut self, format: &dyn Format, record: &[u8], content: &Content<'_>) {
        let (has_field, has_text) = match content {
            Content::Blank => return,
            Content::NoText(absence) => (*absence != Absence::Missing, false),
            Content::Texts { .. } | Content::Page { .. } => (true, true),
        };
        self.records += 1;
        self.with_field += u64::from(has_field);
        self.with_text += u64::from(has_text);
        for path in format.fields().named().map(|(_, path)| path) {
            if !self.found.contains(path.as_str()) && format.has(record, path) {
                self.found.insert(path.as_str().to_owned());
            }
        }
        if self.wants_names(format.fields()) && self.names.len() < NAMES {
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
        self.has_unread = true;
        self.records += 1;
        self.with_field += 1;
        self.with_text += 1;
        self.found.extend(fields.named().map(|(_, path)| path.as_str().to_owned()));
    }

    /// Adds what was seen later.
    pub fn add(&mut self, later: &Seen) {
        self.records += later.records;
        self.with_field += later.with_field;
        self.with_text += later.with_text;
        self.malformed += later.malformed;
        self.has_unread |= later.has_unread;
        self.between.opened += later.between.opened;
        self.between.closed += later.between.closed;
        self.between.commas += later.between.commas;
        if !later.found.is_subset(&self.found) {
            self.found.extend(later.found.iter().cloned());
        }
        if self.names.len() < NAMES && !later.names.is_subset(&self.names) {
            self.names.extend(later.names.iter().cloned());
        }
    }

    /// True when a record had this field, one of those that were named.
    pub(super) fn has_found(&self, path: &str) -> bool {
        self.found.contains(path)
    }

    /// What to say of an array whose brackets or commas are not all there; none when all is well. `name` is that of the input.
    pub fn broken_array(&self, name: &str) -> Option<String> {
        let Between { opened, closed, commas } = self.between;
        if self.has_unread {
            return None;
        }
        if opened > closed {
            return Some(format!("the array of {name} is not closed: is all of it there?"));
        }
        if closed > opened {
            return Some(format!("{name} closes an array that it does not open: is all of it there?"));
        }
        // Of several arrays one cannot tell without knowing which is in which.
        let wanted = if opened == 0 { 0 } else { self.records.saturating_sub(1) };
        (opened < 2 && commas != wanted).then(|| {
            let commas = counted(commas, "comma");
            format!("{name} has {commas} between records, and not {wanted}: is all of it there?")
        })
    }

    fn wants_names(&self, fields: &Fields) -> bool {
        self.with_text == 0 || self.missing(fields).next().is_some()
    }

    fn missing<'f>(&self, fields: &'f Fields) -> impl Iterator<Item = (Purpose, &'f FieldPath)> {
        fields.named().filter(|(_, path)| !self.found.contains(path.as_str()))
    }

    /// What to say when no record has a text field, or it holds other fields, in which the texts may be; none when all is
    /// well. `name` is that of the input.
    pub fn no_text(&self, name: &str, fields: &Fields) -> Option<String> {
        if self.records == 0 || self.with_field > 0 {
            return self.objects(name, fields);
        }
        if self.malformed == self.records {
            return Some(match self.records {
                1 => format!("the record of {name} cannot be read: {OTHER_FORM}"),
                records => format!("none of the {records} records of {name} can be read: {OTHER_FORM}"),
            });
        }
        if self.is_of_report() {
            return Some(format!(
                "the records of {name} are those of a report of dechaff, and have no texts"
            ));
        }
        let wanted: Vec<String> = fields.texts.iter().map(|path| format!("`{path}`")).collect();
        Some(format!(
            "{} a field {}: {}",
            self.no_record_has(name),
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
                "{} a field `{path}` {purpose}: {}",
                self.no_record_has(name),
                self.remedy(std::slice::from_ref(path), &format!("name it with {}", purpose.option()))
            )
        };
        self.missing(fields).map(told).collect()
    }

    /// What to say when fields are there in which other fields may hold the texts.
    fn objects(&self, name: &str, fields: &Fields) -> Option<String> {
        if self.with_text > 0 {
            return None;
        }
        let inside = |path: &FieldPath| {
            let starts = [format!("{path}."), format!("{path}[].")];
            let is_inside = |name: &&str| starts.iter().any(|start| name.starts_with(start));
            listed(self.names.iter().map(String::as_str).filter(is_inside))
        };
        let (path, inner) =
            fields.texts.iter().map(|path| (path, inside(path))).find(|(_, inner)| !inner.is_empty())?;
        Some(format!("`{path}` of {name} holds no text, but other fields; name one with --field: {inner}"))
    }

    /// True when a record has a text field.
    pub fn has_field(&self) -> bool {
        self.with_field > 0
    }

    /// True when the records are the lines of a report of ours, which a folder of texts may hold.
    pub fn is_of_report(&self) -> bool {
        !self.has_field() && ["type", "dechaff", "packs"].iter().all(|name| self.names.contains(*name))
    }

    fn no_record_has(&self, name: &str) -> String {
        match self.records {
            1 => format!("no record of {name} has"),
            records => format!("none of the {records} records of {name} has"),
        }
    }

    fn remedy(&self, wanted: &[FieldPath], otherwise: &str) -> String {
        let names = || self.names.iter().map(String::as_str);
        match wanted.iter().find_map(|path| nearest(path.as_str(), names())) {
            Some(near) => did_you_mean(near),
            None => {
                let top = match listed(names().filter(|name| !name.contains('.'))) {
                    none if none.is_empty() => "there is no field".to_owned(),
                    some => format!("the fields are {some}"),
                };
                format!("{top}; {otherwise}")
            }
        }
    }
}
