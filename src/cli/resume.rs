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
    /// target that is there is done: files appear whole.
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
            let done = (0..inputs.len()).filter(|index| targets[*index].is_file()).collect();
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
                // Only the last file may have been told of and not be in its place yet.
                let is_last = i + 1 == count;
                if !is_in_place(&section, target, destination, is_last)? || !done.insert(index) {
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

fn is_in_place(section: &Section, target: &Path, destination: &Destination, is_last: bool) -> Result<bool> {
    let output = section.output.as_deref().map(Path::new);
    if matches!(destination, Destination::Files(_)) && output != Some(target) || !target.is_file() {
        return Ok(false);
    }
    if !is_last {
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
