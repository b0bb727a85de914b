//! The texts of rows, and what rows are to hold instead of them.

use std::borrow::Cow;
use std::str::Utf8Error;

use ::parquet::data_type::ByteArray;

use super::Parquet;
use super::columns::{Shape, TextColumn};
use super::rows::{Batch, Values};
use crate::formats::text::FieldText;
use crate::formats::{Malformed, json_field};
use crate::report::DocumentEntry;
use crate::restore::{self, RestoreError};

/// The rows of a batch that change.
pub struct EditedRows {
    pub(super) ends_group: bool,
    /// For each column of texts, the rows that change, by their number in the group.
    pub(super) texts: Vec<Vec<Edited>>,
    /// The values of the column that is added; rows that are not named have none.
    pub(super) added: Vec<(usize, ByteArray)>,
}

/// What a row of a column is to hold.
pub(super) struct Edited {
    pub row: usize,
    /// All its values that are there. There are as many as before unless they are paragraphs.
    pub values: Vec<ByteArray>,
}

impl EditedRows {
    /// None, of a batch.
    pub fn none(batch: &Batch) -> Self {
        let texts = batch.texts.iter().map(|_| Vec::new()).collect();
        Self { ends_group: batch.ends_group, texts, added: Vec::new() }
    }

    /// Puts back what was removed from a row of the clean file. `entries` are what the report has of it: one for
    /// each of its texts.
    ///
    /// # Errors
    /// When a text is not the one that the report was written for.
    pub fn put_back<R>(
        &mut self,
        file: &Parquet<R>,
        batch: &Batch,
        row: usize,
        entries: &[DocumentEntry],
    ) -> Result<(), RestoreError> {
        let cells = Cell::of_row(batch, &file.texts, row)
            .ok()
            .filter(|cells| cells.len() == entries.len())
            .ok_or(RestoreError::Damaged { what: "the row has not as many texts" })?;
        for (cell, entry) in cells.iter().zip(entries) {
            let spelling = cell.text().spelling();
            let original = restore::record(cell.bytes(), std::slice::from_ref(entry), spelling)?;
            if original != cell.bytes() {
                self.set(batch, row, cell, &original)
                    .ok_or(RestoreError::Damaged { what: "what it restores is no list of paragraphs" })?;
            }
        }
        Ok(())
    }

    /// Gives a text of a row other bytes; none when they are not those of a text of its shape.
    pub(super) fn set(&mut self, batch: &Batch, row: usize, cell: &Cell<'_>, bytes: &[u8]) -> Option<()> {
        let number = batch.start + row;
        let edited = &mut self.texts[cell.column];
        if edited.last().is_none_or(|last| last.row != number) {
            let old = &batch.texts[cell.column];
            edited.push(Edited { row: number, values: old.values[old.row(row).1].to_vec() });
        }
        let values = &mut edited.last_mut()?.values;
        match cell.shape {
            Shape::One | Shape::Each => values[cell.nth] = ByteArray::from(bytes.to_vec()),
            Shape::Paragraphs => {
                let paragraphs: Vec<String> = serde_json::from_slice(bytes).ok()?;
                *values = paragraphs.into_iter().map(|text| ByteArray::from(text.into_bytes())).collect();
            }
        }
        Some(())
    }
}

/// A text of a row: a value, or the JSON array that a list of paragraphs would be.
pub(super) struct Cell<'a> {
    /// The number of its column among those of texts.
    pub column: usize,
    shape: Shape,
    /// Which of the row's values it is.
    nth: usize,
    bytes: Cow<'a, str>,
}

impl<'a> Cell<'a> {
    /// The texts of a row.
    pub fn of_row(batch: &'a Batch, columns: &[TextColumn], row: usize) -> Result<Vec<Cell<'a>>, Malformed> {
        let mut cells = Vec::new();
        for (column, (TextColumn { shape, name, .. }, values)) in columns.iter().zip(&batch.texts).enumerate()
        {
            let strings = strings(values, row).map_err(|error| {
                let at = error.valid_up_to() + 1;
                Malformed(format!("column `{name}` is not UTF-8 at byte {at}: convert it first"))
            })?;
            if *shape == Shape::Paragraphs {
                // A list with a null in it is no text, and an empty one has none.
                if !strings.is_empty() && strings.len() == values.row(row).0.len() {
                    let array = serde_json::to_string(&strings)
                        .unwrap_or_else(|error| unreachable!("strings can be written: {error}"));
                    cells.push(Cell { column, shape: *shape, nth: 0, bytes: Cow::Owned(array) });
                }
            } else {
                let cell = |(nth, text)| Cell { column, shape: *shape, nth, bytes: Cow::Borrowed(text) };
                cells.extend(strings.into_iter().enumerate().map(cell));
            }
        }
        Ok(cells)
    }

    /// The bytes of the text.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_bytes()
    }

    /// The text, with the way back to its bytes.
    pub fn text(&self) -> FieldText<'_> {
        match self.shape {
            Shape::One | Shape::Each => FieldText::plain(&self.bytes, 0),
            Shape::Paragraphs => json_field::paragraphs(&self.bytes)
                .unwrap_or_else(|| unreachable!("it was made of at least one string")),
        }
    }
}

/// The strings of a row that are there.
fn strings(values: &Values, row: usize) -> Result<Vec<&str>, Utf8Error> {
    values.values[values.row(row).1].iter().map(|value| str::from_utf8(value.data())).collect()
}
