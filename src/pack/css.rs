//! Elements of pages, as packs name them: by CSS selectors.

use std::fmt;
use std::ops::Range;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserialize, Deserializer};
use toml::Spanned;

use super::mistakes::Mistake;
#[cfg(test)]
use super::text_or::OneOrMany;
use super::text_or::Texts;
use crate::html::{Css, Selector};

/// Elements of pages.
#[derive(Debug)]
pub(crate) struct CssDef {
    pub drop: Vec<String>,
    pub keep: Vec<String>,
}

/// See [`CssDef`].
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct CssTable {
    /// CSS selectors of elements that go.
    #[cfg_attr(test, schemars(with = "Option<OneOrMany>"))]
    pub drop: Option<Texts>,
    /// CSS selectors of elements that are the article: where a page has some, all around them goes. Of elements in
    /// each other, the inner one decides.
    #[cfg_attr(test, schemars(with = "Option<OneOrMany>"))]
    pub keep: Option<Texts>,
}

/// Elements of pages: a CSS selector, or several, for those that go; or a table.
// The form of `CssDef`, for the JSON Schema.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
pub(crate) enum CssForms {
    Drop(OneOrMany),
    Table(CssTable),
}

impl<'de> Deserialize<'de> for CssDef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CssVisitor)
    }
}

struct CssVisitor;

impl<'de> de::Visitor<'de> for CssVisitor {
    type Value = CssDef;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a selector, a list of selectors, or a table with `drop` and `keep`")
    }

    fn visit_str<E: de::Error>(self, selector: &str) -> Result<CssDef, E> {
        Ok(CssDef { drop: vec![selector.to_owned()], keep: Vec::new() })
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<CssDef, A::Error> {
        let drop = Vec::deserialize(SeqAccessDeserializer::new(seq))?;
        Ok(CssDef { drop, keep: Vec::new() })
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<CssDef, A::Error> {
        let CssTable { drop, keep } = CssTable::deserialize(MapAccessDeserializer::new(map))?;
        let texts = |texts: Option<Texts>| texts.map(|Texts(texts)| texts).unwrap_or_default();
        Ok(CssDef { drop: texts(drop), keep: texts(keep) })
    }
}

/// Checks the selectors. `place` says where in the file one is that stands in `def`.
pub(super) fn compile(
    def: &Spanned<CssDef>,
    place: impl Fn(&str) -> Range<usize>,
) -> Result<Css, Vec<Mistake>> {
    let CssDef { drop, keep } = def.get_ref();
    let mut mistakes = Vec::new();
    if drop.is_empty() && keep.is_empty() {
        let (message, help) = ("no selector is here", "write one, such as `aside.related`");
        mistakes.push(Mistake { span: def.span(), message: message.to_owned(), help: help.to_owned() });
    }
    let mut parsed = |source: &String| match Selector::parse(source) {
        Ok(selector) => Some(selector),
        Err(reason) => {
            mistakes.push(Mistake {
                span: place(source),
                message: format!("`{source}` cannot be used as a CSS selector: {reason}"),
                help: "write it as in a style sheet, such as `aside.related` or `[data-part=promo] > ul`"
                    .to_owned(),
            });
            None
        }
    };
    let drop = drop.iter().filter_map(&mut parsed).collect();
    let keep = keep.iter().filter_map(&mut parsed).collect();
    if mistakes.is_empty() { Ok(Css { drop, keep }) } else { Err(mistakes) }
}
