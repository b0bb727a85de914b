//! `dechaff.toml` and `[tool.dechaff]`: what is cleaned, how, and what stays.

use crate::support::{ARTICLE, CLEAN, Desk, record};

const FOUND: &str = "a.txt:3:1: ad ad-label  ADVERTISEMENT\n";

fn concise(desk: &Desk, line: &str) -> String {
    let outcome = desk.run(&format!("check -q --output-format concise {line}"));
    assert_ne!(outcome.code, Some(2), "{outcome:?}");
    String::from_utf8(outcome.stdout).unwrap()
}

#[test]
fn the_nearest_configuration_wins() {
    let desk = Desk::with("dechaff.toml", "ignore = ['ad']\n")
        .and("a.txt", ARTICLE)
        .and("in/b.txt", ARTICLE)
        .and("in/deep/c.txt", ARTICLE)
        .and("in/deep/pyproject.toml", "[tool.dechaff]\nselect = ['ad']\n")
        .and("in/pyproject.toml", "[project]\nname = 'a'\n");
    assert_eq!(concise(&desk, ""), format!("in/deep/{}", FOUND.replace("a.txt", "c.txt")));
    assert_eq!(concise(&desk, "a.txt in/b.txt --no-config").lines().count(), 2);
    // In one folder, dechaff.toml comes first.
    desk.write("in/deep/dechaff.toml", "ignore = ['ad']\n");
    assert_eq!(concise(&desk, ""), "");
}

#[test]
fn a_folder_above_the_current_one_counts() {
    let desk = Desk::with("dechaff.toml", "exclude = ['in/raw/']\nignore = ['social']\n")
        .and("in/a.txt", ARTICLE)
        .and("in/raw/b.txt", ARTICLE);
    let mut command = desk.command(["check", "-q", "--output-format", "concise"]);
    let output = command.current_dir(desk.path("in")).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), FOUND);
}

#[test]
fn the_command_line_beats_the_configuration() {
    let desk = Desk::with("dechaff.toml", "ignore = ['ad']\nfield = 'body'\nbudget = 0.01\n")
        .and("a.txt", ARTICLE)
        .and("a.jsonl", record(ARTICLE));
    assert_eq!(concise(&desk, "a.txt"), "");
    assert_eq!(concise(&desk, "a.txt --extend-select ad-label --budget 0.8"), FOUND);
    assert_eq!(concise(&desk, "a.txt --select ads --budget 0.8"), FOUND);
    desk.run("check a.jsonl").fails().says(&["has a field `body`"]);
    desk.run("check a.jsonl --field text").succeeds();
}

#[test]
fn one_configuration_may_be_named() {
    let desk = Desk::with("other/my.toml", "exclude = ['in/b.txt']\npacks = ['pack.toml']\n")
        .and("dechaff.toml", "ignore = ['all']\n")
        .and("other/pack.toml", PACK)
        .and("in/a.txt", CLEAN.replace("council", "NOISE council"))
        .and("in/b.txt", ARTICLE);
    let found = concise(&desk, "in --config other/my.toml");
    assert_eq!(found, "in/a.txt:1:5: ad word  NOISE\n");
    desk.run("check in --config missing.toml").fails().says(&["cannot read the configuration missing.toml"]);
    desk.run("check in --config other/my.toml --no-config").fails();
}

const PACK: &str = "[pack]\nid = \"mine\"\ndescription = \"Mine\"\n\n[[rule]]\nid = \"word\"\nkind = \"ad\"\n\
    about = \"A word\"\nmatch.span = 'NOISE'\nstrip = [{ from = \"One NOISE two.\", to = \"One two.\" }]\n\
    keep = [\"Noise.\"]\n";

const OVERRIDES: &str = "packs = ['rules/mine.toml']\n\n\
    [[overrides]]\nfiles = 'wire/**'\nselect = ['mine']\n\n\
    [[overrides]]\nfiles = '*.log'\nformat = 'jsonl'\nfield = 'body'\n";

#[test]
fn some_files_have_settings_of_their_own() {
    let noisy = ARTICLE.replace("council", "NOISE council");
    let desk = Desk::with("dechaff.toml", OVERRIDES)
        .and("rules/mine.toml", PACK)
        .and("a.txt", &noisy)
        .and("wire/b.txt", &noisy)
        .and("c.log", record(ARTICLE).replace("text", "body"))
        .and("d.xyz", ARTICLE);
    assert_eq!(
        concise(&desk, ""),
        "a.txt:1:5: ad word  NOISE\na.txt:3:1: ad ad-label  ADVERTISEMENT\n\
         c.log:1:1: ad ad-label  ADVERTISEMENT  (body 3:1)\nwire/b.txt:1:5: ad word  NOISE\n"
    );
    desk.run("clean . -o out --report r.jsonl").succeeds();
    assert_eq!(desk.text("out/a.txt"), CLEAN);
    assert_eq!(desk.text("out/wire/b.txt"), ARTICLE);
    assert_eq!(desk.text("out/c.log"), record(CLEAN).replace("text", "body"));
    let header = &desk.report_lines("r.jsonl", "header")[0];
    assert_eq!(header["configs"]["dechaff.toml"].as_str().unwrap().len(), 64);
    assert!(header["packs"]["mine"].is_string());
    desk.run("restore --report r.jsonl out -o back").succeeds();
    assert_eq!(desk.text("back/a.txt"), noisy);
    assert_eq!(desk.text("back/c.log"), desk.text("c.log"));
}

#[test]
fn excluded_files_are_left_alone_unless_they_are_named() {
    let desk = Desk::with("dechaff.toml", "exclude = ['raw/', '*.orig.txt']\n")
        .and("a.txt", ARTICLE)
        .and("a.orig.txt", ARTICLE)
        .and("in/raw/b.txt", ARTICLE)
        .and(".ignore", "ignored.txt\n")
        .and(".gitignore", "git.txt\n")
        .and("ignored.txt", ARTICLE)
        .and("git.txt", ARTICLE);
    assert_eq!(concise(&desk, ""), FOUND);
    assert_eq!(concise(&desk, "a.orig.txt in/raw/b.txt").lines().count(), 2);
    desk.run("check --force-exclude a.orig.txt in/raw/b.txt").succeeds().says(&["nothing found"]);
    desk.run_with("check - --force-exclude --stdin-filename in/raw/c.txt", ARTICLE).succeeds();
    desk.run("check in").succeeds();
    desk.run("clean in -o out").succeeds().says(&["the configuration excludes all that is named"]);
    desk.write("dechaff.toml", "exclude = ['raw/']\nforce-exclude = true\n");
    desk.run("check in/raw/b.txt").succeeds();
}

#[test]
fn standard_input_goes_by_the_current_folder_or_its_name() {
    let desk = Desk::with(
        "dechaff.toml",
        "ignore = ['ad']\n\n[[overrides]]\nfiles = 'x/'\nextend-select = ['ad']\n",
    );
    desk.run_with("filter", ARTICLE).succeeds().prints(ARTICLE);
    desk.run_with("clean -", ARTICLE).succeeds().prints(ARTICLE);
    desk.run_with("filter --no-config", ARTICLE).succeeds().prints(CLEAN);
    desk.run_with("filter --stdin-filename x/a.txt", ARTICLE).succeeds().prints(CLEAN);
    desk.run_with("filter --stdin-filename x/a.jsonl", record(ARTICLE)).succeeds().prints(record(CLEAN));
    desk.run_with("clean - --stdin-filename x/a.txt", ARTICLE).succeeds().prints(CLEAN);
    desk.run_with("check - -q --stdin-filename x/a.txt --output-format concise", ARTICLE)
        .ends_with_code(1)
        .prints(format!("x/{FOUND}"));
    desk.write("dechaff.toml", "format = 'jsonl'\nfield = 'body'\n");
    let body = |text: &str| record(text).replace("text", "body");
    desk.run_with("filter", body(ARTICLE)).succeeds().prints(body(CLEAN));
}

#[test]
fn allowed_text_stays_and_says_why() {
    let text = format!("{ARTICLE}\nREAD MORE: Five bridges (and a ferry)\n\nThe ferry runs again in May.\n");
    let desk = Desk::with("a.txt", &text)
        .and("dechaff.toml", "allow = [\n  'READ MORE: Five',\n  { text = 'bridges (and' },\n]\n");
    let clean = format!("{CLEAN}\nREAD MORE: Five bridges (and a ferry)\n\nThe ferry runs again in May.\n");
    desk.run("clean a.txt").succeeds().prints(&clean);
    desk.run("clean a.txt --explain").succeeds().shows(&["protected by `READ MORE: Five` of dechaff.toml:2"]);
    desk.run("clean a.txt --in-place").succeeds();
    desk.run("check a.txt").succeeds();
    desk.write("dechaff.toml", "allow = [{ text = 'bridges (and' }]\n");
    desk.run("check a.txt").succeeds();
    desk.run("check a.txt --no-config").ends_with_code(1);
}

#[test]
fn a_mistake_is_shown_where_it_is() {
    let desk = Desk::with("dechaff.toml", "exlude = ['raw/']\n").and("a.txt", CLEAN);
    for line in ["check", "clean a.txt", "filter", "config show a.txt", "rules list"] {
        desk.run(line).fails().says(&["--> dechaff.toml:1:1", "did you mean `exclude`?"]);
    }
    desk.write("dechaff.toml", "\nignore = ['adds']\n");
    desk.run("check").fails().says(&["--> dechaff.toml:2:11", "did you mean `ads`?"]);
    // For whatever files it stands.
    desk.write("dechaff.toml", "[[overrides]]\nfiles = 'x/'\nignore = ['adds']\nselect = ['captoin']\n");
    desk.run("check").fails().says(&[
        "--> dechaff.toml:3:11",
        "did you mean `ads`?",
        "did you mean `caption`?",
    ]);
    desk.write("dechaff.toml", "[[overrides]]\nfiles = 'x/'\npacks = ['none.toml']\n");
    desk.run("check").fails().says(&["cannot read the pack none.toml, which dechaff.toml:3 names"]);
    desk.write("dechaff.toml", "packs = ['none.toml']\n");
    desk.run("check").fails().says(&["cannot read the pack none.toml, which dechaff.toml:1 names"]);
    desk.write("dechaff.toml", "default-packs = false\n");
    desk.run("check").fails().says(&["`default-packs = false` of dechaff.toml leaves no pack"]);
    desk.run("check --no-config").succeeds();
}

#[test]
fn what_applies_to_a_file_is_shown() {
    let desk =
        Desk::with("dechaff.toml", format!("exclude = ['raw/']\n{OVERRIDES}")).and("rules/mine.toml", PACK);
    let outcome = desk.run("config show wire/a.txt").succeeds();
    outcome.shows(&[
        "# wire/a.txt goes by dechaff.toml\n",
        "packs = [\"rules/mine.toml\"]  # dechaff.toml:2\n",
        "select = [\"mine\"]            # dechaff.toml:6, for \"wire/**\"\n",
        "# 1 of ",
    ]);
    desk.run("config show raw/a.txt").succeeds().shows(&["# it is excluded"]);
    desk.run("config show").succeeds().shows(&["# standard input goes by dechaff.toml\n"]);
    desk.run("config show a.txt --no-config").succeeds().shows(&["goes by no configuration"]);
    desk.run("config schema").succeeds().shows(&["\"force-exclude\""]);
    desk.run("rules list").succeeds().shows(&["on   word "]);
}

#[test]
fn a_run_that_goes_on_sees_that_settings_changed() {
    let desk = Desk::with("in/a.txt", ARTICLE).and("in/b.txt", ARTICLE).and("dechaff.toml", "lang = 'en'\n");
    desk.run("clean in -o out --report r.jsonl").succeeds();
    desk.run("clean in -o out --report r.jsonl --resume").succeeds().says(&["2 files done before"]);
    desk.write("dechaff.toml", "lang = 'de'\n");
    desk.run("clean in -o out --report r.jsonl --resume").fails().says(&["other rules or options"]);
}

#[test]
fn fields_of_pages_may_be_configured() {
    let page = "<title>Bridge</title><p>The council met on Monday to talk about the bridge.</p><p>ADVERTISEMENT</p>\
                <p>The vote is expected in May, and it may be close.</p>";
    let dump = format!("{{\"id\":1,\"html\":\"{page}\"}}\n");
    let clean = dump.replace("\"}", &format!("\",\"text\":\"{}\"}}", CLEAN.trim_end().replace('\n', "\\n")));
    let config =
        "[[overrides]]\nfiles = ['*.jsonl']\nhtml-field = 'html'\noutput-field = 'text'\nfavor = 'recall'\n";
    let desk = Desk::with("dechaff.toml", config).and("in/a.jsonl", &dump).and("in/b.txt", ARTICLE);
    desk.run("clean in/a.jsonl").succeeds().prints(&clean);
    desk.run("clean in -o out").succeeds();
    assert_eq!((desk.text("out/a.jsonl"), desk.text("out/b.txt")), (clean.clone(), CLEAN.to_owned()));
    desk.run_with("filter --stdin-filename in/a.jsonl", &dump).succeeds().prints(&clean);
    // The command line comes first.
    desk.run("clean in/a.jsonl --output-field clean").succeeds().prints(clean.replace("text", "clean"));
    desk.run("clean in/a.jsonl --to jsonl").succeeds().shows(&["\"title\":\"Bridge\""]);
    desk.run("clean in/a.jsonl --field id --keep-original raw").succeeds().prints(&dump);
    desk.run("check in/a.jsonl -q --output-format concise")
        .ends_with_code(1)
        .shows(&["ad ad-label  ADVERTISEMENT"]);
    desk.run("config show in/a.jsonl").succeeds().shows(&["html-field = \"html\"", "favor = \"recall\""]);
    // An article is never written in the place of its page.
    desk.run("clean in --in-place").fails().says(&["in/a.jsonl", "not written in place", "1 document"]);
    assert_eq!((desk.text("in/a.jsonl"), desk.text("in/b.txt")), (dump.clone(), CLEAN.to_owned()));
    desk.write("dechaff.toml", "html-field = 'html'\n");
    desk.run("clean in/a.jsonl").fails().prints("").says(&["in/a.jsonl", "--output-field"]);
    desk.run("clean in/b.txt").succeeds().prints(CLEAN);
}

#[test]
fn the_clean_text_may_go_to_a_configured_field() {
    let desk = Desk::with("dechaff.toml", "output-field = 'clean'\n").and("a.jsonl", record(ARTICLE));
    let both = record(ARTICLE).replace("}\n", &format!(",\"clean\":{}", &record(CLEAN)[8..]));
    desk.run("clean a.jsonl").succeeds().prints(both);
    let kept = desk.run("clean a.jsonl --keep-original raw").succeeds().stdout;
    assert!(String::from_utf8(kept).unwrap().contains("\"raw\":"));
}
