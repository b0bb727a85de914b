//! `dechaff check`: is there noise, and where.

use serde_json::Value;

use crate::support::{ARTICLE, CLEAN, Desk, gzip, record};

const FOUND: &str = "a.txt:3:1: ad ad-label  ADVERTISEMENT\n";

fn concise(desk: &Desk, line: &str) -> String {
    let outcome = desk.run(&format!("check --output-format concise {line}"));
    String::from_utf8(outcome.stdout).unwrap()
}

#[test]
fn the_exit_code_says_whether_there_is_noise() {
    let desk = Desk::with("a.txt", ARTICLE).and("b.txt", CLEAN);
    desk.run("check b.txt").succeeds().prints("").says(&["nothing found"]);
    desk.run("check a.txt b.txt").ends_with_code(1).says(&["1 finding in 1 file"]);
    desk.run("check a.txt --exit-zero").succeeds().shows(&["a.txt:3:1: ad ad-label"]);
    desk.run("check missing.txt").fails().says(&["missing.txt"]);
    desk.run("check a.txt --quiet --output-format concise").ends_with_code(1).prints(FOUND).says_nothing();
}

#[test]
fn what_was_not_checked_is_not_called_clean() {
    let malformed = record(CLEAN) + "\n{\"text\":\n{\"text\":\n";
    let desk = Desk::with("a.jsonl", &malformed).and("b.csv", "id,body\n1,x\n").and("c.txt", CLEAN);
    let nothing = "nothing found in what could be read; ";
    for (line, code, unchecked) in [
        ("a.jsonl", 0, "2 records were not"),
        ("b.csv --field txet", 2, "1 file was not"),
        ("a.jsonl b.csv c.txt", 2, "1 file and 2 records were not"),
    ] {
        desk.run(&format!("check {line}")).ends_with_code(code).says(&[&format!("{nothing}{unchecked}")]);
    }
}

#[test]
fn the_full_form_shows_the_line() {
    let desk = Desk::with("a.txt", ARTICLE);
    desk.run("check").ends_with_code(1).prints(
        "a.txt:3:1: ad ad-label  ADVERTISEMENT\n  |\n3 | ADVERTISEMENT\n  | ^^^^^^^^^^^^^\n  \
         = A line that says only that an advertisement stood here\n\n",
    );
}

#[test]
fn many_files_come_in_their_order() {
    let mut desk = Desk::new();
    for i in 10..60 {
        desk = desk.and(&format!("in/{i}.txt"), ARTICLE);
    }
    let expected: String =
        (10..60).map(|i| format!("in/{i}.txt:3:1: ad ad-label  ADVERTISEMENT\n")).collect();
    assert_eq!(concise(&desk, "in -j 4"), expected);
    assert_eq!(concise(&desk, "in -j 1"), expected);
}

#[test]
fn a_finding_in_a_dump_names_line_record_and_place() {
    let long = format!("{{\"id\":\"x7\",\"text\":{}}}\n", serde_json::to_string(ARTICLE).unwrap());
    let desk = Desk::with("a.jsonl.gz", gzip(record(CLEAN) + "\n" + &long + &record(ARTICLE)))
        .and("b.csv", format!("id,text\n1,\"{CLEAN}\"\n2,\"{ARTICLE}\"\n"));
    assert_eq!(
        concise(&desk, "a.jsonl.gz b.csv"),
        "a.jsonl.gz:3:1: ad ad-label  ADVERTISEMENT  (id x7, text 3:1)\n\
         a.jsonl.gz:4:1: ad ad-label  ADVERTISEMENT  (text 3:1)\n\
         b.csv:6:1: ad ad-label  ADVERTISEMENT  (id 2, text 3:1)\n"
    );
    desk.run("check b.csv --field txet").fails().says(&["did you mean `text`?"]);
}

#[test]
fn a_fix_is_what_clean_does_and_leaves_nothing_to_find() {
    let windows = ARTICLE.replace('\n', "\r\n");
    let latin = b"Caf\xe9 prices rise in the city again, and nobody knows why.\n\nADVERTISEMENT\n\nThe caf\xe9 owners meet on Monday at the town hall.\n";
    let fill = |name: &str| {
        Desk::with(&format!("{name}/a.txt"), ARTICLE)
            .and(&format!("{name}/b.txt"), &windows)
            .and(&format!("{name}/c.txt"), latin)
            .and(&format!("{name}/d.jsonl"), record(CLEAN) + &record(ARTICLE))
            .and(&format!("{name}/e.md"), format!("---\ntitle: A\n---\n\n{ARTICLE}"))
            .and(&format!("{name}/f.json.gz"), gzip(format!("[{}]", record(ARTICLE).trim())))
    };
    let (fixed, cleaned) = (fill("in"), fill("in"));
    fixed.run("check in --fix").succeeds().prints("").says(&["6 findings removed from 6 files"]);
    cleaned.run("clean in --in-place").succeeds();
    for name in fixed.names("in") {
        let name = format!("in/{name}");
        assert_eq!(fixed.bytes(&name), cleaned.bytes(&name), "{name}");
    }
    assert_eq!(fixed.text("in/a.txt"), CLEAN);
    fixed.run("check in").succeeds().says(&["nothing found"]);
}

#[test]
fn a_fix_may_count_as_a_finding() {
    let desk = Desk::with("a.txt", ARTICLE);
    desk.run("check --fix --exit-non-zero-on-fix").ends_with_code(1);
    desk.run("check --fix --exit-non-zero-on-fix").succeeds();
    desk.run_with("check - --fix", ARTICLE).fails().says(&["standard input has no place"]);
}

#[test]
fn a_diff_shows_what_a_fix_would_do() {
    let desk = Desk::with("a.txt", ARTICLE).and("b.txt", CLEAN);
    desk.run("check --diff").ends_with_code(1).shows(&["--- a/a.txt\n+++ b/a.txt\n", "\n-ADVERTISEMENT\n"]);
    assert_eq!(desk.text("a.txt"), ARTICLE);
    desk.run("check --diff b.txt").succeeds().prints("");
}

#[test]
fn statistics_are_a_table_by_rule() {
    let desk = Desk::with("a.txt", ARTICLE).and("b.txt", ARTICLE);
    desk.run("check --statistics").ends_with_code(1).prints("        2  ad  ad-label     30 bytes\n");
}

#[test]
fn standard_input_may_have_a_name() {
    let desk = Desk::new();
    let found = format!("b/{FOUND}");
    desk.run_with("check - --stdin-filename b/a.txt -q --output-format concise", ARTICLE)
        .ends_with_code(1)
        .prints(found);
    desk.run_with("check - --stdin-filename a.jsonl -q --output-format concise", record(ARTICLE))
        .ends_with_code(1)
        .prints("a.jsonl:1:1: ad ad-label  ADVERTISEMENT  (text 3:1)\n");
}

#[test]
fn machines_get_well_formed_output_whatever_happens() {
    let desk = Desk::with("a.txt", ARTICLE).and("b.txt", CLEAN);
    for (form, empty) in [("json", "[]\n"), ("gitlab", "[]\n"), ("jsonl", ""), ("github", "")] {
        desk.run(&format!("check b.txt --output-format {form}")).succeeds().prints(empty);
    }
    let outcome = desk.run("check --output-format sarif").ends_with_code(1);
    let log: Value = serde_json::from_slice(&outcome.stdout).unwrap();
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "ad-label");
    desk.run("check --output-format junit")
        .ends_with_code(1)
        .shows(&["<testsuites name=\"dechaff\" tests=\"1\""]);
}

#[test]
fn json_that_is_no_article_is_left_out_of_a_folder() {
    let package = "{\n  \"name\": \"site\",\n  \"version\": \"1.0.0\"\n}\n";
    let desk = Desk::with("a.txt", CLEAN).and("package.json", package).and("tsconfig.json", "{ // none\n}\n");
    let outcome = desk.run("check").succeeds();
    outcome.says(&["package.json is left out: ", "tsconfig.json is left out: ", "nothing found"]);
    desk.run("check package.json --force-exclude").succeeds().says(&["left out"]);
    desk.run("clean . -o out").succeeds();
    assert!(!desk.exists("out/package.json"));
    desk.run("clean . --limit 9").succeeds();
    // Named, or with a field that was named, it is a mistake.
    desk.run("check package.json").fails().says(&["has a field `text`"]);
    desk.run("check --field body").fails().says(&["has a field `body`"]);
}

#[test]
fn a_baseline_accepts_what_is_there_and_nothing_more() {
    let other = format!("{CLEAN}\nREAD MORE: Five bridges\n");
    let id = format!("{{\"id\":\"x7\",\"text\":{}}}\n", serde_json::to_string(ARTICLE).unwrap());
    let desk =
        Desk::with("in/a.txt", ARTICLE).and("in/b.txt", other).and("in/c.jsonl", record(ARTICLE) + &id);
    desk.run("check in --write-baseline base.json")
        .succeeds()
        .prints("")
        .says(&["4 findings in 3 files accepted"]);
    desk.run("check in --baseline base.json").succeeds().prints("").says(&["nothing found"]);

    // Lines move, and one advertisement comes in.
    let long = format!("A first paragraph was put before all others.\n\n{ARTICLE}");
    desk.write("in/a.txt", format!("{long}\nADVERTISEMENT\n\nThe last line stands here, behind all that.\n"));
    let found = desk.run("check in --baseline base.json --output-format concise").ends_with_code(1);
    found.prints("in/a.txt:9:1: ad ad-label  ADVERTISEMENT\n");
    desk.write("in/a.txt", long);
    desk.run("check in --baseline base.json -q").succeeds().says_nothing();

    // Another folder to run in is the same to the baseline.
    let mut command = desk.command(["check", "a.txt", "-q", "--baseline", "../base.json"]);
    assert!(command.current_dir(desk.path("in")).status().unwrap().success());
}

#[test]
fn a_baseline_takes_the_place_of_nothing_but_a_baseline() {
    let desk = Desk::with("a.txt", ARTICLE).and("notes.txt", "Notes.\n").and("empty.json", "");
    desk.run("check a.txt --write-baseline a.txt").fails().says(&["take the place of a.txt"]);
    desk.run("check a.txt --write-baseline notes.txt")
        .fails()
        .says(&["notes.txt is there and is no baseline"]);
    assert_eq!((desk.text("a.txt"), desk.text("notes.txt")), (ARTICLE.to_owned(), "Notes.\n".to_owned()));
    desk.run("check a.txt --write-baseline empty.json").succeeds();
    desk.run("check a.txt --write-baseline empty.json").succeeds();
    // In a folder, it is none of the files to be checked.
    desk.run("check --write-baseline empty.json").succeeds().says(&["1 file accepted"]);
    let outcome = desk.run("check --baseline empty.json").succeeds();
    assert!(!outcome.stderr.contains("empty.json"), "{}", outcome.stderr);
}

#[test]
fn a_baseline_tells_what_is_not_there_any_more() {
    let desk = Desk::with("a.txt", ARTICLE).and("b.txt", ARTICLE).and("c.txt", ARTICLE);
    desk.run("check --write-baseline base.json").succeeds();
    desk.write("a.txt", CLEAN);
    std::fs::remove_file(desk.path("c.txt")).unwrap();
    let outcome = desk.run("check a.txt --baseline base.json").succeeds();
    outcome.says(&["a.txt: no more ad-label  ADVERTISEMENT\n", "c.txt: no more", "2 accepted findings"]);
    desk.run("check b.txt --baseline missing.json")
        .fails()
        .says(&["cannot read the baseline", "--write-baseline"]);
    desk.run("check b.txt --baseline a.txt").fails().says(&["a.txt is no baseline"]);
    desk.run("check b.txt --baseline base.json --fix").fails();
}

#[test]
fn only_what_changed_since_a_revision_is_checked() {
    let desk = Desk::with("in/old.txt", ARTICLE).and("in/changed.txt", CLEAN).and("other.txt", CLEAN);
    let git = |line: &str| {
        let mut command = std::process::Command::new("git");
        let names = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
        let output = command.args(names).args(line.split(' ')).current_dir(desk.path(".")).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    git("init --quiet --initial-branch=main");
    git("add --all");
    git("commit --quiet -m Start");
    desk.run("check --since main").succeeds().prints("").says(&["nothing found"]);
    desk.write("in/changed.txt", ARTICLE);
    desk.write("in/ä new.txt", ARTICLE);
    desk.write("other.txt", ARTICLE);
    assert_eq!(
        concise(&desk, "in --since main"),
        "in/changed.txt:3:1: ad ad-label  ADVERTISEMENT\nin/ä new.txt:3:1: ad ad-label  ADVERTISEMENT\n"
    );
    let mut command = desk.command(["check", "-q", "--since", "main", "--output-format", "concise"]);
    let output = command.current_dir(desk.path("in")).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 2);
    desk.run("check --since no-such-branch").fails().says(&["--since", "no-such-branch"]);
    desk.run("check --since=--output=x").fails().says(&["no revision"]);
}

#[test]
fn a_field_that_no_record_has_is_told_in_a_check_too() {
    let desk = Desk::with("a.jsonl", record(CLEAN));
    desk.run("check a.jsonl --url-field lnk")
        .succeeds()
        .says(&["a field `lnk` for the URL", "nothing found"]);
    desk.run("check a.jsonl --url-field lnk --quiet").succeeds().says_nothing();
}

#[test]
fn a_fix_counts_what_was_written() {
    let broken = &gzip(record(ARTICLE).repeat(2000))[..2000];
    let desk =
        Desk::with("in/a.txt", ARTICLE).and("in/b.jsonl.gz", broken).and("in/c.jsonl", record(ARTICLE));
    let outcome = desk.run("check in --fix").fails();
    outcome.says(&["in/b.jsonl.gz breaks off", "2 findings removed from 2 files"]);
    assert_eq!(desk.bytes("in/b.jsonl.gz"), broken);
    // What is found is told in any case where nothing is to be written.
    desk.write("in/a.txt", CLEAN);
    let outcome = desk.run("check in/b.jsonl.gz --output-format concise").fails();
    assert!(outcome.stdout.starts_with(b"in/b.jsonl.gz:1:1: ad ad-label"), "{outcome:?}");
}
