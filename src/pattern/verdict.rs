//! Whether a pattern matches, yes or no: all that is asked of most patterns, most of the time.
//!
//! It is asked in the alphabet of [`plain`], in which a pattern compiles in microseconds and takes
//! little memory, and no word's edge beside a curly quote stops the automaton that reads it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use regex_automata::Input;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::backtrack::{self, BoundedBacktracker};
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};

use super::plain::{self, PlainText, Telling};
use super::{CompileError, LEARNED_BYTES, PATTERN_BYTES};

/// A pattern that was asked less often is read by backtracking: what an automaton learns pays when it is met again.
const SELDOM: u32 = 32;

/// An automaton that gave up so often, and as often as not, is not asked any more.
const HOPELESS: u32 = 4;

/// A pattern, and what reads texts for it: an automaton that learns its states from them, or backtracking.
#[derive(Debug)]
pub(super) struct Verdict {
    telling: Telling,
    dfa: DFA,
    /// What the automaton learned, for each thread that asked at the same time.
    learned: Mutex<Vec<Cache>>,
    backtracker: BoundedBacktracker,
    asked: AtomicU32,
    /// How often the automaton read a text.
    tried: AtomicU32,
    /// How often it had too much to learn.
    gave_up: AtomicU32,
}

/// What can be said without reading a text as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
    Unsure,
}

impl Verdict {
    /// Compiles a pattern.
    pub fn new(source: &str) -> Result<Self, CompileError> {
        let (pattern, telling) = plain::pattern(&regex_syntax::parse(source).map_err(CompileError::new)?);
        let config = thompson::Config::new()
            .utf8(false)
            .which_captures(WhichCaptures::None)
            .nfa_size_limit(Some(PATTERN_BYTES));
        let nfa = NFA::compiler().configure(config).build_from_hir(&pattern).map_err(CompileError::new)?;
        let config = DFA::config()
            .cache_capacity(LEARNED_BYTES)
            .skip_cache_capacity_check(true)
            .minimum_cache_clear_count(Some(3))
            .minimum_bytes_per_state(Some(10));
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa.clone()).map_err(CompileError::new)?;
        let backtracker = BoundedBacktracker::new_from_nfa(nfa).map_err(CompileError::new)?;
        let (learned, asked, tried, gave_up) = Default::default();
        Ok(Self { telling, dfa, learned, backtracker, asked, tried, gave_up })
    }

    /// Whether the pattern matches in a text.
    pub fn of(&self, text: &PlainText<'_>) -> Answer {
        if !self.telling.refuses(text) {
            return Answer::Unsure;
        }
        match self.is_match(&Input::new(&*text.bytes).earliest(true)) {
            Some(false) => Answer::No,
            Some(true) if self.telling.of(text) => Answer::Yes,
            Some(true) | None => Answer::Unsure,
        }
    }

    /// None for a text that is too long for the one and too varied for the other way to read it.
    fn is_match(&self, input: &Input<'_>) -> Option<bool> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        if asked < SELDOM || self.is_hopeless() {
            self.by_backtracking(input).or_else(|| self.by_automaton(input))
        } else {
            self.by_automaton(input).or_else(|| self.by_backtracking(input))
        }
    }

    /// True when the automaton mostly has too much to learn.
    fn is_hopeless(&self) -> bool {
        let gave_up = self.gave_up.load(Ordering::Relaxed);
        gave_up >= HOPELESS && gave_up >= self.tried.load(Ordering::Relaxed) / 2
    }

    fn by_automaton(&self, input: &Input<'_>) -> Option<bool> {
        let all = || self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        let learned = all().pop();
        let mut learned = learned.unwrap_or_else(|| self.dfa.create_cache());
        self.tried.fetch_add(1, Ordering::Relaxed);
        let found = self.dfa.try_search_fwd(&mut learned, input);
        if found.is_err() {
            self.gave_up.fetch_add(1, Ordering::Relaxed);
        }
        if self.is_hopeless() {
            all().clear();
        } else {
            all().push(learned);
        }
        found.ok().map(|found| found.is_some())
    }

    fn by_backtracking(&self, input: &Input<'_>) -> Option<bool> {
        let mut cache = backtrack::Cache::new(&self.backtracker);
        self.backtracker.try_is_match(&mut cache, input.clone()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Verdict};
    use crate::pattern::plain::PlainText;

    fn answer(verdict: &Verdict, text: &str) -> Answer {
        verdict.of(&PlainText::of(text).unwrap())
    }

    #[test]
    fn a_pattern_matches_anywhere_or_where_it_is_anchored() {
        let verdict = Verdict::new(r"(?i)share\b|^ad$").unwrap();
        for (text, wanted) in [
            ("Please share this", Answer::Yes),
            ("“Share”", Answer::Yes),
            ("AD", Answer::Yes),
            ("Please shares this", Answer::No),
            ("ads", Answer::No),
            ("", Answer::No),
            ("share 🎉", Answer::Unsure),
        ] {
            assert_eq!(answer(&verdict, text), wanted, "{text}");
        }
    }

    #[test]
    fn a_text_of_which_there_is_too_much_to_learn_is_read_all_the_same() {
        let verdict = Verdict::new("[ab]{0,300}a[ab]{12}c.{2,300}d").unwrap();
        let text: String = (0..900_u32).map(|i| if (i * i / 7) % 3 == 0 { 'a' } else { 'b' }).collect();
        assert_eq!(answer(&verdict, &text), Answer::No);
        assert_eq!(answer(&verdict, &format!("{text}a{}c--d", "b".repeat(12))), Answer::Yes);
    }
}
