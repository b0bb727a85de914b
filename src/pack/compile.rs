//! Pack files to compiled rules; everything that can be wrong with one is found here.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use regex_syntax::hir::{Class, Hir, HirKind, Look};
use sha2::{Digest as _, Sha256};
use toml::Spanned;

use super::edges::{Edge, bytes_at};
use super::examples::Example;
use super::form::{self, FormError, Names};
use super::mistakes::{Mistake, Mistakes};
use super::schema::{
    EchoDef, EvidenceDef, ExamplesDef, LabelDef, LineCountDef, MatchDef, PackFile, RepeatDef, RuleDef,
    RunDef, TitleDef, WhenDef, WordsDef,
};
use super::text_or::Texts;
use super::{Pack, PackError, PackedRule, css, literals, schema, values};
use crate::byte_set::ByteSet;
use crate::form::{Forms, Traits};
use crate::literal::{Literal, Literals};
use crate::pattern::{Pattern, Reach, Shape};
use crate::report::sha256;
use crate::rule::{
    Conditions, Echo, Evidence, Label, LineCount, Lines, Matcher, Repeat, Rule, RuleInfo, Run, Signal,
};
use crate::suggest::{did_you_mean, nearest};
use crate::words::Lists;

const DEFAULT_LABEL_LINES: usize = 10;
const DEFAULT_RUN_LINES: usize = 3;
const DEFAULT_ECHO_CHARS: usize = 1200;

/// When patterns are compiled. They are parsed in any case.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Patterns {
    /// While the pack is loaded: a pattern that is too large is a mistake of the pack.
    CompileNow,
    /// When a pattern is first needed: for packs that are known to compile.
    #[cfg(test)]
    CompileWhenUsed,
}

/// What a pack file says of words and parts.
pub(super) struct Vocabulary {
    /// The pack's id.
    pub pack: String,
    pub lists: Lists,
    pub parts: BTreeMap<String, String>,
}

/// Reads the words and the named parts of a pack file.
///
/// # Errors
/// When the file is not one of a pack.
pub(super) fn vocabulary(file: &str, source: &str) -> Result<Vocabulary, PackError> {
    Ok(vocabulary_of(&read(file, source)?))
}

fn read(file: &str, source: &str) -> Result<PackFile, PackError> {
    toml::from_str(source).map_err(|error| PackError(Mistakes::from_toml(file, source, &error)))
}

fn vocabulary_of(parsed: &PackFile) -> Vocabulary {
    let mut lists = Lists::default();
    let language = parsed.pack.language.as_ref().map_or("", |language| language.get_ref());
    for (name, words) in &parsed.words {
        match words.get_ref() {
            WordsDef::List(words) => lists.add(language, name, words.iter().map(String::as_str)),
            WordsDef::Language(own) => {
                for (list, words) in own {
                    lists.add(name, list, words.iter().map(String::as_str));
                }
            }
        }
    }
    let parts = parsed.parts.iter().map(|(name, part)| (name.clone(), part.get_ref().clone())).collect();
    Vocabulary { pack: parsed.pack.id.get_ref().clone(), lists, parts }
}

/// Reads the examples of a pack file.
///
/// # Errors
/// When the file is not one of a pack.
pub(super) fn examples(file: &str, source: &str) -> Result<Vec<Example>, PackError> {
    let parsed = read(file, source)?;
    let of_rules = parsed.rule.iter().flat_map(|rule| examples_of(source, rule.get_ref(), &parsed.pack));
    let of_others = parsed.examples.iter().flat_map(|def| examples_of_other(source, def, &parsed.pack));
    Ok(of_rules.chain(of_others).collect())
}

/// An example that does not say where it is from is from where the rule is for; but a table that keeps a text and
/// has no URL is from no site.
fn examples_of(source: &str, rule: &RuleDef, header: &schema::Header) -> Vec<Example> {
    let id = rule.id.get_ref();
    let strip = rule.strip.iter().map(|e| Example::strip(id, line_of(source, e.span()), e.get_ref()));
    let host = rule.when.hosts.first().or(header.hosts.first());
    let keep = rule.keep.iter().map(|e| Example::keep(id, line_of(source, e.span()), e.get_ref(), host));
    let lang = rule.when.langs.first().or(header.langs.first());
    let all = strip.map(|example| example.on_site(host).in_language(lang)).chain(keep);
    let all = all.map(|example| example.of_origin(rule.when.origin));
    match rule.matching.get_ref() {
        MatchDef::Css(_) => all.map(Example::on_page).collect(),
        _ => all.collect(),
    }
}

fn examples_of_other(source: &str, def: &ExamplesDef, header: &schema::Header) -> Vec<Example> {
    let id = def.rule.get_ref();
    let lang = header.language.as_ref().map(|language| language.get_ref());
    let strip = def
        .strip
        .iter()
        .map(|e| Example::strip(id, line_of(source, e.span()), e.get_ref()).in_language(lang));
    let keep = def.keep.iter().map(|e| Example::keep(id, line_of(source, e.span()), e.get_ref(), None));
    strip.chain(keep).collect()
}

fn line_of(source: &str, span: Range<usize>) -> usize {
    1 + source.as_bytes()[..span.start].iter().filter(|&&byte| byte == b'\n').count()
}

/// Reads and checks a pack file. `names` are the words and parts of all packs, its own among them.
pub(super) fn pack(file: &str, source: &str, patterns: Patterns, names: &Names) -> Result<Pack, PackError> {
    let parsed = read(file, source)?;
    let mut compiler = Compiler { source, patterns, names, mistakes: Vec::new() };
    let header = &parsed.pack;
    compiler.check_id(&header.id);
    compiler.check_words(&parsed);
    let allow: Vec<Pattern> =
        header.allow.iter().filter_map(|pattern| compiler.condition(pattern, Reach::Places)).collect();

    compiler.share(header.budget.as_ref());

    let mut ids = HashSet::new();
    let mut rules = Vec::new();
    let starts = parsed.rule.iter().map(|rule| rule.span().start);
    let ends = starts.skip(1).chain([source.len()]);
    for (rule, end) in parsed.rule.iter().zip(ends) {
        compiler.check_id(&rule.get_ref().id);
        let id = &rule.get_ref().id;
        if !ids.insert(id.get_ref().as_str()) {
            compiler.mistake(
                id.span(),
                format!("rule `{}` is here twice", id.get_ref()),
                "give it another id",
            );
        }
        rules.extend(compiler.rule(rule, end, header, &allow).map(Arc::new));
    }
    if parsed.rule.is_empty() && parsed.words.is_empty() && parsed.parts.is_empty() {
        compiler.mistake(
            header.id.span(),
            "the pack has no rule and no words".into(),
            "add a rule under `[[rule]]`, or a list under `[words]`",
        );
    }
    if compiler.mistakes.is_empty() {
        let pack = Pack {
            id: header.id.get_ref().clone(),
            description: header.description.clone(),
            file: file.to_owned(),
            source: source.to_owned().into(),
            digest: sha256(source.as_bytes()),
            words: vocabulary_of(&parsed).lists,
            rules,
        };
        Ok(pack)
    } else {
        Err(PackError(Mistakes::new(file, source, compiler.mistakes)))
    }
}

/// Collects mistakes, so that the writer of a pack sees all of them at once.
struct Compiler<'s> {
    source: &'s str,
    patterns: Patterns,
    /// The words and parts that forms and patterns may name.
    names: &'s Names,
    mistakes: Vec<Mistake>,
}

impl Compiler<'_> {
    fn mistake(&mut self, span: Range<usize>, message: String, help: &str) {
        self.mistakes.push(Mistake { span, message, help: help.to_owned() });
    }

    fn check_id(&mut self, id: &Spanned<String>) {
        let name = id.get_ref();
        let parts_ok = name.split('-').all(|part| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        });
        if !parts_ok {
            self.mistake(
                id.span(),
                format!("`{name}` is not an id"),
                "write lower-case letters and digits in words joined by hyphens, such as `share-bar`",
            );
        }
    }

    fn rule(
        &mut self,
        def: &Spanned<RuleDef>,
        end: usize,
        header: &schema::Header,
        pack_allow: &[Pattern],
    ) -> Option<PackedRule> {
        let rule = def.get_ref();
        self.check_examples(rule);
        if matches!(rule.matching.get_ref(), MatchDef::Css(_)) {
            self.check_css_rule(rule);
        }
        let (matcher, literals) = self.matcher(&rule.matching)?;
        let mut allow: Vec<Pattern> =
            rule.allow.iter().filter_map(|pattern| self.condition(pattern, Reach::Places)).collect();
        allow.extend_from_slice(pack_allow);
        let info = RuleInfo {
            id: rule.id.get_ref().clone(),
            kind: rule.kind,
            pack: header.id.get_ref().clone(),
            about: rule.about.clone(),
        };
        Some(PackedRule {
            rule: Rule {
                info: Arc::new(info),
                matcher,
                when: self.conditions(&rule.when, Some(header)),
                allow,
                replace: rule.replace.as_deref().map(Arc::from),
                budget: self.share(rule.budget.as_ref()),
                pack_budget: header.budget.as_ref().map(|budget| *budget.get_ref()),
                alone: rule.alone.is_some(),
                language: header.language.as_ref().map(|language| language.get_ref().clone()),
                overrides: rule.overrides,
            },
            literals,
            // The span of an array's table is its heading alone.
            definition: def.span().start..end,
        })
    }

    fn share(&mut self, share: Option<&Spanned<f64>>) -> Option<f64> {
        values::share(share?).map_err(|mistake| self.mistakes.push(mistake)).ok()
    }

    fn check_examples(&mut self, rule: &RuleDef) {
        let id = &rule.id;
        if rule.strip.is_empty() {
            self.mistake(
                id.span(),
                format!("rule `{}` has no `strip` example", id.get_ref()),
                "add `strip = ['a line as pages have it']`, or `[[rule.strip]]` with `from` and `to`",
            );
        }
        if rule.keep.is_empty() {
            self.mistake(
                id.span(),
                format!("rule `{}` has no `keep` example", id.get_ref()),
                "add `keep = ['a sentence that looks like it and must stay']`",
            );
        }
    }

    /// Elements are found before there is text of which anything else could be asked.
    fn check_css_rule(&mut self, rule: &RuleDef) {
        let asks_for_text = rule.when.asks_for_text();
        if asks_for_text || rule.replace.is_some() || rule.budget.is_some() || !rule.allow.is_empty() {
            self.mistake(
                rule.id.span(),
                format!("rule `{}` is on elements, and asks for more than where they are", rule.id.get_ref()),
                "with `match.css` go `when.hosts` and `when.langs` only; say the rest in the selector",
            );
        }
    }

    fn matcher(&mut self, def: &Spanned<MatchDef>) -> Option<(Matcher, Vec<Literals>)> {
        match def.get_ref() {
            MatchDef::Span(patterns) => {
                let (patterns, literals) = self.patterns(patterns, Reach::Places)?;
                Some((Matcher::Span(patterns), literals))
            }
            MatchDef::Line(patterns) => {
                let (patterns, literals) = self.patterns(patterns, Reach::Whole)?;
                Some((Matcher::Line(patterns), literals))
            }
            MatchDef::Form(forms) => Some((Matcher::Form(self.forms(forms)?), Vec::new())),
            MatchDef::Run(RunDef { certain, also, min_lines, min_certain }) => {
                let certain = self.forms(certain)?;
                let also = match also {
                    Some(also) => self.forms_with(also, true)?,
                    None => Forms(Vec::new()),
                };
                let (min_lines, min_certain) =
                    (min_lines.unwrap_or(DEFAULT_RUN_LINES), min_certain.unwrap_or(1));
                Some((Matcher::Run(Run { certain, also, min_lines, min_certain }), Vec::new()))
            }
            MatchDef::Sentence(patterns) => {
                let (patterns, literals) = self.patterns(patterns, Reach::Whole)?;
                Some((Matcher::Sentence(patterns), literals))
            }
            MatchDef::Label(LabelDef { line, unless, form, each, min_lines, max_lines }) => {
                if let Some(list) = unless
                    && let Err(error) = self.names.check_list(list.get_ref())
                {
                    self.form_mistake(list.span(), &error);
                }
                let (label, form, literals) = match (line, form) {
                    (Some(line), None) => {
                        let (patterns, literals) = self.patterns(line, Reach::Whole)?;
                        (patterns, None, literals)
                    }
                    (None, Some(form)) => (Vec::new(), Some(self.forms(form)?), Vec::new()),
                    _ => {
                        self.mistake(
                            def.span(),
                            "a label is said by `line` or by `form`".into(),
                            "write one of them: a regular expression, or a form over word lists",
                        );
                        return None;
                    }
                };
                let each =
                    each.as_ref().and_then(|each| self.pattern(each.span(), each.get_ref(), Reach::Whole));
                let label = Label {
                    label,
                    form,
                    unless: unless.as_ref().map(|list| list.get_ref().clone()),
                    each: each.map(|(pattern, _)| pattern),
                    min_lines: min_lines.unwrap_or(1),
                    max_lines: max_lines.unwrap_or(DEFAULT_LABEL_LINES),
                };
                if label.min_lines > label.max_lines {
                    self.mistake(
                        def.span(),
                        "`min_lines` is more than `max_lines`".into(),
                        "raise `max_lines`",
                    );
                }
                Some((Matcher::Label(label), literals))
            }
            MatchDef::Echo(EchoDef { until, max_chars }) => {
                let words = until.get_ref().0.clone();
                if words.iter().any(|word| word.chars().count() < 2) {
                    self.mistake(
                        until.span(),
                        "a closing word of less than two characters stands everywhere".into(),
                        "write the whole word, such as `MORE`",
                    );
                    return None;
                }
                let literals = words.iter().map(|word| Some(vec![closing_literal(word)])).collect();
                let max_chars = max_chars.unwrap_or(DEFAULT_ECHO_CHARS);
                Some((Matcher::Echo(Echo { until: words, max_chars }), literals))
            }
            MatchDef::Repeat(RepeatDef { of, within, min_chars, unless }) => {
                let unless = unless.as_ref().and_then(|pattern| self.condition(pattern, Reach::Part));
                let repeat = Repeat { of: *of, within: *within, min_chars: *min_chars, unless };
                Some((Matcher::Repeat(repeat), Vec::new()))
            }
            MatchDef::Title(TitleDef { within_first }) => {
                Some((Matcher::Title { within: *within_first }, Vec::new()))
            }
            MatchDef::Evidence(evidence) => self.evidence(evidence, def.span()),
            MatchDef::Css(def) => {
                let place = |selector: &str| self.place_of(selector, def.span());
                let css = css::compile(def, place).map_err(|mistakes| self.mistakes.extend(mistakes)).ok()?;
                Some((Matcher::Css(css), Vec::new()))
            }
        }
    }

    /// At least one signal with a text must hold, or else every line is tried.
    fn evidence(&mut self, def: &EvidenceDef, span: Range<usize>) -> Option<(Matcher, Vec<Literals>)> {
        let mut signals = Vec::with_capacity(def.signals.len());
        let mut literals: Literals = Some(Vec::new());
        let mut without_text = 0;
        for signal in &def.signals {
            if let Some(pattern) = &signal.when.text {
                let hir = self.parse(pattern.span(), pattern.get_ref())?;
                if signal.weight > 0 {
                    literals = literals.zip(literals::required(&hir, false)).map(|(mut all, own)| {
                        all.extend(own);
                        all
                    });
                }
            } else {
                without_text += signal.weight.max(0);
            }
            if signal.when.asks_for_document() {
                self.mistake(
                    span.clone(),
                    format!("the signal `{}` asks for more than its line", signal.about),
                    "say `hosts`, `langs` and `origin` in the `when` of the rule",
                );
            }
            let when = self.conditions(&signal.when, None);
            signals.push(Signal { weight: signal.weight, about: signal.about.clone(), when });
        }
        let reachable: i32 = def.signals.iter().map(|signal| signal.weight.max(0)).sum();
        if reachable < def.at_least {
            self.mistake(
                span,
                format!("all signals together reach {reachable}, but `at_least` is {}", def.at_least),
                "lower `at_least` or raise the weights",
            );
        }
        let literals = literals.filter(|_| without_text < def.at_least);
        Some((Matcher::Evidence(Evidence { at_least: def.at_least, signals }), vec![literals]))
    }

    /// Checks each pattern of a matcher and finds the literals that it cannot match without.
    fn patterns(&mut self, patterns: &Spanned<Texts>, reach: Reach) -> Option<(Vec<Pattern>, Vec<Literals>)> {
        let all = &patterns.get_ref().0;
        let checked: Vec<_> = all
            .iter()
            .filter_map(|pattern| {
                let span = self.place_of(pattern, patterns.span());
                self.pattern(span, pattern, reach)
            })
            .collect();
        (checked.len() == all.len()).then(|| checked.into_iter().unzip())
    }

    /// Where one pattern of a list stands, when the file has it letter for letter.
    fn place_of(&self, pattern: &str, list: Range<usize>) -> Range<usize> {
        match self.source[list.clone()].find(pattern) {
            Some(at) => list.start + at..list.start + at + pattern.len(),
            None => list,
        }
    }

    fn forms(&mut self, forms: &Spanned<Texts>) -> Option<Forms> {
        self.forms_with(forms, false)
    }

    /// Reads forms. `without_list` allows those that no word list tells where to look for.
    fn forms_with(&mut self, forms: &Spanned<Texts>, without_list: bool) -> Option<Forms> {
        let traits = |pattern: &str| {
            let pattern = format!("(?i:{pattern})");
            let hir = regex_syntax::parse(&pattern).map_err(|error| error.to_string())?;
            Ok(Traits {
                is_open: is_open(&hir),
                may_be_empty: hir.properties().minimum_len() == Some(0),
                first: bytes_at(&hir, Edge::First),
            })
        };
        let mistakes = self.mistakes.len();
        let mut all = Vec::new();
        for source in &forms.get_ref().0 {
            let span = self.place_of(source, forms.span());
            match form::parse(source, self.names, &traits, without_list) {
                Ok(form) => all.push(form),
                Err(error) => self.form_mistake(span, &error),
            }
        }
        let mut forms_read = Forms(all);
        if self.patterns == Patterns::CompileNow {
            for expression in forms_read.expressions_mut() {
                if let Err(error) = expression.compile() {
                    self.mistake(
                        forms.span(),
                        format!("a part of the form does not compile: {error}"),
                        "use smaller repetitions",
                    );
                }
            }
        }
        (self.mistakes.len() == mistakes).then_some(forms_read)
    }

    fn form_mistake(&mut self, span: Range<usize>, error: &FormError) {
        let (message, help) = match error {
            FormError::UnknownName(name) => (
                format!("there is no word list and no part `{name}`"),
                nearest(name, self.names.all())
                    .map_or_else(|| "add it under `[words]` or `[parts]`".to_owned(), did_you_mean),
            ),
            FormError::ListInPattern(name) => (
                format!("`{name}` is a word list, which only forms have"),
                "write a form with `match.form`, or ask for the words with `when.without`".to_owned(),
            ),
            FormError::Unclosed => ("a bracket is not closed, or closed twice".to_owned(), String::new()),
            FormError::TooDeep(name) => {
                (format!("the part `{name}` holds itself"), "take its own name out of it".to_owned())
            }
            FormError::Pattern(pattern, error) => (
                format!(
                    "`{pattern}` is not a regular expression: {}",
                    error.lines().last().unwrap_or_default()
                ),
                "put a backslash before what regular expressions use, or a name in braces".to_owned(),
            ),
            FormError::NoList => (
                "nothing in the form tells where to look for it".to_owned(),
                "let it have a word list that is not optional".to_owned(),
            ),
        };
        self.mistakes.push(Mistake { span, message, help });
    }

    /// A regular expression with the parts that it names.
    fn with_parts<'p>(&mut self, span: Range<usize>, source: &'p str) -> Option<Cow<'p, str>> {
        match form::with_parts(source, self.names) {
            Ok(expanded) => Some(expanded.map_or(Cow::Borrowed(source), Cow::Owned)),
            Err(error) => {
                self.form_mistake(span, &error);
                None
            }
        }
    }

    /// The names of word lists.
    fn lists(&mut self, lists: Option<&Spanned<Texts>>) -> Vec<String> {
        let Some(lists) = lists else { return Vec::new() };
        for name in &lists.get_ref().0 {
            if let Err(error) = self.names.check_list(name) {
                self.form_mistake(lists.span(), &error);
            }
        }
        lists.get_ref().0.clone()
    }

    fn check_words(&mut self, parsed: &PackFile) {
        let language = parsed.pack.language.as_ref();
        if let Some(language) = language.filter(|language| !values::is_language(language.get_ref())) {
            self.mistake(
                language.span(),
                format!("`{}` is not a language tag", language.get_ref()),
                "write the two or three letters of its code, such as `sv`",
            );
        }
        for (name, words) in &parsed.words {
            let lists: Vec<(&str, &Vec<String>)> = match words.get_ref() {
                WordsDef::List(words) => vec![(name, words)],
                WordsDef::Language(lists) => {
                    lists.iter().map(|(list, words)| (list.as_str(), words)).collect()
                }
            };
            for (list, words) in lists {
                if words.is_empty() || words.iter().any(|word| word.trim().is_empty() || word.trim() != word)
                {
                    self.mistake(
                        parsed.words[name].span(),
                        format!(
                            "the word list `{list}` has an entry that is empty, or has white space around it"
                        ),
                        "write each entry as it stands between spaces, or leave the list out",
                    );
                }
            }
        }
    }

    fn pattern(&mut self, span: Range<usize>, source: &str, reach: Reach) -> Option<(Pattern, Literals)> {
        let source = &*self.with_parts(span.clone(), source)?;
        let hir = self.parse(span.clone(), source)?;
        if hir.properties().minimum_len() == Some(0) {
            self.mistake(
                span,
                "the pattern also matches where nothing stands".into(),
                "make at least one part of it required, such as `+` in the place of `*`",
            );
            return None;
        }
        let pattern = self.compiled(span, Pattern::new(source, reach, Some(shape(&hir, reach))))?;
        // A line or a sentence starts behind what is neither a letter nor a digit.
        Some((pattern, literals::required(&hir, reach == Reach::Whole)))
    }

    /// A pattern of a condition may match the empty text: that is how it says "no line".
    fn condition(&mut self, pattern: &Spanned<String>, reach: Reach) -> Option<Pattern> {
        let source = self.with_parts(pattern.span(), pattern.get_ref())?;
        self.parse(pattern.span(), &source)?;
        self.compiled(pattern.span(), Pattern::new(&source, reach, None))
    }

    fn parse(&mut self, span: Range<usize>, source: &str) -> Option<Hir> {
        values::regex(span, source).map_err(|mistake| self.mistakes.push(mistake)).ok()
    }

    fn compiled(&mut self, span: Range<usize>, pattern: Pattern) -> Option<Pattern> {
        if self.patterns == Patterns::CompileNow
            && let Err(error) = pattern.compile()
        {
            self.mistake(span, format!("the pattern does not compile: {error}"), "use smaller repetitions");
            return None;
        }
        Some(pattern)
    }

    /// Hosts, languages and genre are the pack's for a rule that does not say its own.
    fn conditions(&mut self, when: &WhenDef, pack: Option<&schema::Header>) -> Conditions {
        let hosts = pack.map_or(&[][..], |pack| &pack.hosts);
        let langs = pack.map_or(&[][..], |pack| &pack.langs);
        let either = |own: &[String], pack: &[String]| -> Vec<String> {
            let chosen = if own.is_empty() { pack } else { own };
            chosen.iter().map(|name| name.to_lowercase()).collect()
        };
        Conditions {
            hosts: either(&when.hosts, hosts),
            langs: either(&when.langs, langs),
            origin: when.origin,
            within_first: when.within_first,
            within_last: when.within_last,
            without: self.lists(when.without.as_ref()),
            text: when.text.as_ref().and_then(|pattern| self.condition(pattern, Reach::Part)),
            min_chars: when.min_chars,
            max_chars: when.max_chars,
            in_line: when.in_line,
            case: when.case,
            previous: when.previous.as_ref().and_then(|pattern| self.condition(pattern, Reach::Part)),
            next: when.next.as_ref().and_then(|pattern| self.condition(pattern, Reach::Part)),
            not_previous: when.not_previous.as_ref().and_then(|pattern| self.condition(pattern, Reach::Part)),
            not_next: when.not_next.as_ref().and_then(|pattern| self.condition(pattern, Reach::Part)),
            unless_lines: self
                .line_counts([pack.and_then(|pack| pack.unless_lines.as_ref()), when.unless_lines.as_ref()]),
            with_lines: self
                .line_counts([pack.and_then(|pack| pack.with_lines.as_ref()), when.with_lines.as_ref()]),
            genre: when.genre.or_else(|| pack.and_then(|pack| pack.genre)),
        }
    }

    fn line_counts(&mut self, defs: [Option<&LineCountDef>; 2]) -> Vec<LineCount> {
        let count = |def: &LineCountDef| {
            let like = self.condition(&def.like, Reach::Part)?;
            let hir = self.parse(def.like.span(), like.source())?;
            let literals = literals::required(&hir, false);
            let at_least = def.at_least.unwrap_or(1).max(1);
            let lines = Arc::new(Lines { like, literals });
            Some(LineCount { id: id_of_lines(def.like.get_ref(), at_least), at_least, lines })
        };
        defs.into_iter().flatten().filter_map(count).collect()
    }
}

/// Behind another capital, a word with a capital closes nothing.
fn closing_literal(word: &str) -> Literal {
    Literal { text: word.to_ascii_lowercase(), at_edge: word.starts_with(|c: char| c.is_ascii_uppercase()) }
}

/// Which nobody can make for other lines.
fn id_of_lines(like: &str, at_least: usize) -> u64 {
    let digest = Sha256::digest(format!("{at_least} {like}"));
    digest.iter().take(8).fold(0, |id, &byte| id << 8 | u64::from(byte))
}

/// What is known of the texts in which a pattern matches. One for a part of them that says `^` or `$` is known
/// at that end.
fn shape(hir: &Hir, reach: Reach) -> Shape {
    let properties = hir.properties();
    let is_whole = reach == Reach::Whole;
    let at_start = is_whole || properties.look_set_prefix().contains(Look::Start);
    let at_end = is_whole || properties.look_set_suffix().contains(Look::End);
    let bytes_at = |edge: Edge, is_known: bool| if is_known { bytes_at(hir, edge) } else { ByteSet::ALL };
    Shape {
        min: properties.minimum_len().unwrap_or(0),
        max: properties.maximum_len().filter(|_| at_start && at_end),
        starts: literals::starts(hir).filter(|_| at_start),
        first: bytes_at(Edge::First, at_start),
        last: bytes_at(Edge::Last, at_end),
        open: is_open(hir),
    }
}

/// A part that takes so many characters, whatever they are, may take a sentence.
const OPEN_CHARS: u32 = 16;

/// True when a part of the pattern takes whatever words come, or a long one.
fn is_open(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            let is_long = repetition.max.is_none_or(|max| max >= OPEN_CHARS);
            is_long && takes_words(&repetition.sub) || is_open(&repetition.sub)
        }
        HirKind::Capture(capture) => is_open(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(is_open),
        _ => false,
    }
}

/// True for a class of characters that holds small letters, and for what is made of such.
fn takes_words(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => {
            class.iter().any(|range| range.start() <= 'e' && 'e' <= range.end())
        }
        HirKind::Class(Class::Bytes(class)) => {
            class.iter().any(|range| range.start() <= b'e' && b'e' <= range.end())
        }
        HirKind::Capture(capture) => takes_words(&capture.sub),
        HirKind::Alternation(parts) => parts.iter().any(takes_words),
        _ => false,
    }
}
