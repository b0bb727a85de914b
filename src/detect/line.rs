//! `match.line` and `match.form`: a whole line, or a piece of one that stands where a line of its own was.

use super::piece::{self, Seam};
use super::{Match, Scene};
use crate::document::Span;
use crate::dress::{bare, bare_start};
use crate::form::BoundForms;
use crate::pattern::Pattern;
use crate::words::Words;

/// A piece of fewer words is too short to be told from the start of a sentence by a capital behind it.
const MIN_SPACES: usize = 2;

/// What is asked of lines and pieces.
#[derive(Clone, Copy)]
pub(super) enum Asked<'a> {
    /// A pattern, which is anchored at both ends.
    Pattern(&'a Pattern),
    /// Forms, in a language by its number.
    Forms { forms: &'a BoundForms, words: &'a Words, language: usize },
}

impl Asked<'_> {
    /// How many spaces are in the text, with its dress or without, and what made it match. What takes whatever words come is only asked where the end of the text is
    /// sure.
    fn evidence(&self, text: &str, end_is_sure: bool) -> Option<(usize, String)> {
        let undressed = bare(text);
        let texts = [text, undressed];
        let texts = if undressed.len() < text.len() { &texts[..] } else { &texts[..1] };
        texts.iter().find_map(|text| match self {
            Asked::Pattern(pattern) => {
                let may = end_is_sure || !pattern.shape().is_none_or(|shape| shape.open);
                let evidence = || format!("matches `{}`", pattern.source());
                (may && pattern.is_match(text)).then(|| (spaces(text), evidence()))
            }
            Asked::Forms { forms, words, language } => {
                let forms = forms.0.iter().filter(|form| end_is_sure || !form.is_open);
                let mut found = forms.filter_map(|form| form.of(words, *language, text));
                found.next().map(|found| (spaces(text), found.evidence(text, &words.language(*language).tag)))
            }
        })
    }

    /// The language of the words, where they tell.
    fn language(&self) -> Option<usize> {
        match self {
            Asked::Pattern(_) => None,
            Asked::Forms { language, .. } => Some(*language),
        }
    }

    fn is_open(&self) -> bool {
        match self {
            Asked::Pattern(pattern) => pattern.shape().is_none_or(|shape| shape.open),
            Asked::Forms { forms, .. } => forms.0.iter().any(|form| form.is_open),
        }
    }

    fn may_start(&self, text: &str) -> bool {
        let may_start = |text: &str| match self {
            Asked::Pattern(pattern) => pattern.shape().is_none_or(|shape| shape.may_start(text)),
            Asked::Forms { forms, words, language } => forms.may_start(words, *language, text),
        };
        may_start(text) || may_start(bare_start(text))
    }
}

fn spaces(text: &str) -> usize {
    text.matches(' ').count()
}

/// The segment, or the pieces of it, that have what is asked. `alone` refuses pieces.
pub(super) fn matches(scene: Scene<'_>, segment: usize, asked: Asked<'_>, alone: bool) -> Vec<Match> {
    let line = scene.segments.span(segment);
    if !scene.segments.is_sentence(segment) && !scene.segments.continues(segment) {
        let text = scene.segments.text(segment);
        // What takes whatever words come would take the sentences behind its own, too.
        let may_start = asked.may_start(text) || asked.may_start(bare(text));
        let is_open = asked.is_open();
        if is_open && alone && may_start && holds_another(scene, line) {
            return Vec::new();
        }
        let is_one =
            alone || !is_open || may_start && scene.starts(segment).is_empty() && !holds_another(scene, line);
        if let Some((_, evidence)) = may_start.then(|| asked.evidence(text, is_one)).flatten() {
            let evidence = format!("the line {evidence}");
            return vec![Match {
                span: line,
                segments: (segment, segment),
                evidence,
                doubles: Vec::new(),
                is_piece: false,
                language: asked.language(),
            }];
        }
    }
    if alone && !scene.segments.is_sentence(segment) {
        Vec::new()
    } else {
        pieces(scene, segment, asked, alone)
    }
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

fn pieces(scene: Scene<'_>, segment: usize, asked: Asked<'_>, alone: bool) -> Vec<Match> {
    let text = scene.document.text();
    let line = scene.segments.span(segment);
    let is_line = !scene.segments.is_sentence(segment);
    let mut found: Vec<Match> = Vec::new();
    let first = (!scene.segments.continues(segment)).then_some(line.start());
    let behind: &[usize] = if alone { &[] } else { scene.starts(segment) };
    for start in first.into_iter().chain(behind.iter().copied()) {
        let is_taken = found.last().is_some_and(|last| start < last.span.end());
        if is_taken || !asked.may_start(&text[start..line.end()]) {
            continue;
        }
        let openers = scene.openers();
        let ends = piece::ends(text, start, line.end(), openers);
        let mut best = None;
        for (number, &(end, seam)) in ends.iter().enumerate() {
            let is_whole = is_line && start == line.start() && end == line.end();
            let is_sure = is_whole || piece::is_sure(text, start, &ends, number, openers.nouns_have_capitals);
            let piece = &text[start..end];
            let Some((spaces, evidence)) = asked.evidence(piece, is_sure) else { continue };
            let is_weak = matches!(seam, Seam::Capital | Seam::Word);
            let is_shouted = is_shouted(piece) && !is_shouted(next_word(&text[end..line.end()]));
            let is_long = spaces >= MIN_SPACES && !openers.nouns_have_capitals;
            if !is_weak || is_long || is_shouted {
                best = Some((end, evidence));
            }
            // Behind a capital, what has a fixed form may go on.
            if !is_weak {
                break;
            }
        }
        found.extend(best.map(|(end, evidence)| Match {
            span: Span::new(start, end),
            segments: (segment, segment),
            evidence: format!("a part of the line {evidence}"),
            doubles: Vec::new(),
            is_piece: true,
            language: asked.language(),
        }));
    }
    found
}
