//! JSON Lines: one record a line, the text in one of its fields.

use std::borrow::Cow;
use std::ops::Range;

use super::json_field::{Field, JsonText, Record, RecordError, escape};
use super::{Cut, cut};
use crate::document::{Cleaned, Document};

/// What a record holds for cleaning.
#[derive(Clone, Debug)]
pub enum Content<'a> {
    /// The text, and what the record says of it.
    Text {
        /// The text.
        text: JsonText<'a>,
        /// The record's other fields that rules ask for.
        about: About,
    },
    /// The field is missing, null or not a text.
    NoText(Absence),
}

/// Why a record holds no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// It has no such field.
    Missing,
    /// The field is `null`.
    Null,
    /// The field is a number, a list or the like.
    NotText,
}

/// What a record says of its text in the fields that are called so by convention.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// From `id`, when that is a text.
    pub id: Option<String>,
    /// From `url`.
    pub url: Option<String>,
    /// From `title`, else `headline`.
    pub title: Option<String>,
    /// From `lang`, else `language`.
    pub lang: Option<String>,
}

impl About {
    /// `text` as a document of which this is known.
    pub fn document<'a>(&'a self, text: &'a str) -> Document<'a> {
        Document::new(text)
            .with_url(self.url.as_deref())
            .with_title(self.title.as_deref())
            .with_lang(self.lang.as_deref())
    }
}

/// Reads one record, given without its line end; `field` names the text.
///
/// # Errors
/// When the record is not a JSON object in UTF-8.
pub fn read<'a>(record: &'a [u8], field: &str) -> Result<Content<'a>, RecordError> {
    let record = Record::parse(record)?;
    let text_of = |names: &[&str]| {
        names.iter().find_map(|name| match record.field(name) {
            Field::Text(text) => Some(text.text().to_owned()),
            _ => None,
        })
    };
    Ok(match record.field(field) {
        Field::Text(text) => {
            let about = About {
                id: text_of(&["id"]),
                url: text_of(&["url"]),
                title: text_of(&["title", "headline"]),
                lang: text_of(&["lang", "language"]),
            };
            Content::Text { text, about }
        }
        Field::Missing => Content::NoText(Absence::Missing),
        Field::Null => Content::NoText(Absence::Null),
        Field::NotText => Content::NoText(Absence::NotText),
    })
}

/// The record with its text cleaned and all else as it was, and what was cut for that: one cut for each
/// edit.
pub fn output<'a>(record: &'a [u8], text: &JsonText<'_>, cleaned: &Cleaned<'_>) -> (Cow<'a, [u8]>, Vec<Cut>) {
    let spans: Vec<Range<usize>> = cleaned.edits().iter().map(|edit| edit.span.range()).collect();
    let cuts: Vec<Cut> = text
        .raw_ranges(&spans)
        .into_iter()
        .zip(cleaned.edits())
        .map(|(raw, edit)| {
            let put_in = edit.replacement.as_deref().unwrap_or_default();
            Cut { raw, put_in: escape(put_in, text.escape_style()).into_bytes() }
        })
        .collect();
    (cut(record, &cuts), cuts)
}
