//! Rules on the elements of pages.

use crate::support::Desk;

const FIRST: &str = "The council met on Monday to talk about the bridge, which has been closed since March.";
const SECOND: &str =
    "The vote is expected in May, and it may be close: nine members have not made up their minds.";

const PACK: &str = r#"[pack]
id = "post"
description = "The Morning Post"
hosts = ["post.example"]

[[rule]]
id = "post-box"
kind = "related"
about = "The box of other stories"
match.css = ["div.box", "[data-part~='promo']"]
strip = ["<div class='box'><p>Five bridges that fell</p></div>", "<p data-part='big promo'>Read on</p>"]
keep = [{ text = "<div class='boxing'><p>The boxing match is on Friday.</p></div>", url = "post.example" }]

[[rule]]
id = "post-body"
kind = "chrome"
about = "All around the story"
match.css.keep = "div.body"
match.css.drop = ".aside"
strip = [{ from = "<p>Menu</p><div class=body><p>A story.</p><p class=aside>More</p></div>", to = "A story." }]
keep = ["<p>A page without a body.</p>"]
"#;

fn page(inner: &str) -> String {
    format!(
        "<html><head><link rel=canonical href='https://post.example/a'></head><body>{inner}</body></html>"
    )
}

#[test]
fn examples_of_rules_on_elements_are_tests() {
    let desk = Desk::with("post.toml", PACK);
    desk.run("rules test post.toml").succeeds().shows(&["5 right, 0 missed"]);
    desk.write("post.toml", PACK.replace("\"div.box\"", "\"div[class^=box]\""));
    desk.run("rules test post.toml").ends_with_code(1).shows(&["post-box: keep: noisy (by post-box)"]);
    desk.write("post.toml", PACK.replace("\"div.box\"", "\"div.other\""));
    desk.run("rules test post.toml")
        .ends_with_code(1)
        .shows(&["post-box: strip: missed", "+Five bridges that fell"]);
}

#[test]
fn elements_of_a_site_go() {
    let body = format!("<p>{FIRST}</p><div class=box><p>{SECOND}</p></div><p>{SECOND} So it was said.</p>");
    let desk = Desk::with("post.toml", PACK).and("a.html", page(&body));
    let left = format!("{FIRST}\n\n{SECOND} So it was said.\n");
    let elsewhere = format!("{FIRST}\n\n{SECOND}\n\n{SECOND} So it was said.\n");
    desk.run("clean a.html --pack post.toml").succeeds().prints(&left).says(&["1 changed", "post-box"]);
    desk.run("clean a.html --pack post.toml --url https://m.post.example/").succeeds().prints(&left);
    desk.run("clean a.html --pack post.toml --url https://other.example/ --ignore dup")
        .succeeds()
        .prints(elsewhere);
    desk.run("clean a.html --pack post.toml --report r.jsonl -o a.txt").succeeds();
    let blocks = &desk.report_lines("r.jsonl", "document")[0]["page"]["blocks"];
    assert_eq!((&blocks[1]["text"], &blocks[1]["rule"]), (&SECOND.into(), &"post-box".into()));
    desk.run("clean a.html --pack post.toml --explain").succeeds().shows(&["because of the rule post-box"]);
}

#[test]
fn a_check_and_a_look_tell_of_elements_that_go() {
    let body =
        format!("\n<p>{FIRST}</p>\n<div class=box><p>Five bridges that fell</p></div>\n<p>{SECOND}</p>");
    let record = format!("{{\"id\":7,\"html\":{}}}\n", serde_json::Value::from(page(&body)));
    let desk = Desk::with("post.toml", PACK).and("a.html", page(&body)).and("d.jsonl", record);
    let found = "related post-box  Five bridges that fell";
    desk.run("check a.html --pack post.toml --output-format concise")
        .ends_with_code(1)
        .prints(format!("a.html:3:1: {found}\n"))
        .says(&["1 finding in 1 file; pages are not fixed"]);
    desk.run("check d.jsonl --html-field html --pack post.toml --output-format concise")
        .ends_with_code(1)
        .prints(format!("d.jsonl:1:1: {found}  (id 7, page)\n"));
    desk.run("check a.html --pack post.toml")
        .ends_with_code(1)
        .shows(&["3 | Five bridges", "= The box of other stories"]);
    let json = desk.run("check a.html --pack post.toml --output-format jsonl").stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!((&json["line"], &json["pack"], json.get("record")), (&3.into(), &"post".into(), None));
    desk.run("check a.html --pack post.toml --write-baseline b.json")
        .succeeds()
        .says(&["1 finding in 1 file accepted"]);
    desk.run("check a.html --pack post.toml --baseline b.json").succeeds();
    for (line, place) in [
        ("a.html", "a.html:3:1"),
        ("d.jsonl --html-field html --output-field text", "d.jsonl: record in line 1"),
    ] {
        desk.run(&format!("clean {line} --pack post.toml --limit 9")).succeeds().shows(&[
            "related post-box: 1 removal, 22 bytes",
            &format!("  {place}\n    [-Five bridges that fell-]"),
        ]);
    }
}

#[test]
fn an_element_in_a_line_goes_with_its_text_and_its_lines() {
    let desk = Desk::with("post.toml", PACK.replace("div.box", "span.box"));
    for (inside, left) in [
        ("<span class=box>Anna Maria Shaw Five bridges</span>", "Anna Shaw and others met."),
        (" <span class=box>Anna<div>Five bridges</div>MORE</span>,", "Anna Shaw\n\n, and others met."),
        ("<span class=box><b>Anna</b><br>Five bridges</span>", "Anna Shaw\n\nand others met."),
    ] {
        let text = format!("<div>{FIRST} Anna Shaw{inside} and others met.</div><p>{SECOND}</p>");
        desk.write("a.html", page(&text));
        let outcome = desk.run("clean a.html --pack post.toml").succeeds();
        let text = String::from_utf8(outcome.stdout).unwrap();
        assert!(!text.contains("bridges") && !text.contains("Maria") && !text.contains("MORE"), "{text}");
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(&text), words(&format!("{FIRST} {left} {SECOND}")));
    }
}

#[test]
fn what_a_site_calls_its_story_is_the_article() {
    let story = "<p>Short.</p><ul><li><a href=/x>A list of links</a></li></ul><p class=aside>Off</p>";
    let desk = Desk::with("post.toml", PACK)
        .and("a.html", page(&format!("<p>{FIRST}</p><div class=body>{story}</div><p>{SECOND}</p>")));
    desk.run("clean a.html --pack post.toml").succeeds().prints("Short.\n\n- A list of links\n");
    // Where a page has no such element, its blocks are judged.
    desk.write("b.html", page(&format!("<p>{FIRST}</p><p>{SECOND}</p>")));
    desk.run("clean b.html --pack post.toml").succeeds().prints(format!("{FIRST}\n\n{SECOND}\n"));
}

#[test]
fn text_that_is_allowed_stays_in_elements_too() {
    let desk = Desk::with("post.toml", PACK)
        .and("dechaff.toml", "allow = [\"May, and it\"]\n")
        .and("a.html", page(&format!("<p>{FIRST}</p><div class=box><p>{SECOND}</p></div>")));
    desk.run("clean a.html --pack post.toml").succeeds().prints(format!("{FIRST}\n\n{SECOND}\n"));
}

#[test]
fn an_interrupted_run_counts_what_rules_took_before() {
    let body = page(&format!("<p>{FIRST}</p><div class=box><p>Five bridges</p></div><p>{SECOND}</p>"));
    let desk = Desk::with("post.toml", PACK).and("in/a.html", &body).and("in/b.html", &body);
    let line = "clean in -o out --pack post.toml --report r.jsonl";
    desk.run(line).succeeds().says(&["2 documents, 2 changed: 2 removals"]);
    let report = desk.text("r.jsonl");
    let head: String = report.lines().take(2).map(|line| format!("{line}\n")).collect();
    desk.write("r.jsonl.partial", head);
    std::fs::remove_file(desk.path("r.jsonl")).unwrap();
    desk.run(&format!("{line} --resume")).succeeds().says(&["1 file done before"]);
    assert_eq!(desk.text("r.jsonl"), report);
}

#[test]
fn captions_go_when_they_are_asked_for() {
    let figure = "<figure><img src=a><figcaption>The bridge, on a fine day in the spring of last year, as the mayor saw it.</figcaption></figure>";
    let desk = Desk::with("a.html", page(&format!("<p>{FIRST}</p>{figure}<p>{SECOND}</p>")));
    desk.run("clean a.html --extend-select caption --report r.jsonl -o a.txt").succeeds();
    assert_eq!(desk.text("a.txt"), format!("{FIRST}\n\n{SECOND}\n"));
    let blocks = &desk.report_lines("r.jsonl", "document")[0]["page"]["blocks"];
    assert_eq!(blocks[1]["rule"], "caption-element");
}

#[test]
fn a_wrong_selector_is_shown_in_its_line() {
    let desk = Desk::with("a.html", "<p>").and("post.toml", PACK.replace("div.box", "div..box"));
    desk.run("clean a.html --pack post.toml").fails().says(&[
        "`div..box` cannot be used as a CSS selector",
        "post.toml:10:",
        "help: write it as in a style sheet",
    ]);
    for (old, new, part) in [
        ("\"div.box\"", "\"p ~ p\"", "too many elements"),
        (
            "match.css.keep = \"div.body\"\nmatch.css.drop = \".aside\"",
            "match.css = []",
            "no selector is here",
        ),
        ("match.css.keep", "match.css.kep", "did you mean `keep`"),
        ("match.css.keep", "when.max_chars = 9\nmatch.css.keep", "on elements"),
    ] {
        desk.write("post.toml", PACK.replace(old, new));
        desk.run("clean a.html --pack post.toml").fails().says(&["post.toml:", part]);
    }
}
