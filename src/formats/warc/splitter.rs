//! Where records end: behind their blocks, by the length that each says.

use super::VERSION;
use super::header::{Header, LONGEST, end};
use crate::formats::Splitter;

/// Finds the ends of records. One that is not what it says ends behind the next empty line in CRLF.
#[derive(Default)]
pub(super) struct RecordSplitter {
    state: State,
    /// What came of the header.
    header: Vec<u8>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// Before the header; there may be line ends.
    #[default]
    Start,
    Header,
    /// In the block, so many bytes before its end.
    Block(u64),
    /// Behind the block, and so many line feeds.
    Behind(u8),
    /// In what is no record: so many bytes of an empty line in CRLF are there.
    Lost(usize),
}

const EMPTY_LINE: &[u8] = b"\r\n\r\n";

impl Splitter for RecordSplitter {
    fn next_end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            match self.state {
                State::Start => match rest.iter().position(|byte| !matches!(byte, b'\r' | b'\n')) {
                    Some(line_ends) => {
                        at += line_ends;
                        self.state = State::Header;
                    }
                    None => return None,
                },
                State::Header => at += self.header(rest),
                State::Block(left) => {
                    let passed = rest.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    at += passed;
                    let left = left - passed as u64;
                    self.state = if left == 0 { State::Behind(0) } else { State::Block(left) };
                }
                State::Behind(line_feeds) => match rest[0] {
                    b'\n' if line_feeds == 1 => return Some(self.ended(at + 1)),
                    b'\n' => (self.state, at) = (State::Behind(line_feeds + 1), at + 1),
                    b'\r' => at += 1,
                    // The next record, with one line end before it where there should be two.
                    b'W' if line_feeds == 1 => return Some(self.ended(at)),
                    _ => self.state = State::Lost(0),
                },
                State::Lost(matched) => {
                    let byte = rest[0];
                    at += 1;
                    let matched = match byte {
                        _ if byte == EMPTY_LINE[matched] => matched + 1,
                        b'\r' => 1,
                        _ => 0,
                    };
                    if matched == EMPTY_LINE.len() {
                        return Some(self.ended(at));
                    }
                    self.state = State::Lost(matched);
                }
            }
        }
        None
    }
}

impl RecordSplitter {
    /// Takes as much of `rest` as belongs to the header, and says how much that is.
    fn header(&mut self, rest: &[u8]) -> usize {
        let before = self.header.len();
        if before < VERSION.len() {
            let wanted = &VERSION[before..];
            let same = wanted.iter().zip(rest).take_while(|(wanted, byte)| wanted == byte).count();
            self.header.extend_from_slice(&rest[..same]);
            if same < wanted.len().min(rest.len()) {
                self.state = State::Lost(0);
            }
            return same;
        }
        let taken = rest.len().min(LONGEST.saturating_sub(before));
        self.header.extend_from_slice(&rest[..taken]);
        // The empty line may have started in what came before.
        let looked_at = before - 2;
        let Some(end) = end(&self.header[looked_at..]).map(|end| looked_at + end) else {
            if self.header.len() == LONGEST {
                self.state = State::Lost(0);
            }
            return taken;
        };
        self.header.truncate(end);
        let length = Header::parse(&self.header).and_then(|header| Ok(header.end()? - header.block));
        self.state = match length {
            Ok(0) => State::Behind(0),
            Ok(length) => State::Block(length as u64),
            Err(_) => State::Lost(0),
        };
        end - before
    }

    /// Starts again behind a record that ends at `at`.
    fn ended(&mut self, at: usize) -> usize {
        self.state = State::Start;
        self.header.clear();
        at
    }
}
