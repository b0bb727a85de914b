//! Reads forms.
//!
//! A form is a row of items, with spaces between them where the text has some:
//!
//! - `{name}`, an entry of the word list of that name, or the part of that name;
//! - `( … | … )`, one of several rows;
//! - anything else without a space, as a regular expression.
//!
//! Behind an item, `?` says that it may be missing, `*`, `+` and `{0,3}` how often it stands. Before one, `~` says that no space
//! need be before it.

use std::collections::{BTreeMap, BTreeSet};

use crate::form::{Atom, Expression, Form, Gap, Item, Traits};
use crate::words::Lists;

/// Parts hold parts, up to so deep.
const MAX_DEPTH: usize = 8;
/// How often an item stands where a form says no bound.
const MAX_TIMES: u8 = 20;

/// What forms and patterns may name: the word lists and the parts of some packs.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    lists: BTreeSet<String>,
    parts: BTreeMap<String, String>,
}

impl Names {
    /// Adds what a pack has. Its parts take the place of those of the same name.
    pub fn add(&mut self, lists: &Lists, parts: &BTreeMap<String, String>) {
        self.lists.extend(lists.0.values().flat_map(|lists| lists.keys().cloned()));
        self.parts.extend(parts.clone());
    }

    /// Makes sure that there is a list of that name.
    pub fn check_list(&self, name: &str) -> Result<(), FormError> {
        match self.lists.contains(name) {
            true => Ok(()),
            false => Err(FormError::UnknownName(name.to_owned())),
        }
    }

    /// The names of all lists and parts.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.lists.iter().chain(self.parts.keys()).map(String::as_str)
    }
}

/// What is wrong with a form or a pattern that names parts.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FormError {
    /// There is no list and no part of that name.
    UnknownName(String),
    /// A list stands in a regular expression.
    ListInPattern(String),
    /// A bracket is not closed.
    Unclosed,
    /// A part holds itself.
    TooDeep(String),
    /// A part of it is no regular expression.
    Pattern(String, String),
    /// Nothing of it is a word list that must stand there.
    NoList,
}

/// A form as its pack has it, read. `traits` tells what is known of an expression; `without_list` allows a form in which no word list need
/// stand.
pub(super) fn parse(
    source: &str,
    names: &Names,
    traits: &dyn Fn(&str) -> Result<Traits, String>,
    without_list: bool,
) -> Result<Form, FormError> {
    let rows = Parser { rest: source, names, traits, depth: 0 }.rows()?;
    if !without_list && !rows.iter().all(|row| has_list(row)) {
        return Err(FormError::NoList);
    }
    let is_open = rows.iter().flatten().any(Item::is_open);
    Ok(Form { source: source.to_owned(), rows, is_open })
}

/// A regular expression with the parts that it names.
pub(super) fn with_parts(source: &str, names: &Names) -> Result<Option<String>, FormError> {
    expanded(source, names, 0)
}

fn expanded(source: &str, names: &Names, depth: usize) -> Result<Option<String>, FormError> {
    let mut pattern = String::new();
    let mut copied = 0;
    for (at, _) in source.match_indices('{') {
        let Some(name) = name_at(source, at) else { continue };
        if depth == MAX_DEPTH {
            return Err(FormError::TooDeep(name.to_owned()));
        }
        let part = names.parts.get(name).ok_or_else(|| match names.lists.contains(name) {
            true => FormError::ListInPattern(name.to_owned()),
            false => FormError::UnknownName(name.to_owned()),
        })?;
        let part = expanded(part, names, depth + 1)?.unwrap_or_else(|| part.clone());
        pattern.push_str(&source[copied..at]);
        pattern.push_str(&format!("(?:{part})"));
        copied = at + name.len() + 2;
    }
    pattern.push_str(&source[copied..]);
    Ok((copied > 0).then_some(pattern))
}

/// The name whose opening brace is at `at`: regular expressions have none but for classes and code points.
fn name_at(source: &str, at: usize) -> Option<&str> {
    let before = &source.as_bytes()[..at];
    let is_class = before.len() >= 2
        && before[before.len() - 2] == b'\\'
        && matches!(before[before.len() - 1], b'p' | b'P' | b'x' | b'u' | b'U' | b'b');
    let end = at + source[at..].find('}')?;
    let name = &source[at + 1..end];
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    (is_name && !is_class).then_some(name)
}

/// True for a row with a word list of which an entry must stand.
fn has_list(row: &[Item]) -> bool {
    row.iter().filter(|item| item.times.0 > 0).any(|item| match &item.atom {
        Atom::List(_) => true,
        Atom::Choice(rows) => rows.iter().all(|row| has_list(row)),
        Atom::Pattern(_) => false,
    })
}

struct Parser<'f> {
    rest: &'f str,
    names: &'f Names,
    traits: &'f dyn Fn(&str) -> Result<Traits, String>,
    depth: usize,
}

impl<'f> Parser<'f> {
    /// All of the text.
    fn rows(&mut self) -> Result<Vec<Vec<Item>>, FormError> {
        let rows = self.choice()?;
        if self.rest.is_empty() { Ok(rows) } else { Err(FormError::Unclosed) }
    }

    /// Rows with bars between.
    fn choice(&mut self) -> Result<Vec<Vec<Item>>, FormError> {
        let mut rows = vec![self.row()?];
        while let Some(rest) = self.rest.strip_prefix('|') {
            self.rest = rest;
            rows.push(self.row()?);
        }
        Ok(rows)
    }

    /// Items up to a bar or a bracket that closes.
    fn row(&mut self) -> Result<Vec<Item>, FormError> {
        let mut items = Vec::new();
        loop {
            let rest = self.rest.trim_start_matches(' ');
            let gap = if rest.len() == self.rest.len() { Gap::None } else { Gap::Space };
            self.rest = rest;
            if self.rest.is_empty() || self.rest.starts_with(['|', ')']) {
                return Ok(items);
            }
            items.push(self.item(gap)?);
        }
    }

    fn item(&mut self, gap: Gap) -> Result<Item, FormError> {
        let gap = if self.rest.starts_with('~') { Gap::Any } else { gap };
        self.rest = self.rest.trim_start_matches('~');
        let atom = if let Some(name) = name_at(self.rest, 0).filter(|_| self.rest.starts_with('{')) {
            self.rest = &self.rest[name.len() + 2..];
            self.named(name)?
        } else if let Some(rest) = self.rest.strip_prefix('(').filter(|rest| !rest.starts_with('?')) {
            self.rest = rest;
            let rows = self.choice()?;
            self.rest = self.rest.strip_prefix(')').ok_or(FormError::Unclosed)?;
            Atom::Choice(rows)
        } else {
            let pattern = self.pattern()?;
            return Ok(Item { gap, atom: Atom::Pattern(self.expression(pattern)?), times: (1, 1) });
        };
        Ok(Item { gap, atom, times: self.times() })
    }

    fn named(&self, name: &str) -> Result<Atom, FormError> {
        if let Some(part) = self.names.parts.get(name) {
            if self.depth == MAX_DEPTH {
                return Err(FormError::TooDeep(name.to_owned()));
            }
            let mut parser = Parser { rest: part, depth: self.depth + 1, ..*self };
            return Ok(Atom::Choice(parser.rows()?));
        }
        match self.names.lists.contains(name) {
            true => Ok(Atom::List(name.to_owned())),
            false => Err(FormError::UnknownName(name.to_owned())),
        }
    }

    fn expression(&self, source: &str) -> Result<Expression, FormError> {
        let expanded = expanded(source, self.names, self.depth)?;
        let source = expanded.as_deref().unwrap_or(source);
        let traits =
            (self.traits)(source).map_err(|message| FormError::Pattern(source.to_owned(), message))?;
        Ok(Expression::new(source.to_owned(), traits))
    }

    /// `?`, `*`, `+`, or a range in braces.
    fn times(&mut self) -> (u8, u8) {
        let (times, len) = match self.rest.as_bytes().first() {
            Some(b'?') => ((0, 1), 1),
            Some(b'*') => ((0, MAX_TIMES), 1),
            Some(b'+') => ((1, MAX_TIMES), 1),
            Some(b'{') => {
                let end = self.rest.find('}').unwrap_or(0);
                let range = self.rest.get(1..end).and_then(|range| {
                    let (min, max) = range.split_once(',').unwrap_or((range, range));
                    Some((min.parse().ok()?, max.parse().ok()?))
                });
                range.map_or(((1, 1), 0), |range| (range, end + 1))
            }
            _ => ((1, 1), 0),
        };
        self.rest = &self.rest[len..];
        times
    }

    /// A regular expression up to the next space or bar outside of its brackets.
    fn pattern(&mut self) -> Result<&'f str, FormError> {
        let (mut depth, mut in_class, mut escaped) = (0_usize, false, false);
        let mut end = self.rest.len();
        for (at, c) in self.rest.char_indices() {
            if escaped {
                escaped = false;
                continue;
            }
            match c {
                '\\' => escaped = true,
                '[' if !in_class => in_class = true,
                ']' => in_class = false,
                '(' if !in_class => depth += 1,
                ')' if !in_class && depth == 0 => {
                    end = at;
                    break;
                }
                ')' if !in_class => depth -= 1,
                ' ' | '|' if depth == 0 && !in_class => {
                    end = at;
                    break;
                }
                '{' if depth == 0 && !in_class && at > 0 && name_at(self.rest, at).is_some() => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        if depth > 0 || in_class {
            return Err(FormError::Unclosed);
        }
        let (pattern, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(pattern)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::byte_set::ByteSet;
    use crate::form::Forms;
    use crate::words::Words;

    fn lists() -> Lists {
        let mut lists = Lists::default();
        lists.add("en", "follow", ["follow us", "like us"]);
        lists.add("en", "on", ["on"]);
        lists.add("en", "rights", ["all rights reserved"]);
        lists.add("ja", "follow", ["をフォロー"]);
        lists.add("", "network", ["facebook", "twitter"]);
        lists
    }

    fn form(source: &str) -> Result<Form, FormError> {
        let mut names = Names::default();
        let parts = [
            ("networks", "{network}( ~[,&]? {network})*"),
            ("end", "[ .!]{0,3}"),
            ("tail", "(?:[ ,].{1,140})?"),
        ];
        names.add(&lists(), &parts.iter().map(|(name, part)| (name.to_string(), part.to_string())).collect());
        let traits = |pattern: &str| {
            let is_open = pattern.contains("140");
            Ok(Traits { is_open, may_be_empty: false, first: ByteSet::ALL })
        };
        parse(source, &names, &traits, false)
    }

    fn has(source: &str, language: &str, text: &str) -> bool {
        let lists = lists();
        let words = Words::new([("test", &lists)]);
        let forms = Forms(vec![form(source).unwrap()]).bound(&words);
        forms.of(&words, words.language(language), text).is_some()
    }

    #[test]
    fn a_text_has_a_form_when_all_of_it_does() {
        assert!(has("{follow} {on}? {networks}{end}", "en", "FOLLOW US on Facebook, Twitter!"));
        assert!(has("{follow} {on}? {networks}{end}", "en", "Like us Facebook"));
        assert!(!has("{follow} {on}? {networks}{end}", "en", "Follow us on Facebook, said he"));
        assert!(!has("{follow} {on}? {networks}{end}", "en", "Follow us onFacebook"));
        assert!(has("{follow} {networks}{tail}", "en", "Follow us Facebook for more"));
    }

    #[test]
    fn in_some_languages_no_space_is_between() {
        assert!(has("{networks} {follow}", "ja", "Facebookをフォロー"));
        assert!(!has("{networks} {follow}", "en", "Facebookfollow us"));
    }

    #[test]
    fn a_bracket_has_the_spaces_before_it_or_those_inside() {
        assert!(has("{rights}( ~[.,]? {rights})*", "en", "All rights reserved. All rights reserved"));
        assert!(has(
            "(?:©|copyright) ~[^<>]{2,140}[., ]{1,3}{rights}",
            "en",
            "© 2023 The Morning Post. All rights reserved"
        ));
        assert!(has(r"( {follow} | \d{1,3} likes )? {network}", "en", "12 likes Facebook"));
    }

    #[test]
    fn what_a_form_may_start_with_is_known() {
        let starts = |source: &str| {
            let form = form(source).unwrap();
            let lists = form.starts().lists.into_iter();
            lists.map(|(list, next)| format!("{list} {:?} {}", next.lists, next.is_end)).collect::<Vec<_>>()
        };
        assert_eq!(starts("{follow} {network}"), [r#"follow ["network"] false"#]);
        assert_eq!(
            starts("{on}? ({network} | {follow}+) {rights}?"),
            [
                r#"on ["network", "follow"] false"#,
                r#"network ["rights"] true"#,
                r#"follow ["rights", "follow"] true"#
            ]
        );
        assert!(form(r"\d+ {network}").unwrap().starts().bytes.contains(b'7'));
    }

    #[test]
    fn mistakes_are_told() {
        assert_eq!(form("{folow}").unwrap_err(), FormError::UnknownName("folow".into()));
        assert_eq!(form("( {follow}").unwrap_err(), FormError::Unclosed);
        assert_eq!(form("{follow} )").unwrap_err(), FormError::Unclosed);
        assert_eq!(form(r"{on}? \d+").unwrap_err(), FormError::NoList);
    }
}
