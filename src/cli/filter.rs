//! `dechaff filter`

use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use dechaff::Cleaner;
use dechaff::formats::jsonl::{self, Absence, Content};
use dechaff::report::{DocumentEntry, Header, InputForm, SkippedEntry};

use super::clean::{AboutArgs, EncodingArgs, run_on_stdin};
use super::console::STDOUT;
use super::packs::PackArgs;
use super::report::{ReportArgs, Reporter};
use super::{Ending, Verbosity, console};

/// How many records that cannot be read are told of one by one; the report tells of all.
const TOLD: u64 = 5;

const EXAMPLES: &str = "\
Examples:
  dechaff filter --format jsonl --field text < dump.jsonl > clean.jsonl
  zcat dump.jsonl.gz | dechaff filter --format jsonl --report removed.jsonl | gzip > clean.jsonl.gz
  dechaff filter < article.txt

The record's fields id, url, title (or headline) and lang (or language) are used when they are there.";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct FilterArgs {
    /// The form of the input.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The field that holds the text, with --format jsonl [default: text].
    #[arg(long, value_name = "NAME")]
    field: Option<String>,
    #[command(flatten)]
    report: ReportArgs,
    #[command(flatten)]
    about: AboutArgs,
    #[command(flatten)]
    encodings: EncodingArgs,
    #[command(flatten)]
    packs: PackArgs,
    #[command(flatten)]
    verbosity: Verbosity,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// All of the input is one text.
    Text,
    /// One JSON record a line; all but the field stays as it is.
    Jsonl,
}

pub(super) fn run(args: &FilterArgs) -> Result<Ending> {
    let (cleaner, packs) = args.packs.cleaner()?;
    if args.report.report.as_ref().is_some_and(|path| path.as_os_str() == "-") {
        bail!("the clean text goes to standard output; give the report a file");
    }
    if matches!(args.format, Format::Text) && args.field.is_some() {
        bail!("a text has no fields; say --format jsonl if the input is JSON Lines");
    }
    let field = args.field.clone().unwrap_or_else(|| "text".to_owned());
    let form = match args.format {
        Format::Text => InputForm::Text,
        Format::Jsonl => InputForm::Jsonl { field: field.clone() },
    };
    let header = Header::new(&cleaner, &packs, args.packs.described(), form);
    let reporter = Reporter::new(&args.report, args.verbosity, header)?;
    match args.format {
        Format::Text => run_on_stdin(cleaner, &args.about, &args.encodings, reporter),
        Format::Jsonl => records(&cleaner, &field, reporter),
    }
}

/// What has been seen of the field.
#[derive(Default)]
struct Seen {
    records: u64,
    with_field: u64,
    malformed: u64,
}

fn records(cleaner: &Cleaner, field: &str, mut reporter: Reporter) -> Result<Ending> {
    let mut input = BufReader::with_capacity(1 << 16, io::stdin().lock());
    let mut output = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut seen = Seen::default();
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line).context("cannot read standard input")? == 0 {
            break;
        }
        number += 1;
        let (mark, record, end) = parts(&line, number);
        output.write_all(mark).context(STDOUT)?;
        let clean = record_output(cleaner, field, record, number, &mut seen, &mut reporter)?;
        output.write_all(&clean).context(STDOUT)?;
        output.write_all(end).context(STDOUT)?;
        // Whoever reads our output never waits for records that we already have.
        if input.buffer().is_empty() {
            output.flush().context(STDOUT)?;
        }
    }
    output.flush().context(STDOUT)?;
    reporter.finish()?;
    if seen.records > 0 && seen.with_field == 0 {
        bail!("{}", no_field(field, &seen));
    }
    Ok(Ending::Done)
}

fn record_output<'r>(
    cleaner: &Cleaner,
    field: &str,
    record: &'r [u8],
    number: u64,
    seen: &mut Seen,
    reporter: &mut Reporter,
) -> Result<std::borrow::Cow<'r, [u8]>> {
    if record.iter().all(u8::is_ascii_whitespace) {
        return Ok(record.into());
    }
    seen.records += 1;
    let (text, about) = match jsonl::read(record, field) {
        Ok(Content::Text { text, about }) => (text, about),
        Ok(Content::NoText(absence)) => {
            seen.with_field += u64::from(absence != Absence::Missing);
            reporter.without_text();
            return Ok(record.into());
        }
        Err(error) => {
            seen.malformed += 1;
            if seen.malformed <= TOLD {
                console::note(&format!("line {number} is passed on as it was: {error}"));
            }
            reporter.skipped(SkippedEntry { path: None, line: Some(number), reason: error.to_string() })?;
            return Ok(record.into());
        }
    };
    seen.with_field += 1;
    let document = about.document(text.text());
    let cleaned =
        if reporter.wants_near_misses() { cleaner.explain(&document) } else { cleaner.clean(&document) };
    let (output, cuts) = jsonl::output(record, &text, &cleaned);
    reporter.document(&document, &cleaned, || DocumentEntry {
        line: Some(number),
        id: about.id.clone(),
        ..DocumentEntry::of_record(record, text.text(), &cleaned, &output, &cuts)
    })?;
    Ok(output)
}

/// A byte order mark before the first record, the record, and its line end.
pub(super) fn parts(line: &[u8], number: u64) -> (&[u8], &[u8], &[u8]) {
    const MARK: &[u8] = b"\xEF\xBB\xBF";
    let (mark, rest) =
        if number == 1 && line.starts_with(MARK) { line.split_at(MARK.len()) } else { (&[][..], line) };
    let record = rest.strip_suffix(b"\n").unwrap_or(rest);
    let record = record.strip_suffix(b"\r").unwrap_or(record);
    (mark, record, &rest[record.len()..])
}

fn no_field(field: &str, seen: &Seen) -> String {
    if seen.malformed == seen.records {
        return format!("none of the {} lines is a JSON record: is this JSON Lines?", seen.records);
    }
    format!("none of the {} records has a field `{field}`; name the text's field with --field", seen.records)
}
