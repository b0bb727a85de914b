//! Literals of which one stands in every match of a pattern, and where in a text they are looked for.

use std::ops::Range;

use memchr::memchr2_iter;
use serde::{Deserialize, Serialize};

use crate::frequency::{byte_bits, rarity};

/// A literal, in lower case as far as ASCII goes: it is looked for whatever the case of its ASCII letters.
///
/// Written as its text, behind a capital `E` when it is at an edge.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub(crate) struct Literal {
    pub text: String,
    /// Wherever the pattern needs it, it starts at an edge; see [`is_edge`].
    pub at_edge: bool,
}

/// Which no literal starts with.
const AT_EDGE: char = 'E';

/// The literals of which every match of a pattern holds at least one; none when it has no such literals and must be
/// tried everywhere.
pub(crate) type Literals = Option<Vec<Literal>>;

impl Literal {
    /// Takes it in lower case, and whether it only counts where no ASCII letter or digit is right before it.
    pub fn new(text: String, behind_no_letter: bool) -> Self {
        let at_edge = behind_no_letter && text.starts_with(|c: char| c.is_ascii_alphanumeric());
        Self { text, at_edge }
    }

    /// The offsets in it that are edges in every text in which it counts.
    pub fn edges(&self) -> impl Iterator<Item = usize> {
        let bytes = self.text.as_bytes();
        let first = bytes.first().is_some_and(|&byte| self.at_edge || is_edge(b'a', byte));
        let behind = bytes.windows(2).zip(1..).filter(|(pair, _)| is_edge(pair[0], pair[1]));
        first.then_some(0).into_iter().chain(behind.map(|(_, at)| at))
    }

    /// The bytes in it by which it is found at edges of a text: eight, four, three or two, that stand in the fewest texts; none
    /// when it must be looked for everywhere.
    pub fn window(&self) -> Option<Range<usize>> {
        let bytes = self.text.as_bytes();
        let windows = self.edges().filter_map(|at| window_at(bytes, at));
        windows.max_by_key(|window| rarity(&bytes[window.clone()]))
    }

    /// True when it stands in `text`, ASCII case aside.
    pub fn stands_in(&self, text: &str) -> bool {
        let (text, literal) = (text.as_bytes(), self.text.as_bytes());
        let Some((rarest, &byte)) = literal.iter().enumerate().max_by_key(|&(_, &byte)| byte_bits(byte))
        else {
            return true;
        };
        memchr2_iter(byte, byte.to_ascii_uppercase(), text).any(|at| {
            let here = at.checked_sub(rarest).and_then(|start| text[start..].get(..literal.len()));
            here.is_some_and(|here| here.eq_ignore_ascii_case(literal))
        })
    }
}

/// A piece of a literal without letters that have cases outside ASCII is looked for alone when it has so many bytes.
const PIECE_BYTES: usize = 4;

/// A literal in the ways in which its letters outside ASCII are mostly written: all small, with a capital first, with a capital at
/// each word, or all capitals. Where letters without such cases suffice, they are looked for.
pub(crate) fn ways_to_write(literal: &Literal) -> Vec<Literal> {
    let small = &literal.text;
    let pieces = small.split(has_cases_outside_ascii);
    if let Some(longest) = pieces.max_by_key(|piece| piece.len()).filter(|piece| piece.len() >= PIECE_BYTES) {
        // Behind a letter outside ASCII, another one is at an edge.
        let at_edge = literal.at_edge || !small.starts_with(longest);
        return vec![Literal::new(longest.to_owned(), at_edge)];
    }
    let capital = |word: &str| -> String {
        let mut chars = word.chars();
        chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
    };
    let words: Vec<String> = small.split(' ').map(capital).collect();
    let ways = [capital(small), words.join(" "), small.to_uppercase(), small.clone()];
    ways.iter().map(|way| Literal::new(way.to_ascii_lowercase(), literal.at_edge)).collect()
}

fn has_cases_outside_ascii(c: char) -> bool {
    !c.is_ascii() && (c.to_lowercase().ne([c]) || c.to_uppercase().ne([c]))
}

/// The window of a literal at a place in it: as many bytes of eight, four, three or two as there are.
pub(crate) fn window_at(literal: &[u8], at: usize) -> Option<Range<usize>> {
    let len = [8, 4, 3, 2].into_iter().find(|len| at + len <= literal.len())?;
    Some(at..at + len)
}

/// True when one of the literals stands in `text`, or there are none that it must hold.
pub(crate) fn may_match(literals: &Literals, text: &str) -> bool {
    literals.as_ref().is_none_or(|all| all.iter().any(|literal| literal.stands_in(text)))
}

impl From<String> for Literal {
    fn from(written: String) -> Self {
        match written.strip_prefix(AT_EDGE) {
            Some(text) => Self { text: text.to_owned(), at_edge: true },
            None => Self { text: written, at_edge: false },
        }
    }
}

impl From<Literal> for String {
    fn from(literal: Literal) -> Self {
        if literal.at_edge { format!("{AT_EDGE}{}", literal.text) } else { literal.text }
    }
}

/// True for a byte of a text at which something starts: a letter or digit behind what is neither in ASCII, a capital
/// behind another byte than a capital, a mark behind a space, an opening square bracket, or a character outside ASCII.
/// In a literal, whose capitals are small, there are some more in texts.
pub(crate) fn is_edge(before: u8, byte: u8) -> bool {
    byte >= 0xc0
        || byte == b'['
        || byte.is_ascii_alphanumeric() && !before.is_ascii_alphanumeric()
        || byte.is_ascii_uppercase() && !before.is_ascii_uppercase()
        || byte.is_ascii() && !byte.is_ascii_alphanumeric() && byte != b' ' && before == b' '
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(text: &str, at_edge: bool) -> Vec<usize> {
        Literal { text: text.into(), at_edge }.edges().collect()
    }

    #[test]
    fn a_literal_is_looked_for_where_something_starts_in_it() {
        assert_eq!(edges("read more: »", false), [5, 11]);
        assert_eq!(edges("read more: »", true), [0, 5, 11]);
        assert_eq!(edges(" | ", false), [1]);
        assert_eq!(edges("vidéo", false), [3, 5]);
        assert_eq!(edges("[nid", false), [0, 1]);
        assert_eq!(edges("getty", false), [0; 0]);
        assert_eq!(edges("单击", false), [0, 3]);
    }

    #[test]
    fn a_literal_stands_in_a_text_in_any_case() {
        let literal = Literal { text: "read more".into(), at_edge: true };
        assert!(literal.stands_in("Please READ more."));
        assert!(!literal.stands_in("Please read. More"));
        assert!(!literal.stands_in(""));
    }
}
