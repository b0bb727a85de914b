//! Reading report files: what they tell of, and where in them.

use std::collections::HashMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Error, Result, bail};
use dechaff::compress::decoder;
use dechaff::report::{BytesEntry, DocumentEntry, FORMAT, FileEntry, Header, Line, Summary};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// What a report tells of: its texts and dumps, without their removals.
#[derive(Default)]
pub(super) struct Index {
    /// Texts by the SHA-256 of their clean bytes.
    pub texts: HashMap<String, Vec<TextPlace>>,
    pub dumps: Vec<DumpPlace>,
    /// The files that were not worked on.
    skipped: Vec<String>,
    /// The report ends before its last line, and in the middle of this one.
    pub breaks_off_in: Option<String>,
}

/// Where a text's entry is.
pub(super) struct TextPlace {
    pub at: Position,
    pub before: BytesEntry,
    pub path: Option<String>,
    pub output: Option<String>,
    pub origin: Origin,
}

/// What a text comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Text,
    Page,
}

/// Where the entries of a dump's documents start.
pub(super) struct DumpPlace {
    pub at: Position,
    pub entry: FileEntry,
}

/// What a report says of one input, from its first line to its last.
pub(super) struct Section {
    from: Position,
    to: Position,
    pub path: String,
    pub output: Option<String>,
    pub after: BytesEntry,
    pub summary: Summary,
}

/// True for the report of a run in place.
pub(super) fn is_way_back(report: &Path) -> bool {
    report.is_file() && ReportReader::open(report).is_ok_and(|(header, _)| header.in_place)
}

/// The start of a line of the report.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    /// In bytes, decompressed.
    offset: u64,
    /// Lines before it.
    lines: usize,
}

const START: Position = Position { offset: 0, lines: 0 };

impl Index {
    /// True when something was written to this place, or read from it.
    pub fn names(&self, path: &Path) -> bool {
        self.dumps.iter().any(|dump| dump.is_named(path))
            || self.texts.values().flatten().any(|text| text.is_named(path))
    }

    /// True when a file was left as it was, since it could not be worked on.
    pub fn left_alone(&self, path: &Path) -> bool {
        self.skipped.iter().any(|name| is_name_of(name, path)) && !self.names(path)
    }
}

impl TextPlace {
    /// True when the text was read from or written to this place.
    pub fn is_named(&self, path: &Path) -> bool {
        [&self.output, &self.path].into_iter().flatten().any(|name| is_name_of(name, path))
    }
}

impl DumpPlace {
    /// True when the dump was written to this place, or read from it when it was written nowhere else.
    pub fn is_named(&self, path: &Path) -> bool {
        is_name_of(self.entry.output.as_ref().unwrap_or(&self.entry.path), path)
    }
}

fn is_name_of(name: &str, path: &Path) -> bool {
    let absolute = |path: &Path| std::path::absolute(path).ok();
    absolute(path).is_some_and(|path| Some(path) == absolute(Path::new(name)))
}

/// Reads a report, compressed or not.
pub(super) struct ReportReader {
    path: PathBuf,
    input: BufReader<Box<dyn Read + Send>>,
    /// Where the next line starts.
    next: Position,
    /// An entry that was read and not wanted yet.
    ahead: Option<DocumentEntry>,
    /// The entries of a dump have been read.
    ended: bool,
    /// What the documents came to that were read one after the other.
    told: Summary,
}

/// What the report says of one record.
pub(super) struct RecordEntries {
    pub number: u64,
    pub entries: Vec<DocumentEntry>,
}

impl RecordEntries {
    pub fn is_dropped(&self) -> bool {
        self.entries.iter().any(|entry| entry.dropped.is_some())
    }
}

/// As much of a line as an index takes; the rest is not made into anything.
#[derive(Deserialize)]
struct Glance {
    #[serde(rename = "type")]
    line_type: String,
    path: Option<String>,
    output: Option<String>,
    line: Option<u64>,
    record: Option<u64>,
    before: Option<BytesEntry>,
    after: Option<BytesEntry>,
    /// There when it is a page.
    page: Option<IgnoredAny>,
}

impl ReportReader {
    /// Opens a report and reads its header.
    pub fn open(path: &Path) -> Result<(Header, Self)> {
        let mut reader = Self {
            path: path.to_owned(),
            input: open(path)?,
            next: START,
            ahead: None,
            ended: false,
            told: Summary::default(),
        };
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

    /// Reads on to the end, and says what was there.
    pub fn index(&mut self) -> Result<Index> {
        let mut index = Index::default();
        let mut at = self.next;
        let mut dump_at = at;
        let mut is_whole = false;
        while let Some(line) = self.next_bytes()? {
            let glance: Glance = self.parsed(&line)?;
            match glance.line_type.as_str() {
                "document" if glance.line.or(glance.record).is_none() => {
                    let (Some(before), Some(after)) = (glance.before, glance.after) else {
                        bail!("{} has no digests; use it as it was written", self.place());
                    };
                    let origin = if glance.page.is_some() { Origin::Page } else { Origin::Text };
                    let Glance { path, output, .. } = glance;
                    let place = TextPlace { at, before, path, output, origin };
                    index.texts.entry(after.sha256).or_default().push(place);
                    dump_at = self.next;
                }
                "file" => {
                    let Line::File(entry) = self.parsed(&line)? else { continue };
                    index.dumps.push(DumpPlace { at: dump_at, entry: *entry });
                    dump_at = self.next;
                }
                // A file that could not be worked on: what was said of its records is void.
                "skipped" if glance.line.or(glance.record).is_none() => {
                    index.skipped.extend(glance.path);
                    dump_at = self.next;
                }
                _ => {}
            }
            at = self.next;
            is_whole = glance.line_type == "summary";
        }
        if !is_whole {
            index.breaks_off_in =
                Some(format!("line {} of the report {}", at.lines + 1, self.path.display()));
        }
        Ok(index)
    }

    /// Reads on to the end, and says where each input is told of that was worked on.
    pub fn sections(&mut self) -> Result<Vec<Section>> {
        let mut sections: Vec<Section> = Vec::new();
        let mut from = self.next;
        while let Some(line) = self.next_bytes()? {
            let glance: Glance = self.parsed(&line)?;
            if glance.line.or(glance.record).is_some() {
                continue;
            }
            match self.parsed(&line)? {
                Line::Document(entry) => {
                    let mut summary = Summary::default();
                    summary.count_entry(&entry);
                    let DocumentEntry { path, output, after, .. } = *entry;
                    let path = path.unwrap_or_default();
                    sections.push(Section { from, to: self.next, path, output, after, summary });
                }
                Line::File(entry) => {
                    let FileEntry { path, output, after, summary, .. } = *entry;
                    sections.push(Section { from, to: self.next, path, output, after, summary });
                }
                // What was said before it is void if it failed after all.
                Line::Skipped(entry) => {
                    sections.pop_if(|last| Some(&last.path) == entry.path.as_ref());
                }
                Line::Header(_) | Line::Summary(_) => {}
            }
            from = self.next;
        }
        Ok(sections)
    }

    /// Copies the header.
    pub fn copy_header(&mut self, out: &mut impl Write) -> Result<()> {
        self.go_to(START)?;
        let header = self.next_bytes()?.unwrap_or_default();
        out.write_all(&header).context("cannot copy the report")
    }

    /// Copies what is said of an input.
    pub fn copy(&mut self, section: &Section, out: &mut impl Write) -> Result<()> {
        self.go_to(section.from)?;
        let bytes = section.to.offset - section.from.offset;
        io::copy(&mut self.input.by_ref().take(bytes), out).context("cannot copy the report")?;
        self.next = section.to;
        Ok(())
    }

    /// Goes on reading at another line.
    pub fn go_to(&mut self, position: Position) -> Result<()> {
        (self.ahead, self.ended, self.told) = (None, false, Summary::default());
        if position < self.next {
            self.input = open(&self.path)?;
            self.next = START;
        }
        let way = position.offset - self.next.offset;
        let gone = io::copy(&mut self.input.by_ref().take(way), &mut io::sink())
            .with_context(|| format!("cannot read the report {}", self.path.display()))?;
        if gone < way {
            bail!("the report {} has become shorter; use it as it was written", self.path.display());
        }
        self.next = position;
        Ok(())
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

    /// What the report says of the next record; none when a dump or the report ends.
    pub fn next_record(&mut self) -> Result<Option<RecordEntries>> {
        let Some(first) = self.next_document()? else { return Ok(None) };
        let number = first.record.or(first.line).unwrap_or_default();
        let mut entries = vec![first];
        while let Some(entry) =
            self.next_document_if(|entry| entry.record.or(entry.line).unwrap_or_default() == number)?
        {
            entries.push(entry);
        }
        Ok(Some(RecordEntries { number, entries }))
    }

    /// The next document's entry; none when a dump or the report ends.
    pub fn next_document(&mut self) -> Result<Option<DocumentEntry>> {
        if let Some(entry) = self.ahead.take() {
            return Ok(Some(entry));
        }
        while !self.ended {
            match self.next_line()? {
                Some(Line::Document(entry)) if entry.page.is_some() => {
                    bail!("{OF_PAGE}")
                }
                Some(Line::Document(entry)) => {
                    self.told.count_entry(&entry);
                    return Ok(Some(*entry));
                }
                Some(Line::Skipped(_)) => {}
                Some(Line::Header(_) | Line::File(_) | Line::Summary(_)) | None => self.ended = true,
            }
        }
        Ok(None)
    }

    /// True when the documents that were read since [`go_to`](Self::go_to) are all that this summary counts.
    pub fn told_all(&self, summary: &Summary) -> bool {
        (self.told.changed, &self.told.rules) == (summary.changed, &summary.rules)
    }

    fn next_line(&mut self) -> Result<Option<Line>> {
        self.next_bytes()?.map(|line| self.parsed(&line)).transpose()
    }

    /// The next whole line. That of an interrupted run may end in the middle of one.
    fn next_bytes(&mut self) -> Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        match self.input.read_until(b'\n', &mut line) {
            Ok(_) if line.ends_with(b"\n") => {}
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => {
                return Err(
                    Error::new(error).context(format!("cannot read the report {}", self.path.display()))
                );
            }
        }
        self.next.offset += line.len() as u64;
        self.next.lines += 1;
        Ok(Some(line))
    }

    fn parsed<'l, T: Deserialize<'l>>(&self, line: &'l [u8]) -> Result<T> {
        serde_json::from_slice(line)
            .with_context(|| format!("{} is not a line of a report; use it as it was written", self.place()))
    }

    /// The line that was read last.
    fn place(&self) -> String {
        format!("line {} of the report {}", self.next.lines, self.path.display())
    }
}

/// Why a page is not restored.
pub(super) const OF_PAGE: &str =
    "its text is new, taken out of a page, and leads to no page back; keep the pages themselves";

fn open(path: &Path) -> Result<BufReader<Box<dyn Read + Send>>> {
    let failed = || {
        let partial = super::output::partial_name(path);
        let hint = if !path.exists() && partial.is_file() {
            format!("; {} is what an interrupted run left of it", partial.display())
        } else {
            String::new()
        };
        format!("cannot read the report {}{hint}", path.display())
    };
    let (_, input) = decoder(fs::File::open(path).with_context(failed)?).with_context(failed)?;
    Ok(BufReader::with_capacity(1 << 16, input))
}
