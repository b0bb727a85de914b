//! The header of a record: named fields, and where each lies.

use std::ops::Range;

use super::VERSION;
use crate::formats::Malformed;

/// How long a header may be, in bytes: what is longer is none.
pub(super) const LONGEST: usize = 1 << 20;

/// A header that was read.
pub(super) struct Header<'a> {
    pub fields: Vec<Field<'a>>,
    /// Where the block starts.
    pub block: usize,
}

/// A field of a header; places are in the record.
pub(super) struct Field<'a> {
    name: &'a str,
    text: &'a str,
    /// Its line, with those that go on with it and the line end.
    pub line: Range<usize>,
    /// Its value, without white space around it.
    pub value: Range<usize>,
}

impl Field<'_> {
    /// True when it has this name, in any case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

impl<'a> Header<'a> {
    /// Reads the header that `record` starts with.
    pub fn parse(record: &'a [u8]) -> Result<Self, Malformed> {
        if !record.starts_with(VERSION) {
            return Err(Malformed("this is no WARC record: it does not start with WARC/1.".to_owned()));
        }
        let block = end(record).ok_or_else(|| Malformed("the header of the record has no end".to_owned()))?;
        let text = str::from_utf8(&record[..block])
            .map_err(|_| Malformed("the header of the record is not UTF-8".to_owned()))?;
        let mut fields: Vec<Field<'a>> = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            if line.starts_with([' ', '\t']) {
                // The field goes on.
                if let Some(last) = fields.last_mut() {
                    last.line.end = at;
                    if line.trim().is_empty() {
                        continue;
                    }
                    if last.value.is_empty() {
                        last.value.start = at - line.trim_start().len();
                    }
                    last.value.end = start + line.trim_end().len();
                    last.text = &text[last.value.clone()];
                }
            } else if let Some((name, value)) = line.split_once(':') {
                let value = value.trim_end_matches(['\r', '\n']);
                let value_start = start + name.len() + 1 + (value.len() - value.trim_start().len());
                let value = value_start..value_start + value.trim().len();
                fields.push(Field { name, text: &text[value.clone()], line: start..at, value });
            }
        }
        Ok(Self { fields, block })
    }

    /// The value of the first field of this name.
    pub fn value(&self, name: &str) -> Option<&'a str> {
        self.fields.iter().find(|field| field.is(name)).map(|field| field.text)
    }

    /// Where the block ends, by what the header says.
    pub fn end(&self) -> Result<usize, Malformed> {
        let length = self
            .value("Content-Length")
            .ok_or_else(|| Malformed("the record has no Content-Length".to_owned()))?;
        let end = length.parse::<usize>().ok().and_then(|length| self.block.checked_add(length));
        end.ok_or_else(|| Malformed(format!("the record has {length:?} for its Content-Length")))
    }

    /// True when the record is of this type.
    pub fn is_type(&self, known: &str) -> bool {
        self.value("WARC-Type").is_some_and(|own| own.eq_ignore_ascii_case(known))
    }

    /// True when the block is a text that was taken from a page, or stands for itself.
    pub fn is_text(&self) -> bool {
        let media = self.value("Content-Type").map(|own| own.split(';').next().unwrap_or_default().trim());
        (self.is_type("conversion") || self.is_type("resource"))
            && media.is_some_and(|own| own.eq_ignore_ascii_case("text/plain"))
    }
}

/// Where the first empty line ends.
pub(super) fn end(bytes: &[u8]) -> Option<usize> {
    let mut line_ends = memchr::memchr_iter(b'\n', bytes);
    line_ends.find_map(|at| match &bytes[at + 1..] {
        [b'\n', ..] => Some(at + 2),
        [b'\r', b'\n', ..] => Some(at + 3),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_where_it_is_written() {
        for (field, value) in [
            ("WARC-Record-ID: <urn:a>\r\n", "<urn:a>"),
            ("WARC-Record-ID:<urn:a> \n", "<urn:a>"),
            ("WARC-Record-ID:\r\n <urn:a>\r\n", "<urn:a>"),
            ("WARC-Record-ID: \r\n \r\n\t<urn:a>\r\n \r\n", "<urn:a>"),
            ("WARC-Record-ID: <urn:\r\n a>\r\n", "<urn:\r\n a>"),
            ("WARC-Record-ID:\r\n", ""),
            ("WARC-Record-ID: \r\n \r\n", ""),
        ] {
            let record = format!("WARC/1.0\r\n{field}WARC-Type: response\r\n\r\nPage");
            let header = Header::parse(record.as_bytes()).unwrap();
            assert_eq!(header.value("warc-record-id"), Some(value), "{field:?}");
            let Field { line, value: place, .. } = &header.fields[0];
            assert_eq!((&record[line.clone()], &record[place.clone()]), (field, value), "{field:?}");
            assert!(
                !record["WARC/1.0\r\n".len()..place.start].contains('\n') || !value.is_empty(),
                "{field:?}"
            );
        }
    }
}
