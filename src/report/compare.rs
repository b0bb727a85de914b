//! What two cleanings of the same documents differ in: for whoever changes rules.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::place::Cursor;
use super::{DocumentEntry, NearMissEntry, Place, Removal, SURROUNDINGS, first_chars, last_chars};

/// One of two cleanings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// That by the old rules.
    Old,
    /// That by the new ones.
    New,
}

/// A text that one cleaning takes and the other keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which of them takes it.
    pub only: Side,
    /// By which rule; none for a block of a page that no rule took, but that was judged to be no part of the article.
    pub rule: Option<String>,
    /// The rule's kind.
    pub kind: Option<String>,
    /// Where it is in the text; none in a page, of which each cleaning may have another article.
    #[serde(flatten)]
    pub place: Option<Place>,
    /// The text.
    pub text: String,
    /// What is put in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replacement: Option<String>,
    /// The text before it, up to 40 characters.
    pub before: String,
    /// The text after it, likewise.
    pub after: String,
    /// Why the other cleaning keeps it, where a rule of that would take it, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_because: Option<String>,
}

/// Sums up what cleanings differ in.
///
/// ```
/// use dechaff::report::compare::Comparison;
/// use dechaff::report::DocumentEntry;
///
/// let mut comparison = Comparison::default();
/// let differences = comparison.add(&DocumentEntry::default(), &DocumentEntry::default());
/// assert!(differences.is_empty());
/// assert_eq!((comparison.documents, comparison.differing), (1, 0));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// How many documents were compared.
    pub documents: u64,
    /// How many of them differ.
    pub differing: u64,
    rules: BTreeMap<String, RuleChange>,
}

/// What became of a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RuleChange {
    /// How many texts the rule took by the old rules.
    pub before: u64,
    /// How many by the new ones.
    pub now: u64,
    /// How many texts, or parts of them, it took by the old rules, which none of the new ones takes.
    pub only_before: u64,
    /// How many bytes those have.
    pub only_before_bytes: u64,
    /// How many it takes by the new rules, which none of the old ones took.
    pub only_now: u64,
    /// How many bytes those have.
    pub only_now_bytes: u64,
}

impl RuleChange {
    /// True when the rule takes what it took, as far as is counted.
    fn is_none(&self) -> bool {
        self.before == self.now && self.only_before == 0 && self.only_now == 0
    }
}

impl Comparison {
    /// Adds a document as both cleanings left it, and gives back what they differ in.
    pub fn add(&mut self, old: &DocumentEntry, new: &DocumentEntry) -> Vec<Difference> {
        self.documents += 1;
        for rule in rules(old) {
            self.rule(rule).before += 1;
        }
        for rule in rules(new) {
            self.rule(rule).now += 1;
        }
        let differences = differences(old, new);
        self.differing += u64::from(!differences.is_empty());
        for difference in &differences {
            let bytes = difference.text.len() as u64;
            let rule = self.rule(difference.rule.as_deref().unwrap_or_default());
            let (count, sum) = match difference.only {
                Side::Old => (&mut rule.only_before, &mut rule.only_before_bytes),
                Side::New => (&mut rule.only_now, &mut rule.only_now_bytes),
            };
            *count += 1;
            *sum += bytes;
        }
        differences
    }

    /// The rules that take other texts than before, or as many with other words, by id. That of no name stands for the
    /// judgement of blocks of pages.
    pub fn changed_rules(&self) -> impl Iterator<Item = (&str, RuleChange)> {
        let changed = self.rules.iter().filter(|(_, change)| !change.is_none());
        changed.map(|(rule, change)| (rule.as_str(), *change))
    }

    /// What became of all rules together.
    pub fn sum(&self) -> RuleChange {
        self.rules.values().fold(RuleChange::default(), |sum, rule| RuleChange {
            before: sum.before + rule.before,
            now: sum.now + rule.now,
            only_before: sum.only_before + rule.only_before,
            only_before_bytes: sum.only_before_bytes + rule.only_before_bytes,
            only_now: sum.only_now + rule.only_now,
            only_now_bytes: sum.only_now_bytes + rule.only_now_bytes,
        })
    }

    fn rule(&mut self, id: &str) -> &mut RuleChange {
        if !self.rules.contains_key(id) {
            self.rules.insert(id.to_owned(), RuleChange::default());
        }
        self.rules.entry(id.to_owned()).or_default()
    }
}

/// The rule of each text that was taken.
fn rules(entry: &DocumentEntry) -> impl Iterator<Item = &str> {
    let of_elements = entry.taken().filter_map(|block| block.rule.as_deref());
    of_elements.chain(entry.removals.iter().map(|removal| removal.rule.as_str()))
}

/// The texts that one of two cleanings of the same document takes, in their order: parts of removals, without what the other
/// takes of them by whatever rule. White space at the joins is told where nothing else differs.
pub fn differences(old: &DocumentEntry, new: &DocumentEntry) -> Vec<Difference> {
    let mut all = if old.page.is_some() || new.page.is_some() {
        let (old_texts, new_texts) = (of_page(Side::Old, old), of_page(Side::New, new));
        let mut all = without(old_texts.clone(), &new_texts);
        all.extend(without(new_texts, &old_texts));
        all
    } else {
        let mut all = of_text(Side::Old, &old.removals, new);
        all.extend(of_text(Side::New, &new.removals, old));
        all.sort_by_key(|difference| difference.place.as_ref().map(|place| place.bytes));
        all
    };
    let is_space = |difference: &Difference| difference.text.trim().is_empty();
    if !all.iter().all(is_space) {
        all.retain(|difference| !is_space(difference));
    }
    all
}

/// What is taken of a text and not by the other cleaning of it. The removals of both are disjoint and in order.
fn of_text(only: Side, own: &[Removal], other_entry: &DocumentEntry) -> Vec<Difference> {
    let others = &other_entry.removals;
    let mut all = Vec::new();
    for removal in own {
        let [start, end] = removal.place.bytes;
        let from = others.partition_point(|other| other.place.bytes[1] <= start);
        let near = others[from..].iter().take_while(|other| other.place.bytes[0] < end);
        let mut at = start;
        for other in near.filter(|other| does_the_same(removal, other)) {
            let [other_start, other_end] = other.place.bytes;
            if at < other_start {
                all.push(part(only, removal, at - start, other_start - start));
            }
            at = at.max(other_end);
        }
        if at < end {
            all.push(part(only, removal, at - start, end - start));
        }
    }
    for difference in &mut all {
        difference.kept_because = kept_because(difference, &other_entry.near_misses);
    }
    all
}

/// What keeps a text that a rule would take: the reason of the same rule, if it has one.
fn kept_because(difference: &Difference, near_misses: &[NearMissEntry]) -> Option<String> {
    let [start, end] = difference.place.as_ref()?.bytes;
    let mut there =
        near_misses.iter().filter(|near| near.place.bytes[0] < end && start < near.place.bytes[1]);
    let first = there.next()?;
    let mut own =
        [first].into_iter().chain(there).filter(|near| Some(&near.rule) == difference.rule.as_ref());
    Some(own.next().unwrap_or(first).reason.clone())
}

/// True when what both take leaves the same text.
fn does_the_same(removal: &Removal, other: &Removal) -> bool {
    match (&removal.replacement, &other.replacement) {
        (None, None) => true,
        (own, other_text) => own == other_text && removal.place.bytes == other.place.bytes,
    }
}

/// A part of a removal, from one byte of its text to another.
fn part(only: Side, removal: &Removal, from: usize, to: usize) -> Difference {
    // An entry that somebody else wrote may say anything; then all of its text is told.
    let is_part = |at: usize| removal.text.is_char_boundary(at);
    let (from, to) = if is_part(from) && is_part(to) { (from, to) } else { (0, removal.text.len()) };
    let inside = Cursor::new(&removal.text).place(from, to);
    let own = &removal.place;
    let place = Place {
        bytes: inside.bytes.map(|at| own.bytes[0] + at),
        chars: inside.chars.map(|at| own.chars[0] + at),
        line: own.line + inside.line - 1,
        column: if inside.line == 1 { own.column + inside.column - 1 } else { inside.column },
    };
    Difference {
        only,
        rule: Some(removal.rule.clone()),
        kind: Some(removal.kind.clone()),
        place: Some(place),
        text: removal.text[from..to].to_owned(),
        replacement: removal.replacement.clone(),
        before: last_chars(&format!("{}{}", removal.before, &removal.text[..from]), SURROUNDINGS).to_owned(),
        after: first_chars(&format!("{}{}", &removal.text[to..], removal.after), SURROUNDINGS).to_owned(),
        kept_because: None,
    }
}

/// What is taken of a page: blocks, and parts of its article.
fn of_page(only: Side, entry: &DocumentEntry) -> Vec<Difference> {
    let pages = entry.page.iter();
    let blocks = pages.flat_map(|page| page.blocks.iter().filter(|block| !block.kept || !page.article));
    let blocks = blocks.map(|block| Difference {
        only,
        rule: block.rule.clone(),
        kind: block.kind.clone(),
        place: None,
        text: block.text.clone(),
        replacement: None,
        before: String::new(),
        after: String::new(),
        kept_because: None,
    });
    let removals = entry.removals.iter().map(|removal| {
        let difference = part(only, removal, 0, removal.text.len());
        Difference { place: None, ..difference }
    });
    blocks.chain(removals).collect()
}

/// Without the texts that `others` have as well, each as often as it is there; white space aside.
fn without(mut own: Vec<Difference>, others: &[Difference]) -> Vec<Difference> {
    let key = |difference: &Difference| difference.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut left: HashMap<String, u64> = HashMap::new();
    for other in others {
        *left.entry(key(other)).or_default() += 1;
    }
    own.retain(|difference| match left.get_mut(&key(difference)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    own
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Budgets, Cleaner, Document, Pack};

    fn pack(pattern: &str) -> String {
        format!(
            "[pack]\nid = \"mine\"\ndescription = \"Words\"\n\n[[rule]]\nid = \"word\"\nkind = \"chrome\"\n\
             about = \"A word\"\nmatch.span = '{pattern}'\n\
             strip = [{{ from = \"A {pattern} B\", to = \"A B\" }}]\nkeep = [\"A B\"]\n"
        )
    }

    fn cleaned(text: &str, pattern: &str) -> DocumentEntry {
        let pack = Pack::parse("mine.toml", &pack(pattern)).unwrap();
        let cleaner = Cleaner::builder().packs([pack]).budgets(Budgets::UNLIMITED).build().unwrap();
        DocumentEntry::new(text, &cleaner.clean(&Document::new(text)), b"", b"")
    }

    fn told(text: &str, old: &str, new: &str) -> Vec<(Side, usize, usize, String)> {
        let differences = differences(&cleaned(text, old), &cleaned(text, new));
        let told = |difference: Difference| {
            let place = difference.place.unwrap();
            (difference.only, place.line, place.column, difference.text)
        };
        differences.into_iter().map(told).collect()
    }

    #[test]
    fn what_both_take_is_no_difference() {
        let text = "One two.\nThree SHARE PRINT four.\n";
        assert_eq!(told(text, "SHARE PRINT", "SHARE PRINT"), []);
        assert_eq!(told(text, "SHARE PRINT", "PRINT"), [(Side::Old, 2, 7, "SHARE ".to_owned())]);
        assert_eq!(
            told(text, "Three", "PRINT"),
            [(Side::Old, 2, 1, "Three ".to_owned()), (Side::New, 2, 13, "PRINT ".to_owned())]
        );
    }

    #[test]
    fn a_part_has_the_rest_of_its_removal_around_it() {
        let text = "Three SHARE PRINT four.\n";
        let differences = differences(&cleaned(text, "SHARE PRINT"), &cleaned(text, "PRINT"));
        assert_eq!(
            (differences[0].before.as_str(), differences[0].after.as_str()),
            ("Three ", "PRINT four.\n")
        );
    }

    #[test]
    fn what_a_rule_would_take_says_why_it_stays() {
        // With the budgets of cleaning, one word of two is too much.
        let text = "One SHARE\n";
        let pack = Pack::parse("mine.toml", &pack("SHARE")).unwrap();
        let cleaner = Cleaner::builder().packs([pack]).build().unwrap();
        let kept = DocumentEntry::new(text, &cleaner.explain(&Document::new(text)), b"", b"");
        let [difference] = differences(&cleaned(text, "SHARE"), &kept).try_into().unwrap();
        assert_eq!((difference.only, difference.text.as_str()), (Side::Old, " SHARE"));
        let reason = difference.kept_because.unwrap();
        assert!(reason.starts_with("held back"), "{reason}");
    }

    #[test]
    fn rules_are_summed_up() {
        let mut comparison = Comparison::default();
        let text = "Three SHARE PRINT four.\n";
        comparison.add(&cleaned(text, "SHARE PRINT"), &cleaned(text, "PRINT"));
        comparison.add(&cleaned("Five.\n", "SHARE PRINT"), &cleaned("Five.\n", "PRINT"));
        assert_eq!((comparison.documents, comparison.differing), (2, 1));
        let change =
            RuleChange { before: 1, now: 1, only_before: 1, only_before_bytes: 6, ..RuleChange::default() };
        assert_eq!(comparison.changed_rules().collect::<Vec<_>>(), [("word", change)]);
        assert_eq!(comparison.sum(), change);
    }
}
