//! What a page says of itself: in its head, and in structured data.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::dates::{Dates, Place};
use super::headlines::Headlines;

/// What a page says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// The headline.
    pub title: Option<String>,
    /// The title in the window's bar, mostly with the site's name.
    pub page_title: Option<String>,
    /// What it is about, in a sentence or two.
    pub description: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// When it was published, as the page writes it.
    pub date: Option<String>,
    /// The site's name.
    pub site: Option<String>,
    /// The language tag.
    pub lang: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// The article's text, without markup.
    pub body: Option<String>,
    /// True when it says that it is an article.
    pub is_article: bool,
}

/// Under which names pages say who wrote them.
const AUTHORS: [&str; 8] = [
    "author",
    "article:author",
    "byl",
    "citation_author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
];

/// Under which names they say when they were published.
const DATES: [&str; 33] = [
    "article.published",
    "article:published",
    "article:published_time",
    "article_date_original",
    "bt:pubdate",
    "citation_date",
    "citation_online_date",
    "citation_publication_date",
    "cxenseparse:recs:publishtime",
    "date",
    "datepublished",
    "dc.date",
    "dc.date.created",
    "dc.date.issued",
    "dc.date.published",
    "dcterms.created",
    "dcterms.date",
    "dcterms.issued",
    "og:article:published_time",
    "og:pubdate",
    "og:published_time",
    "originalpublicationdate",
    "parsely-pub-date",
    "pdate",
    "pubdate",
    "publication_date",
    "publish-date",
    "publish_date",
    "published-date",
    "published_time",
    "publishdate",
    "publishtime",
    "sailthru.date",
];

/// The head of a page, while it is read.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    about: About,
    page_title: String,
    pub dates: Dates,
    pub headlines: Headlines,
    /// Those that links are said to lead to, each with the number of blocks before it.
    authors: Vec<(usize, String)>,
}

/// What a page shows near its headline.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub date: Option<String>,
    pub author: Option<String>,
}

/// Where more links than these lead to authors elsewhere on a page, it is a list of articles.
const OTHERS: usize = 3;

/// A longer text is no name.
const MAX_NAME: usize = 60;

impl Metadata {
    /// Takes what an element says, of which only the first of `names` counts; but for dates, of which pages say less often.
    pub fn add_meta(&mut self, names: [Option<&str>; 3], content: Option<&str>) {
        let mut names = names.into_iter().flatten();
        let Some(content) = content.map(str::trim) else { return };
        let is_date = |name: &str| DATES.contains(&&*name.to_ascii_lowercase());
        if names.clone().flat_map(str::split_whitespace).any(is_date) {
            self.dates.add(Place::Head, content);
            return;
        }
        let Some(name) = names.next() else { return };
        if content.is_empty() {
            return;
        }
        let about = &mut self.about;
        let field = match name.to_ascii_lowercase().as_str() {
            "og:title" | "twitter:title" | "headline" => &mut about.title,
            "og:description" | "description" | "twitter:description" => &mut about.description,
            name if AUTHORS.contains(&name) => {
                // The profile of an author says nothing to a reader, and no more does a number.
                if is_url(content) || !content.contains(char::is_alphabetic) {
                    return;
                }
                &mut about.author
            }
            "og:site_name" | "application-name" => &mut about.site,
            "og:url" => &mut about.url,
            "og:locale" => &mut about.lang,
            "og:type" => {
                about.is_article |= content.eq_ignore_ascii_case("article");
                return;
            }
            _ => return,
        };
        field.get_or_insert_with(|| content.to_owned());
    }

    /// A link to an author stands behind so many blocks.
    pub fn add_author(&mut self, blocks: usize, name: &str) {
        let name = without_by(name.trim()).trim();
        let is_name = name.contains(char::is_alphabetic) && name.chars().count() <= MAX_NAME;
        if is_name && !is_url(name) {
            self.authors.push((blocks, name.to_owned()));
        }
    }

    pub fn set_lang(&mut self, lang: Option<&str>) {
        let lang = lang.map(str::trim).filter(|lang| !lang.is_empty());
        self.about.lang = lang.map(str::to_owned).or(self.about.lang.take());
    }

    pub fn add_title(&mut self, text: &str) {
        self.page_title.push_str(text);
    }

    /// All of it, with the address that the page says is its own, and with what the structured data say; and what it
    /// shows near its headline.
    pub fn about(self, canonical: Option<&str>, data: &[&str]) -> (About, Shown) {
        let Self { mut about, page_title, mut dates, headlines, authors } = self;
        let canonical = canonical.map(|url| url.trim().replace("&amp;", "&"));
        about.url = canonical.filter(|url| is_url(url)).or(about.url.filter(|url| is_url(url)));
        let title = page_title.split_whitespace().collect::<Vec<_>>().join(" ");
        about.page_title = Some(title).filter(|title| !title.is_empty());
        for data in data {
            if let Ok(value) = serde_json::from_str::<Value>(data.trim()) {
                add_data(&value, &mut about, &mut dates, 0);
            }
        }
        let (date, shown) = dates.found(&headlines);
        about.date = date;
        about.author = about.author.map(|author| without_by(&author).to_owned());
        let near = headlines.near(&authors);
        let is_list = authors.len() > near.len() + OTHERS;
        let names = near.iter().map(|(_, name)| name.as_str()).filter(|_| !is_list);
        let mut known = HashSet::new();
        let names: Vec<&str> = names.filter(|name| known.insert(*name)).collect();
        let author = Some(names.join(", ")).filter(|names| !names.is_empty());
        (about, Shown { date: shown, author })
    }
}

/// Structured data nest no deeper than this.
const MAX_NESTING: usize = 6;

fn add_data(value: &Value, about: &mut About, dates: &mut Dates, nesting: usize) {
    match value {
        Value::Array(values) if nesting < MAX_NESTING => {
            values.iter().for_each(|value| add_data(value, about, dates, nesting + 1));
        }
        Value::Object(object) => {
            if let Some(graph) = object.get("@graph").filter(|_| nesting < MAX_NESTING) {
                add_data(graph, about, dates, nesting + 1);
            }
            add_dates(object, dates);
            let is_article =
                |name: &str| name.ends_with("Article") || matches!(name, "BlogPosting" | "Report" | "Review");
            let is_article = match object.get("@type") {
                Some(Value::String(name)) => is_article(name),
                Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).any(is_article),
                _ => false,
            };
            if !is_article {
                return;
            }
            about.is_article = true;
            let text = |name: &str| {
                let text = object.get(name)?.as_str()?.trim();
                (!text.is_empty()).then(|| text.to_owned())
            };
            about.body = about.body.take().or_else(|| text("articleBody"));
            about.title = about.title.take().or_else(|| text("headline"));
            about.description = about.description.take().or_else(|| text("description"));
            about.lang = about.lang.take().or_else(|| text("inLanguage"));
            about.author = about.author.take().or_else(|| names(object.get("author")?));
            about.site = about.site.take().or_else(|| names(object.get("publisher")?));
            let address = || text("url").or_else(|| text("mainEntityOfPage"));
            about.url = about.url.take().or_else(|| address().filter(|url| is_url(url)));
        }
        _ => {}
    }
}

/// Takes what an object of structured data says of when the page, or what is first on it, was published.
fn add_dates(object: &Map<String, Value>, dates: &mut Dates) {
    let types = match object.get("@type") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        name => Vec::from_iter(name.and_then(Value::as_str)),
    };
    let is = |test: fn(&str) -> bool| types.iter().any(|name| test(name));
    let is_text = |name: &str| {
        name.ends_with("Article")
            || name.ends_with("Posting")
            || matches!(name, "Report" | "ClaimReview" | "Question")
    };
    let (published, made) = match () {
        () if is(is_text) => (Place::Article, Place::Made),
        () if is(|name| name.ends_with("Page")) => (Place::Page, Place::Page),
        () => return,
    };
    for (name, place) in [("datePublished", published), ("dateCreated", made)] {
        if let Some(date) = object.get(name).and_then(Value::as_str) {
            dates.add(place, date);
        }
    }
    // A page of one thing says what that is.
    if let Some(Value::Object(main)) = object.get("mainEntity") {
        add_dates(main, dates);
    }
}

/// The names of people or houses, of which structured data say one or several, or no more than the name.
fn names(value: &Value) -> Option<String> {
    let name = |value: &Value| {
        let name = value.get("name").unwrap_or(value).as_str()?.trim();
        (!name.is_empty() && !is_url(name)).then(|| name.to_owned())
    };
    let names: Vec<String> = match value {
        Value::Array(values) => values.iter().filter_map(name).collect(),
        value => name(value).into_iter().collect(),
    };
    (!names.is_empty()).then(|| names.join(", "))
}

/// A name without the word before it that says what it is.
fn without_by(author: &str) -> &str {
    match author.split_once(char::is_whitespace) {
        Some((by, name)) if by.trim_end_matches(':').eq_ignore_ascii_case("by") => name.trim_start(),
        _ => author,
    }
}

fn is_url(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use crate::html::page::Page;
    use crate::html::{Markup, Options, read};

    #[test]
    fn a_page_says_what_it_is_in_its_head_and_in_structured_data() {
        let page = r#"<html lang="de-AT"><head><title>Rat tagt | Die Post</title>
            <link rel="stylesheet" href="/a.css"><link href="https://post.example/rat?a=1&amp;b=2" rel="canonical">
            <meta property="og:url" content="https://post.example/amp"><meta property="og:locale" content="de_DE">
            <meta name="author" content="https://social.example/shaw"><meta name="author" content="2625888432">
            <script type="application/ld+json">{"@graph": [{"@type": "WebSite", "name": "x"}, {"@type": "NewsArticle",
            "headline": "Rat tagt", "datePublished": "2024-05-01", "author": [{"name": "Anna Shaw"}, "Bo Lee"],
            "publisher": {"name": "Die Post"}}]}</script></head><body><p>Der Rat tagt."#;
        let about = Page::read(page).about;
        assert_eq!(about.url.as_deref(), Some("https://post.example/rat?a=1&b=2"));
        assert_eq!(about.title.as_deref(), Some("Rat tagt"));
        assert_eq!(about.author.as_deref(), Some("Anna Shaw, Bo Lee"));
        assert_eq!(about.date.as_deref(), Some("2024-05-01"));
        assert_eq!(about.site.as_deref(), Some("Die Post"));
        assert_eq!(about.lang.as_deref(), Some("de-AT"));
    }

    #[test]
    fn an_author_is_who_a_link_near_the_headline_leads_to() {
        let article = "<p>The council met on Monday to talk about the bridge, which has been shut since March.</p>\
            <p>The vote is expected in May, and it may be close, as it was the last time in the old hall.</p>";
        let link = |name: &str| format!("<a rel=author href=/x>{name}</a>");
        for (byline, names) in [
            (link("by Anna Shaw"), Some("Anna Shaw")),
            (format!("{} and {}", link("Anna Shaw"), link("Bo Lee")), Some("Anna Shaw, Bo Lee")),
            (format!("{}{}", link("<img src=a.png>"), link("Anna Shaw")), Some("Anna Shaw")),
            (link("https://post.example/shaw"), None),
            (format!("{}{}", link("Anna Shaw"), format!("<p>{}</p>", link("Bo Lee")).repeat(20)), None),
            (format!("{}<h1>Ferry stops</h1>{}", link("Anna Shaw"), link("Bo Lee")), None),
        ] {
            let page = format!(
                "<meta property=og:type content=article><h1>Council meets</h1><p>{byline}</p>{article}"
            );
            let author = read(&page, &Options::default()).article(Markup::Text).unwrap().about.author;
            assert_eq!(author.as_deref(), names, "{page}");
        }
    }

    #[test]
    fn an_author_is_a_name_alone() {
        for (said, name) in [
            ("By Anna Shaw", "Anna Shaw"),
            ("by: Anna Shaw", "Anna Shaw"),
            ("Byron Shaw", "Byron Shaw"),
            ("By", "By"),
        ] {
            let page = format!("<meta name=byl content=\"{said}\"><p>The council meets.");
            assert_eq!(Page::read(&page).about.author.as_deref(), Some(name));
        }
    }
}
