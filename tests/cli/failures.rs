//! Input that goes wrong: a clear message, exit code 2, and every target whole or untouched.

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::Stdio;

use crate::support::{ARTICLE, CLEAN, Desk, record, span_pack};

#[test]
fn a_missing_path_is_told_before_anything_is_written() {
    let desk = Desk::with("a.txt", ARTICLE);
    desk.run("clean a.txt missing.txt --in-place")
        .fails()
        .prints("")
        .says(&["cannot read missing.txt", "No such file"]);
    assert_eq!(desk.text("a.txt"), ARTICLE);
}

#[test]
fn a_folder_needs_somewhere_to_go() {
    let desk = Desk::with("in/a.txt", ARTICLE);
    desk.run("clean in").fails().prints("").says(&["folder", "-o DIR", "--in-place", "--diff", "--report"]);
}

#[test]
fn several_files_are_not_poured_into_standard_output() {
    let desk = Desk::with("a.txt", ARTICLE).and("b.txt", ARTICLE);
    desk.run("clean a.txt b.txt").fails().prints("").says(&["several files", "-o DIR", "--in-place"]);
}

#[test]
fn a_folder_without_text_is_told() {
    Desk::with("in/x.png", "PNG").run("clean in -o out").fails().says(&["no files to clean in in", ".txt"]);
}

#[test]
fn a_binary_file_is_refused_by_name_and_place() {
    let desk = Desk::with("a.txt", b"\x02\x01\x01\0\0\0\0\x03");
    desk.run("clean a.txt").fails().prints("").says(&["a.txt is binary", "0x00", "offset 3", "--encoding"]);
}

#[test]
fn a_file_that_is_no_text_is_told_as_what_it_is() {
    let desk = Desk::new();
    for (bytes, told) in [
        (&b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"[..], "a PDF"),
        (b"PK\x03\x04\x14\0\0\0", "a zip archive"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a PNG picture"),
        (b"\xff\xd8\xff\xe0JFIF", "a JPEG picture"),
        (b"GIF89a\x01\0\x01\0", "a GIF picture"),
        (b"MZ\x90\0\x03\0", "a program for Windows"),
        (b"SQLite format 3\0\x10\0", "an SQLite database"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "a document of an old office program"),
    ] {
        for name in ["a.txt", "b.md", "c"] {
            desk.write(name, bytes);
            desk.run(&format!("clean {name}"))
                .fails()
                .prints("")
                .says(&[&format!("{name} is {told}"), "not text: "]);
        }
        desk.run_with("filter", bytes).fails().prints("").says(&["standard input is", told]);
        desk.run("clean . -o out --report r.jsonl").says(&["c is left out: it is", told]);
    }
    // Texts may start with the letters of some.
    desk.write("a.txt", "MZ is short for Mozambique.\n");
    desk.run("clean a.txt").succeeds().prints("MZ is short for Mozambique.\n");
}

#[test]
fn a_binary_file_in_a_folder_is_left_out_and_told() {
    let binary = b"\x7fELF\x02\x01\x01\0\0\0\0\x03";
    let desk = Desk::with("in/a.txt", ARTICLE).and("in/core", binary);
    desk.run("clean in --in-place --report r.jsonl").succeeds().says(&["in/core is left out", "a program"]);
    assert_eq!(desk.text("in/a.txt"), CLEAN);
    assert_eq!(desk.bytes("in/core"), binary);
    assert_eq!(desk.report_lines("r.jsonl", "skipped")[0]["path"], "in/core");
}

#[test]
fn one_file_that_cannot_be_cleaned_does_not_stop_the_others() {
    let desk = Desk::with("a.txt", b"\0\0\0\x01").and("b.txt", ARTICLE);
    desk.run("clean a.txt b.txt --in-place").fails().says(&["a.txt is binary", "1 document"]);
    assert_eq!(desk.text("b.txt"), CLEAN);
}

#[test]
fn a_pack_with_an_error_is_shown_as_a_compiler_would() {
    let pack = span_pack("mine", "NOISE", "").replace("about", "abuot");
    let desk = Desk::with("a.txt", ARTICLE).and("packs/mine.toml", pack);
    desk.run("clean a.txt --pack packs/mine.toml").fails().prints("").says(&[
        "packs/mine.toml:8:1",
        "abuot = \"A word\"",
        "^^^^^",
        "did you mean `about`?",
    ]);
}

#[test]
fn every_mistake_of_every_pack_is_shown() {
    let desk = Desk::with("a.txt", ARTICLE)
        .and("packs/one.toml", span_pack("one", "NOI(SE", ""))
        .and("packs/two.toml", span_pack("two", "NOISE", "when.lines = 3"));
    desk.run("clean a.txt --pack packs").fails().says(&[
        "2 mistakes",
        "one.toml:9:",
        "two.toml:10:",
        "lines",
    ]);
}

#[test]
fn a_pack_that_is_not_there_is_told() {
    let desk = Desk::with("a.txt", ARTICLE).and("empty/readme", "");
    desk.run("clean a.txt --pack missing.toml").fails().says(&["cannot read the pack missing.toml"]);
    desk.run("clean a.txt --pack empty").fails().says(&["no pack in empty", ".toml"]);
}

#[test]
fn no_pack_at_all_is_told() {
    Desk::with("a.txt", ARTICLE).run("clean a.txt --no-default-packs").fails().says(&["--pack FILE"]);
}

#[test]
fn two_packs_of_one_id_are_told() {
    let desk = Desk::with("a.txt", ARTICLE).and("mine.toml", span_pack("ads", "NOISE", ""));
    desk.run("clean a.txt --pack mine.toml").fails().says(&["two packs", "`ads`", "mine.toml"]);
}

#[test]
fn an_unknown_encoding_is_told() {
    Desk::with("a.txt", ARTICLE).run("clean a.txt --encoding utf-9").fails().says(&["utf-9", "windows-1252"]);
}

#[test]
fn a_read_only_target_stays_as_it_is() {
    let desk = Desk::with("a.txt", ARTICLE).and("b.txt", "precious");
    let mut permissions = fs::metadata(desk.path("b.txt")).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(desk.path("b.txt"), permissions).unwrap();
    desk.run("clean a.txt -o b.txt").fails().says(&["cannot write", "b.txt"]);
    assert_eq!(desk.text("b.txt"), "precious");
    assert_eq!(desk.names("."), ["a.txt", "b.txt"]);
}

#[test]
fn a_read_only_file_is_not_cleaned_in_place() {
    let desk = Desk::with("a.txt", ARTICLE);
    let mut permissions = fs::metadata(desk.path("a.txt")).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(desk.path("a.txt"), permissions).unwrap();
    desk.run("clean a.txt --in-place").fails().says(&["cannot write", "a.txt"]);
    assert_eq!(desk.text("a.txt"), ARTICLE);
}

#[test]
fn a_target_under_a_file_cannot_be_written() {
    let desk = Desk::with("a.txt", ARTICLE).and("file", "precious");
    desk.run("clean a.txt -o file/b.txt").fails().says(&["cannot write file/b.txt"]);
    assert_eq!(desk.text("file"), "precious");
}

#[test]
fn a_target_that_is_a_folder_cannot_be_written() {
    let desk = Desk::with("a.txt", ARTICLE).and("out/a.txt/x", "precious");
    desk.run("clean a.txt -o out").fails().says(&["cannot write", "out/a.txt"]);
    assert_eq!(desk.text("out/a.txt/x"), "precious");
}

#[test]
fn a_report_that_cannot_be_written_is_told_before_a_file_is_changed() {
    let desk = Desk::with("a.txt", ARTICLE).and("file", "precious");
    desk.run("clean a.txt --in-place --report file/r.jsonl").fails().says(&["cannot write file/r.jsonl"]);
    assert_eq!(desk.text("a.txt"), ARTICLE);
}

#[test]
fn targets_that_collide_are_refused() {
    let desk = Desk::with("x/a.txt", ARTICLE).and("y/a.txt", CLEAN);
    desk.run("clean x/a.txt y/a.txt -o out").fails().says(&["x/a.txt", "y/a.txt", "out/a.txt"]);
    desk.run("clean x y -o out").fails().says(&["x/a.txt", "y/a.txt", "out/a.txt"]);
    assert!(!desk.exists("out"));
}

#[test]
fn a_file_is_not_written_over_itself_unless_that_is_meant() {
    let desk = Desk::with("in/a.txt", ARTICLE);
    desk.run("clean in -o in").fails().says(&["in/a.txt", "over itself", "--in-place"]);
    desk.run("clean in/a.txt -o in/a.txt").fails().says(&["over itself"]);
    desk.run("clean in/a.txt -o in").fails().says(&["over itself"]);
    assert_eq!(desk.text("in/a.txt"), ARTICLE);
}

#[test]
fn a_report_does_not_take_the_place_of_an_input() {
    let desk = Desk::with("a.txt", ARTICLE);
    desk.run("clean a.txt --report a.txt").fails().says(&["a.txt"]);
    assert_eq!(desk.text("a.txt"), ARTICLE);
}

#[test]
fn a_report_does_not_take_the_place_of_an_output() {
    let desk = Desk::with("a.txt", ARTICLE);
    desk.run("clean a.txt -o b.txt --report b.txt").fails().says(&["b.txt"]);
    assert!(!desk.exists("b.txt"));
}

#[test]
fn standard_input_has_no_place() {
    Desk::new().run_with("clean - --in-place", ARTICLE).fails().says(&["standard input", "--in-place"]);
}

#[test]
fn a_diff_and_a_report_do_not_share_standard_output() {
    Desk::with("a.txt", ARTICLE).run("clean a.txt --diff --report -").fails().prints("").says(&["report"]);
    Desk::new().run_with("filter --report -", ARTICLE).fails().prints("").says(&["report"]);
}

#[cfg(target_os = "linux")]
mod full_disk {
    use super::*;

    /// Runs the command with a standard output on which there is no room.
    fn run_on_full_disk(desk: &Desk, line: &str, input: &str) -> (Option<i32>, String) {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = desk.command(line.split_whitespace());
        command.stdin(fs::File::open(desk.path(input)).unwrap()).stdout(full);
        let output = command.stderr(Stdio::piped()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }

    #[test]
    fn on_standard_output_is_an_error() {
        let desk = Desk::with("a.txt", ARTICLE)
            .and("a.jsonl", "{\"text\":\"A\"}\n")
            .and("mine.toml", span_pack("mine", "NOISE", ""));
        let lines = [
            "clean a.txt",
            "clean a.txt --diff",
            "clean a.txt --report -",
            "filter",
            "filter --format jsonl",
            "rules list",
            "rules schema",
            "rules test -v mine.toml",
        ];
        for line in lines {
            let input = if line.ends_with("jsonl") { "a.jsonl" } else { "a.txt" };
            let (code, stderr) = run_on_full_disk(&desk, line, input);
            assert_eq!(code, Some(2), "{line}: {stderr}");
            assert!(stderr.contains("No space left"), "{line}: {stderr}");
        }
    }

    #[test]
    fn under_the_output_names_the_output() {
        let desk = Desk::with("a.txt", ARTICLE);
        desk.run("clean a.txt -o /dev/full").fails().says(&["cannot write /dev/full", "No space left"]);
    }

    #[test]
    fn under_the_report_leaves_the_files_as_they_are() {
        let desk = Desk::with("a.txt", ARTICLE);
        desk.run("clean a.txt --in-place --report /dev/full").fails().says(&["report", "No space left"]);
        assert_eq!(desk.text("a.txt"), ARTICLE);
    }
}

/// Runs the command on much input, reads a little of what it writes, and goes away.
fn read_a_little(desk: &Desk, line: &str, input: &str) -> (Option<i32>, String) {
    let mut command = desk.command(line.split_whitespace());
    command.stdin(fs::File::open(desk.path(input)).unwrap()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 100]).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let lines: String = (0..30_000).map(|i| format!("Sentence number {i} says something.\n")).collect();
    let records: String = (0..30_000).map(|i| format!("{{\"text\":\"Sentence number {i}.\"}}\n")).collect();
    let desk = Desk::with("a.txt", lines).and("a.jsonl", records);
    for (line, input) in [
        ("clean a.txt --select ads", "a.txt"),
        ("filter --select ads", "a.txt"),
        ("filter --format jsonl --select ads", "a.jsonl"),
    ] {
        assert_eq!(read_a_little(&desk, line, input), (Some(0), String::new()), "{line}");
    }
}

/// Whoever listens to a filter gets each record when it is there, not when the buffer is full.
#[test]
fn a_record_is_passed_on_before_the_next_one_comes() {
    let desk = Desk::new();
    let mut command = desk.command(["filter", "--format", "jsonl", "-q"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    for record in [b"{\"text\":\"One.\"}\n", b"{\"text\":\"Two.\"}\n"] {
        stdin.write_all(record).unwrap();
        let mut passed_on = [0; 16];
        stdout.read_exact(&mut passed_on).unwrap();
        assert_eq!(&passed_on, record);
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn what_does_not_get_to_its_place_is_not_counted() {
    let desk = Desk::with("in/a.txt", ARTICLE).and("in/b.txt", ARTICLE).and("in/c.jsonl", record(ARTICLE));
    for name in ["out/a.txt/x", "out/c.jsonl/x"] {
        desk.write(name, "");
    }
    let outcome = desk.run("clean in -o out").fails();
    outcome.says(&[
        "cannot write out/a.txt",
        "cannot write out/c.jsonl",
        "1 document, 1 changed: 1 removal",
        "2 files could not",
    ]);
    assert_eq!(desk.text("out/b.txt"), CLEAN);
}
