//! What is done with one input: it is opened, and a text or a small dump is cleaned in one go.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Error, Result, anyhow, bail};
use dechaff::compress::{Compression, Encoder, decoder};
use dechaff::decode::{DecodeError, EncodingSource, Signature, decode};
use dechaff::formats::blocks::{BLOCK, Block, Blocks};
use dechaff::formats::fields::{Absent, Fields, FieldsError, Holds, Outcome};
use dechaff::formats::form::{Form, OpenError, Reader};
use dechaff::formats::markdown;
use dechaff::formats::plain::{self, OutputEncoding};
use dechaff::formats::records::{AtStart, Detail, Done, Emptied, OnMalformed, Records};
use dechaff::formats::seen::Seen;
use dechaff::formats::{About, Format};
use dechaff::report::{BytesEntry, Digester, DocumentEntry, InputForm, Summary, unified};

use super::console;
use super::files::Input;
use super::how::{How, Hows};
use super::output::OutputFile;
use super::pages::{Asked, becomes_lines};
use super::progress::Progress;

/// Most articles have fewer bytes.
const ARTICLE: usize = 16 << 10;

/// What is done with all inputs of a run.
pub(super) struct Job {
    pub inputs: Vec<Input>,
    /// Nobody named the files one by one: an option that one of them has no use for is meant for others.
    pub found_by_walking: bool,
    pub destination: Destination,
    pub hows: Hows,
    /// The command line names fields.
    pub fields_given: bool,
    /// It says how a table has its fields.
    pub table_given: bool,
    pub output_encoding: OutputEncoding,
    /// It names an encoding.
    pub encodings_given: bool,
    pub max_record: usize,
    pub malformed: OnMalformed,
    pub emptied: Emptied,
    /// What the command line says of how articles are made.
    pub asked: Asked,
    pub detail: Detail,
    pub progress: Progress,
}

/// Where clean text goes.
pub(super) enum Destination {
    /// That of one input, compressed if asked for.
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

/// An input whose form is known.
pub(super) struct Opened {
    /// How it is compressed.
    pub compression: Option<Compression>,
    pub form: InputForm,
    pub reader: Reader,
    /// All of it, decompressed.
    pub bytes: Box<dyn Read + Send>,
}

/// What came of an input that was cleaned in one go.
pub(super) enum Whole {
    Text(Box<TextDone>),
    Dump(Box<DumpDone>),
    /// It was found in a folder and is no text.
    LeftOut(String),
}

/// What came of a text.
pub(super) struct TextDone {
    pub summary: Summary,
    /// When someone will read it.
    pub entry: Option<DocumentEntry>,
    pub note: Option<String>,
    pub put: Put,
    /// Why there is no more of it, when what there is was cleaned.
    pub broken_off: Option<Error>,
}

/// What came of a small dump.
pub(super) struct DumpDone {
    pub form: InputForm,
    /// Without the bytes of their output.
    pub blocks: Vec<Done>,
    /// None when nobody will read it.
    pub after: Option<BytesEntry>,
    pub untouched: bool,
    pub file: Option<OutputFile>,
}

/// Whether an output is another than its input.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Touched {
    Yes,
    No,
}

impl Touched {
    pub fn when(changed: bool) -> Self {
        if changed { Touched::Yes } else { Touched::No }
    }
}

/// What is left to do for the clean text to be where it goes.
pub(super) enum Put {
    Nothing,
    /// The file takes its place.
    File(OutputFile),
    /// The bytes go to standard output.
    Stdout(Vec<u8>),
    Diff(String),
}

impl Job {
    /// How an input is cleaned.
    pub fn how(&self, index: usize) -> &How {
        self.hows.of(index)
    }

    /// Its fields. Of a folder, a table may lack what others have.
    pub fn fields(&self, index: usize) -> Fields {
        let absent = if self.found_by_walking { Absent::Tell } else { Absent::Refuse };
        Fields { absent, ..self.how(index).fields.clone() }
    }

    /// The form of an input as far as it was said or its name tells.
    pub fn told_form(&self, index: usize) -> Option<InputForm> {
        let how = self.how(index);
        let by_name = || self.inputs[index].called().and_then(Form::of_name);
        how.form.clone().or_else(|| by_name().map(|form| form.described(&how.fields)))
    }

    /// True when a dump without a text may be no dump at all, and nobody named it: JSON holds anything, and reports lie
    /// beside what they are of.
    pub fn is_stray(&self, form: &InputForm, seen: &Seen) -> bool {
        let may_be_anything = !self.fields_given && matches!(form, InputForm::Json { .. });
        self.found_by_walking && !seen.has_field() && (may_be_anything || seen.is_of_report())
    }

    /// Opens an input, and finds out what it is.
    pub fn open(&self, index: usize) -> Result<Opened> {
        let (input, how) = (&self.inputs[index], self.how(index));
        let (compression, bytes) =
            decoder(self.progress.counted(input.open()?)).map_err(|error| self.unreadable(error, input))?;
        let (form, bytes) = match self.told_form(index) {
            Some(form) => (form, bytes),
            None => {
                let (form, bytes) = Form::of_input(bytes).map_err(|error| self.unreadable(error, input))?;
                (form.described(&how.fields), bytes)
            }
        };
        let is_text = matches!(form, InputForm::Text | InputForm::Markdown | InputForm::Records { .. });
        let is_table = matches!(form, InputForm::Csv { .. });
        let name = input.shown();
        if !self.found_by_walking && form == InputForm::Warc && self.fields_given {
            bail!("{name} is an archive and has no fields; its texts are the blocks of its records");
        }
        if !self.found_by_walking && form == InputForm::Html && self.fields_given {
            bail!("{name} is a page and has no fields; if it is a dump, say of which form with --format");
        }
        if !self.found_by_walking && is_text && self.fields_given {
            bail!("{name} is text and has no fields; if it is a dump, say of which form with --format");
        }
        if !self.found_by_walking && !is_table && self.table_given {
            bail!("--delimiter and --no-header are for tables; {name} is none");
        }
        self.refuse_useless_page_options(how, &form, &name)?;
        let opened = form.open(bytes, self.fields(index)).map_err(|error| match error {
            OpenError::Read(error) => self.unreadable(error, input),
            error => Error::new(error).context(format!("cannot clean {name}")),
        })?;
        // An archive has no fields either, so it is as little use as a text to who writes to one what is found.
        let reader = match opened.form {
            InputForm::Warc if matches!(how.fields.outcome, Outcome::Annotate(_)) => Reader::Document,
            _ => opened.reader,
        };
        if !matches!(reader, Reader::Document) {
            self.refuse_useless_options(input, &reader)?;
        }
        let makes_lines = becomes_lines(&opened.form, how, self.asked);
        if !matches!(reader, Reader::Document) && !makes_lines {
            self.refuse_pages_without_place(how, &opened.form)
                .with_context(|| format!("cannot clean {name}"))?;
        }
        let form = if makes_lines { InputForm::Html } else { opened.form };
        Ok(Opened { compression, form, reader, bytes: opened.input })
    }

    fn refuse_useless_page_options(&self, how: &How, form: &InputForm, name: &str) -> Result<()> {
        if self.asked.is_nothing() || self.found_by_walking {
            return Ok(());
        }
        let is_page = *form == InputForm::Html;
        if !is_page && *form != InputForm::Warc && how.fields.holds != Holds::Pages {
            bail!(
                "--favor and --to are for pages, and {name} is none; say --format html, or name the field of the \
                 pages with --html-field"
            );
        }
        Ok(())
    }

    /// A configuration may name a field of pages for a run that makes nothing of them.
    fn refuse_pages_without_place(&self, how: &How, form: &InputForm) -> Result<()> {
        if how.fields.holds != Holds::Pages || matches!(form, InputForm::Warc | InputForm::Records { .. }) {
            return Ok(());
        }
        match self.destination {
            Destination::InPlace => {
                bail!("its pages stay as they are, and their articles are not written in place; say -o")
            }
            Destination::Stdout(_) | Destination::Files(_) if how.fields.outcome.added().is_none() => {
                Err(FieldsError::PageInPlace.into())
            }
            _ => Ok(()),
        }
    }

    fn refuse_useless_options(&self, input: &Input, reader: &Reader) -> Result<()> {
        let name = input.shown();
        match reader {
            Reader::Columns if self.emptied == Emptied::Drop => {
                bail!(
                    "--drop-empty: rows cannot be left out of {name} without writing all its columns again"
                );
            }
            Reader::Records(format) if self.emptied == Emptied::Drop && !format.can_drop() => bail!(
                "--drop-empty cannot take records out of {name}, an array of JSON; write them as JSON Lines"
            ),
            _ => {}
        }
        if !self.found_by_walking && self.encodings_given {
            bail!(
                "{name} is records, which are read and written in UTF-8; \
                 leave out --encoding and --output-encoding"
            );
        }
        Ok(())
    }

    /// Cleans an input in one go.
    pub fn whole(&self, index: usize, opened: Option<Opened>) -> Result<Whole> {
        let opened = match opened {
            Some(opened) => opened,
            None => self.open(index)?,
        };
        let only_annotates = matches!(self.how(index).fields.outcome, Outcome::Annotate(_));
        match opened.reader.clone() {
            // Nothing is to be removed then.
            Reader::Document if only_annotates => {
                Ok(Whole::LeftOut("it has no fields, and --annotate writes to one what is found".to_owned()))
            }
            Reader::Document if opened.form == InputForm::Html => self.page(index, opened),
            Reader::Document => self.text(index, opened),
            Reader::Columns => self.all_rows(index, opened).map(|done| Whole::Dump(Box::new(done))),
            Reader::Records(format) => {
                self.dump(index, opened, &*format).map(|done| Whole::Dump(Box::new(done)))
            }
        }
    }

    /// Cleans a block of the dump that an input is.
    pub fn block(&self, index: usize, format: &dyn Format, block: Block, at_start: AtStart) -> Done {
        let how = self.how(index);
        let records = Records {
            cleaner: &how.cleaner,
            format,
            about: &how.about,
            pages: self.pages(index),
            detail: self.detail,
            emptied: self.emptied,
            malformed: self.malformed,
            max_record: self.max_record,
        };
        records.clean(block, at_start)
    }

    /// What makes the digest of an output, if a report is to have it.
    pub fn digester(&self) -> Option<Digester> {
        (self.detail != Detail::Sum).then(Digester::default)
    }

    /// The blocks of a dump.
    pub fn blocks(&self, bytes: Box<dyn Read + Send>, format: &dyn Format) -> Blocks<Box<dyn Read + Send>> {
        Blocks::new(bytes, format.splitter(), BLOCK, self.max_record)
    }

    fn dump(&self, index: usize, opened: Opened, format: &dyn Format) -> Result<DumpDone> {
        let input = &self.inputs[index];
        let (form, compression) = (opened.form.clone(), opened.compression);
        let mut blocks = self.blocks(opened.bytes, format);
        let mut at_start = AtStart::Yes;
        let mut done: Vec<Done> = Vec::new();
        while !done.last().is_some_and(|done| done.stopped)
            && let Some(block) = blocks.next_block().map_err(|error| self.unreadable(error, input))?
        {
            done.push(self.block(index, format, block, at_start));
            at_start = AtStart::No;
        }
        let mut after = self.digester();
        let mut bytes = Vec::new();
        for done in &mut done {
            if let Some(after) = &mut after {
                after.update(&done.output);
            }
            bytes.append(&mut done.output);
        }
        let untouched = !done.iter().any(|done| done.changed);
        let file = self.file(index, &bytes, compression, &form, Touched::when(!untouched))?;
        Ok(DumpDone { form, blocks: done, after: after.map(Digester::finish), untouched, file })
    }

    fn text(&self, index: usize, mut opened: Opened) -> Result<Whole> {
        let (input, how) = (&self.inputs[index], self.how(index));
        // Most articles are read at once, not in pieces that grow.
        let mut bytes = Vec::with_capacity(ARTICLE);
        let read = opened.bytes.read_to_end(&mut bytes).map_err(|error| self.unreadable(error, input));
        let broken_off = match (read, &self.destination) {
            (Ok(_), _) => None,
            // What came before is passed on, as with records.
            (Err(error), Destination::Stdout(_)) => Some(error),
            (Err(error), _) => return Err(error),
        };
        let decoded = match decode(&bytes, how.encoding) {
            Ok(decoded) => decoded,
            Err(error) => return self.undecoded(error, input),
        };
        let note = (decoded.source() == EncodingSource::Detected).then(|| {
            format!(
                "{} is read as {}, a guess from its bytes; --encoding NAME overrules it",
                input.shown(),
                decoded.encoding().name()
            )
        });
        let no_more = About::default();
        let cleaned = match opened.form {
            InputForm::Markdown => markdown::clean(decoded.text(), &how.about, |document| {
                self.detail.clean(&how.cleaner, document)
            }),
            _ => self.detail.clean(&how.cleaner, &no_more.document(decoded.text(), &how.about)),
        };
        let output = plain::output(&bytes, &decoded, &cleaned, self.output_encoding)
            .with_context(|| format!("cannot write {} in {}", input.shown(), decoded.encoding().name()))?;
        let touched = Touched::when(*output.bytes != *bytes);
        let mut summary = Summary::default();
        summary.count(decoded.text(), &cleaned);
        let target = self.target(index, Touched::when(!cleaned.is_unchanged()));
        let entry = self.detail.tells_of(&cleaned).then(|| DocumentEntry {
            path: Some(input.name()),
            output: target.map(|target| target.display().to_string()),
            ..DocumentEntry::of_file(&bytes, &decoded, &cleaned, &output)
        });
        let put = match &self.destination {
            Destination::Stdout(_) => Put::Stdout(output.bytes.into_owned()),
            Destination::Diff => Put::Diff(unified::diff(&input.name(), decoded.text(), cleaned.text())),
            Destination::Files(_) | Destination::InPlace if target.is_some() => self
                .file(index, &output.bytes, opened.compression, &opened.form, touched)?
                .map_or(Put::Nothing, Put::File),
            Destination::Files(_) | Destination::InPlace | Destination::Explain | Destination::Nowhere => {
                Put::Nothing
            }
        };
        Ok(Whole::Text(Box::new(TextDone { summary, entry, note, put, broken_off })))
    }

    /// What comes of an input that is no text.
    pub fn undecoded(&self, error: DecodeError, input: &Input) -> Result<Whole> {
        match error {
            DecodeError::Binary { .. } if self.found_by_walking => Ok(Whole::LeftOut(error.to_string())),
            DecodeError::Known(Signature { what, .. }) if self.found_by_walking => {
                Ok(Whole::LeftOut(format!("it is {what}, not text")))
            }
            DecodeError::Known(Signature { what, remedy }) => {
                bail!("{} is {what}, not text: {remedy}", input.shown())
            }
            DecodeError::Binary { byte, offset } => bail!(
                "{} is binary, not text: byte {byte:#04x} at offset {offset}; leave it out, \
                 or say --encoding NAME if it is text",
                input.shown()
            ),
            DecodeError::NoDecoder => Err(error).with_context(|| input.shown()),
        }
    }

    /// Why an input could not be read to its end.
    pub fn unreadable(&self, error: io::Error, input: &Input) -> Error {
        let name = input.shown();
        if error.kind() == io::ErrorKind::UnexpectedEof {
            let rest = match self.destination {
                Destination::Stdout(_) => "; what came before is done",
                _ => "",
            };
            return anyhow!("{name} breaks off in the middle of its compressed bytes{rest}");
        }
        Error::new(error).context(format!("cannot read {name}"))
    }

    /// Why the output of an input could not be written.
    pub fn cannot_write(&self, index: usize, error: io::Error) -> Error {
        let error = Error::new(error);
        match self.target(index, Touched::Yes) {
            Some(target) => error.context(format!("cannot write {}", target.display())),
            None => error.context(console::STDOUT),
        }
    }

    /// The file that an input is written to.
    pub fn target(&self, index: usize, touched: Touched) -> Option<&Path> {
        match &self.destination {
            Destination::Files(targets) => Some(&targets[index]),
            Destination::InPlace => self.inputs[index].path.as_deref().filter(|_| touched == Touched::Yes),
            Destination::Stdout(_) | Destination::Diff | Destination::Explain | Destination::Nowhere => None,
        }
    }

    /// Starts the file that an input of this form is written to.
    pub fn create(
        &self,
        target: &Path,
        index: usize,
        own: Option<Compression>,
        form: &InputForm,
    ) -> Result<Encoder<OutputFile>> {
        let compression = compression_of(target, &self.inputs[index], own);
        form.encoder(compression, OutputFile::create(target)?)
            .map_err(|error| self.cannot_write(index, error))
    }

    /// The file with the clean bytes of an input, ready to take its place; `own` is the input's compression.
    pub fn file(
        &self,
        index: usize,
        clean: &[u8],
        own: Option<Compression>,
        form: &InputForm,
        touched: Touched,
    ) -> Result<Option<OutputFile>> {
        let Some(target) = self.target(index, touched) else { return Ok(None) };
        if touched == Touched::No
            && let Some(copy) = self.copy(target, index, own)?
        {
            return Ok(Some(copy));
        }
        let mut file = self.create(target, index, own, form)?;
        let written = file.write_all(clean).and_then(|()| file.finish());
        written.map(Some).map_err(|error| self.cannot_write(index, error))
    }

    /// A copy of an input that needs no change, byte for byte as it is compressed; none when the target has
    /// another compression, or the input cannot be read again.
    pub fn copy(&self, target: &Path, index: usize, own: Option<Compression>) -> Result<Option<OutputFile>> {
        let input = &self.inputs[index];
        let source = input.path.as_deref().filter(|path| path.is_file());
        match source {
            Some(source) if compression_of(target, input, own) == own => copied(source, target).map(Some),
            _ => Ok(None),
        }
    }
}

/// A file with the bytes of `source`, ready to take its place.
pub(super) fn copied(source: &Path, target: &Path) -> Result<OutputFile> {
    let mut from = fs::File::open(source).with_context(|| format!("cannot read {}", source.display()))?;
    let mut file = OutputFile::create(target)?;
    io::copy(&mut from, &mut file)
        .with_context(|| format!("cannot copy {} to {}", source.display(), target.display()))?;
    Ok(file)
}

/// The compression of an output follows its name; one that has the input's name has its compression.
pub(super) fn compression_of(target: &Path, input: &Input, own: Option<Compression>) -> Option<Compression> {
    let same_name = input.path.as_deref().is_some_and(|path| path.file_name() == target.file_name());
    if same_name { own } else { Compression::of_name(target) }
}
