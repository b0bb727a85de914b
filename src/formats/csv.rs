//! CSV, TSV and their like: a record a row, the text in some of its columns.
//!
//! The first row names the columns. Whoever cleans a table reads that row first ([`Head`]) and makes the format
//! of it, so that each block of rows can be worked on with nothing but the block.

mod columns;
mod delimiter;
mod scan;

pub use columns::CsvError;
pub(super) use delimiter::is_header;
pub use delimiter::{Delimiter, Head, NoDelimiter};

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::{Encoding, UTF_8};
use memchr::memchr;

use super::annotation::annotations;
use super::fields::{FieldPath, Fields, Holds, Outcome};
use super::text::{Anchor, FieldText, Spelling};
use super::{About, Absence, Content, Cut, Extracted, Format, Found, Malformed, Splitter, cut};
use super::{without_line_end, without_mark};
use crate::document::Edit;
use columns::Columns;
use scan::{Cell, Rows, cells};

/// What the first row of a table is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FirstRow {
    /// The names of the columns.
    #[default]
    Names,
    /// A record as all others are. Columns go by their numbers: `#1`, `#2`.
    Record,
}

/// A table with these fields in its columns.
#[derive(Clone, Debug)]
pub struct Csv {
    delimiter: Delimiter,
    fields: Fields,
    first_row: FirstRow,
    columns: Columns,
}

impl Csv {
    /// The table that starts with the row `first`, which may have a byte order mark and a line end. An empty
    /// one has no columns, and no rows either.
    ///
    /// # Errors
    /// When the row cannot be read, or there is no column for the fields.
    pub fn new(
        first: &[u8],
        first_row: FirstRow,
        delimiter: Delimiter,
        fields: Fields,
    ) -> Result<Self, CsvError> {
        let mut table = Self { delimiter, fields, first_row, columns: Columns::default() };
        if without_mark(first).is_empty() {
            return Ok(table);
        }
        let record = without_line_end(without_mark(first));
        if record.is_empty() {
            return Err(CsvError::Blank);
        }
        if record.contains(&0) && Encoding::for_bom(record).is_some_and(|(encoding, _)| encoding != UTF_8) {
            return Err(CsvError::Utf16);
        }
        let cells = cells(record, delimiter).map_err(Malformed::from)?;
        let names: Vec<String> = match first_row {
            FirstRow::Names => cells.iter().map(|cell| decoded(record, cell).into_owned()).collect(),
            FirstRow::Record => (1..=cells.len()).map(|number| format!("#{number}")).collect(),
        };
        // Then all lines are taken for one, in which the last name of one is glued to the start of the next.
        let is_all_lines = !first.contains(&b'\n') && names.iter().any(|name| name.contains('\r'));
        if is_all_lines {
            return Err(CsvError::NoLineFeed);
        }
        table.columns = Columns::new(names, &table.fields, first_row)?;
        Ok(table)
    }

    /// Rows that are only to be told apart, as a restore does.
    pub fn rows(delimiter: Delimiter) -> Self {
        let (fields, columns) = (Fields::default(), Columns::default());
        Self { delimiter, fields, first_row: FirstRow::Record, columns }
    }

    /// A row with more fields than there are names is not what the names say of it: most likely, one holds a delimiter and
    /// lacks its quotes. Empty ones at its end say nothing.
    fn refuse_shifted(&self, cells: &[Cell]) -> Result<(), Malformed> {
        let (names, fields) = (self.columns.names.len(), cells.len());
        let is_shifted = self.first_row == FirstRow::Names
            && names > 0
            && cells.iter().skip(names).any(|cell| !cell.raw.is_empty());
        if is_shifted {
            return Err(Malformed(format!(
                "the row has {fields} fields, and the first row names {names}; quote those that hold the delimiter"
            )));
        }
        Ok(())
    }

    fn about(&self, record: &[u8], cells: &[Cell]) -> About {
        let known = |columns: &[usize]| {
            let mut values = columns.iter().filter_map(|&column| Some(decoded(record, cells.get(column)?)));
            values.find(|value| !value.is_empty()).map(Cow::into_owned)
        };
        let Columns { url, title, id, lang, .. } = &self.columns;
        About { id: known(id), url: known(url), title: known(title), lang: known(lang) }
    }

    /// The page of a row; none where the row ends before it, or its field is empty.
    fn page<'a>(&self, record: &'a [u8], cells: &[Cell]) -> Result<Content<'a>, Malformed> {
        let mut there =
            self.columns.texts.iter().filter_map(|(column, _)| Some((column, cells.get(*column)?)));
        let Some((column, cell)) = there.next() else { return Ok(Content::NoText(Absence::NotText)) };
        let page = text(record, cell, *column)?.into_text();
        Ok(match page.is_empty() {
            true => Content::NoText(Absence::NotText),
            false => Content::Page { page, about: self.about(record, cells) },
        })
    }

    /// The value of the field that is added, as it is to be written; none where the record has none.
    fn value(&self, record: &[u8], cells: &[Cell], texts: &[Found<'_>]) -> Option<Vec<u8>> {
        let only = texts.first()?;
        let cell = &cells[self.column_of(only)?];
        let found = texts.iter().any(|found| !found.edits.is_empty());
        match self.fields.outcome {
            Outcome::InPlace => None,
            Outcome::KeepOriginal(_) | Outcome::Annotate(_) if !found => None,
            Outcome::KeepOriginal(_) => Some(record[cell.raw.clone()].to_vec()),
            Outcome::Into(_) => Some(self.written(&edited(only.text.text(), only.edits), cell.quoted)),
            Outcome::Annotate(_) => Some(self.written(&annotations(texts, self.fields.texts.len()), true)),
        }
    }

    /// A value as it is to be written, in quotes if it must be or is asked to.
    fn written(&self, value: &str, quoted: bool) -> Vec<u8> {
        if quoted || self.needs_quotes(value) {
            [b"\"", &*Spelling::Csv.spell(value), b"\""].concat()
        } else {
            value.as_bytes().to_vec()
        }
    }

    fn needs_quotes(&self, value: &str) -> bool {
        let splits = |byte: u8| byte == self.delimiter.byte() || byte == b'\n' || byte == b'\r';
        value.starts_with('"')
            || value.bytes().any(splits)
            || (self.delimiter != Delimiter::TAB && value.contains('"'))
    }

    /// Puts in quotes a field that had none and would no longer be read as it should be: a rule put in what
    /// needs them, or a cut left a quote as its first character, or the row has nothing left but nothing.
    fn quote(&self, found: &Found<'_>, cells: &[Cell], cuts: &mut Vec<Cut>) {
        let text = found.text.text();
        let content = found.text.content_range();
        if self.column_of(found).is_some_and(|column| cells[column].quoted) {
            return;
        }
        let left = edited(text, found.edits);
        let kept = (0..cells.len()).filter(|column| !self.columns.dropped.contains(column)).count();
        let is_blank_row = left.is_empty() && kept == 1 && self.fields.outcome.added().is_none();
        let puts_in_quote = |edit: &Edit| edit.replacement.as_ref().is_some_and(|text| text.contains('"'));
        let is_changed = !found.edits.is_empty();
        let needs_quotes = is_changed && (self.needs_quotes(&left) || found.edits.iter().any(puts_in_quote));
        if !is_blank_row && !needs_quotes {
            return;
        }
        let goes = |at: usize| found.edits.iter().any(|edit| edit.span.range().contains(&at));
        let inside = text.match_indices('"').map(|(at, _)| at).filter(|at| !goes(*at));
        let quotes = [content.start].into_iter().chain(inside.map(|at| content.start + at));
        let quote = |at: usize| Cut { raw: at..at, put_in: b"\"".to_vec() };
        cuts.extend(quotes.chain([content.end]).map(quote));
    }

    /// The column of a text that was read.
    fn column_of(&self, found: &Found<'_>) -> Option<usize> {
        self.columns.texts.iter().find(|(_, name)| name == found.field).map(|(column, _)| *column)
    }

    /// The cut that gives a record the value in the column that is added.
    fn set(&self, record: &[u8], cells: &[Cell], value: Option<Vec<u8>>) -> Option<Cut> {
        let delimiter = self.delimiter.byte();
        let Columns { names, added, dropped, .. } = &self.columns;
        let is_new = *added == names.len();
        match (cells.get(*added), value) {
            (_, None) if !is_new => None,
            (Some(cell), Some(value)) if !is_new => Some(Cut { raw: cell.raw.clone(), put_in: value }),
            // A row that is longer than the first one.
            (Some(cell), value) => {
                let put_in = [value.unwrap_or_default(), vec![delimiter]].concat();
                Some(Cut { raw: cell.raw.start..cell.raw.start, put_in })
            }
            (None, value) => {
                let missing = (cells.len()..*added).filter(|column| !dropped.contains(column)).count();
                let put_in = [vec![delimiter; missing + 1], value.unwrap_or_default()].concat();
                Some(Cut { raw: record.len()..record.len(), put_in })
            }
        }
    }

    /// The cuts that leave out columns. One before a field that stays takes the delimiter behind it, one behind
    /// the last that stays the delimiter before it.
    fn without(&self, cells: &[Cell], cuts: &mut Vec<Cut>) {
        let goes = |column: &usize| self.columns.dropped.contains(column);
        let last_kept = (0..cells.len()).rfind(|column| !goes(column));
        for column in (0..cells.len()).filter(goes) {
            let own = &cells[column].raw;
            let raw = match cells.get(column + 1) {
                Some(next) if last_kept.is_some_and(|kept| column < kept) => own.start..next.raw.start,
                _ if column > 0 => cells[column - 1].raw.end..own.end,
                Some(next) => own.start..next.raw.start,
                None => own.clone(),
            };
            cuts.push(Cut { raw, put_in: Vec::new() });
        }
    }
}

impl Format for Csv {
    fn splitter(&self) -> Box<dyn Splitter> {
        Box::new(Rows::new(self.delimiter))
    }

    fn record(&self, bytes: &[u8]) -> Range<usize> {
        let marked = bytes.len() - without_mark(bytes).len();
        marked..marked + without_line_end(&bytes[marked..]).len()
    }

    fn read<'a>(&self, record: &'a [u8]) -> Result<Content<'a>, Malformed> {
        if record.is_empty() {
            return Ok(Content::Blank);
        }
        let cells = cells(record, self.delimiter)?;
        self.refuse_shifted(&cells)?;
        if self.fields.holds == Holds::Pages {
            return self.page(record, &cells);
        }
        let mut texts = Vec::with_capacity(self.columns.texts.len());
        for (column, name) in &self.columns.texts {
            if let Some(cell) = cells.get(*column) {
                texts.push((Cow::Owned(name.clone()), text(record, cell, *column)?));
            }
        }
        if texts.is_empty() {
            // The column is there, but this row ends before it.
            return Ok(Content::NoText(Absence::NotText));
        }
        Ok(Content::Texts { texts, about: self.about(record, &cells) })
    }

    fn changes(&self, record: &[u8], texts: &[Found<'_>]) -> Vec<Cut> {
        let changed = texts.iter().any(|found| !found.edits.is_empty());
        if !self.fields.add_or_drop() && !changed {
            return Vec::new();
        }
        let Ok(cells) = cells(record, self.delimiter) else { return Vec::new() };
        let mut cuts = Vec::new();
        self.without(&cells, &mut cuts);
        if !self.fields.outcome.keeps_text() {
            texts.iter().for_each(|found| self.quote(found, &cells, &mut cuts));
        }
        if self.fields.outcome.added().is_some() && !texts.is_empty() {
            cuts.extend(self.set(record, &cells, self.value(record, &cells, texts)));
        }
        cuts.sort_by_key(|cut| (cut.raw.start, cut.raw.end));
        cuts
    }

    fn with_article(&self, record: &[u8], extracted: Extracted<'_>) -> Vec<u8> {
        let Ok(cells) = cells(record, self.delimiter) else { return record.to_vec() };
        let mut cuts = Vec::new();
        self.without(&cells, &mut cuts);
        if self.fields.outcome.added().is_some() {
            let value = match extracted {
                Extracted::Article(article) => Some(self.written(article, true)),
                Extracted::NoArticle => Some(Vec::new()),
                Extracted::NoPage => None,
            };
            cuts.extend(self.set(record, &cells, value));
        }
        cuts.sort_by_key(|cut| (cut.raw.start, cut.raw.end));
        cut(record, &cuts).into_owned()
    }

    fn header_changes(&self, record: &[u8]) -> Option<Vec<Cut>> {
        if self.first_row == FirstRow::Record {
            return None;
        }
        let cells = cells(record, self.delimiter).unwrap_or_default();
        let mut cuts = Vec::new();
        self.without(&cells, &mut cuts);
        if let Some(name) = self.fields.outcome.added()
            && self.columns.added == cells.len()
        {
            let quoted = self.columns.texts.first().is_some_and(|(column, _)| cells[*column].quoted);
            cuts.extend(self.set(record, &cells, Some(self.written(name, quoted))));
        }
        Some(cuts)
    }

    fn spelling(&self) -> Spelling {
        Spelling::Csv
    }

    fn runaway(&self) -> Option<&'static str> {
        Some("is a quote never closed?")
    }

    fn fields(&self) -> &Fields {
        &self.fields
    }

    fn has(&self, _: &[u8], path: &FieldPath) -> bool {
        self.columns.has(path.as_str())
    }

    fn names(&self, _: &[u8]) -> Vec<String> {
        self.columns.names.clone()
    }
}

/// The text of a cell.
fn text<'a>(record: &'a [u8], cell: &Cell, column: usize) -> Result<FieldText<'a>, Malformed> {
    let content = cell.content();
    let raw = str::from_utf8(&record[content.clone()]).map_err(|error| {
        let byte = error.valid_up_to() + 1;
        let field = column + 1;
        Malformed(format!("field {field} is not UTF-8 at its byte {byte}: convert the file to UTF-8 first"))
    })?;
    let mut anchors = vec![Anchor { text: 0, raw: content.start }];
    let text = if cell.quoted { unquoted(raw, content.start, &mut anchors) } else { Cow::Borrowed(raw) };
    Ok(FieldText::new(text, anchors, content, Spelling::Csv))
}

/// What a cell says, as far as it is UTF-8.
fn decoded<'a>(record: &'a [u8], cell: &Cell) -> Cow<'a, str> {
    match String::from_utf8_lossy(&record[cell.content()]) {
        Cow::Borrowed(raw) if cell.quoted => unquoted(raw, 0, &mut Vec::new()),
        Cow::Owned(raw) if cell.quoted => Cow::Owned(raw.replace("\"\"", "\"")),
        raw => raw,
    }
}

/// What stands between two quotes, which starts at `start` in the record, with an anchor behind each quote in
/// it.
fn unquoted<'a>(raw: &'a str, start: usize, anchors: &mut Vec<Anchor>) -> Cow<'a, str> {
    let mut rest = raw;
    let mut text = String::new();
    while let Some(at) = memchr(b'"', rest.as_bytes()) {
        text.push_str(&rest[..=at]);
        rest = rest.get(at + 2..).unwrap_or_default();
        anchors.push(Anchor { text: text.len(), raw: start + raw.len() - rest.len() });
    }
    if text.is_empty() {
        return Cow::Borrowed(raw);
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The text that its edits leave.
fn edited(text: &str, edits: &[Edit]) -> String {
    let put_in = |edit: &Edit| edit.replacement.as_deref().unwrap_or_default().as_bytes().to_vec();
    let cuts: Vec<Cut> =
        edits.iter().map(|edit| Cut { raw: edit.span.range(), put_in: put_in(edit) }).collect();
    String::from_utf8_lossy(&cut(text.as_bytes(), &cuts)).into_owned()
}

#[cfg(test)]
mod tests;
