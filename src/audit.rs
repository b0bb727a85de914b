//! What rules do in a corpus, counted: for whoever keeps the rules.
//!
//! An [`Audit`] is told how each text was cleaned, and keeps counters alone, so that it does not grow with the texts.
//! [`SharedAudit`] is one that watches a [`Cleaner`](crate::Cleaner) on many threads.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::document::{Document, Span};
use crate::rule::RuleInfo;
use crate::trace::{Round, Trace, Watch};

/// Counts what rules do.
///
/// ```
/// use dechaff::audit::Audit;
/// use dechaff::{Cleaner, Document};
///
/// let cleaner = Cleaner::builtin();
/// let mut audit = Audit::new(cleaner.rules());
/// let text = "The vote is on Monday.\n\nADVERTISEMENT\n\nIt may be close.\n";
/// let document = Document::new(text).with_url("https://www.example.com/vote");
/// audit.add(&document, &cleaner.trace(&document).1);
/// let rules = audit.rules();
/// let label = rules.iter().find(|rule| rule.rule == "ad-label").unwrap();
/// assert_eq!((label.findings, label.documents, label.sites), (1, 1, 1));
/// ```
#[derive(Debug, Default)]
pub struct Audit {
    /// The place of each rule among the counts.
    places: HashMap<String, usize>,
    counts: Vec<Counts>,
    /// The number of each site; the empty name is that of texts without an URL.
    sites: HashMap<String, usize>,
    /// The bytes of edits by the rule of the edit and all rules that found them, which are sorted.
    found_by: HashMap<(usize, Vec<usize>), u64>,
    documents: u64,
    changed: u64,
    without_site: u64,
    text_bytes: u64,
}

/// What a rule did in a corpus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleAudit {
    /// The rule's id.
    pub rule: String,
    /// Its kind.
    pub kind: String,
    /// Its pack's id.
    pub pack: String,
    /// How often it found something, counted before it is decided which of several findings takes the bytes.
    pub findings: u64,
    /// In how many documents.
    pub documents: u64,
    /// On how many sites; all texts without an URL are one.
    pub sites: u64,
    /// How many bytes it took.
    pub bytes: u64,
    /// How many of its findings overlap no finding of another rule.
    pub alone: u64,
    /// How many of the bytes it took no other rule found.
    pub alone_bytes: u64,
    /// The rule whose findings overlap most of its own; the first by id, where several do.
    pub most_with: Option<Shared>,
    /// How often it was tried: see [`Trace::tried`].
    pub tried: u64,
    /// How many of the bytes it took are found by a rule, itself or another, that found something on another site, too.
    pub left_bytes: u64,
}

/// A rule that finds what another does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shared {
    /// Its id.
    pub rule: String,
    /// How many findings of the other its own overlap.
    pub findings: u64,
}

/// What all rules did in a corpus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CorpusAudit {
    /// How many texts were cleaned.
    pub documents: u64,
    /// How many of them changed.
    pub changed: u64,
    /// How many sites they are from, by the hosts of their URLs without `www.`.
    pub sites: u64,
    /// How many of them have no URL.
    pub without_site: u64,
    /// How many bytes they have.
    pub text_bytes: u64,
    /// How many bytes were taken.
    pub bytes: u64,
    /// How many of those are found by a rule that found something on another site, too.
    pub left_bytes: u64,
    /// How many rules there are.
    pub rules: u64,
    /// How many of them found nothing.
    pub rules_without_finding: u64,
}

/// What is counted of a rule.
#[derive(Debug)]
struct Counts {
    kind: &'static str,
    pack: String,
    findings: u64,
    documents: u64,
    sites: BTreeSet<usize>,
    bytes: u64,
    alone: u64,
    /// How many of its findings those of another rule overlap, by its place.
    with: BTreeMap<usize, u64>,
    tried: u64,
}

impl Audit {
    /// An audit that tells of these rules, also where they find nothing.
    pub fn new<'r>(rules: impl IntoIterator<Item = &'r RuleInfo>) -> Self {
        let mut audit = Self::default();
        for rule in rules {
            audit.place(rule);
        }
        audit
    }

    /// Counts how a text was cleaned.
    pub fn add(&mut self, document: &Document<'_>, trace: &Trace) {
        let site = self.site(document);
        self.documents += 1;
        self.changed += u64::from(!trace.rounds().is_empty());
        self.without_site += u64::from(document.host().is_none());
        self.text_bytes += document.text().len() as u64;
        for (rule, tried) in trace.tried().filter(|(_, tried)| *tried > 0) {
            let place = self.place(rule);
            self.counts[place].tried += tried;
        }
        let mut met = BTreeSet::new();
        for round in trace.rounds() {
            self.round(round, &mut met);
        }
        self.meet(site, met);
    }

    /// Counts elements that rules took from a page. The text of the page is counted apart from that.
    pub fn add_elements(&mut self, page: &Document<'_>, taken: &[(&RuleInfo, &str)]) {
        let site = self.site(page);
        let mut met = BTreeSet::new();
        for (rule, text) in taken {
            let (place, bytes) = (self.place(rule), text.len() as u64);
            let counts = &mut self.counts[place];
            counts.findings += 1;
            counts.alone += 1;
            counts.bytes += bytes;
            *self.found_by.entry((place, vec![place])).or_default() += bytes;
            self.text_bytes += bytes;
            met.insert(place);
        }
        self.meet(site, met);
    }

    /// What each rule did, by id.
    pub fn rules(&self) -> Vec<RuleAudit> {
        let mut names: Vec<&str> = vec![""; self.counts.len()];
        for (name, &place) in &self.places {
            names[place] = name;
        }
        let mut sums = vec![(0, 0); self.counts.len()];
        for ((rule, all), bytes) in &self.found_by {
            let (alone, left) = &mut sums[*rule];
            *alone += if all.len() == 1 { *bytes } else { 0 };
            *left += if self.is_known_elsewhere(all) { *bytes } else { 0 };
        }
        let rule = |(place, counts): (usize, &Counts)| RuleAudit {
            rule: names[place].to_owned(),
            kind: counts.kind.to_owned(),
            pack: counts.pack.clone(),
            findings: counts.findings,
            documents: counts.documents,
            sites: counts.sites.len() as u64,
            bytes: counts.bytes,
            alone: counts.alone,
            alone_bytes: sums[place].0,
            most_with: (counts.with.iter())
                .min_by_key(|&(&other, &findings)| (Reverse(findings), names[other]))
                .map(|(&other, &findings)| Shared { rule: names[other].to_owned(), findings }),
            tried: counts.tried,
            left_bytes: sums[place].1,
        };
        let mut rules: Vec<RuleAudit> = self.counts.iter().enumerate().map(rule).collect();
        rules.sort_by(|a, b| a.rule.cmp(&b.rule));
        rules
    }

    /// What all of them did.
    pub fn corpus(&self) -> CorpusAudit {
        let left = self.found_by.iter().filter(|((_, all), _)| self.is_known_elsewhere(all));
        CorpusAudit {
            documents: self.documents,
            changed: self.changed,
            sites: self.sites.keys().filter(|site| !site.is_empty()).count() as u64,
            without_site: self.without_site,
            text_bytes: self.text_bytes,
            bytes: self.counts.iter().map(|counts| counts.bytes).sum(),
            left_bytes: left.map(|(_, bytes)| bytes).sum(),
            rules: self.counts.len() as u64,
            rules_without_finding: self.counts.iter().filter(|counts| counts.findings == 0).count() as u64,
        }
    }

    /// True when one of the rules that found bytes has found something on another site as well. It did on the site of the
    /// bytes, so it is enough that it did on two.
    fn is_known_elsewhere(&self, rules: &[usize]) -> bool {
        rules.iter().any(|&rule| self.counts[rule].sites.len() > 1)
    }

    fn place(&mut self, rule: &RuleInfo) -> usize {
        if let Some(&place) = self.places.get(&rule.id) {
            return place;
        }
        let place = self.counts.len();
        self.places.insert(rule.id.clone(), place);
        self.counts.push(Counts {
            kind: rule.kind.name(),
            pack: rule.pack.clone(),
            findings: 0,
            documents: 0,
            sites: BTreeSet::new(),
            bytes: 0,
            alone: 0,
            with: BTreeMap::new(),
            tried: 0,
        });
        place
    }

    fn site(&mut self, document: &Document<'_>) -> usize {
        let host = document.host().unwrap_or_default();
        if let Some(&number) = self.sites.get(host) {
            return number;
        }
        let number = self.sites.len();
        self.sites.insert(host.to_owned(), number);
        number
    }

    /// Counts a document for rules that found something there.
    fn meet(&mut self, site: usize, rules: BTreeSet<usize>) {
        for rule in rules {
            self.counts[rule].documents += 1;
            self.counts[rule].sites.insert(site);
        }
    }

    fn round(&mut self, round: &Round, met: &mut BTreeSet<usize>) {
        let mut findings: Vec<(Span, usize)> =
            round.findings.iter().map(|finding| (finding.span, self.place(&finding.rule))).collect();
        findings.sort_unstable();
        let longest = findings.iter().map(|(span, _)| span.len()).max().unwrap_or(0);
        // Those that may overlap a span start behind its start, or before that by no more than the longest is long.
        let near = |span: Span| {
            let from =
                findings.partition_point(|(other, _)| other.start() < span.start().saturating_sub(longest));
            findings[from..]
                .iter()
                .take_while(move |(other, _)| other.start() < span.end())
                .filter(move |(other, _)| other.overlaps(span))
        };
        for &(span, rule) in &findings {
            let others: BTreeSet<usize> =
                near(span).map(|&(_, other)| other).filter(|other| *other != rule).collect();
            let counts = &mut self.counts[rule];
            counts.findings += 1;
            counts.alone += u64::from(others.is_empty());
            for other in others {
                *counts.with.entry(other).or_default() += 1;
            }
            met.insert(rule);
        }
        for edit in &round.edits {
            let rule = self.place(&edit.rule);
            self.counts[rule].bytes += edit.span.len() as u64;
            let near: Vec<(Span, usize)> = near(edit.span).copied().collect();
            let ends = near.iter().flat_map(|(span, _)| [span.start(), span.end()]);
            let inside = |at: &usize| edit.span.start() < *at && *at < edit.span.end();
            let mut cuts: BTreeSet<usize> = ends.filter(inside).collect();
            cuts.insert(edit.span.end());
            let mut start = edit.span.start();
            for end in cuts {
                let part = Span::new(start, end);
                let own = near.iter().filter(|(span, _)| span.overlaps(part)).map(|&(_, other)| other);
                // White space at the join goes with the edit.
                let all: BTreeSet<usize> = own.chain([rule]).collect();
                let all: Vec<usize> = all.into_iter().collect();
                *self.found_by.entry((rule, all)).or_default() += part.len() as u64;
                start = end;
            }
        }
    }
}

/// An audit of all that watched cleaners clean.
#[derive(Debug)]
pub struct SharedAudit(Mutex<Audit>);

impl SharedAudit {
    /// Goes on with an audit.
    pub fn new(audit: Audit) -> Self {
        Self(Mutex::new(audit))
    }

    /// Reads what has been counted so far.
    pub fn read<T>(&self, read: impl FnOnce(&Audit) -> T) -> T {
        read(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Watch for SharedAudit {
    fn document(&self, document: &Document<'_>, trace: &Trace) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).add(document, trace);
    }

    fn elements(&self, page: &Document<'_>, taken: &[(&RuleInfo, &str)]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).add_elements(page, taken);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Budgets, Cleaner, Pack};

    const RULES: &str = "
        [pack]
        id = \"mine\"
        description = \"Buttons\"

        [[rule]]
        id = \"both\"
        kind = \"chrome\"
        about = \"Two buttons\"
        match.span = 'SHARE PRINT'
        strip = [{ from = \"A SHARE PRINT B\", to = \"A B\" }]
        keep = [\"A B\"]

        [[rule]]
        id = \"print\"
        kind = \"chrome\"
        about = \"A button\"
        match.span = 'PRINT'
        strip = [{ from = \"A PRINT B\", to = \"A B\" }]
        keep = [\"A B\"]

        [[rule]]
        id = \"rest\"
        kind = \"chrome\"
        about = \"Another\"
        match.span = 'CLOSE'
        strip = [{ from = \"A CLOSE B\", to = \"A B\" }]
        keep = [\"A B\"]
    ";

    fn audit(texts: &[(&str, &str)]) -> Audit {
        let pack = Pack::parse("mine.toml", RULES).unwrap();
        let cleaner = Cleaner::builder().packs([pack]).budgets(Budgets::UNLIMITED).build().unwrap();
        let mut audit = Audit::new(cleaner.rules());
        for (url, text) in texts {
            let document = Document::new(text).with_url(*url);
            audit.add(&document, &cleaner.trace(&document).1);
        }
        audit
    }

    #[test]
    fn what_two_rules_find_is_shared() {
        let audit = audit(&[
            ("https://www.a.example/1", "One SHARE PRINT two."),
            ("", "Three PRINT four PRINT five."),
        ]);
        let [both, print, rest] = audit.rules().try_into().unwrap();
        assert_eq!((both.findings, both.alone, both.documents, both.sites), (1, 0, 1, 1));
        assert_eq!(both.most_with, Some(Shared { rule: "print".into(), findings: 1 }));
        // "SHARE " and a space beside it; what `print` finds, too, is not its alone.
        assert_eq!((both.bytes, both.alone_bytes), (12, 7));
        assert_eq!((print.findings, print.alone, print.documents, print.sites), (3, 2, 2, 2));
        assert_eq!((print.bytes, print.alone_bytes), (12, 12));
        assert_eq!((rest.findings, rest.bytes, rest.tried, rest.most_with), (0, 0, 0, None));
        let corpus = audit.corpus();
        assert_eq!((corpus.documents, corpus.changed, corpus.sites, corpus.without_site), (2, 2, 1, 1));
        assert_eq!((corpus.bytes, corpus.rules, corpus.rules_without_finding), (24, 3, 1));
    }

    #[test]
    fn what_a_rule_of_another_site_finds_is_left_without_this_one() {
        let audit = audit(&[
            ("https://a.example/1", "One SHARE PRINT two."),
            ("https://a.example/2", "One CLOSE two."),
            ("https://b.example/1", "Three PRINT four."),
        ]);
        let [both, print, rest] = audit.rules().try_into().unwrap();
        // `print` finds on both sites, and takes a part of what `both` found on one.
        assert_eq!((both.bytes, both.left_bytes), (12, 5));
        assert_eq!((print.bytes, print.left_bytes), (6, 6));
        assert_eq!((rest.bytes, rest.left_bytes), (6, 0));
        assert_eq!(audit.corpus().left_bytes, 11);
    }
}
