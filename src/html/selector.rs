//! CSS selectors: which elements of a page a rule is about.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

/// How long a selector may be, in bytes.
const LONGEST: usize = 500;

/// A CSS selector, compiled when it is first needed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Selector {
    source: String,
    #[serde(skip)]
    compiled: Arc<OnceLock<Option<scraper::Selector>>>,
}

impl Selector {
    /// A selector that is linear in the page and that the page's elements can answer.
    ///
    /// # Errors
    /// When it is none, in words for the writer of a pack.
    pub fn parse(source: &str) -> Result<Self, String> {
        if source.len() > LONGEST {
            return Err(format!("it is longer than {LONGEST} bytes"));
        }
        if let Some(construct) = slow_construct(source) {
            return Err(format!("`{construct}` would be looked for in too many elements"));
        }
        scraper::Selector::parse(source).map_err(|error| error.to_string().to_lowercase())?;
        Ok(Self { source: source.to_owned(), compiled: Arc::default() })
    }

    /// The selector that does the matching; none for one that was never parsed.
    pub(super) fn compiled(&self) -> Option<&scraper::Selector> {
        self.compiled.get_or_init(|| scraper::Selector::parse(&self.source).ok()).as_ref()
    }

    /// The names of the attributes that it asks for.
    pub(super) fn attributes(&self) -> impl Iterator<Item = String> {
        let names = self.source.split('[').skip(1);
        names.filter_map(|rest| {
            let rest = rest.trim_start();
            let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | ':')));
            let name = &rest[..end.unwrap_or(rest.len())];
            (!name.is_empty()).then(|| name.to_ascii_lowercase())
        })
    }
}

impl fmt::Debug for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}

/// What looks at the siblings or at the inside of every element.
fn slow_construct(source: &str) -> Option<&str> {
    const FAST: [&str; 6] = [":not(", ":is(", ":where(", ":first-child", ":last-child", ":empty"];
    let mut quote = None;
    let mut in_brackets = false;
    for (at, c) in source.char_indices() {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[') => in_brackets = true,
            (None, ']') => in_brackets = false,
            (None, '~') if !in_brackets => return Some("~"),
            (None, ':') if !in_brackets && !FAST.iter().any(|fast| source[at..].starts_with(fast)) => {
                let rest = &source[at..];
                let end = rest[1..].find(|c: char| !c.is_alphanumeric() && c != '-' && c != ':');
                return Some(&rest[..end.map_or(rest.len(), |end| end + 1)]);
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_knows_its_attributes() {
        let selector = Selector::parse("div[data-Component='a[b'] > a:not([href^=x], .y)").unwrap();
        assert!(["data-component", "href"].iter().all(|name| selector.attributes().any(|own| own == *name)));
    }

    #[test]
    fn what_is_no_selector_or_a_slow_one_is_refused() {
        for (source, part) in [
            ("", "selector"),
            ("div..x", ""),
            ("div[", ""),
            ("p ~ p", "`~`"),
            ("div:has(a)", "`:has`"),
            ("li:nth-child(2)", "`:nth-child`"),
            ("p::before", "`::before`"),
            (&".a ".repeat(200), "500"),
        ] {
            let error = Selector::parse(source).unwrap_err();
            assert!(error.contains(part), "{source}: {error}");
        }
        for source in
            ["[class~='x']", "a[title='a: b ~ c']", "aside.related, #promo > *", "p:not(.x):first-child"]
        {
            assert!(Selector::parse(source).is_ok(), "{source}");
        }
    }
}
