//! Literals that are only looked for where a line starts.

/// So many bytes of a literal are compared, and of a line read.
const BYTES: usize = 8;

/// The literals are sorted. The one that sorts last before a line, or one that it starts with itself, is the
/// longest with which the line starts, and the shorter ones are those that it starts with in turn.
#[derive(Debug)]
pub(super) struct StartIndex<T> {
    literals: Vec<Literal>,
    /// What is filed with each literal, in the order of the literals.
    values: Vec<T>,
    /// The pairs of bytes that literals start with, as bits.
    pairs: Vec<u64>,
}

#[derive(Debug)]
struct Literal {
    start: Start,
    /// Where its values end; they start where those of the literal before it end.
    end: usize,
    /// The longest other literal that it starts with.
    shorter: Option<usize>,
}

/// The first bytes of a text, its ASCII letters small; they sort as the text does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Start {
    bytes: u64,
    len: usize,
}

impl Start {
    fn of(text: &[u8]) -> Self {
        let len = text.len().min(BYTES);
        let mut bytes = [0; BYTES];
        bytes[..len].copy_from_slice(&text[..len]);
        bytes.make_ascii_lowercase();
        Self { bytes: u64::from_be_bytes(bytes), len }
    }

    fn starts_with(self, other: Start) -> bool {
        let differing = self.bytes ^ other.bytes;
        other.len <= self.len && differing.leading_zeros() as usize >= other.len * 8
    }

    /// Its first two bytes as a number.
    fn pair(self) -> usize {
        (self.bytes >> 48) as usize
    }
}

impl<T: Copy> StartIndex<T> {
    /// Takes literals of two bytes at least, in lower case as far as ASCII goes. Of long ones only the first
    /// bytes are looked for.
    pub fn new<'a>(all: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let mut all: Vec<(Start, T)> =
            all.into_iter().map(|(literal, value)| (Start::of(literal.as_bytes()), value)).collect();
        all.sort_by_key(|&(start, _)| start);
        let mut literals: Vec<Literal> = Vec::new();
        let mut pairs = vec![0; 1 << 10];
        for same in all.chunk_by(|a, b| a.0 == b.0) {
            let [(start, _), ..] = *same else { continue };
            let end = literals.last().map_or(0, |before| before.end) + same.len();
            let shorter = longest_start(&literals, literals.len(), start);
            pairs[start.pair() / 64] |= 1 << (start.pair() % 64);
            literals.push(Literal { start, end, shorter });
        }
        Self { literals, values: all.into_iter().map(|(_, value)| value).collect(), pairs }
    }

    /// Tells `hit` what is filed with each literal that `text` starts with, ASCII case aside.
    pub fn find(&self, text: &[u8], mut hit: impl FnMut(T)) {
        let start = Start::of(text);
        if self.pairs[start.pair() / 64] >> (start.pair() % 64) & 1 == 0 {
            return;
        }
        let before = self.literals.partition_point(|literal| literal.start <= start);
        let mut next = longest_start(&self.literals, before, start);
        while let Some(index) = next {
            let literal = &self.literals[index];
            let from = index.checked_sub(1).map_or(0, |before| self.literals[before].end);
            self.values[from..literal.end].iter().for_each(|&value| hit(value));
            next = literal.shorter;
        }
    }
}

/// The longest literal that a text starts with, which sorts behind those up to `before`.
fn longest_start(literals: &[Literal], before: usize, start: Start) -> Option<usize> {
    // Whatever sorts between a text and one of its starts has that start as well.
    let mut next = before.checked_sub(1);
    while let Some(index) = next {
        if start.starts_with(literals[index].start) {
            return next;
        }
        next = literals[index].shorter;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::StartIndex;

    #[test]
    fn all_literals_that_a_line_starts_with_are_found() {
        let literals = ["re", "read", "read mo", "read other", "share", "ad", "read more about", "ré"];
        let index = StartIndex::new(literals.iter().enumerate().map(|(number, &literal)| (literal, number)));
        let found = |line: &str| {
            let mut found: Vec<&str> = Vec::new();
            index.find(line.as_bytes(), |number| found.push(literals[number]));
            found
        };
        assert_eq!(found("Read moss"), ["read mo", "read", "re"]);
        assert_eq!(found("READ MORE ABOUT"), ["read more about", "read mo", "read", "re"]);
        assert_eq!(found("Readers"), ["read", "re"]);
        assert_eq!(found("Ré"), ["ré"]);
        assert_eq!(found("r"), [""; 0]);
        assert_eq!(found("The read"), [""; 0]);
        assert_eq!(found(""), [""; 0]);
    }
}
