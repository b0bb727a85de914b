//! Literals that are only looked for where a line starts.

use crate::detect::windows::{Windows, read};
use crate::literal::window_at;

/// Literals filed by their first bytes.
#[derive(Debug)]
pub(super) struct StartIndex<T>(Windows<T>);

impl<T: Copy> StartIndex<T> {
    /// Takes literals of two bytes at least, in lower case as far as ASCII goes.
    pub fn new<'a>(all: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let windows = all
            .into_iter()
            .filter_map(|(literal, value)| Some((literal, window_at(literal.as_bytes(), 0)?, value)));
        Self(Windows::new(windows))
    }

    /// Tells `hit` what is filed with each literal that stands at a place of a text, ASCII case aside.
    pub fn find(&self, text: &[u8], at: usize, mut hit: impl FnMut(T)) {
        if self.0.may_stand(read(text, at)) {
            self.0.at(text, at, |_, value| hit(value));
        }
    }
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
            index.find(line.as_bytes(), 0, |number| found.push(literals[number]));
            found.sort_unstable();
            found
        };
        assert_eq!(found("Read moss"), ["re", "read", "read mo"]);
        assert_eq!(found("READ MORE ABOUT"), ["re", "read", "read mo", "read more about"]);
        assert_eq!(found("Readers"), ["re", "read"]);
        assert_eq!(found("Ré"), ["ré"]);
        assert_eq!(found("r"), [""; 0]);
        assert_eq!(found("The read"), [""; 0]);
        assert_eq!(found(""), [""; 0]);
    }
}
