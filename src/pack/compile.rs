//! Pack files to compiled rules; everything that can be wrong with one is found here.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use regex_syntax::hir::{Hir, Look};
use sha2::{Digest as _, Sha256};
use toml::Spanned;

use super::edges::{Edge, bytes_at};
use super::examples::Example;
use super::mistakes::{Mistake, Mistakes};
use super::schema::{
    EchoDef, EvidenceDef, LabelDef, LineCountDef, MatchDef, PackFile, RepeatDef, RuleDef, TitleDef, WhenDef,
};
use super::text_or::Texts;
use super::{Pack, PackError, PackedRule, css, literals, schema, values};
use crate::byte_set::ByteSet;
use crate::literal::{Literal, Literals};
use crate::pattern::{Pattern, Reach, Shape};
use crate::rule::{Conditions, Echo, Evidence, Label, LineCount, Matcher, Repeat, Rule, RuleInfo, Signal};

const DEFAULT_LABEL_LINES: usize = 10;
const DEFAULT_ECHO_CHARS: usize = 1200;

/// When patterns are compiled. They are parsed in any case.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Patterns {
    /// While the pack is loaded: a pattern that is too large is a mistake of the pack.
    CompileNow,
    /// When a pattern is first needed: for packs that are known to compile.
    CompileWhenUsed,
}

/// Reads and checks a pack file; gives the pack and its examples.
pub(super) fn pack(file: &str, source: &str, patterns: Patterns) -> Result<(Pack, Vec<Example>), PackError> {
    let parsed: PackFile =
        toml::from_str(source).map_err(|error| PackError(Mistakes::from_toml(file, source, &error)))?;
    let mut compiler = Compiler { source, patterns, mistakes: Vec::new() };
    let header = &parsed.pack;
    compiler.check_id(&header.id);
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
    if parsed.rule.is_empty() {
        compiler.mistake(header.id.span(), "the pack has no rule".into(), "add one under `[[rule]]`");
    }
    if compiler.mistakes.is_empty() {
        let examples =
            parsed.rule.iter().flat_map(|rule| compiler.examples(rule.get_ref(), header)).collect();
        let pack = Pack {
            id: header.id.get_ref().clone(),
            description: header.description.clone(),
            file: file.to_owned(),
            source: source.to_owned().into(),
            rules,
        };
        Ok((pack, examples))
    } else {
        Err(PackError(Mistakes::new(file, source, compiler.mistakes)))
    }
}

/// Collects mistakes, so that the writer of a pack sees all of them at once.
struct Compiler<'s> {
    source: &'s str,
    patterns: Patterns,
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

    /// An example that does not say where it is from is from where the rule is for; but a table that keeps a text and
    /// has no URL is from no site.
    fn examples(&self, rule: &RuleDef, header: &schema::Header) -> Vec<Example> {
        let id = rule.id.get_ref();
        let strip = rule.strip.iter().map(|e| Example::strip(id, self.line_of(e.span()), e.get_ref()));
        let host = rule.when.hosts.first().or(header.hosts.first());
        let keep = rule.keep.iter().map(|e| Example::keep(id, self.line_of(e.span()), e.get_ref(), host));
        let lang = rule.when.langs.first().or(header.langs.first());
        let all = strip.map(|example| example.on_site(host).in_language(lang)).chain(keep);
        let all = all.map(|example| example.of_origin(rule.when.origin));
        match rule.matching.get_ref() {
            MatchDef::Css(_) => all.map(Example::on_page).collect(),
            _ => all.collect(),
        }
    }

    fn line_of(&self, span: Range<usize>) -> usize {
        1 + self.source.as_bytes()[..span.start].iter().filter(|&&byte| byte == b'\n').count()
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
            MatchDef::Sentence(patterns) => {
                let (patterns, literals) = self.patterns(patterns, Reach::Whole)?;
                Some((Matcher::Sentence(patterns), literals))
            }
            MatchDef::Label(LabelDef { line, each, min_lines, max_lines }) => {
                let (label, literals) = self.patterns(line, Reach::Whole)?;
                let each =
                    each.as_ref().and_then(|each| self.pattern(each.span(), each.get_ref(), Reach::Whole));
                let label = Label {
                    label,
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

    fn pattern(&mut self, span: Range<usize>, source: &str, reach: Reach) -> Option<(Pattern, Literals)> {
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
        self.parse(pattern.span(), pattern.get_ref())?;
        self.compiled(pattern.span(), Pattern::new(pattern.get_ref(), reach, None))
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
            let hir = self.parse(def.like.span(), def.like.get_ref())?;
            let like = self.compiled(def.like.span(), Pattern::new(def.like.get_ref(), Reach::Part, None))?;
            let literals = literals::required(&hir, false);
            let at_least = def.at_least.unwrap_or(1).max(1);
            Some(LineCount { id: id_of_lines(def.like.get_ref(), at_least), like, literals, at_least })
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
    }
}
