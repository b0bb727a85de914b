//! Arguments, calls and exit codes: one file a command.

mod args;
mod audit;
mod baseline;
mod check;
mod clean;
mod columns;
mod config;
mod console;
mod corpus;
mod discovery;
mod files;
mod filter;
mod git;
mod how;
mod job;
mod languages;
mod look;
mod output;
mod pack_diff;
mod packs;
mod pages;
mod pieces;
mod pipes;
mod progress;
mod report;
mod report_reader;
mod restore;
mod resume;
mod rules;
mod run;
mod shell;
mod source;
mod vary;

use std::ffi::OsStr;
use std::io;
use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use dechaff::report::Summary;

const EXAMPLES: &str = "\
Examples:
  dechaff clean article.txt                          clean text to standard output
  dechaff clean article.txt --diff                   what would go
  dechaff clean corpus/ -o clean/ --report r.jsonl   a folder, with a report of every removal
  dechaff filter --format jsonl < dump.jsonl         a dump in a pipeline
  dechaff check corpus/                              is there noise? For hooks
  dechaff restore --report r.jsonl clean/ -o back/   the originals, byte for byte

Exit codes: 0 when the work is done, 1 when a command that checks found something, 2 on error.";

/// Strips what the page injected from scraped articles, and shows every byte it took.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: console::Color,
}

#[derive(Subcommand)]
enum Command {
    /// Clean files of texts, pages and dumps: one to standard output, several to a folder or in place.
    Clean(Box<clean::CleanArgs>),
    /// Clean what comes in on standard input.
    Filter(Box<filter::FilterArgs>),
    /// Find noise in files, as a linter would; the exit code is 1 when there is some.
    Check(Box<check::CheckArgs>),
    /// Give back the originals from clean text and a report.
    Restore(restore::RestoreArgs),
    /// Look at the configuration that files go by.
    Config(config::ConfigCommandArgs),
    /// Look at the rules, and test them.
    Rules(rules::RulesArgs),
    /// List the languages that rules by forms have words of.
    Languages(languages::LanguagesArgs),
    /// Print a script that completes arguments in a shell.
    Completions(shell::CompletionsArgs),
    /// Print the manual page, or write all of them.
    Man(shell::ManArgs),
}

/// What is said on standard error besides errors.
#[derive(Args, Clone, Copy)]
struct Verbosity {
    /// Say nothing but errors.
    #[arg(short, long)]
    quiet: bool,
    /// Show each removal, and what looks like noise and stays, with the evidence.
    #[arg(short, long, conflicts_with = "quiet")]
    verbose: bool,
}

/// How a command ended when nothing went wrong.
enum Ending {
    Done,
    /// A command that checks found something.
    Found,
    /// Some of the work could not be done; what and why has been said.
    Failed,
}

impl Ending {
    /// How a run over inputs ended.
    fn of(summary: &Summary) -> Self {
        if summary.failed == 0 { Ending::Done } else { Ending::Failed }
    }
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    cli.color.apply();
    let result = match cli.command {
        Command::Clean(args) => clean::run(&args, options(&matches)),
        Command::Filter(args) => filter::run(&args, options(&matches)),
        Command::Check(args) => check::run(&args, options(&matches)),
        Command::Restore(args) => restore::run(&args),
        Command::Config(args) => config::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Languages(args) => languages::run(&args),
        Command::Completions(args) => shell::completions(&args, Cli::command()),
        Command::Man(args) => shell::man(&args, Cli::command()),
    };
    match result {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::Found) => ExitCode::from(1),
        Ok(Ending::Failed) => ExitCode::from(2),
        // Whoever reads our output has had enough: no error of ours.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            console::error(&error);
            ExitCode::from(2)
        }
    }
}

/// Options that have no part in what becomes of a document.
const OTHER_OPTIONS: [&str; 15] = [
    "color",
    "compress",
    "diff",
    "explain",
    "force-exclude",
    "in-place",
    "jobs",
    "limit",
    "output",
    "quiet",
    "report",
    "resume",
    "sample",
    "seed",
    "verbose",
];

/// The options of the command that decide what becomes of documents, as they were given.
fn options(matches: &ArgMatches) -> Vec<String> {
    let cli = Cli::command();
    let Some((name, matches)) = matches.subcommand() else { return Vec::new() };
    let Some(command) = cli.find_subcommand(name) else { return Vec::new() };
    let mut options = Vec::new();
    for arg in command.get_arguments() {
        let (Some(long), id) = (arg.get_long(), arg.get_id().as_str()) else { continue };
        if OTHER_OPTIONS.contains(&long) || matches.value_source(id) != Some(ValueSource::CommandLine) {
            continue;
        }
        let places = matches.indices_of(id).into_iter().flatten();
        if arg.get_action().takes_values() {
            let values = matches.get_raw(id).into_iter().flatten();
            let value = |value: &OsStr| format!("--{long}={}", value.to_string_lossy());
            options.extend(places.zip(values.map(value)));
        } else {
            options.extend(places.map(|place| (place, format!("--{long}"))));
        }
    }
    options.sort();
    options.into_iter().map(|(_, option)| option).collect()
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
