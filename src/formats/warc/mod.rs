//! WARC and WET: archives of what a crawler saw. A text is the block of a record of type `conversion`, as in WET,
//! or `resource`, when that is plain text. A page is what a server answered, or a `resource` in HTML.
//!
//! A cleaned record keeps every byte of its header but those of its length and its digests, which are made
//! right; a digest by an algorithm that is not known here is left out, since it would be wrong. A page becomes a
//! `conversion` that refers to it. Other records pass as they are. One that is not what it says ends where an empty line in CRLF does, so
//! that what follows is read again.

mod digest;
mod header;
mod response;
mod splitter;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

use super::fields::Fields;
use super::text::{FieldText, Spelling};
use super::{About, Absence, Content, Cut, Extracted, Format, Found, Malformed, Packing, Splitter, cut};
use header::Header;
use splitter::RecordSplitter;

/// What every record starts with.
pub const VERSION: &[u8] = b"WARC/1.";

/// WARC records.
#[derive(Clone, Debug, Default)]
pub struct Warc {
    fields: Fields,
}

impl Format for Warc {
    fn splitter(&self) -> Box<dyn Splitter> {
        Box::new(RecordSplitter::default())
    }

    fn record(&self, bytes: &[u8]) -> Range<usize> {
        let is_line_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let start = bytes.iter().position(|byte| !is_line_end(byte)).unwrap_or(bytes.len());
        let record = &bytes[start..];
        let end = Header::parse(record).and_then(|header| header.end()).ok();
        // A block may end in line ends of its own.
        match end.filter(|end| record.get(*end..).is_some_and(|rest| rest.iter().all(is_line_end))) {
            Some(end) => start..start + end,
            None => start..bytes.len(),
        }
    }

    fn read<'a>(&self, record: &'a [u8]) -> Result<Content<'a>, Malformed> {
        if record.is_empty() {
            return Ok(Content::Blank);
        }
        let header = Header::parse(record)?;
        let (length, there) = (header.end()? - header.block, record.len() - header.block);
        if there != length {
            return Err(Malformed(format!(
                "the record's Content-Length is {length}, but {there} bytes come before its end"
            )));
        }
        if !header.is_text() || there == 0 {
            return Ok(match response::page(&header, &record[header.block..]) {
                Some(page) => Content::Page { page, about: about(&header) },
                None => Content::NoText(Absence::NotText),
            });
        }
        let text = str::from_utf8(&record[header.block..]).map_err(|error| {
            let at = error.valid_up_to() + 1;
            Malformed(format!("the record's text is not UTF-8 at byte {at}: convert it first"))
        })?;
        let text = (Cow::Borrowed("text"), FieldText::plain(text, header.block));
        Ok(Content::Texts { texts: vec![text], about: about(&header) })
    }

    fn changes(&self, record: &[u8], texts: &[Found<'_>]) -> Vec<Cut> {
        let [found] = texts else { return Vec::new() };
        let Ok(header) = Header::parse(record) else { return Vec::new() };
        let mut cuts = found.text.cuts(found.edits);
        if cuts.is_empty() {
            return Vec::new();
        }
        for cut in &mut cuts {
            cut.raw = cut.raw.start - header.block..cut.raw.end - header.block;
        }
        let block = cut(&record[header.block..], &cuts);
        let mut changes = Vec::new();
        for field in &header.fields {
            let value = &record[field.value.clone()];
            if field.is("Content-Length") {
                let put_in = block.len().to_string().into_bytes();
                changes.push(Cut { raw: field.value.clone(), put_in });
            } else if field.is("WARC-Block-Digest") || field.is("WARC-Payload-Digest") {
                // The payload of such a record is its block.
                changes.push(match digest::again(value, &block) {
                    Some(put_in) => Cut { raw: field.value.clone(), put_in },
                    None => Cut { raw: field.line.clone(), put_in: Vec::new() },
                });
            }
        }
        changes
    }

    fn with_article(&self, record: &[u8], extracted: Extracted<'_>) -> Vec<u8> {
        match (Header::parse(record), extracted) {
            (Ok(header), Extracted::Article(article)) => {
                cut(record, &response::conversion(record, &header, article)).into_owned()
            }
            (Err(_), _) | (_, Extracted::NoArticle | Extracted::NoPage) => record.to_vec(),
        }
    }

    /// What was taken out of a page before is an article as well.
    fn holds_pages(&self) -> bool {
        true
    }

    fn spelling(&self) -> Spelling {
        Spelling::Plain
    }

    fn packing(&self) -> Packing {
        Packing::Alone
    }

    fn fields(&self) -> &Fields {
        &self.fields
    }

    fn names(&self, _: &[u8]) -> Vec<String> {
        Vec::new()
    }
}

fn about(header: &Header<'_>) -> About {
    let said = |name: &str| header.value(name).map(str::to_owned);
    // Some writers put the URL in angle brackets. Of several languages the first has the most text.
    let url = header.value("WARC-Target-URI").map(|url| url.trim_matches(['<', '>']).to_owned());
    let lang = said("WARC-Identified-Content-Language")
        .and_then(|langs| langs.split(',').next().map(|lang| lang.trim().to_owned()));
    About { id: said("WARC-Record-ID"), url, title: None, lang }
}
