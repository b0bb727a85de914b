use super::*;
use crate::pack::{Pack, words_for};

/// A pack of line rules, each with one of `patterns`.
fn candidates(patterns: &[&str], text: &str) -> Vec<(usize, usize)> {
    let rules: String = patterns
        .iter()
        .enumerate()
        .map(|(i, pattern)| {
            format!(
                "[[rule]]\nid = \"r{i}\"\nkind = \"ad\"\nabout = \"\"\n{pattern}\nstrip = ['x']\nkeep = ['x']\n"
            )
        })
        .collect();
    let source = format!("[pack]\nid = \"test\"\ndescription = \"\"\n{rules}");
    let pack = Pack::parse("test.toml", &source).unwrap();
    let words = words_for(std::slice::from_ref(&pack));
    let rules = pack.packed_rules();
    let holds = |anchor: Anchor, text: &str| {
        crate::literal::may_match(&rules[anchor.rule].literals[anchor.pattern], text)
    };
    let document = Document::new(text).with_url("https://news.example.com/1");
    let bits = Bits::of(text.as_bytes());
    let questions = Questions::new(std::iter::empty());
    Prefilter::new(rules.iter().map(|packed| &**packed), &questions, &words)
        .candidates(&document, &Segments::of(text), || &bits, Open::default(), &words, holds)
        .iter()
        .filter_map(|&(segment, wish)| match wish {
            Wish::Pattern(anchor) | Wish::At(anchor, _) => Some((segment, anchor.rule)),
            Wish::Question(_) => None,
        })
        .collect()
}

#[test]
fn a_rule_is_tried_where_its_literal_stands_in_any_case() {
    let text = "Share this\n\nProse\n\nread more: share";
    let rules = ["match.span = '(?i)share'", "match.span = '(?i)read more:'"];
    assert_eq!(candidates(&rules, text), [(0, 0), (2, 0), (2, 1)]);
}

#[test]
fn a_form_is_tried_where_a_line_or_a_sentence_starts_with_its_words() {
    let text = "We follow us.\n\nFollow us on X\n\nHe left. » Suivez-nous\n\n12 follow us";
    let rules = ["match.form = '{follow} {network}?'", "match.form = '\\d+ {follow}'"];
    assert_eq!(candidates(&rules, text), [(1, 0), (2, 0), (3, 1)]);
}

#[test]
fn literals_inside_one_another_are_both_found() {
    let rules = ["match.span = '(?i)read more'", "match.span = '(?i)ad mo'", "match.span = '(?i)re'"];
    assert_eq!(candidates(&rules, "READ MORE"), [(0, 0), (0, 1), (0, 2)]);
}

#[test]
fn a_pattern_for_lines_is_tried_where_a_line_starts_with_it_and_has_its_length() {
    let rules = ["alone = 'x'\nmatch.line = 'Share .{3,9}'"];
    assert_eq!(
        candidates(
            &rules,
            "Share this\nI Share it\nSHARE THAT\nShare it with everyone on the north bank of the river"
        ),
        [(0, 0), (2, 0)]
    );
    let rules = ["match.line = '(?:The|A) .{0,20}newsletter'"];
    assert_eq!(candidates(&rules, "The bridge\nThe newsletter\nOur newsletter"), [(1, 0)]);
}

#[test]
fn a_pattern_is_also_tried_where_a_line_of_its_own_may_have_been() {
    let rules = ["match.line = 'Share this'"];
    let text = "Share this\nThe vote was close. Share this\nThey share this view.";
    assert_eq!(candidates(&rules, text), [(0, 0), (1, 0)]);
}

#[test]
fn a_pattern_for_short_lines_is_tried_on_them_alone() {
    let rules = ["alone = 'x'\nmatch.line = '\\W{0,3}newsletter'"];
    let long = format!("newsletter {}", "a".repeat(200));
    assert_eq!(candidates(&rules, &format!("* newsletter\n{long}")), [(0, 0)]);
    let any_length = [r"match.line = '\W*newsletter.*'"];
    assert_eq!(candidates(&any_length, &format!("* newsletter\n{long}")), [(0, 0), (1, 0)]);
}

#[test]
fn a_rule_for_a_site_is_tried_there_alone() {
    let there = "match.span = 'share'\nwhen.hosts = ['example.com']";
    let elsewhere = "match.span = 'share'\nwhen.hosts = ['example.org', 'le.com']";
    assert_eq!(candidates(&[there, elsewhere], "please share\nprose"), [(0, 0)]);
}

#[test]
fn a_pattern_without_a_literal_is_tried_everywhere() {
    assert_eq!(candidates(&[r"match.span = '\d+'"], "a\nb"), [(0, 0), (1, 0)]);
}

#[test]
fn no_builtin_pattern_must_be_looked_for_at_every_byte() {
    for pack in Pack::builtin() {
        for packed in pack.packed_rules().iter().filter(|packed| packed.rule.when.hosts.is_empty()) {
            for (pattern, literals) in packed.literals.iter().enumerate() {
                let starts = shape_of_segment(&packed.rule, pattern).and_then(|shape| shape.starts.as_ref());
                let at_edges = literals.iter().flatten().all(|literal| literal.window().is_some());
                assert!(at_edges || starts.is_some(), "{} pattern {pattern}", packed.rule.info.id);
            }
        }
    }
}
