//! Packs: TOML files of rules, each rule with the examples that prove it.
//!
//! [`Pack::parse`] reads one, [`Pack::builtin`] gives those of the `rules/` folder, which are part of the
//! program. `rules/README.md` teaches writing one.

mod compile;
mod css;
mod edges;
mod examples;
mod form;
mod literals;
pub(crate) mod mistakes;
mod schema;
pub(crate) mod text_or;
pub(crate) mod values;
mod vary;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

pub use examples::{Example, Expected, Outcome, Verdict};
pub use vary::{Layout, Varied};

use serde::{Deserialize, Serialize};

use crate::literal::Literals;
use crate::rule::{Lines, Rule, RuleInfo};
use crate::words::{Lists, Words};
use compile::Vocabulary;
use form::Names;
use mistakes::Mistakes;

/// The packs that are part of the program: the name and the text of each file of the `rules/` folder.
const BUILTIN: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/packs.rs"));

/// Those packs as compiled rules, since reading and checking them all takes longer than cleaning an article.
/// A test writes the file.
const COMPILED: &str = include_str!("builtin.json");

/// The words of those packs, compiled by the build.
const COMPILED_WORDS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/words.bin"));

/// The JSON Schema of pack files, for editors.
pub const SCHEMA: &str = include_str!("../../rules/pack.schema.json");

/// What [`COMPILED`] has.
#[derive(Serialize, Deserialize)]
struct Compiled {
    /// The lines that rules ask for, by id.
    lines: BTreeMap<u64, Arc<Lines>>,
    packs: Vec<Pack>,
}

/// A pack of rules, checked and ready to be handed to a [`CleanerBuilder`](crate::CleanerBuilder).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pack {
    id: String,
    description: String,
    file: String,
    /// What the file says; filled in from the program's own copy for a built-in pack.
    #[serde(skip)]
    source: Cow<'static, str>,
    /// The SHA-256 of its file.
    digest: String,
    /// Its word lists; not filled in for a built-in pack, whose words were compiled.
    #[serde(skip)]
    words: Lists,
    rules: Vec<Arc<PackedRule>>,
}

/// All mistakes of one pack file.
///
/// Its `Display` is several lines long and quotes the file.
#[derive(Debug)]
pub struct PackError(Mistakes);

impl PackError {
    /// How many mistakes were found.
    pub fn mistakes(&self) -> usize {
        self.0.count()
    }
}

impl std::error::Error for PackError {}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A rule with what its pack file says besides.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PackedRule {
    pub rule: Rule,
    /// One for each pattern of the matcher.
    pub literals: Vec<Literals>,
    /// The rule as its file has it, in bytes of the file.
    pub definition: Range<usize>,
}

impl Pack {
    /// Reads a pack.
    ///
    /// `file` is the name that messages show; nothing is opened. Every pattern is compiled, with a bound
    /// on its size, so that a pack that loads cannot fail later.
    ///
    /// # Errors
    /// When the text is not TOML, has a key that packs do not have, lacks one, or holds a value that
    /// makes no sense. The error shows each such place in the text.
    pub fn parse(file: &str, source: &str) -> Result<Self, PackError> {
        let packs = Self::parse_all([(file, source)]).map_err(|mut errors| errors.remove(0))?;
        Ok(packs.into_iter().next().unwrap_or_else(|| unreachable!("one file is one pack")))
    }

    /// Reads packs that may use one another's words, each by its file's name and text; see [`Pack::parse`].
    ///
    /// # Errors
    /// The mistakes of each file that has some.
    pub fn parse_all<'f>(
        files: impl IntoIterator<Item = (&'f str, &'f str)>,
    ) -> Result<Vec<Self>, Vec<PackError>> {
        let files: Vec<(&str, &str)> = files.into_iter().collect();
        let own: Vec<Vocabulary> =
            files.iter().filter_map(|(file, source)| compile::vocabulary(file, source).ok()).collect();
        let mut names = builtin_names().clone();
        own.iter().for_each(|own| names.add(&own.lists, &own.parts));
        let (mut packs, mut errors) = (Vec::new(), Vec::new());
        for (file, source) in files {
            match compile::pack(file, source, compile::Patterns::CompileNow, &names) {
                Ok(pack) => packs.push(pack),
                Err(error) => errors.push(error),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        share_patterns(&mut packs, &mut BTreeMap::new());
        Ok(packs)
    }

    /// The packs that are part of the program. They were compiled ahead of time.
    pub fn builtin() -> Vec<Self> {
        let Compiled { packs, mut lines } = serde_json::from_str(COMPILED).unwrap_or_else(|error| {
            unreachable!("the tests compare the compiled packs with their files: {error}")
        });
        let with_source = |(pack, (_, source)): (Self, &(&str, &'static str))| Self {
            source: Cow::Borrowed(*source),
            ..pack
        };
        let mut packs: Vec<Self> = packs.into_iter().zip(BUILTIN).map(with_source).collect();
        share_patterns(&mut packs, &mut lines);
        packs
    }

    /// The pack's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it is for.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The name of its file, as it was given.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The text of its file.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The SHA-256 of its file, in hexadecimal.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Its word lists.
    fn words(&self) -> &Lists {
        match self.source {
            Cow::Owned(_) => &self.words,
            Cow::Borrowed(_) => {
                let own = builtin_vocabulary().iter().find(|own| own.pack == self.id);
                own.map_or(&self.words, |own| &own.lists)
            }
        }
    }

    /// Its rules, in the order of the file.
    pub fn rules(&self) -> impl Iterator<Item = &RuleInfo> {
        self.rules.iter().map(|packed| &*packed.rule.info)
    }

    /// The rule of that id as its file has it: TOML text, examples included.
    pub fn definition(&self, id: &str) -> Option<&str> {
        let packed = self.rules.iter().find(|packed| packed.rule.info.id == id)?;
        Some(self.source[packed.definition.clone()].trim_end())
    }

    /// The examples of all its rules, in the order of the file.
    pub fn examples(&self) -> Vec<Example> {
        // Examples are read, not matched: unknown names do not matter.
        compile::examples(&self.file, &self.source)
            .unwrap_or_else(|error| unreachable!("a pack that was loaded once loads again: {error}"))
    }

    pub(crate) fn packed_rules(&self) -> &[Arc<PackedRule>] {
        &self.rules
    }
}

/// The words and parts of the packs that are part of the program.
fn builtin_vocabulary() -> &'static [Vocabulary] {
    static ALL: LazyLock<Vec<Vocabulary>> = LazyLock::new(|| {
        let read = |(file, source): &(&str, &str)| {
            compile::vocabulary(file, source)
                .unwrap_or_else(|error| unreachable!("the tests load this pack: {error}"))
        };
        BUILTIN.iter().map(read).collect()
    });
    &ALL
}

/// The names of those.
fn builtin_names() -> &'static Names {
    static NAMES: LazyLock<Names> = LazyLock::new(|| {
        let mut all = Names::default();
        builtin_vocabulary().iter().for_each(|own| all.add(&own.lists, &own.parts));
        all
    });
    &NAMES
}

/// The word lists of packs, and of those that are part of the program and are not among them: forms may name them all.
pub(crate) fn words_for(packs: &[Pack]) -> Arc<Words> {
    static COMPILED: LazyLock<Arc<Words>> = LazyLock::new(|| {
        let words = Words::read(COMPILED_WORDS);
        Arc::new(words.unwrap_or_else(|error| unreachable!("the build wrote these words: {error}")))
    });
    let has_own = |pack: &Pack| !pack.words.is_empty() || COMPILED.has_pack(&pack.id);
    if !packs.iter().any(|pack| matches!(pack.source, Cow::Owned(_)) && has_own(pack)) {
        return Arc::clone(&COMPILED);
    }
    let others = builtin_vocabulary().iter().filter(|own| !packs.iter().any(|pack| pack.id == own.pack));
    let packs = packs.iter().map(|pack| (pack.id.as_str(), pack.words()));
    Arc::new(Words::new(packs.chain(others.map(|own| (own.pack.as_str(), &own.lists)))))
}

/// A language that packs have words of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language {
    /// Its tag.
    pub tag: String,
    /// How many word lists it has, and how many entries in all of them.
    pub lists: usize,
    /// See [`Language::lists`].
    pub entries: usize,
}

/// The languages of the word lists of packs, by tag.
pub fn languages(packs: &[Pack]) -> Vec<Language> {
    let mut all: BTreeMap<&str, (BTreeSet<&str>, usize)> = BTreeMap::new();
    for (tag, lists) in packs.iter().flat_map(|pack| &pack.words().0).filter(|(tag, _)| !tag.is_empty()) {
        let known = all.entry(tag).or_default();
        known.0.extend(lists.keys().map(String::as_str));
        known.1 += lists.values().map(Vec::len).sum::<usize>();
    }
    let language = |(tag, (lists, entries)): (&str, (BTreeSet<&str>, usize))| Language {
        tag: tag.to_owned(),
        lists: lists.len(),
        entries,
    };
    all.into_iter().map(language).collect()
}

/// Many rules ask for the same things: each pattern is compiled, and learned of, once. `lines` are those that are known by their id.
fn share_patterns(packs: &mut [Pack], lines: &mut BTreeMap<u64, Arc<Lines>>) {
    let (mut known, mut known_expressions) = (HashMap::new(), HashMap::new());
    for packed in packs.iter_mut().flat_map(|pack| &mut pack.rules).filter_map(Arc::get_mut) {
        let rule = &mut packed.rule;
        rule.expressions_mut().into_iter().for_each(|expression| expression.share(&mut known_expressions));
        rule.patterns_mut().into_iter().for_each(|pattern| pattern.share(&mut known));
        for count in rule.line_counts_mut() {
            count.lines = Arc::clone(lines.entry(count.id).or_insert_with(|| Arc::clone(&count.lines)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(source: &str) -> String {
        Pack::parse("my.toml", source).unwrap_err().to_string()
    }

    const HEADER: &str = "[pack]\nid = \"mine\"\ndescription = \"Mine\"\n\n";
    const RULE: &str = "[[rule]]\nid = \"share\"\nkind = \"social\"\nabout = \"Share lines\"\nmatch.line = 'Share this'\nstrip = ['Share this']\nkeep = ['Share this bread.']\n";

    #[test]
    fn every_builtin_pack_loads_with_all_its_patterns() {
        for &(file, source) in BUILTIN {
            if let Err(error) = Pack::parse(file, source) {
                panic!("{error}");
            }
        }
    }

    #[test]
    fn the_compiled_packs_are_those_of_the_folder() {
        let mut packs: Vec<Pack> = BUILTIN
            .iter()
            .map(|(file, source)| {
                compile::pack(file, source, compile::Patterns::CompileWhenUsed, builtin_names()).unwrap()
            })
            .collect();
        let mut lines = BTreeMap::new();
        share_patterns(&mut packs, &mut lines);
        let compiled = serde_json::to_string(&Compiled { lines, packs }).unwrap() + "\n";
        if std::env::var_os("UPDATE_BUILTIN").is_some() {
            std::fs::write("src/pack/builtin.json", &compiled).unwrap();
        }
        assert!(
            compiled == COMPILED,
            "run `UPDATE_BUILTIN=1 cargo test --lib compiled_packs` and commit the result"
        );
    }

    #[test]
    fn the_compiled_words_are_those_of_the_folder() {
        let mut own: Vec<&Vocabulary> = builtin_vocabulary().iter().collect();
        own.sort_by(|a, b| a.pack.cmp(&b.pack));
        let words = Words::new(own.into_iter().map(|own| (own.pack.as_str(), &own.lists)));
        assert!(words == Words::read(COMPILED_WORDS).unwrap(), "the build reads other words than packs do");
    }

    #[test]
    fn every_builtin_rule_has_a_literal_to_look_for() {
        for pack in Pack::builtin() {
            for packed in pack.packed_rules() {
                // What is tried on every line of one site costs other sites nothing.
                let one_site = !packed.rule.when.hosts.is_empty();
                for (i, literals) in packed.literals.iter().enumerate().filter(|_| !one_site) {
                    assert!(
                        literals.is_some(),
                        "{} pattern {i} must be tried everywhere",
                        packed.rule.info.id
                    );
                }
            }
        }
    }

    #[test]
    fn the_schema_file_is_made_from_the_types() {
        let schema = serde_json::to_string_pretty(&schemars::schema_for!(schema::PackFile)).unwrap() + "\n";
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write("rules/pack.schema.json", &schema).unwrap();
        }
        assert!(schema == SCHEMA, "run `UPDATE_SCHEMA=1 cargo test schema_file` and commit the result");
    }

    #[test]
    fn the_builtin_packs_fit_the_schema() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        for &(file, source) in BUILTIN {
            let pack: serde_json::Value = toml::from_str(source).unwrap();
            if let Err(error) = jsonschema::validate(&schema, &pack) {
                panic!("{file}: {error} at {}", error.instance_path());
            }
        }
    }

    #[test]
    fn an_unknown_key_is_shown_with_the_key_that_was_meant() {
        let source = format!("{HEADER}{}", RULE.replace("about", "abuot"));
        assert_eq!(
            error(&source),
            "error: unknown field `abuot`, expected one of `id`, `kind`, `about`, `match`, `when`, `allow`, `replace`, `budget`, `alone`, `override`, `strip`, `keep`
 --> my.toml:8:1
  |
8 | abuot = \"Share lines\"
  | ^^^^^
  |
  = help: did you mean `about`?"
        );
    }

    #[test]
    fn a_value_of_another_type_is_shown_with_what_to_write() {
        for (wrong, told) in [
            ("when = 'x'", "expected a table, such as `{ max_chars = 60 }`"),
            ("when.unless_lines = 'x'", "expected a table, such as `{ like = '…', at_least = 2 }`"),
            ("when.max_chars = '12'", "expected a whole number of 0 or more"),
            ("when.max_chars = '12'", "help: write it without quotes"),
            ("when.max_chars = -1", "expected a whole number of 0 or more"),
            ("override = 'yes'", "expected `true` or `false`"),
            ("allow = 'x'", "help: write a list, in brackets"),
        ] {
            let error = error(&format!("{HEADER}{}", RULE.replace("strip", &format!("{wrong}\nstrip"))));
            assert!(error.contains("my.toml:10:") && error.contains(told), "{error}");
        }
    }

    #[test]
    fn a_broken_pattern_is_shown_in_its_line() {
        let source = format!("{HEADER}{}", RULE.replace("'Share this'\nstrip", "'Share (this'\nstrip"));
        let error = error(&source);
        assert!(error.contains("my.toml:9:15") && error.contains("unclosed group"), "{error}");
    }

    #[test]
    fn what_no_pattern_can_ask_for_has_something_in_its_place() {
        for (pattern, help) in [
            ("Share (?=this)", "the group `(?P<noise>…)` says what of it goes"),
            ("(?<!to )share this", "`when.previous`, `when.next` and `allow`"),
            (r"(share) \1", "`match.repeat` is for text that is said again"),
            ("share (this", "put a backslash before"),
        ] {
            let source =
                format!("{HEADER}{}", RULE.replace("'Share this'\nstrip", &format!("'{pattern}'\nstrip")));
            let error = error(&source);
            assert!(error.contains("my.toml:9:15") && error.contains(help), "{error}");
        }
    }

    #[test]
    fn a_rule_without_examples_is_a_mistake() {
        let source = format!("{HEADER}{}", RULE.replace("keep = ['Share this bread.']\n", ""));
        let error = error(&source);
        assert!(error.contains("rule `share` has no `keep` example") && error.contains("help: "), "{error}");
    }

    #[test]
    fn all_mistakes_are_shown_at_once() {
        let source = format!(
            "{HEADER}{RULE}{}",
            RULE.replace("'Share this'\nstrip", "'a*'\nstrip").replace("strip = ['Share this']\n", "")
        );
        let error = Pack::parse("my.toml", &source).unwrap_err();
        assert_eq!(error.mistakes(), 3, "{error}");
    }
}
