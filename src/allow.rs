//! Text that stays whatever rules find in it.

use crate::document::{Finding, NearMiss, Span};
use crate::pattern::{CompileError, Pattern, Reach};

/// Text that stays: what a rule finds is kept as soon as it overlaps such text.
#[derive(Clone, Debug)]
pub struct Allowed {
    pattern: Pattern,
    /// What a person is told that it is.
    name: String,
}

/// A regular expression that text cannot be allowed by.
#[derive(Debug, thiserror::Error)]
#[error("`{pattern}` is no regular expression for text that stays: {error}")]
pub struct AllowError {
    pattern: String,
    error: CompileError,
}

impl Allowed {
    /// What matches a regular expression. `origin` says where it is written, such as `dechaff.toml:3`.
    ///
    /// # Errors
    /// When it is none, or is too large.
    pub fn pattern(pattern: &str, origin: &str) -> Result<Self, AllowError> {
        Self::new(pattern, pattern, origin)
    }

    /// This very text.
    ///
    /// # Errors
    /// When it is too large.
    pub fn text(text: &str, origin: &str) -> Result<Self, AllowError> {
        Self::new(&regex::escape(text), text, origin)
    }

    fn new(pattern: &str, shown: &str, origin: &str) -> Result<Self, AllowError> {
        let name = format!("`{shown}` of {origin}");
        let pattern = Pattern::new(pattern, Reach::Places, None);
        match pattern.compile() {
            Ok(()) => Ok(Self { pattern, name }),
            Err(error) => Err(AllowError { pattern: shown.to_owned(), error }),
        }
    }
}

/// True when there is allowed text in `text`.
pub(crate) fn is_allowed(allowed: &[Allowed], text: &str) -> bool {
    allowed.iter().any(|allowed| allowed.pattern.places(text).iter().any(|place| !place.is_empty()))
}

/// Takes out of `findings` in `text` those that overlap allowed text.
pub(crate) fn protected(allowed: &[Allowed], text: &str, findings: &mut Vec<Finding>) -> Vec<NearMiss> {
    let mut kept = Vec::new();
    for allowed in allowed {
        if findings.is_empty() {
            break;
        }
        let places = allowed.pattern.places(text).into_iter().map(Span::from);
        let places: Vec<Span> = places.filter(|place| !place.is_empty()).collect();
        // They are in order, and none overlaps another.
        let overlaps = |finding: &mut Finding| {
            let next = places.partition_point(|place| place.end() <= finding.span.start());
            places.get(next).is_some_and(|place| place.overlaps(finding.span))
        };
        let reason = format!("protected by {}", allowed.name);
        let near_miss = |finding| NearMiss { finding, reason: reason.clone() };
        kept.extend(findings.extract_if(.., overlaps).map(near_miss));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cleaner, Document, Pack};

    fn cleaner(allowed: Allowed) -> Cleaner {
        Cleaner::builder().packs(Pack::builtin()).allow([allowed]).build().unwrap()
    }

    const TEXT: &str = "The council met on Monday to talk about the bridge.\n\nADVERTISEMENT\n\n\
        READ MORE: Five bridges (and a ferry)\n\nThe vote is expected in May.\n";
    const WITHOUT_AD: &str = "The council met on Monday to talk about the bridge.\n\n\
        READ MORE: Five bridges (and a ferry)\n\nThe vote is expected in May.\n";

    #[test]
    fn what_overlaps_allowed_text_stays_and_says_why() {
        for allowed in [
            Allowed::pattern("bridges .and", "dechaff.toml:3").unwrap(),
            Allowed::text("bridges (and", "dechaff.toml:3").unwrap(),
        ] {
            let cleaner = cleaner(allowed);
            let cleaned = cleaner.clean(&Document::new(TEXT));
            assert_eq!(cleaned.text(), WITHOUT_AD);
            let near = cleaned.near_misses().first().unwrap();
            assert!(near.reason.starts_with("protected by `bridges "), "{}", near.reason);
            assert!(near.reason.ends_with("and` of dechaff.toml:3"), "{}", near.reason);
            assert_eq!(&TEXT[near.finding.span.range()], "READ MORE: Five bridges (and a ferry)");
            assert!(cleaner.clean(&Document::new(WITHOUT_AD)).is_unchanged());
        }
    }

    #[test]
    fn what_only_stands_beside_goes() {
        let cleaner = cleaner(Allowed::pattern("The vote.*|x*", "dechaff.toml:3").unwrap());
        let cleaned = cleaner.clean(&Document::new(TEXT));
        assert_eq!(cleaned.edits().len(), 2);
        assert!(cleaned.near_misses().is_empty());
    }

    #[test]
    fn a_broken_pattern_is_an_error() {
        let error = Allowed::pattern("(", "dechaff.toml:3").unwrap_err();
        assert!(error.to_string().starts_with("`(` is no regular expression"), "{error}");
    }
}
