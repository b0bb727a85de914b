//! Compiled rules: what a rule is called, how it matches, and under which conditions.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::document::{Document, Origin};
use crate::form::{Expression, Forms};
use crate::html::Css;
use crate::literal::Literals;
use crate::pattern::{Pattern, Reach};

/// What a piece of noise is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Links to other articles.
    Related,
    /// Advertisements and their labels.
    Ad,
    /// Pitches for newsletters, subscriptions and memberships.
    Newsletter,
    /// Pitches for an app.
    App,
    /// Share bars, follow lines, calls for comments.
    Social,
    /// Copyright, licence and privacy lines.
    Legal,
    /// Page furniture: players, galleries, navigation, tickers.
    Chrome,
    /// Text that the page repeats.
    Dup,
    /// Captions of pictures and videos.
    Caption,
    /// Bylines, datelines and picture credits.
    Credit,
    /// What the page says of its author.
    Bio,
    /// Corrections, disclosures and editors' notes.
    Note,
    /// Lines of asterisks, dashes and the like.
    Separator,
}

impl Kind {
    /// Every kind, core kinds first.
    pub const ALL: [Kind; 13] = [
        Kind::Related,
        Kind::Ad,
        Kind::Newsletter,
        Kind::App,
        Kind::Social,
        Kind::Legal,
        Kind::Chrome,
        Kind::Dup,
        Kind::Caption,
        Kind::Credit,
        Kind::Bio,
        Kind::Note,
        Kind::Separator,
    ];

    /// True for the kinds that are removed by default; the others stay unless they are asked for.
    pub fn is_core(self) -> bool {
        self <= Kind::Dup
    }

    /// The name that packs, options and reports use.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Related => "related",
            Kind::Ad => "ad",
            Kind::Newsletter => "newsletter",
            Kind::App => "app",
            Kind::Social => "social",
            Kind::Legal => "legal",
            Kind::Chrome => "chrome",
            Kind::Dup => "dup",
            Kind::Caption => "caption",
            Kind::Credit => "credit",
            Kind::Bio => "bio",
            Kind::Note => "note",
            Kind::Separator => "separator",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

/// A name that is no kind's.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a kind of noise")]
pub struct UnknownKind(String);

/// What a finding or an edit says of the rule that made it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleInfo {
    /// The rule's id, unique among the packs that are loaded together.
    pub id: String,
    /// What it finds.
    pub kind: Kind,
    /// The id of its pack.
    pub pack: String,
    /// What it is for, in one sentence.
    pub about: String,
}

/// A rule, ready to match.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Rule {
    pub info: Arc<RuleInfo>,
    pub matcher: Matcher,
    pub when: Conditions,
    /// Text that stays: a finding that overlaps a match of one of these is a near miss.
    pub allow: Vec<Pattern>,
    pub replace: Option<Arc<str>>,
    /// True when it is noise only on a line of its own.
    pub alone: bool,
    /// The language of the words of its forms, when they are of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The shares of a text that the rule and its pack may remove, where they say it.
    pub budget: Option<f64>,
    pub pack_budget: Option<f64>,
    /// True when it takes the place of the rule of the same id in another pack.
    pub overrides: bool,
}

impl Rule {
    /// What the rule, or a signal of it, asks for besides its match.
    pub fn conditions(&self) -> impl Iterator<Item = &Conditions> {
        let signals = match &self.matcher {
            Matcher::Evidence(evidence) => evidence.signals.as_slice(),
            _ => &[],
        };
        std::iter::once(&self.when).chain(signals.iter().map(|signal| &signal.when))
    }
}

impl Rule {
    /// Every pattern of the rule.
    pub fn patterns_mut(&mut self) -> Vec<&mut Pattern> {
        let mut patterns: Vec<&mut Pattern> = self.allow.iter_mut().collect();
        patterns.extend(self.when.patterns_mut());
        match &mut self.matcher {
            Matcher::Span(own) | Matcher::Line(own) | Matcher::Sentence(own) => patterns.extend(own),
            Matcher::Label(label) => patterns.extend(label.label.iter_mut().chain(&mut label.each)),
            Matcher::Repeat(repeat) => patterns.extend(&mut repeat.unless),
            Matcher::Evidence(evidence) => {
                patterns.extend(evidence.signals.iter_mut().flat_map(|signal| signal.when.patterns_mut()));
            }
            Matcher::Echo(_)
            | Matcher::Title { .. }
            | Matcher::Css(_)
            | Matcher::Form(_)
            | Matcher::Run(_) => {}
        }
        patterns
    }

    /// The lines that the rule asks its texts for.
    pub fn line_counts_mut(&mut self) -> impl Iterator<Item = &mut LineCount> {
        let signals = match &mut self.matcher {
            Matcher::Evidence(evidence) => evidence.signals.as_mut_slice(),
            _ => &mut [],
        };
        let conditions =
            std::iter::once(&mut self.when).chain(signals.iter_mut().map(|signal| &mut signal.when));
        conditions.flat_map(|when| when.unless_lines.iter_mut().chain(&mut when.with_lines))
    }

    /// Every expression of its forms.
    pub fn expressions_mut(&mut self) -> Vec<&mut Expression> {
        match &mut self.matcher {
            Matcher::Form(forms) => forms.expressions_mut(),
            Matcher::Label(Label { form: Some(forms), .. }) => forms.expressions_mut(),
            Matcher::Run(run) => {
                let mut all = run.certain.expressions_mut();
                all.extend(run.also.expressions_mut());
                all
            }
            _ => Vec::new(),
        }
    }

    /// The forms by which the rule finds its noise, if it does so by forms.
    pub fn forms(&self) -> Option<&Forms> {
        match &self.matcher {
            Matcher::Form(forms) => Some(forms),
            Matcher::Label(label) => label.form.as_ref(),
            Matcher::Run(run) => Some(&run.certain),
            _ => None,
        }
    }
}

impl Conditions {
    /// True when the rule is for the document's site.
    pub fn fit_site(&self, document: &Document<'_>) -> bool {
        self.hosts.is_empty()
            || document.host().is_some_and(|host| self.hosts.iter().any(|site| is_on_site(host, site)))
    }

    /// True when a rule on elements is for a page of which this is known.
    pub fn fit_page(&self, about: &Document<'_>) -> bool {
        let lang = || about.lang().is_some_and(|lang| self.langs.iter().any(|own| own == lang));
        self.fit_site(about) && (self.langs.is_empty() || lang())
    }

    fn patterns_mut(&mut self) -> impl Iterator<Item = &mut Pattern> {
        let Conditions { text, previous, next, not_previous, not_next, .. } = self;
        [text, previous, next, not_previous, not_next].into_iter().flatten()
    }
}

/// The ways to match, each in its own file under `detect/`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Matcher {
    /// A part of a segment: the group `noise`, or the whole match.
    Span(Vec<Pattern>),
    /// A whole segment.
    Line(Vec<Pattern>),
    /// A whole segment, by its form.
    Form(Forms),
    /// A whole sentence of a segment.
    Sentence(Vec<Pattern>),
    /// A segment that announces others, and those.
    Label(Label),
    /// Segments one under the other that belong together.
    Run(Run),
    /// A name, repeated in full with what follows up to a closing word.
    Echo(Echo),
    /// A segment that the page repeats.
    Repeat(Repeat),
    /// The document's title among its first segments.
    Title { within: usize },
    /// A segment with signals that add up.
    Evidence(Evidence),
    /// Elements of a page, before it is text.
    Css(Css),
}

fn is_on_site(host: &str, site: &str) -> bool {
    host.strip_suffix(site).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

impl Matcher {
    /// True when what it finds never reaches beyond the segment that it looks at.
    pub fn is_within_segment(&self) -> bool {
        matches!(
            self,
            Matcher::Span(_)
                | Matcher::Line(_)
                | Matcher::Form(_)
                | Matcher::Sentence(_)
                | Matcher::Evidence(_)
        )
    }
}

/// See [`Matcher::Repeat`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Repeat {
    pub of: RepeatOf,
    /// How far its double may be, in segments.
    pub within: usize,
    pub min_chars: usize,
    /// What a double does not hold.
    pub unless: Option<Pattern>,
}

/// What a repeated line is of its double.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum RepeatOf {
    /// A part of a longer line, as a pull-quote is.
    Part,
    /// All of it: the second of two equal lines goes.
    Whole,
    /// What stands directly before it, said again; it need not be a whole line.
    Again,
    /// A longer line near it, in nearly the same words.
    Retold,
    /// Several sentences: it quotes them, and names the speaker.
    Quote,
}

/// See [`Matcher::Evidence`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Evidence {
    pub at_least: i32,
    pub signals: Vec<Signal>,
}

/// One sign that a line is noise, or that it is not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Signal {
    pub weight: i32,
    pub about: String,
    pub when: Conditions,
}

/// See [`Matcher::Label`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Label {
    pub label: Vec<Pattern>,
    /// In the place of patterns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Forms>,
    /// A word list of which no entry is a label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<String>,
    /// What a segment under the label looks like; a headline when nothing is said.
    pub each: Option<Pattern>,
    pub min_lines: usize,
    pub max_lines: usize,
}

/// See [`Matcher::Run`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Run {
    pub certain: Forms,
    pub also: Forms,
    pub min_lines: usize,
    pub min_certain: usize,
}

/// See [`Matcher::Echo`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Echo {
    pub until: Vec<String>,
    pub max_chars: usize,
}

/// What must hold besides the match; what is not said is not asked.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Conditions {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub langs: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_first: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_last: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Pattern>,
    /// Word lists of which no entry stands in the noise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_chars: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_chars: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_line: Option<LineEdge>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<Case>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Pattern>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Pattern>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_previous: Option<Pattern>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_next: Option<Pattern>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unless_lines: Vec<LineCount>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with_lines: Vec<LineCount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genre: Option<Genre>,
}

/// So many lines of a kind, or more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LineCount {
    /// Tells what is asked from what others ask.
    pub id: u64,
    pub at_least: usize,
    /// Many rules ask for the same lines, so that compiled packs have each kind once, by the id.
    #[serde(skip)]
    pub lines: Arc<Lines>,
}

/// Lines of a kind.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Lines {
    pub like: Pattern,
    pub literals: Literals,
}

impl Default for Lines {
    fn default() -> Self {
        Self { like: Pattern::new("", Reach::Part, None), literals: None }
    }
}

/// What kind of text a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Genre {
    /// Any text, for a rule of a pack that asks for another.
    Any,
    /// A text without code, commands and tables of documentation.
    Prose,
}

/// Where in its line a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum LineEdge {
    /// It starts the line.
    Start,
    /// It ends the line.
    End,
    /// It starts or ends the line.
    Either,
}

/// How the letters of a finding are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Case {
    /// No lower-case letter, at least one upper-case.
    Upper,
    /// No upper-case letter, at least one lower-case.
    Lower,
    /// Most words of four letters and more start with a capital.
    Title,
}

impl Case {
    /// True when `text` is written so.
    pub fn holds(self, text: &str) -> bool {
        let has = |test: fn(char) -> bool| text.chars().any(test);
        match self {
            Case::Upper => has(char::is_uppercase) && !has(char::is_lowercase),
            Case::Lower => has(char::is_lowercase) && !has(char::is_uppercase),
            Case::Title => {
                let long = text.split_whitespace().filter(|word| word.chars().count() >= 4);
                let (all, capital) = long.fold((0, 0), |(all, capital), word| {
                    let first = word.chars().find(|c| c.is_alphanumeric());
                    (all + 1, capital + usize::from(!first.is_some_and(char::is_lowercase)))
                });
                all > 0 && capital * 4 >= all * 3
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_read_back_from_their_names() {
        for kind in Kind::ALL {
            assert_eq!(kind.name().parse::<Kind>().unwrap(), kind);
        }
        assert!("adverts".parse::<Kind>().is_err());
        assert!(Kind::Dup.is_core() && !Kind::Caption.is_core());
    }

    #[test]
    fn a_site_holds_its_subdomains() {
        assert!(is_on_site("example.com", "example.com"));
        assert!(is_on_site("edition.example.com", "example.com"));
        assert!(!is_on_site("myexample.com", "example.com"));
        assert!(!is_on_site("example.com.evil.org", "example.com"));
    }

    #[test]
    fn case_is_judged_by_letters() {
        assert!(Case::Upper.holds("ADVERTISEMENT 2"));
        assert!(!Case::Upper.holds("Advertisement") && !Case::Upper.holds("2"));
        assert!(Case::Lower.holds("share this"));
        assert!(Case::Title.holds("Senate Votes on the Bill, 51 to 49"));
        assert!(!Case::Title.holds("The senate votes on the bill today"));
    }
}
