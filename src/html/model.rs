//! The model: small decision trees whose values add up to how likely a block is part of the article.
//!
//! `model.txt` is written by `benches/html/train.py` from pages with the article's text beside them. Each tree asks
//! a few questions (is this number at most that?) and ends in a value; the sum is the logarithm of the odds.

use std::sync::LazyLock;

/// All trees.
pub(super) static MODELS: LazyLock<Models> = LazyLock::new(|| {
    let mut parts = include_str!("model.txt").split("\n\n");
    let mut next = || Model::parse(parts.next().unwrap_or_default());
    Models { page: next(), first: [next(), next()], second: [next(), next()] }
});

/// The trees of each judgement; of two, the first are for articles, the second for other pages.
#[derive(Debug)]
pub(super) struct Models {
    /// Whether a page is an article, from the means of its blocks.
    pub page: Model,
    /// Each block by itself and its surroundings.
    pub first: [Model; 2],
    /// Each block by what the first judgement said of it and of the others.
    pub second: [Model; 2],
}

/// Trees, flattened.
#[derive(Debug, Default)]
pub(super) struct Model {
    /// The names of the numbers that it asks for, for the test that they are the ones there are.
    pub names: Vec<&'static str>,
    nodes: Vec<Node>,
    /// Where each tree starts, and how many questions lead to its deepest leaf.
    trees: Vec<(u32, u32)>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    /// The number that is asked for.
    feature: u16,
    is_leaf: bool,
    /// The next node if the number is at most `limit`, and the one behind it if not. A leaf leads to itself, so that
    /// a processor need not guess where a tree ends.
    next: u32,
    limit: f32,
    /// In a leaf, what it adds.
    value: f32,
}

/// When so many trees are sure that a block goes, the others are not asked: most blocks of a page are menus.
const FEW: usize = 100;
const SURE: f32 = -4.5;

impl Model {
    /// Reads one: the names on the first line, then a tree a line, nodes from the root on: `feature value next` with
    /// the number of the first of the two nodes that follow, or `= value`.
    fn parse(text: &'static str) -> Self {
        let mut lines = text.lines();
        let names = lines.next().unwrap_or_default().split(' ').collect();
        let mut model = Self { names, ..Self::default() };
        for line in lines {
            let start = model.nodes.len() as u32;
            let mut fields = line.split(' ');
            while let Some(first) = fields.next() {
                let mut number =
                    || fields.next().and_then(|field| field.parse::<f32>().ok()).unwrap_or_default();
                let own = model.nodes.len() as u32;
                let node = match first.parse() {
                    Ok(feature) => Node {
                        feature,
                        is_leaf: false,
                        limit: number(),
                        next: start + number() as u32,
                        value: 0.0,
                    },
                    Err(_) => {
                        Node { feature: 0, is_leaf: true, limit: f32::INFINITY, next: own, value: number() }
                    }
                };
                model.nodes.push(node);
            }
            model.trees.push((start, model.depth(start as usize)));
        }
        model
    }

    /// How many questions lead from a node to the deepest leaf under it.
    fn depth(&self, at: usize) -> u32 {
        match self.nodes.get(at) {
            Some(node) if !node.is_leaf && node.next as usize > at => {
                let next = node.next as usize;
                1 + self.depth(next).max(self.depth(next + 1))
            }
            _ => 0,
        }
    }

    /// How likely a block with these numbers is part of the article, from 0 to 1.
    pub fn likelihood(&self, row: &[f32]) -> f32 {
        let mut sum = 0.0;
        for (number, &(root, depth)) in self.trees.iter().enumerate() {
            if number == FEW && sum < SURE {
                break;
            }
            let mut at = root as usize;
            for _ in 0..depth {
                let node = &self.nodes[at];
                let is_over = row.get(usize::from(node.feature)).is_some_and(|&number| number > node.limit);
                at = node.next as usize + usize::from(is_over);
            }
            sum += self.nodes[at].value;
        }
        1.0 / (1.0 + (-sum).exp())
    }

    /// The number that speaks most against a block with these numbers: each step in a tree changes what the tree can
    /// still add on average, and the number that is asked for is held to account for it.
    pub fn against(&self, row: &[f32]) -> Option<usize> {
        let mut blame = vec![0.0_f32; row.len()];
        for (at, &(root, _)) in self.trees.iter().enumerate() {
            let end = self.trees.get(at + 1).map_or(self.nodes.len(), |&(end, _)| end as usize);
            let means = self.means(root as usize, end);
            let mut place = root as usize;
            while !self.nodes[place].is_leaf {
                let node = self.nodes[place];
                let feature = usize::from(node.feature);
                let next = node.next as usize
                    + usize::from(row.get(feature).is_some_and(|&number| number > node.limit));
                if let Some(blame) = blame.get_mut(feature) {
                    *blame += means[next - root as usize] - means[place - root as usize];
                }
                place = next;
            }
        }
        let worst = (0..row.len()).min_by(|&a, &b| blame[a].total_cmp(&blame[b]))?;
        (blame[worst] < 0.0).then_some(worst)
    }

    /// What each node of a tree comes to, were both answers alike likely. Children follow their parents.
    fn means(&self, start: usize, end: usize) -> Vec<f32> {
        let mut means = vec![0.0; end - start];
        for at in (start..end).rev() {
            let node = self.nodes[at];
            means[at - start] = if node.is_leaf {
                node.value
            } else {
                let next = node.next as usize - start;
                f32::midpoint(means[next], means[next + 1])
            };
        }
        means
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_asks_until_it_comes_to_a_leaf() {
        let model = Model::parse("one other\n0 1.5 1 = -2 1 7 3 = 0.5 = 2");
        let odds = |row: &[f32]| {
            let likely = model.likelihood(row);
            (likely / (1.0 - likely)).ln()
        };
        for (row, expected) in [([1.0, 9.0], -2.0), ([2.0, 7.0], 0.5), ([2.0, 8.0], 2.0)] {
            assert!((odds(&row) - expected).abs() < 1e-4, "{row:?}");
        }
        assert_eq!(model.against(&[1.0, 9.0]), Some(0));
    }

    #[test]
    fn the_models_ask_for_the_numbers_that_there_are() {
        let [first, second] = super::super::study::names();
        assert_eq!(MODELS.page.names, first);
        assert!(MODELS.first.iter().all(|model| model.names == first && !model.trees.is_empty()));
        assert!(MODELS.second.iter().all(|model| model.names == second && !model.trees.is_empty()));
    }
}
