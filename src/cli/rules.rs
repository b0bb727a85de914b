//! `dechaff rules`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use dechaff::pack::{Example, Expected, SCHEMA, Verdict};
use dechaff::report::human::printable;
use dechaff::report::unified;
use dechaff::suggest::{did_you_mean, nearest};
use dechaff::{Budgets, BuildError, Cleaner, Kind, Pack, Selection};

use super::discovery::ConfigArgs;
use super::packs::{PackArgs, PackStore, read_packs};
use super::{Ending, audit, console, pack_diff, vary};

#[derive(Args)]
pub(super) struct RulesArgs {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Subcommand)]
enum RulesCommand {
    /// List the rules with their kinds and packs.
    List {
        #[command(flatten)]
        config: ConfigArgs,
        #[command(flatten)]
        packs: PackArgs,
    },
    /// Show a rule, a pack or a kind: what it is for, how it matches, its examples.
    Explain {
        /// A rule id, a pack id or a kind.
        id: String,
        #[command(flatten)]
        config: ConfigArgs,
        #[command(flatten)]
        packs: PackArgs,
    },
    /// Run the examples of packs, and report each as right, missed or noisy.
    #[command(after_help = "Exit codes: 0 when every example is right, 1 when one is not, 2 on error.")]
    Test {
        /// Pack files and folders; the built-in packs when none is named.
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        /// List the examples that are right, too.
        #[arg(short, long)]
        verbose: bool,
        /// Put the noise of each `strip` example of one line into the layouts that pages leave it in, and tell by rule how
        /// much of it is found; a sentence beside it that goes is a failure.
        #[arg(long)]
        vary: bool,
    },
    /// Count what each rule does in a corpus: how often it finds something, where, how much of that no other rule finds,
    /// and how often it is tried.
    Audit(Box<audit::AuditArgs>),
    /// Clean a corpus by old and by new packs, and show what only one of them takes.
    Diff(Box<pack_diff::DiffArgs>),
    /// Print the JSON Schema of pack files, for editors.
    Schema,
}

pub(super) fn run(args: &RulesArgs) -> Result<Ending> {
    match &args.command {
        RulesCommand::List { config, packs } => list(config, packs),
        RulesCommand::Explain { id, config, packs } => explain(id, config, packs),
        RulesCommand::Test { files, verbose, vary: true } => vary::run(files, *verbose),
        RulesCommand::Test { files, verbose, vary: false } => test(files, *verbose),
        RulesCommand::Audit(args) => audit::run(args),
        RulesCommand::Diff(args) => pack_diff::run(args),
        RulesCommand::Schema => {
            console::print(SCHEMA)?;
            Ok(Ending::Done)
        }
    }
}

fn list(config: &ConfigArgs, args: &PackArgs) -> Result<Ending> {
    let settings = config.configs()?.settings_here()?;
    let (cleaner, packs) = args.cleaner(&settings, &mut PackStore::default())?;
    let used: Vec<&str> = cleaner.rules().map(|rule| rule.id.as_str()).collect();
    let rules = || packs.iter().flat_map(Pack::rules);
    let width = rules().map(|rule| rule.id.len()).max().unwrap_or(0);
    let pack_width = packs.iter().map(|pack| pack.id().len()).max().unwrap_or(0);
    let mut out = String::new();
    for rule in rules() {
        let mark = if used.contains(&rule.id.as_str()) { "on " } else { "off" };
        let _ = writeln!(
            out,
            "{mark}  {:width$}  {:10}  {:pack_width$}  {}",
            rule.id, rule.kind, rule.pack, rule.about
        );
    }
    console::print(&printable(&out))?;
    Ok(Ending::Done)
}

fn explain(id: &str, config: &ConfigArgs, args: &PackArgs) -> Result<Ending> {
    let packs = args.packs(&config.configs()?.settings_here()?, &mut PackStore::default())?;
    let mut out = String::new();
    for pack in &packs {
        if let Some(definition) = pack.definition(id) {
            let _ = writeln!(
                out,
                "# from {}, pack `{}`: {}\n{definition}",
                pack.file(),
                pack.id(),
                pack.description()
            );
        } else if pack.id() == id {
            let _ = writeln!(out, "{}: {}", pack.id(), pack.description());
            for rule in pack.rules() {
                let _ = writeln!(out, "  {} ({}): {}", rule.id, rule.kind, rule.about);
            }
        }
    }
    if let Ok(kind) = id.parse::<Kind>() {
        let default = if kind.is_core() { "removed by default" } else { "kept unless selected" };
        let _ = writeln!(out, "{kind}: a kind of noise, {default}");
        for rule in packs.iter().flat_map(Pack::rules).filter(|rule| rule.kind == kind) {
            let _ = writeln!(out, "  {}: {}", rule.id, rule.about);
        }
    }
    if out.is_empty() {
        let rules = packs.iter().flat_map(|pack| pack.rules().map(|rule| rule.id.as_str()));
        let kinds = Kind::ALL.iter().map(|kind| kind.name());
        match nearest(id, rules.chain(packs.iter().map(Pack::id)).chain(kinds)) {
            Some(near) => bail!("no rule, pack or kind is called `{id}`; {}", did_you_mean(near)),
            None => bail!("no rule, pack or kind is called `{id}`; `dechaff rules list` shows the names"),
        }
    }
    console::print(&printable(&out))?;
    Ok(Ending::Done)
}

fn test(files: &[PathBuf], verbose: bool) -> Result<Ending> {
    let packs = if files.is_empty() { Pack::builtin() } else { read_packs(files)? };
    // Examples are short, so that noise is most of them.
    let builder = |packs: &[Pack]| Cleaner::builder().packs(packs.to_vec()).budgets(Budgets::UNLIMITED);
    let beside = if files.is_empty() { packs.clone() } else { beside_builtin(&packs) };
    let (all, among) = match (builder(&packs).build(), builder(&beside).build()) {
        // One that takes the place of a built-in rule needs that one.
        (Err(BuildError::NothingToOverride { .. }), all) => (all?, &beside),
        (all, Err(error)) => {
            let all = all?;
            console::note(&format!("beside the built-in packs, this cannot be used: {error}"));
            (all, &packs)
        }
        (all, _) => (all?, &beside),
    };
    let used: Vec<&str> = all.rules().map(|rule| rule.id.as_str()).collect();
    let mut counts = [0_u64; 3];
    let mut out = String::new();
    for pack in &packs {
        let examples = pack.examples();
        for of_rule in examples.chunk_by(|a, b| a.rule() == b.rule()) {
            let rule = of_rule[0].rule();
            let alone = Selection::only([rule.to_owned()]);
            let alone = builder(&packs)
                .selection(alone.clone())
                .build()
                // A rule that takes the place of another needs that one.
                .or_else(|_| builder(among).selection(alone).build())?;
            // Among the rules that are off by default, a keep example speaks for its own only.
            let with_own;
            let among_all = if used.contains(&rule) {
                &all
            } else {
                let selection = Selection::default().extend([rule.to_owned()]);
                with_own = builder(among).selection(selection).build()?;
                &with_own
            };
            for example in of_rule {
                let cleaner = match example.expected() {
                    Expected::Strip { .. } => &alone,
                    Expected::Keep => among_all,
                };
                counts[tell(pack, example, cleaner, verbose, &mut out) as usize] += 1;
            }
        }
    }
    let [right, missed, noisy] = counts;
    let _ =
        writeln!(out, "{right} right, {missed} missed (noise that stayed), {noisy} noisy (text that went)");
    console::print(&out)?;
    Ok(if missed + noisy == 0 { Ending::Done } else { Ending::Found })
}

/// Some packs and the built-in ones, but for those of which they are another state.
pub(super) fn beside_builtin(packs: &[Pack]) -> Vec<Pack> {
    let is_state = |builtin: &Pack, own: &Pack| {
        builtin.id() == own.id() && Path::new(builtin.file()).file_name() == Path::new(own.file()).file_name()
    };
    let mut all = Pack::builtin();
    all.retain(|builtin| !packs.iter().any(|own| is_state(builtin, own)));
    all.extend_from_slice(packs);
    all
}

fn tell(pack: &Pack, example: &Example, cleaner: &Cleaner, verbose: bool, out: &mut String) -> Verdict {
    let outcome = example.run(cleaner);
    let place = format!("{}:{}: {}", printable(pack.file()), example.line(), example.rule());
    let what = match example.expected() {
        Expected::Strip { .. } => "strip",
        Expected::Keep => "keep",
    };
    let verdict = match outcome.verdict {
        Verdict::Right => "right",
        Verdict::Missed => "missed",
        Verdict::Noisy => "noisy",
    };
    if outcome.verdict == Verdict::Right {
        if verbose {
            let _ = writeln!(out, "{place}: {what}: {verdict}");
        }
    } else {
        let by = match outcome.rules.as_slice() {
            [] => String::new(),
            rules => format!(" (by {})", rules.join(", ")),
        };
        let _ = writeln!(out, "{place}: {what}: {verdict}{by}, as wanted against as it is:");
        let diff = unified::diff("example", &ended(&outcome.wanted), &ended(&outcome.actual));
        for line in diff.lines().skip(2) {
            let _ = writeln!(out, "    {}", printable(line));
        }
    }
    outcome.verdict
}

/// With a line feed at the end, which examples mostly lack.
fn ended(text: &str) -> String {
    if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}
