//! What a person sees. Nothing here lets control sequences through that came with the text.

use std::io::{self, IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};
use anyhow::{Context as _, Result};
use clap::ValueEnum;
use dechaff::report::human::printable;

use super::progress::above_bar;

/// What an error of standard output is told with.
pub(super) const STDOUT: &str = "cannot write to standard output";

/// See `--color`.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Color {
    /// On a terminal that can show them.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    pub fn apply(self) {
        match self {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

/// An error, with what caused it.
pub(super) fn error(error: &anyhow::Error) {
    let style = AnsiColor::Red.on_default().bold();
    let message = printable(&format!("{error:#}"));
    above_bar(|| {
        let _ = writeln!(anstream::stderr(), "{style}dechaff:{style:#} {message}");
    });
}

/// Something that is no error and yet should be known.
pub(super) fn note(message: &str) {
    above_bar(|| {
        let _ = writeln!(anstream::stderr(), "dechaff: {}", printable(message));
    });
}

/// Lines that are ready to be shown, on standard error. When nobody listens there, the work goes on.
pub(super) fn lines(text: &str) {
    above_bar(|| {
        let _ = anstream::stderr().write_all(text.as_bytes());
    });
}

/// Standard output for clean bytes. They are data, and go as they are, unless a person is looking.
pub(super) struct Stdout {
    is_terminal: bool,
}

impl Stdout {
    pub fn new() -> Self {
        Self { is_terminal: io::stdout().is_terminal() }
    }
}

impl io::Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_terminal {
            io::stdout().write_all(printable(&String::from_utf8_lossy(bytes)).as_bytes())?;
            return Ok(bytes.len());
        }
        io::stdout().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}

/// Text for a person on standard output.
pub(super) fn print(text: &str) -> Result<()> {
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).context(STDOUT)
}

/// A unified diff on standard output.
pub(super) fn diff(diff: &str) -> Result<()> {
    let mut coloured = String::with_capacity(diff.len() * 2);
    for line in diff.split_inclusive('\n') {
        let style = match line.as_bytes() {
            [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] => Style::new().bold(),
            [b'@', ..] => AnsiColor::Cyan.on_default(),
            [b'+', ..] => AnsiColor::Green.on_default(),
            [b'-', ..] => AnsiColor::Red.on_default(),
            _ => Style::new(),
        };
        let (text, end) = line.strip_suffix('\n').map_or((line, ""), |text| (text, "\n"));
        coloured.push_str(&format!("{style}{}{style:#}{end}", printable(text)));
    }
    print(&coloured)
}
