//! `dechaff rules audit`

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use dechaff::audit::{Audit, CorpusAudit, RuleAudit, SharedAudit};
use dechaff::formats::records::Detail;
use dechaff::report::human::{counted, grouped, printable, size};
use dechaff::trace::Watch;
use serde::Serialize;

use super::corpus::CorpusArgs;
use super::packs::PackArgs;
use super::run::summed;
use super::{Ending, console};

const EXAMPLES: &str = "\
The columns:
  found      how often the rule found something, before it is decided which of several findings takes the text
  documents  in how many documents; sites: on how many hosts, `www.` aside; documents without an URL are one
  bytes      how many bytes it took; alone: how many of them no other rule found
  tried      how many lines, or pieces of them, got so far that the rule itself was asked; for rules on a text as a whole,
             how many texts. Rules on elements of pages are asked of all pages, and not counted
  left       with --leave-out-site: the share of its bytes that is left
  most with  the rule whose findings overlap most of its own, and how many of them

Rules that are used and find nothing are listed too; --extend-select adds kinds that are not used by default.

Examples:
  dechaff rules audit corpus/
  dechaff rules audit dump.jsonl.gz --sort name --pack my-site.toml
  dechaff rules audit dump.jsonl.gz --leave-out-site --json > audit.jsonl

Exit codes: 0 when all of the corpus is read, 2 on error.";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct AuditArgs {
    #[command(flatten)]
    corpus: CorpusArgs,
    /// How the rules are sorted.
    #[arg(long, value_enum, value_name = "BY", default_value = "count")]
    sort: Sort,
    /// Tell which share of the bytes is left when on each site only those rules count that found something on another
    /// site of the corpus, too: what rules will do on sites that nobody has seen.
    #[arg(long)]
    leave_out_site: bool,
    /// Print JSON Lines: one for each rule, and a last one for the corpus.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    packs: PackArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum Sort {
    /// Those that found most first.
    Count,
    /// By their ids.
    Name,
}

/// A line of `--json`.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Rule(&'a RuleAudit),
    Corpus(&'a CorpusAudit),
}

pub(super) fn run(args: &AuditArgs) -> Result<Ending> {
    let corpus = args.corpus.corpus()?;
    let (mut job, header) = corpus.job(&args.packs, Detail::Sum, corpus.progress())?;
    let audit = Audit::new(job.hows.all().iter().flat_map(|how| how.cleaner.rules()));
    let audit = Arc::new(SharedAudit::new(audit));
    let watch: Arc<dyn Watch> = audit.clone();
    job.hows = job.hows.watched_by(&watch);
    let summary = summed(job, args.corpus.work.jobs(), corpus.reporter(header)?)?;
    let (mut rules, all) = audit.read(|audit| (audit.rules(), audit.corpus()));
    if let Sort::Count = args.sort {
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.findings));
    }
    let out = if args.json { lines(&rules, &all)? } else { table(&rules, &all, args.leave_out_site) };
    console::print(&out)?;
    if args.leave_out_site && all.sites < 2 {
        console::note(
            "--leave-out-site compares sites, and the texts are from fewer than two; name their field with --url-field",
        );
    }
    Ok(Ending::of(&summary))
}

fn lines(rules: &[RuleAudit], all: &CorpusAudit) -> Result<String> {
    let mut out = String::new();
    for line in rules.iter().map(Line::Rule).chain([Line::Corpus(all)]) {
        out.push_str(&serde_json::to_string(&line).context("cannot write the audit as JSON")?);
        out.push('\n');
    }
    Ok(out)
}

fn table(rules: &[RuleAudit], all: &CorpusAudit, with_left: bool) -> String {
    let ids = rules.iter().map(|rule| rule.rule.chars().count()).max().unwrap_or(0);
    let left = |share: &str| if with_left { format!("  {share:>5}") } else { String::new() };
    let mut out = format!(
        "{:ids$}  {:10}  {:>9}  {:>9}  {:>6}  {:>11}  {:>11}  {:>9}{}  most with\n",
        "rule",
        "kind",
        "found",
        "documents",
        "sites",
        "bytes",
        "alone",
        "tried",
        left("left"),
    );
    for rule in rules {
        let with = rule.most_with.as_ref();
        let with = with.map_or("-".to_owned(), |with| format!("{} {}", with.rule, grouped(with.findings)));
        let _ = writeln!(
            out,
            "{:ids$}  {:10}  {:>9}  {:>9}  {:>6}  {:>11}  {:>11}  {:>9}{}  {with}",
            rule.rule,
            rule.kind,
            grouped(rule.findings),
            grouped(rule.documents),
            grouped(rule.sites),
            grouped(rule.bytes),
            grouped(rule.alone_bytes),
            grouped(rule.tried),
            left(&share(rule.left_bytes, rule.bytes)),
        );
    }
    let _ = writeln!(
        out,
        "\n{}, {} changed; {}, {} without an URL",
        counted(all.documents, "document"),
        grouped(all.changed),
        counted(all.sites, "site"),
        grouped(all.without_site),
    );
    let taken = 100.0 * all.bytes as f64 / all.text_bytes.max(1) as f64;
    let _ = writeln!(out, "{} taken ({taken:.1} % of the text)", size(all.bytes));
    if with_left {
        let _ = writeln!(
            out,
            "{} of that left ({}) when what one site alone supports does not count there",
            size(all.left_bytes),
            share(all.left_bytes, all.bytes),
        );
    }
    let _ = writeln!(
        out,
        "{}, {} without a finding",
        counted(all.rules, "rule"),
        grouped(all.rules_without_finding)
    );
    printable(&out)
}

/// A share of bytes, from 0 to 1; a dash where there are none.
fn share(part: u64, all: u64) -> String {
    if all == 0 { "-".to_owned() } else { format!("{:.2}", part as f64 / all as f64) }
}
