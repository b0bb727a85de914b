//! Literals by a few of their bytes: which of thousands stand at a place of a text?
//!
//! Each literal is filed by one window of its bytes. Three bits say whether the eight, four, and three or two bytes at a
//! place are windows: they stay in the fastest cache, and most places are refused by them alone. Where they are, a table
//! says which literals are meant, and the bytes at the ends of these are compared. Unlike an automaton over all literals
//! this takes next to no time to build, which would be most of the time that cleaning one article takes.

use std::ops::Range;

/// So many bytes are read of a text at once.
pub(super) const READ: usize = 8;

/// Of longer literals so many bytes are compared.
const MAX_BYTES: usize = 2 * READ;

/// Literals filed by their windows.
#[derive(Debug)]
pub(super) struct Windows<T> {
    /// Which eight bytes are windows.
    eight: BitTable<8, 17>,
    /// Which four.
    four: BitTable<4, 15>,
    /// Which three are windows, or start with one of two.
    three: BitTable<3, 16>,
    places: ByWindow<Place<T>>,
}

/// Where a window stands in a literal.
#[derive(Clone, Copy, Debug)]
struct Place<T> {
    /// How many bytes of the literal are before it.
    before: u32,
    /// How many of those are not compared.
    skipped: u32,
    /// How many bytes are compared.
    len: u32,
    /// The first of these, up to eight.
    first: u64,
    /// The last ones.
    last: u64,
    value: T,
}

impl<T: Copy> Windows<T> {
    /// Takes literals in lower case as far as ASCII goes, each with its window of eight, four, three or two bytes.
    pub fn new<'l>(literals: impl IntoIterator<Item = (&'l str, Range<usize>, T)>) -> Self {
        let (mut eight, mut four, mut three) = (BitTable::new(), BitTable::new(), BitTable::new());
        let mut places = Vec::new();
        for (literal, window, value) in literals {
            let bytes = read(&literal.as_bytes()[window.clone()], 0);
            match window.len() {
                8 => eight.add(bytes),
                4 => four.add(bytes),
                3 => three.add(bytes),
                _ => (0..=0xff).for_each(|third| three.add(bytes | third << 16)),
            }
            places.push((folded(bytes, window.len()), Place::new(literal.as_bytes(), &window, value)));
        }
        Self { eight, four, three, places: ByWindow::new(places) }
    }

    /// False when these bytes start with no window of a literal.
    #[inline(always)]
    pub fn may_stand(&self, bytes: u64) -> bool {
        (self.eight.bit(bytes) | self.four.bit(bytes) | self.three.bit(bytes)) & 1 == 1
    }

    /// Tells `hit` of the literals that have their window at `at`: where they start, and what was filed with them.
    #[inline(never)]
    pub fn at(&self, text: &[u8], at: usize, mut hit: impl FnMut(usize, T)) {
        let bytes = read(text, at);
        let (eight, four, three) = (self.eight.bit(bytes), self.four.bit(bytes), self.three.bit(bytes));
        for (len, _) in
            [(8, eight), (4, four), (3, three), (2, three)].into_iter().filter(|(_, bit)| bit & 1 == 1)
        {
            for place in self.places.of(folded(bytes, len)) {
                let offset = at.wrapping_sub(place.before as usize);
                let compared = offset.wrapping_add(place.skipped as usize);
                if text.get(compared..).is_some_and(|text| place.stands_at_start_of(text)) {
                    hit(offset, place.value);
                }
            }
        }
    }
}

impl<T> Place<T> {
    fn new(literal: &[u8], window: &Range<usize>, value: T) -> Self {
        let skipped = if window.end <= MAX_BYTES { 0 } else { window.start };
        let compared = &literal[skipped..literal.len().min(skipped + MAX_BYTES)];
        let len = compared.len().min(READ);
        Self {
            before: window.start as u32,
            skipped: skipped as u32,
            len: compared.len() as u32,
            first: folded(read(compared, 0), len),
            last: folded(read(compared, compared.len() - len), len),
            value,
        }
    }

    fn stands_at_start_of(&self, text: &[u8]) -> bool {
        let len = self.len as usize;
        let part = len.min(READ);
        text.len() >= len
            && folded(read(text, 0), part) == self.first
            && folded(read(text, len - part), part) == self.last
    }
}

/// What is filed with windows, by their numbers.
#[derive(Debug)]
pub(super) struct ByWindow<P> {
    /// The slots of a window are looked through from the one of its number to the first that is empty.
    slots: Vec<Slot>,
    /// Window by window.
    places: Vec<P>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    window: u64,
    start: u32,
    /// Zero for an empty slot.
    end: u32,
}

impl<P> ByWindow<P> {
    pub fn new(mut all: Vec<(u64, P)>) -> Self {
        all.sort_by_key(|&(window, _)| window);
        let mut slots = vec![Slot::default(); (all.len() * 2 + 1).next_power_of_two()];
        let mut end = 0;
        for same in all.chunk_by(|a, b| a.0 == b.0) {
            let (window, start) = (same[0].0, end);
            end += same.len() as u32;
            let mut slot = mixed(window) as usize >> 32 & (slots.len() - 1);
            while slots[slot].end != 0 {
                slot = (slot + 1) & (slots.len() - 1);
            }
            slots[slot] = Slot { window, start, end };
        }
        Self { slots, places: all.into_iter().map(|(_, place)| place).collect() }
    }

    /// What is filed with a window.
    pub fn of(&self, window: u64) -> &[P] {
        let mut index = mixed(window) as usize >> 32 & (self.slots.len() - 1);
        loop {
            let Slot { window: other, start, end } = self.slots[index];
            if other == window || end == 0 {
                return &self.places[start as usize..end as usize];
            }
            index = (index + 1) & (self.slots.len() - 1);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

/// A bit for each window of `LEN` bytes; `BITS` of its number are told apart.
#[derive(Debug)]
struct BitTable<const LEN: usize, const BITS: u32>(Vec<u64>);

impl<const LEN: usize, const BITS: u32> BitTable<LEN, BITS> {
    fn new() -> Self {
        Self(vec![0; 1 << (BITS - 6)])
    }

    #[inline(always)]
    fn place(bytes: u64) -> (usize, u64) {
        let number = mixed(folded(bytes, LEN)) >> (64 - BITS);
        ((number >> 6) as usize, number & 63)
    }

    fn add(&mut self, bytes: u64) {
        let (word, bit) = Self::place(bytes);
        self.0[word] |= 1 << bit;
    }

    /// One in the lowest bit when these bytes start with a window that was added, and for a few others.
    #[inline(always)]
    fn bit(&self, bytes: u64) -> u64 {
        let (word, bit) = Self::place(bytes);
        self.0[..1 << (BITS - 6)][word] >> bit
    }
}

/// The last bytes of a text as a block with zeros behind them.
#[inline(never)]
pub(super) fn with_zeros_behind<const BYTES: usize>(last: &[u8]) -> [u8; BYTES] {
    let mut block = [0; BYTES];
    block[..last.len()].copy_from_slice(last);
    block
}

/// Eight bytes of a text from a place on; behind its end there are zeros.
#[inline(always)]
pub(super) fn read(text: &[u8], at: usize) -> u64 {
    let rest = &text[at..];
    rest.first_chunk().map_or_else(|| last_bytes(rest), |bytes| u64::from_le_bytes(*bytes))
}

#[inline(never)]
fn last_bytes(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// The first bytes of eight, whatever the case of their ASCII letters, as a number.
#[inline(always)]
pub(super) fn folded(bytes: u64, len: usize) -> u64 {
    // Setting this bit writes capitals as small letters; the few other marks that it makes alike only cost time.
    (bytes | u64::from_le_bytes([0x20; READ])) << (64 - 8 * len)
}

/// Numbers that are far apart for windows that are near; their highest bits are the best.
#[inline(always)]
pub(super) fn mixed(window: u64) -> u64 {
    window.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
