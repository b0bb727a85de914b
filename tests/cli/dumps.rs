//! `dechaff clean` on dumps: JSON Lines, compressed files, and folders of both with texts among them.

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::Stdio;

use crate::support::{ARTICLE, CLEAN, Desk, gunzip, gzip, record};

/// Texts and dumps, clean and not, compressed and not.
fn corpus() -> Desk {
    let dump = record(ARTICLE).repeat(3);
    Desk::with("in/a.txt", ARTICLE)
        .and("in/b.txt.gz", gzip(ARTICLE))
        .and(
            "in/array.json",
            format!("[\n  {},\n  {}]\n", record(ARTICLE).trim_end(), record("One.").trim_end()),
        )
        .and("in/clean.jsonl.gz", gzip(record(CLEAN)))
        .and("in/clean.txt", CLEAN)
        .and("in/deep/c.jsonl", format!("{}{}{dump}", record("One."), "oops\n"))
        .and("in/deep/d.jsonl.gz", gzip(&dump))
        .and("in/no-extension", &dump)
        .and("in/table.csv", format!("id,text\n7,\"{ARTICLE}\"\n"))
}

const CORPUS: [&str; 9] = [
    "a.txt",
    "array.json",
    "b.txt.gz",
    "clean.jsonl.gz",
    "clean.txt",
    "deep/c.jsonl",
    "deep/d.jsonl.gz",
    "no-extension",
    "table.csv",
];

/// A file's bytes, decompressed.
fn content(desk: &Desk, name: &str) -> Vec<u8> {
    let bytes = desk.bytes(name);
    if name.ends_with(".gz") { gunzip(&bytes) } else { bytes }
}

/// A dump of many blocks, and its clean form.
fn large(name: &str) -> (String, String) {
    let pad = "x".repeat(900);
    let records = |text: &str| -> String {
        (0..2000)
            .map(|i| match i % 50 {
                0 => record(&format!("Record {i} of {name}. {text}")),
                7 => "oops\n".to_owned(),
                _ => format!("{{\"id\":{i},\"pad\":\"{pad}\",\"text\":\"Nothing.\"}}\n"),
            })
            .collect()
    };
    (records(ARTICLE), records(CLEAN))
}

#[test]
fn a_dump_is_known_by_its_name_or_its_content_and_goes_to_standard_output() {
    let (noisy, clean) = (record(ARTICLE), record(CLEAN));
    for name in ["a.jsonl", "a.NDJSON", "dump", "dump.log"] {
        Desk::with(name, &noisy).run(&format!("clean {name}")).succeeds().prints(&clean);
        let name = format!("{name}.gz");
        Desk::with(&name, gzip(&noisy)).run(&format!("clean {name}")).succeeds().prints(&clean);
    }
    Desk::with("a.jsonl", gzip(&noisy)).run("clean a.jsonl").succeeds().prints(&clean);
    Desk::new().run_with("clean -", &noisy).succeeds().prints(&clean);
}

#[test]
fn the_form_may_be_said() {
    let desk = Desk::with("a.txt", record(ARTICLE)).and("b.jsonl", ARTICLE);
    desk.run("clean a.txt").succeeds().prints(record(ARTICLE));
    desk.run("clean a.txt --format jsonl").succeeds().prints(record(CLEAN));
    desk.run("clean b.jsonl --format text").succeeds().prints(CLEAN);
}

#[test]
fn fields_and_records_are_asked_for_as_in_a_filter() {
    let desk =
        Desk::with("a.jsonl", "{\"body\":\"x\"}\n".to_owned() + &record(ARTICLE).replace("text", "body"));
    desk.run("clean a.jsonl --field body --keep-original raw -o b.jsonl").succeeds();
    let clean = desk.text("b.jsonl");
    assert!(clean.starts_with("{\"body\":\"x\"}\n") && clean.contains("\"raw\":"), "{clean}");
    let oops = Desk::with("a.jsonl", record(ARTICLE) + "oops\n" + &record(ARTICLE));
    oops.run("clean a.jsonl --strict -o b.jsonl").fails().says(&["a.jsonl: line 2", "--strict"]);
    assert!(!oops.exists("b.jsonl"));
    oops.run("clean a.jsonl --strict").fails().prints(record(CLEAN));
    oops.run("clean a.jsonl --max-record 50").succeeds().prints(oops.text("a.jsonl"));
}

#[test]
fn a_folder_of_texts_and_dumps_keeps_its_tree() {
    let desk = corpus();
    desk.run("clean in -o out").succeeds().prints("").says(&["in/deep/c.jsonl: line 2: "]);
    for name in CORPUS {
        let before = String::from_utf8(content(&desk, &format!("in/{name}"))).unwrap();
        let clean = before.replace("ADVERTISEMENT\n\n", "").replace("ADVERTISEMENT\\n\\n", "");
        let after = String::from_utf8(content(&desk, &format!("out/{name}"))).unwrap();
        assert_eq!(after, clean, "{name}");
    }
    assert_eq!(desk.names("out").len(), 8);
}

#[test]
fn a_pattern_that_no_shell_put_names_for_is_looked_up() {
    let desk = corpus();
    desk.run("clean in/**/*.jsonl -o out -q").succeeds();
    assert_eq!(desk.names("out"), ["deep"]);
    assert_eq!(desk.names("out/deep"), ["c.jsonl"]);
    desk.run("clean i?/*.txt --in-place").succeeds().says(&["2 documents, 1 changed"]);
    desk.run("clean in/*.dat -o out").fails().says(&["no file is named like in/*.dat"]);
}

/// Neither in place nor on the way to a folder: it stays as it was compressed.
#[test]
fn a_file_without_a_finding_is_not_written_again() {
    let stored = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        encoder.write_all(record(CLEAN).repeat(30_000).as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let desk = corpus().and("in/stored.jsonl.gz", &stored);
    let unchanged = |name: &str| fs::metadata(desk.path(name)).unwrap().modified().unwrap();
    let names = ["in/clean.jsonl.gz", "in/clean.txt", "in/stored.jsonl.gz"];
    let before = names.map(|name| (desk.bytes(name), unchanged(name)));
    desk.run("clean in -o out").succeeds();
    for (name, (bytes, _)) in names.iter().zip(&before) {
        assert!(desk.bytes(&name.replacen("in", "out", 1)) == *bytes, "{name}");
    }
    desk.run("clean in --in-place").succeeds();
    assert_eq!(before, names.map(|name| (desk.bytes(name), unchanged(name))));
    assert_eq!(desk.text("in/no-extension"), record(CLEAN).repeat(3));
    assert_eq!(content(&desk, "in/deep/d.jsonl.gz"), record(CLEAN).repeat(3).as_bytes());
}

#[test]
fn the_compression_of_an_output_follows_its_name() {
    let desk = Desk::with("a.jsonl.gz", gzip(record(ARTICLE)))
        .and("b.jsonl", record(ARTICLE))
        .and("c", gzip(ARTICLE));
    desk.run("clean a.jsonl.gz -o a.jsonl").succeeds();
    assert_eq!(desk.text("a.jsonl"), record(CLEAN));
    desk.run("clean b.jsonl -o b.jsonl.gz").succeeds();
    assert_eq!(gunzip(&desk.bytes("b.jsonl.gz")), record(CLEAN).as_bytes());
    desk.run("clean b.jsonl -o b.zst --ignore ads").succeeds();
    desk.run("clean b.zst").succeeds().prints(record(CLEAN));
    desk.run("clean c --in-place").succeeds();
    assert_eq!(gunzip(&desk.bytes("c")), CLEAN.as_bytes());
}

#[test]
fn a_folder_of_texts_and_dumps_comes_back() {
    let desk = corpus();
    let originals = CORPUS.map(|name| content(&desk, &format!("in/{name}")));
    desk.run("clean in -o out --report r.jsonl -q").succeeds();
    desk.run("restore --report r.jsonl out -o back").succeeds().says_nothing();
    for (name, original) in CORPUS.iter().zip(&originals) {
        assert_eq!(content(&desk, &format!("back/{name}")), *original, "{name}");
    }
    assert_eq!(desk.bytes("back/clean.jsonl.gz"), desk.bytes("in/clean.jsonl.gz"));
    fs::rename(desk.path("out"), desk.path("moved")).unwrap();
    desk.write("moved/no-extension", record(CLEAN).repeat(3) + "more");
    let outcome = desk.run("restore --report r.jsonl moved -o again").fails();
    outcome.says(&["cannot restore moved/no-extension", "changed after it was cleaned"]);
    assert_eq!(content(&desk, "again/deep/c.jsonl"), originals[5]);
    assert!(!desk.exists("again/no-extension"));
}

#[test]
fn a_folder_of_texts_and_dumps_comes_back_in_place() {
    let desk = corpus();
    let originals = CORPUS.map(|name| content(&desk, &format!("in/{name}")));
    desk.run("clean in --in-place --report r.jsonl -q --drop-field id").succeeds();
    desk.run("restore --report r.jsonl in --in-place").succeeds().says_nothing();
    assert_eq!(CORPUS.map(|name| content(&desk, &format!("in/{name}"))), originals);
}

#[test]
fn a_report_says_of_each_record_in_which_file_and_line_it_is() {
    let desk = corpus();
    desk.run("clean in --report r.jsonl -v -q").fails();
    desk.run("clean in --report r.jsonl -v").succeeds().says(&[
        "in/deep/c.jsonl: record in line 3:3:1: ad ad-label: ADVERTISEMENT",
        "in/no-extension: record in line 1:3:1: ad ad-label: ADVERTISEMENT",
    ]);
    let lines = |name: &str, kind: &str| -> Vec<u64> {
        let lines = desk.report_lines("r.jsonl", kind);
        let of_file = lines.iter().filter(|line| line["path"] == name);
        of_file.filter_map(|line| line["line"].as_u64()).collect()
    };
    assert_eq!(lines("in/deep/c.jsonl", "document"), [1, 3, 4, 5]);
    assert_eq!(lines("in/deep/c.jsonl", "skipped"), [2]);
    assert_eq!(lines("in/no-extension", "document"), [1, 2, 3]);
    let files = desk.report_lines("r.jsonl", "file");
    let of_files: Vec<_> =
        files.iter().map(|file| (file["path"].as_str().unwrap(), file["untouched"] == true)).collect();
    assert_eq!(
        of_files,
        [
            ("in/array.json", false),
            ("in/clean.jsonl.gz", true),
            ("in/deep/c.jsonl", false),
            ("in/deep/d.jsonl.gz", false),
            ("in/no-extension", false),
            ("in/table.csv", false),
        ]
    );
    assert_eq!(desk.report_lines("r.jsonl", "summary")[0]["documents"], 17);
}

#[test]
fn a_misspelt_field_is_told_with_the_file_and_the_others_are_done() {
    let desk =
        Desk::with("in/a.jsonl", record(ARTICLE).replace("text", "body")).and("in/b.jsonl", record(ARTICLE));
    let outcome = desk.run("clean in -o out --report r.jsonl").fails();
    outcome.says(&[
        "in/a.jsonl has a field `text`",
        "the fields are body;",
        "1 document, 1 changed",
        "1 file could not",
    ]);
    assert_eq!(desk.names("out"), ["b.jsonl"]);
    desk.run("restore --report r.jsonl out -o back").succeeds();
    assert_eq!(desk.text("back/b.jsonl"), record(ARTICLE));
}

#[test]
fn a_dump_that_breaks_off_is_not_written_and_the_others_are_done() {
    let (noisy, clean) = large("a");
    let cut = gzip(&noisy);
    let small = gzip((0..50).map(|i| record(&format!("{} {ARTICLE}", i * 7919 % 1000))).collect::<String>());
    let desk = Desk::with("in/a.jsonl.gz", &cut[..cut.len() - 20])
        .and("in/b.jsonl", &noisy)
        .and("in/c.jsonl.gz", &small[..small.len() - 20])
        .and("in/d.txt", ARTICLE);
    let outcome = desk.run("clean in -o out --report r.jsonl").fails();
    outcome.says(&["in/a.jsonl.gz breaks off", "in/c.jsonl.gz breaks off", "2 files could not"]);
    assert_eq!(desk.names("out"), ["b.jsonl", "d.txt"]);
    assert!(desk.text("out/b.jsonl") == clean);
    desk.run("restore --report r.jsonl out -o back").succeeds();
    assert!(desk.text("back/b.jsonl") == noisy);
}

#[test]
fn a_target_that_cannot_be_written_does_not_stop_the_others() {
    let (noisy, clean) = large("a");
    let desk = Desk::with("in/a.jsonl", &noisy).and("in/b.jsonl", &noisy).and("out/a.jsonl/x", "precious");
    desk.run("clean in -o out").fails().says(&["cannot write", "out/a.jsonl", "1 file could not"]);
    assert!(desk.text("out/b.jsonl") == clean);
}

#[test]
fn output_and_report_are_the_same_for_any_number_of_jobs() {
    let desk = corpus();
    let dumps = ["z", "in/large.jsonl"].map(large);
    desk.write("in/deep/large.jsonl.gz", gzip(&dumps[0].0));
    desk.write("in/large.jsonl", &dumps[1].0);
    let mut outcomes = Vec::new();
    for jobs in [1, 2, 7] {
        let outcome = desk.run(&format!("clean in -o out -v -j {jobs} --report r.jsonl")).succeeds();
        let files = CORPUS.map(|name| desk.bytes(&format!("out/{name}")));
        assert!(desk.text("out/large.jsonl") == dumps[1].1);
        assert!(content(&desk, "out/deep/large.jsonl.gz") == dumps[0].1.as_bytes());
        outcomes.push((files, desk.bytes("out/deep/large.jsonl.gz"), outcome.stderr, desk.text("r.jsonl")));
        fs::remove_dir_all(desk.path("out")).unwrap();
    }
    assert!(outcomes.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn a_dump_may_come_one_byte_at_a_time() {
    let desk = Desk::new();
    let (noisy, clean) = (record(ARTICLE).repeat(5) + "oops\n", record(CLEAN).repeat(5) + "oops\n");
    let mut command = desk.command(["clean", "-", "--report", "r.jsonl"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for byte in noisy.as_bytes() {
        stdin.write_all(&[*byte]).unwrap();
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), clean);
    let report = desk.text("r.jsonl");
    desk.run_with("clean - --report r.jsonl", noisy).succeeds().prints(clean);
    assert_eq!(desk.text("r.jsonl"), report);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    // More than a pipe holds: all of it comes after the first.
    let desk = Desk::with("a.jsonl", record(&"One. ".repeat(200)).repeat(4000));
    for jobs in ["1", "2"] {
        let mut command = desk.command(["clean", "a.jsonl", "-q", "-j", jobs]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0; 100]).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            (output.status.code(), String::from_utf8(output.stderr).unwrap()),
            (Some(0), String::new())
        );
    }
}

#[test]
fn a_diff_and_an_explanation_are_those_of_the_texts() {
    let desk = Desk::with("a.jsonl", record("One.") + &record(ARTICLE));
    desk.run("clean a.jsonl --diff").succeeds().prints(
        "--- a/a.jsonl: record in line 2\n+++ b/a.jsonl: record in line 2\n@@ -1,5 +1,3 @@\n \
         The council met on Monday to talk about the bridge.\n \n-ADVERTISEMENT\n-\n \
         The vote is expected in May, and it may be close.\n",
    );
    desk.run("clean a.jsonl --explain")
        .succeeds()
        .shows(&["a.jsonl: record in line 2:3:1: ad ad-label: ADVERT"]);
}

#[test]
fn a_report_is_compressed_when_its_name_says_so() {
    let desk = corpus();
    desk.run("clean in -o out --report r.jsonl").succeeds();
    for name in ["r.jsonl.gz", "r.jsonl.zst"] {
        desk.run(&format!("clean in -o out --report {name}")).succeeds();
        desk.run(&format!("restore --report {name} out -o back")).succeeds();
        assert_eq!(content(&desk, "back/deep/d.jsonl.gz"), record(ARTICLE).repeat(3).as_bytes());
        fs::remove_dir_all(desk.path("back")).unwrap();
    }
    assert_eq!(content(&desk, "r.jsonl.gz"), desk.bytes("r.jsonl"));
}

#[test]
fn options_that_a_file_has_no_use_for_are_refused_unless_it_is_one_of_a_folder() {
    let desk = Desk::with("in/a.jsonl", record(ARTICLE)).and("in/a.txt", ARTICLE);
    desk.run("clean in/a.jsonl --encoding latin1").fails().prints("").says(&["in/a.jsonl", "UTF-8"]);
    desk.run("clean in/a.txt --field text").fails().prints("").says(&["in/a.txt is text", "no fields"]);
    desk.run("clean in -o out --encoding latin1 --field text").succeeds();
}

#[test]
fn of_many_files_without_a_named_field_some_are_told() {
    let desk = (0..9).fold(Desk::new(), |desk, n| desk.and(&format!("in/{n}.jsonl"), record(ARTICLE)));
    let outcome = desk.run("clean in -o out --url-field lnik").succeeds();
    assert_eq!(outcome.stderr.matches("has a field `lnik` for the URL").count(), 5, "{}", outcome.stderr);
    outcome.says(&["in/0.jsonl", "4 more fields were named that no record of their file has"]);
    let outcome = desk.run("clean in -o out --url-field lnik --quiet").succeeds();
    outcome.says_nothing();
}

#[test]
fn of_many_files_that_are_left_out_some_are_told() {
    let desk =
        (0..7).fold(Desk::with("in/a.txt", ARTICLE), |desk, n| desk.and(&format!("in/{n}.json"), "{}"));
    for line in ["clean in -o out --quiet", "check in --exit-zero --quiet"] {
        let outcome = desk.run(line).succeeds();
        assert_eq!(outcome.stderr.matches(".json is left out: ").count(), 5, "{}", outcome.stderr);
        outcome.says(&["in/0.json is left out: ", "2 more files are left out"]);
    }
}

#[test]
fn what_has_no_field_for_findings_is_left_out_where_nothing_is_to_be_removed() {
    let desk = Desk::with("in/a.txt", ARTICLE)
        .and("in/b.jsonl", record(ARTICLE))
        .and("in/c.html", "<p>ADVERTISEMENT")
        .and("in/d.warc", "WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n");
    let told = ["in/a.txt is left out", "in/c.html is left out", "in/d.warc is left out"];
    desk.run("clean in --limit 9 --annotate noise").succeeds().says(&told).says(&["1 with noise: 1 finding"]);
    desk.run("clean in -o out --annotate noise").succeeds().says(&told).says(&["1 with noise: 1 finding"]);
    assert_eq!(desk.names("out"), ["b.jsonl"]);
    let mixed = desk.run("clean in -o mixed --output-field clean").succeeds();
    mixed.says(&["2 with noise: 2 findings, 1 of which stay in their texts"]);
}

#[test]
fn a_table_of_a_folder_may_lack_a_field_that_others_have() {
    let desk = Desk::with("in/a.csv", "id,link,text\n1,https://a.example/,A\n")
        .and("in/b.csv", "id,text\n1,B\n")
        .and("in/c.parquet", include_bytes!("../../fixtures/dumps/articles.parquet"));
    let told = "of in/b.csv has a field `link` for the URL: the fields are id, text";
    let outcome = desk.run("clean in -o out --url-field link --drop-field id").succeeds();
    outcome.says(&[told, "none of the 12 records of in/c.parquet has a field `link` for the URL"]);
    assert_eq!(
        (desk.text("out/a.csv"), desk.text("out/b.csv")),
        ("link,text\nhttps://a.example/,A\n".into(), "text\nB\n".into())
    );
    desk.run("clean in -o left --drop-field link --report r.jsonl").succeeds();
    desk.run("restore --report r.jsonl left/c.parquet -o c.parquet").succeeds();
    // One that is named is meant.
    desk.run("clean in/b.csv --url-field link").fails().prints("").says(&["no column `link` for the URL"]);
    desk.run("clean in/c.parquet --url-field link").fails().prints("").says(&["no column `link`"]);
}

#[test]
fn a_report_in_a_folder_is_no_dump() {
    let desk = Desk::with("in/a.txt", ARTICLE);
    desk.run("clean in -o out --report in/r.jsonl").succeeds();
    desk.run("check in --exit-zero").succeeds().says(&["in/r.jsonl is left out", "a report of dechaff"]);
    desk.run("clean in/r.jsonl")
        .fails()
        .says(&["the records of in/r.jsonl are those of a report of dechaff"]);
}
