//! Pages: the article is taken out of each, as new text.

use serde_json::Value;

use crate::support::{ARTICLE, CLEAN, Desk, gzip};

const HEAD: &str = "<!doctype html><html lang=en><head><meta charset=utf-8><title>Council weighs a new bridge | The Post</title>\
    <meta property=og:title content='Council weighs a new bridge'></head><body>\
    <ul class=menu><li><a href=/n>News</a></li><li><a href=/s>Sport</a></li></ul><div class=story>";

/// A page with the paragraphs of [`ARTICLE`], with its noise among them, and with a menu.
fn page() -> String {
    let paragraphs: String = ARTICLE.split("\n\n").map(|text| format!("<p>{}</p>\n", text.trim())).collect();
    format!("{HEAD}{paragraphs}</div></body></html>\n")
}

fn record(html: &str) -> String {
    format!("{{\"id\": 1, \"html\": {}, \"n\": 1.50}}\n", Value::from(html))
}

#[test]
fn the_article_of_a_page_is_clean_text() {
    let desk =
        Desk::with("a.html", page()).and("b.html.gz", gzip(page())).and("c", page()).and("d.php", page());
    for line in ["clean a.html", "clean b.html.gz", "clean c"] {
        desk.run(line).succeeds().prints(CLEAN).says(&["1 document, 1 changed"]);
    }
    desk.run("clean c d.php -o out").succeeds();
    assert_eq!(desk.names("out"), ["c.txt", "d.txt"]);
    for line in ["filter --format html", "filter", "clean -", "clean"] {
        desk.run_with(line, page()).succeeds().prints(CLEAN);
    }
}

#[test]
fn pages_of_a_folder_become_texts_in_the_same_tree() {
    let desk = Desk::with("in/a.html", page()).and("in/deep/b.htm.gz", gzip(page())).and("in/c.txt", ARTICLE);
    desk.run("clean in -o out").succeeds().says(&["3 documents, 3 changed"]);
    assert_eq!((desk.text("out/a.txt"), desk.text("out/c.txt")), (CLEAN.to_owned(), CLEAN.to_owned()));
    assert_eq!(desk.names("out/deep"), ["b.txt.gz"]);
    desk.run("clean out -o again").succeeds().says(&["nothing to remove"]);
    desk.run("clean in -o marked --to markdown").succeeds();
    assert_eq!(desk.names("marked"), ["a.md", "c.txt", "deep"]);
}

#[test]
fn a_text_that_would_be_written_over_is_told_before_anything_is_written() {
    let desk = Desk::with("in/a.html", page()).and("in/a.txt", ARTICLE);
    desk.run("clean in -o out").fails().says(&["in/a.html and in/a.txt would both go to out/a.txt"]);
    assert!(!desk.exists("out"));
}

#[test]
fn a_page_without_an_article_is_a_result() {
    let desk = Desk::with("in/a.html", "<script>let x = 1</script>").and("in/b.html", page());
    desk.run("clean in -o out --report r.jsonl").succeeds().says(&[
        "no article found in in/a.html",
        "1 document, 1 changed",
        "1 page without an article",
    ]);
    assert_eq!(desk.names("out"), ["b.txt"]);
    let documents = desk.report_lines("r.jsonl", "document");
    assert_eq!(documents[0]["page"]["article"], false);
    assert_eq!((&documents[0]["path"], documents[0].get("output")), (&Value::from("in/a.html"), None));
    desk.run("clean in/a.html").succeeds().prints("").says(&["1 page without an article"]);
    desk.run("clean in/a.html --to jsonl").succeeds().prints("");
    let set = "{\"id\": 1, \"html\": \"<p></p>\", \"text\": null, \"n\": 1.50}\n";
    desk.run_with("filter --html-field html --output-field text", record("<p></p>")).succeeds().prints(set);
}

#[test]
fn an_article_may_be_a_record_with_what_the_page_says_of_it() {
    let desk = Desk::with("a.html", page());
    let outcome = desk.run("clean a.html --to jsonl --url https://post.example/bridge").succeeds();
    let record: Value = serde_json::from_slice(&outcome.stdout).unwrap();
    assert_eq!(record["url"], "https://post.example/bridge");
    assert_eq!(record["title"], "Council weighs a new bridge");
    assert_eq!((&record["language"], &record["author"]), (&Value::from("en"), &Value::Null));
    assert_eq!(record["text"], CLEAN.trim_end());
    desk.run_with("filter", &outcome.stdout).succeeds().prints(&outcome.stdout);
}

#[test]
fn markdown_is_as_clean_as_plain_text() {
    let desk = Desk::with(
        "a.html",
        page()
            .replace(
                "<p>ADV",
                "<h3>Related:</h3><ul><li><a href=/x>Five bridges that have fallen</a></li></ul><p>ADV",
            )
            .replace("<p>The vote", "<h2>What comes next</h2><blockquote><p>The vote"),
    );
    desk.run("clean a.html --to markdown --favor recall").succeeds().prints(
        "The council met on Monday to talk about the bridge.\n\n## What comes next\n\n\
         > The vote is expected in May, and it may be close.\n",
    );
}

#[test]
fn records_get_the_articles_of_their_pages() {
    let clean = Value::from(CLEAN.trim_end()).to_string();
    let html = Value::from(page()).to_string();
    let desk = Desk::new();
    let with = |text: &str| format!("{{\"id\": 1, \"html\": {html}, \"text\": {text}, \"n\": 1.50}}\n");
    let without = format!("{{\"id\": 1, \"n\": 1.50, \"text\": {clean}}}\n");
    let line = "filter --html-field html --output-field text";
    desk.run_with(line, record(&page())).succeeds().prints(with(&clean)).says(&["1 document, 1 changed"]);
    desk.run_with(line, with("\"old\"")).succeeds().prints(with(&clean));
    desk.run_with(&format!("{line} --drop-field html"), record(&page())).succeeds().prints(&without);
    let array = format!("[{}, {}]", record(&page()).trim(), record("<p>").trim());
    let none = record("<p>").trim().replace(", \"n\"", ", \"text\": null, \"n\"");
    desk.run_with(line, array).succeeds().prints(format!("[{}, {none}]", with(&clean).trim()));
    desk.run_with(&format!("{line} --drop-empty"), record(&page()) + &record("<p>"))
        .succeeds()
        .prints(with(&clean))
        .says(&["1 page without an article", "1 record left out"]);
    let missing = "{\"id\": 2}\n";
    desk.run_with(line, record(&page()) + missing)
        .succeeds()
        .prints(with(&clean) + "{\"id\": 2,\"text\": null}\n");
    let told = "{\"id\": 3, \"text\": \"What another extractor said.\"}\n";
    desk.run_with(line, record(&page()) + told).succeeds().prints(with(&clean) + told);
    let table = "id,html,text\n1,<p>,old\n2,,What another extractor said.\n";
    desk.run_with(&format!("{line} --format csv"), table)
        .succeeds()
        .prints("id,html,text\n1,<p>,\n2,,What another extractor said.\n");
    desk.run_with(line, missing).fails().says(&["no record of standard input", "`html`"]);
}

#[test]
fn articles_of_a_dump_may_be_records_of_their_own() {
    let text = Value::from(CLEAN.trim_end()).to_string();
    let line = |id: &str| {
        format!(
            "{{\"id\":\"{id}\",\"url\":null,\"title\":\"Council weighs a new bridge\",\"author\":null,\"date\":null,\
             \"site\":null,\"language\":\"en\",\"text\":{text}}}\n"
        )
    };
    let input = record(&page()) + "{\"id\": 2}\n" + &record("<p>") + "oops\n" + &record(&page());
    let desk = Desk::with("in/d.jsonl", &input).and("e.json", format!("[{}]", record(&page())));
    desk.run_with("filter --html-field html --to jsonl", &input)
        .succeeds()
        .prints(line("1") + &line("1"))
        .says(&[
            "2 documents",
            "1 page without an article",
            "2 records left out",
            "column 1: expected value; correct the record or leave it out; left out",
        ]);
    desk.run("clean e.json --html-field html --to jsonl").succeeds().prints(line("1"));
    desk.run("clean in -o out --html-field html --to jsonl --report r.jsonl").succeeds();
    assert_eq!(desk.text("out/d.jsonl"), line("1") + &line("1"));
    desk.run("restore --report r.jsonl out/d.jsonl").fails().prints("").says(&["new"]);
}

#[test]
fn tables_may_hold_pages() {
    let quoted = format!("\"{}\"", page().replace('"', "\"\""));
    let (table, text) = (format!("id,html\n1,{quoted}\n2,\n"), CLEAN.trim_end());
    let desk = Desk::with("a.csv", table);
    desk.run("clean a.csv --html-field html --output-field text --drop-field html")
        .succeeds()
        .prints(format!("id,text\n1,\"{text}\"\n2,\n"));
}

#[test]
fn columns_may_hold_pages() {
    let articles = include_bytes!("../../fixtures/dumps/plain.parquet");
    let desk = Desk::with("a.parquet", articles);
    desk.run("clean a.parquet -o b.parquet --html-field text --output-field article --drop-field text")
        .succeeds();
    let counts = |outcome: &str| {
        outcome.lines().find(|line| line.contains("document")).unwrap().split(',').next().unwrap().to_owned()
    };
    let texts = counts(&desk.run("clean a.parquet -o c.parquet").succeeds().stderr);
    let articles = desk.run("clean b.parquet -o d.parquet --field article").succeeds().stderr;
    assert_eq!(counts(&articles), texts);
    desk.run("clean b.parquet -o d.parquet").fails().says(&["no column `text`"]);
}

#[test]
fn articles_of_columns_may_be_records_of_their_own() {
    let desk = Desk::with("in/a.parquet", include_bytes!("../../fixtures/dumps/articles.parquet"));
    let lines = desk.run("clean in/a.parquet --html-field text --to jsonl").succeeds().stdout;
    let lines = String::from_utf8(lines).unwrap();
    assert_eq!(lines.lines().count(), 11, "a row has no page");
    let line = "{\"id\":\"100\",\"url\":\"https://example.com/0\",\"title\":\"Council meets\",";
    assert!(lines.starts_with(line) && !lines.contains("ADVERTISEMENT"), "{lines}");
    desk.run("clean in -o out --html-field text --to jsonl --report r.jsonl").succeeds();
    assert_eq!((desk.names("out"), desk.text("out/a.jsonl")), (vec!["a.jsonl".to_owned()], lines.clone()));
    desk.write("in/b.parquet", desk.bytes("in/a.parquet"));
    desk.run("clean in -o both --html-field text --to jsonl").succeeds();
    assert_eq!((desk.text("both/a.jsonl"), desk.text("both/b.jsonl")), (lines.clone(), lines.clone()));
    desk.run_with("filter --html-field text --to jsonl", desk.bytes("in/a.parquet"))
        .succeeds()
        .prints(&lines);
    desk.run("restore --report r.jsonl out/a.jsonl").fails().prints("").says(&["new"]);
}

#[test]
fn dumps_of_texts_beside_pages_stay_what_they_are() {
    let text = |text: &str| format!("{{\"n\": 1.50, \"text\": {}}}\n", Value::from(text));
    let desk = Desk::with("in/a.html", page())
        .and("in/b.jsonl", text(ARTICLE))
        .and("in/c.parquet", include_bytes!("../../fixtures/dumps/articles.parquet"));
    desk.run("clean in -o out --to jsonl").succeeds();
    assert!(desk.text("out/a.jsonl").starts_with("{\"url\":null"));
    assert_eq!(desk.text("out/b.jsonl"), text(CLEAN));
    desk.run("clean in/c.parquet -o c.parquet").succeeds();
    assert_eq!(desk.bytes("out/c.parquet"), desk.bytes("c.parquet"));
}

#[test]
fn pages_are_never_written_in_place() {
    let desk = Desk::with("in/a.html", page()).and("in/b.txt", ARTICLE).and("d.jsonl", record(&page()));
    desk.run("clean in/a.html --in-place").fails().says(&["in/a.html stays as it is", "new text"]);
    desk.run("check in/a.html --fix").fails().says(&["new text"]);
    desk.run("clean in --in-place").succeeds().says(&["in/a.html is left out", "1 document, 1 changed"]);
    assert_eq!((desk.text("in/a.html"), desk.text("in/b.txt")), (page(), CLEAN.to_owned()));
    desk.run("clean d.jsonl --in-place --html-field html --output-field text").fails().says(&["new text"]);
    desk.run("check d.jsonl --fix --html-field html").fails().says(&["not fixed"]);
    desk.run("clean d.jsonl --html-field html").fails().says(&["--output-field"]);
    desk.run("clean d.jsonl --html-field html --annotate noise").fails().says(&["--output-field"]);
}

#[test]
fn pages_are_not_restored() {
    let desk = Desk::with("a.html", page()).and("d.jsonl", record(&page()));
    desk.run("clean a.html -o a.txt --report r.jsonl").succeeds();
    desk.run("restore --report r.jsonl a.txt").fails().prints("").says(&["taken out of a page"]);
    desk.run("clean d.jsonl -o e.jsonl --html-field html --output-field text --report s.jsonl").succeeds();
    desk.run("restore --report s.jsonl e.jsonl -o f.jsonl").fails().says(&["taken out of a page"]);
    assert!(!desk.exists("f.jsonl"));
}

#[test]
fn a_check_tells_what_rules_find_in_the_articles() {
    let desk = Desk::with("a.html", page()).and("d.jsonl", record(&page()));
    desk.run("check a.html --output-format concise")
        .ends_with_code(1)
        .prints("a.html:2:1: ad ad-label  ADVERTISEMENT  (article 3:1)\n")
        .says(&["1 finding in 1 file; pages are not fixed"]);
    desk.run("check d.jsonl --html-field html --output-format concise")
        .ends_with_code(1)
        .prints("d.jsonl:1:1: ad ad-label  ADVERTISEMENT  (id 1, article 3:1)\n");
}

#[test]
fn a_report_has_every_block_that_a_reader_sees() {
    let desk = Desk::with("a.html", page()).and("d.jsonl", record(&page()));
    desk.run("clean a.html --report r.jsonl -o b.txt").succeeds();
    let document = &desk.report_lines("r.jsonl", "document")[0];
    let blocks = document["page"]["blocks"].as_array().unwrap();
    let kept: Vec<_> = blocks.iter().map(|block| block["kept"].as_bool().unwrap()).collect();
    assert_eq!(kept, [false, false, true, true, true]);
    assert_eq!((&blocks[0]["text"], &document["removals"][0]["rule"]), (&"News".into(), &"ad-label".into()));
    assert_eq!((&document["path"], &document["output"]), (&"a.html".into(), &"b.txt".into()));
    assert_eq!(document["after"]["bytes"], CLEAN.len());
    let line = "clean d.jsonl -o e.jsonl --html-field html --output-field text --report s.jsonl";
    desk.run(line).succeeds();
    let document = &desk.report_lines("s.jsonl", "document")[0];
    assert_eq!((&document["id"], &document["line"]), (&"1".into(), &1.into()));
    assert_eq!(document["page"]["blocks"].as_array().unwrap().len(), 5);
}

#[test]
fn a_diff_is_of_what_a_reader_sees() {
    let desk = Desk::with("a.html", page());
    desk.run("clean a.html --diff").succeeds().prints(
        "--- a/a.html\n+++ b/a.html\n@@ -1,8 +1,3 @@\n-- News\n-- Sport\n-\n \
         The council met on Monday to talk about the bridge.\n-\n-ADVERTISEMENT\n \n \
         The vote is expected in May, and it may be close.\n",
    );
    desk.run("clean a.html --explain")
        .succeeds()
        .shows(&["a.html: left out: News", "a.html:3:1: ad ad-label"]);
}

#[test]
fn a_look_shows_what_rules_take_from_pages() {
    let desk = Desk::with("in/a.html", page()).and("d.jsonl", record(&page()));
    desk.run("clean in --limit 5").succeeds().shows(&["ad ad-label: 1 removal"]);
    desk.run("clean d.jsonl --html-field html --output-field text --sample 1")
        .succeeds()
        .shows(&["ad ad-label: 1 removal"]);
}

#[test]
fn an_interrupted_run_goes_on_behind_its_pages() {
    let desk = Desk::with("in/a.html", page()).and("in/b.html", "<p>").and("in/c.html", page());
    desk.run("clean in -o out --report r.jsonl").succeeds();
    let report = desk.text("r.jsonl");
    let head: String = report.lines().take(2).map(|line| format!("{line}\n")).collect();
    desk.write("r.jsonl.partial", head);
    std::fs::remove_file(desk.path("r.jsonl")).unwrap();
    desk.run("clean in -o out --report r.jsonl --resume").succeeds().says(&["1 file done before"]);
    assert_eq!(desk.text("r.jsonl"), report);
}

#[test]
fn what_only_has_the_name_of_a_page_is_told() {
    let desk = Desk::with("in/a.html", b"\x89PNG\r\n\x1a\n\0\0\0\x0d").and("in/b.html", page());
    desk.run("clean in/a.html").fails().prints("").says(&["in/a.html is a PNG picture, not text"]);
    desk.run("clean in -o out").succeeds().says(&["in/a.html is left out"]);
    desk.write("c.html", [page().as_bytes(), b"<p>\0\0\0"].concat());
    desk.run("clean c.html").succeeds().prints(CLEAN);
}

#[test]
fn articles_are_the_same_on_any_number_of_threads() {
    let desk = Desk::new();
    let input = (record(&page()) + &record("<p>")).repeat(600);
    let outcome = |jobs: &str| {
        let line = format!("filter --html-field html --output-field text --report r.jsonl -j {jobs}");
        let outcome = desk.run_with(&line, &input).succeeds();
        (outcome.stdout, outcome.stderr, desk.text("r.jsonl"))
    };
    let one = outcome("1");
    assert!(one == outcome("3"));
    assert!(one.1.contains("600 documents, 600 changed") && one.1.contains("600 pages without an article"));
}

#[test]
fn options_for_pages_are_refused_where_there_are_none() {
    let desk = Desk::with("a.txt", ARTICLE).and("a.html", page()).and("d.jsonl", record(&page()));
    for (line, part) in [
        ("clean a.txt --to markdown", "--favor and --to are for pages"),
        ("clean a.txt --html-field html --output-field text", "no fields"),
        ("clean a.html --html-field html --output-field text", "no fields"),
        ("clean a.html --field html", "no fields"),
        ("clean d.jsonl --to jsonl --html-field html --output-field text", "records of its own"),
        ("clean d.jsonl --to jsonl", "--html-field"),
        ("clean d.jsonl --html-field pages[].html --output-field text", "several pages"),
        ("clean d.jsonl --html-field html --field text --output-field text", "cannot be used with"),
        ("clean a.html --output-encoding keep", "UTF-8"),
    ] {
        desk.run(line).fails().prints("").says(&[part]);
    }
}

#[test]
fn an_encoding_that_is_kept_is_that_of_the_texts_beside_pages() {
    let latin = encoding_rs::WINDOWS_1252.encode("Das Café ist zu, und die alte Brücke ist gesperrt.\n").0;
    let desk = Desk::with("in/a.txt", &latin).and("in/b.html", page());
    desk.run("clean in -o out --output-encoding keep").succeeds();
    assert_eq!((desk.bytes("out/a.txt"), desk.text("out/b.txt")), (latin.into_owned(), CLEAN.to_owned()));
}

#[test]
fn pages_may_be_in_any_encoding() {
    let german =
        "<p>Der Stadtrat hat am Montag über die alte Brücke gesprochen, die seit März gesperrt ist.</p>";
    let text = "Der Stadtrat hat am Montag über die alte Brücke gesprochen, die seit März gesperrt ist.\n";
    let latin = |head: &str| encoding_rs::WINDOWS_1252.encode(&format!("{head}{german}")).0.into_owned();
    let desk = Desk::with("meta.html", latin("<meta charset=iso-8859-1>")).and("none.html", latin(""));
    desk.run("clean meta.html").succeeds().prints(text);
    desk.run("clean none.html --encoding latin1").succeeds().prints(text);
    let wide: Vec<u8> = format!("\u{feff}{german}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    desk.write("wide.html", wide);
    desk.run("clean wide.html").succeeds().prints(text);
}
