//! A stream of bytes, cut into blocks of whole records.
//!
//! A block is handed out when it is full, and also when the input gave less than it was asked for: then no
//! more was ready, and whoever waits for the records that are there must not wait for others.

use std::io::{self, Read};

use super::Splitter;

/// The size of a block of short records, in bytes.
pub const BLOCK: usize = 256 << 10;

/// How large a record may be to be cleaned when nothing else is said, in bytes.
pub const MAX_RECORD: usize = 64 << 20;

/// A piece of the input. All pieces together are the input, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Whole records; the last one of the input may lack its end.
    Records(Vec<u8>),
    /// A part of a record that is too large; `starts` is true for the first part.
    TooLarge {
        /// The part.
        bytes: Vec<u8>,
        /// No part of it came before.
        starts: bool,
    },
    /// What an input that broke off had of its last record.
    Rest(Vec<u8>),
}

/// Reads blocks.
pub struct Blocks<R> {
    input: R,
    splitter: Box<dyn Splitter>,
    buffer: Vec<u8>,
    /// How much of the buffer is filled.
    filled: usize,
    /// How much of that the splitter has seen.
    seen: usize,
    max_record: usize,
    state: State,
}

enum State {
    Reading,
    TooLarge,
    Broken(io::Error),
    Ended,
}

impl<R: Read> Blocks<R> {
    /// Blocks of `block` bytes, more where a record is larger; records over `max_record` bytes are not
    /// collected.
    pub fn new(input: R, splitter: Box<dyn Splitter>, block: usize, max_record: usize) -> Self {
        let buffer = vec![0; block.max(1)];
        Self { input, splitter, buffer, filled: 0, seen: 0, max_record, state: State::Reading }
    }

    /// The next block; none at the end of the input.
    ///
    /// # Errors
    /// When the input cannot be read. All that was read of it has been handed out before.
    pub fn next_block(&mut self) -> io::Result<Option<Block>> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Ok(None),
                State::Broken(error) => return Err(error),
                State::Reading => {
                    self.state = State::Reading;
                    if let Some(end) = self.unseen(|splitter, bytes| splitter.last_end(bytes)) {
                        return Ok(Some(Block::Records(self.take(end))));
                    }
                    if self.filled > self.max_record {
                        self.state = State::TooLarge;
                        let bytes = self.take(self.filled);
                        return Ok(Some(Block::TooLarge { bytes, starts: true }));
                    }
                }
                State::TooLarge => {
                    let end = self.unseen(|splitter, bytes| splitter.next_end(bytes));
                    self.state = if end.is_some() { State::Reading } else { State::TooLarge };
                    if self.filled > 0 {
                        let bytes = self.take(end.unwrap_or(self.filled));
                        // What follows has not been looked at yet.
                        self.seen = 0;
                        return Ok(Some(Block::TooLarge { bytes, starts: false }));
                    }
                }
            }
            match self.read() {
                Ok(0) => {
                    self.state = State::Ended;
                    let rest = self.take(self.filled);
                    return Ok((!rest.is_empty()).then_some(Block::Records(rest)));
                }
                Ok(read) => self.filled += read,
                Err(error) => {
                    self.state = State::Broken(error);
                    let rest = self.take(self.filled);
                    if !rest.is_empty() {
                        return Ok(Some(Block::Rest(rest)));
                    }
                }
            }
        }
    }

    fn read(&mut self) -> io::Result<usize> {
        if self.filled == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        loop {
            match self.input.read(&mut self.buffer[self.filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    /// Shows the splitter what it has not seen, and says where it found an end.
    fn unseen(&mut self, find: impl FnOnce(&mut dyn Splitter, &[u8]) -> Option<usize>) -> Option<usize> {
        let from = std::mem::replace(&mut self.seen, self.filled);
        let end = find(&mut *self.splitter, &self.buffer[from..self.filled])?;
        Some(from + end)
    }

    /// The first `end` bytes; the rest moves to the front of the buffer.
    fn take(&mut self, end: usize) -> Vec<u8> {
        let taken = self.buffer[..end].to_vec();
        self.buffer.copy_within(end..self.filled, 0);
        self.filled -= end;
        self.seen = self.seen.saturating_sub(end);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Format;
    use crate::formats::lines::{Ends, Lines};

    /// Gives at most `piece` bytes at a time, and breaks off in the end if `breaks`.
    struct Pieces<'a> {
        bytes: &'a [u8],
        piece: usize,
        breaks: bool,
    }

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.bytes.is_empty() && self.breaks {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let n = self.piece.min(buffer.len()).min(self.bytes.len());
            let (given, rest) = self.bytes.split_at(n);
            buffer[..n].copy_from_slice(given);
            self.bytes = rest;
            Ok(n)
        }
    }

    fn blocks(bytes: &[u8], piece: usize, block: usize, breaks: bool) -> Vec<Block> {
        let splitter = Lines::new(Ends::Line).splitter();
        let mut blocks = Blocks::new(Pieces { bytes, piece, breaks }, splitter, block, 8);
        let mut all = Vec::new();
        loop {
            match blocks.next_block() {
                Ok(Some(block)) => all.push(block),
                Ok(None) => return all,
                Err(error) => {
                    assert!(breaks && error.kind() == io::ErrorKind::UnexpectedEof);
                    assert!(blocks.next_block().unwrap().is_none());
                    return all;
                }
            }
        }
    }

    #[test]
    fn records_are_whole_and_no_byte_is_lost_however_the_input_comes() {
        let input = b"a\nbcd\n\nefghijklmnopqrstuvw\nx\nyyyyyyy\nz";
        for (piece, block) in [(1, 1), (1, 64), (2, 3), (3, 8), (7, 2), (64, 64), (64, 5)] {
            for breaks in [false, true] {
                let blocks = blocks(input, piece, block, breaks);
                let mut all: Vec<u8> = Vec::new();
                let mut too_large: Vec<u8> = Vec::new();
                for block in &blocks {
                    match block {
                        Block::Records(bytes) => {
                            assert!(
                                bytes.ends_with(b"\n") || (!breaks && all.len() + bytes.len() == input.len())
                            );
                            all.extend(bytes);
                        }
                        Block::TooLarge { bytes, starts } => {
                            assert_eq!(*starts, too_large.is_empty());
                            too_large.extend(bytes);
                            all.extend(bytes);
                        }
                        Block::Rest(bytes) => {
                            assert!(breaks);
                            assert_eq!(bytes, b"z");
                            all.extend(bytes);
                        }
                    }
                }
                assert_eq!(all, input);
                assert!(too_large.is_empty() || too_large == b"efghijklmnopqrstuvw\n", "{too_large:?}");
            }
        }
    }

    #[test]
    fn a_record_is_handed_out_as_soon_as_it_is_there() {
        let records = blocks(b"a\nb\n", 2, 64, false);
        assert_eq!(records, [Block::Records(b"a\n".to_vec()), Block::Records(b"b\n".to_vec())]);
    }
}
