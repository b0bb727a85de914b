//! What is wrong with a file of ours, shown as a compiler would: file, line, the line itself, what to write instead.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::suggest::{did_you_mean, nearest};

const WRITE_ONE_OF: &str = "write one of ";

/// All mistakes of one file.
///
/// Its `Display` is several lines long and quotes the file.
#[derive(Debug)]
pub(crate) struct Mistakes {
    file: String,
    source: String,
    mistakes: Vec<Mistake>,
}

/// One mistake.
#[derive(Debug)]
pub(crate) struct Mistake {
    /// Bytes of the file.
    pub span: Range<usize>,
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl Mistakes {
    pub fn new(file: &str, source: &str, mistakes: Vec<Mistake>) -> Self {
        Self { file: file.to_owned(), source: source.to_owned(), mistakes }
    }

    pub fn from_toml(file: &str, source: &str, error: &toml::de::Error) -> Self {
        let message = in_plain_words(error.message().trim_end());
        let help = help_for(&message);
        let mut title = message.as_ref();
        // What could stand there is said once.
        if help.starts_with(WRITE_ONE_OF) {
            title = message.split_once(", expected ").map_or(title, |(title, _)| title);
        }
        let mistake = Mistake { span: error.span().unwrap_or(0..0), message: title.to_owned(), help };
        Self::new(file, source, vec![mistake])
    }

    /// How many were found.
    pub fn count(&self) -> usize {
        self.mistakes.len()
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let renderer = Renderer::plain();
        for (i, mistake) in self.mistakes.iter().enumerate() {
            let span = on_boundaries(&self.source, &mistake.span);
            let mut group = Level::ERROR.primary_title(printable_title(&mistake.message)).element(
                Snippet::source(&self.source).path(&self.file).annotation(AnnotationKind::Primary.span(span)),
            );
            if !mistake.help.is_empty() {
                group = group.element(Level::HELP.message(&mistake.help));
            }
            let separator = if i == 0 { "" } else { "\n\n" };
            write!(f, "{separator}{}", renderer.render(&[group]))?;
        }
        Ok(())
    }
}

/// A title is one line; what follows in a message of several lines is the regex crate's own drawing.
fn printable_title(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}

fn on_boundaries(source: &str, span: &Range<usize>) -> Range<usize> {
    let start = source.floor_char_boundary(span.start);
    start..source.floor_char_boundary(span.end).max(start)
}

/// The parser's message without the names of our types.
fn in_plain_words(message: &str) -> Cow<'_, str> {
    let Some((found, expected)) = message.rsplit_once(", expected ") else { return Cow::Borrowed(message) };
    let expected = match expected {
        "usize" => "a whole number of 0 or more",
        "i32" => "a whole number",
        "f64" => "a number",
        "a boolean" => "`true` or `false`",
        "a sequence" => "a list",
        _ => return Cow::Borrowed(message),
    };
    Cow::Owned(format!("{found}, expected {expected}"))
}

/// The parser's message names what it found and what it would have taken, each in backticks.
fn help_for(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match quoted.split_first() {
        Some((found, expected)) if message.starts_with("unknown ") => {
            nearest(found, expected.iter().copied())
                .map_or_else(|| format!("{WRITE_ONE_OF}{}", list(expected)), did_you_mean)
        }
        Some((field, _)) if message.starts_with("missing field") => format!("add `{field} = …` here"),
        _ if message.starts_with("invalid type: string") && message.ends_with("expected a list") => {
            "write a list, in brackets: `[\"…\"]`".to_owned()
        }
        _ if message.starts_with("invalid type: string")
            && (message.contains(", expected a whole number") || message.ends_with("`true` or `false`")) =>
        {
            "write it without quotes".to_owned()
        }
        _ if message == "invalid type: map, expected a list" => {
            "write its name in two brackets, as in `[[rule]]`".to_owned()
        }
        _ if message == "wanted string or table" => "write one name, in quotes: `\"…\"`".to_owned(),
        _ => String::new(),
    }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
