use super::*;
use crate::Document;
use crate::cleaner::Cleaner;

const TEXT: &str = "The council met, 50% of it.\n\nADVERTISEMENT\n\nÄ vote is expected in May, and it may be close.\n\nREAD MORE: Five bridges\n";

fn messages(text: &str) -> Vec<Message> {
    let cleaned = Cleaner::builtin().clean(&Document::new(text));
    let entry = DocumentEntry::new(text, &cleaned, b"", b"");
    Message::of_entry("a b,c:d/é.txt", None, &entry)
}

fn printed(format: MessageFormat, messages: &[Message]) -> String {
    let about = [("name-echo-run".to_owned(), "A widget after a name".to_owned())];
    let mut printer = format.printer(about.into());
    let mut out = String::new();
    for message in messages {
        printer.message(message, &mut out);
    }
    printer.end(&mut out);
    anstream::adapter::strip_str(&out).to_string()
}

#[test]
fn the_place_is_that_of_the_noise_and_the_fix_takes_the_white_space_too() {
    let all = messages(TEXT);
    let [ad, more] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(ad.place, Region::between((3, 1), (3, 14)));
    assert_eq!(ad.fix.as_ref().unwrap().place, Region::between((3, 1), (5, 1)));
    assert_eq!(
        (more.place, more.text.as_str()),
        (Region::between((7, 1), (7, 24)), "READ MORE: Five bridges")
    );
}

#[test]
fn a_line_each() {
    assert_eq!(
        printed(MessageFormat::Concise, &messages(TEXT)),
        "a b,c:d/é.txt:3:1: ad ad-label  ADVERTISEMENT\n\
         a b,c:d/é.txt:7:1: related related-announce  READ MORE: Five bridges\n"
    );
}

#[test]
fn a_line_feed_in_a_name_breaks_no_line() {
    let mut all = messages(TEXT);
    all[0].path = "a\nb.txt".to_owned();
    let line = "a\\u{a}b.txt:3:1: ad ad-label  ADVERTISEMENT\n";
    assert_eq!(printed(MessageFormat::Concise, &all[..1]), line);
}

#[test]
fn the_line_with_the_noise_marked() {
    let text = "The two talked to the 上海 Secretary of Transport Anna ShawAnna Maria ShawShaw opens talks Why now MORE and council leaders, the two sides said on a very long Monday.\n";
    assert_eq!(
        printed(MessageFormat::Full, &messages(text)),
        "a b,c:d/é.txt:1:58: related name-echo-run  Anna Maria ShawShaw opens talks Why now MORE\n  |\n\
         1 | … the 上海 Secretary of Transport Anna ShawAnna Maria ShawShaw opens talks Why now MORE and council leaders, the two sides said…\n  \
         |                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n  \
         = A widget after a name\n\n"
    );
}

#[test]
fn annotations_of_github_escape_what_ends_them() {
    let text = "The council met on Monday.\n\nREAD MORE: 50% of Five: bridges, two\n\nA vote is expected in May, and it may be close.\n";
    assert_eq!(
        printed(MessageFormat::Github, &messages(text)),
        "::error title=dechaff (related-announce),file=a b%2Cc%3Ad/é.txt,line=3,col=1,endColumn=37::\
         a b,c:d/é.txt:3:1: related related-announce: READ MORE: 50%25 of Five: bridges, two\n"
    );
}

#[test]
fn junit_has_a_suite_for_each_file() {
    let mut all = messages(TEXT);
    all[1].path = "b.txt".to_owned();
    all[1].text = "<a & \"b\"\u{1b}>".to_owned();
    assert_eq!(
        printed(MessageFormat::Junit, &all),
        r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="dechaff" tests="2" failures="2" errors="0">
  <testsuite name="a b,c:d/é.txt" tests="1" failures="1" errors="0">
    <testcase name="dechaff.ad-label" classname="a b,c:d/é.txt" line="3" column="1">
      <failure type="ad" message="ad ad-label: ADVERTISEMENT">a b,c:d/é.txt:3:1: ad ad-label: ADVERTISEMENT</failure>
    </testcase>
  </testsuite>
  <testsuite name="b.txt" tests="1" failures="1" errors="0">
    <testcase name="dechaff.related-announce" classname="b.txt" line="7" column="1">
      <failure type="related" message="related related-announce: &lt;a &amp; &quot;b&quot;\u{1b}&gt;">b.txt:7:1: related related-announce: &lt;a &amp; &quot;b&quot;\u{1b}&gt;</failure>
    </testcase>
  </testsuite>
</testsuites>
"#
    );
}

#[test]
fn gitlab_gets_another_fingerprint_for_each_finding_and_the_same_one_after_an_edit() {
    let fingerprints = |text: &str| -> Vec<String> {
        let issues: Vec<serde_json::Value> =
            serde_json::from_str(&printed(MessageFormat::Gitlab, &messages(text))).unwrap();
        assert_eq!(issues[0]["location"]["path"], "a b,c:d/é.txt");
        issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let twice = format!(
        "{TEXT}\nThe bridge was built in 1921, the mayor said.\n\nADVERTISEMENT\n\nIt is closed on Sundays, for all that.\n"
    );
    let before = fingerprints(&twice);
    assert_eq!(before.iter().collect::<std::collections::BTreeSet<_>>().len(), before.len());
    assert_eq!(fingerprints(&format!("A first line was put here.\n\n{twice}")), before);
}

#[test]
fn sarif_has_results_rules_and_fixes() {
    let log: serde_json::Value =
        serde_json::from_str(&printed(MessageFormat::Sarif, &messages(TEXT))).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let result = &run["results"][0];
    assert_eq!(result["ruleId"], "ad-label");
    assert_eq!(result["message"]["text"], "ad ad-label: ADVERTISEMENT");
    let location = &result["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "a%20b%2Cc%3Ad/%C3%A9.txt");
    let region = |value: &serde_json::Value| {
        ["startLine", "startColumn", "endLine", "endColumn"].map(|key| value[key].as_u64().unwrap())
    };
    assert_eq!(region(&location["region"]), [3, 1, 3, 14]);
    let change = &result["fixes"][0]["artifactChanges"][0];
    assert_eq!(region(&change["replacements"][0]["deletedRegion"]), [3, 1, 5, 1]);
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(
        rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect::<Vec<_>>(),
        ["ad-label", "related-announce"]
    );
    assert_eq!(rules[0]["properties"]["tags"], serde_json::json!(["ad", "ads"]));
    assert_eq!(rules[1]["properties"]["tags"], serde_json::json!(["related", "forms-related"]));
    assert!(rules[0]["help"]["text"].as_str().unwrap().contains("dechaff rules explain ad-label"));
}

#[test]
fn nothing_found_is_well_formed_too() {
    assert_eq!(printed(MessageFormat::Json, &[]), "[]\n");
    assert_eq!(printed(MessageFormat::Gitlab, &[]), "[]\n");
    assert_eq!(printed(MessageFormat::Github, &[]), "");
    let log: serde_json::Value = serde_json::from_str(&printed(MessageFormat::Sarif, &[])).unwrap();
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
    assert!(printed(MessageFormat::Junit, &[]).contains("tests=\"0\""));
}

#[test]
fn json_is_an_array_or_a_line_each() {
    let all = messages(TEXT);
    let array: Vec<serde_json::Value> = serde_json::from_str(&printed(MessageFormat::Json, &all)).unwrap();
    let lines = printed(MessageFormat::Jsonl, &all);
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(array, lines);
    assert_eq!(
        (&array[0]["rule"], &array[0]["line"], &array[0]["fix"]["end_line"]),
        (&"ad-label".into(), &3.into(), &5.into())
    );
}
