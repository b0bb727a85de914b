//! Compressed input and output, held against the tools that others use.

use std::io::Write as _;
use std::process::Stdio;

use crate::support::{ARTICLE, CLEAN, Desk, gzip, record};

/// What a tool makes of some bytes; none when it is not installed.
fn piped(tool: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut child = std::process::Command::new(tool)
        .arg("-dc")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{tool}");
    Some(output.stdout)
}

#[test]
fn every_way_to_compress_goes_in_and_out() {
    let desk = Desk::new();
    let dump = record(ARTICLE).repeat(100);
    for (way, tool) in [("gzip", "gzip"), ("zstd", "zstd"), ("bzip2", "bzip2"), ("xz", "xz")] {
        let outcome =
            desk.run_with(&format!("filter --compress {way} --report r.jsonl"), gzip(dump.as_bytes()));
        let clean = outcome.succeeds().stdout;
        if let Some(read) = piped(tool, &clean) {
            assert_eq!(String::from_utf8(read).unwrap(), record(CLEAN).repeat(100), "{way}");
        }
        desk.run_with("filter", &clean).succeeds().prints(record(CLEAN).repeat(100));
        desk.run_with("restore --report r.jsonl", &clean).succeeds().prints(&dump);
        desk.write("clean", &clean);
        desk.run("restore --report r.jsonl clean --in-place").succeeds();
        desk.run_with("filter --select app", desk.bytes("clean")).succeeds().prints(&dump);
    }
}

#[test]
fn members_are_read_one_after_another() {
    let members = [gzip(record(ARTICLE).as_bytes()), gzip(b""), gzip(record(CLEAN).as_bytes())].concat();
    Desk::new().run_with("filter", members).succeeds().prints(record(CLEAN).repeat(2));
}

#[test]
fn a_text_may_be_compressed() {
    let desk = Desk::new();
    desk.run_with("filter --report r.jsonl", gzip(ARTICLE.as_bytes())).succeeds().prints(CLEAN);
    desk.run_with("restore --report r.jsonl", CLEAN).succeeds().prints(ARTICLE);
}

/// All that can be read comes out, and the fault is told.
#[test]
fn a_member_that_is_cut_off_is_told_and_nothing_is_lost() {
    let dump: String =
        (0..2000).map(|i| record(&format!("Record {i} of {}.\n{ARTICLE}", i * 7919 % 1000))).collect();
    let bytes = gzip(dump.as_bytes());
    let desk = Desk::new();
    for jobs in [1, 2] {
        let line = format!("filter --format jsonl -j {jobs} --report r.jsonl");
        let outcome = desk.run_with(&line, &bytes[..bytes.len() - 100]).fails();
        assert!(outcome.stdout.len() > 100_000);
        let outcome = outcome.says(&["standard input breaks off", "compressed"]);
        let back = desk.run_with("restore --report r.jsonl", outcome.stdout).succeeds().stdout;
        assert!(dump.as_bytes().starts_with(&back) && back.len() > dump.len() / 2);
    }
}

#[test]
fn an_unknown_way_to_compress_is_told() {
    Desk::new().run_with("filter --compress rar", "x").fails().says(&["rar", "gzip, zstd, bzip2 or xz"]);
}
