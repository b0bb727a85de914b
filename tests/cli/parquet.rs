//! Parquet: texts in columns; all else stays the bytes that it is.

use std::fs;

use bytes::Bytes;
use parquet::file::reader::{FileReader as _, SerializedFileReader};

use crate::support::{ARTICLE, CLEAN, Desk};

fn articles() -> Vec<u8> {
    fs::read("fixtures/dumps/articles.parquet").unwrap()
}

/// The rows as the library prints them.
fn rows(file: &[u8]) -> Vec<String> {
    let reader = SerializedFileReader::new(Bytes::copy_from_slice(file)).unwrap();
    reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect()
}

fn without_noise(rows: &[String]) -> Vec<String> {
    rows.iter().map(|row| row.replace("ADVERTISEMENT\n\n", "")).collect()
}

#[test]
fn texts_are_cleaned_and_the_report_leads_back() {
    let desk = Desk::new();
    let outcome = desk.run_with("filter --report r.jsonl", articles()).succeeds();
    let outcome = outcome.says(&["11 documents, 4 changed", "1 record without the text field"]);
    assert_eq!(rows(&outcome.stdout), without_noise(&rows(&articles())));
    let entries = desk.report_lines("r.jsonl", "document");
    assert_eq!((&entries[0]["record"], &entries[0]["id"]), (&1.into(), &"100".into()));
    assert_eq!(entries[0]["removals"][0]["rule"], "ad-label");
    assert_eq!(entries.last().unwrap()["record"], 12);

    let restored = desk.run_with("restore --report r.jsonl", outcome.stdout).succeeds().stdout;
    assert_eq!(rows(&restored), rows(&articles()));
}

#[test]
fn the_output_does_not_depend_on_the_number_of_jobs() {
    let run =
        |jobs: &str| Desk::new().run_with(&format!("filter -q -j {jobs}"), articles()).succeeds().stdout;
    assert_eq!(run("1"), run("2"));
    assert_eq!(run("1"), run("7"));
}

#[test]
fn a_file_without_a_finding_comes_out_byte_for_byte() {
    Desk::new().run_with("filter --field title", articles()).succeeds().prints(articles());
}

#[test]
fn a_restore_needs_the_clean_file_and_its_report() {
    let desk = Desk::new();
    let clean = desk.run_with("filter --report r.jsonl", articles()).succeeds().stdout;
    desk.run_with("restore --report r.jsonl", articles()).fails().says(&["row 1", "it was changed"]);
    let report = desk.text("r.jsonl");
    desk.write("r.jsonl", report.replace("\"record\":12", "\"record\":13"));
    desk.run_with("restore --report r.jsonl", clean).fails().says(&["ends after 12 rows"]);
}

#[test]
fn the_clean_text_can_go_to_a_column_of_its_own() {
    let desk = Desk::new();
    let outcome = desk.run_with("filter --output-field clean --report r.jsonl", articles()).succeeds();
    assert!(rows(&outcome.stdout)[0].contains("ADVERTISEMENT"));
    assert!(rows(&outcome.stdout)[0].contains("clean: \"The council met"));
    let restored = desk.run_with("restore --report r.jsonl", outcome.stdout).succeeds().stdout;
    assert_eq!(rows(&restored), rows(&articles()));

    let outcome = desk.run_with("filter --drop-field tags --report r.jsonl", articles()).succeeds();
    assert!(!rows(&outcome.stdout)[0].contains("tags"));
    desk.run_with("restore --report r.jsonl", outcome.stdout).fails().says(&["`tags`", "not in the report"]);
}

#[test]
fn what_cannot_be_done_is_told_before_anything_is_written() {
    for (args, told) in [
        ("--field txet", "did you mean `text`?"),
        ("--field score", "holds DOUBLE"),
        ("--url-field zzz", "name it with --url-field"),
        ("--title-field score", "name another with --title-field"),
        ("--drop-empty", "rows cannot be left out"),
        ("--output-field url", "a column `url` already"),
    ] {
        Desk::new().run_with(&format!("filter {args}"), articles()).fails().prints("").says(&[told]);
    }
    Desk::new()
        .run_with("filter --format parquet", "The vote")
        .fails()
        .says(&["no Parquet that can be read"]);
}

#[test]
fn rows_that_are_no_text_pass_and_are_told() {
    let plain = fs::read("fixtures/dumps/plain.parquet").unwrap();
    let desk = Desk::new();
    desk.run_with("filter", &plain).succeeds().says(&["row 2: column `text` is not UTF-8 at byte 4"]);
    desk.run_with("filter --strict", &plain).fails().says(&["row 2", "--strict stops here"]);
}

#[test]
fn files_are_cleaned_by_name_in_folders_and_in_place() {
    let desk = Desk::with("a/noisy.parquet", articles());
    let clean = desk.run("clean a/noisy.parquet -o clean.parquet").succeeds();
    clean.says(&["11 documents, 4 changed"]);
    assert_eq!(rows(&desk.bytes("clean.parquet")), without_noise(&rows(&articles())));

    // Small files are cleaned in one go, and come to the same.
    desk.write("a/clean.pq", desk.bytes("clean.parquet"));
    desk.run("clean a -o b --report r.jsonl").succeeds();
    assert_eq!(desk.bytes("b/noisy.parquet"), desk.bytes("clean.parquet"));
    assert_eq!(desk.bytes("b/clean.pq"), desk.bytes("clean.parquet"));
    desk.run("restore --report r.jsonl b -o c").succeeds();
    assert_eq!(rows(&desk.bytes("c/noisy.parquet")), rows(&articles()));
    assert_eq!(desk.bytes("c/clean.pq"), desk.bytes("clean.parquet"));

    let before = fs::metadata(desk.path("a/clean.pq")).unwrap().modified().unwrap();
    desk.run("clean a --in-place").succeeds();
    assert_eq!(desk.bytes("a/noisy.parquet"), desk.bytes("clean.parquet"));
    assert_eq!(fs::metadata(desk.path("a/clean.pq")).unwrap().modified().unwrap(), before);
    desk.run("clean clean.parquet --diff").succeeds().prints("");
}

#[test]
fn a_compressed_file_is_unpacked_first() {
    let desk = Desk::new();
    let packed = desk.run_with("filter --field title --compress zstd", articles()).succeeds().stdout;
    let outcome = desk.run_with("filter -q --report r.jsonl", packed).succeeds();
    assert_eq!(rows(&outcome.stdout), without_noise(&rows(&articles())));
}

/// A file whose metadata can be read, and whose texts cannot.
fn damaged() -> Vec<u8> {
    let mut file = fs::read("fixtures/dumps/plain.parquet").unwrap();
    file[40..60].fill(0xff);
    file
}

#[test]
fn a_damaged_file_among_others_is_told_and_the_others_are_cleaned() {
    for jobs in ["1", "2"] {
        let desk = Desk::with("in/a.txt", ARTICLE).and("in/b.parquet", damaged()).and("in/c.txt", ARTICLE);
        let outcome = desk.run(&format!("clean in -o out -j {jobs}")).fails();
        let outcome = outcome.says(&["b.parquet: the file is damaged (", "): fetch or write it anew"]);
        assert!(!outcome.stderr.contains("panicked"), "{}", outcome.stderr);
        assert_eq!(desk.names("out"), ["a.txt", "c.txt"]);
        assert_eq!((desk.text("out/a.txt"), desk.text("out/c.txt")), (CLEAN.to_owned(), CLEAN.to_owned()));

        desk.run(&format!("clean in --in-place -j {jobs}"))
            .fails()
            .says(&["b.parquet: the file is damaged ("]);
        assert_eq!(desk.bytes("in/b.parquet"), damaged());
        assert_eq!(desk.text("in/c.txt"), CLEAN);
    }
}

#[test]
fn of_a_damaged_file_nothing_is_written() {
    let desk = Desk::with("a.parquet", damaged());
    for args in ["clean a.parquet -o b.parquet", "check a.parquet", "clean a.parquet --sample 5"] {
        desk.run(args).fails().prints("").says(&["a.parquet: the file is damaged ("]);
    }
    assert_eq!(desk.names("."), ["a.parquet"]);
}

#[test]
fn an_empty_file_is_told() {
    let desk = Desk::with("a.parquet", "");
    desk.run("clean a.parquet").fails().says(&["a.parquet: the file is empty", "or leave it out"]);
}
