//! Where could which rule match? One pass over the text looks for the literals of all rules at once, so
//! that text without noise costs the same however many rules there are.
//!
//! Of each literal, the four bytes that are likely rarest are its window. The pass takes every four bytes of
//! the text, folds ASCII case, and asks a bitmap whether they are the window of any literal; only where they
//! are is a literal compared. Unlike an automaton over all literals this takes no time to build, which would
//! be most of the time that cleaning one article takes, and its bitmap stays in the fastest cache.

use crate::pack::Literals;
use crate::segment::Segments;

/// One pattern of one rule, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Anchor {
    pub rule: usize,
    pub pattern: usize,
}

/// Finds the literals of rules in a text.
#[derive(Debug)]
pub(super) struct Prefilter {
    literals: Vec<Literal>,
    /// Literals of four bytes and more, by the four bytes of their window.
    long: WindowIndex<4>,
    /// Shorter ones, by their first two bytes.
    short: WindowIndex<2>,
    /// Patterns without a literal: they are tried on every segment.
    everywhere: Vec<Anchor>,
}

#[derive(Debug)]
struct Literal {
    /// In lower case as far as ASCII goes; two bytes at least.
    bytes: Box<[u8]>,
    /// Where in it its window starts.
    window: usize,
    /// Whose it is.
    anchors: Vec<Anchor>,
}

/// Literals found in a text.
#[derive(Debug, Default)]
pub(super) struct Hits {
    /// Byte offset and literal.
    found: Vec<(usize, u32)>,
    everywhere: bool,
}

impl Hits {
    pub fn is_empty(&self) -> bool {
        self.found.is_empty() && !self.everywhere
    }
}

impl Prefilter {
    /// Takes the literals of each pattern of each rule.
    pub fn new<'a>(rules: impl Iterator<Item = &'a [Literals]>) -> Self {
        let mut owned: Vec<(&'a str, Anchor)> = Vec::new();
        let mut everywhere = Vec::new();
        for (rule, patterns) in rules.enumerate() {
            for (pattern, literals) in patterns.iter().enumerate() {
                let anchor = Anchor { rule, pattern };
                match literals {
                    Some(literals) => {
                        owned.extend(literals.iter().map(|literal| (literal.as_str(), anchor)));
                    }
                    None => everywhere.push(anchor),
                }
            }
        }
        owned.sort_unstable();
        let literals: Vec<Literal> = owned
            .chunk_by(|a, b| a.0 == b.0)
            .map(|same| Literal {
                bytes: same[0].0.as_bytes().into(),
                window: rarest_window(same[0].0.as_bytes()),
                anchors: same.iter().map(|&(_, anchor)| anchor).collect(),
            })
            .collect();
        let is_long = |literal: &Literal| literal.bytes.len() >= 4;
        let long = WindowIndex::new(&literals, is_long);
        let short = WindowIndex::new(&literals, |literal| !is_long(literal));
        Self { literals, long, short, everywhere }
    }

    /// All literals in `text`, overlapping ones too.
    pub fn hits(&self, text: &str) -> Hits {
        let mut hits = Hits { found: Vec::new(), everywhere: !self.everywhere.is_empty() };
        self.long.find(text.as_bytes(), &self.literals, &mut hits.found);
        self.short.find(text.as_bytes(), &self.literals, &mut hits.found);
        hits
    }

    /// Which patterns to try on which segments: in order, none twice. `fits` says whether a rule is for the
    /// document at all.
    pub fn candidates(
        &self,
        hits: &Hits,
        segments: &Segments<'_>,
        fits: impl Fn(usize) -> bool,
    ) -> Vec<(usize, Anchor)> {
        let anchored = hits.found.iter().filter_map(|&(offset, literal)| {
            let segment = segments.at(offset)?;
            Some(self.literals[literal as usize].anchors.iter().map(move |&anchor| (segment, anchor)))
        });
        let mut candidates: Vec<_> = anchored.flatten().collect();
        for &anchor in self.everywhere.iter().filter(|anchor| fits(anchor.rule)) {
            candidates.extend((0..segments.len()).map(|segment| (segment, anchor)));
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates.retain(|(_, anchor)| fits(anchor.rule));
        candidates
    }
}

/// Bits of the number that a window is filed under.
const HASH_BITS: u32 = 18;

/// Some literals by the `N` bytes of their windows.
#[derive(Debug)]
struct WindowIndex<const N: usize> {
    /// A bit for each number that a window has.
    bitmap: Vec<u64>,
    /// Number of the window and literal, sorted.
    filed: Vec<(u32, u32)>,
}

impl<const N: usize> WindowIndex<N> {
    fn new(literals: &[Literal], belongs: impl Fn(&Literal) -> bool) -> Self {
        let mut filed: Vec<(u32, u32)> = literals
            .iter()
            .zip(0..)
            .filter(|(literal, _)| belongs(literal))
            .filter_map(|(literal, index)| {
                let window = literal.bytes[literal.window..].first_chunk::<N>()?;
                Some((Self::number(window), index))
            })
            .collect();
        filed.sort_unstable();
        let mut bitmap = vec![0; (1 << HASH_BITS) / 64];
        for &(number, _) in &filed {
            bitmap[number as usize / 64] |= 1 << (number % 64);
        }
        Self { bitmap, filed }
    }

    /// The number of a window, whatever the case of its ASCII letters.
    fn number(window: &[u8; N]) -> u32 {
        let mut bytes = [0; 4];
        bytes[..N].copy_from_slice(window);
        // Setting this bit writes capitals as small letters; what else it changes, it changes everywhere.
        let folded = u32::from_le_bytes(bytes) | 0x2020_2020;
        folded.wrapping_mul(0x9e37_79b1) >> (32 - HASH_BITS)
    }

    fn find(&self, text: &[u8], literals: &[Literal], found: &mut Vec<(usize, u32)>) {
        if self.filed.is_empty() {
            return;
        }
        for (at, window) in text.windows(N).enumerate() {
            let Some(window) = window.first_chunk::<N>() else { continue };
            let number = Self::number(window);
            if self.bitmap[number as usize / 64] >> (number % 64) & 1 == 1 {
                self.compare(text, at, number, literals, found);
            }
        }
    }

    #[cold]
    fn compare(
        &self,
        text: &[u8],
        at: usize,
        number: u32,
        literals: &[Literal],
        found: &mut Vec<(usize, u32)>,
    ) {
        let from = self.filed.partition_point(|&(other, _)| other < number);
        for &(_, index) in self.filed[from..].iter().take_while(|&&(other, _)| other == number) {
            let literal = &literals[index as usize];
            let Some(start) = at.checked_sub(literal.window) else { continue };
            let here = text[start..].get(..literal.bytes.len());
            if here.is_some_and(|here| here.eq_ignore_ascii_case(&literal.bytes)) {
                found.push((start, index));
            }
        }
    }
}

/// Where in a literal the four bytes are that likely stand in the fewest texts.
fn rarest_window(literal: &[u8]) -> usize {
    let rarity = |window: &[u8]| -> u32 { window.iter().map(|&byte| byte_rarity(byte)).sum() };
    let windows = literal.windows(4).enumerate();
    windows.max_by_key(|(at, window)| (rarity(window), std::cmp::Reverse(*at))).map_or(0, |(at, _)| at)
}

/// How rare a byte is in text, roughly, from 0 for the most frequent.
fn byte_rarity(byte: u8) -> u32 {
    match byte.to_ascii_lowercase() {
        b' ' | b'e' | b't' => 0,
        b'a' | b'o' | b'n' | b'i' | b's' | b'r' | b'h' => 1,
        b'l' | b'd' | b'c' | b'u' | b'm' => 2,
        // The bytes of other scripts are many in their texts.
        b'f' | b'p' | b'g' | b'w' | b'y' | b'b' | 0x80.. => 3,
        b'v' | b'k' | b',' | b'.' => 4,
        _ => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(literals: &[Option<&str>], text: &str) -> Vec<(usize, usize)> {
        let rules: Vec<Vec<_>> =
            literals.iter().map(|literal| vec![literal.map(|text| vec![text.to_owned()])]).collect();
        let prefilter = Prefilter::new(rules.iter().map(Vec::as_slice));
        let hits = prefilter.hits(text);
        let segments = Segments::of(text);
        prefilter
            .candidates(&hits, &segments, |_| true)
            .iter()
            .map(|(segment, anchor)| (*segment, anchor.rule))
            .collect()
    }

    #[test]
    fn a_rule_is_tried_where_its_literal_stands_in_any_case() {
        let text = "Share this\n\nProse\n\nread more: share";
        assert_eq!(candidates(&[Some("share"), Some("read more:")], text), [(0, 0), (2, 0), (2, 1)]);
    }

    #[test]
    fn literals_inside_one_another_are_both_found() {
        assert_eq!(candidates(&[Some("read more"), Some("ad mo")], "READ MORE"), [(0, 0), (0, 1)]);
    }

    #[test]
    fn a_pattern_without_a_literal_is_tried_everywhere() {
        assert_eq!(candidates(&[None], "a\nb"), [(0, 0), (1, 0)]);
    }

    #[test]
    fn no_rules_find_nothing() {
        assert_eq!(candidates(&[], "a\nb"), []);
    }
}
