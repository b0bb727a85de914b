//! Records in, clean records out, with what a report says of them: the work on one block.

use std::borrow::Cow;
use std::ops::Range;

use super::blocks::Block;
use super::fields::{Holds, Outcome};
use super::pages::{ArticleForm, CleanArticle, PageCleaner, PageDone};
use super::seen::Seen;
use super::{About, BYTE_ORDER_MARK, Content, Cut, Extracted, Format, Found, Malformed, count_lines, cut};
use crate::cleaner::Cleaner;
use crate::document::{Cleaned, Document};
use crate::report::{BytesEntry, DocumentEntry, RecordBytes, SkippedEntry, Summary};

/// How records are cleaned.
pub struct Records<'c> {
    /// By which rules.
    pub cleaner: &'c Cleaner,
    /// In which form they are.
    pub format: &'c dyn Format,
    /// What is known of those that do not say it.
    pub about: &'c About,
    /// What takes the articles out of records that are pages; none to pass these on as they are.
    pub pages: Option<PageCleaner<'c>>,
    /// What is asked for besides the clean records.
    pub detail: Detail,
    /// What becomes of records that cleaning leaves without a text.
    pub emptied: Emptied,
    /// What becomes of malformed records.
    pub malformed: OnMalformed,
    /// Records over this many bytes are passed on as they are.
    pub max_record: usize,
}

/// How much is said of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// It is counted.
    Sum,
    /// Its removals are told, if it has some.
    Findings,
    /// Its removals and near misses are told.
    Entries,
    /// So are its texts.
    Texts,
}

impl Detail {
    /// Cleans a document as closely as it takes.
    pub fn clean<'a>(self, cleaner: &Cleaner, document: &Document<'a>) -> Cleaned<'a> {
        match self {
            Detail::Sum | Detail::Findings => cleaner.clean(document),
            Detail::Entries | Detail::Texts => cleaner.explain(document),
        }
    }

    /// Whether a document is told of that was cleaned so.
    pub fn tells_of(self, cleaned: &Cleaned<'_>) -> bool {
        match self {
            Detail::Sum => false,
            Detail::Findings => !cleaned.is_unchanged(),
            Detail::Entries | Detail::Texts => true,
        }
    }
}

/// What becomes of records that cleaning leaves without a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emptied {
    /// They stay.
    Keep,
    /// They are left out.
    Drop,
}

/// What becomes of malformed records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnMalformed {
    /// They are passed on as they are.
    PassOn,
    /// The first one ends the work; what stands before it is still done.
    Stop,
}

/// What became of a block.
#[derive(Debug, Default)]
pub struct Done {
    /// The bytes to write.
    pub output: Vec<u8>,
    /// What is to be told, in order. Ordinals and lines count from the start of the block.
    pub entries: Vec<Entry>,
    /// The articles as JSON Lines, until they take the place of the output.
    articles: Vec<u8>,
    /// What it came to.
    pub summary: Summary,
    /// With [`Detail::Texts`]: the text of each [`Entry::Document`], before and after.
    pub texts: Vec<[String; 2]>,
    /// The output is not the input.
    pub changed: bool,
    /// What has been seen of the fields.
    pub seen: Seen,
    /// How many ordinals were used.
    pub ordinals: u64,
    /// How many records the block had, blank ones included.
    pub records: u64,
    /// How many line feeds it had.
    pub lines: u64,
    /// What became of records that could not be worked on.
    pub skipped: Skipped,
    /// The entries end with a malformed record, and the work with it.
    pub stopped: bool,
}

impl Done {
    /// Adds an article as a line; `id` is that of its record.
    pub(super) fn add_article(&mut self, article: &CleanArticle, id: Option<&str>) {
        self.articles.extend(article.written(ArticleForm::Jsonl, id).bytes());
    }

    /// Tells of a record that is passed on as it was.
    pub(super) fn pass_on(&mut self, line: Option<u64>, reason: String) {
        self.summary.skipped += 1;
        self.tell(line, reason);
    }

    /// Tells of the record with which the work ends.
    pub(super) fn stop_at(&mut self, line: Option<u64>, reason: String) {
        self.stopped = true;
        self.tell(line, reason);
    }

    fn tell(&mut self, line: Option<u64>, reason: String) {
        let record = Some(self.records);
        self.entries.push(Entry::Skipped(SkippedEntry { path: None, line, record, reason }));
        self.ordinals += 1;
    }

    /// Makes the articles the output; what else there was is left out.
    pub(super) fn articles_alone(mut self) -> Self {
        self.output = std::mem::take(&mut self.articles);
        self.changed = true;
        self.skipped = Skipped::LeftOut;
        self.summary.other_records += std::mem::take(&mut self.summary.without_text);
        self.summary.other_records += std::mem::take(&mut self.summary.skipped);
        self
    }
}

/// What became of records that could not be worked on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Skipped {
    /// They were passed on as they were.
    #[default]
    PassedOn,
    /// They were left out: the output is articles only.
    LeftOut,
}

/// Something to tell of a record.
#[derive(Debug)]
pub enum Entry {
    /// It was worked on.
    Document(Box<DocumentEntry>),
    /// It was not.
    Skipped(SkippedEntry),
}

impl Records<'_> {
    /// Cleans a block; `at_start` says whether it is the first of the input. Where articles are to be JSON Lines, these
    /// are all of the output.
    pub fn clean(&self, block: Block, at_start: AtStart) -> Done {
        let done = self.records(block, at_start);
        if self.makes_lines() { done.articles_alone() } else { done }
    }

    fn makes_lines(&self) -> bool {
        self.format.holds_pages() && self.pages.is_some_and(|pages| pages.makes_lines())
    }

    fn records(&self, block: Block, at_start: AtStart) -> Done {
        let mut done = Done::default();
        match block {
            Block::Records(bytes) => {
                let mut rest = bytes.as_slice();
                if at_start == AtStart::Yes
                    && let Some(marked) = rest.strip_prefix(BYTE_ORDER_MARK)
                {
                    done.output.extend_from_slice(BYTE_ORDER_MARK);
                    rest = marked;
                }
                done.output.reserve(rest.len());
                let mut splitter = self.format.splitter();
                let mut may_be_header = at_start == AtStart::Yes;
                while !rest.is_empty() && !done.stopped {
                    let (record, after) = rest.split_at(splitter.next_end(rest).unwrap_or(rest.len()));
                    if !(std::mem::take(&mut may_be_header) && self.header(record, &mut done)) {
                        self.one(record, &mut done);
                    }
                    rest = after;
                }
            }
            Block::TooLarge { bytes, starts } => {
                if starts {
                    done.records = 1;
                    self.too_large(&bytes, &mut done);
                }
                done.lines = count_lines(&bytes);
                if !done.stopped {
                    done.output = bytes;
                }
            }
            Block::Rest(bytes) => {
                done.lines = count_lines(&bytes);
                done.output = bytes;
            }
        }
        done
    }

    /// Passes on the first record if it names the fields, with its changes; false if it is like all others.
    fn header(&self, bytes: &[u8], done: &mut Done) -> bool {
        let place = self.format.record(bytes);
        let Some(changes) = self.format.header_changes(&bytes[place.clone()]) else { return false };
        done.records += 1;
        if changes.is_empty() {
            done.output.extend_from_slice(bytes);
        } else {
            self.changed(bytes, place, &changes, done);
        }
        done.lines += count_lines(bytes);
        true
    }

    fn one(&self, bytes: &[u8], done: &mut Done) {
        done.records += 1;
        if bytes.len() > self.max_record {
            self.too_large(bytes, done);
            if !done.stopped {
                done.output.extend_from_slice(bytes);
            }
        } else {
            self.record(bytes, done);
        }
        done.lines += count_lines(bytes);
    }

    fn record(&self, bytes: &[u8], done: &mut Done) {
        let place = self.format.record(bytes);
        let record = &bytes[place.clone()];
        let content = self.format.read(record);
        if self.format.has_arrays() {
            done.seen.around(&bytes[..place.start]);
            done.seen.around(&bytes[place.end..]);
        }
        if let Ok(content) = &content {
            done.seen.record(self.format, record, content);
        }
        match content {
            Ok(Content::Blank) => done.output.extend_from_slice(bytes),
            Ok(Content::NoText(_)) => {
                done.summary.without_text += 1;
                if self.format.fields().holds == Holds::Pages {
                    let output = self.format.with_article(record, Extracted::NoPage);
                    done.ordinals += 1;
                    put(bytes, &place, &output, done);
                } else {
                    let changes = self.format.changes(record, &[]);
                    self.changed(bytes, place, &changes, done);
                }
            }
            Ok(Content::Page { page, about }) => match self.pages {
                Some(pages) => {
                    self.page(bytes, place, pages.clean(&page, &about.or(self.about)), about.id, done)
                }
                None => {
                    done.summary.without_text += 1;
                    done.ordinals += 1;
                    done.output.extend_from_slice(bytes);
                }
            },
            Ok(Content::Texts { texts, about }) => self.texts(bytes, place, &texts, &about, done),
            Err(Malformed(reason)) => {
                done.seen.malformed();
                self.refuse(bytes, &place, reason, done);
                if !done.stopped {
                    done.output.extend_from_slice(bytes);
                }
            }
        }
    }

    /// Passes on a record that has no text, with its changes.
    fn changed(&self, bytes: &[u8], place: Range<usize>, changes: &[Cut], done: &mut Done) {
        let record = &bytes[place.clone()];
        let output = cut(record, changes);
        done.changed |= !changes.is_empty();
        if self.detail != Detail::Sum && !changes.is_empty() {
            if self.detail == Detail::Texts {
                done.texts.push(Default::default());
            }
            let mut entry = DocumentEntry {
                ordinal: done.ordinals,
                line: Some(line_of(bytes, &place, done)),
                record: Some(done.records),
                before: BytesEntry::of(record),
                after: BytesEntry::of(&output),
                ..DocumentEntry::default()
            };
            entry.set_changes(record, changes);
            done.entries.push(Entry::Document(Box::new(entry)));
        }
        done.ordinals += 1;
        put(bytes, &place, &output, done);
    }

    /// Writes a record with what came of its page.
    fn page(&self, bytes: &[u8], place: Range<usize>, page: PageDone, id: Option<String>, done: &mut Done) {
        let record = &bytes[place.clone()];
        let PageDone { article, summary, entry, texts } = page;
        if self.makes_lines()
            && let Some(article) = &article
        {
            done.add_article(article, id.as_deref());
        }
        let extracted =
            article.as_ref().map_or(Extracted::NoArticle, |article| Extracted::Article(&article.text));
        let output = self.format.with_article(record, extracted);
        let dropped = article.is_none() && self.emptied == Emptied::Drop && self.format.can_drop();
        done.summary.add(summary);
        done.summary.dropped += u64::from(dropped);
        if let Some(entry) = entry {
            done.entries.push(Entry::Document(Box::new(DocumentEntry {
                ordinal: done.ordinals,
                line: Some(line_of(bytes, &place, done)),
                record: Some(done.records),
                id,
                before: BytesEntry::of(record),
                after: BytesEntry::of(if dropped { b"" } else { &output }),
                ..entry
            })));
        }
        done.texts.extend(texts);
        done.ordinals += 1;
        if dropped {
            done.changed = true;
        } else {
            put(bytes, &place, &output, done);
        }
    }

    fn texts(
        &self,
        bytes: &[u8],
        place: Range<usize>,
        texts: &[(Cow<'_, str>, super::text::FieldText<'_>)],
        about: &About,
        done: &mut Done,
    ) {
        let record = &bytes[place.clone()];
        let documents: Vec<Document<'_>> =
            texts.iter().map(|(_, text)| about.document(text.text(), self.about)).collect();
        let cleaned: Vec<Cleaned<'_>> =
            documents.iter().map(|document| self.detail.clean(self.cleaner, document)).collect();
        let found: Vec<Found<'_>> = texts
            .iter()
            .zip(&cleaned)
            .map(|((field, text), cleaned)| Found { field, text, edits: cleaned.edits() })
            .collect();
        let cuts: Vec<Vec<Cut>> = found.iter().map(|found| found.text.cuts(found.edits)).collect();
        let keeps_text = self.format.fields().outcome.keeps_text();
        let changes = self.format.changes(record, &found);
        let mut all = changes.clone();
        if !keeps_text {
            all.extend(cuts.iter().flatten().cloned());
            all.sort_by_key(|cut| (cut.raw.start, cut.raw.end));
        }
        let output = cut(record, &all);

        for (document, cleaned) in documents.iter().zip(&cleaned) {
            if self.makes_lines() {
                let article = CleanArticle::of_text(cleaned.text(), &about.or(self.about));
                done.add_article(&article, about.id.as_deref());
            }
            match keeps_text {
                true => done.summary.count_kept(document.text(), cleaned),
                false => done.summary.count(document.text(), cleaned),
            }
        }
        let is_written = !matches!(self.format.fields().outcome, Outcome::Annotate(_));
        let may_drop = self.emptied == Emptied::Drop && is_written && self.format.can_drop();
        let dropped = may_drop && was_emptied(&documents, &cleaned);
        done.summary.dropped += u64::from(dropped);
        done.changed |= dropped || !all.is_empty();
        if self.detail == Detail::Texts {
            let texts = documents.iter().zip(&cleaned);
            done.texts.extend(texts.map(|(text, cleaned)| [text.text(), cleaned.text()].map(str::to_owned)));
        }
        if cleaned.iter().any(|cleaned| self.detail.tells_of(cleaned)) {
            let line = line_of(bytes, &place, done);
            let made = RecordBytes { record, output: if dropped { b"" } else { &output } };
            for (i, (found, cleaned)) in found.iter().zip(&cleaned).enumerate() {
                let mut entry = DocumentEntry::of_field(&made, found, cleaned, &cuts[i]);
                entry.ordinal = done.ordinals + i as u64;
                entry.line = Some(line);
                entry.record = Some(done.records);
                entry.id.clone_from(&about.id);
                entry.field = (texts.len() > 1).then(|| found.field.to_owned());
                entry.text_kept = keeps_text;
                if i == 0 {
                    entry.set_changes(record, &changes);
                    if dropped {
                        entry.set_dropped(bytes);
                    }
                }
                done.entries.push(Entry::Document(Box::new(entry)));
            }
        }
        done.ordinals += texts.len() as u64;
        if !dropped {
            put(bytes, &place, &output, done);
        }
    }

    fn too_large(&self, bytes: &[u8], done: &mut Done) {
        done.seen.unread(self.format.fields());
        let limit = self.max_record;
        let runaway = self.format.runaway().map(|question| format!(" ({question})")).unwrap_or_default();
        let reason = format!("record is over {limit} bytes{runaway}; --max-record sets another limit");
        self.refuse(bytes, &self.format.record(bytes), reason, done);
    }

    /// Tells of a record that is not cleaned, and stops at it where that is wanted; else it is for the caller to pass it on.
    fn refuse(&self, bytes: &[u8], place: &Range<usize>, reason: String, done: &mut Done) {
        let line = Some(line_of(bytes, place, done));
        match self.malformed {
            OnMalformed::PassOn => done.pass_on(line, reason),
            OnMalformed::Stop => done.stop_at(line, reason),
        }
    }
}

/// Whether a block is the first of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtStart {
    /// It is: a byte order mark may stand before its first record.
    Yes,
    /// It is not.
    No,
}

/// Writes a record as `output`, with what stands around it.
fn put(bytes: &[u8], place: &Range<usize>, output: &[u8], done: &mut Done) {
    done.changed |= bytes[place.clone()] != *output;
    done.output.extend_from_slice(&bytes[..place.start]);
    done.output.extend_from_slice(output);
    done.output.extend_from_slice(&bytes[place.end..]);
}

/// The line of a record, which is that of its first byte; its end may be lines later.
fn line_of(bytes: &[u8], place: &Range<usize>, done: &Done) -> u64 {
    done.lines + count_lines(&bytes[..place.start]) + 1
}

/// True when there was text and cleaning left none.
fn was_emptied(documents: &[Document<'_>], cleaned: &[Cleaned<'_>]) -> bool {
    cleaned.iter().any(|cleaned| !cleaned.is_unchanged())
        && cleaned.iter().all(|cleaned| cleaned.text().trim().is_empty())
        && documents.iter().any(|document| !document.text().trim().is_empty())
}
