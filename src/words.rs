//! Word lists: what a language has for the parts of a form. A list without a language serves all of them.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::CharIndices;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Languages that write no space between words.
const UNSPACED: [&str; 3] = ["zh", "ja", "th"];
/// An entry of more words may have commas between them, as the sentences that software says have; so may one that has some.
const FEW_WORDS: usize = 4;

/// The word lists of a pack: by language, and by name. Those of the empty language serve all.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Lists(pub BTreeMap<String, BTreeMap<String, Vec<String>>>);

impl Lists {
    /// Adds entries to a list of a language.
    pub fn add<'w>(&mut self, language: &str, list: &str, entries: impl IntoIterator<Item = &'w str>) {
        let known = self.0.entry(language.to_owned()).or_default().entry(list.to_owned()).or_default();
        known.extend(entries.into_iter().map(str::to_owned));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A set of languages, by their numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Languages(u64);

impl Languages {
    pub const ALL: Self = Self(u64::MAX);
    pub const NONE: Self = Self(0);

    /// The language of a number. All from the 64th on are taken for one.
    fn one(number: usize) -> Self {
        Self(1 << number.min(63))
    }

    pub fn is_empty(self) -> bool {
        self == Self::NONE
    }

    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A word list among [`Words`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct List(u32);

impl List {
    /// Its place among all lists.
    pub fn number(self) -> usize {
        self.0 as usize
    }
}

/// The words of some packs, to be found in texts: those of all lists and languages at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Words {
    /// The lists by their names.
    names: BTreeMap<String, List>,
    /// The tags of the languages by number.
    tags: Vec<String>,
    /// Those that write no space between words.
    unspaced: Languages,
    /// The ids of the packs.
    packs: Vec<String>,
    /// The entries as they are compared, one behind the other; see [`fold`].
    letters: String,
    /// In the order of their sure letters, so that those which a text starts with are found letter by letter.
    entries: Vec<Entry>,
    /// How many entries start with a smaller pair of bytes, by pair; the second byte of a single one is zero.
    #[serde(skip)]
    pairs: Vec<u32>,
    /// How the entries of each list may start.
    #[serde(skip)]
    openings: Vec<Openings>,
}

/// The first three bytes of texts, as one of so many numbers. Texts that start differently may have the same.
const OPENINGS: usize = 2048;

/// How some texts start: their numbers, as bits.
#[derive(Clone, Debug, PartialEq)]
struct Openings([u64; OPENINGS / 64]);

impl Default for Openings {
    fn default() -> Self {
        Self([0; OPENINGS / 64])
    }
}

impl Openings {
    fn number(bytes: [u8; 3]) -> usize {
        let [first, second, third] = bytes.map(usize::from);
        (first % 32 * 64 + second % 32 * 7 + third) % OPENINGS
    }

    /// Adds texts that start with these letters.
    fn add(&mut self, letters: &[u8]) {
        let mut add = |bytes| {
            let number = Self::number(bytes);
            self.0[number / 64] |= 1 << (number % 64);
        };
        match *letters {
            [first, second, third, ..] => add([first, second, third]),
            [first, second] => (0..=u8::MAX).for_each(|third| add([first, second, third])),
            _ => self.0 = [u64::MAX; OPENINGS / 64],
        }
    }

    /// False when no text that was added starts as this one, in which letters outside ASCII may be any.
    fn may_have(&self, text: &[u8]) -> bool {
        let Some(&bytes) = text.first_chunk().filter(|bytes: &&[u8; 3]| bytes.is_ascii()) else {
            return true;
        };
        let number = Self::number(bytes.map(|byte| byte.to_ascii_lowercase()));
        self.0[number / 64] >> (number % 64) & 1 == 1
    }
}

/// An entry of a list.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub list: List,
    /// Whose word it is; all, for words without a language.
    pub languages: Languages,
    /// Its letters among all, in bytes.
    start: u32,
    len: u16,
    /// So many of them stand in every text that has the entry, in bytes.
    sure: u16,
    /// The pack that has it, by number; the first, when several have.
    pub pack: u16,
    /// Any letters may follow.
    is_open: bool,
    /// Between its words there may be commas.
    has_commas: bool,
    /// Between its words there are spaces.
    is_spaced: bool,
}

impl Default for Words {
    fn default() -> Self {
        Self::new([])
    }
}

impl Words {
    /// The words of packs, each by its id, in any order.
    pub fn new<'p>(packs: impl IntoIterator<Item = (&'p str, &'p Lists)>) -> Self {
        let mut words = Self {
            names: BTreeMap::new(),
            tags: Vec::new(),
            unspaced: Languages::NONE,
            packs: Vec::new(),
            letters: String::new(),
            entries: Vec::new(),
            pairs: Vec::new(),
            openings: Vec::new(),
        };
        for (pack, lists) in packs {
            for (tag, lists) in &lists.0 {
                let languages = words.languages_of(tag);
                for (name, entries) in lists {
                    let next = List(words.names.len() as u32);
                    let list = *words.names.entry(name.clone()).or_insert(next);
                    entries.iter().for_each(|text| words.add(text, list, languages));
                }
            }
            words.packs.push(pack.to_owned());
        }
        words.sort();
        words.file();
        words
    }

    /// Words that were compiled before and written by serde.
    pub fn read(bytes: &[u8]) -> Result<Self, postcard::Error> {
        let mut words: Self = postcard::from_bytes(bytes)?;
        words.file();
        Ok(words)
    }

    /// The set of one language, or of all for words without one.
    fn languages_of(&mut self, tag: &str) -> Languages {
        if tag.is_empty() {
            return Languages::ALL;
        }
        let number = self.number(tag).unwrap_or_else(|| {
            self.tags.push(tag.to_owned());
            self.tags.len() - 1
        });
        let languages = Languages::one(number);
        if UNSPACED.contains(&tag) {
            self.unspaced = self.unspaced.or(languages);
        }
        languages
    }

    fn add(&mut self, text: &str, list: List, languages: Languages) {
        // A star ends a word; within an entry, it does so for each of its words.
        let is_open = text.ends_with('*');
        let text = text.trim_end_matches('*');
        let start = self.letters.len();
        if text.is_ascii() {
            self.letters.push_str(text);
            self.letters[start..].make_ascii_lowercase();
        } else {
            self.letters.extend(folded(text));
        }
        // Commas need not stand where an entry has some.
        let own_commas = [", ", "، ", "， ", "、 "].iter().any(|comma| text.contains(comma));
        if own_commas {
            let letters = self.letters.split_off(start);
            let words = letters.split(' ').map(|word| word.trim_end_matches([',', '،', '，', '、']));
            self.letters.push_str(&words.collect::<Vec<_>>().join(" "));
        }
        let has_commas = own_commas || text.split(' ').count() > FEW_WORDS;
        let letters = &self.letters[start..];
        let is_spaced = languages.and(self.unspaced).is_empty() || languages == Languages::ALL;
        let varies = |c: char| c == '*' || c == ' ' && !is_spaced;
        let (len, sure) = (letters.len(), letters.find(varies).unwrap_or(letters.len()));
        let pack = self.packs.len() as u16;
        let (start, len, sure) = (start as u32, len as u16, sure as u16);
        self.entries.push(Entry { list, languages, start, len, sure, pack, is_open, has_commas, is_spaced });
    }

    /// Puts the entries in order, each once.
    fn sort(&mut self) {
        let letters = self.letters.as_bytes();
        let of = |entry: &Entry, len: u16| &letters[entry.start as usize..][..len.into()];
        let first = |entry: &Entry| {
            let mut bytes = [0; 8];
            let sure = of(entry, entry.sure.min(8));
            bytes[..sure.len()].copy_from_slice(sure);
            u64::from_be_bytes(bytes)
        };
        let mut keyed: Vec<(u64, Entry)> = self.entries.iter().map(|entry| (first(entry), *entry)).collect();
        let whole = |entry: &Entry| (of(entry, entry.sure), of(entry, entry.len));
        let kind = |entry: &Entry| (entry.list, entry.is_open, entry.is_spaced);
        keyed.sort_unstable_by(|(a, one), (b, other)| {
            let by_letters = || whole(one).cmp(&whole(other));
            let by_kind = || (kind(one), one.pack).cmp(&(kind(other), other.pack));
            a.cmp(b).then_with(by_letters).then_with(by_kind)
        });
        let mut entries: Vec<Entry> = Vec::with_capacity(keyed.len());
        for (_, entry) in keyed {
            match entries.last_mut() {
                Some(last) if kind(last) == kind(&entry) && whole(last) == whole(&entry) => {
                    last.languages = last.languages.or(entry.languages);
                    last.has_commas |= entry.has_commas;
                }
                _ => entries.push(entry),
            }
        }
        self.entries = entries;
    }

    /// Notes how entries start.
    fn file(&mut self) {
        self.pairs = vec![0; (1 << 16) + 1];
        self.openings = vec![Openings::default(); self.names.len()];
        for entry in &self.entries {
            let sure = &self.letters.as_bytes()[entry.start as usize..][..entry.sure.into()];
            self.openings[entry.list.number()].add(sure);
            let byte = |at: usize| sure.get(at).copied().unwrap_or_default();
            self.pairs[usize::from(u16::from_be_bytes([byte(0), byte(1)])) + 1] += 1;
        }
        let mut before = 0;
        for count in &mut self.pairs {
            before += *count;
            *count = before;
        }
    }

    /// The list of a name; none when no pack has one.
    pub fn list(&self, name: &str) -> Option<List> {
        self.names.get(name).copied()
    }

    /// How many lists there are.
    pub fn lists(&self) -> usize {
        self.names.len()
    }

    /// How many languages packs have words of.
    pub fn languages(&self) -> usize {
        self.tags.len()
    }

    /// The number of the language of a tag; none when no pack has words of it.
    pub fn number(&self, tag: &str) -> Option<usize> {
        self.tags.iter().position(|known| known == tag)
    }

    /// The language of a tag; none when no pack has words of it.
    pub fn language(&self, tag: &str) -> Languages {
        self.number(tag).map_or(Languages::NONE, Languages::one)
    }

    /// Those of these languages that write no space between words.
    pub fn unspaced(&self, languages: Languages) -> Languages {
        languages.and(self.unspaced)
    }

    /// True when a pack of that id was among those that the words are of.
    pub fn has_pack(&self, id: &str) -> bool {
        self.packs.iter().any(|pack| pack == id)
    }

    /// The id of a pack by its number.
    pub fn pack(&self, number: u16) -> &str {
        &self.packs[usize::from(number)]
    }

    /// The entries of a list in some languages, as they are compared, without a star at their end.
    pub fn texts(&self, list: List, languages: Languages) -> impl Iterator<Item = &str> {
        let is_wanted =
            move |entry: &&Entry| entry.list == list && !entry.languages.and(languages).is_empty();
        self.entries.iter().filter(is_wanted).map(|entry| self.letters_of(entry))
    }

    /// Tells `hit` of all entries of a list in some languages that stand at a place of a text as whole words: where they end, and in which
    /// of the languages they are.
    pub fn of_list_at(
        &self,
        list: List,
        languages: Languages,
        text: &str,
        place: usize,
        mut hit: impl FnMut(&Entry, usize, Languages),
    ) {
        if !self.openings[list.number()].may_have(&text.as_bytes()[place..]) {
            return;
        }
        let own = |entry: &Entry| entry.languages.and(languages);
        let is_wanted = |entry: &Entry| entry.list == list && !own(entry).is_empty();
        self.at(text, place, is_wanted, |entry, end| hit(entry, end, own(entry)));
    }

    /// Tells `hit` of the wanted entries that stand at a place of a text as whole words, with where they end.
    pub fn at(
        &self,
        text: &str,
        place: usize,
        is_wanted: impl Fn(&Entry) -> bool,
        mut hit: impl FnMut(&Entry, usize),
    ) {
        let rest = &text[place..];
        let (mut low, mut high, mut depth, mut first) = (0, 0, 0, 0);
        let mut has_comma = false;
        for (at, c) in rest.char_indices() {
            if !c.is_ascii() && is_skipped(c) {
                continue;
            }
            let behind = at + c.len_utf8();
            let before = (low, high, depth);
            let mut bytes = [0; 4];
            for &wanted in fold(c).encode_utf8(&mut bytes).as_bytes() {
                if depth < 2 {
                    let pair = if depth == 0 { [wanted, 0] } else { [first, wanted] };
                    let pair = usize::from(u16::from_be_bytes(pair));
                    (low, high, first) = (self.pairs[pair] as usize, self.pairs[pair + 1] as usize, wanted);
                } else {
                    // Entries without more sure letters come first.
                    let next = |entry: &Entry| {
                        (depth < entry.sure.into())
                            .then(|| self.letters.as_bytes()[entry.start as usize + depth])
                    };
                    low += self.entries[low..high].partition_point(|entry| next(entry) < Some(wanted));
                    high = low + self.entries[low..high].partition_point(|entry| next(entry) == Some(wanted));
                }
                depth += 1;
                if low == high && depth > 1 {
                    break;
                }
            }
            if low == high && depth > 1 {
                if before.2 < 2 || !(is_comma(c) && rest[behind..].starts_with(' ')) {
                    return;
                }
                // A comma between the words of a long entry.
                (low, high, depth) = before;
                has_comma = true;
                continue;
            }
            let whole = self.entries[low..high].iter().take_while(|entry| usize::from(entry.sure) == depth);
            let may_be = |entry: &&Entry| is_wanted(entry) && (entry.has_commas || !has_comma);
            for entry in whole.filter(may_be) {
                if let Some(len) = self.rest_in(entry, &rest[behind..], c) {
                    hit(entry, place + behind + len);
                }
            }
        }
    }

    fn letters_of(&self, entry: &Entry) -> &str {
        &self.letters[entry.start as usize..][..entry.len.into()]
    }

    /// How many bytes of a text the letters of an entry take that are not sure, if they stand at its start and a word ends there.
    /// `last` is the letter before.
    fn rest_in(&self, entry: &Entry, text: &str, mut last: char) -> Option<usize> {
        let next = text.bytes().next();
        if entry.sure == entry.len && !entry.is_open && next.is_none_or(|next| next.is_ascii()) {
            return (!next.is_some_and(|next| is_one_word(last, next.into()))).then_some(0);
        }
        let mut rest = text.char_indices().peekable();
        for wanted in self.letters_of(entry)[entry.sure.into()..].chars() {
            if wanted == '*' {
                skip_word(&mut rest, last);
                continue;
            }
            while rest.next_if(|&(_, c)| is_skipped(c)).is_some() {}
            if wanted == ' ' {
                if entry.has_commas || !entry.is_spaced {
                    let _ = rest.next_if(|&(_, c)| is_comma(c));
                }
                let has_space = rest.next_if(|&(_, c)| c == ' ').is_some();
                if !has_space && entry.is_spaced {
                    return None;
                }
                continue;
            }
            (_, last) = rest.next()?;
            if fold(last) != wanted {
                return None;
            }
        }
        while rest.next_if(|&(_, c)| is_skipped(c)).is_some() {}
        if entry.is_open {
            skip_word(&mut rest, last);
        } else if rest.peek().is_some_and(|&(_, next)| is_one_word(last, next)) {
            return None;
        }
        Some(rest.peek().map_or(text.len(), |&(at, _)| at))
    }

    /// True when an entry of a list in one of some languages stands at a word's start in a text.
    pub fn has_any(&self, list: List, languages: Languages, text: &str) -> bool {
        word_starts(text).any(|at| self.has(list, languages, text, at))
    }

    /// At how many words' starts of a text an entry of a list in one of some languages stands.
    pub fn count(&self, list: List, languages: Languages, text: &str) -> usize {
        word_starts(text).filter(|&at| self.has(list, languages, text, at)).count()
    }

    /// True when an entry of a list in one of some languages stands at a place of a text.
    pub fn has(&self, list: List, languages: Languages, text: &str, place: usize) -> bool {
        let mut is_there = false;
        self.of_list_at(list, languages, text, place, |_, _, _| is_there = true);
        is_there
    }
}

fn word_starts(text: &str) -> impl Iterator<Item = usize> {
    let mut before = ' ';
    text.char_indices().filter_map(move |(at, c)| {
        let starts = c.is_alphanumeric() && (!before.is_alphanumeric() || is_unspaced(c));
        before = c;
        starts.then_some(at)
    })
}

/// Marks that texts put between the words of a long entry.
fn is_comma(c: char) -> bool {
    matches!(c, ',' | '،' | '，' | '、' | '.')
}

/// True for two letters that stand in one word.
fn is_one_word(last: char, next: char) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() && !is_unspaced(c);
    is_letter(last) && is_letter(next) && !is_glued(last, next)
}

/// A capital behind a small letter starts another word, that lost its space.
fn is_glued(last: char, next: char) -> bool {
    next.is_uppercase() && last.is_lowercase()
}

/// Passes the letters with which a word goes on behind one of its letters; those of another script are another word.
fn skip_word(rest: &mut Peekable<CharIndices<'_>>, mut last: char) {
    let is_unspaced_word = is_unspaced(last);
    while let Some((_, c)) =
        rest.next_if(|&(_, c)| is_of_word(c) && is_unspaced(c) == is_unspaced_word && !is_glued(last, c))
    {
        last = c;
    }
}

/// Letters with their marks, and apostrophes.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '\'' | '’')
}

/// Letters of scripts of which many write no space between words, or put endings to them.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

/// A text as it is compared: small, in one way for what is written in several, without what may be left out.
pub(crate) fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|&c| !is_skipped(c)).map(fold)
}

/// Marks that are written or not: those of Arabic vowels, the stroke that makes a word longer, and the dot below letters of Hindi.
fn is_skipped(c: char) -> bool {
    matches!(c, '\u{64b}'..='\u{652}' | '\u{640}' | '\u{93c}')
}

/// A character as it is compared: small, and one for those that texts write in several ways.
fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    match c {
        'İ' | 'ı' => 'i',
        '’' | 'ʼ' | '‘' | '´' => '\'',
        'ş' | 'Ş' => 'ș',
        'ţ' | 'Ţ' => 'ț',
        'ё' | 'Ё' => 'е',
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ي' | 'ى' => 'ی',
        'ك' => 'ک',
        'ς' => 'σ',
        '\u{958}' => 'क',
        '\u{959}' => 'ख',
        '\u{95a}' => 'ग',
        '\u{95b}' => 'ज',
        '\u{95c}' => 'ड',
        '\u{95d}' => 'ढ',
        '\u{95e}' => 'फ',
        '\u{95f}' => 'य',
        // Capitals lose their accents in Greek.
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => {
            let base = std::iter::once(c).nfd().next().unwrap_or(c);
            match base.to_lowercase().next() {
                Some('ς') => 'σ',
                small => small.unwrap_or(base),
            }
        }
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(language: &str, list: &str, entries: &[&str]) -> Words {
        let mut lists = Lists::default();
        lists.add(language, list, entries.iter().copied());
        Words::new([("test", &lists)])
    }

    fn found(words: &Words, list: &str, language: &str, text: &str) -> Vec<String> {
        let (list, language) = (words.list(list).unwrap(), words.language(language));
        let mut found = Vec::new();
        words.of_list_at(list, language, text, 0, |_, end, _| found.push(text[..end].to_owned()));
        found
    }

    #[test]
    fn entries_stand_as_whole_words_in_any_case() {
        let words = words("en", "a", &["read more", "read", "newsletter*", "don't miss"]);
        assert_eq!(found(&words, "a", "en", "READ MORE: x"), ["READ", "READ MORE"]);
        assert_eq!(found(&words, "a", "en", "Reader"), [""; 0]);
        assert_eq!(found(&words, "a", "en", "Read moreThe town"), ["Read", "Read more"]);
        assert_eq!(found(&words, "a", "en", "Newsletters now"), ["Newsletters"]);
        assert_eq!(found(&words, "a", "en", "Don’t miss"), ["Don’t miss"]);
    }

    #[test]
    fn letters_that_are_written_in_several_ways_are_one() {
        let turkish = words("tr", "a", &["ilginizi çekebilir"]);
        assert_eq!(found(&turkish, "a", "tr", "İLGİNİZİ ÇEKEBİLİR").len(), 1);
        let greek = words("el", "a", &["διαβάστε επίσης"]);
        assert_eq!(found(&greek, "a", "el", "ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ").len(), 1);
        let arabic = words("ar", "a", &["اقرأ أيضا"]);
        assert_eq!(found(&arabic, "a", "ar", "إقرأ أيضاً").len(), 1);
    }

    #[test]
    fn long_entries_may_have_commas_and_some_scripts_no_spaces() {
        let english = words("en", "a", &["save my name email and website"]);
        assert_eq!(found(&english, "a", "en", "Save my name, email, and website.").len(), 1);
        let chinese = words("zh", "a", &["未经授权 不得转载"]);
        assert_eq!(found(&chinese, "a", "zh", "未经授权，不得转载").len(), 1);
        assert_eq!(found(&chinese, "a", "zh", "未经授权不得转载").len(), 1);
    }

    #[test]
    fn a_list_has_the_words_of_its_language_and_those_of_all() {
        let (mut own, mut shared) = (Lists::default(), Lists::default());
        own.add("ru", "network", ["вконтакте"]);
        shared.add("", "network", ["facebook"]);
        let words = Words::new([("own", &own), ("shared", &shared)]);
        assert_eq!(found(&words, "network", "ru", "Facebook").len(), 1);
        assert_eq!(found(&words, "network", "ru", "ВКонтакте").len(), 1);
        assert_eq!(found(&words, "network", "de", "ВКонтакте").len(), 0);
        let network = words.list("network").unwrap();
        assert!(words.has_any(network, Languages::ALL, "мы ВКонтакте"));
        assert!(!words.has_any(network, words.language("de"), "мы ВКонтакте"));
        assert_eq!(words.texts(network, words.language("ru")).count(), 2);
    }
}
