//! `dechaff filter` on tables: CSV, TSV and their like.

use std::io::Write as _;
use std::process::Stdio;

use crate::support::{ARTICLE, CLEAN, Desk, gunzip, gzip, span_pack};

/// A table with the text in its second column, and rows of many kinds.
fn table(text: &str, delimiter: char, line_end: &str) -> String {
    let quoted = format!("\"{}\"", text.replace('"', "\"\""));
    [
        "id,text,\"a, \"\"quoted\"\" name\",n".to_owned(),
        format!("1,{quoted},\"ADVERTISEMENT\nADVERTISEMENT\",1.50"),
        format!("\"2\",{quoted},,"),
        String::new(),
        "3,\"Nothing, \"\"here\"\".\",,".to_owned(),
        "4".to_owned(),
        format!("5,{quoted},x,y,,"),
    ]
    .map(|row| row.replace(", ", "\0").replace(',', &delimiter.to_string()).replace('\0', ", ") + line_end)
    .concat()
}

#[test]
fn all_but_the_column_stays_byte_for_byte() {
    for (form, delimiter) in [("csv", ','), ("csv", ';'), ("csv", '|'), ("tsv", '\t')] {
        for line_end in ["\n", "\r\n"] {
            let article = format!("{ARTICLE}She said \"no\".");
            let clean = format!("{CLEAN}She said \"no\".");
            let input = format!("\u{feff}{}", table(&article, delimiter, line_end));
            let expected = format!("\u{feff}{}", table(&clean, delimiter, line_end));
            let desk = Desk::new();
            let line = format!("filter --format {form} --report r.jsonl");
            let outcome = desk.run_with(&line, &input).succeeds().prints(&expected);
            let outcome = outcome.says(&["4 documents, 3 changed", "1 record without the text"]);
            desk.run_with("restore --report r.jsonl", outcome.stdout).succeeds().prints(&input);
        }
    }
}

#[test]
fn a_table_is_known_by_its_first_row() {
    let desk = Desk::new();
    for delimiter in [',', '\t', ';', '|'] {
        desk.run_with("filter", table(ARTICLE, delimiter, "\n"))
            .succeeds()
            .prints(table(CLEAN, delimiter, "\n"));
    }
    desk.run_with("filter --delimiter : --format csv --field body", "id:body\n1:x, y\n")
        .succeeds()
        .says(&["1 document, nothing"]);
}

#[test]
fn a_column_may_go_by_its_number() {
    let input = format!("1,\"{ARTICLE}\"\n2,\"{ARTICLE}\"\n");
    Desk::new()
        .run_with("filter --format csv --no-header --field #2", &input)
        .succeeds()
        .prints(input.replace(ARTICLE, CLEAN));
    let outcome = Desk::new().run_with("filter --format csv --no-header", &input).fails().prints("");
    outcome.says(&["no column `text`", "--field '#1' to '#2'"]);
}

#[test]
fn a_column_that_is_not_there_is_told_at_once() {
    let desk = Desk::new();
    let outcome = desk.run_with("filter --format csv --field txet", "id,text\n1,x\n").fails().prints("");
    outcome.says(&["no column `txet`", "did you mean `text`?"]);
    desk.run_with("filter --format csv", "id,body\n1,x\n").fails().prints("").says(&["it has id, body"]);
    for (args, told) in [
        ("--url-field lnik", "no column `lnik` for the URL: did you mean `link`?"),
        ("--lang-field x", "no column `x` for the language: it has link, text; name it with --lang-field"),
        ("--drop-field txt2", "no column `txt2` to leave out: did you mean `text`?"),
    ] {
        let line = format!("filter --format csv {args}");
        desk.run_with(&line, "link,text\n1,x\n").fails().prints("").says(&[told]);
    }
    let record = format!("1,\"{ARTICLE}\"\n");
    let outcome = desk.run_with("filter --format csv", record).fails().prints("");
    outcome.says(&["its first row looks like a record", "--no-header", "--field, such as '#2'"]);
    desk.run_with("filter --format csv", "").succeeds().prints("");
    desk.run_with("filter --format csv", "id,text").succeeds().prints("id,text");
}

#[test]
fn the_report_places_removals_in_the_text() {
    let desk = Desk::new();
    let input = format!("text,url,id\r\nx,,\r\n\r\n\"{ARTICLE}\",https://example.com/a,a7\r\n");
    desk.run_with("filter --format csv --report r.jsonl", &input).succeeds();
    let header = &desk.report_lines("r.jsonl", "file")[0]["input"];
    assert_eq!((&header["form"], &header["delimiter"]), (&"csv".into(), &",".into()));
    let entries = desk.report_lines("r.jsonl", "document");
    let [_, entry] = &*entries else { panic!("two documents: {entries:?}") };
    assert_eq!((&entry["line"], &entry["id"]), (&4.into(), &"a7".into()));
    let removal = &entry["removals"][0];
    assert_eq!((&removal["line"], &removal["text"]), (&3.into(), &"ADVERTISEMENT\n\n".into()));
    let start = ARTICLE.find("ADV").unwrap();
    assert_eq!(removal["raw_bytes"], serde_json::json!([start + 1, start + 16]));
}

#[test]
fn columns_are_added_and_dropped_and_come_back() {
    let input = format!("html,text,id\n<p>,\"{ARTICLE}\",1\n<p>,short\n<p>\n<p>,plain,3,\n");
    let clean = input.replace(ARTICLE, CLEAN);
    let desk = Desk::new();
    for (arguments, expected) in [
        ("--drop-field html", clean.replace("html,", "").replace("<p>,", "").replace("<p>", "")),
        (
            "--output-field clean",
            format!(
                "html,text,id,clean\n<p>,\"{ARTICLE}\",1,\"{CLEAN}\"\n<p>,short,,short\n<p>\n\
                 <p>,plain,3,plain,\n"
            ),
        ),
        (
            "--keep-original raw --drop-field html",
            format!("text,id,raw\n\"{CLEAN}\",1,\"{ARTICLE}\"\nshort,,\n\nplain,3,,\n"),
        ),
    ] {
        let line = format!("filter --format csv --report r.jsonl {arguments}");
        let outcome = desk.run_with(&line, &input).succeeds().prints(expected);
        desk.run_with("restore --report r.jsonl", outcome.stdout).succeeds().prints(&input);
    }
    let outcome = desk.run_with("filter --format csv --annotate noise", &input).succeeds();
    outcome.shows(&["html,text,id,noise\n", "\n\",1,\"[{\"\"bytes\"\":[53,68]", "<p>,short,,\n<p>\n"]);
}

#[test]
fn a_column_that_is_there_is_not_written_over() {
    let input = format!("html,text\n<p>,\"{ARTICLE}\"\n");
    for option in ["--output-field", "--keep-original", "--annotate"] {
        let line = format!("filter --format csv {option} html");
        Desk::new().run_with(&line, &input).fails().prints("").says(&["there is a field `html` already"]);
    }
    let line = "filter --format csv --keep-original html --drop-field html --report r.jsonl";
    let desk = Desk::new();
    let outcome = desk.run_with(line, &input).succeeds();
    let outcome = outcome.prints(format!("html,text\n\"{ARTICLE}\",\"{CLEAN}\"\n"));
    desk.run_with("restore --report r.jsonl", outcome.stdout).succeeds().prints(&input);
}

#[test]
fn a_row_with_more_fields_than_the_table_has_names_is_told_and_passed_on() {
    let (noisy, clean) = (format!("1,a,\"{ARTICLE}\",,\n"), format!("1,a,\"{CLEAN}\",,\n"));
    let shifted = format!("2,Hello, world,\"{ARTICLE}\"\n");
    let table = |first: &str| format!("id,title,text\n{first}{shifted}");
    let line = "filter --format csv";
    let told = "line 8: the row has 4 fields, and the first row names 3";
    Desk::new()
        .run_with(line, table(&noisy))
        .succeeds()
        .prints(table(&clean))
        .says(&[told, "1 record passed on"]);
    Desk::new().run_with(&format!("{line} --strict"), table(&noisy)).fails().says(&[told]);
    let line = "filter --format csv --no-header --field #4";
    Desk::new().run_with(line, &shifted).succeeds().prints(shifted.replace(ARTICLE, CLEAN));
}

#[test]
fn a_wrong_quote_is_told_and_passed_on() {
    let good = format!("1,\"{ARTICLE}\",x\n");
    let clean = good.replace(ARTICLE, CLEAN);
    for wrong in ["2,5\" pipe,x\n", "2,\"5\" pipe\",x\n"] {
        let input = ["id,text,n\n", &good, wrong, &good].concat();
        let outcome = Desk::new().run_with("filter --format csv", &input).succeeds();
        let outcome = outcome.prints(["id,text,n\n", &clean, wrong, &clean].concat());
        outcome.says(&["line 8: field 2 ", "double the quote", "1 record passed on as it was"]);
        let outcome = Desk::new().run_with("filter --format csv --strict", &input).fails();
        outcome.prints(["id,text,n\n", &clean].concat()).says(&["line 8: field 2 ", "--strict"]);
    }
    let input = ["id,text,n\n", &good, "2,\"open,x\n", "3,ADVERTISEMENT,x\n"].concat();
    Desk::new()
        .run_with("filter --format csv", &input)
        .succeeds()
        .prints(input.replace(ARTICLE, CLEAN))
        .says(&["line 8: the quote that opens field 2 is never closed"]);
}

#[test]
fn rows_that_are_left_empty_may_be_dropped_and_come_back() {
    let pack = span_pack("mine", "NOISE", "budget = 1.0").replace("description", "budget = 1.0\ndescription");
    let desk = Desk::with("mine.toml", pack);
    let input = "text\r\nNOISE\r\nKept.\r\n\"NOISE\"\r\n";
    let line = "filter --format csv --pack mine.toml --budget 1 --report r.jsonl";
    for (drop, expected) in [("--drop-empty", "text\r\nKept.\r\n"), ("", "text\r\n\"\"\r\nKept.\r\n\"\"\r\n")]
    {
        let outcome = desk.run_with(&format!("{line} {drop}"), input).succeeds().prints(expected);
        desk.run_with("restore --report r.jsonl", outcome.stdout).succeeds().prints(input);
    }
}

#[test]
fn tables_and_json_in_folders_are_cleaned_and_come_back() {
    let json = |text: &str| format!("[\n  {{\"text\": \"{}\"}}\n]\n", text.replace('\n', "\\n"));
    let noisy = [
        ("in/a.csv", table(ARTICLE, ';', "\r\n").into_bytes()),
        ("in/b.tsv.gz", gzip(table(ARTICLE, '\t', "\n"))),
        ("in/c.json", json(ARTICLE).into_bytes()),
        ("in/d.csv", table("Nothing.", ',', "\n").into_bytes()),
        ("in/e.txt", ARTICLE.into()),
    ];
    let desk = noisy.iter().fold(Desk::new(), |desk, (name, bytes)| desk.and(name, bytes));
    desk.run("clean in -o out --report r.jsonl").succeeds();
    assert_eq!(desk.text("out/a.csv"), table(CLEAN, ';', "\r\n"));
    assert_eq!(gunzip(&desk.bytes("out/b.tsv.gz")), table(CLEAN, '\t', "\n").into_bytes());
    assert_eq!(desk.text("out/c.json"), json(CLEAN));
    desk.run("restore --report r.jsonl out -o back").succeeds();
    desk.run("clean in --in-place --report r2.jsonl").succeeds();
    assert_eq!(desk.text("in/a.csv"), table(CLEAN, ';', "\r\n"));
    desk.run("restore --report r2.jsonl in --in-place").succeeds();
    for (name, bytes) in noisy {
        let content = |bytes: &[u8]| if name.ends_with(".gz") { gunzip(bytes) } else { bytes.to_vec() };
        assert_eq!(content(&desk.bytes(&name.replace("in/", "back/"))), content(&bytes), "{name}");
        assert_eq!(content(&desk.bytes(name)), content(&bytes), "{name}");
    }
}

#[test]
fn options_for_tables_are_refused_elsewhere() {
    for line in ["filter --format jsonl --no-header", "filter --format jsonl --delimiter tab"] {
        Desk::new().run_with(line, "{}\n").fails().prints("").says(&["are for tables"]);
    }
    let outcome = Desk::new().run_with("filter --delimiter ab", "").fails();
    outcome.says(&["not a delimiter"]);
}

#[test]
fn output_and_report_are_the_same_however_the_input_comes() {
    let article = ARTICLE.repeat(3);
    let rows: Vec<String> = (0..600)
        .map(|i| match i % 7 {
            0 => format!("{i},\"{}\",\"x\"\"\n\"\r\n", article.repeat(i % 5 + 1)),
            1 => format!("{i},5\" wide,\n"),
            2 => "\n".to_owned(),
            3 => format!("{i}\r\n"),
            _ => format!("{i},\"Row, {i}. {ARTICLE}\",\"\",\n"),
        })
        .collect();
    let input = "id,text,n\r\n".to_owned() + &rows.concat() + "7,\"open\n";
    let desk = Desk::new();
    let mut outcomes = Vec::new();
    for (piece, jobs) in [(input.len(), "1"), (1, "1"), (1, "2"), (777, "2"), (65_536, "7")] {
        let args = ["filter", "--keep-original", "raw", "-v", "-j", jobs, "--report", "r.jsonl"];
        let mut command = desk.command(args);
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
fn a_table_in_another_form_of_text_is_told() {
    let utf16: Vec<u8> = "\u{feff}id,text\n1,One.\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    Desk::new()
        .run_with("filter --format csv", utf16)
        .fails()
        .prints("")
        .says(&["UTF-16; convert it to UTF-8"]);
    let wrong = Desk::new().run_with("filter --format csv", "\"text\" ,id\nx,1\n").fails();
    assert_eq!(wrong.stderr.matches("closing quote").count(), 1, "{}", wrong.stderr);
}
