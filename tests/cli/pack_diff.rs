//! `dechaff rules diff`

use serde_json::{Value, json};

use crate::support::{ARTICLE, Desk, record, sentence, span_pack};

/// Packs that take `SHARE PRINT`, and those that take `PRINT` alone.
fn desk() -> Desk {
    Desk::with("old/buttons.toml", span_pack("buttons", "SHARE PRINT", ""))
        .and("new/buttons.toml", span_pack("buttons", "PRINT", ""))
        .and("same.txt", ARTICLE)
        .and("buttons.txt", sentence("SHARE PRINT"))
        .and("print.txt", sentence("PRINT"))
}

#[test]
fn texts_that_only_one_side_takes_are_shown_with_what_stands_around_them() {
    desk().run("rules diff old new same.txt buttons.txt print.txt").ends_with_code(1).says_nothing().prints(
        "\
--- buttons.txt
@@ 1:11 buttons-rule (chrome)
-SHARE
 Something […]PRINT stands here in the middle of a sen

--- print.txt
@@ 1:11 buttons-rule (chrome)
+PRINT
 Something […]stands here in the middle of a sentence

rule             before        now  only before        bytes   only now        bytes
buttons-rule          1          2            1            6          1            6

3 documents, 2 of them differ: 1 text only OLD takes (6 bytes), 1 text only NEW takes (6 bytes)
",
    );
}

#[test]
fn nothing_differs_between_the_same_packs() {
    desk().run("rules diff old old same.txt buttons.txt").succeeds().prints("2 documents, nothing differs\n");
    Desk::with("a.txt", ARTICLE).run("rules diff builtin builtin a.txt").succeeds();
}

#[test]
fn it_does_not_matter_which_rule_takes_a_text() {
    let desk = desk().and("other.toml", span_pack("other", "SHARE PRINT", ""));
    desk.run("rules diff old other.toml buttons.txt").succeeds().shows(&[
        "buttons-rule          1          0            0",
        "other-rule            0          1            0",
        "1 document, 0 of them differ",
    ]);
}

#[test]
fn packs_are_put_together_with_commas() {
    let desk = desk();
    desk.run("rules diff builtin builtin,new same.txt print.txt").ends_with_code(1).shows(&[
        "--- print.txt",
        "+PRINT",
        "1 text only NEW takes",
    ]);
    // Another state of a built-in pack takes the place of that.
    desk.write("ads.toml", span_pack("ads", "PRINT", ""));
    desk.run("rules diff builtin builtin,ads.toml print.txt")
        .ends_with_code(1)
        .shows(&["+PRINT", "ads-rule"]);
}

#[test]
fn what_a_rule_would_take_and_keeps_says_why() {
    let careful = span_pack("buttons", "PRINT", "allow = ['Something PRINT']");
    let desk = desk().and("careful/buttons.toml", careful);
    desk.run("rules diff new careful print.txt").ends_with_code(1).shows(&[
        "@@ 1:11 buttons-rule (chrome); NEW keeps it: protected by the allow pattern `Something PRINT`\n-PRINT\n",
    ]);
}

#[test]
fn a_malformed_record_stops_a_strict_run() {
    let desk = desk().and("dump.jsonl", "{\"text\": \n".to_owned() + &record(&sentence("PRINT")));
    desk.run("rules diff old new dump.jsonl").ends_with_code(1).says(&["line 1", "left alone"]);
    desk.run("rules diff old new dump.jsonl --strict").fails().says(&["line 1", "--strict stops here"]);
    desk.run("rules audit dump.jsonl --strict").fails().says(&["line 1", "--strict stops here"]);
}

#[test]
fn records_are_named_by_line_and_id() {
    let dump = [
        record(sentence("PRINT").trim_end()),
        json!({ "id": "b-2", "text": sentence("SHARE PRINT") }).to_string() + "\n",
    ];
    let desk = desk().and("dump.jsonl", dump.concat());
    desk.run("rules diff old new dump.jsonl")
        .ends_with_code(1)
        .shows(&["--- dump.jsonl: record in line 1\n", "--- dump.jsonl: record in line 2, id b-2\n"]);
    // The same on standard input.
    desk.run_with("rules diff old new -", dump.concat())
        .ends_with_code(1)
        .shows(&["record in line 2, id b-2\n", "2 documents, 2 of them differ"]);
}

#[test]
fn a_text_on_standard_input_is_cleaned_twice() {
    desk()
        .run_with("rules diff old new -", sentence("PRINT"))
        .ends_with_code(1)
        .shows(&["--- standard input\n"]);
}

#[test]
fn a_limit_bounds_what_is_shown_and_not_what_is_counted() {
    let outcome = desk().run("rules diff old new buttons.txt print.txt --limit 1").ends_with_code(1);
    let shown = String::from_utf8(outcome.stdout).unwrap();
    assert_eq!(shown.matches("--- ").count(), 1);
    assert!(shown.contains("2 documents, 2 of them differ"), "{shown}");
}

#[test]
fn json_has_a_line_for_each_document_and_rule_that_differs() {
    let outcome = desk().run("rules diff old new same.txt buttons.txt --json").ends_with_code(1);
    let lines = String::from_utf8(outcome.stdout).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [document, rule, corpus] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((&document["type"], &document["path"]), (&json!("document"), &json!("buttons.txt")));
    assert_eq!(
        document["differences"],
        json!([{
            "only": "old", "rule": "buttons-rule", "kind": "chrome", "bytes": [10, 16], "chars": [10, 16],
            "line": 1, "column": 11, "text": "SHARE ", "before": "Something ",
            "after": "PRINT stands here in the middle of a sen",
        }])
    );
    assert_eq!((&rule["type"], &rule["rule"]), (&json!("rule"), &json!("buttons-rule")));
    assert_eq!((&rule["only_before"], &rule["only_before_bytes"]), (&json!(1), &json!(6)));
    assert_eq!((&corpus["documents"], &corpus["differing"]), (&json!(2), &json!(1)));
}

#[test]
fn pages_are_compared_by_what_is_taken_of_them() {
    let pack = |class: &str| {
        format!(
            "[pack]\nid = \"site\"\ndescription = \"A site\"\n\n[[rule]]\nid = \"teaser\"\nkind = \"related\"\n\
             about = \"A teaser\"\nmatch.css = \".{class}\"\n\
             strip = [\"<p class={class}>Ten more bridges of the county</p>\"]\nkeep = [\"<p>The council met.</p>\"]\n"
        )
    };
    let page = "<p>The council met on Monday to talk about the bridge.</p>\
        <p class=teaser>Ten more bridges of the county that were closed in the spring of this year</p>\
        <p>The vote is expected in May, and it may be close.</p>";
    let desk = Desk::with("old.toml", pack("teaser")).and("new.toml", pack("other")).and("page.html", page);
    desk.run("rules diff old.toml new.toml page.html")
        .ends_with_code(1)
        .shows(&["--- page.html\n@@ teaser (related)\n-Ten more bridges"]);
    desk.run("rules diff old.toml old.toml page.html").succeeds();
}

#[test]
fn packs_and_files_that_are_not_there_are_told() {
    let desk = desk();
    desk.run("rules diff old gone.toml same.txt").fails().says(&["gone.toml", "builtin"]);
    desk.run("rules diff old new gone.txt").fails().says(&["gone.txt", "check the path"]);
    desk.write("broken.toml", span_pack("broken", "NOI[SE", ""));
    desk.run("rules diff old broken.toml same.txt").fails().says(&["broken.toml:9:"]);
    // The exit code is that of the file which could not be read, not of what differs.
    desk.write("dump.jsonl", "{\"body\":\"A text of an article.\"}\n");
    desk.run("rules diff old new dump.jsonl print.txt")
        .fails()
        .says(&["dump.jsonl", "body"])
        .shows(&["+PRINT"]);
}
