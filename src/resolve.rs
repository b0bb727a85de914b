//! Findings to edits: disjoint, sorted, the same whatever order the findings come in, and with the white
//! space around them joined as a person would.

use std::cmp::Reverse;

use crate::document::{Edit, Finding, Span};
use crate::segment::is_line_end;

/// Decides what is removed. Where findings overlap, the one that starts first, then the longer one, then
/// the one whose rule id sorts first, takes the bytes; another keeps what sticks out of it. A finding with
/// a replacement is taken whole or not at all.
pub(crate) fn resolve(text: &str, mut findings: Vec<Finding>) -> Vec<Edit> {
    findings.sort_by(|a, b| {
        let key = |f: &Finding| (f.span.start(), Reverse(f.span.end()));
        key(a).cmp(&key(b)).then_with(|| a.rule.id.cmp(&b.rule.id)).then_with(|| a.evidence.cmp(&b.evidence))
    });
    let mut edits: Vec<Edit> = Vec::with_capacity(findings.len());
    for finding in findings {
        let free = edits.last().map_or(0, |edit| edit.span.end());
        let start = finding.span.start().max(free);
        let cut = start != finding.span.start();
        if start >= finding.span.end() || (cut && finding.replacement.is_some()) {
            continue;
        }
        let span = Span::new(start, finding.span.end());
        let Finding { rule, evidence, replacement, .. } = finding;
        edits.push(Edit { rule, span, evidence, replacement });
    }
    join(text, edits)
}

/// Makes the joins clean: edits with nothing but white space between them become one gap, and each gap
/// takes the white space that would be doubled, or leaves the space that would be lost.
fn join(text: &str, edits: Vec<Edit>) -> Vec<Edit> {
    let mut gaps: Vec<Vec<Edit>> = Vec::new();
    let mut edits = edits.into_iter().peekable();
    while let Some(edit) = edits.next() {
        let ceiling = edits.peek().map_or(text.len(), |next| next.span.start());
        let mut gap = vec![edit];
        // Brackets that would be left empty go too, and may have been all that kept two gaps apart.
        loop {
            if let Some(mut before) = gaps.pop_if(|before| touches(text, before, &gap)) {
                before.append(&mut gap);
                gap = before;
            }
            let floor = gaps.last().map_or(0, |before| noise_of(before).end());
            if !take_empty_brackets(text, &mut gap, floor, ceiling) {
                break;
            }
        }
        gaps.push(gap);
    }
    gaps.into_iter().flat_map(|gap| close(text, gap)).collect()
}

/// From the start of a gap's first edit to the end of its last.
fn noise_of(gap: &[Edit]) -> Span {
    match gap {
        [first, .., last] => Span::new(first.span.start(), last.span.end()),
        [only] => only.span,
        [] => unreachable!("a gap has an edit"),
    }
}

fn touches(text: &str, before: &[Edit], gap: &[Edit]) -> bool {
    let between = &text[noise_of(before).end()..noise_of(gap).start()];
    let deletes = |edit: &Edit| edit.replacement.is_none();
    before.iter().chain(gap).all(deletes) && between.chars().all(char::is_whitespace)
}

/// Closes one gap. White space between its edits goes with the earlier one.
fn close(text: &str, mut gap: Vec<Edit>) -> Vec<Edit> {
    if gap.iter().any(|edit| edit.replacement.is_some()) {
        return gap;
    }
    let (outer, kept_space) = seam(text, noise_of(&gap));
    for i in 1..gap.len() {
        gap[i - 1].span = Span::new(gap[i - 1].span.start(), gap[i].span.start());
    }
    // An edit of nothing but white space may be all outside.
    gap.retain(|edit| edit.span.overlaps(outer));
    if let Some(first) = gap.first_mut() {
        first.span = Span::new(outer.start(), first.span.end());
    }
    if let Some(last) = gap.last_mut() {
        last.span = Span::new(last.span.start(), outer.end());
    }
    match kept_space {
        Some(space) => leave_out(gap, space),
        None => gap,
    }
}

/// What to remove so that the text on both sides of `noise` joins cleanly, and the one space inside it
/// that stays where two words would grow together.
fn seam(text: &str, noise: Span) -> (Span, Option<Span>) {
    let noise = without_edges(text, noise);
    let before = text[..noise.start()].trim_end().len();
    let after = text.len() - text[noise.end()..].trim_start().len();
    let left = &text[before..noise.start()];
    let right = &text[noise.end()..after];
    let breaks = |space: &str| space.chars().filter(|&c| is_line_end(c)).count();

    if before == 0 || (breaks(left) > 0 && breaks(left) >= breaks(right) && after < text.len()) {
        // The text on the right moves up; its indentation stays.
        let end = if after == text.len() { noise.end() } else { noise.end() + last_line(right) };
        (Span::new(before + last_line(left), end), None)
    } else if after == text.len() || breaks(right) > 0 {
        // The text on the left ends here; the greater distance to what follows stays.
        let end = if after == text.len() { 0 } else { first_break(right) };
        (Span::new(before + first_break(left), noise.end() + end), None)
    } else {
        inline_seam(text, noise, before, after)
    }
}

/// Where in white space its last line starts: after the last line break, or at the end when there is none.
fn last_line(space: &str) -> usize {
    let last = space.char_indices().rfind(|&(_, c)| is_line_end(c));
    last.map_or(space.len(), |(at, c)| at + c.len_utf8())
}

/// Where in white space the first line break is, or the start when there is none.
fn first_break(space: &str) -> usize {
    space.find(is_line_end).unwrap_or(0)
}

/// The seam within a line: `before` ends the text on the left, `after` starts the text on the right.
fn inline_seam(text: &str, noise: Span, before: usize, after: usize) -> (Span, Option<Span>) {
    let left_is_open = before < noise.start();
    let right_is_open = noise.end() < after;
    let next = text[after..].chars().next();
    match (left_is_open, right_is_open) {
        (true, false) if starts_with_closing_mark(&text[after..]) => (Span::new(before, noise.end()), None),
        // A mark that hung there hung on the noise.
        (_, true) if text[after..].starts_with([',', '.', ')', ']']) || text[after..].starts_with("’s ") => {
            (Span::new(before, after), None)
        }
        (true, true) if noise.start() - before <= after - noise.end() => {
            (Span::new(noise.start(), after), None)
        }
        (true, true) => (Span::new(before, noise.end()), None),
        (false, false) => {
            let previous = text[..before].chars().next_back();
            let grows =
                previous.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric);
            let space = text[noise.range()].rfind(' ').filter(|_| grows);
            (noise, space.map(|at| Span::new(noise.start() + at, noise.start() + at + 1)))
        }
        (true, false) => {
            let one = text[before..].chars().next().map_or(0, char::len_utf8);
            (Span::new(before + one, noise.end()), None)
        }
        (false, true) => (noise, None),
    }
}

/// Takes the brackets that a gap would leave with nothing between them, as far as they are within `floor` and
/// `ceiling`. True when there were some.
fn take_empty_brackets(text: &str, gap: &mut [Edit], floor: usize, ceiling: usize) -> bool {
    let noise = without_edges(text, noise_of(gap));
    let before = text[floor..noise.start().max(floor)].chars().next_back();
    let after = text[noise.end().min(ceiling)..ceiling].chars().next();
    let is_empty = matches!((before, after), (Some('('), Some(')')) | (Some('['), Some(']')));
    if !is_empty || gap.iter().any(|edit| edit.replacement.is_some()) {
        return false;
    }
    if let Some(first) = gap.first_mut() {
        first.span = Span::new(noise.start() - 1, first.span.end().max(noise.start()));
    }
    if let Some(last) = gap.last_mut() {
        last.span = Span::new(last.span.start(), noise.end() + 1);
    }
    true
}

/// The noise without white space at its ends, which is judged with the white space around it.
fn without_edges(text: &str, noise: Span) -> Span {
    let slice = &text[noise.range()];
    let start = noise.start() + slice.len() - slice.trim_start().len();
    if start == noise.end() { noise } else { Span::new(start, start + slice.trim().len()) }
}

/// True when the text goes on with a mark that stands directly after a word.
fn starts_with_closing_mark(text: &str) -> bool {
    let mut chars = text.chars();
    match chars.next() {
        // Straight quotes close what comes before unless they open what follows; `'s` is an ending.
        Some('"') => !chars.next().is_some_and(char::is_alphanumeric),
        Some('\'') => !chars.next().is_some_and(char::is_alphanumeric) || is_ending(&text[1..]),
        Some(c) => ",.;:!?)]’”…»—–-/".contains(c),
        None => false,
    }
}

/// True for the few letters that can follow an apostrophe in English, such as those of `'s` and `'ll`.
fn is_ending(text: &str) -> bool {
    let letters = text.chars().take_while(|c| c.is_alphanumeric()).count();
    letters <= 2
}

/// Cuts `space` out of the edit that holds it.
fn leave_out(gap: Vec<Edit>, space: Span) -> Vec<Edit> {
    gap.into_iter()
        .flat_map(|edit| {
            if !edit.span.overlaps(space) {
                return vec![edit];
            }
            let parts =
                [Span::new(edit.span.start(), space.start()), Span::new(space.end(), edit.span.end())];
            let part = |span: Span| Edit { span, ..edit.clone() };
            parts.into_iter().filter(|span| !span.is_empty()).map(part).collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::apply::apply;
    use crate::rule::{Kind, RuleInfo};

    fn finding(id: &str, start: usize, end: usize) -> Finding {
        let info = RuleInfo { id: id.into(), kind: Kind::Ad, pack: "test".into(), about: String::new() };
        Finding {
            rule: Arc::new(info),
            span: Span::new(start, end),
            evidence: String::new(),
            replacement: None,
        }
    }

    /// The text without what stands between ⟨ and ⟩.
    fn cut(marked: &str) -> String {
        let mut text = String::new();
        let mut starts = Vec::new();
        let mut findings = Vec::new();
        for c in marked.chars() {
            match c {
                '⟨' => starts.push(text.len()),
                '⟩' => findings.push(finding("rule", starts.pop().unwrap(), text.len())),
                c => text.push(c),
            }
        }
        apply(&text, &resolve(&text, findings)).into_owned()
    }

    #[test]
    fn a_line_goes_with_one_of_its_gaps() {
        assert_eq!(cut("A\n\n⟨ad⟩\n\nB\n"), "A\n\nB\n");
        assert_eq!(cut("A\n⟨ad⟩\nB"), "A\nB");
        assert_eq!(cut("A\r\n\r\n⟨ad⟩\r\n\r\nB"), "A\r\n\r\nB");
        assert_eq!(cut("⟨ad⟩\n\nB"), "B");
        assert_eq!(cut("A\n\n⟨ad⟩"), "A");
        assert_eq!(cut("A\n\n⟨ad⟩\n"), "A\n");
        assert_eq!(cut("⟨ad⟩\n"), "\n");
    }

    #[test]
    fn a_paragraph_break_stays_one() {
        assert_eq!(cut("A\n⟨ad⟩\n\nB"), "A\n\nB");
        assert_eq!(cut("A\n\n⟨ad⟩\nB"), "A\n\nB");
    }

    #[test]
    fn indentation_stays_with_its_line() {
        assert_eq!(cut("A\n  ⟨ad⟩\n    B"), "A\n    B");
        assert_eq!(cut("A \n⟨ad⟩ \n\nB"), "A \n\nB");
    }

    #[test]
    fn neighbours_make_one_gap() {
        assert_eq!(cut("A\n\n⟨ad⟩\n\n⟨share⟩\n\nB"), "A\n\nB");
        assert_eq!(cut("A\n\n⟨ad⟩\n\n⟨share⟩"), "A");
        assert_eq!(cut("A ⟨one⟩ ⟨two⟩ B"), "A B");
        assert_eq!(cut("A⟨ run⟩\n\n⟨ad⟩\n\nB"), "A\n\nB");
    }

    #[test]
    fn no_space_is_doubled_or_lost_within_a_line() {
        assert_eq!(cut("A ⟨noise⟩ B"), "A B");
        assert_eq!(cut("A⟨ noise⟩ B"), "A B");
        assert_eq!(cut("A ⟨noise⟩, B"), "A, B");
        assert_eq!(cut("A ⟨noise⟩’s B"), "A’s B");
        assert_eq!(cut("A ⟨noise⟩\nB"), "A\nB");
        assert_eq!(cut("A\n⟨noise⟩ B"), "A\nB");
        assert_eq!(cut("A⟨noise here⟩B"), "A B");
        assert_eq!(cut("A⟨noise⟩B"), "AB");
        assert_eq!(cut("A⟨ noise⟩  B"), "A B");
        assert_eq!(cut("A⟨ noise⟩B"), "A B");
        assert_eq!(cut("A⟨ noise⟩'s B"), "A's B");
        assert_eq!(cut("A⟨ noise⟩ 'tis B"), "A 'tis B");
    }

    #[test]
    fn empty_brackets_go_too() {
        assert_eq!(cut("A (⟨noise⟩) B"), "A B");
        assert_eq!(cut("A (B ⟨noise⟩)"), "A (B)");
    }

    #[test]
    fn overlaps_are_shared_out_in_a_fixed_order() {
        let text = "0123456789";
        let findings = [finding("b", 2, 5), finding("a", 2, 5), finding("c", 4, 8), finding("d", 3, 4)];
        let spans = |order: &[usize]| -> Vec<(String, Span)> {
            let edits = resolve(text, order.iter().map(|&i| findings[i].clone()).collect());
            edits.into_iter().map(|edit| (edit.rule.id.clone(), edit.span)).collect()
        };
        let expected = vec![("a".to_owned(), Span::new(2, 5)), ("c".to_owned(), Span::new(5, 8))];
        assert_eq!(spans(&[0, 1, 2, 3]), expected);
        assert_eq!(spans(&[3, 2, 1, 0]), expected);
    }
}
