//! What the blocks of a page come to: by element, and by look.

use std::collections::HashMap;

use super::page::Page;
use super::words::Words;

/// What is added up over the blocks in an element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sum {
    pub words: f32,
    /// How many of these are linked.
    pub linked: f32,
    /// How many of these are in prose.
    pub prose: f32,
    pub blocks: f32,
    /// The prose directly in it, a part of that in its children, and so on: where it is greatest, the article is.
    pub weight: f32,
    /// The first block in it, and the last.
    pub first: u32,
    pub last: u32,
}

/// What is added up over the blocks of one look.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Look {
    pub count: f32,
    pub words: f32,
    pub linked: f32,
    pub prose: f32,
    /// How many end in the middle of a sentence.
    pub trails: f32,
    /// How many start with a link.
    pub starts_linked: f32,
    /// How many were passed when the blocks are gone through.
    pub seen: f32,
}

/// What the blocks of a page come to.
#[derive(Debug)]
pub(super) struct Sums {
    /// For each element.
    pub elements: Vec<Sum>,
    /// For each look.
    pub looks: HashMap<u32, Look>,
    /// How many blocks, and how much prose, stand in elements of one kind, wherever they are.
    pub kins: HashMap<u32, Kin>,
    /// The same for those side by side: by the element around them, and their kind.
    pub peers: HashMap<(usize, u32), Kin>,
}

/// What is added up over the blocks in elements of one kind.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Kin {
    pub count: f32,
    pub prose: f32,
}

impl Kin {
    fn add(&mut self, prose: f32) {
        self.count += 1.0;
        self.prose += prose;
    }
}

/// How much of the weight of an element goes to the one around it.
const PART: f32 = 0.6;

impl Sums {
    /// Adds up the words, the prose and the linked share of each block.
    pub fn of(page: &Page, words: &[Words], prose: &[f32], linked: &[f32]) -> Self {
        let none =
            Sum { words: 0.0, linked: 0.0, prose: 0.0, blocks: 0.0, weight: 0.0, first: u32::MAX, last: 0 };
        let mut sums = vec![none; page.elements.len()];
        let mut looks: HashMap<u32, Look> = HashMap::new();
        let mut kins: HashMap<u32, Kin> = HashMap::new();
        let mut peers: HashMap<(usize, u32), Kin> = HashMap::new();
        for (at, block) in page.blocks.iter().enumerate() {
            let element = &page.elements[block.element];
            kins.entry(element.kin).or_default().add(prose[at]);
            peers.entry((element.parent, element.kin)).or_default().add(prose[at]);
            let look = looks.entry(page.elements[block.element].look).or_default();
            look.count += 1.0;
            look.words += words[at].count;
            look.linked += words[at].count * linked[at];
            look.prose += prose[at];
            look.trails += words[at].trails_off;
            look.starts_linked += f32::from(u8::from(block.starts_linked));
            let sum = &mut sums[block.element];
            sum.words += words[at].count;
            sum.linked += words[at].count * linked[at];
            sum.prose += prose[at];
            sum.weight += prose[at];
            sum.blocks += 1.0;
            sum.first = sum.first.min(at as u32);
            sum.last = sum.last.max(at as u32);
        }
        for element in (1..page.elements.len()).rev() {
            let own = sums[element];
            let sum = &mut sums[page.elements[element].parent];
            sum.words += own.words;
            sum.linked += own.linked;
            sum.prose += own.prose;
            sum.blocks += own.blocks;
            sum.weight += own.weight * PART;
            sum.first = sum.first.min(own.first);
            sum.last = sum.last.max(own.last);
        }
        Self { elements: sums, looks, kins, peers }
    }
}
