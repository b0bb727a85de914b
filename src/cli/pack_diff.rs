//! `dechaff rules diff`

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use dechaff::formats::records::{Detail, Done, Entry};
use dechaff::formats::seen::Seen;
use dechaff::ordered::in_order;
use dechaff::report::DocumentEntry;
use dechaff::report::compare::{Comparison, Difference, RuleChange, Side};
use dechaff::report::human::{counted, grouped, shortened};
use serde::Serialize;

use super::corpus::CorpusArgs;
use super::job::{Job, Whole};
use super::look::{tell_of, tell_of_fields};
use super::packs::{ChoiceArgs, PackArgs, named_packs};
use super::pieces::{Cleaned, Piece, Pieces, cleaned, grouped as together};
use super::progress::Progress;
use super::report::{Reporter, name_of};
use super::{Ending, console, pipes};

/// What the judgement of blocks of pages is called, which is no rule.
const JUDGEMENT: &str = "(no rule)";

const EXAMPLES: &str = "\
Examples:
  dechaff rules diff builtin builtin,my-site.toml corpus/
  dechaff rules diff old-rules/ rules/ dump.jsonl.gz --limit 50
  dechaff rules diff builtin builtin,rules/ads.toml corpus/ --json > diff.jsonl

A line with `-` is text that only OLD takes, one with `+` text that only NEW takes; the line behind it is what stands around it.
It does not matter which rule takes a text. Packs that a configuration names are not used; all else that it says holds.

Exit codes: 0 when nothing differs, 1 when something does, 2 on error.";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct DiffArgs {
    /// The packs as they were: a pack file, a folder of some, `builtin`, or several of these with commas between them. A pack
    /// that is another state of a built-in one takes its place.
    old: String,
    /// The packs as they are now.
    new: String,
    #[command(flatten)]
    corpus: CorpusArgs,
    /// Show no more than N documents; the sums are of all.
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Print JSON Lines: one for each document and each rule that differs, and a last one for the corpus.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    choice: ChoiceArgs,
}

/// A line of `--json`.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Document {
        path: Option<&'a str>,
        line: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        record: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        field: Option<&'a str>,
        differences: &'a [Difference],
    },
    Rule {
        rule: Option<&'a str>,
        #[serde(flatten)]
        change: RuleChange,
    },
    Corpus {
        documents: u64,
        differing: u64,
        #[serde(flatten)]
        sum: RuleChange,
    },
}

pub(super) fn run(args: &DiffArgs) -> Result<Ending> {
    let corpus = args.corpus.corpus()?;
    let job_of = |names: &str, progress: Progress| {
        let packs = PackArgs::of(named_packs(names)?, args.choice.clone());
        corpus.job(&packs, Detail::Entries, progress).with_context(|| format!("cannot clean by {names}"))
    };
    let (old, _) = job_of(&args.old, Progress::hidden())?;
    let (new, header) = job_of(&args.new, corpus.progress())?;
    let reporter = corpus.reporter(header)?;
    let (old, new) = (Arc::new(old), Arc::new(new));
    pipes::widen();
    let progress = new.progress.clone();
    let mut pieces = Pieces::new(Arc::clone(&new), u64::MAX);
    let mut source = together(std::iter::from_fn(move || pieces.next(|_| true)));
    let job = Arc::clone(&new);
    let work = move |piece: Piece| {
        let [before, now] = piece.twice(&new);
        [cleaned(&old, before), cleaned(&new, now)]
    };
    let shown = Shown {
        job,
        reporter,
        left: args.limit.unwrap_or(u64::MAX),
        json: args.json,
        comparison: Comparison::default(),
        seen: BTreeMap::new(),
    };
    let (shown, result) =
        in_order(args.corpus.work.jobs(), move || Ok(source.next()), work, shown, Shown::take);
    progress.finish();
    result?;
    shown.finish()
}

/// Shows and sums up what differs.
struct Shown {
    /// By the new packs.
    job: Arc<Job>,
    reporter: Reporter,
    /// How many documents may still be shown.
    left: u64,
    json: bool,
    comparison: Comparison,
    /// What was seen of the fields of each dump.
    seen: BTreeMap<usize, Seen>,
}

impl Shown {
    /// Takes a piece that was cleaned by the old packs and by the new ones. What cannot be read is the same for both.
    fn take(&mut self, [old, new]: [Cleaned; 2]) -> Result<()> {
        let Self { job, reporter, left, json, comparison, seen } = self;
        let mut before: VecDeque<DocumentEntry> = entries(old);
        let mut show = |entry: &DocumentEntry| {
            let old = before.pop_front().unwrap_or_default();
            let differences = comparison.add(&old, entry);
            if differences.is_empty() || *left == 0 {
                return Ok(());
            }
            *left -= 1;
            if *json {
                print_line(&line(entry, &differences))
            } else {
                console::diff(&shown(entry, &differences))
            }
        };
        match tell_of(job, seen, reporter, new, &mut show)? {
            Some(reason) => bail!("{reason}; --strict stops here"),
            None => Ok(()),
        }
    }

    fn finish(mut self) -> Result<Ending> {
        tell_of_fields(&self.job, &self.seen, &mut self.reporter)?;
        if self.json {
            for (rule, change) in self.comparison.changed_rules() {
                print_line(&Line::Rule { rule: Some(rule).filter(|rule| !rule.is_empty()), change })?;
            }
            let Comparison { documents, differing, .. } = self.comparison;
            print_line(&Line::Corpus { documents, differing, sum: self.comparison.sum() })?;
        } else {
            console::print(&sums(&self.comparison))?;
        }
        Ok(match Ending::of(&self.reporter.finish()?) {
            Ending::Failed => Ending::Failed,
            _ if self.comparison.differing > 0 => Ending::Found,
            _ => Ending::Done,
        })
    }
}

/// What is told of the documents of a piece.
fn entries(cleaned: Cleaned) -> VecDeque<DocumentEntry> {
    let of_records = |done: Done| {
        done.entries.into_iter().filter_map(|entry| match entry {
            Entry::Document(entry) => Some(*entry),
            Entry::Skipped(_) => None,
        })
    };
    match cleaned {
        Cleaned::Records { done, .. } => done.into_iter().flat_map(of_records).collect(),
        Cleaned::Text(_, Ok(Whole::Text(done))) => done.entry.into_iter().collect(),
        Cleaned::Text(..) => VecDeque::new(),
    }
}

fn line<'a>(entry: &'a DocumentEntry, differences: &'a [Difference]) -> Line<'a> {
    Line::Document {
        path: entry.path.as_deref(),
        line: entry.line,
        record: entry.record,
        id: entry.id.as_deref(),
        field: entry.field.as_deref(),
        differences,
    }
}

fn print_line(line: &Line<'_>) -> Result<()> {
    let json = serde_json::to_string(line).context("cannot write the differences as JSON")?;
    console::print(&format!("{json}\n"))
}

/// A document that differs, as a diff.
fn shown(entry: &DocumentEntry, differences: &[Difference]) -> String {
    let id = entry.id.as_ref().map(|id| format!(", id {id}")).unwrap_or_default();
    let mut out = format!("--- {}{id}\n", in_line(&name_of(entry)));
    for difference in differences {
        let Difference { only, rule, kind, place, text, replacement, before, after, kept_because } =
            difference;
        let place = place.as_ref().map(|place| format!(" {}:{}", place.line, place.column));
        let kind = kind.as_ref().map(|kind| format!(" ({kind})"));
        let rule = rule.as_deref().unwrap_or(JUDGEMENT);
        let (mark, other) = match only {
            Side::Old => ('-', "NEW"),
            Side::New => ('+', "OLD"),
        };
        let why = kept_because.as_ref().map(|reason| format!("; {other} keeps it: {}", in_line(reason)));
        let [place, kind, why] = [place, kind, why].map(Option::unwrap_or_default);
        let _ = writeln!(out, "@@{place} {rule}{kind}{why}");
        let put_in = replacement.as_ref().map(|text| format!(" => {}", shortened(text)));
        let text = if text.trim().is_empty() { format!("{text:?}") } else { shortened(text) };
        let _ = writeln!(out, "{mark}{text}{}", put_in.unwrap_or_default());
        if !(before.is_empty() && after.is_empty()) {
            let context = format!(" {}[…]{}", in_line(before), in_line(after));
            let _ = writeln!(out, "{}", context.trim_end());
        }
    }
    out.push('\n');
    out
}

/// Text in one line, in which line ends show.
fn in_line(text: &str) -> String {
    text.replace("\r\n", "\n").replace(['\n', '\r'], "⏎")
}

/// The table of rules that changed, and the sum.
fn sums(comparison: &Comparison) -> String {
    let documents = counted(comparison.documents, "document");
    if comparison.differing == 0 && comparison.changed_rules().next().is_none() {
        return format!("{documents}, nothing differs\n");
    }
    let name = |rule: &str| if rule.is_empty() { JUDGEMENT.to_owned() } else { rule.to_owned() };
    let ids =
        comparison.changed_rules().map(|(rule, _)| name(rule).len()).max().unwrap_or(0).max("rule".len());
    let mut out = format!(
        "{:ids$}  {:>9}  {:>9}  {:>11}  {:>11}  {:>9}  {:>11}\n",
        "rule", "before", "now", "only before", "bytes", "only now", "bytes"
    );
    for (rule, change) in comparison.changed_rules() {
        let _ = writeln!(
            out,
            "{:ids$}  {:>9}  {:>9}  {:>11}  {:>11}  {:>9}  {:>11}",
            name(rule),
            grouped(change.before),
            grouped(change.now),
            grouped(change.only_before),
            grouped(change.only_before_bytes),
            grouped(change.only_now),
            grouped(change.only_now_bytes),
        );
    }
    let sum = comparison.sum();
    let _ = writeln!(
        out,
        "\n{documents}, {} of them differ{}: {} only OLD takes ({}), {} only NEW takes ({})",
        grouped(comparison.differing),
        if comparison.differing == 1 { "s" } else { "" },
        counted(sum.only_before, "text"),
        counted(sum.only_before_bytes, "byte"),
        counted(sum.only_now, "text"),
        counted(sum.only_now_bytes, "byte"),
    );
    out
}
