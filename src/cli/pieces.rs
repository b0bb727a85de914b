//! The documents of all inputs, one by one, for a run that takes only some of them.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::io::{self, Read};
use std::sync::Arc;

use anyhow::{Error, anyhow};
use dechaff::formats::blocks::{Block, Blocks};
use dechaff::formats::form::Reader;
use dechaff::formats::{Format, Splitter};

use super::job::{Job, Opened};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A document that can be cleaned alone.
pub(super) enum Piece {
    /// An input that is one text; opened, if it cannot be opened again.
    Text(usize, Option<Opened>),
    /// A record, with how many records and lines of its input came before it.
    Record { index: usize, format: Arc<dyn Format>, bytes: Vec<u8>, records: u64, lines: u64 },
    /// An input that cannot be read, or not on.
    Failed(usize, Error),
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

struct Dump {
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
            let Some(dump) = &mut self.dump else {
                let index = self.next;
                let input = self.job.inputs.get(index)?;
                self.next += 1;
                let opened = match self.job.open(input) {
                    Ok(opened) => opened,
                    Err(error) => return Some(Piece::Failed(index, error)),
                };
                match opened.reader.clone() {
                    Reader::Records(format) => {
                        let blocks = self.job.blocks(opened.bytes, &*format);
                        let splitter = format.splitter();
                        let (block, at, records, lines) = (Vec::new(), 0, 0, 0);
                        self.dump = Some(Dump { index, format, blocks, block, splitter, at, records, lines });
                    }
                    Reader::Columns => {
                        let error = anyhow!(
                            "cannot look into {}: --limit and --sample do not read Parquet; \
                             see what would go with --report FILE",
                            input.shown()
                        );
                        return Some(Piece::Failed(index, error));
                    }
                    Reader::Document => {
                        self.documents += 1;
                        if wanted(self.documents) {
                            let can_be_opened_again = input.path.is_some() && input.len().is_some();
                            return Some(Piece::Text(index, (!can_be_opened_again).then_some(opened)));
                        }
                    }
                }
                continue;
            };
            match dump.next(&mut self.documents, &wanted) {
                Ok(Next::Piece(piece)) => return Some(piece),
                Ok(Next::Passed) => {}
                Ok(Next::Ended) => self.dump = None,
                Err(error) => {
                    let index = dump.index;
                    self.dump = None;
                    let error = self.job.unreadable(error, &self.job.inputs[index]);
                    return Some(Piece::Failed(index, error));
                }
            }
        }
        None
    }

    /// How many documents were chosen, and those: the `n` with the least random numbers, in their order, behind inputs that cannot be read.
    pub fn sample(&mut self, n: usize, random: impl Fn(u64) -> u64) -> (usize, Vec<Piece>) {
        let mut chosen: BinaryHeap<Candidate> = BinaryHeap::new();
        let mut failed = Vec::new();
        let chance = |number: u64, chosen: &BinaryHeap<Candidate>| {
            n > 0 && (chosen.len() < n || chosen.peek().is_some_and(|last| random(number) < last.random))
        };
        while let Some(piece) = self.next(|number| chance(number, &chosen)) {
            if let Piece::Failed(..) = piece {
                failed.push(piece);
                continue;
            }
            let number = self.documents;
            chosen.push(Candidate { random: random(number), number, piece });
            if chosen.len() > n {
                chosen.pop();
            }
        }
        let mut chosen = chosen.into_vec();
        let n = chosen.len();
        chosen.sort_by_key(|candidate| candidate.number);
        let pieces = failed.into_iter().chain(chosen.into_iter().map(|candidate| candidate.piece)).collect();
        (n, pieces)
    }
}

/// What a dump comes to next.
enum Next {
    Piece(Piece),
    /// A record that is not wanted, or none that is whole.
    Passed,
    Ended,
}

impl Dump {
    fn next(&mut self, documents: &mut u64, wanted: impl Fn(u64) -> bool) -> io::Result<Next> {
        let rest = &self.block[self.at..];
        if rest.is_empty() {
            return self.next_block(documents);
        }
        let bytes = &rest[..self.splitter.next_end(rest).unwrap_or(rest.len())];
        let (records, lines) = (self.records, self.lines);
        self.at += bytes.len();
        self.records += 1;
        self.lines += count_lines(bytes);
        let record = &bytes[self.format.record(bytes)];
        let is_header = records == 0 && self.format.header_changes(record).is_some();
        if is_header || record.iter().all(u8::is_ascii_whitespace) {
            return Ok(Next::Passed);
        }
        *documents += 1;
        if !wanted(*documents) {
            return Ok(Next::Passed);
        }
        let (index, format, bytes) = (self.index, Arc::clone(&self.format), bytes.to_vec());
        Ok(Next::Piece(Piece::Record { index, format, bytes, records, lines }))
    }

    fn next_block(&mut self, documents: &mut u64) -> io::Result<Next> {
        match self.blocks.next_block()? {
            Some(Block::Records(bytes)) => {
                let is_first = self.records == 0 && bytes.starts_with(BYTE_ORDER_MARK);
                self.at = if is_first { BYTE_ORDER_MARK.len() } else { 0 };
                self.block = bytes;
                self.splitter = self.format.splitter();
            }
            // Such a record is not cleaned.
            Some(Block::TooLarge { bytes, starts }) => {
                self.records += u64::from(starts);
                *documents += u64::from(starts);
                self.lines += count_lines(&bytes);
            }
            Some(Block::Rest(_)) => {}
            None => return Ok(Next::Ended),
        }
        Ok(Next::Passed)
    }
}

fn count_lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// A document that may be among the chosen ones.
struct Candidate {
    random: u64,
    number: u64,
    piece: Piece,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.random, self.number).cmp(&(other.random, other.number))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Candidate {}
