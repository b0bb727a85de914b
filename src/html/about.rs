//! What a page says of itself: in its head, and in structured data.

use serde_json::Value;

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

/// The head of a page, while it is read.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    about: About,
    page_title: String,
}

impl Metadata {
    pub fn add_meta(&mut self, name: Option<&str>, content: Option<&str>) {
        let (Some(name), Some(content)) = (name, content.map(str::trim)) else { return };
        if content.is_empty() {
            return;
        }
        let about = &mut self.about;
        let field = match name.to_ascii_lowercase().as_str() {
            "og:title" | "twitter:title" | "headline" => &mut about.title,
            "og:description" | "description" | "twitter:description" => &mut about.description,
            "author" | "article:author" | "parsely-author" | "dc.creator" => &mut about.author,
            "article:published_time" | "datepublished" | "date" | "dc.date" | "parsely-pub-date" => {
                &mut about.date
            }
            "og:site_name" => &mut about.site,
            "og:url" => &mut about.url,
            "og:type" => {
                about.is_article |= content.eq_ignore_ascii_case("article");
                return;
            }
            _ => return,
        };
        field.get_or_insert_with(|| content.to_owned());
    }

    pub fn set_lang(&mut self, lang: Option<&str>) {
        let lang = lang.map(str::trim).filter(|lang| !lang.is_empty());
        self.about.lang = lang.map(str::to_owned).or(self.about.lang.take());
    }

    pub fn add_title(&mut self, text: &str) {
        self.page_title.push_str(text);
    }

    /// All of it, with what the structured data say.
    pub fn about(self, data: &[&str]) -> About {
        let mut about = self.about;
        let title = self.page_title.split_whitespace().collect::<Vec<_>>().join(" ");
        about.page_title = Some(title).filter(|title| !title.is_empty());
        for data in data {
            if let Ok(value) = serde_json::from_str::<Value>(data.trim()) {
                add_data(&value, &mut about, 0);
            }
        }
        about
    }
}

/// Structured data nest no deeper than this.
const MAX_NESTING: usize = 6;

fn add_data(value: &Value, about: &mut About, nesting: usize) {
    match value {
        Value::Array(values) if nesting < MAX_NESTING => {
            values.iter().for_each(|value| add_data(value, about, nesting + 1));
        }
        Value::Object(object) => {
            if let Some(graph) = object.get("@graph").filter(|_| nesting < MAX_NESTING) {
                add_data(graph, about, nesting + 1);
            }
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
            about.date = about.date.take().or_else(|| text("datePublished"));
            about.description = about.description.take().or_else(|| text("description"));
        }
        _ => {}
    }
}
