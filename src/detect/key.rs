//! Numbers for how a piece of text starts and ends, to find pieces that are alike without comparing each two.

use std::ops::Range;

use super::bits::Bits;

/// How many letters and digits are compared to see whether two pieces may start, or end, alike.
const LETTERS: usize = 24;

/// How many of them are read of every piece. Few pieces have as many in common by chance, and those that are
/// alike in all have these in common.
const SHORT_LETTERS: usize = 8;

/// Those stand in so many bytes, also with marks between them; what has less in as many is no text.
const BYTES: usize = 512;

/// A number for the first [`LETTERS`] letters and digits of `text`, whatever their case; none when its first [`BYTES`]
/// have fewer.
pub fn after(text: &str) -> Option<u64> {
    after_up_to(text, LETTERS)
}

/// The same for its last ones.
pub fn before(text: &str) -> Option<u64> {
    before_up_to(text, LETTERS)
}

/// A number for the first [`SHORT_LETTERS`] of a range of a text.
#[inline(always)]
pub fn short_after(text: &str, bits: &Bits, range: Range<usize>) -> Option<u64> {
    let within = u64::MAX.unbounded_shr(64_u32.saturating_sub(range.len() as u32));
    let mut letters = bits.from(range.start, |block| block.plain) & within;
    let foreign = bits.from(range.start, |block| block.foreign);
    let (mut key, mut read) = (Key::new(SHORT_LETTERS), 0);
    while letters != 0 && key.wanted > 0 {
        let at = letters.trailing_zeros();
        // Setting this bit writes capitals as small letters.
        key.add(text.as_bytes()[range.start + at as usize] | 0x20);
        letters &= letters - 1;
        read = 1 << at;
    }
    if key.wanted == 0 && foreign & (read - 1) == 0 {
        return Some(key.hash);
    }
    after_up_to(&text[range], SHORT_LETTERS)
}

/// The same for its last ones.
#[inline(always)]
pub fn short_before(text: &str, bits: &Bits, range: Range<usize>) -> Option<u64> {
    let within = u64::MAX.unbounded_shl(64_u32.saturating_sub(range.len() as u32));
    let mut letters = bits.until(range.end, |block| block.plain) & within;
    let foreign = bits.until(range.end, |block| block.foreign);
    let (mut key, mut read) = (Key::new(SHORT_LETTERS), 0);
    while letters != 0 && key.wanted > 0 {
        let back = letters.leading_zeros();
        key.add(text.as_bytes()[range.end - 1 - back as usize] | 0x20);
        read = 1 << (63 - back);
        letters ^= read;
    }
    if key.wanted == 0 && foreign < read {
        return Some(key.hash);
    }
    before_up_to(&text[range], SHORT_LETTERS)
}

fn after_up_to(text: &str, count: usize) -> Option<u64> {
    let mut key = Key::new(count);
    let mut at = 0;
    while let Some(&byte) = text.as_bytes().get(at).filter(|_| at < BYTES) {
        at += match FOLDED[usize::from(byte)] {
            FOREIGN => {
                let c = text[at..].chars().next()?;
                key.add_foreign(c);
                c.len_utf8()
            }
            folded => {
                key.add(folded);
                1
            }
        };
        if key.wanted == 0 {
            return Some(key.hash);
        }
    }
    None
}

fn before_up_to(text: &str, count: usize) -> Option<u64> {
    let mut key = Key::new(count);
    let mut end = text.len();
    let first = end.saturating_sub(BYTES);
    while let Some(&byte) = text.as_bytes()[..end].last().filter(|_| end > first) {
        end -= match FOLDED[usize::from(byte)] {
            FOREIGN => {
                let c = text[..end].chars().next_back()?;
                key.add_foreign(c);
                c.len_utf8()
            }
            folded => {
                key.add(folded);
                1
            }
        };
        if key.wanted == 0 {
            return Some(key.hash);
        }
    }
    None
}

/// In [`FOLDED`], a byte that is no letter and no digit.
const NO_LETTER: u8 = 0;
/// In [`FOLDED`], a byte of a character outside ASCII.
const FOREIGN: u8 = 1;

/// Letters and digits, all letters small.
static FOLDED: [u8; 256] = {
    let mut folded = [FOREIGN; 256];
    let mut byte = 0_u8;
    while byte.is_ascii() {
        folded[byte as usize] =
            if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { NO_LETTER };
        byte += 1;
    }
    folded
};

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

    /// Adds a byte as it is in [`FOLDED`].
    fn add(&mut self, folded: u8) {
        if folded != NO_LETTER {
            self.mix(u64::from(folded));
        }
    }

    #[cold]
    fn add_foreign(&mut self, c: char) {
        // Most are quotes and dashes.
        if !matches!(c, '\u{2000}'..='\u{206f}') && c.is_alphanumeric() {
            self.mix(u64::from(c));
        }
    }

    fn mix(&mut self, letter: u64) {
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
            assert_eq!(after_up_to(&text(marks), 2).is_some(), has_key, "{marks}");
            assert_eq!(before_up_to(&text(marks), 2).is_some(), has_key, "{marks}");
        }
    }

    #[test]
    fn short_keys_are_those_of_the_text_itself() {
        for text in [
            "“We won the race,” she said",
            "A é ñ o p q r s t u v",
            "x — y … z 1 2 3 4 5",
            "日本の x 1",
            "no",
            "",
        ] {
            for before in [0, 1, 50, 63, 64, 65, 100] {
                let all = format!("{}{text}{}", "a".repeat(before), "b".repeat(before));
                let range = before..before + text.len();
                let bits = Bits::of(all.as_bytes());
                assert_eq!(
                    short_after(&all, &bits, range.clone()),
                    after_up_to(text, SHORT_LETTERS),
                    "{text}"
                );
                assert_eq!(short_before(&all, &bits, range), before_up_to(text, SHORT_LETTERS), "{text}");
            }
        }
    }
}
