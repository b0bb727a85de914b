//! However a record is written, its text is cleaned alike, and all else stays as it was.

use dechaff::formats::csv::{Csv, Delimiter, FirstRow};
use dechaff::formats::fields::Fields;
use dechaff::formats::jsonl::Jsonl;
use dechaff::formats::text::FieldText;
use dechaff::formats::{About, Content, Cut, Format as _, Found, cut};
use dechaff::report::{DocumentEntry, RecordBytes};
use dechaff::{Cleaned, Document, restore};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::texts::{BUILTIN, cleaners, text};
use crate::{failed, written_and_read};

/// The ways to write one text as a JSON string.
const SPELLINGS: [fn(&str) -> String; 4] = [plainly, in_ascii, with_slashes, in_code_units];

fn plainly(text: &str) -> String {
    let quoted = serde_json::to_string(text).expect("a string is JSON");
    quoted[1..quoted.len() - 1].to_owned()
}

fn in_ascii(text: &str) -> String {
    plainly(text).chars().map(|c| if c.is_ascii() { c.to_string() } else { code_units(c) }).collect()
}

fn with_slashes(text: &str) -> String {
    plainly(text).replace('/', "\\/")
}

fn in_code_units(text: &str) -> String {
    text.chars().map(code_units).collect()
}

fn code_units(c: char) -> String {
    c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04X}")).collect()
}

/// What stands before and behind the text in a record, in forms that no writer would keep.
const AROUND: [(&str, &str); 3] = [
    ("{\"text\":\"", "\"}"),
    ("{\"text\":\"old\", \"n\": 1.0e+2 ,\"text\" : \"", "\" , \"x\":[1 , 2],\"n\":-0.10}"),
    ("\t{ \"z\":{\"text\":\"ADVERTISEMENT\"},\"\\u0074ext\":\"", "\",\"\":\"\\ud800\"}  "),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_spelling_of_a_json_text_changes_no_edit(text in text(), around in select(&AROUND[..])) {
        for cleaner in cleaners() {
            let plain = cleaner.clean(&Document::new(&text)).edits().to_vec();
            for spelling in SPELLINGS {
                let spelt = spelling(&text);
                let record = [around.0, &spelt, around.1].concat();
                let Some((read, about)) = the_text(record.as_bytes()) else {
                    return Err(TestCaseError::fail(format!("not read: {record}")));
                };
                prop_assert_eq!(read.text(), &text);
                let cleaned = cleaner.clean(&about.document(read.text(), &NOTHING));
                prop_assert_eq!(cleaned.edits(), &*plain);

                let cuts = read.cuts(cleaned.edits());
                let output = cut(record.as_bytes(), &cuts);
                let inner = output
                    .strip_prefix(around.0.as_bytes())
                    .and_then(|rest| rest.strip_suffix(around.1.as_bytes()));
                let inner = inner.expect("all but the text stays byte for byte");
                let Some((clean, _)) = the_text(&output) else {
                    return Err(TestCaseError::fail("the clean record is not read"));
                };
                prop_assert_eq!(clean.text(), cleaned.text());
                if plain.is_empty() {
                    prop_assert_eq!(inner, spelt.as_bytes());
                }

                let entry = written_and_read(&entry(record.as_bytes(), &output, &read, &cleaned, &cuts));
                let original =
                    restore::record(&output, &[entry], Jsonl::default().spelling()).map_err(failed)?;
                prop_assert_eq!(&*original, record.as_bytes());
            }
        }
    }

    #[test]
    fn a_table_says_what_json_says(text in text(), style in select(&STYLES[..])) {
        let mut writer = csv::WriterBuilder::new().quote_style(style).from_writer(Vec::new());
        writer.write_record(["1", &text, "z"]).expect("a vector takes all");
        let row = writer.into_inner().expect("a vector takes all");
        let format = Csv::new(b"id,text,z", FirstRow::Names, Delimiter::COMMA, Fields::default()).map_err(failed)?;
        let record = &row[format.record(&row)];
        let Ok(Content::Texts { texts, about }) = format.read(record) else {
            return Err(TestCaseError::fail(format!("not read: {record:?}")));
        };
        let (_, read) = &texts[0];
        prop_assert_eq!(read.text(), &text);
        for cleaner in cleaners() {
            let cleaned = cleaner.clean(&about.document(read.text(), &NOTHING));
            let plain = cleaner.clean(&Document::new(&text));
            prop_assert_eq!(cleaned.edits(), plain.edits());
            let found = Found { field: "text", text: read, edits: cleaned.edits() };
            let (cuts, changes) = (read.cuts(cleaned.edits()), format.changes(record, std::slice::from_ref(&found)));
            let mut all = [changes.clone(), cuts.clone()].concat();
            all.sort_by_key(|cut| (cut.raw.start, cut.raw.end));
            let output = cut(record, &all);

            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&*output);
            let fields = reader.records().next().expect("a row stays a row").map_err(failed)?;
            prop_assert_eq!(fields, vec!["1", cleaned.text(), "z"]);

            let mut entry = entry(record, &output, read, &cleaned, &cuts);
            entry.set_changes(record, &changes);
            let original = restore::record(&output, &[written_and_read(&entry)], format.spelling());
            prop_assert_eq!(&*original.map_err(failed)?, record);
        }
    }

    #[test]
    fn records_of_any_bytes_are_read_or_refused(record in vec(any::<u8>(), 0..64)) {
        let _ = the_text(&record);
        let braced = [b"{\"text\":\"", &record[..], b"\"}"].concat();
        if let Some((text, about)) = the_text(&braced) {
            let cleaned = BUILTIN.clean(&about.document(text.text(), &NOTHING));
            let cuts = text.cuts(cleaned.edits());
            let output = cut(&braced, &cuts);
            let entry = entry(&braced, &output, &text, &cleaned, &cuts);
            let original = restore::record(&output, &[entry], Jsonl::default().spelling()).map_err(failed)?;
            prop_assert_eq!(original, &*braced);
        }
    }
}

const STYLES: [csv::QuoteStyle; 2] = [csv::QuoteStyle::Necessary, csv::QuoteStyle::Always];

const NOTHING: About = About { id: None, url: None, title: None, lang: None };

/// The text of a JSON record.
fn the_text(record: &[u8]) -> Option<(FieldText<'_>, About)> {
    match Jsonl::default().read(record) {
        Ok(Content::Texts { mut texts, about }) => texts.pop().map(|(_, text)| (text, about)),
        _ => None,
    }
}

fn entry(
    record: &[u8],
    output: &[u8],
    text: &FieldText<'_>,
    cleaned: &Cleaned<'_>,
    cuts: &[Cut],
) -> DocumentEntry {
    let found = Found { field: "text", text, edits: cleaned.edits() };
    DocumentEntry::of_field(&RecordBytes { record, output }, &found, cleaned, cuts)
}
