//! Which literals a pattern cannot match without: what the prefilter looks for.

use std::sync::LazyLock;

use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Capture, Class, ClassUnicode, Hir, HirKind, Repetition};

use crate::frequency::bits;

/// Literals shorter than this, in bytes, stand everywhere and say nothing.
const MIN_BYTES: usize = 2;
/// Longer literals are cut to this many bytes.
const MAX_BYTES: usize = 16;
/// A literal of so many bytes is rare enough.
const RARE_BYTES: usize = 7;
/// At the start of a line, so many bytes say enough …
const START_BYTES: usize = 8;
/// … and so many say something.
const FEW_BYTES: usize = 4;
/// A pattern with more alternatives than this is looked for elsewhere in itself.
const MAX_LITERALS: usize = 64;
/// A line is looked up among all starts at once, so there may be more of these.
const MAX_STARTS: usize = 400;
/// A class of more characters is not one letter in its cases.
const MAX_WAYS_TO_WRITE: usize = 4;

/// A set of literals of which at least one stands in every match of `hir` when ASCII case is ignored; none
/// when the pattern has no such set. They are in lower case as far as ASCII goes.
///
/// Letters of other scripts whose case the pattern ignores are looked for as they are mostly written: all
/// small, with a capital first, with a capital at each word, or all capitals. Of the two letters outside ASCII whose lower case is ASCII
/// (`ſ` and the Kelvin sign) nothing is known here. Noise written otherwise stays in the text.
pub(crate) fn required(hir: &Hir) -> Option<Vec<String>> {
    let mut best = None;
    consider(&fold(hir, |_| true), &mut best);
    let literals = best?;
    let literals = literals.iter().flat_map(|literal| ways_to_write(literal)).collect();
    Some(without_longer(literals, |longer, shorter| longer.contains(shorter)))
}

/// Literals of which every match starts with one when ASCII case is ignored, in lower case, behind marks that
/// are neither letters nor digits: a literal that starts with such a mark is where the match starts, any other
/// where its first letter or digit is. Letters of other scripts whose case the pattern ignores are written in
/// each way.
pub(crate) fn starts(hir: &Hir) -> Option<Vec<String>> {
    let folded = fold(hir, |letter| letter.is_ascii());
    let behind_marks = || {
        let literals = first_bytes(&without_leading_marks(&folded))?;
        long_enough(literals.iter().map(|literal| literal.trim_start_matches(is_mark)))
    };
    behind_marks().or_else(|| long_enough(first_bytes(&folded)?.iter().map(String::as_str)))
}

fn first_bytes(hir: &Hir) -> Option<Vec<String>> {
    [START_BYTES, FEW_BYTES].into_iter().find_map(|max_bytes| prefixes_up_to(hir, max_bytes, MAX_STARTS))
}

fn long_enough<'a>(literals: impl Iterator<Item = &'a str>) -> Option<Vec<String>> {
    let literals: Vec<String> = literals.map(str::to_owned).collect();
    let are_long = literals.iter().all(|literal| literal.len() >= MIN_BYTES);
    are_long.then(|| without_longer(literals, |longer, shorter| longer.starts_with(shorter)))
}

/// `hir` without what only matches marks before its first letter or digit.
fn without_leading_marks(hir: &Hir) -> Hir {
    let HirKind::Concat(parts) = hir.kind() else { return hir.clone() };
    let marks = parts.iter().take_while(|part| is_marks(part)).count();
    match &parts[marks..] {
        [] => hir.clone(),
        [first, rest @ ..] => {
            let first = match first.kind() {
                HirKind::Concat(_) => without_leading_marks(first),
                HirKind::Capture(capture) => without_leading_marks(&capture.sub),
                _ => first.clone(),
            };
            Hir::concat(std::iter::once(first).chain(rest.iter().cloned()).collect())
        }
    }
}

/// True when nothing that `hir` matches has a letter or a digit.
fn is_marks(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => str::from_utf8(&literal.0).is_ok_and(|text| text.chars().all(is_mark)),
        HirKind::Class(Class::Unicode(class)) => !holds_letters(class),
        HirKind::Class(Class::Bytes(class)) => class
            .iter()
            .flat_map(|range| range.start()..=range.end())
            .all(|byte| byte.is_ascii() && is_mark(byte.into())),
        HirKind::Repetition(repetition) => is_marks(&repetition.sub),
        HirKind::Capture(capture) => is_marks(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(is_marks),
    }
}

fn is_mark(c: char) -> bool {
    !c.is_alphabetic() && !c.is_ascii_digit()
}

fn holds_letters(class: &ClassUnicode) -> bool {
    static LETTERS: LazyLock<Hir> = LazyLock::new(|| {
        regex_syntax::parse(r"[\p{Alphabetic}0-9]")
            .unwrap_or_else(|error| unreachable!("a plain class: {error}"))
    });
    let HirKind::Class(Class::Unicode(letters)) = LETTERS.kind() else { return true };
    let mut common = class.clone();
    common.intersect(letters);
    !common.ranges().is_empty()
}

fn has_cases_outside_ascii(c: char) -> bool {
    !c.is_ascii() && (c.to_lowercase().ne([c]) || c.to_uppercase().ne([c]))
}

/// Where a longer literal stands, a shorter one in it does: the longer need not be looked for.
fn without_longer(mut literals: Vec<String>, holds: fn(&str, &str) -> bool) -> Vec<String> {
    literals.sort_unstable_by_key(String::len);
    let mut needed: Vec<String> = Vec::new();
    for literal in literals {
        if !needed.iter().any(|shorter| holds(&literal, shorter)) {
            needed.push(literal);
        }
    }
    needed.sort_unstable();
    needed
}

fn ways_to_write(literal: &str) -> Vec<String> {
    let small = literal.to_ascii_lowercase();
    // Where letters without such cases suffice, they are looked for.
    let pieces = small.split(has_cases_outside_ascii);
    if let Some(longest) = pieces.max_by_key(|piece| piece.len()).filter(|piece| piece.len() > RARE_BYTES / 2)
    {
        return vec![if longest.len() == small.len() { small } else { longest.to_owned() }];
    }
    let capital = |word: &str| -> String {
        let mut chars = word.chars();
        chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
    };
    let words: Vec<String> = small.split(' ').map(capital).collect();
    let ways = [capital(&small), words.join(" "), small.to_uppercase()];
    ways.iter().map(|way| way.to_ascii_lowercase()).chain([small]).collect()
}

/// Tries `hir` from its start, then whatever of its parts every match must hold.
fn consider(hir: &Hir, best: &mut Option<Vec<String>>) {
    keep_better(best, prefixes(hir));
    match hir.kind() {
        HirKind::Concat(parts) => {
            for (i, part) in parts.iter().enumerate() {
                let after_literal = i > 0 && matches!(parts[i - 1].kind(), HirKind::Literal(_));
                if i > 0 && !after_literal && is_literal_like(part) {
                    keep_better(best, prefixes(&Hir::concat(parts[i..].to_vec())));
                }
                if !matches!(part.kind(), HirKind::Literal(_)) {
                    consider(part, best);
                }
            }
        }
        HirKind::Alternation(parts) => {
            let of_parts: Option<Vec<Vec<String>>> = parts
                .iter()
                .map(|part| {
                    let mut of_part = None;
                    consider(part, &mut of_part);
                    of_part
                })
                .collect();
            keep_better(best, of_parts.map(|of_parts| of_parts.concat()));
        }
        HirKind::Capture(Capture { sub, .. }) => consider(sub, best),
        HirKind::Repetition(Repetition { min, sub, .. }) if *min > 0 => consider(sub, best),
        _ => {}
    }
}

fn is_literal_like(hir: &Hir) -> bool {
    matches!(
        hir.kind(),
        HirKind::Literal(_) | HirKind::Class(_) | HirKind::Alternation(_) | HirKind::Capture(_)
    )
}

/// Literals of which every match starts with one: long ones, or shorter ones where there would be too many.
fn prefixes(hir: &Hir) -> Option<Vec<String>> {
    [MAX_BYTES, RARE_BYTES].into_iter().find_map(|max_bytes| prefixes_up_to(hir, max_bytes, MAX_LITERALS))
}

fn prefixes_up_to(hir: &Hir, max_bytes: usize, at_most: usize) -> Option<Vec<String>> {
    let mut extractor = Extractor::new();
    extractor.limit_total(at_most).limit_literal_len(max_bytes);
    let seq = extractor.extract(hir);
    let mut literals = Vec::new();
    for literal in seq.literals()? {
        // A literal that was cut inside a character is looked for up to there.
        let bytes = literal.as_bytes();
        let valid = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        literals.push(valid.to_ascii_lowercase());
    }
    literals.sort_unstable();
    literals.dedup();
    literals.iter().all(|literal| literal.len() >= MIN_BYTES).then_some(literals)
}

/// The better set is the one that stands in text by chance less often.
fn keep_better(best: &mut Option<Vec<String>>, other: Option<Vec<String>>) {
    let frequency = |literals: &[String]| -> f64 {
        literals.iter().map(|literal| (-f64::from(rarity_bits(literal))).exp2()).sum()
    };
    if let Some(other) = other.filter(|other| !other.is_empty())
        && best.as_ref().is_none_or(|best| frequency(&other) < frequency(best))
    {
        *best = Some(other);
    }
}

/// Words that stand in most texts.
const COMMON_WORDS: [&str; 44] = [
    "a", "about", "after", "also", "an", "and", "are", "as", "at", "be", "by", "do", "for", "from", "had",
    "has", "have", "he", "her", "his", "if", "in", "in the", "is", "it", "more", "new", "news", "not", "of",
    "on", "or", "over", "people", "said", "says", "see", "she", "that", "the", "they", "to", "will", "with",
];
/// Bits of a common word.
const COMMON_BITS: u32 = 7;
/// What is rarer than this is rare enough.
const RARE_BITS: u32 = 40;

/// How rare a literal is in text; see [`bits`]. Words are more frequent than their letters tell.
fn rarity_bits(literal: &str) -> u32 {
    if COMMON_WORDS.contains(&literal.trim()) { COMMON_BITS } else { bits(literal.as_bytes()).min(RARE_BITS) }
}

/// Writes every class that is one letter in its cases as that letter in lower case, so that a pattern that
/// ignores case yields one literal, not one for each way to write it. Of the letters those that are `wanted`.
fn fold(hir: &Hir, wanted: fn(char) -> bool) -> Hir {
    let fold = |hir: &Hir| fold(hir, wanted);
    match hir.kind() {
        HirKind::Class(class) => match letter_of(class).filter(|letter| letter.chars().all(wanted)) {
            Some(letter) => Hir::literal(letter.into_bytes()),
            None => hir.clone(),
        },
        HirKind::Literal(literal) => Hir::literal(literal.0.to_ascii_lowercase()),
        HirKind::Repetition(repetition) => {
            Hir::repetition(Repetition { sub: Box::new(fold(&repetition.sub)), ..repetition.clone() })
        }
        HirKind::Capture(capture) => {
            Hir::capture(Capture { sub: Box::new(fold(&capture.sub)), ..capture.clone() })
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(fold).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(fold).collect()),
        HirKind::Empty | HirKind::Look(_) => hir.clone(),
    }
}

fn letter_of(class: &Class) -> Option<String> {
    let Class::Unicode(class) = class else { return None };
    let size: usize = class.iter().map(|range| range.len()).sum();
    if size > MAX_WAYS_TO_WRITE {
        return None;
    }
    let mut letters = class.iter().flat_map(|range| range.start()..=range.end()).filter(|&c| !is_exotic(c));
    let first = letters.next()?;
    let same = first.is_alphabetic() && letters.all(|c| c.to_lowercase().eq(first.to_lowercase()));
    same.then(|| first.to_lowercase().collect())
}

/// Old forms of letters that fold to modern ones, but that nobody writes.
fn is_exotic(c: char) -> bool {
    matches!(c, 'ſ' | '\u{212a}' | '\u{1c80}'..='\u{1c88}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pattern: &str) -> Option<Vec<String>> {
        required(&regex_syntax::parse(pattern).unwrap())
    }

    fn some(literals: &[&str]) -> Option<Vec<String>> {
        Some(literals.iter().map(|&s| s.to_owned()).collect())
    }

    #[test]
    fn the_longest_literal_that_must_stand_in_a_match() {
        assert_eq!(of("Advertisement"), some(&["advertisement"]));
        assert_eq!(of(r"\s*READ MORE: .+"), some(&["read more: "]));
        assert_eq!(of("(?i)sign up for .{0,20}newsletter"), some(&["sign up for "]));
        assert_eq!(of("(?i)(?:get|take) our free newsletter"), some(&[" our free newsle"]));
    }

    #[test]
    fn alternatives_are_all_looked_for() {
        assert_eq!(of("(?:Lire aussi|Voir aussi) :.*"), some(&["lire aussi :", "voir aussi :"]));
        assert_eq!(of("(?i)(?:share|tweet)"), some(&["share", "tweet"]));
    }

    #[test]
    fn a_line_starts_behind_its_marks() {
        let starts = |pattern: &str| starts(&regex_syntax::parse(pattern).unwrap());
        assert_eq!(starts("(?i)[-–•(]{0,3} ?(?:share|tweet) this.*"), some(&["share th", "tweet th"]));
        assert_eq!(starts("(?:» )?(?:Please )?(?:\\[|- )share"), some(&["please -", "please [", "share"]));
        assert_eq!(starts(r">> ?\w+"), some(&[">>"]));
        assert_eq!(
            starts(r"\W{0,3}(?:LIRE|VIDÉO|À LIRE)\s?[:»] ?[A-Z].{8,180}"),
            some(&["lire", "vidÉo", "À lire"])
        );
        assert_eq!(
            starts("[-(\\[ ]{0,3}(?:LEER MÁS|VÍDEO|MÁS VÍDEOS).*"),
            some(&["leer mÁ", "mÁs vÍ", "vÍdeo"])
        );
        assert_eq!(starts("(?i)ещё"), some(&["ЕЩЁ", "ЕЩё", "ЕщЁ", "Ещё", "еЩЁ", "еЩё", "ещЁ", "ещё"]));
        assert_eq!(starts(r"[\w-]+share"), None);
    }

    #[test]
    fn other_scripts_are_looked_for_in_both_cases() {
        assert_eq!(of("延伸阅读"), some(&["延伸阅读"]));
        assert_eq!(of("(?i)ещё"), some(&["ЕЩЁ", "Ещё", "ещё"]));
    }

    #[test]
    fn a_pattern_without_a_literal_has_none() {
        assert_eq!(of(r"\d+"), None);
        assert_eq!(of(r"(?:ad)?\s*"), None);
        assert_eq!(of("[A-Z]{3}"), None);
    }
}
