//! `match.repeat` for lines that are in their double, but not word for word: a pull-quote that was shortened to
//! fit its box, and one that puts together what a speaker says in several sentences of the story.

use std::cell::LazyCell;
use std::ops::Range;

use memchr::memmem::Finder;

use super::reading::Reading;
use super::repeat::{letters, opening_of, tells_beforehand};
use super::{Match, Scene};
use crate::document::Span;
use crate::rule::Repeat;
use crate::segment::sentences;

/// What stands in so many first lines is a summary, which a story may well say again in its own words.
const FIRST_LINES: usize = 2;

/// How much of a retold line must be in its double, in percent of its words and in their order.
const RETOLD_PERCENT: usize = 85;

/// How far those words may be spread in the double, in words for ten of the line.
const SPREAD_FOR_TEN: usize = 25;

/// A longer line is no pull-quote.
const MAX_WORDS: usize = 60;

/// A longer double is no paragraph; this bounds the time that comparing takes. In bytes.
const MAX_DOUBLE: usize = 8000;

/// Words that say who said it.
const MAX_SPEAKER_WORDS: usize = 14;

/// A line, and the longer lines near it that say it with nearly the same words.
pub(super) struct Retelling {
    segment: usize,
    others: Vec<usize>,
}

/// The lines that a rule takes for retold. Of those, a rule may want fewer.
pub(super) fn retellings(scene: Scene<'_>, reading: &Reading, rule: &Repeat) -> Vec<Retelling> {
    let segments = scene.segments;
    let others_of = |segment: usize| {
        let text = segments.text(segment);
        if text.len() < rule.min_chars || reading.spaces(segment) >= MAX_WORDS {
            return Vec::new();
        }
        let may_retell = |&other: &usize| {
            let len = segments.span(other).len();
            len * 5 >= text.len() * 6
                && len <= MAX_DOUBLE
                && other != segment
                && !tells_beforehand(other, segment)
                // Most lines are refused here.
                && reading.lacks_at_most(100 - RETOLD_PERCENT, segment, other)
        };
        let first = segment.saturating_sub(rule.within).max(FIRST_LINES - 1);
        let last = (segment + rule.within).min(segments.len() - 1);
        let mut others: Vec<usize> = (first..=last).filter(may_retell).collect();
        if others.is_empty() {
            return others;
        }
        let longest = longest_word(text);
        if longest.is_empty() || text.chars().count() < rule.min_chars {
            return Vec::new();
        }
        let (longest, words) = (Finder::new(longest), LazyCell::new(|| plain_words(text)));
        others.retain(|&other| {
            let double = segments.text(other);
            longest.find(double.as_bytes()).is_some() && is_retold(&words, &plain_words(double))
        });
        others
    };
    (FIRST_LINES..segments.len())
        .map(|segment| Retelling { segment, others: others_of(segment) })
        .filter(|retelling| !retelling.others.is_empty())
        .collect()
}

/// The lines that a longer line near them says with nearly the same words.
pub(super) fn retold(scene: Scene<'_>, retellings: &[Retelling], rule: &Repeat) -> Vec<Match> {
    let segments = scene.segments;
    let by_right = |double: &str| rule.unless.as_ref().is_some_and(|unless| unless.is_match(double));
    let found = retellings.iter().filter_map(|Retelling { segment, others }| {
        let &other = others.iter().find(|&&other| !by_right(segments.text(other)))?;
        Some(Match {
            span: segments.span(*segment),
            segments: (*segment, *segment),
            evidence: format!("nearly all its words are in “{}”", opening_of(segments.text(other))),
            doubles: vec![segments.span(other)],
            is_piece: false,
            languages: None,
        })
    });
    found.collect()
}

/// A line that is a quotation with who said it.
pub(super) struct Quotation<'a> {
    segment: usize,
    text: &'a str,
}

/// The quotations that may stand in other lines near them, by a word, and whose speakers are named in other lines.
pub(super) fn quotations<'a>(scene: Scene<'a>, rule: &Repeat) -> Vec<Quotation<'a>> {
    let segments = scene.segments;
    let quotation = |segment: usize| {
        let (text, speaker) = split_quotation(segments.text(segment))?;
        let is_named_elsewhere = || {
            let own = segments.span(segment);
            let document = scene.document.text();
            let (before, behind) = (&document[..own.start()], &document[own.end()..]);
            let mut names =
                plain_words(speaker).into_iter().filter(|word| word.starts_with(char::is_uppercase));
            names.all(|name| before.contains(name) || behind.contains(name))
        };
        if text.chars().count() < rule.min_chars || !is_speaker(speaker) {
            return None;
        }
        let longest = Finder::new(longest_word(text));
        let may_repeat = stands_beside(scene, segment, rule.within, &longest) && is_named_elsewhere();
        may_repeat.then_some(Quotation { segment, text })
    };
    (0..segments.len()).filter_map(quotation).collect()
}

/// The quotations whose every sentence stands in another line near them.
pub(super) fn quoted(scene: Scene<'_>, quotations: &[Quotation<'_>], rule: &Repeat) -> Vec<Match> {
    let segments = scene.segments;
    let doubles_of = |quotation: &Quotation<'_>| {
        let others: Vec<usize> = near(scene, quotation.segment, rule.within)
            .filter(|&other| other != quotation.segment)
            .filter(|&other| {
                !rule.unless.as_ref().is_some_and(|unless| unless.is_match(segments.text(other)))
            })
            .collect();
        let written: Vec<String> =
            others.iter().map(|&other| letters(segments.text(other)).collect()).collect();
        let mut doubles: Vec<Span> = Vec::new();
        for sentence in sentences(quotation.text, Span::new(0, quotation.text.len())) {
            let sentence: String = letters(&quotation.text[sentence.range()]).collect();
            let other = written.iter().position(|other| other.contains(&sentence))?;
            doubles.push(segments.span(others[other]));
        }
        (!doubles.is_empty()).then_some(doubles)
    };
    let found = quotations.iter().filter_map(|quotation| {
        let doubles = doubles_of(quotation)?;
        Some(Match {
            span: segments.span(quotation.segment),
            segments: (quotation.segment, quotation.segment),
            evidence: "the quotation stands in the story too".to_owned(),
            doubles,
            is_piece: false,
            languages: None,
        })
    });
    found.collect()
}

/// The segments that are at most `within` from one.
fn near(scene: Scene<'_>, segment: usize, within: usize) -> Range<usize> {
    segment.saturating_sub(within)..(segment + within + 1).min(scene.segments.len())
}

/// True when a word stands in the text of the segments around one, up to `within` from it.
fn stands_beside(scene: Scene<'_>, segment: usize, within: usize, word: &Finder<'_>) -> bool {
    let (text, segments) = (scene.document.text().as_bytes(), scene.segments);
    let (own, near) = (segments.span(segment), near(scene, segment, within));
    let before = segments.span(near.start).start()..own.start();
    let behind = own.end()..segments.span(near.end - 1).end();
    word.find(&text[before]).is_some() || word.find(&text[behind]).is_some()
}

/// What a line quotes, without its marks, and what follows: none when it does not start with a quotation.
fn split_quotation(line: &str) -> Option<(&str, &str)> {
    // Most lines are refused here: a speaker ends in a letter.
    let quoted = line.strip_prefix(['“', '"', '„', '«']).filter(|_| line.ends_with(char::is_alphanumeric))?;
    let (quotation, speaker) = quoted.rsplit_once(['”', '"', '“', '»'])?;
    Some((quotation, speaker.trim_start_matches(|c: char| c.is_whitespace() || "—–-".contains(c))))
}

/// True for a name with an office, or the like: it starts with a capital and does not end a sentence.
fn is_speaker(text: &str) -> bool {
    text.starts_with(char::is_uppercase)
        && text.ends_with(char::is_alphanumeric)
        && text.split_whitespace().count() <= MAX_SPEAKER_WORDS
}

/// True when a line is made of the words of `double`: all its names and numbers, its first word, and nearly all
/// others are there, in order and close together.
fn is_retold(words: &[&str], double: &[&str]) -> bool {
    let stands = |word: &str| double.iter().any(|other| same_word(word, other));
    let is_fact =
        |word: &str| word.starts_with(char::is_uppercase) || word.contains(|c: char| c.is_numeric());
    let Some((first, others)) = words.split_first() else { return false };
    if !stands(first) || !others.iter().filter(|word| is_fact(word)).all(|word| stands(word)) {
        return false;
    }
    let (common, spread) = in_order(words, double);
    common * 100 >= words.len() * RETOLD_PERCENT && spread * 10 <= words.len() * SPREAD_FOR_TEN
}

/// How many words both have in the same order, at most, and over how many words of `double` these reach.
fn in_order(words: &[&str], double: &[&str]) -> (usize, usize) {
    // For each word of `double`: the longest common row that ends there or before, and where that row starts.
    // Of equally long rows the one that starts last counts: it is the closest together.
    let mut ends: Vec<(usize, usize)> = vec![(0, 0); double.len() + 1];
    let (mut best, mut reach) = (0, 0);
    for word in words {
        let mut before = ends[0];
        for (at, other) in double.iter().enumerate() {
            let here = ends[at + 1];
            if same_word(word, other) {
                let start = if before.0 == 0 { at } else { before.1 };
                let row = (before.0 + 1, start);
                ends[at + 1] = row.max(here).max(ends[at]);
                let spread = at + 1 - start;
                if row.0 > best || row.0 == best && spread < reach {
                    (best, reach) = (row.0, spread);
                }
            } else {
                ends[at + 1] = here.max(ends[at]);
            }
            before = here;
        }
    }
    (best, reach)
}

fn same_word(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn plain_words(text: &str) -> Vec<&str> {
    let mut words = Vec::with_capacity(text.len() / 4);
    words.extend(text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()));
    words
}

/// The longest word of a line between two spaces, without the marks around it.
fn longest_word(text: &str) -> &[u8] {
    let (mut longest, mut start) = (0..0, 0);
    for (end, &byte) in text.as_bytes().iter().chain(b" ").enumerate() {
        if byte == b' ' {
            if end - start > longest.len() && start > 0 {
                longest = start..end;
            }
            start = end + 1;
        }
    }
    text[longest].trim_matches(|c: char| !c.is_alphanumeric()).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_retold_in(line: &str, double: &str) -> bool {
        is_retold(&plain_words(line), &plain_words(double))
    }

    #[test]
    fn the_longest_word_is_taken_without_its_marks() {
        assert_eq!(longest_word("Nobody’s business, “she said” (on Monday)."), b"business");
        assert_eq!(longest_word("Alone"), b"");
        assert_eq!(longest_word(""), b"");
    }

    #[test]
    fn a_shortened_sentence_is_retold() {
        let double = "That same week, town papers with a record of printing rumours, including the Herald again, \
                      printed stories that repeated the claim.";
        assert!(is_retold_in(
            "Town papers with a record of printing rumours printed stories that repeated the smear.",
            double
        ));
    }

    #[test]
    fn another_name_or_number_tells_something_else() {
        let double = "In Millbrook, the poll found the two in a tie, with Shaw leading Burke 46 percent to 45 percent.";
        assert!(!is_retold_in(
            "In Millbrook, the poll found the two in a tie, with Shaw leading Burke 44 percent to 42 percent.",
            double
        ));
        assert!(!is_retold_in(
            "In Harbor, the poll found the two in a tie, with Shaw leading Burke 46 percent to 45 percent.",
            double
        ));
    }

    #[test]
    fn words_in_order_are_counted_where_they_are_closest() {
        let count = |one: &str, other: &str| in_order(&plain_words(one), &plain_words(other));
        assert_eq!(count("a b c", "a x x b c a b c"), (3, 3));
        assert_eq!(count("a b c", "c b a"), (1, 1));
        assert_eq!(count("a b", "x"), (0, 0));
    }

    #[test]
    fn a_quotation_is_split_from_its_speaker() {
        assert_eq!(
            split_quotation("“ We won. We did. ” — Anna Shaw, mayor"),
            Some((" We won. We did. ", "Anna Shaw, mayor"))
        );
        assert_eq!(split_quotation("“We won.” Anna Shaw"), Some(("We won.", "Anna Shaw")));
        assert_eq!(split_quotation("We won."), None);
        assert!(is_speaker("Anna Shaw, mayor of Millbrook"));
        assert!(!is_speaker("she said.") && !is_speaker("Shaw said.") && !is_speaker(""));
    }
}
