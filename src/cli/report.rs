//! Writing report files.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Error, Result, bail};
use clap::Args;
use dechaff::compress::{Compression, Encoder};
use dechaff::formats::records::{Detail, Done, Entry, Skipped};
use dechaff::report::{DocumentEntry, FileEntry, Header, Line, SkippedEntry, Summary, human};

use super::output::{OutputFile, Start, keep_partial};
use super::report_reader::is_way_back;
use super::{Verbosity, console};

/// How many records that cannot be read are told of one by one; the report tells of all. So with files that are left out,
/// and with fields that no record of a file has.
const TOLD: u64 = 5;

#[derive(Args)]
pub(super) struct ReportArgs {
    /// Write a report of every removal, as JSON Lines, compressed if its name says so; `-` for standard output.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

/// What is said of the documents of a run: to the report file, to the person, and in the end in sum.
pub(super) struct Reporter {
    file: Option<ReportFile>,
    verbosity: Verbosity,
    summary: Summary,
    /// Of the dump that is being told of, which may still fail.
    of_file: Summary,
    /// Of what was told of last, whose file may not get to its place.
    last: Summary,
    /// Its path; none for standard input.
    path: Option<String>,
    ordinal: u64,
    /// Records and lines of it that came before.
    records: u64,
    lines: u64,
    /// Skipped records.
    told: u64,
    /// Fields that no record of a file has.
    not_found: u64,
    listener: Option<Listener>,
}

/// What is told what became of documents, too.
pub(super) type Listener = Box<dyn FnMut(Told<'_>) -> Result<()> + Send>;

/// What a listener is told.
pub(super) enum Told<'a> {
    /// The entry of a document.
    Document(&'a DocumentEntry),
    /// A field was named that no record of a file has.
    NotFound(&'a str),
    /// Nothing was written for this file, of which documents may have been told.
    Failed(&'a str),
}

enum ReportFile {
    /// Compressed, if its name says so.
    File(Box<Encoder<OutputFile>>, PathBuf),
    Stdout,
}

impl Reporter {
    /// Starts a report, or goes on with the partial one of a run that came to `before`.
    pub fn new(
        args: &ReportArgs,
        verbosity: Verbosity,
        header: Header,
        before: Option<Summary>,
    ) -> Result<Self> {
        let start = if before.is_some() { Start::AtEnd } else { Start::Afresh };
        let file = match &args.report {
            None => None,
            Some(path) if path.as_os_str() == "-" => Some(ReportFile::Stdout),
            Some(path) => {
                if before.is_none() && is_way_back(path) {
                    bail!(
                        "{} is the way back from a run in place; name another report, or move it",
                        path.display()
                    );
                }
                let file = OutputFile::create_partial(path, start)?;
                let file =
                    Encoder::new(Compression::of_name(path), file).with_context(|| cannot_write(path))?;
                Some(ReportFile::File(Box::new(file), path.clone()))
            }
        };
        let goes_on = before.is_some();
        let summary = before.unwrap_or_default();
        let mut reporter = Self {
            file,
            verbosity,
            ordinal: summary.documents + summary.skipped + summary.without_text + summary.without_article,
            summary,
            of_file: Summary::default(),
            last: Summary::default(),
            path: None,
            records: 0,
            lines: 0,
            told: 0,
            not_found: 0,
            listener: None,
        };
        if goes_on {
            reporter.keep();
        } else {
            reporter.write(&Line::Header(header))?;
        }
        Ok(reporter)
    }

    /// Tells `listener`, too.
    pub fn listening(self, listener: Listener) -> Self {
        Self { listener: Some(listener), ..self }
    }

    /// How much someone will read of each document.
    pub fn detail(&self) -> Detail {
        if self.file.is_some() || self.verbosity.verbose { Detail::Entries } else { Detail::Sum }
    }

    /// Says of a text what became of it, and shows its entry to `show`.
    pub fn document(
        &mut self,
        summary: Summary,
        entry: Option<DocumentEntry>,
        show: impl FnOnce(&DocumentEntry) -> Result<()>,
    ) -> Result<()> {
        self.add(summary);
        let ordinal = self.ordinal;
        self.ordinal += 1;
        let Some(entry) = entry else { return Ok(()) };
        let entry = DocumentEntry { ordinal, ..entry };
        if self.verbosity.verbose {
            console::lines(&human::details(&name_of(&entry), &entry));
        }
        show(&entry)?;
        self.listen(Told::Document(&entry))?;
        self.write(&Line::Document(Box::new(entry)))
    }

    /// What is said of records from now on is of this file; none is standard input.
    pub fn start_file(&mut self, path: Option<&Path>) {
        self.start_part(path, 0, 0);
    }

    /// The same, of a part of it that is behind so many records and lines.
    pub fn start_part(&mut self, path: Option<&Path>, records: u64, lines: u64) {
        self.path = path.map(|path| path.display().to_string());
        (self.records, self.lines) = (records, lines);
        self.of_file = Summary::default();
    }

    /// Adds up what was said of a part.
    pub fn end_part(&mut self) {
        let summary = std::mem::take(&mut self.of_file);
        self.add(summary);
    }

    /// Adds up what was told of last.
    fn add(&mut self, summary: Summary) {
        self.summary.add(std::mem::replace(&mut self.last, summary));
    }

    fn listen(&mut self, told: Told<'_>) -> Result<()> {
        self.listener.as_mut().map_or(Ok(()), |listen| listen(told))
    }

    /// Says of the next records of the file what became of them, shows each to `show`, and gives back why the
    /// last of them was skipped, if it was.
    pub fn records(
        &mut self,
        done: &mut Done,
        mut show: impl FnMut(&DocumentEntry) -> Result<()>,
    ) -> Result<Option<String>> {
        let mut reason = None;
        for entry in std::mem::take(&mut done.entries) {
            match entry {
                Entry::Document(mut entry) => {
                    entry.ordinal += self.ordinal;
                    entry.path.clone_from(&self.path);
                    (entry.line, entry.record) = self.numbered(entry.line, entry.record);
                    if self.verbosity.verbose {
                        console::lines(&human::details(&name_of(&entry), &entry));
                    }
                    show(&entry)?;
                    self.listen(Told::Document(&entry))?;
                    self.write(&Line::Document(entry))?;
                    reason = None;
                }
                Entry::Skipped(mut entry) => {
                    entry.path.clone_from(&self.path);
                    (entry.line, entry.record) = self.numbered(entry.line, entry.record);
                    let file = entry.path.as_ref().map(|path| format!("{path}: ")).unwrap_or_default();
                    let message = format!("{file}{}: {}", place_of(entry.line, entry.record), entry.reason);
                    self.told += 1;
                    if self.told <= TOLD && !done.stopped {
                        let outcome = match done.skipped {
                            // Who only listens passes nothing on.
                            Skipped::PassedOn if self.listener.is_some() => "left alone",
                            Skipped::PassedOn => "passed on as it was",
                            Skipped::LeftOut => "left out",
                        };
                        console::note(&format!("{message}; {outcome}"));
                    }
                    self.write(&Line::Skipped(entry))?;
                    reason = Some(message);
                }
            }
        }
        self.of_file.add(std::mem::take(&mut done.summary));
        self.ordinal += done.ordinals;
        self.records += done.records;
        self.lines += done.lines;
        Ok(reason)
    }

    /// The numbers in the file, from those in a block.
    fn numbered(&self, line: Option<u64>, record: Option<u64>) -> (Option<u64>, Option<u64>) {
        let line = line.map(|line| line + self.lines);
        // Where every line is a record, the line says it all.
        (line, record.map(|record| record + self.records).filter(|record| Some(*record) != line))
    }

    /// Says of the file whose records came before what became of it; its summary is put in here.
    pub fn end_file(&mut self, entry: FileEntry) -> Result<()> {
        let summary = std::mem::take(&mut self.of_file);
        self.add(summary.clone());
        self.write(&Line::File(Box::new(FileEntry { summary, ..entry })))
    }

    /// Says that a file could not be worked on, or not to its end, and nothing was written for it.
    pub fn failed(&mut self, path: String, error: &Error) -> Result<()> {
        self.of_file = Summary::default();
        self.summary.failed += 1;
        self.listen(Told::Failed(&path))?;
        let reason = format!("{error:#}");
        self.write(&Line::Skipped(SkippedEntry { path: Some(path), line: None, record: None, reason }))
    }

    /// Says that what was told of last did not get to its place.
    pub fn unwritten(&mut self, path: String, error: &Error) -> Result<()> {
        self.last = Summary::default();
        self.failed(path, error)
    }

    /// How many documents have been told of.
    pub fn documents(&self) -> u64 {
        self.summary.documents + self.last.documents + self.of_file.documents
    }

    /// A file of a folder for which nothing was written.
    pub fn left_out(&mut self, path: String, reason: String) -> Result<()> {
        self.of_file = Summary::default();
        self.summary.left_out += 1;
        if self.summary.left_out <= TOLD {
            console::note(&format!("{path} is left out: {reason}"));
        }
        self.ordinal += 1;
        self.write(&Line::Skipped(SkippedEntry { path: Some(path), line: None, record: None, reason }))
    }

    /// Says of a file which fields were named that none of its records has.
    pub fn not_found(&mut self, messages: Vec<String>) -> Result<()> {
        for message in messages {
            self.not_found += 1;
            if self.not_found > TOLD {
                continue;
            }
            if !self.is_quiet() {
                console::note(&message);
            }
            self.listen(Told::NotFound(&message))?;
        }
        Ok(())
    }

    /// True when only errors are to be told.
    pub fn is_quiet(&self) -> bool {
        self.verbosity.quiet
    }

    /// Writes out what has been said so far: before a file is replaced, its way back is on disk, and stays there
    /// if the run breaks off.
    pub fn flush(&mut self) -> Result<()> {
        self.keep();
        self.write_out()
    }

    fn keep(&self) {
        if let Some(ReportFile::File(_, path)) = &self.file {
            keep_partial(path);
        }
    }

    fn write_out(&mut self) -> Result<()> {
        match &mut self.file {
            Some(ReportFile::File(file, path)) => file.flush().with_context(|| cannot_write(path)),
            Some(ReportFile::Stdout) => io::stdout().flush().context("cannot write the report"),
            None => Ok(()),
        }
    }

    /// Closes the report, and says the sum to the person.
    pub fn finish(mut self) -> Result<Summary> {
        self.add(Summary::default());
        self.write(&Line::Summary(self.summary.clone()))?;
        self.write_out()?;
        if let Some(ReportFile::File(file, path)) = self.file {
            file.finish().with_context(|| cannot_write(&path))?.finish()?;
        }
        if let Some(more) = untold(self.summary.left_out) {
            let verb = if more == 1 { "is" } else { "are" };
            console::note(&format!("{} {verb} left out", human::counted(more, "more file")));
        }
        if !self.verbosity.quiet {
            if let Some(more) = untold(self.not_found) {
                let more = human::counted(more, "more field");
                console::note(&format!("{more} were named that no record of their file has"));
            }
            console::lines(&human::summary(&self.summary));
        }
        Ok(self.summary)
    }

    fn write(&mut self, line: &Line) -> Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut json = serde_json::to_vec(line).context("cannot write the report")?;
        json.push(b'\n');
        match file {
            ReportFile::File(file, path) => file.write_all(&json).with_context(|| cannot_write(path)),
            ReportFile::Stdout => io::stdout().write_all(&json).context("cannot write the report"),
        }
    }
}

/// How many of so many have not been told of one by one, if any.
fn untold(count: u64) -> Option<u64> {
    count.checked_sub(TOLD).filter(|more| *more > 0)
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write the report {}", path.display())
}

/// What a person is told that a document is.
pub(super) fn name_of(entry: &DocumentEntry) -> String {
    let file = entry.path.as_deref().map(|path| if path == "-" { "standard input" } else { path });
    let record = match (entry.line, entry.record) {
        (Some(line), _) => Some(format!("record in line {line}")),
        (None, record) => record.map(|record| format!("row {record}")),
    };
    let parts: Vec<&str> = file.into_iter().chain(record.as_deref()).chain(entry.field.as_deref()).collect();
    parts.join(": ")
}

/// Where a record is: rows of columns have no lines.
fn place_of(line: Option<u64>, record: Option<u64>) -> String {
    match line {
        Some(line) => format!("line {line}"),
        None => format!("row {}", record.unwrap_or_default()),
    }
}
