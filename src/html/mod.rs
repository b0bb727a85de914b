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

use choose::{Verdict, judge};
use page::Page;

/// The article of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Article {
    /// Its text, paragraphs parted by blank lines, without a line end after the last.
    pub text: String,
    /// What the page says of itself.
    pub about: About,
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
    /// For one that is not, what spoke most against it.
    pub against: Option<&'static str>,
}

/// Finds the article in a page; none when it has no text.
pub fn extract(html: &str, favor: Favor, markup: Markup) -> Option<Article> {
    let (page, _, is_kept) = chosen(html, favor);
    let text = write::write(&page, &is_kept, markup);
    (!text.is_empty()).then_some(Article { text, about: page.about })
}

/// The same with every block of text that a reader of the page sees. It takes a little longer.
pub fn explain(html: &str, favor: Favor, markup: Markup) -> (Option<Article>, Vec<Seen>) {
    let (page, verdict, is_kept) = chosen(html, favor);
    let text = write::write(&page, &is_kept, markup);
    let seen = |at: usize| Seen {
        text: page.blocks[at].text.clone(),
        is_kept: is_kept[at],
        likely: verdict.likely[at],
        against: if is_kept[at] { None } else { verdict.against(at) },
    };
    let blocks = (0..page.blocks.len()).map(seen).collect();
    ((!text.is_empty()).then_some(Article { text, about: page.about }), blocks)
}

fn chosen(html: &str, favor: Favor) -> (Page, Verdict, Vec<bool>) {
    let page = Page::read(html);
    let verdict = judge(&page, favor);
    let is_kept = verdict.likely.iter().map(|likely| *likely > verdict.limit).collect();
    (page, verdict, is_kept)
}

/// A page's bytes as text: by the encoding of the HTTP header, a byte order mark, what the page declares, or what
/// fits best.
pub fn decode<'a>(bytes: &'a [u8], charset: Option<&str>) -> Cow<'a, str> {
    let forced =
        charset.and_then(|label| encoding_rs::Encoding::for_label_no_replacement(label.trim().as_bytes()));
    match crate::decode::decode(bytes, None) {
        _ if forced.is_some() => forced.map_or(Cow::Borrowed(""), |encoding| encoding.decode(bytes).0),
        Ok(decoded) => Cow::Owned(decoded.text().to_owned()),
        // A page with a few bytes that no text has is read all the same.
        Err(_) => String::from_utf8_lossy(bytes),
    }
}
