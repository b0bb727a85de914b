//! The report: what was removed, by which rule, from where.
//!
//! The types here are the lines of a report file, which is JSON Lines: a [`Header`], then for each document
//! a [`DocumentEntry`] or a [`SkippedEntry`], behind those of a dump its [`FileEntry`], then a [`Summary`].
//! `human` and `unified` say the same for a person, and `message` says it finding by finding.

pub mod compare;
mod file;
mod header;
pub mod human;
pub mod message;
mod page;
mod place;
mod summary;
pub mod unified;

pub use file::{Digester, FileEntry};
pub use header::{FORMAT, Header};
pub use page::{BlockEntry, PageEntry};
pub use place::Place;
pub use summary::{RuleCount, RuleCounts, Summary};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::decode::{Decoded, EncodingSource};
use crate::document::{Cleaned, Edit, NearMiss};
use crate::encode::{Patch, encode};
use crate::formats::csv::Delimiter;
use crate::formats::json_field::EscapeStyle;
use crate::formats::lines::Ends;
use crate::formats::plain::{Made, Output};
use crate::formats::text::Spelling;
use crate::formats::{Cut, Found};
use place::Cursor;

/// How many characters of its surroundings a removal is shown with, on each side.
const SURROUNDINGS: usize = 40;

/// One line of a report file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Line {
    /// The first line.
    Header(Header),
    /// A document that was worked on.
    Document(Box<DocumentEntry>),
    /// One that could not be.
    Skipped(SkippedEntry),
    /// A dump, behind its documents.
    File(Box<FileEntry>),
    /// The last line.
    Summary(Summary),
}

/// What documents are parts of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "lowercase")]
pub enum InputForm {
    /// Each is a file.
    Text,
    /// Each is a file in Markdown.
    Markdown,
    /// Each is the article of a page.
    Html,
    /// They are texts in records of JSON Lines.
    Jsonl {
        /// The fields of the texts.
        fields: Vec<String>,
    },
    /// They are texts in objects of JSON.
    Json {
        /// The fields of the texts.
        fields: Vec<String>,
    },
    /// They are texts in rows of a table.
    Csv {
        /// What parts the fields of a row.
        delimiter: Option<Delimiter>,
        /// The columns of the texts.
        fields: Vec<String>,
    },
    /// Each is a record of text.
    Records {
        /// What ends a record.
        ends: Ends,
    },
    /// They are texts in rows of Parquet.
    Parquet {
        /// The columns of the texts.
        fields: Vec<String>,
        /// The column that was added.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        added: Option<String>,
        /// The columns that were dropped; the report does not have them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        dropped: Vec<String>,
        /// The Arrow schema in the metadata that was left out, since it does not fit when a column is added.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        arrow_schema: Option<String>,
    },
    /// They are blocks of WARC records.
    Warc,
}

/// What became of one document.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DocumentEntry {
    /// Its number in the run, from 0.
    pub ordinal: u64,
    /// Its file, `-` for standard input; none for a record of standard input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The file it was written to; none for standard output, and for a record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// The record's line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The record's number in its input, from 1, blank ones counted; records may be longer than a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// The record's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The field, where a record has several texts; `before` and `after` are of the record then, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The file's encoding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<EncodingEntry>,
    /// The input: a file's bytes, or a record's without the line end.
    pub before: BytesEntry,
    /// The output, likewise.
    pub after: BytesEntry,
    /// Every removal, in order.
    pub removals: Vec<Removal>,
    /// The length of a file's text, or of a page's article, in bytes of UTF-8; none for another record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_bytes: Option<usize>,
    /// True when nothing was removed from the text: the clean text or the findings went to another field.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub text_kept: bool,
    /// What else changed in the record: fields that were added or dropped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeEntry>,
    /// A record that is left out of the output: its bytes with the line end, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped: Option<String>,
    /// What looks like noise and stayed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub near_misses: Vec<NearMissEntry>,
    /// For a file that was converted: where the original differs from its text encoded again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patches: Vec<PatchEntry>,
    /// For a page, what became of its blocks. The removals are from the text of its article, which is new, so that
    /// the page cannot be restored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageEntry>,
}

/// A change to a record that is no removal from its text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChangeEntry {
    /// Start and end in the bytes of the original record.
    pub bytes: [usize; 2],
    /// What stood there, in base64.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub raw: String,
    /// How many bytes stand there now.
    pub put_in: usize,
}

/// A record before and after.
#[derive(Clone, Copy, Debug)]
pub struct RecordBytes<'a> {
    /// Without the line end.
    pub record: &'a [u8],
    /// Likewise; empty when the record is left out.
    pub output: &'a [u8],
}

/// How a file's bytes were read and written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EncodingEntry {
    /// The input's encoding, by its WHATWG name.
    pub name: String,
    /// How it was found: `forced`, `bom`, `utf8`, `declared` or `detected`.
    pub source: String,
    /// Malformed sequences in the input.
    pub malformed: usize,
    /// True when the output is in UTF-8 and the input was not.
    pub converted: bool,
}

/// Size and SHA-256.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BytesEntry {
    /// In bytes.
    pub bytes: usize,
    /// In hexadecimal.
    pub sha256: String,
}

impl BytesEntry {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self { bytes: bytes.len(), sha256: sha256(bytes) }
    }
}

/// SHA-256 of some bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One edit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Removal {
    /// The rule's id.
    pub rule: String,
    /// Its kind.
    pub kind: String,
    /// Its pack's id.
    pub pack: String,
    /// What decided.
    pub evidence: String,
    /// Where it was.
    #[serde(flatten)]
    pub place: Place,
    /// Start and end in the bytes of the input, where these are not those of the text in UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_bytes: Option<[usize; 2]>,
    /// What was removed.
    pub text: String,
    /// The bytes that were removed, in base64, where encoding the text again would not give them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// What was put in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replacement: Option<String>,
    /// The bytes that were put in, in base64, where encoding the replacement would not give them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_replacement: Option<String>,
    /// The text before it, up to 40 characters.
    pub before: String,
    /// The text after it, likewise.
    pub after: String,
}

/// What looks like noise and stayed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NearMissEntry {
    /// The rule's id.
    pub rule: String,
    /// Its kind.
    pub kind: String,
    /// What was recognised.
    pub evidence: String,
    /// Why it stayed.
    pub reason: String,
    /// Where it is.
    #[serde(flatten)]
    pub place: Place,
    /// The text.
    pub text: String,
}

/// See [`Patch`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PatchEntry {
    /// Byte offset in the re-encoded text.
    pub offset: usize,
    /// Bytes replaced there.
    pub len: usize,
    /// What stands there in the original, in base64.
    pub raw: String,
}

/// A document or record that was passed on as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedEntry {
    /// Its file; none for a record of standard input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The record's line, from 1; none for a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The record's number in its input, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// Why.
    pub reason: String,
}

impl DocumentEntry {
    /// The entry of a plain text file; ordinal and paths are left to the caller.
    pub fn of_file(input: &[u8], decoded: &Decoded<'_>, cleaned: &Cleaned<'_>, output: &Output<'_>) -> Self {
        let encode_again = |text: &str| encode(text, decoded.encoding()).ok();
        let mut entry = Self::new(decoded.text(), cleaned, input, &output.bytes);
        match &output.made {
            Made::Cut(cuts) => entry.add_raw(input, cuts, encode_again),
            Made::Converted(patches) => {
                let spans: Vec<_> = cleaned.edits().iter().map(|edit| edit.span.range()).collect();
                let raw_ranges = decoded.raw_ranges(&spans);
                // In ISO-2022-JP the ranges are not one for one; the patches hold what a restore needs.
                if raw_ranges.len() == spans.len() {
                    let cuts: Vec<Cut> =
                        raw_ranges.into_iter().map(|raw| Cut { raw, put_in: Vec::new() }).collect();
                    entry.add_raw(input, &cuts, encode_again);
                }
                entry.patches = patches.iter().map(PatchEntry::from).collect();
            }
        }
        entry.text_bytes = Some(decoded.text().len());
        entry.encoding = Some(EncodingEntry {
            name: decoded.encoding().name().to_owned(),
            source: source_name(decoded.source()).to_owned(),
            malformed: decoded.malformed(),
            converted: matches!(output.made, Made::Converted(_)),
        });
        entry
    }

    /// The entry of a text of a record, with the cut behind each edit; what is not known of the text alone is
    /// left to the caller.
    pub fn of_field(made: &RecordBytes<'_>, found: &Found<'_>, cleaned: &Cleaned<'_>, cuts: &[Cut]) -> Self {
        let mut entry = Self::new(found.text.text(), cleaned, made.record, made.output);
        let spelling = canonical(found.text.spelling());
        entry.add_raw(made.record, cuts, |text| Some(spelling.spell(text)));
        entry
    }

    /// Says what else changed in the record.
    pub fn set_changes(&mut self, record: &[u8], changes: &[Cut]) {
        let entry = |cut: &Cut| ChangeEntry {
            bytes: [cut.raw.start, cut.raw.end],
            raw: BASE64.encode(&record[cut.raw.clone()]),
            put_in: cut.put_in.len(),
        };
        self.changes = changes.iter().map(entry).collect();
    }

    /// Says that the record was left out; `bytes` are all of it, with its line end.
    pub fn set_dropped(&mut self, bytes: &[u8]) {
        self.dropped = Some(BASE64.encode(bytes));
    }

    fn new(text: &str, cleaned: &Cleaned<'_>, input: &[u8], output: &[u8]) -> Self {
        let mut cursor = Cursor::new(text);
        Self {
            before: BytesEntry::of(input),
            after: BytesEntry::of(output),
            removals: cleaned.edits().iter().map(|edit| Removal::new(text, edit, &mut cursor)).collect(),
            near_misses: cleaned.near_misses().iter().map(|near| NearMissEntry::new(text, near)).collect(),
            ..Self::default()
        }
    }

    /// Says of each removal what stands behind it in the input, as far as the text does not say it.
    fn add_raw(&mut self, input: &[u8], cuts: &[Cut], encode_again: impl Fn(&str) -> Option<Vec<u8>>) {
        let unless_same = |text: &str, bytes: &[u8]| {
            let same = encode_again(text).is_some_and(|again| again == bytes);
            (!same).then(|| BASE64.encode(bytes))
        };
        for (removal, cut) in self.removals.iter_mut().zip(cuts) {
            let raw = [cut.raw.start, cut.raw.end];
            removal.raw_bytes = (raw != removal.place.bytes).then_some(raw);
            removal.raw = unless_same(&removal.text, &input[cut.raw.clone()]);
            if let Some(replacement) = removal.replacement.as_deref().filter(|_| !cut.put_in.is_empty()) {
                removal.raw_replacement = unless_same(replacement, &cut.put_in);
            }
        }
    }
}

impl Removal {
    fn new(text: &str, edit: &Edit, cursor: &mut Cursor<'_>) -> Self {
        let span = edit.span;
        Self {
            rule: edit.rule.id.clone(),
            kind: edit.rule.kind.name().to_owned(),
            pack: edit.rule.pack.clone(),
            evidence: edit.evidence.clone(),
            place: cursor.place(span.start(), span.end()),
            raw_bytes: None,
            text: text[span.range()].to_owned(),
            raw: None,
            raw_replacement: None,
            replacement: edit.replacement.as_deref().map(str::to_owned),
            before: last_chars(&text[..span.start()], SURROUNDINGS).to_owned(),
            after: first_chars(&text[span.end()..], SURROUNDINGS).to_owned(),
        }
    }
}

impl NearMissEntry {
    fn new(text: &str, near: &NearMiss) -> Self {
        let finding = &near.finding;
        Self {
            rule: finding.rule.id.clone(),
            kind: finding.rule.kind.name().to_owned(),
            evidence: finding.evidence.clone(),
            reason: near.reason.clone(),
            place: Cursor::new(text).place(finding.span.start(), finding.span.end()),
            text: text[finding.span.range()].to_owned(),
        }
    }
}

impl From<&Patch> for PatchEntry {
    fn from(patch: &Patch) -> Self {
        Self { offset: patch.offset, len: patch.len, raw: BASE64.encode(&patch.raw) }
    }
}

impl PatchEntry {
    /// The patch; none when the report is damaged there.
    pub fn patch(&self) -> Option<Patch> {
        Some(Patch { offset: self.offset, len: self.len, raw: unpack(&self.raw)? })
    }
}

/// The bytes that the report holds in base64; none when it is damaged there.
pub(crate) fn unpack(base64: &str) -> Option<Vec<u8>> {
    BASE64.decode(base64).ok()
}

/// The spelling in which a report leaves out what it can: a restore does not know how the rest is escaped.
pub(crate) fn canonical(spelling: Spelling) -> Spelling {
    match spelling {
        Spelling::Plain | Spelling::Csv => spelling,
        Spelling::Json(_) => Spelling::Json(EscapeStyle::Utf8),
    }
}

fn source_name(source: EncodingSource) -> &'static str {
    match source {
        EncodingSource::Forced => "forced",
        EncodingSource::Bom => "bom",
        EncodingSource::Utf8 => "utf8",
        EncodingSource::Declared => "declared",
        EncodingSource::Detected => "detected",
    }
}

fn first_chars(text: &str, n: usize) -> &str {
    text.char_indices().nth(n).map_or(text, |(at, _)| &text[..at])
}

fn last_chars(text: &str, n: usize) -> &str {
    text.char_indices().rev().nth(n.saturating_sub(1)).map_or(text, |(at, _)| &text[at..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cleaner::Cleaner;
    use crate::document::Document;

    #[test]
    fn a_removal_is_placed_in_bytes_characters_lines_and_columns() {
        let text = "Über Köln.\nÜber.\n\nADVERTISEMENT\n\nEnde.\n";
        let cleaned = Cleaner::builtin().clean(&Document::new(text));
        let entry = DocumentEntry::new(text, &cleaned, b"", b"");
        let place = &entry.removals[0].place;
        assert_eq!(*place, Place { bytes: [21, 36], chars: [18, 33], line: 4, column: 1 });
        assert_eq!(entry.removals[0].before, "Über Köln.\nÜber.\n\n");
        assert_eq!(entry.removals[0].after, "Ende.\n");
    }

    #[test]
    fn surroundings_are_cut_on_characters() {
        assert_eq!(last_chars("aäöü", 2), "öü");
        assert_eq!(last_chars("a", 2), "a");
        assert_eq!(first_chars("äöü", 2), "äö");
    }
}
