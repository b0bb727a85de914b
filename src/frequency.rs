//! How often bytes stand in text, roughly: a literal is looked for where it is rarest.
//!
//! The figures are counts of pairs of bytes in 22 million bytes of English news, capitals counted as small
//! letters. Other languages differ; a wrong guess costs time and nothing else.

/// Letters, then what is told apart of the other bytes.
const CLASSES: usize = 36;

/// The bits of information in the first byte of a text, by its class, in hexadecimal.
const FIRST: [u8; CLASSES] = *b"4655366549756446b44467696a37a77998cc";

/// The bits of information in a byte, by its class, behind a byte of the class of the row; at most 15.
const BEHIND: [[u8; CLASSES]; CLASSES] = [
    *b"c6559769596353b6b3436679594df98bbcfe",
    *b"378a2eeb48f3ac3af46739cf4f7ff9abeeff",
    *b"3a6a3ec34f54c82cb4745eff6d5df89bcdfe",
    *b"4ca72b7b3ce7774cc66a689f7d1bf568bbfc",
    *b"485457796c955376934596766b2cf769aafd",
    *b"48cb44af3fd5cd2cf4955fef8e2df898ddfe",
    *b"4bea3b644ed6954cf4675fcf7e2bf669bbfc",
    *b"2abb1cfc3fe9883de6866dbf8f4df889cdfe",
    *b"5744565cbb745247b533a5e9d76ffbaabcff",
    *b"3cab3bcb5bfdcc2ac7bb1cbfcd8fe6beddee",
    *b"5ac929883ea6a469e74a7c9e7e2af658aafc",
    *b"3aa437ac3f838a48f956689f4d3cf779bcfd",
    *b"357c2aee3feb5833f86c5dcf6e3cf77bccfc",
    *b"4a53473a5a78864aba4377ad6c2bf66989fc",
    *b"866784787a754265d354355a8b3df989cdfe",
    *b"3cb93bc65fc49c34f3654fdf9f4bf77999fd",
    *b"5bbcabdb6cdcbbbf9aac0bbccc5bd77bacfc",
    *b"496629693d676548d644579e5d3cf778bbfd",
    *b"4a683ab54d877855b9435c9f8f2af55aaafb",
    *b"4b9b3bd23fe79a3bf5566c7f6b2cf7799afd",
    *b"5555485b6c834394d333dbdb986ff6aebbff",
    *b"4ede1ffe2fdafe4cfbab9cff8f8ff7acdfff",
    *b"3bc83af23fa8853bf659bfdf8f3cf779cdfd",
    *b"3c4d3ae83de9bb62cdc35ab97f3ad777bafc",
    *b"78894bbc6fc77848f857bc9feb19f44888fb",
    *b"38ba18973e979a4ab9a96aac653ac75889bb",
    *b"35455564477555449543674d7cff9cda99fb",
    *b"5566768658876766b653896f8cf1bcfa67fb",
    *b"cbcccdcdddbdbadbcb77dcccdd274446cbf8",
    *b"bb7cbdbbbbbd8abcfb59ecafaf12977a66fa",
    *b"fffffffffffffffffffeffffff0c9fff66ff",
    *b"45455566587556548544675f5b3b8dc4efdf",
    *b"6676778649a66777b523865f8c24c9ae9cfc",
    *b"788899986bb87998d735a87f9e46ecdff36d",
    *b"577878a76ab78778d865a96f9f06a8aaba6c",
    *b"5766777768987777b565897b9b14655978f8",
];

/// How rare `text` is: it starts at about one of two to the power of so many bytes of a text.
pub(crate) fn bits(text: &[u8]) -> u32 {
    let first = text.first().map_or(0, |&byte| byte_bits(byte));
    let behind = |pair: &[u8]| {
        digit(BEHIND[usize::from(CLASS[usize::from(pair[0])])][usize::from(CLASS[usize::from(pair[1])])])
    };
    first + text.windows(2).map(behind).sum::<u32>()
}

/// Words that stand in most texts.
const COMMON_WORDS: [&[u8]; 44] = [
    b"a", b"about", b"after", b"also", b"an", b"and", b"are", b"as", b"at", b"be", b"by", b"do", b"for",
    b"from", b"had", b"has", b"have", b"he", b"her", b"his", b"if", b"in", b"in the", b"is", b"it", b"more",
    b"new", b"news", b"not", b"of", b"on", b"or", b"over", b"people", b"said", b"says", b"see", b"she",
    b"that", b"the", b"they", b"to", b"will", b"with",
];
/// Bits of a common word.
const COMMON_BITS: u32 = 7;
/// What is rarer than this is rare enough.
const RARE_BITS: u32 = 40;

/// How rare a text in lower case is, in bits. Words are more frequent than their letters tell.
pub(crate) fn rarity(text: &[u8]) -> u32 {
    if COMMON_WORDS.contains(&text.trim_ascii()) { COMMON_BITS } else { bits(text).min(RARE_BITS) }
}

/// At which share of the bytes of a text a text in lower case stands, roughly.
pub(crate) fn share(text: &[u8]) -> f64 {
    (-f64::from(rarity(text))).exp2()
}

/// The bits of one byte.
pub(crate) fn byte_bits(byte: u8) -> u32 {
    digit(FIRST[usize::from(CLASS[usize::from(byte)])])
}

fn digit(hexadecimal: u8) -> u32 {
    match hexadecimal {
        b'0'..=b'9' => u32::from(hexadecimal - b'0'),
        _ => u32::from(hexadecimal - b'a') + 10,
    }
}

const CLASS: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = class(byte as u8);
        byte += 1;
    }
    classes
};

const fn class(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => byte - b'a',
        b'A'..=b'Z' => byte - b'A',
        b' ' => 26,
        b'\n' | b'\r' | b'\t' => 27,
        b'0'..=b'9' => 28,
        b'.' => 29,
        b',' => 30,
        b'-' => 31,
        b'\'' | b'"' => 32,
        // The bytes of curly quotes and dashes.
        0xe2 | 0x80 | 0x98..=0x9d => 33,
        0x80.. => 34,
        _ => 35,
    }
}

#[cfg(test)]
mod tests {
    use super::{bits, rarity};

    #[test]
    fn frequent_words_have_few_bits() {
        assert!(bits(b" the ") < bits(b"read ") && bits(b"read ") < bits(b"sign up"));
        assert_eq!(bits(b"THE"), bits(b"the"));
        assert_eq!(bits(b""), 0);
        assert!(rarity(b" more ") < rarity(b"newsletter"));
    }
}
