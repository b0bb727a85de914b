use encoding_rs::{BIG5, EUC_JP, GB18030, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use proptest::prelude::*;

use super::*;

fn patch(offset: usize, len: usize, raw: &[u8]) -> Patch {
    Patch { offset, len, raw: raw.to_vec() }
}

fn assert_restores(text: &str, encoding: &'static Encoding, original: &[u8]) {
    let patches = patches(text, encoding, original);
    let restored = apply_patches(encode_lossy(text, encoding), &patches);
    assert_eq!(restored.as_deref(), Some(original));
}

#[test]
fn utf16_has_all_characters() {
    assert_eq!(encode("aé\u{1f600}", UTF_16LE).unwrap(), b"a\0\xe9\0\x3d\xd8\x00\xde");
    assert_eq!(encode("aé\u{1f600}", UTF_16BE).unwrap(), b"\0a\0\xe9\xd8\x3d\xde\x00");
}

#[test]
fn legacy_encodings() {
    assert_eq!(encode("“€”", WINDOWS_1252).unwrap(), b"\x93\x80\x94");
    assert_eq!(encode("あ", SHIFT_JIS).unwrap(), b"\x82\xa0");
    assert_eq!(encode("あ", ISO_2022_JP).unwrap(), b"\x1b$B$\"\x1b(B");
    assert_eq!(encode("\u{1f600}", GB18030).unwrap(), b"\x94\x39\xfc\x36");
    assert_eq!(encode("", EUC_JP).unwrap(), b"");
}

#[test]
fn the_first_unmappable_character_is_named() {
    let error = encode("naïve 東京", WINDOWS_1252).unwrap_err();
    assert_eq!((error.ch, error.offset), ('東', 7));
    assert_eq!(
        error.to_string(),
        "windows-1252 has no code for '東' at byte 7 of the text; write the text as UTF-8"
    );
    let error = encode("あ\x1b", ISO_2022_JP).unwrap_err();
    assert_eq!((error.ch, error.offset), ('\x1b', 3));
}

#[test]
fn lossy_encoding_writes_question_marks() {
    assert_eq!(encode_lossy("1 東 2 京", WINDOWS_1252), b"1 ? 2 ?");
    assert_eq!(encode_lossy("あ\u{1f600}い", ISO_2022_JP), b"\x1b$B$\"\x1b(B?\x1b$B$$\x1b(B");
}

#[test]
fn no_patches_where_encoding_restores_the_bytes() {
    assert_eq!(patches("été", WINDOWS_1252, b"\xe9t\xe9"), []);
}

#[test]
fn byte_order_mark_is_a_patch() {
    let patches = patches("abc", UTF_8, b"\xef\xbb\xbfabc");
    assert_eq!(patches, [patch(0, 0, b"\xef\xbb\xbf")]);
}

#[test]
fn each_malformed_sequence_is_a_patch() {
    let original = b"one line with a bad \xe9 byte and another \xff in it";
    let text = String::from_utf8_lossy(original);
    let patches = patches(&text, UTF_8, original);
    assert_eq!(patches, [patch(20, 3, b"\xe9"), patch(41, 3, b"\xff")]);
}

#[test]
fn another_code_for_the_same_character_is_a_patch() {
    let (text, _) = SHIFT_JIS.decode_without_bom_handling(b"a\xed\x40b");
    assert_eq!(patches(&text, SHIFT_JIS, b"a\xed\x40b"), [patch(1, 2, b"\xed\x40")]);
    let (text, _) = BIG5.decode_without_bom_handling(b"a\xff");
    assert_eq!(patches(&text, BIG5, b"a\xff"), [patch(1, 1, b"\xff")]);
}

#[test]
fn patches_stay_small_in_long_lines() {
    let line = "all of this article is a single line, ".repeat(1000);
    let mut original = format!("start {line}middle {line}").into_bytes();
    original[5] = 0xff;
    let middle = original.len() - line.len() - 1;
    original[middle] = 0xfe;
    let text = String::from_utf8_lossy(&original);
    let patches = patches(&text, UTF_8, &original);
    assert_eq!(patches.len(), 2);
    assert!(patches.iter().all(|patch| patch.raw.len() == 1));
}

#[test]
fn a_long_difference_ends_with_its_line() {
    let original = [b"one\n".to_vec(), vec![0xff; 500], b"\ntwo\n\xfe\nthree\n".to_vec()].concat();
    let text = String::from_utf8_lossy(&original);
    let patches = patches(&text, WINDOWS_1252, &original);
    assert_eq!(patches.len(), 2);
    assert_restores(&text, WINDOWS_1252, &original);
}

#[test]
fn patches_for_other_bytes_are_refused() {
    let apply = |patches: &[Patch]| apply_patches(b"abc".to_vec(), patches);
    assert_eq!(apply(&[patch(3, 0, b"d")]).as_deref(), Some(&b"abcd"[..]));
    assert_eq!(apply(&[patch(3, 1, b"")]), None);
    assert_eq!(apply(&[patch(4, 0, b"")]), None);
    assert_eq!(apply(&[patch(1, usize::MAX, b"")]), None);
    assert_eq!(apply(&[patch(2, 1, b""), patch(0, 1, b"")]), None);
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn patches_lead_from_any_text_to_any_bytes(
        text in "[ab\n\u{fffd}é東]{0,200}",
        original in prop::collection::vec(prop::sample::select(b"ab\n\xe9\xff".to_vec()), 0..200),
        encoding in prop::sample::select(vec![UTF_8, UTF_16LE, WINDOWS_1252, ISO_2022_JP]),
    ) {
        assert_restores(&text, encoding, &original);
    }
}
