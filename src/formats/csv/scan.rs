//! Where the fields and the records of a table end. A quote opens a field only where the field starts; within
//! quotes, delimiters and line ends are text, and two quotes stand for one.

use std::ops::Range;

use memchr::{memchr, memchr3};

use super::delimiter::Delimiter;
use crate::formats::{Malformed, Splitter};

/// Finds the ends of records.
pub(super) struct Rows {
    scan: Scan,
}

impl Rows {
    pub fn new(delimiter: Delimiter) -> Self {
        Self { scan: Scan::new(delimiter, State::Record) }
    }
}

impl Splitter for Rows {
    fn next_end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while let Some((end, of)) = self.scan.next_end(bytes, at) {
            at = end + 1;
            if of == End::Record {
                return Some(at);
            }
        }
        None
    }
}

/// A field of a record, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// Its bytes in the record, quotes included.
    pub raw: Range<usize>,
    pub quoted: bool,
}

impl Cell {
    /// Its bytes without the quotes around them.
    pub fn content(&self) -> Range<usize> {
        if self.quoted { self.raw.start + 1..self.raw.end - 1 } else { self.raw.clone() }
    }
}

/// The fields of a record, which is given without its line end; at least one.
///
/// # Errors
/// When a quote stands where none may stand.
pub(super) fn cells(record: &[u8], delimiter: Delimiter) -> Result<Vec<Cell>, Fault> {
    let mut scan = Scan::new(delimiter, State::Field);
    let mut cells = Vec::new();
    let mut start = 0;
    let cell = |raw: Range<usize>| Cell { quoted: record.get(raw.start) == Some(&b'"'), raw };
    while let Some((end, of)) = scan.next_end(record, start) {
        if of == End::Record {
            break;
        }
        cells.push(cell(start..end));
        start = end + 1;
        if let Some(wrong) = scan.wrong {
            return Err(Fault { wrong, field: cells.len() });
        }
    }
    cells.push(cell(start..record.len()));
    let wrong = scan.wrong.or(match scan.state {
        State::Quoted => Some(Wrong::NeverClosed),
        State::Return => Some(Wrong::BehindQuotes),
        State::Record | State::Mark(_) | State::Field | State::Bare | State::Quote => None,
    });
    match wrong {
        Some(wrong) => Err(Fault { wrong, field: cells.len() }),
        None => Ok(cells),
    }
}

/// A quote that stands where none may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    wrong: Wrong,
    /// The field's number, from 1.
    field: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    /// It stands in a field that has no quotes around it.
    InBare,
    /// Something stands behind the closing one.
    BehindQuotes,
    /// There is no closing one.
    NeverClosed,
}

impl From<Fault> for Malformed {
    fn from(Fault { wrong, field }: Fault) -> Self {
        Malformed(match wrong {
            Wrong::InBare => format!(
                "field {field} has a quote inside and none around it: put it in quotes and double the quote"
            ),
            Wrong::BehindQuotes => {
                format!("field {field} goes on behind its closing quote: double the quotes inside it")
            }
            Wrong::NeverClosed => {
                format!("the quote that opens field {field} is never closed, and all that follows is in it")
            }
        })
    }
}

/// Goes through a table byte by byte, or faster where no byte matters.
struct Scan {
    delimiter: Delimiter,
    state: State,
    /// The first thing wrong since the start.
    wrong: Option<Wrong>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// At the start of a record. The first one may have a byte order mark.
    Record,
    /// Within the mark, behind so many of its bytes.
    Mark(usize),
    /// At the start of a field.
    Field,
    /// In a field without quotes.
    Bare,
    /// In a field with quotes.
    Quoted,
    /// Behind a quote in such a field: it was the closing one, or the first of two.
    Quote,
    /// Behind the closing quote and a carriage return.
    Return,
}

/// What ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Field,
    Record,
}

impl Scan {
    fn new(delimiter: Delimiter, state: State) -> Self {
        Self { delimiter, state, wrong: None }
    }

    /// The next delimiter or line feed, from `at` on, that ends a field or a record.
    fn next_end(&mut self, bytes: &[u8], mut at: usize) -> Option<(usize, End)> {
        let delimiter = self.delimiter.byte();
        loop {
            let byte = *bytes.get(at)?;
            match self.state {
                State::Record | State::Mark(_) => {
                    let mark = if let State::Mark(passed) = self.state { passed } else { 0 };
                    if [0xEF, 0xBB, 0xBF].get(mark) == Some(&byte) {
                        self.state = State::Mark(mark + 1);
                        at += 1;
                    } else {
                        // Bytes that are no mark after all are part of a field.
                        self.state = if mark == 0 || mark == 3 { State::Field } else { State::Bare };
                    }
                }
                State::Field if byte == b'"' => {
                    self.state = State::Quoted;
                    at += 1;
                }
                State::Field => self.state = State::Bare,
                State::Bare => {
                    at += memchr3(delimiter, b'\n', b'"', &bytes[at..])?;
                    if bytes[at] != b'"' {
                        return Some(self.end(bytes[at], at));
                    }
                    // Text between tabs is mostly written without quotes around it.
                    if self.delimiter != Delimiter::TAB {
                        self.wrong.get_or_insert(Wrong::InBare);
                    }
                    at += 1;
                }
                State::Quoted => {
                    at += memchr(b'"', &bytes[at..])? + 1;
                    self.state = State::Quote;
                }
                State::Quote if byte == b'"' => {
                    self.state = State::Quoted;
                    at += 1;
                }
                State::Quote | State::Return if byte == b'\n' => return Some(self.end(byte, at)),
                State::Quote if byte == delimiter => return Some(self.end(byte, at)),
                State::Quote if byte == b'\r' => {
                    self.state = State::Return;
                    at += 1;
                }
                // A reader takes the rest of the field as it stands; so one wrong quote spoils a line or two.
                State::Quote | State::Return => {
                    self.wrong.get_or_insert(Wrong::BehindQuotes);
                    self.state = State::Bare;
                }
            }
        }
    }

    fn end(&mut self, byte: u8, at: usize) -> (usize, End) {
        if byte == b'\n' {
            self.state = State::Record;
            (at, End::Record)
        } else {
            self.state = State::Field;
            (at, End::Field)
        }
    }
}
