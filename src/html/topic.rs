//! What a page is about: the longer words of its main text.

use std::collections::HashMap;

/// Shorter words are the glue of a language.
const MIN_LETTERS: u32 = 4;
/// A text with fewer longer words tells nothing.
const MIN_WORDS: usize = 3;

/// The longer words of each block.
#[derive(Debug, Default)]
pub(super) struct Topics(Vec<Vec<u32>>);

impl Topics {
    /// Those of the blocks with these texts.
    pub fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        Self(texts.map(long_words).collect())
    }

    /// For each block, the share of its longer words that other blocks of the main text have too; -1 where there are
    /// too few to tell. `is_main` says of each block whether it is main text.
    pub fn shared(&self, is_main: &[bool]) -> Vec<f32> {
        let mut known: HashMap<u32, u32> = HashMap::new();
        for (words, _) in self.0.iter().zip(is_main).filter(|(_, is_main)| **is_main) {
            for word in words {
                *known.entry(*word).or_default() += 1;
            }
        }
        let share = |(words, is_main): (&Vec<u32>, &bool)| {
            if words.len() < MIN_WORDS || known.is_empty() {
                return -1.0;
            }
            let own = u32::from(*is_main);
            let is_shared = |word: &&u32| known.get(word).is_some_and(|&count| count > own);
            words.iter().filter(is_shared).count() as f32 / words.len() as f32
        };
        self.0.iter().zip(is_main).map(share).collect()
    }
}

/// The longer words of a text as hashes, each once, without case. Scripts without spaces give pairs of characters.
fn long_words(text: &str) -> Vec<u32> {
    let mut words = Vec::new();
    let (mut hash, mut letters, mut last) = (START, 0, None);
    for ch in text.chars().chain([' ']) {
        if ch.is_ascii_alphanumeric() {
            hash = add(hash, ch.to_ascii_lowercase());
            letters += 1;
            last = None;
            continue;
        }
        if matches!(ch, '\u{e00}'..='\u{eff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
        {
            if let Some(last) = last {
                words.push(add(add(START, last), ch));
            }
            last = Some(ch);
            continue;
        }
        last = None;
        if !ch.is_ascii() && ch.is_alphanumeric() {
            ch.to_lowercase().for_each(|lower| hash = add(hash, lower));
            letters += 1;
        } else if letters > 0 {
            if letters >= MIN_LETTERS {
                words.push(hash);
            }
            (hash, letters) = (START, 0);
        }
    }
    words.sort_unstable();
    words.dedup();
    words
}

const START: u32 = 0x811c_9dc5;

fn add(hash: u32, ch: char) -> u32 {
    (hash ^ ch as u32).wrapping_mul(0x0100_0193)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_on_something_else_shares_few_words() {
        let texts = [
            "The council closed the bridge after the flood of March.",
            "Repairs of the bridge cost more than the council planned after that flood.",
            "A singer released another album yesterday.",
            "橋の工事は三月に始まった。",
        ];
        let shared = Topics::of(texts.into_iter()).shared(&[true, true, false, false]);
        assert!(shared[0] > 0.6 && shared[1] > 0.3, "{shared:?}");
        assert!(shared[2] < 0.1 && shared[3] == 0.0, "{shared:?}");
    }
}
