//! `dechaff config`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, Subcommand};
use dechaff::config::{PathKind, SCHEMA, Settings, ShownSetting};
use dechaff::report::human::printable;

use super::discovery::ConfigArgs;
use super::packs::{PackArgs, PackStore};
use super::{Ending, console};

#[derive(Args)]
pub(super) struct ConfigCommandArgs {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Show what the configuration says of a file, and where it says so.
    Show {
        /// The file, which need not be there; without it, what holds for standard input.
        #[arg(value_name = "PATH")]
        path: Option<PathBuf>,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Print the JSON Schema of configurations, for editors.
    Schema,
}

pub(super) fn run(args: &ConfigCommandArgs) -> Result<Ending> {
    match &args.command {
        ConfigCommand::Show { path, config } => show(path.as_deref(), config),
        ConfigCommand::Schema => {
            console::print(SCHEMA)?;
            Ok(Ending::Done)
        }
    }
}

fn show(path: Option<&Path>, config: &ConfigArgs) -> Result<Ending> {
    let configs = config.configs()?;
    let place = path.map(|path| configs.place(path)).transpose()?.flatten();
    let settings = match (path, &place) {
        (None, _) => configs.settings_here()?,
        (Some(_), Some(place)) => Settings::of(&place.config, &place.path),
        (Some(_), None) => Settings::default(),
    };
    // What the packs of the configuration have to say against it is told here, too.
    let (cleaner, packs) = PackArgs::default().cleaner(&settings, &mut PackStore::default())?;
    let name = path.map_or_else(|| "standard input".to_owned(), |path| path.display().to_string());
    let mut out = String::new();
    match settings.config() {
        Some(config) => {
            let _ = writeln!(out, "# {name} goes by {}", config.file());
            let kind = if path.is_some_and(Path::is_dir) { PathKind::Folder } else { PathKind::File };
            if place.is_some_and(|place| place.is_excluded(kind)) {
                let _ = writeln!(out, "# it is excluded, and left alone unless it is named");
            }
            out.push_str(&table(&settings.shown(), config.file()));
        }
        None => {
            let _ = writeln!(out, "# {name} goes by no configuration: there is none in its folder or above");
        }
    }
    let all: usize = packs.iter().map(|pack| pack.rules().count()).sum();
    let _ = writeln!(out, "# {} of {all} rules are used", cleaner.rules().count());
    console::print(&printable(&out))?;
    Ok(Ending::Done)
}

fn table(settings: &[ShownSetting], file: &str) -> String {
    let lines: Vec<String> =
        settings.iter().map(|ShownSetting { key, value, .. }| format!("{key} = {value}")).collect();
    let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let mut table = String::new();
    for (line, setting) in lines.iter().zip(settings) {
        let files = setting.files.as_ref().map(|files| format!(", for {files}")).unwrap_or_default();
        let _ = writeln!(table, "{line:width$}  # {file}:{}{files}", setting.line);
    }
    table
}
