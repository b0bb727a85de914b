//! What the model is made from: the numbers that are known of the blocks of a page. Only its training needs them.

use super::choose::joined;
use super::context::{self, context};
use super::features::{self, Features, features};
use super::page::Page;

/// The text of each block with its numbers; with `likely`, what the first judgement says of each, also those that
/// come of it.
pub fn numbers(html: &str, likely: Option<&[f32]>) -> Vec<(String, Vec<f32>)> {
    let page = Page::read(html);
    let Features { rows, words } = features(&page);
    let rows: Vec<Vec<f32>> = match likely.filter(|likely| likely.len() == rows.len()) {
        Some(likely) => {
            let contexts = context(&page, likely, &words);
            rows.iter().zip(&contexts).map(|(row, context)| joined(row, context).to_vec()).collect()
        }
        None => rows.iter().map(|row| row.to_vec()).collect(),
    };
    page.blocks.into_iter().map(|block| block.text).zip(rows).collect()
}

/// The names of the numbers of both judgements.
pub fn names() -> [Vec<String>; 2] {
    let first: Vec<String> = (0..features::FEATURES).map(features::name).collect();
    let second =
        first.iter().cloned().chain(context::NAMES.iter().map(|name| format!("likely_{name}"))).collect();
    [first, second]
}
