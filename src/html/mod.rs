//! A page -> the blocks of text that a reader sees -> those of the article.

mod about;
mod cards;
mod choose;
mod context;
mod dates;
mod feature_names;
mod features;
mod headlines;
mod hints;
mod kind;
mod likeness;
mod model;
mod names;
mod page;
mod phrases;
mod reader;
mod reasons;
mod rules;
mod score;
mod selector;
mod settle;
pub mod study;
mod sums;
mod topic;
mod trim;
mod words;
mod write;

use std::borrow::Cow;
use std::sync::Arc;

pub use about::About;
pub use choose::Favor;
pub use rules::PageRules;
pub use write::Markup;

pub(crate) use rules::Css;
pub(crate) use selector::Selector;

use crate::document::{Document, Edit};
use crate::rule::{Kind, RuleInfo};
use about::Shown;
use choose::{Verdict, judge};
use page::{Block, Page};
use rules::Ruling;
use write::Placed;

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
    /// The rule that decided, if one did.
    pub rule: Option<Arc<RuleInfo>>,
    /// For one that a rule took as noise, what that is.
    pub noise: Option<Kind>,
    /// For one that is left out by no rule, what spoke most against it.
    pub against: Option<String>,
}

/// How a page is read.
#[derive(Clone, Debug, Default)]
pub struct Options<'o> {
    /// What to do in doubt.
    pub favor: Favor,
    /// The rules on elements; see [`Cleaner::page_rules`](crate::Cleaner::page_rules).
    pub rules: Option<&'o PageRules>,
    /// Where the page is from; without it, what the page says.
    pub url: Option<&'o str>,
    /// The language tag, likewise.
    pub lang: Option<&'o str>,
}

/// A page that was read, with what is thought of its blocks.
#[derive(Debug)]
pub struct Reading {
    page: Page,
    verdict: Verdict,
    is_kept: Vec<bool>,
    /// The rule that says what the article is.
    keeper: Option<Arc<RuleInfo>>,
    /// Where the page is from, when that is known.
    url: Option<String>,
}

/// Finds the article in a page; none when it has no text.
pub fn extract(html: &str, favor: Favor, markup: Markup) -> Option<Article> {
    read(html, &Options { favor, ..Options::default() }).article(markup)
}

/// Reads a page, and judges its blocks.
pub fn read(html: &str, options: &Options<'_>) -> Reading {
    let known = Document::new("").with_url(options.url).with_lang(options.lang);
    let page = match options.rules {
        Some(rules) => Page::read_by(html, rules, known),
        None => Page::read(html),
    };
    let verdict = judge(&page, options.favor);
    let keepers = page.blocks.iter().map(|block| match &block.ruling {
        Some(Ruling::Keep(rule)) => Some(Arc::clone(rule)),
        _ => None,
    });
    let keepers: Vec<Option<Arc<RuleInfo>>> = keepers.collect();
    let keeper = keepers.iter().flatten().next().cloned();
    let is_kept = match keeper {
        Some(_) => {
            let is_allowed = |block: &Block| options.rules.is_some_and(|rules| rules.protect(&block.text));
            let blocks = keepers.iter().zip(&page.blocks);
            blocks.map(|(keeper, block)| keeper.is_some() || is_allowed(block)).collect()
        }
        None => verdict.likely.iter().map(|likely| *likely > verdict.limit).collect(),
    };
    Reading { page, verdict, is_kept, keeper, url: options.url.map(str::to_owned) }
}

impl Reading {
    /// The article; none when there is none.
    pub fn article(&self, markup: Markup) -> Option<Article> {
        let text = write::write(&self.page, &self.is_kept, markup);
        (!text.is_empty()).then(|| Article { text, about: self.about() })
    }

    /// What the page says of itself, with what it shows and its address tells where it says nothing.
    fn about(&self) -> About {
        let about = self.page.about.clone();
        let Shown { date, author } = &self.page.shown;
        let shown = |what: &Option<String>| what.clone().filter(|_| self.verdict.is_of_article());
        let told = || dates::of_address(self.url.as_deref().or(about.url.as_deref())?);
        About {
            date: about.date.clone().or_else(|| shown(date)).or_else(told),
            author: about.author.clone().or_else(|| shown(author)),
            ..about
        }
    }

    /// The article as Markdown, without what rules removed from its plain text by `edits`.
    pub fn markdown(&self, edits: &[Edit]) -> String {
        let (_, placed) = write::write_placed(&self.page, &self.is_kept, Markup::Text);
        let elements = self.page.elements.clone();
        let mut page = Page { blocks: self.page.blocks.clone(), elements, ..Page::default() };
        for Placed { block, bytes } in placed {
            let text = &mut page.blocks[block].text;
            // From the back, so that places stay what they are.
            for edit in edits.iter().rev() {
                let start = edit.span.start().max(bytes.start);
                let end = edit.span.end().min(bytes.end);
                if start < end {
                    let put_in = edit.replacement.as_deref().filter(|_| start == edit.span.start());
                    text.replace_range(start - bytes.start..end - bytes.start, put_in.unwrap_or_default());
                }
            }
            if text.len() < bytes.len() {
                *text = text.trim().to_owned();
            }
        }
        write::write(&page, &self.is_kept, Markup::Markdown)
    }

    /// The text of every block that a reader of the page sees.
    pub fn visible(&self, markup: Markup) -> String {
        let whole = self.page.whole();
        write::write(&whole, &vec![true; whole.blocks.len()], markup)
    }

    /// What is left of that by the rules alone, whatever is thought of the rest.
    pub fn ruled(&self) -> String {
        let everything = vec![true; self.page.blocks.len()];
        write::write(
            &self.page,
            if self.keeper.is_some() { &self.is_kept } else { &everything },
            Markup::Text,
        )
    }

    /// Every block that a reader of the page sees, in its order.
    pub fn seen(&self) -> Vec<Seen> {
        let mut cuts = self.page.cuts.iter().peekable();
        let mut all = Vec::with_capacity(self.page.blocks.len() + self.page.cuts.len());
        for at in 0..=self.page.blocks.len() {
            while let Some(cut) = cuts.next_if(|cut| cut.at == at) {
                all.push(seen_cut(&cut.block));
            }
            all.extend(self.page.blocks.get(at).map(|block| self.seen_block(at, block)));
        }
        all
    }

    /// Those of them that rules took as noise.
    pub fn taken(&self) -> Vec<Seen> {
        self.page.cuts.iter().map(|cut| seen_cut(&cut.block)).filter(|seen| seen.noise.is_some()).collect()
    }

    fn seen_block(&self, at: usize, block: &Block) -> Seen {
        let is_kept = self.is_kept[at];
        let rule = match &block.ruling {
            Some(Ruling::Keep(rule)) => Some(Arc::clone(rule)),
            _ => self.keeper.clone(),
        };
        let against = match is_kept || rule.is_some() {
            true => None,
            false => self.verdict.against(at).map(reasons::in_words),
        };
        let (text, likely) = (block.text.clone(), self.verdict.likely[at]);
        Seen { text, is_kept, likely, rule, noise: None, against }
    }

    /// The blocks that rules took, with their rules.
    pub fn dropped(&self) -> impl Iterator<Item = (&RuleInfo, &str)> {
        self.page.cuts.iter().filter_map(|cut| match &cut.block.ruling {
            Some(Ruling::Drop(rule)) => Some((&**rule, cut.block.text.as_str())),
            _ => None,
        })
    }
}

/// A block that goes before anything is judged.
fn seen_cut(block: &Block) -> Seen {
    let (rule, against) = match &block.ruling {
        Some(Ruling::Drop(rule)) => (Some(Arc::clone(rule)), None),
        _ => (None, Some("a card of links in a line".to_owned())),
    };
    let noise = rule.as_ref().map(|rule| rule.kind);
    Seen { text: block.text.clone(), is_kept: false, likely: 0.0, rule, noise, against }
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
