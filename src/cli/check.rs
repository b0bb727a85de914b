//! `dechaff check`: `clean` that tells what it would remove. The work is that of `clean`, so the two agree.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::mem;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use dechaff::formats::fields::{Fields, Outcome};
use dechaff::formats::form::Form;
use dechaff::formats::plain::OutputEncoding;
use dechaff::formats::records::{Detail, Emptied};
use dechaff::report::human::{counted, grouped, size};
use dechaff::report::message::{Message, MessageFormat, Printer};
use dechaff::report::{DocumentEntry, RuleCount, RuleCounts, Summary};

use super::args::{AboutArgs, EncodingArgs, ReadArgs, WorkArgs, parse_form};
use super::baseline::Baseline;
use super::discovery::ConfigArgs;
use super::files::{Choice, Input, Named, in_full, inputs, refuse_overlap};
use super::git;
use super::how::{Given, Hows};
use super::job::{Destination, Job};
use super::packs::PackArgs;
use super::pages::PageReadArgs;
use super::progress::Progress;
use super::report::{ReportArgs, Reporter, Told};
use super::run::summed;
use super::{Ending, Verbosity, console};

/// So much is printed at once, in bytes.
const PRINTED: usize = 64 << 10;

const EXAMPLES: &str = "\
Examples:
  dechaff check corpus/
  dechaff check corpus/ --fix
  dechaff check corpus/ --statistics
  dechaff check corpus/ --output-format sarif > dechaff.sarif

Exit codes: 0 when nothing is found, 1 when something is, 2 on error.";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CheckArgs {
    /// Files and folders of texts, pages and dumps, compressed or not; `-` is standard input [default: .].
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Remove what is found, as `clean --in-place` does.
    #[arg(long)]
    fix: bool,
    /// Print a unified diff of what --fix would do, and write nothing.
    #[arg(long, conflicts_with = "fix")]
    diff: bool,
    /// Print a table by rule instead of the findings.
    #[arg(long, conflicts_with_all = ["diff", "output_format"])]
    statistics: bool,
    /// Do not tell of the findings that this file has, which --write-baseline wrote.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["fix", "diff"])]
    baseline: Option<PathBuf>,
    /// Write all that is found to this file, to be accepted from now on; the exit code is 0.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["fix", "diff", "baseline"])]
    write_baseline: Option<PathBuf>,
    /// How findings are printed.
    #[arg(long, value_name = "FORM", default_value = "full")]
    output_format: OutputFormat,
    /// End with exit code 0 although something is found.
    #[arg(short, long)]
    exit_zero: bool,
    /// End with exit code 1 when --fix removed something.
    #[arg(long, requires = "fix", conflicts_with = "exit_zero")]
    exit_non_zero_on_fix: bool,
    /// Print findings and errors only.
    #[arg(short, long)]
    quiet: bool,
    /// The name of the file that standard input is, which tells its form and its settings and stands in the findings.
    #[arg(long, value_name = "PATH")]
    stdin_filename: Option<PathBuf>,
    /// Leave alone what the configuration excludes also where it is named here: for hooks.
    #[arg(long)]
    force_exclude: bool,
    /// Check only files that differ from this revision of git, such as main, or are new.
    #[arg(long, value_name = "REV")]
    since: Option<String>,
    /// The form of the files [default: told by their names, else by their first bytes].
    #[arg(long, value_name = "FORM", value_parser = parse_form())]
    format: Option<Form>,
    #[command(flatten)]
    fields: ReadArgs,
    #[command(flatten)]
    pages: PageReadArgs,
    #[command(flatten)]
    work: WorkArgs,
    #[command(flatten)]
    about: AboutArgs,
    #[command(flatten)]
    encodings: EncodingArgs,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    packs: PackArgs,
}

/// See [`MessageFormat`].
#[derive(Clone, Copy, ValueEnum)]
enum OutputFormat {
    /// A line each, the line of the text with the noise marked, and what the rule is for.
    Full,
    /// A line each.
    Concise,
    /// A JSON array.
    Json,
    /// JSON Lines.
    Jsonl,
    /// Annotations of GitHub Actions.
    Github,
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit XML.
    Junit,
    /// The Code Quality report of GitLab.
    Gitlab,
}

impl From<OutputFormat> for MessageFormat {
    fn from(format: OutputFormat) -> Self {
        match format {
            OutputFormat::Full => MessageFormat::Full,
            OutputFormat::Concise => MessageFormat::Concise,
            OutputFormat::Json => MessageFormat::Json,
            OutputFormat::Jsonl => MessageFormat::Jsonl,
            OutputFormat::Github => MessageFormat::Github,
            OutputFormat::Sarif => MessageFormat::Sarif,
            OutputFormat::Junit => MessageFormat::Junit,
            OutputFormat::Gitlab => MessageFormat::Gitlab,
        }
    }
}

/// `options` are those that a report would name.
pub(super) fn run(args: &CheckArgs, options: Vec<String>) -> Result<Ending> {
    let page = args.pages.html_field.as_ref();
    if page.is_some() && args.fix {
        bail!("pages are checked, and not fixed: `dechaff clean` makes new text of them; leave out --fix");
    }
    let configs = Arc::new(args.config.configs()?);
    let paths = if args.paths.is_empty() { vec![PathBuf::from(".")] } else { args.paths.clone() };
    let mut inputs = inputs(
        &paths,
        &Choice {
            configs: &configs,
            except: &[args.baseline.as_deref(), args.write_baseline.as_deref()],
            named: Named::forced(args.force_exclude),
            stdin: args.stdin_filename.as_deref(),
            is_known: &|path| configs.says_form(path),
        },
    )?;
    if !args.quiet {
        inputs.tell_of_links();
    }
    for path in inputs.files.iter_mut().filter_map(|input| input.path.as_mut()) {
        *path = path.strip_prefix(".").unwrap_or(path).to_owned();
    }
    if let Some(rev) = &args.since {
        let changed = git::changed_since(rev)?;
        inputs
            .files
            .retain(|input| input.path.as_deref().is_none_or(|path| changed.contains(&in_full(path))));
    }
    let has_stdin = inputs.files.iter().any(|input| input.path.is_none());
    if has_stdin && args.fix {
        bail!("standard input has no place; `dechaff filter` gives the clean text");
    }
    if let Some(baseline) = &args.write_baseline {
        refuse_overlap("baseline", baseline, &inputs.files, [])?;
    }
    let destination = match (args.fix, args.diff) {
        (true, _) => Destination::InPlace,
        (_, true) => Destination::Diff,
        _ => Destination::Nowhere,
    };
    let fields = |otherwise: Fields| {
        let outcome = if args.fix { otherwise.outcome } else { Outcome::InPlace };
        args.fields.fields(page, Fields { outcome, ..otherwise })
    };
    let given = Given::new(&args.packs, args.format, &fields, &args.about, &args.encodings);
    let (hows, header) = Hows::new(&given, &inputs.files, &configs, options)?;
    let rules = hows.all().iter().flat_map(|how| how.cleaner.rules());
    let about = rules.map(|rule| (rule.id.clone(), rule.about.clone())).collect();
    let only_field = |(index, input): (usize, &Input)| match hows.of(index).fields.texts.as_slice() {
        [field] => Some((input.name(), field.to_string())),
        _ => None,
    };
    let findings = Findings {
        printer: MessageFormat::from(args.output_format).printer(about),
        shown: !(args.fix || args.diff || args.statistics || args.write_baseline.is_some()),
        baseline: args.baseline.as_deref().map(Baseline::read).transpose()?,
        written: args.write_baseline.as_deref().map(Baseline::start).transpose()?,
        out: String::new(),
        stdin: args.stdin_filename.as_ref().map_or("-".to_owned(), |path| path.display().to_string()),
        fields: inputs.files.iter().enumerate().filter_map(only_field).collect(),
        is_fix: args.fix,
        all: Tally::default(),
        last: (String::new(), Tally::default()),
    };
    let checked: Vec<String> = inputs.files.iter().map(|input| input.name()).collect();
    let findings = Arc::new(Mutex::new(findings));
    // What is said in the end is of findings, not of removals.
    let silent = Verbosity { quiet: true, verbose: false };
    let listener = Arc::clone(&findings);
    let quiet = args.quiet;
    let reporter =
        Reporter::new(&ReportArgs { report: None }, silent, header, None)?.listening(Box::new(move |told| {
            match told {
                Told::Document(entry) => locked(&listener).add(entry),
                Told::NotFound(message) => {
                    if !quiet {
                        console::note(message);
                    }
                    Ok(())
                }
                Told::Failed(path) => {
                    locked(&listener).take_back(path);
                    Ok(())
                }
            }
        }));
    let verbosity = Verbosity { quiet: args.quiet, verbose: false };
    let progress = Progress::start(&inputs.files, &destination, verbosity);
    let job = Job {
        // What a hook names is what happened to be staged.
        found_by_walking: inputs.from_folder || inputs.files.len() > 1 || args.force_exclude,
        inputs: inputs.files,
        hows,
        fields_given: args.fields.given() || page.is_some(),
        table_given: args.fields.table_given(),
        encodings_given: args.encodings.given(),
        output_encoding: args.encodings.output(OutputEncoding::Keep),
        max_record: args.work.max_record(),
        malformed: args.work.malformed(),
        emptied: Emptied::Keep,
        asked: args.pages.asked(),
        detail: if args.diff { Detail::Texts } else { Detail::Findings },
        destination,
        progress,
    };
    let summary = summed(job, args.work.jobs(), reporter)?;
    let mut findings = locked(&findings);
    if let Some(baseline) = &findings.baseline {
        baseline.tell_stale(checked.iter().map(String::as_str));
    }
    findings.end(args, &summary)?;
    if let Some(written) = findings.written.take() {
        written.write()?;
    }
    Ok(match Ending::of(&summary) {
        Ending::Failed => Ending::Failed,
        _ if findings.all.count == 0 || args.exit_zero || args.write_baseline.is_some() => Ending::Done,
        _ if args.fix && !args.exit_non_zero_on_fix => Ending::Done,
        _ => Ending::Found,
    })
}

/// Prints and counts what is found.
struct Findings {
    printer: Box<dyn Printer>,
    /// They are printed.
    shown: bool,
    /// What is accepted, and not told of.
    baseline: Option<Baseline>,
    /// What is to be accepted.
    written: Option<Baseline>,
    /// What is printed and not yet written.
    out: String,
    /// What standard input is called.
    stdin: String,
    /// The field of the texts of each input that has one only.
    fields: HashMap<String, String>,
    /// What is found is removed.
    is_fix: bool,
    all: Tally,
    /// The file that is told of, and what is found in it, which may not come to be removed.
    last: (String, Tally),
}

/// How much was found.
#[derive(Default)]
struct Tally {
    count: u64,
    /// How many of them are in pages.
    in_pages: u64,
    files: u64,
    rules: RuleCounts,
}

impl Tally {
    fn count(&mut self, message: &Message) {
        self.count += 1;
        self.rules.count(&message.rule, &message.kind, message.bytes);
    }

    fn add(&mut self, other: Tally) {
        self.count += other.count;
        self.in_pages += other.in_pages;
        self.files += other.files;
        self.rules.add(other.rules);
    }
}

impl Findings {
    fn add(&mut self, entry: &DocumentEntry) -> Result<()> {
        let path = match entry.path.as_deref() {
            None | Some("-") => self.stdin.clone(),
            Some(path) => path.to_owned(),
        };
        let field = self.fields.get(entry.path.as_deref().unwrap_or("-")).map(String::as_str);
        for message in Message::of_entry(&path, field, entry) {
            if self.baseline.as_mut().is_some_and(|baseline| baseline.accepts(&message)) {
                continue;
            }
            if let Some(written) = &mut self.written {
                written.add(&message);
            }
            if self.last.0 != path {
                self.settle();
                self.last = (path.clone(), Tally { files: 1, ..Tally::default() });
            }
            self.last.1.count(&message);
            self.last.1.in_pages += u64::from(entry.page.is_some());
            if self.shown {
                self.printer.message(&message, &mut self.out);
            }
        }
        if self.out.len() < PRINTED { Ok(()) } else { console::print(&mem::take(&mut self.out)) }
    }

    /// Adds up what was found in the file that was told of last.
    fn settle(&mut self) {
        self.all.add(mem::take(&mut self.last.1));
    }

    /// This file is not written, so nothing is removed from it.
    fn take_back(&mut self, path: &str) {
        if self.is_fix && self.last.0 == path {
            self.last = Default::default();
        }
    }

    fn end(&mut self, args: &CheckArgs, run: &Summary) -> Result<()> {
        self.settle();
        if args.statistics {
            self.out.push_str(&self.table());
        } else if !args.diff {
            self.printer.end(&mut self.out);
        }
        console::print(&mem::take(&mut self.out))?;
        if !args.quiet {
            console::note(&self.summary(args, run));
        }
        Ok(())
    }

    fn summary(&self, args: &CheckArgs, run: &Summary) -> String {
        let Tally { count, in_pages, files, .. } = &self.all;
        if *count == 0 {
            return match unchecked(run) {
                Some(unchecked) => format!("nothing found in what could be read; {unchecked} not"),
                None => "nothing found".to_owned(),
            };
        }
        let (findings, files) = (counted(*count, "finding"), counted(*files, "file"));
        match (args.fix, args.diff) {
            (true, _) => format!("{findings} removed from {files}"),
            _ if args.write_baseline.is_some() => format!("{findings} in {files} accepted"),
            _ if in_pages == count => {
                format!(
                    "{findings} in {files}; pages are not fixed, `dechaff clean` makes clean text of them"
                )
            }
            (_, true) => format!("--fix would remove {findings} from {files}"),
            _ => format!("{findings} in {files}; --fix removes what is found, --diff shows how"),
        }
    }

    /// What each rule found, the most frequent first.
    fn table(&self) -> String {
        let mut rules: Vec<_> = self.all.rules.iter().collect();
        rules.sort_by_key(|(_, count)| std::cmp::Reverse(count.removals));
        let kinds = rules.iter().map(|(_, count)| count.kind.len()).max().unwrap_or(0);
        let ids = rules.iter().map(|(id, _)| id.len()).max().unwrap_or(0);
        let mut table = String::new();
        for (id, RuleCount { kind, removals, bytes }) in rules {
            let (removals, bytes) = (grouped(*removals), size(*bytes));
            let _ = writeln!(table, "{removals:>9}  {kind:kinds$}  {id:ids$}  {bytes:>11}");
        }
        table
    }
}

/// What could not be read, such as `1 file and 2 records were`; none when all could.
fn unchecked(run: &Summary) -> Option<String> {
    let all = [(run.failed, "file"), (run.skipped, "record")].into_iter().filter(|(count, _)| *count > 0);
    let named: Vec<String> = all.map(|(count, what)| counted(count, what)).collect();
    let verb = if run.failed + run.skipped == 1 { "was" } else { "were" };
    (!named.is_empty()).then(|| format!("{} {verb}", named.join(" and ")))
}

fn locked(findings: &Mutex<Findings>) -> MutexGuard<'_, Findings> {
    findings.lock().unwrap_or_else(PoisonError::into_inner)
}
