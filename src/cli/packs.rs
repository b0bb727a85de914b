//! Which packs and rules a command uses.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use dechaff::{Budgets, Cleaner, Pack, Selection};

#[derive(Args)]
#[command(next_help_heading = "Rules")]
pub(super) struct PackArgs {
    /// Add a pack file, or the pack files of a folder (may be given several times).
    #[arg(long = "pack", value_name = "FILE|DIR")]
    packs: Vec<PathBuf>,
    /// Leave out the built-in packs.
    #[arg(long)]
    no_default_packs: bool,
    /// Use only these rules: rule ids, kinds or pack ids.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    select: Option<Vec<String>>,
    /// Use these rules besides, such as the kind `caption`.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    extend_select: Vec<String>,
    /// Do not use these rules.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    ignore: Vec<String>,
    /// The share of a text that may be removed, from 0 to 1; past it, the text stays as it is [default: 0.8].
    #[arg(long, value_name = "SHARE", value_parser = parse_share)]
    budget: Option<f64>,
}

fn parse_share(share: &str) -> Result<f64, String> {
    let number = share.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    number.ok_or_else(|| "not a share: write a number from 0 to 1, such as 0.5".to_owned())
}

impl PackArgs {
    /// The packs that the arguments name.
    pub fn packs(&self) -> Result<Vec<Pack>> {
        let mut packs = if self.no_default_packs { Vec::new() } else { Pack::builtin() };
        packs.extend(read_packs(&self.packs)?);
        if packs.is_empty() {
            bail!("--no-default-packs leaves no pack; name one with --pack FILE");
        }
        Ok(packs)
    }

    /// Which of their rules are used.
    pub fn selection(&self) -> Selection {
        let base = self.select.clone().map_or_else(Selection::default, Selection::only);
        base.extend(self.extend_select.iter().cloned()).ignore(self.ignore.iter().cloned())
    }

    /// A cleaner of `packs`, and those.
    pub fn cleaner(&self) -> Result<(Cleaner, Vec<Pack>)> {
        let packs = self.packs()?;
        let default = Budgets::default();
        let budgets = Budgets { document: self.budget.unwrap_or(default.document), ..default };
        let cleaner =
            Cleaner::builder().packs(packs.clone()).selection(self.selection()).budgets(budgets).build()?;
        Ok((cleaner, packs))
    }
}

/// The packs in some files and folders. All mistakes of all files are shown together.
pub(super) fn read_packs(paths: &[PathBuf]) -> Result<Vec<Pack>> {
    let mut packs = Vec::new();
    let mut mistakes = Vec::new();
    for path in paths {
        for file in pack_files(path)? {
            let source = fs::read_to_string(&file)
                .with_context(|| format!("cannot read the pack {}", file.display()))?;
            match Pack::parse(&file.display().to_string(), &source) {
                Ok(pack) => packs.push(pack),
                Err(error) => mistakes.push(error),
            }
        }
    }
    if mistakes.is_empty() {
        return Ok(packs);
    }
    let count: usize = mistakes.iter().map(dechaff::PackError::mistakes).sum();
    let shown: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    let noun = if count == 1 { "mistake" } else { "mistakes" };
    bail!("{count} {noun} in the packs\n\n{}", shown.join("\n\n"));
}

fn pack_files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).with_context(|| format!("cannot read the folder {}", path.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.with_context(|| format!("cannot read the folder {}", path.display()))?.path();
        if file.extension().is_some_and(|extension| extension == "toml") {
            files.push(file);
        }
    }
    if files.is_empty() {
        bail!("no pack in {}: pack files end in .toml", path.display());
    }
    files.sort();
    Ok(files)
}
