//! One reading of a document for all rules on what it says again: where sentences break, and which long words a
//! segment has. That is enough to tell most documents that repeat nothing, and it is told by [`Bits`].

use super::bits::{Bits, for_each};
use super::windows::{folded, mixed, read};
use crate::segment::Segments;

/// A word of so many bytes is long. Few texts share many long words.
const LONG: usize = 6;

/// What was read of a document.
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
    /// A bit for each of its long words; many words share one.
    words: u64,
}

impl Reading {
    /// Reads every segment of a text.
    pub fn of(text: &str, segments: &Segments<'_>, bits: &Bits) -> Self {
        let mut reading = Self {
            segments: Vec::with_capacity(segments.len()),
            // About as many as there are in prose.
            breaks: Vec::with_capacity(text.len() / 64),
            long_words: Vec::with_capacity(text.len() / 16),
        };
        for segment in 0..segments.len() {
            reading.read(text, segments, bits, segment);
        }
        reading
    }

    fn read(&mut self, text: &str, segments: &Segments<'_>, bits: &Bits, segment: usize) {
        let Self { segments: all, breaks, long_words } = self;
        let (mut spaces, mut words) = (0, 0);
        bits.in_range(segments.span(segment).range(), |start, wanted, block, next| {
            spaces += (block.spaces & wanted).count_ones() as usize;
            for_each(block.behind_marks & wanted, |at| {
                if ends_sentence(text, start + at) {
                    breaks.push(SentenceBreak { offset: start + at, segment });
                }
            });
            let behind = |bytes: usize| block.words >> bytes | next.words << (64 - bytes);
            let is_long = (1..LONG).fold(block.word_starts, |long, bytes| long & behind(bytes));
            for_each(is_long & wanted, |at| {
                let run = block.words >> at | next.words << 1 << (63 - at);
                let number = number_of(text.as_bytes(), start + at, (!run | 1 << 8).trailing_zeros());
                words |= 1 << (number >> 26);
                long_words.push(number);
            });
        });
        all.push(SegmentReading { spaces, words_end: long_words.len(), words });
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
        let most = (self.spaces(segment) + 3) * percent / 100;
        let lacking = self.segments[segment].words & !self.segments[other].words;
        // Two words that share a bit count as one here.
        if lacking.count_ones() as usize > most {
            return false;
        }
        let others = self.long_words(other);
        let lacking = self.long_words(segment).iter().filter(|word| !others.contains(word));
        lacking.take(most + 1).count() <= most
    }
}

/// True when a stop is before the space, alone or with up to two closing marks.
#[inline(never)]
fn ends_sentence(text: &str, space: usize) -> bool {
    let mut last = text[..space].chars().rev().take(3).take_while(|c| !c.is_whitespace());
    space < text.len() && last.any(|c| matches!(c, '.' | '!' | '?' | ':'))
}

/// A number for the long word at a place of a text, of which so many bytes are read, eight at most, whatever the case of
/// its ASCII letters. Two words may have the same.
#[inline(always)]
fn number_of(text: &[u8], at: usize, bytes: u32) -> u32 {
    (mixed(folded(read(text, at), bytes as usize)) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_and_quotations_break_behind_stops() {
        let text = "He left. “Why?” she asked, twice: now (or “never.”) Then";
        let breaks: Vec<&str> = text
            .match_indices(' ')
            .filter(|&(space, _)| ends_sentence(text, space))
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

    /// The long words of each line of a text.
    fn long_words(text: &str) -> Vec<Vec<u32>> {
        let segments = Segments::of(text);
        let reading = Reading::of(text, &segments, &Bits::of(text.as_bytes()));
        (0..segments.len()).map(|segment| reading.long_words(segment).to_vec()).collect()
    }

    #[test]
    fn words_are_compared_without_case_and_marks() {
        for (one, other) in [
            ("“Business,”", "business"),
            ("(whitewashing).", "x Whitewashing"),
            ("«\u{a0}Affaires\u{a0}».", "Les affaires"),
            ("“Élégance”", "l’Élégance"),
        ] {
            let numbers = long_words(&format!("{one}\n{other}"));
            assert_eq!(numbers[0], numbers[1], "{one}");
            assert_eq!(numbers[0].len(), 1, "{one}");
        }
        let numbers = long_words("business\nbusily\n“…” late, “later” well-known");
        assert_ne!(numbers[0], numbers[1]);
        assert!(numbers[2].is_empty());
    }

    #[test]
    fn long_words_are_found_wherever_they_stand() {
        for before in 0..130 {
            let numbers = long_words(&format!("{} business\nbusiness", "a ".repeat(65).split_at(before).0));
            assert_eq!(numbers[0], numbers[1], "{before}");
        }
    }
}
