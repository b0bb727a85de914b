//! The arguments that every command that cleans has.

use std::num::NonZeroUsize;

use anyhow::{Result, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use dechaff::formats::About;
use dechaff::formats::blocks::MAX_RECORD;
use dechaff::formats::csv::{Delimiter, FirstRow};
use dechaff::formats::fields::{FieldPath, Fields, FieldsError, Holds, Outcome, TableShape};
use dechaff::formats::form::Form;
use dechaff::formats::plain::OutputEncoding;
use dechaff::formats::records::{Emptied, OnMalformed};
use encoding_rs::Encoding;

use super::pages::ArticlePlace;

/// Which fields of a record are read.
#[derive(Args, Default)]
#[command(next_help_heading = "Fields")]
pub(super) struct ReadArgs {
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
    /// What parts the fields of a table: a character, or tab [default: found out from the first row].
    #[arg(long, value_name = "CHAR")]
    delimiter: Option<Delimiter>,
    /// The first row of a table is a record and does not name the columns; they go by number, such as '#3'.
    #[arg(long)]
    no_header: bool,
}

/// Which fields of a record are read, added and dropped.
#[derive(Args, Default)]
#[command(next_help_heading = "Fields")]
pub(super) struct FieldArgs {
    #[command(flatten)]
    read: ReadArgs,
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
    /// Leave out records of whose text cleaning leaves nothing, and pages without an article; a text that was empty
    /// before stays.
    #[arg(long, help_heading = "Records")]
    drop_empty: bool,
}

impl ReadArgs {
    /// True when an argument was given.
    pub fn given(&self) -> bool {
        let Self { texts, url_field, title_field, id_field, lang_field, .. } = self;
        !texts.is_empty()
            || self.table_given()
            || [url_field, title_field, id_field, lang_field].into_iter().any(Option::is_some)
    }

    /// True when an argument for tables was given.
    pub fn table_given(&self) -> bool {
        self.delimiter.is_some() || self.no_header
    }

    /// The fields that they name, whose texts are looked at where they are; where they name none, those of `otherwise`.
    /// With the field of a page, its article is the text.
    pub fn fields(&self, page: Option<&FieldPath>, otherwise: Fields) -> Result<Fields> {
        Ok(self.unchecked(page, otherwise).checked()?)
    }

    fn unchecked(&self, page: Option<&FieldPath>, otherwise: Fields) -> Fields {
        let (texts, holds) = match page {
            Some(page) => (vec![page.clone()], Holds::Pages),
            None if self.texts.is_empty() => (otherwise.texts, otherwise.holds),
            None => (self.texts.clone(), Holds::Texts),
        };
        let table = TableShape {
            delimiter: self.delimiter.or(otherwise.table.delimiter),
            first_row: if self.no_header { FirstRow::Record } else { otherwise.table.first_row },
        };
        Fields {
            texts,
            holds,
            url: self.url_field.clone().or(otherwise.url),
            title: self.title_field.clone().or(otherwise.title),
            id: self.id_field.clone().or(otherwise.id),
            lang: self.lang_field.clone().or(otherwise.lang),
            table,
            ..otherwise
        }
    }
}

impl FieldArgs {
    /// True when an argument was given.
    pub fn given(&self) -> bool {
        let Self { read, output_field, keep_original, annotate, drop_field, .. } = self;
        read.given()
            || !drop_field.is_empty()
            || [output_field, keep_original, annotate].into_iter().any(Option::is_some)
    }

    /// True when an argument for tables was given.
    pub fn table_given(&self) -> bool {
        self.read.table_given()
    }

    /// The fields that they name, and where they name none, those of `otherwise`; that of a page, whose article goes to
    /// `place`, holds no text, but gets one.
    pub fn fields(&self, page: Option<&FieldPath>, place: ArticlePlace, otherwise: Fields) -> Result<Fields> {
        let fields = self.read.unchecked(page, otherwise);
        let fields =
            Fields { outcome: self.outcome(fields.outcome), dropped: self.drop_field.clone(), ..fields };
        match place {
            ArticlePlace::Field if page.is_some() && fields.outcome.added().is_none() => {
                Err(FieldsError::PageInPlace.into())
            }
            ArticlePlace::Line if fields.holds == Holds::Pages => {
                if self.outcome(Outcome::InPlace) != Outcome::InPlace || !self.drop_field.is_empty() {
                    bail!(
                        "--to jsonl writes records of its own, with the article in `text`; leave out options for \
                         other fields"
                    );
                }
                Ok(Fields { outcome: Outcome::InPlace, ..fields }.checked()?)
            }
            _ => Ok(fields.checked()?),
        }
    }

    fn outcome(&self, otherwise: Outcome) -> Outcome {
        match (&self.output_field, &self.keep_original, &self.annotate) {
            (Some(name), ..) => Outcome::Into(name.clone()),
            (_, Some(name), _) => Outcome::KeepOriginal(name.clone()),
            (.., Some(name)) => Outcome::Annotate(name.clone()),
            (None, None, None) => otherwise,
        }
    }

    /// What becomes of records without a text.
    pub fn emptied(&self) -> Emptied {
        if self.drop_empty { Emptied::Drop } else { Emptied::Keep }
    }
}

fn parse_jobs(jobs: &str) -> Result<NonZeroUsize, String> {
    jobs.parse().map_err(|_| "say how many threads: 1 or more".to_owned())
}

/// How records are worked on.
#[derive(Args)]
#[command(next_help_heading = "Records")]
pub(super) struct WorkArgs {
    /// How many threads clean [default: as many as there are cores].
    #[arg(short, long, value_name = "N", value_parser = parse_jobs)]
    jobs: Option<NonZeroUsize>,
    /// Pass records over this size on as they are [default: 64M].
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    max_record: Option<usize>,
    /// Stop at the first malformed record, with exit code 2, instead of passing it on.
    #[arg(long)]
    strict: bool,
}

impl WorkArgs {
    /// The number of threads.
    pub fn jobs(&self) -> NonZeroUsize {
        self.jobs.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
    }
    /// What becomes of malformed records.
    pub fn malformed(&self) -> OnMalformed {
        if self.strict { OnMalformed::Stop } else { OnMalformed::PassOn }
    }

    /// How large a record may be to be cleaned, in bytes.
    pub fn max_record(&self) -> usize {
        self.max_record.unwrap_or(MAX_RECORD)
    }
}

/// What is known of a text.
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
    /// Says the encoding of the input alone.
    pub fn of_input(encoding: Option<&'static Encoding>) -> Self {
        Self { encoding, output_encoding: None }
    }

    /// The encoding of the input, when it was named.
    pub fn input(&self) -> Option<&'static Encoding> {
        self.encoding
    }

    /// The encoding of the output, `otherwise` when nothing was said.
    pub fn output(&self, otherwise: OutputEncoding) -> OutputEncoding {
        match self.output_encoding {
            Some(EncodingChoice::Utf8) => OutputEncoding::Utf8,
            Some(EncodingChoice::Keep) => OutputEncoding::Keep,
            None => otherwise,
        }
    }

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

pub(super) fn parse_encoding(name: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label(name.trim().as_bytes())
        .ok_or_else(|| "not an encoding of the web; write it like utf-8, windows-1252, shift_jis".to_owned())
}
