//! `match.repeat`: text that the page repeats within the document. `match.title`: the headline, repeated.
//!
//! Repetition alone says little: refrains, slogans and headings repeat by right. So a line counts only when
//! it is long enough, stands near its double, and the two occur no more than twice; what else must hold is
//! for the rule to say.

use std::collections::HashMap;

use super::{Match, Scene};
use crate::rule::{Repeat, RepeatOf};

/// Two texts are near when this share of the shorter one's word triples is in the other, in percent.
const NEAR_PERCENT: usize = 85;

/// How many letters and digits are compared to see whether two pieces may start alike.
const KEY_LETTERS: usize = 24;

/// The pieces of a document by how they start.
pub(super) struct Openings {
    /// For each key, the segments with a sentence that starts so, in order; a segment may be there twice.
    by_key: HashMap<u64, Vec<usize>>,
}

impl Openings {
    /// Reads every sentence start of every segment.
    pub fn of(scene: Scene<'_>) -> Self {
        let mut by_key: HashMap<u64, Vec<usize>> = HashMap::new();
        for segment in 0..scene.segments.len() {
            let text = scene.segments.text(segment);
            for start in sentence_starts(text) {
                if let Some(key) = key(&text[start..]) {
                    by_key.entry(key).or_default().push(segment);
                }
            }
        }
        by_key.retain(|_, segments| segments.len() > 1);
        Self { by_key }
    }
}

/// The lines that repeat, or are repeated by, another line.
pub(super) fn matches(scene: Scene<'_>, openings: &Openings, rule: &Repeat) -> Vec<Match> {
    if openings.by_key.is_empty() {
        return Vec::new();
    }
    let repeated = |segment: usize| {
        let text = scene.segments.text(segment);
        if text.chars().count() < rule.min_chars {
            return None;
        }
        let others = openings.by_key.get(&key(text)?)?;
        let mut others: Vec<usize> = others.iter().copied().filter(|&other| other != segment).collect();
        others.dedup();
        // Three times is a refrain.
        let [other] = others[..] else { return None };
        if segment.abs_diff(other) > rule.within {
            return None;
        }
        let double = scene.segments.text(other);
        let is_double = match rule.of {
            RepeatOf::Part => is_part_of(text, double),
            RepeatOf::Whole => other < segment && is_same(text, double),
        };
        is_double.then(|| Match {
            span: scene.segments.span(segment),
            segments: (segment, segment),
            evidence: format!("it repeats “{}”", opening_of(double)),
        })
    };
    (0..scene.segments.len()).filter_map(repeated).collect()
}

/// The segments among the first `within` that say the same as the document's title.
pub(super) fn title_matches(scene: Scene<'_>, within: usize) -> Vec<Match> {
    let Some(title) = scene.document.title().filter(|title| words(title).nth(2).is_some()) else {
        return Vec::new();
    };
    (0..scene.segments.len().min(within))
        .filter(|&segment| is_same(scene.segments.text(segment), title))
        .map(|segment| Match {
            span: scene.segments.span(segment),
            segments: (segment, segment),
            evidence: "it repeats the title".to_owned(),
        })
        .collect()
}

/// True when both hold the same letters and digits.
fn is_same(one: &str, other: &str) -> bool {
    letters(one).eq(letters(other))
}

/// True when `text` is in `whole`, word for word or nearly, and there is clearly more in `whole`.
fn is_part_of(text: &str, whole: &str) -> bool {
    if text.len() * 5 > whole.len() * 4 {
        return false;
    }
    let whole: Vec<String> = words(whole).collect();
    let triples: std::collections::HashSet<&[String]> = whole.windows(3).collect();
    let text: Vec<String> = words(text).collect();
    let (all, shared) = text
        .windows(3)
        .fold((0, 0), |(all, shared), triple| (all + 1, shared + usize::from(triples.contains(triple))));
    all > 0 && shared * 100 >= all * NEAR_PERCENT
}

/// Byte offsets where a sentence, or a quotation, starts: at the start, and behind a stop and white space.
fn sentence_starts(text: &str) -> impl Iterator<Item = usize> {
    let stops = text.bytes().enumerate().filter(|&(_, byte)| matches!(byte, b'.' | b'!' | b'?' | b':'));
    let after = stops.filter_map(|(at, _)| {
        let rest = &text[at + 1..];
        let start = rest.find(char::is_whitespace).filter(|&blank| blank <= 4)?;
        Some(at + 1 + start)
    });
    std::iter::once(0).chain(after)
}

/// A number for the first letters and digits of `text`, whatever their case; none when it is shorter.
fn key(text: &str) -> Option<u64> {
    let mut letters = letters(text);
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for _ in 0..KEY_LETTERS {
        // FNV-1a: equal keys are compared in full, so that a chance collision costs nothing but time.
        hash = (hash ^ u64::from(u32::from(letters.next()?))).wrapping_mul(0x0100_0000_01b3);
    }
    Some(hash)
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

fn opening_of(text: &str) -> String {
    let opening: String = text.chars().take(60).collect();
    if opening.len() < text.len() { opening + "…" } else { opening }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pull_quote_is_part_of_its_paragraph() {
        let paragraph = "The mayor was angry. “We were never asked about the bridge,” she said on Monday, \
                         and left the room before the vote.";
        assert!(is_part_of("“We were never asked about the bridge,” she said", paragraph));
        assert!(!is_part_of("“We were always asked about the ferry,” she said", paragraph));
        assert!(!is_part_of(paragraph, paragraph));
    }

    #[test]
    fn sentences_and_quotations_start_behind_stops() {
        let text = "He left. “Why?” she asked: now";
        let starts: Vec<&str> = sentence_starts(text).map(|at| text[at..].trim()).collect();
        assert_eq!(starts, [text, "“Why?” she asked: now", "she asked: now", "now"]);
    }
}
