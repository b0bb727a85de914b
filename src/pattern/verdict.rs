//! Whether a pattern matches, yes or no: all that is asked of most patterns, most of the time.
//!
//! It is asked in the alphabet of [`plain`], in which a pattern compiles in microseconds and takes
//! little memory, and no word's edge beside a curly quote stops the automaton that reads it.

use std::panic::{RefUnwindSafe, UnwindSafe};

use regex_automata::Input;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::backtrack::{self, BoundedBacktracker};
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::pool::Pool;

use super::plain::{self, PlainText, Telling};
use super::{CompileError, LEARNED_BYTES, PATTERN_BYTES};

/// An automaton that learns its states from the texts it reads.
#[derive(Debug)]
pub(super) struct Verdict {
    telling: Telling,
    dfa: DFA,
    caches: Caches,
    /// Reads texts of which the automaton would have too much to learn.
    backtracker: BoundedBacktracker,
}

/// One for each thread that matches at the same time.
type Caches = Pool<Cache, Box<dyn Fn() -> Cache + Send + Sync + UnwindSafe + RefUnwindSafe>>;

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
        let own = dfa.clone();
        Ok(Self { telling, dfa, caches: Pool::new(Box::new(move || own.create_cache())), backtracker })
    }

    /// Whether the pattern matches in a text.
    pub fn of(&self, text: &PlainText<'_>) -> Answer {
        if !self.telling.refuses(text) {
            return Answer::Unsure;
        }
        let input = Input::new(&*text.bytes).earliest(true);
        let found = self.dfa.try_search_fwd(&mut self.caches.get(), &input).map(|found| found.is_some());
        let found = found.or_else(|_| {
            let mut cache = backtrack::Cache::new(&self.backtracker);
            self.backtracker.try_is_match(&mut cache, input)
        });
        match found {
            Ok(false) => Answer::No,
            Ok(true) if self.telling.of(text) => Answer::Yes,
            // Only a text of many kilobytes is too long for the backtracker.
            Ok(true) | Err(_) => Answer::Unsure,
        }
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
