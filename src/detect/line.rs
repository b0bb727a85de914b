//! `match.line` and `match.form`: a whole line, or a piece of one that stands where a line of its own was.

use super::piece::{self, Seam};
use super::{Match, Scene};
use crate::document::Span;
use crate::dress::{bare, bare_start};
use crate::form::BoundForms;
use crate::literal::{self, Literals};
use crate::pattern::Pattern;
use crate::words::{Languages, Words};

/// A piece of fewer words is too short to be told from the start of a sentence by a capital behind it.
const MIN_SPACES: usize = 2;

/// What is asked of lines and pieces.
#[derive(Clone, Copy)]
pub(super) enum Asked<'a> {
    /// A pattern, which is anchored at both ends, and literals of which one stands in its matches.
    Pattern { pattern: &'a Pattern, literals: &'a Literals },
    /// Forms, in some languages.
    Forms { forms: &'a BoundForms, words: &'a Words, languages: Languages },
}

impl Asked<'_> {
    /// What the text says, with its dress or without, to be what is asked. What takes whatever words come is only asked where the
    /// end of the text is sure.
    fn answer(&self, text: &str, end_is_sure: bool) -> Option<Answer> {
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
                let found = forms.filter_map(|form| form.of(words, *languages, text)).next()?;
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
    let answer = asked.answer(text, true)?;
    if !asked.is_open() {
        return Some(answer);
    }
    // What takes whatever words come would take the sentences behind its own, too.
    let is_one = !holds_another(scene, scene.segments.span(segment));
    if alone {
        return is_one.then_some(answer);
    }
    if is_one && scene.starts(segment).is_empty() { Some(answer) } else { asked.answer(text, false) }
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
    let is_line = !scene.segments.is_sentence(segment);
    let start = line.start() + at;
    let openers = scene.openers();
    let ends = piece::ends(text, start, line.end(), openers);
    let mut best = None;
    for (number, &(end, seam)) in ends.iter().enumerate() {
        let is_whole = is_line && at == 0 && end == line.end();
        let is_sure = is_whole || piece::is_sure(text, start, &ends, number, openers.nouns_have_capitals);
        let piece = &text[start..end];
        let Some(answer) = asked.answer(piece, is_sure) else { continue };
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
