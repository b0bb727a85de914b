//! `match.repeat`: text that the page repeats within the document. `match.title`: the headline, repeated.
//!
//! Repetition alone says little: refrains, slogans and headings repeat by right. So what repeats must be
//! long, near its double, and there only twice; what else must hold is for the rule to say.

use std::cell::OnceCell;
use std::collections::HashSet;

use super::key::{self, FEW_LETTERS, LETTERS};
use super::reading::{Reading, SentenceBreak};
use super::{Match, Scene};
use crate::document::Span;
use crate::rule::{Repeat, RepeatOf};
use crate::segment::is_uncased;

/// A text is nearly in another when this share of its word triples is, in percent.
const NEAR_PERCENT: usize = 85;

/// What stands in so many first lines, such as captions and summaries, tells the story beforehand; it is not
/// the story that repeats it.
const HEAD: usize = 6;

/// True when `double` is among the first lines, and `segment` is the story that comes to it.
pub(super) fn tells_beforehand(double: usize, segment: usize) -> bool {
    double < segment && double < HEAD
}

/// A longer text, in bytes, is a book or a collection: in it, text repeats by right.
pub(super) const MAX_ARTICLE: usize = 100_000;

/// The pieces of a document that start or end alike.
pub(super) struct Echoes {
    /// Where a sentence or quotation starts, with the key of what follows.
    starts: Keyed,
    /// Where one ends, with the key of what comes before.
    ends: Keyed,
    /// The segments that start or end as one other segment does, in order.
    pairs: Vec<Pair>,
    /// Text that directly follows itself: the first copy and the second.
    copies: OnceCell<Vec<(Span, Span)>>,
}

/// A segment, and the only other one that has a sentence which starts or ends as it does.
struct Pair {
    segment: usize,
    other: usize,
    is_part: OnceCell<bool>,
    is_same: OnceCell<bool>,
}

/// Keys and byte offsets, sorted; only keys that are there twice.
struct Keyed(Vec<(u64, usize)>);

/// A place where a sentence starts or ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    offset: usize,
    segment: usize,
}

impl Echoes {
    /// Looks at every start and end of a sentence in every segment.
    pub fn of(scene: Scene<'_>, reading: &Reading) -> Self {
        let (text, segments) = (scene.document.text(), scene.segments);
        let some = reading.breaks().len() + segments.len();
        let (mut starts, mut ends) = (Vec::with_capacity(some), Vec::with_capacity(some));
        let mut add = |segment: usize, end: Option<usize>, start: Option<usize>| {
            let span = segments.span(segment);
            let place = |offset| Place { offset, segment };
            let before = |end| key::before(FEW_LETTERS, text, scene.bits(), span.start()..end);
            ends.extend(end.and_then(|end| Some((before(end)?, place(end)))));
            let after = |start| key::after(FEW_LETTERS, text, scene.bits(), start..span.end());
            starts.extend(start.and_then(|start| Some((after(start)?, place(start)))));
        };
        for &SentenceBreak { offset, segment } in reading.breaks() {
            add(segment, Some(offset), Some(offset + 1));
        }
        for segment in 0..segments.len() {
            let span = segments.span(segment);
            add(segment, Some(span.end()), Some(span.start()));
        }
        let span = |place: Place| segments.span(place.segment);
        let starts = twice_in_full(starts, |place| {
            key::after(LETTERS, text, scene.bits(), place.offset..span(place).end())
        });
        let ends = twice_in_full(ends, |place| {
            key::before(LETTERS, text, scene.bits(), span(place).start()..place.offset)
        });
        let at_start =
            starts.iter().map(|&(_, place)| place).filter(|&place| place.offset == span(place).start());
        let at_end = ends.iter().map(|&(_, place)| place).filter(|&place| place.offset == span(place).end());
        let mut alike: Vec<usize> = at_start.chain(at_end).map(|place| place.segment).collect();
        alike.sort_unstable();
        alike.dedup();
        let (starts, ends) = (Keyed::new(&starts), Keyed::new(&ends));
        let mut echoes = Self { starts, ends, pairs: Vec::new(), copies: OnceCell::new() };
        echoes.pairs = alike.into_iter().filter_map(|segment| echoes.pair(scene, segment)).collect();
        echoes
    }

    /// The segment with the only other one that starts or ends alike.
    fn pair(&self, scene: Scene<'_>, segment: usize) -> Option<Pair> {
        let (text, bits, segments) = (scene.document.text(), scene.bits(), scene.segments);
        let range = segments.span(segment).range();
        let own = |offset: usize| segments.at(offset).filter(|&other| other != segment);
        let start = key::after(LETTERS, text, bits, range.clone());
        let starts = start.into_iter().flat_map(|key| self.starts.with(key));
        let end = key::before(LETTERS, text, bits, range);
        // An end is behind its last byte.
        let ends = end.into_iter().flat_map(|key| self.ends.with(key)).map(|end| end - 1);
        let mut others = starts.chain(ends).filter_map(own);
        let other = others.next()?;
        // Three times is a refrain.
        let is_only = !others.any(|third| third != other);
        is_only.then(|| Pair { segment, other, is_part: OnceCell::new(), is_same: OnceCell::new() })
    }

    /// Each two copies of a text of which the second directly follows the first.
    fn copies(&self, text: &str) -> Vec<(Span, Span)> {
        let after_start = self.starts.neighbours().filter_map(|(first, second)| {
            let end = second + end_of_copy(&text[first..second], &text[second..])?;
            Some((Span::new(first, second), Span::new(second, end)))
        });
        // Where something else stands glued before the first copy, only their ends are known.
        let before_end = self.ends.neighbours().filter_map(|(first, second)| {
            let start = start_of_copy(&text[..first], &text[first..second])?;
            let blank = text[first..second].len() - text[first..second].trim_start().len();
            Some((Span::new(start, first), Span::new(first + blank, second)))
        });
        // Three times is a refrain.
        let is_third = |span: &Span| end_of_copy(&text[span.range()], &text[span.end()..]).is_some();
        after_start.chain(before_end).filter(|(_, span)| !span.is_empty() && !is_third(span)).collect()
    }
}

/// The places whose full keys are there twice, with those, sorted. They are among the places whose short keys
/// are, so that most places are never read in full.
fn twice_in_full(short: Vec<(u64, Place)>, full_key: impl Fn(Place) -> Option<u64>) -> Vec<(u64, Place)> {
    let short = twice(short);
    twice(short.into_iter().filter_map(|(_, place)| Some((full_key(place)?, place))).collect())
}

/// The keys that are there twice, sorted.
fn twice(mut all: Vec<(u64, Place)>) -> Vec<(u64, Place)> {
    // Most keys are there once, and not sorted: no other one has their bit.
    let (mut seen, mut again) = ([0u64; 64], [0u64; 64]);
    let place_of = |key: u64| ((key >> 58) as usize, 1 << (key >> 52 & 63));
    for &(key, _) in &all {
        let (word, bit) = place_of(key);
        again[word] |= seen[word] & bit;
        seen[word] |= bit;
    }
    all.retain(|&(key, _)| {
        let (word, bit) = place_of(key);
        again[word] & bit != 0
    });
    all.sort_unstable();
    all.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1).flatten().copied().collect()
}

impl Keyed {
    fn new(places: &[(u64, Place)]) -> Self {
        Self(places.iter().map(|&(key, place)| (key, place.offset)).collect())
    }

    /// Each two neighbouring offsets of a key, in order.
    fn neighbours(&self) -> impl Iterator<Item = (usize, usize)> {
        let same = self.0.chunk_by(|a, b| a.0 == b.0);
        same.flat_map(|same| same.windows(2)).map(|pair| (pair[0].1, pair[1].1))
    }

    /// The offsets with this key, in order.
    fn with(&self, key: u64) -> impl Iterator<Item = usize> {
        let from = self.0.partition_point(|&(other, _)| other < key);
        self.0[from..].iter().take_while(move |&&(other, _)| other == key).map(|&(_, offset)| offset)
    }
}

/// What repeats, or is repeated by, something else, letter for letter or nearly, as the rule asks for it.
pub(super) fn matches(scene: Scene<'_>, reading: &Reading, echoes: &Echoes, rule: &Repeat) -> Vec<Match> {
    match rule.of {
        RepeatOf::Again => again(scene, echoes, rule),
        _ => echoes.pairs.iter().filter_map(|pair| line(scene, reading, pair, rule)).collect(),
    }
}

/// Text that directly follows itself: the second copy goes.
fn again(scene: Scene<'_>, echoes: &Echoes, rule: &Repeat) -> Vec<Match> {
    let text = scene.document.text();
    let copies = echoes.copies.get_or_init(|| echoes.copies(text)).iter();
    let found = copies.filter_map(|&(double, span)| {
        let (from, to) = (scene.segments.at(span.start())?, scene.segments.at(span.end() - 1)?);
        let is_long = text[span.range()].chars().count() >= rule.min_chars;
        let by_right = || rule.unless.as_ref().is_some_and(|unless| unless.is_match(scene.segments.text(to)));
        (is_long && !by_right()).then(|| Match {
            span,
            segments: (from, to),
            evidence: "it says again what stands directly before it".to_owned(),
            doubles: vec![double],
            is_piece: false,
            languages: None,
        })
    });
    found.collect()
}

/// A line that is a part, or all, of another near it.
fn line(scene: Scene<'_>, reading: &Reading, pair: &Pair, rule: &Repeat) -> Option<Match> {
    let &Pair { segment, other, .. } = pair;
    let (text, double) = (scene.segments.text(segment), scene.segments.text(other));
    if segment.abs_diff(other) > rule.within || text.chars().count() < rule.min_chars {
        return None;
    }
    let is_double = match rule.of {
        RepeatOf::Part => {
            let is_part = || {
                // Each word that the other lacks is in a triple that it lacks.
                reading.lacks_at_most(100 - NEAR_PERCENT, segment, other) && is_part_of(text, double)
            };
            !tells_beforehand(other, segment) && *pair.is_part.get_or_init(is_part)
        }
        // Of two that only differ in marks, such as a dash before a list's item, the barer one is the copy.
        _ => {
            (double.len() > text.len() || double.len() == text.len() && other < segment)
                && *pair.is_same.get_or_init(|| is_same(text, double))
        }
    };
    let by_right = || rule.unless.as_ref().is_some_and(|pattern| pattern.is_match(double));
    (is_double && !by_right()).then(|| Match {
        span: scene.segments.span(segment),
        segments: (segment, segment),
        evidence: format!("it repeats “{}”", opening_of(double)),
        doubles: vec![scene.segments.span(other)],
        is_piece: false,
        languages: None,
    })
}

/// The segments among the first `within` that say the same as the document's title, with or without the name of its site, and the title
/// that is glued to the first sentence of one.
pub(super) fn title_matches(scene: Scene<'_>, within: usize) -> Vec<Match> {
    let Some(title) = scene.document.title() else { return Vec::new() };
    let titles: Vec<&str> = [title, without_site(title)].into_iter().filter(|title| is_long(title)).collect();
    let found = |span: Span, segment: usize, is_piece: bool| Match {
        span,
        segments: (segment, segment),
        evidence: "it repeats the title".to_owned(),
        doubles: Vec::new(),
        is_piece,
        languages: None,
    };
    (0..scene.segments.len().min(within))
        .filter_map(|segment| {
            let (line, text) = (scene.segments.span(segment), scene.segments.text(segment));
            let first = |text: &str| letters(text).take(3).collect::<Vec<char>>();
            let own = first(text);
            let may_be = |title: &&&str| text.len() <= 2 * title.len() + SITE_BYTES && first(title) == own;
            let is_title = |title: &&str| is_same(text, title) || is_same(without_site(text), title);
            if titles.iter().filter(may_be).any(is_title) {
                return Some(found(line, segment, false));
            }
            let end = titles.iter().find_map(|title| end_of_title(text, title))?;
            Some(found(Span::new(line.start(), line.start() + end), segment, true))
        })
        .collect()
}

/// The name of a site has not more words …
const SITE_WORDS: usize = 4;
/// … and not more bytes.
const SITE_BYTES: usize = 120;

/// A title that is long enough to be told from other lines.
fn is_long(title: &str) -> bool {
    words(title).nth(2).is_some() || title.chars().filter(|&c| is_uncased(c)).count() >= 6
}

/// A title without the name of its site behind its last bar or dash: a few words, of which the first has a capital.
fn without_site(title: &str) -> &str {
    let ends = [" | ", " - ", " – ", " — "].iter().filter_map(|mark| Some((title.rfind(mark)?, mark.len())));
    let Some((at, len)) = ends.max() else { return title };
    let site = &title[at + len..];
    let is_name = site.starts_with(|c: char| !c.is_lowercase()) && site.split(' ').count() <= SITE_WORDS;
    if is_name { &title[..at] } else { title }
}

/// Where the title ends that a line starts with, when a sentence begins behind it.
fn end_of_title(line: &str, title: &str) -> Option<usize> {
    let mut wanted = letters(title);
    let mut next = wanted.next();
    let mut chars = line.char_indices();
    for (at, c) in chars.by_ref() {
        for small in letters(&line[at..at + c.len_utf8()]) {
            if next != Some(small) {
                return None;
            }
            next = wanted.next();
        }
        if next.is_none() {
            let end = at + c.len_utf8();
            // Marks that the title ends with belong to it.
            let rest = line[end..]
                .trim_start_matches(|c: char| !c.is_alphanumeric() && !c.is_whitespace() && !is_quote(c));
            let begins = rest.trim_start().trim_start_matches(is_quote).starts_with(char::is_uppercase);
            let is_open = rest.starts_with(char::is_whitespace);
            return (begins && is_open).then_some(line.len() - rest.len());
        }
    }
    None
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '„' | '«' | '»' | '‘' | '\'')
}

/// How many bytes of `rest` say letter for letter what `text` says, with the marks that close it; none when
/// `rest` goes on otherwise.
fn end_of_copy(text: &str, rest: &str) -> Option<usize> {
    let mut theirs = rest.char_indices().filter(|(_, c)| c.is_alphanumeric());
    let mut end = 0;
    for c in text.chars().filter(|c| c.is_alphanumeric()) {
        let (at, other) = theirs.next()?;
        if other != c {
            return None;
        }
        end = at + other.len_utf8();
    }
    let closing = rest[end..].chars().take_while(|&c| !c.is_alphanumeric() && !c.is_whitespace());
    let closed = end + closing.map(char::len_utf8).sum::<usize>();
    // A copy that ends inside a word, or before the end of its sentence, was no copy.
    let stops = rest[end..closed].contains(['.', '!', '?', '。']) || rest[closed..].trim().is_empty();
    let line_ends = rest[closed..].starts_with(['\n', '\r']);
    (stops || line_ends).then_some(closed)
}

/// Where in `before` the text starts that it ends with and that `copy` says letter for letter; none when it ends
/// otherwise, or would start inside a word.
fn start_of_copy(before: &str, copy: &str) -> Option<usize> {
    let mut theirs = before.char_indices().rev().filter(|(_, c)| c.is_alphanumeric());
    let mut start = before.len();
    for c in copy.chars().rev().filter(|c| c.is_alphanumeric()) {
        let (at, other) = theirs.next()?;
        if other != c {
            return None;
        }
        start = at;
    }
    (!before[..start].ends_with(char::is_alphanumeric)).then_some(start)
}

/// True when both hold the same letters and digits.
fn is_same(one: &str, other: &str) -> bool {
    letters(one).eq(letters(other))
}

/// True when `text` is in `whole`, word for word or nearly, and there is clearly more in `whole`.
fn is_part_of(text: &str, whole: &str) -> bool {
    if text.len() * 5 > whole.len() * 4 {
        return false;
    }
    let whole: Vec<String> = words(whole).collect();
    let triples: HashSet<&[String]> = whole.windows(3).collect();
    let text: Vec<String> = words(text).collect();
    let (all, shared) = text
        .windows(3)
        .fold((0, 0), |(all, shared), triple| (all + 1, shared + usize::from(triples.contains(triple))));
    all > 0 && shared * 100 >= all * NEAR_PERCENT
}

/// What is compared of a text: its letters and digits, in small letters.
pub(super) fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// The first words of a text, as evidence shows them.
pub(super) fn opening_of(text: &str) -> String {
    let opening: String = text.chars().take(60).collect();
    if opening.len() < text.len() { opening + "…" } else { opening }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pull_quote_is_part_of_its_paragraph() {
        let paragraph = "The mayor was angry. “We were never asked about the bridge,” she said on Monday, \
                         and left the room before the vote.";
        assert!(is_part_of("“We were never asked about the bridge,” she said", paragraph));
        assert!(!is_part_of("“We were always asked about the ferry,” she said", paragraph));
        assert!(!is_part_of(paragraph, paragraph));
    }

    #[test]
    fn a_copy_ends_with_its_sentence() {
        assert_eq!(end_of_copy("“We won.”\n\n", "“We won.” She left."), Some("“We won.”".len()));
        assert_eq!(end_of_copy("We won. ", "We won the race."), None);
        assert_eq!(end_of_copy("We won. ", "We wonder."), None);
        assert_eq!(end_of_copy("A caption\n", "A caption\nText"), Some("A caption".len()));
    }

    #[test]
    fn a_copy_may_stand_behind_other_words() {
        assert_eq!(start_of_copy("A poll We won. We did.", " We won. We did."), Some("A poll ".len()));
        assert_eq!(start_of_copy("We lost. We did.", " We won. We did."), None);
        assert_eq!(start_of_copy("xWe did.", " We did."), None);
    }
}
