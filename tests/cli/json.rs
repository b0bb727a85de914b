//! `dechaff filter` on JSON that is not a record a line.

use std::io::Write as _;
use std::process::Stdio;

use crate::support::{ARTICLE, CLEAN, Desk};

/// An array of articles, written over lines.
fn array(text: &str) -> String {
    let text = text.replace('\n', "\\n");
    format!(
        "[\n  {{\n    \"id\": 1.50,\n    \"text\": \"{text}\"\n  }},\r\n\
         \x20 {{\"text\": [\"{}\"], \"a\": [1 ,2]}} , null\n,{{\"title\": \"ADVERTISEMENT\"}}]\n",
        text.replace("\\n", "\" , \"")
    )
}

#[test]
fn all_but_the_text_stays_byte_for_byte() {
    let desk = Desk::new();
    let input = array(ARTICLE);
    let expected = array(CLEAN);
    for line in ["filter --report r.jsonl", "filter --format json --report r.jsonl"] {
        let outcome = desk.run_with(line, &input).succeeds().prints(&expected);
        let outcome = outcome.says(&["2 documents, 2 changed", "line 6: record is not a JSON object"]);
        desk.run_with("restore --report r.jsonl", outcome.stdout).succeeds().prints(&input);
    }
}

#[test]
fn one_article_may_take_many_lines_and_more_may_follow() {
    let one = |text: &str| {
        let text = text.replace('\n', "\\n");
        format!("{{\n  \"article\": {{\n    \"body\": [\n      \"{text}\"\n    ]\n  }}\n}}\n")
    };
    for times in [1, 3] {
        Desk::new()
            .run_with("filter --field article.body", one(ARTICLE).repeat(times))
            .succeeds()
            .prints(one(CLEAN).repeat(times));
    }
}

#[test]
fn the_report_places_records_by_line() {
    let desk = Desk::new();
    desk.run_with("filter --report r.jsonl", array(ARTICLE)).succeeds();
    let entries = desk.report_lines("r.jsonl", "document");
    let place = |entry: &serde_json::Value| (entry["line"].as_u64(), entry["record"].as_u64());
    assert_eq!(entries.iter().map(place).collect::<Vec<_>>(), [(Some(2), Some(1)), (Some(6), Some(2))]);
    assert_eq!(desk.report_lines("r.jsonl", "file")[0]["input"]["form"], "json");
}

#[test]
fn fields_are_added_and_dropped_and_come_back() {
    let desk = Desk::new();
    let input = array(ARTICLE);
    for arguments in ["--keep-original raw", "--output-field clean --drop-field id", "--annotate noise"] {
        let line = format!("filter --report r.jsonl {arguments}");
        let outcome = desk.run_with(&line, &input).succeeds();
        let output: serde_json::Value = serde_json::from_slice(&outcome.stdout).unwrap();
        assert_eq!(output.as_array().unwrap().len(), 4);
        assert_ne!(outcome.stdout, input.as_bytes());
        desk.run_with("restore --report r.jsonl", outcome.stdout).succeeds().prints(&input);
    }
}

#[test]
fn elements_are_not_left_out_of_an_array() {
    let outcome = Desk::new().run_with("filter --drop-empty", "[{\"text\": \"x\"}]").fails().prints("");
    outcome.says(&["--drop-empty", "JSON Lines"]);
}

#[test]
fn what_is_never_closed_is_told_with_its_line() {
    let input = "[{\"text\": \"x\"},\n{\"text\": \"y},\n{\"text\": \"z\"}]";
    let outcome = Desk::new().run_with("filter", input).succeeds().prints(input);
    outcome.says(&["line 2: record is not JSON", "1 record passed on as it was"]);
    let long = format!("{input}{}", " ,{}".repeat(1000));
    let outcome = Desk::new().run_with("filter --max-record 1K", &long).succeeds().prints(&long);
    outcome.says(&["line 2: record is over 1024 bytes (is a bracket or a quote never closed?)"]);
}

#[test]
fn output_and_report_are_the_same_however_the_input_comes() {
    let text = ARTICLE.replace('\n', "\\n");
    let elements: Vec<String> = (0..400)
        .map(|i| match i % 5 {
            0 => format!("{{\n \"id\": {i},\n \"text\": \"{}\"\n}}", text.repeat(i % 7 + 1)),
            1 => "{\"text\": oops}".to_owned(),
            2 => format!("\"text, {i}\""),
            _ => format!("{{\"text\":\"Record {i}. {text}\"}}"),
        })
        .collect();
    let input = format!("[{}]\n", elements.join(",\n"));
    let desk = Desk::new();
    let mut outcomes = Vec::new();
    for (piece, jobs) in [(input.len(), "1"), (1, "1"), (1, "2"), (777, "2"), (65_536, "7")] {
        let mut command = desk.command(["filter", "-v", "-j", jobs, "--report", "r.jsonl"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let bytes = input.clone().into_bytes();
        let writer = std::thread::spawn(move || {
            bytes.chunks(piece).for_each(|piece| stdin.write_all(piece).unwrap());
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        outcomes.push((output.stdout, output.stderr, desk.text("r.jsonl")));
    }
    assert!(outcomes.windows(2).all(|pair| pair[0] == pair[1]));
    desk.run_with("restore --report r.jsonl", &outcomes[0].0).succeeds().prints(&input);
}

#[test]
fn an_array_that_is_not_whole_is_told() {
    let told = |json: &str, told: &str| {
        let desk = Desk::with("in/a.json", json);
        desk.run_with("filter --format json", json).succeeds().prints(json).says(&[told]);
        desk.run("clean in -o out").succeeds().says(&[told]);
        desk.run_with("filter --format json --strict", json).fails().says(&[told]);
        desk.run("clean in -o strict --strict").fails().says(&[told]);
        assert!(!desk.path("strict/a.json").exists());
    };
    let (a, b) = ("{\"text\":\"A\"}", "{\"text\":\"B\"}");
    for cut in [format!("[{a},{b}"), format!("[{a},"), format!("[[{a}],[{b}]")] {
        told(&cut, "is not closed: is all of it there?");
    }
    told(&format!("{a}]"), "closes an array that it does not open");
    told(&format!("[{a} {b}]"), "has 0 commas between records, and not 1");
    told(&format!("[{a},{b},]"), "has 2 commas between records, and not 1");
    for whole in [format!("[{a},{b}]"), format!("{a}\n{b}\n"), format!("[{a}]\n[{b}]"), "[]".to_owned()] {
        Desk::new()
            .run_with("filter --format json --strict -q", &whole)
            .succeeds()
            .prints(&whole)
            .says_nothing();
    }
}
