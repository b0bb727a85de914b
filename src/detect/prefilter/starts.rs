//! Literals that are only looked for where a line starts.

/// The literals are sorted. The one that sorts last before a line, or one that it starts with itself, is the
/// longest with which the line starts, and the shorter ones are those that it starts with in turn.
#[derive(Debug)]
pub(super) struct StartIndex<T> {
    literals: Vec<Literal>,
    /// What is filed with each literal, in the order of the literals.
    values: Vec<T>,
    /// The pairs of bytes that literals start with, as bits.
    pairs: Vec<u64>,
    longest: usize,
}

#[derive(Debug)]
struct Literal {
    bytes: Box<[u8]>,
    /// Where its values end; they start where those of the literal before it end.
    end: usize,
    /// The longest other literal that it starts with.
    shorter: Option<usize>,
}

impl<T: Copy> StartIndex<T> {
    /// Takes literals of two bytes at least, in lower case as far as ASCII goes.
    pub fn new<'a>(all: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let mut all: Vec<(&[u8], T)> =
            all.into_iter().map(|(literal, value)| (literal.as_bytes(), value)).collect();
        all.sort_by_key(|&(literal, _)| literal);
        let mut literals: Vec<Literal> = Vec::new();
        let mut pairs = vec![0; 1 << 10];
        for same in all.chunk_by(|a, b| a.0 == b.0) {
            let [(bytes, _), ..] = *same else { continue };
            let end = literals.last().map_or(0, |before| before.end) + same.len();
            let shorter = longest_start(&literals, literals.len(), bytes);
            if let Some(pair) = pair(bytes) {
                pairs[pair / 64] |= 1 << (pair % 64);
            }
            literals.push(Literal { bytes: bytes.into(), end, shorter });
        }
        let longest = literals.iter().map(|literal| literal.bytes.len()).max().unwrap_or(0);
        Self { literals, values: all.iter().map(|&(_, value)| value).collect(), pairs, longest }
    }

    /// Tells `hit` what is filed with each literal that `text` starts with, ASCII case aside.
    pub fn find(&self, text: &[u8], mut hit: impl FnMut(T)) {
        let Some(pair) = pair(text) else { return };
        if self.pairs[pair / 64] >> (pair % 64) & 1 == 0 {
            return;
        }
        let start = text[..text.len().min(self.longest)].to_ascii_lowercase();
        let before = self.literals.partition_point(|literal| *literal.bytes <= *start);
        let mut next = longest_start(&self.literals, before, &start);
        while let Some(index) = next {
            let literal = &self.literals[index];
            let from = index.checked_sub(1).map_or(0, |before| self.literals[before].end);
            self.values[from..literal.end].iter().for_each(|&value| hit(value));
            next = literal.shorter;
        }
    }
}

/// The longest literal that `text` starts with, which sorts behind those up to `before`.
fn longest_start(literals: &[Literal], before: usize, text: &[u8]) -> Option<usize> {
    // Whatever sorts between a text and one of its starts has that start as well.
    let mut next = before.checked_sub(1);
    while let Some(index) = next {
        if text.starts_with(&literals[index].bytes) {
            return next;
        }
        next = literals[index].shorter;
    }
    None
}

/// The first two bytes, ASCII case aside, as a number.
fn pair(text: &[u8]) -> Option<usize> {
    let [first, second] = text.first_chunk::<2>()?.map(|byte| usize::from(byte.to_ascii_lowercase()));
    Some(first << 8 | second)
}

#[cfg(test)]
mod tests {
    use super::StartIndex;

    #[test]
    fn all_literals_that_a_line_starts_with_are_found() {
        let literals = ["re", "read", "read more", "read other", "share", "ad", "read more about", "ré"];
        let index = StartIndex::new(literals.iter().enumerate().map(|(number, &literal)| (literal, number)));
        let found = |line: &str| {
            let mut found: Vec<&str> = Vec::new();
            index.find(line.as_bytes(), |number| found.push(literals[number]));
            found
        };
        assert_eq!(found("Read more: this"), ["read more", "read", "re"]);
        assert_eq!(found("READ MORE ABOUT"), ["read more about", "read more", "read", "re"]);
        assert_eq!(found("Readers"), ["read", "re"]);
        assert_eq!(found("Ré"), ["ré"]);
        assert_eq!(found("r"), [""; 0]);
        assert_eq!(found("The read"), [""; 0]);
    }
}
