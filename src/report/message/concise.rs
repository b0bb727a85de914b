//! A line for each finding: `path:line:column: kind rule  text`.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::{Message, Printer};
use crate::report::human::{printable, shortened};

pub(super) struct Concise;

impl Printer for Concise {
    fn message(&mut self, message: &Message, out: &mut String) {
        line(message, out);
    }
}

/// The line, which the full form starts with, too.
pub(super) fn line(message: &Message, out: &mut String) {
    let (bold, name) = (Style::new().bold(), AnsiColor::Yellow.on_default().bold());
    // A line stays one, whatever files are called.
    let path = printable(&message.path).replace('\n', "\\u{a}");
    let Message { place, kind, rule, .. } = message;
    let _ = write!(
        out,
        "{bold}{path}{bold:#}:{}:{}: {name}{kind} {rule}{name:#}  {}",
        place.line,
        place.column,
        shortened(&message.text)
    );
    if let Some(place) = message.place_in_record() {
        let _ = write!(out, "  ({})", printable(&place));
    }
    out.push('\n');
}
