//! Edited rows to a file: what did not change is copied as the bytes that it is.

use std::io::{self, Read, Seek, Write};
use std::sync::Arc;

use ::parquet::data_type::ByteArray;
use ::parquet::file::metadata::{
    ColumnChunkMetaData, FileMetaData, ParquetMetaDataBuilder, ParquetMetaDataWriter, RowGroupMetaData,
};
use ::parquet::file::page_index::column_index::ColumnIndexMetaData;
use ::parquet::file::page_index::offset_index::OffsetIndexMetaData;
use ::parquet::file::writer::TrackedWrite;

use super::chunk::{self, Chunk};
use super::edit::{Edited, EditedRows};
use super::guard::guarded;
use super::plan::Target;
use super::{MAGIC, Parquet, ParquetError};

/// How much is skipped at once, in bytes.
const SKIP: usize = 1 << 20;

/// Writes a file of which some rows were edited.
pub struct Writer<R, W> {
    file: Arc<Parquet<R>>,
    output: W,
    /// How much has been written, in bytes; nothing is before something has changed.
    at: u64,
    /// The edits of the row group that is being cleaned.
    edits: Edits,
    /// The row groups that were written, or could be copied.
    groups: usize,
    written: Vec<Group>,
}

/// What became of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// The whole file.
    Changed,
    /// Nothing: the file is to stay as it is.
    Unchanged,
}

#[derive(Default)]
struct Edits {
    texts: Vec<Vec<Edited>>,
    added: Vec<(usize, ByteArray)>,
}

/// A row group that was written.
struct Group {
    metadata: RowGroupMetaData,
    column_indexes: Vec<ColumnIndexMetaData>,
    offset_indexes: Option<Vec<OffsetIndexMetaData>>,
}

impl<R: Read + Seek + Send + 'static, W: Write + Send> Writer<R, W> {
    /// Writes what becomes of `file` to `output`.
    pub fn new(file: &Arc<Parquet<R>>, output: W) -> Self {
        let (file, edits) = (Arc::clone(file), Edits::default());
        Self { file, output, at: 0, edits, groups: 0, written: Vec::new() }
    }

    /// Takes the next rows, in the order of the file. A row group is written when its last rows are there.
    ///
    /// # Errors
    /// When the file cannot be read or the output cannot be written. What was written is of no use then.
    pub fn add(&mut self, rows: EditedRows) -> Result<(), ParquetError> {
        guarded(|| self.add_unguarded(rows))
    }

    /// Writes the end of the file, if anything has changed.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn finish(self) -> Result<(W, Written), ParquetError> {
        guarded(|| self.finish_unguarded())
    }

    fn add_unguarded(&mut self, rows: EditedRows) -> Result<(), ParquetError> {
        self.edits.texts.resize_with(rows.texts.len(), Vec::new);
        for (all, new) in self.edits.texts.iter_mut().zip(rows.texts) {
            all.extend(new);
        }
        self.edits.added.extend(rows.added);
        if rows.ends_group {
            let edits = std::mem::take(&mut self.edits);
            let changes = edits.texts.iter().any(|rows| !rows.is_empty());
            if changes || self.file.plan.changes_file {
                self.catch_up()?;
                self.group(self.groups, &edits)?;
            } else if self.at > 0 {
                self.group(self.groups, &Edits::default())?;
            }
            self.groups += 1;
        }
        Ok(())
    }

    fn finish_unguarded(mut self) -> Result<(W, Written), ParquetError> {
        if self.file.plan.changes_file {
            self.catch_up()?;
        }
        if self.at == 0 {
            return Ok((self.output, Written::Unchanged));
        }
        let footer = self.footer()?;
        self.output.write_all(&footer)?;
        Ok((self.output, Written::Changed))
    }

    /// Writes the row groups that could wait.
    fn catch_up(&mut self) -> Result<(), ParquetError> {
        if self.at == 0 {
            self.output.write_all(MAGIC)?;
            self.at = MAGIC.len() as u64;
            for group in 0..self.groups {
                self.group(group, &Edits::default())?;
            }
        }
        Ok(())
    }

    fn group(&mut self, number: usize, edits: &Edits) -> Result<(), ParquetError> {
        let file = &self.file;
        let old = file.metadata.row_group(number);
        let mut output = Counted { at: self.at, output: &mut self.output };
        let edited = |leaf: usize| {
            let text = file.texts.iter().position(|text| text.leaf == leaf)?;
            edits.texts.get(text).filter(|rows| !rows.is_empty())
        };
        let mut chunks: Vec<Chunk> = Vec::with_capacity(file.plan.columns.len());
        for (at, target) in file.plan.columns.iter().enumerate() {
            chunks.push(match *target {
                Target::Column(leaf) => match edited(leaf) {
                    Some(rows) => chunk::edited(file, number, leaf, rows, &mut output)?,
                    None => chunk::copied(file, number, leaf, &mut output)?,
                },
                Target::Added => chunk::added(file, number, at, &edits.added, &mut output)?,
            });
        }
        let (mut columns, mut column_indexes, mut offset_indexes) = (Vec::new(), Vec::new(), Vec::new());
        for mut chunk in chunks {
            chunk.write_bloom_filter(&mut output)?;
            columns.push(chunk.metadata);
            column_indexes.push(chunk.column_index.unwrap_or(ColumnIndexMetaData::NONE));
            offset_indexes.push(chunk.offset_index);
        }
        let offset_indexes = offset_indexes.into_iter().collect();
        let order = file.plan.sort_order(old.sorting_columns(), |leaf| edited(leaf).is_some());
        let mut metadata = RowGroupMetaData::builder(Arc::clone(&file.plan.schema))
            .set_num_rows(old.num_rows())
            .set_total_byte_size(columns.iter().map(ColumnChunkMetaData::uncompressed_size).sum())
            .set_sorting_columns(order)
            .set_column_metadata(columns);
        if let Some(ordinal) = old.ordinal() {
            metadata = metadata.set_ordinal(ordinal);
        }
        if old.file_offset().is_some() {
            metadata = metadata.set_file_offset(i64::try_from(self.at).map_err(|_| too_long())?);
        }
        self.at = output.at;
        self.written.push(Group { metadata: metadata.build()?, column_indexes, offset_indexes });
        Ok(())
    }

    /// The bytes behind the last row group: page indexes and metadata.
    fn footer(&mut self) -> Result<Vec<u8>, ParquetError> {
        let plan = &self.file.plan;
        let old = self.file.metadata.file_metadata();
        let (mut groups, mut column_indexes, mut offset_indexes) = (Vec::new(), Vec::new(), Vec::new());
        for group in self.written.drain(..) {
            groups.push(group.metadata);
            column_indexes.push(group.column_indexes);
            offset_indexes.push(group.offset_indexes);
        }
        let has_index = self.file.metadata.column_index().is_some();
        let file = FileMetaData::new(
            old.version(),
            old.num_rows(),
            old.created_by().map(str::to_owned),
            plan.metadata.clone(),
            Arc::clone(&plan.schema),
            None,
        );
        let metadata = ParquetMetaDataBuilder::new(file)
            .set_row_groups(groups)
            .set_column_index(has_index.then_some(column_indexes))
            // There are offsets of all columns or of none.
            .set_offset_index(offset_indexes.into_iter().collect())
            .build();
        // The places of the indexes count from where the writer started, which has to be the start of the file.
        let mut footer = Vec::new();
        let mut output = TrackedWrite::new(Behind { skip: self.at, output: &mut footer });
        let nothing = vec![0; SKIP];
        while (output.bytes_written() as u64) < self.at {
            let left = self.at - output.bytes_written() as u64;
            output.write_all(&nothing[..SKIP.min(usize::try_from(left).unwrap_or(SKIP))])?;
        }
        ParquetMetaDataWriter::new_with_tracked(output, &metadata).finish()?;
        Ok(footer)
    }
}

/// An output, and how much it has been given, in bytes.
pub(super) struct Counted<'w, W> {
    pub at: u64,
    output: &'w mut W,
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.output.write(bytes)?;
        self.at += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

/// Keeps what comes behind the bytes that are skipped.
struct Behind<'v> {
    skip: u64,
    output: &'v mut Vec<u8>,
}

impl Write for Behind<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let skipped = bytes.len().min(usize::try_from(self.skip).unwrap_or(usize::MAX));
        self.skip -= skipped as u64;
        self.output.extend_from_slice(&bytes[skipped..]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn too_long() -> ParquetError {
    ParquetError::Io(io::ErrorKind::FileTooLarge.into())
}
