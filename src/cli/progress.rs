//! A bar on standard error that shows how far a long run is.

use std::io::{self, IsTerminal as _, Read};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};

use super::Verbosity;
use super::files::Input;
use super::job::Destination;

/// A run that takes no longer needs no bar.
const PATIENCE: Duration = Duration::from_secs(1);

const KNOWN_END: &str =
    "{bar:24} {decimal_bytes} of {decimal_total_bytes}, {decimal_bytes_per_sec}, {msg}, {eta} left";
const UNKNOWN_END: &str = "{decimal_bytes}, {decimal_bytes_per_sec}, {msg}, {elapsed}";

/// The bar that is on the terminal: what is said there goes above it.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// How far a run is.
#[derive(Clone)]
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Of work that is a part of other work.
    pub fn hidden() -> Self {
        Self { bar: ProgressBar::hidden() }
    }

    /// Starts a run over `inputs`. Nothing is shown unless a person is looking, who is shown nothing else.
    pub fn start(inputs: &[Input], destination: &Destination, verbosity: Verbosity) -> Self {
        let prints = !matches!(destination, Destination::Files(_) | Destination::InPlace);
        if verbosity.quiet || !io::stderr().is_terminal() || (prints && io::stdout().is_terminal()) {
            return Self::hidden();
        }
        let bytes = inputs.iter().map(Input::len).sum::<Option<u64>>();
        let bar = ProgressBar::with_draw_target(bytes, ProgressDrawTarget::hidden());
        let template = if bytes.is_some() { KNOWN_END } else { UNKNOWN_END };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = bar.with_style(style).with_finish(ProgressFinish::AndClear);
        let later = bar.clone();
        thread::spawn(move || {
            thread::sleep(PATIENCE);
            let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
            if !later.is_finished() {
                later.set_draw_target(ProgressDrawTarget::stderr());
                later.enable_steady_tick(Duration::from_millis(200));
                *shown = Some(later);
            }
        });
        Self { bar }
    }

    /// An input whose bytes are counted as they are read.
    pub fn counted(&self, input: impl Read + Send + 'static) -> Box<dyn Read + Send> {
        Box::new(self.bar.wrap_read(input))
    }

    /// So many documents have been worked on.
    pub fn documents(&self, documents: u64) {
        self.bar.set_message(format!("{documents} document{}", if documents == 1 { "" } else { "s" }));
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
        *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Lets `write` write to the terminal without tearing the bar.
pub(super) fn above_bar<T>(write: impl FnOnce() -> T) -> T {
    let shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    match &*shown {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}
