//! Where something is in a text: in bytes, characters, lines and columns.

use serde::{Deserialize, Serialize};

use crate::document::Span;

/// Where something is in the original text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Start and end in bytes of the text in UTF-8.
    pub bytes: [usize; 2],
    /// Start and end in characters (Unicode scalar values).
    pub chars: [usize; 2],
    /// Line of the start, from 1; lines end in a line feed.
    pub line: usize,
    /// Character of the start in its line, from 1.
    pub column: usize,
}

impl Place {
    /// The places of spans that come in order.
    pub fn of_spans(text: &str, spans: impl Iterator<Item = Span>) -> impl Iterator<Item = Place> {
        let mut cursor = Cursor::new(text);
        spans.map(move |span| cursor.place(span.start(), span.end()))
    }
}

/// Counts characters and lines on the way through a text, so that the places of many spans take one pass.
pub(super) struct Cursor<'a> {
    text: &'a str,
    byte: usize,
    char: usize,
    line: usize,
    line_start_char: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, byte: 0, char: 0, line: 1, line_start_char: 0 }
    }

    /// The place of a span that does not start before the end of the one asked for last.
    pub fn place(&mut self, start: usize, end: usize) -> Place {
        self.advance(start);
        let (line, column, start_char) = (self.line, self.char - self.line_start_char + 1, self.char);
        self.advance(end);
        Place { bytes: [start, end], chars: [start_char, self.char], line, column }
    }

    fn advance(&mut self, to: usize) {
        for c in self.text[self.byte..to].chars() {
            self.char += 1;
            if c == '\n' {
                self.line += 1;
                self.line_start_char = self.char;
            }
        }
        self.byte = to;
    }
}
