//! Numbers for how a piece of text starts and ends, to find pieces that are alike without comparing each two.

use std::ops::Range;

use super::bits::Bits;

/// How many letters and digits are compared to see whether two pieces may start, or end, alike.
pub const LETTERS: usize = 24;

/// How many of them are read of every piece. Few pieces have as many in common by chance, and those that are
/// alike in all have these in common.
pub const FEW_LETTERS: usize = 8;

/// Those stand in so many bytes, also with marks between them; what has less in as many is no text.
const BYTES: usize = 512;

/// A number for the first so many letters and digits of a range of a text, whatever their case; none when its first
/// [`BYTES`] have fewer.
#[inline(always)]
pub fn after(count: usize, text: &str, bits: &Bits, range: Range<usize>) -> Option<u64> {
    let within = u64::MAX.unbounded_shr(64_u32.saturating_sub(range.len() as u32));
    let letters = bits.from(range.start, |block| block.plain) & within;
    let foreign = bits.from(range.start, |block| block.foreign);
    by_bits(count, letters, foreign, |at| text.as_bytes()[range.start + at])
        .or_else(|| by_characters_after(&text[range], count))
}

/// The same for its last ones.
#[inline(always)]
pub fn before(count: usize, text: &str, bits: &Bits, range: Range<usize>) -> Option<u64> {
    let within = u64::MAX.unbounded_shl(64_u32.saturating_sub(range.len() as u32));
    let letters = bits.until(range.end, |block| block.plain) & within;
    let foreign = bits.until(range.end, |block| block.foreign);
    by_bits(count, letters.reverse_bits(), foreign.reverse_bits(), |back| {
        text.as_bytes()[range.end - 1 - back]
    })
    .or_else(|| by_characters_before(&text[range], count))
}

/// A number for the first letters and digits in ASCII; none when there are too few, or others between them.
#[inline(always)]
fn by_bits(count: usize, mut letters: u64, foreign: u64, byte: impl Fn(usize) -> u8) -> Option<u64> {
    let (mut key, mut read) = (Key::new(count), 0);
    while letters != 0 && key.wanted > 0 {
        let at = letters.trailing_zeros();
        // Setting this bit writes capitals as small letters.
        key.add(u64::from(byte(at as usize) | 0x20));
        letters &= letters - 1;
        read = 1 << at;
    }
    (key.wanted == 0 && foreign & (read - 1) == 0).then_some(key.hash)
}

#[inline(never)]
fn by_characters_after(text: &str, count: usize) -> Option<u64> {
    let first = text.char_indices().take_while(|&(at, _)| at < BYTES);
    Key::of(first.map(|(_, c)| c), count)
}

#[inline(never)]
fn by_characters_before(text: &str, count: usize) -> Option<u64> {
    let from = text.len().saturating_sub(BYTES);
    let last = text.char_indices().rev().take_while(|&(at, c)| at + c.len_utf8() > from);
    Key::of(last.map(|(_, c)| c), count)
}

/// FNV-1a of letters and digits. Texts with equal keys are compared, so that a chance collision costs nothing but
/// time.
struct Key {
    hash: u64,
    wanted: usize,
}

impl Key {
    fn new(count: usize) -> Self {
        Self { hash: 0xcbf2_9ce4_8422_2325, wanted: count }
    }

    /// That of so many letters and digits; none when there are fewer.
    fn of(text: impl Iterator<Item = char>, count: usize) -> Option<u64> {
        let mut key = Self::new(count);
        for letter in text.filter(|c| c.is_alphanumeric()) {
            key.add(u64::from(letter.to_ascii_lowercase()));
            if key.wanted == 0 {
                return Some(key.hash);
            }
        }
        None
    }

    fn add(&mut self, letter: u64) {
        self.hash = (self.hash ^ letter).wrapping_mul(0x0100_0000_01b3);
        self.wanted -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_few_letters_has_no_key() {
        let text = |marks: usize| format!("x{}y", ". ".repeat(marks));
        for (marks, has_key) in [(0, true), (100, true), (1000, false)] {
            assert_eq!(by_characters_after(&text(marks), 2).is_some(), has_key, "{marks}");
            assert_eq!(by_characters_before(&text(marks), 2).is_some(), has_key, "{marks}");
        }
    }

    #[test]
    fn keys_are_those_of_the_text_itself() {
        for text in [
            "“We won the race,” she said",
            "A é ñ o p q r s t u v",
            "x — y … z 1 2 3 4 5",
            "日本の x 1",
            "no",
            "",
        ] {
            for around in [0, 1, 50, 63, 64, 65, 100] {
                let all = format!("{}{text}{}", "a".repeat(around), "b".repeat(around));
                let range = around..around + text.len();
                let bits = Bits::of(all.as_bytes());
                for count in [FEW_LETTERS, LETTERS] {
                    let key = after(count, &all, &bits, range.clone());
                    assert_eq!(key, by_characters_after(text, count), "{text}");
                    let key = before(count, &all, &bits, range.clone());
                    assert_eq!(key, by_characters_before(text, count), "{text}");
                }
            }
        }
    }
}
