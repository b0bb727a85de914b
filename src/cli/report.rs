//! Writing and reading report files.

use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use dechaff::report::{DocumentEntry, FORMAT, Header, Line, SkippedEntry, Summary, human};
use dechaff::{Cleaned, Document};

use super::files::OutputFile;
use super::{Verbosity, console};

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
        let mut reporter = Self { file, verbosity, summary: Summary::default(), ordinal: 0 };
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
            let name = match (&entry.path, entry.line) {
                (Some(path), None) => path.clone(),
                (path, Some(line)) => {
                    format!(
                        "{}record in line {line}",
                        path.as_ref().map_or(String::new(), |path| format!("{path}: "))
                    )
                }
                (None, None) => "-".to_owned(),
            };
            console::lines(&human::details(&name, &entry));
        }
        self.write(&Line::Document(entry))
    }

    /// A record without a text: it counts as a document's place in the order.
    pub fn without_text(&mut self) {
        self.summary.without_text += 1;
        self.ordinal += 1;
    }

    /// A record or file that was passed on as it was.
    pub fn skipped(&mut self, entry: SkippedEntry) -> Result<()> {
        self.summary.skipped += 1;
        self.ordinal += 1;
        self.write(&Line::Skipped(entry))
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

/// Reads a report line by line.
pub(super) struct ReportReader {
    path: PathBuf,
    lines: io::Lines<BufReader<std::fs::File>>,
    number: usize,
}

impl ReportReader {
    /// Opens a report and reads its header.
    pub fn open(path: &Path) -> Result<(Header, Self)> {
        let file = std::fs::File::open(path)
            .with_context(|| format!("cannot read the report {}", path.display()))?;
        let mut reader = Self { path: path.to_owned(), lines: BufReader::new(file).lines(), number: 0 };
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

    /// The next document's entry; none at the end.
    pub fn next_document(&mut self) -> Result<Option<DocumentEntry>> {
        while let Some(line) = self.next_line()? {
            if let Line::Document(entry) = line {
                return Ok(Some(entry));
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
