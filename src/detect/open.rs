//! What one look at a text tells the next one. In a text that edits changed most segments are as they were, and so
//! is what the prefilter and the patterns said of them.

use std::ops::Range;

use super::prefilter::Wish;
use crate::apply::{Piece, pieces};
use crate::document::{Edit, Span};
use crate::segment::Segments;

/// Segments of a text with all that may match in them. Of segments that are not here nothing is known.
#[derive(Debug, Default)]
pub(crate) struct Open {
    /// In order.
    segments: Vec<Span>,
    /// By the segment's place among those, in order.
    candidates: Vec<(usize, Wish)>,
}

impl Open {
    /// All segments of a text with what may match in them, in order.
    pub(super) fn new(segments: &Segments<'_>, candidates: Vec<(usize, Wish)>) -> Self {
        let spans = (0..segments.len()).map(|segment| segments.span(segment)).collect();
        Self { segments: spans, candidates }
    }

    /// The same segments where they are in the text that the edits make; without those that an edit touches. The
    /// text was `len` bytes long.
    pub fn after(self, len: usize, edits: &[Edit]) -> Self {
        let mut moved = Self::default();
        let mut segments = self.segments.iter().enumerate().peekable();
        let mut candidates = self.candidates.into_iter().peekable();
        let mut at = 0;
        for piece in pieces(len, edits) {
            let kept = match piece {
                Piece::Kept(kept) => kept,
                Piece::PutIn(text) => {
                    at += text.len();
                    continue;
                }
            };
            while let Some((segment, span)) = segments.next_if(|(_, span)| span.end() <= kept.end()) {
                while candidates.next_if(|&(of, _)| of < segment).is_some() {}
                if kept.start() <= span.start() {
                    let place = moved.segments.len();
                    let own = std::iter::from_fn(|| candidates.next_if(|&(of, _)| of == segment));
                    moved.candidates.extend(own.map(|(_, wish)| (place, wish)));
                    let start = at + span.start() - kept.start();
                    moved.segments.push(Span::new(start, start + span.len()));
                }
            }
            at += kept.len();
        }
        moved
    }

    /// What is known of the segments of a text: what may match in them, in order, and the runs of segments of which
    /// nothing is known.
    pub(super) fn known(self, segments: &Segments<'_>) -> (Vec<(usize, Wish)>, Vec<Range<usize>>) {
        let mut known = Vec::new();
        let mut unknown: Vec<Range<usize>> = Vec::new();
        let mut places = self.segments.iter().enumerate().peekable();
        let mut candidates = self.candidates.into_iter().peekable();
        for segment in 0..segments.len() {
            let span = segments.span(segment);
            while places.next_if(|(_, other)| **other < span).is_some() {}
            match places.next_if(|(_, other)| **other == span) {
                Some((place, _)) => {
                    while candidates.next_if(|&(of, _)| of < place).is_some() {}
                    let own = std::iter::from_fn(|| candidates.next_if(|&(of, _)| of == place));
                    known.extend(own.map(|(_, wish)| (segment, wish)));
                }
                None => match unknown.last_mut() {
                    Some(run) if run.end == segment => run.end += 1,
                    _ => unknown.push(segment..segment + 1),
                },
            }
        }
        (known, unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::apply;
    use crate::detect::prefilter::Anchor;
    use crate::rule::{Kind, RuleInfo};

    #[test]
    fn what_is_known_of_a_segment_moves_with_it() {
        let text = "one\ntwo three\nfour\nfive";
        let anchor = |rule| Wish::Pattern(Anchor { rule, pattern: 0 });
        let edit = |start, end, replacement: Option<&str>| Edit {
            rule: RuleInfo { id: "a".into(), kind: Kind::Ad, pack: "p".into(), about: "x".into() }.into(),
            span: Span::new(start, end),
            evidence: String::new(),
            replacement: replacement.map(Into::into),
        };
        let candidates = vec![(0, anchor(1)), (1, anchor(2)), (2, anchor(3)), (2, anchor(4)), (3, anchor(5))];
        let open = Open::new(&Segments::of(text), candidates);
        // What touches "two three" is forgotten with it; what stands behind it is found where it is now.
        let edits = [edit(0, 4, None), edit(7, 13, None), edit(19, 19, Some("new\n"))];
        let clean = apply(text, &edits);
        assert_eq!(clean, "two\nfour\nnew\nfive");
        let (known, unknown) = open.after(text.len(), &edits).known(&Segments::of(&clean));
        assert_eq!(known, [(1, anchor(3)), (1, anchor(4)), (3, anchor(5))]);
        assert_eq!(unknown, [0..1, 2..3]);
    }

    #[test]
    fn of_a_first_text_nothing_is_known() {
        let (known, unknown) = Open::default().known(&Segments::of("one\ntwo"));
        assert!(known.is_empty());
        assert_eq!(unknown, [0..2; 1]);
    }
}
