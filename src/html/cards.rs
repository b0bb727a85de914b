//! Things that a page repeats: lists of teasers, posts and products stand in elements of one kind side by side.

use std::collections::HashMap;

use super::page::{Page, Tag};

/// What is known of the elements of one kind that stand side by side.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Cards {
    /// How many there are; 0 when an element is in none.
    pub count: f32,
    /// How many words there are in one, on average.
    pub words: f32,
    /// How many blocks there are in one, on average.
    pub blocks: f32,
    /// The share of those with a block that is all link.
    pub linked: f32,
    /// The share of those with a heading.
    pub headed: f32,
    /// The share of the page's prose.
    pub prose: f32,
    /// How alike they are in length: 1 if all have as many words, near 0 if one has them all.
    pub even: f32,
}

/// What the blocks in an element come to.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    words: f32,
    prose: f32,
    blocks: f32,
    is_linked: bool,
    is_headed: bool,
}

/// Fewer elements are no list.
const MIN_COUNT: f32 = 3.0;
/// Elements with fewer blocks on average are paragraphs or items.
const MIN_BLOCKS: f32 = 1.5;

/// For each element of a page, the innermost list of cards that it is in; from the words, the prose and the linked
/// share of each block.
pub(super) fn cards(page: &Page, words: &[f32], prose: &[f32], linked: &[f32]) -> Vec<Cards> {
    let elements = &page.elements;
    let mut sums = vec![Sum::default(); elements.len()];
    for (at, block) in page.blocks.iter().enumerate() {
        let sum = &mut sums[block.element];
        sum.words += words[at];
        sum.prose += prose[at];
        sum.blocks += 1.0;
        sum.is_linked |= linked[at] > 0.9;
        sum.is_headed |= matches!(elements[block.element].tag, Tag::Heading(_));
    }
    for element in (1..elements.len()).rev() {
        let own = sums[element];
        let sum = &mut sums[elements[element].parent];
        sum.words += own.words;
        sum.prose += own.prose;
        sum.blocks += own.blocks;
        sum.is_linked |= own.is_linked;
        sum.is_headed |= own.is_headed;
    }
    let all = sums.first().map_or(1.0, |all| all.prose.max(1.0));
    let mut lists: HashMap<(usize, u32), (Cards, f32)> = HashMap::new();
    for (element, sum) in sums.iter().enumerate().skip(1).filter(|(_, sum)| sum.blocks > 0.0) {
        let (cards, most) = lists.entry((elements[element].parent, elements[element].kin)).or_default();
        cards.count += 1.0;
        cards.words += sum.words;
        cards.blocks += sum.blocks;
        cards.linked += f32::from(u8::from(sum.is_linked));
        cards.headed += f32::from(u8::from(sum.is_headed));
        cards.prose += sum.prose / all;
        *most = most.max(sum.words);
    }
    for (cards, most) in lists.values_mut() {
        let count = cards.count.max(1.0);
        cards.words /= count;
        cards.blocks /= count;
        cards.linked /= count;
        cards.headed /= count;
        cards.even = cards.words / most.max(1.0);
    }
    let mut found = vec![Cards::default(); elements.len()];
    for element in 1..elements.len() {
        let list = lists.get(&(elements[element].parent, elements[element].kin)).map(|(cards, _)| *cards);
        found[element] = match list {
            Some(cards) if cards.count >= MIN_COUNT && cards.blocks >= MIN_BLOCKS => cards,
            _ => found[elements[element].parent],
        };
    }
    found
}
