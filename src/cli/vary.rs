//! `dechaff rules test --vary`

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use dechaff::pack::{Example, Layout, Varied};
use dechaff::report::human::printable;
use dechaff::{Budgets, Cleaner, Kind, Pack, Selection};

use super::packs::read_packs;
use super::rules::beside_builtin;
use super::{Ending, console};

/// How often examples were found, of those that have a layout.
#[derive(Clone, Copy, Default)]
struct Count {
    found: usize,
    all: usize,
}

impl Count {
    fn share(self) -> String {
        if self.all == 0 { "-".to_owned() } else { format!("{:.2}", self.found as f64 / self.all as f64) }
    }
}

/// Puts the examples of packs, or of the built-in ones, through all layouts.
pub(super) fn run(files: &[PathBuf], verbose: bool) -> Result<Ending> {
    let packs = if files.is_empty() { Pack::builtin() } else { read_packs(files)? };
    let beside = if files.is_empty() { packs.clone() } else { beside_builtin(&packs) };
    let cleaner = Cleaner::builder()
        .packs(beside)
        // The sentences around the noise stand several times in some layouts.
        .selection(Selection::default().ignore([Kind::Dup.name().to_owned()]))
        .budgets(Budgets::UNLIMITED)
        .build()?;
    let core: Vec<&str> = cleaner.rules().map(|rule| rule.id.as_str()).collect();
    let mut by_layout: BTreeMap<Layout, Count> = BTreeMap::new();
    let mut by_rule: BTreeMap<String, [Count; 2]> = BTreeMap::new();
    let (mut noisy, mut out) = (0, String::new());
    for pack in &packs {
        let examples = pack.examples();
        let used = |example: &&Example| example.noise().is_some() && core.contains(&example.rule());
        for example in examples.iter().filter(used) {
            let counts = by_rule.entry(example.rule().to_owned()).or_default();
            for layout in Layout::ALL {
                let Some(outcome) = example.vary(&cleaner, layout) else { continue };
                let count = by_layout.entry(layout).or_default();
                let of_rule = &mut counts[usize::from(layout.is_inside())];
                for count in [count, of_rule] {
                    count.all += 1;
                    count.found += usize::from(outcome == Varied::Found);
                }
                if outcome == Varied::Noisy {
                    noisy += 1;
                    let takers = example.takers_in(&cleaner, layout).join(", ");
                    tell(&mut out, pack, example, layout, &format!("a sentence beside it goes by {takers}"));
                } else if verbose && outcome == Varied::Missed {
                    tell(&mut out, pack, example, layout, "missed");
                }
            }
        }
    }
    let _ = writeln!(out, "{:36}  on a line  in a line", "rule");
    for (rule, [own, inside]) in &by_rule {
        let _ = writeln!(out, "{rule:36}  {:>9}  {:>9}", own.share(), inside.share());
    }
    let _ = writeln!(out, "\n{:36}  found", "layout");
    for (layout, count) in &by_layout {
        let _ = writeln!(out, "{:36}  {:>5}  of {}", layout.name(), count.share(), count.all);
    }
    let _ = writeln!(out, "\n{noisy} sentences went");
    console::print(&printable(&out))?;
    Ok(if noisy == 0 { Ending::Done } else { Ending::Found })
}

fn tell(out: &mut String, pack: &Pack, example: &Example, layout: Layout, what: &str) {
    let place = format!("{}:{}: {}", pack.file(), example.line(), example.rule());
    let _ = writeln!(out, "{place}: {}: {what}: {}", layout.name(), example.noise().unwrap_or_default());
}
