//! `dechaff filter`: what is not being cleaned is not touched.

use crate::support::{ARTICLE, CLEAN, Desk, sentence, span_pack};

/// A record whose text is the article, and its clean form.
fn record(around: fn(&str) -> String) -> (String, String) {
    (around(&ARTICLE.replace('\n', "\\n")), around(&CLEAN.replace('\n', "\\n")))
}

#[test]
fn plain_text_is_one_document() {
    Desk::new().run_with("filter", ARTICLE).succeeds().prints(CLEAN).says(&["1 document, 1 changed"]);
}

#[test]
fn all_but_the_field_stays_byte_for_byte() {
    let (noisy, clean) = record(|text| {
        format!(
            "{{ \"n\": 1.50e+03,\"a\":[ 1 ,2],\"\\u0069d\" :\"x\\/y\", \"text\":\"{text}\" ,\
             \"body\":\"ADVERTISEMENT\",\"o\":{{\"text\":\"ADVERTISEMENT\"}},\"z\":null}} \t"
        )
    });
    Desk::new().run_with("filter --format jsonl --field text", noisy + "\n").succeeds().prints(clean + "\n");
}

#[test]
fn another_field_may_hold_the_text() {
    let (noisy, clean) = record(|text| format!("{{\"text\":\"ADVERTISEMENT\",\"body\":\"{text}\"}}"));
    Desk::new().run_with("filter --format jsonl --field body", noisy).succeeds().prints(clean);
}

#[test]
fn of_two_fields_of_the_name_the_last_counts() {
    let (noisy, clean) =
        record(|text| format!("{{\"text\":\"A\\n\\nADVERTISEMENT\\n\\nB\",\"text\":\"{text}\"}}"));
    Desk::new().run_with("filter --format jsonl", noisy).succeeds().prints(clean);
}

#[test]
fn escapes_that_stay_are_spelt_as_they_were() {
    let noisy = r#"{"text":"Caf\u00e9 \/ \u0041nn \ud83d\ude00.\u000a\n\u0041DVERTISEMENT\n\nNa\u00efve \u201cend\u201d \ud800."}"#;
    let clean = r#"{"text":"Caf\u00e9 \/ \u0041nn \ud83d\ude00.\u000a\nNa\u00efve \u201cend\u201d \ud800."}"#;
    Desk::new().run_with("filter --format jsonl", noisy).succeeds().prints(clean);
}

#[test]
fn line_ends_blank_lines_and_a_byte_order_mark_stay() {
    let (noisy, clean) =
        record(|text| format!("\u{feff}{{\"text\":\"{text}\"}}\r\n\n  \r\n{{\"text\":\"x\"}}"));
    Desk::new().run_with("filter --format jsonl", noisy).succeeds().prints(clean);
}

#[test]
fn records_without_a_text_pass_and_are_counted() {
    let input =
        "{\"id\":1}\n{\"text\":null}\n{\"text\":17}\n{\"text\":[\"ADVERTISEMENT\"]}\n{\"text\":\"x\"}\n";
    Desk::new()
        .run_with("filter --format jsonl", input)
        .succeeds()
        .prints(input)
        .says(&["1 document", "4 records without the text field"]);
}

#[test]
fn malformed_records_pass_untouched_and_are_told() {
    let input = b"{\"text\":\"x\"}\n{\"text\": oops}\n[1]\n{\"text\":\"\xFF\"}\n{\"text\":\"cut";
    Desk::new().run_with("filter --format jsonl", input).succeeds().prints(input).says(&[
        "line 2 ",
        "line 3 ",
        "line 4 ",
        "line 5 ",
        "4 records or files passed on",
    ]);
}

#[test]
fn many_malformed_records_are_counted_and_not_all_told() {
    let input = "{\"text\":\"x\"}\n".to_owned() + &"oops\n".repeat(100);
    let outcome = Desk::new().run_with("filter --format jsonl", &input).succeeds().prints(&input);
    let outcome = outcome.says(&["100 records or files passed on"]);
    assert!(outcome.stderr.lines().count() < 20, "{}", outcome.stderr);
}

#[test]
fn a_field_that_no_record_has_is_an_error() {
    let input = "{\"body\":\"A\"}\n{\"body\":\"B\"}\n";
    Desk::new().run_with("filter --format jsonl --field txet", input).fails().prints(input).says(&[
        "2 records",
        "`txet`",
        "--field",
    ]);
}

#[test]
fn what_is_no_json_lines_at_all_is_an_error() {
    Desk::new().run_with("filter --format jsonl", "One.\nTwo.\n").fails().says(&["is this JSON Lines?"]);
}

#[test]
fn no_input_is_no_error() {
    Desk::new().run_with("filter --format jsonl", "").succeeds().prints("");
    Desk::new().run_with("filter --format jsonl", "\n\n").succeeds().prints("\n\n");
    Desk::new().run_with("filter", "").succeeds().prints("");
}

#[test]
fn a_record_says_its_site_and_language_itself() {
    let pack = span_pack("site", "FURNITURE", "when = { hosts = [\"example.com\"], langs = [\"de\"] }")
        .replace("to = \"A B\"", "to = \"A B\", url = \"example.com\", lang = \"de\"");
    let desk = Desk::with("site.toml", pack);
    let text = |word: &str| sentence(word).trim_end().to_owned();
    let record = |url: &str, lang: &str, text: &str| {
        format!("{{\"url\":\"https://{url}/a\",\"language\":\"{lang}\",\"text\":\"{text}\"}}\n")
    };
    let noisy = ["example.com", "example.org"].map(|url| record(url, "de-AT", &text("FURNITURE"))).concat();
    let clean =
        record("example.com", "de-AT", &text("")) + &record("example.org", "de-AT", &text("FURNITURE"));
    desk.run_with("filter --format jsonl --pack site.toml", noisy).succeeds().prints(clean);
}

#[test]
fn a_record_of_a_megabyte_is_worked_on() {
    let prose: String = (0..30_000).map(|i| format!("Sentence {i} \\u00e9 says something.\\n")).collect();
    let noisy = format!("{{\"text\":\"{prose}\\nADVERTISEMENT\\n\\n{prose}\"}}\n");
    let clean = format!("{{\"text\":\"{prose}\\n{prose}\"}}\n");
    Desk::new().run_with("filter --format jsonl --select ads", noisy).succeeds().prints(clean);
}

#[test]
fn deeply_nested_records_are_no_danger() {
    let deep = format!("{{\"x\":{}{},\"text\":\"A.\"}}\n", "[".repeat(50_000), "]".repeat(50_000));
    Desk::new().run_with("filter --format jsonl", &deep).succeeds().prints(&deep);
}
