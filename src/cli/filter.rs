//! `dechaff filter`

use std::io::{self, Cursor, Read};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use dechaff::compress::{Compression, Encoder, decoder};
use dechaff::formats::fields::Fields;
use dechaff::formats::jsonl::Jsonl;
use dechaff::formats::lines::{Ends, Lines};
use dechaff::formats::{Content, Format as _};
use dechaff::report::{Header, InputForm};

use super::clean::{AboutArgs, EncodingArgs, run_on_stdin};
use super::dump::{FieldArgs, Work, WorkArgs, clean_records, no_field};
use super::packs::PackArgs;
use super::report::{ReportArgs, Reporter};
use super::{Ending, Verbosity, console};

/// How much of the input is looked at to tell its form, in bytes.
const HEAD: usize = 64 << 10;

const EXAMPLES: &str = "\
Examples:
  dechaff filter --format jsonl --field text < dump.jsonl > clean.jsonl
  dechaff filter --field article.body --compress gzip < dump.jsonl.gz > clean.jsonl.gz
  dechaff filter --annotate noise < dump.jsonl > annotated.jsonl
  find . -name '*.txt' -print0 | xargs -0 cat | dechaff filter --records blank-line
  dechaff filter < article.txt

Records come out in their order, as soon as they are clean. Input may be compressed by gzip, zstd, bzip2 or xz.";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct FilterArgs {
    /// The form of the input [default: found out from its first bytes].
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// With --format text: many texts instead of one, and what ends each of them.
    #[arg(long, value_enum, value_name = "END")]
    records: Option<RecordEnd>,
    /// Compress the output: gzip, zstd, bzip2 or xz.
    #[arg(long, value_name = "WAY")]
    compress: Option<Compression>,
    #[command(flatten)]
    fields: FieldArgs,
    #[command(flatten)]
    work: WorkArgs,
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

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text: all of the input, or records of it.
    Text,
    /// One JSON record a line; all but the text fields stays as it is.
    Jsonl,
}

/// What ends a record of text.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RecordEnd {
    /// A line end.
    Line,
    /// Blank lines.
    BlankLine,
    /// The byte zero.
    Nul,
}

impl RecordEnd {
    fn ends(self) -> Ends {
        match self {
            RecordEnd::Line => Ends::Line,
            RecordEnd::BlankLine => Ends::BlankLine,
            RecordEnd::Nul => Ends::Nul,
        }
    }
}

pub(super) fn run(args: &FilterArgs) -> Result<Ending> {
    let (cleaner, packs) = args.packs.cleaner()?;
    if args.report.report.as_ref().is_some_and(|path| path.as_os_str() == "-") {
        bail!("the clean text goes to standard output; give the report a file");
    }
    let fields = args.fields.fields()?;
    let (_, input) = decoder(io::stdin()).context("cannot read standard input")?;
    let (format, input) = match args.format {
        Some(format) => (format, input),
        None if args.records.is_some() => (Format::Text, input),
        None => detected(input)?,
    };
    if format == Format::Jsonl && args.records.is_some() {
        bail!("--records is for text; JSON Lines are one record a line");
    }
    if format == Format::Text && args.fields.given() {
        bail!("a text has no fields; say --format jsonl if the input is JSON Lines");
    }
    let form = match (format, args.records) {
        (Format::Text, None) => InputForm::Text,
        (Format::Text, Some(end)) => InputForm::Records { ends: end.ends() },
        (Format::Jsonl, _) => {
            InputForm::Jsonl { fields: fields.texts.iter().map(ToString::to_string).collect() }
        }
    };
    if form != InputForm::Text && args.encodings.given() {
        bail!("records are read and written in UTF-8; leave out --encoding and --output-encoding");
    }
    let header = Header::new(&cleaner, &packs, args.packs.described(), form.clone());
    let reporter = Reporter::new(&args.report, args.verbosity, header)?;
    let format: Arc<dyn dechaff::formats::Format> = match form {
        InputForm::Text => {
            return run_on_stdin(cleaner, input, args.compress, &args.about, &args.encodings, reporter);
        }
        InputForm::Records { ends } => Arc::new(Lines::new(ends)),
        InputForm::Jsonl { .. } => Arc::new(Jsonl::new(fields)),
    };
    let work = Work::new(&args.work, Arc::new(cleaner), Arc::clone(&format), args.about.about());
    let output = Encoder::new(args.compress, io::stdout()).context(console::STDOUT)?;
    let (progress, result) = clean_records(&work, input, "standard input", output, reporter);
    if let Err(error) = result {
        // What has been written can be restored, unless nobody has read it.
        if !super::is_broken_pipe(&error) {
            progress.output.finish().context(console::STDOUT)?;
            progress.reporter.finish()?;
        }
        return Err(error);
    }
    progress.output.finish().context(console::STDOUT)?;
    progress.reporter.finish()?;
    match no_field(format.fields(), &progress.seen) {
        Some(message) => bail!("{message}"),
        None => Ok(Ending::Done),
    }
}

/// JSON Lines when the first line that is not blank is a JSON object, else text.
fn detected(mut input: Box<dyn Read + Send>) -> Result<(Format, Box<dyn Read + Send>)> {
    let mut head = vec![0; HEAD];
    let mut filled = 0;
    let is_blank = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_whitespace);
    let format = loop {
        let seen = &head[..filled];
        let seen = seen.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(seen);
        let mut lines = seen.split_inclusive(|byte| *byte == b'\n');
        match lines.find(|line| !is_blank(line)) {
            Some(line)
                if line[line.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0)] != b'{' =>
            {
                break Format::Text;
            }
            Some(line) if line.ends_with(b"\n") => break form_of(line),
            // A first record that is longer than what is looked at.
            Some(_) if filled == head.len() => break Format::Jsonl,
            None if filled == head.len() => break Format::Text,
            _ => {}
        }
        let read = match input.read(&mut head[filled..]) {
            Ok(0) => break form_of(&head[..filled]),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
            Err(error) => return Err(error).context("cannot read standard input"),
        };
        filled += read;
    };
    head.truncate(filled);
    Ok((format, Box::new(Cursor::new(head).chain(input))))
}

fn form_of(line: &[u8]) -> Format {
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    let jsonl = Jsonl::new(Fields::default());
    match jsonl.read(&line[jsonl.record(line)]) {
        Ok(Content::Texts { .. } | Content::NoText(_)) => Format::Jsonl,
        Ok(Content::Blank) | Err(_) => Format::Text,
    }
}
