//! Bytes in, bytes out: one file per form that documents come in.
//!
//! What is not cleaned is copied as it stands: a format says which bytes of its input stand behind an edit
//! of the text, and [`cut`] leaves those out.

pub mod json_field;
pub mod jsonl;
pub mod plain;

use std::borrow::Cow;
use std::ops::Range;

/// Bytes of the input that do not go to the output, and what goes there instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Bytes of the input.
    pub raw: Range<usize>,
    /// What a rule put in, as the format writes it; mostly empty.
    pub put_in: Vec<u8>,
}

/// The input without its cuts, which are disjoint and sorted. Borrowed when there are none.
pub fn cut<'a>(input: &'a [u8], cuts: &[Cut]) -> Cow<'a, [u8]> {
    if cuts.is_empty() {
        return Cow::Borrowed(input);
    }
    let mut output = Vec::with_capacity(input.len());
    let mut at = 0;
    for cut in cuts {
        output.extend_from_slice(&input[at..cut.raw.start]);
        output.extend_from_slice(&cut.put_in);
        at = cut.raw.end;
    }
    output.extend_from_slice(&input[at..]);
    Cow::Owned(output)
}
