//! JSON Lines: one record a line, the text in some of its fields.

use std::borrow::Cow;
use std::ops::Range;

use super::annotation::annotations;
use super::fields::{FieldPath, Fields, FieldsError, Holds, ID, LANG, Outcome, TITLE, URL};
use super::json_field::{EscapeStyle, Field, Record, RecordError, escape};
use super::lines::Lines;
use super::text::Spelling;
use super::{
    About, Absence, Content, Cut, Extracted, Format, Found, Malformed, Splitter, cut, without_line_end,
};

/// JSON Lines with these fields.
#[derive(Clone, Debug, Default)]
pub struct Jsonl {
    fields: Fields,
}

impl Jsonl {
    /// Texts are in `fields`.
    pub fn new(fields: Fields) -> Self {
        Self { fields }
    }

    /// The page of a record.
    fn page<'a>(&self, record: &Record<'a>) -> Content<'a> {
        let mut absence = Absence::Missing;
        for field in self.fields.texts.iter().flat_map(|path| record.at(path)) {
            match field {
                Field::Text(page) => {
                    return Content::Page { page: page.into_text(), about: self.about(record) };
                }
                Field::Null | Field::NotText(_) => absence = Absence::NotText,
                Field::Missing => {}
            }
        }
        Content::NoText(absence)
    }

    /// What a record says of its text.
    fn about(&self, record: &Record<'_>) -> About {
        let Fields { url, title, id, lang, .. } = &self.fields;
        About {
            url: known(record, url.as_ref(), &URL),
            title: known(record, title.as_ref(), &TITLE),
            id: known(record, id.as_ref(), &ID),
            lang: known(record, lang.as_ref(), &LANG),
        }
    }

    /// The value of the field that is added, if this record gets it.
    fn added(&self, record: &[u8], texts: &[Found<'_>]) -> Option<(&str, Vec<u8>)> {
        let edits = || texts.iter().flat_map(|found| found.edits);
        let only = texts.first()?;
        match &self.fields.outcome {
            Outcome::InPlace => None,
            Outcome::KeepOriginal(_) | Outcome::Annotate(_) if edits().next().is_none() => None,
            Outcome::KeepOriginal(name) => Some((name, record[value_range(record, only)].to_vec())),
            Outcome::Into(name) => {
                let value = value_range(record, only);
                let mut cuts = only.text.cuts(only.edits);
                for cut in &mut cuts {
                    cut.raw = cut.raw.start - value.start..cut.raw.end - value.start;
                }
                Some((name, cut(&record[value], &cuts).into_owned()))
            }
            Outcome::Annotate(name) => Some((name, annotations(texts, self.fields.texts.len()).into_bytes())),
        }
    }
}

impl Format for Jsonl {
    fn splitter(&self) -> Box<dyn Splitter> {
        Box::new(Lines::splitter(b'\n'))
    }

    fn record(&self, bytes: &[u8]) -> Range<usize> {
        0..without_line_end(bytes).len()
    }

    fn read<'a>(&self, record: &'a [u8]) -> Result<Content<'a>, Malformed> {
        if record.iter().all(u8::is_ascii_whitespace) {
            return Ok(Content::Blank);
        }
        let record = Record::parse(record)?;
        if self.fields.holds == Holds::Pages {
            return Ok(self.page(&record));
        }
        let is_there = |name: &&str| !self.fields.replaces && record.has(name);
        if let Some(name) = self.fields.outcome.added().filter(is_there) {
            return Err(FieldsError::AddedThere(name.to_owned()).into());
        }
        let mut texts = Vec::new();
        let mut absence = Absence::Missing;
        for path in &self.fields.texts {
            for field in record.at(path) {
                match field {
                    Field::Text(text) => texts.push((Cow::Owned(path.as_str().to_owned()), text)),
                    Field::Null | Field::NotText(_) => absence = Absence::NotText,
                    Field::Missing => {}
                }
            }
        }
        if texts.is_empty() {
            return Ok(Content::NoText(absence));
        }
        texts.sort_by_key(|(_, text)| text.content_range().start);
        // Two paths may lead to one text.
        texts.dedup_by(|(_, later), (_, first)| later.content_range().start < first.content_range().end);
        Ok(Content::Texts { about: self.about(&record), texts })
    }

    fn changes(&self, raw: &[u8], texts: &[Found<'_>]) -> Vec<Cut> {
        if !self.fields.add_or_drop() {
            return Vec::new();
        }
        let Ok(record) = Record::parse(raw) else { return Vec::new() };
        let mut cuts = record.without(&self.fields.dropped);
        if let Some((name, value)) = self.added(raw, texts)
            && let Some(text) = texts.first()
        {
            cuts.extend(record.set(name, &value, text.text.content_range().start));
        }
        // What is put in before what is left out at the same place.
        cuts.sort_by_key(|cut| (cut.raw.start, cut.raw.end));
        cuts
    }

    fn with_article(&self, raw: &[u8], extracted: Extracted<'_>) -> Vec<u8> {
        let Ok(record) = Record::parse(raw) else { return raw.to_vec() };
        // Fields are left out first: the page itself may be among them.
        let left = cut(raw, &record.without(&self.fields.dropped));
        let Some(name) = self.fields.outcome.added() else { return left.into_owned() };
        let Ok(record) = Record::parse(&left) else { return left.into_owned() };
        let value = match extracted {
            Extracted::NoPage if record.has(name) => return left.into_owned(),
            Extracted::Article(article) => format!("\"{}\"", escape(article, EscapeStyle::Utf8)),
            Extracted::NoArticle | Extracted::NoPage => "null".to_owned(),
        };
        let page = self.fields.texts.iter().flat_map(|path| record.at(path)).find_map(|field| match field {
            Field::Text(page) => Some(page.content_range().start),
            _ => None,
        });
        match record.set(name, value.as_bytes(), page.unwrap_or(left.len())) {
            Some(added) => cut(&left, &[added]).into_owned(),
            None => format!("{{\"{}\":{value}}}", escape(name, EscapeStyle::Utf8)).into_bytes(),
        }
    }

    fn spelling(&self) -> Spelling {
        Spelling::Json(EscapeStyle::Utf8)
    }

    fn fields(&self) -> &Fields {
        &self.fields
    }

    fn has(&self, record: &[u8], path: &FieldPath) -> bool {
        Record::parse(record).is_ok_and(|record| !record.at(path).is_empty())
    }

    fn names(&self, record: &[u8]) -> Vec<String> {
        Record::parse(record).map(|record| record.names()).unwrap_or_default()
    }
}

impl From<FieldsError> for Malformed {
    fn from(error: FieldsError) -> Self {
        Malformed(error.to_string())
    }
}

impl From<RecordError> for Malformed {
    fn from(error: RecordError) -> Self {
        Malformed(error.to_string())
    }
}

fn known(record: &Record<'_>, path: Option<&FieldPath>, convention: &[&str]) -> Option<String> {
    let read = |field: Field<'_>| match field {
        Field::Text(text) => Some(text.text().to_owned()),
        Field::NotText(number) if number.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
            Some(number.to_owned())
        }
        Field::NotText(_) | Field::Null | Field::Missing => None,
    };
    match path {
        Some(path) => record.at(path).into_iter().find_map(read),
        None => convention.iter().find_map(|name| read(record.field(name))),
    }
}

/// The text's value with its quotes, and with its brackets where it is an array of paragraphs.
fn value_range(record: &[u8], found: &Found<'_>) -> Range<usize> {
    let content = found.text.content_range();
    let (start, end) = (content.start - 1, content.end + 1);
    let before = record[..start].trim_ascii_end();
    let after = record[end..].trim_ascii_start();
    // A string that is alone in an array is its only paragraph, unless the path led to that element.
    let is_element = found.field.ends_with(']');
    if before.last() == Some(&b'[') && after.first() == Some(&b']') && !is_element {
        return before.len() - 1..record.len() - after.len() + 1;
    }
    start..end
}
