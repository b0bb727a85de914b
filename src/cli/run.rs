//! A run: inputs are opened, cleaned on many threads, and written and reported in their order. Small ones are
//! taken one a thread, large dumps in blocks.

use std::fs::File;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::sync::Arc;

use anyhow::{Context as _, Error, Result, anyhow};
use dechaff::compress::{Compression, Encoder};
use dechaff::formats::parquet::{CleanedRows, Parquet, Writer, Written};
use dechaff::formats::records::{Done, OnMalformed};
use dechaff::formats::seen::Seen;
use dechaff::ordered::in_order;
use dechaff::report::{BytesEntry, Digester, DocumentEntry, FileEntry, InputForm, Summary, human, unified};

use super::job::{Destination, DumpDone, Job, Put, TextDone, Touched, Whole};
use super::output::OutputFile;
use super::report::{Reporter, name_of};
use super::source::{GivenUp, Item, Source, Start};
use super::{Ending, columns, console, pipes};

/// Cleans all inputs of a job on `jobs` threads.
pub(super) fn run(job: Job, jobs: NonZeroUsize, reporter: Reporter) -> Result<Ending> {
    Ok(Ending::of(&summed(job, jobs, reporter)?))
}

/// The same, giving back what it came to.
pub(super) fn summed(job: Job, jobs: NonZeroUsize, reporter: Reporter) -> Result<Summary> {
    pipes::widen();
    let progress = job.progress.clone();
    let job = Arc::new(job);
    let given_up = Arc::new(GivenUp::none());
    let mut source = Source::new(Arc::clone(&job), Arc::clone(&given_up));
    let worker = Arc::clone(&job);
    let sink = Sink { job, reporter, dump: None, given_up };
    let (sink, result) =
        in_order(jobs, move || Ok(source.next()), move |item| work(&worker, item), sink, Sink::take);
    progress.finish();
    if result.as_ref().is_err_and(super::is_broken_pipe) {
        return result.map(|()| Summary::default());
    }
    // The report tells of what was done until an error, too.
    let summary = sink.reporter.finish();
    result?;
    summary
}

/// The work, done.
enum Step {
    Wholes(Vec<(usize, Result<Whole>)>),
    Start(Box<Start>),
    Block(Box<Done>),
    Rows(Box<CleanedRows>),
    End(Result<()>),
}

fn work(job: &Job, item: Item) -> Step {
    match item {
        Item::Small(inputs) => Step::Wholes(inputs.map(|index| (index, job.whole(index, None))).collect()),
        Item::Whole(index, opened) => Step::Wholes(vec![(index, job.whole(index, Some(opened)))]),
        Item::Start(start) => Step::Start(start),
        Item::Block(index, format, block, at_start) => {
            Step::Block(Box::new(job.block(index, &*format, block, at_start)))
        }
        Item::Rows(index, file, batch) => Step::Rows(Box::new(job.rows(index, &file, &batch))),
        Item::End(result) => Step::End(result),
        Item::Failed(index, error) => Step::Wholes(vec![(index, Err(error))]),
    }
}

/// Writes and reports what was done.
struct Sink {
    job: Arc<Job>,
    reporter: Reporter,
    /// The dump that is being written; none once it was given up.
    dump: Option<Writing>,
    given_up: Arc<GivenUp>,
}

struct Writing {
    index: usize,
    compression: Option<Compression>,
    form: InputForm,
    output: Output,
    changed: bool,
    seen: Seen,
}

/// How the output of a dump is written.
enum Output {
    Bytes(Digesting),
    Columns(Arc<Parquet<File>>, Box<Writer<File, Digesting>>),
}

/// Where the output of a dump goes, and the digest of what went there.
struct Digesting {
    out: Out,
    /// None when nobody will read it.
    after: Option<Digester>,
}

enum Out {
    Nowhere,
    Stdout(Box<Encoder<console::Stdout>>),
    File(Box<Encoder<OutputFile>>),
}

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match &mut self.out {
            Out::Nowhere => bytes.len(),
            Out::Stdout(out) => out.write(bytes)?,
            Out::File(file) => file.write(bytes)?,
        };
        if let Some(after) = &mut self.after {
            after.update(&bytes[..written]);
        }
        Ok(written)
    }

    /// Whoever reads our output never waits for records that we already have; a file needs no such thing.
    fn flush(&mut self) -> io::Result<()> {
        match &mut self.out {
            Out::Nowhere | Out::File(_) => Ok(()),
            Out::Stdout(out) => out.flush(),
        }
    }
}

impl Sink {
    /// An error ends the run; what concerns one input only is told, and the others go on.
    fn take(&mut self, step: Step) -> Result<()> {
        let taken = self.step(step);
        self.job.progress.documents(self.reporter.documents());
        taken
    }

    fn step(&mut self, step: Step) -> Result<()> {
        match step {
            Step::Wholes(done) => done.into_iter().try_for_each(|(index, done)| self.whole(index, done)),
            Step::Start(start) => self.start(*start),
            Step::Block(done) => self.block(*done),
            Step::Rows(rows) => self.rows(*rows),
            Step::End(result) => self.end(result),
        }
    }

    fn whole(&mut self, index: usize, done: Result<Whole>) -> Result<()> {
        match done {
            Ok(Whole::Text(done)) => self.text(index, *done),
            Ok(Whole::Dump(done)) => self.small_dump(index, *done),
            Ok(Whole::LeftOut(reason)) => self.left_out(index, reason),
            Err(error) => self.failed(index, &error),
        }
    }

    fn text(&mut self, index: usize, done: TextDone) -> Result<()> {
        let TextDone { summary, entry, note, put, broken_off } = done;
        if let Some(note) = note.filter(|_| !self.reporter.is_quiet()) {
            console::note(&note);
        }
        self.reporter.document(summary, entry, |entry| match self.job.destination {
            Destination::Explain => console::print(&human::details(&name_of(entry), entry)),
            _ => Ok(()),
        })?;
        match put {
            Put::Nothing => {}
            Put::Stdout(bytes) => {
                let mut out = self.stdout(&InputForm::Text)?;
                out.write_all(&bytes).context(console::STDOUT)?;
                finish_stdout(out)?;
            }
            Put::Diff(diff) => console::diff(&diff)?,
            Put::File(file) => self.put(index, file)?,
        }
        broken_off.map_or(Ok(()), Err)
    }

    fn small_dump(&mut self, index: usize, done: DumpDone) -> Result<()> {
        let DumpDone { form, blocks, after, untouched, file } = done;
        self.reporter.start_file(self.job.inputs[index].path.as_deref());
        let mut seen = Seen::default();
        for mut block in blocks {
            seen.add(&block.seen);
            if let Some(stopped) = self.records(&mut block)? {
                self.reporter.failed(self.job.inputs[index].name(), &stopped)?;
                return Err(stopped);
            }
        }
        if let Some(reason) = self.no_field(index, &seen) {
            return match self.job.is_stray(&form, &seen) {
                true => self.left_out(index, reason),
                false => self.failed(index, &Error::msg(reason)),
            };
        }
        self.tell_of_fields(index, &seen)?;
        self.end_file(index, form, after, untouched)?;
        file.map_or(Ok(()), |file| self.put(index, file))
    }

    fn start(&mut self, start: Start) -> Result<()> {
        let Start { index, compression, form, columns } = start;
        self.reporter.start_file(self.job.inputs[index].path.as_deref());
        let out = match (&self.job.destination, self.job.target(index, Touched::Yes)) {
            (Destination::Stdout(_), _) => Out::Stdout(Box::new(self.stdout(&form)?)),
            (_, Some(target)) => match self.job.create(target, index, compression, &form) {
                Ok(file) => Out::File(Box::new(file)),
                Err(error) => return self.give_up(index, &error),
            },
            (_, None) => Out::Nowhere,
        };
        let out = Digesting { out, after: self.job.digester() };
        let output = match columns {
            Some(file) => {
                let writer = Box::new(Writer::new(&file, out));
                Output::Columns(file, writer)
            }
            None => Output::Bytes(out),
        };
        self.dump = Some(Writing { index, compression, form, output, changed: false, seen: Seen::default() });
        Ok(())
    }

    fn block(&mut self, done: Done) -> Result<()> {
        let Some(Writing { index, output: Output::Bytes(output), .. }) = &mut self.dump else {
            return Ok(());
        };
        let index = *index;
        if let Err(error) = output.write_all(&done.output).and_then(|()| output.flush()) {
            return self.unwritten(index, self.job.cannot_write(index, error));
        }
        self.written(done)
    }

    fn rows(&mut self, CleanedRows { done, edited }: CleanedRows) -> Result<()> {
        let Some(Writing { index, output, .. }) = &mut self.dump else { return Ok(()) };
        let Output::Columns(_, writer) = output else { return self.block(done) };
        let index = *index;
        if let Err(error) = writer.add(edited) {
            return self.unwritten(index, columns::failed(error, &self.job.inputs[index]));
        }
        self.written(done)
    }

    /// Tells of records whose output is written.
    fn written(&mut self, mut done: Done) -> Result<()> {
        let Some(dump) = &mut self.dump else { return Ok(()) };
        dump.seen.add(&done.seen);
        dump.changed |= done.changed;
        let Some(stopped) = self.records(&mut done)? else { return Ok(()) };
        match self.dump.take() {
            Some(Writing {
                index,
                form,
                output: Output::Bytes(Digesting { out: Out::Stdout(out), after }),
                changed,
                ..
            }) => {
                finish_stdout(*out)?;
                self.end_file(index, form, after.map(Digester::finish), !changed)?;
            }
            Some(dump) => self.reporter.failed(self.job.inputs[dump.index].name(), &stopped)?,
            None => {}
        }
        Err(stopped)
    }

    fn end(&mut self, result: Result<()>) -> Result<()> {
        let Some(Writing { index, compression, form, output, mut changed, seen }) = self.dump.take() else {
            return Ok(());
        };
        let no_field = self.no_field(index, &seen).filter(|_| result.is_ok());
        if let Some(reason) = no_field.clone().filter(|_| self.job.is_stray(&form, &seen)) {
            return self.left_out(index, reason);
        }
        if result.is_ok() {
            self.tell_of_fields(index, &seen)?;
        }
        let mut result = result.and_then(|()| no_field.map_or(Ok(()), |reason| Err(Error::msg(reason))));
        let Digesting { out, after } = match output {
            Output::Bytes(output) => output,
            Output::Columns(file, writer) => {
                let input = &self.job.inputs[index];
                let finish =
                    || columns::finish(&file, *writer).map_err(|error| columns::failed(error, input));
                match result.and_then(|()| finish()) {
                    Ok((output, written)) => {
                        changed = written == Written::Changed;
                        result = Ok(());
                        output
                    }
                    // A part of such a file is of no use.
                    Err(error) => return self.unwritten(index, error),
                }
            }
        };
        if let Out::Stdout(out) = out {
            // What there is of it has been passed on.
            finish_stdout(*out)?;
            self.end_file(index, form, after.map(Digester::finish), !changed)?;
            return result;
        }
        let file = match result.and_then(|()| self.finished(index, compression, out, changed)) {
            Ok(file) => file,
            Err(error) => return self.failed(index, &error),
        };
        self.end_file(index, form, after.map(Digester::finish), !changed)?;
        file.map_or(Ok(()), |file| self.put(index, file))
    }

    /// The file that takes its place.
    fn finished(
        &self,
        index: usize,
        compression: Option<Compression>,
        out: Out,
        changed: bool,
    ) -> Result<Option<OutputFile>> {
        let touched = Touched::when(changed);
        let Out::File(file) = out else { return Ok(None) };
        let Some(target) = self.job.target(index, touched) else { return Ok(None) };
        if !changed && let Some(copy) = self.job.copy(target, index, compression)? {
            return Ok(Some(copy));
        }
        file.finish().map(Some).map_err(|error| self.job.cannot_write(index, error))
    }

    /// Reports records. With an error, they ended with one that stops the run.
    fn records(&mut self, done: &mut Done) -> Result<Option<Error>> {
        let stopped = done.stopped;
        let destination = &self.job.destination;
        let mut texts = std::mem::take(&mut done.texts).into_iter();
        let shown = |entry: &DocumentEntry| match destination {
            Destination::Diff => match texts.next() {
                Some([before, after]) => console::diff(&unified::diff(&name_of(entry), &before, &after)),
                None => Ok(()),
            },
            Destination::Explain => console::print(&human::details(&name_of(entry), entry)),
            _ => Ok(()),
        };
        let reason = self.reporter.records(done, shown)?;
        Ok(reason.filter(|_| stopped).map(|reason| anyhow!("{reason}; --strict stops here")))
    }

    fn end_file(
        &mut self,
        index: usize,
        form: InputForm,
        after: Option<BytesEntry>,
        untouched: bool,
    ) -> Result<()> {
        let Some(after) = after else {
            self.reporter.end_part();
            return Ok(());
        };
        let target = self.job.target(index, Touched::when(!untouched));
        self.reporter.end_file(FileEntry {
            path: self.job.inputs[index].name(),
            output: target.map(|target| target.display().to_string()),
            input: form,
            after,
            untouched,
            summary: Summary::default(),
        })
    }

    /// Lets a file take its place, once its way back is on disk.
    fn put(&mut self, index: usize, file: OutputFile) -> Result<()> {
        self.reporter.flush()?;
        file.finish().or_else(|error| {
            console::error(&error);
            self.reporter.unwritten(self.job.inputs[index].name(), &error)
        })
    }

    /// What cannot be written to standard output ends the run; a file is given up.
    fn unwritten(&mut self, index: usize, error: Error) -> Result<()> {
        match self.job.destination {
            Destination::Stdout(_) => Err(error),
            _ => self.give_up(index, &error),
        }
    }

    /// The rest of the dump is not worth reading.
    fn give_up(&mut self, index: usize, error: &Error) -> Result<()> {
        self.given_up.set(index);
        self.dump = None;
        self.failed(index, error)
    }

    fn failed(&mut self, index: usize, error: &Error) -> Result<()> {
        console::error(error);
        self.reporter.failed(self.job.inputs[index].name(), error)
    }

    fn left_out(&mut self, index: usize, reason: String) -> Result<()> {
        self.reporter.left_out(self.job.inputs[index].name(), reason)
    }

    /// Why nothing can come of a dump.
    fn no_field(&self, index: usize, seen: &Seen) -> Option<String> {
        let name = self.job.inputs[index].shown();
        let is_strict = self.job.malformed == OnMalformed::Stop;
        let broken = || seen.broken_array(&name).filter(|_| is_strict);
        seen.no_text(&name, &self.job.how(index).fields).or_else(broken)
    }

    fn tell_of_fields(&mut self, index: usize, seen: &Seen) -> Result<()> {
        let name = self.job.inputs[index].shown();
        let mut told = seen.not_found(&name, &self.job.how(index).fields);
        told.extend(seen.broken_array(&name));
        self.reporter.not_found(told)
    }

    fn stdout(&self, form: &InputForm) -> Result<Encoder<console::Stdout>> {
        let compression = match self.job.destination {
            Destination::Stdout(compression) => compression,
            _ => None,
        };
        form.encoder(compression, console::Stdout::new()).context(console::STDOUT)
    }
}

fn finish_stdout(out: Encoder<console::Stdout>) -> Result<()> {
    out.finish().and_then(|mut stdout| stdout.flush()).context(console::STDOUT)
}
