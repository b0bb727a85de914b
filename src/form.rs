//! Forms: how noise is built, over word lists. `{follow} {on}? {network}` is one form for every language that has the words.

use std::cell::Cell;
use std::sync::{Arc, OnceLock};

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::byte_set::ByteSet;
use crate::document::Span;
use crate::segment::{FULL_STOPS, is_uncased};
use crate::words::{Languages, List, Words};

const COMPILES: &str =
    "expressions of forms from outside compile when their pack is loaded, our own in its tests";
/// So many places are tried as the end of an expression that takes whatever words come, in front of other items.
const MAX_ENDS: usize = 40;
/// After so many steps, a text is taken to start as a form does.
const MAX_STEPS: u32 = 500;

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
    pub traits: Traits,
    /// Anchored at its start, and at both ends.
    #[serde(skip)]
    engines: Arc<(OnceLock<Regex>, OnceLock<Regex>)>,
}

/// What is known of the matches of an expression.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Traits {
    /// It takes whatever words come.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_open: bool,
    /// It may take nothing.
    #[serde(default, skip_serializing_if = "is_false")]
    pub may_be_empty: bool,
    /// The bytes that it may start with.
    pub first: ByteSet,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(is: &bool) -> bool {
    !is
}

impl Expression {
    pub fn new(source: String, traits: Traits) -> Self {
        Self { source, traits, engines: Arc::default() }
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
        let may_start = text.as_bytes().first().is_some_and(|&byte| self.traits.first.contains(byte));
        if !may_start {
            return self.traits.may_be_empty.then_some(0);
        }
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
    /// The languages that have all of its words.
    pub languages: Languages,
    /// The words of its lists, as places in the text, and their packs by number.
    words: Vec<(Span, u16)>,
    /// Where the words start with which the text ends, when those are whatever came.
    tail: Option<usize>,
}

/// What a form may start with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Starts<'f> {
    /// Entries of these lists, with what may stand behind each.
    pub lists: Vec<(&'f str, Opening<'f>)>,
    /// What an expression starts with.
    pub bytes: ByteSet,
}

/// What a part of a form may start with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Opening<'f> {
    /// Entries of these lists.
    pub lists: Vec<&'f str>,
    /// What an expression starts with.
    pub bytes: ByteSet,
    /// Nothing: the form may end.
    pub is_end: bool,
}

impl Form {
    /// What its matches start with.
    pub fn starts(&self) -> Starts<'_> {
        let mut starts = Starts::default();
        let end = Opening { is_end: true, ..Opening::default() };
        self.rows.iter().for_each(|row| starts.add(row, &end));
        starts
    }
}

impl<'f> Starts<'f> {
    /// Adds what a row starts with that has something behind it.
    fn add(&mut self, row: &'f [Item], behind: &Opening<'f>) {
        let Some((item, rest)) = row.split_first() else { return };
        let mut next = Opening::of(rest, behind);
        if item.times.1 > 1 {
            next.add(Opening::of(std::slice::from_ref(item), &Opening::default()));
        }
        match &item.atom {
            Atom::List(name) => self.lists.push((name, next)),
            Atom::Choice(rows) => rows.iter().for_each(|row| self.add(row, &next)),
            Atom::Pattern(expression) => self.bytes.add_all(&expression.traits.first),
        }
        if item.may_be_missing() {
            self.add(rest, behind);
        }
    }
}

impl<'f> Opening<'f> {
    /// Of a row that has something behind it.
    fn of(row: &'f [Item], behind: &Self) -> Self {
        let Some((item, rest)) = row.split_first() else { return behind.clone() };
        let mut opening = Self::default();
        match &item.atom {
            Atom::List(name) => opening.lists.push(name),
            Atom::Choice(rows) => rows.iter().for_each(|row| opening.add(Self::of(row, &Self::default()))),
            Atom::Pattern(expression) => opening.bytes.add_all(&expression.traits.first),
        }
        if item.may_be_missing() {
            opening.add(Self::of(rest, behind));
        }
        opening
    }

    fn add(&mut self, other: Self) {
        self.lists.extend(other.lists);
        self.bytes.add_all(&other.bytes);
        self.is_end |= other.is_end;
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
    /// The first form that all of `text` has, in some languages.
    pub fn of<'f>(&'f self, words: &Words, languages: Languages, text: &str) -> Option<Found<'f>> {
        self.0.iter().find_map(|form| form.of(words, languages, text))
    }

    /// True when a form may start where a text does.
    pub fn may_start(&self, words: &Words, languages: Languages, text: &str) -> bool {
        let reader = Reader { words, text };
        let mut here = Vec::new();
        words.at(
            text,
            0,
            |entry| !entry.languages.and(languages).is_empty(),
            |entry, _| here.push(entry.list),
        );
        let may_start = |row: &Vec<BoundItem>| {
            let next = Next { row, count: 0, goes_on: false, then: None };
            reader.may_begin(row, &here) && reader.may_go_on(Some(&next), 0, languages, &Cell::new(MAX_STEPS))
        };
        self.0.iter().flat_map(|form| &form.rows).any(may_start)
    }
}

impl Form<Option<List>> {
    /// The words by which all of `text` has this form, all of them those of one of some languages.
    pub fn of<'f>(&'f self, words: &Words, languages: Languages, text: &str) -> Option<Found<'f>> {
        let reader = Reader { words, text };
        let whole = |row: &Vec<BoundItem>| {
            let states = reader.row(row, vec![State::start(languages)], false);
            let whole: Vec<State> = states.into_iter().filter(|state| state.at == text.len()).collect();
            let languages = whole.iter().fold(Languages::NONE, |all, state| all.or(state.languages));
            // What is read as words of lists need not be read as whatever comes; of several ways the first.
            let first = whole.into_iter().rev().max_by_key(|state| state.tail.unwrap_or(usize::MAX))?;
            Some(Found { form: self, languages, words: first.words, tail: first.tail })
        };
        self.rows.iter().find_map(whole)
    }
}

impl Found<'_> {
    /// True when the words with which the text ends, whatever they are, read as a sentence of their own: a letter of a script without
    /// capitals, or a capital at their start and small words behind it, and a stop at their end. In a line that is the rule's or nobody's,
    /// capitals do not count: there, they are looked for in all of the line.
    pub fn ends_in_sentence(&self, text: &str, alone: bool) -> bool {
        let tail = self.tail.map_or("", |start| text[start..].trim_start());
        let has_small = || tail.split(' ').any(|word| word.starts_with(char::is_lowercase));
        let is_in_uncased =
            || tail.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(is_uncased);
        let starts = !alone && tail.starts_with(char::is_uppercase) && has_small() || is_in_uncased();
        starts && tail.ends_with(FULL_STOPS)
    }

    /// What decided, for the reader of a report: the form, and its words with the packs that have them.
    pub fn evidence(&self, text: &str, words: &Words) -> String {
        let mut own: Vec<(&str, &str)> =
            self.words.iter().map(|&(span, pack)| (&text[span.range()], words.pack(pack))).collect();
        own.dedup();
        let of_pack = |same: &[(&str, &str)]| {
            let words: Vec<String> = same.iter().map(|(word, _)| format!("“{word}”")).collect();
            format!("{} of {}", words.join(", "), same[0].1)
        };
        let own: Vec<String> = own.chunk_by(|a, b| a.1 == b.1).map(of_pack).collect();
        format!("has the form `{}` with the words {}", self.form.source, own.join(", "))
    }
}

type BoundItem = Item<Option<List>>;

/// A way to read a text so far.
#[derive(Clone, PartialEq)]
struct State {
    at: usize,
    /// The languages that have all words so far.
    languages: Languages,
    words: Vec<(Span, u16)>,
    /// Where the words start that were read last, when those are whatever came.
    tail: Option<usize>,
}

impl State {
    fn start(languages: Languages) -> Self {
        Self { at: 0, languages, words: Vec::new(), tail: None }
    }
}

impl<L> Item<L> {
    /// True when nothing need stand for it.
    fn may_be_missing(&self) -> bool {
        self.times.0 == 0
            || match &self.atom {
                Atom::List(_) => false,
                Atom::Choice(rows) => rows.iter().any(|row| row.iter().all(Self::may_be_missing)),
                Atom::Pattern(expression) => expression.traits.may_be_empty,
            }
    }

    /// True when a part of it takes whatever words come.
    pub fn is_open(&self) -> bool {
        match &self.atom {
            Atom::List(_) => false,
            Atom::Choice(rows) => rows.iter().flatten().any(Self::is_open),
            Atom::Pattern(expression) => expression.traits.is_open,
        }
    }
}

struct Reader<'t> {
    words: &'t Words,
    text: &'t str,
}

/// What is still to be read: a row of which the first item was read `count` times, and what comes behind the row.
#[derive(Clone, Copy)]
struct Next<'r> {
    row: &'r [BoundItem],
    count: u8,
    goes_on: bool,
    then: Option<&'r Next<'r>>,
}

impl Reader<'_> {
    /// True when a row may begin where the text does, at which entries of some lists stand.
    fn may_begin(&self, row: &[BoundItem], here: &[List]) -> bool {
        let may = |item: &BoundItem| match &item.atom {
            Atom::List(list) => list.is_some_and(|list| here.contains(&list)),
            Atom::Choice(rows) => rows.iter().any(|row| self.may_begin(row, here)),
            Atom::Pattern(expression) => {
                let byte = self.text.as_bytes().first();
                expression.traits.may_be_empty
                    || byte.is_some_and(|&byte| expression.traits.first.contains(byte))
            }
        };
        let last = row.iter().position(|item| item.times.0 > 0).unwrap_or(row.len());
        row.iter().take(last + 1).any(may) || last == row.len()
    }

    /// True when what is still to be read may stand from a place on, as far as its items tell before the first one that takes whatever
    /// words come. `steps` are those that may still be taken; when they are used up, nothing is known, and it may.
    fn may_go_on(&self, next: Option<&Next<'_>>, at: usize, languages: Languages, steps: &Cell<u32>) -> bool {
        let Some(&Next { row, count, goes_on, then }) = next else { return true };
        let Some((item, rest)) = row.split_first() else {
            return self.may_go_on(then, at, languages, steps);
        };
        if steps.get() == 0 {
            return true;
        }
        steps.set(steps.get() - 1);
        let behind = Next { row: rest, count: 0, goes_on, then };
        if count >= item.times.0 && self.may_go_on(Some(&behind), at, languages, steps) {
            return true;
        }
        if count == item.times.1 {
            return false;
        }
        let again = Next { row, count: count + 1, goes_on, then };
        let is_start = at == 0 && !goes_on;
        self.behind_gap(item.gap, at, languages, is_start).any(|(place, languages)| match &item.atom {
            Atom::List(None) => false,
            Atom::List(Some(list)) => {
                let mut may = false;
                self.words.of_list_at(*list, languages, self.text, place, |_, end, languages| {
                    may = may || self.may_go_on(Some(&again), end, languages, steps);
                });
                may
            }
            Atom::Choice(rows) => rows.iter().any(|row| {
                let goes_on = item.gap == Gap::None && !is_start;
                let inner = Next { row, count: 0, goes_on, then: Some(&again) };
                self.may_go_on(Some(&inner), place, languages, steps)
            }),
            Atom::Pattern(expression) if expression.traits.is_open => self.has_later(rest, place, languages),
            Atom::Pattern(expression) => {
                let end = expression.end(&self.text[place..]);
                end.is_some_and(|end| self.may_go_on(Some(&again), place + end, languages, steps))
            }
        })
    }

    /// True when behind a place there are words of each list of which a row must have some.
    fn has_later(&self, row: &[BoundItem], place: usize, languages: Languages) -> bool {
        row.iter().filter(|item| item.times.0 > 0).all(|item| match item.atom {
            Atom::List(list) => {
                list.is_some_and(|list| self.words.has_any(list, languages, &self.text[place..]))
            }
            Atom::Choice(_) | Atom::Pattern(_) => true,
        })
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
        for (at, languages) in self.behind_gap(item.gap, state.at, state.languages, is_start) {
            match &item.atom {
                Atom::List(None) => {}
                Atom::List(Some(list)) => {
                    self.words.of_list_at(*list, languages, self.text, at, |entry, end, languages| {
                        let mut words = state.words.clone();
                        words.push((Span::new(at, end), entry.pack));
                        found.push(State { at: end, languages, words, tail: None });
                    });
                }
                Atom::Choice(rows) => {
                    // A space before the bracket, or else those inside of it.
                    let goes_on = item.gap == Gap::None && !is_start;
                    let state = State { at, languages, words: state.words.clone(), tail: state.tail };
                    found.extend(rows.iter().flat_map(|row| self.row(row, vec![state.clone()], goes_on)));
                }
                Atom::Pattern(expression) => {
                    let ends = self.ends_of(expression, at, is_last);
                    found.extend(ends.into_iter().map(|end| State {
                        at: end,
                        languages,
                        words: state.words.clone(),
                        tail: match expression.traits.is_open {
                            true => Some(at),
                            false => state.tail.filter(|_| end == at),
                        },
                    }));
                }
            }
        }
        found
    }

    /// Where an item may start that comes behind a gap, and in which languages.
    fn behind_gap(
        &self,
        gap: Gap,
        at: usize,
        languages: Languages,
        is_start: bool,
    ) -> impl Iterator<Item = (usize, Languages)> {
        let has_space = self.text[at..].starts_with(' ');
        let (here, behind) = match gap {
            _ if is_start => (languages, false),
            Gap::None => (languages, false),
            Gap::Any => (languages, has_space),
            Gap::Space => (self.words.unspaced(languages), has_space),
        };
        let here = (!here.is_empty()).then_some((at, here));
        here.into_iter().chain(behind.then_some((at + 1, languages)))
    }

    fn ends_of(&self, expression: &Expression, at: usize, is_last: bool) -> Vec<usize> {
        let rest = &self.text[at..];
        let mut ends: Vec<usize> = expression.end(rest).into_iter().map(|end| at + end).collect();
        if !ends.contains(&self.text.len()) && expression.takes(rest) {
            ends.push(self.text.len());
        }
        if expression.traits.is_open && !is_last {
            let spaces = rest.match_indices(' ').flat_map(|(space, _)| [space, space + 1]);
            let more =
                spaces.take(MAX_ENDS).filter(|&end| expression.takes(&rest[..end])).map(|end| at + end);
            ends.extend(more);
        }
        ends
    }
}

/// Leaves out what says no more than what is before it.
fn without_doubles(states: &mut Vec<State>) {
    let mut met: Vec<(usize, Option<usize>, Languages)> = Vec::new();
    states.retain(|state| {
        let State { at, tail, languages, .. } = *state;
        let says_as_much = |other: &(usize, Option<usize>, Languages)| {
            (other.0, other.1) == (at, tail) && other.2.and(languages) == languages
        };
        let is_new = !met.iter().any(says_as_much);
        met.push((at, tail, languages));
        is_new
    });
}
