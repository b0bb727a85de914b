//! Blocks that go together: what is thought of one is settled by those beside it.

use std::collections::HashMap;

use super::likeness::sameness;
use super::page::{Page, Tag};
use super::write::around;

/// Longer cells lay a page out.
const MAX_WORDS: f32 = 40.0;
/// Fewer cells are no table.
const MIN_CELLS: u32 = 4;
/// A block between two that are this likely is more likely itself, but no more likely than not by that alone.
const SURE: f32 = 0.8;
const LIFT: f32 = 0.15;
const LIFTED: f32 = 0.6;

/// Which blocks of a page go together.
#[derive(Debug, Default)]
pub(super) struct Ties {
    /// For each cell of a table, the table.
    pub tables: Vec<Option<usize>>,
    /// True for a block between two in the same place that is no link.
    pub is_between: Vec<bool>,
}

/// Finds what goes together, from how many words each block has.
pub(super) fn ties(page: &Page, words: &[f32]) -> Ties {
    let blocks = &page.blocks;
    let table = |at: usize| {
        let element = blocks[at].element;
        let is_cell = matches!(page.elements[element].tag, Tag::Cell | Tag::HeadCell);
        if is_cell && words[at] <= MAX_WORDS { around(page, element, Tag::Table) } else { None }
    };
    let mut tables: Vec<Option<usize>> = (0..blocks.len()).map(table).collect();
    let mut cells: HashMap<usize, u32> = HashMap::new();
    tables.iter().flatten().for_each(|&table| *cells.entry(table).or_default() += 1);
    tables.iter_mut().for_each(|table| *table = table.filter(|table| cells[table] >= MIN_CELLS));
    let is_between = (0..blocks.len()).map(|at| {
        let is_beside = |other: usize| other < blocks.len() && sameness(page, at, other) >= 1.0;
        at > 0 && 2 * blocks[at].linked < blocks[at].chars && is_beside(at - 1) && is_beside(at + 1)
    });
    Ties { tables, is_between: is_between.collect() }
}

/// How likely each block is, when cells of a table are all as likely as the table, and a block between two sure ones is
/// more likely.
pub(super) fn settle(ties: &Ties, words: &[f32], likely: &[f32]) -> Vec<f32> {
    let mut sums: HashMap<usize, (f32, f32)> = HashMap::new();
    for (at, table) in ties.tables.iter().enumerate() {
        let Some(table) = table else { continue };
        let sum = sums.entry(*table).or_default();
        let weight = words[at] + 0.1;
        sum.0 += likely[at] * weight;
        sum.1 += weight;
    }
    let settled = |(at, own): (usize, &f32)| {
        let own = ties.tables[at].and_then(|table| sums.get(&table)).map_or(*own, |sum| sum.0 / sum.1);
        let is_sure = |other: usize| likely[other] > SURE;
        if ties.is_between[at] && is_sure(at - 1) && is_sure(at + 1) {
            (own + LIFT).min(own.max(LIFTED))
        } else {
            own
        }
    };
    likely.iter().enumerate().map(settled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_stays_or_goes_as_a_whole() {
        let tables = vec![None, Some(7), Some(7), Some(7), Some(7)];
        let ties = Ties { tables, is_between: vec![false; 5] };
        let settled = settle(&ties, &[9.0, 1.0, 1.0, 1.0, 1.0], &[0.9, 0.2, 0.6, 0.7, 0.5]);
        assert_eq!(settled[0], 0.9);
        assert!(settled[1..].iter().all(|likely| (likely - 0.5).abs() < 1e-6), "{settled:?}");
    }

    #[test]
    fn a_line_between_two_paragraphs_is_more_likely() {
        let ties = Ties { tables: vec![None; 4], is_between: vec![false, true, true, false] };
        let settled = settle(&ties, &[20.0, 3.0, 20.0, 3.0], &[0.9, 0.4, 0.95, 0.3]);
        assert_eq!(settled, [0.9, 0.55, 0.95, 0.3]);
        assert_eq!(settle(&ties, &[20.0; 4], &[0.9, 0.4, 0.7, 0.3])[1], 0.4);
    }
}
