//! Annotations of GitHub Actions, which stand beside the lines of a pull request.

use std::fmt::Write as _;

use super::{Message, Printer, portable};

pub(super) struct Github;

impl Printer for Github {
    fn message(&mut self, message: &Message, out: &mut String) {
        let Message { place, rule, .. } = message;
        let path = portable(&message.path);
        let title = property(&format!("dechaff ({rule})"));
        let _ = write!(out, "::error title={title},file={},line={}", property(&path), place.line);
        // GitHub takes columns of one line only.
        if place.end_line > place.line {
            let _ = write!(out, ",endLine={}", place.end_line);
        } else if message.record.is_none() {
            let _ = write!(out, ",col={},endColumn={}", place.column, place.end_column);
        }
        let sentence = format!("{path}:{}:{}: {}", place.line, place.column, message.sentence());
        let _ = writeln!(out, "::{}", data(&sentence));
    }
}

/// What stands behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which ends at a comma or a colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
