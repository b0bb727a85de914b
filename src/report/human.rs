//! The report for a person: a few lines on a run, and what stands behind each removal.
//!
//! The text that these functions quote is made printable: scraped text can hold sequences that a terminal
//! would obey.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{DocumentEntry, Place, Summary};

/// How much of a removed text is shown, in characters.
const SHOWN: usize = 160;

/// How many rules a summary names of each kind; of the others it gives the sum.
const RULES: usize = 3;

/// What a run came to, in a few lines; each ends in a line feed.
pub fn summary(summary: &Summary) -> String {
    let mut out = String::new();
    let documents = counted(summary.documents, "document");
    let removals = summary.removals();
    if removals == 0 {
        let _ = writeln!(out, "{documents}, nothing to remove");
    } else {
        let share = 100.0 * summary.removed_bytes as f64 / summary.text_bytes.max(1) as f64;
        let (changed, what) = match summary.findings {
            0 => ("changed", counted(removals, "removal")),
            findings if findings == removals => ("with noise", counted(removals, "finding")),
            findings => {
                let stay = format!("{} of which stay in their texts", grouped(findings));
                ("with noise", format!("{}, {stay}", counted(removals, "finding")))
            }
        };
        let _ = writeln!(
            out,
            "{documents}, {} {changed}: {what}, {} ({share:.1} % of the text)",
            grouped(summary.changed),
            size(summary.removed_bytes),
        );
        let rows = rows(summary);
        let width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
        for Row { name, removals, bytes } in rows {
            let _ = writeln!(out, "  {name:width$}  {:>11}  {:>11}", grouped(removals), size(bytes));
        }
    }
    if summary.near_misses > 0 {
        let near_misses = counted(summary.near_misses, "near miss");
        let _ = writeln!(out, "  {near_misses}: looks like noise and stays; -v shows why");
    }
    for (number, what, outcome) in [
        (summary.skipped, "record", "passed on as it was"),
        (summary.left_out, "file", "left out"),
        (summary.dropped, "record", "left out, with no text after cleaning"),
        (summary.failed, "file", "could not be worked on"),
        (summary.without_text, "record", "without the text field passed on"),
        (summary.without_article, "page", "without an article"),
        (summary.other_records, "record", "left out, with no page and no text"),
    ] {
        if number > 0 {
            let _ = writeln!(out, "  {} {outcome}", counted(number, what));
        }
    }
    out
}

/// Each removal and near miss of a document with its evidence, and of a page each block that is left out; `name` is
/// what the document is called.
pub fn details(name: &str, entry: &DocumentEntry) -> String {
    let mut out = String::new();
    let name = printable(name);
    for block in entry.page.iter().flat_map(|page| &page.blocks).filter(|block| !block.kept) {
        let _ = writeln!(out, "{name}: left out: {}", shortened(&block.text));
        if let Some(rule) = &block.rule {
            let _ = writeln!(out, "    because of the rule {}", printable(rule));
            continue;
        }
        let likely = 100.0 * block.likely;
        let against = block.against.as_deref().map(|against| format!("; against it: {}", printable(against)));
        let _ = writeln!(
            out,
            "    because it is {likely:.0} % likely part of the article{}",
            against.unwrap_or_default()
        );
    }
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

/// The text on one line, its middle left out when it is long.
pub fn shortened(text: &str) -> String {
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

/// So many of something, with its plural.
pub fn counted(n: u64, what: &str) -> String {
    let plural = match (n, what) {
        (1, _) => what.to_owned(),
        (_, "near miss") => "near misses".to_owned(),
        _ => format!("{what}s"),
    };
    format!("{} {plural}", grouped(n))
}

/// A number with its digits in groups of three.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of bytes, in a unit in which it is short.
pub fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1000, "kB")];
    match UNITS.iter().find(|(unit, _)| bytes >= 10 * unit) {
        Some((unit, name)) => format!("{:.1} {name}", bytes as f64 / *unit as f64),
        None => counted(bytes, "byte"),
    }
}

/// A line of the table of removals.
struct Row {
    name: String,
    removals: u64,
    bytes: u64,
}

/// Each kind, and under it its rules, what removed most first.
fn rows(summary: &Summary) -> Vec<Row> {
    let mut kinds: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for (rule, counted) in summary.rules.iter() {
        let row = Row { name: format!("  {rule}"), removals: counted.removals, bytes: counted.bytes };
        kinds.entry(&counted.kind).or_default().push(row);
    }
    let sum = |name: String, rows: &[Row]| Row {
        name,
        removals: rows.iter().map(|row| row.removals).sum(),
        bytes: rows.iter().map(|row| row.bytes).sum(),
    };
    let mut kinds: Vec<(Row, Vec<Row>)> =
        kinds.into_iter().map(|(kind, rules)| (sum(kind.to_owned(), &rules), rules)).collect();
    kinds.sort_by_key(|(kind, _)| Reverse(kind.removals));
    let mut rows = Vec::new();
    for (kind, mut rules) in kinds {
        rows.push(kind);
        rules.sort_by_key(|rule| Reverse(rule.removals));
        let others = if rules.len() > RULES + 1 { rules.split_off(RULES) } else { Vec::new() };
        rows.extend(rules);
        if !others.is_empty() {
            rows.push(sum(format!("  {} other rules", others.len()), &others));
        }
    }
    rows
}

fn is_harmful(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
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
    fn a_summary_names_kinds_and_their_most_frequent_rules() {
        let mut sum =
            Summary { documents: 1_204_332, changed: 1000, text_bytes: 9_000_000, ..Summary::default() };
        for i in 0..12 {
            (0..10 + i).for_each(|_| sum.rules.count(&format!("ad-{i}"), "ad", 20));
        }
        (0..12_345).for_each(|_| sum.rules.count("related-label-line", "related", 20));
        sum.removed_bytes = sum.rules.iter().map(|(_, rule)| rule.bytes).sum();
        sum.dropped = 1;
        let expected = "\
1,204,332 documents, 1,000 changed: 12,531 removals, 250.6 kB (2.8 % of the text)
  related                    12,345     246.9 kB
    related-label-line       12,345     246.9 kB
  ad                            186  3,720 bytes
    ad-11                        21    420 bytes
    ad-10                        20    400 bytes
    ad-9                         19    380 bytes
    9 other rules               126  2,520 bytes
  1 record left out, with no text after cleaning
";
        assert_eq!(summary(&sum), expected);
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
