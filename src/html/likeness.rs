//! How much alike blocks, and their words, are.

use super::page::{Page, Tag};
use super::words::fold;

/// The heading with most of the title's words; the first of the first order when none has half of them.
pub(super) fn headline(page: &Page, title: &[u32]) -> Option<usize> {
    let is_heading = |at: usize| matches!(page.elements[page.blocks[at].element].tag, Tag::Heading(1..=3));
    let likeness = |at: usize| {
        let words = fold(&page.blocks[at].text);
        share(title, &words).min(share(&words, title))
    };
    let mut best = (0.5, None);
    for at in (0..page.blocks.len()).filter(|&at| is_heading(at)) {
        let likeness = likeness(at);
        if likeness > best.0 {
            best = (likeness, Some(at));
        }
    }
    best.1.or_else(|| {
        (0..page.blocks.len())
            .find(|&at| matches!(page.elements[page.blocks[at].element].tag, Tag::Heading(1)))
    })
}

/// How much alike the places of two blocks are.
pub(super) fn sameness(page: &Page, one: usize, other: usize) -> f32 {
    let (one, other) = (page.blocks[one].element, page.blocks[other].element);
    let (first, second) = (&page.elements[one], &page.elements[other]);
    if one == other {
        3.0
    } else if first.look == second.look {
        2.0
    } else if first.parent == second.parent {
        1.0
    } else {
        0.0
    }
}

/// The share of the words of one text that another has.
pub(super) fn share(one: &[u32], other: &[u32]) -> f32 {
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    one.iter().filter(|word| other.contains(word)).count() as f32 / one.len() as f32
}
