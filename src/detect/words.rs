//! Words, letters and blanks, as names are made of them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::segment::is_line_end;

/// Characters of one word; a headline word glued to a surname counts along.
const MAX_WORD_CHARS: usize = 48;

/// Letters of initials written as one word, `JD`.
const MAX_INITIALS: usize = 2;
/// Small words inside a name.
const PARTICLES: [&str; 26] = [
    "al", "ap", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "e", "el",
    "ibn", "la", "las", "le", "los", "ten", "ter", "van", "von", "y",
];

/// The word that `text` starts with; empty when there is none.
pub(super) fn leading_word(text: &str) -> &str {
    let joins =
        |at: usize, c: char| is_apostrophe(c) && at > 0 && text[at + c.len_utf8()..].starts_with(is_letter);
    let in_word = |&(at, c): &(usize, char)| is_letter(c) || joins(at, c);
    let last = text.char_indices().take(MAX_WORD_CHARS).take_while(in_word).last();
    last.map_or("", |(at, c)| &text[..at + c.len_utf8()])
}

/// The word that `text` ends with; empty when there is none.
pub(super) fn trailing_word(text: &str) -> &str {
    let joins = |at: usize, c: char| {
        is_apostrophe(c)
            && text[..at].ends_with(is_letter)
            && text[at + c.len_utf8()..].starts_with(is_letter)
    };
    let in_word = |&(at, c): &(usize, char)| is_letter(c) || joins(at, c);
    let first = text.char_indices().rev().take(MAX_WORD_CHARS).take_while(in_word).last();
    first.map_or("", |(at, _)| &text[at..])
}

pub(super) fn is_capitalised(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

pub(super) fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&word)
}

/// Full names are not shouted, but hold initials.
pub(super) fn is_in_full_name(word: &str) -> bool {
    let is_spelt_out = word.contains(char::is_lowercase) || word.chars().count() <= MAX_INITIALS;
    is_capitalised(word) && is_spelt_out || is_particle(word)
}

/// Small letters without accents, apostrophes and other marks.
pub(super) fn fold(word: &str) -> String {
    word.chars().flat_map(fold_char).collect()
}

pub(super) fn fold_char(c: char) -> impl Iterator<Item = char> {
    std::iter::once(c)
        .nfd()
        .filter(|c| c.is_alphanumeric() && !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
}

/// Bytes at the beginning of `word` that read as `folded`.
pub(super) fn prefix_len(word: &str, folded: &str) -> Option<usize> {
    let mut wanted = folded.chars();
    for (at, c) in word.char_indices() {
        if wanted.as_str().is_empty() && !is_combining_mark(c) {
            return Some(at);
        }
        if fold_char(c).any(|c| wanted.next() != Some(c)) {
            return None;
        }
    }
    wanted.as_str().is_empty().then_some(word.len())
}

/// Byte offsets where a small letter touches a capital or a digit.
pub(super) fn seams(text: &str) -> impl Iterator<Item = usize> {
    let chars = text.char_indices();
    let pairs = chars.clone().zip(chars.skip(1));
    pairs.filter(|&((_, c), (_, next))| c.is_lowercase() && is_upper_or_digit(next)).map(|(_, (at, _))| at)
}

/// Byte offset of the last `count` characters of `text`.
pub(super) fn last_chars(text: &str, count: usize) -> usize {
    text.char_indices().rev().take(count).last().map_or(text.len(), |(at, _)| at)
}

/// Byte offset behind the first `count` characters of `text`.
pub(super) fn first_chars(text: &str, count: usize) -> usize {
    text.char_indices().nth(count).map_or(text.len(), |(at, _)| at)
}

pub(super) fn is_upper_or_digit(c: char) -> bool {
    c.is_uppercase() || c.is_ascii_digit()
}

pub(super) fn is_letter(c: char) -> bool {
    c.is_alphabetic() || is_combining_mark(c)
}

pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '`')
}

pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() && !is_line_end(c)
}
