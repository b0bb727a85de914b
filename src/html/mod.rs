//! A page -> the blocks of text that a reader sees -> those of the article.

mod about;
mod features;
mod hints;
mod page;
mod trim;
mod words;

pub use about::About;

/// temporary
pub fn dump(html: &str) -> Vec<(String, Vec<f32>)> {
    let page = page::Page::read(html);
    let rows = features::features(&page);
    page.blocks.into_iter().zip(rows).map(|(block, row)| (block.text, row.to_vec())).collect()
}
/// temporary
pub fn names() -> Vec<String> {
    (0..features::FEATURES).map(features::name).collect()
}
/// temporary
pub fn parse_only(html: &str) -> usize {
    trim::trim(html).markup.len()
}
/// temporary
pub fn read_only(html: &str) -> usize {
    page::Page::read(html).blocks.len()
}
