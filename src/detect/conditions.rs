//! What must hold besides a match, and what protects text from it.

use std::cell::{OnceCell, RefCell};
use std::ops::Range;

use super::language::Language;
use super::{Match, Scene, genre};
use crate::document::Document;
use crate::literal::{self, Literal};
use crate::pattern::Pattern;
use crate::rule::{Conditions, Genre, LineCount, LineEdge};
use crate::words::Languages;

/// True when the document's origin, site and language are those that the rule is for.
pub(super) fn document_fits(when: &Conditions, document: &Document<'_>, language: &Language) -> bool {
    when.origin.is_none_or(|origin| origin == document.origin())
        && when.fit_site(document)
        && (when.langs.is_empty() || when.langs.iter().any(|lang| language.is(lang, document)))
}

/// True when segments are among the first, or the last, of which the rule asks that its matches are.
pub(super) fn segments_fit(when: &Conditions, scene: Scene<'_>, first: usize, last: usize) -> bool {
    when.within_first.is_none_or(|lines| last < lines)
        && when.within_last.is_none_or(|lines| first + lines >= scene.segments.len())
}

/// True when the match is where, and of the form, that the rule asks for.
pub(super) fn match_fits<'a>(when: &'a Conditions, scene: Scene<'a>, found: &Match) -> bool {
    let (first, last) = found.segments;
    let text = &scene.document.text()[found.span.range()];
    let chars = text.chars().count();
    segments_fit(when, scene, first, last)
        && when.text.as_ref().is_none_or(|pattern| pattern.is_match(text))
        && !when.without.iter().any(|list| stands_in(scene, list, found.languages, text))
        && when.min_chars.is_none_or(|min| chars >= min)
        && when.max_chars.is_none_or(|max| chars <= max)
        && when.in_line.is_none_or(|edge| is_at_edge(edge, scene, found))
        && when.case.is_none_or(|case| case.holds(text))
        && when.previous.as_ref().is_none_or(|pattern| pattern.is_match(scene.before(found)))
        && when.next.as_ref().is_none_or(|pattern| pattern.is_match(scene.after(found)))
        && when.not_previous.as_ref().is_none_or(|pattern| !pattern.is_match(scene.before(found)))
        && when.not_next.as_ref().is_none_or(|pattern| !pattern.is_match(scene.after(found)))
        // These look at all of the text, so they come last.
        && when.with_lines.iter().all(|lines| scene.survey.has_lines(lines, scene))
        && !when.unless_lines.iter().any(|lines| scene.survey.has_lines(lines, scene))
        && when.genre.is_none_or(|genre| scene.survey.is_of(genre, scene))
}

/// True when an entry of a list stands in a text, in one of some languages if they are known.
fn stands_in(scene: Scene<'_>, list: &str, languages: Option<Languages>, text: &str) -> bool {
    let words = scene.words();
    words.list(list).is_some_and(|list| words.has_any(list, languages.unwrap_or(Languages::ALL), text))
}

/// What is known of a text as a whole. It takes reading all of it, so every question is answered once.
#[derive(Debug)]
pub(super) struct Survey<'a> {
    questions: &'a Questions,
    is_prose: OnceCell<bool>,
    /// By what was asked.
    lines: RefCell<Vec<(u64, bool)>>,
    /// The segments in which a question may find a line that it asks for, in order, by the number of the question.
    candidates: OnceCell<Vec<(u32, usize)>>,
}

/// The lines that rules ask a text for. What has a literal is looked for together with the patterns of rules.
#[derive(Debug)]
pub(super) struct Questions {
    /// What is asked, in order, with its literals: a number is a place in this.
    known: Vec<(u64, Vec<Literal>)>,
}

impl Questions {
    /// Those of these conditions which are mostly answered with no, and have literals that can be looked for at edges.
    pub fn new<'c>(conditions: impl Iterator<Item = &'c Conditions>) -> Self {
        let mut lines: Vec<&LineCount> = conditions.flat_map(|when| &when.unless_lines).collect();
        lines.sort_unstable_by_key(|lines| lines.id);
        lines.dedup_by_key(|lines| lines.id);
        let mut known: Vec<(u64, Vec<Literal>)> =
            lines.into_iter().filter_map(|lines| Some((lines.id, lines.lines.literals.clone()?))).collect();
        known.retain(|(_, literals)| literals.iter().all(|literal| literal.window().is_some()));
        Self { known }
    }

    /// The literals of all questions, each with the number of its question.
    pub fn literals(&self) -> impl Iterator<Item = (&Literal, u32)> {
        let numbered = self.known.iter().zip(0..);
        numbered.flat_map(|((_, literals), number)| literals.iter().map(move |literal| (literal, number)))
    }
}

impl<'a> Survey<'a> {
    /// Nothing is known yet.
    pub fn new(questions: &'a Questions) -> Self {
        Self { questions, is_prose: OnceCell::new(), lines: RefCell::default(), candidates: OnceCell::new() }
    }

    /// Takes the segments in which there is a literal of a question, in any order, by the number of the question.
    pub fn expect_in(&self, segments: impl Iterator<Item = (u32, usize)>) {
        self.candidates.get_or_init(|| {
            let mut candidates: Vec<(u32, usize)> = segments.collect();
            candidates.sort_unstable();
            candidates
        });
    }

    /// True when the text has as many such lines as it takes.
    fn has_lines(&self, wanted: &LineCount, scene: Scene<'_>) -> bool {
        let known = self.lines.borrow().iter().find(|&&(id, _)| id == wanted.id).map(|&(_, answer)| answer);
        known.unwrap_or_else(|| {
            let answer = self.looks_for(wanted, scene);
            self.lines.borrow_mut().push((wanted.id, answer));
            answer
        })
    }

    fn looks_for(&self, wanted: &LineCount, scene: Scene<'_>) -> bool {
        let is_like = |segment: &usize| wanted.lines.like.is_match(scene.segments.text(*segment));
        let number = self.questions.known.binary_search_by_key(&wanted.id, |&(id, _)| id);
        let found = match (number, self.candidates.get()) {
            (Ok(number), Some(all)) => {
                let own = all[all.partition_point(|&(other, _)| (other as usize) < number)..].iter();
                let segments = own.take_while(|&&(other, _)| other as usize == number);
                segments.map(|&(_, segment)| segment).filter(is_like).take(wanted.at_least).count()
            }
            _ => (0..scene.segments.len())
                .filter(|&segment| literal::may_match(&wanted.lines.literals, scene.segments.text(segment)))
                .filter(is_like)
                .take(wanted.at_least)
                .count(),
        };
        found >= wanted.at_least
    }

    fn is_of(&self, genre: Genre, scene: Scene<'_>) -> bool {
        genre == Genre::Any || *self.is_prose.get_or_init(|| genre::is_prose(&scene.document.as_read()))
    }
}

/// The allow pattern that matches text which overlaps the match, if one does.
pub(super) fn allowed_by<'r>(allow: &'r [Pattern], scene: Scene<'_>, found: &Match) -> Option<&'r str> {
    let (first, last) = found.segments;
    let (start, end) = (scene.segments.span(first).start(), scene.segments.span(last).end());
    let around = &scene.document.text()[start..end];
    let overlaps = |allowed: Range<usize>| {
        start + allowed.start < found.span.end() && found.span.start() < start + allowed.end
    };
    let protects = |pattern: &&Pattern| pattern.places(around).into_iter().any(overlaps);
    let pattern = allow.iter().find(protects)?;
    Some(pattern.source())
}

fn is_at_edge(edge: LineEdge, scene: Scene<'_>, found: &Match) -> bool {
    let (first, last) = found.segments;
    let starts = found.span.start() == scene.segments.span(first).start();
    let ends = found.span.end() == scene.segments.span(last).end();
    match edge {
        LineEdge::Start => starts,
        LineEdge::End => ends,
        LineEdge::Either => starts || ends,
    }
}
