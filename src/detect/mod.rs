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
mod piece;
mod prefilter;
mod pull_quote;
mod reading;
mod repeat;
mod run;
mod sentence;
mod span;
mod windows;
mod words;

use std::cell::{Cell, LazyCell, OnceCell};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::document::{Document, Finding, NearMiss, Span};
use crate::dress::bare;
use crate::form::BoundForms;
use crate::literal;
use crate::pack::PackedRule;
use crate::rule::{Matcher, RepeatOf, Rule};
use crate::segment::Segments;
use crate::words::{Languages, Words};
use bits::Bits;
use conditions::{Questions, Survey};
use language::Language;
use line::Asked;
pub(crate) use open::Open;
use piece::Openers;
use prefilter::{Anchor, Prefilter, Wish};
use pull_quote::{Quotation, Retelling};
use reading::Reading;
use repeat::Echoes;

/// The language of a text that does not tell.
const DEFAULT_LANGUAGE: &str = "en";
/// The list of words with which sentences begin.
const OPENER: &str = "opener";
/// The list of small words that stand before names.
const BEFORE_NAMES: &str = "on";
/// Languages that write nouns with a capital, so that a capital tells nothing of where a sentence begins.
const NOUNS_HAVE_CAPITALS: [&str; 1] = ["de"];

/// Rules that are used together, with the prefilter over all their literals.
#[derive(Debug)]
pub(crate) struct RuleSet {
    rules: Vec<Arc<PackedRule>>,
    prefilter: Prefilter,
    questions: Questions,
    /// The rules that look at a document as a whole: no literal says where.
    whole_document: Vec<usize>,
    words: Arc<Words>,
    /// The forms of each rule that has some.
    forms: Vec<Option<BoundForms>>,
    /// What may stand in the runs of each rule besides.
    also: Vec<Option<BoundForms>>,
    /// The languages in which each rule looks for its forms.
    languages: Vec<Languages>,
    /// The words with which sentences begin in each language, by its number, and for languages without words at last.
    openers: Vec<OnceLock<Openers>>,
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

/// How often each rule was tried, by index.
#[derive(Debug, Default)]
pub(crate) struct Tried(Vec<Cell<u64>>);

impl Tried {
    /// Of so many rules, none of which was tried yet.
    pub fn none(rules: usize) -> Self {
        Self(vec![Cell::new(0); rules])
    }

    fn count(&self, rule: usize) {
        let count = &self.0[rule];
        count.set(count.get() + 1);
    }

    /// How often, in the order of the rules.
    pub fn counts(&self) -> impl Iterator<Item = u64> {
        self.0.iter().map(Cell::get)
    }
}

/// Rules and a document that they look at.
pub(crate) struct Look<'a> {
    rules: &'a RuleSet,
    document: &'a Document<'a>,
    held: &'a Held,
    /// Counts what is tried, for who asks.
    tried: Option<&'a Tried>,
    segments: Segments<'a>,
    bits: OnceCell<Bits>,
    survey: Survey<'a>,
    language: Language,
    /// Which parts of segments are quotations, where it was asked.
    quoted: Vec<OnceCell<Vec<Range<usize>>>>,
}

/// What a matcher sees.
#[derive(Clone, Copy)]
struct Scene<'a> {
    document: &'a Document<'a>,
    segments: &'a Segments<'a>,
    bits: &'a OnceCell<Bits>,
    survey: &'a Survey<'a>,
    look: &'a Look<'a>,
}

impl<'a> Scene<'a> {
    /// Words with which sentences begin in the language of the text.
    fn openers(&self) -> &'a Openers {
        self.look.rules.openers(self.look.language.of(self.document).unwrap_or(DEFAULT_LANGUAGE))
    }

    /// The word lists of all packs.
    fn words(&self) -> &'a Words {
        &self.look.rules.words
    }

    /// Where pieces of a segment start, behind its first, as offsets in it: not inside of quotations.
    fn starts(&self, segment: usize) -> Vec<usize> {
        let mut starts = piece::all_starts(self.segments.text(segment));
        starts.retain(|&at| !self.is_quoted(segment, at));
        starts
    }

    /// True for an offset of a segment that is inside of a quotation.
    fn is_quoted(&self, segment: usize, at: usize) -> bool {
        let quoted = self.look.quoted[segment].get_or_init(|| piece::quoted(self.segments.text(segment)));
        quoted.iter().any(|part| part.contains(&at))
    }

    /// The text before a match: what stands before it in its line when it is a piece of one, else the line before.
    fn before(&self, found: &Match) -> &'a str {
        let line = self.segments.span(found.segments.0);
        match found.is_piece && line.start() < found.span.start() {
            true => self.document.text()[line.start()..found.span.start()].trim_end(),
            false => self.segments.before(found.segments.0),
        }
    }

    /// The text behind a match.
    fn after(&self, found: &Match) -> &'a str {
        let line = self.segments.span(found.segments.1);
        match found.is_piece && found.span.end() < line.end() {
            true => self.document.text()[found.span.end()..line.end()].trim_start(),
            false => self.segments.after(found.segments.1),
        }
    }

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
    /// It is a piece of a line, and stands for a line of its own.
    is_piece: bool,
    /// The languages of its words, where they tell.
    languages: Option<Languages>,
}

impl RuleSet {
    /// The order in which the rules come does not matter.
    pub fn new(mut rules: Vec<Arc<PackedRule>>, words: Arc<Words>) -> Self {
        rules.sort_by(|a, b| a.rule.info.id.cmp(&b.rule.info.id));
        let is_whole = |rule: &Rule| matches!(rule.matcher, Matcher::Repeat(_) | Matcher::Title { .. });
        let whole_document = (0..rules.len()).filter(|&index| is_whole(&rules[index].rule)).collect();
        let questions = Questions::new(rules.iter().flat_map(|packed| packed.rule.conditions()));
        let forms = rules.iter().map(|packed| Some(packed.rule.forms()?.bound(&words))).collect();
        let also = rules.iter().map(|packed| match &packed.rule.matcher {
            Matcher::Run(run) => Some(run.also.bound(&words)),
            _ => None,
        });
        let also = also.collect();
        let prefilter = Prefilter::new(rules.iter().map(|packed| &**packed), &questions, &words);
        let languages = rules.iter().map(|packed| match &packed.rule.language {
            Some(tag) => words.language(tag),
            None => Languages::ALL,
        });
        let languages = languages.collect();
        let openers = (0..=words.languages()).map(|_| OnceLock::new()).collect();
        Self { rules, prefilter, questions, whole_document, words, forms, also, languages, openers }
    }

    /// What is known of sentences in a language.
    fn openers(&self, tag: &str) -> &Openers {
        let words = &self.words;
        let number = words.number(tag).unwrap_or(words.languages());
        self.openers[number].get_or_init(|| {
            let of = |name: &str| {
                let list = words.list(name).into_iter();
                list.flat_map(|list| words.texts(list, words.language(tag)))
            };
            let is_english = tag == DEFAULT_LANGUAGE;
            let nouns_have_capitals = NOUNS_HAVE_CAPITALS.contains(&tag);
            Openers::new(of(OPENER), of(BEFORE_NAMES), is_english, nouns_have_capitals)
        })
    }

    pub fn rules(&self) -> &[Arc<PackedRule>] {
        &self.rules
    }

    /// A look at `document` with all rules but those in `held`.
    pub fn look<'a>(
        &'a self,
        document: &'a Document<'a>,
        held: &'a Held,
        tried: Option<&'a Tried>,
    ) -> Look<'a> {
        let segments = Segments::of(document.text());
        Look {
            rules: self,
            document,
            held,
            tried,
            quoted: vec![OnceCell::new(); segments.len()],
            segments,
            bits: OnceCell::new(),
            survey: Survey::new(&self.questions),
            language: Language::default(),
        }
    }

    /// Says whether a segment has the shape and a literal that a pattern asks for.
    fn may_match(&self) -> impl Fn(Anchor, &str) -> bool {
        |anchor, text| {
            let rule = &self.rules[anchor.rule].rule;
            let shape = prefilter::shape_of_segment(rule, anchor.pattern);
            if !prefilter::has_pieces(rule)
                && !shape.is_none_or(|shape| shape.fits(text) || shape.fits(bare(text)))
            {
                return false;
            }
            literal::may_match(&self.rules[anchor.rule].literals[anchor.pattern], text)
        }
    }
}

impl<'a> Look<'a> {
    fn scene(&self) -> Scene<'_> {
        Scene {
            document: self.document,
            segments: &self.segments,
            bits: &self.bits,
            survey: &self.survey,
            look: self,
        }
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
        let mut candidates =
            rules.prefilter.candidates(self.document, &self.segments, bits, open, &rules.words, may_match);
        self.survey.expect_in(candidates.iter().filter_map(|&(segment, wish)| match wish {
            Wish::Question(number) => Some((number, segment)),
            Wish::Pattern(_) | Wish::At(..) => None,
        }));
        candidates.retain(|&(segment, wish)| {
            let (anchor, at) = match wish {
                Wish::Pattern(anchor) => (anchor, None),
                Wish::At(anchor, at) => (anchor, Some(at as usize)),
                Wish::Question(_) => return true,
            };
            let rule = &rules.rules[anchor.rule].rule;
            let is_possible = self.fits(anchor.rule)
                && (!rule.matcher.is_within_segment()
                    || conditions::segments_fit(&rule.when, scene, segment, segment));
            if !is_possible {
                return true;
            }
            self.tried.inspect(|tried| tried.count(anchor.rule));
            let found = matches(scene, anchor, segment, at, &detection);
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
            self.tried.inspect(|tried| tried.count(index));
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
        Matcher::Line(_) | Matcher::Form(_) => !scene.segments.continues(segment),
        _ => false,
    }
}

/// What a pattern or the forms of a rule find in a segment: all, or what starts at an offset of it.
fn matches<'a>(
    scene: Scene<'a>,
    anchor: Anchor,
    segment: usize,
    at: Option<usize>,
    so_far: &Detection,
) -> Vec<Match> {
    let rules = scene.look.rules;
    let rule: &'a Rule = &rules.rules[anchor.rule].rule;
    let forms = || rules.forms[anchor.rule].as_ref();
    let languages = rules.languages[anchor.rule];
    match &rule.matcher {
        Matcher::Span(patterns) => span::matches(scene, segment, &patterns[anchor.pattern]),
        Matcher::Label(_) | Matcher::Evidence(_) | Matcher::Run(_) if scene.segments.continues(segment) => {
            Vec::new()
        }
        Matcher::Line(patterns) => {
            let literals = &rules.rules[anchor.rule].literals[anchor.pattern];
            let takes_text = !rule.info.kind.is_core() || !rule.when.hosts.is_empty();
            let asked =
                Asked::Pattern { pattern: &patterns[anchor.pattern], literals, all: patterns, takes_text };
            line::matches(scene, segment, at, asked, !prefilter::has_pieces(rule))
        }
        Matcher::Form(_) => {
            let asked = forms().map(|forms| Asked::Forms { forms, words: scene.words(), languages });
            let matches =
                asked.map(|asked| line::matches(scene, segment, at, asked, !prefilter::has_pieces(rule)));
            matches.unwrap_or_default()
        }
        Matcher::Run(run) => {
            let both = forms().zip(rules.also[anchor.rule].as_ref());
            let found =
                both.and_then(|(certain, also)| run::matches(scene, segment, run, certain, also, languages));
            Vec::from_iter(found)
        }
        Matcher::Sentence(patterns) => sentence::matches(scene, segment, &patterns[anchor.pattern]),
        Matcher::Label(label) => {
            Vec::from_iter(label::matches(scene, segment, label, forms(), anchor.pattern, languages))
        }
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
