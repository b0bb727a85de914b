//! Messages as JSON: in one array, or one a line.

use super::{Message, Printer};

/// An array.
#[derive(Default)]
pub(super) struct Json {
    started: bool,
}

impl Printer for Json {
    fn message(&mut self, message: &Message, out: &mut String) {
        element(&mut self.started, &to_json(message), out);
    }

    fn end(&mut self, out: &mut String) {
        end(self.started, out);
    }
}

/// One object a line.
pub(super) struct Jsonl;

impl Printer for Jsonl {
    fn message(&mut self, message: &Message, out: &mut String) {
        out.push_str(&to_json(message));
        out.push('\n');
    }
}

/// Adds to an array, a line for each element.
pub(super) fn element(started: &mut bool, json: &str, out: &mut String) {
    out.push_str(if std::mem::replace(started, true) { ",\n  " } else { "[\n  " });
    out.push_str(json);
}

/// Closes the array.
pub(super) fn end(started: bool, out: &mut String) {
    out.push_str(if started { "\n]\n" } else { "[]\n" });
}

pub(super) fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| unreachable!("strings and numbers are JSON: {error}"))
}
