//! The text of a field, with the way back to the bytes of the record that it was decoded from.

use std::borrow::Cow;
use std::ops::Range;

use super::Cut;
use super::json_field::{EscapeStyle, escape};
use crate::document::Edit;

/// How a format writes the characters of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// As they are, in UTF-8.
    Plain,
    /// In a JSON string.
    Json(EscapeStyle),
    /// In a field of a table, where a quote is written twice.
    Csv,
}

impl Spelling {
    /// `text` as the field must hold it.
    pub fn spell(self, text: &str) -> Vec<u8> {
        match self {
            Spelling::Plain => text.as_bytes().to_vec(),
            Spelling::Json(style) => escape(text, style).into_bytes(),
            Spelling::Csv => text.replace('"', "\"\"").into_bytes(),
        }
    }
}

/// The end of an escape: from here the text and the raw bytes run in parallel up to the next one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Anchor {
    /// Offset in the text.
    pub text: usize,
    /// Offset in the record.
    pub raw: usize,
}

/// The decoded text of a field. *Text* offsets are bytes in the decoded text, *raw* offsets bytes in the
/// record.
#[derive(Clone, Debug)]
pub struct FieldText<'a> {
    text: Cow<'a, str>,
    /// In the order of the text, the first at its start; both offsets strictly increase.
    anchors: Vec<Anchor>,
    content: Range<usize>,
    spelling: Spelling,
}

impl<'a> FieldText<'a> {
    /// A text whose bytes from `start` on are those of the record.
    pub(super) fn plain(text: &'a str, start: usize) -> Self {
        let content = start..start + text.len();
        Self::new(Cow::Borrowed(text), vec![Anchor { text: 0, raw: start }], content, Spelling::Plain)
    }

    pub(super) fn new(
        text: Cow<'a, str>,
        anchors: Vec<Anchor>,
        content: Range<usize>,
        spelling: Spelling,
    ) -> Self {
        Self { text, anchors, content, spelling }
    }

    /// The same text, which more text is to be written like this for.
    pub(super) fn spelt(self, spelling: Spelling) -> Self {
        Self { spelling, ..self }
    }

    /// The decoded text, borrowed from the record where nothing in it is escaped.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same, without what is known of the record.
    pub(super) fn into_text(self) -> Cow<'a, str> {
        self.text
    }

    /// The raw range from the text's first byte to its last, without quotes around it.
    pub fn content_range(&self) -> Range<usize> {
        self.content.clone()
    }

    /// How text must be written to look like the rest of the field.
    pub fn spelling(&self) -> Spelling {
        self.spelling
    }

    /// The raw range behind each text range, one for one.
    ///
    /// For sorted and disjoint `spans` the raw ranges are so too. Cutting them out of the record leaves a
    /// valid record, and cuts exactly `spans` out of the text, but for one case: two lone surrogates of JSON
    /// that a cut brings together may become the one character that they stand for as a pair.
    ///
    /// # Panics
    /// When a span is not on character boundaries of [`text`](Self::text), where a cut could split an escape:
    /// a caller's mistake, never the input's.
    pub fn raw_ranges(&self, spans: &[Range<usize>]) -> Vec<Range<usize>> {
        spans.iter().map(|span| self.raw_offset(span.start)..self.raw_offset(span.end)).collect()
    }

    /// The cut behind each edit, one for one.
    pub fn cuts(&self, edits: &[Edit]) -> Vec<Cut> {
        let cut = |edit: &Edit| Cut {
            raw: self.raw_offset(edit.span.start())..self.raw_offset(edit.span.end()),
            put_in: edit.replacement.as_deref().map(|text| self.spelling.spell(text)).unwrap_or_default(),
        };
        edits.iter().map(cut).collect()
    }

    fn raw_offset(&self, text_offset: usize) -> usize {
        assert!(
            self.text.is_char_boundary(text_offset),
            "text offset {text_offset} is not on a character boundary"
        );
        let passed = self.anchors.partition_point(|anchor| anchor.text <= text_offset);
        let base = self.anchors[passed.saturating_sub(1)];
        base.raw + (text_offset - base.text)
    }
}
