//! Text to findings: a prefilter says which rules could match where, and each way of matching has a file.
//!
//! Detection cannot fail, removes nothing, and takes time linear in the text for each rule that the
//! prefilter lets through.

mod bits;
mod conditions;
mod echo;
mod evidence;
mod genre;
mod key;
mod label;
mod language;
mod line;
mod literals;
mod name;
mod open;
mod prefilter;
mod pull_quote;
mod reading;
mod repeat;
mod sentence;
mod span;
mod windows;
mod words;

use std::cell::{LazyCell, OnceCell};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::document::{Document, Finding, NearMiss, Span};
use crate::literal;
use crate::pack::PackedRule;
use crate::rule::{Matcher, RepeatOf, Rule};
use crate::segment::Segments;
use bits::Bits;
use conditions::{Questions, Survey};
use language::Language;
pub(crate) use open::Open;
use prefilter::{Anchor, Prefilter, Wish};
use pull_quote::{Quotation, Retelling};
use reading::Reading;
use repeat::Echoes;

/// Rules that are used together, with the prefilter over all their literals.
#[derive(Debug)]
pub(crate) struct RuleSet {
    rules: Vec<Arc<PackedRule>>,
    prefilter: Prefilter,
    questions: Questions,
    /// The rules that look at a document as a whole: no literal says where.
    whole_document: Vec<usize>,
}

/// The rules, by index, that are not used for a document.
pub(crate) type Held = BTreeSet<usize>;

/// How much is looked for.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Depth {
    /// What decides the clean text.
    Findings,
    /// Also what looks like noise and stays.
    NearMisses,
}

/// What the rules see in a document.
#[derive(Debug, Default)]
pub(crate) struct Detection {
    /// In no particular order; they may overlap.
    pub findings: Vec<Finding>,
    pub near_misses: Vec<NearMiss>,
    /// What may match in which segments, for the next look at what is left of the text.
    pub open: Open,
}

/// Rules and a document that they look at.
pub(crate) struct Look<'a> {
    rules: &'a RuleSet,
    document: &'a Document<'a>,
    held: &'a Held,
    segments: Segments<'a>,
    bits: OnceCell<Bits>,
    survey: Survey<'a>,
    language: Language,
}

/// What a matcher sees.
#[derive(Clone, Copy)]
struct Scene<'a> {
    document: &'a Document<'a>,
    segments: &'a Segments<'a>,
    bits: &'a OnceCell<Bits>,
    survey: &'a Survey<'a>,
}

impl<'a> Scene<'a> {
    /// What the bytes of the text are.
    fn bits(&self) -> &'a Bits {
        self.bits.get_or_init(|| Bits::of(self.document.text().as_bytes()))
    }
}

/// What a matcher found: a rule may still not want it.
struct Match {
    span: Span,
    /// The first and the last segment it touches.
    segments: (usize, usize),
    evidence: String,
    /// Text that must stay for this to go: its doubles.
    doubles: Vec<Span>,
}

impl RuleSet {
    /// The order in which the rules come does not matter.
    pub fn new(mut rules: Vec<Arc<PackedRule>>) -> Self {
        rules.sort_by(|a, b| a.rule.info.id.cmp(&b.rule.info.id));
        let is_whole = |rule: &Rule| matches!(rule.matcher, Matcher::Repeat(_) | Matcher::Title { .. });
        let whole_document = (0..rules.len()).filter(|&index| is_whole(&rules[index].rule)).collect();
        let questions = Questions::new(rules.iter().flat_map(|packed| packed.rule.conditions()));
        let prefilter = Prefilter::new(rules.iter().map(|packed| &**packed), &questions);
        Self { rules, prefilter, questions, whole_document }
    }

    pub fn rules(&self) -> &[Arc<PackedRule>] {
        &self.rules
    }

    /// A look at `document` with all rules but those in `held`.
    pub fn look<'a>(&'a self, document: &'a Document<'a>, held: &'a Held) -> Look<'a> {
        Look {
            rules: self,
            document,
            held,
            segments: Segments::of(document.text()),
            bits: OnceCell::new(),
            survey: Survey::new(&self.questions),
            language: Language::default(),
        }
    }

    /// Says whether a segment has the shape and a literal that a pattern asks for.
    fn may_match(&self) -> impl Fn(Anchor, &str) -> bool {
        |anchor, text| {
            let shape = prefilter::shape_of_segment(&self.rules[anchor.rule].rule, anchor.pattern);
            if !shape.is_none_or(|shape| shape.fits(text)) {
                return false;
            }
            literal::may_match(&self.rules[anchor.rule].literals[anchor.pattern], text)
        }
    }
}

impl<'a> Look<'a> {
    fn scene(&self) -> Scene<'_> {
        Scene { document: self.document, segments: &self.segments, bits: &self.bits, survey: &self.survey }
    }

    fn fits(&self, rule: usize) -> bool {
        !self.held.contains(&rule)
            && conditions::document_fits(&self.rules.rules[rule].rule.when, self.document, &self.language)
    }

    /// What rules see that look at segments and what is near them. `open` is what looks at earlier states of the
    /// text told.
    pub fn at_segments(&self, depth: Depth, open: Open) -> Detection {
        let (scene, rules) = (self.scene(), self.rules);
        let mut detection = Detection::default();
        let bits = || scene.bits();
        let may_match = rules.may_match();
        let mut candidates = rules.prefilter.candidates(self.document, &self.segments, bits, open, may_match);
        self.survey.expect_in(candidates.iter().filter_map(|&(segment, wish)| match wish {
            Wish::Question(number) => Some((number, segment)),
            Wish::Pattern(_) => None,
        }));
        candidates.retain(|&(segment, wish)| {
            let Wish::Pattern(anchor) = wish else { return true };
            let rule = &rules.rules[anchor.rule].rule;
            let is_possible = self.fits(anchor.rule)
                && (!rule.matcher.is_within_segment()
                    || conditions::segments_fit(&rule.when, scene, segment, segment));
            if !is_possible {
                return true;
            }
            let found = matches(scene, rule, segment, anchor, &detection);
            let may_match_later = !found.is_empty() || !is_told_by_text(scene, rule, segment);
            for found in found {
                detection.judge(scene, rule, found);
            }
            may_match_later
        });
        detection.open = Open::new(&self.segments, candidates);
        if depth == Depth::NearMisses {
            self.unclosed_echoes(&mut detection);
        }
        detection
    }

    /// What rules see that look at the document as a whole: what it says again.
    pub fn at_document(&self) -> Detection {
        let scene = self.scene();
        let mut detection = Detection::default();
        let reading = LazyCell::new(|| Reading::of(scene.document.text(), scene.segments, scene.bits()));
        let echoes = LazyCell::new(|| Echoes::of(scene, &reading));
        // What rules that ask for the same take from; each wants some of it.
        let mut retellings: HashMap<(usize, usize), Vec<Retelling>> = HashMap::new();
        let mut quotations: HashMap<(usize, usize), Vec<Quotation<'_>>> = HashMap::new();
        for &index in self.rules.whole_document.iter().filter(|&&index| self.fits(index)) {
            let rule = &self.rules.rules[index].rule;
            let found = match &rule.matcher {
                Matcher::Repeat(_) if self.document.text().len() > repeat::MAX_ARTICLE => Vec::new(),
                Matcher::Repeat(repeat) => match repeat.of {
                    RepeatOf::Retold => {
                        let all = retellings
                            .entry((repeat.within, repeat.min_chars))
                            .or_insert_with(|| pull_quote::retellings(scene, &reading, repeat));
                        pull_quote::retold(scene, all, repeat)
                    }
                    RepeatOf::Quote => {
                        let all = quotations
                            .entry((repeat.within, repeat.min_chars))
                            .or_insert_with(|| pull_quote::quotations(scene, repeat));
                        pull_quote::quoted(scene, all, repeat)
                    }
                    RepeatOf::Part | RepeatOf::Whole | RepeatOf::Again => {
                        repeat::matches(scene, &reading, &echoes, repeat)
                    }
                },
                Matcher::Title { within } => repeat::title_matches(scene, *within),
                _ => Vec::new(),
            };
            for found in found {
                let goes =
                    |double: &Span| detection.findings.iter().any(|other| other.span.overlaps(*double));
                if !found.doubles.iter().any(goes) {
                    detection.judge(scene, rule, found);
                }
            }
        }
        detection
    }

    fn unclosed_echoes(&self, detection: &mut Detection) {
        for rule in self.rules.rules.iter().map(|packed| &packed.rule) {
            if let Matcher::Echo(echo) = &rule.matcher
                && conditions::document_fits(&rule.when, self.document, &self.language)
            {
                for found in echo::unclosed(self.scene()) {
                    if !detection.findings.iter().any(|finding| finding.span.overlaps(found.span)) {
                        let reason =
                            format!("no {} closes the run: its end is unknown", echo.until.join(" or "));
                        detection.near_misses.push(NearMiss { finding: finding(rule, found), reason });
                    }
                }
            }
        }
    }
}

impl Detection {
    /// Takes a match as a finding, as a near miss, or not at all.
    fn judge<'a>(&mut self, scene: Scene<'a>, rule: &'a Rule, found: Match) {
        if !conditions::match_fits(&rule.when, scene, &found) {
            return;
        }
        match conditions::allowed_by(&rule.allow, scene, &found) {
            Some(pattern) => {
                let reason = format!("protected by the allow pattern `{pattern}`");
                self.near_misses.push(NearMiss { finding: finding(rule, found), reason });
            }
            None => self.findings.push(finding(rule, found)),
        }
    }
}

/// True when nothing but the text of a segment decides whether a rule matches there.
fn is_told_by_text(scene: Scene<'_>, rule: &Rule, segment: usize) -> bool {
    match rule.matcher {
        Matcher::Span(_) => true,
        Matcher::Line(_) => !scene.segments.continues(segment),
        _ => false,
    }
}

fn matches<'a>(
    scene: Scene<'a>,
    rule: &'a Rule,
    segment: usize,
    anchor: Anchor,
    so_far: &Detection,
) -> Vec<Match> {
    match &rule.matcher {
        Matcher::Span(patterns) => span::matches(scene, segment, &patterns[anchor.pattern]),
        Matcher::Line(_) | Matcher::Label(_) | Matcher::Evidence(_) if scene.segments.continues(segment) => {
            Vec::new()
        }
        Matcher::Line(patterns) => Vec::from_iter(line::matches(scene, segment, &patterns[anchor.pattern])),
        Matcher::Sentence(patterns) => sentence::matches(scene, segment, &patterns[anchor.pattern]),
        Matcher::Label(label) => Vec::from_iter(label::matches(scene, segment, label, anchor.pattern)),
        Matcher::Echo(echo) => {
            let own = so_far.findings.iter().rev().filter(|finding| Arc::ptr_eq(&finding.rule, &rule.info));
            let floor = own.map(|finding| finding.span.end()).next().unwrap_or(0);
            echo::matches(scene, segment, &echo.until[anchor.pattern], echo.max_chars, floor)
        }
        Matcher::Evidence(evidence) => Vec::from_iter(evidence::matches(scene, segment, evidence)),
        // They look at the document as a whole.
        Matcher::Repeat(_) | Matcher::Title { .. } => Vec::new(),
        // Its elements are gone where there is text.
        Matcher::Css(_) => Vec::new(),
    }
}

fn finding(rule: &Rule, found: Match) -> Finding {
    Finding {
        rule: Arc::clone(&rule.info),
        span: found.span,
        evidence: found.evidence,
        replacement: rule.replace.clone(),
    }
}
