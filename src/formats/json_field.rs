//! String fields of a raw JSON record, and where their text lies in it.
//!
//! Writing a record out again from its parsed form would change what nobody asked to change: number forms,
//! escapes, duplicate keys, white space. So a record is never written again. This module finds a field,
//! decodes its text, and says which bytes of the record stand behind any range of that text; the caller cuts
//! those bytes and copies the rest.
//!
//! All offsets are bytes: *text* offsets count in the decoded text, *raw* offsets in the record.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::ops::Range;

use memchr::memchr;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// One JSON object, checked and left as it was written.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    raw: &'a str,
    members: Vec<Member<'a>>,
}

impl<'a> Record<'a> {
    /// Reads one record, given without its line end and without a byte order mark.
    ///
    /// The whole record is checked, whatever its depth, without recursion. Lone surrogates in escapes are
    /// accepted: scrapers write them, and a record can be worked on with them in place.
    ///
    /// # Errors
    /// When the bytes are not UTF-8, are not JSON, or hold a JSON value other than an object.
    pub fn parse(raw: &'a [u8]) -> Result<Self, RecordError> {
        let raw =
            str::from_utf8(raw).map_err(|error| RecordError::NotUtf8 { column: error.valid_up_to() + 1 })?;
        let Members(members) =
            serde_json::from_str(raw).map_err(|error| RecordError::from_json(raw, &error))?;
        Ok(Record { raw, members })
    }

    /// The top-level field called `name`, keys being compared in decoded form.
    ///
    /// Of several fields with that name the last one counts, as it does for the common parsers.
    pub fn field(&self, name: &str) -> Field<'a> {
        match self.members.iter().rfind(|member| member.key == name) {
            None => Field::Missing,
            Some(Member { value: "null", .. }) => Field::Null,
            Some(Member { value, .. }) => match literal_content(value) {
                None => Field::NotText,
                Some(content) => Field::Text(JsonText::new(content, offset_in(self.raw, content))),
            },
        }
    }
}

/// What a record holds under a name.
#[derive(Debug, Clone)]
pub enum Field<'a> {
    /// No field has the name.
    Missing,
    /// The field is `null`.
    Null,
    /// The field is a number, a boolean, an array or an object.
    NotText,
    /// The field is a string.
    Text(JsonText<'a>),
}

/// The decoded text of a string literal, with the way back to the bytes that it was decoded from.
#[derive(Debug, Clone)]
pub struct JsonText<'a> {
    text: Cow<'a, str>,
    /// In the order of the literal; both offsets strictly increase.
    anchors: Vec<Anchor>,
    content: &'a str,
    content_start: usize,
}

impl<'a> JsonText<'a> {
    /// The decoded text, borrowed from the record where the literal has no escapes.
    ///
    /// Each lone surrogate shows as U+FFFD.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The raw range behind each text range, one for one.
    ///
    /// For sorted and disjoint `spans` the raw ranges are so too. Cutting them out of the record leaves a
    /// valid record, and cuts exactly `spans` out of the text, but for one case: two lone surrogates that a
    /// cut brings together may become the one character that they stand for as a pair.
    ///
    /// # Panics
    /// When a span is not on character boundaries of [`text`](Self::text), where a cut could split an escape:
    /// a caller's mistake, never the input's.
    pub fn raw_ranges(&self, spans: &[Range<usize>]) -> Vec<Range<usize>> {
        spans.iter().map(|span| self.raw_offset(span.start)..self.raw_offset(span.end)).collect()
    }

    /// The raw range of the literal's content, without its quotes.
    pub fn content_range(&self) -> Range<usize> {
        self.content_start..self.content_start + self.content.len()
    }

    /// How text must be escaped to look like the rest of this literal.
    ///
    /// A literal all in ASCII stays so, even if nothing in it had to be escaped for that.
    pub fn escape_style(&self) -> EscapeStyle {
        if self.content.is_ascii() { EscapeStyle::Ascii } else { EscapeStyle::Utf8 }
    }

    fn new(content: &'a str, content_start: usize) -> Self {
        let (text, anchors) = decode(content);
        JsonText { text, anchors, content, content_start }
    }

    fn raw_offset(&self, text_offset: usize) -> usize {
        assert!(
            self.text.is_char_boundary(text_offset),
            "text offset {text_offset} is not on a character boundary"
        );
        let passed = self.anchors.partition_point(|anchor| anchor.text <= text_offset);
        let base = passed.checked_sub(1).map_or(Anchor::START, |last| self.anchors[last]);
        self.content_start + base.content + (text_offset - base.text)
    }
}

/// Which characters [`escape`] writes as escapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EscapeStyle {
    /// Those that JSON requires to be escaped; all others stay as they are.
    Utf8,
    /// Those that JSON requires to be escaped, and all outside ASCII, as `\uXXXX`.
    Ascii,
}

/// `text` as it must be written between the quotes of a string literal.
pub fn escape(text: &str, style: EscapeStyle) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' => escaped.push_str(r#"\""#),
            '\\' => escaped.push_str(r"\\"),
            '\u{8}' => escaped.push_str(r"\b"),
            '\u{c}' => escaped.push_str(r"\f"),
            '\n' => escaped.push_str(r"\n"),
            '\r' => escaped.push_str(r"\r"),
            '\t' => escaped.push_str(r"\t"),
            '\0'..' ' => push_code_units(&mut escaped, character),
            _ if style == EscapeStyle::Ascii && !character.is_ascii() => {
                push_code_units(&mut escaped, character)
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Why bytes are not a record. Columns are in bytes and start at 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// A byte that UTF-8 does not allow there.
    #[error("record is not UTF-8 at column {column}: convert the file to UTF-8 first")]
    NotUtf8 {
        /// The first byte that is not UTF-8.
        column: usize,
    },
    /// Text that is not JSON.
    #[error("record is not JSON at column {column}: {reason}; correct the record or leave it out")]
    NotJson {
        /// Where reading stopped: the offending byte, or the last one before it.
        column: usize,
        /// What the JSON parser found wrong.
        reason: String,
    },
    /// JSON, but an array, a string, a number or the like.
    #[error("record is not a JSON object at column {column}: write one object, {{…}}, on each line")]
    NotObject {
        /// Where the value starts.
        column: usize,
    },
}

impl RecordError {
    fn from_json(raw: &str, error: &serde_json::Error) -> Self {
        // `Members` objects to nothing but a value that is not an object.
        if error.is_data() {
            return Self::NotObject { column: raw.len() - raw.trim_ascii_start().len() + 1 };
        }
        let line_start: usize =
            raw.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        let message = error.to_string();
        // The parser names a line too, which here would be taken for the line in the file.
        let reason = message.rsplit_once(" at line ").map_or(&*message, |(reason, _)| reason);
        Self::NotJson { column: (line_start + error.column()).max(1), reason: reason.to_owned() }
    }
}

/// A key in decoded form, and its value as written, without white space around it.
#[derive(Debug, Clone)]
struct Member<'a> {
    key: Cow<'a, str>,
    value: &'a str,
}

/// The members of an object in their order, duplicates included.
struct Members<'a>(Vec<Member<'a>>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        // Keys are read raw as well: read as strings, one with a lone surrogate would fail the whole record.
        while let Some((key, value)) = map.next_entry::<&'de RawValue, &'de RawValue>()? {
            let key = literal_content(key.get()).expect("the key of an object is a string literal");
            members.push(Member { key: decode(key).0, value: value.get() });
        }
        Ok(Members(members))
    }
}

/// What stands between the quotes, if the value is a string literal.
fn literal_content(value: &str) -> Option<&str> {
    value.strip_prefix('"')?.strip_suffix('"')
}

/// Where `part`, a slice of `whole`, starts in it.
fn offset_in(whole: &str, part: &str) -> usize {
    part.as_ptr().addr() - whole.as_ptr().addr()
}

/// The end of an escape: from here the text and the literal's content run in parallel up to the next one.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    text: usize,
    content: usize,
}

impl Anchor {
    const START: Anchor = Anchor { text: 0, content: 0 };
}

/// The text of a checked literal's content, with one anchor for each of its escapes.
fn decode(content: &str) -> (Cow<'_, str>, Vec<Anchor>) {
    let mut anchors = Vec::new();
    if memchr(b'\\', content.as_bytes()).is_none() {
        return (Cow::Borrowed(content), anchors);
    }
    let mut text = String::with_capacity(content.len());
    let mut rest = content;
    while let Some(at) = memchr(b'\\', rest.as_bytes()) {
        let (character, after) = decode_escape(&rest[at + 1..]);
        text.push_str(&rest[..at]);
        text.push(character);
        rest = after;
        anchors.push(Anchor { text: text.len(), content: content.len() - rest.len() });
    }
    text.push_str(rest);
    (Cow::Owned(text), anchors)
}

/// The character of an escape, given from behind its backslash, and what follows.
fn decode_escape(escape: &str) -> (char, &str) {
    let mut rest = escape.chars();
    let letter = rest.next().expect("a checked literal does not end in a backslash");
    let character = match letter {
        'u' => return decode_code_units(rest.as_str()),
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        quoted => quoted,
    };
    (character, rest.as_str())
}

/// The character of one `\uXXXX` or of a surrogate pair, given from its first digit, and what follows.
fn decode_code_units(digits: &str) -> (char, &str) {
    let (unit, rest) = code_unit(digits);
    if let Some(character) = char::from_u32(unit.into()) {
        return (character, rest);
    }
    if let Some((low, after)) = rest.strip_prefix(r"\u").map(code_unit)
        && let Some(Ok(character)) = char::decode_utf16([unit, low]).next()
    {
        return (character, after);
    }
    (char::REPLACEMENT_CHARACTER, rest)
}

fn code_unit(digits: &str) -> (u16, &str) {
    let (digits, rest) = digits.split_at(4);
    (u16::from_str_radix(digits, 16).expect("a checked literal has four hex digits after \\u"), rest)
}

fn push_code_units(escaped: &mut String, character: char) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        write!(escaped, "\\u{unit:04x}").expect("writing to a string cannot fail");
    }
}

#[cfg(test)]
mod tests;
