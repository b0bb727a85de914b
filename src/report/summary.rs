//! What a run came to, in sum.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::DocumentEntry;
use crate::document::Cleaned;
use crate::rule::RuleInfo;

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Documents worked on.
    pub documents: u64,
    /// Those of them that changed.
    pub changed: u64,
    /// Documents or records passed on as they were because they could not be worked on.
    pub skipped: u64,
    /// Files that were found in a folder and are no text, so that nothing was written for them.
    #[serde(default)]
    pub left_out: u64,
    /// Records that cleaning left without a text, and that were left out for that.
    #[serde(default)]
    pub dropped: u64,
    /// Files that could not be read or written.
    #[serde(default)]
    pub failed: u64,
    /// Records without a text.
    pub without_text: u64,
    /// Records that are left out of an output of articles, since they hold no page and no text.
    #[serde(default)]
    pub other_records: u64,
    /// Pages in which no article was found.
    #[serde(default)]
    pub without_article: u64,
    /// Bytes of text taken in, in UTF-8.
    pub text_bytes: u64,
    /// Bytes of text removed, in UTF-8.
    pub removed_bytes: u64,
    /// Near misses.
    pub near_misses: u64,
    /// Those of the removals that are findings alone: their text stays as it is, and something else is written of it.
    #[serde(default, skip_serializing_if = "is_none")]
    pub findings: u64,
    /// Removals and their bytes by rule.
    pub rules: RuleCounts,
}

/// What each rule did, by its id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleCounts(BTreeMap<String, RuleCount>);

/// What one rule did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleCount {
    /// The rule's kind.
    pub kind: String,
    /// How often it removed something.
    pub removals: u64,
    /// How many bytes of text.
    pub bytes: u64,
}

impl RuleCount {
    /// That of a rule of this kind which did nothing yet.
    pub fn of_kind(kind: String) -> Self {
        Self { kind, removals: 0, bytes: 0 }
    }

    /// Counts a removal of so many bytes.
    pub fn count(&mut self, bytes: u64) {
        self.removals += 1;
        self.bytes += bytes;
    }
}

impl RuleCounts {
    /// Counts a removal of so many bytes by a rule of this kind.
    pub fn count(&mut self, rule: &str, kind: &str, bytes: u64) {
        if !self.0.contains_key(rule) {
            self.0.insert(rule.to_owned(), RuleCount::of_kind(kind.to_owned()));
        }
        if let Some(count) = self.0.get_mut(rule) {
            count.count(bytes);
        }
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: Self) {
        for (rule, RuleCount { kind, removals, bytes }) in other.0 {
            let count = self.0.entry(rule).or_insert_with(|| RuleCount::of_kind(kind));
            count.removals += removals;
            count.bytes += bytes;
        }
    }

    /// What a rule did, if anything.
    pub fn get(&self, rule: &str) -> Option<&RuleCount> {
        self.0.get(rule)
    }

    /// Each rule that did something, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RuleCount)> {
        self.0.iter().map(|(rule, count)| (rule.as_str(), count))
    }
}

impl Summary {
    /// Counts a document.
    pub fn count(&mut self, text: &str, cleaned: &Cleaned<'_>) {
        self.documents += 1;
        self.changed += u64::from(!cleaned.is_unchanged());
        self.text_bytes += text.len() as u64;
        self.near_misses += cleaned.near_misses().len() as u64;
        for edit in cleaned.edits() {
            self.count_removal(&edit.rule.id, edit.rule.kind.name(), edit.span.len() as u64);
        }
    }

    /// Counts a document whose text stays as it is.
    pub fn count_kept(&mut self, text: &str, cleaned: &Cleaned<'_>) {
        self.count(text, cleaned);
        self.findings += cleaned.edits().len() as u64;
    }

    /// Counts a block that a rule took from a page: the text would have it without the rule.
    pub fn count_block(&mut self, rule: &RuleInfo, text: &str) {
        self.text_bytes += text.len() as u64;
        self.count_removal(&rule.id, rule.kind.name(), text.len() as u64);
    }

    /// Counts a text by what a report says of it.
    pub fn count_entry(&mut self, entry: &DocumentEntry) {
        let blocks = entry.page.iter().flat_map(|page| &page.blocks);
        let mut taken =
            blocks.filter_map(|block| Some((block.rule.as_ref()?, block.kind.as_ref()?, block))).peekable();
        if entry.page.as_ref().is_some_and(|page| !page.article) {
            self.without_article += 1;
        } else {
            self.documents += 1;
            self.changed += u64::from(!entry.removals.is_empty() || taken.peek().is_some());
        }
        for (rule, kind, block) in taken {
            self.text_bytes += block.text.len() as u64;
            self.count_removal(rule, kind, block.text.len() as u64);
        }
        self.text_bytes += entry.text_bytes.unwrap_or_default() as u64;
        self.near_misses += entry.near_misses.len() as u64;
        self.findings += if entry.text_kept { entry.removals.len() as u64 } else { 0 };
        for removal in &entry.removals {
            let [start, end] = removal.place.bytes;
            self.count_removal(&removal.rule, &removal.kind, end.saturating_sub(start) as u64);
        }
    }

    fn count_removal(&mut self, rule: &str, kind: &str, bytes: u64) {
        self.removed_bytes += bytes;
        self.rules.count(rule, kind, bytes);
    }

    /// Adds what another part of the run came to.
    pub fn add(&mut self, other: Summary) {
        let Summary {
            documents,
            changed,
            skipped,
            left_out,
            dropped,
            failed,
            without_text,
            without_article,
            other_records,
            text_bytes,
            removed_bytes,
            near_misses,
            findings,
            rules,
        } = other;
        self.documents += documents;
        self.changed += changed;
        self.skipped += skipped;
        self.left_out += left_out;
        self.dropped += dropped;
        self.failed += failed;
        self.without_text += without_text;
        self.without_article += without_article;
        self.other_records += other_records;
        self.text_bytes += text_bytes;
        self.removed_bytes += removed_bytes;
        self.near_misses += near_misses;
        self.findings += findings;
        self.rules.add(rules);
    }

    /// All removals.
    pub fn removals(&self) -> u64 {
        self.rules.iter().map(|(_, count)| count.removals).sum()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_none(count: &u64) -> bool {
    *count == 0
}
