//! The examples of rules, and what came of them: right, missed or noisy.

use similar::{ChangeTag, TextDiff};

use super::schema::{KeepExample, KeepTable, StripExample, StripTable};
use crate::cleaner::Cleaner;
use crate::document::{Cleaned, Document, Origin};
use crate::html::{self, Favor, Markup, Options};

/// What an example's noise stands between when the pack gives only the noise.
const BEFORE: &str = "The council met on Monday to talk about the bridge.";
const AFTER: &str = "A vote is expected before the end of the month.";

/// A text from a pack that says what a rule does.
#[derive(Clone, Debug)]
pub struct Example {
    rule: String,
    line: usize,
    text: String,
    expected: Expected,
    url: Option<String>,
    title: Option<String>,
    lang: Option<String>,
    /// What it was before it was text, when that is said.
    origin: Option<Origin>,
    /// The text is that of a page, as its server sends it.
    is_page: bool,
}

/// The URL of an example that only its host is known of.
fn site_of(host: &str) -> String {
    format!("https://{host}/")
}

/// What must come of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The rule makes this of it.
    Strip {
        /// The clean text.
        to: String,
    },
    /// No rule removes anything.
    Keep,
}

/// What came of an example.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The judgement.
    pub verdict: Verdict,
    /// The text that should have come out.
    pub wanted: String,
    /// The text that came out.
    pub actual: String,
    /// The ids of the rules that removed something.
    pub rules: Vec<String>,
}

/// The judgement on an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As the pack says.
    Right,
    /// Noise stayed.
    Missed,
    /// Text went that should have stayed.
    Noisy,
}

impl Example {
    pub(super) fn strip(rule: &str, line: usize, example: &StripExample) -> Self {
        let example = match example {
            StripExample::Line(noise) => StripTable {
                from: format!("{BEFORE}\n\n{noise}\n\n{AFTER}\n"),
                to: format!("{BEFORE}\n\n{AFTER}\n"),
                url: None,
                title: None,
                lang: None,
                origin: None,
            },
            StripExample::Table(table) => table.clone(),
        };
        let StripTable { from, to, url, title, lang, origin } = example;
        let expected = Expected::Strip { to };
        Self { rule: rule.to_owned(), line, text: from, expected, url, title, lang, origin, is_page: false }
    }

    /// A text alone is from `host`, where the rule would take it.
    pub(super) fn keep(rule: &str, line: usize, example: &KeepExample, host: Option<&String>) -> Self {
        let example = match example {
            KeepExample::Text(text) => KeepTable {
                text: text.clone(),
                url: host.map(|host| site_of(host)),
                title: None,
                lang: None,
                origin: None,
            },
            KeepExample::Table(table) => table.clone(),
        };
        let KeepTable { text, url, title, lang, origin } = example;
        let expected = Expected::Keep;
        Self { rule: rule.to_owned(), line, text, expected, url, title, lang, origin, is_page: false }
    }

    /// On this site, unless it says its own URL.
    pub(super) fn on_site(mut self, host: Option<&String>) -> Self {
        self.url = self.url.or_else(|| host.map(|host| site_of(host)));
        self
    }

    /// In this language, unless it says its own.
    pub(super) fn in_language(mut self, lang: Option<&String>) -> Self {
        self.lang = self.lang.or_else(|| lang.cloned());
        self
    }

    /// From this origin, unless it says its own.
    pub(super) fn of_origin(self, origin: Option<Origin>) -> Self {
        Self { origin: self.origin.or(origin), ..self }
    }

    /// As a page: noise between two paragraphs is markup there.
    pub(super) fn on_page(mut self) -> Self {
        if let Some(noise) = self.text.strip_prefix(&format!("{BEFORE}\n\n"))
            && let Some(noise) = noise.strip_suffix(&format!("\n\n{AFTER}\n"))
        {
            self.text = format!("<p>{BEFORE}</p>\n{noise}\n<p>{AFTER}</p>\n");
        }
        Self { is_page: true, ..self }
    }

    /// The id of its rule.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// The line of the pack file where it starts, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The text that is cleaned.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What must come of it.
    pub fn expected(&self) -> &Expected {
        &self.expected
    }

    /// The language that it is said to be in.
    pub(super) fn lang(&self) -> Option<&str> {
        self.lang.as_deref()
    }

    /// The lines between two paragraphs that must go, where the pack gives only those.
    pub(super) fn only_noise(&self) -> Option<&str> {
        let Expected::Strip { .. } = self.expected else { return None };
        let noise = self.text.strip_prefix(BEFORE)?.strip_suffix(&format!("\n\n{AFTER}\n"))?;
        noise.strip_prefix("\n\n").filter(|_| !self.is_page)
    }

    /// Another text, cleaned as the example is.
    pub(super) fn cleaned(&self, cleaner: &Cleaner, text: &str) -> String {
        cleaner.clean(&self.document(text)).into_text().into_owned()
    }

    /// The rules that take something from another text, cleaned as the example is.
    pub(super) fn takers(&self, cleaner: &Cleaner, text: &str) -> Vec<String> {
        takers(&cleaner.clean(&self.document(text)))
    }

    /// A text, of which the same is known as of the example.
    fn document<'t>(&'t self, text: &'t str) -> Document<'t> {
        Document::new(text)
            .with_url(self.url.as_deref())
            .with_title(self.title.as_deref())
            .with_lang(self.lang.as_deref())
            .with_origin(self.origin.unwrap_or_default())
    }

    /// Cleans the example and judges what comes out. A strip example wants a cleaner of its rule alone,
    /// a keep example one of all the rules.
    pub fn run(&self, cleaner: &Cleaner) -> Outcome {
        if self.is_page {
            return self.run_page(cleaner);
        }
        let document = self.document(&self.text);
        let cleaned = cleaner.clean(&document);
        let wanted = match &self.expected {
            Expected::Strip { to } => to,
            Expected::Keep => &self.text,
        };
        let rules = takers(&cleaned);
        let (wanted, actual) = (wanted.clone(), cleaned.text().to_owned());
        Outcome { verdict: judge(&wanted, &actual), wanted, actual, rules }
    }

    /// What the rules on elements leave of all that a reader sees; what is thought of the rest has no part in it.
    fn run_page(&self, cleaner: &Cleaner) -> Outcome {
        let (url, lang) = (self.url.as_deref(), self.lang.as_deref());
        let rules = Some(cleaner.page_rules());
        let reading = html::read(&self.text, &Options { favor: Favor::default(), rules, url, lang });
        let wanted = match &self.expected {
            Expected::Strip { to } => to.trim().to_owned(),
            Expected::Keep => reading.visible(Markup::Text),
        };
        let actual = reading.ruled();
        let mut rules: Vec<String> = reading
            .seen()
            .into_iter()
            .filter(|seen| !seen.is_kept)
            .filter_map(|seen| Some(seen.rule?.id.clone()))
            .collect();
        rules.dedup();
        Outcome { verdict: judge(&wanted, &actual), wanted, actual, rules }
    }
}

/// The rules that took something, in the order of the text.
fn takers(cleaned: &Cleaned<'_>) -> Vec<String> {
    let mut rules: Vec<String> = cleaned.edits().iter().map(|edit| edit.rule.id.clone()).collect();
    rules.dedup();
    rules
}

/// Lost text weighs more than noise that stayed, so an outcome that is both is noisy.
fn judge(wanted: &str, actual: &str) -> Verdict {
    if wanted == actual {
        return Verdict::Right;
    }
    let diff = TextDiff::from_chars(wanted, actual);
    if diff.iter_all_changes().any(|change| change.tag() == ChangeTag::Delete) {
        Verdict::Noisy
    } else {
        Verdict::Missed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_is_noisy_and_what_is_left_is_missed() {
        assert_eq!(judge("One. Two.", "One. Two."), Verdict::Right);
        assert_eq!(judge("One. Two.", "One. AD Two."), Verdict::Missed);
        assert_eq!(judge("One. Two.", "One."), Verdict::Noisy);
        assert_eq!(judge("One. Two.", "AD One."), Verdict::Noisy);
    }
}
