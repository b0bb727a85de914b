//! Which literals a pattern cannot match without: what the prefilter looks for.

use std::sync::LazyLock;

use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Capture, Class, ClassUnicode, Hir, HirKind, Look, Repetition};

use crate::frequency::share;
use crate::literal::{Literal, Literals, ways_to_write};

/// Literals shorter than this, in bytes, stand everywhere and say nothing.
const MIN_BYTES: usize = 2;
/// Longer literals are cut to this many bytes.
const MAX_BYTES: usize = 16;
/// A literal of so many bytes is rare enough.
const RARE_BYTES: usize = 8;
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
/// So many literals are compared in the time that one takes that is found.
const COMPARED_FOR_FOUND: f64 = 16.0;

/// A set of literals of which at least one stands in every match of `hir` when ASCII case is ignored; none
/// when the pattern has no such set. What matches `at_edge` starts where no ASCII letter or digit is right before.
///
/// Letters of other scripts whose case the pattern ignores are looked for as they are mostly written: all
/// small, with a capital first, with a capital at each word, or all capitals. Of the two letters outside ASCII whose lower case is ASCII
/// (`ſ` and the Kelvin sign) nothing is known here. Noise written otherwise stays in the text.
pub(crate) fn required(hir: &Hir, at_edge: bool) -> Literals {
    let mut best = None;
    consider(&fold(hir, |_| true), at_edge, &mut best);
    let literals = best?.iter().flat_map(ways_to_write).collect();
    Some(without_longer(literals, |literal| &literal.text, is_told_by))
}

/// True when the shorter literal stands, where it is looked for, in every longer one.
fn is_told_by(longer: &Literal, shorter: &Literal) -> bool {
    let mut places = longer.text.match_indices(&shorter.text).map(|(at, _)| at);
    places.any(|at| !shorter.at_edge || longer.edges().any(|edge| edge == at))
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
    let is_told_by = |longer: &String, shorter: &String| longer.starts_with(shorter);
    are_long.then(|| without_longer(literals, String::as_str, is_told_by))
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

/// Where a longer literal stands, a shorter one in it does: the longer need not be looked for.
fn without_longer<L: Ord>(
    mut literals: Vec<L>,
    text: impl Fn(&L) -> &str,
    is_told_by: impl Fn(&L, &L) -> bool,
) -> Vec<L> {
    literals.sort_unstable_by_key(|literal| text(literal).len());
    let mut needed: Vec<L> = Vec::new();
    for literal in literals {
        if !needed.iter().any(|shorter| is_told_by(&literal, shorter)) {
            needed.push(literal);
        }
    }
    needed.sort_unstable();
    needed
}

/// Tries `hir` from its start, then whatever of its parts every match must hold.
fn consider(hir: &Hir, at_edge: bool, best: &mut Literals) {
    keep_better(best, prefixes(hir, at_edge));
    match hir.kind() {
        HirKind::Concat(parts) => {
            for (i, part) in parts.iter().enumerate() {
                let at_edge = ends_at_edge(&parts[..i], at_edge);
                let after_literal = i > 0 && matches!(parts[i - 1].kind(), HirKind::Literal(_));
                if i > 0 && !after_literal && is_literal_like(part) {
                    keep_better(best, prefixes(&Hir::concat(parts[i..].to_vec()), at_edge));
                }
                if !matches!(part.kind(), HirKind::Literal(_)) {
                    consider(part, at_edge, best);
                }
            }
        }
        HirKind::Alternation(parts) => {
            let of_parts: Option<Vec<Vec<Literal>>> = parts
                .iter()
                .map(|part| {
                    let mut of_part = None;
                    consider(part, at_edge, &mut of_part);
                    of_part
                })
                .collect();
            keep_better(best, of_parts.map(|of_parts| of_parts.concat()));
        }
        HirKind::Capture(Capture { sub, .. }) => consider(sub, at_edge, best),
        HirKind::Repetition(Repetition { min, sub, .. }) if *min > 0 => consider(sub, at_edge, best),
        _ => {}
    }
}

/// True when no ASCII letter or digit can stand right before what follows these parts. `at_edge` says so of their start.
fn ends_at_edge(parts: &[Hir], at_edge: bool) -> bool {
    parts.iter().fold(at_edge, |at_edge, part| match part.kind() {
        HirKind::Empty => at_edge,
        // In front of a letter or digit, which is where it is asked.
        HirKind::Look(look) => at_edge || is_start_of_word(*look),
        HirKind::Literal(literal) => literal.0.last().is_some_and(|byte| !byte.is_ascii_alphanumeric()),
        HirKind::Class(class) => !holds_plain_letters(class),
        HirKind::Repetition(Repetition { min, sub, .. }) => {
            (*min > 0 || at_edge) && ends_at_edge(std::slice::from_ref(sub), at_edge)
        }
        HirKind::Capture(Capture { sub, .. }) => ends_at_edge(std::slice::from_ref(sub), at_edge),
        HirKind::Concat(parts) => ends_at_edge(parts, at_edge),
        HirKind::Alternation(parts) => {
            parts.iter().all(|part| ends_at_edge(std::slice::from_ref(part), at_edge))
        }
    })
}

/// True when what `hir` matches starts with a look that finds no ASCII letter or digit before one.
fn starts_at_edge(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Look(look) => is_start_of_word(*look),
        HirKind::Concat(parts) => {
            let looks = parts.iter().take_while(|part| matches!(part.kind(), HirKind::Look(_))).count();
            parts[..(looks + 1).min(parts.len())].iter().any(starts_at_edge)
        }
        HirKind::Alternation(parts) => parts.iter().all(starts_at_edge),
        HirKind::Capture(Capture { sub, .. }) => starts_at_edge(sub),
        HirKind::Repetition(Repetition { min, sub, .. }) => *min > 0 && starts_at_edge(sub),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) => false,
    }
}

/// True for a look in front of a letter or digit that finds none in ASCII before it.
fn is_start_of_word(look: Look) -> bool {
    matches!(
        look,
        Look::Start
            | Look::StartLF
            | Look::StartCRLF
            | Look::WordAscii
            | Look::WordUnicode
            | Look::WordStartAscii
            | Look::WordStartUnicode
            | Look::WordStartHalfAscii
            | Look::WordStartHalfUnicode
    )
}

fn holds_plain_letters(class: &Class) -> bool {
    let holds = |c: char| match class {
        Class::Unicode(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&c)),
        Class::Bytes(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&(c as u8))),
    };
    ('0'..='z').filter(char::is_ascii_alphanumeric).any(holds)
}

fn is_literal_like(hir: &Hir) -> bool {
    matches!(
        hir.kind(),
        HirKind::Literal(_) | HirKind::Class(_) | HirKind::Alternation(_) | HirKind::Capture(_)
    )
}

/// Literals of which every match starts with one: long ones, or shorter ones where there would be too many.
fn prefixes(hir: &Hir, at_edge: bool) -> Literals {
    let prefixes = [MAX_BYTES, RARE_BYTES]
        .into_iter()
        .find_map(|max_bytes| prefixes_up_to(hir, max_bytes, MAX_LITERALS));
    let is_known = at_edge || starts_at_edge(hir);
    Some(prefixes?.into_iter().map(|text| Literal::new(text, is_known)).collect())
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

/// The better set is the one that costs less to look for.
fn keep_better(best: &mut Literals, other: Literals) {
    let cost = |literals: &[Literal]| -> f64 { literals.iter().map(cost_of).sum() };
    if let Some(other) = other.filter(|other| !other.is_empty())
        && best.as_ref().is_none_or(|best| cost(&other) < cost(best))
    {
        *best = Some(other);
    }
}

/// How often a literal stands in text by chance, and how often it must be compared to know that.
fn cost_of(literal: &Literal) -> f64 {
    let bytes = literal.text.as_bytes();
    let compared = literal.window().map_or(1.0, |window| share(&bytes[window]));
    share(bytes) + compared / COMPARED_FOR_FOUND
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
        let literals = required(&regex_syntax::parse(pattern).unwrap(), false)?;
        Some(literals.into_iter().map(|literal| literal.text).collect())
    }

    /// Those that start at an edge.
    fn at_edges(pattern: &str, at_edge: bool) -> Vec<String> {
        let literals = required(&regex_syntax::parse(pattern).unwrap(), at_edge).unwrap();
        literals.into_iter().filter(|literal| literal.at_edge).map(|literal| literal.text).collect()
    }

    #[test]
    fn a_literal_is_known_to_start_a_word() {
        for starts_a_word in [
            r"\bshare",
            "^share",
            r"(?:^|\b)(?:x ?, )?share",
            r"\d+ ?[^\w]share",
            r"(?:\d+|\w+) (?:\W{2}|: ?)(?:share)",
            r"[–—|/(]{1,3} ?share",
        ] {
            let at_edge = [at_edges(starts_a_word, false), at_edges(&format!("(?i){starts_a_word}"), false)];
            assert!(at_edge.concat().iter().all(|literal| literal.contains("share")), "{starts_a_word}");
            assert!(!at_edge.concat().is_empty(), "{starts_a_word}");
        }
        for may_start_inside in
            ["share", r"\w share|share", " ?share", r"\B.share", "(?:^|[a-z])share", r"\W*share"]
        {
            let not_all = required(&regex_syntax::parse(may_start_inside).unwrap(), false).unwrap();
            assert!(not_all.iter().any(|literal| !literal.at_edge), "{may_start_inside}");
        }
        assert_eq!(at_edges("share", true), ["share"]);
        assert_eq!(at_edges(" ?share", true), ["share"]);
        assert_eq!(at_edges(".?share", true), [""; 0]);
        // Behind a letter outside ASCII whatever follows it is at an edge.
        assert_eq!(at_edges("(?i)élargir", false), ["largir"]);
    }

    #[test]
    fn a_longer_literal_is_needed_where_a_shorter_one_starts_inside_a_word() {
        assert_eq!(of(r"\b(?:art now|start now)"), some(&["art now", "start now"]));
        assert_eq!(of("art now|start now"), some(&["art now"]));
        assert_eq!(of(r"\bart now|the art now"), some(&["art now"]));
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
