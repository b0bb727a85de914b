//! `dechaff clean` and `dechaff filter` on Markdown: front matter and code are left alone.

use crate::support::{Desk, sentence, span_pack};

/// A text with a word, or nothing, where rules look, and the word where they must not.
fn markdown(front_matter: &str, word: &str) -> String {
    let code = "```\r\n    WORD = \"WORD\"\r\n```\r\n";
    format!("{front_matter}\n{}\n{code}\n{}", sentence(word), sentence(word))
}

const FRONT_MATTERS: [&str; 3] = [
    "---\ntitle: WORD\nurl: https://example.com/a\ntext: |\n  WORD\n\n  WORD\n---\n",
    "+++\r\ntitle = \"WORD\"\r\nlink = \"https://example.com/a\"\r\n+++\r\n",
    "{\n  \"title\": \"WORD\",\n  \"url\": \"https://example.com/a\"\n}\n",
];

#[test]
fn front_matter_and_code_stay_byte_for_byte() {
    for front_matter in FRONT_MATTERS {
        let (noisy, clean) = (markdown(front_matter, "WORD"), markdown(front_matter, ""));
        let desk = Desk::with("mine.toml", span_pack("mine", "WORD", "")).and("in/a.md", &noisy);
        desk.run("clean in/a.md --pack mine.toml").succeeds().prints(&clean);
        desk.run("clean in -o out --pack mine.toml --report r.jsonl").succeeds();
        assert_eq!(desk.text("out/a.md"), clean);
        desk.run("restore --report r.jsonl out/a.md").succeeds().prints(&noisy);
        let line = "filter --format markdown --pack mine.toml --report r.jsonl";
        let outcome = desk.run_with(line, &noisy).succeeds().prints(&clean);
        desk.run_with("restore --report r.jsonl", outcome.stdout).succeeds().prints(&noisy);
    }
}

#[test]
fn offsets_are_those_of_the_file() {
    let text = markdown(FRONT_MATTERS[0], "WORD");
    let desk = Desk::with("mine.toml", span_pack("mine", "WORD", "")).and("a.md", &text);
    desk.run("clean a.md --pack mine.toml --report r.jsonl").succeeds();
    let removals = desk.report_lines("r.jsonl", "document")[0]["removals"].clone();
    let start = text.find("WORD stands").unwrap();
    assert_eq!(removals[0]["bytes"][0], start);
    assert_eq!((&removals[0]["line"], &removals[0]["column"]), (&10.into(), &11.into()));
    assert_eq!(removals.as_array().unwrap().len(), 2);
}

#[test]
fn front_matter_says_where_the_text_is_from() {
    let pack = span_pack("site", "WORD", "when = { hosts = [\"example.com\"] }")
        .replace("to = \"A B\"", "to = \"A B\", url = \"example.com\"");
    let desk = Desk::with("site.toml", pack);
    for front_matter in FRONT_MATTERS {
        desk.write("a.md", markdown(front_matter, "WORD"));
        let line = "clean a.md --pack site.toml --url https://example.org";
        desk.run(line).succeeds().prints(markdown(front_matter, ""));
    }
    let other = "---\nurl: https://example.org/a\n---\n";
    desk.write("a.md", markdown(other, "WORD"));
    desk.run("clean a.md --pack site.toml").succeeds().prints(markdown(other, "WORD"));
    desk.run("clean a.md --pack site.toml --url example.com").succeeds().prints(markdown(other, "WORD"));
    desk.write("a.md", markdown("", "WORD"));
    desk.run("clean a.md --pack site.toml --url example.com").succeeds().prints(markdown("", ""));
}

#[test]
fn headings_links_and_code_do_not_make_an_article_technical() {
    let text = "## The bridge\n\nThe council met on [Monday](https://example.com/a) about [it](https://example.com/b).\n\n\
        ADVERTISEMENT\n\n```sh\nmake bridge\n```\n\n### The vote\n\nIt is expected in [May](https://example.com/c).\n";
    let desk = Desk::with("a.md", text).and("b.md", text.replace("council", "`council()` and `mayor()`"));
    desk.run("clean a.md").succeeds().prints(text.replace("ADVERTISEMENT\n\n", ""));
    let manual = desk.text("b.md").replace("### The", "Call `vote()`:");
    desk.write("b.md", &manual);
    desk.run("clean b.md").succeeds().prints(manual);
}

#[test]
fn other_texts_have_no_front_matter() {
    let text = format!("---\ntitle: WORD\n---\n{}{}", sentence("WORD"), sentence("").repeat(3));
    let desk = Desk::with("mine.toml", span_pack("mine", "WORD", "")).and("a.txt", &text);
    desk.run("clean a.txt --pack mine.toml")
        .succeeds()
        .prints(text.replace(": WORD", ":").replace(" WORD", ""));
}
