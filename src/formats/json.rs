//! JSON that is not a record a line: one article, an array of them, or one after another, over as many lines as
//! they take.
//!
//! Each object that is inside no other is a record, and is read as one of JSON Lines is. The brackets and commas
//! between them are no part of them; so an array of any length is worked on as it comes.

use std::ops::Range;

use memchr::{memchr2, memchr3};

use super::fields::{FieldPath, Fields};
use super::jsonl::Jsonl;
use super::text::Spelling;
use super::{Content, Cut, Extracted, Format, Found, Malformed, Splitter};

/// JSON with these fields in its objects.
#[derive(Clone, Debug, Default)]
pub struct Json {
    objects: Jsonl,
}

impl Json {
    /// Texts are in `fields`.
    pub fn new(fields: Fields) -> Self {
        Self { objects: Jsonl::new(fields) }
    }
}

impl Format for Json {
    fn splitter(&self) -> Box<dyn Splitter> {
        Box::new(Values::default())
    }

    fn record(&self, bytes: &[u8]) -> Range<usize> {
        let start = bytes.iter().position(|byte| !is_between(*byte)).unwrap_or(bytes.len());
        let value = &bytes[start..];
        // What comes behind an object that is not whole is part of it.
        let ends =
            |byte: &u8| if value[0] == b'{' { !byte.is_ascii_whitespace() } else { !is_between(*byte) };
        start..start + value.iter().rposition(ends).map_or(0, |last| last + 1)
    }

    fn read<'a>(&self, record: &'a [u8]) -> Result<Content<'a>, Malformed> {
        self.objects.read(record)
    }

    fn changes(&self, record: &[u8], texts: &[Found<'_>]) -> Vec<Cut> {
        self.objects.changes(record, texts)
    }

    fn with_article(&self, record: &[u8], extracted: Extracted<'_>) -> Vec<u8> {
        self.objects.with_article(record, extracted)
    }

    fn spelling(&self) -> Spelling {
        self.objects.spelling()
    }

    fn runaway(&self) -> Option<&'static str> {
        Some("is a bracket or a quote never closed?")
    }

    /// Without an element, an array would have a comma too many.
    fn can_drop(&self) -> bool {
        false
    }

    fn has_arrays(&self) -> bool {
        true
    }

    fn fields(&self) -> &Fields {
        self.objects.fields()
    }

    fn has(&self, record: &[u8], path: &FieldPath) -> bool {
        self.objects.has(record, path)
    }

    fn names(&self, record: &[u8]) -> Vec<String> {
        self.objects.names(record)
    }
}

/// True for what may stand between records.
fn is_between(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'[' | b']' | b',')
}

/// A record ends with its last brace. What is no object ends with its line or the comma behind it, so that it
/// does not spoil the next.
#[derive(Default)]
struct Values {
    /// How many braces are open.
    depth: usize,
    in_string: bool,
    /// A backslash was the last byte of a string so far.
    escaped: bool,
    /// Something that is no object has come.
    other: bool,
}

impl Splitter for Values {
    fn next_end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            let rest = bytes.get(at..)?;
            let skipped = match (self.in_string, self.depth) {
                _ if self.escaped => 0,
                (true, 0) => memchr3(b'"', b'\\', b'\n', rest)?,
                (true, _) => memchr2(b'"', b'\\', rest)?,
                (false, 0) => 0,
                (false, _) => memchr3(b'"', b'{', b'}', rest)?,
            };
            let byte = *rest.get(skipped)?;
            at += skipped + 1;
            if self.ends_with(byte) {
                *self = Self::default();
                return Some(at);
            }
        }
    }
}

impl Values {
    /// Takes a byte; true when it is the last of a record.
    fn ends_with(&mut self, byte: u8) -> bool {
        if std::mem::take(&mut self.escaped) {
            return false;
        }
        let outside = self.depth == 0;
        match byte {
            b'"' => {
                self.in_string = !self.in_string;
                self.other |= outside;
            }
            b'\\' if self.in_string => self.escaped = true,
            b'\n' if outside && self.other => return true,
            _ if self.in_string => {}
            b',' if outside && self.other => return true,
            b'{' => self.depth += 1,
            b'}' if !outside => {
                self.depth -= 1;
                return self.depth == 0;
            }
            byte => self.other |= outside && !is_between(byte),
        }
        false
    }
}

#[cfg(test)]
mod tests;
