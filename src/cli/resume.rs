//! Going on with a run that was interrupted: which inputs are done, and what the report said of them.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use dechaff::compress::{Compression, Encoder, decoder};
use dechaff::report::{Header, Summary};

use super::files::Input;
use super::job::Destination;
use super::output::{OutputFile, partial_name};
use super::report_reader::{ReportReader, Section};
use super::restore::digest;

/// What an interrupted run had done.
#[derive(Default)]
pub(super) struct Resumed {
    /// The inputs that need no work any more.
    done: HashSet<usize>,
    /// What the partial report tells of came to this; none when there is no report to go on with.
    pub reported: Option<Summary>,
}

impl Resumed {
    /// What the partial report says was done, of which only that is left that still holds. Without a report, every
    /// target that is there is done, as files appear whole, unless its input was changed after that.
    pub fn find(
        report: Option<&Path>,
        header: &Header,
        inputs: &[Input],
        destination: &Destination,
    ) -> Result<Self> {
        let Some(report) = report else {
            let Destination::Files(targets) = destination else {
                bail!("--resume cannot tell what is done in place: name the report of the interrupted run");
            };
            let is_done =
                |index: &usize| targets[*index].is_file() && !is_stale(&inputs[*index], &targets[*index]);
            let done = (0..inputs.len()).filter(is_done).collect();
            return Ok(Self { done, reported: None });
        };
        let partial = partial_name(report);
        // A run that was finished is gone on with, too: there may be more inputs than there were.
        let Some(before) = [partial.as_path(), report].into_iter().find(|path| path.is_file()) else {
            return Ok(Self::default());
        };
        let (old, mut reader) = ReportReader::open(before)?;
        if old != *header {
            bail!(
                "{} was made with other rules or options; give the same ones, or leave out --resume",
                before.display()
            );
        }
        let sections = reader.sections()?;
        let by_name: HashMap<String, usize> =
            inputs.iter().enumerate().map(|(index, input)| (input.name(), index)).collect();
        let (mut done, mut summary, mut kept) = (HashSet::new(), Summary::default(), Vec::new());
        let count = sections.len();
        for (i, section) in sections.into_iter().enumerate() {
            if let Some(&index) = by_name.get(&section.path) {
                let target = match destination {
                    Destination::Files(targets) => &targets[index],
                    _ => Path::new(&section.path),
                };
                // Only the last file may have been told of and not be in its place yet; others may have been changed.
                let may_differ = i + 1 == count || is_newer(target, before);
                let is_done = is_in_place(&section, &inputs[index], target, destination, may_differ)?;
                if !is_done || !done.insert(index) {
                    continue;
                }
            }
            summary.add(section.summary.clone());
            kept.push(section);
        }
        write_again(&mut reader, &kept, &partial, Compression::of_name(report))?;
        Ok(Self { done, reported: Some(summary) })
    }

    /// How many inputs are done.
    pub fn count(&self) -> usize {
        self.done.len()
    }

    /// Those of `all`, which has one for each input, that are not done.
    pub fn left<T>(&self, all: Vec<T>) -> Vec<T> {
        let all = all.into_iter().enumerate();
        all.filter(|(index, _)| !self.done.contains(index)).map(|(_, one)| one).collect()
    }
}

/// True when an input was changed after what came of it was written.
fn is_stale(input: &Input, target: &Path) -> bool {
    input.path.as_deref().is_some_and(|path| is_newer(path, target))
}

/// True when a file was changed after another one, as far as that is known.
fn is_newer(one: &Path, other: &Path) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|file| file.modified()).ok();
    changed(one) > changed(other)
}

fn is_in_place(
    section: &Section,
    input: &Input,
    target: &Path,
    destination: &Destination,
    may_differ: bool,
) -> Result<bool> {
    let output = section.output.as_deref().map(Path::new);
    let is_of_another = || output != Some(target) || is_stale(input, target);
    if !target.is_file() || matches!(destination, Destination::Files(_)) && is_of_another() {
        return Ok(false);
    }
    if !may_differ {
        return Ok(true);
    }
    let cannot_read = || format!("cannot read {}", target.display());
    let (_, bytes) = decoder(fs::File::open(target).with_context(cannot_read)?).with_context(cannot_read)?;
    Ok(digest(bytes).is_ok_and(|digest| digest == section.after))
}

/// Writes the partial report with these sections only.
fn write_again(
    reader: &mut ReportReader,
    sections: &[Section],
    partial: &Path,
    compression: Option<Compression>,
) -> Result<()> {
    let cannot_write = || format!("cannot write {}", partial.display());
    let mut file = Encoder::new(compression, OutputFile::create(partial)?).with_context(cannot_write)?;
    reader.copy_header(&mut file)?;
    for section in sections {
        reader.copy(section, &mut file)?;
    }
    file.finish().with_context(cannot_write)?.finish()
}
