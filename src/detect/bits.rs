//! What the bytes of a text are, as bits: 64 bytes are told apart in a few steps, and where words and sentences start
//! is then told by arithmetic on those bits, not byte by byte.

use std::ops::Range;

use wide::u8x64;

use super::windows::with_zeros_behind;

/// What each byte of a text is.
#[derive(Debug)]
pub(super) struct Bits {
    /// Of 64 bytes each, with an empty one behind the last.
    blocks: Vec<Block>,
    /// How many blocks of the text are before the first.
    skipped: usize,
}

/// A bit for each of 64 bytes; the first byte has the lowest.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Block {
    /// Spaces.
    pub spaces: u64,
    /// ASCII letters and digits.
    pub plain: u64,
    /// Bytes of characters outside ASCII that may be letters or digits. Of those, only general punctuation, such as
    /// curly quotes and dashes, is known to be none; the first byte of others that look like it is not here.
    pub foreign: u64,
    /// Bytes of words: letters and digits, also outside ASCII.
    pub words: u64,
    /// The first byte of each word.
    pub word_starts: u64,
    /// Where something starts; see [`is_edge`](crate::literal::is_edge).
    pub edges: u64,
    /// Spaces behind a mark other than a comma, or behind what is not ASCII.
    pub behind_marks: u64,
}

/// What a block tells the next one, in the lowest bits.
#[derive(Default)]
struct Carry {
    /// The last byte was a mark.
    mark: u64,
    /// It was one of a word.
    word: u64,
    /// It was an ASCII letter or digit.
    plain: u64,
    /// It was a capital.
    capital: u64,
    /// It was a space.
    space: u64,
    /// It was the first byte of what may be general punctuation.
    lead: u64,
    /// It was its second byte.
    second: u64,
    /// It was the first byte of a character from U+0080 to U+00BF.
    latin: u64,
}

impl Bits {
    pub fn of(text: &[u8]) -> Self {
        Self::within(text, 0..text.len())
    }

    /// Those of a range of a text, of which it is known that no word goes on in it.
    pub fn within(text: &[u8], range: Range<usize>) -> Self {
        let skipped = range.start / 64;
        let (blocks, rest) = text[skipped * 64..range.end].as_chunks::<64>();
        let last = with_zeros_behind(rest);
        let mut carry = Carry::default();
        let mut all = Vec::with_capacity(blocks.len() + 2);
        all.extend(blocks.iter().chain([&last]).map(|block| Block::of(block, &mut carry)));
        all.push(Block::default());
        Self { blocks: all, skipped }
    }

    /// The bits of 64 bytes from a place on.
    #[inline(always)]
    pub fn from(&self, at: usize, kind: impl Fn(&Block) -> u64) -> u64 {
        let (block, bit) = (at / 64 - self.skipped, at % 64);
        match &self.blocks[block..] {
            [first, next, ..] => kind(first) >> bit | kind(next) << 1 << (63 - bit),
            _ => 0,
        }
    }

    /// The bits of 64 bytes up to a place: that of the byte before it is the highest.
    #[inline(always)]
    pub fn until(&self, end: usize, kind: impl Fn(&Block) -> u64) -> u64 {
        match end.checked_sub(64) {
            Some(at) => self.from(at, kind),
            None => kind(&self.blocks[0]).unbounded_shl(64 - end as u32),
        }
    }

    /// Tells `block` of each block that a range touches: where it starts, which of its bytes are in the range, and
    /// the block with the one behind it.
    #[inline(always)]
    pub fn in_range(&self, range: Range<usize>, mut tell: impl FnMut(usize, u64, &Block, &Block)) {
        if range.is_empty() {
            return;
        }
        let (first, last) = (range.start / 64, (range.end - 1) / 64);
        let mut wanted = u64::MAX << (range.start % 64);
        let pairs = self.blocks[first - self.skipped..].windows(2);
        for (number, pair) in (first..=last).zip(pairs) {
            if number == last {
                wanted &= u64::MAX >> (63 - (range.end - 1) % 64);
            }
            tell(number * 64, wanted, &pair[0], &pair[1]);
            wanted = u64::MAX;
        }
    }
}

impl Block {
    #[inline(always)]
    fn of(bytes: &[u8; 64], carry: &mut Carry) -> Self {
        let bytes = u8x64::from(*bytes);
        let are = |byte: u8| bytes.simd_eq(u8x64::splat(byte)).to_bitmask();
        // In a range that starts at zero, a number is the smaller one of itself and the last.
        let are_among = |bytes: u8x64, first: u8, last: u8| {
            let from_zero = bytes - u8x64::splat(first);
            from_zero.min(u8x64::splat(last - first)).simd_eq(from_zero)
        };
        let small = bytes | u8x64::splat(0x20);
        let plain = (are_among(small, b'a', b'z') | are_among(bytes, b'0', b'9')).to_bitmask();
        let capitals = are_among(bytes, b'A', b'Z').to_bitmask();
        let (spaces, brackets) = (are(b' '), are(b'['));
        let marks = !(plain | spaces | are(b','));
        let behind_marks = spaces & (marks << 1 | carry.mark);
        let high = bytes.to_bitmask();
        let edges = plain & !(plain << 1 | carry.plain)
            | capitals & !(capitals << 1 | carry.capital)
            | !(plain | spaces | high) & (spaces << 1 | carry.space)
            | brackets;
        let mut block = Self { spaces, plain, words: plain, edges, behind_marks, ..Self::default() };
        let mut behind = Carry {
            mark: marks >> 63,
            plain: plain >> 63,
            capital: capitals >> 63,
            space: spaces >> 63,
            ..Carry::default()
        };
        if high != 0 {
            let (lead, latin) = (are(0xe2), are(0xc2));
            let second = (lead << 1 | carry.lead) & are(0x80);
            let third = second << 1 | carry.second;
            block.foreign = high & !(lead | second | third);
            block.words |= block.foreign & !(latin | latin << 1 | carry.latin);
            // The second highest bit of a byte outside ASCII is set in the first one of a character.
            block.edges |= high & (bytes + bytes).to_bitmask();
            behind = Carry { lead: lead >> 63, second: second >> 63, latin: latin >> 63, ..behind };
        }
        block.word_starts = block.words & !(block.words << 1 | carry.word);
        behind.word = block.words >> 63;
        *carry = behind;
        block
    }
}

/// Tells `found` of each bit that is set, from the lowest.
#[inline(always)]
pub(super) fn for_each(mut bits: u64, mut found: impl FnMut(usize)) {
    while bits != 0 {
        found(bits.trailing_zeros() as usize);
        bits &= bits - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::literal::is_edge;

    /// The bytes of a text of which the bit is set.
    fn where_set(text: &str, kind: fn(&Block) -> u64) -> Vec<usize> {
        let bits = Bits::of(text.as_bytes());
        (0..text.len()).filter(|&at| bits.from(at, kind) & 1 == 1).collect()
    }

    fn bytes_of(text: &str, is_wanted: impl Fn(char) -> bool) -> Vec<usize> {
        let wanted = text.char_indices().filter(|&(_, c)| is_wanted(c));
        wanted.flat_map(|(at, c)| at..at + c.len_utf8()).collect()
    }

    /// A text at every place of a block, also over its end.
    fn at_all_places(text: &str) -> impl Iterator<Item = String> {
        (0..130).map(move |before| format!("{}{text}", "- ".repeat(65).split_at(130 - before).1))
    }

    #[test]
    fn bytes_are_told_apart_wherever_they_stand() {
        for text in at_all_places("“Été” — @Zoë[09]`z{, «\u{a0}Ça\u{a0}»… 日本x/:;A") {
            assert_eq!(where_set(&text, |block| block.spaces), bytes_of(&text, |c| c == ' '), "{text}");
            let plain = |c: char| c.is_ascii_alphanumeric();
            assert_eq!(where_set(&text, |block| block.plain), bytes_of(&text, plain), "{text}");
            let words = where_set(&text, |block| block.words);
            assert_eq!(words, bytes_of(&text, char::is_alphanumeric), "{text}");
            let starts = words.iter().filter(|&&at| !words.contains(&at.wrapping_sub(1)));
            assert_eq!(
                where_set(&text, |block| block.word_starts),
                Vec::from_iter(starts.copied()),
                "{text}"
            );
        }
    }

    #[test]
    fn other_characters_are_foreign_unless_they_are_general_punctuation() {
        for text in at_all_places("é“日¹”") {
            let foreign = |c: char| !c.is_ascii() && !matches!(c, '\u{2000}'..='\u{203f}');
            assert_eq!(where_set(&text, |block| block.foreign), bytes_of(&text, foreign), "{text}");
        }
        // What is left of one that only looks like it gives it away.
        assert_eq!(where_set("x€²⁷", |block| block.foreign), [2, 3, 4, 5, 7, 8]);
    }

    #[test]
    fn edges_are_where_something_starts() {
        for text in at_all_places("Read MORE: iPhone7s (no) – [n1] | a|b, «é» 2MORE\n> x+ +1,-") {
            let bytes = text.as_bytes();
            let before = |at: usize| at.checked_sub(1).map_or(0, |before| bytes[before]);
            let edges = (0..text.len()).filter(|&at| is_edge(before(at), bytes[at]));
            assert_eq!(where_set(&text, |block| block.edges), Vec::from_iter(edges), "{text}");
        }
    }

    #[test]
    fn spaces_behind_marks_are_told_from_others() {
        for text in at_all_places("x. A a, b” c 9 ") {
            let before = text.len() - "x. A a, b” c 9 ".len();
            let behind = where_set(&text, |block| block.behind_marks);
            let own: Vec<usize> = behind.iter().filter_map(|at| at.checked_sub(before)).collect();
            assert_eq!(own, [2, 12], "{text}");
        }
    }

    #[test]
    fn bits_are_read_from_and_up_to_a_place() {
        let text: String = (0..200).map(|at| if at % 7 == 0 { ' ' } else { 'x' }).collect();
        let bits = Bits::of(text.as_bytes());
        for at in 0..=text.len() {
            let wanted = (0..64).filter(|bit| (at + bit) < 200 && (at + bit) % 7 == 0);
            let found = bits.from(at, |block| block.spaces);
            assert_eq!(found, wanted.fold(0, |bits, bit| bits | 1 << bit), "{at}");
            let wanted = (0..64).filter(|bit| (at + bit).checked_sub(64).is_some_and(|at| at % 7 == 0));
            let found = bits.until(at, |block| block.spaces);
            assert_eq!(found, wanted.fold(0, |bits, bit| bits | 1 << bit), "{at}");
        }
    }

    #[test]
    fn a_range_has_each_of_its_bytes_once() {
        let text = " ".repeat(200);
        let bits = Bits::of(text.as_bytes());
        for range in [0..0, 0..1, 3..64, 64..65, 63..130, 0..200, 128..192, 199..200] {
            for bits in [&bits, &Bits::within(text.as_bytes(), range.clone())] {
                let mut found = Vec::new();
                bits.in_range(range.clone(), |start, wanted, block, _| {
                    for_each(block.spaces & wanted, |bit| found.push(start + bit));
                });
                assert_eq!(found, Vec::from_iter(range.clone()));
            }
        }
    }
}
