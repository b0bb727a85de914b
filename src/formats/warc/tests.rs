use std::io::{self, Read};

use super::*;
use crate::cleaner::Cleaner;
use crate::compress::decoder;
use crate::formats::blocks::Blocks;
use crate::formats::records::{AtStart, Detail, Emptied, Entry, OnMalformed, Records};
use crate::report::{DocumentEntry, Summary};
use crate::restore;

const TEXTS: &[u8] = include_bytes!("../../../fixtures/dumps/texts.warc.wet");
const PAGES: &[u8] = include_bytes!("../../../fixtures/dumps/pages.warc.gz");

#[derive(Default)]
struct Cleaned {
    bytes: Vec<u8>,
    entries: Vec<DocumentEntry>,
    skipped: Vec<(u64, String)>,
    summary: Summary,
    records: u64,
}

/// Gives so many bytes at a time.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.1.min(buffer.len());
        self.0.read(&mut buffer[..n])
    }
}

fn clean_in_pieces(input: &[u8], piece: usize, max_record: usize) -> Cleaned {
    let (cleaner, about, format) = (Cleaner::builtin(), About::default(), Warc::default());
    let records = Records {
        cleaner: &cleaner,
        format: &format,
        about: &about,
        pages: None,
        detail: Detail::Entries,
        emptied: Emptied::Keep,
        malformed: OnMalformed::PassOn,
        max_record,
    };
    let mut blocks = Blocks::new(Pieces(input, piece), format.splitter(), 64, max_record);
    let mut cleaned = Cleaned::default();
    while let Some(block) = blocks.next_block().unwrap() {
        let done = records.clean(block, AtStart::No);
        cleaned.bytes.extend(done.output);
        cleaned.summary.add(done.summary);
        for entry in done.entries {
            match entry {
                Entry::Document(mut entry) => {
                    entry.record = entry.record.map(|record| record + cleaned.records);
                    cleaned.entries.push(*entry);
                }
                Entry::Skipped(entry) => {
                    cleaned.skipped.push((entry.record.unwrap() + cleaned.records, entry.reason));
                }
            }
        }
        cleaned.records += done.records;
    }
    cleaned
}

fn clean(input: &[u8]) -> Cleaned {
    clean_in_pieces(input, 1 << 16, 1 << 20)
}

fn unpacked(compressed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    decoder(compressed).unwrap().1.read_to_end(&mut bytes).unwrap();
    bytes
}

/// A record of plain text.
fn record(header: &str, text: &str) -> String {
    let length = text.len();
    format!(
        "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\n{header}\
         Content-Length: {length}\r\n\r\n{text}\r\n\r\n"
    )
}

const NOISY: &str = "The council met.\n\nADVERTISEMENT\n\nThe vote is in May.\n";
const CLEAN: &str = "The council met.\n\nThe vote is in May.\n";

#[test]
fn texts_are_cleaned_and_lengths_and_digests_are_those_of_the_new_text() {
    let header = |digest: &str| {
        format!("warc-block-DIGEST:  sha1:{digest} \r\nX-Folded: a\r\n b\r\nWARC-Payload-Digest: odd:x\r\n")
    };
    let noisy = record(&header("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), NOISY);
    let clean_digest = digest::again(b"sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", CLEAN.as_bytes()).unwrap();
    let clean_digest = String::from_utf8(clean_digest).unwrap();
    let expected = record(&header(&clean_digest[5..]), CLEAN).replace("WARC-Payload-Digest: odd:x\r\n", "");
    assert_eq!(String::from_utf8(clean(noisy.as_bytes()).bytes).unwrap(), expected);
}

#[test]
fn extracted_texts_of_another_tool_are_cleaned() {
    let cleaned = clean(TEXTS);
    assert_eq!((cleaned.summary.documents, cleaned.summary.changed), (4, 3));
    assert_eq!((cleaned.summary.without_text, cleaned.skipped.len()), (1, 0));
    assert!(!String::from_utf8(cleaned.bytes.clone()).unwrap().contains("ADVERTISEMENT"));
    assert_eq!(cleaned.entries[1].id.as_deref(), Some("<urn:uuid:00000000-0000-4000-8000-000000000002>"));
    assert_eq!(clean(&cleaned.bytes).bytes, cleaned.bytes);
}

#[test]
fn what_is_no_text_passes_untouched() {
    let pages = unpacked(PAGES);
    let cleaned = clean(&pages);
    // Of the page, of the text and the resource, and of the metadata only the text and the resource change.
    assert_eq!((cleaned.summary.documents, cleaned.summary.changed, cleaned.summary.without_text), (3, 2, 3));
    assert_eq!(String::from_utf8(cleaned.bytes).unwrap().matches("ADVERTISEMENT").count(), 2);
}

#[test]
fn what_is_known_of_a_text_is_in_its_header() {
    let known = record(
        "warc-target-uri: <https://example.com/a>\r\nWARC-Identified-Content-Language: deu,eng\r\n\
         WARC-Record-ID: <urn:x>\r\n",
        NOISY,
    );
    let known = &known.as_bytes()[Warc::default().record(known.as_bytes())];
    let Content::Texts { about, .. } = Warc::default().read(known).unwrap() else { panic!("no text") };
    assert_eq!(about.url.as_deref(), Some("https://example.com/a"));
    assert_eq!((about.lang.as_deref(), about.id.as_deref()), (Some("deu"), Some("<urn:x>")));
}

#[test]
fn what_is_malformed_passes_untouched_and_what_follows_is_read_again() {
    let good = record("", NOISY);
    let fixed = record("", CLEAN);
    let other_length = |length: &str| record("", NOISY).replace(&NOISY.len().to_string(), length);
    for (bad, reason) in [
        ("No record.\r\n\r\n".to_owned(), "does not start with WARC/1."),
        ("WARC/2.0\r\nContent-Length: 1\r\n\r\nx\r\n\r\n".to_owned(), "does not start with WARC/1."),
        (other_length("10"), "Content-Length is 10"),
        (other_length("60"), "Content-Length is 60"),
        (other_length("-1"), "\"-1\" for its Content-Length"),
        (other_length("99999999999999999999"), "for its Content-Length"),
        (good.replace("Content-Length", "Length"), "no Content-Length"),
        (record("", "Caf\u{e9}").replace('\u{e9}', "\u{0}\u{0}"), ""),
    ] {
        for piece in [1, 7, 1000] {
            let cleaned = clean_in_pieces(format!("{good}{bad}{good}{good}").as_bytes(), piece, 1 << 20);
            // One that says that it is longer takes the next with it.
            let bytes = String::from_utf8(cleaned.bytes).unwrap();
            assert!(bytes.starts_with(&fixed) && bytes.ends_with(&fixed), "{bad}: {bytes}");
            assert!(bytes.contains(&bad), "{bad}: {bytes}");
            if !reason.is_empty() {
                assert!(
                    cleaned.skipped[0].0 == 2 && cleaned.skipped[0].1.contains(reason),
                    "{:?}",
                    cleaned.skipped
                );
            }
        }
    }
}

#[test]
fn a_record_that_is_cut_off_is_told() {
    for end in [1, 20, 60, 120] {
        let whole = record("", NOISY);
        let cut_off = &whole.as_bytes()[..whole.len() - end];
        let cleaned = clean(cut_off);
        if end == 1 {
            // The line ends behind it are no part of it.
            assert_eq!(cleaned.summary.changed, 1);
        } else {
            assert_eq!((cleaned.bytes.as_slice(), cleaned.skipped.len()), (cut_off, 1));
        }
    }
}

#[test]
fn line_ends_may_be_other_than_they_should() {
    let one = record("", NOISY).replace("\r\n", "\n");
    let input = format!("\r\n{one}\r\n{one}{}\n", one.trim_end());
    let cleaned = clean(input.as_bytes());
    assert_eq!((cleaned.summary.changed, cleaned.skipped.len()), (3, 0), "{:?}", cleaned.skipped);
}

#[test]
fn the_outcome_does_not_depend_on_how_the_input_comes() {
    let good = record("", NOISY);
    let mixed = format!("{good}garbage\r\n\r\nmore\r\n\r\n{good}{}{good}", good.replace("53", "40"));
    for input in [TEXTS, &unpacked(PAGES), mixed.as_bytes()] {
        let whole = clean(input);
        for piece in [1, 2, 3, 64, 1000] {
            let pieces = clean_in_pieces(input, piece, 1 << 20);
            assert_eq!((pieces.bytes, pieces.skipped), (whole.bytes.clone(), whole.skipped.clone()));
            assert_eq!(pieces.records, whole.records);
        }
    }
}

#[test]
fn large_records_stream_through() {
    let large = record("", &NOISY.repeat(10));
    let good = record("", NOISY);
    let cleaned = clean_in_pieces(format!("{good}{large}{good}").as_bytes(), 100, 300);
    assert_eq!(String::from_utf8(cleaned.bytes).unwrap(), format!("{0}{large}{0}", record("", CLEAN)));
    assert!(cleaned.skipped[0].1.contains("over 300 bytes"), "{:?}", cleaned.skipped);
}

#[test]
fn a_restore_gives_back_every_byte() {
    let input = [TEXTS, &unpacked(PAGES)].concat();
    let cleaned = clean(&input);
    let format = Warc::default();
    let mut restored = Vec::new();
    let mut splitter = format.splitter();
    let mut rest = cleaned.bytes.as_slice();
    let mut number = 0;
    while !rest.is_empty() {
        let (record, after) = rest.split_at(splitter.next_end(rest).unwrap_or(rest.len()));
        number += 1;
        let place = format.record(record);
        let entries: Vec<DocumentEntry> =
            cleaned.entries.iter().filter(|entry| entry.record == Some(number)).cloned().collect();
        if entries.is_empty() {
            restored.extend_from_slice(record);
        } else {
            restored.extend_from_slice(&record[..place.start]);
            restored.extend(restore::record(&record[place.clone()], &entries, format.spelling()).unwrap());
            restored.extend_from_slice(&record[place.end..]);
        }
        rest = after;
    }
    assert_eq!(restored, input);
}
