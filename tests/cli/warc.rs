//! WARC and WET: texts in an archive, with lengths and digests made right.

use std::io::Read as _;

use crate::support::{ARTICLE, CLEAN, Desk};

/// A record of plain text.
fn record(text: &str) -> String {
    let length = text.len();
    format!(
        "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://example.com/a\r\n\
         Content-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{text}\r\n\r\n"
    )
}

fn page(html: &str) -> String {
    record(html).replace("conversion", "response").replace("text/plain", "application/http")
}

#[test]
fn texts_are_cleaned_and_pages_pass() {
    let input = [record(ARTICLE), page("<p>ADVERTISEMENT</p>"), record(CLEAN)].concat();
    let clean = [record(CLEAN), page("<p>ADVERTISEMENT</p>"), record(CLEAN)].concat();
    Desk::new()
        .run_with("filter", &input)
        .succeeds()
        .prints(&clean)
        .says(&["2 documents, 1 changed", "1 record without the text field"]);
    Desk::new().run_with("filter --format warc", &input).succeeds().prints(&clean);
}

#[test]
fn malformed_records_pass_untouched_and_are_told() {
    let bad = record(CLEAN).replace("Content-Length", "Length");
    let input = [record(ARTICLE), bad.clone(), record(ARTICLE)].concat();
    let clean = [record(CLEAN), bad, record(CLEAN)].concat();
    let line = record(ARTICLE).matches('\n').count() + 1;
    let told = format!("line {line}: the record has no Content-Length; passed on as it was");
    Desk::new().run_with("filter", &input).succeeds().prints(clean).says(&[&told]);
    Desk::new()
        .run_with("filter --strict", &input)
        .fails()
        .prints(record(CLEAN))
        .says(&["no Content-Length"]);
}

#[test]
fn a_restore_gives_back_the_archive() {
    let desk = Desk::new();
    let input = [record(ARTICLE), page("x"), record(CLEAN), record(ARTICLE)].concat();
    let clean = desk.run_with("filter --report r.jsonl", &input).succeeds().stdout;
    desk.run_with("restore --report r.jsonl", clean).succeeds().prints(input);
}

#[test]
fn compressed_records_are_members_of_their_own() {
    let input = [record(ARTICLE), page("x")].concat();
    let outcome = Desk::new().run_with("filter --compress gzip", &input).succeeds();
    let mut rest = outcome.stdout.as_slice();
    for expected in [record(CLEAN), page("x")] {
        let mut member = flate2::bufread::GzDecoder::new(rest);
        let mut text = String::new();
        member.read_to_string(&mut text).unwrap();
        assert_eq!(text, expected);
        rest = member.into_inner();
    }
    assert!(rest.is_empty());
}

#[test]
fn an_archive_has_no_fields() {
    Desk::new().run_with("filter --format warc --field body", record(ARTICLE)).fails().says(&["no fields"]);
}

#[test]
fn archives_are_cleaned_by_name() {
    let desk = Desk::with("a.warc.wet", record(ARTICLE)).and("b.warc", record(CLEAN));
    desk.run("clean a.warc.wet b.warc -o out --report r.jsonl").succeeds().says(&["2 documents, 1 changed"]);
    assert_eq!((desk.text("out/a.warc.wet"), desk.text("out/b.warc")), (record(CLEAN), record(CLEAN)));
    desk.run("restore --report r.jsonl out -o back").succeeds();
    assert_eq!((desk.text("back/a.warc.wet"), desk.text("back/b.warc")), (record(ARTICLE), record(CLEAN)));
}
