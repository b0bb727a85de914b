//! The front door: a [`Cleaner`] is built from packs once and cleans documents on any number of threads.

use std::sync::Arc;

use crate::allow::{Allowed, protected};
use crate::apply::{Piece, apply, pieces};
use crate::detect::{Depth, Detection, Held, Open, RuleSet, Tried};
use crate::document::{Cleaned, Document, Edit, Finding, NearMiss, Span};
use crate::dress::Undressed;
use crate::guard::Budgets;
use crate::html::PageRules;
use crate::pack::{Pack, PackedRule, words_for};
use crate::resolve::resolve;
use crate::rule::{Matcher, RuleInfo};
use crate::selection::{Selection, UnknownSelector};
use crate::trace::{Round, Trace, Watch};

/// Removing noise can bring other noise to light, so a text is cleaned until nothing more is found. One that
/// takes more rounds than this was made to; it stays as it is.
const MAX_ROUNDS: usize = 16;

/// Finds noise and removes it, by the rules of some packs.
///
/// ```
/// use dechaff::{Cleaner, Document};
///
/// let cleaner = Cleaner::builtin();
/// let text = "The vote is on Monday.\n\nADVERTISEMENT\n\nIt may be close.\n";
/// let cleaned = cleaner.clean(&Document::new(text));
/// assert_eq!(cleaned.text(), "The vote is on Monday.\n\nIt may be close.\n");
/// assert_eq!(cleaned.edits()[0].rule.id, "ad-label");
/// ```
#[derive(Debug)]
pub struct Cleaner {
    rules: RuleSet,
    page_rules: PageRules,
    allowed: Vec<Allowed>,
    budgets: Budgets,
    watch: Option<Arc<dyn Watch>>,
}

/// Makes a [`Cleaner`]: which packs, and which of their rules.
#[derive(Debug, Default)]
pub struct CleanerBuilder {
    packs: Vec<Pack>,
    selection: Selection,
    allowed: Vec<Allowed>,
    budgets: Budgets,
}

/// What keeps a [`Cleaner`] from being built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The selection names something that no pack has.
    #[error(transparent)]
    UnknownSelector(#[from] UnknownSelector),
    /// Two packs have the same id.
    #[error("there are two packs with the id `{id}`: {first} and {second}; give one another id")]
    DuplicatePack {
        /// The id.
        id: String,
        /// The file of one.
        first: String,
        /// The file of the other.
        second: String,
    },
    /// Two packs have a rule of the same id.
    #[error(
        "the packs `{first}` and `{second}` both have a rule `{id}`; give one another id, \
         or write `override = true` in the one that takes the other's place"
    )]
    DuplicateRule {
        /// The id.
        id: String,
        /// The id of one pack.
        first: String,
        /// The id of the other pack.
        second: String,
    },
    /// A rule overrides one that is not there.
    #[error("rule `{id}` of pack `{pack}` says `override = true`, but no other pack has a rule of that id")]
    NothingToOverride {
        /// The id.
        id: String,
        /// The id of the pack.
        pack: String,
    },
}

impl Cleaner {
    /// A cleaner with the built-in packs, which removes the core kinds of noise.
    pub fn builtin() -> Self {
        Self::builder()
            .packs(Pack::builtin())
            .build()
            .unwrap_or_else(|error| unreachable!("the tests build this cleaner: {error}"))
    }

    /// Starts with no pack and the default selection.
    pub fn builder() -> CleanerBuilder {
        CleanerBuilder::default()
    }

    /// The rules in use, by id.
    pub fn rules(&self) -> impl Iterator<Item = &RuleInfo> {
        self.rules.rules().iter().map(|packed| &*packed.rule.info)
    }

    /// Those of them that are on the elements of pages.
    pub fn page_rules(&self) -> &PageRules {
        &self.page_rules
    }

    /// Everything that the rules see in a document as it is. Findings may overlap; cleaning decides between
    /// them.
    pub fn detect(&self, document: &Document<'_>) -> Vec<Finding> {
        let held = Held::new();
        let undressed = Undressed::of(document.text());
        let document = document.with_text(undressed.text());
        let look = self.rules.look(&document, &held, None);
        let Detection { mut findings, .. } = look.at_segments(Depth::Findings, Open::default());
        findings.append(&mut look.at_document().findings);
        findings.iter_mut().for_each(|finding| finding.span = undressed.in_original(finding.span));
        findings
    }

    /// Removes the noise. Cleaning the clean text again removes nothing more.
    pub fn clean<'a>(&self, document: &Document<'a>) -> Cleaned<'a> {
        self.watched(document, Depth::Findings)
    }

    /// Removes the noise, and says also what looks like noise and stays. It takes a little longer.
    pub fn explain<'a>(&self, document: &Document<'a>) -> Cleaned<'a> {
        self.watched(document, Depth::NearMisses)
    }

    /// Removes the noise, and says how it came to that: what the rules found, and how often they were tried.
    ///
    /// ```
    /// use dechaff::{Cleaner, Document};
    ///
    /// let cleaner = Cleaner::builtin();
    /// let (cleaned, trace) = cleaner.trace(&Document::new("The vote is on Monday.\n\nADVERTISEMENT\n"));
    /// assert_eq!(cleaned.text(), "The vote is on Monday.\n");
    /// assert_eq!(trace.rounds()[0].findings[0].rule.id, "ad-label");
    /// ```
    pub fn trace<'a>(&self, document: &Document<'a>) -> (Cleaned<'a>, Trace) {
        let mut trace = self.untold();
        let cleaned = self.settle(document, Depth::Findings, Some(&mut trace));
        (cleaned, trace)
    }

    /// The same cleaner, which shows all that it cleans.
    pub fn watched_by(self, watch: Arc<dyn Watch>) -> Self {
        Self { watch: Some(watch), ..self }
    }

    /// Shows what rules on the elements of pages took from the page at this URL.
    pub(crate) fn show_elements<'e>(
        &self,
        url: Option<&str>,
        elements: impl Iterator<Item = (&'e RuleInfo, &'e str)>,
    ) {
        let Some(watch) = &self.watch else { return };
        let taken: Vec<_> = elements.collect();
        if !taken.is_empty() {
            watch.elements(&Document::new("").with_url(url), &taken);
        }
    }

    fn watched<'a>(&self, document: &Document<'a>, depth: Depth) -> Cleaned<'a> {
        let Some(watch) = &self.watch else { return self.settle(document, depth, None) };
        let mut trace = self.untold();
        let cleaned = self.settle(document, depth, Some(&mut trace));
        watch.document(document, &trace);
        cleaned
    }

    fn untold(&self) -> Trace {
        let rules = self.rules.rules();
        Trace::new(rules.iter().map(|packed| Arc::clone(&packed.rule.info)).collect())
    }

    /// Cleans, holds back what goes over budget, and makes sure that the outcome stays as it is.
    fn settle<'a>(
        &self,
        document: &Document<'a>,
        depth: Depth,
        mut trace: Option<&mut Trace>,
    ) -> Cleaned<'a> {
        let (cleaned, held) = self.within_budgets(document, depth, trace.as_deref_mut());
        let puts_in = cleaned.edits.iter().any(|edit| edit.replacement.is_some());
        if held.is_empty() && !puts_in || cleaned.is_unchanged() {
            return cleaned;
        }
        // In the clean text, what was held back may find less, and be within its budget; and what was put in is looked at.
        let (again, _) = self.within_budgets(&document.with_text(cleaned.text()), Depth::Findings, None);
        if again.is_unchanged() {
            return cleaned;
        }
        if let Some(trace) = trace {
            trace.forget_rounds();
        }
        unsettled(document.text(), cleaned)
    }

    /// Cleans again and again without the rules that went over a budget.
    fn within_budgets<'a>(
        &self,
        document: &Document<'a>,
        depth: Depth,
        mut trace: Option<&mut Trace>,
    ) -> (Cleaned<'a>, Held) {
        let mut held = Held::new();
        let mut held_back: Vec<NearMiss> = Vec::new();
        loop {
            let mut cleaned = self.rounds(document, depth, &held, trace.as_deref_mut());
            let broken = self.budgets.broken(self.rules.rules(), &cleaned.edits, document.text().len());
            if broken.is_empty() {
                cleaned.near_misses.append(&mut held_back);
                return (cleaned, held);
            }
            for (&rule, reason) in &broken {
                let info = &self.rules.rules()[rule].rule.info;
                let own = cleaned.edits.iter().filter(|edit| edit.rule.id == info.id);
                held_back.extend(own.map(|edit| near_miss(edit.clone(), format!("held back: {reason}"))));
            }
            held.extend(broken.into_keys());
        }
    }

    /// Cleans until nothing more is found. The trace is of this cleaning alone, but for what was tried.
    fn rounds<'a>(
        &self,
        document: &Document<'a>,
        depth: Depth,
        held: &Held,
        mut trace: Option<&mut Trace>,
    ) -> Cleaned<'a> {
        if let Some(trace) = trace.as_deref_mut() {
            trace.forget_rounds();
        }
        let original = document.text();
        let mut edits: Vec<Edit> = Vec::new();
        let mut open = Open::default();
        for _ in 0..MAX_ROUNDS {
            let text = apply(original, &edits);
            let kept = document.with_text(&text).kept();
            let undressed = Undressed::of(&text);
            let document = document.with_text(undressed.text());
            let put_in = put_in(original.len(), &edits);
            // What is untouchable or allowed stays.
            let without_kept = |Detection { mut findings, mut near_misses, open }: Detection| {
                for finding in findings.iter_mut().chain(near_misses.iter_mut().map(|near| &mut near.finding))
                {
                    finding.span = undressed.in_original(finding.span);
                }
                near_misses.retain(|near| is_outside(&kept, near.finding.span));
                findings.retain(|found| is_outside(&kept, found.span) && is_outside(&put_in, found.span));
                near_misses.append(&mut protected(&self.allowed, &text, &mut findings));
                Detection { findings, near_misses, open }
            };
            // What is known of segments is told of the text as it is, not of one whose dress is taken out.
            let known = if undressed.is_original() { std::mem::take(&mut open) } else { Open::default() };
            let tried: Option<&Tried> = trace.as_deref().map(Trace::counts);
            let look = self.rules.look(&document, held, tried);
            let mut seen = without_kept(look.at_segments(depth, known));
            // What a text says twice is judged when nothing else is left in it.
            if seen.findings.is_empty() {
                let Detection { findings, mut near_misses, .. } = without_kept(look.at_document());
                seen.findings = findings;
                seen.near_misses.append(&mut near_misses);
            }
            let Detection { findings, near_misses, open: still_open } = seen;
            if findings.is_empty() {
                let near_misses =
                    near_misses.into_iter().map(|near| in_original(original, &edits, near)).collect();
                let text = if edits.is_empty() { original.into() } else { text.into_owned().into() };
                return Cleaned { text, edits, near_misses };
            }
            let told = trace.is_some().then(|| findings.clone());
            let more = resolve(&text, findings);
            if let (Some(trace), Some(findings)) = (trace.as_deref_mut(), told) {
                trace.add(Round { findings, edits: more.clone() });
            }
            open =
                if undressed.is_original() { still_open.after(text.len(), &more) } else { Open::default() };
            edits = compose(original.len(), edits, &more);
        }
        if let Some(trace) = trace {
            trace.forget_rounds();
        }
        unsettled(original, Cleaned { text: original.into(), edits, near_misses: Vec::new() })
    }
}

impl CleanerBuilder {
    /// Adds packs. Their order does not matter.
    pub fn packs(mut self, packs: impl IntoIterator<Item = Pack>) -> Self {
        self.packs.extend(packs);
        self
    }

    /// Chooses among the rules of the packs; the default is every rule of a core kind.
    pub fn selection(mut self, selection: Selection) -> Self {
        self.selection = selection;
        self
    }

    /// Names text that stays whatever rules find in it. It is looked for anew in what is left of a text.
    pub fn allow(mut self, allowed: impl IntoIterator<Item = Allowed>) -> Self {
        self.allowed.extend(allowed);
        self
    }

    /// Bounds the damage that rules can do; see [`Budgets`] for the default.
    pub fn budgets(mut self, budgets: Budgets) -> Self {
        self.budgets = budgets;
        self
    }

    /// Builds the cleaner.
    ///
    /// # Errors
    /// When two packs or two rules have the same id, or the selection names what is not there.
    pub fn build(self) -> Result<Cleaner, BuildError> {
        let Self { mut packs, selection, allowed, budgets } = self;
        packs.sort_by(|a, b| a.id().cmp(b.id()).then_with(|| a.file().cmp(b.file())));
        for pair in packs.windows(2) {
            if let [first, second] = pair
                && first.id() == second.id()
            {
                return Err(BuildError::DuplicatePack {
                    id: first.id().to_owned(),
                    first: first.file().to_owned(),
                    second: second.file().to_owned(),
                });
            }
        }
        let mut rules = overridden(&packs)?;
        selection.check(&packs)?;
        rules.retain(|packed| selection.includes(&packed.rule.info));
        let mut page_rules = PageRules::default();
        page_rules.allow(&allowed);
        for rule in rules.iter().map(|packed| &packed.rule) {
            if let Matcher::Css(css) = &rule.matcher {
                page_rules.add(&rule.info, &rule.when, css);
            }
        }
        Ok(Cleaner {
            rules: RuleSet::new(rules, words_for(&packs)),
            page_rules,
            allowed,
            budgets,
            watch: None,
        })
    }
}

/// The rules of all packs, each id once.
fn overridden(packs: &[Pack]) -> Result<Vec<Arc<PackedRule>>, BuildError> {
    let mut rules: Vec<Arc<PackedRule>> = packs.iter().flat_map(Pack::packed_rules).cloned().collect();
    rules.sort_by(|a, b| {
        a.rule.info.id.cmp(&b.rule.info.id).then_with(|| b.rule.overrides.cmp(&a.rule.overrides))
    });
    for same in rules.chunk_by(|a, b| a.rule.info.id == b.rule.info.id) {
        let id = same[0].rule.info.id.clone();
        let pack = same[0].rule.info.pack.clone();
        match same {
            [only] if only.rule.overrides => return Err(BuildError::NothingToOverride { id, pack }),
            [_] => {}
            [first, second] if first.rule.overrides && !second.rule.overrides => {}
            [_, second, ..] => {
                let second = second.rule.info.pack.clone();
                return Err(BuildError::DuplicateRule { id, first: pack, second });
            }
            [] => unreachable!("a chunk holds at least one rule"),
        }
    }
    rules.dedup_by(|later, first| later.rule.info.id == first.rule.info.id);
    Ok(rules)
}

/// Where the clean text holds what rules put in: no rule looks at that again.
fn put_in(len: usize, edits: &[Edit]) -> Vec<Span> {
    let mut at = 0;
    let mut spans = Vec::new();
    for piece in pieces(len, edits) {
        match piece {
            Piece::Kept(span) => at += span.len(),
            Piece::PutIn(text) => {
                spans.push(Span::new(at, at + text.len()));
                at += text.len();
            }
        }
    }
    spans
}

fn is_outside(spans: &[Span], span: Span) -> bool {
    !spans.iter().any(|other| other.overlaps(span))
}

/// Adds to `edits` of an original of `len` bytes the edits of the text they make. An edit around an earlier
/// one becomes two.
fn compose(len: usize, mut edits: Vec<Edit>, more: &[Edit]) -> Vec<Edit> {
    let mut added = Vec::new();
    let mut more = more.iter().peekable();
    let mut at = 0;
    for piece in pieces(len, &edits) {
        let kept = match piece {
            Piece::Kept(span) => span,
            Piece::PutIn(text) => {
                at += text.len();
                continue;
            }
        };
        let end = at + kept.len();
        while let Some(edit) = more.peek().filter(|edit| edit.span.start() < end) {
            let from = edit.span.start().max(at);
            let to = edit.span.end().min(end);
            // One that ends where text was put in has no part here.
            if from < to {
                let span = Span::new(kept.start() + from - at, kept.start() + to - at);
                // What is put in stands where the first part was.
                let replacement = edit.replacement.clone().filter(|_| from == edit.span.start());
                added.push(Edit { span, replacement, ..(*edit).clone() });
            }
            if edit.span.end() > end {
                break;
            }
            more.next();
        }
        at = end;
    }
    edits.append(&mut added);
    edits.sort_by_key(|edit| edit.span);
    edits
}

/// A near miss of the clean text, in offsets of the original.
fn in_original(original: &str, edits: &[Edit], near: NearMiss) -> NearMiss {
    if edits.is_empty() {
        return near;
    }
    let span = near.finding.span;
    let (mut at, mut start, mut end) = (0, None, original.len());
    for piece in pieces(original.len(), edits) {
        let (from, len) = match piece {
            Piece::Kept(kept) => (kept.start(), kept.len()),
            Piece::PutIn(text) => {
                at += text.len();
                continue;
            }
        };
        if start.is_none() && span.start() < at + len {
            start = Some(from + span.start().saturating_sub(at));
        }
        if span.end() <= at + len {
            end = from + span.end().saturating_sub(at);
            break;
        }
        at += len;
    }
    let start = start.unwrap_or(end).min(end);
    NearMiss { finding: Finding { span: Span::new(start, end), ..near.finding }, ..near }
}

fn near_miss(edit: Edit, reason: String) -> NearMiss {
    let Edit { rule, span, evidence, replacement } = edit;
    NearMiss { finding: Finding { rule, span, evidence, replacement }, reason }
}

/// The document as it was: what would have been removed is held back.
fn unsettled<'a>(original: &'a str, cleaned: Cleaned<'_>) -> Cleaned<'a> {
    let reason = "held back: the clean text would be cleaned further, and no end is in sight";
    let edits = cleaned.edits.into_iter().map(|edit| near_miss(edit, reason.to_owned()));
    let near_misses = cleaned.near_misses.into_iter().chain(edits).collect();
    Cleaned { text: original.into(), edits: Vec::new(), near_misses }
}
