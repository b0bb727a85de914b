//! Pages: the article of each is extracted and cleaned.
//!
//! What comes of a page is new text, so nothing is cut and nothing can be restored.

use serde::Serialize;

use super::About;
use super::records::Detail;
use crate::cleaner::Cleaner;
use crate::document::{Cleaned, Origin};
use crate::html::{self, Article, Favor, Markup, Options};
use crate::report::{DocumentEntry, Summary};

/// How articles are taken out of pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extraction {
    /// What to do in doubt.
    pub favor: Favor,
    /// How an article is written.
    pub form: ArticleForm,
}

/// How an article is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ArticleForm {
    /// As plain text.
    #[default]
    Text,
    /// With Markdown's marks for headings, lists, quotes and code.
    Markdown,
    /// As a record of JSON Lines: the plain text with what the page says of it.
    Jsonl,
}

impl ArticleForm {
    /// The end of the names of such files.
    pub fn extension(self) -> &'static str {
        match self {
            ArticleForm::Text => "txt",
            ArticleForm::Markdown => "md",
            ArticleForm::Jsonl => "jsonl",
        }
    }

    fn markup(self) -> Markup {
        match self {
            ArticleForm::Text | ArticleForm::Jsonl => Markup::Text,
            ArticleForm::Markdown => Markup::Markdown,
        }
    }
}

/// Takes articles out of pages, and cleans them.
///
/// ```
/// use dechaff::Cleaner;
/// use dechaff::formats::About;
/// use dechaff::formats::pages::{Extraction, PageCleaner};
/// use dechaff::formats::records::Detail;
///
/// let cleaner = Cleaner::builtin();
/// let pages = PageCleaner { cleaner: &cleaner, extraction: Extraction::default(), detail: Detail::Sum };
/// let page = "<nav><a href=/>Home</a></nav><p>The council met on Monday to talk about the bridge.</p>
///     <p>ADVERTISEMENT</p><p>The vote is expected in May, and it may be close.</p>";
/// let article = pages.clean(page, &About::default()).article;
/// assert_eq!(
///     article.map(|article| article.text).as_deref(),
///     Some("The council met on Monday to talk about the bridge.\n\nThe vote is expected in May, and it may be close.")
/// );
/// ```
#[derive(Clone, Copy)]
pub struct PageCleaner<'c> {
    /// By which rules.
    pub cleaner: &'c Cleaner,
    /// How articles are made.
    pub extraction: Extraction,
    /// What is asked for besides them.
    pub detail: Detail,
}

/// What came of a page.
#[derive(Debug)]
pub struct PageDone {
    /// Its clean article; none when none was found.
    pub article: Option<CleanArticle>,
    /// What it came to.
    pub summary: Summary,
    /// When it is told of; where the page was, and its digests, are left to the caller.
    pub entry: Option<DocumentEntry>,
    /// With [`Detail::Texts`]: all the text that a reader of the page sees, and the clean article.
    pub texts: Option<[String; 2]>,
}

/// A clean article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanArticle {
    /// Its text, without a line end after the last line.
    pub text: String,
    /// What is known of it, beside the page and from the page.
    pub about: html::About,
}

impl PageCleaner<'_> {
    /// True when articles are records of their own, which take the place of those that they are from.
    pub fn makes_lines(&self) -> bool {
        self.extraction.form == ArticleForm::Jsonl
    }

    /// Cleans a page. What `about` says of it comes before what it says itself.
    pub fn clean(&self, page: &str, about: &About) -> PageDone {
        let Extraction { favor, form } = self.extraction;
        let reading = html::read(
            page,
            &Options {
                favor,
                rules: Some(self.cleaner.page_rules()),
                url: about.url.as_deref(),
                lang: about.lang.as_deref(),
            },
        );
        let tells_all = matches!(self.detail, Detail::Entries | Detail::Texts);
        let blocks = match self.detail {
            Detail::Sum => Vec::new(),
            Detail::Findings => reading.taken(),
            Detail::Entries | Detail::Texts => reading.seen(),
        };
        let texts = |clean: &str| {
            let ended = |text: &str| if text.is_empty() { String::new() } else { format!("{text}\n") };
            (self.detail == Detail::Texts).then(|| [ended(&reading.visible(form.markup())), ended(clean)])
        };
        let mut summary = Summary::default();
        let Some(Article { text, about: own }) = reading.article(Markup::Text) else {
            summary.without_article = 1;
            self.cleaner.show_elements(about.url.as_deref(), reading.dropped());
            reading.dropped().for_each(|(rule, text)| summary.count_block(rule, text));
            let is_told = tells_all || !blocks.is_empty();
            let entry = is_told.then(|| DocumentEntry::of_page(&blocks, None));
            return PageDone { article: None, summary, entry, texts: texts("") };
        };
        let own = html::About { title: about.title.clone().or(own.title), ..own };
        let own =
            html::About { url: about.url.clone().or(own.url), lang: about.lang.clone().or(own.lang), ..own };
        let known =
            About { id: None, url: own.url.clone(), title: own.title.clone(), lang: own.lang.clone() };
        let cleaned: Cleaned<'_> =
            self.detail.clean(self.cleaner, &known.document(&text, &known).with_origin(Origin::Page));
        self.cleaner.show_elements(known.url.as_deref(), reading.dropped());
        summary.count(&text, &cleaned);
        let mut dropped = reading.dropped().peekable();
        summary.changed += u64::from(cleaned.is_unchanged() && dropped.peek().is_some());
        dropped.for_each(|(rule, text)| summary.count_block(rule, text));
        // Rules know plain text; what they took is gone from the Markdown, too.
        let clean = match form {
            ArticleForm::Markdown => reading.markdown(cleaned.edits()),
            ArticleForm::Text | ArticleForm::Jsonl => cleaned.text().trim().to_owned(),
        };
        let is_told = self.detail.tells_of(&cleaned) || !blocks.is_empty();
        let entry = is_told.then(|| DocumentEntry::of_page(&blocks, Some((&text, &cleaned))));
        let texts = texts(&clean);
        summary.without_article = u64::from(clean.is_empty());
        let article = (!clean.is_empty()).then_some(CleanArticle { text: clean, about: own });
        PageDone { article, summary, entry, texts }
    }
}

impl CleanArticle {
    /// A clean text of which this is known.
    pub(super) fn of_text(text: &str, known: &About) -> Self {
        let About { url, title, lang, .. } = known.clone();
        Self {
            text: text.trim().to_owned(),
            about: html::About { url, title, lang, ..html::About::default() },
        }
    }

    /// All of a file that holds the article, or its line among others, with a line end; `id` is that of its record.
    pub fn written(&self, form: ArticleForm, id: Option<&str>) -> String {
        match form {
            ArticleForm::Text | ArticleForm::Markdown => format!("{}\n", self.text),
            ArticleForm::Jsonl => {
                let html::About { url, title, page_title, author, date, site, lang, .. } = &self.about;
                let record = ArticleRecord {
                    id,
                    url: url.as_deref(),
                    title: title.as_deref().or(page_title.as_deref()),
                    author: author.as_deref(),
                    date: date.as_deref(),
                    site: site.as_deref(),
                    language: lang.as_deref(),
                    text: &self.text,
                };
                let json = serde_json::to_string(&record);
                json.unwrap_or_else(|error| unreachable!("it is all strings: {error}")) + "\n"
            }
        }
    }
}

/// An article in JSON Lines. What the page does not say is null, so that all records have the same fields; one that
/// comes from a record has its id besides.
#[derive(Serialize)]
struct ArticleRecord<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    url: Option<&'a str>,
    title: Option<&'a str>,
    author: Option<&'a str>,
    date: Option<&'a str>,
    site: Option<&'a str>,
    language: Option<&'a str>,
    text: &'a str,
}
