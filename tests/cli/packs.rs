//! Which rules are used: packs, `--select`, `--extend-select`, `--ignore`.

use crate::report::replacing_pack;
use crate::support::{ARTICLE, CLEAN, Desk, sentence, span_pack};

/// An advertisement and a related link.
const TWO: &str = "One sentence.\n\nADVERTISEMENT\n\nTwo sentences.\n\nREAD MORE: Why the old bridge was closed for a year\n\nThree.\n";
const WITHOUT_AD: &str =
    "One sentence.\n\nTwo sentences.\n\nREAD MORE: Why the old bridge was closed for a year\n\nThree.\n";
const WITHOUT_RELATED: &str = "One sentence.\n\nADVERTISEMENT\n\nTwo sentences.\n\nThree.\n";
const WITHOUT_BOTH: &str = "One sentence.\n\nTwo sentences.\n\nThree.\n";

#[test]
fn rules_are_selected_by_id_kind_and_pack() {
    let desk = Desk::with("a.txt", TWO);
    for (options, expected) in [
        ("", WITHOUT_BOTH),
        ("--select ad-label", WITHOUT_AD),
        ("--select ad", WITHOUT_AD),
        ("--select ads", WITHOUT_AD),
        ("--select related", WITHOUT_RELATED),
        ("--select related-label-line", WITHOUT_RELATED),
        ("--select ads,related", WITHOUT_BOTH),
        ("--select ads --select related-label-line", WITHOUT_BOTH),
        ("--select all", WITHOUT_BOTH),
        ("--select caption", TWO),
    ] {
        desk.run(&format!("clean a.txt {options}")).succeeds().prints(expected);
    }
}

#[test]
fn rules_are_ignored_by_id_kind_and_pack() {
    let desk = Desk::with("a.txt", TWO);
    for name in ["ad-label", "ad", "ads"] {
        desk.run(&format!("clean a.txt --ignore {name}")).succeeds().prints(WITHOUT_RELATED);
        desk.run(&format!("clean a.txt --select {name} --ignore {name}")).succeeds().prints(TWO);
    }
    desk.run("clean a.txt --ignore all").succeeds().prints(TWO);
}

#[test]
fn optional_kinds_stay_unless_they_are_asked_for() {
    let pack = span_pack("photos", "PHOTO", "").replace("chrome", "caption");
    let desk = Desk::with("a.txt", sentence("PHOTO") + ARTICLE).and("photos.toml", pack);
    let clean = |options: &str| desk.run(&format!("clean a.txt --pack photos.toml {options}")).succeeds();
    clean("").prints(sentence("PHOTO") + CLEAN);
    for name in ["caption", "photos", "photos-rule"] {
        clean(&format!("--extend-select {name}")).prints(sentence("") + CLEAN);
        clean(&format!("--select {name}")).prints(sentence("") + ARTICLE);
        clean(&format!("--extend-select caption --ignore {name}")).prints(sentence("PHOTO") + CLEAN);
    }
}

#[test]
fn a_misspelt_name_is_told_with_the_one_that_was_meant() {
    let desk = Desk::with("a.txt", TWO);
    for option in ["--select", "--extend-select", "--ignore"] {
        desk.run(&format!("clean a.txt {option} ad-labl"))
            .fails()
            .prints("")
            .says(&["`ad-labl`", "did you mean `ad-label`?"]);
    }
    desk.run("clean a.txt --select zzzzzzzz").fails().says(&["`zzzzzzzz`", "dechaff rules list"]);
    desk.run_with("filter --select name-ecko", TWO).fails().prints("").says(&["did you mean `name-echo`?"]);
}

/// A pack with a rule that takes the words FULL STORY from texts of one origin.
fn origin_pack(origin: &str) -> String {
    let other = if origin == "page" { "text" } else { "page" };
    span_pack("origins", "FULL STORY", &format!("when.origin = \"{origin}\""))
        .replace("keep = [", &format!("keep = [{{ text = \"A FULL STORY B\", origin = \"{other}\" }}, "))
}

#[test]
fn a_rule_may_ask_whether_a_text_came_from_a_page() {
    let (from, to) = (sentence("FULL STORY"), sentence(""));
    let page = format!("<title>A story</title><p>{from}</p><p>{}</p>", ARTICLE.replace("ADVERTISEMENT", ""));
    let record = format!("{{\"html\": {}}}\n", serde_json::Value::from(page.as_str()));
    let desk = Desk::with("a.html", page).and("b.txt", &from).and("c.jsonl", record);
    for (origin, of_page, of_text) in [("page", &to, &from), ("text", &from, &to)] {
        desk.write("o.toml", origin_pack(origin));
        desk.run("rules test o.toml").succeeds().shows(&["3 right, 0 missed"]);
        desk.run("clean a.html --pack o.toml").succeeds().shows(&[of_page.trim()]);
        desk.run("clean c.jsonl --html-field html --to jsonl --pack o.toml")
            .succeeds()
            .shows(&[of_page.trim()]);
        desk.run("clean b.txt --pack o.toml").succeeds().prints(of_text);
    }
    desk.write("o.toml", origin_pack("pdf"));
    desk.run("rules test o.toml").fails().says(&["unknown variant `pdf`", "write one of `text`, `page`"]);
    desk.write("o.toml", origin_pack("page").replace("= \"page\"", "= [\"page\"]"));
    desk.run("rules test o.toml").fails().says(&["help: write one name, in quotes"]);
}

#[test]
fn a_signal_asks_of_its_line_alone() {
    let pack = "[pack]\nid = \"p\"\ndescription = \"P\"\n[[rule]]\nid = \"r\"\nkind = \"chrome\"\nabout = \"A\"\n\
                strip = [\"More stories\"]\nkeep = [\"None\"]\n[rule.match.evidence]\nat_least = 1\n\
                signals = [{ weight = 1, about = \"more\", when = { text = \"More\", hosts = [\"a.example\"] } }]\n";
    let desk = Desk::with("p.toml", pack);
    desk.run("rules test p.toml").fails().says(&["the signal `more` asks for more than its line"]);
}

#[test]
fn a_pack_is_added_to_the_built_in_ones() {
    let desk = Desk::with("a.txt", format!("A NOISE B.\n\n{ARTICLE}"))
        .and("mine.toml", span_pack("mine", "NOISE", ""));
    desk.run("clean a.txt --pack mine.toml").succeeds().prints(format!("A B.\n\n{CLEAN}"));
    desk.run("clean a.txt --pack mine.toml --no-default-packs")
        .succeeds()
        .prints(format!("A B.\n\n{ARTICLE}"));
}

#[test]
fn the_packs_of_a_folder_are_added() {
    let rest = "Then came the rest, of which there is more to say than of the start.\n";
    let desk = Desk::with("a.txt", sentence("ONE") + &rest.replace("rest", "rest TWO"))
        .and("packs/one.toml", span_pack("one", "ONE", ""))
        .and("packs/two.toml", span_pack("two", "TWO", ""))
        .and("packs/README.md", "No pack.");
    desk.run("clean a.txt --pack packs").succeeds().prints(sentence("") + rest);
    desk.run("clean a.txt --pack packs/two.toml --pack packs/one.toml")
        .succeeds()
        .prints(sentence("") + rest);
}

#[test]
fn a_pack_may_put_something_in() {
    let desk = Desk::with("a.txt", sentence("NOISE")).and("mine.toml", replacing_pack());
    desk.run("clean a.txt --pack mine.toml").succeeds().prints(sentence("[…]"));
}

/// A literal all in ASCII stays so.
#[test]
fn what_is_put_into_a_record_is_spelt_as_its_text_is() {
    let desk = Desk::with("mine.toml", replacing_pack());
    let record = |words: &str| format!("{{\"text\":\"{words} stands here in the middle of a sentence.\"}}\n");
    for (noisy, clean) in [("Märchen: NOISE", "Märchen: […]"), ("Story: NOISE", "Story: [\\u2026]")] {
        let line = "filter --format jsonl --pack mine.toml";
        desk.run_with(line, record(noisy)).succeeds().prints(record(clean));
    }
}

/// A rule that takes half an article is not trusted with the other half.
#[test]
fn a_text_that_is_mostly_noise_stays() {
    let desk = Desk::with("a.txt", "Yes.\n\nADVERTISEMENT\n\nNo.\n");
    desk.run("clean a.txt -v").succeeds().prints("Yes.\n\nADVERTISEMENT\n\nNo.\n").says(&[
        "held back",
        "ad-label",
        "budget",
    ]);
    desk.run("clean a.txt --budget 2").fails().says(&["not a share"]);
}

#[test]
fn a_replacement_that_the_encoding_lacks_is_an_error_when_it_is_kept() {
    let bytes = b"Caf\xE9 NOISE au lait, d\xE9j\xE0 vu.\n";
    let pack = replacing_pack().replace('…', "市");
    let desk = Desk::with("a.txt", bytes).and("mine.toml", pack);
    desk.run("clean a.txt --pack mine.toml --encoding windows-1252 --in-place").fails().says(&[
        "a.txt",
        "windows-1252",
        "市",
        "UTF-8",
    ]);
    assert_eq!(desk.bytes("a.txt"), bytes);
}

#[test]
fn a_rule_may_take_the_place_of_a_built_in_one() {
    let pack = span_pack("mine", "NOISE", "").replace("mine-rule", "ad-label");
    let desk = Desk::with("a.txt", format!("A NOISE B.\n\n{ARTICLE}"));
    desk.write("mine.toml", &pack);
    desk.run("clean a.txt --pack mine.toml").fails().says(&[
        "`ad-label`",
        "`ads`",
        "`mine`",
        "override = true",
    ]);
    desk.write("mine.toml", pack.replace("match.span", "override = true\nmatch.span"));
    // The rule on the names of advertisements would find the label, too.
    let cleaned = desk.run("clean a.txt --pack mine.toml --ignore ad-name");
    cleaned.succeeds().prints(format!("A B.\n\n{ARTICLE}"));
}

#[test]
fn an_override_of_nothing_is_told() {
    let pack = span_pack("mine", "NOISE", "override = true");
    let desk = Desk::with("a.txt", ARTICLE).and("mine.toml", pack);
    desk.run("clean a.txt --pack mine.toml").fails().says(&["`mine-rule`", "override = true"]);
}

#[test]
fn allowed_text_stays_and_is_a_near_miss() {
    let pack = span_pack("mine", "NOISE", "allow = ['NOISE MAKER']");
    let desk = Desk::with("a.txt", sentence("NOISE") + &sentence("NOISE MAKER")).and("mine.toml", pack);
    desk.run("clean a.txt --pack mine.toml -v")
        .succeeds()
        .prints(sentence("") + &sentence("NOISE MAKER"))
        .says(&["kept, though like chrome mine-rule", "NOISE MAKER"]);
}

/// A stranger's pack is safe: what it asks for cannot bring the command down.
#[test]
fn neighbours_in_brackets_are_cleaned_and_reported() {
    for noise in ["(NOISE)  [NOISE]", "NOISE (NOISE) NOISE", "((NOISE)  (NOISE))"] {
        let text = sentence(noise) + CLEAN;
        let desk = Desk::with("a.txt", &text).and("mine.toml", span_pack("mine", "NOISE", ""));
        let cleaned = desk.run("clean a.txt --pack mine.toml --report r.jsonl").succeeds();
        assert!(!String::from_utf8_lossy(&cleaned.stdout).contains("NOISE"));
        desk.run_with("restore --report r.jsonl", cleaned.stdout).succeeds().prints(text);
    }
}

#[test]
fn what_a_rule_puts_in_is_not_cleaned_again_and_again() {
    let desk = Desk::with("grow.toml", span_pack("grow", "FOO", "replace = \"FOOFOO\""))
        .and("a.txt", "A FOO is here, and all of the rest of the sentence stays as it is.\n");
    let outcome = desk.run("clean a.txt --pack grow.toml -v").succeeds().prints(desk.text("a.txt"));
    outcome.says(&["the clean text would be cleaned further"]);
    desk.run("rules test grow.toml").ends_with_code(1).shows(&["1 missed"]);
}
