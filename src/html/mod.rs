//! A page -> the blocks of text that a reader sees -> those of the article.

mod about;
mod choose;
mod context;
mod features;
mod hints;
mod model;
mod page;
pub mod study;
mod trim;
mod words;
mod write;

use std::borrow::Cow;

pub use about::About;
pub use choose::Favor;
pub use write::Markup;

use choose::judge;
use page::Page;

/// The article of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Article {
    /// Its text, paragraphs parted by blank lines, without a line end after the last.
    pub text: String,
    /// What the page says of itself.
    pub about: About,
    /// Every block of text that a reader sees, in order.
    pub blocks: Vec<Seen>,
}

/// A block of text that a reader of a page sees.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// Its text.
    pub text: String,
    /// Whether it is part of the article.
    pub is_kept: bool,
    /// How likely it is part of the article, from 0 to 1.
    pub likely: f32,
}

/// Finds the article in a page; none when it has no text.
pub fn extract(html: &str, favor: Favor, markup: Markup) -> Option<Article> {
    let page = Page::read(html);
    let verdict = judge(&page, favor);
    let is_kept: Vec<bool> = verdict.likely.iter().map(|likely| *likely > verdict.limit).collect();
    let text = write::write(&page, &is_kept, markup);
    if text.is_empty() {
        return None;
    }
    let Page { blocks, about, .. } = page;
    let blocks = blocks
        .into_iter()
        .zip(verdict.likely)
        .zip(is_kept)
        .map(|((block, likely), is_kept)| Seen { text: block.text, is_kept, likely })
        .collect();
    Some(Article { text, about, blocks })
}

/// A page's bytes as text: by the encoding of the HTTP header, a byte order mark, what the page declares, or what
/// fits best.
pub fn decode<'a>(bytes: &'a [u8], charset: Option<&str>) -> Cow<'a, str> {
    let forced = charset.and_then(|label| encoding_rs::Encoding::for_label_no_replacement(label.trim().as_bytes()));
    match crate::decode::decode(bytes, None) {
        _ if forced.is_some() => forced.map_or(Cow::Borrowed(""), |encoding| encoding.decode(bytes).0),
        Ok(decoded) => Cow::Owned(decoded.text().to_owned()),
        // A page with a few bytes that no text has is read all the same.
        Err(_) => String::from_utf8_lossy(bytes),
    }
}
