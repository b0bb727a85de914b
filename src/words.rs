//! Word lists: what a language has for the parts of a form. A list without a language serves all of them.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Languages that write no space between words.
const UNSPACED: [&str; 3] = ["zh", "ja", "th"];
/// An entry of more words may have commas between them, as the sentences that software says have.
const FEW_WORDS: usize = 4;

/// The word lists of a pack: by language, and by name. Those of the empty language serve all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
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

/// The words of some packs, to be found in texts.
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// The numbers of lists by their names.
    names: HashMap<String, usize>,
    /// The shared words first, under the empty tag.
    languages: Vec<Language>,
}

/// The words of one language.
#[derive(Debug, Default)]
pub(crate) struct Language {
    pub tag: String,
    /// Words are parted by spaces.
    pub is_spaced: bool,
    /// The entries of each list in the order of their text, by the list's number.
    lists: Vec<Vec<Entry>>,
    /// The ASCII characters with which entries of each list start, as bits; the highest stands for all others.
    firsts: Vec<u128>,
}

/// An entry of a list.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    /// The first character of what is compared.
    first: char,
    /// As it is compared; see [`fold`].
    folded: String,
    /// Any letters may follow.
    is_open: bool,
    /// As its pack has it, without the mark for that.
    pub text: String,
    /// The pack, by its place among those that were given.
    pub pack: usize,
}

/// A word list among [`Words`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct List(usize);

impl Words {
    /// The words of packs, in any order.
    pub fn new<'p>(packs: impl IntoIterator<Item = &'p Lists>) -> Self {
        let mut words = Self {
            names: HashMap::new(),
            languages: vec![Language { is_spaced: true, ..Language::default() }],
        };
        for (pack, lists) in packs.into_iter().enumerate() {
            for (tag, lists) in &lists.0 {
                for (name, entries) in lists {
                    let number = words.names.len();
                    let list = *words.names.entry(name.clone()).or_insert(number);
                    let own = &mut words.language_of(tag).lists;
                    own.resize_with(own.len().max(list + 1), Vec::new);
                    own[list].extend(entries.iter().map(|text| Entry::new(text, pack)));
                }
            }
        }
        for entries in words.languages.iter_mut().flat_map(|language| &mut language.lists) {
            entries.sort_unstable();
            entries.dedup_by(|later, first| later.folded == first.folded);
        }
        for language in &mut words.languages {
            let firsts =
                |entries: &Vec<Entry>| entries.iter().fold(0, |bits, entry| bits | bit_of(entry.first));
            language.firsts = language.lists.iter().map(firsts).collect();
        }
        words
    }

    fn language_of(&mut self, tag: &str) -> &mut Language {
        let known = self.languages.iter().position(|language| language.tag == tag);
        let place = known.unwrap_or_else(|| {
            let is_spaced = !UNSPACED.contains(&tag);
            self.languages.push(Language {
                tag: tag.to_owned(),
                is_spaced,
                lists: Vec::new(),
                firsts: Vec::new(),
            });
            self.languages.len() - 1
        });
        &mut self.languages[place]
    }

    /// The list of a name; none when no pack has one.
    pub fn list(&self, name: &str) -> Option<List> {
        self.names.get(name).copied().map(List)
    }

    /// The languages that have words of their own, by their numbers; number 0 is that of shared words.
    pub fn languages(&self) -> Range<usize> {
        1..self.languages.len()
    }

    pub fn language(&self, number: usize) -> &Language {
        &self.languages[number]
    }

    /// The number of the language of a tag.
    pub fn number(&self, tag: &str) -> Option<usize> {
        self.languages.iter().skip(1).position(|language| language.tag == tag).map(|place| place + 1)
    }

    /// The ends of all entries of a list that stand at a place of a text, in a language or shared, with the entry.
    pub fn at<'w>(
        &'w self,
        list: List,
        language: usize,
        text: &str,
        place: usize,
        found: &mut Vec<(usize, &'w Entry)>,
    ) {
        let rest = &text[place..];
        let Some(first) = folded(rest).next() else { return };
        let numbers: &[usize] = if language == 0 { &[0] } else { &[language, 0] };
        for &number in numbers {
            let language = &self.languages[number];
            if language.firsts.get(list.0).is_none_or(|firsts| firsts & bit_of(first) == 0) {
                continue;
            }
            let entries = language.entries(list);
            let from = entries.partition_point(|entry| entry.first < first);
            for entry in entries[from..].iter().take_while(|entry| entry.first == first) {
                if let Some(len) = entry.len_in(rest, language.is_spaced) {
                    found.push((place + len, entry));
                }
            }
        }
    }

    /// True when an entry of a list stands at a word's start in a text: in a language, or in any when none is named.
    pub fn has_any(&self, list: List, language: Option<usize>, text: &str) -> bool {
        let mut found = Vec::new();
        let languages = language.map_or(0..self.languages.len(), |language| language..language + 1);
        word_starts(text).any(|at| {
            languages.clone().any(|language| {
                self.at(list, language, text, at, &mut found);
                !found.is_empty()
            })
        })
    }
}

fn bit_of(c: char) -> u128 {
    1 << u32::from(c).min(127)
}

fn word_starts(text: &str) -> impl Iterator<Item = usize> {
    let mut before = ' ';
    text.char_indices().filter_map(move |(at, c)| {
        let starts = c.is_alphanumeric() && (!before.is_alphanumeric() || is_uncased(c));
        before = c;
        starts.then_some(at)
    })
}

impl Language {
    fn entries(&self, list: List) -> &[Entry] {
        self.lists.get(list.0).map_or(&[], Vec::as_slice)
    }

    /// The texts of a list's entries.
    pub fn texts(&self, list: List) -> impl Iterator<Item = &str> {
        self.entries(list).iter().map(|entry| entry.text.as_str())
    }
}

impl Entry {
    fn new(text: &str, pack: usize) -> Self {
        // A star ends a word; within an entry, it does so for each of its words.
        let is_open = text.ends_with('*');
        let text = text.trim_end_matches('*').to_owned();
        let folded: String = folded(&text).collect();
        Self { first: folded.chars().next().unwrap_or(' '), folded, is_open, text, pack }
    }

    /// How many bytes of a text the entry takes at its start, if it stands there as whole words.
    fn len_in(&self, text: &str, is_spaced: bool) -> Option<usize> {
        let has_commas = self.text.split(' ').count() > FEW_WORDS;
        let mut rest = text.char_indices().peekable();
        let mut last = ' ';
        for wanted in self.folded.chars() {
            if wanted == '*' {
                // Letters of another script are another word.
                while rest.next_if(|&(_, c)| is_of_word(c) && is_uncased(c) == is_uncased(last)).is_some() {}
                continue;
            }
            while rest.next_if(|&(_, c)| is_skipped(c)).is_some() {}
            if wanted == ' ' {
                if has_commas || !is_spaced {
                    let _ = rest.next_if(|&(_, c)| matches!(c, ',' | '،' | '，' | '、' | '.'));
                }
                let has_space = rest.next_if(|&(_, c)| c == ' ').is_some();
                if !has_space && is_spaced {
                    return None;
                }
                continue;
            }
            let (_, c) = rest.next()?;
            last = fold(c);
            if last != wanted {
                return None;
            }
        }
        while rest.next_if(|&(_, c)| is_skipped(c)).is_some() {}
        if self.is_open {
            // Letters of another script are another word.
            while rest.next_if(|&(_, c)| is_of_word(c) && is_uncased(c) == is_uncased(last)).is_some() {}
        } else if rest.peek().is_some_and(|&(_, next)| next.is_alphanumeric() && !is_uncased(next))
            && last.is_alphanumeric()
            && !is_uncased(last)
        {
            return None;
        }
        Some(rest.peek().map_or(text.len(), |&(at, _)| at))
    }
}

/// Letters with their marks, and apostrophes.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '\'' | '’')
}

/// Letters of scripts without small letters and capitals, of which many write no space between words.
fn is_uncased(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

fn folded(text: &str) -> impl Iterator<Item = char> {
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
        Words::new([&lists])
    }

    fn found(words: &Words, list: &str, language: &str, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let list = words.list(list).unwrap();
        words.at(list, words.number(language).unwrap_or(0), text, 0, &mut found);
        found.into_iter().map(|(end, _)| text[..end].to_owned()).collect()
    }

    #[test]
    fn entries_stand_as_whole_words_in_any_case() {
        let words = words("en", "a", &["read more", "read", "newsletter*", "don't miss"]);
        assert_eq!(found(&words, "a", "en", "READ MORE: x"), ["READ", "READ MORE"]);
        assert_eq!(found(&words, "a", "en", "Reader"), [""; 0]);
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
        let words = Words::new([&own, &shared]);
        assert_eq!(found(&words, "network", "ru", "Facebook").len(), 1);
        assert_eq!(found(&words, "network", "ru", "ВКонтакте").len(), 1);
        assert_eq!(found(&words, "network", "de", "ВКонтакте").len(), 0);
        assert!(words.has_any(words.list("network").unwrap(), None, "мы ВКонтакте"));
        assert!(!words.has_any(words.list("network").unwrap(), Some(0), "мы ВКонтакте"));
    }
}
