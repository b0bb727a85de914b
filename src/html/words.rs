//! Text as words: how it reads.

use std::collections::HashSet;

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
    /// What is known of its first words: see [`phrase`].
    pub phrase: f32,
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
        let mut last = ' ';
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
                last = ch;
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
            if !matches!(ch, '”' | '’' | '»' | '“') {
                last = ch;
            }
        }
        let inner = word.trim_end_matches(['"', '\'', '”', '’', ')', '»', '“', ']']);
        if inner.ends_with(['.', '!', '?', '…', '؟', '।']) && len > 1 {
            words.sentences += 1.0;
        }
        let _ = last;
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
    words.time = f32::from(u8::from(count < 20.0 && digits > 0.0 && has_time(text)));
    words
}

/// What the first words of a short text are known for; 0 when they are not.
fn phrase(text: &str, count: f32) -> f32 {
    if count > 30.0 {
        return 0.0;
    }
    let mut lower = String::with_capacity(64);
    for ch in text.chars().take(60) {
        lower.extend(ch.to_lowercase());
    }
    let lower = lower.trim_start_matches(|ch: char| !ch.is_alphanumeric() && ch != '©');
    let starts = |words: &[&str]| words.iter().any(|word| lower.starts_with(word));
    let holds = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if starts(&[
        "related",
        "read more",
        "read also",
        "see also",
        "more from",
        "more on",
        "recommended",
        "you may also",
        "you might",
        "also read",
        "most read",
        "trending",
        "popular",
        "latest",
        "don't miss",
        "up next",
        "read next",
        "mehr zum thema",
        "lesen sie auch",
        "lire aussi",
        "à lire",
        "lea también",
        "leia também",
        "leia mais",
        "читайте также",
        "read:",
        "watch:",
        "more:",
        "click here",
        "learn more",
        "continue reading",
        "view all",
        "see all",
        "show more",
        "load more",
    ]) {
        1.0
    } else if holds(&[
        "sign up",
        "subscribe",
        "newsletter",
        "inbox",
        "abonnieren",
        "abonnez",
        "suscríbete",
        "подпис",
    ]) {
        2.0
    } else if holds(&["©", "copyright", "all rights reserved", "privacy policy", "terms of", "cookie"]) {
        3.0
    } else if starts(&[
        "share",
        "tweet",
        "follow us",
        "like us",
        "print",
        "email",
        "facebook",
        "twitter",
        "comment",
        "leave a",
        "reply",
        "log in",
        "sign in",
        "join the",
        "teilen",
        "partager",
        "compartir",
        "поделиться",
    ]) {
        4.0
    } else if starts(&[
        "by ",
        "written by",
        "posted by",
        "published",
        "updated",
        "last updated",
        "posted on",
        "von ",
        "par ",
        "por ",
        "автор",
        "author",
        "reviewed by",
        "edited by",
    ]) {
        5.0
    } else if holds(&[
        "photo",
        "image",
        "getty",
        "(ap)",
        "/ap",
        "reuters",
        "credit",
        "courtesy",
        "picture:",
        "foto",
        "фото",
        "screenshot",
    ]) {
        6.0
    } else if starts(&[
        "advertisement",
        "ad ",
        "sponsored",
        "anzeige",
        "publicité",
        "publicidad",
        "advert",
        "реклама",
        "story continues",
        "scroll down",
        "article continues",
    ]) {
        7.0
    } else if starts(&[
        "tags",
        "filed under",
        "categories",
        "topics",
        "posted in",
        "category",
        "tagged",
        "метки",
        "schlagw",
    ]) {
        8.0
    } else if holds(&[
        "min read",
        "minutes read",
        "minute read",
        "views",
        "comments",
        "likes",
        "shares",
        "replies",
    ]) {
        9.0
    } else if holds(&[
        "about the author",
        "is a reporter",
        "is a writer",
        "covers",
        "contact",
        "correspondent",
        "follow him",
        "follow her",
        "can be reached",
        "contributed to this",
    ]) {
        10.0
    } else {
        0.0
    }
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
        if ch.is_alphanumeric() {
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
