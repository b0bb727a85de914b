//! What the model is made from: the numbers that are known of the blocks of a page. Only its training needs them.

use super::choose::whole;
use super::context::{self, context};
use super::feature_names::{self, FEATURES};
use super::features::{Features, features};
use super::page::Page;
use super::settle::{Ties, ties};

/// What is known of a page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Numbers {
    /// The text of each block.
    pub blocks: Vec<String>,
    /// How many words each has.
    pub words: Vec<f32>,
    /// What is known of each for the first judgement, or for the second.
    pub rows: Vec<Vec<f32>>,
    /// What is known of the page as a whole.
    pub page: Vec<f32>,
    /// For each block that is a cell of a table, the table.
    pub tables: Vec<Option<usize>>,
    /// Whether each block is between two in the same place.
    pub is_between: Vec<bool>,
}

/// What is known of a page for the first judgement; with `likely`, what that said of each block, for the second.
pub fn numbers(html: &str, likely: Option<&[f32]>) -> Numbers {
    let page = Page::read(html);
    let Features { rows, words, topics } = features(&page);
    let whole = whole(&rows, &words).to_vec();
    let rows = match likely.filter(|likely| likely.len() == rows.len()) {
        Some(likely) => context(&page, likely, &words, &topics).iter().map(|row| row.to_vec()).collect(),
        None => rows.iter().map(|row| row.to_vec()).collect(),
    };
    let Ties { tables, is_between } = ties(&page, &words);
    let blocks = page.blocks.into_iter().map(|block| block.text).collect();
    Numbers { blocks, words, rows, page: whole, tables, is_between }
}

/// The names of the numbers of both judgements.
pub fn names() -> [Vec<String>; 2] {
    let first = (0..FEATURES).map(feature_names::name).collect();
    let second = context::NAMES.iter().map(|name| format!("likely_{name}")).collect();
    [first, second]
}
