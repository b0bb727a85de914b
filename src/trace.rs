//! How a text was cleaned: what [`Cleaner::trace`] tells of one text, and a [`Watch`] of all of them.
//!
//! [`Cleaner::trace`]: crate::Cleaner::trace

use std::fmt;
use std::sync::Arc;

use crate::detect::Tried;
use crate::document::{Document, Edit, Finding};
use crate::rule::RuleInfo;

/// What the rules found in a text until nothing more was found, and how often each was tried.
#[derive(Debug)]
pub struct Trace {
    rules: Vec<Arc<RuleInfo>>,
    rounds: Vec<Round>,
    tried: Tried,
}

/// One look at a text and what came of it. All offsets are in the text as that look saw it.
#[derive(Clone, Debug, Default)]
pub struct Round {
    /// What the rules found; findings may overlap.
    pub findings: Vec<Finding>,
    /// What was removed of it: disjoint and sorted.
    pub edits: Vec<Edit>,
}

/// Is shown what a [`Cleaner`](crate::Cleaner) cleans, on the thread that cleans it and in no order.
pub trait Watch: fmt::Debug + Send + Sync {
    /// A text was cleaned.
    fn document(&self, document: &Document<'_>, trace: &Trace);

    /// Rules took elements with these texts from a page, at least one. Of the page nothing is told but its URL.
    fn elements(&self, page: &Document<'_>, taken: &[(&RuleInfo, &str)]);
}

impl Trace {
    /// Of a text that these rules have not looked at yet.
    pub(crate) fn new(rules: Vec<Arc<RuleInfo>>) -> Self {
        Self { tried: Tried::none(rules.len()), rules, rounds: Vec::new() }
    }

    /// The rounds in which something was removed, in their order. There is none when the text stayed as it is, and rules
    /// that went over a budget found nothing.
    pub fn rounds(&self) -> &[Round] {
        &self.rounds
    }

    /// How often each rule was asked whether it finds something, in all rounds: at how many lines or pieces of them, or for
    /// a rule on the document as a whole, how often at all.
    pub fn tried(&self) -> impl Iterator<Item = (&RuleInfo, u64)> {
        self.rules.iter().map(|rule| &**rule).zip(self.tried.counts())
    }

    pub(crate) fn counts(&self) -> &Tried {
        &self.tried
    }

    pub(crate) fn add(&mut self, round: Round) {
        self.rounds.push(round);
    }

    pub(crate) fn forget_rounds(&mut self) {
        self.rounds.clear();
    }
}

#[cfg(test)]
mod tests {
    use crate::{Cleaner, Document};

    #[test]
    fn a_trace_tells_of_each_round() {
        let cleaner = Cleaner::builtin();
        let text = "The vote is on Monday, and it may be close.\n\nADVERTISEMENT\n\nThe council meets again in May.\n";
        let (cleaned, trace) = cleaner.trace(&Document::new(text));
        let [round] = trace.rounds() else { panic!("{:?}", trace.rounds()) };
        assert_eq!(&text[round.findings[0].span.range()], "ADVERTISEMENT");
        assert_eq!(round.edits, cleaned.edits());
        assert!(trace.tried().any(|(rule, tried)| rule.id == "ad-label" && tried > 0));
    }

    #[test]
    fn a_trace_of_what_stays_has_no_rounds() {
        let cleaner = Cleaner::builtin();
        // All of it would go, which is over budget.
        let (cleaned, trace) = cleaner.trace(&Document::new("ADVERTISEMENT\n"));
        assert!(cleaned.is_unchanged());
        assert!(trace.rounds().is_empty());
    }
}
