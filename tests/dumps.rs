//! What always holds of Parquet and WARC, whatever is in the rows and records around the texts.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::io::{Cursor, Read};
use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use dechaff::formats::blocks::Blocks;
use dechaff::formats::fields::Fields;
use dechaff::formats::parquet::{CleanedRows, EditedRows, Parquet, RowCleaner, Rows, Writer, Written};
use dechaff::formats::records::{AtStart, Detail, Emptied, Entry, OnMalformed, Records};
use dechaff::formats::warc::Warc;
use dechaff::formats::{About, Format as _};
use dechaff::ordered::in_order;
use dechaff::report::DocumentEntry;
use dechaff::{Budgets, Cleaner, Document, Pack, restore};
use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::RowAccessor as _;
use parquet::schema::parser::parse_message_type;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

static CLEANER: LazyLock<Arc<Cleaner>> = LazyLock::new(|| {
    let pack = r#"
[pack]
id = "words"
description = "Words that are noise"

[[rule]]
id = "word"
kind = "ad"
about = "A word"
match.span = 'NOISE'
strip = [{ from = "One NOISE two.", to = "One two." }]
keep = ["Noise."]

[[rule]]
id = "put-in"
kind = "legal"
about = "A word that another takes the place of"
match.span = 'SWAP'
replace = "é"
strip = [{ from = "One SWAP two.", to = "One é two." }]
keep = ["Swap."]
"#;
    let pack = Pack::parse("words.toml", pack).expect("the pack is right");
    Arc::new(Cleaner::builder().packs([pack]).budgets(Budgets::UNLIMITED).build().expect("so is the cleaner"))
});

fn text() -> impl Strategy<Value = String> {
    let word = select(&["NOISE", "SWAP", "One", "two.", "\n\n", "\r\n\r\n", "é", "", "\0", "WARC/1.0"][..]);
    vec(word, 0..8).prop_map(|words| words.join(" "))
}

/// How a file is written.
fn properties() -> impl Strategy<Value = WriterProperties> {
    let codecs = [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::ZSTD(ZstdLevel::default())];
    (select(codecs.to_vec()), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(codec, dictionary, v2, small_pages)| {
            WriterProperties::builder()
                .set_compression(codec)
                .set_dictionary_enabled(dictionary)
                .set_writer_version(if v2 { WriterVersion::PARQUET_2_0 } else { WriterVersion::PARQUET_1_0 })
                .set_data_page_row_count_limit(if small_pages { 3 } else { 1000 })
                .set_write_batch_size(1)
                .build()
        },
    )
}

/// A file of row groups with a number, a text and another text in each row.
fn file(groups: &[Vec<Option<String>>], properties: WriterProperties) -> Vec<u8> {
    let schema =
        "message rows { required int64 id; optional binary text (UTF8); required binary other (UTF8); }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    for rows in groups {
        let mut group = writer.next_row_group().unwrap();
        let ids: Vec<i64> = (0..).take(rows.len()).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&ids, None, None).unwrap();
        column.close().unwrap();
        let there: Vec<i16> = rows.iter().map(|text| i16::from(text.is_some())).collect();
        let bytes = |text: &String| ByteArray::from(text.as_str());
        let texts: Vec<ByteArray> = rows.iter().flatten().map(bytes).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&texts, Some(&there), None).unwrap();
        column.close().unwrap();
        let others: Vec<ByteArray> = rows.iter().map(|text| bytes(&format!("{text:?}"))).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&others, None, None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

type Open = Arc<Parquet<Cursor<Vec<u8>>>>;

fn open(bytes: &[u8]) -> Open {
    Arc::new(Parquet::open(Cursor::new(bytes.to_vec()), Fields::default()).unwrap())
}

/// The clean file and the entries, by so many threads.
fn cleaned(input: &[u8], jobs: usize) -> (Vec<u8>, Vec<DocumentEntry>) {
    let file = open(input);
    let mut rows = Rows::of(&file);
    let own = Arc::clone(&file);
    let work = move |batch| {
        let (cleaner, about, detail, malformed) =
            (&**CLEANER, &About::default(), Detail::Entries, OnMalformed::PassOn);
        RowCleaner { cleaner, about, pages: None, detail, malformed, max_record: 1 << 20 }.clean(&own, &batch)
    };
    type State = (Writer<Cursor<Vec<u8>>, Vec<u8>>, Vec<DocumentEntry>, u64);
    let sink = |(writer, entries, before): &mut State, cleaned: CleanedRows| {
        for entry in cleaned.done.entries {
            let Entry::Document(mut entry) = entry else { continue };
            entry.record = entry.record.map(|record| record + *before);
            entries.push(*entry);
        }
        *before += cleaned.done.records;
        writer.add(cleaned.edited)
    };
    let state: State = (Writer::new(&file, Vec::new()), Vec::new(), 0);
    let jobs = NonZeroUsize::new(jobs).unwrap();
    let (state, done) = in_order(jobs, move || rows.next_batch(), work, state, sink);
    done.unwrap();
    (finished(state.0, input), state.1)
}

fn finished(writer: Writer<Cursor<Vec<u8>>, Vec<u8>>, input: &[u8]) -> Vec<u8> {
    match writer.finish().unwrap() {
        (bytes, Written::Changed) => bytes,
        (_, Written::Unchanged) => input.to_vec(),
    }
}

fn texts(file: &[u8]) -> Vec<Option<String>> {
    let reader = SerializedFileReader::new(Bytes::copy_from_slice(file)).unwrap();
    reader.get_row_iter(None).unwrap().map(|row| row.unwrap().get_string(1).ok().cloned()).collect()
}

/// The bytes of each chunk, in order.
fn chunks(file: &[u8]) -> Vec<&[u8]> {
    let reader = SerializedFileReader::new(Bytes::copy_from_slice(file)).unwrap();
    let groups = reader.metadata().row_groups().iter();
    let ranges: Vec<(u64, u64)> =
        groups.flat_map(|group| group.columns()).map(|chunk| chunk.byte_range()).collect();
    ranges.iter().map(|(start, len)| &file[*start as usize..(start + len) as usize]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn of_parquet_the_texts_change_and_nothing_else(
        groups in vec(vec(option::of(text()), 0..12), 0..4),
        properties in properties(),
    ) {
        let input = file(&groups, properties);
        let (output, entries) = cleaned(&input, 1);
        for jobs in [2, 7] {
            prop_assert!(cleaned(&input, jobs).0 == output);
        }
        let clean = |text: &String| CLEANER.clean(&Document::new(text)).text().to_owned();
        let all: Vec<Option<String>> = groups.concat();
        let expected: Vec<Option<String>> = all.iter().map(|text| text.as_ref().map(clean)).collect();
        prop_assert_eq!(texts(&output), expected);
        for (i, (new, old)) in chunks(&output).into_iter().zip(chunks(&input)).enumerate() {
            let group = &groups[i / 3];
            let changes = i % 3 == 1 && group.iter().flatten().any(|text| clean(text) != *text);
            prop_assert_eq!(new != old, changes);
        }
        prop_assert_eq!(cleaned(&output, 1).0, output.clone());

        let file = open(&output);
        let mut rows = Rows::of(&file);
        let mut writer = Writer::new(&file, Vec::new());
        while let Some(batch) = rows.next_batch().unwrap() {
            let mut edited = EditedRows::none(&batch);
            for (row, number) in batch.numbers().enumerate() {
                let own: Vec<_> = entries.iter().filter(|entry| entry.record == Some(number)).cloned().collect();
                if !own.is_empty() {
                    edited.put_back(&file, &batch, row, &own).unwrap();
                }
            }
            writer.add(edited).unwrap();
        }
        prop_assert_eq!(texts(&finished(writer, &output)), all);
    }

    #[test]
    fn of_warc_every_byte_comes_back(parts in vec(part(), 0..8), piece in 1..200_usize) {
        let input = parts.concat();
        let (output, entries) = cleaned_warc(&input, input.len().max(1));
        prop_assert_eq!(&cleaned_warc(&input, piece).0, &output);
        prop_assert_eq!(&cleaned_warc(&output, piece).0, &output);
        prop_assert_eq!(restored_warc(&output, &entries), input);
    }
}

/// A record of WARC, good or bad, or something else.
fn part() -> impl Strategy<Value = Vec<u8>> {
    let header = select(&["conversion", "response", "resource"][..]);
    let digest = select(
        &[
            "",
            "WARC-Block-Digest: sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ\r\n",
            "WARC-Payload-Digest: none:x\r\n",
        ][..],
    );
    let off = prop_oneof![8 => Just(0_i64), 1 => -5..20_i64];
    let record = (header, digest, text(), off, select(&["\r\n\r\n", "\n\n", "\r\n"][..])).prop_map(
        |(kind, digest, text, off, end)| {
            let length = text.len() as i64 + off;
            format!(
                "WARC/1.0\r\nWARC-Type: {kind}\r\n{digest}Content-Type: text/plain\r\n\
                 Content-Length: {length}\r\n\r\n{text}{end}"
            )
            .into_bytes()
        },
    );
    prop_oneof![8 => record, 1 => text().prop_map(String::into_bytes), 1 => vec(any::<u8>(), 0..40)]
}

/// Gives so many bytes at a time.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.1.min(buffer.len());
        self.0.read(&mut buffer[..n])
    }
}

fn cleaned_warc(input: &[u8], piece: usize) -> (Vec<u8>, Vec<DocumentEntry>) {
    let (format, about) = (Warc::default(), About::default());
    let (detail, emptied, malformed) = (Detail::Entries, Emptied::Keep, OnMalformed::PassOn);
    let records = Records {
        cleaner: &CLEANER,
        format: &format,
        about: &about,
        pages: None,
        detail,
        emptied,
        malformed,
        max_record: 1 << 20,
    };
    let mut blocks = Blocks::new(Pieces(input, piece), format.splitter(), 100, 1 << 20);
    let (mut output, mut entries, mut before) = (Vec::new(), Vec::new(), 0);
    while let Some(block) = blocks.next_block().unwrap() {
        let done = records.clean(block, AtStart::No);
        output.extend(done.output);
        for entry in done.entries {
            let Entry::Document(mut entry) = entry else { continue };
            entry.record = entry.record.map(|record| record + before);
            entries.push(*entry);
        }
        before += done.records;
    }
    (output, entries)
}

fn restored_warc(clean: &[u8], entries: &[DocumentEntry]) -> Vec<u8> {
    let format = Warc::default();
    let mut splitter = format.splitter();
    let (mut rest, mut number, mut original) = (clean, 0, Vec::new());
    while !rest.is_empty() {
        let (record, after) = rest.split_at(splitter.next_end(rest).unwrap_or(rest.len()));
        number += 1;
        let own: Vec<_> = entries.iter().filter(|entry| entry.record == Some(number)).cloned().collect();
        let place = format.record(record);
        original.extend_from_slice(&record[..place.start]);
        if own.is_empty() {
            original.extend_from_slice(&record[place.clone()]);
        } else {
            original.extend(restore::record(&record[place.clone()], &own, format.spelling()).unwrap());
        }
        original.extend_from_slice(&record[place.end..]);
        rest = after;
    }
    original
}
