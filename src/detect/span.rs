//! `match.span`: a part of a line.

use super::{Match, Scene};
use crate::document::Span;
use crate::rule::Pattern;

/// Every match of `pattern` in a segment: its group `noise`, or all of it when it has no such group.
pub(super) fn matches(scene: Scene<'_>, segment: usize, pattern: &Pattern) -> Vec<Match> {
    let start = scene.segments.span(segment).start();
    let text = scene.segments.text(segment);
    if !pattern.shape().is_none_or(|shape| shape.fits(text)) {
        return Vec::new();
    }
    pattern
        .regex()
        .captures_iter(text)
        .filter_map(|captures| {
            let noise = captures.name("noise").or_else(|| captures.get(0))?;
            (!noise.is_empty()).then(|| Match {
                span: Span::new(start + noise.start(), start + noise.end()),
                segments: (segment, segment),
                evidence: format!("matches `{}`", pattern.source()),
                doubles: Vec::new(),
            })
        })
        .collect()
}
