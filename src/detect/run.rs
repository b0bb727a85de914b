//! `match.run`: lines one under the other that belong together, such as the buttons of a panel. One of them is certain, and vouches for
//! its neighbours of the same kind.

use super::{Match, Scene};
use crate::document::Span;
use crate::dress::bare;
use crate::form::BoundForms;
use crate::rule::Run;
use crate::words::Languages;

/// The longest run of such lines around `segment`, which is the first certain one in it; none when it is too short. All words are of
/// one language.
pub(super) fn matches(
    scene: Scene<'_>,
    segment: usize,
    rule: &Run,
    certain: &BoundForms,
    also: &BoundForms,
    mut languages: Languages,
) -> Option<Match> {
    let has = |forms: &BoundForms, index: usize, languages: Languages| {
        let line = scene.segments.text(index);
        let undressed = bare(line);
        let of = |text: &str| forms.of(scene.words(), languages, text).map(|found| found.languages);
        of(line).or_else(|| of(undressed).filter(|_| undressed.len() < line.len()))
    };
    languages = has(certain, segment, languages)?;
    let (mut first, mut last, mut count) = (segment, segment, 1);
    while let Some(before) = first.checked_sub(1) {
        if has(certain, before, languages).is_some() {
            return None;
        }
        let Some(narrower) = has(also, before, languages) else { break };
        (first, languages) = (before, narrower);
    }
    while last + 1 < scene.segments.len() {
        let is_certain = has(certain, last + 1, languages);
        let Some(narrower) = is_certain.or_else(|| has(also, last + 1, languages)) else { break };
        (last, count, languages) = (last + 1, count + usize::from(is_certain.is_some()), narrower);
    }
    let lines = last - first + 1;
    if lines < rule.min_lines || count < rule.min_certain {
        return None;
    }
    Some(Match {
        span: Span::new(scene.segments.span(first).start(), scene.segments.span(last).end()),
        segments: (first, last),
        evidence: format!(
            "{lines} lines of one kind, of which {count} such as “{}” are certain",
            scene.segments.text(segment)
        ),
        doubles: Vec::new(),
        is_piece: false,
        languages: Some(languages),
    })
}
