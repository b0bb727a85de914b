//! CSS selectors: which elements of a page a rule is about.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::trim::is_left_out;

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
        check(source)?;
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

/// Refuses what would not be linear in the page, and what asks for elements that are left out before it is parsed.
fn check(source: &str) -> Result<(), String> {
    const LISTS: [&str; 3] = [":not(", ":is(", ":where("];
    const PLACES: [&str; 5] = [":first-child", ":last-child", ":only-child", ":empty", ":nth-"];
    if source.contains('\\') || source.contains("/*") {
        return Err("write it without `\\` and without comments".to_owned());
    }
    let (mut quote, mut in_brackets, mut in_list) = (None, false, false);
    let mut at = 0;
    while let Some(c) = source[at..].chars().next() {
        let rest = &source[at..];
        at += c.len_utf8();
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[') => in_brackets = true,
            (None, ']') => in_brackets = false,
            (None, _) if in_brackets => {}
            (None, ':') => {
                let list = LISTS.iter().find(|list| starts_with(rest, list));
                if let Some(list) = list.filter(|_| !in_list) {
                    in_list = true;
                    at += list.len() - 1;
                    at += source[at..].len() - source[at..].trim_start().len();
                    continue;
                }
                let name = word(&rest[1..], |c| c == ':');
                let name = &rest[..1 + name.len()];
                return Err(if list.is_some() {
                    format!("`{name}` stands within parentheses; name each case in a selector of its own")
                } else if PLACES.iter().any(|place| starts_with(rest, place)) {
                    not_as_parsed(name)
                } else {
                    format!("`{name}` would be looked for in too many elements")
                });
            }
            (None, ')') => in_list = false,
            (None, '~') => return Err("`~` would be looked for in too many elements".to_owned()),
            (None, '+') => return Err(not_as_parsed("+")),
            (None, '.' | '#') => at += word(&source[at..], |_| false).len(),
            (None, _) if in_list && (c.is_whitespace() || c == '>') => {
                let next = source[at..].trim_start();
                let before = source[..at - c.len_utf8()].trim_end();
                if c == '>' || !(next.starts_with([',', ')']) || before.ends_with(',')) {
                    return Err("within parentheses, say nothing of what is around an element, as \
                                ` ` and `>` do"
                        .to_owned());
                }
            }
            (None, _) if c.is_alphanumeric() => {
                let name = word(rest, |_| false);
                at += name.len() - c.len_utf8();
                if is_left_out(&name.to_ascii_lowercase()) {
                    return Err(format!(
                        "`{name}` elements are left out before selectors are asked; name one around them"
                    ));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn not_as_parsed(construct: &str) -> String {
    format!(
        "`{construct}` counts on neighbours, and some, such as scripts and pictures, are left out before selectors \
         are asked; name the element by a class or an attribute"
    )
}

fn starts_with(source: &str, ascii: &str) -> bool {
    source.get(..ascii.len()).is_some_and(|start| start.eq_ignore_ascii_case(ascii))
}

/// The name at the start, and the characters besides that are asked for.
fn word(source: &str, also: impl Fn(char) -> bool) -> &str {
    let end = source.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_') || also(c)));
    &source[..end.unwrap_or(source.len())]
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
            ("p:first-child", "neighbours"),
            ("div:EMPTY", "neighbours"),
            ("h2 + p", "`+`"),
            ("div:is(.a .b)", "parentheses"),
            ("div:not(.a > .b)", "parentheses"),
            ("div:not(:is(.a))", "parentheses"),
            ("/*'*/ p ~ p", "comments"),
            ("p\\' ~ p", "comments"),
            ("figure > img", "`img`"),
            ("p:not(NOSCRIPT)", "`NOSCRIPT`"),
            ("p::before", "`::before`"),
            (&".a ".repeat(200), "500"),
        ] {
            let error = Selector::parse(source).unwrap_err();
            assert!(error.contains(part), "{source}: {error}");
        }
        for source in [
            "[class~='x']",
            "a[title='a: b ~ c']",
            "aside.related, #promo > *",
            "p:not(.x, [id] ):is( .y )",
            ".img #style-x",
        ] {
            assert!(Selector::parse(source).is_ok(), "{source}");
        }
    }
}
