//! Which bytes the texts that a pattern matches start and end with.

use regex_syntax::hir::{Class, Hir, HirKind};
use regex_syntax::utf8::Utf8Sequences;

use crate::byte_set::ByteSet;

/// One end of a text.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Edge {
    First,
    Last,
}

/// Every byte that a match of `hir` can have at this end. The pattern does not match the empty text.
pub(super) fn bytes_at(hir: &Hir, edge: Edge) -> ByteSet {
    let mut set = ByteSet::default();
    add(hir, edge, &mut set);
    set
}

/// Adds the bytes of `hir`. True when it can be empty, so that what stands beside it counts as well.
fn add(hir: &Hir, edge: Edge, set: &mut ByteSet) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => {
            let byte = if edge == Edge::First { literal.0.first() } else { literal.0.last() };
            if let Some(&byte) = byte {
                set.add(byte, byte);
            }
            literal.0.is_empty()
        }
        HirKind::Class(class) => {
            add_class(class, edge, set);
            false
        }
        HirKind::Repetition(repetition) => add(&repetition.sub, edge, set) || repetition.min == 0,
        HirKind::Capture(capture) => add(&capture.sub, edge, set),
        HirKind::Concat(parts) => match edge {
            Edge::First => parts.iter().all(|part| add(part, edge, set)),
            Edge::Last => parts.iter().rev().all(|part| add(part, edge, set)),
        },
        HirKind::Alternation(parts) => {
            // All of them add their bytes, also behind one that can be empty.
            parts.iter().filter(|part| add(part, edge, set)).count() > 0
        }
    }
}

fn add_class(class: &Class, edge: Edge, set: &mut ByteSet) {
    match class {
        Class::Bytes(class) => {
            for range in class.iter() {
                set.add(range.start(), range.end());
            }
        }
        Class::Unicode(class) => {
            let sequences = class.iter().flat_map(|range| Utf8Sequences::new(range.start(), range.end()));
            for sequence in sequences {
                let ranges = sequence.as_slice();
                let range = if edge == Edge::First { ranges.first() } else { ranges.last() };
                if let Some(range) = range {
                    set.add(range.start, range.end);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(pattern: &str, edge: Edge) -> String {
        bytes_at(&regex_syntax::parse(pattern).unwrap(), edge).into()
    }

    #[test]
    fn what_is_optional_lets_its_neighbour_be_the_edge() {
        assert_eq!(at("-?(?:Ad|Share)[.!]?", Edge::First), "2d2d41415353");
        assert_eq!(at("-?(?:Ad|Share)[.!]?", Edge::Last), "21212e2e6465");
        assert_eq!(at(r"\bx{0,3}(?:a|b*)c", Edge::First), "61637878");
    }

    #[test]
    fn characters_count_by_their_outer_bytes() {
        assert_eq!(at("[é…]", Edge::First), "c3c3e2e2");
        assert_eq!(at("[é…]", Edge::Last), "a6a6a9a9");
        assert_eq!(at("(?i)k", Edge::First), "4b4b6b6be2e2");
    }
}
