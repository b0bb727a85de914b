//! Files that are written: whole or not at all.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use anyhow::{Context as _, Result};
use tempfile::NamedTempFile;

use super::console;

/// Files that are not finished: whoever interrupts the command leaves none of them behind.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// The partial file that stays, for a message.
static KEPT: Mutex<Option<PathBuf>> = Mutex::new(None);

/// A file that takes its place only when all of it is written.
pub(super) struct OutputFile {
    path: PathBuf,
    writer: Writer,
}

enum Writer {
    /// Beside the target, to be renamed.
    Beside(io::BufWriter<NamedTempFile>, Unfinished),
    /// Likewise, under a name that others know: what there is of it may be of use.
    Partial(io::BufWriter<fs::File>, Unfinished),
    /// A pipe or a device: it can only be written to.
    Straight(io::BufWriter<fs::File>),
}

impl OutputFile {
    /// Starts a file at `path`, with the folders that lead there. A link is followed; the permissions of a
    /// file that is there are kept.
    pub fn create(path: &Path) -> Result<Self> {
        let failed = || cannot_write(path);
        let target = target_of(path);
        if let Some(device) = device(&target).with_context(failed)? {
            return Ok(Self { path: target, writer: Writer::Straight(io::BufWriter::new(device)) });
        }
        let existing = fs::metadata(&target).ok();
        let folder = parent(&target);
        fs::create_dir_all(folder).with_context(failed)?;
        let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut builder = tempfile::Builder::new();
        let prefix = format!(".{name}.");
        builder.prefix(&prefix).suffix(".partial");
        builder.permissions(existing.map_or_else(new_file_permissions, |metadata| metadata.permissions()));
        let (file, unfinished) = Unfinished::start(|| {
            let file = builder.tempfile_in(folder)?;
            let name = file.path().to_owned();
            Ok((file, name))
        })
        .with_context(failed)?;
        if let Ok(metadata) = fs::metadata(&target) {
            file.as_file().set_permissions(metadata.permissions()).with_context(failed)?;
        }
        Ok(Self { path: target, writer: Writer::Beside(io::BufWriter::new(file), unfinished) })
    }

    /// Starts a file at `path` that is called [`partial_name`] until it is finished, and goes away if it never
    /// is, unless it is to be [kept](keep_partial). It starts afresh or where one of that name ends.
    pub fn create_partial(path: &Path, start: Start) -> Result<Self> {
        let failed = || cannot_write(path);
        let target = target_of(path);
        if let Some(device) = device(&target).with_context(failed)? {
            return Ok(Self { path: target, writer: Writer::Straight(io::BufWriter::new(device)) });
        }
        fs::create_dir_all(parent(&target)).with_context(failed)?;
        let name = partial_name(&target);
        let (file, unfinished) = Unfinished::start(|| {
            let file = match start {
                Start::Afresh => fs::File::create(&name)?,
                Start::AtEnd => fs::OpenOptions::new().append(true).open(&name)?,
            };
            Ok((file, name))
        })
        .with_context(failed)?;
        Ok(Self { path: target, writer: Writer::Partial(io::BufWriter::new(file), unfinished) })
    }

    /// Puts the file in its place.
    pub fn finish(self) -> Result<()> {
        let failed = || cannot_write(&self.path);
        match self.writer {
            Writer::Beside(writer, _unfinished) => {
                let file =
                    writer.into_inner().map_err(io::IntoInnerError::into_error).with_context(failed)?;
                file.persist(&self.path).map_err(|error| error.error).with_context(failed)?;
            }
            Writer::Partial(mut writer, _unfinished) => {
                writer.flush().with_context(failed)?;
                fs::rename(partial_name(&self.path), &self.path).with_context(failed)?;
            }
            Writer::Straight(mut writer) => writer.flush().with_context(failed)?,
        }
        Ok(())
    }
}

/// The name of a file of which not all is written yet, but what there is may be of use.
pub(super) fn partial_name(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

/// Lets what there is of the partial file at `path` stay, whatever happens.
pub(super) fn keep_partial(path: &Path) {
    let name = partial_name(&target_of(path));
    if lock(&UNFINISHED).remove(&name) {
        *lock(&KEPT) = Some(partial_name(path));
    }
}

/// How a partial file starts.
#[derive(Clone, Copy)]
pub(super) enum Start {
    Afresh,
    AtEnd,
}

/// A file that is to be removed unless it is finished.
struct Unfinished(PathBuf);

impl Unfinished {
    /// The file that `create` makes, and its name.
    fn start<F>(create: impl FnOnce() -> io::Result<(F, PathBuf)>) -> io::Result<(F, Self)> {
        static WATCH: Once = Once::new();
        WATCH.call_once(remove_unfinished_when_interrupted);
        // No file is made while others are being removed.
        let mut all = lock(&UNFINISHED);
        let (file, name) = create()?;
        all.insert(name.clone());
        Ok((file, Self(name)))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // It is not there any more if it was finished.
        if lock(&UNFINISHED).remove(&self.0) {
            let _ = fs::remove_file(&self.0);
        }
    }
}

#[cfg(unix)]
fn remove_unfinished_when_interrupted() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    // Whoever closes a terminal means its runs, unless `nohup` said that this one goes on.
    let wanted = [SIGINT, SIGTERM].into_iter().chain((!is_ignored(SIGHUP)).then_some(SIGHUP));
    let Ok(mut signals) = signal_hook::iterator::Signals::new(wanted) else { return };
    std::thread::spawn(move || {
        let Some(signal) = signals.forever().next() else { return };
        let all = lock(&UNFINISHED);
        for path in &*all {
            let _ = fs::remove_file(path);
        }
        if let Some(report) = &*lock(&KEPT) {
            console::note(&format!(
                "interrupted; {} tells what was done, --resume goes on",
                report.display()
            ));
        }
        let _ = signal_hook::low_level::emulate_default_handler(signal);
    });
}

/// True when whoever started this process has it ignore a signal, or that is not known.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let ignored = |status: String| {
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
        Some(u64::from_str_radix(mask.trim(), 16).ok()? >> (signal - 1) & 1 == 1)
    };
    fs::read_to_string("/proc/self/status").ok().and_then(ignored).unwrap_or(true)
}

#[cfg(not(unix))]
fn remove_unfinished_when_interrupted() {}

/// A panic while the lock was held has been told.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The file behind a link.
fn target_of(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// What is at `path` and can only be written to as it is; an error if it cannot be written to.
fn device(path: &Path) -> io::Result<Option<fs::File>> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(metadata) if !metadata.is_file() => fs::OpenOptions::new().write(true).open(path).map(Some),
        Ok(metadata) if metadata.permissions().readonly() => Err(io::ErrorKind::PermissionDenied.into()),
        Ok(_) | Err(_) => Ok(None),
    }
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Writer::Beside(writer, _) => writer.write(bytes),
            Writer::Partial(writer, _) | Writer::Straight(writer) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.writer {
            Writer::Beside(writer, _) => writer.flush(),
            Writer::Partial(writer, _) | Writer::Straight(writer) => writer.flush(),
        }
    }
}

/// What a file gets that is not there yet: readable to all that the umask lets.
#[cfg(unix)]
fn new_file_permissions() -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    fs::Permissions::from_mode(0o666)
}

#[cfg(not(unix))]
fn new_file_permissions() -> fs::Permissions {
    fs::metadata(".")
        .map(|metadata| metadata.permissions())
        .unwrap_or_else(|_| unreachable!("the working folder of a running program has permissions"))
}
