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

/// The article of a page among all that a reader of the page sees.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The article; none when there is none.
    pub article: Option<Article>,
    /// Every block of text, in the order of the page.
    pub blocks: Vec<Seen>,
    /// The text of all of them, written as the article is.
    pub visible: String,
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
pub fn explain(html: &str, favor: Favor, markup: Markup) -> Explained {
    let (page, verdict, is_kept) = chosen(html, favor);
    let text = write::write(&page, &is_kept, markup);
    let visible = write::write(&page, &vec![true; page.blocks.len()], markup);
    let seen = |at: usize| Seen {
        text: page.blocks[at].text.clone(),
        is_kept: is_kept[at],
        likely: verdict.likely[at],
        against: if is_kept[at] { None } else { verdict.against(at) },
    };
    let blocks = (0..page.blocks.len()).map(seen).collect();
    let article = (!text.is_empty()).then_some(Article { text, about: page.about });
    Explained { article, blocks, visible }
}

fn chosen(html: &str, favor: Favor) -> (Page, Verdict, Vec<bool>) {
    let page = Page::read(html);
    let verdict = judge(&page, favor);
    let is_kept = verdict.likely.iter().map(|likely| *likely > verdict.limit).collect();
    (page, verdict, is_kept)
}

/// A page's bytes as text: by a byte order mark; in the encoding that `charset` names, as an HTTP header does, unless
/// the bytes are those of UTF-8; else by what the page declares, or by what fits best. Bytes that fit none are U+FFFD in
/// the text.
pub fn decode<'a>(bytes: &'a [u8], charset: Option<&str>) -> Cow<'a, str> {
    let label = charset.map(|label| label.trim().as_bytes());
    if let Some(encoding) = label.and_then(encoding_rs::Encoding::for_label_no_replacement) {
        // Servers name an encoding for all that they send, whatever it is in; other text is no UTF-8 by chance.
        let utf8 = if bytes.is_ascii() { None } else { str::from_utf8(bytes).ok() };
        return utf8.map_or_else(|| encoding.decode(bytes).0, without_mark);
    }
    match crate::decode::decode(bytes, None) {
        Ok(decoded) => decoded.into_text(),
        // A page with a few bytes that no text has is read all the same.
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

fn without_mark(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text))
}
