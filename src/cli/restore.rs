//! `dechaff restore`

use std::collections::HashMap;
use std::fs;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use dechaff::compress::{Compression, Encoder, decoder};
use dechaff::formats::Format;
use dechaff::formats::blocks::{BLOCK, Block, Blocks};
use dechaff::formats::fields::Fields;
use dechaff::formats::form::Reader;
use dechaff::report::{DocumentEntry, sha256};
use dechaff::restore;

use super::dump::unreadable;
use super::files::{Input, OutputFile, inputs, targets, written};
use super::report::ReportReader;
use super::{Ending, console};

const EXAMPLES: &str = "\
Examples:
  dechaff restore --report removed.jsonl clean.txt > article.txt
  dechaff restore --report removed.jsonl clean/ -o originals/
  dechaff restore --report removed.jsonl corpus/ --in-place
  dechaff restore --report removed.jsonl < clean.jsonl > dump.jsonl";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct RestoreArgs {
    /// The report that was written when the text was cleaned.
    #[arg(long, value_name = "FILE")]
    report: PathBuf,
    /// Clean files and folders; standard input when none is named.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write to this folder, keeping the tree; or, from one file, to this file.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Write each original in the place of its clean file.
    #[arg(long, conflicts_with = "output")]
    in_place: bool,
}

pub(super) fn run(args: &RestoreArgs) -> Result<Ending> {
    let (header, report) = ReportReader::open(&args.report)?;
    let paths = if args.paths.is_empty() { vec![PathBuf::from("-")] } else { args.paths.clone() };
    match header.input.reader(Fields::default()) {
        Reader::Document => files(args, &paths, report),
        Reader::Records(format) => records(args, &paths, report, &*format),
    }
}

/// The entries of a report by the SHA-256 of the clean file.
type Entries = HashMap<String, Vec<DocumentEntry>>;

fn files(args: &RestoreArgs, paths: &[PathBuf], mut report: ReportReader) -> Result<Ending> {
    let mut entries = Entries::new();
    while let Some(entry) = report.next_document()? {
        entries.entry(entry.after.sha256.clone()).or_default().push(entry);
    }
    let inputs = inputs(paths, args.output.as_deref())?;
    let targets = match &args.output {
        Some(output) => targets(&inputs, output)?.into_iter().map(Some).collect(),
        None if args.in_place => {
            if inputs.files.iter().any(|input| input.path.is_none()) {
                bail!("standard input has no place; leave out --in-place or name a file");
            }
            inputs.files.iter().map(|input| input.path.clone()).collect()
        }
        None if inputs.files.len() == 1 && !inputs.from_folder => vec![None],
        None => bail!("where should the originals go? say -o DIR or --in-place"),
    };
    let mut ending = Ending::Done;
    for (input, target) in inputs.files.iter().zip(&targets) {
        let result = one_file(input, target.as_deref(), &entries);
        if let Err(error) = result {
            if super::is_broken_pipe(&error) {
                return Err(error);
            }
            console::error(&error);
            ending = Ending::Failed;
        }
    }
    Ok(ending)
}

fn one_file(input: &Input, target: Option<&Path>, entries: &Entries) -> Result<()> {
    let clean = input.read()?;
    let entry = entry_of(input, &clean, entries)?;
    let original =
        restore::file(&clean, entry).with_context(|| format!("cannot restore {}", input.shown()))?;
    match target {
        None => console::output(&original, None),
        // A file in its place that never was changed is not written again.
        Some(target) if original == clean && Some(target) == input.path.as_deref() => Ok(()),
        Some(target) => written(target, &original)?.finish(),
    }
}

/// The entry whose clean bytes these are. Where several originals came out the same, the name decides.
fn entry_of<'e>(input: &Input, clean: &[u8], entries: &'e Entries) -> Result<&'e DocumentEntry> {
    let hash = sha256(clean);
    let Some(same) = entries.get(&hash) else {
        bail!(
            "cannot restore {}: the report has no document with its SHA-256, {hash}; \
             it was changed after it was cleaned, or this is another run's report",
            input.shown()
        );
    };
    let (Some(first), rest) = (same.first(), same.get(1..).unwrap_or_default()) else {
        bail!("cannot restore {}: the report's entry is empty", input.shown());
    };
    if rest.iter().all(|entry| entry.before == first.before) {
        return Ok(first);
    }
    let is_named = |entry: &&DocumentEntry| {
        let names = [entry.output.as_deref(), entry.path.as_deref()];
        let absolute = |path: &Path| std::path::absolute(path).ok();
        let own = input.path.as_deref().and_then(absolute);
        own.is_some() && names.into_iter().flatten().any(|name| absolute(Path::new(name)) == own)
    };
    same.iter().find(is_named).with_context(|| {
        format!(
            "cannot restore {}: {} originals came out the same, and none was at this path; \
             put it where it was written",
            input.shown(),
            same.len()
        )
    })
}

/// A dump's clean records, and what leads back from them.
struct Dump<'a> {
    name: String,
    format: &'a dyn Format,
    report: ReportReader,
}

fn records(
    args: &RestoreArgs,
    paths: &[PathBuf],
    report: ReportReader,
    format: &dyn Format,
) -> Result<Ending> {
    let [path] = paths else { bail!("a report of records is for one file; name that one") };
    let is_stdin = path.as_os_str() == "-";
    if is_stdin && args.in_place {
        bail!("standard input has no place; leave out --in-place or name a file");
    }
    let name = if is_stdin { "standard input".to_owned() } else { path.display().to_string() };
    let input: Box<dyn Read + Send> = if is_stdin {
        Box::new(io::stdin())
    } else {
        Box::new(fs::File::open(path).with_context(|| format!("cannot read {name}"))?)
    };
    let (compression, input) = decoder(input).with_context(|| format!("cannot read {name}"))?;
    let target = if args.in_place { Some(path.as_path()) } else { args.output.as_deref() };
    let mut dump = Dump { name, format, report };
    match target {
        Some(target) => {
            let own = compression.filter(|_| args.in_place);
            let file = OutputFile::create(target)?;
            let written = || format!("cannot write {}", target.display());
            let mut output =
                Encoder::new(Compression::of_name(target).or(own), file).with_context(written)?;
            dump.restore(input, &mut output)?;
            output.finish().with_context(written)?.finish()?;
        }
        None => dump.restore(input, &mut BufWriter::new(io::stdout().lock()))?,
    }
    Ok(Ending::Done)
}

impl Dump<'_> {
    /// Records that the report does not name are passed on.
    fn restore(&mut self, input: impl Read, output: &mut impl Write) -> Result<()> {
        let mut blocks = Blocks::new(input, self.format.splitter(), BLOCK, usize::MAX);
        let mut next = self.next_record()?;
        let mut number = 0;
        let mut at_start = true;
        while let Some(block) = blocks.next_block().map_err(|error| unreadable(error, &self.name))? {
            let (Block::Records(bytes) | Block::TooLarge { bytes, .. } | Block::Rest(bytes)) = block;
            let mut rest = bytes.as_slice();
            if std::mem::take(&mut at_start)
                && let Some(marked) = rest.strip_prefix(b"\xEF\xBB\xBF")
            {
                output.write_all(b"\xEF\xBB\xBF")?;
                rest = marked;
            }
            let mut splitter = self.format.splitter();
            while !rest.is_empty() {
                let (record, after) = rest.split_at(splitter.next_end(rest).unwrap_or(rest.len()));
                self.put_back_dropped(&mut next, &mut number, output)?;
                number += 1;
                match next.take_if(|next| next.number == number) {
                    Some(known) => {
                        let place = self.format.record(record);
                        let original =
                            restore::record(&record[place.clone()], &known.entries, self.format.spelling())
                                .with_context(|| format!("cannot restore record {number} of {}", self.name))?;
                        output.write_all(&record[..place.start])?;
                        output.write_all(&original)?;
                        output.write_all(&record[place.end..])?;
                        next = self.next_record()?;
                    }
                    None => output.write_all(record)?,
                }
                rest = after;
            }
        }
        self.put_back_dropped(&mut next, &mut number, output)?;
        output.flush()?;
        if let Some(next) = next {
            bail!(
                "{} ends after {number} records, but the report goes on at record {}: is it whole?",
                self.name,
                next.number
            );
        }
        Ok(())
    }

    fn put_back_dropped(
        &mut self,
        next: &mut Option<RecordEntries>,
        number: &mut u64,
        output: &mut impl Write,
    ) -> Result<()> {
        while let Some(known) = next.take_if(|next| next.number == *number + 1 && next.is_dropped()) {
            *number += 1;
            for entry in &known.entries {
                if let Some(bytes) = restore::dropped(entry)
                    .with_context(|| format!("cannot restore record {number} of {}", self.name))?
                {
                    output.write_all(&bytes)?;
                }
            }
            *next = self.next_record()?;
        }
        Ok(())
    }

    fn next_record(&mut self) -> Result<Option<RecordEntries>> {
        let Some(first) = self.report.next_document()? else { return Ok(None) };
        let number = first.record.or(first.line).unwrap_or_default();
        let mut entries = vec![first];
        while let Some(entry) =
            self.report.next_document_if(|entry| entry.record.or(entry.line).unwrap_or_default() == number)?
        {
            entries.push(entry);
        }
        Ok(Some(RecordEntries { number, entries }))
    }
}

/// What the report says of one record.
struct RecordEntries {
    number: u64,
    entries: Vec<DocumentEntry>,
}

impl RecordEntries {
    fn is_dropped(&self) -> bool {
        self.entries.iter().any(|entry| entry.dropped.is_some())
    }
}
