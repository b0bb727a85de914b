//! Where could which rule match? One pass over the text looks for the literals of all rules at once, so
//! that text without noise costs the same however many rules there are.

use aho_corasick::{AhoCorasick, MatchKind};

use crate::pack::Literals;
use crate::segment::Segments;

/// One pattern of one rule, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Anchor {
    pub rule: usize,
    pub pattern: usize,
}

/// Finds the literals of rules in a text.
#[derive(Debug)]
pub(super) struct Prefilter {
    /// None when there is no literal to look for.
    automaton: Option<AhoCorasick>,
    /// For each literal of the automaton, whose it is.
    anchors: Vec<Vec<Anchor>>,
    /// Patterns without a literal: they are tried on every segment.
    everywhere: Vec<Anchor>,
}

/// Literals found in a text.
#[derive(Debug, Default)]
pub(super) struct Hits {
    /// Byte offset and literal, by offset of the end.
    found: Vec<(usize, u32)>,
    everywhere: bool,
}

impl Hits {
    pub fn is_empty(&self) -> bool {
        self.found.is_empty() && !self.everywhere
    }
}

impl Prefilter {
    /// Takes the literals of each pattern of each rule.
    pub fn new<'a>(rules: impl Iterator<Item = &'a [Literals]>) -> Self {
        let mut owned: Vec<(&'a str, Anchor)> = Vec::new();
        let mut everywhere = Vec::new();
        for (rule, patterns) in rules.enumerate() {
            for (pattern, literals) in patterns.iter().enumerate() {
                let anchor = Anchor { rule, pattern };
                match literals {
                    Some(literals) => {
                        owned.extend(literals.iter().map(|literal| (literal.as_str(), anchor)));
                    }
                    None => everywhere.push(anchor),
                }
            }
        }
        owned.sort_unstable();
        let groups: Vec<_> = owned.chunk_by(|a, b| a.0 == b.0).collect();
        let automaton = (!groups.is_empty()).then(|| {
            AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .match_kind(MatchKind::Standard)
                .build(groups.iter().map(|group| group[0].0))
                .expect("a pack file cannot hold enough literals to overflow the automaton's 32-bit ids")
        });
        let anchors = groups.iter().map(|group| group.iter().map(|&(_, anchor)| anchor).collect()).collect();
        Self { automaton, anchors, everywhere }
    }

    /// All literals in `text`, overlapping ones too.
    pub fn hits(&self, text: &str) -> Hits {
        let found = self.automaton.iter().flat_map(|automaton| automaton.find_overlapping_iter(text));
        Hits {
            found: found.map(|hit| (hit.start(), hit.pattern().as_u32())).collect(),
            everywhere: !self.everywhere.is_empty(),
        }
    }

    /// Which patterns to try on which segments: in order, none twice.
    pub fn candidates(&self, hits: &Hits, segments: &Segments<'_>) -> Vec<(usize, Anchor)> {
        let anchored = hits.found.iter().filter_map(|&(offset, literal)| {
            let segment = segments.at(offset)?;
            Some(self.anchors[literal as usize].iter().map(move |&anchor| (segment, anchor)))
        });
        let mut candidates: Vec<_> = anchored.flatten().collect();
        for segment in 0..segments.len() {
            candidates.extend(self.everywhere.iter().map(|&anchor| (segment, anchor)));
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(literals: &[Option<&str>], text: &str) -> Vec<(usize, usize)> {
        let rules: Vec<Vec<_>> =
            literals.iter().map(|literal| vec![literal.map(|text| vec![text.to_owned()])]).collect();
        let prefilter = Prefilter::new(rules.iter().map(Vec::as_slice));
        let hits = prefilter.hits(text);
        let segments = Segments::of(text);
        prefilter
            .candidates(&hits, &segments)
            .iter()
            .map(|(segment, anchor)| (*segment, anchor.rule))
            .collect()
    }

    #[test]
    fn a_rule_is_tried_where_its_literal_stands_in_any_case() {
        let text = "Share this\n\nProse\n\nread more: share";
        assert_eq!(candidates(&[Some("share"), Some("read more:")], text), [(0, 0), (2, 0), (2, 1)]);
    }

    #[test]
    fn literals_inside_one_another_are_both_found() {
        assert_eq!(candidates(&[Some("read more"), Some("ad mo")], "READ MORE"), [(0, 0), (0, 1)]);
    }

    #[test]
    fn a_pattern_without_a_literal_is_tried_everywhere() {
        assert_eq!(candidates(&[None], "a\nb"), [(0, 0), (1, 0)]);
    }

    #[test]
    fn no_rules_find_nothing() {
        assert_eq!(candidates(&[], "a\nb"), []);
    }
}
