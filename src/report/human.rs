//! The report for a person: a few lines on a run, and what stands behind each removal.
//!
//! The text that these functions quote is made printable: scraped text can hold sequences that a terminal
//! would obey.

use std::fmt::Write as _;

use super::{DocumentEntry, Place, Summary};

/// How much of a removed text is shown, in characters.
const SHOWN: usize = 160;

/// What a run came to, in a few lines; each ends in a line feed.
pub fn summary(summary: &Summary) -> String {
    let mut out = String::new();
    let documents = count(summary.documents, "document");
    let removals = summary.removals();
    if removals == 0 {
        let _ = writeln!(out, "{documents}, nothing to remove");
    } else {
        let share = 100.0 * summary.removed_bytes as f64 / summary.text_bytes.max(1) as f64;
        let _ = writeln!(
            out,
            "{documents}, {} changed: {}, {} ({share:.1} % of the text)",
            summary.changed,
            count(removals, "removal"),
            count(summary.removed_bytes, "byte"),
        );
    }
    let width = summary.rules.keys().map(String::len).max().unwrap_or(0);
    for (rule, counted) in &summary.rules {
        let _ = writeln!(
            out,
            "  {rule:width$}  {:10}  {:>7}  {:>9} bytes",
            counted.kind, counted.removals, counted.bytes
        );
    }
    if summary.near_misses > 0 {
        let _ = writeln!(
            out,
            "  {}: looks like noise and stays; -v shows why",
            count(summary.near_misses, "near miss")
        );
    }
    if summary.skipped > 0 {
        let _ = writeln!(out, "  {} passed on as it was", count(summary.skipped, "record"));
    }
    if summary.left_out > 0 {
        let _ = writeln!(out, "  {} left out", count(summary.left_out, "file"));
    }
    if summary.dropped > 0 {
        let _ = writeln!(out, "  {} left out, with no text after cleaning", count(summary.dropped, "record"));
    }
    if summary.failed > 0 {
        let _ = writeln!(out, "  {} could not be worked on", count(summary.failed, "file"));
    }
    if summary.without_text > 0 {
        let _ = writeln!(
            out,
            "  {} without the text field passed on as it was",
            count(summary.without_text, "record")
        );
    }
    out
}

/// Each removal and near miss of a document with its evidence; `name` is what the document is called.
pub fn details(name: &str, entry: &DocumentEntry) -> String {
    let mut out = String::new();
    let name = printable(name);
    let position = |place: &Place| format!("{name}:{}:{}", place.line, place.column);
    for removal in &entry.removals {
        let _ = writeln!(
            out,
            "{}: {} {}: {}",
            position(&removal.place),
            removal.kind,
            removal.rule,
            shortened(&removal.text)
        );
        let _ = writeln!(out, "    because {}", printable(&removal.evidence));
    }
    for near in &entry.near_misses {
        let _ = writeln!(
            out,
            "{}: kept, though like {} {}: {}",
            position(&near.place),
            near.kind,
            near.rule,
            shortened(&near.text)
        );
        let _ = writeln!(out, "    because {}", printable(&near.reason));
    }
    out
}

/// Text for a terminal: control characters, and those that turn the direction of writing, as escapes. Line
/// feeds and tabs stay.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_harmful(c) {
            let _ = write!(out, "{}", c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

fn is_harmful(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// The text on one line, its middle left out when it is long.
fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let chars: Vec<char> = line.chars().collect();
    let line = if chars.len() <= SHOWN {
        line
    } else {
        let (head, tail) = (&chars[..SHOWN * 3 / 4], &chars[chars.len() - SHOWN / 4..]);
        format!("{} … {}", String::from_iter(head), String::from_iter(tail))
    };
    printable(&line)
}

fn count(n: u64, what: &str) -> String {
    let plural = match (n, what) {
        (1, _) => what.to_owned(),
        (_, "near miss") => "near misses".to_owned(),
        _ => format!("{what}s"),
    };
    format!("{n} {plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_comes_through() {
        assert_eq!(
            printable("a\u{1b}[31mb\u{9b}c\u{202e}d\r\n\te"),
            "a\\u{1b}[31mb\\u{9b}c\\u{202e}d\\u{d}\n\te"
        );
    }

    #[test]
    fn long_text_is_shown_by_its_ends() {
        let text = format!("start {} end", "x".repeat(300));
        let shown = shortened(&text);
        assert!(
            shown.starts_with("start xxx") && shown.contains(" … ") && shown.ends_with("xxx end"),
            "{shown}"
        );
    }
}
