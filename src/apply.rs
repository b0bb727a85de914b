//! Edits to clean text.

use std::borrow::Cow;

use crate::document::{Edit, Span};

/// The text with each edit's span taken out, or its replacement put in. Borrowed when there is no edit.
///
/// The edits are disjoint and sorted, as [`resolve`](crate::resolve::resolve) makes them.
pub(crate) fn apply<'a>(text: &'a str, edits: &[Edit]) -> Cow<'a, str> {
    if edits.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    for piece in pieces(text.len(), edits) {
        match piece {
            Piece::Kept(span) => clean.push_str(&text[span.range()]),
            Piece::PutIn(replacement) => clean.push_str(replacement),
        }
    }
    Cow::Owned(clean)
}

/// A part of the clean text.
pub(crate) enum Piece<'e> {
    /// Taken from the original.
    Kept(Span),
    /// Declared by a rule.
    PutIn(&'e str),
}

/// The parts of the clean text in order, for an original of `len` bytes; none is empty.
pub(crate) fn pieces(len: usize, edits: &[Edit]) -> impl Iterator<Item = Piece<'_>> {
    let starts = std::iter::once(0).chain(edits.iter().map(|edit| edit.span.end()));
    let ends = edits.iter().map(|edit| edit.span.start()).chain(std::iter::once(len));
    let put_in = edits.iter().map(|edit| edit.replacement.as_deref()).chain(std::iter::once(None));
    starts.zip(ends).zip(put_in).flat_map(|((start, end), put_in)| {
        let kept = (start < end).then(|| Piece::Kept(Span::new(start, end)));
        kept.into_iter().chain(put_in.filter(|text| !text.is_empty()).map(Piece::PutIn))
    })
}
