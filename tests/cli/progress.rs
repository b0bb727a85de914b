//! What a person sees of a long run.

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::{ChildStdout, Command, Stdio};

use crate::support::{ARTICLE, CLEAN, Desk, record};

/// On a terminal, a run that takes long shows how far it is, and what is said meanwhile stays readable.
#[test]
fn a_long_run_shows_how_far_it_is() {
    let desk = Desk::new();
    desk.pipe("in.jsonl");
    let command =
        format!("'{}' clean in.jsonl -o out.jsonl", assert_cmd::cargo::cargo_bin!("dechaff").display());
    let mut terminal = Command::new("script");
    terminal.args(["-qefc", &command, "/dev/null"]).current_dir(desk.path("")).env("TERM", "xterm");
    terminal.stdin(Stdio::piped()).stdout(Stdio::piped());
    // It comes with every Linux, but a small container may lack it.
    let Ok(mut child) = terminal.spawn() else { return };
    let mut pipe = fs::OpenOptions::new().write(true).open(desk.path("in.jsonl")).unwrap();
    pipe.write_all((record(ARTICLE) + "oops\n").as_bytes()).unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut shown = Vec::new();
    let wait_for = |part: &str, stdout: &mut ChildStdout, shown: &mut Vec<u8>| {
        let mut piece = [0; 4096];
        while !String::from_utf8_lossy(shown).contains(part) {
            let read = stdout.read(&mut piece).unwrap();
            assert!(read > 0, "{part} is not in {}", String::from_utf8_lossy(shown));
            shown.extend_from_slice(&piece[..read]);
        }
    };
    wait_for("line 2: ", &mut stdout, &mut shown);
    wait_for("1 document, ", &mut stdout, &mut shown);
    drop(pipe);
    wait_for("1 document, 1 changed: 1 removal", &mut stdout, &mut shown);
    assert!(child.wait().unwrap().success());
    assert_eq!(desk.text("out.jsonl"), record(CLEAN) + "oops\n");
}
