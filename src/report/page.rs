//! What a report says of a page: text that is taken out of one is new, and cannot be restored.

use serde::{Deserialize, Serialize};

use super::DocumentEntry;
use crate::document::Cleaned;
use crate::html::Seen;

/// By how many of its first words a removal is found in its page.
const FOUND_BY: usize = 4;

/// What became of a page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PageEntry {
    /// False when no article was found.
    pub article: bool,
    /// Every block of text that a reader of the page sees; where only findings are asked for, those that rules took.
    pub blocks: Vec<BlockEntry>,
    /// The lines of the page where the removals stand, from 1, as far as they are found there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Option<usize>>,
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
    /// For one that a rule took as noise, the kind of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Likewise, the id of the rule's pack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<String>,
    /// Likewise, the line of the page where it stands, from 1, if it is found there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
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
        let page = PageEntry {
            article: article.is_some(),
            blocks: blocks.iter().map(BlockEntry::from).collect(),
            lines: Vec::new(),
        };
        Self { page: Some(page), ..entry }
    }

    /// What rules on its elements took as noise, if it is a page.
    pub fn taken(&self) -> impl Iterator<Item = &BlockEntry> {
        self.page.iter().flat_map(|page| &page.blocks).filter(|block| block.kind.is_some())
    }

    /// Finds the lines of a file that is a page where its removals stand, and what rules took of its elements.
    pub fn find_lines(&mut self, html: &str) {
        let Some(page) = &mut self.page else { return };
        let mut finder = Finder::new(html);
        page.lines = self.removals.iter().map(|removal| finder.line(&removal.text)).collect();
        let mut finder = Finder::new(html);
        for block in page.blocks.iter_mut().filter(|block| block.kind.is_some()) {
            block.line = finder.line(&block.text);
        }
    }
}

/// Finds texts in a page that come in their order there.
struct Finder<'a> {
    html: &'a str,
    /// Where the last one starts, and the line of that.
    at: usize,
    line: usize,
}

impl<'a> Finder<'a> {
    fn new(html: &'a str) -> Self {
        let at = html.find("<body").unwrap_or_default();
        Self { html, at, line: 1 + html[..at].matches('\n').count() }
    }

    fn line(&mut self, text: &str) -> Option<usize> {
        let text = text.trim().lines().next().unwrap_or_default().trim_start_matches("- ");
        // The text of an element may be broken anywhere.
        let words = text.split_inclusive(' ').take(FOUND_BY).map(str::len).sum();
        let rest = &self.html[self.at..];
        let found = rest.find(text[..words].trim_end()).filter(|_| !text.is_empty())?;
        self.line += rest[..found].matches('\n').count();
        self.at += found;
        Some(self.line)
    }
}

impl From<&Seen> for BlockEntry {
    fn from(seen: &Seen) -> Self {
        Self {
            text: seen.text.clone(),
            kept: seen.is_kept,
            likely: seen.likely,
            rule: seen.rule.as_ref().map(|rule| rule.id.clone()),
            kind: seen.noise.map(|kind| kind.name().to_owned()),
            pack: seen.noise.and(seen.rule.as_ref()).map(|rule| rule.pack.clone()),
            line: None,
            against: seen.against.clone(),
        }
    }
}
