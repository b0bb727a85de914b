//! Which literals a pattern cannot match without: what the prefilter looks for.

use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Capture, Class, Hir, HirKind, Repetition};

/// Literals shorter than this, in bytes, stand everywhere and say nothing.
const MIN_BYTES: usize = 2;
/// Longer literals are cut to this many bytes: enough to be rare.
const MAX_BYTES: usize = 16;
/// A pattern with more alternatives than this is looked for elsewhere in itself.
const MAX_LITERALS: usize = 64;

/// A set of literals, in lower case as far as ASCII goes, of which at least one stands in every match of
/// `hir` when ASCII case is ignored; none when the pattern has no such set.
///
/// The two letters outside ASCII whose lower case is ASCII (`ſ`, `K`) are not looked for.
pub(crate) fn required(hir: &Hir) -> Option<Vec<String>> {
    let mut best = None;
    consider(&fold(hir), &mut best);
    best
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

fn prefixes(hir: &Hir) -> Option<Vec<String>> {
    let mut extractor = Extractor::new();
    extractor.limit_total(MAX_LITERALS).limit_literal_len(MAX_BYTES);
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

/// The better set is the one whose shortest literal is longer, then the smaller one.
fn keep_better(best: &mut Option<Vec<String>>, other: Option<Vec<String>>) {
    fn score(literals: &[String]) -> (usize, std::cmp::Reverse<usize>) {
        let shortest = literals.iter().map(String::len).min().unwrap_or(0);
        (shortest, std::cmp::Reverse(literals.len()))
    }
    if let Some(other) = other.filter(|other| !other.is_empty())
        && best.as_ref().is_none_or(|best| score(&other) > score(best))
    {
        *best = Some(other);
    }
}

/// Writes every class that is one ASCII letter in both cases as that letter in lower case, so that a
/// pattern that ignores case yields one literal, not one for each way to write it.
fn fold(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Class(class) => match letter_of(class) {
            Some(letter) => Hir::literal([letter]),
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

fn letter_of(class: &Class) -> Option<u8> {
    let Class::Unicode(class) = class else { return None };
    let mut letters = class
        .iter()
        .flat_map(|range| range.start()..=range.end())
        .take(4)
        .filter(char::is_ascii)
        .map(|c| c.to_ascii_lowercase());
    let first = letters.next()?;
    let size: usize = class.iter().map(|range| range.len()).sum();
    (size <= 3 && first.is_ascii_alphabetic() && letters.all(|c| c == first)).then_some(first as u8)
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
    fn other_scripts_are_looked_for_in_both_cases() {
        assert_eq!(of("延伸阅读"), some(&["延伸阅读"]));
        let both = of("(?i)ещё").unwrap();
        assert!(both.contains(&"ещё".to_owned()) && both.contains(&"ЕЩЁ".to_owned()));
    }

    #[test]
    fn a_pattern_without_a_literal_has_none() {
        assert_eq!(of(r"\d+"), None);
        assert_eq!(of(r"(?:ad)?\s*"), None);
        assert_eq!(of("[A-Z]{3}"), None);
    }
}
