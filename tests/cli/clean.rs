//! `dechaff clean`: what goes in, and where it comes out.

use std::fs;

use crate::support::{ARTICLE, CLEAN, Desk, sentence, span_pack};

#[test]
fn one_file_goes_to_standard_output() {
    let desk = Desk::with("a.txt", ARTICLE);
    desk.run("clean a.txt").succeeds().prints(CLEAN).says(&["1 document, 1 changed", "ad-label"]);
    assert_eq!(desk.text("a.txt"), ARTICLE);
}

#[test]
fn standard_input_is_cleaned_when_named_or_when_nothing_is() {
    let desk = Desk::new();
    desk.run_with("clean -", ARTICLE).succeeds().prints(CLEAN);
    desk.run_with("clean", ARTICLE).succeeds().prints(CLEAN);
}

#[test]
fn an_empty_file_is_clean() {
    let desk = Desk::with("empty.txt", "");
    desk.run("clean empty.txt").succeeds().prints("").says(&["nothing to remove"]);
    desk.run("clean empty.txt --in-place").succeeds();
    desk.run("clean empty.txt -o out/").succeeds();
    assert_eq!(desk.bytes("out/empty.txt"), b"");
}

#[test]
fn quiet_says_nothing() {
    Desk::with("a.txt", ARTICLE).run("clean -q a.txt").succeeds().prints(CLEAN).says_nothing();
}

#[test]
fn verbose_says_what_went_from_where_and_why() {
    let desk = Desk::with("a.txt", ARTICLE);
    desk.run("clean -v a.txt")
        .succeeds()
        .prints(CLEAN)
        .says(&["a.txt:3:1: ad ad-label: ADVERTISEMENT", "because the line matches"]);
}

#[test]
fn verbose_says_what_looks_like_noise_and_stays() {
    let text = "Sen. Ann Wood Ann Mary WoodRain is due and officials met.\n";
    Desk::with("a.txt", text)
        .run("clean -v a.txt")
        .succeeds()
        .prints(text)
        .says(&["kept, though like related name-echo-run", "MORE"]);
}

#[test]
fn quiet_and_verbose_exclude_each_other() {
    Desk::with("a.txt", ARTICLE).run("clean -q -v a.txt").fails().says(&["--quiet", "--verbose"]);
}

#[test]
fn a_file_may_go_to_a_file() {
    let desk = Desk::with("a.txt", ARTICLE);
    desk.run("clean a.txt -o b.txt").succeeds().prints("");
    assert_eq!(desk.text("b.txt"), CLEAN);
}

#[test]
fn several_files_do_not_go_to_one() {
    let desk = Desk::with("in/a.txt", ARTICLE).and("in/b.txt", ARTICLE).and("there", "");
    for output in ["x.jsonl", "x.gz", "there"] {
        for inputs in ["in", "in/a.txt in/b.txt"] {
            let outcome = desk.run(&format!("clean {inputs} -o {output}")).fails();
            outcome.says(&[&format!("-o {output} looks like a file"), &format!("say {output}/")]);
        }
    }
    assert_eq!(desk.names("."), ["in", "there"]);
    desk.run("clean in -o x.jsonl/").succeeds();
    assert_eq!(desk.text("x.jsonl/a.txt"), CLEAN);
    desk.run("clean in -o x.jsonl").succeeds();
}

#[test]
fn a_folder_keeps_its_tree_under_the_output_folder() {
    let desk = Desk::with("in/a.txt", ARTICLE).and("in/deep/er/b.md", CLEAN).and("in/no-extension", ARTICLE);
    desk.run("clean in -o out").succeeds().prints("");
    assert_eq!(desk.text("out/a.txt"), CLEAN);
    assert_eq!(desk.text("out/deep/er/b.md"), CLEAN);
    assert_eq!(desk.text("out/no-extension"), CLEAN);
}

#[test]
fn files_of_a_folder_that_are_no_text_are_not_taken() {
    let desk = Desk::with("in/a.txt", ARTICLE).and("in/page.pdf", "%PDF").and("in/x.png", "PNG");
    desk.run("clean in -o out").succeeds();
    assert_eq!(desk.names("out"), ["a.txt"]);
}

#[test]
fn an_output_folder_inside_the_folder_is_not_cleaned_again() {
    let desk = Desk::with("in/a.txt", ARTICLE);
    desk.run("clean in -o in/clean").succeeds();
    desk.run("clean in -o in/clean").succeeds();
    assert_eq!(desk.names("in/clean"), ["a.txt"]);
}

#[test]
fn gitignored_and_hidden_files_are_left_alone() {
    let desk = Desk::with("in/.gitignore", "drafts/\n*.old.txt\n")
        .and("in/a.txt", ARTICLE)
        .and("in/a.old.txt", ARTICLE)
        .and("in/.hidden.txt", ARTICLE)
        .and("in/drafts/b.txt", ARTICLE);
    desk.run("clean in --in-place").succeeds();
    assert_eq!(desk.text("in/a.txt"), CLEAN);
    for untouched in ["in/a.old.txt", "in/.hidden.txt", "in/drafts/b.txt"] {
        assert_eq!(desk.text(untouched), ARTICLE, "{untouched}");
    }
}

#[test]
fn an_ignored_file_that_is_named_is_cleaned() {
    let desk = Desk::with(".gitignore", "*.txt\n").and("a.txt", ARTICLE);
    desk.run("clean a.txt").succeeds().prints(CLEAN);
}

#[test]
fn in_place_writes_the_file_itself() {
    let desk = Desk::with("a.txt", ARTICLE);
    desk.run("clean a.txt --in-place").succeeds().prints("");
    assert_eq!(desk.text("a.txt"), CLEAN);
    assert_eq!(desk.names("."), ["a.txt"], "nothing is left behind");
}

#[cfg(unix)]
#[test]
fn in_place_does_not_touch_a_file_without_a_finding() {
    use std::os::unix::fs::MetadataExt as _;
    let desk = Desk::with("in/clean.txt", CLEAN).and("in/noisy.txt", ARTICLE);
    let state = |name: &str| {
        let metadata = fs::metadata(desk.path(name)).unwrap();
        (metadata.ino(), metadata.mtime(), metadata.mtime_nsec(), metadata.ctime_nsec())
    };
    let (clean, noisy) = (state("in/clean.txt"), state("in/noisy.txt"));
    desk.run("clean in --in-place").succeeds();
    assert_eq!(state("in/clean.txt"), clean);
    assert_ne!(state("in/noisy.txt"), noisy);
}

#[cfg(unix)]
#[test]
fn in_place_keeps_permissions() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::with("a.txt", ARTICLE);
    for mode in [0o600, 0o644, 0o755, 0o666] {
        desk.write("a.txt", ARTICLE);
        fs::set_permissions(desk.path("a.txt"), fs::Permissions::from_mode(mode)).unwrap();
        desk.run("clean a.txt --in-place").succeeds();
        let after = fs::metadata(desk.path("a.txt")).unwrap().permissions().mode();
        assert_eq!(after & 0o7777, mode, "{mode:o} became {after:o}");
    }
}

#[cfg(unix)]
#[test]
fn in_place_writes_through_a_link_and_leaves_it_a_link() {
    let desk = Desk::with("real/a.txt", ARTICLE);
    std::os::unix::fs::symlink("real/a.txt", desk.path("link.txt")).unwrap();
    desk.run("clean link.txt --in-place").succeeds();
    assert!(fs::symlink_metadata(desk.path("link.txt")).unwrap().is_symlink());
    assert_eq!(desk.text("real/a.txt"), CLEAN);
    assert_eq!(desk.names("real"), ["a.txt"]);
}

#[test]
fn line_endings_stay() {
    for end in ["\r\n", "\r", "\u{2028}"] {
        let desk = Desk::with("a.txt", ARTICLE.replace('\n', end));
        desk.run("clean a.txt --in-place").succeeds();
        assert_eq!(desk.text("a.txt"), CLEAN.replace('\n', end));
    }
}

#[test]
fn mixed_line_endings_and_a_missing_last_one_stay() {
    let text = "One word.\r\n\nADVERTISEMENT\n\r\nTwo words.\rThree words.";
    Desk::new().run_with("clean", text).succeeds().prints("One word.\r\n\nTwo words.\rThree words.");
}

#[test]
fn a_byte_order_mark_stays() {
    let text = format!("\u{feff}{ARTICLE}");
    Desk::with("a.txt", &text).run("clean a.txt").succeeds().prints(format!("\u{feff}{CLEAN}"));
}

#[test]
fn invalid_utf8_is_worked_on_and_nothing_is_lost() {
    let broken =
        b"Caf\xC3 na\xC3\xAFve caf\xC3\xA9s \xE2\x80\x94 all \xE2\x80\x9Copen\xE2\x80\x9D.\n\n".as_slice();
    let desk = Desk::with("a.txt", [broken, ARTICLE.as_bytes()].concat());
    desk.run("clean a.txt").succeeds().prints([broken, CLEAN.as_bytes()].concat());
    let shreds = b"\xFF\xFE\xC3 \xED\xA0\x80 \xF5.\n\n".as_slice();
    let desk = Desk::with("a.txt", [broken, shreds, ARTICLE.as_bytes()].concat());
    desk.run("clean a.txt --encoding utf-8").succeeds().prints([broken, shreds, CLEAN.as_bytes()].concat());
}

#[test]
fn a_line_of_five_megabytes_is_worked_on() {
    let prose: String = (0..140_000).map(|i| format!("Sentence number {i} says something. ")).collect();
    assert!(prose.len() > 5_000_000 - 200_000);
    let desk = Desk::with("a.txt", format!("{prose}Sen. Ann Wood Ann Mary WoodRain is due MORE said so."));
    desk.run("clean a.txt --select name-echo").succeeds().prints(format!("{prose}Sen. Ann Wood said so."));
}

#[test]
fn diff_prints_what_would_go_and_writes_nothing() {
    let desk = Desk::with("in/a.txt", ARTICLE).and("in/b.txt", CLEAN);
    let wanted = "--- a/in/a.txt\n+++ b/in/a.txt\n@@ -1,5 +1,3 @@\n \
                  The council met on Monday to talk about the bridge.\n \n-ADVERTISEMENT\n-\n \
                  The vote is expected in May, and it may be close.\n";
    desk.run("clean in --diff").succeeds().prints(wanted);
    assert_eq!(desk.text("in/a.txt"), ARTICLE);
}

#[test]
fn diff_is_coloured_when_asked() {
    Desk::with("a.txt", ARTICLE)
        .run("clean a.txt --diff --color always")
        .succeeds()
        .shows(&["\u{1b}[31m-ADVERTISEMENT\u{1b}[0m"]);
}

#[test]
fn diff_does_not_go_with_writing() {
    let desk = Desk::with("a.txt", ARTICLE);
    desk.run("clean a.txt --diff --in-place").fails();
    desk.run("clean a.txt --diff -o out").fails();
    desk.run("clean a.txt --in-place -o out").fails();
    assert_eq!(desk.text("a.txt"), ARTICLE);
    assert_eq!(desk.names("."), ["a.txt"]);
}

#[test]
fn a_pack_for_one_site_needs_the_url() {
    let pack = span_pack("site", "FURNITURE", "when.hosts = [\"example.com\"]");
    let pack = pack.replace("to = \"A B\"", "to = \"A B\", url = \"https://example.com\"");
    let desk = Desk::with("site.toml", pack).and("a.txt", sentence("FURNITURE"));
    desk.run("clean a.txt --pack site.toml").succeeds().prints(sentence("FURNITURE"));
    for url in ["https://example.com/a", "https://www.example.com:8080/", "http://news.example.com/?x"] {
        let args = ["clean", "a.txt", "--pack", "site.toml", "--url", url];
        desk.run_args(args, "").succeeds().prints(sentence(""));
    }
    desk.run("clean a.txt --pack site.toml --url https://myexample.com/")
        .succeeds()
        .prints(sentence("FURNITURE"));
    desk.run_with("filter --pack site.toml --url example.com", sentence("FURNITURE"))
        .succeeds()
        .prints(sentence(""));
}

#[test]
fn a_pack_for_one_language_needs_the_language() {
    let pack = span_pack("german", "MÖBEL", "when.langs = [\"de\"]");
    let pack = pack.replace("to = \"A B\"", "to = \"A B\", lang = \"de\"");
    let desk = Desk::with("german.toml", pack).and("a.txt", sentence("MÖBEL"));
    desk.run("clean a.txt --pack german.toml --lang de-AT").succeeds().prints(sentence(""));
    desk.run("clean a.txt --pack german.toml --lang en").succeeds().prints(sentence("MÖBEL"));
}

#[test]
fn a_title_may_be_said() {
    let args = ["clean", "a.txt", "--title", "The council talks about the bridge"];
    Desk::with("a.txt", ARTICLE).run_args(args, "").succeeds().prints(CLEAN);
}

#[cfg(unix)]
#[test]
fn links_in_folders_are_not_followed_and_told() {
    let desk = Desk::with("in/a.txt", ARTICLE).and("elsewhere/b.txt", ARTICLE);
    let link = |to: &str, at: &str| std::os::unix::fs::symlink(desk.path(to), desk.path(at)).unwrap();
    link("elsewhere/b.txt", "in/b.txt");
    link("elsewhere", "in/more");
    let told = "2 links in folders not followed; name what they lead to";
    desk.run("clean in -o out").succeeds().says(&[told, "1 document, 1 changed"]);
    desk.run("check in").ends_with_code(1).says(&[told]);
    desk.run("clean in -o out -q").succeeds().says_nothing();
    std::fs::remove_file(desk.path("in/a.txt")).unwrap();
    desk.run("clean in -o out").fails().says(&[told, "no files to clean in in"]);
    desk.run("clean in/b.txt").succeeds().prints(CLEAN);
}
