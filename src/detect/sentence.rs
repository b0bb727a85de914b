//! `match.sentence`: a whole sentence of a line, or a line that is one sentence.

use super::line::holds_another;
use super::{Match, Scene};
use crate::pattern::Pattern;
use crate::segment::sentences;

/// The sentences of a segment that the pattern, which is anchored at both ends, matches.
pub(super) fn matches(scene: Scene<'_>, segment: usize, pattern: &Pattern) -> Vec<Match> {
    let text = scene.document.text();
    // The first sentence of a wrapped line is the end of one.
    let skipped = usize::from(scene.segments.continues(segment));
    sentences(text, scene.segments.span(segment))
        .into_iter()
        .skip(skipped)
        .filter(|sentence| pattern.is_match(&text[sentence.range()]) && !holds_another(scene, *sentence))
        .map(|span| Match {
            span,
            segments: (segment, segment),
            evidence: format!("the sentence matches `{}`", pattern.source()),
            doubles: Vec::new(),
            is_piece: false,
            languages: None,
        })
        .collect()
}
