//! `--report`: every field, held against the text.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::{ARTICLE, CLEAN, Desk, encoded, record, span_pack};

/// Characters of more than one byte before the noise, a run in a line, and a line that goes whole.
const TEXT: &str = "Über Köln sprach Sen. Ann Wood Ann Mary WoodRain is due in Köln MORE am Montag.\n\n\
     ADVERTISEMENT\n\n\
     Später war es „schön“.\n";

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The only document of a report.
fn document(desk: &Desk, report: &str) -> Value {
    let mut documents = desk.report_lines(report, "document");
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

fn pair(value: &Value) -> (usize, usize) {
    let number = |i: usize| usize::try_from(value[i].as_u64().unwrap()).unwrap();
    (number(0), number(1))
}

#[test]
fn the_header_says_what_made_the_report() {
    let desk = Desk::with("a.txt", ARTICLE).and("mine.toml", span_pack("mine", "NOISE", ""));
    desk.run("clean a.txt --report r.jsonl --pack mine.toml --ignore related").succeeds().prints(CLEAN);
    let header = &desk.report_lines("r.jsonl", "header")[0];
    assert_eq!(header["dechaff"], env!("CARGO_PKG_VERSION"));
    assert_eq!(header["packs"]["mine"], sha256(&desk.bytes("mine.toml")));
    assert!(header["packs"]["ads"].is_string());
    assert_eq!(header["options"], json!(["--pack=mine.toml", "--ignore=related"]));
    let rules = header["rules"].as_array().unwrap();
    assert!(rules.contains(&json!("mine-rule")) && !rules.contains(&json!("related-label-line")));
}

#[test]
fn the_lines_are_header_documents_and_summary() {
    let desk = Desk::with("in/a.txt", ARTICLE).and("in/b.txt", CLEAN);
    desk.run("clean in --report r.jsonl").succeeds().prints("");
    let lines = desk.text("r.jsonl");
    let types: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["type"].clone()).collect();
    assert_eq!(types, ["header", "document", "document", "summary"]);
    let summary = &desk.report_lines("r.jsonl", "summary")[0];
    assert_eq!((&summary["documents"], &summary["changed"]), (&json!(2), &json!(1)));
    assert_eq!(summary["text_bytes"], ARTICLE.len() + CLEAN.len());
    assert_eq!(summary["removed_bytes"], ARTICLE.len() - CLEAN.len());
    assert_eq!(summary["rules"]["ad-label"]["removals"], 1);
}

#[test]
fn a_document_has_its_place_sizes_and_digests() {
    let desk = Desk::with("in/a.txt", CLEAN).and("in/b.txt", ARTICLE);
    desk.run("clean in -o out --report r.jsonl").succeeds();
    let documents = desk.report_lines("r.jsonl", "document");
    let document = &documents[1];
    assert_eq!(document["ordinal"], 1);
    assert_eq!(document["path"], "in/b.txt");
    assert_eq!(document["output"], "out/b.txt");
    assert_eq!(
        document["encoding"],
        json!({"name": "UTF-8", "source": "utf8", "malformed": 0, "converted": false})
    );
    assert_eq!(document["before"], json!({"bytes": ARTICLE.len(), "sha256": sha256(ARTICLE.as_bytes())}));
    assert_eq!(document["after"], json!({"bytes": CLEAN.len(), "sha256": sha256(CLEAN.as_bytes())}));
    assert_eq!(documents[0]["removals"], json!([]));
    assert_eq!(documents[0]["before"], documents[0]["after"]);
}

#[test]
fn a_removal_is_placed_in_bytes_characters_line_and_column() {
    let desk = Desk::with("a.txt", TEXT);
    desk.run("clean a.txt --report r.jsonl").succeeds();
    let document = document(&desk, "r.jsonl");
    let removals = document["removals"].as_array().unwrap();
    let rules: Vec<&Value> = removals.iter().map(|removal| &removal["rule"]).collect();
    assert_eq!(rules, ["name-echo-run", "ad-label"]);
    for removal in removals {
        let (start, end) = pair(&removal["bytes"]);
        assert_eq!(removal["text"], TEXT[start..end]);
        assert_eq!(pair(&removal["chars"]), (TEXT[..start].chars().count(), TEXT[..end].chars().count()));
        assert!(TEXT[..start].ends_with(removal["before"].as_str().unwrap()));
        assert!(TEXT[end..].starts_with(removal["after"].as_str().unwrap()));
        assert!(removal.get("raw").is_none(), "encoding the text again gives the bytes");
    }
    let place = |i: usize| (&removals[i]["line"], &removals[i]["column"]);
    let column = "Über Köln sprach Sen. Ann Wood ".chars().count() + 1;
    assert_eq!(place(0), (&json!(1), &json!(column)));
    assert_eq!(place(1), (&json!(3), &json!(1)));
    assert_eq!((&removals[1]["kind"], &removals[1]["pack"]), (&json!("ad"), &json!("ads")));
    assert_eq!(removals[1]["before"].as_str().unwrap().chars().count(), 40);
}

#[test]
fn a_byte_order_mark_is_not_part_of_the_text() {
    let desk = Desk::with("a.txt", format!("\u{feff}{ARTICLE}"));
    desk.run("clean a.txt --report r.jsonl").succeeds();
    let document = document(&desk, "r.jsonl");
    let removal = &document["removals"][0];
    let (start, end) = pair(&removal["bytes"]);
    assert_eq!(removal["text"], ARTICLE[start..end]);
    assert_eq!(removal["raw_bytes"], json!([start + 3, end + 3]));
    assert_eq!(document["encoding"]["source"], "bom");
    assert_eq!(document["before"]["bytes"], ARTICLE.len() + 3);
}

#[test]
fn a_removal_in_another_encoding_says_where_it_was_in_the_file() {
    let desk = Desk::with("a.txt", encoded(TEXT, encoding_rs::UTF_16LE));
    desk.run("clean a.txt --report r.jsonl --output-encoding keep").succeeds();
    let document = document(&desk, "r.jsonl");
    for removal in document["removals"].as_array().unwrap() {
        let (start, end) = pair(&removal["raw_bytes"]);
        let raw = &desk.bytes("a.txt")[start..end];
        assert_eq!(raw, encoded(removal["text"].as_str().unwrap(), encoding_rs::UTF_16LE));
        assert_eq!(pair(&removal["chars"]), (start / 2, end / 2));
    }
    assert_eq!(document["encoding"]["name"], "UTF-16LE");
}

#[test]
fn bytes_that_the_text_does_not_give_back_are_in_the_report() {
    let desk = Desk::with("mine.toml", span_pack("mine", "NOISE.", ""))
        .and("a.txt", b"A \xE2\x80\x9Cquoted\xE2\x80\x9D word NOISE\xFF and more.\n");
    let desk = desk.and("mine.toml", span_pack("mine", "NOISE.", "").replace("A NOISE. B", "A NOISE! B"));
    desk.run("clean a.txt --encoding utf-8 --report r.jsonl --pack mine.toml")
        .succeeds()
        .prints("A “quoted” word and more.\n");
    let removal = &document(&desk, "r.jsonl")["removals"][0];
    assert_eq!(removal["text"].as_str().unwrap().trim(), "NOISE\u{fffd}");
    assert!(removal["raw"].is_string());
}

#[test]
fn a_near_miss_is_reported_with_the_reason() {
    let text = "Sen. Ann Wood Ann Mary WoodRain is due and officials met.\n";
    let desk = Desk::with("a.txt", text);
    desk.run("clean a.txt --report r.jsonl").succeeds().prints(text);
    let document = document(&desk, "r.jsonl");
    let near = &document["near_misses"][0];
    let (start, end) = pair(&near["bytes"]);
    assert_eq!(near["text"], text[start..end]);
    assert_eq!(near["rule"], "name-echo-run");
    assert!(near["reason"].as_str().unwrap().contains("MORE"));
}

#[test]
fn a_record_has_its_line_and_its_id() {
    let desk = Desk::new();
    let record = json!({"id": "a-1", "text": ARTICLE}).to_string();
    let clean = json!({"id": "a-1", "text": CLEAN}).to_string();
    let input = format!("\n{{\"text\":null}}\noops\n{record}\n");
    desk.run_with("filter --format jsonl --field text --report r.jsonl", input).succeeds();
    let file = &desk.report_lines("r.jsonl", "file")[0];
    assert_eq!((&file["path"], &file["untouched"]), (&json!("-"), &json!(false)));
    assert_eq!(file["input"], json!({"form": "jsonl", "fields": ["text"]}));
    let document = document(&desk, "r.jsonl");
    assert_eq!(
        (&document["line"], &document["id"], &document["ordinal"]),
        (&json!(4), &json!("a-1"), &json!(2))
    );
    assert_eq!(document["before"], json!({"bytes": record.len(), "sha256": sha256(record.as_bytes())}));
    assert_eq!(document["after"], json!({"bytes": clean.len(), "sha256": sha256(clean.as_bytes())}));
    let removal = &document["removals"][0];
    let (start, end) = pair(&removal["bytes"]);
    assert_eq!(removal["text"], ARTICLE[start..end]);
    let skipped = &desk.report_lines("r.jsonl", "skipped")[0];
    assert_eq!(skipped["line"], 3);
    let summary = &desk.report_lines("r.jsonl", "summary")[0];
    assert_eq!((&summary["skipped"], &summary["without_text"]), (&json!(1), &json!(1)));
}

#[test]
fn a_report_may_go_to_standard_output_instead_of_the_text() {
    let outcome = Desk::with("a.txt", ARTICLE).run("clean a.txt --report -").succeeds();
    let stdout = String::from_utf8(outcome.stdout).unwrap();
    let lines: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[1]["removals"][0]["rule"], "ad-label");
}

#[test]
fn an_old_report_is_replaced() {
    let desk = Desk::with("a.txt", ARTICLE).and("r.jsonl", "an old report\n".repeat(1000));
    desk.run("clean a.txt --report r.jsonl").succeeds();
    assert!(!desk.text("r.jsonl").contains("an old report"));
}

#[test]
fn a_replacement_is_in_the_report() {
    let desk = Desk::with("a.txt", "A word NOISE and another.\n").and("mine.toml", replacing_pack());
    desk.run("clean a.txt --pack mine.toml --report r.jsonl").succeeds().prints("A word […] and another.\n");
    let removal = &document(&desk, "r.jsonl")["removals"][0];
    assert_eq!((&removal["text"], &removal["replacement"]), (&json!("NOISE"), &json!("[…]")));
}

pub fn replacing_pack() -> String {
    span_pack("mine", "NOISE", "replace = \"[…]\"").replace("to = \"A B\"", "to = \"A […] B\"")
}

#[cfg(unix)]
#[test]
fn a_report_does_not_take_the_place_of_the_file_that_is_standard_input() {
    let desk = Desk::with("a.jsonl", record(ARTICLE));
    let mut command = desk.command("filter --report a.jsonl".split(' '));
    let output = command.stdin(std::fs::File::open(desk.path("a.jsonl")).unwrap()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("take the place of standard input"));
    assert_eq!(desk.text("a.jsonl"), record(ARTICLE));
}
