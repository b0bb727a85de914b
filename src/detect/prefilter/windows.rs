//! Literals filed by a few of their bytes, so that one step through a text asks for all of them at once.
//!
//! Of each literal, the four bytes that are likely rarest are its window; literals of less than four bytes
//! have a window of two. A bitmap says of a window in the text whether it is that of any literal: it stays
//! in the fastest cache, and most of a text is refused by it alone. Where it is, the number of bits before
//! its own says which entries are meant, and their literals are compared. Unlike an automaton over all
//! literals this takes next to no time to build, which would be most of the time that cleaning one article takes.

use crate::frequency::bits;

/// Bits of the number that a window is filed under.
const NUMBER_BITS: u32 = 18;
const WORDS: usize = (1 << NUMBER_BITS) / 64;

/// Literals with what is to be said where they stand.
#[derive(Debug)]
pub(super) struct LiteralIndex<T> {
    literals: Vec<Literal<T>>,
    /// The bytes of all literals.
    bytes: Vec<u8>,
    /// Literals of four bytes and more.
    long: WindowIndex<4>,
    /// Shorter ones.
    short: WindowIndex<2>,
}

#[derive(Debug)]
struct Literal<T> {
    /// Where in all bytes it is.
    start: u32,
    len: u32,
    /// Where in it its window starts.
    window: u32,
    value: T,
}

/// Which part of a literal is its window.
#[derive(Clone, Copy)]
pub(super) enum Window {
    /// The one that likely stands in the fewest texts.
    Rarest,
    /// The first one, for literals that are only looked for at known places.
    First,
}

impl<T: Copy> LiteralIndex<T> {
    /// Takes literals of two bytes at least, in lower case as far as ASCII goes.
    pub fn new<'a>(all: impl IntoIterator<Item = (&'a str, T)>, window: Window) -> Self {
        let mut literals = Vec::new();
        let mut bytes = Vec::new();
        for (literal, value) in all {
            let start = bytes.len() as u32;
            bytes.extend_from_slice(literal.as_bytes());
            let window = match window {
                Window::Rarest => rarest_window(literal.as_bytes()),
                Window::First => 0,
            };
            literals.push(Literal { start, len: literal.len() as u32, window: window as u32, value });
        }
        let windows = |belongs: fn(u32) -> bool| {
            let literals = literals.iter().zip(0..).filter(move |(literal, _)| belongs(literal.len));
            literals.map(|(literal, index)| (&bytes[(literal.start + literal.window) as usize..], index))
        };
        let long = WindowIndex::new(windows(|len| len >= 4));
        let short = WindowIndex::new(windows(|len| len < 4));
        Self { literals, bytes, long, short }
    }

    /// Tells `hit` of every literal in `text`, overlapping ones too: its offset, and what was filed with it.
    pub fn find(&self, text: &[u8], mut hit: impl FnMut(usize, T)) {
        self.long.find(text, |at, literal| self.compare(text, at, literal, &mut hit));
        self.short.find(text, |at, literal| self.compare(text, at, literal, &mut hit));
    }

    /// Tells `hit` of the literals whose first bytes are their window and with which `text` starts.
    pub fn find_at_start(&self, text: &[u8], mut hit: impl FnMut(T)) {
        self.long.at_start(text, |literal| self.compare(text, 0, literal, &mut |_, value| hit(value)));
        self.short.at_start(text, |literal| self.compare(text, 0, literal, &mut |_, value| hit(value)));
    }

    /// Tells of a literal whose window stands at `at`, if all of it is there.
    fn compare(&self, text: &[u8], at: usize, literal: u32, hit: &mut impl FnMut(usize, T)) {
        let literal = &self.literals[literal as usize];
        let Some(start) = at.checked_sub(literal.window as usize) else { return };
        let bytes = &self.bytes[literal.start as usize..][..literal.len as usize];
        if text[start..].get(..bytes.len()).is_some_and(|here| here.eq_ignore_ascii_case(bytes)) {
            hit(start, literal.value);
        }
    }
}

/// Numbers of literals by the `N` bytes of their windows.
#[derive(Debug)]
struct WindowIndex<const N: usize> {
    /// A bit for each number that a window has.
    bitmap: Box<[u64; WORDS]>,
    /// How many bits are set before each word of the bitmap: a bit's rank is its place in `buckets`.
    ranks: Box<[u32; WORDS]>,
    /// Where the entries of each set bit start; one more for the end.
    buckets: Vec<u32>,
    /// The window itself and the literal, in the order of the windows' numbers.
    entries: Vec<(u32, u32)>,
}

impl<const N: usize> WindowIndex<N> {
    /// Takes texts that start with the window of a literal, and the literal's number.
    fn new<'a>(windows: impl Iterator<Item = (&'a [u8], u32)>) -> Self {
        let mut filed: Vec<(u32, u32, u32)> = windows
            .filter_map(|(window, literal)| {
                let folded = Self::folded(window.first_chunk::<N>()?);
                Some((Self::number(folded), folded, literal))
            })
            .collect();
        filed.sort_unstable();
        let mut bitmap = Box::new([0_u64; WORDS]);
        let mut buckets = Vec::new();
        for (entry, &(number, ..)) in filed.iter().enumerate() {
            if entry == 0 || filed[entry - 1].0 != number {
                bitmap[number as usize / 64] |= 1 << (number % 64);
                buckets.push(entry as u32);
            }
        }
        buckets.push(filed.len() as u32);
        let mut ranks = Box::new([0_u32; WORDS]);
        for word in 1..WORDS {
            ranks[word] = ranks[word - 1] + bitmap[word - 1].count_ones();
        }
        let entries = filed.into_iter().map(|(_, folded, literal)| (folded, literal)).collect();
        Self { bitmap, ranks, buckets, entries }
    }

    /// A window as a number, whatever the case of its ASCII letters.
    fn folded(window: &[u8; N]) -> u32 {
        let number = window.iter().rev().fold(0, |number, &byte| number << 8 | u32::from(byte));
        // Setting this bit writes capitals as small letters; what else it changes, it changes everywhere.
        number | 0x2020_2020
    }

    fn number(folded: u32) -> u32 {
        folded.wrapping_mul(0x9e37_79b1) >> (32 - NUMBER_BITS)
    }

    fn find(&self, text: &[u8], mut found: impl FnMut(usize, u32)) {
        if self.entries.is_empty() {
            return;
        }
        for (at, window) in text.windows(N).enumerate() {
            let Some(window) = window.first_chunk::<N>() else { continue };
            let folded = Self::folded(window);
            if self.holds(Self::number(folded)) {
                self.entries_of(folded, |literal| found(at, literal));
            }
        }
    }

    fn at_start(&self, text: &[u8], found: impl FnMut(u32)) {
        let Some(window) = text.first_chunk::<N>() else { return };
        let folded = Self::folded(window);
        if self.holds(Self::number(folded)) {
            self.entries_of(folded, found);
        }
    }

    fn holds(&self, number: u32) -> bool {
        self.bitmap[number as usize / 64] >> (number % 64) & 1 == 1
    }

    /// The literals with this window, which the bitmap holds the number of.
    #[inline(never)]
    fn entries_of(&self, folded: u32, mut found: impl FnMut(u32)) {
        let number = Self::number(folded);
        let word = number as usize / 64;
        let before = self.bitmap[word] & ((1 << (number % 64)) - 1);
        let bucket = (self.ranks[word] + before.count_ones()) as usize;
        let entries = &self.entries[self.buckets[bucket] as usize..self.buckets[bucket + 1] as usize];
        for &(_, literal) in entries.iter().filter(|&&(window, _)| window == folded) {
            found(literal);
        }
    }
}

/// Where in a literal the four bytes are that stand in the fewest texts.
fn rarest_window(literal: &[u8]) -> usize {
    let windows = literal.windows(4).enumerate();
    windows.max_by_key(|(at, window)| (bits(window), std::cmp::Reverse(*at))).map_or(0, |(at, _)| at)
}
