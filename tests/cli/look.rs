//! `--limit` and `--sample`: what a big dump would lose, seen in a minute.

use std::fs;

use crate::support::{ARTICLE, Desk, gzip, record};

/// A dump in which every record has an advertisement, and says its number.
fn dump(records: usize) -> String {
    (1..=records).map(|i| record(&format!("Record {i} is here.\n\nADVERTISEMENT\n\n{ARTICLE}"))).collect()
}

#[test]
fn the_first_documents_are_cleaned_and_shown_by_rule() {
    let desk = Desk::with("a.jsonl", "oops\n\n".to_owned() + &dump(5));
    let outcome = desk.run("clean a.jsonl --limit 3").succeeds();
    let outcome = outcome.says(&["2 documents, 2 changed: 4 removals", "1 record passed on"]);
    outcome.shows(&[
        "ad ad-label: 4 removals, 60 bytes\n",
        "  a.jsonl: record in line 3:3:1\n    Record 1 is here.⏎⏎[-ADVERTISEMENT⏎⏎-]The council met on Monday",
        "  a.jsonl: record in line 4:",
    ]);
    assert_eq!(desk.names("."), ["a.jsonl"]);
    desk.run_with("filter --limit 1 -q", dump(5))
        .succeeds()
        .shows(&["ad ad-label: 2 removals"])
        .says_nothing();
}

#[test]
fn a_sample_is_chosen_at_random_and_the_same_in_every_run() {
    let desk = Desk::with("in/a.jsonl", dump(2000))
        .and("in/b.csv.gz", gzip(format!("text,id\n{}", format!("\"{ARTICLE}\",7\n").repeat(100))))
        .and("in/c.txt", ARTICLE)
        .and("in/d.json", format!("[{}]", dump(100).trim_end().replace('\n', ",")));
    let look = |options: &str| desk.run(&format!("clean in --sample 30 {options}")).succeeds();
    let one = look("-j 1").says(&["30 of 2,201 documents, chosen at random", "30 documents, 30 changed"]);
    let seven = look("-j 7");
    assert_eq!((&one.stdout, &one.stderr), (&seven.stdout, &seven.stderr));
    assert_ne!(one.stdout, look("--seed 1").stdout);
    look("--limit 20").says(&["20 of 20 documents"]).shows(&["in/a.jsonl: record in line "]);
    desk.run("clean in --sample 9999").succeeds().says(&["2,201 of 2,201 documents", "2,201 changed"]);
    desk.run("clean in --sample 0").succeeds().prints("").says(&["0 of 2,201"]);
}

#[test]
fn a_sample_of_standard_input_is_one_of_the_file() {
    let desk = Desk::with("a.jsonl", dump(300)).and("a.txt", ARTICLE);
    let of_file = String::from_utf8(desk.run("clean a.jsonl --sample 5").succeeds().stdout).unwrap();
    let of_stdin = of_file.replace("a.jsonl: record", "record");
    desk.run_with("filter --sample 5", dump(300)).succeeds().prints(of_stdin);
    desk.run_with("filter --sample 5", ARTICLE).succeeds().shows(&["ad ad-label: 1 removal"]);
}

#[test]
fn rows_of_columns_are_looked_at() {
    let desk =
        Desk::with("a.parquet", fs::read("fixtures/dumps/articles.parquet").unwrap()).and("b.txt", ARTICLE);
    let outcome = desk.run("clean a.parquet --limit 3").succeeds().says(&["3 documents"]);
    outcome.shows(&["  a.parquet: row 1:3:1\n"]);
    let all = desk.run("clean a.parquet b.txt --sample 99").succeeds();
    let all = all.says(&["13 of 13 documents", "12 documents, 5 changed", "1 record without the text field"]);
    let first = desk.run("clean a.parquet b.txt --limit 99").succeeds();
    assert_eq!(all.stdout, first.stdout);
    let some = ["1", "7"].map(|jobs| desk.run(&format!("clean a.parquet --sample 5 -j {jobs}")).succeeds());
    assert_eq!((&some[0].stdout, &some[0].stderr), (&some[1].stdout, &some[1].stderr));
    desk.run_with("filter --sample 5", desk.bytes("a.parquet")).succeeds().says(&["5 of 12 documents"]);
}

#[test]
fn a_misspelt_field_is_told() {
    let desk = Desk::with("a.jsonl", dump(30));
    desk.run("clean a.jsonl --sample 5 --field txet")
        .fails()
        .says(&["5 records of a.jsonl", "did you mean `text`?"]);
    desk.run("clean a.jsonl --sample 5 --drop-field txet")
        .succeeds()
        .says(&["5 records of a.jsonl", "did you mean `text`?"]);
}

#[test]
fn a_look_does_nothing_else() {
    let desk = Desk::with("a.jsonl", dump(3));
    for option in ["-o out", "--in-place", "--diff", "--explain", "--report r.jsonl"] {
        desk.run(&format!("clean a.jsonl --limit 1 {option}")).fails().prints("").says(&["leave out --"]);
    }
    desk.run("filter --sample 1 --compress gzip").fails().says(&["leave out --compress"]);
    desk.run("clean a.jsonl --seed 1").fails().says(&["--seed goes with --sample"]);
    assert_eq!(desk.names("."), ["a.jsonl"]);
}
