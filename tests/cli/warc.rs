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
fn a_page_becomes_a_conversion_that_refers_to_it() {
    let html = "<p>The council met on Monday to talk about the bridge.</p><p>ADVERTISEMENT</p>\
                <p>The vote is expected in May, and it may be close.</p>";
    let response = |html: &str| {
        let block = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}");
        format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n\
             WARC-Date: 2024-05-01T12:00:00Z\r\nWARC-Target-URI: https://example.com/a\r\n\
             WARC-IP-Address: 192.0.2.1\r\nWARC-Block-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n\
             Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
            block.len()
        )
    };
    let conversion = format!(
        "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:uuid:ID>\r\n\
         WARC-Refers-To: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n\
         WARC-Date: 2024-05-01T12:00:00Z\r\nWARC-Target-URI: https://example.com/a\r\n\
         WARC-Block-Digest: sha1:DIGEST\r\n\
         Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n{CLEAN}\r\n\r\n",
        CLEAN.len()
    );
    let empty = response("<p></p>");
    let desk = Desk::with("a.warc", response(html) + &empty + &record(ARTICLE));
    let expected = conversion + &empty + &record(CLEAN);
    desk.run("clean a.warc -o b.warc --report r.jsonl")
        .succeeds()
        .says(&["2 documents, 2 changed", "1 page without an article"]);
    let made = desk.text("b.warc");
    let id = made.split("WARC-Record-ID: <urn:uuid:").nth(1).unwrap().split('>').next().unwrap();
    let digest = made.split("sha1:").nth(1).unwrap().split('\r').next().unwrap();
    assert_ne!(digest, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(
        made,
        expected.replacen("<urn:uuid:ID>", &format!("<urn:uuid:{id}>"), 1).replace("DIGEST", digest)
    );
    desk.run("clean b.warc -o c.warc").succeeds().says(&["2 documents, nothing to remove"]);
    desk.run("restore --report r.jsonl b.warc -o d.warc").fails().says(&["taken out of a page"]);
    desk.run("check a.warc --output-format concise").ends_with_code(1).shows(&["article 3:1", "text 3:1"]);
    desk.run("clean a.warc -o out/ --to jsonl").succeeds().says(&["1 page without an article"]);
    let lines = desk.text("out/a.jsonl");
    assert_eq!(lines.matches("\"text\":\"The council met").count(), 2);
    assert!(lines.starts_with(
        "{\"id\":\"<urn:uuid:00000000-0000-4000-8000-000000000001>\",\"url\":\"https://example.com/a\""
    ));
    desk.run("clean a.warc --in-place").succeeds().says(&["1 document, 1 changed"]);
    assert_eq!(desk.text("a.warc"), response(html) + &empty + &record(CLEAN));
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
