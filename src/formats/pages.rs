//! Pages in records: the article of each is extracted, cleaned, and written to a field.
//!
//! What comes of a page is new text, so nothing is cut and nothing can be restored: the record stays as it is and
//! gets a field more.

use super::blocks::Block;
use super::fields::Fields;
use super::json_field::{EscapeStyle, Field, Record, escape};
use super::jsonl::Jsonl;
use super::records::{Detail, Done, Entry, OnMalformed};
use super::{About, Format as _, Malformed, count_lines, cut};
use crate::cleaner::Cleaner;
use crate::document::Cleaned;
use crate::html::{Article, Favor, Markup, explain, extract};
use crate::report::{PageEntry, SkippedEntry};

/// How the article of a page is made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extraction {
    /// What to do in doubt.
    pub favor: Favor,
    /// How the text is written.
    pub markup: Markup,
}

/// The clean article of a page; none when there is no article. With the entry for a report if `detail` asks for it.
pub fn clean_page(
    cleaner: &Cleaner,
    html: &str,
    about: &About,
    extraction: Extraction,
    detail: Detail,
    done: &mut Done,
) -> Option<String> {
    let (article, seen) = match detail {
        Detail::Sum | Detail::Texts | Detail::Findings => {
            (extract(html, extraction.favor, extraction.markup), Vec::new())
        }
        Detail::Entries => explain(html, extraction.favor, extraction.markup),
    };
    let told = |made: Option<(&Article, &Cleaned<'_>)>| Entry::Page(Box::new(PageEntry::new(&seen, made)));
    let Some(article) = article else {
        done.summary.without_text += 1;
        if detail == Detail::Entries {
            done.entries.push(told(None));
        }
        return None;
    };
    // What is said beside the page comes before what the page says.
    let page = &article.about;
    let said = About { id: None, url: page.url.clone(), title: page.title.clone(), lang: page.lang.clone() };
    let own = about.or(&said);
    let document = own.document(&article.text, &own);
    let cleaned = cleaner.clean(&document);
    done.summary.count(document.text(), &cleaned);
    if detail == Detail::Entries {
        done.entries.push(told(Some((&article, &cleaned))));
    }
    let text = cleaned.text().trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// What it takes to clean records of pages.
pub struct Pages {
    /// The rules.
    pub cleaner: Cleaner,
    /// The page's field is the only text; `outcome` names the field that is added.
    pub fields: Fields,
    /// The name of the field that gets the article.
    pub output: String,
    /// How articles are made.
    pub extraction: Extraction,
    /// What is known of every record that does not say it.
    pub about: About,
    /// What is told.
    pub detail: Detail,
    /// What becomes of malformed records.
    pub malformed: OnMalformed,
    /// Records over this size, in bytes, are passed on as they are.
    pub max_record: usize,
}

impl Pages {
    /// Cleans a block of JSON Lines.
    pub fn clean(&self, block: Block) -> Done {
        let mut done = Done::default();
        match block {
            Block::Records(bytes) => {
                for line in bytes.split_inclusive(|&byte| byte == b'\n') {
                    done.records += 1;
                    if let Err(reason) = self.record(line, &mut done) {
                        done.seen.records += 1;
                        done.seen.malformed += 1;
                        skip(reason.0, &mut done);
                        if self.malformed == OnMalformed::Stop {
                            done.stopped = true;
                            return done;
                        }
                        done.output.extend_from_slice(line);
                    }
                    done.lines += u64::from(line.ends_with(b"\n"));
                }
            }
            Block::TooLarge { bytes, starts } => {
                if starts {
                    done.records = 1;
                    done.seen.records += 1;
                    done.seen.with_field += 1;
                    let limit = self.max_record;
                    skip(format!("record is over {limit} bytes; --max-record sets another limit"), &mut done);
                }
                done.lines = count_lines(&bytes);
                done.output = bytes;
            }
            Block::Rest(bytes) => {
                done.lines = count_lines(&bytes);
                done.output = bytes;
            }
        }
        done
    }

    fn record(&self, line: &[u8], done: &mut Done) -> Result<(), Malformed> {
        let format = Jsonl::new(self.fields.clone());
        let place = format.record(line);
        let raw = &line[place.clone()];
        if raw.iter().all(u8::is_ascii_whitespace) {
            done.output.extend_from_slice(line);
            return Ok(());
        }
        let record = Record::parse(raw)?;
        let about = format.about(&record);
        let mut field = Field::Missing;
        for path in &self.fields.texts {
            field = record.at(path).into_iter().next().unwrap_or(Field::Missing);
        }
        done.seen.records += 1;
        let told = done.entries.len();
        let (value, behind) = match &field {
            Field::Text(page) => {
                let about = about.or(&self.about);
                let text = clean_page(&self.cleaner, page.text(), &about, self.extraction, self.detail, done);
                (text, page.content_range().start)
            }
            Field::Null | Field::NotText(_) | Field::Missing => {
                done.summary.without_text += 1;
                (None, raw.len())
            }
        };
        done.seen.with_field += u64::from(!matches!(field, Field::Missing));
        if done.seen.with_field == 0 {
            done.seen.names.extend(record.names());
        }
        for entry in &mut done.entries[told..] {
            if let Entry::Page(entry) = entry {
                entry.ordinal = done.ordinals;
                entry.line = Some(done.lines + 1);
                entry.id.clone_from(&about.id);
            }
        }
        done.ordinals += 1;
        let value = value
            .map_or_else(|| "null".to_owned(), |text| format!("\"{}\"", escape(&text, EscapeStyle::Utf8)));
        // Fields are left out first: the page itself may be among them.
        let left = cut(raw, &record.without(&self.fields.dropped)).into_owned();
        let left_record = Record::parse(&left)?;
        let behind = if left.len() == raw.len() { behind } else { left.len() };
        let made = match left_record.set(&self.output, value.as_bytes(), behind) {
            Some(added) => cut(&left, &[added]).into_owned(),
            None => format!("{{\"{}\":{value}}}", escape(&self.output, EscapeStyle::Utf8)).into_bytes(),
        };
        done.output.extend_from_slice(&line[..place.start]);
        done.output.extend_from_slice(&made);
        done.output.extend_from_slice(&line[place.end..]);
        Ok(())
    }
}

fn skip(reason: String, done: &mut Done) {
    let entry = SkippedEntry { path: None, line: Some(done.lines + 1), record: Some(done.records), reason };
    done.entries.push(Entry::Skipped(entry));
    done.summary.skipped += 1;
    done.ordinals += 1;
}
