//! Text in records: one a line, one a paragraph, or one up to each NUL.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::fields::Fields;
use super::text::{FieldText, Spelling};
use super::{About, Content, Cut, Format, Found, Malformed, Splitter};

/// What ends a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ends {
    /// A line end.
    Line,
    /// One or more blank lines.
    BlankLine,
    /// The byte zero, as `find -print0` and `xargs -0` have it.
    Nul,
}

/// Texts in UTF-8, one after another.
#[derive(Clone, Debug)]
pub struct Lines {
    ends: Ends,
    fields: Fields,
}

impl Lines {
    /// Texts that end so.
    pub fn new(ends: Ends) -> Self {
        Self { ends, fields: Fields::default() }
    }

    /// Records that end with this byte.
    pub(super) fn splitter(byte: u8) -> impl Splitter {
        ByteSplitter { byte }
    }
}

impl Format for Lines {
    fn splitter(&self) -> Box<dyn Splitter> {
        match self.ends {
            Ends::Line => Box::new(Self::splitter(b'\n')),
            Ends::BlankLine => Box::new(ParagraphSplitter::default()),
            Ends::Nul => Box::new(Self::splitter(0)),
        }
    }

    fn record(&self, bytes: &[u8]) -> Range<usize> {
        match self.ends {
            Ends::Nul => 0..bytes.strip_suffix(b"\0").unwrap_or(bytes).len(),
            Ends::Line | Ends::BlankLine => {
                let ends = |byte: &u8| matches!(byte, b'\n' | b'\r');
                let end = bytes.iter().rposition(|byte| !ends(byte)).map_or(0, |last| last + 1);
                0..end
            }
        }
    }

    fn read<'a>(&self, record: &'a [u8]) -> Result<Content<'a>, Malformed> {
        if record.iter().all(u8::is_ascii_whitespace) {
            return Ok(Content::Blank);
        }
        let text = str::from_utf8(record).map_err(|error| {
            Malformed(format!(
                "record is not UTF-8 at byte {}: convert the file first",
                error.valid_up_to() + 1
            ))
        })?;
        let text = (Cow::Borrowed("text"), FieldText::plain(text, 0));
        Ok(Content::Texts { texts: vec![text], about: About::default() })
    }

    fn changes(&self, _: &[u8], _: &[Found<'_>]) -> Vec<Cut> {
        Vec::new()
    }

    fn spelling(&self) -> Spelling {
        Spelling::Plain
    }

    fn fields(&self) -> &Fields {
        &self.fields
    }

    fn names(&self, _: &[u8]) -> Vec<String> {
        Vec::new()
    }
}

struct ByteSplitter {
    byte: u8,
}

impl Splitter for ByteSplitter {
    fn next_end(&mut self, bytes: &[u8]) -> Option<usize> {
        memchr::memchr(self.byte, bytes).map(|at| at + 1)
    }

    fn last_end(&mut self, bytes: &[u8]) -> Option<usize> {
        memchr::memrchr(self.byte, bytes).map(|at| at + 1)
    }
}

/// A record takes the blank lines behind it: it ends where the next line with something on it starts.
#[derive(Default)]
struct ParagraphSplitter {
    /// The line that is being read has something on it.
    has_text: bool,
    /// So had a line of this record.
    began: bool,
    /// A blank line came behind it.
    blank: bool,
}

impl Splitter for ParagraphSplitter {
    fn next_end(&mut self, bytes: &[u8]) -> Option<usize> {
        for (at, &byte) in bytes.iter().enumerate() {
            match byte {
                b'\n' => {
                    self.blank |= self.began && !self.has_text;
                    self.has_text = false;
                }
                b' ' | b'\t' | b'\r' => {}
                _ if self.blank => {
                    // White space before it, from the start of its line on, stays with the record before.
                    *self = Self::default();
                    return Some(at);
                }
                _ => (self.began, self.has_text) = (true, true),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(ends: Ends, text: &str) -> Vec<&str> {
        let format = Lines::new(ends);
        let mut splitter = format.splitter();
        let mut rest = text;
        let mut records = Vec::new();
        while let Some(end) = splitter.next_end(rest.as_bytes()) {
            records.push(&rest[..end]);
            rest = &rest[end..];
        }
        records.push(rest);
        records
    }

    #[test]
    fn records_end_as_they_are_said_to() {
        assert_eq!(records(Ends::Line, "a\nb\n\nc"), ["a\n", "b\n", "\n", "c"]);
        assert_eq!(records(Ends::Nul, "a\nb\0c\0"), ["a\nb\0", "c\0", ""]);
        assert_eq!(
            records(Ends::BlankLine, "\na\nb\n\n \r\n\nc\r\n\r\nd\n"),
            ["\na\nb\n\n \r\n\n", "c\r\n\r\n", "d\n"]
        );
    }
}
