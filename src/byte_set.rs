//! Sets of bytes.

use serde::{Deserialize, Serialize};

/// Some of the 256 bytes. Written as its ranges: the first and the last byte of each, in hexadecimal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct ByteSet([u64; 4]);

impl ByteSet {
    /// Every byte.
    pub const ALL: Self = Self([u64::MAX; 4]);

    /// True when the set holds `byte`.
    pub fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte / 64)] >> (byte % 64) & 1 == 1
    }

    /// Adds the bytes of another set.
    pub fn add_all(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(own, other)| *own |= other);
    }

    /// Adds every byte from `first` up to and including `last`.
    pub fn add(&mut self, first: u8, last: u8) {
        for byte in first..=last {
            self.0[usize::from(byte / 64)] |= 1 << (byte % 64);
        }
    }
}

impl From<ByteSet> for String {
    fn from(set: ByteSet) -> Self {
        let bytes: Vec<u8> = (0..=u8::MAX).filter(|&byte| set.contains(byte)).collect();
        let ranges = bytes.chunk_by(|&one, &next| one.checked_add(1) == Some(next));
        ranges.map(|range| format!("{:02x}{:02x}", range[0], range[range.len() - 1])).collect()
    }
}

impl TryFrom<String> for ByteSet {
    type Error = &'static str;

    fn try_from(ranges: String) -> Result<Self, Self::Error> {
        const WRONG: &str = "not a set of bytes: pairs of bytes in hexadecimal are expected";
        let mut set = Self::default();
        for range in ranges.as_bytes().chunks(4) {
            let digits = str::from_utf8(range).map_err(|_| WRONG)?;
            let pair = u16::from_str_radix(digits, 16).map_err(|_| WRONG)?;
            let [first, last] = pair.to_be_bytes();
            set.add(first, last);
        }
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_written_as_its_ranges() {
        let mut set = ByteSet::default();
        set.add(b'a', b'z');
        set.add(b'_', b'_');
        set.add(0xfe, 0xff);
        assert_eq!(String::from(set), "5f5f617afeff");
        assert_eq!(ByteSet::try_from("5f5f617afeff".to_owned()), Ok(set));
        assert!(ByteSet::try_from("zz".to_owned()).is_err());
    }
}
