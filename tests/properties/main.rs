//! What always holds, on text that is nasty on purpose.
//!
//! The texts are made of what the built-in rules know (their own examples, and name-echo runs with invented
//! names), of prose, and of characters that are hard to handle, in any order. Most properties are asked of
//! four cleaners: the built-in packs, the same without budgets, so that no noise is held back, a stranger's pack
//! with rules that nobody should write, and all of them with text that stays.

mod bytes;
mod records;
mod texts;

use dechaff::decode::decode;
use dechaff::formats::plain::{self, OutputEncoding};
use dechaff::report::DocumentEntry;
use dechaff::{Cleaned, Document, Pack, restore};
use encoding_rs::UTF_8;
use proptest::prelude::*;
use proptest::sample::Index;

use texts::{
    BUILTIN, STRANGER, STRANGER_RULES, UNLIMITED, cleaner, cleaners, document, pack, stranger, text,
};

/// The text that the edits alone make of the original.
fn edited(original: &str, cleaned: &Cleaned<'_>) -> String {
    let mut made = String::new();
    let mut at = 0;
    for edit in cleaned.edits() {
        made.push_str(&original[at..edit.span.start()]);
        made.push_str(edit.replacement.as_deref().unwrap_or_default());
        at = edit.span.end();
    }
    made + &original[at..]
}

fn assert_edits_are_sound(original: &str, cleaned: &Cleaned<'_>) -> Result<(), TestCaseError> {
    let mut free = 0;
    for edit in cleaned.edits() {
        let span = edit.span;
        prop_assert!(span.start() >= free, "{span} is not behind {free}");
        prop_assert!(!span.is_empty(), "{span} by {} is empty", edit.rule.id);
        prop_assert!(original.is_char_boundary(span.start()), "{span} starts inside a character");
        prop_assert!(original.is_char_boundary(span.end()), "{span} ends inside a character");
        free = span.end();
    }
    prop_assert!(free <= original.len());
    for near in cleaned.near_misses() {
        let span = near.finding.span;
        prop_assert!(original.get(span.range()).is_some(), "near miss {span} is not in the text");
    }
    Ok(())
}

/// An entry as the report file has it, read back.
fn written_and_read(entry: &DocumentEntry) -> DocumentEntry {
    let json = serde_json::to_string(entry).expect("an entry is JSON");
    serde_json::from_str(&json).expect("an entry reads back")
}

fn failed(error: impl std::error::Error) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

#[test]
fn no_edit_is_empty_where_another_put_text_in() {
    let text = "市長は月曜日に語った。投票は今月末までに行われる。\tNOISEGAPNOISE\tThe council met on Monday to talk about the bridge.";
    for cleaner in cleaners() {
        assert_edits_are_sound(text, &cleaner.clean(&document(text))).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edits_are_sorted_disjoint_and_on_characters(text in text()) {
        for cleaner in cleaners() {
            assert_edits_are_sound(&text, &cleaner.clean(&document(&text)))?;
            assert_edits_are_sound(&text, &cleaner.explain(&document(&text)))?;
        }
    }

    #[test]
    fn the_clean_text_is_the_original_with_its_edits(text in text()) {
        for cleaner in cleaners() {
            let cleaned = cleaner.clean(&document(&text));
            prop_assert_eq!(edited(&text, &cleaned), cleaned.text());
        }
    }

    #[test]
    fn builtin_rules_only_delete(text in text()) {
        let cleaned = UNLIMITED.clean(&document(&text));
        prop_assert!(cleaned.edits().iter().all(|edit| edit.replacement.is_none()));
    }

    #[test]
    fn looking_for_near_misses_changes_no_edit(text in text()) {
        for cleaner in cleaners() {
            let (cleaned, explained) = (cleaner.clean(&document(&text)), cleaner.explain(&document(&text)));
            prop_assert_eq!(cleaned.text(), explained.text());
            prop_assert_eq!(cleaned.edits(), explained.edits());
        }
    }

    #[test]
    fn clean_text_stays_as_it_is(text in text()) {
        for cleaner in [&*BUILTIN, &*UNLIMITED] {
            let clean = cleaner.clean(&document(&text)).into_text();
            let again = cleaner.clean(&document(&clean));
            prop_assert_eq!(again.text(), &*clean);
            prop_assert!(again.is_unchanged());
        }
    }

    #[test]
    fn a_text_without_findings_is_not_copied(text in text()) {
        let cleaned = BUILTIN.clean(&document(&text));
        let unchanged = cleaned.is_unchanged();
        prop_assert_eq!(unchanged, cleaned.text() == text);
        prop_assert_eq!(unchanged, matches!(cleaned.into_text(), std::borrow::Cow::Borrowed(_)));
    }

    #[test]
    fn the_order_of_packs_does_not_matter(text in text(), turn in any::<Index>()) {
        let mut packs = Pack::builtin();
        packs.push(stranger());
        let expected = cleaner(packs.clone()).clean(&document(&text)).edits().to_vec();
        let turn = turn.index(packs.len());
        packs.rotate_left(turn);
        let cleaned = cleaner(packs);
        let cleaned = cleaned.clean(&document(&text));
        prop_assert_eq!(cleaned.edits(), &*expected);
    }

    #[test]
    fn the_order_of_rules_does_not_matter(
        text in text(),
        shuffled in Just(STRANGER_RULES.to_vec()).prop_shuffle(),
    ) {
        let other = cleaner([pack("stranger", &shuffled)]);
        let (other, expected) = (other.clean(&document(&text)), STRANGER.clean(&document(&text)));
        prop_assert_eq!(other.edits(), expected.edits());
    }

    #[test]
    fn any_string_at_all_is_cleaned(text in any::<String>(), title in any::<String>(), tag in any::<String>()) {
        let document = Document::new(&text).with_title(title.as_str()).with_lang(tag.as_str()).with_url(title.as_str());
        for cleaner in cleaners() {
            assert_edits_are_sound(&text, &cleaner.explain(&document))?;
        }
    }

    #[test]
    fn the_report_leads_back_to_the_original(text in text()) {
        for cleaner in cleaners() {
            let decoded = decode(text.as_bytes(), Some(UTF_8)).expect("UTF-8 is decoded");
            let cleaned = cleaner.clean(&document(decoded.text()));
            let output = plain::output(text.as_bytes(), &decoded, &cleaned, OutputEncoding::Utf8);
            let output = output.expect("UTF-8 holds every replacement");
            let entry = DocumentEntry::of_file(text.as_bytes(), &decoded, &cleaned, &output);
            let original = restore::file(&output.bytes, &written_and_read(&entry)).map_err(failed)?;
            prop_assert_eq!(&*original, text.as_bytes());
        }
    }

    #[test]
    fn the_report_places_each_removal_in_the_text(text in text()) {
        let cleaned = UNLIMITED.explain(&document(&text));
        let decoded = decode(text.as_bytes(), Some(UTF_8)).expect("UTF-8 is decoded");
        // A byte order mark is not part of the text, and moves every offset.
        prop_assume!(decoded.text() == text);
        let output = plain::output(text.as_bytes(), &decoded, &cleaned, OutputEncoding::Keep);
        let output = output.expect("UTF-8 is kept");
        for removal in DocumentEntry::of_file(text.as_bytes(), &decoded, &cleaned, &output).removals {
            let [start, end] = removal.place.bytes;
            let [first, last] = removal.place.chars;
            prop_assert_eq!(&text[start..end], &removal.text);
            prop_assert_eq!(text.chars().skip(first).take(last - first).collect::<String>(), &*removal.text);
            let line = text.split('\n').nth(removal.place.line - 1).expect("the line is there");
            let rest: String = line.chars().skip(removal.place.column - 1).collect();
            prop_assert!(rest.starts_with(removal.text.split('\n').next().unwrap_or_default()));
            prop_assert!(text[..start].ends_with(&removal.before) && text[end..].starts_with(&removal.after));
        }
    }
}

#[test]
fn many_threads_come_to_one_result() {
    let text = std::fs::read_to_string("fixtures/golden/news-ads-related/source.txt").unwrap();
    let expected = UNLIMITED.clean(&document(&text));
    assert!(!expected.is_unchanged());
    // A cleaner of its own: its patterns are compiled by whichever thread comes first.
    let cleaner = cleaner(Pack::builtin());
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| cleaner.clean(&document(&text)))).collect();
        for thread in threads {
            let cleaned = thread.join().unwrap();
            assert_eq!(cleaned.text(), expected.text());
            assert_eq!(cleaned.edits(), expected.edits());
        }
    });
}

#[test]
fn a_very_long_line_is_cleaned() {
    let prose: String = (0..2_000).map(|i| format!("Sentence number {i} says MORE of it. ")).collect();
    let run = "Sen. Ann Wood Ann Mary WoodRain is due MORE said so.";
    let text = format!("{prose}{run} {prose}");
    let cleaned = BUILTIN.clean(&Document::new(&text));
    assert_eq!(cleaned.text(), format!("{prose}Sen. Ann Wood said so. {prose}"));
}

/// Brackets that lose what they hold go as well, and then two gaps are one.
#[test]
fn neighbours_in_brackets_do_not_share_bytes() {
    for text in ["A (NOISE)  [NOISE] B", "NOISE (NOISE) NOISE", "A ((NOISE)  (NOISE)) B"] {
        let cleaned = STRANGER.clean(&Document::new(text));
        assert_edits_are_sound(text, &cleaned).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(edited(text, &cleaned), cleaned.text(), "{text}");
    }
}

/// White space that a rule asked for is judged with the white space around it.
#[test]
fn blank_findings_beside_others_are_resolved() {
    let text = "A      LOUD   \tB. One    NOISE  \t two.";
    let cleaned = STRANGER.clean(&Document::new(text));
    assert_edits_are_sound(text, &cleaned).unwrap_or_else(|error| panic!("{error}"));
}
