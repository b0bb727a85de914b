//! Text to segments: the non-blank lines of a text, or its sentences where the line breaks were lost.

use memchr::memchr2_iter;

use crate::document::Span;

/// A text is taken for one whose line breaks were lost when one line holds this many bytes …
const FLAT_LINE_BYTES: usize = 1000;
/// … and this share of all that is not blank.
const FLAT_LINE_PERCENT: usize = 80;

/// Words that no line of its own ends with.
const OPEN_WORDS: [&str; 24] = [
    "a", "an", "and", "as", "at", "but", "by", "for", "from", "her", "his", "in", "is", "of", "on", "or",
    "our", "that", "the", "their", "this", "to", "was", "with",
];

/// The segments of a text in order; none is blank.
#[derive(Clone, Debug)]
pub struct Segments<'a> {
    text: &'a str,
    spans: Vec<Span>,
}

impl<'a> Segments<'a> {
    /// Cuts a text. The white space around a segment belongs to none.
    pub fn of(text: &'a str) -> Self {
        let lines = lines(text);
        if is_flat(&lines) {
            let spans = lines.iter().flat_map(|&line| sentences(text, line)).collect();
            Self { text, spans }
        } else {
            Self { text, spans: lines }
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Where segment `index` is.
    pub fn span(&self, index: usize) -> Span {
        self.spans[index]
    }

    /// The text of segment `index`, without white space around it.
    pub fn text(&self, index: usize) -> &'a str {
        &self.text[self.spans[index].range()]
    }

    /// The segment that holds the byte at `offset`; none for white space between segments.
    pub fn at(&self, offset: usize) -> Option<usize> {
        let index = self.spans.partition_point(|span| span.end() <= offset);
        self.spans.get(index).is_some_and(|span| span.start() <= offset).then_some(index)
    }

    /// The first segment that ends behind `offset`, which is looked for from `guess` on: what is looked for
    /// next is mostly near what was looked for last.
    pub(crate) fn near(&self, offset: usize, guess: usize) -> usize {
        let mut index = guess.min(self.spans.len());
        while index > 0 && self.spans[index - 1].end() > offset {
            index -= 1;
        }
        while self.spans.get(index).is_some_and(|span| span.end() <= offset) {
            index += 1;
        }
        index
    }

    /// Where segment `index` is, if there are so many.
    pub(crate) fn get(&self, index: usize) -> Option<Span> {
        self.spans.get(index).copied()
    }

    /// True for a line that goes on with the sentence of the line before it, as lines do in hard-wrapped text:
    /// then it is no line of its own.
    pub fn continues(&self, index: usize) -> bool {
        let Some(previous) = index.checked_sub(1) else { return false };
        let gap = &self.text[self.spans[previous].end()..self.spans[index].start()];
        let is_next_line = gap.trim_matches([' ', '\t']).trim_start_matches('\r') == "\n";
        let before = self.text(previous);
        let is_open = before.ends_with(|c: char| c.is_lowercase() || c == ',');
        let last_word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        is_next_line
            && is_open
            && (self.text(index).starts_with(char::is_lowercase) || OPEN_WORDS.contains(&last_word))
    }

    /// The text of the segment before `index`; empty at the start.
    pub fn before(&self, index: usize) -> &'a str {
        index.checked_sub(1).map_or("", |previous| self.text(previous))
    }

    /// The text of the segment after `index`; empty at the end.
    pub fn after(&self, index: usize) -> &'a str {
        if index + 1 < self.len() { self.text(index + 1) } else { "" }
    }
}

/// True for the characters that end a line. `\r\n` counts as two line ends with nothing between.
pub(crate) fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The lines of a text that are not blank, without the white space around them.
fn lines(text: &str) -> Vec<Span> {
    // More than there are in prose.
    let mut lines = Vec::with_capacity(text.len() / 64 + 1);
    if has_rare_line_end(text) {
        let mut start = 0;
        for line in text.split(is_line_end) {
            let span = Span::new(start, start + line.len());
            lines.extend(trimmed(text, span));
            start += line.len() + text[span.end()..].chars().next().map_or(0, char::len_utf8);
        }
    } else {
        let mut start = 0;
        for end in memchr2_iter(b'\n', b'\r', text.as_bytes()).chain([text.len()]) {
            if start < end {
                lines.extend(trimmed(text, Span::new(start, end)));
            }
            start = end + 1;
        }
    }
    lines
}

/// False when nothing but `\n` and `\r` ends a line, as in nearly every text. True may be wrong.
fn has_rare_line_end(text: &str) -> bool {
    // Without a way out of the inner loop, the compiler looks at many bytes at once. The last three bytes are
    // the last ones of characters, and all but the é-like `A9` are rare.
    let rare = |chunk: &[u8]| {
        chunk.iter().fold(false, |any, &byte| any | matches!(byte, 0x0b | 0x0c | 0x85 | 0xa8 | 0xa9))
    };
    text.as_bytes().chunks(1024).any(rare) && text.contains(|c| is_line_end(c) && c != '\n' && c != '\r')
}

/// A span without the white space around its text; none when that is all there is.
fn trimmed(text: &str, span: Span) -> Option<Span> {
    let slice = &text[span.range()];
    let is_letter = |byte: &u8| byte.is_ascii_graphic();
    if slice.as_bytes().first().is_some_and(is_letter) && slice.as_bytes().last().is_some_and(is_letter) {
        return Some(span);
    }
    let start = span.start() + (slice.len() - slice.trim_start().len());
    let slice = slice.trim();
    (!slice.is_empty()).then(|| Span::new(start, start + slice.len()))
}

fn is_flat(lines: &[Span]) -> bool {
    let longest = lines.iter().map(|line| line.len()).max().unwrap_or(0);
    let total: usize = lines.iter().map(|line| line.len()).sum();
    longest >= FLAT_LINE_BYTES && longest * 100 >= total * FLAT_LINE_PERCENT
}

/// Cuts a line after `.`, `!`, `?`, `…` or their ideographic forms and closing quotes, where white space or
/// a capital letter follows. Abbreviations are cut as well: a piece that is not a sentence only matters
/// when a rule knows it whole.
pub(crate) fn sentences(text: &str, line: Span) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut start = line.start();
    let mut from = line.start();
    while let Some(stop) = next_stop(text, from, line.end()) {
        let glue = text[from..stop].chars().next_back();
        let mut chars = text[stop..line.end()].char_indices().peekable();
        let is_wide = chars.next().is_some_and(|(_, c)| is_wide_stop(c));
        while chars.next_if(|&(_, next)| is_stop(next) || is_closing_quote(next)).is_some() {}
        let Some(&(at, next)) = chars.peek() else { break };
        from = stop + at;
        let glued = next.is_uppercase() && glue.is_some_and(char::is_lowercase);
        if next.is_whitespace() || is_wide || glued {
            spans.extend(trimmed(text, Span::new(start, from)));
            start = from;
        }
    }
    spans.extend(trimmed(text, Span::new(start, line.end())));
    spans
}

/// Where the first stop from `from` on starts, before `end`.
fn next_stop(text: &str, from: usize, end: usize) -> Option<usize> {
    // Every stop outside ASCII starts with one of these two bytes.
    let mut at = from;
    loop {
        let here = text.as_bytes()[at..end].iter();
        at += here.take_while(|byte| !matches!(byte, b'.' | b'!' | b'?' | 0xe2 | 0xe3 | 0xef)).count();
        let c = text[at..end].chars().next()?;
        if is_stop(c) {
            return Some(at);
        }
        at += c.len_utf8();
    }
}

fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…') || is_wide_stop(c)
}

/// Stops after which no space is written.
fn is_wide_stop(c: char) -> bool {
    matches!(c, '。' | '！' | '？')
}

fn is_closing_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | '»' | '」' | '』' | ')' | ']')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        let segments = Segments::of(text);
        (0..segments.len()).map(|i| segments.text(i)).collect()
    }

    /// A line long enough to be taken for an article that lost its line breaks.
    fn flat(sentence: &str) -> String {
        let filler = "The council met again on the question of the bridge.";
        format!("{sentence} {}", [filler; 30].join(" "))
    }

    #[test]
    fn lines_are_cut_at_every_line_end_and_trimmed() {
        assert_eq!(
            texts("one\n\n  two \r\nthree\rfour\u{2028}five"),
            ["one", "two", "three", "four", "five"]
        );
        assert_eq!(texts(" \n\t\n"), [""; 0]);
    }

    #[test]
    fn a_segment_is_found_by_any_byte_of_it() {
        let segments = Segments::of("one\n\ntwo");
        assert_eq!(segments.at(0), Some(0));
        assert_eq!(segments.at(2), Some(0));
        assert_eq!(segments.at(3), None);
        assert_eq!(segments.at(5), Some(1));
        assert_eq!((segments.before(0), segments.after(0), segments.after(1)), ("", "two", ""));
    }

    #[test]
    fn a_wrapped_line_goes_on_with_the_one_before() {
        let continues = |text: &str| Segments::of(text).continues(1);
        assert!(continues("They ran an\nadvertisement."));
        assert!(continues("He wrote to the\r\nRegister."));
        assert!(!continues("He wrote to the\n\nRegister."));
        assert!(!continues("Shaw opens talks\nAdvertisement"));
        assert!(!continues("They left.\nadvertisement"));
    }

    #[test]
    fn one_long_line_is_cut_into_sentences() {
        let text = flat("He left. “Why?” she asked.Nobody knew at 5.30 p.m. in the U.S. or here!");
        assert_eq!(
            texts(&text)[..6],
            ["He left.", "“Why?”", "she asked.", "Nobody knew at 5.30 p.m.", "in the U.S.", "or here!"]
        );
    }

    #[test]
    fn ideographic_stops_end_sentences_without_a_space() {
        let text = "市长周一发表了讲话。".repeat(60);
        assert_eq!(Segments::of(&text).len(), 60);
    }

    #[test]
    fn a_long_paragraph_among_others_stays_a_line() {
        let long = flat("One.");
        let text = format!("{long}\n\n{long}");
        assert_eq!(Segments::of(&text).len(), 2);
    }
}
