//! Pieces of a line: where furniture that lost its line break may start and end.
//!
//! A piece starts where a sentence does, outside of quotations. It ends at a *seam*: where a sentence ends, where the line ends, or
//! where a new sentence seems to begin though no stop is before it. The nearest seams come first, so a piece that is found
//! never holds the sentence behind it.

use std::collections::HashSet;
use std::ops::Range;

use memchr::{memchr_iter, memchr3_iter};

use crate::segment::{is_ideograph, is_picture, is_stop, is_uncased, sentence_start, sentence_starts, stops};
use crate::words::folded;

/// A piece is not longer than this, in bytes.
pub(super) const MAX_BYTES: usize = 400;
/// So many seams are tried for one start.
const MAX_SEAMS: usize = 24;

/// Small words of English that no headline ends with, so that no sentence begins behind one.
const OPEN_WORDS: [&str; 75] = [
    "a", "an", "and", "as", "at", "but", "by", "for", "from", "her", "his", "in", "into", "is", "of", "on",
    "or", "our", "over", "that", "the", "their", "this", "to", "vs", "was", "with", "after", "before",
    "about", "against", "between", "during", "under", "than", "if", "when", "while", "how", "why", "what",
    "who", "whose", "not", "no", "be", "are", "were", "has", "have", "had", "will", "can", "could", "would",
    "should", "may", "because", "since", "until", "like", "up", "out", "off", "down", "says", "say", "said",
    "tells", "amid", "near", "without", "through", "towards", "across",
];
/// Some such words of other languages.
const OTHER_OPEN_WORDS: [&str; 37] = [
    "a", "de", "del", "la", "el", "los", "las", "en", "y", "por", "para", "con", "le", "les", "des", "du",
    "et", "pour", "par", "avec", "dans", "da", "do", "dos", "e", "em", "di", "il", "van", "het", "een", "i",
    "med", "w", "und", "der", "die",
];

/// What tells that a piece ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seam {
    /// The end of the line.
    Line,
    /// The end of a sentence, whose stop is in the piece.
    Stop,
    /// A word or a quotation that opens a sentence.
    Opening,
    /// A space in a script that has none within sentences.
    Space,
    /// A capital behind a small letter, which may also be a name's.
    Capital,
    /// A capital behind a name or a number: of what has a fixed form, it is the end.
    Word,
}

/// Where the sentences of a line start, behind its first, as offsets in it; also inside of quotations.
pub(super) fn all_starts(line: &str) -> Vec<usize> {
    let mut found = sentence_starts(line);
    found.extend(behind_brackets(line));
    found.sort_unstable();
    found
}

/// The parts of a line that are inside of a quotation which is closed behind them, or not at all, as offsets in it.
pub(super) fn quoted(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut is_plain_open, mut open, mut start): (bool, Vec<char>, Option<usize>) =
        (false, Vec::new(), None);
    // The first bytes of the marks.
    let bytes = line.as_bytes();
    let mut places: Vec<usize> =
        memchr3_iter(b'"', 0xe2, 0xc2, bytes).chain(memchr_iter(0xe3, bytes)).collect();
    places.sort_unstable();
    for place in places {
        let Some(c) = line[place..].chars().next() else { continue };
        let behind = place + c.len_utf8();
        match c {
            '"' => is_plain_open = !is_plain_open,
            '“' | '„' if open.last() != Some(&'„') => open.push(c),
            '“' | '”' if matches!(open.last(), Some('“' | '„')) => {
                open.pop();
            }
            '「' | '『' => open.push(c),
            '」' | '』' => {
                open.pop();
            }
            '«' | '»' => {
                let last = line[..place].chars().next_back().unwrap_or(' ');
                let next = line[behind..].chars().next().unwrap_or(' ');
                let other = if c == '«' { '»' } else { '«' };
                if open.last() == Some(&other) {
                    open.pop();
                } else if !last.is_alphanumeric() && !next.is_whitespace() || c == '«' && next == ' ' {
                    open.push(c);
                }
            }
            _ => {}
        }
        let is_inside = is_plain_open || !open.is_empty();
        match start.take() {
            Some(start) if !is_inside => found.push(start..behind),
            before => start = before.or(is_inside.then_some(behind)),
        }
    }
    found.extend(start.map(|start| start..line.len() + 1));
    found
}

/// What stands behind brackets that a sentence ended before, such as those of a source.
fn behind_brackets(line: &str) -> impl Iterator<Item = usize> {
    let bytes = line.as_bytes();
    memchr_iter(b')', bytes).filter(|close| bytes.get(close + 1) == Some(&b' ')).filter_map(|close| {
        let open = line[..close].rfind('(')?;
        let is_behind_stop = line[..open].trim_end().ends_with(is_stop);
        let starts = line[close + 2..].starts_with(char::is_uppercase);
        (is_behind_stop && starts).then_some(close + 2)
    })
}

/// The ends of pieces that start at `start`, nearest first. `openers` are words with which sentences begin.
pub(super) fn ends(text: &str, start: usize, line_end: usize, openers: &Openers) -> Vec<(usize, Seam)> {
    let limit = text.floor_char_boundary(line_end.min(start + MAX_BYTES));
    let slice = &text[start..limit];
    let mut found: Vec<(usize, Seam)> = Vec::new();
    for stop in stops(slice) {
        if let Some(next) = sentence_start(slice, stop) {
            found.push((slice[..next].trim_end().len(), Seam::Stop));
        } else if !slice[stop..].contains(char::is_whitespace) {
            found.push((slice.trim_end().len(), if limit == line_end { Seam::Stop } else { Seam::Capital }));
        }
        if found.len() > MAX_SEAMS {
            break;
        }
    }
    let first_stop = found.first().map_or(slice.len(), |&(end, _)| end);
    let words = words(slice);
    for (number, pair) in words.windows(2).enumerate() {
        let [(from, word), (at, next)] = pair else { continue };
        let behind = words.get(number + 2).map_or("", |&(_, word)| word);
        if let Some(seam) = seam_between(slice, word, *at, next, behind, openers) {
            found.push((from + word.len(), seam));
        }
    }
    // Where line breaks were lost without a space, words grew together.
    for (word_at, word) in &words {
        let mut before = ' ';
        for (at, c) in word.char_indices() {
            if c.is_uppercase() && before.is_lowercase() {
                let rest: String = word[at..].chars().take_while(|c| c.is_alphanumeric()).collect();
                found.push((word_at + at, if openers.has(&rest) { Seam::Opening } else { Seam::Word }));
            }
            before = c;
        }
    }
    // Scripts without spaces have none before a quotation either.
    for (at, _) in slice[..first_stop].match_indices(['“', '「', '"']) {
        if slice[..at].chars().next_back().is_some_and(is_uncased) && quotes_a_sentence(&slice[at..]) {
            found.push((at, Seam::Opening));
        }
    }
    if limit == line_end {
        found.push((slice.trim_end().len(), Seam::Line));
    }
    found.sort_by_key(|&(end, seam)| (end, seam != Seam::Stop, seam != Seam::Line));
    found.dedup_by_key(|&mut (end, _)| end);
    found.truncate(MAX_SEAMS);
    found.into_iter().map(|(end, seam)| (start + end, seam)).collect()
}

/// The seam between two words, if there may be one.
fn seam_between(
    slice: &str,
    word: &str,
    at: usize,
    next: &str,
    behind: &str,
    openers: &Openers,
) -> Option<Seam> {
    let last = word.chars().next_back()?;
    if !(last.is_alphanumeric()
        || matches!(last, ')' | ']' | '»' | '›' | '>' | '"' | '”' | '’' | '%')
        || is_picture(last))
    {
        return None;
    }
    let mut chars = next.chars();
    let first = chars.next()?;
    // Chinese and Japanese have no space within a sentence.
    if is_ideograph(last) && is_ideograph(first) {
        return Some(Seam::Space);
    }
    if matches!(first, '"' | '“' | '„' | '«' | '»' | '「') {
        let opens = chars.next().is_some_and(|c| c.is_uppercase() || is_uncased(c) || c == ' ');
        let is_sentence = opens || next.chars().count() == 1;
        return (is_sentence && quotes_a_sentence(&slice[at..])).then_some(Seam::Opening);
    }
    if !first.is_uppercase() {
        return None;
    }
    let bare = next.trim_end_matches(|c: char| !c.is_alphanumeric());
    let is_open = openers.is_open(word);
    // Where each word has a capital, so has a small one: there, the word behind it tells.
    if openers.has(bare)
        && !is_open
        && (word.starts_with(char::is_lowercase)
            || !behind.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(char::is_uppercase))
    {
        return Some(Seam::Opening);
    }
    let is_small = last.is_lowercase() && word.starts_with(char::is_lowercase);
    (!is_open).then_some(if is_small { Seam::Capital } else { Seam::Word })
}

/// True when a quotation at the start of `text` holds a sentence, or part of one: a stop or comma is beside the mark that closes it.
fn quotes_a_sentence(text: &str) -> bool {
    let mut chars = text.char_indices();
    let Some((_, open)) = chars.next() else { return false };
    let closes: &[char] = match open {
        '"' => &['"'],
        '“' => &['”'],
        '„' => &['“', '”'],
        '«' => &['»'],
        '»' => &['«'],
        _ => &['」'],
    };
    let inner = &text[open.len_utf8()..];
    match inner.find(closes) {
        Some(end) => {
            let before = inner[..end].trim_end().chars().next_back();
            let after = inner[end..].chars().nth(1);
            before.is_some_and(|c| is_stop(c) || matches!(c, ',' | '，'))
                || after.is_some_and(|c| matches!(c, ',' | '，'))
        }
        // The slice ends at the first stop, which may be inside of it.
        None => inner.trim_end().ends_with(is_stop),
    }
}

fn words(text: &str) -> Vec<(usize, &str)> {
    let mut at = 0;
    let mut words = Vec::new();
    for word in text.split(' ') {
        if !word.is_empty() {
            words.push((at, word));
        }
        at += word.len() + 1;
    }
    words
}

/// True when the end of a piece may be trusted by a pattern whose end is open, as a headline's is. `ends` are all that there are,
/// `number` is that of this one.
pub(super) fn is_sure(
    text: &str,
    start: usize,
    ends: &[(usize, Seam)],
    number: usize,
    nouns_have_capitals: bool,
) -> bool {
    let (end, seam) = ends[number];
    let capitals = || ends[..number].iter().any(|&(_, seam)| seam == Seam::Capital);
    match seam {
        Seam::Stop => !capitals() && !begins_within(&text[start..end]),
        // Behind a stop, the piece would hold a sentence of its own.
        Seam::Opening | Seam::Space => !ends[..number].iter().any(|&(_, seam)| seam == Seam::Stop),
        Seam::Line => nouns_have_capitals || !capitals() && !changes_case(&text[start..end]),
        Seam::Capital | Seam::Word => false,
    }
}

/// True when a sentence seems to begin within a text behind a name or a number: a word with a capital, and three small ones behind it.
pub(super) fn begins_within(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let is_small = |word: &&str| word.starts_with(char::is_lowercase);
    words.windows(5).skip(1).any(|five| {
        let [before, first, rest @ ..] = five else { return false };
        before.ends_with(|c: char| c.is_alphanumeric())
            && !before.starts_with(char::is_lowercase)
            && first.starts_with(char::is_uppercase)
            && rest.iter().all(is_small)
    })
}

/// True when a text goes on in small letters behind a run of words with capitals, as where a sentence follows a headline with a
/// capital at each word.
fn changes_case(text: &str) -> bool {
    let long: Vec<bool> = text
        .split_whitespace()
        .filter(|word| word.chars().count() > 3)
        .map(|word| word.starts_with(char::is_lowercase))
        .collect();
    let run = long.windows(4).position(|four| four.iter().all(|small| !small));
    run.is_some_and(|run| long[run..].iter().filter(|&&small| small).count() >= 3)
}

/// Words with which sentences begin, in the language of a text.
#[derive(Debug, Default)]
pub(super) struct Openers {
    words: HashSet<String>,
    /// Small words that no sentence or headline ends with.
    open: HashSet<String>,
    /// True for languages whose nouns have capitals.
    pub nouns_have_capitals: bool,
}

impl Openers {
    /// Takes words as [`folded`] has them: those with which sentences begin, and those with which they do not end, besides those that are
    /// known of English, or of other languages.
    pub fn new<'w>(
        words: impl IntoIterator<Item = &'w str>,
        open: impl IntoIterator<Item = &'w str>,
        is_english: bool,
        nouns_have_capitals: bool,
    ) -> Self {
        let known = if is_english { OPEN_WORDS.as_slice() } else { &OTHER_OPEN_WORDS };
        let open = open.into_iter().chain(known.iter().copied()).map(str::to_owned).collect();
        Self { words: words.into_iter().map(str::to_owned).collect(), open, nouns_have_capitals }
    }

    /// True for a word with which no sentence ends.
    fn is_open(&self, word: &str) -> bool {
        word.starts_with(|c: char| !c.is_uppercase()) && self.open.contains(&folded(word).collect::<String>())
    }

    /// True for one of the words, written with a capital as the first of a sentence is.
    pub fn has(&self, word: &str) -> bool {
        let mut chars = word.chars();
        let rest_is_small = chars.next().is_some_and(char::is_uppercase) && chars.all(|c| !c.is_uppercase());
        rest_is_small && self.words.contains(&folded(word).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn openers() -> Openers {
        Openers::new(["the", "some", "a", "we", "it"], [], true, false)
    }

    fn pieces_of(line: &str) -> Vec<&str> {
        let quoted = quoted(line);
        let starts = all_starts(line).into_iter();
        starts.filter(|at| !quoted.iter().any(|part| part.contains(at))).map(|at| &line[at..]).collect()
    }

    #[test]
    fn pieces_start_where_sentences_do() {
        assert_eq!(pieces_of("He left. Read more"), ["Read more"]);
        assert_eq!(pieces_of("He left.Advertisement"), ["Advertisement"]);
        assert_eq!(pieces_of("“He left.” Read more »"), ["Read more »"]);
        assert_eq!(pieces_of("« Il est parti. » Lire aussi"), ["Lire aussi"]);
        assert_eq!(pieces_of("Er ging. »Ja.« Anzeige"), ["»Ja.« Anzeige", "Anzeige"]);
        assert_eq!(pieces_of("市长讲话。广告"), ["广告"]);
        assert_eq!(pieces_of("He said: \"It is over. Read more. Go.\" Then"), ["Then"]);
        assert_eq!(pieces_of("He said: “It is over. Read more. Go.” Then"), ["Then"]);
        assert_eq!(pieces_of("At 5.30 p.m. he left"), ["he left"]);
    }

    fn ends_of(line: &str) -> Vec<(&str, Seam)> {
        ends(line, 0, line.len(), &openers()).into_iter().map(|(end, seam)| (&line[..end], seam)).collect()
    }

    #[test]
    fn a_piece_ends_before_the_next_sentence() {
        assert_eq!(
            ends_of("Share this article Some say no. Others do."),
            [
                ("Share this article", Seam::Opening),
                ("Share this article Some say no.", Seam::Stop),
                ("Share this article Some say no. Others do.", Seam::Stop)
            ]
        );
        assert_eq!(ends_of("Share this article")[0], ("Share this article", Seam::Line));
        assert_eq!(ends_of("Read more: why \"We did not,\" he said")[0], ("Read more: why", Seam::Opening));
        assert_eq!(
            ends_of("Read more: Mayor in Paris ends row Crews left")[0].0,
            "Read more: Mayor in Paris ends row"
        );
    }

    #[test]
    fn a_headline_ends_where_its_line_does_unless_a_sentence_may_begin_in_it() {
        let sure = |line: &str| -> Vec<String> {
            let all = ends(line, 0, line.len(), &openers());
            let ends = (0..all.len()).filter(|&number| is_sure(line, 0, &all, number, false));
            ends.map(|number| line[..all[number].0].to_owned()).collect()
        };
        assert_eq!(
            sure("Read more: Five towns lost bridges The crews came.")[0],
            "Read more: Five towns lost bridges"
        );
        assert!(sure("Read more: Five towns lost bridges Crews came by ferry.").is_empty());
        assert_eq!(
            sure("Read more: Teacher Of Three Grades Wins Award"),
            ["Read more: Teacher Of Three Grades Wins Award"]
        );
        assert!(
            sure("Read more: Teacher Of Three Wins Award Crews from the mainland arrived late").is_empty()
        );
    }
}
