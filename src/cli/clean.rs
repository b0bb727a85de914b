//! `dechaff clean`

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Args;
use dechaff::formats::form::Form;
use dechaff::formats::plain::OutputEncoding;
use dechaff::formats::records::Detail;
use dechaff::report::Header;
use dechaff::report::human::counted;

use super::args::{AboutArgs, EncodingArgs, FieldArgs, WorkArgs, parse_form};
use super::discovery::ConfigArgs;
use super::files::{Choice, Inputs, Named, inputs, refuse_overlap, targets};
use super::how::{Given, Hows};
use super::job::{Destination, Job};
use super::look::{self, LookArgs};
use super::output::partial_name;
use super::packs::PackArgs;
use super::pages::{PageArgs, name_articles};
use super::progress::Progress;
use super::report::{ReportArgs, Reporter};
use super::resume::Resumed;
use super::run::run as run_job;
use super::{Ending, Verbosity, console};

const EXAMPLES: &str = "\
Examples:
  dechaff clean article.txt > clean.txt
  dechaff clean article.txt --diff
  dechaff clean page.html --to markdown
  dechaff clean pages/ -o texts/
  dechaff clean dump.jsonl.gz -o clean.jsonl.gz --field article.body
  dechaff clean corpus/ -o clean/ --report removed.jsonl
  dechaff clean corpus/ --in-place --report removed.jsonl
  dechaff clean dump.jsonl.gz --sample 1000 | less
  curl … | dechaff clean - --url https://example.com/story";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CleanArgs {
    /// Files and folders of texts, pages and dumps, compressed or not; `-` is standard input.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write to this folder, keeping the tree; or, from one file, to this file.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Write each changed file in its place. A file in which nothing is found is not touched, and a report that is
    /// there is not written over.
    #[arg(long, conflicts_with = "output")]
    in_place: bool,
    /// Print a unified diff instead of the clean text, and write nothing.
    #[arg(long, conflicts_with_all = ["output", "in_place"])]
    diff: bool,
    /// Print each removal and each near miss with the evidence instead of the clean text, and write nothing.
    #[arg(long, conflicts_with_all = ["output", "in_place", "diff"])]
    explain: bool,
    /// Go on with a run that was interrupted: what is done is not done again, and its report is carried on.
    #[arg(long)]
    resume: bool,
    /// Leave alone what the configuration excludes also where it is named here: for hooks.
    #[arg(long)]
    force_exclude: bool,
    /// The name of the file that standard input is, which tells its form and its settings.
    #[arg(long, value_name = "PATH")]
    stdin_filename: Option<PathBuf>,
    /// The form of the files [default: told by their names, else by their first bytes].
    #[arg(long, value_name = "FORM", value_parser = parse_form())]
    format: Option<Form>,
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

/// `options` are those that the report names.
pub(super) fn run(args: &CleanArgs, options: Vec<String>) -> Result<Ending> {
    let page = args.pages.field();
    if page.is_some() && args.in_place {
        bail!("--html-field makes new text of pages, which is not written in place; say -o");
    }
    let configs = Arc::new(args.config.configs()?);
    let paths = match args.paths.as_slice() {
        [] if io::stdin().is_terminal() => {
            bail!("nothing to clean: name a file, a folder, or - for standard input")
        }
        [] => vec![PathBuf::from("-")],
        paths => paths.to_vec(),
    };
    let mut inputs = inputs(
        &paths,
        &Choice {
            configs: &configs,
            except: &[args.output.as_deref(), args.report.report.as_deref()],
            named: Named::forced(args.force_exclude),
            stdin: args.stdin_filename.as_deref(),
            is_known: &|path| configs.says_form(path),
        },
    )?;
    if !args.verbosity.quiet {
        inputs.tell_of_links();
    }
    if inputs.files.is_empty() {
        if !args.verbosity.quiet {
            console::note("nothing to clean: the configuration excludes all that is named");
        }
        return Ok(Ending::Done);
    }
    let fields = |otherwise| args.fields.fields(page, args.pages.place(), otherwise);
    let given = Given::new(&args.packs, args.format, &fields, &args.about, &args.encodings);
    let (hows, mut header) = Hows::new(&given, &inputs.files, &configs, options)?;
    header.in_place = args.in_place;
    name_articles(&mut inputs.files, &hows, args.pages.asked());
    let look = args.look.look(&[
        ("--output", args.output.is_some()),
        ("--in-place", args.in_place),
        ("--diff", args.diff),
        ("--explain", args.explain),
        ("--report", args.report.report.is_some()),
    ])?;
    let destination = match look {
        Some(_) => Destination::Nowhere,
        None => destination(args, &inputs)?,
    };
    let resumed = resumed(args, &header, &inputs, &destination)?;
    let files = resumed.left(inputs.files);
    let hows = hows.left(|all| resumed.left(all));
    let destination = match destination {
        Destination::Files(targets) => Destination::Files(resumed.left(targets)),
        other => other,
    };
    let reporter = Reporter::new(&args.report, args.verbosity, header, resumed.reported)?;
    let progress = Progress::start(&files, &destination, args.verbosity);
    let keeps_encoding = if args.in_place { OutputEncoding::Keep } else { OutputEncoding::Utf8 };
    let job = Job {
        inputs: files,
        found_by_walking: inputs.from_folder,
        hows,
        fields_given: args.fields.given() || page.is_some(),
        table_given: args.fields.table_given(),
        encodings_given: args.encodings.given(),
        output_encoding: args.encodings.output(keeps_encoding),
        max_record: args.work.max_record(),
        malformed: args.work.malformed(),
        emptied: args.fields.emptied(),
        asked: args.pages.asked(),
        detail: match destination {
            Destination::Diff => Detail::Texts,
            Destination::Explain => Detail::Entries,
            _ if look.is_some() => Detail::Entries,
            _ => reporter.detail(),
        },
        destination,
        progress,
    };
    match look {
        Some(look) => look::run(look, job, args.work.jobs(), reporter),
        None => run_job(job, args.work.jobs(), reporter),
    }
}

/// Where clean text goes, if it can.
fn destination(args: &CleanArgs, inputs: &Inputs) -> Result<Destination> {
    let one = inputs.is_one_file();
    let report_on_stdout = args.report.report.as_ref().is_some_and(|path| path.as_os_str() == "-");
    if report_on_stdout && (args.diff || args.explain) {
        bail!("standard output has another use; give the report a file");
    }
    let destination = if let Some(output) = &args.output {
        Destination::Files(targets(inputs, output)?)
    } else if args.in_place {
        if inputs.files.iter().any(|input| input.path.is_none()) {
            bail!("standard input has no place; leave out --in-place or name a file");
        }
        Destination::InPlace
    } else if args.diff {
        Destination::Diff
    } else if args.explain {
        Destination::Explain
    } else if report_on_stdout || (args.report.report.is_some() && !one) {
        Destination::Nowhere
    } else if one {
        Destination::Stdout(None)
    } else {
        bail!(
            "where should {} go? say -o DIR, --in-place, --diff, --explain or --report FILE",
            if inputs.from_folder { "the files of a folder" } else { "several files" }
        );
    };
    if let Some(report) = &args.report.report {
        let written = match &destination {
            Destination::Files(targets) => targets.as_slice(),
            _ => &[],
        };
        refuse_overlap("report", report, &inputs.files, written.iter().map(PathBuf::as_path))?;
    }
    Ok(destination)
}

/// What an interrupted run had done, if it is to be gone on with.
fn resumed(args: &CleanArgs, header: &Header, inputs: &Inputs, destination: &Destination) -> Result<Resumed> {
    let report = args.report.report.as_deref();
    if !args.resume {
        let report = report.filter(|_| args.in_place);
        let partial = report.map(partial_name).filter(|partial| partial.is_file());
        if let Some(partial) = partial {
            bail!(
                "{} is the way back from an interrupted run; go on with --resume, or remove it",
                partial.display()
            );
        }
        // The second run in place finds nothing: its report would be no way back.
        if let Some(report) = report.filter(|report| holds_anything(report)) {
            bail!(
                "{} is the way back from an earlier run; name another report, or move it",
                report.display()
            );
        }
        return Ok(Resumed::default());
    }
    if !matches!(destination, Destination::Files(_) | Destination::InPlace) {
        bail!("--resume goes on with files: say where they go with -o or --in-place");
    }
    if report.is_some_and(|path| path.as_os_str() == "-") {
        bail!("--resume goes on with the report, which standard output does not have; give it a file");
    }
    let resumed = Resumed::find(report, header, &inputs.files, destination)?;
    if resumed.count() > 0 && !args.verbosity.quiet {
        console::note(&format!("{} done before", counted(resumed.count() as u64, "file")));
    }
    Ok(resumed)
}

fn holds_anything(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.is_file() && file.len() > 0)
}
