//! The forms that documents come in: how each is known, and what reads it. Whoever adds a form adds a line to
//! each table here.

use std::ffi::OsStr;
use std::io::{self, Cursor, Read, Write};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use super::csv::{Csv, CsvError, Delimiter, Head, is_header};
use super::fields::Fields;
use super::json::Json;
use super::jsonl::Jsonl;
use super::lines::Lines;
use super::warc::{self, Warc};
use super::{BYTE_ORDER_MARK, Content, Format, parquet};
use crate::compress::{Compression, Encoder};
use crate::report::InputForm;

/// A form that documents come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text: a file is one document.
    Text,
    /// Markdown: likewise, but for its front matter and its code.
    Markdown,
    /// HTML: a file is a page, of which the article is taken.
    Html,
    /// JSON Lines: one JSON record a line.
    Jsonl,
    /// JSON: an object, an array of them, or one after another.
    Json,
    /// CSV: a record a row, its fields parted by commas or what the first row shows.
    Csv,
    /// The same, parted by tabs.
    Tsv,
    /// Parquet: texts in columns.
    Parquet,
    /// WARC and WET: what a crawler saw.
    Warc,
}

/// Each form with its name and the ends of file names; the name is what `--format` takes.
const FORMS: [(Form, &str, &[&str]); 9] = [
    (Form::Text, "text", &["txt", "text", "story", "article"]),
    (Form::Markdown, "markdown", &["md", "markdown"]),
    (Form::Html, "html", &["html", "htm", "xhtml"]),
    (Form::Jsonl, "jsonl", &["jsonl", "ndjson"]),
    (Form::Json, "json", &["json"]),
    (Form::Csv, "csv", &["csv"]),
    (Form::Tsv, "tsv", &["tsv"]),
    (Form::Parquet, "parquet", &["parquet", "pq"]),
    (Form::Warc, "warc", &["warc", "wet"]),
];

/// How much of an input is looked at to tell its form, in bytes.
pub const HEAD: usize = 64 << 10;

impl Form {
    /// The names of all forms.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FORMS.iter().map(|(_, name, _)| *name)
    }

    /// The ends of file names by which forms are known.
    pub fn extensions() -> impl Iterator<Item = &'static str> {
        FORMS.iter().flat_map(|(.., extensions)| extensions.iter().copied())
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        FORMS.iter().find(|(form, ..)| *form == self).map_or("text", |(_, name, _)| *name)
    }

    /// By the end of a file's name, or what stands before it if that is a compression's: `dump.jsonl.gz`.
    pub fn of_name(path: &Path) -> Option<Self> {
        let own = extension(path)?;
        let is_own = |known: &&str| own.eq_ignore_ascii_case(known);
        FORMS.iter().find(|(.., known)| known.iter().any(is_own)).map(|(form, ..)| *form)
    }

    /// By the first bytes: all that there are, or at least [`HEAD`] of them.
    pub fn of_head(head: &[u8]) -> Self {
        let after = if head.len() < HEAD { After::Nothing } else { After::More };
        told(head, after).unwrap_or(Form::Text)
    }

    /// By the first bytes of an input, which is given back whole. No more of it is read than it takes to tell:
    /// more may never come.
    ///
    /// # Errors
    /// When the input cannot be read.
    pub fn of_input<'r>(mut input: impl Read + Send + 'r) -> io::Result<(Self, Box<dyn Read + Send + 'r>)> {
        let mut head = vec![0; HEAD];
        let mut filled = 0;
        let form = loop {
            let after = if filled == HEAD { After::More } else { After::Maybe };
            if let Some(form) = told(&head[..filled], after) {
                break form;
            }
            match input.read(&mut head[filled..]) {
                Ok(0) => break Self::of_head(&head[..filled]),
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        };
        head.truncate(filled);
        Ok((form, Box::new(Cursor::new(head).chain(input))))
    }

    /// What a report calls it, with the fields that are read.
    pub fn described(self, fields: &Fields) -> InputForm {
        let names = || fields.texts.iter().map(ToString::to_string).collect();
        let delimiter = fields.table.delimiter;
        match self {
            Form::Text => InputForm::Text,
            Form::Markdown => InputForm::Markdown,
            Form::Html => InputForm::Html,
            Form::Jsonl => InputForm::Jsonl { fields: names() },
            Form::Json => InputForm::Json { fields: names() },
            Form::Csv => InputForm::Csv { delimiter, fields: names() },
            Form::Tsv => InputForm::Csv { delimiter: delimiter.or(Some(Delimiter::TAB)), fields: names() },
            Form::Parquet => InputForm::Parquet {
                fields: names(),
                added: fields.outcome.added().map(str::to_owned),
                dropped: fields.dropped.iter().map(ToString::to_string).collect(),
                arrow_schema: None,
            },
            Form::Warc => InputForm::Warc,
        }
    }
}

impl FromStr for Form {
    type Err = UnknownForm;

    fn from_str(name: &str) -> Result<Self, UnknownForm> {
        let known = FORMS.iter().find(|(_, known, _)| *known == name);
        known.map(|(form, ..)| *form).ok_or_else(|| UnknownForm(name.to_owned()))
    }
}

/// A name that stands for no form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no form of input")]
pub struct UnknownForm(String);

/// What takes the documents of a form out of its input.
#[derive(Clone)]
pub enum Reader {
    /// All of it is one text, which may be in Markdown, or one page.
    Document,
    /// It is records, one after another.
    Records(Arc<dyn Format>),
    /// It is columns, as [`parquet`] reads them from a file.
    Columns,
}

/// An input that is ready to be read.
pub struct Opened<'r> {
    /// Its form, with all that a report says of it.
    pub form: InputForm,
    /// What reads it.
    pub reader: Reader,
    /// All of it.
    pub input: Box<dyn Read + Send + 'r>,
}

/// Why an input cannot be worked on.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// It is no table with these columns.
    #[error(transparent)]
    Csv(#[from] CsvError),
}

impl InputForm {
    /// What reads an input of this form. The first row of a table is read for it.
    ///
    /// # Errors
    /// When the input cannot be read, or is a table that has no column for the fields.
    pub fn open<'r>(self, input: Box<dyn Read + Send + 'r>, fields: Fields) -> Result<Opened<'r>, OpenError> {
        match self {
            InputForm::Csv { delimiter, fields: names } => {
                let Head { delimiter, first, input } = Head::read(input, delimiter)?;
                let table = Csv::new(&first, fields.table.first_row, delimiter, fields)?;
                let form = InputForm::Csv { delimiter: Some(delimiter), fields: names };
                Ok(Opened { form, reader: Reader::Records(Arc::new(table)), input })
            }
            form => Ok(Opened { reader: form.reader(fields), form, input }),
        }
    }

    /// Compresses documents of this form as such documents are compressed.
    ///
    /// # Errors
    /// When there is not enough memory for it.
    pub fn encoder<W: Write>(&self, compression: Option<Compression>, output: W) -> io::Result<Encoder<W>> {
        match self.reader(Fields::default()) {
            Reader::Records(format) => super::encoder(&*format, compression, output),
            Reader::Document | Reader::Columns => Encoder::new(compression, output),
        }
    }

    /// What tells the documents of such an input apart, as a restore does; it needs no more of the fields than the
    /// default.
    pub fn reader(&self, fields: Fields) -> Reader {
        match self {
            InputForm::Text | InputForm::Markdown | InputForm::Html => Reader::Document,
            InputForm::Records { ends } => Reader::Records(Arc::new(Lines::new(*ends))),
            InputForm::Jsonl { .. } => Reader::Records(Arc::new(Jsonl::new(fields))),
            InputForm::Json { .. } => Reader::Records(Arc::new(Json::new(fields))),
            InputForm::Csv { delimiter, .. } => {
                Reader::Records(Arc::new(Csv::rows(delimiter.unwrap_or(Delimiter::COMMA))))
            }
            InputForm::Parquet { .. } => Reader::Columns,
            InputForm::Warc => Reader::Records(Arc::new(Warc::default())),
        }
    }
}

/// The end of a file's name without a dot, before that of a compression.
pub fn extension(path: &Path) -> Option<&OsStr> {
    let inner = Path::new(path.file_stem()?);
    let path = if Compression::of_name(path).is_some() { inner } else { path };
    path.extension()
}

/// What follows the bytes that are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// Nothing.
    Nothing,
    /// More than is looked at.
    More,
    /// Perhaps something: where it matters, it is waited for.
    Maybe,
}

/// The form that starts so; none as long as more of it is needed.
fn told(head: &[u8], after: After) -> Option<Form> {
    if after == After::Maybe && BYTE_ORDER_MARK.starts_with(head) {
        return None;
    }
    let head = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head).trim_ascii_start();
    if head.starts_with(parquet::MAGIC) {
        return Some(Form::Parquet);
    }
    let line_end = memchr::memchr(b'\n', head);
    let line = &head[..line_end.unwrap_or(head.len())];
    let form = match head.first() {
        Some(b'[') => return json(&head[1..], after),
        _ if line_end.is_none() && after == After::Maybe => return None,
        // A first record that is longer than what is looked at.
        Some(b'{') if line_end.is_none() && after == After::More => Form::Jsonl,
        Some(b'{') if is_record(line) => Form::Jsonl,
        Some(b'{') if goes_on(line) => return json(head, after),
        Some(_) if head.starts_with(warc::VERSION) => Form::Warc,
        Some(b'<') => return page(head, after),
        Some(_) if is_header(line) => Form::Csv,
        None | Some(_) => Form::Text,
    };
    Some(form)
}

/// JSON where an object starts, which takes a brace and what may stand behind it; else text.
fn json(bytes: &[u8], after: After) -> Option<Form> {
    let bytes = bytes.trim_ascii_start();
    let inner = bytes.strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    match (bytes.first(), inner.map(<[u8]>::first)) {
        (None, _) | (_, Some(None)) if after == After::Maybe => None,
        (_, Some(Some(b'"' | b'}'))) => Some(Form::Json),
        _ => Some(Form::Text),
    }
}

/// HTML where a page starts, behind what may stand before that: comments, and a declaration of XML; else text.
fn page(head: &[u8], after: After) -> Option<Form> {
    const OPENINGS: [&[u8]; 4] = [b"<!doctype html", b"<html", b"<head", b"<body"];
    let undecided = if after == After::Maybe { None } else { Some(Form::Text) };
    let mut rest = head;
    loop {
        rest = rest.trim_ascii_start();
        let end: &[u8] = match rest {
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            [b'<', b'?', ..] => b"?>",
            _ => break,
        };
        let Some(at) = memchr::memmem::find(rest, end) else { return undecided };
        rest = &rest[at + end.len()..];
    }
    let same = |opening: &[u8]| opening.iter().zip(rest).all(|(one, other)| other.eq_ignore_ascii_case(one));
    let opening = OPENINGS.into_iter().find(|opening| same(opening));
    match opening.map(|opening| (rest.len() > opening.len(), rest.get(opening.len()))) {
        None => Some(Form::Text),
        Some((false, _)) => undecided,
        Some((true, Some(behind))) if behind.is_ascii_alphanumeric() => Some(Form::Text),
        Some((true, _)) => Some(Form::Html),
    }
}

/// True for the first of several lines of an object.
fn goes_on(line: &[u8]) -> bool {
    matches!(line.trim_ascii_end().last(), Some(b'{' | b'[' | b','))
}

fn is_record(line: &[u8]) -> bool {
    let jsonl = Jsonl::default();
    matches!(jsonl.read(&line[jsonl.record(line)]), Ok(Content::Texts { .. } | Content::NoText(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_with_and_without_a_compression() {
        for (name, form) in [
            ("a.jsonl", Some(Form::Jsonl)),
            ("a.NDJSON.GZ", Some(Form::Jsonl)),
            ("dir.jsonl/a.txt.zst", Some(Form::Text)),
            ("a.gz", None),
            ("a", None),
            ("README.md", Some(Form::Markdown)),
            ("a.json.bz2", Some(Form::Json)),
            ("a.csv.xz", Some(Form::Csv)),
            ("a.tsv", Some(Form::Tsv)),
            ("a.warc.wet.gz", Some(Form::Warc)),
            ("a.parquet", Some(Form::Parquet)),
            ("a.HTM.gz", Some(Form::Html)),
            ("a.exe", None),
        ] {
            assert_eq!(Form::of_name(Path::new(name)), form, "{name}");
        }
    }

    #[test]
    fn the_first_bytes_tell_however_they_come() {
        /// Gives one byte at a time.
        struct Bytes<'a>(&'a [u8]);
        impl Read for Bytes<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.0.read(&mut buffer[..1])
            }
        }
        let long = format!("{{\"text\":\"{}\"}}\n", "x".repeat(2 * HEAD));
        for (input, form) in [
            ("", Form::Text),
            (" \n\t", Form::Text),
            ("The vote", Form::Text),
            ("{\"text\":\"x\"}", Form::Jsonl),
            ("\u{feff}\n  {\"id\":1}\n", Form::Jsonl),
            ("{\"id\":1\n", Form::Text),
            ("{\"id\":", Form::Text),
            ("{braces}\n", Form::Text),
            ("{\n  \"id\": 1\n}", Form::Json),
            ("{\"id\": 1,\n\"text\": \"x\"}", Form::Json),
            ("{\n  braces\n}", Form::Text),
            (" [\n\n { \"id\": 1}]", Form::Json),
            ("[{}]", Form::Json),
            ("[", Form::Text),
            ("[{brackets}]", Form::Text),
            ("[1, 2]", Form::Text),
            ("id,\"text\",n\r\n1,\"a\n", Form::Csv),
            ("url\tBody\n", Form::Csv),
            ("Text, photos and video\n", Form::Text),
            ("Politics|The text of the bill, in full\n", Form::Text),
            ("text\n", Form::Text),
            ("PAR1\u{15}", Form::Parquet),
            ("WARC/1.1\r\nWARC-Type", Form::Warc),
            ("WARCRAFT\n", Form::Text),
            ("\n<!DOCTYPE html>\n<p>", Form::Html),
            ("<!-- a page --> <?xml version=\"1.0\"?>\n<HTML lang=en>", Form::Html),
            ("<!-- a text\n", Form::Text),
            ("<header> is an element.\n", Form::Text),
            ("<headline>\n", Form::Text),
            (&long, Form::Jsonl),
        ] {
            let (told, mut whole) = Form::of_input(Bytes(input.as_bytes())).unwrap();
            assert_eq!(told, form, "{input:.20}");
            assert_eq!(Form::of_head(input.as_bytes()), form, "{input:.20}");
            let mut read = String::new();
            whole.read_to_string(&mut read).unwrap();
            assert_eq!(read, input);
        }
    }

    #[test]
    fn every_form_has_a_name() {
        for name in Form::names() {
            assert_eq!(name.parse::<Form>().unwrap().name(), name);
        }
        assert!("txt".parse::<Form>().is_err());
    }
}
