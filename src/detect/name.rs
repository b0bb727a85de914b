//! Finds the link run that a page widget leaves behind a person's name.
//!
//! A page prints `Secretary of State John Kerry`; a widget behind the name holds the full name, some headlines and
//! a closing word. Scraped, it reads
//!
//! ```text
//! Secretary of State John KerryJohn Forbes KerryHeadline one Headline two MORE and defense officials
//! ```
//!
//! The closing word is easy to see, the start of the run is not: it is the place where the name just printed (the
//! *display name*) is repeated in full. So every capital letter in front of the closing word is tried as the start of
//! a *full name*: the words before it must end in a surname, the words from it on must reach that surname again, and
//! what follows must look like the beginning of a headline. The best evidence is glue, a name that touches what
//! follows without a space, which prose never shows. Without glue more of the name has to agree.
//!
//! When in doubt nothing is found: a kept headline is a lesser harm than a lost sentence. All offsets are bytes of the
//! text, on character boundaries.

use std::ops::Range;

use super::words::{
    first_chars, fold, fold_char, is_apostrophe, is_blank, is_capitalised, is_in_full_name, is_letter,
    is_particle, is_upper_or_digit, last_chars, leading_word, prefix_len, seams, trailing_word,
};
use crate::segment::is_line_end;

/// A name that was printed and then repeated in full, with the text that came along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Echo {
    /// Byte offset where the noise starts: behind the display name.
    pub start: usize,
    /// Byte offset behind the noise.
    pub end: usize,
    /// Bytes of the name that belongs to the sentence.
    pub display: Range<usize>,
    /// Bytes of the full name that opens the run.
    pub full: Range<usize>,
}

/// The run that ends with the closing word at `marker` (bytes), if a repeated name opens one.
///
/// Display name and run lie on one line and behind `floor` (bytes); from its full name on, the run is at most
/// `max_chars` characters long, the closing word included.
pub fn run_before(text: &str, marker: Range<usize>, floor: usize, max_chars: usize) -> Option<Echo> {
    let room = max_chars.saturating_sub(text.get(marker.clone())?.chars().count());
    let (before, after) = (&text[..marker.start], &text[marker.end..]);
    let starts = last_chars(before, room)..before.len();
    let scope = Scope {
        text: before,
        floor: display_floor(before, starts.start, floor),
        surname_behind: Some(leading_word(after.trim_start_matches(is_blank)))
            .filter(|word| is_capitalised(word)),
    };
    let found = best_candidate(&scope, starts)?;
    Some(Echo { start: found.display.end, end: marker.end, display: found.display, full: found.full })
}

/// Whether the occurrence of the closing word at `marker` (bytes) can close a run, judged by its neighbours.
///
/// It cannot inside a longer word (`MOREOVER`, `BALTIMORE`), nor in a shouted phrase (`NO MORE GAMES`).
pub fn is_closing(text: &str, marker: Range<usize>) -> bool {
    let (Some(word), Some(before), Some(after)) =
        (text.get(marker.clone()), text.get(..marker.start), text.get(marker.end..))
    else {
        return false;
    };
    !word.is_empty() && !is_part_of_word(before, word, after) && !is_part_of_shout(before, word, after)
}

/// Names in `range` (bytes) that touch their own repetition, whether or not a closing word follows.
///
/// The noise is given up to the end of the full name: how far the headlines go is not known. Ordinary text costs one
/// scan for a small letter that touches a capital or a digit.
pub fn unclosed(text: &str, range: Range<usize>) -> Vec<Echo> {
    let text = &text[..text.floor_char_boundary(range.end)];
    let from = text.ceil_char_boundary(range.start);
    let mut floor = from;
    let mut echoes = Vec::new();
    for seam in seams(&text[from..]).map(|at| from + at) {
        if let Some(echo) = unclosed_at(text, seam, floor) {
            floor = echo.end;
            echoes.push(echo);
        }
    }
    echoes
}

fn unclosed_at(text: &str, seam: usize, floor: usize) -> Option<Echo> {
    let (before, after) = text.split_at_checked(seam).filter(|_| seam >= floor)?;
    let starts = last_chars(before, MAX_NAME_CHARS)..text.ceil_char_boundary(seam + 1);
    let scope = Scope {
        text: &text[..seam + first_chars(after, MAX_NAME_CHARS)],
        floor: display_floor(before, starts.start, floor),
        surname_behind: None,
    };
    let found =
        best_candidate(&scope, starts).filter(|found| found.full.start == seam || found.full.end == seam)?;
    Some(Echo { start: found.display.end, end: found.full.end, display: found.display, full: found.full })
}

/// Words of a full name in front of its surname, nicknames included.
const MAX_GIVEN_WORDS: usize = 8;
/// Words of the display name that are looked at in front of its surname.
const MAX_DISPLAY_WORDS: usize = 4;
/// Characters of a nickname in brackets or quotes.
const MAX_NICKNAME_CHARS: usize = 30;
/// Characters of a whole name.
const MAX_NAME_CHARS: usize = 100;
/// Words before the surname from which on a full name is too long to be a chance meeting of two words.
const LONG_GIVEN_WORDS: usize = 2;
/// Letters that a surname needs before its touching the next word is proof: `Mc` and `De` touch in many names.
const MIN_GLUED_LETTERS: usize = 4;
/// Letters that a surname needs before a misspelling of it is believed.
const MIN_MISSPELT_LETTERS: usize = 5;
/// Letters from which on a surname may be misspelt in two places.
const LONG_SURNAME_LETTERS: usize = 9;
/// Sentences that glued headlines may hold (`'It rained all day. It stopped.'`); prose soon has more.
const MAX_SENTENCES_IN_HEADLINES: usize = 2;
/// Letters of a word that can end a sentence; shorter ones are mostly abbreviations.
const MIN_SENTENCE_END_LETTERS: usize = 3;

/// Words behind a surname that are no part of it, longer ones before their own beginnings.
const SUFFIXES: [&str; 7] = ["Jr.", "Jr", "Sr.", "Sr", "III", "II", "IV"];
/// Endings that coin a word from a surname, as in `ObamaCare`, so that two capitals meet without any glue.
const COINING_TAILS: [&str; 7] = ["Care", "Gate", "Land", "Mania", "Nation", "Nomics", "World"];

/// What a search may look at.
struct Scope<'t> {
    /// The text up to the end of the run.
    text: &'t str,
    /// First byte that the display name may use.
    floor: usize,
    /// The capitalised word behind the closing word: the widget can stand inside the display name.
    surname_behind: Option<&'t str>,
}

/// A full name behind a display name, with what speaks for it.
struct Candidate {
    display: Range<usize>,
    full: Range<usize>,
    /// Words of the display name, without the surname, that the full name repeats.
    agreeing: usize,
    grade: Grade,
}

/// Strength of the evidence, weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Grade {
    /// No glue, only the surname agrees, but the full name is long.
    SpacedSurname,
    /// No glue, surname and given name agree.
    SpacedName,
    /// Glue, only the surname agrees, and the full name is short.
    GluedSurname,
    /// Glue, and a given name agrees or the full name is long.
    GluedName,
}

/// The strongest candidate whose full name starts in `starts`. Of equally strong ones the last, because an earlier one
/// can belong to a run that lost its closing word.
fn best_candidate(scope: &Scope, starts: Range<usize>) -> Option<Candidate> {
    let start = starts.start.max(scope.floor);
    scope
        .text
        .get(start..starts.end)?
        .char_indices()
        .filter(|(_, c)| c.is_uppercase())
        .map(|(at, _)| start + at)
        .filter(|&at| can_start_word(scope.text, at))
        .filter_map(|at| candidate_at(scope, at))
        .reduce(|best, next| if supersedes(&next, &best) { next } else { best })
}

/// Whether the capital at `at` is not one of many, as those of `III`, and not behind a hyphen.
fn can_start_word(text: &str, at: usize) -> bool {
    let (before, word) = text.split_at(at);
    let is_followed_by_small = word.chars().nth(1).is_some_and(char::is_lowercase);
    !before.ends_with('-') && (is_followed_by_small || !before.ends_with(char::is_uppercase))
}

fn supersedes(next: &Candidate, best: &Candidate) -> bool {
    if next.grade != best.grade {
        return next.grade > best.grade;
    }
    // A headline that opens with the name prints it a third time, and it is the second printing that opens the run.
    let repeats_the_repetition = next.display.end <= best.full.end;
    !repeats_the_repetition || next.agreeing > best.agreeing
}

fn candidate_at(scope: &Scope, start: usize) -> Option<Candidate> {
    let display = display_before(scope, start)?;
    let full = full_name(scope, start, display.surname.text, display.surname.start)
        .or_else(|| full_name_around_marker(scope, start, display.end))?;
    let headlines = &scope.text[full.end..];
    let names_touch = display.end == start;
    if names_touch && is_inside_word(&display, &full, headlines) {
        return None;
    }
    let glued = names_touch || full.touches_headline;
    let sentences_allowed = if glued { MAX_SENTENCES_IN_HEADLINES } else { 0 };
    if sentences(headlines) > sentences_allowed {
        return None;
    }
    Some(Candidate {
        display: full.agreeing.last().map_or(display.surname.start, |word| word.start)..display.end,
        full: start..full.end,
        agreeing: full.agreeing.len(),
        grade: grade(&full, glued, headlines)?,
    })
}

fn grade(full: &FullName, glued: bool, headlines: &str) -> Option<Grade> {
    let agrees = !full.agreeing.is_empty();
    let is_long = full.given.len() >= LONG_GIVEN_WORDS;
    let is_coined = COINING_TAILS.iter().any(|tail| headlines.starts_with(tail));
    match (glued, agrees) {
        (true, true) => Some(Grade::GluedName),
        (true, false) if is_coined => None,
        (true, false) => Some(if is_long { Grade::GluedName } else { Grade::GluedSurname }),
        (false, true) => Some(Grade::SpacedName),
        (false, false) => is_long.then_some(Grade::SpacedSurname),
    }
}

/// Whether two names that touch are rather words with inner capitals: `McCain Cindy McCain`, `McCain Backs McCarthy`,
/// `BlueCross BlueShield`.
fn is_inside_word(display: &Display, full: &FullName, headlines: &str) -> bool {
    // The word may itself touch the full name, as in `McCainJohn McCainHeadline`.
    let tail = full.given.first().map_or("", |first| &first[..seams(first).next().unwrap_or(first.len())]);
    let is_repeated = headlines.starts_with(tail) && !full.agreeing.iter().any(|word| word.text == tail);
    let is_short =
        full.given.len() < LONG_GIVEN_WORDS || display.surname.text.chars().count() < MIN_GLUED_LETTERS;
    is_repeated || full.agreeing.is_empty() && is_short
}

/// As `Sarah Huckabee Sarah Elizabeth Sanders… MORE Sanders`: the surname is printed behind the run.
fn full_name_around_marker<'t>(scope: &Scope<'t>, start: usize, display_end: usize) -> Option<FullName<'t>> {
    full_name(scope, start, scope.surname_behind?, display_end)
        .filter(|full| full.touches_headline && !full.agreeing.is_empty())
}

/// The end of the printed name: what stands directly in front of a possible full name.
struct Display<'t> {
    surname: Word<'t>,
    /// End of the name with its suffix or possessive.
    end: usize,
}

/// A word of the display name and its byte offset in the text.
#[derive(Clone)]
struct Word<'t> {
    start: usize,
    text: &'t str,
}

fn display_before<'t>(scope: &Scope<'t>, start: usize) -> Option<Display<'t>> {
    let printed = scope.text.get(scope.floor..start)?.trim_end_matches(is_blank);
    let surname = last_name_word(scope, without_ending(printed)).filter(|word| !is_particle(word.text))?;
    Some(Display { surname, end: scope.floor + printed.len() })
}

/// The words of the printed name in front of `end`, the last one first; titles may be among them.
fn display_words<'t>(scope: &Scope<'t>, end: usize) -> impl Iterator<Item = Word<'t>> {
    let word_before = move |end: usize| {
        let before = &scope.text[scope.floor..end];
        last_name_word(scope, before.trim_end_matches(|c| is_blank(c) || matches!(c, '.' | '-')))
    };
    std::iter::successors(word_before(end), move |word| word_before(word.start)).take(MAX_DISPLAY_WORDS)
}

/// The word that ends `printed`, a text from the floor on, if a name can hold it.
fn last_name_word<'t>(scope: &Scope<'t>, printed: &'t str) -> Option<Word<'t>> {
    let text = trailing_word(printed);
    // In `Lim Tae-jun` the hyphen makes a name of the small word.
    let is_linked = !text.is_empty() && printed[..printed.len() - text.len()].ends_with('-');
    (is_linked || is_capitalised(text) || is_particle(text))
        .then_some(Word { start: scope.floor + printed.len() - text.len(), text })
}

/// The printed name without a possessive or a suffix, which the full name need not repeat.
fn without_ending(printed: &str) -> &str {
    let name =
        printed.strip_suffix(['s', 'S']).and_then(|stem| stem.strip_suffix(is_apostrophe)).unwrap_or(printed);
    SUFFIXES
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix)?.strip_suffix(is_blank))
        .map_or(name, |stem| stem.trim_end_matches(|c| is_blank(c) || c == ','))
}

/// A name that repeats the surname of a display name.
#[derive(Clone)]
struct FullName<'t> {
    /// Words in front of the surname.
    given: Vec<&'t str>,
    /// Words of the display name in front of its surname that are repeated, nearest to the surname first.
    agreeing: Vec<Word<'t>>,
    end: usize,
    touches_headline: bool,
}

/// The full name at `start`, up to a `surname` that is followed by the beginning of a headline.
///
/// The words of the display name that it may repeat end at `words_end`.
fn full_name<'t>(scope: &Scope<'t>, start: usize, surname: &str, words_end: usize) -> Option<FullName<'t>> {
    let text = scope.text;
    let surname = fold(surname);
    let initial = surname.chars().next()?;
    let mut given = Vec::new();
    let mut spaced = None;
    let mut at = start;
    while given.len() < MAX_GIVEN_WORDS {
        if let Some(nickname) = nickname(&text[at..]) {
            given.extend(nickname.split(|c| !is_letter(c)).filter(|word| !word.is_empty()));
            at = next_word(text, at + nickname.len());
            continue;
        }
        let word = leading_word(&text[at..]);
        if !given.is_empty() && word.chars().flat_map(fold_char).next() == Some(initial) {
            let agreeing = agreeing_words(scope, words_end, &given);
            let ends = surname_ends(word, &surname, !agreeing.is_empty());
            let found = ends.into_iter().find_map(|len| Some((at + len, follower(&text[at + len..])?)));
            if let Some((end, follower)) = found {
                let touches_headline = matches!(follower, Follower::Touching);
                let name = FullName { given: given.clone(), agreeing, end, touches_headline };
                if touches_headline {
                    return Some(name);
                }
                // The surname can also be a middle name, and be glued when it comes again.
                spaced.get_or_insert(name);
            }
        }
        if !is_in_full_name(word) {
            break;
        }
        given.push(word);
        at = next_word(text, at + word.len());
    }
    spaced
}

/// The words of the display name in front of `words_end` that `given` repeats, the last one first.
fn agreeing_words<'t>(scope: &Scope<'t>, words_end: usize, given: &[&str]) -> Vec<Word<'t>> {
    let given: Vec<String> = given.iter().map(|word| fold(word)).collect();
    let agrees = |word: &Word| given.iter().any(|other| same_given_name(&fold(word.text), other));
    display_words(scope, words_end).filter(agrees).collect()
}

/// Lengths in bytes of the parts of `word`, which headline words may be glued to, that read as the surname (folded).
fn surname_ends(word: &str, surname: &str, trust_misspelling: bool) -> Vec<usize> {
    let mut ends: Vec<usize> = prefix_len(word, surname).into_iter().collect();
    if trust_misspelling {
        let parts = seams(word).chain([word.len()]);
        ends.extend(parts.filter(|&end| is_misspelling(&fold(&word[..end]), surname)));
    }
    ends
}

fn is_misspelling(name: &str, surname: &str) -> bool {
    let letters = name.chars().count().min(surname.chars().count());
    let allowed = if letters < LONG_SURNAME_LETTERS { 1 } else { 2 };
    letters >= MIN_MISSPELT_LETTERS && strsim::osa_distance(name, surname) <= allowed
}

/// How the beginning of a headline, or the end of the run, follows a full name.
enum Follower {
    Touching,
    Spaced,
}

/// `None` when the text goes on like a sentence, or the name is only the beginning of a word.
fn follower(rest: &str) -> Option<Follower> {
    let rest = without_suffix(rest);
    let next = rest.trim_start_matches(is_blank);
    let opens = next.is_empty() || opens_headline(next);
    match (opens, next.len() == rest.len()) {
        (true, true) => Some(Follower::Touching),
        (true, false) => Some(Follower::Spaced),
        (false, _) => None,
    }
}

fn without_suffix(rest: &str) -> &str {
    let tail = rest.strip_prefix(',').unwrap_or(rest).trim_start_matches(is_blank);
    let Some(tail) = SUFFIXES.iter().find_map(|suffix| tail.strip_prefix(suffix)) else { return rest };
    if tail.starts_with(char::is_lowercase) { rest } else { tail }
}

fn opens_headline(text: &str) -> bool {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return false };
    let rest = chars.as_str();
    match first {
        // The straight quote is an apostrophe before the few letters of `'s`, `'d`, `'ll`.
        '\'' => {
            rest.chars().take_while(|c| c.is_alphabetic()).count() > 2 || rest.starts_with(is_upper_or_digit)
        }
        // An amount that lost its currency sign and its zero.
        '.' => rest.starts_with(|c: char| c.is_ascii_digit()),
        '"' | '“' | '‘' | '«' | '„' | '[' | '#' | '@' | '$' | '€' | '£' | '¿' | '¡' => true,
        _ => is_upper_or_digit(first),
    }
}

/// The bracketed or quoted part that `text` starts with, its brackets included.
fn nickname(text: &str) -> Option<&str> {
    let mut chars = text.char_indices().take(MAX_NICKNAME_CHARS);
    let close = match chars.next()?.1 {
        '(' => ')',
        '"' => '"',
        '“' => '”',
        _ => return None,
    };
    chars.find(|&(_, c)| c == close).map(|(at, c)| &text[..at + c.len_utf8()])
}

/// Where the word behind a word of a full name starts: hyphens and the dots of initials do not end a name.
fn next_word(text: &str, end: usize) -> usize {
    let rest = &text[end..];
    let rest = rest.strip_prefix(['.', '-']).unwrap_or(rest);
    text.len() - rest.trim_start_matches(is_blank).len()
}

/// Equal, or one short for the other as `Dan` for `Daniel`.
fn same_given_name(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    short == long || short.len() > 1 && long.starts_with(short)
}

/// Words in `headlines` that end a sentence; headlines often ask, so that a question is no sign of prose.
fn sentences(headlines: &str) -> usize {
    let ends_sentence = |word: &&str| {
        let word = word.trim_matches(|c| matches!(c, '"' | '“' | '”' | '\'' | '‘' | '’' | '(' | ')'));
        word.strip_suffix(['.', '!']).is_some_and(|stem| {
            stem.chars().count() >= MIN_SENTENCE_END_LETTERS && stem.chars().all(char::is_lowercase)
        })
    };
    headlines.split_whitespace().filter(ends_sentence).count()
}

/// First byte that a display name may use when the full name starts at `start` or later.
fn display_floor(before: &str, start: usize, floor: usize) -> usize {
    let reach = last_chars(&before[..start], MAX_NAME_CHARS);
    let line =
        before[reach..].rfind(is_line_end).map_or(reach, |at| before.ceil_char_boundary(reach + at + 1));
    line.max(before.ceil_char_boundary(floor))
}

fn is_part_of_word(before: &str, word: &str, after: &str) -> bool {
    let continues_small = word.ends_with(char::is_lowercase) && after.starts_with(char::is_lowercase);
    let mut next = after.chars();
    // `MORESanders` is glue, `MOREOVER` and `MORES` are words.
    let continues_capital =
        next.next().is_some_and(char::is_uppercase) && !next.as_str().starts_with(char::is_lowercase);
    let is_tail = word.starts_with(char::is_uppercase) && before.ends_with(char::is_uppercase);
    continues_small || continues_capital || is_tail
}

fn is_part_of_shout(before: &str, word: &str, after: &str) -> bool {
    let previous = || before.trim_end_matches(is_blank).rsplit(char::is_whitespace).next();
    let mut next = after.split_whitespace();
    let is_followed = after.starts_with(is_blank) && next.next().is_some_and(is_shouted);
    is_shouted(word)
        && is_followed
        && (previous().is_some_and(is_shouted) || next.next().is_some_and(is_shouted))
}

fn is_shouted(word: &str) -> bool {
    let letters = word.trim_matches(|c: char| !c.is_alphanumeric());
    letters.chars().count() > 1 && letters.chars().all(char::is_uppercase)
}

#[cfg(test)]
mod tests;
