//! Literals that are looked for at the edges of a text; see [`is_edge`](crate::literal::is_edge).

use std::ops::Range;

use crate::detect::bits::{Bits, for_each};
use crate::detect::windows::{READ, Windows, read, with_zeros_behind};

/// Literals filed by the windows of them that stand in the fewest texts.
#[derive(Debug)]
pub(super) struct EdgeIndex<T>(Windows<T>);

impl<T: Copy> EdgeIndex<T> {
    /// Takes literals with their windows.
    pub fn new(literals: Vec<(&str, Range<usize>, T)>) -> Self {
        Self(Windows::new(literals))
    }

    /// Tells `hit` of every literal in a range of a text: its offset in the text, and what was filed with it.
    pub fn find(&self, text: &[u8], bits: &Bits, range: Range<usize>, mut hit: impl FnMut(usize, T)) {
        let (from, text) = (range.start, &text[..range.end]);
        bits.in_range(range, |start, wanted, block, _| {
            let padded;
            let bytes: &[u8; 64 + READ] = match text[start..].first_chunk() {
                Some(bytes) => bytes,
                None => {
                    padded = with_zeros_behind(&text[start..]);
                    &padded
                }
            };
            // Without a way out of the loop, an edge takes but a few steps.
            let (mut found, mut count) = ([0_u8; 64], 0);
            for_each(block.edges & wanted, |at| {
                found[count % 64] = at as u8;
                count += usize::from(self.0.may_stand(read(bytes, at % 64)));
            });
            for &at in found.iter().take(count) {
                self.0.at(text, start + usize::from(at), |offset, value| {
                    if offset >= from {
                        hit(offset, value);
                    }
                });
            }
        });
    }
}
