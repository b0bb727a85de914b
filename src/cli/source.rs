//! The inputs of a run, taken apart into pieces of work.

use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Error, Result};
use dechaff::compress::Compression;
use dechaff::formats::Format;
use dechaff::formats::blocks::{Block, Blocks};
use dechaff::formats::form::Reader;
use dechaff::formats::parquet::{Batch, Parquet, Rows};
use dechaff::formats::records::AtStart;
use dechaff::report::InputForm;

use super::columns;
use super::files::Input;
use super::job::{Job, Opened};

/// Up to this size in bytes, a file among others is cleaned in one go.
const SMALL: u64 = 1 << 20;

/// The same for a compressed file.
const SMALL_COMPRESSED: u64 = 64 << 10;

/// Where there are many small files, so many are taken at once, but not past so many bytes: handing one to a thread takes
/// about as long as reading it.
const TOGETHER: usize = 8;
const TOGETHER_BYTES: u64 = 256 << 10;

/// So many pieces there should be at least, for all threads to have work until the end.
const PIECES: usize = 64;

/// A piece of work.
pub(super) enum Item {
    /// Inputs to be cleaned in one go, one after the other.
    Small(Range<usize>),
    /// One that is to be cleaned so and cannot be opened again.
    Whole(usize, Opened),
    Start(Box<Start>),
    /// The dump goes on.
    Block(usize, Arc<dyn Format>, Block, AtStart),
    /// Its rows do.
    Rows(usize, Arc<Parquet<File>>, Box<Batch>),
    /// The dump ends, or breaks off.
    End(Result<()>),
    /// An input cannot be opened.
    Failed(usize, Error),
}

/// A dump starts.
pub(super) struct Start {
    pub index: usize,
    pub compression: Option<Compression>,
    pub form: InputForm,
    /// Its columns, if it has such and is written as columns, too.
    pub columns: Option<Arc<Parquet<File>>>,
}

/// Takes the inputs apart into pieces of work.
pub(super) struct Source {
    job: Arc<Job>,
    next: usize,
    dump: Option<OpenDump>,
    given_up: Arc<GivenUp>,
}

/// The input that is not worth reading on, if there is one.
pub(super) struct GivenUp(AtomicUsize);

impl GivenUp {
    pub fn none() -> Self {
        Self(AtomicUsize::new(usize::MAX))
    }

    pub fn set(&self, index: usize) {
        self.0.store(index, Ordering::Relaxed);
    }

    fn is(&self, index: usize) -> bool {
        self.0.load(Ordering::Relaxed) == index
    }
}

struct OpenDump {
    index: usize,
    pieces: Pieces,
}

/// What a dump is read in.
enum Pieces {
    Blocks { format: Arc<dyn Format>, blocks: Blocks<Box<dyn Read + Send>>, at_start: AtStart },
    Rows { file: Arc<Parquet<File>>, rows: Rows<File> },
}

impl OpenDump {
    fn next(&mut self, job: &Job) -> Result<Option<Item>> {
        let input = &job.inputs[self.index];
        match &mut self.pieces {
            Pieces::Blocks { format, blocks, at_start } => {
                let block = blocks.next_block().map_err(|error| job.unreadable(error, input))?;
                let at_start = std::mem::replace(at_start, AtStart::No);
                Ok(block.map(|block| Item::Block(self.index, Arc::clone(format), block, at_start)))
            }
            Pieces::Rows { file, rows } => {
                let batch = rows.next_batch().map_err(|error| columns::failed(error, input))?;
                Ok(batch.map(|batch| Item::Rows(self.index, Arc::clone(file), Box::new(batch))))
            }
        }
    }
}

impl Source {
    /// Of all inputs of a job.
    pub fn new(job: Arc<Job>, given_up: Arc<GivenUp>) -> Self {
        Self { job, next: 0, dump: None, given_up }
    }

    /// The next piece of work; none when all is taken.
    pub fn next(&mut self) -> Option<Item> {
        if let Some(dump) = &mut self.dump {
            let next = if self.given_up.is(dump.index) { Ok(None) } else { dump.next(&self.job) };
            if let Ok(Some(item)) = next {
                return Some(item);
            }
            self.dump = None;
            return Some(Item::End(next.map(|_| ())));
        }
        let index = self.next;
        if let Some(small) = self.small() {
            self.next = small.end;
            return Some(Item::Small(small));
        }
        if index == self.job.inputs.len() {
            return None;
        }
        self.next += 1;
        let item = self.job.open(index).and_then(|opened| self.start(index, opened));
        Some(item.unwrap_or_else(|error| Item::Failed(index, error)))
    }

    /// The small files that come next, if they do.
    fn small(&self) -> Option<Range<usize>> {
        let inputs = &self.job.inputs;
        if inputs.len() == 1 {
            return None;
        }
        let most = (inputs.len() / PIECES).clamp(1, TOGETHER);
        let mut bytes = 0;
        let lens = inputs[self.next..].iter().take(most).map_while(small_len);
        let count = lens
            .take_while(|len| {
                let fits = bytes == 0 || bytes + len <= TOGETHER_BYTES;
                bytes += len;
                fits
            })
            .count();
        (count > 0).then(|| self.next..self.next + count)
    }

    fn start(&mut self, index: usize, mut opened: Opened) -> Result<Item> {
        let (pieces, columns) = match opened.reader.clone() {
            Reader::Document => return Ok(Item::Whole(index, opened)),
            Reader::Columns => {
                let file = self.job.columns(index, &mut opened)?;
                let written = matches!(opened.form, InputForm::Parquet { .. }).then(|| Arc::clone(&file));
                (Pieces::Rows { rows: Rows::of(&file), file }, written)
            }
            Reader::Records(format) => {
                let blocks = self.job.blocks(opened.bytes, &*format);
                (Pieces::Blocks { format, blocks, at_start: AtStart::Yes }, None)
            }
        };
        self.dump = Some(OpenDump { index, pieces });
        let Opened { compression, form, .. } = opened;
        Ok(Item::Start(Box::new(Start { index, compression, form, columns })))
    }
}

/// The length of an input that is cleaned in one go, in bytes; none when it is not.
fn small_len(input: &Input) -> Option<u64> {
    let limit = match Compression::of_name(input.path.as_deref()?) {
        Some(_) => SMALL_COMPRESSED,
        None => SMALL,
    };
    input.len().filter(|len| *len <= limit)
}
