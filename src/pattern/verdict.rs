//! Patterns of which only yes or no is asked, as of most.
//!
//! They need less than a [`regex::Regex`] has, which also goes backwards to find where a match starts and keeps
//! several engines at hand. With hundreds of patterns in use that is most of the memory and most of the time
//! until all are compiled.

use std::panic::{RefUnwindSafe, UnwindSafe};

use regex_automata::Input;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::backtrack::{self, BoundedBacktracker};
use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::pool::Pool;

use super::{CompileError, LEARNED_BYTES, PATTERN_BYTES};

/// An automaton that learns its states from the texts it reads, and what reads those that it cannot: a word's
/// edge beside a letter outside ASCII, or a text that has too many states.
#[derive(Debug)]
pub(crate) struct Verdict {
    dfa: DFA,
    backtracker: BoundedBacktracker,
    caches: Caches<Cache>,
    backtracker_caches: Caches<backtrack::Cache>,
}

/// One for each thread that matches at the same time.
type Caches<C> = Pool<C, Box<dyn Fn() -> C + Send + Sync + UnwindSafe + RefUnwindSafe>>;

impl Verdict {
    /// Compiles a pattern.
    pub fn new(source: &str) -> Result<Self, CompileError> {
        let nfa = NFA::compiler()
            .configure(
                thompson::Config::new()
                    .which_captures(WhichCaptures::None)
                    .nfa_size_limit(Some(PATTERN_BYTES)),
            )
            .build(source)
            .map_err(|error| CompileError(error.to_string()))?;
        let config = DFA::config()
            .unicode_word_boundary(true)
            .cache_capacity(LEARNED_BYTES)
            .skip_cache_capacity_check(true)
            .minimum_cache_clear_count(Some(3))
            .minimum_bytes_per_state(Some(10));
        let dfa = DFA::builder()
            .configure(config)
            .build_from_nfa(nfa.clone())
            .map_err(|error| CompileError(error.to_string()))?;
        let backtracker =
            BoundedBacktracker::new_from_nfa(nfa).map_err(|error| CompileError(error.to_string()))?;
        let (own, other) = (dfa.clone(), backtracker.clone());
        Ok(Self {
            dfa,
            backtracker,
            caches: Pool::new(Box::new(move || own.create_cache())),
            backtracker_caches: Pool::new(Box::new(move || other.create_cache())),
        })
    }

    /// True when the pattern matches in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        let input = Input::new(text).earliest(true);
        let found = self.dfa.try_search_fwd(&mut self.caches.get(), &input).map(|found| found.is_some());
        found.unwrap_or_else(|_| self.by_backtracking(input))
    }

    fn by_backtracking(&self, input: Input<'_>) -> bool {
        let found = self.backtracker.try_is_match(&mut self.backtracker_caches.get(), input.clone());
        // Only a text of many kilobytes is too long for it.
        found.unwrap_or_else(|_| {
            PikeVM::builder()
                .build_from_nfa(self.backtracker.get_nfa().clone())
                .is_ok_and(|vm: PikeVM| vm.is_match(&mut pikevm::Cache::new(&vm), input))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict;

    #[test]
    fn a_pattern_matches_anywhere_or_where_it_is_anchored() {
        let verdict = Verdict::new(r"(?i)share\b|^ad$").unwrap();
        assert!(verdict.is_match("Please share this") && verdict.is_match("AD"));
        assert!(!verdict.is_match("Please shares this") && !verdict.is_match("ads") && !verdict.is_match(""));
    }

    #[test]
    fn texts_that_the_automaton_cannot_read_are_read_otherwise() {
        let verdict = Verdict::new(r".*\bé\b.*x").unwrap();
        assert!(verdict.is_match("aé é bx"));
        assert!(!verdict.is_match("aé éb bx"));
        let long = format!("{} é x", "aé ".repeat(200_000));
        assert!(verdict.is_match(&long));
    }
}
