//! `dechaff filter`

use std::io;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use dechaff::compress::{Compression, Encoder, decoder};
use dechaff::formats::fields::TableShape;
use dechaff::formats::form::{Form, Opened, Reader};
use dechaff::formats::lines::Ends;
use dechaff::formats::records::Emptied;
use dechaff::report::{Header, InputForm};

use super::clean::{AboutArgs, EncodingArgs, run_on_stdin};
use super::dump::{FieldArgs, Work, WorkArgs, clean_records, no_field, parse_form, unopened};
use super::packs::PackArgs;
use super::report::{ReportArgs, Reporter};
use super::{Ending, Verbosity, console};

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
    #[arg(long, value_name = "FORM", value_parser = parse_form())]
    format: Option<Form>,
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
    let (form, input) = match args.format {
        Some(form) => (form, input),
        None if args.records.is_some() => (Form::Text, input),
        None => Form::of_input(input).context("cannot read standard input")?,
    };
    let described = match args.records {
        Some(_) if form != Form::Text => {
            bail!("--records is for text; the input is read as {}, which has its own", form.name())
        }
        Some(end) => InputForm::Records { ends: end.ends() },
        None => form.described(&fields),
    };
    if matches!(form, Form::Text | Form::Markdown) && args.fields.given() {
        bail!("a text has no fields; say --format jsonl if the input is JSON Lines");
    }
    if fields.table != TableShape::default() && !matches!(described, InputForm::Csv { .. }) {
        bail!("--delimiter and --no-header are for tables; the input is read as {}", form.name());
    }
    let Opened { form: described, reader, input } =
        described.open(input, fields).map_err(|error| unopened(error, "standard input"))?;
    if matches!(reader, Reader::Records(_)) && args.encodings.given() {
        bail!("records are read and written in UTF-8; leave out --encoding and --output-encoding");
    }
    if let Reader::Records(format) = &reader
        && !format.can_drop()
        && args.work.emptied() == Emptied::Drop
    {
        bail!("--drop-empty cannot take records out of an array of JSON; write them as JSON Lines");
    }
    let header = Header::new(&cleaner, &packs, args.packs.described(), described);
    let reporter = Reporter::new(&args.report, args.verbosity, header)?;
    let format = match reader {
        Reader::Document => {
            return run_on_stdin(cleaner, form, input, args.compress, &args.about, &args.encodings, reporter);
        }
        Reader::Records(format) => format,
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
