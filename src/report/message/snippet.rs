//! The line in which a finding starts, as far as its message knows it.

use unicode_width::UnicodeWidthStr as _;

use super::Message;
use crate::report::human::{printable, shortened};

/// A line in three parts, each ready to be shown.
pub(super) struct Snippet {
    pub before: String,
    /// The noise, or its first line.
    pub noise: String,
    pub after: String,
    /// How many cells of the terminal stand before the noise, and how many it takes.
    pub indent: usize,
    pub width: usize,
}

impl Snippet {
    /// Of a message whose noise starts in this column of its line.
    pub fn of(message: &Message, column: usize) -> Self {
        let before = last_line(&message.before);
        let cut_off = before.chars().count() + 1 < column;
        let before = format!("{}{}", if cut_off { "…" } else { "" }, shown(before));
        let noise = shortened(message.text.lines().next().unwrap_or_default());
        let after = match message.text.contains('\n') {
            true => String::new(),
            false => first_line(&message.after),
        };
        let (indent, width) = (before.width(), noise.width().max(1));
        Self { before, noise, after, indent, width }
    }
}

fn last_line(text: &str) -> &str {
    text.rsplit_once('\n').map_or(text, |(_, last)| last)
}

/// What is known of the text up to the end of the line.
fn first_line(text: &str) -> String {
    match text.split_once('\n') {
        Some((line, _)) => shown(line.trim_end()),
        None if text.chars().count() >= crate::report::SURROUNDINGS => format!("{}…", shown(text)),
        None => shown(text),
    }
}

/// A tab would take an unknown number of cells.
fn shown(text: &str) -> String {
    printable(&text.replace('\t', " "))
}
