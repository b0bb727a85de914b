//! Parquet: texts in columns, and all other columns as they are.
//!
//! A file is cleaned a row group at a time. [`Rows`] reads the text columns in batches, [`RowCleaner`] cleans a
//! batch with nothing but the batch, and [`Writer`] takes the batches in order. A row group without a finding
//! is copied, and so are the chunks of all other columns; only a text column in which something was found is
//! encoded again, with the compression, the kind of encoding, of pages, of statistics and of Bloom filter that
//! it had. Nothing is written before something was found, so that a file without a finding is not written again.
//!
//! What stays: the schema with its field ids, columns and row groups and their order, key-value metadata,
//! statistics, page indexes and Bloom filters of the copied columns, the version and `created_by`. What cannot:
//! the level of compression of a column that is encoded again, where its pages end, and its sort order, of
//! which the footer says no more than what still holds; and key-value metadata of single chunks, which the
//! library does not read. The Arrow schema in the metadata goes when a column is added or dropped, since it would
//! not fit.
//!
//! What was removed is told text by text, the record being the row. A list of paragraphs is told of as the JSON
//! array that it would be, which shows where one ends. [`EditedRows::put_back`] gives back the texts; their column may be
//! encoded in another way than it was, all else is as it was.

mod chunk;
mod claims;
mod clean;
mod columns;
mod edit;
mod guard;
mod plan;
mod rows;
mod source;
#[cfg(test)]
mod tests;
mod write;

pub use clean::{CleanedRows, RowCleaner};
pub use edit::EditedRows;
pub use rows::{Batch, Rows};
pub use write::{Writer, Written};

use std::io::{self, Read, Seek, Write};
use std::sync::Arc;

use ::parquet::errors::ParquetError as CrateError;
use ::parquet::file::metadata::{
    ColumnChunkMetaData, PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader,
};
use ::parquet::file::reader::Length as _;

use super::fields::{Fields, Outcome};
use super::seen::Seen;
use columns::{AboutColumns, Leaves, Shape, TextColumn};
use guard::guarded;
use plan::Plan;
use source::Source;

/// What every Parquet file starts and ends with.
pub const MAGIC: &[u8; 4] = b"PAR1";

/// A Parquet file to be read, with what becomes of its columns.
pub struct Parquet<R> {
    source: Arc<Source<R>>,
    metadata: ParquetMetaData,
    fields: Fields,
    /// What each of its rows adds to what is seen of the fields.
    seen: Seen,
    texts: Vec<TextColumn>,
    about: AboutColumns,
    plan: Plan,
}

/// Why a Parquet file cannot be worked on.
#[derive(Debug, thiserror::Error)]
pub enum ParquetError {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is not Parquet, is damaged, or is of a kind that cannot be read.
    #[error("this is no Parquet that can be read: {0}; if it should be, fetch or write it anew")]
    Unreadable(String),
    /// There is nothing in it.
    #[error("the file is empty, and Parquet never is: fetch or write it anew, or leave it out")]
    Empty,
    /// It cannot be read or written on, since what it says of itself is wrong.
    #[error("the file is damaged ({0}): fetch or write it anew")]
    Damaged(String),
    /// A row group has fewer rows than its metadata says.
    #[error("a row group has not the rows that the file says; it is damaged: fetch or write it anew")]
    TooShort,
    /// There is no such column.
    #[error("there is no column `{path}`: {remedy}")]
    Missing {
        /// The path to it.
        path: String,
        /// What else is there.
        remedy: String,
    },
    /// A column is of another type.
    #[error("column `{name}` holds {what}, which is not text; name another with {option}")]
    NotText {
        /// The column.
        name: String,
        /// What it holds.
        what: String,
        /// The option by which it was named.
        option: &'static str,
    },
    /// The text is in a list of lists.
    #[error("column `{name}` is a list in a list, which cannot be cleaned; take the outer list apart first")]
    TooDeep {
        /// The column.
        name: String,
    },
    /// A path leads to one element of a list.
    #[error("`{path}`: one element of a list cannot be cleaned alone; write [] for every element")]
    Index {
        /// The path.
        path: String,
    },
    /// A column is to be added and is there already.
    #[error("there is a column `{0}` already; give the added one another name, or drop that one first")]
    Exists(String),
    /// Lists of texts are to be written beside the texts.
    #[error(
        "column `{0}` is a list, and a second one is not made; clean it in its place, \
         without --output-field and --keep-original"
    )]
    ListBeside(String),
}

impl From<CrateError> for ParquetError {
    fn from(error: CrateError) -> Self {
        match error {
            CrateError::External(inner) => match inner.downcast::<io::Error>() {
                Ok(io) => Self::Io(*io),
                Err(other) => Self::Unreadable(other.to_string()),
            },
            CrateError::General(message) | CrateError::NYI(message) | CrateError::EOF(message) => {
                Self::Unreadable(message)
            }
            other => Self::Unreadable(other.to_string()),
        }
    }
}

impl<R: Read + Seek + Send> Parquet<R> {
    /// Reads what a file says of itself, and finds the columns of `fields` in it.
    ///
    /// # Errors
    /// When it is empty, damaged, not Parquet or encrypted, when its columns are in other files, and when `fields` do not
    /// fit its columns.
    pub fn open(input: R, fields: Fields) -> Result<Self, ParquetError> {
        guarded(|| Self::open_unguarded(input, fields))
    }

    fn open_unguarded(input: R, fields: Fields) -> Result<Self, ParquetError> {
        let source = Source::new(input)?;
        if source.len() == 0 {
            return Err(ParquetError::Empty);
        }
        let metadata = ParquetMetaDataReader::new()
            .with_page_index_policy(PageIndexPolicy::Optional)
            .parse_and_finish(&source)?;
        for chunk in metadata.row_groups().iter().flat_map(|group| group.columns()) {
            check_chunk(chunk, source.len())?;
        }
        let schema = metadata.file_metadata().schema_descr();
        let leaves = Leaves::of(schema);
        let texts = leaves.texts(&fields)?;
        let about = leaves.about(&fields)?;
        let plan = Plan::new(&metadata, &leaves, &fields)?;
        if matches!(fields.outcome, Outcome::Into(_) | Outcome::KeepOriginal(_))
            && let Some(list) = texts.iter().find(|text| text.shape != Shape::One)
        {
            return Err(ParquetError::ListBeside(list.name.clone()));
        }
        let seen = Seen::of_row(&leaves.found(&fields), leaves.names());
        Ok(Self { source: Arc::new(source), metadata, fields, seen, texts, about, plan })
    }

    /// True when it has this field, one of those that were named besides those of texts.
    pub fn has(&self, path: &str) -> bool {
        self.seen.has_found(path)
    }

    /// How many rows it has.
    pub fn row_count(&self) -> u64 {
        u64::try_from(self.metadata.file_metadata().num_rows()).unwrap_or_default()
    }

    /// The Arrow schema in the metadata that does not fit when a column is added or dropped, and is left out.
    pub fn arrow_schema_left_out(&self) -> Option<&str> {
        self.plan.arrow_schema_left_out.as_deref()
    }

    /// Puts an Arrow schema that was left out back into the metadata.
    #[must_use]
    pub fn with_arrow_schema(mut self, schema: Option<String>) -> Self {
        self.plan.put_back_arrow_schema(schema);
        self
    }

    /// Writes the file as it is.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn copy(&self, output: &mut impl Write) -> io::Result<()> {
        self.copy_range(0, self.source.len(), output)
    }

    fn copy_range(&self, start: u64, len: u64, output: &mut impl Write) -> io::Result<()> {
        let copied = io::copy(&mut self.source.from(start).take(len), output)?;
        if copied == len { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

/// A chunk that lies in the file, as all that follows takes for granted.
fn check_chunk(chunk: &ColumnChunkMetaData, file_len: u64) -> Result<(), ParquetError> {
    if chunk.file_path().is_some() {
        return Err(ParquetError::Unreadable("its columns are in other files".to_owned()));
    }
    let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
    let end = start.checked_add(chunk.compressed_size());
    let lies_in = start >= 0
        && chunk.compressed_size() >= 0
        && chunk.num_values() >= 0
        && end.and_then(|end| u64::try_from(end).ok()).is_some_and(|end| end <= file_len);
    if lies_in {
        return Ok(());
    }
    let name = chunk.column_path().string();
    Err(ParquetError::Unreadable(format!("a chunk of column `{name}` does not lie in the file")))
}
