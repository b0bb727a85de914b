//! What a report says of a page: text that is taken out of one is new, and cannot be restored.

use serde::{Deserialize, Serialize};

use super::DocumentEntry;
use crate::document::Cleaned;
use crate::html::Seen;

/// What became of a page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PageEntry {
    /// False when no article was found.
    pub article: bool,
    /// Every block of text that a reader of the page sees.
    pub blocks: Vec<BlockEntry>,
}

/// A block of text of a page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BlockEntry {
    /// Its text.
    pub text: String,
    /// Whether it is part of the article.
    pub kept: bool,
    /// How likely it is part of the article, from 0 to 1.
    pub likely: f32,
    /// The id of the rule that decided, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// For one that is left out by no rule, what spoke most against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
}

impl DocumentEntry {
    /// The entry of a page: its blocks, and its article with what cleaning made of it. What is not known of the page
    /// alone is left to the caller.
    pub fn of_page(blocks: &[Seen], article: Option<(&str, &Cleaned<'_>)>) -> Self {
        let entry = article.map(|(text, cleaned)| Self {
            text_bytes: Some(text.len()),
            ..Self::new(text, cleaned, b"", b"")
        });
        let entry = entry.unwrap_or_default();
        let page =
            PageEntry { article: article.is_some(), blocks: blocks.iter().map(BlockEntry::from).collect() };
        Self { page: Some(page), ..entry }
    }
}

impl From<&Seen> for BlockEntry {
    fn from(seen: &Seen) -> Self {
        Self {
            text: seen.text.clone(),
            kept: seen.is_kept,
            likely: seen.likely,
            rule: seen.rule.as_ref().map(|rule| rule.id.clone()),
            against: seen.against.clone(),
        }
    }
}
