//! `dechaff languages`

use std::fmt::Write as _;

use anyhow::Result;
use clap::Args;
use dechaff::pack::languages;

use super::discovery::ConfigArgs;
use super::packs::{PackArgs, PackStore};
use super::{Ending, console};

#[derive(Args)]
pub(super) struct LanguagesArgs {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    packs: PackArgs,
}

/// Lists the languages that the packs have words of.
pub(super) fn run(args: &LanguagesArgs) -> Result<Ending> {
    let packs = args.packs.packs(&args.config.configs()?.settings_here()?, &mut PackStore::default())?;
    let mut out = String::new();
    for language in languages(&packs) {
        let _ = writeln!(
            out,
            "{:4}  {:>3} word lists  {:>5} entries",
            language.tag, language.lists, language.entries
        );
    }
    console::print(&out)?;
    Ok(Ending::Done)
}
