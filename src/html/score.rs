//! How well each element would do as the one with the article, by its paragraphs, its links and its names.

use super::hints::Hint;
use super::page::{Page, Tag};
use super::words::Words;

/// The scores of the elements of a page.
#[derive(Debug, Default)]
pub(super) struct Scores {
    /// The element with the highest.
    pub best: usize,
    /// For each element, the highest of itself and those around it, as a share of the best.
    pub shares: Vec<f32>,
}

/// Shorter blocks are no paragraphs.
const MIN_WORDS: f32 = 5.0;
/// How much of a paragraph's score goes to the elements around it, from the innermost on.
const PARTS: [f32; 4] = [1.0, 0.5, 0.25, 0.15];
/// Names that speak for an element.
const FOR: [Hint; 4] = [Hint::Article, Hint::Main, Hint::Body, Hint::Content];
/// Names that speak against it.
const AGAINST: [Hint; 14] = [
    Hint::Ad,
    Hint::Sponsor,
    Hint::Share,
    Hint::Related,
    Hint::Comment,
    Hint::Menu,
    Hint::Foot,
    Hint::Footer,
    Hint::Side,
    Hint::Aside,
    Hint::Nav,
    Hint::Signup,
    Hint::Overlay,
    Hint::Teaser,
];

/// Scores the elements, from the words and the linked share of each block.
pub(super) fn scores(page: &Page, words: &[Words], linked: &[f32]) -> Scores {
    let elements = &page.elements;
    let mut scores = vec![0.0_f32; elements.len()];
    let mut all_words = vec![0.0_f32; elements.len()];
    let mut all_linked = vec![0.0_f32; elements.len()];
    for (at, block) in page.blocks.iter().enumerate() {
        all_words[block.element] += words[at].count;
        all_linked[block.element] += words[at].count * linked[at];
        let tag = elements[block.element].tag;
        if words[at].count < MIN_WORDS || matches!(tag, Tag::Heading(_) | Tag::Button | Tag::Caption) {
            continue;
        }
        let score = (1.0 + words[at].commas + (words[at].count / 17.0).min(3.0)) * (1.0 - linked[at]);
        // Text that stands in a container with nothing around it speaks for that container.
        let mut element = match tag {
            Tag::Other => block.element,
            _ => elements[block.element].parent,
        };
        for part in PARTS {
            scores[element] += score * part;
            element = elements[element].parent;
        }
    }
    for element in (1..elements.len()).rev() {
        let parent = elements[element].parent;
        all_words[parent] += all_words[element];
        all_linked[parent] += all_linked[element];
    }
    for element in 0..elements.len() {
        let hints = elements[element].hints;
        let named = f32::from(i8::from(FOR.iter().any(|hint| hints.has(*hint))))
            - f32::from(i8::from(AGAINST.iter().any(|hint| hints.has(*hint))));
        let open = 1.0 - all_linked[element] / all_words[element].max(1.0);
        scores[element] *= open * (1.0 + 0.4 * named);
    }
    let best =
        (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b]).then(b.cmp(&a))).unwrap_or(0);
    let top = scores.get(best).copied().unwrap_or(0.0).max(1.0);
    let mut shares = vec![0.0_f32; elements.len()];
    for element in 1..elements.len() {
        shares[element] = (scores[element] / top).max(shares[elements[element].parent]);
    }
    Scores { best, shares }
}
