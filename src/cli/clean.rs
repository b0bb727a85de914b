//! `dechaff clean`

use std::io::{self, IsTerminal as _, Read};
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use dechaff::compress::Compression;
use dechaff::decode::{DecodeError, EncodingSource, decode};
use dechaff::formats::About;
use dechaff::formats::form::Form;
use dechaff::formats::markdown;
use dechaff::formats::plain::{self, OutputEncoding};
use dechaff::report::{DocumentEntry, Header, InputForm, human, unified};
use dechaff::{Cleaned, Cleaner, Document};
use encoding_rs::Encoding;

use super::dump::unreadable;
use super::files::{Input, inputs, is_same_place, targets, written};
use super::packs::PackArgs;
use super::report::{ReportArgs, Reporter};
use super::{Ending, Verbosity, console};

/// File names that say that a file is something else than plain text.
const OTHER_FORMS: [(&str, &str); 12] = [
    ("jsonl", "JSON Lines; use `dechaff filter --format jsonl --field text`"),
    ("ndjson", "JSON Lines; use `dechaff filter --format jsonl --field text`"),
    ("json", "JSON; write it as JSON Lines and use `dechaff filter --format jsonl --field text`"),
    ("html", "a page; extract its text first"),
    ("htm", "a page; extract its text first"),
    ("csv", "a table; only plain text and JSON Lines are read"),
    ("tsv", "a table; only plain text and JSON Lines are read"),
    ("parquet", "a table; only plain text and JSON Lines are read"),
    ("warc", "a web archive; only plain text and JSON Lines are read"),
    ("gz", "compressed; use `dechaff filter < FILE`"),
    ("zst", "compressed; use `dechaff filter < FILE`"),
    ("xz", "compressed; use `dechaff filter < FILE`"),
];

const EXAMPLES: &str = "\
Examples:
  dechaff clean article.txt > clean.txt
  dechaff clean article.txt --diff
  dechaff clean corpus/ -o clean/ --report removed.jsonl
  dechaff clean corpus/ --in-place --report removed.jsonl
  curl … | dechaff clean - --url https://example.com/story";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CleanArgs {
    /// Text files and folders; `-` is standard input.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write to this folder, keeping the tree; or, from one file, to this file.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Write each changed file in its place. A file in which nothing is found is not touched.
    #[arg(long, conflicts_with = "output")]
    in_place: bool,
    /// Print a unified diff instead of the clean text, and write nothing.
    #[arg(long, conflicts_with_all = ["output", "in_place"])]
    diff: bool,
    /// Print each removal and each near miss with the evidence instead of the clean text, and write nothing.
    #[arg(long, conflicts_with_all = ["output", "in_place", "diff"])]
    explain: bool,
    #[command(flatten)]
    report: ReportArgs,
    #[command(flatten)]
    about: AboutArgs,
    #[command(flatten)]
    encodings: EncodingArgs,
    #[command(flatten)]
    packs: PackArgs,
    #[command(flatten)]
    verbosity: Verbosity,
}

/// What is known of a plain text.
#[derive(Args)]
#[command(next_help_heading = "About the text")]
pub(super) struct AboutArgs {
    /// Where the text is from; rules for one site need it.
    #[arg(long)]
    url: Option<String>,
    /// The article's headline.
    #[arg(long)]
    title: Option<String>,
    /// The text's language, such as `en` or `pt-BR`.
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
}

#[derive(Args)]
#[command(next_help_heading = "Encodings")]
pub(super) struct EncodingArgs {
    /// The encoding of the input, such as `windows-1252`, instead of finding it out.
    #[arg(long, value_name = "NAME", value_parser = parse_encoding)]
    encoding: Option<&'static Encoding>,
    /// The encoding of the output [default: utf-8, and keep with --in-place].
    #[arg(long, value_name = "WHICH")]
    output_encoding: Option<EncodingChoice>,
}

#[derive(Clone, Copy, ValueEnum)]
enum EncodingChoice {
    /// UTF-8.
    #[value(name = "utf-8")]
    Utf8,
    /// That of the input.
    Keep,
}

impl EncodingArgs {
    /// True when an argument was given.
    pub fn given(&self) -> bool {
        self.encoding.is_some() || self.output_encoding.is_some()
    }
}

impl AboutArgs {
    /// What is known of every record that does not say it.
    pub fn about(&self) -> About {
        About { id: None, url: self.url.clone(), title: self.title.clone(), lang: self.lang.clone() }
    }

    pub fn document<'a>(&'a self, text: &'a str) -> Document<'a> {
        Document::new(text)
            .with_url(self.url.as_deref())
            .with_title(self.title.as_deref())
            .with_lang(self.lang.as_deref())
    }
}

fn parse_encoding(name: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label(name.trim().as_bytes())
        .ok_or_else(|| "not an encoding of the web; write it like utf-8, windows-1252, shift_jis".to_owned())
}

/// Where clean text goes.
enum Destination {
    /// Compressed, if asked for.
    Stdout(Option<Compression>),
    /// One target for each input.
    Files(Vec<PathBuf>),
    InPlace,
    Diff,
    /// The evidence, for a person.
    Explain,
    /// Only the report is asked for.
    Nowhere,
}

pub(super) fn run(args: &CleanArgs) -> Result<Ending> {
    let (cleaner, packs) = args.packs.cleaner()?;
    let paths = match args.paths.as_slice() {
        [] if io::stdin().is_terminal() => {
            bail!("nothing to clean: name a file, a folder, or - for standard input")
        }
        [] => vec![PathBuf::from("-")],
        paths => paths.to_vec(),
    };
    let inputs = inputs(&paths, args.output.as_deref())?;
    let one = inputs.files.len() == 1 && !inputs.from_folder;
    let report_on_stdout = args.report.report.as_ref().is_some_and(|path| path.as_os_str() == "-");
    if report_on_stdout && (args.diff || args.explain) {
        bail!("standard output has another use; give the report a file");
    }
    let destination = if let Some(output) = &args.output {
        Destination::Files(targets(&inputs, output)?)
    } else if args.in_place {
        if inputs.files.iter().any(|input| input.path.is_none()) {
            bail!("standard input has no place; leave out --in-place or name a file");
        }
        Destination::InPlace
    } else if args.diff {
        Destination::Diff
    } else if args.explain {
        Destination::Explain
    } else if report_on_stdout || (args.report.report.is_some() && !one) {
        Destination::Nowhere
    } else if one {
        Destination::Stdout(None)
    } else {
        bail!(
            "where should {} go? say -o DIR, --in-place, --diff, --explain or --report FILE",
            if inputs.from_folder { "the files of a folder" } else { "several files" }
        );
    };
    if let Some(report) = &args.report.report {
        let read = inputs.files.iter().filter_map(|input| input.path.as_deref());
        let written = match &destination {
            Destination::Files(targets) => targets.as_slice(),
            _ => &[],
        };
        let mut taken = read.chain(written.iter().map(PathBuf::as_path));
        if let Some(path) = taken.find(|path| is_same_place(path, report)) {
            bail!("the report would take the place of {}; give it another name", path.display());
        }
    }
    let header = Header::new(&cleaner, &packs, args.packs.described(), InputForm::Text);
    let mut run = Run {
        cleaner,
        form: None,
        about: &args.about,
        encoding: args.encodings.encoding,
        output_encoding: match (args.encodings.output_encoding, args.in_place) {
            (Some(EncodingChoice::Utf8), _) | (None, false) => OutputEncoding::Utf8,
            (Some(EncodingChoice::Keep), _) | (None, true) => OutputEncoding::Keep,
        },
        reporter: Reporter::new(&args.report, args.verbosity, header)?,
        destination,
        found_by_walking: inputs.from_folder,
    };
    for (i, input) in inputs.files.iter().enumerate() {
        if let Err(error) = run.file(i, input) {
            // A reader that has gone away ends the run; anything else concerns this file only.
            if super::is_broken_pipe(&error) {
                return Err(error);
            }
            console::error(&error);
            run.reporter.failed();
        }
    }
    let summary = run.reporter.finish()?;
    Ok(if summary.failed == 0 { Ending::Done } else { Ending::Failed })
}

/// Cleans standard input, which comes decompressed, as one text, to standard output.
pub(super) fn run_on_stdin(
    cleaner: Cleaner,
    form: Form,
    mut input: impl Read,
    compress: Option<Compression>,
    about: &AboutArgs,
    encodings: &EncodingArgs,
    reporter: Reporter,
) -> Result<Ending> {
    let mut run = Run {
        cleaner,
        form: Some(form),
        about,
        encoding: encodings.encoding,
        output_encoding: match encodings.output_encoding {
            Some(EncodingChoice::Keep) => OutputEncoding::Keep,
            Some(EncodingChoice::Utf8) | None => OutputEncoding::Utf8,
        },
        reporter,
        destination: Destination::Stdout(compress),
        found_by_walking: false,
    };
    let mut bytes = Vec::new();
    let read = input.read_to_end(&mut bytes);
    run.bytes(0, &Input { path: None, relative: PathBuf::new() }, &bytes)?;
    run.reporter.finish()?;
    read.map_err(|error| unreadable(error, "standard input"))?;
    Ok(Ending::Done)
}

/// What cleaning a file needs.
struct Run<'a> {
    cleaner: Cleaner,
    /// None to go by the file's name.
    form: Option<Form>,
    about: &'a AboutArgs,
    encoding: Option<&'static Encoding>,
    output_encoding: OutputEncoding,
    reporter: Reporter,
    destination: Destination,
    found_by_walking: bool,
}

impl Run<'_> {
    fn file(&mut self, index: usize, input: &Input) -> Result<()> {
        refuse_other_forms(input)?;
        let bytes = input.read()?;
        self.bytes(index, input, &bytes)
    }

    fn bytes(&mut self, index: usize, input: &Input, bytes: &[u8]) -> Result<()> {
        if input.path.is_none() && bytes.trim_ascii_start().starts_with(b"{\"") {
            bail!("standard input looks like JSON; use `dechaff filter --format jsonl --field text`");
        }
        let decoded = match decode(bytes, self.encoding) {
            Ok(decoded) => decoded,
            Err(error @ DecodeError::Binary { .. }) if self.found_by_walking => {
                return self.skip(input, &error.to_string());
            }
            Err(DecodeError::Binary { byte, offset }) => bail!(
                "{} is binary, not text: byte {byte:#04x} at offset {offset}; leave it out, \
                 or say --encoding NAME if it is text",
                input.shown()
            ),
            Err(error) => return Err(error).with_context(|| input.shown()),
        };
        if decoded.source() == EncodingSource::Detected && !self.reporter.is_quiet() {
            console::note(&format!(
                "{} is read as {}, a guess from its bytes; --encoding NAME overrules it",
                input.shown(),
                decoded.encoding().name()
            ));
        }
        let document = self.about.document(decoded.text());
        let form = self.form.or_else(|| Form::of_name(input.path.as_deref()?));
        let cleaned = match form {
            Some(Form::Markdown) => {
                markdown::clean(decoded.text(), &self.about.about(), |document| self.clean(document))
            }
            _ => self.clean(&document),
        };
        let output = plain::output(bytes, &decoded, &cleaned, self.output_encoding)
            .with_context(|| format!("cannot write {} in {}", input.shown(), decoded.encoding().name()))?;

        let target = match &self.destination {
            Destination::Files(targets) => Some(&targets[index]),
            Destination::InPlace => input.path.as_ref().filter(|_| !cleaned.is_unchanged()),
            Destination::Stdout(_) | Destination::Diff | Destination::Explain | Destination::Nowhere => None,
        };
        // All of the output is on disk before the report speaks of it, and takes its place after.
        let file = target.map(|target| written(target, &output.bytes)).transpose()?;
        let entry = || DocumentEntry {
            path: Some(input.name()),
            output: target.map(|target| target.display().to_string()),
            ..DocumentEntry::of_file(bytes, &decoded, &cleaned, &output)
        };
        self.reporter.document(&document, &cleaned, entry)?;
        match &self.destination {
            Destination::Stdout(compression) => console::output(&output.bytes, *compression)?,
            Destination::Diff => {
                console::diff(&unified::diff(&input.name(), decoded.text(), cleaned.text()))?;
            }
            Destination::Explain => console::print(&human::details(&input.shown(), &entry()))?,
            Destination::Files(_) | Destination::InPlace | Destination::Nowhere => {}
        }
        if let Some(file) = file {
            self.reporter.flush()?;
            file.finish()?;
        }
        Ok(())
    }

    fn clean<'t>(&self, document: &Document<'t>) -> Cleaned<'t> {
        if self.reporter.wants_near_misses() || matches!(self.destination, Destination::Explain) {
            self.cleaner.explain(document)
        } else {
            self.cleaner.clean(document)
        }
    }

    fn skip(&mut self, input: &Input, reason: &str) -> Result<()> {
        console::note(&format!("{} is left out: {reason}", input.name()));
        self.reporter.left_out(input.name(), reason.to_owned())
    }
}

fn refuse_other_forms(input: &Input) -> Result<()> {
    let extension = input.path.as_ref().and_then(|path| path.extension()?.to_str());
    let form = OTHER_FORMS.iter().find(|(name, _)| extension.is_some_and(|e| e.eq_ignore_ascii_case(name)));
    match form {
        Some((_, form)) => bail!("{} is {form}", input.shown()),
        None => Ok(()),
    }
}
