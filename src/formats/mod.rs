//! Bytes in, bytes out: one file per form that documents come in.
//!
//! What is not cleaned is copied as it stands: a format says which bytes of its input stand behind an edit
//! of the text, and [`cut`] leaves those out. A plain file is one document ([`plain`]). A dump is records, and
//! its [`Format`] says where they end and where their texts are; [`blocks`] reads whole records, and
//! [`records`] cleans them. [`form`] knows which forms there are, and how to tell them apart.

mod annotation;
pub mod blocks;
pub mod csv;
pub mod fields;
pub mod form;
pub mod json;
pub mod json_field;
pub mod jsonl;
pub mod lines;
pub mod markdown;
pub mod pages;
pub mod parquet;
pub mod plain;
pub mod records;
pub mod seen;
pub mod text;
pub mod warc;

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;

use crate::compress::{Compression, Encoder};
use crate::document::{Document, Edit};
use fields::{FieldPath, Fields, Holds};
use text::{FieldText, Spelling};

/// Bytes of the input that do not go to the output, and what goes there instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Bytes of the input.
    pub raw: Range<usize>,
    /// What stands there in the output; mostly empty.
    pub put_in: Vec<u8>,
}

/// The input without its cuts, which are disjoint and sorted. Borrowed when there are none.
pub fn cut<'a>(input: &'a [u8], cuts: &[Cut]) -> Cow<'a, [u8]> {
    if cuts.is_empty() {
        return Cow::Borrowed(input);
    }
    let mut output = Vec::with_capacity(input.len());
    let mut at = 0;
    for cut in cuts {
        output.extend_from_slice(&input[at..cut.raw.start]);
        output.extend_from_slice(&cut.put_in);
        at = cut.raw.end;
    }
    output.extend_from_slice(&input[at..]);
    Cow::Owned(output)
}

/// What may stand before the first record of an input.
pub const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// How many line feeds there are in `bytes`.
pub fn count_lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// What came of the page of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extracted<'a> {
    /// Its article.
    Article(&'a str),
    /// It has none: the field for it says so.
    NoArticle,
    /// There is no page: what the field for its article holds stays.
    NoPage,
}

/// A form of dumps: where records end, and where their texts are.
pub trait Format: Send + Sync {
    /// What finds the ends of records.
    fn splitter(&self) -> Box<dyn Splitter>;

    /// Where the record lies in its bytes: without a line end and the like.
    fn record(&self, bytes: &[u8]) -> Range<usize>;

    /// The texts of a record.
    ///
    /// # Errors
    /// When the record is not what the format asks for; it is passed on as it is.
    fn read<'a>(&self, record: &'a [u8]) -> Result<Content<'a>, Malformed>;

    /// What else changes in a record, besides the edits of its texts, of which it may have none: fields that are
    /// added or dropped, lengths. Sorted, and disjoint with the cuts of the texts; one at the same place comes first.
    fn changes(&self, record: &[u8], texts: &[Found<'_>]) -> Vec<Cut>;

    /// The record with what came of its page; what else changes in it has changed. A format whose records hold no
    /// pages leaves them as they are.
    fn with_article(&self, record: &[u8], extracted: Extracted<'_>) -> Vec<u8> {
        let _ = extracted;
        record.to_vec()
    }

    /// Whether what records hold can be made into articles that take their place.
    fn holds_pages(&self) -> bool {
        self.fields().holds == Holds::Pages
    }

    /// How a report takes a text to be spelt where it does not say more.
    fn spelling(&self) -> Spelling;

    /// What changes in the first record of an input, where that names the fields; none where it is a record as
    /// all others are.
    fn header_changes(&self, record: &[u8]) -> Option<Vec<Cut>> {
        let _ = record;
        None
    }

    /// How records lie in compressed output.
    fn packing(&self) -> Packing {
        Packing::Together
    }

    /// What may have made a record seem endless, for a message.
    fn runaway(&self) -> Option<&'static str> {
        None
    }

    /// Whether a record can be left out of its input, and leave what is well formed.
    fn can_drop(&self) -> bool {
        true
    }

    /// Whether brackets and commas between records make an array of them.
    fn has_arrays(&self) -> bool {
        false
    }

    /// Which fields it reads.
    fn fields(&self) -> &Fields;

    /// Whether a record has this field, whatever it holds. Records of one text have no fields, and lack none.
    fn has(&self, record: &[u8], path: &FieldPath) -> bool {
        let _ = (record, path);
        true
    }

    /// The names of the fields of a record, for a message that says which there are.
    fn names(&self, record: &[u8]) -> Vec<String>;
}

/// How records lie in compressed output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Many are compressed together.
    Together,
    /// Each is a member of its own, so that it can be read without those before it.
    Alone,
}

/// Compresses records as their format has them compressed.
///
/// # Errors
/// When there is not enough memory for it.
pub fn encoder<W: Write>(
    format: &dyn Format,
    compression: Option<Compression>,
    output: W,
) -> io::Result<Encoder<W>> {
    match (format.packing(), compression) {
        (Packing::Alone, Some(compression)) => {
            let mut splitter = format.splitter();
            Ok(Encoder::by_members(compression, output, move |bytes| splitter.next_end(bytes)))
        }
        (_, compression) => Encoder::new(compression, output),
    }
}

/// Finds where records end in bytes that come in pieces.
pub trait Splitter: Send {
    /// The offset behind the first record that ends in `bytes`, which follow on those of the last call.
    ///
    /// With `Some`, only the bytes up to there are used up, and the next call starts a record; with `None`,
    /// all of them are.
    fn next_end(&mut self, bytes: &[u8]) -> Option<usize>;

    /// The offset behind the last record that ends in `bytes`. What is left is used up.
    fn last_end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut last = None;
        while let Some(end) = self.next_end(&bytes[last.unwrap_or(0)..]) {
            last = Some(last.unwrap_or(0) + end);
        }
        last
    }
}

/// What a record holds for cleaning.
#[derive(Clone, Debug)]
pub enum Content<'a> {
    /// Nothing: it is blank.
    Blank,
    /// Its texts, in the order in which they stand, and what it says of them.
    Texts {
        /// At least one text, each with the name of its field.
        texts: Vec<(Cow<'a, str>, FieldText<'a>)>,
        /// The record's other fields that rules ask for.
        about: About,
    },
    /// A page, and what the record says of it.
    Page {
        /// The page.
        page: Cow<'a, str>,
        /// The record's other fields that rules ask for.
        about: About,
    },
    /// None of the fields holds a text.
    NoText(Absence),
}

/// Why a record holds no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// It has no such field.
    Missing,
    /// The field is there, and is null, a number or the like.
    NotText,
}

/// Why bytes are not a record of the format, for a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

/// A text of a record and what was found in it.
#[derive(Debug)]
pub struct Found<'a> {
    /// The field's name.
    pub field: &'a str,
    /// Its text.
    pub text: &'a FieldText<'a>,
    /// The edits that clean it.
    pub edits: &'a [Edit],
}

/// What is known of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The record's own id.
    pub id: Option<String>,
    /// Where the text is from.
    pub url: Option<String>,
    /// The headline.
    pub title: Option<String>,
    /// The language tag.
    pub lang: Option<String>,
}

impl About {
    /// The same, and what `otherwise` says where this says nothing; the id stays this one's.
    pub fn or(&self, otherwise: &About) -> About {
        About {
            id: self.id.clone(),
            url: self.url.clone().or_else(|| otherwise.url.clone()),
            title: self.title.clone().or_else(|| otherwise.title.clone()),
            lang: self.lang.clone().or_else(|| otherwise.lang.clone()),
        }
    }

    /// `text` as a document of which this is known, and `otherwise` where this says nothing.
    pub fn document<'a>(&'a self, text: &'a str, otherwise: &'a About) -> Document<'a> {
        Document::new(text)
            .with_url(self.url.as_deref().or(otherwise.url.as_deref()))
            .with_title(self.title.as_deref().or(otherwise.title.as_deref()))
            .with_lang(self.lang.as_deref().or(otherwise.lang.as_deref()))
    }
}
