//! `dechaff restore`

use std::collections::HashMap;
use std::fs;
use std::io::{self, BufRead as _, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use dechaff::report::{DocumentEntry, InputForm, sha256};
use dechaff::restore;

use super::files::{Input, OutputFile, inputs, targets, written};
use super::filter::parts;
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
    match header.input {
        InputForm::Text => files(args, &paths, report),
        InputForm::Jsonl { .. } => records(args, &paths, report),
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
        restore::file(&clean, entry).with_context(|| format!("cannot restore {}", input.name()))?;
    match target {
        None => console::output(&original),
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
            input.name()
        );
    };
    let (Some(first), rest) = (same.first(), same.get(1..).unwrap_or_default()) else {
        bail!("cannot restore {}: the report's entry is empty", input.name());
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
            input.name(),
            same.len()
        )
    })
}

fn records(args: &RestoreArgs, paths: &[PathBuf], mut report: ReportReader) -> Result<Ending> {
    let [path] = paths else { bail!("a report of records is for one file; name that one") };
    if path.as_os_str() == "-" {
        if args.in_place {
            bail!("standard input has no place; leave out --in-place or name a file");
        }
        return restored_to(args.output.as_deref(), io::stdin().lock(), "standard input", &mut report);
    }
    let file = fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let target = if args.in_place { Some(path.as_path()) } else { args.output.as_deref() };
    restored_to(target, file, &path.display().to_string(), &mut report)
}

fn restored_to(
    target: Option<&Path>,
    input: impl io::Read,
    name: &str,
    report: &mut ReportReader,
) -> Result<Ending> {
    match target {
        Some(target) => {
            let mut file = OutputFile::create(target)?;
            restore_records(input, &mut file, name, report)?;
            file.finish()?;
        }
        None => restore_records(input, &mut BufWriter::new(io::stdout().lock()), name, report)?,
    }
    Ok(Ending::Done)
}

fn restore_records(
    input: impl io::Read,
    output: &mut impl Write,
    name: &str,
    report: &mut ReportReader,
) -> Result<()> {
    let mut input = BufReader::new(input);
    let mut entry = report.next_document()?;
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line).with_context(|| format!("cannot read {name}"))? == 0 {
            break;
        }
        number += 1;
        let (mark, record, end) = parts(&line, number);
        output.write_all(mark)?;
        match entry.take_if(|entry| entry.line == Some(number)) {
            Some(known) => {
                let original = restore::record(record, &known)
                    .with_context(|| format!("cannot restore line {number} of {name}"))?;
                output.write_all(&original)?;
                entry = report.next_document()?;
            }
            None => output.write_all(record)?,
        }
        output.write_all(end)?;
    }
    output.flush()?;
    if let Some(entry) = entry {
        bail!(
            "{name} ends after {number} lines, but the report goes on at line {}: is it whole?",
            entry.line.unwrap_or_default()
        );
    }
    Ok(())
}
