//! Pages in a pipeline: one on standard input, or many in records.

use std::io::{self, Read, Write};

use anyhow::{Context as _, Result, anyhow, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use dechaff::Cleaner;
use dechaff::compress::{Compression, Encoder, decoder};
use dechaff::formats::blocks::{BLOCK, Blocks};
use dechaff::formats::fields::{FieldPath, Fields};
use dechaff::formats::form::Form;
use dechaff::formats::jsonl::Jsonl;
use dechaff::formats::pages::{Extraction, Pages, clean_page};
use dechaff::formats::records::{Done, Seen};
use dechaff::formats::{About, Format as _};
use dechaff::html::{self, Favor, Markup};
use dechaff::ordered::in_order;
use encoding_rs::Encoding;

use super::args::WorkArgs;
use super::report::Reporter;
use super::run::no_field;
use super::{Ending, console};

/// How articles are taken out of pages.
#[derive(Args)]
#[command(next_help_heading = "Pages")]
pub(super) struct PageArgs {
    /// The field that holds a page; its article goes to --output-field.
    #[arg(long, value_name = "PATH")]
    pub html_field: Option<FieldPath>,
    /// What to do in doubt [default: balance].
    #[arg(long, value_enum, value_name = "WHICH")]
    favor: Option<FavorChoice>,
    /// How the article is written [default: text].
    #[arg(long, value_enum, value_name = "FORM")]
    to: Option<MarkupChoice>,
}

#[derive(Clone, Copy, ValueEnum)]
enum FavorChoice {
    /// Rather leave text out.
    Precision,
    /// As well as can be on both sides.
    Balance,
    /// Rather keep text.
    Recall,
}

#[derive(Clone, Copy, ValueEnum)]
enum MarkupChoice {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
}

impl PageArgs {
    /// How articles are made.
    fn extraction(&self) -> Extraction {
        Extraction {
            favor: match self.favor {
                Some(FavorChoice::Precision) => Favor::Precision,
                Some(FavorChoice::Balance) | None => Favor::Balance,
                Some(FavorChoice::Recall) => Favor::Recall,
            },
            markup: match self.to {
                Some(MarkupChoice::Text) | None => Markup::Text,
                Some(MarkupChoice::Markdown) => Markup::Markdown,
            },
        }
    }

    /// True when an argument was given.
    pub fn given(&self) -> bool {
        self.html_field.is_some() || self.favor.is_some() || self.to.is_some()
    }
}

/// A form of input, or a page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum InputKind {
    Form(Form),
    Html,
}

/// What `--format` takes.
pub(super) fn parse_kind() -> impl TypedValueParser<Value = InputKind> {
    let names = Form::names().chain(["html"]);
    PossibleValuesParser::new(names).try_map(|name| match name.as_str() {
        "html" => Ok(InputKind::Html),
        name => name.parse::<Form>().map(InputKind::Form),
    })
}

/// What pages are worked on with.
pub(super) struct Job<'a> {
    pub cleaner: Cleaner,
    pub args: &'a PageArgs,
    pub about: About,
    pub reporter: Reporter,
}

impl Job<'_> {
    /// All of standard input is one page.
    pub fn page(
        mut self,
        compress: Option<Compression>,
        encoding: Option<&'static Encoding>,
    ) -> Result<Ending> {
        let (_, mut input) = decoder(io::stdin()).context(STDIN)?;
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes).context(STDIN)?;
        let page = html::decode(&bytes, encoding.map(Encoding::name));
        let mut done = Done { ordinals: 1, ..Done::default() };
        let detail = self.reporter.detail();
        let text = clean_page(&self.cleaner, &page, &self.about, self.args.extraction(), detail, &mut done);
        let mut output = Encoder::new(compress, console::Stdout::new()).context(console::STDOUT)?;
        if let Some(text) = text {
            writeln!(output, "{text}").context(console::STDOUT)?;
        }
        output.finish().context(console::STDOUT)?;
        self.reporter.records(&mut done, |_| Ok(()))?;
        self.reporter.end_part();
        self.reporter.finish()?;
        Ok(Ending::Done)
    }

    /// The pages are in a field of JSON Lines on standard input.
    pub fn records(self, compress: Option<Compression>, fields: Fields, work: &WorkArgs) -> Result<Ending> {
        let Some(name) = fields.outcome.added().map(str::to_owned) else {
            bail!("name the field that gets the article with --output-field, such as text");
        };
        let (_, input) = decoder(io::stdin()).context(STDIN)?;
        let output = Encoder::new(compress, console::Stdout::new()).context(console::STDOUT)?;
        let format = Jsonl::new(fields.clone());
        let mut blocks = Blocks::new(input, format.splitter(), BLOCK, work.max_record());
        let source = move || -> Result<_> { blocks.next_block().context(STDIN) };
        let pages = Pages {
            cleaner: self.cleaner,
            fields: fields.clone(),
            output: name,
            extraction: self.args.extraction(),
            about: self.about,
            detail: self.reporter.detail(),
            malformed: work.malformed(),
            max_record: work.max_record(),
        };
        let state = (output, self.reporter, Seen::default());
        let sink =
            |(output, reporter, seen): &mut (Encoder<_>, Reporter, Seen), mut done: Done| -> Result<()> {
                output.write_all(&done.output).and_then(|()| output.flush()).context(console::STDOUT)?;
                seen.add(&done.seen);
                let stopped = done.stopped;
                match reporter.records(&mut done, |_| Ok(()))?.filter(|_| stopped) {
                    Some(reason) => Err(anyhow!("{reason}; --strict stops here")),
                    None => Ok(()),
                }
            };
        let ((output, mut reporter, seen), result) =
            in_order(work.jobs(), source, move |block| pages.clean(block), state, sink);
        result?;
        output.finish().context(console::STDOUT)?;
        reporter.end_part();
        reporter.finish()?;
        match no_field("standard input", &fields, &seen) {
            Some(message) => bail!("{message}"),
            None => Ok(Ending::Done),
        }
    }
}

const STDIN: &str = "cannot read standard input";
