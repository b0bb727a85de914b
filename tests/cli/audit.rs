//! `dechaff rules audit`

use serde_json::{Value, json};

use crate::support::{ARTICLE, Desk, span_pack};

/// Two buttons, of which one is a part of the other, and one that no text has.
const PACK: &str = r#"
[pack]
id = "buttons"
description = "Buttons of some sites"

[[rule]]
id = "share-print"
kind = "social"
about = "Two buttons"
match.span = 'SHARE PRINT'
strip = [{ from = "A SHARE PRINT B", to = "A B" }]
keep = ["A B"]

[[rule]]
id = "print"
kind = "chrome"
about = "A button"
match.span = 'PRINT'
strip = [{ from = "A PRINT B", to = "A B" }]
keep = ["A B"]

[[rule]]
id = "close"
kind = "chrome"
about = "A button that no text has"
match.span = 'CLOSE'
strip = [{ from = "A CLOSE B", to = "A B" }]
keep = ["A B"]
"#;

fn record(url: &str, noise: &str) -> String {
    let text = format!("The council met on Monday {noise} to talk about the bridge, and the vote is in May.");
    let record = match url {
        "" => json!({ "text": text }),
        url => json!({ "url": url, "text": text }),
    };
    format!("{record}\n")
}

fn desk() -> Desk {
    let dump = [
        record("https://www.a.example/1", "SHARE PRINT"),
        record("https://a.example/2", "SHARE PRINT"),
        record("https://b.example/1", "PRINT"),
        record("", "PRINT"),
        record("https://c.example/1", "again"),
    ];
    Desk::with("buttons.toml", PACK).and("dump.jsonl", dump.concat())
}

const AUDIT: &str = "rules audit dump.jsonl --no-default-packs --pack buttons.toml";

#[test]
fn a_table_tells_of_each_rule() {
    desk().run(AUDIT).succeeds().says_nothing().prints(
        "\
rule         kind            found  documents   sites        bytes        alone      tried  most with
print        chrome              4          4       3           12           12          4  share-print 2
share-print  social              2          2       1           24           14          2  print 2
close        chrome              0          0       0            0            0          0  -

5 documents, 4 changed; 3 sites, 1 without an URL
36 bytes taken (8.6 % of the text)
3 rules, 1 without a finding
",
    );
}

#[test]
fn rules_are_sorted_by_name_where_that_is_asked_for() {
    let outcome = desk().run(&format!("{AUDIT} --sort name")).succeeds();
    let table = String::from_utf8(outcome.stdout).unwrap();
    let names: Vec<&str> = table.lines().skip(1).take(3).filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(names, ["close", "print", "share-print"]);
}

#[test]
fn what_one_site_alone_supports_is_left_out() {
    // The two buttons stand on one site; of what they take there, the rule of other sites would take `PRINT`.
    desk().run(&format!("{AUDIT} --leave-out-site")).succeeds().shows(&[
        "tried   left  most with",
        "4   1.00  share-print 2",
        "2   0.42  print 2",
        "0      -  -",
        "22 bytes of that left (0.61) when what one site alone supports does not count there",
    ]);
}

#[test]
fn texts_of_one_site_say_nothing_of_others() {
    let desk = Desk::with("a.txt", ARTICLE);
    desk.run("rules audit a.txt --leave-out-site").succeeds().says(&["fewer than two", "--url-field"]);
}

#[test]
fn json_has_a_line_for_each_rule_and_one_for_the_corpus() {
    let outcome = desk().run(&format!("{AUDIT} --json --sort name")).succeeds();
    let lines = String::from_utf8(outcome.stdout).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [close, print, share, corpus] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!(close["findings"], 0);
    assert_eq!(print["most_with"], json!({ "rule": "share-print", "findings": 2 }));
    assert_eq!(
        share,
        &json!({
            "type": "rule", "rule": "share-print", "kind": "social", "pack": "buttons", "findings": 2,
            "documents": 2, "sites": 1, "bytes": 24, "alone": 0, "alone_bytes": 14,
            "most_with": { "rule": "print", "findings": 2 }, "tried": 2, "left_bytes": 10,
        })
    );
    assert_eq!(corpus["type"], "corpus");
    assert_eq!(corpus["rules_without_finding"], 1);
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let desk = desk();
    let one = desk.run(&format!("{AUDIT} --json --leave-out-site -j 1")).succeeds();
    desk.run(&format!("{AUDIT} --json --leave-out-site -j 4")).succeeds().prints(one.stdout);
}

#[test]
fn folders_and_other_formats_are_read_as_clean_reads_them() {
    let desk = Desk::with("corpus/a.txt", ARTICLE)
        .and("corpus/b.csv", format!("url,body\nhttps://b.example/1,\"{ARTICLE}\"\n"));
    let outcome = desk.run("rules audit corpus --field body --no-config --json").succeeds();
    let lines = String::from_utf8(outcome.stdout).unwrap();
    let label = lines.lines().find(|line| line.contains("\"rule\":\"ad-label\"")).unwrap();
    let label: Value = serde_json::from_str(label).unwrap();
    assert_eq!((&label["documents"], &label["sites"]), (&json!(2), &json!(2)));
}

#[test]
fn elements_of_pages_count_for_the_rules_that_take_them() {
    let pack = "[pack]\nid = \"site\"\ndescription = \"A site\"\n\n\
        [[rule]]\nid = \"teaser\"\nkind = \"related\"\nabout = \"A teaser\"\nmatch.css = \".teaser\"\n\
        strip = [{ from = \"<p>The council met.</p><p class=teaser>More of it</p>\", to = \"The council met.\" }]\n\
        keep = [\"<p>The council met.</p>\"]\n";
    let page = "<p>The council met on Monday to talk about the bridge.</p><p class=teaser>Ten more bridges</p>\
        <p>The vote is expected in May, and it may be close.</p><p class=teaser>And a tunnel</p>";
    let desk = Desk::with("site.toml", pack).and("page.html", page);
    desk.run("rules audit page.html --url https://a.example --no-default-packs --pack site.toml")
        .succeeds()
        .shows(&["teaser  related             2          1       1"]);
}

#[test]
fn what_is_not_there_is_told() {
    let desk = Desk::with("mine.toml", span_pack("mine", "NOISE", ""));
    desk.run("rules audit").fails().says(&["<CORPUS>"]);
    desk.run("rules audit missing.jsonl").fails().says(&["missing.jsonl", "check the path"]);
    desk.write("dump.jsonl", "{\"body\":\"A text of an article that is long enough.\"}\n");
    desk.run("rules audit dump.jsonl").fails().says(&["dump.jsonl", "`text`", "body"]);
}
