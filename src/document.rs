//! The shared types: what goes into the engine, what it finds, and what comes out.
//!
//! All offsets are byte offsets into [`Document::text`], on character boundaries.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::rule::RuleInfo;

/// A byte range of a text, `start <= end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    start: usize,
    end: usize,
}

impl Span {
    /// The bytes from `start` up to, not including, `end`.
    ///
    /// # Panics
    /// When `start > end`: a caller's mistake, never the input's.
    pub fn new(start: usize, end: usize) -> Self {
        assert!(start <= end, "a span ends before it starts: {start}..{end}");
        Self { start, end }
    }

    /// First byte.
    pub fn start(self) -> usize {
        self.start
    }

    /// One past the last byte.
    pub fn end(self) -> usize {
        self.end
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// True when the span holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// True when the two share at least one byte.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The span as a range, to slice with.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// What a text was before it was text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A text: it was extracted by somebody else, if it was on a page at all.
    #[default]
    Text,
    /// A page, of which dechaff extracted the article.
    Page,
}

/// A text and what is known of it. Everything but the text is optional, and may be given as `None`: rules
/// that need what is missing do not match.
#[derive(Clone, Debug, Default)]
pub struct Document<'a> {
    text: &'a str,
    host: Option<String>,
    title: Option<&'a str>,
    lang: Option<String>,
    origin: Origin,
    kept: Option<fn(&str) -> Vec<Span>>,
    read_as: Option<fn(&str) -> String>,
}

impl<'a> Document<'a> {
    /// A document of which only the text is known.
    pub fn new(text: &'a str) -> Self {
        Self { text, ..Self::default() }
    }

    /// Says where the text was scraped from; rules for one site go by its host. An URL without a host is
    /// as good as none.
    pub fn with_url<'u>(mut self, url: impl Into<Option<&'u str>>) -> Self {
        self.host = url.into().and_then(host_of);
        self
    }

    /// Says the article's headline.
    pub fn with_title(mut self, title: impl Into<Option<&'a str>>) -> Self {
        self.title = title.into();
        self
    }

    /// Says the language as a BCP 47 tag (`en`, `pt-BR`) or by its code of three letters (`eng`); only the first
    /// part is compared.
    pub fn with_lang<'t>(mut self, tag: impl Into<Option<&'t str>>) -> Self {
        let primary = tag.into().and_then(|tag| tag.split(['-', '_']).next());
        let primary = primary.filter(|primary| !primary.is_empty()).map(str::to_ascii_lowercase);
        self.lang = primary.map(|primary| subtag(&primary).map_or(primary, str::to_owned));
        self
    }

    /// Says what the text was before: some rules are only for what came from a page, or for what did not.
    pub fn with_origin(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// Says which parts of a text stay whatever is in them, such as code. They are looked for anew in what is left
    /// of the text, since cleaning looks at that again.
    pub fn keeping(mut self, kept: fn(&str) -> Vec<Span>) -> Self {
        self.kept = Some(kept);
        self
    }

    /// Says how a reader sees a text that has marks of its own for headings and links, so that its genre is told by
    /// what it says and not by those.
    pub fn read_as(mut self, read_as: fn(&str) -> String) -> Self {
        self.read_as = Some(read_as);
        self
    }

    /// The same document with another text.
    pub(crate) fn with_text<'b>(&self, text: &'b str) -> Document<'b>
    where
        'a: 'b,
    {
        Document {
            text,
            host: self.host.clone(),
            title: self.title,
            lang: self.lang.clone(),
            origin: self.origin,
            kept: self.kept,
            read_as: self.read_as,
        }
    }

    /// The text to clean.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The parts of the text that stay.
    pub(crate) fn kept(&self) -> Vec<Span> {
        self.kept.map(|kept| kept(self.text)).unwrap_or_default()
    }

    /// The text as a reader sees it.
    pub(crate) fn as_read(&self) -> Cow<'a, str> {
        self.read_as.map_or(Cow::Borrowed(self.text), |read_as| Cow::Owned(read_as(self.text)))
    }

    /// The host of its URL in lower case, without `www.` and port.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// The headline.
    pub fn title(&self) -> Option<&'a str> {
        self.title
    }

    /// What the text was before.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The primary language subtag in lower case.
    pub fn lang(&self) -> Option<&str> {
        self.lang.as_deref()
    }
}

/// The host is all that rules ask of an URL, so it is cut out here rather than parsed by an URL crate and
/// its domain tables.
fn host_of(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or_else(|| url.strip_prefix("//").unwrap_or(url), |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split(':').next().unwrap_or_default().trim_end_matches('.').to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    (host.contains('.') && !host.contains(char::is_whitespace)).then(|| host.to_owned())
}

/// The subtag of a language by its code of three letters, for those that rules are written for.
fn subtag(code: &str) -> Option<&'static str> {
    Some(match code {
        "eng" => "en",
        "deu" | "ger" => "de",
        "fra" | "fre" => "fr",
        "spa" => "es",
        "por" => "pt",
        "ita" => "it",
        "nld" | "dut" => "nl",
        "pol" => "pl",
        "rus" => "ru",
        "ukr" => "uk",
        "zho" | "chi" | "cmn" => "zh",
        "jpn" => "ja",
        "kor" => "ko",
        "ara" => "ar",
        "tur" => "tr",
        "swe" => "sv",
        "dan" => "da",
        "nor" | "nob" => "no",
        "fin" => "fi",
        "ces" | "cze" => "cs",
        _ => return None,
    })
}

/// A place that a rule recognised, and what made it do so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Arc<RuleInfo>,
    /// What it would remove.
    pub span: Span,
    /// What decided, in words for the reader of a report.
    pub evidence: String,
    /// What to put in its place; built-in rules only delete.
    pub replacement: Option<Arc<str>>,
}

/// A place that looks like a rule's noise but stays in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// What was recognised.
    pub finding: Finding,
    /// Why it stays.
    pub reason: String,
}

/// A removal that won: part of a finding, disjoint from every other edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The rule.
    pub rule: Arc<RuleInfo>,
    /// What is removed, in offsets of the original text.
    pub span: Span,
    /// What decided, in words for the reader of a report.
    pub evidence: String,
    /// What is put in its place; built-in rules only delete.
    pub replacement: Option<Arc<str>>,
}

/// A cleaned document: the text that stays, and every edit that made it.
#[derive(Clone, Debug)]
pub struct Cleaned<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) edits: Vec<Edit>,
    pub(crate) near_misses: Vec<NearMiss>,
}

impl<'a> Cleaned<'a> {
    /// The clean text; borrowed when nothing was removed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The clean text, owned only when something was removed.
    pub fn into_text(self) -> Cow<'a, str> {
        self.text
    }

    /// The edits, disjoint and in the order of the original text.
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// What looks like noise and stays, in offsets of the original text.
    pub fn near_misses(&self) -> &[NearMiss] {
        &self.near_misses
    }

    /// True when nothing was removed.
    pub fn is_unchanged(&self) -> bool {
        self.edits.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(url: &str) -> Option<String> {
        Document::new("").with_url(url).host().map(str::to_owned)
    }

    #[test]
    fn the_host_is_cut_out_of_an_url() {
        assert_eq!(host("https://www.Example.com:443/a?b#c").as_deref(), Some("example.com"));
        assert_eq!(host("http://user:pw@news.example.co.uk").as_deref(), Some("news.example.co.uk"));
        assert_eq!(host("//cdn.example.org/x").as_deref(), Some("cdn.example.org"));
        assert_eq!(host("example.com/path").as_deref(), Some("example.com"));
        assert_eq!(host("file:///home/a.txt"), None);
        assert_eq!(host("not a url."), None);
    }

    #[test]
    fn only_the_primary_language_counts() {
        assert_eq!(Document::new("").with_lang("pt-BR").lang(), Some("pt"));
        assert_eq!(Document::new("").with_lang("").lang(), None);
        assert_eq!(Document::new("").with_lang("ENG").lang(), Some("en"));
        assert_eq!(Document::new("").with_lang("nds").lang(), Some("nds"));
    }
}
