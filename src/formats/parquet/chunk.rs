//! One column of one row group: copied, written again, or added.

use std::io::{Read, Seek, Write};
use std::sync::Arc;

use ::parquet::basic::{Compression, Encoding};
use ::parquet::bloom_filter::Sbbf;
use ::parquet::column::page::{Page, PageReader as _};
use ::parquet::column::writer::{ColumnWriterImpl, get_column_writer, get_typed_column_writer};
use ::parquet::data_type::{ByteArray, ByteArrayType};
use ::parquet::file::metadata::ColumnChunkMetaData;
use ::parquet::file::page_index::column_index::ColumnIndexMetaData;
use ::parquet::file::page_index::offset_index::OffsetIndexMetaData;
use ::parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use ::parquet::file::serialized_reader::SerializedPageReader;
use ::parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use ::parquet::schema::types::ColumnDescPtr;

use super::edit::Edited;
use super::rows::TextReader;
use super::write::Counted;
use super::{Parquet, ParquetError};

/// How many rows are written at once.
const ROWS: usize = 1024;

/// A chunk that was written, and what is written behind it.
pub(super) struct Chunk {
    pub metadata: ColumnChunkMetaData,
    pub column_index: Option<ColumnIndexMetaData>,
    pub offset_index: Option<OffsetIndexMetaData>,
    bloom_filter: Option<Sbbf>,
}

/// Copies a chunk as the bytes that it is.
pub(super) fn copied<R: Read + Seek + Send, W: Write>(
    file: &Parquet<R>,
    group: usize,
    leaf: usize,
    output: &mut Counted<'_, W>,
) -> Result<Chunk, ParquetError> {
    let old = file.metadata.row_group(group).column(leaf);
    let (from, len) = old.byte_range();
    let to = output.at;
    file.copy_range(from, len, output)?;
    let chunk = Chunk {
        metadata: old.clone(),
        column_index: column_index(file, group, leaf).cloned(),
        offset_index: file.metadata.offset_index().map(|index| index[group][leaf].clone()),
        bloom_filter: Sbbf::read_from_column_chunk(old, &*file.source)?,
    };
    chunk.moved(from, to)
}

/// Writes a chunk of texts again, with `rows` edited.
pub(super) fn edited<R: Read + Seek + Send + 'static, W: Write + Send>(
    file: &Parquet<R>,
    group: usize,
    leaf: usize,
    rows: &[Edited],
    output: &mut Counted<'_, W>,
) -> Result<Chunk, ParquetError> {
    let column = file.metadata.row_group(group).column(leaf).column_descr_ptr();
    let (max_def, max_rep) = (column.max_def_level(), column.max_rep_level());
    let total = row_count(file, group)?;
    let mut reader = TextReader::open(file, group, leaf)?;
    let mut rows = rows.iter().peekable();
    written(column, alike(file, group, leaf)?, output, |writer| {
        for start in (0..total).step_by(ROWS) {
            let mut values = reader.read(ROWS.min(total - start))?;
            values.edit(start, &mut rows, max_def);
            let defs = (max_def > 0).then_some(values.defs.as_slice());
            let reps = (max_rep > 0).then_some(values.reps.as_slice());
            writer.write_batch(&values.values, defs, reps)?;
        }
        Ok(())
    })
}

/// Writes the chunk of the column that is added, which is number `at` in the output. Rows that `values` does
/// not name have none.
pub(super) fn added<R: Read + Seek + Send + 'static, W: Write + Send>(
    file: &Parquet<R>,
    group: usize,
    at: usize,
    values: &[(usize, ByteArray)],
    output: &mut Counted<'_, W>,
) -> Result<Chunk, ParquetError> {
    let total = row_count(file, group)?;
    let beside = file.texts.first().map(|text| file.metadata.row_group(group).column(text.leaf));
    let compression = beside.map_or(Compression::UNCOMPRESSED, ColumnChunkMetaData::compression);
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(file.metadata.offset_index().is_none())
        .build();
    let mut values = values.iter().peekable();
    written(file.plan.schema.column(at), properties, output, |writer| {
        for start in (0..total).step_by(ROWS) {
            let (mut defs, mut here) = (Vec::new(), Vec::new());
            for row in start..total.min(start + ROWS) {
                let value = values.next_if(|(of, _)| *of == row);
                defs.push(i16::from(value.is_some()));
                here.extend(value.map(|(_, value)| value.clone()));
            }
            writer.write_batch(&here, Some(&defs), None)?;
        }
        Ok(())
    })
}

impl Chunk {
    /// Writes the Bloom filter, and says where it is.
    pub fn write_bloom_filter<W: Write>(&mut self, output: &mut Counted<'_, W>) -> Result<(), ParquetError> {
        let Some(filter) = self.bloom_filter.take() else { return Ok(()) };
        let start = output.at;
        filter.write(&mut *output)?;
        let metadata = self.metadata.clone().into_builder();
        self.metadata = metadata
            .set_bloom_filter_offset(i64::try_from(start).ok())
            .set_bloom_filter_length(i32::try_from(output.at - start).ok())
            .build()?;
        Ok(())
    }

    /// The chunk, when the bytes that its places count from `from` on stand at `to`.
    fn moved(mut self, from: u64, to: u64) -> Result<Self, ParquetError> {
        let (from, to) = (i64::try_from(from).unwrap_or(i64::MAX), i64::try_from(to).unwrap_or(i64::MAX));
        // A place before the chunk is none: so writers have it for pages that a chunk without rows has not.
        let moved = |place: i64| if place >= from { (place - from).saturating_add(to) } else { place };
        let old = &self.metadata;
        // Made anew, since a copy would keep places that are not those of pages.
        let mut metadata = ColumnChunkMetaData::builder(old.column_descr_ptr())
            .set_compression_codec(old.compression_codec())
            .set_encodings_mask(*old.encodings_mask())
            .set_total_compressed_size(old.compressed_size())
            .set_total_uncompressed_size(old.uncompressed_size())
            .set_num_values(old.num_values())
            .set_data_page_offset(moved(old.data_page_offset()))
            .set_dictionary_page_offset(old.dictionary_page_offset().map(moved))
            .set_index_page_offset(old.index_page_offset().map(moved))
            .set_unencoded_byte_array_data_bytes(old.unencoded_byte_array_data_bytes())
            .set_repetition_level_histogram(old.repetition_level_histogram().cloned())
            .set_definition_level_histogram(old.definition_level_histogram().cloned());
        if let Some(statistics) = old.statistics() {
            metadata = metadata.set_statistics(statistics.clone());
        }
        if let Some(statistics) = old.geo_statistics() {
            metadata = metadata.set_geo_statistics(Box::new(statistics.clone()));
        }
        if let Some(encodings) = old.page_encoding_stats() {
            metadata = metadata.set_page_encoding_stats(encodings.clone());
        }
        self.metadata = metadata.build()?;
        for place in self.offset_index.iter_mut().flat_map(|index| &mut index.page_locations) {
            place.offset = moved(place.offset);
        }
        Ok(self)
    }
}

/// Writes a chunk; `fill` gives it its values.
fn written<W: Write + Send>(
    column: ColumnDescPtr,
    properties: WriterProperties,
    output: &mut Counted<'_, W>,
    fill: impl FnOnce(&mut ColumnWriterImpl<'_, ByteArrayType>) -> Result<(), ParquetError>,
) -> Result<Chunk, ParquetError> {
    let start = output.at;
    let mut tracked = TrackedWrite::new(output);
    let pages = Box::new(SerializedPageWriter::new(&mut tracked));
    let mut writer = get_typed_column_writer(get_column_writer(column, Arc::new(properties), pages));
    fill(&mut writer)?;
    let done = writer.close()?;
    tracked.flush()?;
    let chunk = Chunk {
        metadata: done.metadata,
        column_index: done.column_index,
        offset_index: done.offset_index,
        bloom_filter: done.bloom_filter,
    };
    chunk.moved(0, start)
}

/// Properties that make a chunk like the one that is there.
fn alike<R: Read + Seek + Send + 'static>(
    file: &Parquet<R>,
    group: usize,
    leaf: usize,
) -> Result<WriterProperties, ParquetError> {
    let old = file.metadata.row_group(group).column(leaf);
    let rows = row_count(file, group)?;
    let mut pages = SerializedPageReader::new(Arc::clone(&file.source), old, rows, None)?;
    let version = loop {
        match pages.get_next_page()? {
            Some(Page::DictionaryPage { .. }) => {}
            Some(Page::DataPageV2 { .. }) => break WriterVersion::PARQUET_2_0,
            Some(Page::DataPage { .. }) | None => break WriterVersion::PARQUET_1_0,
        }
    };
    let has = |encoding: Encoding| old.encodings().any(|own| own == encoding);
    let delta = [Encoding::DELTA_LENGTH_BYTE_ARRAY, Encoding::DELTA_BYTE_ARRAY];
    let statistics = match (column_index(file, group, leaf), old.statistics()) {
        (Some(_), _) => EnabledStatistics::Page,
        (None, Some(_)) => EnabledStatistics::Chunk,
        (None, None) => EnabledStatistics::None,
    };
    let mut properties = WriterProperties::builder()
        .set_writer_version(version)
        .set_compression(old.compression())
        .set_dictionary_enabled(has(Encoding::RLE_DICTIONARY) || has(Encoding::PLAIN_DICTIONARY))
        .set_encoding(delta.into_iter().find(|encoding| has(*encoding)).unwrap_or(Encoding::PLAIN))
        .set_statistics_enabled(statistics)
        .set_offset_index_disabled(file.metadata.offset_index().is_none());
    if old.bloom_filter_offset().is_some() {
        properties = properties.set_bloom_filter_enabled(true).set_bloom_filter_max_ndv(rows as u64);
    }
    Ok(properties.build())
}

fn column_index<R>(file: &Parquet<R>, group: usize, leaf: usize) -> Option<&ColumnIndexMetaData> {
    let index = &file.metadata.column_index()?[group][leaf];
    (!matches!(index, ColumnIndexMetaData::NONE)).then_some(index)
}

fn row_count<R>(file: &Parquet<R>, group: usize) -> Result<usize, ParquetError> {
    usize::try_from(file.metadata.row_group(group).num_rows()).map_err(|_| ParquetError::TooShort)
}
