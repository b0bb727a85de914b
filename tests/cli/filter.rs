//! `dechaff filter`: what is not being cleaned is not touched.

use std::io::Write as _;
use std::process::Stdio;

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
        "{\"id\":1}\n{\"text\":null}\n{\"text\":17}\n{\"text\":[\"ADVERTISEMENT\",1]}\n{\"text\":\"x\"}\n";
    Desk::new()
        .run_with("filter --format jsonl", input)
        .succeeds()
        .prints(input)
        .says(&["1 document", "4 records without the text field"]);
}

#[test]
fn other_fields_that_no_record_has_are_told() {
    let input =
        "{\"link\":\"https://a.example/\",\"text\":\"A\"}\n{\"text\":\"B\",\"meta\":{\"html\":null}}\n";
    for (args, told) in [
        ("--url-field lnik", "a field `lnik` for the URL: did you mean `link`?"),
        (
            "--id-field uid",
            "a field `uid` for the id: the fields are link, meta, text; name it with --id-field",
        ),
        ("--field text --field linnk", "a field `linnk` for a text: did you mean `link`?"),
        ("--drop-field meta.htlm", "a field `meta.htlm` to leave out: did you mean `meta.html`?"),
    ] {
        let line = format!("filter --format jsonl {args}");
        Desk::new().run_with(&line, input).succeeds().prints(input).says(&["none of the 2 records", told]);
    }
    // One record that has it is enough, whatever it holds.
    let outcome =
        Desk::new().run_with("filter --format jsonl --url-field link --title-field meta.html", input);
    assert!(!outcome.succeeds().stderr.contains("none of"));
    // Who cannot find the texts is told of those alone.
    let outcome = Desk::new().run_with("filter --format jsonl --field body --url-field lnik", input).fails();
    assert!(!outcome.stderr.contains("lnik"), "{}", outcome.stderr);
}

#[test]
fn an_object_in_the_place_of_a_text_is_told() {
    let input = "{\"article\":{\"body\":\"A\",\"n\":1}}\n";
    Desk::new().run_with("filter --format jsonl --field article", input).fails().prints(input).says(&[
        "`article` of standard input holds no text, but other fields",
        "--field: article.body, article.n",
    ]);
    let input = "{\"pages\":[{\"text\":\"A\"}],\"a\":{\"b\":{\"body\":\"B\"}}}\n";
    for (field, told) in [
        ("pages", "other fields; name one with --field: pages[].text"),
        ("pages.text", "did you mean `pages[].text`?"),
        ("a.body", "did you mean `a.b.body`?"),
    ] {
        let line = format!("filter --format jsonl --field {field}");
        Desk::new().run_with(&line, input).fails().prints(input).says(&[told]);
    }
}

#[test]
fn a_field_with_a_line_feed_in_its_name_does_not_break_a_message() {
    let input = "{\"a\\nb\":\"A\"}\n";
    let outcome = Desk::new().run_with("filter --format jsonl --field body", input).fails().prints(input);
    outcome.says(&[r"the fields are a\nb;"]);
    let outcome = Desk::new().run_with("filter --format csv --field txet", "id,\"te\nxt\"\n1,A\n").fails();
    outcome.says(&[r"te\nxt"]);
}

#[test]
fn a_file_is_told_where_to_go() {
    let desk = Desk::with("a.txt", ARTICLE);
    desk.run("filter a.txt").fails().prints("").says(&["`dechaff filter < a.txt`", "`dechaff clean a.txt`"]);
    desk.run_with("filter -", ARTICLE).succeeds().prints(CLEAN);
}

#[test]
fn an_element_of_a_list_cannot_be_dropped() {
    let outcome = Desk::new().run_with("filter --format jsonl --drop-field tags[0]", "").fails();
    outcome.says(&["`tags[0]` is an element of a list"]);
}

#[test]
fn malformed_records_pass_untouched_and_are_told() {
    let input = b"{\"text\":\"x\"}\n{\"text\": oops}\n[1]\n{\"text\":\"\xFF\"}\n{\"text\":\"cut";
    Desk::new().run_with("filter --format jsonl", input).succeeds().prints(input).says(&[
        "line 2: ",
        "line 3: ",
        "line 4: ",
        "line 5: ",
        "4 records passed on",
    ]);
}

#[test]
fn many_malformed_records_are_counted_and_not_all_told() {
    let input = "{\"text\":\"x\"}\n".to_owned() + &"oops\n".repeat(100);
    let outcome = Desk::new().run_with("filter --format jsonl", &input).succeeds().prints(&input);
    let outcome = outcome.says(&["100 records passed on"]);
    assert!(outcome.stderr.lines().count() < 20, "{}", outcome.stderr);
}

#[test]
fn a_field_that_no_record_has_is_an_error() {
    let input = "{\"body\":\"A\"}\n{\"body\":\"B\"}\n";
    Desk::new().run_with("filter --format jsonl --field txet", input).fails().prints(input).says(&[
        "2 records",
        "`txet`",
        "the fields are body;",
        "--field",
    ]);
    let input = "{\"body\":\"A\",\"meta\":{\"text\":\"B\"}}\n";
    for (wrong, right) in [("bdoy", "`body`"), ("meta.txet", "`meta.text`")] {
        let line = format!("filter --format jsonl --field {wrong}");
        Desk::new().run_with(&line, input).fails().prints(input).says(&["did you mean", right]);
    }
}

#[test]
fn what_is_no_json_lines_at_all_is_an_error() {
    Desk::new()
        .run_with("filter --format jsonl", "One.\nTwo.\n")
        .fails()
        .says(&["none of the 2 records", "--format"]);
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

#[test]
fn json_lines_are_known_by_their_first_record() {
    let (noisy, clean) = record(|text| format!("\n {{\"text\":\"{text}\"}}\n"));
    Desk::new().run_with("filter", noisy).succeeds().prints(clean);
    Desk::new()
        .run_with("filter", "{braces} start this text.\n")
        .succeeds()
        .prints("{braces} start this text.\n");
}

#[test]
fn several_fields_and_fields_inside_others_hold_texts() {
    let text = ARTICLE.replace('\n', "\\n");
    let clean = CLEAN.replace('\n', "\\n");
    let record = |text: &str| {
        format!(
            "{{\"a\":{{\"b\":[{{\"t\":\"{text}\"}},{{\"t\": \"{text}\"}}]}},\"body\":\"{text}\",\"x\":\"{text}\"}}\n"
        )
    };
    let expected = record(&clean).replace(&format!("\"x\":\"{clean}"), &format!("\"x\":\"{text}"));
    let desk = Desk::new();
    let outcome =
        desk.run_with("filter --field body --field a.b[].t --report r.jsonl", record(&text)).succeeds();
    let outcome = outcome.prints(&expected).says(&["3 documents, 3 changed"]);
    desk.run_with("restore --report r.jsonl", outcome.stdout).succeeds().prints(record(&text));
    let fields: Vec<_> =
        desk.report_lines("r.jsonl", "document").into_iter().map(|d| d["field"].clone()).collect();
    assert_eq!(fields, ["a.b[].t", "a.b[].t", "body"]);
}

#[test]
fn paragraphs_in_an_array_are_one_text() {
    let noisy = r#"{"text": ["The council met on Monday to talk about the bridge.", "ADVERTISEMENT", "The vote is expected in May."]}"#;
    let clean = r#"{"text": ["The council met on Monday to talk about the bridge.", "The vote is expected in May."]}"#;
    let desk = Desk::new();
    let outcome = desk.run_with("filter --report r.jsonl", noisy).succeeds().prints(clean);
    desk.run_with("restore --report r.jsonl", outcome.stdout).succeeds().prints(noisy);
}

/// A record with two fields around the text, and what comes of it with these arguments; it must come back.
#[track_caller]
fn comes_out(arguments: &str, expected: &str) {
    let record = |text: &str| {
        format!("{{\"id\": 7, \"text\": \"{}\", \"html\": \"<p>\"}}\n", text.replace('\n', "\\n"))
    };
    let input = record(ARTICLE) + &record(CLEAN);
    let expected = expected
        .replace("ARTICLE", &ARTICLE.replace('\n', "\\n"))
        .replace("CLEAN", &CLEAN.replace('\n', "\\n"));
    let desk = Desk::new();
    let outcome = desk.run_with(&format!("filter {arguments} --report r.jsonl"), &input).succeeds();
    let outcome = outcome.prints(expected);
    desk.run_with("restore --report r.jsonl", outcome.stdout).succeeds().prints(input);
}

#[test]
fn the_clean_text_may_go_to_a_field_of_its_own() {
    comes_out(
        "--output-field clean",
        "{\"id\": 7, \"text\": \"ARTICLE\", \"clean\": \"CLEAN\", \"html\": \"<p>\"}\n\
         {\"id\": 7, \"text\": \"CLEAN\", \"clean\": \"CLEAN\", \"html\": \"<p>\"}\n",
    );
}

#[test]
fn a_field_that_is_there_is_not_written_over() {
    let noisy = crate::support::record(ARTICLE);
    let there = noisy.replace('}', ",\"x\":null}");
    let made = noisy.replace('}', &format!(",\"x\":{}}}", serde_json::json!(CLEAN)));
    let told = "line 2: there is a field `x` already; give the added one another name";
    let line = "filter --format jsonl --output-field x";
    let desk = Desk::new();
    desk.run_with(line, [&*noisy, &there].concat())
        .succeeds()
        .prints([&*made, &there].concat())
        .says(&[told]);
    desk.run_with(&format!("{line} --strict"), [&*noisy, &there].concat()).fails().says(&[told]);
    // Whoever drops it means to replace it.
    let line = format!("{line} --drop-field x --report r.jsonl");
    let outcome = desk.run_with(&line, &there).succeeds().prints(&made);
    desk.run_with("restore --report r.jsonl", outcome.stdout).succeeds().prints(&there);
}

#[test]
fn the_original_may_be_kept() {
    comes_out(
        "--keep-original raw",
        "{\"id\": 7, \"text\": \"CLEAN\", \"raw\": \"ARTICLE\", \"html\": \"<p>\"}\n\
         {\"id\": 7, \"text\": \"CLEAN\", \"html\": \"<p>\"}\n",
    );
}

#[test]
fn findings_may_be_written_beside_the_text() {
    comes_out(
        "--annotate noise",
        "{\"id\": 7, \"text\": \"ARTICLE\", \"noise\": [{\"bytes\":[53,68],\"chars\":[53,68],\"line\":3,\"column\":1,\
         \"rule\":\"ad-label\",\"kind\":\"ad\"}], \"html\": \"<p>\"}\n{\"id\": 7, \"text\": \"CLEAN\", \"html\": \"<p>\"}\n",
    );
}

#[test]
fn what_stays_is_told_as_found() {
    for (arguments, told) in [
        ("--annotate noise", "1 document, 1 with noise: 1 finding, 15 bytes"),
        ("--output-field clean", "1 document, 1 with noise: 1 finding, 15 bytes"),
        ("--keep-original raw", "1 document, 1 changed: 1 removal, 15 bytes"),
    ] {
        let line = format!("filter --format jsonl {arguments} --report r.jsonl");
        Desk::new().run_with(&line, crate::support::record(ARTICLE)).succeeds().says(&[told]);
    }
}

#[test]
fn fields_may_be_dropped() {
    comes_out(
        "--drop-field html --drop-field id",
        "{ \"text\": \"CLEAN\"}\n{ \"text\": \"CLEAN\"}\n".replace("{ ", "{").as_str(),
    );
    comes_out(
        "--drop-field html --keep-original raw",
        "{\"id\": 7, \"text\": \"CLEAN\", \"raw\": \"ARTICLE\"}\n{\"id\": 7, \"text\": \"CLEAN\"}\n",
    );
}

#[test]
fn fields_in_each_others_way_are_refused() {
    for (arguments, part) in [
        ("--drop-field text", "cannot be dropped"),
        ("--output-field text", "another name"),
        ("--field a..b", "not a path"),
        ("--output-field x --annotate y", "cannot be used with"),
        ("--field a --field b --output-field x", "several fields"),
    ] {
        Desk::new()
            .run_with(&format!("filter --format jsonl {arguments}"), "{}\n")
            .fails()
            .prints("")
            .says(&[part]);
    }
}

/// The text is nothing but noise, and the budgets let it go.
#[test]
fn records_that_are_left_empty_may_be_dropped_and_come_back() {
    let pack = span_pack("mine", "NOISE", "budget = 1.0").replace("description", "budget = 1.0\ndescription");
    let desk = Desk::with("mine.toml", pack);
    let empty = "{\"text\":\"NOISE\"}\r\n";
    let input = [empty, "{\"text\":\"Kept.\"}\n{\"text\":\"\"}\n", empty, empty].concat();
    let line = "filter --pack mine.toml --budget 1 --report r.jsonl";
    let outcome = desk.run_with(&format!("{line} --drop-empty"), &input).succeeds();
    let outcome = outcome.prints("{\"text\":\"Kept.\"}\n{\"text\":\"\"}\n").says(&["3 records left out"]);
    desk.run_with("restore --report r.jsonl", outcome.stdout).succeeds().prints(&input);
    desk.run_with(line, &input).succeeds().prints(input.replace("NOISE", ""));
}

#[test]
fn strict_stops_at_the_first_malformed_record() {
    let good: String = (0..5000).map(|i| format!("{{\"text\":\"Record {i}.\"}}\n")).collect();
    for jobs in [1, 2, 7] {
        let input = format!("{good}oops\n{good}oops again\n");
        let outcome = Desk::new().run_with(&format!("filter --format jsonl --strict -j {jobs}"), input);
        let outcome = outcome.fails().prints(&good).says(&["line 5001: ", "not JSON", "--strict"]);
        assert!(!outcome.stderr.contains("passed on"), "{}", outcome.stderr);
    }
}

#[test]
fn with_strict_nothing_comes_behind_a_record_that_is_too_large() {
    let (one, large) = (crate::support::record("One."), crate::support::record(&"x".repeat(300_000)));
    for jobs in ["1", "2"] {
        for limit in ["1K", "290K"] {
            let line = format!("filter --format jsonl --strict --max-record {limit} -j {jobs}");
            let outcome = Desk::new().run_with(&line, [&*one, &large, &one].concat()).fails().prints(&one);
            outcome.says(&["line 2: record is over", "--strict stops here"]);
        }
    }
}

#[test]
fn a_record_that_is_too_large_is_passed_on_and_told() {
    let text = ARTICLE.replace('\n', "\\n");
    let small = format!("{{\"text\":\"{text}\"}}\n");
    let large = format!("{{\"text\":\"{}\"}}\n", text.repeat(10_000));
    let desk = Desk::new();
    let input = [small.as_str(), &large, &small].concat();
    let clean = small.replace(&text, &CLEAN.replace('\n', "\\n"));
    for jobs in [1, 2] {
        let line = format!("filter --format jsonl --max-record 500K -j {jobs} --report r.jsonl");
        let outcome = desk.run_with(&line, &input).succeeds();
        assert!(outcome.stdout == [clean.as_str(), &large, &clean].concat().into_bytes());
        outcome.says(&["line 2: record is over 512000 bytes", "1 record passed on"]);
        assert_eq!(desk.report_lines("r.jsonl", "skipped")[0]["line"], 2);
    }
}

/// Records of many kinds and lengths, malformed ones too.
fn many_records() -> String {
    let text = ARTICLE.replace('\n', "\\n");
    (0..3000)
        .map(|i| match i % 7 {
            0 => format!("{{\"id\":{i},\"text\":\"{text}\",\"other\":\"{}\"}}\n", "x".repeat(i % 40 * 200)),
            1 => "oops\n".to_owned(),
            2 => "\r\n".to_owned(),
            3 => format!("{{\"title\":\"{text}\"}}\n"),
            _ => format!("{{\"text\":\"Record {i}. {text}\"}}\r\n"),
        })
        .collect()
}

#[test]
fn output_and_report_are_the_same_for_any_number_of_jobs() {
    let input = many_records();
    let desk = Desk::new();
    let mut outcomes = Vec::new();
    for jobs in [1, 2, 7] {
        let line = format!("filter --format jsonl -v -j {jobs} --report {jobs}.jsonl");
        let outcome = desk.run_with(&line, &input).succeeds();
        outcomes.push((outcome.stdout, outcome.stderr, desk.text(&format!("{jobs}.jsonl"))));
    }
    assert!(outcomes.windows(2).all(|pair| pair[0] == pair[1]));
    desk.run_with("restore --report 7.jsonl", &outcomes[0].0).succeeds().prints(&input);
}

#[test]
fn texts_may_come_in_records() {
    let other = sentence("").replace("Something", "Nothing");
    let desk = Desk::with("mine.toml", span_pack("mine", "NOISE", ""));
    let noisy = sentence("NOISE");
    let clean = sentence("");
    for (end, glue) in [("line", ""), ("blank-line", " \r\n\n"), ("nul", "\0")] {
        let input = [&noisy, glue, &other, glue, &noisy].concat();
        let expected = [&clean, glue, &other, glue, &clean].concat();
        let line = format!("filter --records {end} --pack mine.toml --report r.jsonl");
        let outcome =
            desk.run_with(&line, &input).succeeds().prints(&expected).says(&["3 documents, 2 changed"]);
        assert_eq!(desk.report_lines("r.jsonl", "file")[0]["input"]["ends"], end);
        desk.run_with("restore --report r.jsonl", outcome.stdout).succeeds().prints(&input);
    }
}

#[test]
fn what_a_record_does_not_say_may_be_said_for_all() {
    let pack = span_pack("site", "FURNITURE", "when = { hosts = [\"example.com\"] }")
        .replace("to = \"A B\"", "to = \"A B\", url = \"example.com\"");
    let desk = Desk::with("site.toml", pack);
    let record = |about: &str, word: &str| format!("{{{about}\"text\":\"{}\"}}\n", sentence(word).trim_end());
    let other = "\"url\":\"https://example.org\",";
    let input = record("", "FURNITURE") + &record(other, "FURNITURE");
    let expected = record("", "") + &record(other, "FURNITURE");
    desk.run_with("filter --format jsonl --pack site.toml --url https://example.com/a", input)
        .succeeds()
        .prints(expected);
}

#[test]
fn options_that_a_form_has_no_use_for_are_refused() {
    for (line, part) in [
        ("filter --format jsonl --encoding latin1", "UTF-8"),
        ("filter --format text --field body", "no fields"),
        ("filter --format jsonl --records nul", "--records is for text"),
    ] {
        Desk::new().run_with(line, "{}\n").fails().prints("").says(&[part]);
    }
}

#[test]
fn output_and_report_are_the_same_however_the_input_comes() {
    let input = many_records().into_bytes();
    let input = &input[..150_000];
    let desk = Desk::new();
    let mut outcomes = Vec::new();
    for (piece, jobs) in [(input.len(), "1"), (1, "1"), (1, "2"), (777, "2"), (65_536, "7")] {
        let args = ["filter", "--format", "jsonl", "-v", "-j", jobs, "--report", "r.jsonl"];
        let mut child = desk
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let bytes = input.to_vec();
        let writer = std::thread::spawn(move || {
            bytes.chunks(piece).for_each(|piece| stdin.write_all(piece).unwrap());
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        outcomes.push((output.stdout, output.stderr, desk.text("r.jsonl")));
    }
    assert!(outcomes.windows(2).all(|pair| pair[0] == pair[1]));
}

/// A record that is malformed ends the work though the writer waits for an answer to it.
#[test]
fn strict_does_not_wait_for_more() {
    let desk = Desk::new();
    for jobs in ["1", "2"] {
        let mut command = desk.command(["filter", "--format", "jsonl", "-q", "--strict", "-j", jobs]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(b"{\"text\":\"One.\"}\noops\n").unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(2));
        drop(stdin);
    }
}

/// Far more goes through than the command may have of memory.
#[cfg(target_os = "linux")]
#[test]
fn memory_is_bounded() {
    let text = "Something stands here in the middle of a sentence of the article.\\n".repeat(15_000);
    let long_text = format!("{{\"text\":\"{text}\\nADVERTISEMENT\\n\\n{text}\"}}\n");
    let long_record =
        format!("{{\"other\":\"{text}{text}\",\"text\":\"{}\"}}\n", ARTICLE.replace('\n', "\\n"));
    let desk = Desk::new();
    // The shell bounds the address space of the command; threads' stacks count.
    let line = format!(
        "ulimit -v 262144; '{}' filter --select ads -q -j 2 | wc -c",
        assert_cmd::cargo::cargo_bin!("dechaff").display()
    );
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &line]).current_dir(desk.path("")).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for record in [&long_text, &long_text].into_iter().chain(std::iter::repeat_n(&long_record, 150)) {
        stdin.write_all(record.as_bytes()).unwrap();
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let bytes: usize = String::from_utf8(output.stdout).unwrap().trim().parse().unwrap();
    let removed = ARTICLE.len() - CLEAN.len() + 2;
    assert_eq!(bytes, 2 * long_text.len() + 150 * long_record.len() - 152 * removed);
}

#[test]
fn records_of_nothing_but_noise_may_be_left_out() {
    let noise = crate::support::record("ADVERTISEMENT\n\nADVERTISEMENT\n");
    let input = [&*noise, "{\"text\":\"Kept.\"}\n"].concat();
    let desk = Desk::new();
    for (arguments, expected) in [
        ("", input.clone()),
        ("--budget 1", input[noise.len()..].to_owned()),
        ("--budget 1 --output-field clean", "{\"text\":\"Kept.\",\"clean\":\"Kept.\"}\n".to_owned()),
    ] {
        let line = format!("filter --format jsonl --drop-empty --report r.jsonl {arguments}");
        let outcome = desk.run_with(&line, &input).succeeds().prints(expected);
        desk.run_with("restore --report r.jsonl", outcome.stdout).succeeds().prints(&input);
    }
}
