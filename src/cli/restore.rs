//! `dechaff restore`

use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Error, Result, bail};
use clap::Args;
use dechaff::compress::{Compression, Encoder, decoder};
use dechaff::formats::blocks::{BLOCK, Block, Blocks};
use dechaff::formats::fields::Fields;
use dechaff::formats::form::Reader;
use dechaff::formats::{BYTE_ORDER_MARK, Format};
use dechaff::report::{BytesEntry, Digester, FileEntry, InputForm};
use dechaff::restore;

use super::discovery::Configs;
use super::files::{Choice, Input, Named, inputs, refuse_overlap, targets};
use super::job::{compression_of, copied};
use super::output::OutputFile;
use super::report_reader::{
    DumpPlace, Index, OF_PAGE, Origin, Position, RecordEntries, ReportReader, TextPlace,
};
use super::{Ending, columns, console};

const EXAMPLES: &str = "\
Examples:
  dechaff restore --report removed.jsonl clean.txt > article.txt
  dechaff restore --report removed.jsonl clean/ -o originals/
  dechaff restore --report removed.jsonl corpus/ --in-place
  dechaff restore --report removed.jsonl < clean.jsonl > dump.jsonl";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct RestoreArgs {
    /// The report that was written when the text was cleaned.
    #[arg(long, value_name = "FILE")]
    report: PathBuf,
    /// Clean files and folders; standard input when none is named.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write to this folder, keeping the tree; or, from one file, to this file.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Write each original in the place of its clean file.
    #[arg(long, conflicts_with = "output")]
    in_place: bool,
}

pub(super) fn run(args: &RestoreArgs) -> Result<Ending> {
    let (_, mut report) = ReportReader::open(&args.report)?;
    let index = report.index()?;
    let paths = if args.paths.is_empty() { vec![PathBuf::from("-")] } else { args.paths.clone() };
    let choice = Choice {
        configs: &Arc::new(Configs::none()),
        except: &[args.output.as_deref(), Some(&args.report)],
        named: Named::Taken,
        stdin: None,
        is_known: &|path| Ok(index.names(path)),
    };
    let inputs = inputs(&paths, &choice)?;
    let targets: Vec<Option<PathBuf>> = match &args.output {
        Some(output) => targets(&inputs, output)?.into_iter().map(Some).collect(),
        None if args.in_place => {
            if inputs.files.iter().any(|input| input.path.is_none()) {
                bail!("standard input has no place; leave out --in-place or name a file");
            }
            inputs.files.iter().map(|input| input.path.clone()).collect()
        }
        None if inputs.is_one_file() => vec![None],
        None => bail!("where should the originals go? say -o DIR or --in-place"),
    };
    refuse_overlap("original", &args.report, &[], targets.iter().flatten().map(PathBuf::as_path))?;
    let mut ending = Ending::Done;
    let mut failed = |error: Error| {
        console::error(&error);
        ending = Ending::Failed;
    };
    let mut works = Vec::new();
    for (input, target) in inputs.files.iter().zip(&targets) {
        let path = input.path.as_deref().filter(|_| inputs.from_folder);
        if path.is_some_and(|path| index.left_alone(path)) {
            console::note(&format!("{} is as it was: that run could not work on it", input.shown()));
            continue;
        }
        match known(input, &index) {
            Ok((known, bytes)) => works.push(Work { input, target: target.as_deref(), known, bytes }),
            Err(error) => failed(error),
        }
    }
    // In the order of the report, which is then read through once.
    works.sort_by_key(|work| work.known.at());
    for work in works {
        if let Err(error) = work.restore(&mut report) {
            if super::is_broken_pipe(&error) {
                return Err(error);
            }
            failed(error);
        }
    }
    Ok(ending)
}

/// A clean file, and where its original goes.
struct Work<'a> {
    input: &'a Input,
    /// None for standard output.
    target: Option<&'a Path>,
    known: Known<'a>,
    /// Its bytes, decompressed, where they cannot be read again.
    bytes: Option<Vec<u8>>,
}

/// What the report says of a clean file.
enum Known<'a> {
    Text(&'a TextPlace),
    Dump(&'a DumpPlace),
}

impl Known<'_> {
    fn at(&self) -> Position {
        match self {
            Known::Text(place) => place.at,
            Known::Dump(place) => place.at,
        }
    }
}

/// Finds a clean file in the report. A text is known by its content, a dump by its name, else by its content.
fn known<'i>(input: &Input, index: &'i Index) -> Result<(Known<'i>, Option<Vec<u8>>)> {
    let only_dump = index.dumps.first().filter(|_| index.dumps.len() == 1 && index.texts.is_empty());
    if let Some(dump) = only_dump.filter(|_| input.path.is_none()) {
        return Ok((Known::Dump(dump), None));
    }
    let path = input.path.as_deref();
    if let Some(dump) = path.and_then(|path| index.dumps.iter().find(|dump| dump.is_named(path))) {
        return Ok((Known::Dump(dump), None));
    }
    let (_, mut clean) = opened(input)?;
    let unreadable = || format!("cannot read {}", input.shown());
    let (digest, bytes) = if path.is_some() {
        (digest(clean).with_context(unreadable)?, None)
    } else {
        let mut bytes = Vec::new();
        clean.read_to_end(&mut bytes).with_context(unreadable)?;
        (BytesEntry::of(&bytes), Some(bytes))
    };
    if let Some(texts) = index.texts.get(&digest.sha256) {
        return Ok((Known::Text(text_of(input, texts)?), bytes));
    }
    let mut dumps = index.dumps.iter().filter(|dump| dump.entry.after == digest);
    match (dumps.next(), dumps.next(), only_dump) {
        (Some(dump), None, _) => Ok((Known::Dump(dump), bytes)),
        (Some(_), Some(_), _) => bail!(
            "cannot restore {}: several dumps came out the same, and none was at this path; \
             put it where it was written",
            input.shown()
        ),
        // It will be told which record was changed.
        (None, _, Some(dump)) => Ok((Known::Dump(dump), bytes)),
        (None, _, None) => bail!(
            "cannot restore {}: the report has no document with its SHA-256, {}; {}",
            input.shown(),
            digest.sha256,
            match &index.breaks_off_in {
                Some(place) => format!("the run was interrupted in {place}"),
                None => CHANGED.to_owned(),
            }
        ),
    }
}

/// The text whose clean bytes these are. Where several originals came out the same, the name decides.
fn text_of<'i>(input: &Input, same: &'i [TextPlace]) -> Result<&'i TextPlace> {
    if let [first, rest @ ..] = same
        && rest.iter().all(|text| text.before == first.before)
    {
        return Ok(first);
    }
    let named = input.path.as_deref().and_then(|path| same.iter().find(|text| text.is_named(path)));
    named.with_context(|| {
        format!(
            "cannot restore {}: {} originals came out the same, and none was at this path; \
             put it where it was written",
            input.shown(),
            same.len()
        )
    })
}

fn opened(input: &Input) -> Result<(Option<Compression>, Box<dyn Read + Send>)> {
    decoder(input.open()?).with_context(|| format!("cannot read {}", input.shown()))
}

/// The digest of some bytes.
pub(super) fn digest(mut bytes: impl Read) -> io::Result<BytesEntry> {
    let mut digester = Digester::default();
    let mut piece = vec![0; BLOCK];
    loop {
        match bytes.read(&mut piece) {
            Ok(0) => return Ok(digester.finish()),
            Ok(read) => digester.update(&piece[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

impl Work<'_> {
    fn restore(self, report: &mut ReportReader) -> Result<()> {
        let (own, clean) = match self.bytes {
            Some(bytes) => (None, Box::new(io::Cursor::new(bytes)) as Box<dyn Read + Send>),
            None => opened(self.input)?,
        };
        match self.known {
            Known::Text(place) if place.origin == Origin::Page => {
                bail!("cannot restore {}: {OF_PAGE}", self.input.shown())
            }
            Known::Text(place) => {
                report.go_to(place.at)?;
                text(self.input, self.target, own, clean, report)
            }
            Known::Dump(place) => {
                report.go_to(place.at)?;
                dump(self.input, self.target, own, clean, report, &place.entry)
            }
        }
    }
}

fn text(
    input: &Input,
    target: Option<&Path>,
    own: Option<Compression>,
    mut bytes: impl Read,
    report: &mut ReportReader,
) -> Result<()> {
    let mut clean = Vec::new();
    bytes.read_to_end(&mut clean).with_context(|| format!("cannot read {}", input.shown()))?;
    let cannot = || format!("cannot restore {}", input.shown());
    let entry = report.next_document()?.with_context(cannot)?;
    let original = restore::file(&clean, &entry).with_context(cannot)?;
    match target {
        Some(target) if original == clean => untouched(input, target, own, &InputForm::Text, &mut &*clean),
        Some(target) => written(input, target, own, &InputForm::Text, |file| Ok(file.write_all(&original)?)),
        None => console::Stdout::new().write_all(&original).context(console::STDOUT),
    }
}

fn dump(
    input: &Input,
    target: Option<&Path>,
    own: Option<Compression>,
    clean: impl Read,
    report: &mut ReportReader,
    entry: &FileEntry,
) -> Result<()> {
    if entry.untouched
        && let Some(target) = target
    {
        if digest(clean).with_context(|| format!("cannot read {}", input.shown()))? != entry.after {
            bail!("cannot restore {}: {CHANGED}", input.shown());
        }
        return untouched(input, target, own, &entry.input, &mut opened(input)?.1);
    }
    let restore = |output: &mut (dyn Write + Send)| {
        match entry.input.reader(Fields::default()) {
            Reader::Document => bail!("cannot restore {}: {OF_PAGE}", input.shown()),
            Reader::Columns => columns::restore(input, own, clean, report, &entry.input, output)?,
            Reader::Records(format) => {
                Dump { name: input.shown(), format: &*format, report, after: &entry.after }
                    .restore(clean, output)?;
            }
        }
        if !report.told_all(&entry.summary) {
            bail!(
                "cannot restore {}: the report lacks some of its lines; use it as it was written",
                input.shown()
            );
        }
        Ok(())
    };
    match target {
        Some(target) => written(input, target, own, &entry.input, |file| restore(file)),
        None => restore(&mut BufWriter::new(console::Stdout::new())),
    }
}

const CHANGED: &str = "it was changed after it was cleaned, or this is another run's report";

/// Puts an original that is the clean file in its place.
fn untouched(
    input: &Input,
    target: &Path,
    own: Option<Compression>,
    form: &InputForm,
    clean: &mut dyn Read,
) -> Result<()> {
    match &input.path {
        Some(path) if path == target => Ok(()),
        Some(path) if compression_of(target, input, own) == own => copied(path, target)?.finish(),
        _ => written(input, target, own, form, |file| Ok(io::copy(clean, file).map(|_| ())?)),
    }
}

/// Writes a file, which takes its place when all of it is written.
fn written(
    input: &Input,
    target: &Path,
    own: Option<Compression>,
    form: &InputForm,
    write: impl FnOnce(&mut Encoder<OutputFile>) -> Result<()>,
) -> Result<()> {
    let failed = || format!("cannot write {}", target.display());
    let file = OutputFile::create(target)?;
    let mut file = form.encoder(compression_of(target, input, own), file).with_context(failed)?;
    write(&mut file)?;
    file.finish().with_context(failed)?.finish()
}

/// A dump's clean records, and what leads back from them.
struct Dump<'a> {
    name: String,
    format: &'a dyn Format,
    report: &'a mut ReportReader,
    after: &'a BytesEntry,
}

impl Dump<'_> {
    /// Records that the report does not name are passed on.
    fn restore(&mut self, input: impl Read, output: &mut dyn Write) -> Result<()> {
        let mut blocks = Blocks::new(input, self.format.splitter(), BLOCK, usize::MAX);
        let mut next = self.report.next_record().with_context(|| format!("cannot restore {}", self.name))?;
        let mut number = 0;
        let mut at_start = true;
        let mut clean = Digester::default();
        while let Some(block) = blocks.next_block().with_context(|| format!("cannot read {}", self.name))? {
            let (Block::Records(bytes) | Block::TooLarge { bytes, .. } | Block::Rest(bytes)) = block;
            clean.update(&bytes);
            let mut rest = bytes.as_slice();
            if std::mem::take(&mut at_start)
                && let Some(marked) = rest.strip_prefix(BYTE_ORDER_MARK)
            {
                output.write_all(BYTE_ORDER_MARK)?;
                rest = marked;
            }
            let mut splitter = self.format.splitter();
            while !rest.is_empty() {
                let (record, after) = rest.split_at(splitter.next_end(rest).unwrap_or(rest.len()));
                self.put_back_dropped(&mut next, &mut number, output)?;
                number += 1;
                match next.take_if(|next| next.number == number) {
                    Some(known) => {
                        let place = self.format.record(record);
                        let original =
                            restore::record(&record[place.clone()], &known.entries, self.format.spelling())
                                .with_context(|| format!("cannot restore record {number} of {}", self.name))?;
                        output.write_all(&record[..place.start])?;
                        output.write_all(&original)?;
                        output.write_all(&record[place.end..])?;
                        next = self
                            .report
                            .next_record()
                            .with_context(|| format!("cannot restore {}", self.name))?;
                    }
                    None => output.write_all(record)?,
                }
                rest = after;
            }
        }
        self.put_back_dropped(&mut next, &mut number, output)?;
        output.flush()?;
        if let Some(next) = next {
            bail!(
                "{} ends after {number} records, but the report goes on at record {}: is it whole?",
                self.name,
                next.number
            );
        }
        if clean.finish() != *self.after {
            bail!("cannot restore {}: {CHANGED}", self.name);
        }
        Ok(())
    }

    fn put_back_dropped(
        &mut self,
        next: &mut Option<RecordEntries>,
        number: &mut u64,
        output: &mut dyn Write,
    ) -> Result<()> {
        while let Some(known) = next.take_if(|next| next.number == *number + 1 && next.is_dropped()) {
            *number += 1;
            for entry in &known.entries {
                if let Some(bytes) = restore::dropped(entry)
                    .with_context(|| format!("cannot restore record {number} of {}", self.name))?
                {
                    output.write_all(&bytes)?;
                }
            }
            *next = self.report.next_record().with_context(|| format!("cannot restore {}", self.name))?;
        }
        Ok(())
    }
}
