//! Literals that may start inside a word, filed by a few of their bytes, so that one step through a text asks for all of them at once.
//!
//! The windows of a literal are some neighbouring places in it, each of a few bytes. There are as many of them
//! as a step through the text is long, so whatever the literal's place, the step lands on one: a long literal
//! is found although only every fourth place of a text is looked at. A bitmap says of the bytes there whether
//! they are a window of any literal: it stays in the fastest cache, and most of a text is refused by it alone.
//! Where they are, a table says which literals are meant; their other end is looked at before all of them is
//! compared. Unlike an automaton over all literals this takes next to no time to build, which would be most
//! of the time that cleaning one article takes.

use std::collections::BTreeMap;

use aho_corasick::packed::Searcher;
use aho_corasick::{AhoCorasick, Input, Span};

use crate::detect::windows::{ByWindow, READ, folded, mixed, read, with_zeros_behind};
use crate::frequency::bits;

/// Literals with what is to be said where they stand.
#[derive(Debug)]
pub(super) struct AnywhereIndex<T> {
    literals: Vec<Literal<T>>,
    /// The bytes of all literals.
    bytes: Vec<u8>,
    /// Literals of fifteen bytes and more.
    long: WindowIndex<8, 8, 15>,
    /// Those of seven to fourteen.
    medium: WindowIndex<4, 4, 14>,
    /// Those of four to six.
    short: WindowIndex<3, 2, 13>,
    /// Shorter ones; there are few.
    tiny: Vec<TinyLiterals<T>>,
}

/// Literals of two or three bytes in each way to write them, as many as can be looked for at once.
#[derive(Debug)]
struct TinyLiterals<T> {
    search: Search,
    /// What is filed with each.
    values: Vec<(Vec<u8>, Vec<T>)>,
}

/// More than these are looked for one after the other.
const AT_ONCE: usize = 64;

/// How tiny literals are looked for.
#[derive(Debug)]
enum Search {
    /// Many bytes in a step.
    Packed(Searcher),
    /// Byte by byte, on processors that cannot do so.
    ByByte(AhoCorasick),
}

#[derive(Debug)]
struct Literal<T> {
    /// Where in all bytes it is.
    start: u32,
    len: u32,
    value: T,
}

/// A place in a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    literal: u32,
    at: u32,
}

impl<T: Copy> AnywhereIndex<T> {
    /// Takes literals of two bytes at least, in lower case as far as ASCII goes.
    pub fn new<'a>(all: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let mut literals = Vec::new();
        let mut bytes = Vec::new();
        let (mut long, mut medium, mut short) = (Vec::new(), Vec::new(), Vec::new());
        let mut tiny: BTreeMap<Vec<u8>, Vec<T>> = BTreeMap::new();
        for (literal, value) in all {
            let (start, number) = (bytes.len() as u32, literals.len() as u32);
            let literal = literal.as_bytes();
            bytes.extend_from_slice(literal);
            literals.push(Literal { start, len: literal.len() as u32, value });
            match literal.len() {
                15.. => WindowIndex::<8, 8, 15>::add(literal, number, &mut long),
                7.. => WindowIndex::<4, 4, 14>::add(literal, number, &mut medium),
                4.. => WindowIndex::<3, 2, 13>::add(literal, number, &mut short),
                _ => ways_to_write(literal)
                    .into_iter()
                    .for_each(|written| tiny.entry(written).or_default().push(value)),
            }
        }
        Self {
            literals,
            bytes,
            long: WindowIndex::new(long),
            medium: WindowIndex::new(medium),
            short: WindowIndex::new(short),
            tiny: Vec::from_iter(tiny).chunks(AT_ONCE).map(TinyLiterals::new).collect(),
        }
    }

    /// Tells `hit` of every literal in `text`, overlapping ones too: its offset, and what was filed with it.
    pub fn find(&self, text: &[u8], mut hit: impl FnMut(usize, T)) {
        self.long.find(text, |at, entry| self.compare(text, at, entry, &mut hit));
        self.medium.find(text, |at, entry| self.compare(text, at, entry, &mut hit));
        self.short.find(text, |at, entry| self.compare(text, at, entry, &mut hit));
        for literals in &self.tiny {
            literals.find(text, &mut hit);
        }
    }

    /// Tells of a literal of which a place stands at `at`, if all of it is there.
    fn compare(&self, text: &[u8], at: usize, entry: Entry, hit: &mut impl FnMut(usize, T)) {
        let literal = &self.literals[entry.literal as usize];
        let Some(start) = at.checked_sub(entry.at as usize) else { return };
        let bytes = &self.bytes[literal.start as usize..][..literal.len as usize];
        if text[start..].get(..bytes.len()).is_some_and(|here| here.eq_ignore_ascii_case(bytes)) {
            hit(start, literal.value);
        }
    }
}

impl<T: Copy> TinyLiterals<T> {
    fn new(literals: &[(Vec<u8>, Vec<T>)]) -> Self {
        Self { search: Search::new(literals.iter().map(|(written, _)| written)), values: literals.to_vec() }
    }

    fn find(&self, text: &[u8], hit: &mut impl FnMut(usize, T)) {
        let mut from = 0;
        while let Some(at) = self.search.next(text, from) {
            let here = self.values.iter().filter(|(written, _)| text[at..].starts_with(written));
            here.flat_map(|(_, values)| values).for_each(|&value| hit(at, value));
            from = at + 1;
        }
    }
}

impl Search {
    fn new<'l>(literals: impl Iterator<Item = &'l Vec<u8>> + Clone) -> Self {
        Searcher::new(literals.clone()).map_or_else(|| Self::by_byte(literals), Self::Packed)
    }

    fn by_byte<'l>(literals: impl Iterator<Item = &'l Vec<u8>>) -> Self {
        Self::ByByte(AhoCorasick::new(literals).expect("an automaton over a few tiny literals is small"))
    }

    /// The first place at `from` or behind where one of the literals stands.
    fn next(&self, text: &[u8], from: usize) -> Option<usize> {
        match self {
            Self::Packed(searcher) => searcher.find_in(text, Span::from(from..text.len())),
            Self::ByByte(automaton) => automaton.find(Input::new(text).range(from..)),
        }
        .map(|found| found.start())
    }
}

/// A literal with each of its ASCII letters small and as a capital.
fn ways_to_write(literal: &[u8]) -> Vec<Vec<u8>> {
    literal.iter().fold(vec![Vec::new()], |ways, &byte| {
        let cases = [Some(byte), Some(byte.to_ascii_uppercase()).filter(|&upper| upper != byte)];
        let longer = |way: Vec<u8>| cases.into_iter().flatten().map(move |byte| [&way[..], &[byte]].concat());
        ways.into_iter().flat_map(longer).collect()
    })
}

/// Places in literals by the `N` bytes that stand there, eight at most; a text is looked at in steps of `STEP` bytes.
#[derive(Debug)]
struct WindowIndex<const N: usize, const STEP: usize, const BITS: u32> {
    /// One at the first `BITS` bits of the number of each window, zero elsewhere. Bytes take fewer steps than bits.
    table: Vec<u8>,
    places: ByWindow<Place>,
}

/// A place in a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    entry: Entry,
    /// How far it is from here to the end of the literal that is farther away.
    other: i32,
    /// The window there.
    other_window: u64,
}

/// The windows of so many bytes are looked up together.
const BLOCK: usize = 32;

impl<const N: usize, const STEP: usize, const BITS: u32> WindowIndex<N, STEP, BITS> {
    /// Adds the windows of a literal of `N + STEP - 1` bytes at least: those that stand in the fewest texts.
    fn add(literal: &[u8], number: u32, windows: &mut Vec<(u64, Place)>) {
        // The bits of the most frequent window count.
        let rarity = |at: usize| literal[at..at + N + STEP - 1].windows(N).map(bits).min();
        let from = (0..=literal.len() + 1 - N - STEP).max_by_key(|&at| (rarity(at), std::cmp::Reverse(at)));
        let from = from.unwrap_or(0);
        for at in from..from + STEP {
            // The end of the literal that is farther away.
            let other = if 2 * at + N < literal.len() { literal.len() - N } else { 0 };
            let window_at = |at: usize| folded(read(literal, at), N);
            let entry = Entry { literal: number, at: at as u32 };
            let place = Place { entry, other: other as i32 - at as i32, other_window: window_at(other) };
            windows.push((window_at(at), place));
        }
    }

    fn new(mut windows: Vec<(u64, Place)>) -> Self {
        let mut table = vec![0; 1 << BITS];
        windows.iter().for_each(|&(window, _)| table[Self::place_in_table(window)] = 1);
        windows.sort_unstable();
        Self { table, places: ByWindow::new(windows) }
    }

    fn place_in_table(window: u64) -> usize {
        (mixed(window) >> (64 - BITS)) as usize
    }

    /// Tells `found` of each place in a literal that may stand at a place of a text, with the latter.
    fn find(&self, text: &[u8], mut found: impl FnMut(usize, Entry)) {
        if self.places.is_empty() {
            return;
        }
        let table = &self.table[..1 << BITS];
        for start in (0..text.len()).step_by(BLOCK) {
            let rest = &text[start..];
            // The last window of a block is read with what follows it.
            let padded;
            let block: &[u8; BLOCK + READ] = match rest.first_chunk() {
                Some(block) => block,
                None => {
                    padded = with_zeros_behind(rest);
                    &padded
                }
            };
            // Without a way out of the loop, a window takes but a few steps. The last one has the lowest bit.
            let mut hits = (0..BLOCK / STEP).fold(0_u32, |hits, window| {
                let bytes = folded(read(block, window * STEP), N);
                hits * 2 + u32::from(table[Self::place_in_table(bytes)])
            });
            while hits != 0 {
                let window = BLOCK / STEP - 1 - hits.trailing_zeros() as usize;
                let at = start + window * STEP;
                self.places_of(text, at, |entry| found(at, entry));
                hits &= hits - 1;
            }
        }
    }

    /// The places of a window that stands at `at`, where the other end of the literal may stand as well.
    #[inline(never)]
    fn places_of(&self, text: &[u8], at: usize, mut found: impl FnMut(Entry)) {
        let Some(rest) = text.get(at..) else { return };
        for place in self.places.of(folded(read(rest, 0), N)) {
            let other = at.wrapping_add_signed(place.other as isize);
            if text.get(other..).is_some_and(|rest| folded(read(rest, 0), N) == place.other_window) {
                found(place.entry);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_literal_is_found_at_every_place() {
        let literals = [
            "ad",
            "©",
            "[n",
            "more",
            "share",
            "pin it",
            "sign up",
            "read more:",
            "mehr über uns",
            "für unseren newsletter",
        ];
        let index =
            AnywhereIndex::new(literals.iter().enumerate().map(|(number, &literal)| (literal, number)));
        for (number, literal) in literals.iter().enumerate() {
            for before in 0..9 {
                for behind in 0..9 {
                    let text = format!(
                        "{}{}{}",
                        "-".repeat(before),
                        literal.to_ascii_uppercase(),
                        "-".repeat(behind)
                    );
                    let mut found = Vec::new();
                    index.find(text.as_bytes(), |at, number| found.push((at, number)));
                    found.retain(|&(_, other)| other == number);
                    assert_eq!(found, [(before, number)], "{text}");
                }
            }
        }
    }

    #[test]
    fn tiny_literals_are_found_on_every_processor() {
        let literals = ["ad", "da", "[n", "©"].map(|literal| literal.as_bytes().to_vec());
        let values: Vec<(Vec<u8>, Vec<usize>)> =
            literals.iter().enumerate().map(|(number, literal)| (literal.clone(), vec![number])).collect();
        let text = "dada [n ©ad a, a text that is longer than what is seen in one step: an ad";
        let wanted = [(0, 1), (1, 0), (2, 1), (5, 2), (8, 3), (10, 0), (text.len() - 2, 0)];
        for search in [Search::new(literals.iter()), Search::by_byte(literals.iter())] {
            let mut found = Vec::new();
            TinyLiterals { search, values: values.clone() }
                .find(text.as_bytes(), &mut |at, number| found.push((at, number)));
            assert_eq!(found, wanted);
        }
    }
}
