//! `dechaff completions` and `dechaff man`.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Args, Command};
use clap_complete::Shell;

use super::{Ending, console};

#[derive(Args)]
pub(super) struct CompletionsArgs {
    /// The shell that is to complete the arguments of dechaff.
    shell: Shell,
}

#[derive(Args)]
pub(super) struct ManArgs {
    /// Write a page for each command to this folder, instead of the page of dechaff to standard output.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

/// Prints a script for the shell.
pub(super) fn completions(args: &CompletionsArgs, mut command: Command) -> Result<Ending> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "dechaff", &mut script);
    print(&script)
}

/// Prints the page, or writes all pages.
pub(super) fn man(args: &ManArgs, command: Command) -> Result<Ending> {
    if let Some(folder) = &args.output {
        write_pages(command, folder)
            .with_context(|| format!("cannot write pages to {}", folder.display()))?;
        return Ok(Ending::Done);
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    print(&page)
}

fn write_pages(command: Command, folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command, folder)
}

fn print(bytes: &[u8]) -> Result<Ending> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).context(console::STDOUT)?;
    Ok(Ending::Done)
}
