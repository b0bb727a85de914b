//! Which packs and rules a command uses.

use std::cell::OnceCell;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Error, Result, bail};
use clap::Args;
use dechaff::config::{Config, FILE, PYPROJECT, PackPath, Settings};
use dechaff::{Budgets, BuildError, Cleaner, Pack, Selection};

use super::discovery::mistaken;
use super::files::in_full;
use super::rules::beside_builtin;

#[derive(Args, Default)]
#[command(next_help_heading = "Rules")]
pub(super) struct PackArgs {
    /// Add a pack file, or the pack files of a folder (may be given several times).
    #[arg(long = "pack", value_name = "FILE|DIR")]
    packs: Vec<PathBuf>,
    /// Leave out the built-in packs.
    #[arg(long)]
    no_default_packs: bool,
    /// The packs, whatever these and a configuration name.
    #[arg(skip)]
    instead: Option<Vec<Pack>>,
    #[command(flatten)]
    choice: ChoiceArgs,
}

/// Which rules of some packs are used, and how much they may take.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Rules")]
pub(super) struct ChoiceArgs {
    /// Use only these rules: rule ids, kinds or pack ids.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    select: Option<Vec<String>>,
    /// Use these rules besides, such as the kind `caption`.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    extend_select: Vec<String>,
    /// Do not use these rules.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    ignore: Vec<String>,
    /// The share of a text that may be removed, from 0 to 1; past it, the text stays as it is [default: 0.8]. A rule may take
    /// 0.5 and a pack 0.6 where they do not say more, and above the default as much as this.
    #[arg(long, value_name = "SHARE", value_parser = parse_share)]
    budget: Option<f64>,
}

fn parse_share(share: &str) -> Result<f64, String> {
    let number = share.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    number.ok_or_else(|| "not a share: write a number from 0 to 1, such as 0.5".to_owned())
}

/// The packs of a run, each read once.
#[derive(Default)]
pub(super) struct PackStore {
    builtin: OnceCell<Vec<Pack>>,
    /// Those of files and folders that were named together, since each may use the words of the others.
    read: HashMap<Vec<PathBuf>, Vec<Pack>>,
    /// The files of configurations whose names are known to be right.
    checked: HashSet<String>,
}

impl PackStore {
    fn builtin(&self) -> &[Pack] {
        self.builtin.get_or_init(Pack::builtin)
    }

    /// Those of some files and folders, each once.
    fn read(&mut self, paths: &[PathBuf]) -> Result<Vec<Pack>> {
        let mut met = HashSet::new();
        let paths: Vec<PathBuf> = paths.iter().filter(|path| met.insert(in_full(path))).cloned().collect();
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        let packs = match self.read.entry(paths) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let packs = read_packs(place.key())?;
                place.insert(packs)
            }
        };
        Ok(packs.clone())
    }
}

impl ChoiceArgs {
    /// Which rules are used, said behind what a configuration says.
    fn selection(&self) -> Selection {
        let base = self.select.clone().map_or_else(Selection::default, Selection::only);
        if self.extend_select.is_empty() && self.ignore.is_empty() {
            return base;
        }
        base.extend(self.extend_select.iter().cloned()).ignore(self.ignore.iter().cloned())
    }
}

impl PackArgs {
    /// Those that use these packs, whatever a configuration names.
    pub fn of(packs: Vec<Pack>, choice: ChoiceArgs) -> Self {
        Self { instead: Some(packs), choice, ..Self::default() }
    }

    /// The packs that the arguments and settings name.
    pub fn packs(&self, settings: &Settings, store: &mut PackStore) -> Result<Vec<Pack>> {
        if let Some(packs) = &self.instead {
            return Ok(packs.clone());
        }
        let with_default = !self.no_default_packs && settings.default_packs() != Some(false);
        let mut packs = if with_default { store.builtin().to_vec() } else { Vec::new() };
        let mut paths = Vec::new();
        if let Some(config) = settings.config() {
            self.check_names(config, store)?;
            paths = settings.packs().map(|pack| path_of(pack, config)).collect::<Result<_>>()?;
        }
        paths.extend(self.packs.iter().cloned());
        packs.extend(store.read(&paths)?);
        match settings.config() {
            _ if !packs.is_empty() => Ok(packs),
            Some(config) if !self.no_default_packs => {
                bail!("`default-packs = false` of {} leaves no pack; name one in `packs`", config.file())
            }
            _ => bail!("--no-default-packs leaves no pack; name one with --pack FILE"),
        }
    }

    /// Makes sure that a configuration names what there is, for all files, whichever are cleaned now.
    fn check_names(&self, config: &Config, store: &mut PackStore) -> Result<()> {
        if store.checked.contains(config.file()) {
            return Ok(());
        }
        let mut paths = config.packs().map(|pack| path_of(pack, config)).collect::<Result<Vec<_>>>()?;
        paths.extend(self.packs.iter().cloned());
        let mut packs = store.read(&paths)?;
        packs.extend_from_slice(store.builtin());
        config.check_names(&packs).map_err(mistaken)?;
        store.checked.insert(config.file().to_owned());
        Ok(())
    }

    /// A cleaner by the arguments and, where they say nothing, by settings; and its packs.
    pub fn cleaner(&self, settings: &Settings, store: &mut PackStore) -> Result<(Cleaner, Vec<Pack>)> {
        let packs = self.packs(settings, store)?;
        let budgets =
            self.choice.budget.or(settings.budget()).map_or_else(Budgets::default, Budgets::of_document);
        let built = Cleaner::builder()
            .packs(packs.clone())
            .selection(settings.selection().then(self.choice.selection()))
            .budgets(budgets)
            .allow(settings.allowed().cloned())
            .build();
        let cleaner = built.map_err(|error| {
            let mistake = match &error {
                BuildError::UnknownSelector(unknown) => {
                    settings.config().and_then(|config| config.mistaken(unknown))
                }
                _ => None,
            };
            mistake.map_or_else(|| Error::new(error), mistaken)
        })?;
        Ok((cleaner, packs))
    }
}

/// Where a pack is that a configuration names.
fn path_of(PackPath { path, origin }: &PackPath, config: &Config) -> Result<PathBuf> {
    let folder = Path::new(config.file()).parent();
    let full = folder.map_or_else(|| PathBuf::from(path), |folder| folder.join(path));
    if !full.exists() {
        bail!(
            "cannot read the pack {}, which {origin} names; paths start at the folder of the configuration",
            full.display()
        );
    }
    Ok(full)
}

/// The built-in packs, as an argument that names packs says them.
const BUILTIN: &str = "builtin";

/// The packs that one argument names: `builtin`, a file, a folder, or several of these with commas between them. A pack that
/// is another state of a built-in one takes its place.
pub(super) fn named_packs(names: &str) -> Result<Vec<Pack>> {
    let is_one = names == BUILTIN || Path::new(names).exists();
    let names: Vec<&str> = if is_one { vec![names] } else { names.split(',').collect() };
    let paths: Vec<PathBuf> = names.iter().filter(|name| **name != BUILTIN).map(PathBuf::from).collect();
    if let Some(missing) = paths.iter().find(|path| !path.exists()) {
        bail!(
            "cannot read the packs {}; name a pack file or a folder of some, or say {BUILTIN} for the built-in packs",
            missing.display()
        );
    }
    let own = if paths.is_empty() { Vec::new() } else { read_packs(&paths)? };
    Ok(if paths.len() < names.len() { beside_builtin(&own) } else { own })
}

/// The packs in some files and folders. All mistakes of all files are shown together.
pub(super) fn read_packs(paths: &[PathBuf]) -> Result<Vec<Pack>> {
    let mut files = Vec::new();
    for path in paths {
        for file in pack_files(path)? {
            let source = fs::read_to_string(&file)
                .with_context(|| format!("cannot read the pack {}", file.display()))?;
            files.push((file.display().to_string(), source));
        }
    }
    let mistakes = match Pack::parse_all(files.iter().map(|(file, source)| (file.as_str(), source.as_str())))
    {
        Ok(packs) => return Ok(packs),
        Err(mistakes) => mistakes,
    };
    let count: usize = mistakes.iter().map(dechaff::PackError::mistakes).sum();
    let shown: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    let noun = if count == 1 { "mistake" } else { "mistakes" };
    bail!("{count} {noun} in the packs\n\n{}", shown.join("\n\n"));
}

/// The pack files that a path names: the file itself, or those of a folder and the folders in it.
fn pack_files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let files = files_under(path)?;
    if files.is_empty() {
        bail!("no pack in {}: pack files end in .toml", path.display());
    }
    Ok(files)
}

fn files_under(path: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(path).with_context(|| format!("cannot read the folder {}", path.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.with_context(|| format!("cannot read the folder {}", path.display()))?.path();
        if file.is_dir() && !file.is_symlink() {
            files.extend(files_under(&file)?);
        }
        let is_config = file.file_name().is_some_and(|name| name == FILE || name == PYPROJECT);
        if file.extension().is_some_and(|extension| extension == "toml") && !is_config {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}
