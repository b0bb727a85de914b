//! The form of a pack file. The JSON Schema for editors is made from these types and their comments, so
//! the comments speak to the writer of a pack.

use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer};
use toml::Spanned;

use super::css::CssDef;
#[cfg(test)]
use super::text_or::OneOrMany;
use super::text_or::{TextOr, Texts};
use crate::document::Origin;
use crate::rule::{Case, Genre, Kind, LineEdge, RepeatOf};

/// A pack of rules for dechaff.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct PackFile {
    pub pack: Header,
    /// Word lists by name. They are of the pack's language, or serve all languages when it has none; a table `[words.sv]` holds
    /// lists of that language. A list of a name that is there already gets more words.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, WordsDef>"))]
    pub words: BTreeMap<String, Spanned<WordsDef>>,
    /// Named parts of patterns and forms: `{name}` stands for them in every pattern of the pack.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, String>"))]
    pub parts: BTreeMap<String, Spanned<String>>,
    /// Examples for rules of other packs, in the words of this one.
    #[serde(default)]
    pub examples: Vec<ExamplesDef>,
    /// The rules, one `[[rule]]` each.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<RuleDef>"))]
    pub rule: Vec<Spanned<RuleDef>>,
}

/// What the pack is called, and what holds for all its rules.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a table, `[pack]`")]
pub(crate) struct Header {
    /// The pack's id: lower-case letters, digits and hyphens.
    #[cfg_attr(test, schemars(with = "String", regex(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")))]
    pub id: Spanned<String>,
    /// What the pack is for, in one sentence.
    pub description: String,
    /// The language of its words, such as `sv`.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub language: Option<Spanned<String>>,
    /// The sites the pack is for, such as `example.com`: its rules match only there and on subdomains.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// The languages the pack is for, such as `de`: its rules match only in documents said to be in one.
    #[serde(default)]
    pub langs: Vec<String>,
    /// The genre of the texts the pack is for; a rule may say another.
    pub genre: Option<Genre>,
    /// Not in texts that have such lines; a rule may name more.
    pub unless_lines: Option<LineCountDef>,
    /// Only in texts that have such lines; a rule may name more.
    pub with_lines: Option<LineCountDef>,
    /// The share of a text that the pack may remove, from 0 to 1; past it, nothing of the pack is removed.
    #[cfg_attr(test, schemars(with = "Option<f64>", range(min = 0, max = 1)))]
    pub budget: Option<Spanned<f64>>,
    /// Regular expressions for text that stays: no rule of this pack removes what overlaps a match.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub allow: Vec<Spanned<String>>,
}

/// The words of a list, or lists by name.
#[derive(Debug)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(untagged))]
pub(crate) enum WordsDef {
    /// Words, or a few words each: lower case, `*` for any ending.
    List(Vec<String>),
    /// Lists of one language.
    Language(BTreeMap<String, Vec<String>>),
}

impl<'de> Deserialize<'de> for WordsDef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = WordsDef;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of words, or a table of such lists")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, seq: A) -> Result<WordsDef, A::Error> {
                Deserialize::deserialize(serde::de::value::SeqAccessDeserializer::new(seq))
                    .map(WordsDef::List)
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<WordsDef, A::Error> {
                Deserialize::deserialize(serde::de::value::MapAccessDeserializer::new(map))
                    .map(WordsDef::Language)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// Examples for a rule of another pack.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a table, `[[examples]]`")]
pub(crate) struct ExamplesDef {
    /// The id of the rule.
    #[cfg_attr(test, schemars(with = "String"))]
    pub rule: Spanned<String>,
    /// As in a rule.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<StripExample>"))]
    pub strip: Vec<Spanned<StripExample>>,
    /// As in a rule.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<KeepExample>"))]
    pub keep: Vec<Spanned<KeepExample>>,
}

/// One kind of noise, the way to recognise it, and its examples.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a table, `[[rule]]`")]
pub(crate) struct RuleDef {
    /// The rule's id, unique among all packs: lower-case letters, digits and hyphens.
    #[cfg_attr(test, schemars(with = "String", regex(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")))]
    pub id: Spanned<String>,
    /// What the noise is.
    pub kind: Kind,
    /// What the rule finds, in one sentence.
    pub about: String,
    /// How the noise is recognised: one of `span`, `line`, `form`, `run`, `sentence`, `label`, `echo`,
    /// `repeat`, `title`, `evidence`, `css`.
    #[serde(rename = "match")]
    #[cfg_attr(test, schemars(with = "MatchDef"))]
    pub matching: Spanned<MatchDef>,
    /// What must hold besides.
    #[serde(default)]
    pub when: WhenDef,
    /// Regular expressions for text that stays: what overlaps a match is not removed.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub allow: Vec<Spanned<String>>,
    /// Text to put in the place of what is removed. Without it, nothing is.
    pub replace: Option<String>,
    /// The share of a text that the rule may remove, from 0 to 1; past it, nothing of the rule is removed.
    #[cfg_attr(test, schemars(with = "Option<f64>", range(min = 0, max = 1)))]
    pub budget: Option<Spanned<f64>>,
    /// Why the noise is only noise on a line of its own. Without it, a rule for lines also looks behind and before sentences.
    pub alone: Option<String>,
    /// Takes the place of the rule of the same id in another pack.
    #[serde(default, rename = "override")]
    pub overrides: bool,
    /// Noise as real pages have it: a line that goes, or `from` and `to`. At least one.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<StripExample>", length(min = 1)))]
    pub strip: Vec<Spanned<StripExample>>,
    /// Text that looks like the noise and stays: a text, or a table with `text`. At least one.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<KeepExample>", length(min = 1)))]
    pub keep: Vec<Spanned<KeepExample>>,
}

/// One way of matching.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum MatchDef {
    /// A part of a line: a regular expression, or several. Its group `noise` goes, or all of it.
    Span(#[cfg_attr(test, schemars(with = "OneOrMany"))] Spanned<Texts>),
    /// A whole line: a regular expression for all of it, or several.
    Line(#[cfg_attr(test, schemars(with = "OneOrMany"))] Spanned<Texts>),
    /// A whole line, by its form: word lists in braces, such as `{follow} {on}? {network}`, or several forms.
    Form(#[cfg_attr(test, schemars(with = "OneOrMany"))] Spanned<Texts>),
    /// Lines one under the other that belong together, such as buttons.
    Run(RunDef),
    /// A whole sentence of a line, or a line of one sentence: a regular expression for all of it, or several.
    Sentence(#[cfg_attr(test, schemars(with = "OneOrMany"))] Spanned<Texts>),
    /// A line that announces others, and the lines under it.
    Label(LabelDef),
    /// A name that is repeated in full, with what follows up to a closing word.
    Echo(EchoDef),
    /// A line that the page repeats within the document.
    Repeat(RepeatDef),
    /// The headline, where the document's title is known, among its first lines.
    Title(TitleDef),
    /// A line with signals whose weights add up.
    Evidence(EvidenceDef),
    /// Elements of pages: a CSS selector, or several, for those that go; or a table of `drop` and `keep`.
    Css(#[cfg_attr(test, schemars(with = "super::css::CssForms"))] Spanned<CssDef>),
}

/// A label and what stands under it.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a table, such as `{ line = '…' }`")]
pub(crate) struct LabelDef {
    /// A regular expression for the whole label line, or several.
    #[cfg_attr(test, schemars(with = "Option<OneOrMany>"))]
    pub line: Option<Spanned<Texts>>,
    /// A word list: a line that is nothing but an entry of it is no label, since it is a button as well.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub unless: Option<Spanned<String>>,
    /// The form of the whole label line, or several, in the place of `line`.
    #[cfg_attr(test, schemars(with = "Option<OneOrMany>"))]
    pub form: Option<Spanned<Texts>>,
    /// A regular expression for each whole line under it; when absent, lines that look like headlines.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub each: Option<Spanned<String>>,
    /// How many such lines there must be for the label to count. Default 1.
    pub min_lines: Option<usize>,
    /// How many such lines go with it at most. Default 10.
    pub max_lines: Option<usize>,
}

/// A run of lines.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(
    deny_unknown_fields,
    expecting = "a table, such as `{ certain = '{share}', also = '{network}', min_lines = 3 }`"
)]
pub(crate) struct RunDef {
    /// The form of lines of which the run has one at least, or several forms.
    #[cfg_attr(test, schemars(with = "OneOrMany"))]
    pub certain: Spanned<Texts>,
    /// The form of lines that may stand among those, or several forms.
    #[cfg_attr(test, schemars(with = "Option<OneOrMany>"))]
    pub also: Option<Spanned<Texts>>,
    /// How many lines the run has at least. Default 3.
    pub min_lines: Option<usize>,
    /// How many of them are certain, at least. Default 1.
    pub min_certain: Option<usize>,
}

/// A name and its full form.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a table, such as `{ until = '…' }`")]
pub(crate) struct EchoDef {
    /// The word that closes the run, or several; letter for letter.
    #[cfg_attr(test, schemars(with = "OneOrMany"))]
    pub until: Spanned<Texts>,
    /// How long a run can be, in characters. Default 1200.
    pub max_chars: Option<usize>,
}

/// A repeated line.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a table, such as `{ of = \"part\", within = 6, min_chars = 60 }`")]
pub(crate) struct RepeatDef {
    /// What the line is of its double: a `part` of a longer line, or the `whole` of an earlier one; a longer line
    /// `retold` in nearly its words; a `quote` with its speaker, of sentences that stand elsewhere; or `again` for
    /// text, be it a line or not, that directly follows itself.
    pub of: RepeatOf,
    /// How many lines away its double may be.
    pub within: usize,
    /// How long the line must be, in characters; for `quote`, its quotation. Short lines repeat by right.
    pub min_chars: usize,
    /// A regular expression for lines that repeat others by right: a double in which it matches is none; nor, for
    /// `again`, is a copy in whose line it matches.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub unless: Option<Spanned<String>>,
}

/// The title.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a table, such as `{ within_first = 2 }`")]
pub(crate) struct TitleDef {
    /// Among how many first lines the title is looked for.
    pub within_first: usize,
}

/// Evidence that adds up.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a table, such as `{ at_least = 5, signals = […] }`")]
pub(crate) struct EvidenceDef {
    /// The sum of weights from which on a line is noise.
    pub at_least: i32,
    /// The signals.
    pub signals: Vec<SignalDef>,
}

/// One sign that a line is noise, or, with a negative weight, that it is not.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a table, such as `{ weight = 3, about = \"…\", when.text = '…' }`")]
pub(crate) struct SignalDef {
    /// What it adds to the sum.
    pub weight: i32,
    /// What it is, in a few words.
    pub about: String,
    /// Conditions on the line; all must hold. Sites, languages and origin are for the rule to say.
    pub when: WhenDef,
}

/// Conditions: what is not said is not asked.
#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a table, such as `{ max_chars = 60 }`")]
pub(crate) struct WhenDef {
    /// Only on these sites and their subdomains.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Only in documents said to be in one of these languages.
    #[serde(default)]
    pub langs: Vec<String>,
    /// Only in text that dechaff took out of a `page`, or only in what came to it as `text`.
    pub origin: Option<Origin>,
    /// Only within the first N lines that are not blank.
    pub within_first: Option<usize>,
    /// Only within the last N lines that are not blank.
    pub within_last: Option<usize>,
    /// Only when this regular expression matches in the noise.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub text: Option<Spanned<String>>,
    /// Not when an entry of this word list, or of one of these, stands in the noise: such as `said`.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<OneOrMany>"))]
    pub without: Option<Spanned<Texts>>,
    /// Only when the noise has at least this many characters.
    pub min_chars: Option<usize>,
    /// Only when the noise has at most this many characters.
    pub max_chars: Option<usize>,
    /// Only when the noise starts its line, ends it, or does either.
    pub in_line: Option<LineEdge>,
    /// Only when the letters of the noise are written so.
    pub case: Option<Case>,
    /// Only when this regular expression matches in the line before; `^$` at the start of the text.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub previous: Option<Spanned<String>>,
    /// Only when this regular expression matches in the line after; `^$` at the end of the text.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub next: Option<Spanned<String>>,
    /// Not when this regular expression matches in the line before.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub not_previous: Option<Spanned<String>>,
    /// Not when this regular expression matches in the line after.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub not_next: Option<Spanned<String>>,
    /// Not in texts that have such lines.
    pub unless_lines: Option<LineCountDef>,
    /// Only in texts that have such lines.
    pub with_lines: Option<LineCountDef>,
    /// Only in texts of this genre: `prose` is all that has no lines of code, commands or tables of documentation.
    pub genre: Option<Genre>,
}

impl WhenDef {
    /// True when it asks for what all of a document shares.
    pub fn asks_for_document(&self) -> bool {
        !self.hosts.is_empty() || !self.langs.is_empty() || self.origin.is_some()
    }

    /// True when it asks for more than site and language.
    pub fn asks_for_text(&self) -> bool {
        let Self {
            hosts: _,
            langs: _,
            origin,
            within_first,
            within_last,
            text,
            without,
            min_chars,
            max_chars,
            in_line,
            case,
            previous,
            next,
            not_previous,
            not_next,
            unless_lines,
            with_lines,
            genre,
        } = self;
        [within_first, within_last, min_chars, max_chars].into_iter().any(Option::is_some)
            || [text, previous, next, not_previous, not_next].into_iter().any(Option::is_some)
            || [unless_lines, with_lines].into_iter().any(Option::is_some)
            || origin.is_some()
            || without.is_some()
            || in_line.is_some()
            || case.is_some()
            || genre.is_some()
    }
}

/// Lines that show what kind of text a text is.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a table, such as `{ like = '…', at_least = 2 }`")]
pub(crate) struct LineCountDef {
    /// A regular expression that matches somewhere in such a line.
    #[cfg_attr(test, schemars(with = "String"))]
    pub like: Spanned<String>,
    /// How many there must be. Default 1.
    pub at_least: Option<usize>,
}

/// Text that must be cleaned.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct StripTable {
    /// The text with its noise.
    pub from: String,
    /// The same text, clean.
    pub to: String,
    /// The URL the text is from.
    pub url: Option<String>,
    /// The article's headline.
    pub title: Option<String>,
    /// The text's language.
    pub lang: Option<String>,
    /// What the text was before; when absent, what the rule is for.
    pub origin: Option<Origin>,
}

/// Text that must stay as it is.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct KeepTable {
    /// The text.
    pub text: String,
    /// The URL the text is from.
    pub url: Option<String>,
    /// The article's headline.
    pub title: Option<String>,
    /// The text's language.
    pub lang: Option<String>,
    /// What the text was before; when absent, what the rule is for.
    pub origin: Option<Origin>,
}

/// See [`RuleDef::strip`].
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(untagged))]
pub(crate) enum StripExample {
    /// Lines between two paragraphs, all of which go.
    Line(String),
    Table(StripTable),
}

/// See [`RuleDef::keep`].
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(untagged))]
pub(crate) enum KeepExample {
    Text(String),
    Table(KeepTable),
}

impl<'de> Deserialize<'de> for StripExample {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOr::new(
            "a line that goes, or a table with `from` and `to`",
            StripExample::Line,
            StripExample::Table,
        ))
    }
}

impl<'de> Deserialize<'de> for KeepExample {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOr::new(
            "a text that stays, or a table with `text`",
            KeepExample::Text,
            KeepExample::Table,
        ))
    }
}
