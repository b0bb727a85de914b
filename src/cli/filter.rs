//! `dechaff filter`

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use dechaff::compress::Compression;
use dechaff::formats::form::Form;
use dechaff::formats::lines::Ends;
use dechaff::formats::plain::OutputEncoding;
use dechaff::formats::records::Detail;
use dechaff::report::InputForm;

use super::args::{AboutArgs, EncodingArgs, FieldArgs, WorkArgs, parse_form};
use super::discovery::ConfigArgs;
use super::files::{Input, refuse_overlap};
use super::how::{Given, Hows};
use super::job::{Destination, Job};
use super::look::{self, LookArgs};
use super::packs::PackArgs;
use super::pages::PageArgs;
use super::progress::Progress;
use super::report::{ReportArgs, Reporter};
use super::run::run as run_job;
use super::{Ending, Verbosity};

const EXAMPLES: &str = "\
Examples:
  dechaff filter --format jsonl --field text < dump.jsonl > clean.jsonl
  dechaff filter --field article.body --compress gzip < dump.jsonl.gz > clean.jsonl.gz
  dechaff filter --field body --delimiter ';' < articles.csv > clean.csv
  dechaff filter --html-field html --output-field text < pages.jsonl > articles.jsonl
  dechaff filter --annotate noise < dump.jsonl > annotated.jsonl
  dechaff filter < dump.parquet > clean.parquet
  find . -name '*.txt' -print0 | xargs -0 cat | dechaff filter --records blank-line
  dechaff filter < article.txt

Records come out in their order, as soon as they are clean. Input may be compressed by gzip, zstd, bzip2 or xz.";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct FilterArgs {
    /// There are none: who names some means `clean`.
    #[arg(value_name = "PATH", hide = true)]
    paths: Vec<PathBuf>,
    /// The form of the input [default: found out from its first bytes].
    #[arg(long, value_name = "FORM", value_parser = parse_form())]
    format: Option<Form>,
    /// With --format text: many texts instead of one, and what ends each of them.
    #[arg(long, value_enum, value_name = "END")]
    records: Option<RecordEnd>,
    /// The name of the file that the input is, which tells its form and its settings.
    #[arg(long, value_name = "PATH")]
    stdin_filename: Option<PathBuf>,
    /// Compress the output: gzip, zstd, bzip2 or xz.
    #[arg(long, value_name = "WAY")]
    compress: Option<Compression>,
    #[command(flatten)]
    fields: FieldArgs,
    #[command(flatten)]
    pages: PageArgs,
    #[command(flatten)]
    work: WorkArgs,
    #[command(flatten)]
    look: LookArgs,
    #[command(flatten)]
    report: ReportArgs,
    #[command(flatten)]
    about: AboutArgs,
    #[command(flatten)]
    encodings: EncodingArgs,
    #[command(flatten)]
    config: ConfigArgs,
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

/// `options` are those that the report names.
pub(super) fn run(args: &FilterArgs, options: Vec<String>) -> Result<Ending> {
    if let Some(path) = args.paths.first().filter(|path| path.as_os_str() != "-") {
        let path = path.display();
        bail!("filter reads standard input: say `dechaff filter < {path}`, or `dechaff clean {path}`");
    }
    if args.report.report.as_ref().is_some_and(|path| path.as_os_str() == "-") {
        bail!("the clean text goes to standard output; give the report a file");
    }
    let page = args.pages.field();
    if let (Some(form), Some(_)) = (args.format.filter(|form| *form != Form::Text), args.records) {
        bail!("--records is for text; the input is read as {}, which has its own", form.name());
    }
    let inputs = vec![Input::stdin(args.stdin_filename.clone())];
    if let Some(report) = &args.report.report {
        refuse_overlap("report", report, &inputs, [])?;
    }
    let fields = |otherwise| args.fields.fields(page, args.pages.place(), otherwise);
    let given = Given::new(&args.packs, args.format, &fields, &args.about, &args.encodings);
    let (mut hows, header) = Hows::new(&given, &inputs, &args.config.configs()?, options)?;
    if let Some(end) = args.records {
        hows.set_form(InputForm::Records { ends: end.ends() });
    }
    let reporter = Reporter::new(&args.report, args.verbosity, header, None)?;
    let look = args
        .look
        .look(&[("--compress", args.compress.is_some()), ("--report", args.report.report.is_some())])?;
    let destination = match look {
        Some(_) => Destination::Nowhere,
        None => Destination::Stdout(args.compress),
    };
    let progress = Progress::start(&inputs, &destination, args.verbosity);
    let job = Job {
        inputs,
        found_by_walking: false,
        destination,
        hows,
        fields_given: args.fields.given() || page.is_some(),
        table_given: args.fields.table_given(),
        encodings_given: args.encodings.given(),
        output_encoding: args.encodings.output(OutputEncoding::Utf8),
        max_record: args.work.max_record(),
        malformed: args.work.malformed(),
        emptied: args.fields.emptied(),
        asked: args.pages.asked(),
        detail: if look.is_some() { Detail::Entries } else { reporter.detail() },
        progress,
    };
    match look {
        Some(look) => look::run(look, job, args.work.jobs(), reporter),
        None => run_job(job, args.work.jobs(), reporter),
    }
}
