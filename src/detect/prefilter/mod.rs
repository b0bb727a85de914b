//! Where could which rule match? Most text is refused here, before anything else is done with it, so that
//! text without noise costs the same however many rules there are.
//!
//! Every pattern is looked for in the cheapest way that misses none of its matches:
//!
//! - one for whole lines that start as few do, where a line starts;
//! - any other for some sites, on these alone;
//! - all others by their literals in the whole text.
//!
//! Where a literal stands, the length of its line decides next, and its first and last byte.

mod starts;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::bits::Bits;
use super::conditions::Questions;
use super::literals::LiteralIndex;
use super::open::Open;
use crate::byte_set::ByteSet;
use crate::document::Document;
use crate::dress::bare;
use crate::frequency::share;
use crate::literal::{Literal, of_entry, start_of_entry};
use crate::pack::PackedRule;
use crate::pattern::{Shape, behind_marks};
use crate::rule::{Matcher, Rule};
use crate::segment::{Segments, sentence_starts};
use crate::words::{List, Words};
use starts::StartIndex;

/// What stands in so few places may be tried in each of them.
const RARE: f64 = 1.0 / 4096.0;

/// One pattern of one rule, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Anchor {
    pub rule: usize,
    pub pattern: usize,
}

/// What is looked for in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wish {
    Pattern(Anchor),
    /// A line that rules ask the text for, by the number of the question.
    Question(u32),
}

/// Says which patterns are worth trying where.
#[derive(Debug)]
pub(super) struct Prefilter {
    wanted: Vec<Wanted>,
    /// By what stands anywhere in the text.
    in_text: LiteralIndex<InText>,
    /// By the words that forms are looked for by: what each list in each language is for.
    by_words: Vec<Vec<Number>>,
    /// By how a line starts, and whether one of the pattern's literals must still be looked for.
    at_line_starts: StartIndex<Starting>,
    /// Patterns without a literal: they are tried on every segment.
    everywhere: Vec<Number>,
    /// Those that are tried on every segment of a site and those under it.
    on_sites: HashMap<String, Vec<Number>>,
}

/// A place among all that is wanted.
type Number = u32;

/// What a literal is for.
#[derive(Clone, Copy, Debug)]
enum InText {
    Wanted(Number),
    /// A place in [`Prefilter::by_words`].
    Words(u32),
    Question(u32),
}

/// What a line's start is for.
#[derive(Clone, Copy, Debug)]
enum Starting {
    /// A pattern, and whether one of its literals must still be looked for.
    Pattern(Number, bool),
    /// A place in [`Prefilter::by_words`].
    Words(u32),
}

/// A pattern, and what a segment must be for it.
#[derive(Clone, Debug)]
struct Wanted {
    anchor: Anchor,
    /// Length of the segment in bytes, at least and at most.
    min: usize,
    max: usize,
    /// The bytes that it can start with, and those that it can end with.
    first: ByteSet,
    last: ByteSet,
}

impl Wanted {
    fn new(packed: &PackedRule, anchor: Anchor) -> Self {
        let rule = &packed.rule;
        let shape = shape_of_segment(rule, anchor.pattern);
        if has_pieces(rule) || rule.forms().is_some() {
            let min = shape.map_or(0, |shape| shape.min);
            return Self { anchor, min, max: usize::MAX, first: ByteSet::ALL, last: ByteSet::ALL };
        }
        // The finding is the line itself, and a character takes at most four bytes.
        let is_line = matches!(rule.matcher, Matcher::Line(_));
        let min = shape.map_or(0, |shape| shape.min);
        let max = shape.and_then(|shape| shape.max);
        let bytes = rule.when.max_chars.filter(|_| is_line).map(|chars| chars.saturating_mul(4));
        Self {
            anchor,
            min: min.max(rule.when.min_chars.filter(|_| is_line).unwrap_or(0)),
            max: [max, bytes].into_iter().flatten().min().unwrap_or(usize::MAX),
            first: shape.map_or(ByteSet::ALL, |shape| shape.first),
            last: shape.map_or(ByteSet::ALL, |shape| shape.last),
        }
    }

    /// False for a segment in which the pattern cannot match, neither with its dress nor without.
    fn fits(&self, segment: &str) -> bool {
        self.fits_as(segment.as_bytes()) || self.fits_as(bare(segment).as_bytes())
    }

    fn fits_as(&self, segment: &[u8]) -> bool {
        self.min <= segment.len()
            && segment.len() <= self.max
            && segment.first().is_some_and(|&byte| self.first.contains(byte))
            && segment.last().is_some_and(|&byte| self.last.contains(byte))
    }
}

impl Prefilter {
    /// Takes rules with the literals of each of their patterns, and what they ask a text for.
    pub fn new<'a>(
        rules: impl Iterator<Item = &'a PackedRule>,
        questions: &'a Questions,
        words: &Words,
    ) -> Self {
        let mut of_words: BTreeMap<(List, usize), Vec<Number>> = BTreeMap::new();
        let mut of_starts: BTreeMap<(List, usize), Vec<Number>> = BTreeMap::new();
        let (mut wanted, mut in_text, mut at_line_starts) = (Vec::new(), Vec::new(), Vec::new());
        let mut everywhere = Vec::new();
        let mut on_sites: HashMap<String, Vec<Number>> = HashMap::new();
        for (rule, packed) in rules.enumerate() {
            // A form is looked for in every language, and its words tell in which it stands.
            for form in packed.rule.forms().into_iter().flat_map(|forms| &forms.0) {
                let (names, place) = match form.first_list() {
                    Some(first) => (vec![first], &mut of_starts),
                    None => (form.anchors.iter().map(String::as_str).collect(), &mut of_words),
                };
                for list in names.into_iter().filter_map(|name| words.list(name)) {
                    let own = packed.rule.language.as_deref().and_then(|tag| words.number(tag));
                    for language in own.map_or(words.languages(), |own| own..own + 1) {
                        place
                            .entry((list, language))
                            .or_default()
                            .push(wanted.len() as Number + language as Number);
                    }
                }
            }
            if packed.rule.forms().is_some() {
                let anchors = (0..=words.languages().end).map(|pattern| Anchor { rule, pattern });
                wanted.extend(anchors.map(|anchor| Wanted::new(packed, anchor)));
            }
            for (pattern, literals) in packed.literals.iter().enumerate() {
                let number = wanted.len() as Number;
                wanted.push(Wanted::new(packed, Anchor { rule, pattern }));
                let (literals, hosts) = (literals.as_deref(), &packed.rule.when.hosts);
                let starts =
                    shape_of_segment(&packed.rule, pattern).and_then(|shape| shape.starts.as_deref());
                match (literals, starts) {
                    (Some(literals), Some(starts)) if starts_suffice(starts, literals) => {
                        at_line_starts.extend(starts.iter().map(|start| {
                            let holds = |literal: &Literal| start.contains(&literal.text);
                            (start.as_str(), Starting::Pattern(number, !literals.iter().any(holds)))
                        }));
                    }
                    (Some(literals), _) if hosts.is_empty() || are_rare(literals) => {
                        in_text.extend(literals.iter().map(|literal| (literal, InText::Wanted(number))));
                    }
                    _ if hosts.is_empty() => everywhere.push(number),
                    _ => hosts.iter().for_each(|host| on_sites.entry(host.clone()).or_default().push(number)),
                }
            }
        }
        let mut by_words = Vec::new();
        let mut starting: Vec<(String, Starting)> = Vec::new();
        let mut entries: Vec<(Literal, InText)> = Vec::new();
        for (all, is_start) in [(of_starts, true), (of_words, false)] {
            for ((list, language), mut numbers) in all {
                numbers.sort_unstable();
                numbers.dedup();
                let place = by_words.len() as u32;
                by_words.push(numbers);
                // Words that all languages share lead to each of them.
                for number in [0, language] {
                    let tag = &words.language(number).tag;
                    for text in words.language(number).texts(list) {
                        match start_of_entry(text, tag).filter(|_| is_start) {
                            Some(starts) => {
                                starting
                                    .extend(starts.into_iter().map(|start| (start, Starting::Words(place))));
                            }
                            None => entries.extend(
                                of_entry(text, tag)
                                    .into_iter()
                                    .map(|literal| (literal, InText::Words(place))),
                            ),
                        }
                    }
                }
            }
        }
        in_text.extend(entries.iter().map(|(literal, place)| (literal, *place)));
        at_line_starts.extend(starting.iter().map(|(start, value)| (start.as_str(), *value)));
        in_text.extend(questions.literals().map(|(literal, number)| (literal, InText::Question(number))));
        Self {
            wanted,
            in_text: LiteralIndex::new(in_text),
            by_words,
            at_line_starts: StartIndex::new(at_line_starts),
            everywhere,
            on_sites,
        }
    }

    /// What to look for in which segments: in order, nothing twice. `open` is what is known of them, `bits` tells those of
    /// the whole text, and `may_match` says whether a segment has the shape and a literal that a pattern asks for.
    pub fn candidates<'b>(
        &self,
        document: &Document<'_>,
        segments: &Segments<'_>,
        bits: impl Fn() -> &'b Bits,
        open: Open,
        may_match: impl Fn(Anchor, &str) -> bool,
    ) -> Vec<(usize, Wish)> {
        let (mut candidates, unknown) = open.known(segments);
        let on_all: Vec<Number> =
            self.everywhere.iter().chain(self.of_site(document.host())).copied().collect();
        for run in unknown {
            self.in_text(run.clone(), document.text(), segments, &bits, &mut candidates);
            for segment in run {
                let line = segments.text(segment);
                let mut try_on = |number: Number, needs_literal: bool| {
                    let wanted = self.wanted(number);
                    if wanted.fits(line) && (!needs_literal || may_match(wanted.anchor, line)) {
                        candidates.push((segment, Wish::Pattern(wanted.anchor)));
                    }
                };
                let marks = line.len() - behind_marks(line).len();
                let first = [Some(0), Some(marks).filter(|&marks| marks > 0)].into_iter().flatten();
                for start in first.chain(sentence_starts(line)) {
                    self.at_line_starts.find(line.as_bytes(), start, |starting| match starting {
                        Starting::Pattern(number, needs_literal) => try_on(number, needs_literal),
                        Starting::Words(place) => {
                            self.by_words[place as usize].iter().for_each(|&number| try_on(number, false));
                        }
                    });
                }
                on_all.iter().for_each(|&number| try_on(number, true));
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }

    /// What the literals say that stand anywhere in a run of segments.
    fn in_text<'b>(
        &self,
        run: Range<usize>,
        text: &str,
        segments: &Segments<'_>,
        bits: impl Fn() -> &'b Bits,
        candidates: &mut Vec<(usize, Wish)>,
    ) {
        let range = segments.span(run.start).start()..segments.span(run.end - 1).end();
        let own;
        let bits = if run.len() == segments.len() {
            bits()
        } else {
            own = Bits::within(text.as_bytes(), range.clone());
            &own
        };
        let mut segment = run.start;
        self.in_text.find(text.as_bytes(), bits, range, |at, wanted| {
            segment = segments.near(at, segment);
            let Some(span) = segments.get(segment).filter(|span| span.start() <= at) else { return };
            match wanted {
                InText::Question(number) => candidates.push((segment, Wish::Question(number))),
                InText::Wanted(number) => self.add(number, &text[span.range()], segment, candidates),
                InText::Words(place) => {
                    for &number in &self.by_words[place as usize] {
                        self.add(number, &text[span.range()], segment, candidates);
                    }
                }
            }
        });
    }

    fn add(&self, number: Number, line: &str, segment: usize, candidates: &mut Vec<(usize, Wish)>) {
        let wanted = self.wanted(number);
        if wanted.fits(line) {
            candidates.push((segment, Wish::Pattern(wanted.anchor)));
        }
    }

    fn wanted(&self, number: Number) -> &Wanted {
        &self.wanted[number as usize]
    }

    /// What is only looked for on this host or on a site that it is part of.
    fn of_site(&self, host: Option<&str>) -> impl Iterator<Item = &Number> {
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
    starts.iter().map(|start| share(start.as_bytes())).sum::<f64>() <= RARE
        || literals.iter().any(|literal| literal.window().is_none())
        || starts.iter().all(|start| literals.iter().any(|literal| start.contains(&literal.text)))
}

/// True when literals cost nothing to speak of in texts that they are not for.
fn are_rare(literals: &[Literal]) -> bool {
    let window =
        |literal: &Literal| literal.window().map_or(1.0, |window| share(&literal.text.as_bytes()[window]));
    literals.iter().map(window).sum::<f64>() <= RARE
}

/// True when a rule for lines also looks at pieces of them. One for some sites goes by the lines that these have.
pub(super) fn has_pieces(rule: &Rule) -> bool {
    matches!(rule.matcher, Matcher::Line(_) | Matcher::Form(_)) && !rule.alone && rule.when.hosts.is_empty()
}

/// What is known of the segments in which a pattern can match.
pub(super) fn shape_of_segment(rule: &Rule, pattern: usize) -> Option<&Shape> {
    match &rule.matcher {
        Matcher::Line(patterns) | Matcher::Span(patterns) => patterns[pattern].shape(),
        Matcher::Label(label) => label.label.get(pattern)?.shape(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
