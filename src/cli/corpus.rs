//! A corpus that is read and not written: to count what rules do there, or to compare them.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use dechaff::formats::fields::{Fields, Outcome};
use dechaff::formats::form::Form;
use dechaff::formats::plain::OutputEncoding;
use dechaff::formats::records::{Detail, Emptied};
use dechaff::report::Header;
use encoding_rs::Encoding;

use super::args::{AboutArgs, EncodingArgs, ReadArgs, WorkArgs, parse_encoding, parse_form};
use super::discovery::{ConfigArgs, Configs};
use super::files::{Choice, Inputs, Named, inputs};
use super::how::{Given, Hows};
use super::job::{Destination, Job};
use super::packs::PackArgs;
use super::pages::PageReadArgs;
use super::progress::Progress;
use super::report::{ReportArgs, Reporter, Told};
use super::{Verbosity, console};

#[derive(Args)]
pub(super) struct CorpusArgs {
    /// Files and folders of texts, pages and dumps, compressed or not; `-` is standard input.
    #[arg(value_name = "CORPUS", required = true)]
    paths: Vec<PathBuf>,
    /// Print results and errors only.
    #[arg(short, long)]
    quiet: bool,
    /// The form of the files [default: told by their names, else by their first bytes].
    #[arg(long, value_name = "FORM", value_parser = parse_form())]
    format: Option<Form>,
    /// The encoding of the files, such as `windows-1252`, instead of finding it out.
    #[arg(long, value_name = "NAME", value_parser = parse_encoding)]
    encoding: Option<&'static Encoding>,
    #[command(flatten)]
    fields: ReadArgs,
    #[command(flatten)]
    pages: PageReadArgs,
    #[command(flatten)]
    pub work: WorkArgs,
    #[command(flatten)]
    about: AboutArgs,
    #[command(flatten)]
    config: ConfigArgs,
}

/// What the arguments name.
pub(super) struct Corpus<'a> {
    args: &'a CorpusArgs,
    configs: Arc<Configs>,
    inputs: Inputs,
}

impl CorpusArgs {
    /// Finds the files.
    ///
    /// # Errors
    /// When one that is named is not there, a folder has none, or a configuration cannot be read.
    pub fn corpus(&self) -> Result<Corpus<'_>> {
        let configs = Arc::new(self.config.configs()?);
        let inputs = inputs(
            &self.paths,
            &Choice {
                configs: &configs,
                except: &[],
                named: Named::Taken,
                stdin: None,
                is_known: &|path| configs.says_form(path),
            },
        )?;
        if !self.quiet {
            inputs.tell_of_links();
            if inputs.files.is_empty() {
                console::note("nothing to read: the configuration excludes all that is named");
            }
        }
        Ok(Corpus { args: self, configs, inputs })
    }
}

impl Corpus<'_> {
    /// How the packs that some arguments name clean it, with the header of its report. Nothing is written.
    ///
    /// # Errors
    /// When a configuration or a pack cannot be used.
    pub fn job(&self, packs: &PackArgs, detail: Detail, progress: Progress) -> Result<(Job, Header)> {
        let args = self.args;
        let page = args.pages.html_field.as_ref();
        let fields =
            |otherwise: Fields| args.fields.fields(page, Fields { outcome: Outcome::InPlace, ..otherwise });
        let encodings = EncodingArgs::of_input(args.encoding);
        let given = Given::new(packs, args.format, &fields, &args.about, &encodings);
        let inputs = self.inputs.files.clone();
        let (hows, header) = Hows::new(&given, &inputs, &self.configs, Vec::new())?;
        let job = Job {
            inputs,
            found_by_walking: self.inputs.from_folder || self.inputs.files.len() > 1,
            destination: Destination::Nowhere,
            hows,
            fields_given: args.fields.given() || page.is_some(),
            table_given: args.fields.table_given(),
            output_encoding: OutputEncoding::Keep,
            encodings_given: encodings.given(),
            max_record: args.work.max_record(),
            malformed: args.work.malformed(),
            emptied: Emptied::Keep,
            asked: args.pages.asked(),
            detail,
            progress,
        };
        Ok((job, header))
    }

    /// Shows a person how far the run is.
    pub fn progress(&self) -> Progress {
        let verbosity = Verbosity { quiet: self.args.quiet, verbose: false };
        Progress::start(&self.inputs.files, &Destination::Nowhere, verbosity)
    }

    /// What tells a person of what cannot be read.
    pub fn reporter(&self, header: Header) -> Result<Reporter> {
        let silent = Verbosity { quiet: true, verbose: false };
        let quiet = self.args.quiet;
        let reporter = Reporter::new(&ReportArgs { report: None }, silent, header, None)?;
        Ok(reporter.listening(Box::new(move |told| {
            if let Told::NotFound(message) = told
                && !quiet
            {
                console::note(message);
            }
            Ok(())
        })))
    }
}
