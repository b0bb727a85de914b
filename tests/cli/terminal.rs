//! Scraped text and strangers' packs can hold sequences that a terminal obeys; none of them reaches a person.
//!
//! Colours are asked for in each test: without a terminal the command would strip every sequence, and hide
//! one that was let through.

use crate::support::{Desk, Outcome};

/// Clears the screen, sets the window's title, turns the direction of writing, goes back over the line.
const HOSTILE: [&str; 6] = ["\u{1b}[2J", "\u{1b}]0;gotcha\u{7}", "\u{9b}2J", "\u{202e}", "\r", "\u{8}"];

/// An article with hostile sequences inside what is removed, beside it, and where nothing is removed.
fn hostile_article() -> String {
    let all = HOSTILE.concat();
    // A carriage return ends a line, and with it a run.
    let within = all.replace('\r', "");
    format!(
        "One {all}word and another, to begin with.\n\n\
         Sen. Ann Wood Ann Mary WoodRain {within}is due MORE said so on Monday in the {all}senate.\n\n\
         Sen. Bo Marsh Robert (Bo) MarshSnow is {all}due too, and nobody knows for how long.\n"
    )
}

impl Outcome {
    #[track_caller]
    fn stays_harmless(self) -> Self {
        let seen = String::from_utf8(self.stdout.clone()).unwrap() + &self.stderr;
        for sequence in HOSTILE {
            assert!(!seen.contains(sequence), "{sequence:?} came through in {seen:?}");
        }
        self
    }
}

#[test]
fn a_diff_shows_sequences_as_escapes() {
    let desk = Desk::with("a.txt", hostile_article());
    desk.run("clean a.txt --diff --color always").succeeds().stays_harmless().shows(&[
        "\\u{1b}[2J",
        "\\u{202e}",
        "\u{1b}[31m-Sen. Ann Wood",
    ]);
}

#[test]
fn verbose_shows_sequences_as_escapes() {
    let desk = Desk::with("a.txt", hostile_article());
    desk.run("clean a.txt -v -o b.txt --color always").succeeds().stays_harmless().says(&[
        "name-echo-run",
        "kept, though",
        "\\u{1b}[2J",
    ]);
    let record = serde_json::json!({ "text": hostile_article(), "id": HOSTILE.concat() }).to_string();
    let outcome = desk.run_with("filter --format jsonl -v --color always", record).succeeds();
    Outcome { stdout: Vec::new(), ..outcome }.stays_harmless().says(&["\\u{1b}[2J"]);
}

#[cfg(unix)]
#[test]
fn file_names_are_shown_with_escapes() {
    let name = "a\u{1b}]0;gotcha\u{7}.txt";
    let desk = Desk::with(name, hostile_article()).and("binary\u{1b}[2J.txt", b"\0\x01\x02");
    for args in [
        ["clean", name, "--diff", "--color", "always"],
        ["clean", name, "-v", "--report=r.jsonl", "--color=always"],
        ["clean", name, "--pack", name, "--color=always"],
        ["clean", "binary\u{1b}[2J.txt", "--diff", "--color", "always"],
        ["clean", "missing\u{1b}[2J.txt", "--diff", "--color", "always"],
        ["restore", "--report", "r.jsonl", name, "--color=always"],
    ] {
        let outcome = desk.run_args(args, "");
        // The clean text itself is data, and passes as it is.
        let stdout = if args.contains(&"--diff") { outcome.stdout } else { Vec::new() };
        Outcome { stdout, ..outcome }.stays_harmless();
    }
}

#[test]
fn a_malformed_record_is_told_without_its_sequences() {
    let record = format!("{{\"text\": {}}}\n{{\"text\":\"x\"}}\n", HOSTILE[0]);
    let outcome = Desk::new().run_with("filter --format jsonl --color always", record).succeeds();
    Outcome { stdout: Vec::new(), ..outcome }.stays_harmless().says(&["line 1"]);
}

/// A pack that is right, and hostile in every text that is shown.
fn hostile_pack() -> String {
    // TOML takes no raw control characters, so they are escaped; U+009B and U+202E may stand raw.
    let escaped = "\\u001B[2J\\u001B]0;gotcha\\u0007\\r\\b\u{9b}2J\u{202e}";
    format!(
        "[pack]\nid = \"hostile\"\ndescription = \"Looks fine{escaped}\"\n\n\
         [[rule]]\nid = \"trap\"\nkind = \"chrome\"\nabout = \"Looks fine{escaped}\"\n\
         match.span = \"NOISE{escaped}\"\n\
         strip = [{{ from = \"A NOISE B{escaped}\", to = \"A B\" }}]\n\
         keep = [\"A{escaped}\"]\n"
    )
    .replace("match.span = \"NOISE\\u001B[2J\\u001B]0;", "match.span = \"NOISE\\u001B?\u{202e}?")
}

#[test]
fn a_hostile_pack_is_listed_explained_and_tested_with_escapes() {
    let desk = Desk::with("hostile.toml", hostile_pack());
    for (line, code) in [
        ("rules list --pack hostile.toml", 0),
        ("rules explain trap --pack hostile.toml", 0),
        ("rules explain hostile --pack hostile.toml", 0),
        ("rules explain chrome --pack hostile.toml", 0),
        ("rules test hostile.toml -v", 1),
    ] {
        desk.run(&format!("{line} --color always")).ends_with_code(code).stays_harmless();
    }
}

#[test]
fn a_broken_pack_is_shown_with_escapes() {
    let pack = hostile_pack();
    for (from, to) in [
        ("about", "abuot"),
        ("kind = \"chrome\"", "kind = \"\\u001B[2J\u{202e}\""),
        ("\"trap\"", "\"\u{202e}\""),
    ] {
        assert!(pack.contains(from), "{from}");
        let desk = Desk::with("hostile.toml", pack.replacen(from, to, 1)).and("a.txt", "A\n");
        desk.run("clean a.txt --pack hostile.toml --color always")
            .fails()
            .stays_harmless()
            .says(&["hostile.toml:"]);
    }
    let desk = Desk::with("raw.toml", "[pack]\nid = \"\u{1b}[2J\"\n").and("a.txt", "A\n");
    desk.run("clean a.txt --pack raw.toml --color always").fails().stays_harmless().says(&["raw.toml:2"]);
}

#[cfg(unix)]
#[test]
fn the_file_name_of_a_pack_is_shown_with_escapes() {
    let name = "pack\u{1b}]0;gotcha\u{7}.toml";
    let desk = Desk::with(name, crate::support::span_pack("mine", "NOISE", ""));
    desk.run_args(["rules", "explain", "mine-rule", "--pack", name, "--color=always"], "")
        .succeeds()
        .stays_harmless();
    desk.run_args(["rules", "test", "-v", name, "--color=always"], "").succeeds().stays_harmless();
}

#[test]
fn a_name_that_nothing_has_is_shown_with_escapes() {
    let desk = Desk::with("a.txt", "A\n");
    desk.run_args(["rules", "explain", "\u{1b}[2J", "--color=always"], "").fails().stays_harmless();
    desk.run_args(["clean", "a.txt", "--select", "\u{1b}[2J", "--color=always"], "").fails().stays_harmless();
}

/// What goes to a file or a pipe is data.
#[test]
fn clean_text_in_a_pipe_keeps_its_sequences() {
    let text = format!("One {} two.\n", HOSTILE.concat());
    Desk::with("a.txt", &text).run("clean a.txt --encoding utf-8").succeeds().prints(&text);
}
