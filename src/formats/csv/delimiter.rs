//! What parts the fields of a table, and finding it out from the table's first record.

use std::fmt;
use std::io::{self, Cursor, Read};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::decoded;
use super::scan::{Rows, cells};
use crate::formats::{Splitter as _, without_line_end, without_mark};

/// Names of columns that hold texts, in lower case.
const TEXTS: [&str; 10] = [
    "text",
    "body",
    "content",
    "article",
    "story",
    "maintext",
    "full_text",
    "raw_text",
    "article_text",
    "article_body",
];

/// How long the name of a column may be in a table that does not say otherwise that it is one, in bytes.
const MAX_NAME: usize = 40;

/// How long the first record may be, in bytes.
const MAX_HEAD: usize = 1 << 20;

/// What parts the fields of a record: one ASCII character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Delimiter(u8);

impl Delimiter {
    /// That of CSV.
    pub const COMMA: Self = Self(b',');
    /// That of TSV.
    pub const TAB: Self = Self(b'\t');
    /// Those that a first record is tried with.
    const KNOWN: [Self; 4] = [Self::COMMA, Self::TAB, Self(b';'), Self(b'|')];

    pub(super) fn byte(self) -> u8 {
        self.0
    }

    /// The one that makes the most fields of a table's first record, of which `head` has all or the start; and
    /// where that record ends, if it does.
    fn of_head(head: &[u8]) -> (Self, Option<usize>) {
        let tried = Self::KNOWN.map(|delimiter| (delimiter, first_end(head, delimiter)));
        let fields = |(delimiter, end): &(Self, Option<usize>)| {
            let record = without_line_end(without_mark(&head[..end.unwrap_or(head.len())]));
            cells(record, *delimiter).map_or(0, |cells| cells.len())
        };
        let [first, rest @ ..] = tried;
        rest.into_iter().fold(first, |best, next| if fields(&next) > fields(&best) { next } else { best })
    }
}

impl FromStr for Delimiter {
    type Err = NoDelimiter;

    fn from_str(name: &str) -> Result<Self, NoDelimiter> {
        match name.as_bytes() {
            b"tab" | b"\\t" => Ok(Self::TAB),
            [byte] if byte.is_ascii_punctuation() && *byte != b'"' || matches!(byte, b'\t' | b' ') => {
                Ok(Self(*byte))
            }
            _ => Err(NoDelimiter),
        }
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::TAB { f.write_str("tab") } else { write!(f, "{}", char::from(self.0)) }
    }
}

impl TryFrom<String> for Delimiter {
    type Error = NoDelimiter;

    fn try_from(name: String) -> Result<Self, NoDelimiter> {
        name.parse()
    }
}

impl From<Delimiter> for String {
    fn from(delimiter: Delimiter) -> Self {
        delimiter.to_string()
    }
}

/// What cannot part fields.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a delimiter: give one character, such as `,`, `;` or `|`, or `tab`")]
pub struct NoDelimiter;

/// What the start of a table tells of it.
pub struct Head<'r> {
    /// What parts its fields.
    pub delimiter: Delimiter,
    /// Its first record, with its line end; empty when there is none.
    pub first: Vec<u8>,
    /// All of the input.
    pub input: Box<dyn Read + Send + 'r>,
}

impl<'r> Head<'r> {
    /// Reads the first record of a table, and no more than it takes to know it; `delimiter`, if it is known.
    ///
    /// # Errors
    /// When the input cannot be read, or there is no end to the first record.
    pub fn read(mut input: impl Read + Send + 'r, delimiter: Option<Delimiter>) -> io::Result<Self> {
        let mut head = Vec::new();
        let (delimiter, end) = loop {
            let (delimiter, end) = match delimiter {
                Some(delimiter) => (delimiter, first_end(&head, delimiter)),
                None => Delimiter::of_head(&head),
            };
            if let Some(end) = end {
                break (delimiter, end);
            }
            if head.len() >= MAX_HEAD {
                let error = format!("the first record is over {MAX_HEAD} bytes: is a quote never closed?");
                return Err(io::Error::new(io::ErrorKind::InvalidData, error));
            }
            let read = head.len();
            head.resize(read + read.max(8 << 10), 0);
            let more = loop {
                match input.read(&mut head[read..]) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    result => break result?,
                }
            };
            head.truncate(read + more);
            if more == 0 {
                break (delimiter, read);
            }
        };
        let first = head[..end].to_vec();
        Ok(Self { delimiter, first, input: Box::new(Cursor::new(head).chain(input)) })
    }
}

/// True for a line that could be nothing but the first row of a table: it has several names, without white space
/// around them, and one of them is that of a text.
pub(in crate::formats) fn is_header(line: &[u8]) -> bool {
    let (delimiter, _) = Delimiter::of_head(line);
    let line = without_line_end(line);
    let names: Vec<_> =
        cells(line, delimiter).unwrap_or_default().iter().map(|cell| decoded(line, cell)).collect();
    let is_name = |name: &str| name.trim() == name && (1..=MAX_NAME).contains(&name.len());
    names.len() > 1
        && names.iter().all(|name| is_name(name))
        && names.iter().any(|name| TEXTS.contains(&&*name.to_lowercase()))
}

fn first_end(head: &[u8], delimiter: Delimiter) -> Option<usize> {
    Rows::new(delimiter).next_end(head)
}
