//! Damage guards: how much of a text may go before something is wrong with the rules rather than the text.
//!
//! A rule, a pack and a document have budgets, each a share of the original text. Past its budget, nothing
//! of a scope is removed: a rule that takes half an article is not trusted with the other half.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::document::Edit;
use crate::pack::PackedRule;

/// How much of a text may be removed, as shares of its bytes from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budgets {
    /// By a rule that does not say its own budget.
    pub rule: f64,
    /// By a pack that does not say its own budget.
    pub pack: f64,
    /// By all rules together.
    pub document: f64,
}

impl Default for Budgets {
    /// The measured extremes of marked news articles are a third of the text for all noise, and a bit more
    /// than half in the articles that are full of link runs; these leave room above that.
    fn default() -> Self {
        Self { rule: 0.5, pack: 0.6, document: 0.8 }
    }
}

impl Budgets {
    /// Those of a document of which so much may go. Above the default, one rule or pack may take as much.
    pub fn of_document(document: f64) -> Self {
        let default = Self::default();
        let lifted = |scope: f64| if document > default.document { document } else { scope };
        Self { rule: lifted(default.rule), pack: lifted(default.pack), document }
    }

    /// No bounds: a document that is nothing but noise comes out empty.
    pub const UNLIMITED: Self = Self { rule: 1.0, pack: 1.0, document: 1.0 };

    /// The rules, by index into `rules`, that must be held back because they or their pack or all together
    /// are over budget with `edits` of a text of `len` bytes; each with the reason.
    pub(crate) fn broken(
        &self,
        rules: &[Arc<PackedRule>],
        edits: &[Edit],
        len: usize,
    ) -> BTreeMap<usize, String> {
        let mut by_rule: BTreeMap<usize, usize> = BTreeMap::new();
        let mut by_pack: BTreeMap<&str, usize> = BTreeMap::new();
        let mut all = 0;
        for edit in edits {
            if let Ok(rule) = rules.binary_search_by(|packed| packed.rule.info.id.cmp(&edit.rule.id)) {
                *by_rule.entry(rule).or_default() += edit.span.len();
            }
            *by_pack.entry(&edit.rule.pack).or_default() += edit.span.len();
            all += edit.span.len();
        }
        let over = |bytes: usize, budget: f64| bytes as f64 > budget * len as f64;
        let reason = |scope: &str, bytes: usize, budget: f64| {
            let share = 100.0 * bytes as f64 / len.max(1) as f64;
            format!(
                "{scope} would remove {share:.0} % of the text, and its budget is {:.0} %",
                budget * 100.0
            )
        };
        let mut broken = BTreeMap::new();
        for (&rule, &bytes) in &by_rule {
            let budget = rules[rule].rule.budget.unwrap_or(self.rule);
            if over(bytes, budget) {
                broken.insert(rule, reason(&format!("rule {}", rules[rule].rule.info.id), bytes, budget));
            }
        }
        if broken.is_empty() {
            for &rule in by_rule.keys() {
                let pack = rules[rule].rule.info.pack.as_str();
                let budget = rules[rule].rule.pack_budget.unwrap_or(self.pack);
                if over(by_pack[pack], budget) {
                    broken.insert(rule, reason(&format!("pack {pack}"), by_pack[pack], budget));
                }
            }
        }
        if broken.is_empty() && over(all, self.document) {
            broken.extend(by_rule.keys().map(|&rule| (rule, reason("cleaning", all, self.document))));
        }
        broken
    }
}

#[cfg(test)]
mod tests {
    use crate::{Cleaner, Document, Pack};

    /// A cleaner of one rule, which takes every line that starts with `AD`.
    fn cleaner(budget: &str) -> Cleaner {
        let source = format!(
            "[pack]\nid = \"test\"\ndescription = \"\"\n[[rule]]\nid = \"ads\"\nkind = \"ad\"\nabout = \"\"\n\
             {budget}\nmatch.line = 'AD .*'\nstrip = ['AD x']\nkeep = ['x']\n"
        );
        Cleaner::builder().packs([Pack::parse("test.toml", &source).unwrap()]).build().unwrap()
    }

    const TEXT: &str =
        "A sentence of the article.\nAD one, which is rather long.\nAD two, which is longer.\nThe end.\n";

    #[test]
    fn past_its_budget_a_rule_removes_nothing() {
        let cleaned = cleaner("").clean(&Document::new(TEXT));
        assert!(cleaned.is_unchanged());
        let near = cleaned.near_misses();
        assert_eq!(near.len(), 2);
        assert_eq!(
            near[0].reason,
            "held back: rule ads would remove 60 % of the text, and its budget is 50 %"
        );
    }

    #[test]
    fn a_budget_of_its_own_is_bounded_by_that_of_its_pack() {
        let cleaned = cleaner("budget = 0.7").clean(&Document::new(TEXT));
        assert!(cleaned.is_unchanged(), "the pack's budget is less");
        let long = format!("{TEXT}{}", "More of the article is here, and it goes on and on.\n".repeat(2));
        assert_eq!(cleaner("budget = 0.7").clean(&Document::new(&long)).edits().len(), 2);
    }

    #[test]
    fn a_text_of_nothing_but_noise_is_not_emptied() {
        let cleaned = Cleaner::builtin().clean(&Document::new("ADVERTISEMENT\n"));
        assert_eq!(cleaned.text(), "ADVERTISEMENT\n");
        assert!(cleaned.near_misses().iter().all(|near| near.reason.starts_with("held back")));
    }
}
