//! Rows in, clean texts out, with what a report says of them: the work on one batch.

use std::borrow::Cow;

use ::parquet::data_type::ByteArray;

use crate::cleaner::Cleaner;
use crate::document::{Cleaned, Document};
use crate::formats::annotation::annotations;
use crate::formats::fields::{Fields, Holds, Outcome};
use crate::formats::pages::{PageCleaner, PageDone};
use crate::formats::records::{Detail, Done, Entry, OnMalformed};
use crate::formats::text::FieldText;
use crate::formats::{About, Cut, Found, Malformed, cut};
use crate::report::{BytesEntry, DocumentEntry, RecordBytes};

use super::Parquet;
use super::edit::{Cell, EditedRows};
use super::rows::Batch;

/// How rows are cleaned.
pub struct RowCleaner<'c> {
    /// By which rules.
    pub cleaner: &'c Cleaner,
    /// What is known of texts that do not say it.
    pub about: &'c About,
    /// What takes the articles out of texts that are pages; none to pass these on as they are.
    pub pages: Option<PageCleaner<'c>>,
    /// What is asked for besides the clean texts.
    pub detail: Detail,
    /// What becomes of rows whose texts are not UTF-8.
    pub malformed: OnMalformed,
    /// Rows with texts of more than so many bytes are passed on as they are.
    pub max_record: usize,
}

/// What became of a batch.
pub struct CleanedRows {
    /// What is to be told; its records count from the start of the batch. Its output is empty, but for articles as JSON Lines.
    pub done: Done,
    /// What the rows are to hold.
    pub edited: EditedRows,
}

impl RowCleaner<'_> {
    /// Cleans the rows of a batch of `file`.
    pub fn clean<R>(&self, file: &Parquet<R>, batch: &Batch) -> CleanedRows {
        self.clean_some(file, batch, |_| true)
    }

    /// Cleans those rows of a batch of `file` whose number in the file is wanted, and counts the others only.
    pub fn clean_some<R>(
        &self,
        file: &Parquet<R>,
        batch: &Batch,
        is_wanted: impl Fn(u64) -> bool,
    ) -> CleanedRows {
        let mut cleaned = CleanedRows { done: Done::default(), edited: EditedRows::none(batch) };
        for (row, number) in batch.numbers().enumerate() {
            cleaned.done.records += 1;
            if !is_wanted(number) {
                continue;
            }
            cleaned.done.seen.add(&file.seen);
            match Cell::of_row(batch, &file.texts, row) {
                Ok(cells) if cells.is_empty() => {
                    cleaned.done.summary.without_text += 1;
                    cleaned.done.ordinals += 1;
                }
                Ok(cells) if cells.iter().map(|cell| cell.bytes().len()).sum::<usize>() > self.max_record => {
                    let limit = self.max_record;
                    let reason = format!("record is over {limit} bytes; --max-record sets another limit");
                    cleaned.done.pass_on(None, reason);
                }
                Ok(cells) if file.fields.holds == Holds::Pages => {
                    self.page(file, batch, row, &cells[0], &mut cleaned);
                }
                Ok(cells) => self.row(file, batch, row, &cells, &mut cleaned),
                Err(Malformed(reason)) => match self.malformed {
                    OnMalformed::PassOn => cleaned.done.pass_on(None, reason),
                    OnMalformed::Stop => {
                        cleaned.done.stop_at(None, reason);
                        break;
                    }
                },
            }
        }
        if file.fields.holds == Holds::Pages && self.pages.is_some_and(|pages| pages.makes_lines()) {
            cleaned.done = cleaned.done.articles_alone();
        }
        cleaned
    }

    /// Takes the article out of the page of a row.
    fn page<R>(
        &self,
        file: &Parquet<R>,
        batch: &Batch,
        row: usize,
        cell: &Cell<'_>,
        cleaned: &mut CleanedRows,
    ) {
        let CleanedRows { done, edited } = cleaned;
        let Some(pages) = self.pages else { return };
        let about = &batch.about[row];
        let PageDone { article, summary, entry, texts } =
            pages.clean(cell.text().text(), &about.or(self.about));
        if let Some(article) = article.as_ref().filter(|_| pages.makes_lines()) {
            done.add_article(article, about.id.as_deref());
        }
        let article = article.map(|article| article.text.into_bytes());
        done.summary.add(summary);
        if let Some(entry) = entry {
            done.entries.push(Entry::Document(Box::new(DocumentEntry {
                ordinal: done.ordinals,
                record: Some(done.records),
                id: about.id.clone(),
                before: BytesEntry::of(cell.bytes()),
                after: BytesEntry::of(article.as_deref().unwrap_or_default()),
                ..entry
            })));
        }
        done.texts.extend(texts);
        done.ordinals += 1;
        if let Some(article) = article.filter(|_| file.fields.outcome.added().is_some()) {
            edited.added.push((batch.start + row, ByteArray::from(article)));
        }
    }

    fn row<R>(
        &self,
        file: &Parquet<R>,
        batch: &Batch,
        row: usize,
        cells: &[Cell<'_>],
        CleanedRows { done, edited }: &mut CleanedRows,
    ) {
        let texts: Vec<FieldText<'_>> = cells.iter().map(Cell::text).collect();
        let about = &batch.about[row];
        let documents: Vec<Document<'_>> =
            texts.iter().map(|text| about.document(text.text(), self.about)).collect();
        let cleaned: Vec<Cleaned<'_>> =
            documents.iter().map(|document| self.detail.clean(self.cleaner, document)).collect();
        let found: Vec<Found<'_>> = cells
            .iter()
            .zip(&texts)
            .zip(&cleaned)
            .map(|((cell, text), cleaned)| Found {
                field: &file.texts[cell.column].name,
                text,
                edits: cleaned.edits(),
            })
            .collect();
        let keeps_text = file.fields.outcome.keeps_text();
        for (i, (cell, found)) in cells.iter().zip(&found).enumerate() {
            match keeps_text {
                true => done.summary.count_kept(documents[i].text(), &cleaned[i]),
                false => done.summary.count(documents[i].text(), &cleaned[i]),
            }
            let cuts: Vec<Cut> = found.text.cuts(found.edits);
            let output = if keeps_text { Cow::Borrowed(cell.bytes()) } else { cut(cell.bytes(), &cuts) };
            if !keeps_text && !cuts.is_empty() {
                let set = edited.set(batch, row, cell, &output);
                set.unwrap_or_else(|| unreachable!("cuts leave a string a string and a list a list"));
            }
            if self.detail == Detail::Texts {
                done.texts.push([documents[i].text(), cleaned[i].text()].map(str::to_owned));
            }
            if self.detail.tells_of(&cleaned[i]) {
                let made = RecordBytes { record: cell.bytes(), output: &output };
                let mut entry = DocumentEntry::of_field(&made, found, &cleaned[i], &cuts);
                entry.ordinal = done.ordinals + i as u64;
                entry.record = Some(done.records);
                entry.id.clone_from(&about.id);
                entry.field = (cells.len() > 1).then(|| found.field.to_owned());
                entry.text_kept = keeps_text;
                done.entries.push(Entry::Document(Box::new(entry)));
            }
        }
        if let Some(value) = added(&file.fields, &found, &cleaned) {
            edited.added.push((batch.start + row, ByteArray::from(value)));
        }
        done.ordinals += cells.len() as u64;
    }
}

/// The value of the column that is added, if this row gets one.
fn added(fields: &Fields, found: &[Found<'_>], cleaned: &[Cleaned<'_>]) -> Option<Vec<u8>> {
    let nothing = cleaned.iter().all(Cleaned::is_unchanged);
    match fields.outcome {
        Outcome::InPlace => None,
        Outcome::KeepOriginal(_) | Outcome::Annotate(_) if nothing => None,
        Outcome::KeepOriginal(_) => Some(found.first()?.text.text().as_bytes().to_vec()),
        Outcome::Into(_) => Some(cleaned.first()?.text().as_bytes().to_vec()),
        Outcome::Annotate(_) => Some(annotations(found, fields.texts.len()).into_bytes()),
    }
}
