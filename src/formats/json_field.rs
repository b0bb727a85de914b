//! The fields of a raw JSON record, and where their text lies in it.
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

use super::Cut;
use super::fields::{FieldPath, Step};
use super::text::{Anchor, FieldText, Spelling};

/// How many objects in one another are looked into for names.
const NAMED_LEVELS: usize = 3;

/// One JSON object, checked and left as it was written.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    raw: &'a str,
    members: Members<'a>,
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
        let raw = str::from_utf8(raw)
            .map_err(|error| RecordError::NotUtf8 { at: At::offset(raw, error.valid_up_to()) })?;
        let members = serde_json::from_str(raw).map_err(|error| RecordError::from_json(raw, &error))?;
        Ok(Record { raw, members })
    }

    /// The top-level field called `name`, keys being compared in decoded form.
    ///
    /// Of several fields with that name the last one counts, as it does for the common parsers.
    pub fn field(&self, name: &str) -> Field<'a> {
        self.members.last_called(name).map_or(Field::Missing, |member| self.value(member.value))
    }

    /// What is at the end of a path: more than one thing when it goes through every element of an array, and
    /// none when it leads nowhere.
    pub fn at(&self, path: &FieldPath) -> Vec<Field<'a>> {
        if self.members.last_called(path.as_str()).is_some() {
            return vec![self.field(path.as_str())];
        }
        values_at(&self.members, path.steps()).into_iter().map(|value| self.value(value)).collect()
    }

    /// True when the record itself has a field of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.members.last_called(name).is_some()
    }

    /// The cuts that add a field, or give it another value where it is there, as an article's may be: behind the member in
    /// which `behind` lies, an offset in the record, and spaced as the members around it are.
    pub(super) fn set(&self, name: &str, value: &[u8], behind: usize) -> Option<Cut> {
        if let Some(member) = self.members.last_called(name) {
            return Some(Cut { raw: self.range(member.value), put_in: value.to_vec() });
        }
        let own = self.members.0.iter().rfind(|member| self.range(member.value).start <= behind)?;
        let comma = match self.members.0.as_slice() {
            [first, second, ..] => &self.raw[self.range(first.value).end..self.range(second.literal).start],
            _ => ",",
        };
        let colon = &self.raw[self.range(own.literal).end..self.range(own.value).start];
        let name = escape(name, EscapeStyle::Utf8);
        let end = self.range(own.value).end;
        let put_in = [format!("{comma}\"{name}\"{colon}").as_bytes(), value].concat();
        Some(Cut { raw: end..end, put_in })
    }

    /// The cuts that leave out fields, sorted and disjoint.
    pub(super) fn without(&self, paths: &[FieldPath]) -> Vec<Cut> {
        let mut objects: Vec<(Members<'a>, Vec<String>)> = Vec::new();
        for path in paths {
            if self.members.last_called(path.as_str()).is_some() {
                objects.push((self.members.clone(), vec![path.as_str().to_owned()]));
            } else if let Some((Step::Key(key), before)) = path.steps().split_last() {
                let parents = match before {
                    [] => vec![self.members.clone()],
                    before => values_at(&self.members, before).into_iter().filter_map(members).collect(),
                };
                objects.extend(parents.into_iter().map(|parent| (parent, vec![key.clone()])));
            }
        }
        // Cuts beside each other share a comma, so an object's are made together.
        let start = |object: &Members<'a>| object.0.first().map(|member| self.range(member.literal).start);
        objects.sort_by_key(|(object, _)| start(object));
        objects.dedup_by(|(later, names), (first, all)| {
            let same = start(later) == start(first);
            if same {
                all.append(names);
            }
            same
        });
        let mut cuts: Vec<Cut> =
            objects.iter().flat_map(|(object, names)| self.cuts_without(object, names)).collect();
        cuts.sort_by_key(|cut| (cut.raw.start, std::cmp::Reverse(cut.raw.end)));
        let mut end = 0;
        cuts.retain(|cut| {
            let outside = cut.raw.start >= end;
            end = end.max(cut.raw.end);
            outside
        });
        cuts
    }

    fn cuts_without(&self, object: &Members<'a>, names: &[String]) -> Vec<Cut> {
        let goes = |member: &Member<'_>| names.iter().any(|name| *name == member.key);
        let last_kept = object.0.iter().rposition(|member| !goes(member));
        let mut cuts = Vec::new();
        for (i, member) in object.0.iter().enumerate().filter(|(_, member)| goes(member)) {
            let start = self.range(member.literal).start;
            let raw = match (object.0.get(i + 1), last_kept) {
                // One before a member that stays takes the comma behind it, one behind the last that stays
                // the comma before it.
                (Some(next), Some(kept)) if i < kept => start..self.range(next.literal).start,
                (_, Some(_)) if i > 0 => self.range(object.0[i - 1].value).end..self.range(member.value).end,
                (Some(next), _) => start..self.range(next.literal).start,
                (None, _) => start..self.range(member.value).end,
            };
            cuts.push(Cut { raw, put_in: Vec::new() });
        }
        cuts
    }

    /// The paths by which texts can be reached, as far as one looks into objects in the record and in the first element of
    /// its arrays.
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        names_of(&self.members, "", NAMED_LEVELS, &mut names);
        names
    }

    fn value(&self, value: &'a str) -> Field<'a> {
        if value == "null" {
            return Field::Null;
        }
        if let Some(content) = literal_content(value) {
            return Field::Text(self.text(&[content]));
        }
        let strings: Option<Vec<&str>> = elements(value)
            .map(|elements| elements.into_iter().map(literal_content).collect())
            .unwrap_or_default();
        match strings {
            Some(strings) if !strings.is_empty() => Field::Text(self.text(&strings)),
            _ => Field::NotText(value),
        }
    }

    /// The text of some literals' contents. Between two of them, the quotes and the comma are what spells a
    /// line feed: cutting that joins the two.
    fn text(&self, contents: &[&'a str]) -> FieldText<'a> {
        let mut anchors = Vec::new();
        let mut text = Cow::Borrowed("");
        let mut content_range = 0..0;
        let mut is_ascii = true;
        for (i, content) in contents.iter().enumerate() {
            let range = self.range(content);
            is_ascii &= content.is_ascii();
            if i == 0 {
                content_range.start = range.start;
            } else {
                text.to_mut().push('\n');
            }
            content_range.end = range.end;
            anchors.push(Anchor { text: text.len(), raw: range.start });
            if contents.len() == 1 && memchr(b'\\', content.as_bytes()).is_none() {
                text = Cow::Borrowed(*content);
            } else {
                decode(content, range.start, text.to_mut(), &mut anchors);
            }
        }
        let style = if is_ascii { EscapeStyle::Ascii } else { EscapeStyle::Utf8 };
        FieldText::new(text, anchors, content_range, Spelling::Json(style))
    }

    /// Where a slice of the record lies in it.
    fn range(&self, part: &str) -> Range<usize> {
        let start = part.as_ptr().addr() - self.raw.as_ptr().addr();
        start..start + part.len()
    }
}

/// The text of an array of strings; none when `array` is no JSON array of at least one string.
pub(super) fn paragraphs(array: &str) -> Option<FieldText<'_>> {
    match (Record { raw: array, members: Members(Vec::new()) }).value(array) {
        Field::Text(text) => Some(text.spelt(Spelling::Json(EscapeStyle::Utf8))),
        _ => None,
    }
}

/// What a record holds under a name.
#[derive(Debug, Clone)]
pub enum Field<'a> {
    /// No field has the name.
    Missing,
    /// The field is `null`.
    Null,
    /// The field is a number, a boolean, an object, or an array of more than strings.
    NotText(&'a str),
    /// The field is a string, or an array of strings: paragraphs, with a line feed between each two.
    Text(FieldText<'a>),
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

/// Why bytes are not a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// A byte that UTF-8 does not allow there.
    #[error("record is not UTF-8 at {at}: convert the file to UTF-8 first")]
    NotUtf8 {
        /// The first byte that is not UTF-8.
        at: At,
    },
    /// Text that is not JSON.
    #[error("record is not JSON at {at}: {reason}; correct the record or leave it out")]
    NotJson {
        /// Where reading stopped: the offending byte, or the last one before it.
        at: At,
        /// What the JSON parser found wrong.
        reason: String,
    },
    /// JSON, but an array, a string, a number or the like.
    #[error("record is not a JSON object at {at}: write it as an object, {{…}}")]
    NotObject {
        /// Where the value starts.
        at: At,
    },
}

/// A place in a record, of which most are one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// In lines of the record, from 1.
    pub line: usize,
    /// In bytes of the line, from 1.
    pub column: usize,
}

impl At {
    fn offset(record: &[u8], offset: usize) -> Self {
        let before = &record[..offset];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        Self { line, column: offset - line_start + 1 }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            1 => write!(f, "column {}", self.column),
            line => write!(f, "column {} of its line {line}", self.column),
        }
    }
}

impl RecordError {
    fn from_json(raw: &str, error: &serde_json::Error) -> Self {
        // `Members` objects to nothing but a value that is not an object.
        if error.is_data() {
            return Self::NotObject {
                at: At::offset(raw.as_bytes(), raw.len() - raw.trim_ascii_start().len()),
            };
        }
        let message = error.to_string();
        // The parser names the place too, which here would be taken for one in the file.
        let reason = message.rsplit_once(" at line ").map_or(&*message, |(reason, _)| reason);
        let at = At { line: error.line().max(1), column: error.column().max(1) };
        Self::NotJson { at, reason: reason.to_owned() }
    }
}

/// A key in decoded form and as written, and its value as written, without white space around it.
#[derive(Debug, Clone)]
struct Member<'a> {
    key: Cow<'a, str>,
    literal: &'a str,
    value: &'a str,
}

/// The members of an object in their order, duplicates included.
#[derive(Debug, Clone)]
struct Members<'a>(Vec<Member<'a>>);

impl<'a> Members<'a> {
    fn last_called(&self, name: &str) -> Option<&Member<'a>> {
        self.0.iter().rfind(|member| member.key == name)
    }
}

/// What is at the end of some steps from an object.
fn values_at<'a>(object: &Members<'a>, steps: &[Step]) -> Vec<&'a str> {
    let Some((Step::Key(key), rest)) = steps.split_first() else { return Vec::new() };
    let mut values: Vec<&str> = object.last_called(key).into_iter().map(|member| member.value).collect();
    for step in rest {
        values = values.into_iter().flat_map(|value| step_into(value, step)).collect();
    }
    values
}

fn step_into<'a>(value: &'a str, step: &Step) -> Vec<&'a str> {
    match step {
        Step::Key(key) => {
            members(value).and_then(|members| Some(members.last_called(key)?.value)).into_iter().collect()
        }
        Step::Index(index) => {
            elements(value).and_then(|elements| elements.get(*index).copied()).into_iter().collect()
        }
        Step::Every => elements(value).unwrap_or_default(),
    }
}

/// The members of a checked value, if it is an object.
fn members(value: &str) -> Option<Members<'_>> {
    value.starts_with('{').then(|| serde_json::from_str(value).ok()).flatten()
}

/// The elements of a checked value as written, if it is an array.
fn elements(value: &str) -> Option<Vec<&str>> {
    let elements: Vec<&RawValue> =
        value.starts_with('[').then(|| serde_json::from_str(value).ok()).flatten()?;
    Some(elements.into_iter().map(RawValue::get).collect())
}

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
            let literal = key.get();
            let content = literal_content(literal).expect("the key of an object is a string literal");
            let mut key = Cow::Borrowed(content);
            if content.contains('\\') {
                let mut decoded = String::new();
                decode(content, 0, &mut decoded, &mut Vec::new());
                key = Cow::Owned(decoded);
            }
            members.push(Member { key, literal, value: value.get() });
        }
        Ok(Members(members))
    }
}

/// What stands between the quotes, if the value is a string literal.
fn literal_content(value: &str) -> Option<&str> {
    value.strip_prefix('"')?.strip_suffix('"')
}

/// Adds the text of a checked literal's content, which stands at `start` in the record, with an anchor for
/// each of its escapes.
fn decode(content: &str, start: usize, text: &mut String, anchors: &mut Vec<Anchor>) {
    text.reserve(content.len());
    let mut rest = content;
    while let Some(at) = memchr(b'\\', rest.as_bytes()) {
        let (character, after) = decode_escape(&rest[at + 1..]);
        text.push_str(&rest[..at]);
        text.push(character);
        rest = after;
        anchors.push(Anchor { text: text.len(), raw: start + content.len() - rest.len() });
    }
    text.push_str(rest);
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

fn names_of(all: &Members<'_>, above: &str, levels: usize, names: &mut Vec<String>) {
    for member in &all.0 {
        let name = format!("{above}{}", member.key);
        if levels > 1 {
            if let Some(inner) = members(member.value) {
                names_of(&inner, &format!("{name}."), levels - 1, names);
            } else if let Some(inner) =
                elements(member.value).and_then(|elements| members(elements.into_iter().next()?))
            {
                names_of(&inner, &format!("{name}[]."), levels - 1, names);
            }
        }
        names.push(name);
    }
}

#[cfg(test)]
mod tests;
