//! The documents of all inputs, one by one, for a run that takes only some of them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::sync::Arc;

use anyhow::{Error, Result, anyhow};
use dechaff::formats::blocks::{Block, Blocks};
use dechaff::formats::form::Reader;
use dechaff::formats::parquet::Parquet;
use dechaff::formats::records::{AtStart, Done};
use dechaff::formats::{BYTE_ORDER_MARK, Format, Splitter, count_lines};

use super::job::{Job, Opened, Whole};

/// A document that can be cleaned alone.
pub(super) enum Piece {
    /// An input that is one text; opened, if it cannot be opened again.
    Text(usize, Option<Opened>),
    /// A record, with how many records and lines of its input came before it.
    Record { index: usize, format: Arc<dyn Format>, bytes: Vec<u8>, records: u64, lines: u64 },
    /// Rows of columns, by their numbers from 1. They have not been read yet.
    Rows { index: usize, file: Arc<Parquet<File>>, numbers: Vec<u64> },
    /// An input that cannot be read, or not on.
    Failed(usize, Error),
}

impl Piece {
    /// The same piece again, to be cleaned in another way. What cannot be opened again is read into memory, and what
    /// cannot be read is given back as what failed.
    pub fn twice(self, job: &Job) -> [Self; 2] {
        let mut piece = self;
        let other = match &mut piece {
            Piece::Text(index, None) => Piece::Text(*index, None),
            Piece::Text(index, Some(opened)) => {
                let mut bytes = Vec::new();
                if let Err(error) = opened.bytes.read_to_end(&mut bytes) {
                    let failed = || job.unreadable(io::Error::from(error.kind()), &job.inputs[*index]);
                    return [Piece::Failed(*index, failed()), Piece::Failed(*index, failed())];
                }
                let Opened { compression, form, reader, .. } = &*opened;
                let (form, reader, copy) =
                    (form.clone(), reader.clone(), Box::new(Cursor::new(bytes.clone())));
                let other = Opened { compression: *compression, form, reader, bytes: copy };
                opened.bytes = Box::new(Cursor::new(bytes));
                Piece::Text(*index, Some(other))
            }
            Piece::Record { index, format, bytes, records, lines } => Piece::Record {
                index: *index,
                format: Arc::clone(format),
                bytes: bytes.clone(),
                records: *records,
                lines: *lines,
            },
            Piece::Rows { index, file, numbers } => {
                Piece::Rows { index: *index, file: Arc::clone(file), numbers: numbers.clone() }
            }
            Piece::Failed(index, error) => Piece::Failed(*index, anyhow!("{error:#}")),
        };
        [piece, other]
    }
}

/// Takes inputs apart.
pub(super) struct Pieces {
    job: Arc<Job>,
    /// The input that comes next.
    next: usize,
    dump: Option<Dump>,
    documents: u64,
    limit: u64,
}

impl Pieces {
    /// Of the first `limit` documents.
    pub fn new(job: Arc<Job>, limit: u64) -> Self {
        Self { job, next: 0, dump: None, documents: 0, limit }
    }

    /// How many documents there were so far.
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// The next document whose number is wanted.
    pub fn next(&mut self, wanted: impl Fn(u64) -> bool) -> Option<Piece> {
        while self.documents < self.limit {
            let mut is_wanted = || {
                self.documents += 1;
                wanted(self.documents)
            };
            let next = match &mut self.dump {
                Some(Dump::Records(dump)) => dump.next(&self.job, is_wanted),
                Some(Dump::Rows(dump)) => Ok(dump.next(is_wanted)),
                None => {
                    let index = self.next;
                    let input = self.job.inputs.get(index)?;
                    self.next += 1;
                    let can_be_opened_again = input.path.is_some() && input.len().is_some();
                    self.job.open(index).and_then(|mut opened| {
                        self.dump = Some(match opened.reader.clone() {
                            Reader::Document if is_wanted() => {
                                let opened = (!can_be_opened_again).then_some(opened);
                                return Ok(Next::Piece(Piece::Text(index, opened)));
                            }
                            Reader::Document => return Ok(Next::Passed),
                            Reader::Records(format) => {
                                let blocks = self.job.blocks(opened.bytes, &*format);
                                Dump::Records(RecordDump::new(index, format, blocks))
                            }
                            Reader::Columns => {
                                let file = self.job.columns(index, &mut opened)?;
                                Dump::Rows(RowDump { index, file, number: 0 })
                            }
                        });
                        Ok(Next::Passed)
                    })
                }
            };
            match next {
                Ok(Next::Piece(piece)) => return Some(piece),
                Ok(Next::Passed) => {}
                Ok(Next::Ended) => self.dump = None,
                Err(error) => {
                    self.dump = None;
                    return Some(Piece::Failed(self.next - 1, error));
                }
            }
        }
        None
    }

    /// How many documents were chosen, and those: the `n` with the least random numbers, in their order, behind the
    /// inputs that cannot be read.
    pub fn sample(&mut self, n: usize, random: impl Fn(u64) -> u64) -> (usize, Vec<Piece>) {
        let mut chosen: BTreeMap<(u64, u64), Piece> = BTreeMap::new();
        let mut pieces = Vec::new();
        loop {
            let most = chosen.last_key_value().map(|((random, _), _)| *random);
            let is_full = chosen.len() == n;
            let wanted = |number: u64| !is_full || most.is_some_and(|most| random(number) < most);
            match self.next(wanted) {
                Some(piece @ Piece::Failed(..)) => pieces.push(piece),
                Some(piece) => {
                    chosen.insert((random(self.documents), self.documents), piece);
                    if chosen.len() > n {
                        chosen.pop_last();
                    }
                }
                None => break,
            }
        }
        let n = chosen.len();
        let mut chosen: Vec<(u64, Piece)> =
            chosen.into_iter().map(|((_, number), piece)| (number, piece)).collect();
        chosen.sort_by_key(|(number, _)| *number);
        pieces.extend(chosen.into_iter().map(|(_, piece)| piece));
        (n, pieces)
    }
}

/// The same pieces, but that rows of one file which follow each other come together: it is read once for them.
pub(super) fn grouped(pieces: impl Iterator<Item = Piece>) -> impl Iterator<Item = Piece> {
    let mut pieces = pieces.peekable();
    std::iter::from_fn(move || {
        let mut piece = pieces.next()?;
        if let Piece::Rows { index, numbers, .. } = &mut piece {
            let is_same = |next: &Piece| matches!(next, Piece::Rows { index: other, .. } if other == index);
            while let Some(Piece::Rows { numbers: more, .. }) = pieces.next_if(is_same) {
                numbers.extend(more);
            }
        }
        Some(piece)
    })
}

/// A piece, cleaned.
pub(super) enum Cleaned {
    Text(usize, Result<Whole>),
    /// Records that follow each other, behind so many records and lines of their input.
    Records {
        index: usize,
        records: u64,
        lines: u64,
        done: Vec<Done>,
    },
}

/// Cleans a piece of the inputs of a job.
pub(super) fn cleaned(job: &Job, piece: Piece) -> Cleaned {
    match piece {
        Piece::Text(index, opened) => Cleaned::Text(index, job.whole(index, opened)),
        Piece::Failed(index, error) => Cleaned::Text(index, Err(error)),
        Piece::Record { index, format, bytes, records, lines } => {
            let done = vec![job.block(index, &*format, Block::Records(bytes), AtStart::No)];
            Cleaned::Records { index, records, lines, done }
        }
        Piece::Rows { index, file, numbers } => match job.some_rows(index, &file, &numbers) {
            Ok(done) => Cleaned::Records { index, records: 0, lines: 0, done },
            Err(error) => Cleaned::Text(index, Err(error)),
        },
    }
}

/// A dump that is being taken apart.
enum Dump {
    Records(RecordDump),
    Rows(RowDump),
}

/// What it comes to next.
enum Next {
    Piece(Piece),
    /// A document that is not wanted, or none.
    Passed,
    Ended,
}

struct RecordDump {
    index: usize,
    format: Arc<dyn Format>,
    blocks: Blocks<Box<dyn Read + Send>>,
    block: Vec<u8>,
    splitter: Box<dyn Splitter>,
    /// How much of the block has been given out.
    at: usize,
    records: u64,
    lines: u64,
}

impl RecordDump {
    fn new(index: usize, format: Arc<dyn Format>, blocks: Blocks<Box<dyn Read + Send>>) -> Self {
        let splitter = format.splitter();
        Self { index, format, blocks, block: Vec::new(), splitter, at: 0, records: 0, lines: 0 }
    }

    fn next(&mut self, job: &Job, mut is_wanted: impl FnMut() -> bool) -> Result<Next> {
        let rest = &self.block[self.at..];
        if rest.is_empty() {
            return self.next_block(job, is_wanted);
        }
        let bytes = &rest[..self.splitter.next_end(rest).unwrap_or(rest.len())];
        let (records, lines) = (self.records, self.lines);
        self.at += bytes.len();
        self.records += 1;
        self.lines += count_lines(bytes);
        let record = &bytes[self.format.record(bytes)];
        let is_header = records == 0 && self.format.header_changes(record).is_some();
        if is_header || record.iter().all(u8::is_ascii_whitespace) || !is_wanted() {
            return Ok(Next::Passed);
        }
        let (index, format, bytes) = (self.index, Arc::clone(&self.format), bytes.to_vec());
        Ok(Next::Piece(Piece::Record { index, format, bytes, records, lines }))
    }

    fn next_block(&mut self, job: &Job, mut is_wanted: impl FnMut() -> bool) -> Result<Next> {
        let block =
            self.blocks.next_block().map_err(|error| job.unreadable(error, &job.inputs[self.index]))?;
        match block {
            Some(Block::Records(bytes)) => {
                let is_marked = self.records == 0 && bytes.starts_with(BYTE_ORDER_MARK);
                self.at = if is_marked { BYTE_ORDER_MARK.len() } else { 0 };
                self.block = bytes;
                self.splitter = self.format.splitter();
            }
            // Such a record is a document, and is not cleaned.
            Some(Block::TooLarge { bytes, starts }) => {
                if starts {
                    self.records += 1;
                    is_wanted();
                }
                self.lines += count_lines(&bytes);
            }
            Some(Block::Rest(_)) => {}
            None => return Ok(Next::Ended),
        }
        Ok(Next::Passed)
    }
}

struct RowDump {
    index: usize,
    file: Arc<Parquet<File>>,
    /// Of the row that was given out last.
    number: u64,
}

impl RowDump {
    fn next(&mut self, mut is_wanted: impl FnMut() -> bool) -> Next {
        if self.number == self.file.row_count() {
            return Next::Ended;
        }
        self.number += 1;
        if is_wanted() {
            let (index, file, number) = (self.index, Arc::clone(&self.file), self.number);
            return Next::Piece(Piece::Rows { index, file, numbers: vec![number] });
        }
        Next::Passed
    }
}
