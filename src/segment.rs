//! Text to segments: the non-blank lines of a text, or its sentences where the line breaks were lost.

use memchr::{memchr_iter, memchr2_iter, memchr3_iter};

use crate::document::Span;
use crate::dress::is_ornament;

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
    /// Those that are sentences of a line that lost its breaks.
    sentences: std::ops::Range<usize>,
}

impl<'a> Segments<'a> {
    /// Cuts a text. The white space around a segment belongs to none.
    pub fn of(text: &'a str) -> Self {
        let lines = lines(text);
        let Some(flat) = flat_line(&lines) else { return Self { text, spans: lines, sentences: 0..0 } };
        let own = sentences(text, lines[flat]);
        let sentences = flat..flat + own.len();
        let spans = [&lines[..flat], &own, &lines[flat + 1..]].concat();
        Self { text, spans, sentences }
    }

    /// True when segment `index` is a sentence of the line that lost its breaks, and no line of its own.
    pub fn is_sentence(&self, index: usize) -> bool {
        self.sentences.contains(&index)
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

/// The line that lost its breaks, if there is one.
fn flat_line(lines: &[Span]) -> Option<usize> {
    let (index, longest) = lines.iter().map(|line| line.len()).enumerate().max_by_key(|&(_, len)| len)?;
    let total: usize = lines.iter().map(|line| line.len()).sum();
    (longest >= FLAT_LINE_BYTES && longest * 100 >= total * FLAT_LINE_PERCENT).then_some(index)
}

/// Cuts a line where its sentences start. Abbreviations are cut as well: a piece that is not a sentence only matters
/// when a rule knows it whole.
pub(crate) fn sentences(text: &str, line: Span) -> Vec<Span> {
    let starts = sentence_starts(&text[line.range()]).into_iter().map(|at| line.start() + at);
    let mut spans = Vec::new();
    let mut start = line.start();
    for end in starts.chain([line.end()]) {
        spans.extend(trimmed(text, Span::new(start, end)));
        start = end;
    }
    spans
}

/// Where the sentences of a line start, behind its first, as offsets in it.
pub(crate) fn sentence_starts(line: &str) -> Vec<usize> {
    let mut found: Vec<usize> =
        stops(line).into_iter().filter_map(|stop| sentence_start(line, stop)).collect();
    found.dedup();
    found
}

/// The offsets of all stops of a line.
pub(crate) fn stops(line: &str) -> Vec<usize> {
    let bytes = line.as_bytes();
    let mut stops: Vec<usize> = memchr3_iter(b'.', b'!', b'?', bytes).collect();
    // Without a way out of the loop, the compiler looks at many bytes at once. One of these is in every other stop.
    let is_of_other = |&byte: &u8| matches!(byte, 0xa6 | 0xd8 | 0xdb | 0xe0 | 0xef) | (byte == 0xe3);
    if bytes.iter().fold(false, |any, byte| any | is_of_other(byte)) {
        let wide =
            |at: &usize| matches!(&bytes[*at..], [0xe3, 0x80, 0x82, ..] | [0xef, 0xbc, 0x81 | 0x9f, ..]);
        let other = |at: &usize| {
            matches!(
                &bytes[*at..],
                [0xe2, 0x80, 0xa6, ..] | [0xd8, 0x9f, ..] | [0xdb, 0x94, ..] | [0xe0, 0xa5, 0xa4, ..]
            )
        };
        stops.extend(memchr3_iter(0xe2, 0xd8, 0xe0, bytes).filter(other));
        stops.extend(memchr_iter(0xdb, bytes).filter(other));
        stops.extend(memchr2_iter(0xe3, 0xef, bytes).filter(wide));
        stops.sort_unstable();
    }
    stops
}

/// Where the sentence behind a stop starts, if one does: behind marks that close the last one, and white space. Without white space,
/// only a capital behind a small letter starts one.
pub(crate) fn sentence_start(line: &str, stop: usize) -> Option<usize> {
    let before = line[..stop].chars().next_back();
    // The number of an item.
    if stop < 4 && line[..stop].bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut rest = line[stop..].char_indices();
    let (_, mark) = rest.next()?;
    let is_wide = matches!(mark, '。' | '！' | '？');
    let mut behind = stop + mark.len_utf8();
    let mut has_closing = false;
    let mut last = mark;
    for c in line[behind..].chars() {
        // In French, a space is before the mark that closes.
        let closes = closes_sentence(c) && !(last == ' ' && opens_at(line, behind, c));
        if !(is_stop(c)
            || closes
            || c == ' ' && line[behind + 1..].starts_with(['»', '”']) && !opens_at(line, behind + 1, '»'))
        {
            break;
        }
        has_closing |= closes;
        last = c;
        behind += c.len_utf8();
    }
    let next = line[behind..].trim_start();
    let at = line.len() - next.len();
    let first = next.chars().next()?;
    let is_glued = at == behind;
    let starts_glued = is_wide
        || (first.is_uppercase() || is_picture(first))
            && (has_closing
                || before.is_some_and(|c| c.is_lowercase() || c == ')' || c == '%' || is_uncased(c)));
    (!is_glued || starts_glued).then_some(at)
}

/// True for a mark behind a space that opens what follows it, as `»` does in German.
fn opens_at(line: &str, at: usize, mark: char) -> bool {
    match mark {
        '»' => {
            let (opened, closed) = (line[..at].matches('«').count(), line[..at].matches('»').count());
            opened <= closed
        }
        '"' => line[..at].matches('"').count().is_multiple_of(2),
        '”' => !line[..at].contains(['“', '„', '”']),
        _ => false,
    }
}

/// Stops with which a sentence ends that neither asks nor calls.
pub(crate) const FULL_STOPS: [char; 4] = ['.', '。', '।', '۔'];

pub(crate) fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '؟' | '۔' | '।')
}

fn closes_sentence(c: char) -> bool {
    matches!(c, '"' | '”' | '’' | '\'' | '»' | '«' | '“' | ')' | ']' | '」' | '』' | '）')
}

/// Arrows, emoji and the like.
pub(crate) fn is_picture(c: char) -> bool {
    is_ornament(c) && !c.is_ascii() && !matches!(c, '–' | '—' | '·')
}

/// Characters of scripts that write no space between words.
pub(crate) fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

/// Letters without small forms and capitals.
pub(crate) fn is_uncased(c: char) -> bool {
    c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase()
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
