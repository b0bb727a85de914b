//! Where a pattern matches in texts that the alphabet of [`plain`] tells apart, as it does most.

use std::ops::Range;

use regex_automata::meta::Regex;
use regex_automata::util::primitives::PatternID;

use super::{CompileError, LEARNED_BYTES, NOISE, PATTERN_BYTES, plain};

/// A pattern in this alphabet. Compiled, it is a fraction of what the pattern is as it is written.
#[derive(Debug)]
pub(super) struct Places {
    regex: Regex,
    /// The number of the group that is the noise.
    noise: Option<usize>,
}

impl Places {
    /// Compiles a pattern.
    pub fn new(source: &str) -> Result<Self, CompileError> {
        let hir = regex_syntax::parse(source).map_err(CompileError::new)?;
        let config = Regex::config()
            .utf8_empty(false)
            .nfa_size_limit(Some(PATTERN_BYTES))
            .hybrid_cache_capacity(LEARNED_BYTES);
        let builder = Regex::builder().configure(config).build_from_hir(&plain::pattern(&hir).0);
        let regex = builder.map_err(CompileError::new)?;
        let noise = regex.group_info().to_index(PatternID::ZERO, NOISE);
        Ok(Self { regex, noise })
    }

    /// The noise in each match, or all of the match, as places in `text`, which is `plain` in this alphabet.
    pub fn of(&self, text: &str, plain: &[u8]) -> Vec<Range<usize>> {
        let matches: Vec<Range<usize>> = match self.noise {
            Some(noise) => {
                let all = self.regex.captures_iter(plain);
                all.filter_map(|found| found.get_group(noise).or_else(|| found.get_group(0)))
                    .map(|place| place.range())
                    .collect()
            }
            None => self.regex.find_iter(plain).map(|place| place.range()).collect(),
        };
        if plain.len() == text.len() {
            return matches;
        }
        // A byte there is a character here.
        let mut starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        let (mut count, mut last) = (0, 0);
        let mut at = |place: usize| {
            if place >= count {
                last = starts.nth(place - count).unwrap_or(text.len());
                count = place + 1;
            }
            last
        };
        matches.into_iter().map(|place| at(place.start)..at(place.end)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Places;
    use crate::pattern::plain::PlainText;

    fn found<'t>(pattern: &str, text: &'t str) -> Vec<&'t str> {
        let plain = PlainText::of(text).unwrap();
        Places::new(pattern).unwrap().of(text, &plain.bytes).into_iter().map(|place| &text[place]).collect()
    }

    #[test]
    fn places_are_those_of_the_text_as_it_is_written() {
        let text = "“Ad” — “Ad”, “add” é “Ad”";
        assert_eq!(found("“Ad”", text), ["“Ad”", "“Ad”", "“Ad”"]);
        assert_eq!(found("[—é] (?P<noise>“)A", text), ["“", "“"]);
        assert_eq!(found("x*", "é"), ["", ""]);
    }

    #[test]
    fn the_group_called_noise_is_what_counts() {
        assert_eq!(
            found(r"said(?P<noise> MORE)?\b", "She said MORE. He said so — said MORE"),
            [" MORE", "said", " MORE"]
        );
    }
}
