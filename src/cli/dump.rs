//! Records through the pipeline: what every command that cleans a dump shares.

use std::io::{self, Read, Write};
use std::num::NonZeroUsize;
use std::sync::Arc;

use anyhow::{Context as _, Error, Result, anyhow};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use dechaff::Cleaner;
use dechaff::formats::blocks::{BLOCK, Block, Blocks, MAX_RECORD};
use dechaff::formats::csv::{Delimiter, FirstRow};
use dechaff::formats::fields::{FieldPath, Fields, Outcome, TableShape, nearest};
use dechaff::formats::form::{Form, OpenError};
use dechaff::formats::records::{AtStart, Detail, Done, Emptied, OnMalformed, Records, Seen};
use dechaff::formats::{About, Format};
use dechaff::ordered::in_order;

use super::report::Reporter;

/// Which fields of a record are read, added and dropped.
#[derive(Args, Default)]
#[command(next_help_heading = "Fields")]
pub(super) struct FieldArgs {
    /// The field that holds the text, such as text, article.body or pages[].text (may be given several times)
    /// [default: text].
    #[arg(long = "field", value_name = "PATH")]
    texts: Vec<FieldPath>,
    /// The field of the URL [default: url, source_url or link].
    #[arg(long, value_name = "PATH")]
    url_field: Option<FieldPath>,
    /// The field of the headline [default: title or headline].
    #[arg(long, value_name = "PATH")]
    title_field: Option<FieldPath>,
    /// The field of the id [default: id, _id or uuid].
    #[arg(long, value_name = "PATH")]
    id_field: Option<FieldPath>,
    /// The field of the language tag [default: lang or language].
    #[arg(long, value_name = "PATH")]
    lang_field: Option<FieldPath>,
    /// Write the clean text to this field, and leave the text as it is.
    #[arg(long, value_name = "FIELD", conflicts_with_all = ["keep_original", "annotate"])]
    output_field: Option<String>,
    /// Keep the text as it was in this field of the records that change.
    #[arg(long, value_name = "FIELD", conflicts_with = "annotate")]
    keep_original: Option<String>,
    /// Remove nothing; write what was found to this field, as a list of places with rule and kind.
    #[arg(long, value_name = "FIELD")]
    annotate: Option<String>,
    /// Leave this field out of the output (may be given several times).
    #[arg(long, value_name = "PATH")]
    drop_field: Vec<FieldPath>,
    /// What parts the fields of a table: a character, or tab [default: found out from the first row].
    #[arg(long, value_name = "CHAR")]
    delimiter: Option<Delimiter>,
    /// The first row of a table is a record and does not name the columns; they go by number, such as '#3'.
    #[arg(long)]
    no_header: bool,
}

impl FieldArgs {
    /// True when an argument was given.
    pub fn given(&self) -> bool {
        let Self { texts, url_field, title_field, id_field, lang_field, .. } = self;
        let Self { output_field, keep_original, annotate, drop_field, .. } = self;
        !(texts.is_empty() && drop_field.is_empty())
            || self.table() != TableShape::default()
            || [url_field, title_field, id_field, lang_field].into_iter().any(Option::is_some)
            || [output_field, keep_original, annotate].into_iter().any(Option::is_some)
    }

    fn table(&self) -> TableShape {
        let first_row = if self.no_header { FirstRow::Record } else { FirstRow::Names };
        TableShape { delimiter: self.delimiter, first_row }
    }

    /// The fields that they name.
    pub fn fields(&self) -> Result<Fields> {
        let default = Fields::default();
        let outcome = match (&self.output_field, &self.keep_original, &self.annotate) {
            (Some(name), ..) => Outcome::Into(name.clone()),
            (_, Some(name), _) => Outcome::KeepOriginal(name.clone()),
            (.., Some(name)) => Outcome::Annotate(name.clone()),
            (None, None, None) => Outcome::InPlace,
        };
        let fields = Fields {
            texts: if self.texts.is_empty() { default.texts } else { self.texts.clone() },
            url: self.url_field.clone(),
            title: self.title_field.clone(),
            id: self.id_field.clone(),
            lang: self.lang_field.clone(),
            outcome,
            dropped: self.drop_field.clone(),
            table: self.table(),
        };
        Ok(fields.checked()?)
    }
}

/// How records are worked on.
#[derive(Args)]
#[command(next_help_heading = "Records")]
pub(super) struct WorkArgs {
    /// How many threads clean [default: as many as there are cores].
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Pass records over this size on as they are [default: 64M].
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    max_record: Option<usize>,
    /// Stop at the first malformed record, with exit code 2, instead of passing it on.
    #[arg(long)]
    strict: bool,
    /// Leave out records in which cleaning leaves no text.
    #[arg(long)]
    drop_empty: bool,
}

/// What `--format` takes.
pub(super) fn parse_form() -> impl TypedValueParser<Value = Form> {
    PossibleValuesParser::new(Form::names()).try_map(|name| name.parse::<Form>())
}

fn parse_size(size: &str) -> Result<usize, String> {
    let (digits, unit) = size.split_at(size.find(|c: char| !c.is_ascii_digit()).unwrap_or(size.len()));
    let shift = match unit.to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "K" | "KB" | "KIB" => 10,
        "M" | "MB" | "MIB" => 20,
        "G" | "GB" | "GIB" => 30,
        _ => return Err("not a size: write it like 500K, 64M or 1G".to_owned()),
    };
    let number: usize = digits.parse().map_err(|_| "not a size: write it like 500K, 64M or 1G".to_owned())?;
    number.checked_shl(shift).filter(|size| *size > 0).ok_or_else(|| "not a size that fits".to_owned())
}

impl WorkArgs {
    /// The number of threads.
    pub fn jobs(&self) -> NonZeroUsize {
        self.jobs.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
    }

    /// What becomes of records without a text.
    pub fn emptied(&self) -> Emptied {
        if self.drop_empty { Emptied::Drop } else { Emptied::Keep }
    }
}

/// How the records of a run are cleaned.
#[derive(Clone)]
pub(super) struct Work {
    cleaner: Arc<Cleaner>,
    format: Arc<dyn Format>,
    about: Arc<About>,
    jobs: NonZeroUsize,
    max_record: usize,
    malformed: OnMalformed,
    emptied: Emptied,
}

impl Work {
    pub fn new(args: &WorkArgs, cleaner: Arc<Cleaner>, format: Arc<dyn Format>, about: About) -> Self {
        Self {
            cleaner,
            format,
            about: Arc::new(about),
            jobs: args.jobs(),
            max_record: args.max_record.unwrap_or(MAX_RECORD),
            malformed: if args.strict { OnMalformed::Stop } else { OnMalformed::PassOn },
            emptied: args.emptied(),
        }
    }
}

/// What has been written and told of an input so far.
pub(super) struct Progress<W> {
    pub output: W,
    pub reporter: Reporter,
    pub seen: Seen,
}

/// Cleans all records of `input`, called `name`, to `output`. What was done until an error is in the output and
/// in the report.
pub(super) fn clean_records<W: Write + Send + 'static>(
    work: &Work,
    input: impl Read + Send + 'static,
    name: &str,
    output: W,
    reporter: Reporter,
) -> (Progress<W>, Result<()>) {
    let detail = if reporter.wants_near_misses() { Detail::Entries } else { Detail::Sum };
    let mut blocks = Blocks::new(input, work.format.splitter(), BLOCK, work.max_record);
    let mut at_start = AtStart::Yes;
    let input_name = name.to_owned();
    let source = move || -> Result<Option<(Block, AtStart)>> {
        let block = blocks.next_block().map_err(|error| unreadable(error, &input_name))?;
        Ok(block.map(|block| (block, std::mem::replace(&mut at_start, AtStart::No))))
    };
    let shared = work.clone();
    let clean = move |(block, at_start): (Block, AtStart)| -> Done {
        let Work { cleaner, format, about, .. } = &shared;
        let (max_record, malformed, emptied) = (shared.max_record, shared.malformed, shared.emptied);
        let records = Records { cleaner, format: &**format, about, detail, emptied, malformed, max_record };
        records.clean(block, at_start)
    };
    let progress = Progress { output, reporter, seen: Seen::default() };
    let output_name = "cannot write the clean records";
    let sink = move |progress: &mut Progress<W>, mut done: Done| -> Result<()> {
        progress.output.write_all(&done.output).context(output_name)?;
        // Whoever reads our output never waits for records that we already have.
        progress.output.flush().context(output_name)?;
        progress.seen.add(&done.seen);
        let stopped = done.stopped;
        let reason = progress.reporter.records(&mut done)?;
        match reason.filter(|_| stopped) {
            Some(reason) => Err(anyhow!("{reason}; --strict stops here")),
            None => Ok(()),
        }
    };
    in_order(work.jobs, source, clean, progress, sink)
}

/// Why an input could not be read to its end.
pub(super) fn unreadable(error: io::Error, name: &str) -> Error {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return anyhow!("{name} breaks off in the middle of its compressed bytes; what came before is done");
    }
    Error::new(error).context(format!("cannot read {name}"))
}

/// Why an input cannot be worked on.
pub(super) fn unopened(error: OpenError, name: &str) -> Error {
    match error {
        OpenError::Read(error) => unreadable(error, name),
        error => Error::new(error).context(format!("cannot clean {name}")),
    }
}

/// What to say when no record has a text field; none when all is well.
pub(super) fn no_field(fields: &Fields, seen: &Seen) -> Option<String> {
    if seen.records == 0 || seen.with_field > 0 {
        return None;
    }
    if seen.malformed == seen.records {
        return Some(format!("none of the {} lines is a JSON record: is this JSON Lines?", seen.records));
    }
    let wanted: Vec<String> = fields.texts.iter().map(|path| format!("`{path}`")).collect();
    let names = || seen.names.iter().map(String::as_str);
    let near = fields.texts.iter().find_map(|path| nearest(path.as_str(), names()));
    let remedy = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let top: Vec<&str> = names().filter(|name| !name.contains('.')).take(12).collect();
            format!("they have {}; name the text's field with --field", top.join(", "))
        }
    };
    Some(format!("none of the {} records has a field {}: {remedy}", seen.records, wanted.join(" or ")))
}
