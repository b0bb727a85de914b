//! A look before the leap: some of the input is cleaned, and a few removals of each rule are shown in their
//! surroundings. Nothing is written.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::sync::Arc;

use anstyle::AnsiColor;
use anyhow::{Result, bail};
use clap::Args;
use dechaff::formats::seen::Seen;
use dechaff::ordered::in_order;
use dechaff::report::human::{self, counted, printable, shortened, size};
use dechaff::report::{BlockEntry, DocumentEntry, Removal, RuleCount};

use super::job::{Job, Whole};
use super::pieces::{Cleaned, Piece, Pieces, cleaned, grouped};
use super::report::{Reporter, name_of};
use super::{Ending, console};

/// How many removals of each rule are shown.
const SHOWN: usize = 3;

/// How much is looked at.
#[derive(Args)]
#[command(next_help_heading = "A look first")]
pub(super) struct LookArgs {
    /// Clean only the first N documents, write nothing, and show for each rule what it took, and from where.
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// The same for N documents chosen at random; with --limit, among the first ones.
    #[arg(long, value_name = "N")]
    sample: Option<usize>,
    /// Choose other documents, and other removals to show [default: 0].
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
}

/// What is looked at.
#[derive(Clone, Copy)]
pub(super) struct Look {
    limit: u64,
    sample: Option<usize>,
    seed: u64,
}

impl LookArgs {
    /// What is to be looked at, if that is asked for; of `others`, other things to do, none may be asked for then.
    pub fn look(&self, others: &[(&str, bool)]) -> Result<Option<Look>> {
        if self.limit.is_none() && self.sample.is_none() {
            return match self.seed {
                Some(_) => bail!("--seed goes with --sample or --limit"),
                None => Ok(None),
            };
        }
        if let Some((option, _)) = others.iter().find(|(_, given)| *given) {
            bail!("--limit and --sample only show what would go; leave out {option}");
        }
        let limit = self.limit.unwrap_or(u64::MAX);
        Ok(Some(Look { limit, sample: self.sample, seed: self.seed.unwrap_or(0) }))
    }
}

/// Cleans what is looked at of the inputs of a job, and shows what was found.
pub(super) fn run(look: Look, job: Job, jobs: NonZeroUsize, reporter: Reporter) -> Result<Ending> {
    let job = Arc::new(job);
    let mut pieces = Pieces::new(Arc::clone(&job), look.limit);
    let source: Box<dyn Iterator<Item = Piece> + Send> = match look.sample {
        Some(n) => {
            let (n, chosen) = pieces.sample(n, |number| mixed(look.seed, number));
            if !reporter.is_quiet() {
                let all = counted(pieces.documents(), "document");
                console::note(&format!("{} of {all}, chosen at random", human::grouped(n as u64)));
            }
            Box::new(chosen.into_iter())
        }
        None => Box::new(std::iter::from_fn(move || pieces.next(|_| true))),
    };
    let mut source = grouped(source);
    let worker = Arc::clone(&job);
    let progress = job.progress.clone();
    let shown =
        Shown { job, reporter, seed: look.seed, removals: 0, rules: BTreeMap::new(), seen: BTreeMap::new() };
    let (shown, result) =
        in_order(jobs, move || Ok(source.next()), move |piece| cleaned(&worker, piece), shown, Shown::take);
    progress.finish();
    result?;
    shown.finish()
}

/// What has been found, for showing it.
struct Shown {
    job: Arc<Job>,
    reporter: Reporter,
    seed: u64,
    removals: u64,
    rules: BTreeMap<String, Rule>,
    /// What was seen of the fields of each dump.
    seen: BTreeMap<usize, Seen>,
}

/// What a rule did.
struct Rule {
    count: RuleCount,
    /// Those with the least random numbers, in the order of these.
    examples: Vec<(u64, String)>,
}

/// What a rule took.
enum Taken<'e> {
    /// From a text.
    Removal(&'e Removal),
    /// From a page, before there was text.
    Element(&'e BlockEntry),
}

impl<'e> Taken<'e> {
    fn of_entry(entry: &'e DocumentEntry) -> impl Iterator<Item = Self> {
        entry.taken().map(Taken::Element).chain(entry.removals.iter().map(Taken::Removal))
    }
}

impl Shown {
    fn take(&mut self, cleaned: Cleaned) -> Result<()> {
        let Self { job, reporter, seed, removals, rules, seen } = self;
        let mut show = |entry: &DocumentEntry| {
            for taken in Taken::of_entry(entry) {
                *removals += 1;
                add(rules, mixed(*seed, *removals), entry, &taken);
            }
            Ok(())
        };
        tell_of(job, seen, reporter, cleaned, &mut show).map(drop)
    }

    fn finish(mut self) -> Result<Ending> {
        let mut rules: Vec<(String, Rule)> = self.rules.into_iter().collect();
        rules.sort_by_key(|(_, rule)| std::cmp::Reverse(rule.count.removals));
        let mut out = String::new();
        for (id, Rule { count, examples }) in &rules {
            let (removals, bytes) = (counted(count.removals, "removal"), size(count.bytes));
            let _ = writeln!(out, "{} {id}: {removals}, {bytes}", count.kind);
            for (_, example) in examples {
                let _ = writeln!(out, "  {example}");
            }
            out.push('\n');
        }
        console::print(&out)?;
        tell_of_fields(&self.job, &self.seen, &mut self.reporter)?;
        Ok(Ending::of(&self.reporter.finish()?))
    }
}

/// Tells of a piece that was cleaned, with each of its documents to `show`. Gives back why the piece ended early, if it did: at what a
/// strict run does not pass over.
pub(super) fn tell_of(
    job: &Job,
    seen: &mut BTreeMap<usize, Seen>,
    reporter: &mut Reporter,
    cleaned: Cleaned,
    mut show: impl FnMut(&DocumentEntry) -> Result<()>,
) -> Result<Option<String>> {
    let mut stopped = None;
    match cleaned {
        Cleaned::Records { index, records, lines, done } => {
            reporter.start_part(job.inputs[index].path.as_deref(), records, lines);
            for mut done in done {
                seen.entry(index).or_default().add(&done.seen);
                let reason = reporter.records(&mut done, &mut show)?;
                stopped = reason.filter(|_| done.stopped);
            }
            reporter.end_part();
        }
        Cleaned::Text(_, Ok(Whole::Text(done))) => {
            reporter.document(done.summary, done.entry, &mut show)?;
        }
        Cleaned::Text(index, Ok(Whole::LeftOut(reason))) => {
            reporter.left_out(job.inputs[index].name(), reason)?;
        }
        Cleaned::Text(_, Ok(Whole::Dump(_))) => unreachable!("dumps come in records"),
        Cleaned::Text(index, Err(error)) => {
            console::error(&error);
            reporter.failed(job.inputs[index].name(), &error)?;
        }
    }
    job.progress.documents(reporter.documents());
    Ok(stopped)
}

/// Tells of fields that were named, and of texts that were looked for, and that the records of an input lack.
pub(super) fn tell_of_fields(job: &Job, seen: &BTreeMap<usize, Seen>, reporter: &mut Reporter) -> Result<()> {
    for (index, seen) in seen {
        let (name, fields) = (job.inputs[*index].shown(), &job.how(*index).fields);
        reporter.not_found(seen.not_found(&name, fields))?;
        if let Some(message) = seen.no_text(&name, fields) {
            if job.told_form(*index).is_some_and(|form| job.is_stray(&form, seen)) {
                reporter.left_out(job.inputs[*index].name(), message)?;
                continue;
            }
            let error = anyhow::Error::msg(message);
            console::error(&error);
            reporter.failed(job.inputs[*index].name(), &error)?;
        }
    }
    Ok(())
}

fn add(rules: &mut BTreeMap<String, Rule>, random: u64, entry: &DocumentEntry, taken: &Taken<'_>) {
    let (id, kind, bytes) = match taken {
        Taken::Removal(removal) => {
            let [start, end] = removal.place.bytes;
            (Some(&removal.rule), Some(&removal.kind), end - start)
        }
        Taken::Element(block) => (block.rule.as_ref(), block.kind.as_ref(), block.text.len()),
    };
    let (id, kind) = (id.cloned().unwrap_or_default(), kind.cloned().unwrap_or_default());
    let rule =
        rules.entry(id).or_insert_with(|| Rule { count: RuleCount::of_kind(kind), examples: Vec::new() });
    rule.count.count(bytes as u64);
    let at = rule.examples.partition_point(|(other, ..)| *other < random);
    if at < SHOWN {
        rule.examples.insert(at, (random, example(entry, taken)));
        rule.examples.truncate(SHOWN);
    }
}

/// Where something was, and in the next line that between its neighbours, marked as a diff of words marks it; line ends
/// show as ⏎.
fn example(entry: &DocumentEntry, taken: &Taken<'_>) -> String {
    let style = AnsiColor::Red.on_default();
    let in_line = |text: &str| text.replace("\r\n", "\n").replace('\n', "⏎");
    let (place, before, text, after) = match taken {
        Taken::Removal(Removal { place, before, text, after, .. }) => {
            (format!(":{}:{}", place.line, place.column), before.as_str(), text, after.as_str())
        }
        Taken::Element(block) => {
            (block.line.map(|line| format!(":{line}:1")).unwrap_or_default(), "", &block.text, "")
        }
    };
    let place = printable(&format!("{}{place}", name_of(entry)));
    let (before, after) = (printable(&in_line(before)), printable(&in_line(after)));
    let removed = shortened(&in_line(text));
    format!("{place}\n    {before}{style}[-{removed}-]{style:#}{after}")
}

/// A number that looks random and is the same in every run with this seed.
fn mixed(seed: u64, number: u64) -> u64 {
    // The mixing of SplitMix64.
    let mut z = seed.wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
