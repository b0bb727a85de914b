//! Writing and reading report files.

use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use dechaff::formats::records::{Done, Entry};
use dechaff::report::{DocumentEntry, FORMAT, Header, Line, SkippedEntry, Summary, human};
use dechaff::{Cleaned, Document};

use super::files::OutputFile;
use super::{Verbosity, console};

/// How many records that cannot be read are told of one by one; the report tells of all.
const TOLD: u64 = 5;

#[derive(Args)]
pub(super) struct ReportArgs {
    /// Write a report of every removal, as JSON Lines; `-` for standard output.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

/// What is said of the documents of a run: to the report file, to the person, and in the end in sum.
pub(super) struct Reporter {
    file: Option<ReportFile>,
    verbosity: Verbosity,
    summary: Summary,
    ordinal: u64,
    /// Records and lines of the input that came before.
    records: u64,
    lines: u64,
    /// Skipped records.
    told: u64,
}

enum ReportFile {
    File(OutputFile),
    Stdout,
}

impl Reporter {
    pub fn new(args: &ReportArgs, verbosity: Verbosity, header: Header) -> Result<Self> {
        let file = match &args.report {
            None => None,
            Some(path) if path.as_os_str() == "-" => Some(ReportFile::Stdout),
            Some(path) => Some(ReportFile::File(OutputFile::create(path)?)),
        };
        let mut reporter =
            Self { file, verbosity, summary: Summary::default(), ordinal: 0, records: 0, lines: 0, told: 0 };
        reporter.write(&Line::Header(header))?;
        Ok(reporter)
    }

    /// True when someone will read of near misses.
    pub fn wants_near_misses(&self) -> bool {
        self.file.is_some() || self.verbosity.verbose
    }

    /// Says of a document what became of it. The entry is only made when someone will read it.
    pub fn document(
        &mut self,
        document: &Document<'_>,
        cleaned: &Cleaned<'_>,
        entry: impl FnOnce() -> DocumentEntry,
    ) -> Result<()> {
        self.summary.count(document.text(), cleaned);
        let ordinal = self.ordinal;
        self.ordinal += 1;
        if self.file.is_none() && !self.verbosity.verbose {
            return Ok(());
        }
        let entry = DocumentEntry { ordinal, ..entry() };
        if self.verbosity.verbose {
            console::lines(&human::details(&name_of(&entry), &entry));
        }
        self.write(&Line::Document(Box::new(entry)))
    }

    /// Says of the next records of an input what became of them, and gives back why the last of them was
    /// skipped, if it was.
    pub fn records(&mut self, done: &mut Done) -> Result<Option<String>> {
        let mut reason = None;
        for entry in std::mem::take(&mut done.entries) {
            match entry {
                Entry::Document(mut entry) => {
                    entry.ordinal += self.ordinal;
                    entry.line = entry.line.map(|line| line + self.lines);
                    entry.record = entry.record.map(|record| record + self.records);
                    // Where every line is a record, the line says it all.
                    entry.record = entry.record.filter(|record| Some(*record) != entry.line);
                    if self.verbosity.verbose {
                        console::lines(&human::details(&name_of(&entry), &entry));
                    }
                    self.write(&Line::Document(entry))?;
                    reason = None;
                }
                Entry::Skipped(mut entry) => {
                    entry.line = entry.line.map(|line| line + self.lines);
                    entry.record = entry.record.map(|record| record + self.records);
                    entry.record = entry.record.filter(|record| Some(*record) != entry.line);
                    let message = format!("line {}: {}", entry.line.unwrap_or_default(), entry.reason);
                    self.told += 1;
                    if self.told <= TOLD && !done.stopped {
                        console::note(&format!("{message}; passed on as it was"));
                    }
                    self.write(&Line::Skipped(entry))?;
                    reason = Some(message);
                }
            }
        }
        self.summary.add(std::mem::take(&mut done.summary));
        self.ordinal += done.ordinals;
        self.records += done.records;
        self.lines += done.lines;
        Ok(reason)
    }

    /// A file of a folder for which nothing was written.
    pub fn left_out(&mut self, path: String, reason: String) -> Result<()> {
        self.summary.left_out += 1;
        self.ordinal += 1;
        self.write(&Line::Skipped(SkippedEntry { path: Some(path), line: None, record: None, reason }))
    }

    /// True when only errors are to be told.
    pub fn is_quiet(&self) -> bool {
        self.verbosity.quiet
    }

    /// A file that could not be worked on, as has been said.
    pub fn failed(&mut self) {
        self.summary.failed += 1;
    }

    /// Writes out what has been said so far: before a file is replaced, its way back is on disk.
    pub fn flush(&mut self) -> Result<()> {
        match &mut self.file {
            Some(ReportFile::File(file)) => file.flush().context("cannot write the report"),
            Some(ReportFile::Stdout) => io::stdout().flush().context("cannot write the report"),
            None => Ok(()),
        }
    }

    /// Closes the report, and says the sum to the person.
    pub fn finish(mut self) -> Result<Summary> {
        self.write(&Line::Summary(self.summary.clone()))?;
        self.flush()?;
        if let Some(ReportFile::File(file)) = self.file {
            file.finish()?;
        }
        if !self.verbosity.quiet {
            console::lines(&human::summary(&self.summary));
        }
        Ok(self.summary)
    }

    fn write(&mut self, line: &Line) -> Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut json = serde_json::to_vec(line).context("cannot write the report")?;
        json.push(b'\n');
        match file {
            ReportFile::File(file) => {
                let result = file.write_all(&json);
                result.with_context(|| format!("cannot write the report {}", file.path().display()))
            }
            ReportFile::Stdout => io::stdout().write_all(&json).context("cannot write the report"),
        }
    }
}

/// What a person is told that a document is.
fn name_of(entry: &DocumentEntry) -> String {
    let file = entry.path.as_deref().map(|path| if path == "-" { "standard input" } else { path });
    let record = entry.line.map(|line| format!("record in line {line}"));
    let parts: Vec<&str> = file.into_iter().chain(record.as_deref()).chain(entry.field.as_deref()).collect();
    parts.join(": ")
}

/// Reads a report line by line.
pub(super) struct ReportReader {
    path: PathBuf,
    lines: io::Lines<BufReader<std::fs::File>>,
    number: usize,
    /// An entry that was read and not wanted yet.
    ahead: Option<DocumentEntry>,
}

impl ReportReader {
    /// Opens a report and reads its header.
    pub fn open(path: &Path) -> Result<(Header, Self)> {
        let file = std::fs::File::open(path)
            .with_context(|| format!("cannot read the report {}", path.display()))?;
        let mut reader =
            Self { path: path.to_owned(), lines: BufReader::new(file).lines(), number: 0, ahead: None };
        match reader.next_line()? {
            Some(Line::Header(header)) if header.format == FORMAT => Ok((header, reader)),
            Some(Line::Header(header)) => bail!(
                "the report {} has form {}, this dechaff reads form {FORMAT}; restore with dechaff {}",
                path.display(),
                header.format,
                header.dechaff
            ),
            _ => bail!("{} is no report of dechaff: it does not start with a header", path.display()),
        }
    }

    /// The next document's entry, if it is one that is wanted.
    pub fn next_document_if(
        &mut self,
        wanted: impl FnOnce(&DocumentEntry) -> bool,
    ) -> Result<Option<DocumentEntry>> {
        let next = self.next_document()?;
        match next {
            Some(entry) if !wanted(&entry) => {
                self.ahead = Some(entry);
                Ok(None)
            }
            next => Ok(next),
        }
    }

    /// The next document's entry; none at the end.
    pub fn next_document(&mut self) -> Result<Option<DocumentEntry>> {
        if let Some(entry) = self.ahead.take() {
            return Ok(Some(entry));
        }
        while let Some(line) = self.next_line()? {
            if let Line::Document(entry) = line {
                return Ok(Some(*entry));
            }
        }
        Ok(None)
    }

    fn next_line(&mut self) -> Result<Option<Line>> {
        let Some(line) = self.lines.next() else { return Ok(None) };
        self.number += 1;
        let place = || format!("line {} of the report {}", self.number, self.path.display());
        let line = line.with_context(|| format!("cannot read {}", place()))?;
        let line = serde_json::from_str(&line)
            .with_context(|| format!("{} is not a line of a report; use it as it was written", place()))?;
        Ok(Some(line))
    }
}
