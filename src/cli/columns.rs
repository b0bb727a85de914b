//! Parquet: a file is read at any of its places, and written only when something in it changes.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::sync::Arc;

use anyhow::{Context as _, Error, Result, bail};
use dechaff::compress::Compression;
use dechaff::formats::fields::Fields;
use dechaff::formats::parquet::{
    Batch, CleanedRows, EditedRows, Parquet, ParquetError, RowCleaner, Rows, Writer, Written,
};
use dechaff::formats::records::{Detail, Done};
use dechaff::report::{BytesEntry, InputForm};

use super::files::Input;
use super::job::{DumpDone, Job, Opened, Touched};
use super::report_reader::ReportReader;

impl Job {
    /// The columns of an input.
    pub fn columns(&self, index: usize, opened: &mut Opened) -> Result<Arc<Parquet<File>>> {
        let input = &self.inputs[index];
        let file = seekable(input, opened.compression, &mut opened.bytes)?;
        let file = Parquet::open(file, self.fields(index)).map_err(|error| failed(error, input))?;
        if let InputForm::Parquet { arrow_schema, dropped, .. } = &mut opened.form {
            *arrow_schema = file.arrow_schema_left_out().map(str::to_owned);
            dropped.retain(|path| file.has(path));
        }
        Ok(Arc::new(file))
    }

    /// Cleans some rows.
    pub fn rows(&self, index: usize, file: &Parquet<File>, batch: &Batch) -> CleanedRows {
        self.row_cleaner(index).clean(file, batch)
    }

    /// Cleans the rows of these numbers, which are sorted, and says what became of them, a batch at a time.
    pub fn some_rows(&self, index: usize, file: &Arc<Parquet<File>>, numbers: &[u64]) -> Result<Vec<Done>> {
        let mut rows = Rows::of(file);
        let mut all = Vec::new();
        let mut left = numbers;
        while !left.is_empty()
            && let Some(batch) = rows.next_batch().map_err(|error| failed(error, &self.inputs[index]))?
        {
            let (here, after) = left.split_at(left.partition_point(|number| *number < batch.numbers().end));
            let is_wanted = |number: u64| here.binary_search(&number).is_ok();
            all.push(self.row_cleaner(index).clean_some(file, &batch, is_wanted).done);
            left = after;
        }
        Ok(all)
    }

    fn row_cleaner(&self, index: usize) -> RowCleaner<'_> {
        let how = self.how(index);
        RowCleaner {
            cleaner: &how.cleaner,
            about: &how.about,
            pages: self.pages(index),
            detail: self.detail,
            malformed: self.malformed,
            max_record: self.max_record,
        }
    }

    /// Cleans a small file in one go.
    pub fn all_rows(&self, index: usize, mut opened: Opened) -> Result<DumpDone> {
        let input = &self.inputs[index];
        let file = self.columns(index, &mut opened)?;
        let mut rows = Rows::of(&file);
        let makes_lines = !matches!(opened.form, InputForm::Parquet { .. });
        let mut writer = Writer::new(&file, Vec::new());
        let mut lines = Vec::new();
        let mut blocks: Vec<Done> = Vec::new();
        while !blocks.last().is_some_and(|done| done.stopped)
            && let Some(batch) = rows.next_batch().map_err(|error| failed(error, input))?
        {
            let CleanedRows { mut done, edited } = self.rows(index, &file, &batch);
            lines.append(&mut done.output);
            blocks.push(done);
            writer.add(edited).map_err(|error| failed(error, input))?;
        }
        let (bytes, written) = match makes_lines {
            true => (lines, Written::Changed),
            false => finish(&file, writer).map_err(|error| failed(error, input))?,
        };
        let touched = Touched::when(written == Written::Changed);
        let file = self.file(index, &bytes, opened.compression, &opened.form, touched)?;
        let after = (self.detail != Detail::Sum).then(|| BytesEntry::of(&bytes));
        let untouched = touched == Touched::No;
        Ok(DumpDone { form: opened.form, blocks, after, untouched, file })
    }
}

/// Writes the end of a file, or all of it when nothing in it changed.
pub(super) fn finish<R: Read + Seek + Send + 'static, W: Write + Send>(
    file: &Parquet<R>,
    writer: Writer<R, W>,
) -> Result<(W, Written), ParquetError> {
    let (mut output, written) = writer.finish()?;
    if written == Written::Unchanged {
        file.copy(&mut output)?;
    }
    Ok((output, written))
}

/// Puts back what was removed from the clean file `input`, whose decompressed bytes are `clean`.
pub(super) fn restore(
    input: &Input,
    compression: Option<Compression>,
    clean: impl Read,
    report: &mut ReportReader,
    form: &InputForm,
    output: impl Write + Send,
) -> Result<()> {
    let InputForm::Parquet { fields, added, dropped, arrow_schema } = form else {
        bail!("cannot restore {}: the report's entry is damaged", input.shown());
    };
    if !dropped.is_empty() {
        let dropped: Vec<String> = dropped.iter().map(|name| format!("`{name}`")).collect();
        bail!(
            "cannot restore {}: --drop-field left out {}, which is not in the report; keep the original",
            input.shown(),
            dropped.join(" and ")
        );
    }
    let fields = Fields {
        texts: fields.iter().map(|path| path.parse()).collect::<Result<_, _>>()?,
        dropped: added.iter().map(|path| path.parse()).collect::<Result<_, _>>()?,
        ..Fields::default()
    };
    let file = seekable(input, compression, clean)?;
    let file = Parquet::open(file, fields).map_err(|error| failed(error, input))?;
    let file = Arc::new(file.with_arrow_schema(arrow_schema.clone()));
    let mut rows = Rows::of(&file);
    let mut writer = Writer::new(&file, output);
    let cannot = || format!("cannot restore {}", input.shown());
    let mut next = report.next_record().with_context(cannot)?;
    let mut count = 0;
    while let Some(batch) = rows.next_batch().map_err(|error| failed(error, input))? {
        let mut edited = EditedRows::none(&batch);
        for (row, number) in batch.numbers().enumerate() {
            count = number;
            if let Some(known) = next.take_if(|next| next.number == number) {
                edited
                    .put_back(&file, &batch, row, &known.entries)
                    .with_context(|| format!("cannot restore row {number} of {}", input.shown()))?;
                next = report.next_record().with_context(cannot)?;
            }
        }
        writer.add(edited).map_err(|error| failed(error, input))?;
    }
    if let Some(next) = next {
        bail!(
            "{} ends after {count} rows, but the report goes on at row {}: is it whole?",
            input.shown(),
            next.number
        );
    }
    let (mut output, _) = finish(&file, writer).map_err(|error| failed(error, input))?;
    Ok(output.flush()?)
}

/// Why a file could not be worked on.
pub(super) fn failed(error: ParquetError, input: &Input) -> Error {
    let error = match error {
        // It says by its kind whether whoever reads the output has gone away.
        ParquetError::Io(error) => Error::new(error),
        error => Error::new(error),
    };
    error.context(input.shown())
}

/// The file that an input is, or a temporary one with its decompressed bytes.
fn seekable(input: &Input, compression: Option<Compression>, mut bytes: impl Read) -> Result<File> {
    let own = input.path.as_deref().filter(|path| compression.is_none() && path.is_file());
    if let Some(path) = own {
        return File::open(path).with_context(|| format!("cannot read {}", path.display()));
    }
    let cannot = || format!("cannot keep {} in a temporary file", input.shown());
    let mut file = tempfile::tempfile().with_context(cannot)?;
    io::copy(&mut bytes, &mut file).with_context(cannot)?;
    Ok(file)
}
