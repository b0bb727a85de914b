//! Texts that look like noise and are none: every file of `fixtures/keep/` comes out as it is.

use dechaff::{Budgets, Cleaner, Document, Pack};

#[test]
fn nothing_is_taken_from_what_must_stay() {
    // Without budgets: a rule that is only held back here would do its damage in a longer text.
    let cleaner = Cleaner::builder().packs(Pack::builtin()).budgets(Budgets::UNLIMITED).build().unwrap();
    let mut files = 0;
    for entry in std::fs::read_dir("fixtures/keep").unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let cleaned = cleaner.clean(&Document::new(&text));
        let taken: Vec<_> =
            cleaned.edits().iter().map(|edit| (&edit.rule.id, &text[edit.span.range()])).collect();
        assert!(taken.is_empty(), "{}: {taken:?}", path.display());
        files += 1;
    }
    assert!(files > 20, "only {files} files");
}

#[test]
fn a_book_repeats_by_right() {
    let cleaner = Cleaner::builtin();
    let twice =
        "The ferry left the old landing at Millbrook in the early hours of Monday, they said.\n\n".repeat(2);
    let chapter = |lines: usize| -> String {
        (0..lines)
            .map(|line| format!("In the year {line} they talked of nothing but the bridge.\n\n"))
            .collect()
    };
    let is_cleaned = |text: &str| !cleaner.clean(&Document::new(text)).is_unchanged();
    assert!(is_cleaned(&(twice.clone() + &chapter(20))));
    assert!(!is_cleaned(&(twice + &chapter(2000))));
}

#[test]
fn a_notice_takes_no_sentence_that_shares_its_line() {
    let cleaner = Cleaner::builder().packs(Pack::builtin()).budgets(Budgets::UNLIMITED).build().unwrap();
    let cleaned = |line: &str| -> String {
        let text =
            format!("The council met on Monday to talk about the bridge.\n\n{line}\n\nThe town is ready.");
        let clean = cleaner.clean(&Document::new(&text)).into_text().into_owned();
        clean.split("\n\n").nth(1).unwrap().to_owned()
    };
    for kept in [
        "This post may contain affiliate links. The ferry left at nine.",
        "The ferry left at nine. Please enable JavaScript to view this page.",
        "We use cookies to improve your experience. The ferry left at nine.",
        "Already a subscriber? Log in The ferry left at nine and came back.",
    ] {
        assert!(cleaned(kept).contains("The ferry left at nine"), "{kept}");
    }
    for gone in [
        "This website uses cookies to improve your experience. Find out more.",
        "JavaScript is disabled in your browser. Please turn it on.",
        "We independently evaluate all of our recommendations. If you click on links we provide, we may receive compensation.",
    ] {
        assert_eq!(cleaned(gone), "The town is ready.", "{gone}");
    }
}
