//! Where could which rule match? Most text is refused here, before anything else is done with it, so that
//! text without noise costs the same however many rules there are.
//!
//! Every pattern is looked for in the cheapest way that misses none of its matches:
//!
//! - one for whole lines that start as few do, where a line starts;
//! - any other for some sites, on these alone;
//! - all others by their literals in the whole text.
//!
//! Where a literal stands, the length of its line decides next.

mod starts;

use std::collections::HashMap;
use std::ops::Range;

use super::bits::Bits;
use super::literals::LiteralIndex;
use super::open::Open;
use crate::document::Document;
use crate::frequency::rarity;
use crate::literal::Literal;
use crate::pack::PackedRule;
use crate::pattern::{Shape, behind_marks};
use crate::rule::{Matcher, Rule};
use crate::segment::Segments;
use starts::StartIndex;

/// What starts so few of the lines is looked for there.
const RARE_START: f64 = 1.0 / 16384.0;

/// One pattern of one rule, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Anchor {
    pub rule: usize,
    pub pattern: usize,
}

/// Says which patterns are worth trying where.
#[derive(Debug)]
pub(super) struct Prefilter {
    /// By what stands anywhere in the text.
    in_text: LiteralIndex<Wanted>,
    /// By how a line starts.
    at_line_starts: StartIndex<Wanted>,
    /// Patterns without a literal: they are tried on every segment.
    everywhere: Vec<Wanted>,
    /// Those that are tried on every segment of a site and those under it.
    on_sites: HashMap<String, Vec<Wanted>>,
}

/// A pattern, and what a segment must be for it.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    rule: u32,
    pattern: u32,
    /// Length of the segment in bytes, at least and at most.
    min: u32,
    max: u32,
    /// One of the pattern's literals must still be looked for.
    needs_literal: bool,
}

impl Wanted {
    fn fits(&self, len: usize) -> bool {
        self.min as usize <= len && len <= self.max as usize
    }

    fn anchor(&self) -> Anchor {
        Anchor { rule: self.rule as usize, pattern: self.pattern as usize }
    }
}

impl Prefilter {
    /// Takes rules with the literals of each of their patterns.
    pub fn new<'a>(rules: impl Iterator<Item = &'a PackedRule>) -> Self {
        let (mut in_text, mut at_line_starts, mut everywhere) = (Vec::new(), Vec::new(), Vec::new());
        let mut on_sites: HashMap<String, Vec<Wanted>> = HashMap::new();
        for (rule, packed) in rules.enumerate() {
            for (pattern, literals) in packed.literals.iter().enumerate() {
                let (min, max) = lengths(&packed.rule, pattern);
                let needs_literal = literals.is_some();
                let wanted = Wanted { rule: rule as u32, pattern: pattern as u32, min, max, needs_literal };
                let starts = shape_of_segment(&packed.rule, pattern).and_then(|shape| shape.starts.as_ref());
                match (literals, starts) {
                    (Some(literals), Some(starts)) if starts_suffice(starts, literals) => {
                        at_line_starts.extend(starts.iter().map(|start| {
                            let holds = |literal: &Literal| start.contains(&literal.text);
                            let needs_literal = !literals.iter().any(holds);
                            (start.as_str(), Wanted { needs_literal, ..wanted })
                        }));
                    }
                    _ if !packed.rule.when.hosts.is_empty() => {
                        for host in &packed.rule.when.hosts {
                            on_sites.entry(host.clone()).or_default().push(wanted);
                        }
                    }
                    (Some(literals), _) => in_text.extend(literals.iter().map(|literal| (literal, wanted))),
                    (None, _) => everywhere.push(wanted),
                }
            }
        }
        Self {
            in_text: LiteralIndex::new(in_text),
            at_line_starts: StartIndex::new(at_line_starts),
            everywhere,
            on_sites,
        }
    }

    /// Which patterns to try on which segments: in order, none twice. `open` is what is known of them, and
    /// `may_match` says whether a segment has the shape and a literal that a pattern asks for.
    pub fn candidates(
        &self,
        document: &Document<'_>,
        segments: &Segments<'_>,
        bits: &Bits,
        open: Open,
        may_match: impl Fn(Anchor, &str) -> bool,
    ) -> Vec<(usize, Anchor)> {
        let (mut candidates, unknown) = open.known(segments);
        let on_all: Vec<&Wanted> = self.everywhere.iter().chain(self.of_site(document.host())).collect();
        for run in unknown {
            self.in_text(run.clone(), document.text(), segments, bits, &mut candidates);
            for segment in run {
                let line = segments.text(segment);
                let mut try_on = |wanted: &Wanted| {
                    if wanted.fits(line.len()) && (!wanted.needs_literal || may_match(wanted.anchor(), line))
                    {
                        candidates.push((segment, wanted.anchor()));
                    }
                };
                let bare = behind_marks(line);
                let starts = [Some(line), Some(bare).filter(|bare| bare.len() < line.len())];
                for start in starts.into_iter().flatten() {
                    self.at_line_starts.find(start.as_bytes(), |wanted| try_on(&wanted));
                }
                on_all.iter().copied().for_each(&mut try_on);
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }

    /// What the literals say that stand anywhere in a run of segments.
    fn in_text(
        &self,
        run: Range<usize>,
        text: &str,
        segments: &Segments<'_>,
        bits: &Bits,
        candidates: &mut Vec<(usize, Anchor)>,
    ) {
        let (start, end) = (segments.span(run.start).start(), segments.span(run.end - 1).end());
        let mut segment = run.start;
        self.in_text.find(text.as_bytes(), bits, start..end, |at, wanted| {
            segment = segments.near(at, segment);
            let Some(span) = segments.get(segment) else { return };
            if span.start() <= at && wanted.fits(span.len()) {
                candidates.push((segment, wanted.anchor()));
            }
        });
    }

    /// What is only looked for on this host or on a site that it is part of.
    fn of_site(&self, host: Option<&str>) -> impl Iterator<Item = &Wanted> {
        let sites = host.into_iter().flat_map(|host| {
            let under = host.match_indices('.').map(|(at, _)| &host[at + 1..]);
            std::iter::once(host).chain(under)
        });
        sites.filter_map(|site| self.on_sites.get(site)).flatten()
    }
}

/// True when a pattern is looked for by how a line starts, not by its literals: few lines start so, the start holds a
/// literal, or one of those would have to be looked for everywhere.
fn starts_suffice(starts: &[String], literals: &[Literal]) -> bool {
    let frequency: f64 = starts.iter().map(|start| (-f64::from(rarity(start.as_bytes()))).exp2()).sum();
    frequency <= RARE_START
        || literals.iter().any(|literal| literal.window().is_none())
        || starts.iter().all(|start| literals.iter().any(|literal| start.contains(&literal.text)))
}

/// Length in bytes, at least and at most, of the segments in which a pattern can match.
fn lengths(rule: &Rule, pattern: usize) -> (u32, u32) {
    let shape = shape_of_segment(rule, pattern);
    let min = shape.map_or(0, |shape| shape.min);
    let max = shape.and_then(|shape| shape.max);
    // The finding is the line itself, and a character takes at most four bytes.
    let is_line = matches!(rule.matcher, Matcher::Line(_));
    let min = min.max(rule.when.min_chars.filter(|_| is_line).unwrap_or(0));
    let bytes = rule.when.max_chars.filter(|_| is_line).map(|chars| chars.saturating_mul(4));
    let max = [max, bytes].into_iter().flatten().min().unwrap_or(usize::MAX);
    let number = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
    (number(min), number(max))
}

/// What is known of the segments in which a pattern can match.
pub(super) fn shape_of_segment(rule: &Rule, pattern: usize) -> Option<&Shape> {
    match &rule.matcher {
        Matcher::Line(patterns) | Matcher::Span(patterns) => patterns[pattern].shape(),
        Matcher::Label(label) => label.label[pattern].shape(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
