//! Values of TOML that are a text or something else.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserialize, Deserializer};

/// One text or several; never none.
#[derive(Debug)]
pub(crate) struct Texts(pub Vec<String>);

/// One text or several.
// The form of `Texts`, for the JSON Schema.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
pub(crate) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts: Self = deserializer.deserialize_any(TextOr::new(
            "a text or a list of texts",
            |text| Texts(vec![text]),
            Texts,
        ))?;
        if texts.0.is_empty() {
            return Err(de::Error::custom("the list is empty: name at least one"));
        }
        Ok(texts)
    }
}

/// Reads a value that is either a text or of form `R`. An untagged enum would do, but for its messages,
/// which say of a misspelt key only that no variant fits.
pub(crate) struct TextOr<R, T> {
    expected: &'static str,
    from_text: fn(String) -> T,
    from_other: fn(R) -> T,
    other: PhantomData<R>,
}

impl<R, T> TextOr<R, T> {
    pub fn new(expected: &'static str, from_text: fn(String) -> T, from_other: fn(R) -> T) -> Self {
        Self { expected, from_text, from_other, other: PhantomData }
    }
}

impl<'de, R: Deserialize<'de>, T> de::Visitor<'de> for TextOr<R, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        Ok((self.from_text)(text.to_owned()))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        R::deserialize(SeqAccessDeserializer::new(seq)).map(self.from_other)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        R::deserialize(MapAccessDeserializer::new(map)).map(self.from_other)
    }
}
