//! Forms: how noise is built, over word lists. `{follow} {on}? {network}` is one form for every language that has the words.

use std::sync::{Arc, OnceLock};

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::document::Span;
use crate::words::{List, Words};

const COMPILES: &str =
    "expressions of forms from outside compile when their pack is loaded, our own in its tests";
/// So many places are tried as the end of an expression that takes whatever words come, in front of other items.
const MAX_ENDS: usize = 40;

/// A form.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Form<L = String> {
    /// As its pack has it.
    pub source: String,
    /// Alternatives.
    pub rows: Vec<Vec<Item<L>>>,
    /// True when a part of it takes whatever words come, as many as a sentence has.
    #[serde(default)]
    pub is_open: bool,
    /// Lists of which one has an entry in every match.
    pub anchors: Vec<String>,
}

/// A part of a form.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Item<L = String> {
    /// What is before it.
    #[serde(default, skip_serializing_if = "Gap::is_space")]
    pub gap: Gap,
    pub atom: Atom<L>,
    /// How often it stands, at least and at most.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub times: (u8, u8),
}

fn once() -> (u8, u8) {
    (1, 1)
}

fn is_once(times: &(u8, u8)) -> bool {
    *times == once()
}

/// What stands between an item and the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Gap {
    /// Nothing.
    None,
    /// A space, or nothing.
    Any,
    /// A space, where the language writes one between words.
    #[default]
    Space,
}

impl Gap {
    fn is_space(&self) -> bool {
        *self == Gap::Space
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Atom<L = String> {
    /// An entry of a word list.
    List(L),
    /// One of several rows.
    Choice(Vec<Vec<Item<L>>>),
    /// An expression.
    Pattern(Expression),
}

/// A regular expression at a place of a form, compiled when it is first needed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Expression {
    pub source: String,
    /// It takes whatever words come.
    #[serde(default)]
    pub is_open: bool,
    /// Anchored at its start, and at both ends.
    #[serde(skip)]
    engines: Arc<(OnceLock<Regex>, OnceLock<Regex>)>,
}

impl Expression {
    pub fn new(source: String, is_open: bool) -> Self {
        Self { source, is_open, engines: Arc::default() }
    }

    /// Makes equal expressions be compiled once for all of them.
    pub fn share(&mut self, known: &mut std::collections::HashMap<String, Self>) {
        let shared = known.entry(self.source.clone()).or_insert_with(|| self.clone());
        self.engines = Arc::clone(&shared.engines);
    }

    /// Compiles now, to learn of an error while the pack is being loaded.
    pub fn compile(&self) -> Result<(), regex::Error> {
        Regex::new(&format!("^(?i:{})$", self.source)).map(|regex| {
            self.engines.1.get_or_init(|| regex);
        })
    }

    /// Where a match at the start of a text ends.
    fn end(&self, text: &str) -> Option<usize> {
        let regex =
            self.engines.0.get_or_init(|| Regex::new(&format!("^(?i:{})", self.source)).expect(COMPILES));
        regex.find(text).map(|found| found.end())
    }

    /// True when it matches all of a text.
    fn takes(&self, text: &str) -> bool {
        let regex =
            self.engines.1.get_or_init(|| Regex::new(&format!("^(?i:{})$", self.source)).expect(COMPILES));
        regex.is_match(text)
    }
}

/// Forms of which each is noise.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Forms<L = String>(pub Vec<Form<L>>);

/// Forms whose lists are known by number; a list that no pack has is none.
pub(crate) type BoundForms = Forms<Option<List>>;

/// A form that a text has.
pub(crate) struct Found<'f> {
    pub form: &'f Form<Option<List>>,
    /// The words of its lists, as places in the text, and their packs by number.
    pub words: Vec<(Span, usize)>,
}

impl Form {
    /// The list with an entry of which every match starts, if it is one.
    pub fn first_list(&self) -> Option<&str> {
        let mut names = self.rows.iter().map(|row| match row.first() {
            Some(Item { atom: Atom::List(name), times: (1.., _), .. }) => Some(name.as_str()),
            _ => None,
        });
        let name = names.next()??;
        names.all(|other| other == Some(name)).then_some(name)
    }
}

impl Forms {
    /// The forms with the numbers of their lists.
    pub fn bound(&self, words: &Words) -> BoundForms {
        fn rows(all: &[Vec<Item>], words: &Words) -> Vec<Vec<BoundItem>> {
            let item = |item: &Item| Item {
                gap: item.gap,
                times: item.times,
                atom: match &item.atom {
                    Atom::List(name) => Atom::List(words.list(name)),
                    Atom::Choice(own) => Atom::Choice(rows(own, words)),
                    Atom::Pattern(expression) => Atom::Pattern(expression.clone()),
                },
            };
            all.iter().map(|row| row.iter().map(item).collect()).collect()
        }
        let form = |form: &Form| Form {
            source: form.source.clone(),
            rows: rows(&form.rows, words),
            is_open: form.is_open,
            anchors: form.anchors.clone(),
        };
        Forms(self.0.iter().map(form).collect())
    }

    /// Every expression of the forms.
    pub fn expressions_mut(&mut self) -> Vec<&mut Expression> {
        fn of_row<'f>(row: &'f mut [Item], all: &mut Vec<&'f mut Expression>) {
            for item in row {
                match &mut item.atom {
                    Atom::Pattern(expression) => all.push(expression),
                    Atom::Choice(rows) => rows.iter_mut().for_each(|row| of_row(row, all)),
                    Atom::List(_) => {}
                }
            }
        }
        let mut all = Vec::new();
        self.0.iter_mut().flat_map(|form| &mut form.rows).for_each(|row| of_row(row, &mut all));
        all
    }
}

impl BoundForms {
    /// The first form that all of `text` has, in a language by its number.
    pub fn of<'f>(&'f self, words: &Words, language: usize, text: &str) -> Option<Found<'f>> {
        self.0.iter().find_map(|form| form.of(words, language, text))
    }

    /// True when a form may start where a text does.
    pub fn may_start(&self, words: &Words, language: usize, text: &str) -> bool {
        let reader = Reader { words, language, text };
        self.0.iter().flat_map(|form| &form.rows).any(|row| reader.may_start(row))
    }
}

impl Form<Option<List>> {
    /// The words by which all of `text` has this form.
    pub fn of<'f>(&'f self, words: &Words, language: usize, text: &str) -> Option<Found<'f>> {
        let reader = Reader { words, language, text };
        let whole = |row: &Vec<BoundItem>| {
            let states = reader.row(row, vec![State { at: 0, words: Vec::new() }], false);
            states.into_iter().find(|state| state.at == text.len())
        };
        let state = self.rows.iter().find_map(whole)?;
        Some(Found { form: self, words: state.words })
    }
}

impl Found<'_> {
    /// What decided, for the reader of a report. `packs` are the names of the packs by number.
    pub fn evidence(&self, text: &str, tag: &str) -> String {
        let mut words: Vec<&str> = self.words.iter().map(|(span, _)| &text[span.range()]).collect();
        words.dedup();
        let words: Vec<String> = words.iter().map(|word| format!("“{word}”")).collect();
        let of = if tag.is_empty() { String::new() } else { format!(" of `{tag}`") };
        format!("has the form `{}` with the words {}{of}", self.form.source, words.join(", "))
    }
}

type BoundItem = Item<Option<List>>;

/// A way to read a text so far.
#[derive(Clone, PartialEq)]
struct State {
    at: usize,
    words: Vec<(Span, usize)>,
}

struct Reader<'t> {
    words: &'t Words,
    language: usize,
    text: &'t str,
}

impl Reader<'_> {
    /// True when the first items of a row may match at the start of the text.
    fn may_start(&self, row: &[BoundItem]) -> bool {
        for item in row {
            let matches = match &item.atom {
                Atom::List(list) => !self.ends_of_list(*list, 0).is_empty(),
                Atom::Choice(rows) => rows.iter().any(|row| self.may_start(row)),
                Atom::Pattern(expression) => expression.end(self.text).is_some(),
            };
            if matches || item.times.0 > 0 {
                return matches;
            }
        }
        true
    }

    /// All ways to read a row from the given ones on. `goes_on` says that something is before it.
    fn row(&self, row: &[BoundItem], mut states: Vec<State>, goes_on: bool) -> Vec<State> {
        for (number, item) in row.iter().enumerate() {
            let is_last = number + 1 == row.len();
            let mut all = if item.times.0 == 0 { states.clone() } else { Vec::new() };
            for count in 1..=item.times.1 {
                states =
                    states.into_iter().flat_map(|state| self.item(item, state, goes_on, is_last)).collect();
                without_doubles(&mut states);
                if states.is_empty() {
                    break;
                }
                if count >= item.times.0 {
                    all.extend(states.iter().cloned());
                }
            }
            without_doubles(&mut all);
            states = all;
            if states.is_empty() {
                break;
            }
        }
        states
    }

    fn item(&self, item: &BoundItem, state: State, goes_on: bool, is_last: bool) -> Vec<State> {
        let is_start = state.at == 0 && !goes_on;
        let mut found = Vec::new();
        for at in self.behind_gap(item.gap, state.at, is_start) {
            match &item.atom {
                Atom::List(list) => {
                    for (end, pack) in self.ends_of_list(*list, at) {
                        let mut words = state.words.clone();
                        words.push((Span::new(at, end), pack));
                        found.push(State { at: end, words });
                    }
                }
                Atom::Choice(rows) => {
                    // A space before the bracket, or else those inside of it.
                    let goes_on = item.gap == Gap::None && !is_start;
                    let state = State { at, words: state.words.clone() };
                    found.extend(rows.iter().flat_map(|row| self.row(row, vec![state.clone()], goes_on)));
                }
                Atom::Pattern(expression) => {
                    let ends = self.ends_of(expression, at, is_last);
                    found.extend(ends.into_iter().map(|end| State { at: end, words: state.words.clone() }));
                }
            }
        }
        found
    }

    /// Where an item may start that comes behind a gap.
    fn behind_gap(&self, gap: Gap, at: usize, is_start: bool) -> impl Iterator<Item = usize> {
        let has_space = self.text[at..].starts_with(' ');
        let is_spaced = self.words.language(self.language).is_spaced;
        let (here, behind) = match gap {
            _ if is_start => (true, false),
            Gap::None => (true, false),
            Gap::Any => (true, has_space),
            Gap::Space => (!is_spaced, has_space),
        };
        here.then_some(at).into_iter().chain(behind.then_some(at + 1))
    }

    fn ends_of_list(&self, list: Option<List>, at: usize) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        if let Some(list) = list {
            self.words.at(list, self.language, self.text, at, &mut found);
        }
        found.into_iter().map(|(end, entry)| (end, entry.pack)).collect()
    }

    fn ends_of(&self, expression: &Expression, at: usize, is_last: bool) -> Vec<usize> {
        let rest = &self.text[at..];
        let mut ends: Vec<usize> = expression.end(rest).into_iter().map(|end| at + end).collect();
        if !ends.contains(&self.text.len()) && expression.takes(rest) {
            ends.push(self.text.len());
        }
        if expression.is_open && !is_last {
            let spaces = rest.match_indices(' ').flat_map(|(space, _)| [space, space + 1]);
            let more =
                spaces.take(MAX_ENDS).filter(|&end| expression.takes(&rest[..end])).map(|end| at + end);
            ends.extend(more);
        }
        ends
    }
}

fn without_doubles(states: &mut Vec<State>) {
    let mut met = Vec::new();
    states.retain(|state| {
        let is_new = !met.contains(&state.at);
        met.push(state.at);
        is_new
    });
}
