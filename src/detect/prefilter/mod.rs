//! Where could which rule match? Most text is refused here, before anything else is done with it, so that
//! text without noise costs the same however many rules there are.
//!
//! Every pattern is looked for in the cheapest way that misses none of its matches:
//!
//! - one for whole lines that start as few do, where a line or a sentence starts;
//! - a form there, too, by the words with which it starts;
//! - any other for some sites, on these alone;
//! - all others by their literals in the whole text.
//!
//! Where a literal stands, the length of its line decides next, and its first and last byte.

mod starts;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::bits::Bits;
use super::conditions::Questions;
use super::literals::LiteralIndex;
use super::open::Open;
use super::piece;
use crate::byte_set::ByteSet;
use crate::document::Document;
use crate::dress::{bare, bare_start};
use crate::form::{Form, Opening};
use crate::frequency::share;
use crate::literal::Literal;
use crate::pack::PackedRule;
use crate::pattern::{Shape, behind_marks};
use crate::rule::{Matcher, Rule};
use crate::segment::Segments;
use crate::words::{Entry, List, Words};
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
    /// A pattern, anywhere in the segment.
    Pattern(Anchor),
    /// A pattern or forms, at an offset of the segment, which may be marks before its first word.
    At(Anchor, u32),
    /// A line that rules ask the text for, by the number of the question.
    Question(u32),
}

/// Says which patterns are worth trying where.
#[derive(Debug)]
pub(super) struct Prefilter {
    wanted: Vec<Wanted>,
    /// By what stands anywhere in the text.
    in_text: LiteralIndex<InText>,
    /// By how a line starts, and whether one of the pattern's literals must still be looked for.
    at_line_starts: StartIndex<(Number, bool)>,
    /// Forms by the list with an entry of which a line starts, with what may stand behind it, …
    by_list: Vec<Vec<(Number, Next)>>,
    /// … and by its first byte.
    by_byte: Vec<Vec<Number>>,
    /// Patterns without a literal: they are tried on every segment.
    everywhere: Vec<Number>,
    /// Those that are tried on every segment of a site and those under it.
    on_sites: HashMap<String, Vec<Number>>,
}

/// A place among all that is wanted.
type Number = u32;

/// What may stand behind the first word of a form.
#[derive(Clone, Debug)]
enum Next {
    Anything,
    /// An entry of one of these lists, or one of these bytes.
    Of(BTreeSet<List>, ByteSet),
}

impl Next {
    fn new(opening: &Opening<'_>, words: &Words) -> Self {
        if opening.is_end {
            return Next::Anything;
        }
        Next::Of(opening.lists.iter().filter_map(|name| words.list(name)).collect(), opening.bytes)
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Next::Of(mut lists, mut bytes), Next::Of(other_lists, other_bytes)) => {
                lists.extend(other_lists);
                bytes.add_all(&other_bytes);
                Next::Of(lists, bytes)
            }
            _ => Next::Anything,
        }
    }
}

/// The lists of which entries stand at places of a text, as far as it was asked.
struct Lists<'a> {
    words: &'a Words,
    text: &'a str,
    known: Vec<(usize, Vec<List>)>,
}

impl Lists<'_> {
    /// True when that what may stand behind a word stands behind one that ends at a place.
    fn stand_behind(&mut self, end: usize, next: &Next) -> bool {
        let Next::Of(lists, bytes) = next else { return true };
        let has_space = self.text[end..].starts_with(' ');
        [Some(end), has_space.then_some(end + 1)].into_iter().flatten().any(|at| {
            self.text.as_bytes().get(at).is_some_and(|&byte| bytes.contains(byte))
                || !lists.is_empty() && self.at(at).iter().any(|list| lists.contains(list))
        })
    }

    fn at(&mut self, at: usize) -> &[List] {
        let place = self.known.iter().position(|&(known, _)| known == at).unwrap_or_else(|| {
            let mut lists = Vec::new();
            self.words.at(self.text, at, |_| true, |entry, _| lists.push(entry.list));
            self.known.push((at, lists));
            self.known.len() - 1
        });
        &self.known[place].1
    }
}

/// What a literal is for.
#[derive(Clone, Copy, Debug)]
enum InText {
    Wanted(Number),
    Question(u32),
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
    /// The rule also looks at pieces of lines.
    has_pieces: bool,
}

impl Wanted {
    fn new(packed: &PackedRule, anchor: Anchor) -> Self {
        let rule = &packed.rule;
        let shape = shape_of_segment(rule, anchor.pattern);
        let has_pieces = has_pieces(rule);
        if has_pieces || rule.forms().is_some() {
            let min = shape.map_or(0, |shape| shape.min);
            let any = ByteSet::ALL;
            return Self { anchor, min, max: usize::MAX, first: any, last: any, has_pieces };
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
            has_pieces,
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
        let (mut wanted, mut in_text, mut at_line_starts) = (Vec::new(), Vec::new(), Vec::new());
        let mut by_list: Vec<Vec<(Number, Next)>> = vec![Vec::new(); words.lists()];
        let mut by_byte = vec![Vec::new(); 256];
        let mut everywhere = Vec::new();
        let mut on_sites: HashMap<String, Vec<Number>> = HashMap::new();
        for (rule, packed) in rules.enumerate() {
            if let Some(forms) = packed.rule.forms() {
                let number = wanted.len() as Number;
                wanted.push(Wanted::new(packed, Anchor { rule, pattern: 0 }));
                for starts in forms.0.iter().map(Form::starts) {
                    for (list, opening) in starts.lists {
                        let Some(list) = words.list(list) else { continue };
                        let (own, next) = (&mut by_list[list.number()], Next::new(&opening, words));
                        match own.pop_if(|(last, _)| *last == number) {
                            Some((_, before)) => own.push((number, before.or(next))),
                            None => own.push((number, next)),
                        }
                    }
                    let bytes = (0..=u8::MAX).filter(|&byte| starts.bytes.contains(byte));
                    bytes.for_each(|byte| by_byte[usize::from(byte)].push(number));
                }
            }
            for (pattern, literals) in packed.literals.iter().enumerate() {
                let number = wanted.len() as Number;
                wanted.push(Wanted::new(packed, Anchor { rule, pattern }));
                let (literals, hosts) = (literals.as_deref(), &packed.rule.when.hosts);
                let starts =
                    shape_of_segment(&packed.rule, pattern).and_then(|shape| shape.starts.as_deref());
                match (literals, starts) {
                    (Some(literals), Some(starts)) => {
                        at_line_starts.extend(starts.iter().map(|start| {
                            let holds = |literal: &Literal| start.contains(&literal.text);
                            (
                                start.as_str(),
                                (number, !has_pieces(&packed.rule) && !literals.iter().any(holds)),
                            )
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
        by_byte.iter_mut().for_each(Vec::dedup);
        in_text.extend(questions.literals().map(|(literal, number)| (literal, InText::Question(number))));
        Self {
            wanted,
            in_text: LiteralIndex::new(in_text),
            at_line_starts: StartIndex::new(at_line_starts),
            by_list,
            by_byte,
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
        words: &Words,
        may_match: impl Fn(Anchor, &str) -> bool,
    ) -> Vec<(usize, Wish)> {
        let (mut candidates, unknown) = open.known(segments);
        let on_all: Vec<Number> =
            self.everywhere.iter().chain(self.of_site(document.host())).copied().collect();
        for run in unknown {
            self.in_text(run.clone(), document.text(), segments, &bits, &mut candidates);
            for segment in run {
                let line = segments.text(segment);
                let mut try_at = |number: Number, needs_literal: bool, start: usize| {
                    let wanted = self.wanted(number);
                    if (start == 0 || wanted.has_pieces)
                        && wanted.fits(line)
                        && (!needs_literal || may_match(wanted.anchor, line))
                    {
                        candidates.push((segment, Wish::At(wanted.anchor, start as u32)));
                    }
                };
                for start in [0].into_iter().chain(piece::all_starts(line)) {
                    self.starting(words, line, start, |number, needs_literal| {
                        try_at(number, needs_literal, start);
                    });
                }
                for wanted in on_all.iter().map(|&number| self.wanted(number)) {
                    if wanted.fits(line) && may_match(wanted.anchor, line) {
                        candidates.push((segment, Wish::Pattern(wanted.anchor)));
                    }
                }
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }

    /// Tells `hit` of what may start at an offset of a line, in front of or behind marks there, and whether one of its literals must still
    /// be looked for.
    fn starting(&self, words: &Words, line: &str, start: usize, mut hit: impl FnMut(Number, bool)) {
        let text = &line[start..];
        let mut lists = Lists { words, text, known: Vec::new() };
        let bare = text.len() - bare_start(text).len();
        let marks = text.len() - behind_marks(text).len();
        let places = [Some(0), (bare > 0).then_some(bare), (marks > bare).then_some(marks)];
        for at in places.into_iter().flatten().filter(|&at| at < text.len()) {
            // Within lines, patterns spell the marks before a sentence that are no dress.
            if at <= bare || start == 0 {
                self.at_line_starts
                    .find(text.as_bytes(), at, |(number, needs_literal)| hit(number, needs_literal));
            }
            self.by_byte[usize::from(text.as_bytes()[at])].iter().for_each(|&number| hit(number, false));
            let of_list = |entry: &Entry| &self.by_list[entry.list.number()];
            let is_wanted = |entry: &Entry| !of_list(entry).is_empty();
            words.at(text, at, is_wanted, |entry, end| {
                for (number, next) in of_list(entry) {
                    if lists.stand_behind(end, next) {
                        hit(*number, false);
                    }
                }
            });
        }
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
