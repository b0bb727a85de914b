//! One reading of a document for all rules on what it says again: where sentences break, and which long words a
//! segment has. That is enough to tell most documents that repeat nothing, and it is told between spaces, which are
//! found 64 bytes at a time.

use std::ops::Range;

use super::Scene;
use crate::segment::Segments;

/// A word of so many bytes is long. Few texts share many long words.
const LONG: usize = 6;

/// What was read of each segment.
#[derive(Debug)]
pub(super) struct Reading {
    segments: Vec<SegmentReading>,
    /// The spaces behind which a sentence may start, in order.
    breaks: Vec<SentenceBreak>,
    /// The long words of all segments, in order.
    long_words: Vec<u32>,
}

/// A space behind the end of a sentence, or a quotation's.
#[derive(Clone, Copy, Debug)]
pub(super) struct SentenceBreak {
    /// Where the space is in the document.
    pub offset: usize,
    pub segment: usize,
}

#[derive(Clone, Copy, Debug)]
struct SegmentReading {
    spaces: usize,
    /// Where its long words end among all; they start where those of the segment before end.
    words_end: usize,
}

impl Reading {
    /// Reads every segment.
    pub fn of(scene: Scene<'_>) -> Self {
        let len = scene.document.text().len();
        let mut reading = Self {
            segments: Vec::with_capacity(scene.segments.len()),
            // About as many as there are in prose.
            breaks: Vec::with_capacity(len / 64),
            long_words: Vec::with_capacity(len / 16),
        };
        for segment in 0..scene.segments.len() {
            reading.read(scene.segments, segment);
        }
        reading
    }

    fn read(&mut self, segments: &Segments<'_>, segment: usize) {
        let (text, start) = (segments.text(segment), segments.span(segment).start());
        let (mut spaces, mut word) = (0, 0);
        for_each_end(text.as_bytes(), |end| {
            spaces += 1;
            if end - word >= LONG
                && let Some(number) = number_of(text.as_bytes(), word..end)
            {
                self.long_words.push(number);
            }
            word = end + 1;
            if is_behind_stop(text, end) {
                self.breaks.push(SentenceBreak { offset: start + end, segment });
            }
        });
        // All but the last.
        self.segments.push(SegmentReading { spaces: spaces - 1, words_end: self.long_words.len() });
    }

    /// Where sentences break, in order.
    pub fn breaks(&self) -> &[SentenceBreak] {
        &self.breaks
    }

    /// How many spaces a segment has: about one less than words.
    pub fn spaces(&self, segment: usize) -> usize {
        self.segments[segment].spaces
    }

    fn long_words(&self, segment: usize) -> &[u32] {
        let start = segment.checked_sub(1).map_or(0, |before| self.segments[before].words_end);
        &self.long_words[start..self.segments[segment].words_end]
    }

    /// False when the long words of a segment that another has not are more than `percent` of all its words.
    pub fn lacks_at_most(&self, percent: usize, segment: usize, other: usize) -> bool {
        // A few words may be written as one, with a mark between.
        let words = self.spaces(segment) + 3;
        let others = self.long_words(other);
        let lacking = self.long_words(segment).iter().filter(|word| !others.contains(word));
        lacking.take(words * percent / 100 + 1).count() * 100 <= words * percent
    }
}

/// Tells `found` where each space of a text is, and where the text ends.
#[inline(always)]
fn for_each_end(text: &[u8], mut found: impl FnMut(usize)) {
    let (blocks, rest) = text.as_chunks::<64>();
    let mut last = [0; 64];
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] = b' ';
    for (number, block) in blocks.iter().chain([&last]).enumerate() {
        let mut spaces = spaces_in(block);
        while spaces != 0 {
            found(number * 64 + spaces.trailing_zeros() as usize);
            spaces &= spaces - 1;
        }
    }
}

/// A bit for each of 64 bytes, set where it is a space; the first byte has the lowest.
#[inline(always)]
fn spaces_in(block: &[u8; 64]) -> u64 {
    const LOW_BITS: u64 = u64::from_le_bytes([0x7f; 8]);
    const SPACES: u64 = u64::from_le_bytes([b' '; 8]);
    block.as_chunks::<8>().0.iter().rev().fold(0, |spaces, chunk| {
        // A byte is zero where a space was, and has its high bit set then, and then only.
        let bytes = u64::from_le_bytes(*chunk) ^ SPACES;
        let high_bits = !(((bytes & LOW_BITS) + LOW_BITS) | bytes | LOW_BITS);
        // The product has these bits beside each other at its top.
        spaces << 8 | (high_bits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
    })
}

/// True when a stop is before the space, alone or with up to two closing marks.
#[inline(always)]
fn is_behind_stop(text: &str, space: usize) -> bool {
    let before = space.checked_sub(1).and_then(|before| text.as_bytes().get(before));
    before.is_some_and(|&byte| MAY_END_SENTENCE[usize::from(byte)]) && ends_sentence(text, space)
}

/// The bytes that may be the last before the space behind a sentence.
static MAY_END_SENTENCE: [bool; 256] = {
    let mut may_end = [true; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        may_end[byte as usize] = byte.is_ascii_punctuation() && byte != b',';
        byte += 1;
    }
    may_end
};

#[inline(never)]
fn ends_sentence(text: &str, space: usize) -> bool {
    let mut last = text[..space].chars().rev().take(3).take_while(|c| !c.is_whitespace());
    space < text.len() && last.any(|c| matches!(c, '.' | '!' | '?' | ':'))
}

/// A number for a word of a text, without the marks around it and whatever the case of its ASCII letters; none for a
/// short one. Two words may have the same.
#[inline(always)]
fn number_of(text: &[u8], word: Range<usize>) -> Option<u32> {
    let word = without_marks(text, word);
    let start = text[word.start..]
        .first_chunk::<8>()
        .map_or_else(|| last_bytes(&text[word.start..]), |start| u64::from_le_bytes(*start));
    // Setting this bit writes capitals as small letters.
    let folded = start | u64::from_le_bytes([0x20; 8]);
    let missing = 8 - word.len().min(8) as u32;
    let own = folded.unbounded_shl(8 * missing);
    let mixed = (own ^ word.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (word.len() >= LONG).then_some((mixed >> 32) as u32)
}

/// Less than eight bytes as a number.
#[inline(never)]
fn last_bytes(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// A word without the marks around it, as far as these are common.
#[inline(always)]
fn without_marks(text: &[u8], word: Range<usize>) -> Range<usize> {
    match &text[word.clone()] {
        [first, .., last] if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() => word,
        _ => cut_marks(text, word),
    }
}

#[inline(never)]
fn cut_marks(text: &[u8], mut word: Range<usize>) -> Range<usize> {
    let is_mark = |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphanumeric();
    loop {
        match &text[word.clone()] {
            // A curly quote or a dash.
            [0xe2, 0x80, _, ..] => word.start += 3,
            [.., 0xe2, 0x80, _] => word.end -= 3,
            // A guillemet, or the space that does not break beside it.
            [0xc2, 0xa0 | 0xab | 0xbb, ..] => word.start += 2,
            [.., 0xc2, 0xa0 | 0xab | 0xbb] => word.end -= 2,
            [mark, ..] if is_mark(mark) => word.start += 1,
            [.., mark] if is_mark(mark) => word.end -= 1,
            _ => return word,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_space_and_the_end_are_found() {
        let long = "a bb  ccc dddd ".repeat(20);
        let texts =
            [" a  bc defghij klmnopqrs !\u{a0}! ", "", " ", &long, &long[..63], &long[..64], &long[..65]];
        for text in texts {
            let mut found = Vec::new();
            for_each_end(text.as_bytes(), |at| found.push(at));
            let spaces = text.match_indices(' ').map(|(at, _)| at);
            assert_eq!(found, Vec::from_iter(spaces.chain([text.len()])), "{text}");
        }
    }

    #[test]
    fn sentences_and_quotations_break_behind_stops() {
        let text = "He left. “Why?” she asked, twice: now (or “never.”) Then";
        let breaks: Vec<&str> = text
            .match_indices(' ')
            .filter(|&(space, _)| is_behind_stop(text, space))
            .map(|(space, _)| &text[space + 1..])
            .collect();
        assert_eq!(
            breaks,
            [
                "“Why?” she asked, twice: now (or “never.”) Then",
                "she asked, twice: now (or “never.”) Then",
                "now (or “never.”) Then",
                "Then"
            ]
        );
    }

    #[test]
    fn words_are_compared_without_case_and_marks() {
        let number = |word: &str| number_of(word.as_bytes(), 0..word.len());
        assert_eq!(number("“Business,”"), number("business"));
        assert_eq!(number("(whitewashing)."), number("Whitewashing"));
        assert_eq!(number("«\u{a0}Affaires\u{a0}»."), number("affaires"));
        assert_ne!(number("business"), number("businesses"));
        assert_eq!(number("“late”"), None);
        assert_eq!(number("“…”"), None);
    }
}
