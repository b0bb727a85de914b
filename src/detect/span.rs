//! `match.span`: a part of a line.

use super::{Match, Scene};
use crate::document::Span;
use crate::pattern::Pattern;

/// Every match of `pattern` in a segment: its group `noise`, or all of it when it has no such group.
pub(super) fn matches(scene: Scene<'_>, segment: usize, pattern: &Pattern) -> Vec<Match> {
    let start = scene.segments.span(segment).start();
    let text = scene.segments.text(segment);
    if !pattern.shape().is_none_or(|shape| shape.fits(text)) {
        return Vec::new();
    }
    pattern
        .places(text)
        .into_iter()
        .filter(|noise| !noise.is_empty())
        .map(|noise| Match {
            span: Span::new(start + noise.start, start + noise.end),
            segments: (segment, segment),
            evidence: format!("matches `{}`", pattern.source()),
            doubles: Vec::new(),
            is_piece: false,
            languages: None,
        })
        .collect()
}
