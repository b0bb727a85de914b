//! Which literals stand where in a text? Nearly all are found at edges, where words and marks start; only those that may
//! start inside a word are looked for everywhere, and a text costs that only if there are some.

mod anywhere;
mod at_edges;

use std::ops::Range;

use super::bits::Bits;
use crate::literal::Literal;
use anywhere::AnywhereIndex;
use at_edges::EdgeIndex;

/// Literals with what is to be said where they stand.
#[derive(Debug)]
pub(super) struct LiteralIndex<T> {
    at_edges: EdgeIndex<T>,
    anywhere: AnywhereIndex<T>,
}

impl<T: Copy> LiteralIndex<T> {
    /// Takes literals of two bytes at least.
    pub fn new<'a>(all: impl IntoIterator<Item = (&'a Literal, T)>) -> Self {
        let (mut at_edges, mut anywhere) = (Vec::new(), Vec::new());
        for (literal, value) in all {
            match literal.window() {
                Some(window) => at_edges.push((literal.text.as_str(), window, value)),
                None => anywhere.push((literal.text.as_str(), value)),
            }
        }
        Self { at_edges: EdgeIndex::new(at_edges), anywhere: AnywhereIndex::new(anywhere) }
    }

    /// Tells `hit` of every literal in a range of a text, overlapping ones too: its offset in the text, and what was
    /// filed with it.
    pub fn find(&self, text: &[u8], bits: &Bits, range: Range<usize>, mut hit: impl FnMut(usize, T)) {
        self.at_edges.find(text, bits, range.clone(), &mut hit);
        self.anywhere.find(&text[range.clone()], |at, value| hit(range.start + at, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(literals: &[(&str, bool)]) -> LiteralIndex<usize> {
        let literals: Vec<Literal> =
            literals.iter().map(|&(text, at_edge)| Literal { text: text.into(), at_edge }).collect();
        LiteralIndex::new(literals.iter().zip(0..))
    }

    fn found(index: &LiteralIndex<usize>, text: &str, range: Range<usize>) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        index.find(text.as_bytes(), &Bits::of(text.as_bytes()), range, |at, number| found.push((at, number)));
        found.sort_unstable();
        found
    }

    #[test]
    fn every_literal_is_found_wherever_it_stands() {
        let literals = [
            ("ad", true),
            ("©", false),
            ("[n", false),
            (" | ", false),
            ("more", true),
            ("getty", false),
            ("pin it", true),
            ("read more:", false),
            ("mehr über uns", false),
            ("单击", false),
        ];
        let index = index(&literals);
        for (number, (literal, _)) in literals.iter().enumerate() {
            for before in 0..70 {
                let text = format!("{}{}{}", "-".repeat(before), literal.to_ascii_uppercase(), "-".repeat(9));
                assert!(found(&index, &text, 0..text.len()).contains(&(before, number)), "{text}");
                let end = before + literal.len();
                assert!(found(&index, &text, before..end).contains(&(before, number)), "{text}");
                assert!(!found(&index, &text, before..end - 1).contains(&(before, number)), "{text}");
                assert!(!found(&index, &text, before + 1..end).contains(&(before, number)), "{text}");
            }
        }
    }

    #[test]
    fn what_starts_words_is_not_found_inside_of_them() {
        let index = index(&[("more", true), ("more", false)]);
        let text = "Baltimore, moreover, oldMORE MORE";
        assert_eq!(
            found(&index, text, 0..text.len()),
            [(5, 1), (11, 0), (11, 1), (24, 0), (24, 1), (29, 0), (29, 1)]
        );
    }
}
