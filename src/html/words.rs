//! Text as words: how it reads.

use std::collections::HashSet;

use super::phrases::{Phrase, phrase};

/// How a text reads.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Words {
    /// How many there are. Two characters of Chinese or Japanese count as one.
    pub count: f32,
    /// How long they are.
    pub length: f32,
    /// How it ends: 3 a sentence, 2 a colon, 1 a comma or an ellipsis, 0 otherwise.
    pub end: f32,
    pub commas: f32,
    pub sentences: f32,
    /// The share of words of up to three letters, all of them small: the glue of prose in many languages.
    pub small: f32,
    pub capitalised: f32,
    pub digits: f32,
    pub upper: f32,
    pub starts_small: f32,
    /// What its first words are known for.
    pub phrase: Phrase,
    /// True when it ends in the middle of a sentence: with an ellipsis, as a teaser does.
    pub trails_off: f32,
    /// True when it holds a date or a time.
    pub time: f32,
}

impl Words {
    /// How many words of prose there are.
    pub fn prose(&self, linked: f32) -> f32 {
        let reads = self.sentences >= 1.0 && self.end > 0.0 || self.count >= 25.0 || self.sentences >= 2.0;
        if self.count >= 10.0 && linked < 0.5 && reads { self.count * (1.0 - linked) } else { 0.0 }
    }
}

/// Reads a text.
pub(super) fn words_of(text: &str) -> Words {
    let mut words = Words::default();
    let (mut letters, mut digits, mut upper, mut ideographs) = (0.0_f32, 0.0_f32, 0.0_f32, 0.0_f32);
    let (mut small, mut capitalised, mut all) = (0.0_f32, 0.0_f32, 0.0_f32);
    for word in text.split_whitespace() {
        let (mut len, mut is_small, mut has_letter, mut first_upper) = (0, true, false, None);
        for ch in word.chars() {
            if ch.is_ascii() {
                if ch.is_ascii_alphabetic() {
                    let is_upper = ch.is_ascii_uppercase();
                    upper += f32::from(u8::from(is_upper));
                    is_small &= !is_upper;
                    has_letter = true;
                    first_upper.get_or_insert(is_upper);
                    letters += 1.0;
                    len += 1;
                } else if ch.is_ascii_digit() {
                    digits += 1.0;
                    is_small = false;
                    len += 1;
                } else if ch == ',' {
                    words.commas += 1.0;
                }
                continue;
            }
            match ch {
                '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' => ideographs += 1.0,
                '。' | '！' | '？' => words.sentences += 1.0,
                '、' | '，' | '،' => words.commas += 1.0,
                _ if ch.is_alphabetic() => {
                    let is_upper = ch.is_uppercase();
                    upper += f32::from(u8::from(is_upper));
                    is_small &= !is_upper;
                    has_letter = true;
                    first_upper.get_or_insert(is_upper);
                    letters += 1.0;
                    len += 1;
                }
                _ => {}
            }
        }
        let inner = word.trim_end_matches(['"', '\'', '”', '’', ')', '»', '“', ']']);
        if inner.ends_with(['.', '!', '?', '…', '؟', '।']) && len > 1 {
            words.sentences += 1.0;
        }
        if len > 0 {
            all += 1.0;
            small += f32::from(u8::from(has_letter && is_small && len <= 3));
            capitalised += f32::from(u8::from(first_upper == Some(true)));
        }
    }
    let count = all + ideographs / 2.0;
    let signs = (letters + digits).max(1.0);
    words.count = count;
    words.length = (signs / all.max(1.0)).min(20.0);
    words.small = small / all.max(1.0);
    words.capitalised = capitalised / all.max(1.0);
    words.digits = digits / signs;
    words.upper = upper / letters.max(1.0);
    let end = text.trim_end_matches(['"', '\'', '”', '’', ')', '»', '“', ']', '」', ' ']);
    words.end = match end.chars().next_back() {
        Some('.') if end.ends_with("...") => 1.0,
        Some('.' | '!' | '?' | '。' | '！' | '？' | '؟' | '।') => 3.0,
        Some(':' | '：') => 2.0,
        Some('…' | ',' | ';' | '、' | '»') => 1.0,
        _ => 0.0,
    };
    let first = text.chars().find(|ch| ch.is_alphanumeric());
    words.starts_small = f32::from(u8::from(first.is_some_and(char::is_lowercase)));
    words.phrase = phrase(text, count);
    words.trails_off = f32::from(u8::from(trails_off(end)));
    words.time = f32::from(u8::from(count < 20.0 && digits > 0.0 && has_time(text)));
    words
}

/// True for a text that ends with an ellipsis, also one in brackets.
fn trails_off(end: &str) -> bool {
    end.ends_with("...") || end.ends_with('…')
}

fn has_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let clock = bytes.windows(4).any(|part| {
        part[0].is_ascii_digit() && part[1] == b':' && part[2].is_ascii_digit() && part[3].is_ascii_digit()
    });
    let year = bytes.windows(4).any(|part| {
        (part.starts_with(b"20") || part.starts_with(b"19")) && part[2..].iter().all(u8::is_ascii_digit)
    });
    clock || year || text.contains(" ago")
}

/// The words of a text as hashes, without case and marks.
pub(super) fn fold(text: &str) -> Vec<u32> {
    let mut words = Vec::new();
    let mut hash = START;
    for ch in text.chars() {
        if ch.is_ascii_alphanumeric() {
            hash = (hash ^ u32::from(ch.to_ascii_lowercase())).wrapping_mul(PRIME);
        } else if !ch.is_ascii() && ch.is_alphanumeric() {
            for lower in ch.to_lowercase() {
                hash = (hash ^ lower as u32).wrapping_mul(PRIME);
            }
        } else if hash != START {
            words.push(hash);
            hash = START;
        }
    }
    if hash != START {
        words.push(hash);
    }
    words
}

const START: u32 = 0x811c_9dc5;
const PRIME: u32 = 0x0100_0193;

/// The runs of three words of a text.
pub(super) struct Shingles(HashSet<u32>);

/// The runs of three words of a text, to look others up in.
pub(super) fn shingles(text: &str) -> Shingles {
    Shingles(runs(&fold(text)).collect())
}

fn runs(words: &[u32]) -> impl Iterator<Item = u32> {
    words
        .windows(3)
        .map(|run| run.iter().fold(START, |hash, word| (hash ^ word).wrapping_mul(PRIME).rotate_left(5)))
}

impl Shingles {
    /// The share of a text's runs of words that are here.
    pub fn share(&self, text: &str) -> f32 {
        let words = fold(text);
        if words.len() < 3 {
            return -0.5;
        }
        let total = words.len() - 2;
        runs(&words).filter(|run| self.0.contains(run)).count() as f32 / total as f32
    }
}
