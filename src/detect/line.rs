//! `match.line` and `match.form`: a whole line, or a piece of one that stands where a line of its own was.

use super::piece::{self, Seam};
use super::{Match, Scene};
use crate::document::Span;
use crate::dress::{bare, bare_start};
use crate::form::BoundForms;
use crate::literal::{self, Literals};
use crate::pattern::Pattern;
use crate::segment::{FULL_STOPS, is_stop, is_uncased};
use crate::words::{Languages, Words};

/// A piece of fewer words is too short to be told from the start of a sentence by a capital behind it.
const MIN_SPACES: usize = 2;

/// The list of words with which sentences start that only say something together with noise beside them.
const COMPANION: &str = "companion";
/// The list of words with which a page speaks of itself.
const PAGE: &str = "page-voice";
/// The list of words with which it speaks to its reader; several of them tell.
const READER: &str = "reader-voice";

/// What is asked of lines and pieces.
#[derive(Clone, Copy)]
pub(super) enum Asked<'a> {
    /// A pattern, which is anchored at both ends, with literals of which one stands in its matches, and all patterns of its rule.
    /// `takes_text` says that it is for text of several sentences, such as captions, or for the lines of some sites, as these write
    /// them.
    Pattern { pattern: &'a Pattern, literals: &'a Literals, all: &'a [Pattern], takes_text: bool },
    /// Forms, in some languages.
    Forms { forms: &'a BoundForms, words: &'a Words, languages: Languages },
}

impl Asked<'_> {
    /// What the text says, with its dress or without, to be what is asked. What takes whatever words come is only asked where the
    /// end of the text is sure, and takes a sentence of its own only in a line that is the rule's or nobody's.
    fn answer(&self, text: &str, end_is_sure: bool, alone: bool) -> Option<Answer> {
        let undressed = bare(text);
        let texts = [text, undressed];
        let texts = if undressed.len() < text.len() { &texts[..] } else { &texts[..1] };
        texts.iter().find_map(|text| match self {
            Asked::Pattern { pattern, .. } => {
                let may = end_is_sure || !pattern.shape().is_none_or(|shape| shape.open);
                let evidence = || format!("matches `{}`", pattern.source());
                (may && pattern.is_match(text)).then(|| Answer {
                    spaces: spaces(text),
                    evidence: evidence(),
                    languages: None,
                })
            }
            Asked::Forms { forms, words, languages } => {
                let forms = forms.0.iter().filter(|form| end_is_sure || !form.is_open);
                let mut found = forms.filter_map(|form| form.of(words, *languages, text));
                let found = found.find(|found| !found.ends_in_sentence(text, alone))?;
                Some(Answer {
                    spaces: spaces(text),
                    evidence: found.evidence(text, words),
                    languages: Some(found.languages),
                })
            }
        })
    }

    fn is_open(&self) -> bool {
        match self {
            Asked::Pattern { pattern, .. } => pattern.shape().is_none_or(|shape| shape.open),
            Asked::Forms { forms, .. } => forms.0.iter().any(|form| form.is_open),
        }
    }

    /// False for a text of which no piece at its start has what is asked.
    fn may_start(&self, text: &str) -> bool {
        let text = &text[..text.floor_char_boundary(piece::MAX_BYTES)];
        let fits = |text: &str| match self {
            Asked::Pattern { pattern, .. } => pattern.may_start(text),
            Asked::Forms { forms, words, languages } => forms.may_start(words, *languages, text),
        };
        let bare = bare_start(text);
        (fits(text) || bare.len() < text.len() && fits(bare)) && self.has_literal(text)
    }

    /// True when a text has what the rule asks for, in any of its ways.
    fn is_in_rule(&self, text: &str) -> bool {
        let has = |text: &str| match self {
            Asked::Pattern { all, .. } => all.iter().any(|pattern| pattern.is_match(text)),
            Asked::Forms { forms, words, languages } => forms.of(words, *languages, text).is_some(),
        };
        has(text) || has(bare(text))
    }

    /// False for a text without a literal that what is asked has.
    fn has_literal(&self, text: &str) -> bool {
        match self {
            Asked::Pattern { literals, .. } => literal::may_match(literals, text),
            Asked::Forms { .. } => true,
        }
    }
}

/// Why a text has what is asked.
struct Answer {
    /// How many spaces it has without its dress.
    spaces: usize,
    evidence: String,
    /// The languages of its words, where they tell.
    languages: Option<Languages>,
}

fn spaces(text: &str) -> usize {
    text.matches(' ').count()
}

/// The segment, or the pieces of it, that have what is asked; those alone that start at an offset of it, if one is given. `alone` refuses
/// pieces.
pub(super) fn matches(
    scene: Scene<'_>,
    segment: usize,
    at: Option<usize>,
    asked: Asked<'_>,
    alone: bool,
) -> Vec<Match> {
    let (line, text) = (scene.segments.span(segment), scene.segments.text(segment));
    let is_line = !scene.segments.is_sentence(segment);
    let mut found: Vec<Match> = Vec::new();
    if at.is_none_or(|at| at == 0) && !scene.segments.continues(segment) {
        let may_start = asked.may_start(text);
        if is_line && let Some(answer) = whole(scene, segment, asked, may_start, alone) {
            return vec![Match {
                span: line,
                segments: (segment, segment),
                evidence: format!("the line {}", answer.evidence),
                doubles: Vec::new(),
                is_piece: false,
                languages: answer.languages,
            }];
        }
        if may_start && !(alone && is_line) {
            found.extend(piece(scene, segment, 0, asked));
        }
    }
    if alone {
        return found;
    }
    let behind = match at {
        Some(at) => Vec::from_iter((at > 0).then_some(at)),
        None => piece::all_starts(text),
    };
    for at in behind {
        let is_taken = found.last().is_some_and(|last| line.start() + at < last.span.end());
        if !is_taken && asked.may_start(&text[at..]) && !scene.is_quoted(segment, at) {
            found.extend(piece(scene, segment, at, asked));
        }
    }
    found
}

/// What a whole segment says to be what is asked.
fn whole(scene: Scene<'_>, segment: usize, asked: Asked<'_>, may_start: bool, alone: bool) -> Option<Answer> {
    let text = scene.segments.text(segment);
    // Of a longer line, only the start was looked at.
    if !may_start && text.len() <= piece::MAX_BYTES && !asked.may_start(bare(text)) {
        return None;
    }
    let answer = asked.answer(text, true, alone)?;
    if !asked.is_open() {
        return Some(answer);
    }
    // What takes whatever words come would take the sentences behind its own, too.
    if alone {
        let takes_text = matches!(asked, Asked::Pattern { takes_text: true, .. });
        return (takes_text || is_needed(scene, segment, asked)).then_some(answer);
    }
    let is_form = matches!(asked, Asked::Forms { .. });
    let holds_sentence = holds_another(scene, scene.segments.span(segment))
        || is_form && text.ends_with('.') && piece::begins_within(text)
        || scene.starts(segment).iter().any(|&at| begins_sentence(scene, text, at));
    if holds_sentence { asked.answer(text, false, false) } else { Some(answer) }
}

/// True when what is asked needs all sentences of a line: none at its start or end suffice, unless the others have what is asked, too, or
/// are companions of such.
fn is_needed(scene: Scene<'_>, segment: usize, asked: Asked<'_>) -> bool {
    let text = scene.segments.text(segment);
    let mut starts = piece::all_starts(text);
    starts.retain(|&cut| begins_sentence(scene, text, cut));
    starts.insert(0, 0);
    starts.push(text.len());
    // Where a sentence seems to begin though no stop is before it.
    let mut cuts = starts.clone();
    for sentence in starts.windows(2) {
        let ends = piece::ends(text, sentence[0], sentence[1], scene.openers());
        let is_opening = |end: usize, seam: Seam| {
            let behind = text[end..sentence[1]].strip_prefix(' ');
            seam == Seam::Opening && behind.is_some_and(|behind| behind.starts_with(char::is_alphanumeric))
        };
        cuts.extend(ends.iter().filter(|&&(end, seam)| is_opening(end, seam)).map(|&(end, _)| end + 1));
    }
    cuts.sort_unstable();
    cuts.dedup();
    let last = cuts.len() - 1;
    let part = |first: usize, behind: usize| text[cuts[first]..cuts[behind]].trim_end();
    let has = |first: usize, behind: usize| asked.is_in_rule(part(first, behind));
    if !(1..last).any(|cut| has(0, cut) || has(cut, last)) {
        return true;
    }
    let is_part = |first: usize, behind: usize| {
        let is_whole = first == 0 && behind == last;
        // Of parts, the shortest counts: what is open would take the sentences beside it.
        let shorter = || (first + 1..behind).any(|cut| has(first, cut) || has(cut, behind));
        !is_whole && has(first, behind) && !shorter()
            || behind == first + 1 && is_companion(scene, part(first, behind))
    };
    // Up to which cuts all sentences belong to parts.
    let mut covered = vec![true];
    for behind in 1..=last {
        covered.push((0..behind).any(|first| covered[first] && is_part(first, behind)));
    }
    covered[last]
}

/// True where a sentence surely begins: behind a word that is no abbreviation, and its stop, or with a word with which sentences begin.
fn begins_sentence(scene: Scene<'_>, text: &str, at: usize) -> bool {
    let before = text[..at].trim_end().trim_end_matches(|c: char| !c.is_alphanumeric() && !is_stop(c));
    let word = before.trim_end_matches(is_stop);
    let is_word = word.chars().rev().take_while(|c| c.is_lowercase() || is_uncased(*c)).count() >= 3;
    let is_plain = before[word.len()..].starts_with('.');
    let next = text[at..].split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    (is_word || !is_plain) && text[at..].starts_with(|c: char| !c.is_lowercase() && !c.is_ascii_digit())
        || scene.openers().has(next)
}

/// True for a sentence that only says something together with noise beside it, such as “Click here.”, for one with an address, one in which
/// the page speaks of itself or to its reader, and for what is no sentence.
fn is_companion(scene: Scene<'_>, sentence: &str) -> bool {
    let words = scene.words();
    // Another sentence may begin in it.
    let is_one = || !sentence.split(' ').skip(1).any(|word| scene.openers().has(word));
    let all = Languages::ALL;
    let starts =
        |name: &str| words.list(name).is_some_and(|list| words.has(list, all, bare_start(sentence), 0));
    let count = |name: &str| words.list(name).map_or(0, |list| words.count(list, all, sentence));
    !sentence.ends_with(FULL_STOPS)
        || sentence.contains('@')
        || starts(COMPANION) && is_one()
        || count(PAGE) > 0
        || count(READER) > 1
}

/// True for a line in which a sentence seems to begin though no stop is before it.
pub(super) fn holds_another(scene: Scene<'_>, line: Span) -> bool {
    let ends = piece::ends(scene.document.text(), line.start(), line.end(), scene.openers());
    ends.iter().any(|&(end, seam)| seam == Seam::Opening && end < line.end())
}

/// True for words in capitals.
fn is_shouted(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

fn next_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

/// The piece at an offset of a segment that has what is asked, up to the end that suits best.
fn piece(scene: Scene<'_>, segment: usize, at: usize, asked: Asked<'_>) -> Option<Match> {
    let text = scene.document.text();
    let line = scene.segments.span(segment);
    let start = line.start() + at;
    let openers = scene.openers();
    let ends = piece::ends(text, start, line.end(), openers);
    let mut best = None;
    for (number, &(end, seam)) in ends.iter().enumerate() {
        let is_sure = piece::is_sure(text, start, &ends, number, openers.nouns_have_capitals);
        let piece = &text[start..end];
        let Some(answer) = asked.answer(piece, is_sure, false) else { continue };
        let is_weak = matches!(seam, Seam::Capital | Seam::Word);
        let is_shouted = is_shouted(piece) && !is_shouted(next_word(&text[end..line.end()]));
        let is_long = answer.spaces >= MIN_SPACES && !openers.nouns_have_capitals;
        if !is_weak || is_long || is_shouted {
            best = Some((end, answer));
        }
        // Behind a capital, what has a fixed form may go on.
        if !is_weak {
            break;
        }
    }
    best.map(|(end, answer)| Match {
        span: Span::new(start, end),
        segments: (segment, segment),
        evidence: format!("a part of the line {}", answer.evidence),
        doubles: Vec::new(),
        is_piece: true,
        languages: answer.languages,
    })
}
