//! The rows of a file: their texts and what is known of them, some rows at a time.

use std::io::{Read, Seek};
use std::iter::Peekable;
use std::ops::Range;
use std::sync::Arc;

use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader, get_typed_column_reader};
use ::parquet::data_type::{ByteArray, ByteArrayType, DataType};
use ::parquet::file::serialized_reader::SerializedPageReader;
use ::parquet::schema::types::ColumnDescPtr;

use super::claims::CheckedPages;
use super::edit::Edited;
use super::guard::guarded;
use super::{Parquet, ParquetError};
use crate::formats::About;
use crate::formats::blocks::BLOCK;

/// How many rows are taken together when their texts are short.
const MOST: u64 = 4096;

/// Reads the rows of a file.
pub struct Rows<R> {
    file: Arc<Parquet<R>>,
    group: usize,
    /// Rows of the group that were read.
    read: usize,
    /// Rows of the groups before.
    before: u64,
    readers: Option<Readers>,
}

/// Rows that follow each other in a row group.
pub struct Batch {
    /// The first row's number in the group, from 0.
    pub(super) start: usize,
    /// How many rows of the file come before.
    pub(super) before: u64,
    pub(super) rows: usize,
    /// No row of the group comes after.
    pub(super) ends_group: bool,
    /// One for each column of texts.
    pub(super) texts: Vec<Values>,
    /// One for each row.
    pub(super) about: Vec<About>,
}

impl Batch {
    /// The numbers of its rows in the file, from 1.
    pub fn numbers(&self) -> Range<u64> {
        self.before + 1..self.before + 1 + self.rows as u64
    }
}

impl<R: Read + Seek + Send + 'static> Rows<R> {
    /// The rows of a file, from its first.
    pub fn of(file: &Arc<Parquet<R>>) -> Self {
        Self { file: Arc::clone(file), group: 0, read: 0, before: 0, readers: None }
    }

    /// The next rows; none at the end of the file. A row group without rows is a batch without rows.
    ///
    /// # Errors
    /// When the file cannot be read, or its pages are not what they say they are. There is no next batch then.
    pub fn next_batch(&mut self) -> Result<Option<Batch>, ParquetError> {
        guarded(|| self.next_unguarded())
    }

    fn next_unguarded(&mut self) -> Result<Option<Batch>, ParquetError> {
        if self.group == self.file.metadata.num_row_groups() {
            return Ok(None);
        }
        let (in_group, at_once) = sizes(&self.file, self.group)?;
        let rows = (in_group - self.read).min(at_once);
        let mut readers = match self.readers.take() {
            Some(readers) => readers,
            None => Readers::open(&self.file, self.group)?,
        };
        let texts = readers.texts.iter_mut().map(|reader| reader.read(rows));
        let batch = Batch {
            start: self.read,
            before: self.before + self.read as u64,
            rows,
            ends_group: self.read + rows == in_group,
            texts: texts.collect::<Result<_, _>>()?,
            about: readers.about(rows)?,
        };
        self.read += rows;
        if batch.ends_group {
            self.before += in_group as u64;
            (self.group, self.read) = (self.group + 1, 0);
        } else {
            self.readers = Some(readers);
        }
        Ok(Some(batch))
    }
}

/// How many rows a group has, and how many of them are read at once.
fn sizes<R>(file: &Parquet<R>, group: usize) -> Result<(usize, usize), ParquetError> {
    let group = file.metadata.row_group(group);
    let rows = usize::try_from(group.num_rows()).map_err(|_| ParquetError::TooShort)?;
    let bytes: i64 = file.texts.iter().map(|text| group.column(text.leaf).uncompressed_size()).sum();
    let mean = u64::try_from(bytes).unwrap_or_default() / (rows as u64).max(1);
    let at_once = (BLOCK as u64 / mean.max(1)).clamp(1, MOST);
    Ok((rows, usize::try_from(at_once).unwrap_or(1)))
}

struct Readers {
    texts: Vec<TextReader>,
    url: Vec<ColumnReader>,
    title: Vec<ColumnReader>,
    id: Vec<ColumnReader>,
    lang: Vec<ColumnReader>,
}

impl Readers {
    fn open<R: Read + Seek + Send + 'static>(file: &Parquet<R>, group: usize) -> Result<Self, ParquetError> {
        let open = |leaves: &[usize]| -> Result<Vec<ColumnReader>, ParquetError> {
            leaves.iter().map(|leaf| column(file, group, *leaf)).collect()
        };
        let texts = file.texts.iter().map(|text| TextReader::open(file, group, text.leaf));
        Ok(Self {
            texts: texts.collect::<Result<_, _>>()?,
            url: open(&file.about.url)?,
            title: open(&file.about.title)?,
            id: open(&file.about.id)?,
            lang: open(&file.about.lang)?,
        })
    }

    fn about(&mut self, rows: usize) -> Result<Vec<About>, ParquetError> {
        let mut url = first_known(&mut self.url, rows)?;
        let mut title = first_known(&mut self.title, rows)?;
        let mut id = first_known(&mut self.id, rows)?;
        let mut lang = first_known(&mut self.lang, rows)?;
        let about = |row: usize| About {
            url: url[row].take(),
            title: title[row].take(),
            id: id[row].take(),
            lang: lang[row].take(),
        };
        Ok((0..rows).map(about).collect())
    }
}

/// Reads a column of byte arrays.
pub(super) struct TextReader {
    reader: ColumnReaderImpl<ByteArrayType>,
    column: ColumnDescPtr,
}

impl TextReader {
    pub fn open<R: Read + Seek + Send + 'static>(
        file: &Parquet<R>,
        group: usize,
        leaf: usize,
    ) -> Result<Self, ParquetError> {
        let column = file.metadata.row_group(group).column(leaf).column_descr_ptr();
        Ok(Self { reader: get_typed_column_reader(self::column(file, group, leaf)?), column })
    }

    /// The values of the next rows.
    pub fn read(&mut self, rows: usize) -> Result<Values, ParquetError> {
        let (mut defs, mut reps, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let (read, ..) = self.reader.read_records(rows, Some(&mut defs), Some(&mut reps), &mut values)?;
        if read != rows {
            return Err(ParquetError::TooShort);
        }
        // The reader leaves out levels that are always 0.
        defs.resize(defs.len().max(rows), 0);
        reps.resize(defs.len(), 0);
        let mut starts = Vec::with_capacity(rows + 1);
        let mut value = 0;
        for (level, (def, rep)) in defs.iter().zip(&reps).enumerate() {
            if *rep == 0 {
                starts.push((level, value));
            }
            value += usize::from(*def == self.column.max_def_level());
        }
        starts.push((defs.len(), value));
        if starts.len() != rows + 1 || value != values.len() {
            return Err(ParquetError::TooShort);
        }
        Ok(Values { defs, reps, values, starts })
    }
}

/// The values of some rows of a column.
pub(super) struct Values {
    /// The definition level of each place that a value can have, and its repetition level.
    pub defs: Vec<i16>,
    pub reps: Vec<i16>,
    /// The values that are there.
    pub values: Vec<ByteArray>,
    /// Where the levels and the values of each row start, and where those of the last end.
    starts: Vec<(usize, usize)>,
}

impl Values {
    /// Gives the rows that are edited their values; `start` is the number in the group of the first row here.
    pub fn edit<'e>(
        &mut self,
        start: usize,
        edited: &mut Peekable<impl Iterator<Item = &'e Edited>>,
        max_def: i16,
    ) {
        let rows = self.starts.len() - 1;
        let (mut defs, mut reps, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let (mut level, mut value) = (0, 0);
        while let Some(edited) = edited.next_if(|edited| edited.row < start + rows) {
            let (levels, old) = self.row(edited.row - start);
            let same = old.len() == edited.values.len();
            // With as many values as before, each has the level that it had.
            let upto = if same { levels.end } else { levels.start };
            defs.extend_from_slice(&self.defs[level..upto]);
            reps.extend_from_slice(&self.reps[level..upto]);
            if !same {
                defs.resize(defs.len() + edited.values.len(), max_def);
                reps.push(0);
                reps.resize(defs.len(), 1);
            }
            values.extend_from_slice(&self.values[value..old.start]);
            values.extend_from_slice(&edited.values);
            (level, value) = (levels.end, old.end);
        }
        if level > 0 {
            defs.extend_from_slice(&self.defs[level..]);
            reps.extend_from_slice(&self.reps[level..]);
            values.extend_from_slice(&self.values[value..]);
            (self.defs, self.reps, self.values) = (defs, reps, values);
        }
    }

    /// Where a row's levels and its values are.
    pub fn row(&self, row: usize) -> (Range<usize>, Range<usize>) {
        let ((level, value), (level_end, value_end)) = (self.starts[row], self.starts[row + 1]);
        (level..level_end, value..value_end)
    }
}

fn column<R: Read + Seek + Send + 'static>(
    file: &Parquet<R>,
    group: usize,
    leaf: usize,
) -> Result<ColumnReader, ParquetError> {
    let group = file.metadata.row_group(group);
    let chunk = group.column(leaf);
    let rows = usize::try_from(group.num_rows()).map_err(|_| ParquetError::TooShort)?;
    let pages = SerializedPageReader::new(Arc::clone(&file.source), chunk, rows, None)?;
    let pages = CheckedPages { pages, column: chunk.column_descr_ptr() };
    Ok(get_column_reader(chunk.column_descr_ptr(), Box::new(pages)))
}

/// For each row the first of some columns' values that is there.
fn first_known(columns: &mut [ColumnReader], rows: usize) -> Result<Vec<Option<String>>, ParquetError> {
    let mut known = vec![None; rows];
    for column in columns {
        let values = match column {
            ColumnReader::ByteArrayColumnReader(column) => {
                values_of(column, rows, |value: ByteArray| value.as_utf8().ok().map(str::to_owned))?
            }
            ColumnReader::Int32ColumnReader(column) => {
                values_of(column, rows, |value: i32| Some(value.to_string()))?
            }
            ColumnReader::Int64ColumnReader(column) => {
                values_of(column, rows, |value: i64| Some(value.to_string()))?
            }
            _ => continue,
        };
        for (known, value) in known.iter_mut().zip(values) {
            *known = known.take().or(value);
        }
    }
    Ok(known)
}

/// What the values of a column without lists say, row by row.
fn values_of<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    say: impl Fn(T::T) -> Option<String>,
) -> Result<Vec<Option<String>>, ParquetError>
where
    Vec<T::T>: Extend<T::T>,
{
    let (mut defs, mut values) = (Vec::new(), Vec::new());
    let (read, ..) = reader.read_records(rows, Some(&mut defs), None, &mut values)?;
    if read != rows {
        return Err(ParquetError::TooShort);
    }
    // Where a value is missing, the level is lower; where all are, there is none to take.
    let there = defs.iter().copied().max().unwrap_or_default();
    let all = values.len() == rows;
    let mut values = values.into_iter();
    let mut next = |def: Option<&i16>| {
        let is_there = all || def == Some(&there);
        if is_there { values.next().and_then(&say) } else { None }
    };
    Ok((0..rows).map(|row| next(defs.get(row))).collect())
}
