//! `match.line`: a whole line.

use super::{Match, Scene};
use crate::pattern::Pattern;

/// The segment, when the pattern, which is anchored at both ends, matches it.
pub(super) fn matches(scene: Scene<'_>, segment: usize, pattern: &Pattern) -> Option<Match> {
    pattern.is_match(scene.segments.text(segment)).then(|| Match {
        span: scene.segments.span(segment),
        segments: (segment, segment),
        evidence: format!("the line matches `{}`", pattern.source()),
        doubles: Vec::new(),
    })
}
