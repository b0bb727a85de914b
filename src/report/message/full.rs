//! The concise line, then the line of the text with carets under the noise, and what its rule is for.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::AnsiColor;

use super::snippet::Snippet;
use super::{Message, Printer, concise};
use crate::report::human::{counted, printable};

pub(super) struct Full {
    /// What each rule is for.
    pub about: BTreeMap<String, String>,
}

impl Printer for Full {
    fn message(&mut self, message: &Message, out: &mut String) {
        concise::line(message, out);
        let (edge, mark) = (AnsiColor::Blue.on_default().bold(), AnsiColor::Yellow.on_default().bold());
        let place =
            message.record.as_ref().and_then(|record| record.place.as_ref()).unwrap_or(&message.place);
        let number = place.line.to_string();
        let gap = " ".repeat(number.len());
        let Snippet { before, noise, after, indent, width } = Snippet::of(message, place.column);
        let _ = writeln!(out, "{edge}{gap} |{edge:#}");
        let _ = writeln!(out, "{edge}{number} |{edge:#} {before}{noise}{after}");
        let (spaces, carets) = (" ".repeat(indent), "^".repeat(width));
        let _ = writeln!(out, "{edge}{gap} |{edge:#} {spaces}{mark}{carets}{mark:#}");
        let more = (place.end_line - place.line) as u64;
        if more > 0 {
            let _ = writeln!(out, "{edge}{gap} |{edge:#} … and {}", counted(more, "more line"));
        }
        let about = self.about.get(&message.rule).unwrap_or(&message.evidence);
        let _ = writeln!(out, "{edge}{gap} ={edge:#} {}\n", printable(about));
    }
}
