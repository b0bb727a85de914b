//! `match.sentence`: a whole sentence of a line, or a line that is one sentence.

use super::piece::{self, Seam};
use super::{Match, Scene};
use crate::document::Span;
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
            language: None,
        })
        .collect()
}

/// True when a sentence seems to begin in it though no stop is before that.
fn holds_another(scene: Scene<'_>, sentence: Span) -> bool {
    let ends = piece::ends(scene.document.text(), sentence.start(), sentence.end(), scene.openers());
    ends.iter().any(|&(end, seam)| seam == Seam::Opening && end < sentence.end())
}
