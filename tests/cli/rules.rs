//! `dechaff rules`

use serde_json::Value;

use crate::support::{Desk, span_pack};

#[test]
fn list_shows_each_rule_with_its_kind_and_pack() {
    let outcome = Desk::new().run("rules list").succeeds().says_nothing();
    let list = String::from_utf8(outcome.stdout).unwrap();
    let line = list.lines().find(|line| line.contains("ad-label")).unwrap();
    let columns: Vec<&str> = line.split_whitespace().take(4).collect();
    assert_eq!(columns, ["on", "ad-label", "ad", "ads"]);
}

#[test]
fn list_marks_what_is_off() {
    let desk = Desk::with("mine.toml", span_pack("mine", "PHOTO", "").replace("chrome", "caption"));
    desk.run("rules list --pack mine.toml").succeeds().shows(&["off  mine-rule"]);
    desk.run("rules list --pack mine.toml --extend-select caption").succeeds().shows(&["on   mine-rule"]);
    desk.run("rules list --ignore ads").succeeds().shows(&["off  ad-label"]);
}

#[test]
fn explain_shows_a_rule_as_its_pack_has_it() {
    Desk::new().run("rules explain ad-label").succeeds().shows(&[
        "rules/ads.toml",
        "[[rule]]\nid = \"ad-label\"",
        "match.line = ",
        "strip = [",
        "keep = [",
    ]);
}

#[test]
fn explain_shows_a_pack_and_a_kind() {
    let desk = Desk::new();
    desk.run("rules explain name-echo").succeeds().shows(&["name-echo: ", "name-echo-run (related)"]);
    desk.run("rules explain ad").succeeds().shows(&["removed by default", "ad-label"]);
    desk.run("rules explain caption").succeeds().shows(&["kept unless selected"]);
}

#[test]
fn explain_of_what_is_not_there_is_an_error() {
    let desk = Desk::new();
    desk.run("rules explain ad-labl").fails().prints("").says(&["`ad-labl`", "did you mean `ad-label`?"]);
    desk.run("rules explain zzz").fails().prints("").says(&["`zzz`", "dechaff rules list"]);
}

#[test]
fn explain_shows_a_pack_of_ones_own() {
    let pack = span_pack("mine", "NOISE", "# why it is so\n");
    let desk = Desk::with("mine.toml", pack);
    desk.run("rules explain mine-rule --pack mine.toml").succeeds().shows(&["mine.toml", "# why it is so"]);
}

#[test]
fn the_examples_of_the_built_in_packs_are_right() {
    Desk::new().run("rules test").succeeds().shows(&[" right, 0 missed (noise that stayed), 0 noisy"]);
}

#[test]
fn no_layout_of_the_built_in_examples_takes_a_sentence_and_each_has_its_floor() {
    let desk = Desk::new();
    let outcome = desk.run("rules test --vary").succeeds().shows(&["\n0 sentences went"]);
    let told = String::from_utf8(outcome.stdout).unwrap();
    let floor = |layout: &str| match layout {
        "before" | "between" => 0.60,
        "behind" => 0.70,
        "flat" => 0.75,
        "arrow" => 0.90,
        _ => 0.95,
    };
    let layouts = told.split("\nlayout").nth(1).unwrap().lines().skip(1).take_while(|line| !line.is_empty());
    let mut count = 0;
    for line in layouts {
        let (layout, rest) = line.split_at(36);
        let found: f64 = rest.split_whitespace().next().unwrap().parse().unwrap();
        assert!(found >= floor(layout.trim()), "{line}");
        count += 1;
    }
    assert_eq!(count, 15, "{told}");
}

#[test]
fn test_tells_right_missed_and_noisy_examples_apart() {
    let missed = span_pack("missed", "NOISE", "").replace("A NOISE B", "A Noise B");
    let noisy =
        span_pack("noisy", "NOISE", "").replace("keep = [\"A B\"]", "keep = [\"A B\", \"C NOISE D\"]");
    let desk = Desk::with("right.toml", span_pack("right", "NOISE", ""))
        .and("missed.toml", missed)
        .and("noisy.toml", noisy);
    desk.run("rules test right.toml").succeeds().shows(&["2 right, 0 missed", "0 noisy"]);
    desk.run("rules test right.toml -v").succeeds().shows(&["right.toml:11: right-rule: strip: right"]);
    desk.run("rules test missed.toml").ends_with_code(1).shows(&[
        "missed.toml:11: missed-rule: strip: missed",
        "-A B",
        "+A Noise B",
        "1 right, 1 missed",
    ]);
    desk.run("rules test noisy.toml").ends_with_code(1).shows(&[
        "noisy.toml:12: noisy-rule: keep: noisy (by noisy-rule)",
        "-C NOISE D",
        "+C D",
        "2 right, 0 missed (noise that stayed), 1 noisy",
    ]);
}

#[test]
fn test_takes_folders_and_several_files() {
    let desk = Desk::with("packs/one.toml", span_pack("one", "ONE", ""))
        .and("packs/two.toml", span_pack("two", "TWO", ""))
        .and("packs/dechaff.toml", "ignore = ['ad']\n")
        .and("three.toml", span_pack("three", "THREE", ""));
    desk.run("rules test packs three.toml").succeeds().shows(&["6 right"]);
}

#[test]
fn test_tells_of_ids_that_built_in_packs_have() {
    let rule = |more: &str| span_pack("mine", "NOISE", more).replace("mine-rule", "ad-label");
    let desk = Desk::with("rule.toml", rule("")).and("pack.toml", span_pack("ads", "NOISE", ""));
    desk.run("rules test rule.toml").succeeds().shows(&["2 right"]).says(&[
        "beside the built-in packs",
        "`ads` and `mine` both have a rule `ad-label`",
        "override = true",
    ]);
    desk.run("rules test pack.toml").succeeds().says(&["two packs with the id `ads`"]);
    desk.write("rule.toml", rule("override = true"));
    desk.run("rules test rule.toml").succeeds().shows(&["2 right"]).says_nothing();
    // A pack that is to be built in is not in the way of what it was before.
    desk.write("ads.toml", include_str!("../../rules/ads.toml"));
    desk.run("rules test ads.toml").succeeds().says_nothing();
}

#[test]
fn test_of_a_broken_pack_is_an_error() {
    let desk = Desk::with("mine.toml", span_pack("mine", "NOI[SE", ""));
    desk.run("rules test mine.toml").fails().says(&["mine.toml:9:", "match.span = 'NOI[SE'"]);
    desk.run("rules test missing.toml").fails().says(&["missing.toml"]);
    desk.write("mine.toml", span_pack("mine", "NOISE", "when.hosts = \"a.example\""));
    desk.run("rules test mine.toml").fails().says(&["mine.toml:10:", "help: write a list, in brackets"]);
}

#[test]
fn the_schema_is_the_one_beside_the_packs() {
    let outcome = Desk::new().run("rules schema").succeeds();
    let schema: Value = serde_json::from_slice(&outcome.stdout).unwrap();
    assert!(schema["properties"]["rule"].is_object());
    assert_eq!(outcome.stdout, include_bytes!("../../rules/pack.schema.json"));
}
