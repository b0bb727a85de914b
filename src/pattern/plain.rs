//! Patterns and texts in an alphabet of one byte a character.
//!
//! Most of a pattern's size is what letters, digits and spaces are outside ASCII, which few texts hold. So a pattern
//! is first asked in an alphabet in which every character is one byte: ASCII itself, a byte for each common mark such
//! as `’` or `—`, `_` for all letters and digits outside ASCII, and one for all else. What matches a text also matches
//! it in this alphabet. The other way round it is so for texts of ASCII and common marks, as most are, and for some
//! others: [`Telling`] says which.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex_syntax::hir::{
    Capture, Class, ClassBytes, ClassBytesRange, ClassUnicode, Hir, HirKind, Look, Repetition,
};
use regex_syntax::try_is_word_character;

/// Every letter and digit outside ASCII: a word's edge is beside them as beside this.
const LETTER: u8 = b'_';
/// What is no letter, no digit and no common mark.
const OTHER: u8 = 0xff;

/// Common marks besides those of two whole ranges; see [`mark`]. Sorted.
const MARKS: [char; 29] = [
    '\u{85}', '×', '÷', '\u{1680}', '\u{205f}', '€', '™', '→', '−', '■', '▪', '▶', '►', '▼', '●', '★', '✓',
    '\u{3000}', '、', '。', '「', '」', '【', '】', '（', '）', '，', '：', '｜',
];

/// The two letters outside ASCII whose other case is ASCII. Texts that hold them, as next to none do, have no place in
/// this alphabet.
const ASCII_IN_OTHER_CASE: [char; 2] = ['ſ', '\u{212a}'];

/// In a class, up to so many characters outside ASCII are looked at one by one.
const FEW: usize = 64;

/// Of which texts a pattern in this alphabet tells something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Telling {
    /// A match tells of those with letters outside ASCII, too: the pattern never asks which one that is.
    letters: bool,
    /// It asks for edges of ASCII words, which letters outside ASCII have and [`LETTER`] has not.
    ascii_edges: bool,
}

/// A text in this alphabet.
pub(super) struct PlainText<'t> {
    pub bytes: Cow<'t, [u8]>,
    /// It holds [`LETTER`].
    has_letters: bool,
    /// It holds [`OTHER`].
    has_others: bool,
}

/// The pattern that matches the bytes of a text in this alphabet if `hir` matches the text.
pub(super) fn pattern(hir: &Hir) -> (Hir, Telling) {
    let mut letters = true;
    let pattern = translated(hir, &mut letters);
    let looks = hir.properties().look_set();
    (pattern, Telling { letters, ascii_edges: looks.contains_word_ascii() })
}

impl Telling {
    /// True when what does not match `text` in this alphabet certainly does not match it as it was written.
    pub fn refuses(self, text: &PlainText<'_>) -> bool {
        !(self.ascii_edges && text.has_letters)
    }

    /// True when a match in `text` is certainly one in the text as it was written.
    pub fn of(self, text: &PlainText<'_>) -> bool {
        self.refuses(text) && !text.has_others && (self.letters || !text.has_letters)
    }
}

impl<'t> PlainText<'t> {
    /// Translates a text; none when it holds what this alphabet has no place for.
    pub fn of(text: &'t str) -> Option<Self> {
        if text.is_ascii() {
            let has_letters = text.as_bytes().contains(&LETTER);
            return Some(Self { bytes: Cow::Borrowed(text.as_bytes()), has_letters, has_others: false });
        }
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|byte| !byte.is_ascii()) {
            let (ascii, foreign) = rest.split_at(at);
            bytes.extend_from_slice(ascii.as_bytes());
            let mut chars = foreign.chars();
            bytes.push(byte(chars.next()?)?);
            rest = chars.as_str();
        }
        bytes.extend_from_slice(rest.as_bytes());
        let (has_letters, has_others) = (bytes.contains(&LETTER), bytes.contains(&OTHER));
        Some(Self { bytes: Cow::Owned(bytes), has_letters, has_others })
    }
}

/// A character in this alphabet.
fn byte(c: char) -> Option<u8> {
    match c {
        c if c.is_ascii() => Some(c as u8),
        c if ASCII_IN_OTHER_CASE.contains(&c) => None,
        c => mark(c).or(Some(if is_letter(c) { LETTER } else { OTHER })),
    }
}

/// The byte of a common mark: general punctuation has 64, the signs of Latin-1 have 32, and others follow.
fn mark(c: char) -> Option<u8> {
    match c {
        // These count as letters.
        '\u{200c}' | '\u{200d}' | '\u{203f}' | 'ª' | 'µ' | 'º' => None,
        '\u{2000}'..='\u{203f}' => Some(0x80 + (c as u32 - 0x2000) as u8),
        '\u{a0}'..='\u{bf}' => Some(0xc0 + (c as u32 - 0xa0) as u8),
        _ => MARKS.binary_search(&c).ok().map(|place| 0xe0 + place as u8),
    }
}

fn is_letter(c: char) -> bool {
    try_is_word_character(c).unwrap_or(true)
}

fn translated(hir: &Hir, letters: &mut bool) -> Hir {
    match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => {
            // Patterns only match UTF-8, so a literal is some.
            let literal: Option<Vec<u8>> = String::from_utf8_lossy(&literal.0).chars().map(byte).collect();
            // What has no place in this alphabet stands in none of its texts.
            let Some(literal) = literal else { return Hir::fail() };
            *letters &= !literal.contains(&LETTER);
            Hir::literal(literal)
        }
        HirKind::Class(Class::Unicode(class)) => Hir::class(Class::Bytes(translated_class(class, letters))),
        HirKind::Class(Class::Bytes(class)) => {
            *letters &= !holds(class, LETTER);
            Hir::class(Class::Bytes(class.clone()))
        }
        HirKind::Look(look) => Hir::look(match look {
            Look::WordUnicode => Look::WordAscii,
            Look::WordUnicodeNegate => Look::WordAsciiNegate,
            Look::WordStartUnicode => Look::WordStartAscii,
            Look::WordEndUnicode => Look::WordEndAscii,
            Look::WordStartHalfUnicode => Look::WordStartHalfAscii,
            Look::WordEndHalfUnicode => Look::WordEndHalfAscii,
            look => *look,
        }),
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            sub: Box::new(translated(&repetition.sub, letters)),
            ..repetition.clone()
        }),
        HirKind::Capture(capture) => {
            Hir::capture(Capture { sub: Box::new(translated(&capture.sub, letters)), ..capture.clone() })
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(|part| translated(part, letters)).collect()),
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.iter().map(|part| translated(part, letters)).collect())
        }
    }
}

/// How many of the letters outside ASCII a class has.
#[derive(PartialEq)]
enum Letters {
    All,
    Some,
    None,
}

fn translated_class(class: &ClassUnicode, letters: &mut bool) -> ClassBytes {
    let ascii = class.iter().filter(|range| range.start().is_ascii());
    let mut bytes = ClassBytes::new(
        ascii.map(|range| ClassBytesRange::new(range.start() as u8, range.end().min('\x7f') as u8)),
    );
    let has_low_line = holds(&bytes, LETTER);
    let mut add = |byte: u8| bytes.push(ClassBytesRange::new(byte, byte));
    let foreign = || class.iter().filter(|range| !range.end().is_ascii());
    let count: usize = foreign().map(|range| range.len()).sum();
    let held = if count <= FEW {
        let chars = || foreign().flat_map(|range| range.start().max('\u{80}')..=range.end());
        chars().filter_map(byte).for_each(&mut add);
        if chars().any(|c| byte(c) == Some(LETTER)) { Letters::Some } else { Letters::None }
    } else {
        let contains = |c: char| {
            let next = class.ranges().partition_point(|range| range.end() < c);
            class.ranges().get(next).is_some_and(|range| range.start() <= c)
        };
        let marks = ('\u{2000}'..='\u{203f}').chain('\u{a0}'..='\u{bf}').chain(MARKS);
        marks.filter(|&c| contains(c)).filter_map(byte).for_each(&mut add);
        add(LETTER);
        add(OTHER);
        if has_all_letters(class) { Letters::All } else { Letters::Some }
    };
    *letters &= match held {
        Letters::All => has_low_line,
        Letters::Some => false,
        Letters::None => !has_low_line,
    };
    bytes
}

/// True when the class has every letter and digit outside ASCII.
fn has_all_letters(class: &ClassUnicode) -> bool {
    static LETTERS: LazyLock<Vec<(char, char)>> =
        LazyLock::new(|| match regex_syntax::parse(r"[\w--\x00-\x7f]") {
            Ok(hir) => match hir.kind() {
                HirKind::Class(Class::Unicode(class)) => {
                    class.iter().map(|range| (range.start(), range.end())).collect()
                }
                _ => Vec::new(),
            },
            Err(_) => Vec::new(),
        });
    let mut ranges = class.iter().peekable();
    !LETTERS.is_empty()
        && LETTERS.iter().all(|&(start, end)| {
            while ranges.next_if(|range| range.end() < start).is_some() {}
            ranges.peek().is_some_and(|range| range.start() <= start && end <= range.end())
        })
}

fn holds(class: &ClassBytes, byte: u8) -> bool {
    class.iter().any(|range| range.start() <= byte && byte <= range.end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex_automata::meta::Regex;

    use super::*;

    /// Says whether `pattern` matches `text` in the plain alphabet, when that can be told.
    fn told(pattern: &str, text: &str) -> Option<bool> {
        let (plain, telling) = super::pattern(&regex_syntax::parse(pattern).unwrap());
        let config = Regex::config().utf8_empty(false);
        let regex = Regex::builder().configure(config).build_from_hir(&plain).unwrap();
        let text = PlainText::of(text)?;
        let is_match = regex.is_match(&*text.bytes);
        (if is_match { telling.of(&text) } else { telling.refuses(&text) }).then_some(is_match)
    }

    #[test]
    fn every_mark_has_a_byte_of_its_own() {
        let marks = ('\u{2000}'..='\u{203f}').chain('\u{a0}'..='\u{bf}').chain(MARKS);
        let mut bytes: Vec<u8> = marks.filter_map(mark).collect();
        let count = bytes.len();
        bytes.sort_unstable();
        bytes.dedup();
        assert_eq!((bytes.len(), count), (119, 119));
        assert!(bytes.iter().all(|byte| !byte.is_ascii() && *byte != OTHER));
        assert!(!MARKS.iter().any(|&c| is_letter(c)));
    }

    #[test]
    fn common_marks_are_told_apart() {
        assert_eq!(told(r"(?i)don’t miss\b", "DON’T MISS “it”"), Some(true));
        assert_eq!(told(r"(?i)don’t miss\b", "don‘t miss it"), Some(false));
        assert_eq!(told(r"^[^“”]{1,9}$", "a — b…"), Some(true));
        assert_eq!(told(r"^[^“”]{1,9}$", "a “b”"), Some(false));
        assert_eq!(told(r"a\sb", "a\u{a0}b"), Some(true));
    }

    #[test]
    fn letters_are_told_apart_only_where_nothing_asks_which() {
        assert_eq!(told(r"^\w+ said\b", "Zoë said"), Some(true));
        assert_eq!(told(r"\bé\b", "ë"), None);
        assert_eq!(told(r"^[A-Z]\w+$", "École"), Some(false));
        assert_eq!(told(r"^\p{Lu}\w+$", "École"), None);
        assert_eq!(told(r"share\b", "shareé"), Some(false));
        assert_eq!(told("(?i)kiss", "\u{212a}iſs"), None);
        assert_eq!(told("^[^a]$", "🎉"), None);
        assert_eq!(told(r"caf(?-u:\b)", "café"), None);
        assert_eq!(told(r"caf(?-u:\b)", "caf’"), Some(true));
        assert_eq!(told("Wachſtube", "Wachtube"), Some(false));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn what_is_told_is_so(
            pattern in r"(\^|)([aékſ“.]|\(\?-u:\\[bB]\)|\[[a_é’]{1,3}\]|\[\^[a_é’]{1,3}\]|\\[wWdDsSbB]|\\p\{Lu\}|(\(\?i\)(s|É))){1,5}(\$|)",
            text in "[aAsSkéÉ“’_ 1½٣ſ🎉。-]{0,6}",
        ) {
            let regex = regex::Regex::new(&pattern).unwrap();
            prop_assert!(told(&pattern, &text).is_none_or(|told| told == regex.is_match(&text)));
        }
    }
}
