use std::io::Cursor;

use ::parquet::file::metadata::ParquetMetaDataReader;
use ::parquet::file::reader::{FileReader as _, SerializedFileReader};
use ::parquet::record::RowAccessor as _;
use bytes::Bytes;

use super::edit::Cell;
use super::*;
use crate::cleaner::Cleaner;
use crate::formats::About;
use crate::formats::records::{Detail, Entry, OnMalformed};
use crate::report::{DocumentEntry, Summary};

const ARTICLES: &[u8] = include_bytes!("../../../fixtures/dumps/articles.parquet");
const PARAGRAPHS: &[u8] = include_bytes!("../../../fixtures/dumps/paragraphs.parquet");
const PLAIN: &[u8] = include_bytes!("../../../fixtures/dumps/plain.parquet");

fn fields(text: &str) -> Fields {
    Fields { texts: vec![text.parse().unwrap()], ..Fields::default() }
}

struct Cleaned {
    bytes: Vec<u8>,
    written: Written,
    entries: Vec<DocumentEntry>,
    skipped: Vec<(u64, String)>,
    summary: Summary,
}

fn clean(input: &[u8], fields: Fields) -> Cleaned {
    let cleaner = Cleaner::builtin();
    let about = About::default();
    let rows = RowCleaner {
        cleaner: &cleaner,
        about: &about,
        pages: None,
        detail: Detail::Entries,
        malformed: OnMalformed::PassOn,
        max_record: 1 << 20,
    };
    let file = Arc::new(Parquet::open(Cursor::new(input.to_vec()), fields).unwrap());
    let (mut entries, mut skipped, mut summary) = (Vec::new(), Vec::new(), Summary::default());
    let mut writer = Writer::new(&file, Vec::new());
    let mut batches = Rows::of(&file);
    while let Some(batch) = batches.next_batch().unwrap() {
        let cleaned = rows.clean(&file, &batch);
        let before = batch.numbers().start - 1;
        for entry in cleaned.done.entries {
            match entry {
                Entry::Document(mut entry) => {
                    entry.record = entry.record.map(|record| record + before);
                    entries.push(*entry);
                }
                Entry::Skipped(entry) => skipped.push((entry.record.unwrap() + before, entry.reason)),
            }
        }
        summary.add(cleaned.done.summary);
        writer.add(cleaned.edited).unwrap();
    }
    let (bytes, written) = writer.finish().unwrap();
    Cleaned { bytes, written, entries, skipped, summary }
}

fn restored(
    clean: &[u8],
    fields: Fields,
    entries: &[DocumentEntry],
    arrow_schema: Option<String>,
) -> Vec<u8> {
    let file = Parquet::open(Cursor::new(clean.to_vec()), fields).unwrap();
    let file = Arc::new(file.with_arrow_schema(arrow_schema));
    let mut writer = Writer::new(&file, Vec::new());
    let mut batches = Rows::of(&file);
    while let Some(batch) = batches.next_batch().unwrap() {
        let mut edited = EditedRows::none(&batch);
        for (row, number) in batch.numbers().enumerate() {
            let entries: Vec<DocumentEntry> =
                entries.iter().filter(|entry| entry.record == Some(number)).cloned().collect();
            if !entries.is_empty() {
                edited.put_back(&file, &batch, row, &entries).unwrap();
            }
        }
        writer.add(edited).unwrap();
    }
    let (bytes, written) = writer.finish().unwrap();
    if written == Written::Unchanged { clean.to_vec() } else { bytes }
}

/// The rows as the library prints them.
fn rows(file: &[u8]) -> Vec<String> {
    let reader = SerializedFileReader::new(Bytes::copy_from_slice(file)).unwrap();
    reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect()
}

fn metadata(file: &[u8]) -> ParquetMetaData {
    let reader = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Optional);
    reader.parse_and_finish(&Bytes::copy_from_slice(file)).unwrap()
}

/// The bytes of each chunk of the columns that are `wanted`, by row group.
fn chunks(file: &[u8], wanted: impl Fn(&str) -> bool) -> Vec<Vec<u8>> {
    let metadata = metadata(file);
    let chunks = metadata.row_groups().iter().flat_map(|group| group.columns());
    let bytes = |chunk: &ColumnChunkMetaData| {
        let (start, len) = chunk.byte_range();
        file[start as usize..(start + len) as usize].to_vec()
    };
    chunks.filter(|chunk| wanted(&chunk.column_path().string())).map(bytes).collect()
}

fn without_noise(rows: &[String]) -> Vec<String> {
    rows.iter().map(|row| row.replace("ADVERTISEMENT\n\n", "")).collect()
}

#[test]
fn only_the_text_changes() {
    let cleaned = clean(ARTICLES, fields("text"));
    assert_eq!(cleaned.written, Written::Changed);
    assert_eq!(rows(&cleaned.bytes), without_noise(&rows(ARTICLES)));
    assert_ne!(rows(&cleaned.bytes), rows(ARTICLES));
    assert_eq!((cleaned.summary.documents, cleaned.summary.changed), (11, 4));
    assert_eq!(cleaned.summary.without_text, 1);
    let changed: Vec<u64> =
        cleaned.entries.iter().filter(|e| !e.removals.is_empty()).filter_map(|e| e.record).collect();
    assert_eq!(changed, [1, 3, 10, 12]);
    assert_eq!(cleaned.entries[0].id.as_deref(), Some("100"));
}

#[test]
fn other_chunks_and_row_groups_without_a_finding_are_copied() {
    let cleaned = clean(ARTICLES, fields("text")).bytes;
    let others = |name: &str| name != "text";
    assert_eq!(chunks(&cleaned, others), chunks(ARTICLES, others));
    let (new, old) = (chunks(&cleaned, |name| name == "text"), chunks(ARTICLES, |name| name == "text"));
    assert_ne!(new[0], old[0]);
    assert_eq!(new[1], old[1]);
    assert_ne!(new[2], old[2]);
}

#[test]
fn what_the_footer_says_stays() {
    let (new, old) = (metadata(&clean(ARTICLES, fields("text")).bytes), metadata(ARTICLES));
    let (new_file, old_file) = (new.file_metadata(), old.file_metadata());
    assert_eq!(new_file.schema(), old_file.schema());
    assert_eq!(new_file.created_by(), old_file.created_by());
    assert_eq!(new_file.version(), old_file.version());
    assert_eq!(new_file.key_value_metadata(), old_file.key_value_metadata());
    assert!(old_file.schema().get_fields()[3].get_basic_info().has_id());
    for (number, (new_group, old_group)) in new.row_groups().iter().zip(old.row_groups()).enumerate() {
        assert_eq!(new_group.num_rows(), old_group.num_rows());
        let index = |file: &ParquetMetaData| file.column_index().unwrap()[number].clone();
        let (new_index, old_index) = (index(&new), index(&old));
        assert!(new.offset_index().is_some() && old.offset_index().is_some());
        for (i, (new, old)) in new_group.columns().iter().zip(old_group.columns()).enumerate() {
            assert_eq!(new.compression(), old.compression());
            assert_eq!(new.bloom_filter_offset().is_some(), old.bloom_filter_offset().is_some());
            if old.column_path().string() != "text" {
                assert_eq!(new.statistics(), old.statistics());
                assert_eq!(new_index[i], old_index[i]);
            }
        }
    }
    // The text came second in the sort order, which cannot be vouched for where texts changed.
    let order = |file: &ParquetMetaData, group: usize| file.row_group(group).sorting_columns().unwrap().len();
    assert_eq!([order(&old, 0), order(&new, 0), order(&new, 1)], [2, 1, 2]);
}

#[test]
fn statistics_and_bloom_filter_of_the_text_are_those_of_the_new_texts() {
    let cleaned = clean(ARTICLES, fields("text")).bytes;
    let metadata = metadata(&cleaned);
    let file = Bytes::from(cleaned.clone());
    for (number, group) in metadata.row_groups().iter().enumerate() {
        let chunk = group.column(3);
        assert_eq!(chunk.column_path().string(), "text");
        let filter = ::parquet::bloom_filter::Sbbf::read_from_column_chunk(chunk, &file).unwrap().unwrap();
        let reader = SerializedFileReader::new(file.clone()).unwrap();
        let texts: Vec<String> = reader
            .get_row_group(number)
            .unwrap()
            .get_row_iter(None)
            .unwrap()
            .filter_map(|row| row.unwrap().get_string(3).ok().cloned())
            .collect();
        assert!(texts.iter().all(|text| filter.check(text.as_str())));
        let statistics = chunk.statistics().unwrap();
        let within = |text: &String| {
            statistics.min_bytes_opt().unwrap() <= text.as_bytes()
                && text.as_bytes() <= statistics.max_bytes_opt().unwrap()
        };
        assert!(texts.iter().all(within), "{statistics:?}");
        assert_eq!(statistics.null_count_opt(), Some(4 - texts.len() as u64));
    }
}

#[test]
fn a_file_without_a_finding_is_not_written() {
    let once = clean(ARTICLES, fields("text")).bytes;
    let twice = clean(&once, fields("text"));
    assert_eq!((twice.written, twice.bytes.len()), (Written::Unchanged, 0));
    let titles = clean(ARTICLES, fields("title"));
    assert_eq!(titles.written, Written::Unchanged);
}

#[test]
fn paragraphs_in_a_list_are_one_text() {
    let cleaned = clean(PARAGRAPHS, fields("text"));
    let rows = rows(&cleaned.bytes);
    assert!(
        rows[0].contains(
            "about the bridge.\", \"The vote is expected in May.
It may be close.\"]"
        ),
        "{}",
        rows[0]
    );
    // Null, empty, and with a null in it: no text.
    assert_eq!(cleaned.summary.without_text, 3);
    assert_eq!(rows[1..5], self::rows(PARAGRAPHS)[1..5]);
    assert_eq!(restored_rows(&cleaned, fields("text")), self::rows(PARAGRAPHS));
}

#[test]
fn each_element_of_a_list_may_be_a_text() {
    let cleaned = clean(PARAGRAPHS, fields("pages[].text"));
    assert_eq!((cleaned.summary.documents, cleaned.summary.changed), (4, 3));
    assert_eq!(rows(&cleaned.bytes)[..1], without_noise(&rows(PARAGRAPHS)[..1]).as_slice()[..1].to_vec());
    assert_eq!(restored_rows(&cleaned, fields("pages[].text")), rows(PARAGRAPHS));
}

#[test]
fn bytes_are_text_where_they_are_utf8() {
    let cleaned = clean(PLAIN, fields("text"));
    assert_eq!((cleaned.summary.documents, cleaned.summary.changed), (2, 1));
    let [(row, reason)] = cleaned.skipped.as_slice() else { panic!("{:?}", cleaned.skipped) };
    assert!(*row == 2 && reason.contains("not UTF-8 at byte 4"), "{reason}");
    let (new, old) = (metadata(&cleaned.bytes), metadata(PLAIN));
    let (new, old) = (new.row_group(0).column(0).clone(), old.row_group(0).column(0).clone());
    assert_eq!(new.encodings_mask(), old.encodings_mask());
    assert_eq!(new.statistics(), None);
    assert_eq!(new.offset_index_offset(), None);
}

fn restored_rows(cleaned: &Cleaned, fields: Fields) -> Vec<String> {
    rows(&restored(&cleaned.bytes, fields, &cleaned.entries, None))
}

#[test]
fn a_restore_gives_back_the_values() {
    let cleaned = clean(ARTICLES, fields("text"));
    let restored = restored(&cleaned.bytes, fields("text"), &cleaned.entries, None);
    assert_eq!(rows(&restored), rows(ARTICLES));
    let others = |name: &str| name != "text";
    assert_eq!(chunks(&restored, others), chunks(ARTICLES, others));
}

#[test]
fn a_restore_refuses_texts_that_were_changed() {
    let cleaned = clean(ARTICLES, fields("text"));
    let file = Arc::new(Parquet::open(Cursor::new(ARTICLES.to_vec()), fields("text")).unwrap());
    let batch = Rows::of(&file).next_batch().unwrap().unwrap();
    let entries = &cleaned.entries[..1];
    assert!(EditedRows::none(&batch).put_back(&file, &batch, 0, entries).is_err());
    assert!(EditedRows::none(&batch).put_back(&file, &batch, 0, &cleaned.entries[..2]).is_err());
}

#[test]
fn a_column_can_be_added_and_others_dropped() {
    let outcome = |outcome: super::Outcome| Fields { outcome, ..fields("text") };
    let into = outcome(super::Outcome::Into("clean".to_owned()));
    let cleaned = clean(ARTICLES, into.clone());
    let old = rows(ARTICLES);
    for (new, old) in rows(&cleaned.bytes).iter().zip(&old) {
        assert!(new.starts_with(old.trim_end_matches('}')), "{new}");
        assert!(new.ends_with("\n\"}") || new.ends_with("clean: null}"), "{new}");
        assert_eq!(new.matches("ADVERTISEMENT").count(), old.matches("ADVERTISEMENT").count());
    }
    // An Arrow schema of eight fields does not fit nine.
    let file = Parquet::open(Cursor::new(ARTICLES.to_vec()), into).unwrap();
    let arrow_schema = file.arrow_schema_left_out().map(str::to_owned);
    assert!(arrow_schema.is_some());
    let keys = |file: &[u8]| {
        let metadata = metadata(file);
        let entries = metadata.file_metadata().key_value_metadata().unwrap().iter();
        entries.map(|entry| entry.key.clone()).collect::<Vec<_>>()
    };
    assert_eq!(keys(&cleaned.bytes), ["made by"]);
    let back = Fields { dropped: vec!["clean".parse().unwrap()], ..fields("text") };
    let restored = restored(&cleaned.bytes, back, &[], arrow_schema);
    assert_eq!((rows(&restored), keys(&restored)), (old.clone(), keys(ARTICLES)));

    let dropped =
        Fields { dropped: vec!["tags".parse().unwrap(), "meta.words".parse().unwrap()], ..fields("text") };
    let names: Vec<String> = metadata(&clean(ARTICLES, dropped).bytes)
        .file_metadata()
        .schema_descr()
        .columns()
        .iter()
        .map(|c| c.path().string())
        .collect();
    assert_eq!(names, ["id", "url", "title", "text", "score", "meta.lang", "seen"]);

    let annotated = clean(ARTICLES, outcome(super::Outcome::Annotate("noise".to_owned())));
    let rows = rows(&annotated.bytes);
    assert!(rows[0].contains("\"rule\":\"ad-label\"") && rows[1].ends_with("noise: null}"), "{}", rows[0]);
    assert!(rows[0].contains("ADVERTISEMENT"));
    let kept = clean(ARTICLES, outcome(super::Outcome::KeepOriginal("raw".to_owned())));
    assert_eq!(self::rows(&kept.bytes)[0].matches("ADVERTISEMENT").count(), 1);
}

#[test]
fn columns_that_cannot_be_cleaned_are_told() {
    let told = |input: &[u8], fields: Fields| match Parquet::open(Cursor::new(input.to_vec()), fields) {
        Ok(_) => panic!("it opens"),
        Err(error) => error.to_string(),
    };
    for (input, path, expected) in [
        (ARTICLES, "txet", "did you mean `text`?"),
        (ARTICLES, "zzz", "there are id, url, title, text, score, tags, meta.lang, meta.words, seen;"),
        (ARTICLES, "score", "holds DOUBLE, which is not text"),
        (ARTICLES, "meta", "there is no column `meta`"),
        (PARAGRAPHS, "deep", "there is no column `deep`"),
        (PARAGRAPHS, "deep[]", "a list in a list"),
        (PARAGRAPHS, "pages[0].text", "write [] for every element"),
        (b"no Parquet at all", "text", "this is no Parquet that can be read"),
        (&ARTICLES[..200], "text", "this is no Parquet that can be read"),
    ] {
        let message = told(input, fields(path));
        assert!(message.contains(expected), "{path}: {message}");
    }
    let into =
        |text: &str, name: &str| Fields { outcome: super::Outcome::Into(name.to_owned()), ..fields(text) };
    assert!(told(ARTICLES, into("text", "url")).contains("there is a column `url` already"));
    assert!(told(PARAGRAPHS, into("text", "clean")).contains("is a list"));
}

/// Reads a file and writes it with all of its texts changed.
fn read_and_write(input: Vec<u8>, fields: Fields) -> Result<(), ParquetError> {
    let file = Arc::new(Parquet::open(Cursor::new(input), fields)?);
    let mut batches = Rows::of(&file);
    let mut writer = Writer::new(&file, Vec::new());
    while let Some(batch) = batches.next_batch()? {
        let mut edited = EditedRows::none(&batch);
        for row in 0..batch.rows {
            for cell in Cell::of_row(&batch, &file.texts, row).unwrap_or_default() {
                edited.set(&batch, row, &cell, br#"["changed"]"#).unwrap();
            }
        }
        writer.add(edited)?;
    }
    writer.finish().map(|_| ())
}

/// How many of some damaged files are told to be damaged; none may panic.
fn damaged(files: impl Iterator<Item = Vec<u8>>, fields: &Fields) -> usize {
    files.filter(|file| read_and_write(file.clone(), fields.clone()).is_err()).count()
}

/// A file with `len` bytes from `at` on changed.
fn changed(file: &[u8], at: usize, len: usize, change: impl Fn(u8) -> u8) -> Vec<u8> {
    let mut file = file.to_vec();
    let end = file.len().min(at + len);
    file[at..end].iter_mut().for_each(|byte| *byte = change(*byte));
    file
}

#[test]
fn a_damaged_byte_is_an_error_and_no_panic() {
    let added = Fields { outcome: super::Outcome::Annotate("noise".to_owned()), ..fields("text") };
    for (input, fields, step) in [
        (PLAIN, fields("text"), 1),
        (PLAIN, added, 1),
        (ARTICLES, fields("text"), 13),
        (PARAGRAPHS, fields("pages[].text"), 5),
    ] {
        for bits in [0x01, 0x15, 0x80, 0xff] {
            let files = (0..input.len()).step_by(step).map(|at| changed(input, at, 1, |byte| byte ^ bits));
            assert!(damaged(files, &fields) > 0, "{bits:#x}");
        }
    }
}

#[test]
fn damaged_runs_of_bytes_are_an_error_and_no_panic() {
    for (input, fields, step) in
        [(PLAIN, fields("text"), 1), (ARTICLES, fields("text"), 29), (PARAGRAPHS, fields("pages[].text"), 7)]
    {
        for len in [4, 20] {
            for with in [0x00, 0x80, 0xff] {
                let files = (0..input.len()).step_by(step).map(|at| changed(input, at, len, |_| with));
                assert!(damaged(files, &fields) > 0, "{len} times {with:#x}");
            }
        }
    }
}

#[test]
fn a_file_that_ends_too_early_is_told() {
    for len in 0..PLAIN.len() {
        let error = read_and_write(PLAIN[..len].to_vec(), fields("text")).unwrap_err().to_string();
        assert!(error.contains("fetch or write it anew"), "{len}: {error}");
    }
}
