//! `match.run`: lines one under the other that belong together, such as the buttons of a panel. One of them is certain, and vouches for
//! its neighbours of the same kind.

use super::{Match, Scene};
use crate::document::Span;
use crate::dress::bare;
use crate::form::BoundForms;
use crate::rule::Run;

/// The longest run of such lines around `segment`, which is the first certain one in it; none when it is too short. All words are of one
/// language, given by its number.
pub(super) fn matches(
    scene: Scene<'_>,
    segment: usize,
    rule: &Run,
    certain: &BoundForms,
    also: &BoundForms,
    language: usize,
) -> Option<Match> {
    let holds = |forms: &BoundForms, index: usize| {
        let line = scene.segments.text(index);
        let undressed = bare(line);
        let has = |text: &str| forms.of(scene.words(), language, text).is_some();
        has(line) || undressed.len() < line.len() && has(undressed)
    };
    let is_certain = |index: usize| holds(certain, index);
    let is_in_run = |index: usize| is_certain(index) || holds(also, index);
    if !is_certain(segment) {
        return None;
    }
    let mut first = segment;
    while let Some(before) = first.checked_sub(1).filter(|&before| is_in_run(before)) {
        if is_certain(before) {
            return None;
        }
        first = before;
    }
    let last =
        (segment + 1..scene.segments.len()).take_while(|&index| is_in_run(index)).last().unwrap_or(segment);
    let certain = (segment..=last).filter(|&index| is_certain(index)).count();
    let lines = last - first + 1;
    if lines < rule.min_lines || certain < rule.min_certain {
        return None;
    }
    Some(Match {
        span: Span::new(scene.segments.span(first).start(), scene.segments.span(last).end()),
        segments: (first, last),
        evidence: format!(
            "{lines} lines of one kind, of which {certain} such as “{}” are certain",
            scene.segments.text(segment)
        ),
        doubles: Vec::new(),
        is_piece: false,
        language: None,
    })
}
