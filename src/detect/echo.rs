//! `match.echo`: a name that is repeated in full, with what follows up to a closing word. How the repetition
//! is recognised stands in `name.rs`.

use super::{Match, Scene, name};
use crate::document::Span;

/// The runs that end in an occurrence of `until` within a segment; none starts before `floor`.
pub(super) fn matches(
    scene: Scene<'_>,
    segment: usize,
    until: &str,
    max_chars: usize,
    mut floor: usize,
) -> Vec<Match> {
    let text = scene.document.text();
    let span = scene.segments.span(segment);
    let mut found = Vec::new();
    for (at, word) in text[span.range()].match_indices(until) {
        let marker = span.start() + at..span.start() + at + word.len();
        if !name::is_closing(text, marker.clone()) {
            continue;
        }
        if let Some(run) = name::run_before(text, marker, floor, max_chars) {
            floor = run.end;
            found.push(as_match(scene, &run, &format!("the run ends in {until}")));
        }
    }
    found
}

/// Runs that no closing word ends, in the whole text.
pub(super) fn unclosed(scene: Scene<'_>) -> Vec<Match> {
    let text = scene.document.text();
    let found = name::unclosed(text, 0..text.len());
    found.iter().map(|run| as_match(scene, run, "nothing closes the run")).collect()
}

fn as_match(scene: Scene<'_>, run: &name::Echo, end: &str) -> Match {
    let text = scene.document.text();
    let (display, full) = (&text[run.display.clone()], &text[run.full.clone()]);
    let first = scene.segments.at(run.display.start).unwrap_or(0);
    let last = scene.segments.at(run.end.saturating_sub(1)).unwrap_or(first);
    Match {
        span: Span::new(run.start, run.end),
        segments: (first, last.max(first)),
        evidence: format!("“{}” is repeated in full as “{}”, and {end}", display.trim(), full.trim()),
        doubles: Vec::new(),
        is_piece: false,
        languages: None,
    }
}
