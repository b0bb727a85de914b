//! Patterns: regular expressions with what is known of the texts that they match.

mod places;
mod plain;
mod verdict;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use regex_automata::meta::Regex;
use regex_automata::nfa::thompson::WhichCaptures;
use serde::{Deserialize, Serialize};

use crate::byte_set::ByteSet;
use places::Places;
use plain::PlainText;
use verdict::{Answer, Verdict};

/// Size limit of one compiled pattern, in bytes, so that loading a stranger's pack is safe.
const PATTERN_BYTES: usize = 4 << 20;

/// How much a thread may keep of what it learned of a pattern by matching it, in bytes. Packs have many patterns, and
/// more than this makes none of them faster.
const LEARNED_BYTES: usize = 64 << 10;

const COMPILES: &str = "patterns from outside compile when their pack is loaded, our own in its tests";

/// The group of a pattern that is the noise in what it matches.
const NOISE: &str = "noise";

/// A regular expression, compiled when it is first needed: most patterns of most packs never are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Pattern {
    source: String,
    reach: Reach,
    /// What is known of the texts that match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shape: Option<Shape>,
    #[serde(skip)]
    engine: Arc<OnceLock<Engine>>,
}

/// What does the matching. What a pattern needs is compiled when it is first needed.
#[derive(Debug)]
pub(crate) struct Engine {
    /// Says yes or no of most texts.
    verdict: Verdict,
    /// Says of most texts whether something that they start with matches.
    start: OnceLock<Verdict>,
    /// Finds the places in those.
    places: OnceLock<Places>,
    /// Reads the other texts.
    regex: OnceLock<Regex>,
}

/// What can be told of a text faster than by matching, and mostly without compiling the pattern at all.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Shape {
    /// Length in bytes, at least.
    pub min: usize,
    /// Length in bytes, at most, when there is a bound.
    pub max: Option<usize>,
    /// It starts with one of these, ASCII case aside, when that is known: with what starts with a mark itself, and
    /// with what starts with a letter or a digit behind its own marks, if it has some.
    pub starts: Option<Vec<String>>,
    /// The bytes that it can start with.
    pub first: ByteSet,
    /// The bytes that it can end with.
    pub last: ByteSet,
    /// True when a part of it takes whatever words come, as many as a sentence has.
    #[serde(default)]
    pub open: bool,
}

impl Shape {
    /// True when a match may start where a text does.
    pub fn may_start(&self, text: &str) -> bool {
        text.as_bytes().first().is_some_and(|&byte| self.first.contains(byte)) && self.starts_as(text)
    }

    fn starts_as(&self, text: &str) -> bool {
        let bare = behind_marks(text);
        let starts_with = |literal: &String| {
            [text, bare].iter().any(|text| {
                text.as_bytes()
                    .get(..literal.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(literal.as_bytes()))
            })
        };
        self.starts.as_ref().is_none_or(|starts| starts.iter().any(starts_with))
    }

    /// True when a text may be one that matches.
    pub fn fits(&self, text: &str) -> bool {
        let (first, last) = (text.as_bytes().first(), text.as_bytes().last());
        first.is_some_and(|&byte| self.first.contains(byte))
            && last.is_some_and(|&byte| self.last.contains(byte))
            && text.len() >= self.min
            && self.max.is_none_or(|max| text.len() <= max)
            && self.starts_as(text)
    }
}

/// A text from its first letter or digit on.
pub(crate) fn behind_marks(text: &str) -> &str {
    match text.as_bytes().first() {
        Some(first) if first.is_ascii_alphanumeric() => text,
        _ => text.trim_start_matches(|c: char| !c.is_alphabetic() && !c.is_ascii_digit()),
    }
}

/// What a pattern has to match of the text it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Reach {
    /// Some of it.
    Part,
    /// Some of it, and it is asked where that is.
    Places,
    /// All of it.
    Whole,
}

impl Pattern {
    /// A pattern that was parsed before; see [`Pattern::compile`] for what can still go wrong.
    pub fn new(source: &str, reach: Reach, shape: Option<Shape>) -> Self {
        Self { source: source.to_owned(), reach, shape, engine: Arc::default() }
    }

    /// Makes the same pattern elsewhere be compiled once for both. `known` holds those that were met so far.
    pub fn share(&mut self, known: &mut HashMap<(String, Reach), Arc<OnceLock<Engine>>>) {
        let engine =
            known.entry((self.source.clone(), self.reach)).or_insert_with(|| Arc::clone(&self.engine));
        self.engine = Arc::clone(engine);
    }

    /// Compiles now, to learn of an error while the pack is being loaded.
    pub fn compile(&self) -> Result<(), CompileError> {
        let places = Places::new(&self.in_full())?.into();
        let (verdict, start) = (Verdict::new(&self.in_full())?, OnceLock::new());
        let engine = Engine { verdict, start, places, regex: self.regex()?.into() };
        self.engine.get_or_init(|| engine);
        Ok(())
    }

    /// The pattern with the edges that it has to reach.
    fn in_full(&self) -> Cow<'_, str> {
        match self.reach {
            Reach::Part | Reach::Places => Cow::Borrowed(&self.source),
            Reach::Whole => Cow::Owned(format!("^(?:{})$", self.source)),
        }
    }

    fn regex(&self) -> Result<Regex, CompileError> {
        // It is asked too seldom to be worth what automata that learn take in memory.
        let config =
            Regex::config().nfa_size_limit(Some(PATTERN_BYTES)).hybrid(false).onepass(false).which_captures(
                if self.reach == Reach::Places { WhichCaptures::All } else { WhichCaptures::None },
            );
        Regex::builder().configure(config).build(&self.in_full()).map_err(CompileError::new)
    }

    fn engine(&self) -> &Engine {
        self.engine.get_or_init(|| {
            let verdict = Verdict::new(&self.in_full()).expect(COMPILES);
            Engine { verdict, start: OnceLock::new(), places: OnceLock::new(), regex: OnceLock::new() }
        })
    }

    /// What reads texts as they are written.
    fn exact<'p>(&'p self, engine: &'p Engine) -> &'p Regex {
        engine.regex.get_or_init(|| self.regex().expect(COMPILES))
    }

    /// The places in `text` that match, in order: the group `noise` where the pattern has one, else all of the match.
    /// Only a pattern of [`Reach::Places`] has some.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        if self.reach != Reach::Places {
            return Vec::new();
        }
        let engine = self.engine();
        let plain = PlainText::of(text);
        match plain.as_ref().map(|plain| (engine.verdict.of(plain), plain)) {
            Some((Answer::No, _)) => Vec::new(),
            Some((Answer::Yes, plain)) => {
                let places = engine.places.get_or_init(|| Places::new(&self.in_full()).expect(COMPILES));
                places.of(text, &plain.bytes)
            }
            Some((Answer::Unsure, _)) | None => {
                let matches = self.exact(engine).captures_iter(text);
                let noise =
                    matches.filter_map(|found| found.get_group_by_name(NOISE).or_else(|| found.get_group(0)));
                noise.map(|place| place.range()).collect()
            }
        }
    }

    /// As its pack has it.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What is known of the texts that match; nothing of a condition's.
    pub fn shape(&self) -> Option<&Shape> {
        self.shape.as_ref()
    }

    /// False for a text of which no piece at its start matches.
    pub fn may_start(&self, text: &str) -> bool {
        if !self.shape.as_ref().is_none_or(|shape| shape.may_start(text)) {
            return false;
        }
        let start = || Verdict::new(&format!("^(?:{})", self.source)).expect(COMPILES);
        let verdict = self.engine().start.get_or_init(start);
        PlainText::of(text).is_none_or(|plain| verdict.of(&plain) != Answer::No)
    }

    pub fn is_match(&self, text: &str) -> bool {
        if !self.shape.as_ref().is_none_or(|shape| shape.fits(text)) {
            return false;
        }
        let engine = self.engine();
        match PlainText::of(text).map_or(Answer::Unsure, |plain| engine.verdict.of(&plain)) {
            Answer::Yes => true,
            Answer::No => false,
            Answer::Unsure => self.exact(engine).is_match(text),
        }
    }
}

/// Why a pattern does not compile, for a person.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct CompileError(pub String);

impl CompileError {
    fn new(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}
