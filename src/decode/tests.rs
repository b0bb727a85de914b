#![expect(clippy::single_range_in_vec_init, reason = "lists of one span are meant")]

use encoding_rs::*;
use proptest::prelude::*;

use super::ranges::Units;
use super::*;
use crate::encode::{apply_patches, encode, encode_lossy, patches};

const ENGLISH: &str = "The minister’s office said on Tuesday that it would “review” the plan — again.\n";
const GERMAN: &str = "Die Bundesregierung prüft nach Angaben des Ministeriums schärfere Regeln für \
     Straßenbauprojekte; über die Höhe der Zuschüsse müssen die Länder noch verhandeln.\n";
const FRENCH: &str = "Le président a déclaré hier soir que la réforme des retraites serait présentée à \
     l'Assemblée nationale dès la rentrée, malgré l'opposition des élus.\n";
const POLISH: &str = "Rząd zapowiedział, że w przyszłym tygodniu przedstawi projekt ustawy, która ułatwi \
     przedsiębiorcom zatrudnianie pracowników z zagranicy.\n";
const RUSSIAN: &str = "Министр иностранных дел заявил в среду, что переговоры о торговом соглашении \
     продолжатся на следующей неделе, несмотря на разногласия сторон.\n";
const GREEK: &str = "Η κυβέρνηση ανακοίνωσε την Τρίτη νέα μέτρα για τη στήριξη των νοικοκυριών, \
     ενώ η αντιπολίτευση ζητά περισσότερες εξηγήσεις.\n";
const JAPANESE: &str = "政府は水曜日、来年度の予算案について関係閣僚による会議を開き、社会保障費の増加を抑える\
     方針を確認した。野党はこの決定に反対している。\n";
const CHINESE: &str = "中国政府星期三宣布，将在明年进一步扩大对外开放，并且为外国企业提供更多的投资机会。\
     专家认为，这项政策有利于经济发展。\n";
const TAIWANESE: &str = "總統府發言人星期三表示，政府將在明年提出新的經濟發展計畫，並且協助中小企業增加投資。\
     專家認為，這項政策對社會有很大的影響。\n";
const KOREAN: &str = "정부는 수요일 내년도 예산안을 발표하고 사회복지 지출을 늘리겠다고 밝혔다. \
     야당은 이번 결정에 대해 강하게 반대하고 있다.\n";

const SAMPLES: &[(&Encoding, &str)] = &[
    (WINDOWS_1252, ENGLISH),
    (WINDOWS_1252, GERMAN),
    (WINDOWS_1252, FRENCH),
    (WINDOWS_1250, POLISH),
    (ISO_8859_2, POLISH),
    (WINDOWS_1251, RUSSIAN),
    (KOI8_R, RUSSIAN),
    (WINDOWS_1253, GREEK),
    (SHIFT_JIS, JAPANESE),
    (EUC_JP, JAPANESE),
    (ISO_2022_JP, JAPANESE),
    (GB18030, CHINESE),
    (BIG5, TAIWANESE),
    (EUC_KR, KOREAN),
];

/// All that decode each character by itself.
const STATELESS: &[&Encoding] = &[
    UTF_8,
    UTF_16LE,
    UTF_16BE,
    WINDOWS_1252,
    WINDOWS_1251,
    KOI8_R,
    ISO_8859_6,
    IBM866,
    SHIFT_JIS,
    EUC_JP,
    BIG5,
    EUC_KR,
    GBK,
    GB18030,
    X_USER_DEFINED,
];

fn decoded(bytes: &[u8]) -> Decoded<'_> {
    decode(bytes, None).expect("these bytes are text")
}

fn forced<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> Decoded<'a> {
    decode(bytes, Some(encoding)).expect("forced bytes are text")
}

fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    encode(text, encoding).expect("the encoding has all of these characters")
}

fn cut<T: Clone>(items: &[T], ranges: &[Range<usize>]) -> Vec<T> {
    let is_kept = |index: &usize| !ranges.iter().any(|range| range.contains(index));
    let kept = (0..items.len()).filter(is_kept);
    kept.map(|index| items[index].clone()).collect()
}

/// Cuts `spans` from the file and checks what is left of the text.
fn assert_cuts(file: &Decoded<'_>, spans: &[Range<usize>]) {
    let rest = cut(file.bytes, &file.raw_ranges(spans));
    let expected = cut(file.text().as_bytes(), spans);
    let (text, _) = file.encoding.decode_without_bom_handling(&rest[file.bom_len..]);
    assert_eq!(text, String::from_utf8_lossy(&expected), "{spans:?}");
}

fn assert_restores(file: &Decoded<'_>) {
    let patches = patches(file.text(), file.encoding, file.bytes);
    let restored = apply_patches(encode_lossy(file.text(), file.encoding), &patches);
    assert_eq!(restored.as_deref(), Some(file.bytes));
}

fn first_len(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

fn span_of(text: &str, part: &str) -> Range<usize> {
    let start = text.find(part).expect("the part is in the text");
    start..start + part.len()
}

#[test]
fn empty_file_is_utf8() {
    let file = decoded(b"");
    assert_eq!((file.text(), file.encoding()), ("", UTF_8));
    assert_eq!(file.source(), EncodingSource::Utf8);
}

#[test]
fn utf8_is_borrowed_and_offsets_are_the_same() {
    let file = decoded("Añil".as_bytes());
    assert!(matches!(file.text, Cow::Borrowed("Añil")));
    assert_eq!(file.source(), EncodingSource::Utf8);
    assert_eq!(file.malformed(), 0);
    assert_eq!(file.raw_ranges(&[0..1, 1..3]), [0..1, 1..3]);
}

#[test]
fn utf8_mark_is_no_text() {
    let file = decoded(b"\xef\xbb\xbfabc");
    assert_eq!((file.text(), file.bom_len()), ("abc", 3));
    assert_eq!(file.source(), EncodingSource::Bom);
    assert_eq!(file.raw_ranges(&[1..2]), [4..5]);
    assert_restores(&file);
}

#[test]
fn a_mark_that_contradicts_the_forced_encoding_is_text() {
    let file = forced(b"\xef\xbb\xbfabc", WINDOWS_1252);
    assert_eq!((file.text(), file.bom_len()), ("ï»¿abc", 0));
}

#[test]
fn malformed_utf8_in_the_middle() {
    let bytes = b"caf\xc3\xa9 \xc3\xa8\xc3\xa0\xc3\xbc bad \xe9 end";
    let file = decoded(bytes);
    assert_eq!(file.text(), "café èàü bad \u{fffd} end");
    assert_eq!((file.encoding(), file.malformed()), (UTF_8, 1));
    assert_eq!(file.source(), EncodingSource::Utf8);
    let bad = span_of(file.text(), "\u{fffd}");
    assert_eq!(file.raw_ranges(&[bad]), [17..18]);
    assert_cuts(&file, &[span_of(file.text(), " end")]);
    assert_restores(&file);
}

#[test]
fn utf8_cut_off_at_the_end() {
    let file = decoded(b"\xc3\xa9t\xe2\x80");
    assert_eq!((file.text(), file.malformed()), ("ét\u{fffd}", 1));
    assert_eq!(file.encoding(), UTF_8);
    assert_eq!(file.raw_ranges(&[3..6]), [3..5]);
    assert_restores(&file);
}

#[test]
fn few_malformed_bytes_do_not_make_another_encoding_of_utf8() {
    for (bytes, text) in [
        (&b"near \xe2\x80\x94 said A. Caf\xc3\xa9 \xff"[..], "near — said A. Café \u{fffd}"),
        (b"An end that is cut off: the mayor\xe2\x80", "An end that is cut off: the mayor\u{fffd}"),
    ] {
        let file = decoded(bytes);
        assert_eq!((file.text(), file.encoding()), (text, UTF_8));
        assert_restores(&file);
    }
    assert_eq!(decoded(b"Au caf\xe9").text(), "Au café");
}

#[test]
fn a_zero_byte_does_not_make_utf16_of_utf8() {
    for text in
        ["The vote is on Monday, and it may be close.", "Le vote est prévu lundi, dit-elle – peut-être."]
    {
        for at in [0, 1, 7, 8] {
            let mut bytes = text.as_bytes().to_vec();
            bytes.insert(at, 0);
            for bytes in [&bytes[..], &bytes[..bytes.len() - 1]] {
                assert!(matches!(decode(bytes, None), Err(DecodeError::Binary { .. })), "{text} {at}");
            }
        }
    }
}

#[test]
fn utf32_is_told() {
    for bytes in [&b"\xff\xfe\0\0a\0\0\0"[..], b"\0\0\xfe\xff\0\0\0a"] {
        let error = decode(bytes, None).unwrap_err();
        assert_eq!(error.to_string(), "this is UTF-32, not text: convert it to UTF-8");
    }
}

#[test]
fn nearly_utf8_wins_over_the_declaration() {
    let mut bytes = b"<meta charset=iso-8859-1>".to_vec();
    bytes.extend_from_slice(FRENCH.as_bytes());
    bytes.push(0xe9);
    assert_eq!(decoded(&bytes).encoding(), UTF_8);
}

#[test]
fn utf16_with_and_without_mark() {
    for encoding in [UTF_16LE, UTF_16BE] {
        for text in [ENGLISH, RUSSIAN, "a\u{1f389}b"] {
            let unmarked = encoded(text, encoding);
            let file = decoded(&unmarked);
            assert_eq!((file.text(), file.encoding()), (text, encoding));
            assert_eq!(file.source(), EncodingSource::Detected);

            let marked = encoded(&format!("\u{feff}{text}"), encoding);
            let file = decoded(&marked);
            assert_eq!((file.text(), file.encoding()), (text, encoding));
            assert_eq!((file.source(), file.bom_len()), (EncodingSource::Bom, 2));
            let width = encoded(&text[..first_len(text)], encoding).len();
            assert_eq!(file.raw_ranges(&[0..first_len(text)]), [2..2 + width]);
            assert_restores(&file);
        }
    }
}

#[test]
fn utf16_with_lone_surrogates_and_an_odd_byte() {
    let file = decoded(b"\xff\xfea\0\x3d\xd8b\0\x00\xdec\0!");
    assert_eq!(file.text(), "a\u{fffd}b\u{fffd}c\u{fffd}");
    assert_eq!(file.malformed(), 3);
    assert_eq!(file.raw_ranges(&[1..4, 5..8, 9..12]), [4..6, 8..10, 12..13]);
    assert_restores(&file);
}

#[test]
fn utf16_surrogate_pair_is_one_unit() {
    let bytes = encoded("a\u{1f600}b", UTF_16LE);
    assert_eq!(forced(&bytes, UTF_16LE).raw_ranges(&[1..5]), [2..6]);
}

#[test]
fn legacy_encodings_are_detected() {
    for &(encoding, text) in SAMPLES {
        let bytes = encoded(text, encoding);
        let file = decoded(&bytes);
        assert_eq!(file.text(), text, "{} read as {}", encoding.name(), file.encoding().name());
        assert_eq!((file.source(), file.malformed()), (EncodingSource::Detected, 0));
        assert_restores(&file);
    }
}

#[test]
fn detection_reads_where_the_first_telling_byte_is() {
    let text = [&ENGLISH.replace(['’', '“', '”', '—'], "-").repeat(50_000), RUSSIAN].concat();
    assert_eq!(decoded(&encoded(&text, WINDOWS_1251)).text(), text);
}

#[test]
fn legacy_encodings_are_cut_character_by_character() {
    for &(encoding, text) in SAMPLES {
        let bytes = encoded(text, encoding);
        let file = forced(&bytes, encoding);
        let starts: Vec<usize> = text.char_indices().map(|(start, _)| start).collect();
        for pair in starts.windows(2) {
            assert_cuts(&file, &[pair[0]..pair[1]]);
        }
        for bounds in starts.windows(14) {
            assert_cuts(&file, &[bounds[0]..bounds[3], bounds[3]..bounds[7], bounds[8]..bounds[13]]);
        }
    }
}

#[test]
fn windows_1252_punctuation() {
    let file = forced(b"\x93It\x92s \x80 5\x94 \x81", WINDOWS_1252);
    assert_eq!(file.text(), "“It’s € 5” \u{81}");
    assert_eq!(file.raw_ranges(&[span_of(file.text(), "’s €")]), [3..7]);
    assert_restores(&file);
}

#[test]
fn shift_jis_lead_byte_before_ascii_is_malformed_alone() {
    let file = forced(b"a\x81 \x82\xa0\x85", SHIFT_JIS);
    assert_eq!(file.text(), "a\u{fffd} あ\u{fffd}");
    assert_eq!(file.raw_ranges(&[1..4, 4..5, 5..8, 8..11]), [1..2, 2..3, 3..5, 5..6]);
    assert_restores(&file);
}

#[test]
fn gb18030_gives_back_the_bytes_after_a_malformed_one() {
    let file = forced(b"\x81\x30\x81 \x81\x30\x84\x36", GB18030);
    assert_eq!(file.text(), "\u{fffd}0\u{fffd} \u{a5}");
    assert_eq!(file.raw_ranges(&[3..4, 4..7, 8..10]), [1..2, 2..3, 4..8]);
    assert_restores(&file);
}

#[test]
fn big5_pair_is_cut_whole_or_not_at_all() {
    let file = forced(b"x\x88\x62y", BIG5);
    assert_eq!(file.text(), "xÊ\u{304}y");
    assert_eq!(file.raw_ranges(&[1..5]), [1..3]);
    assert_eq!(file.raw_ranges(&[0..3, 3..6]), [0..1, 3..4]);
    assert_restores(&file);
}

#[test]
fn iso_2022_jp_cuts_leave_the_character_sets_right() {
    let bytes = encoded("Tokyo 東京 and ｶﾅ 大阪, twice 日本", ISO_2022_JP);
    let file = decoded(&bytes);
    assert_eq!(file.encoding(), ISO_2022_JP);
    let bounds: Vec<usize> =
        (0..=file.text().len()).filter(|&offset| file.text().is_char_boundary(offset)).collect();
    for (index, &start) in bounds.iter().enumerate() {
        for &end in &bounds[index..] {
            assert_cuts(&file, &[start..end]);
        }
    }
}

#[test]
fn iso_2022_jp_escape_sequences_go_with_their_characters() {
    let file = decoded(b"a\x1b$B$\"$$\x1b(Bb");
    assert_eq!(file.text(), "aあいb");
    assert_eq!(file.raw_ranges(&[1..4]), [4..6]);
    assert_eq!(file.raw_ranges(&[1..4, 4..7]), [1..11]);
    assert_eq!(file.raw_ranges(&[4..8]), [6..8, 11..12]);
    assert_eq!(file.raw_ranges(&[1..1]), Vec::<Range<usize>>::new());
}

#[test]
fn terminal_colours_are_not_iso_2022_jp() {
    let file = decoded(b"\x1b[31mred\x1b[0m");
    assert_eq!(file.encoding(), UTF_8);
}

#[test]
fn declarations_are_believed_when_the_bytes_agree() {
    let declarations = [
        "<meta charset=koi8-r>",
        "<META charset = 'KOI8-R' />",
        "<meta http-equiv=Content-Type content=\"text/html; charset=koi8-r\">",
        "<meta name=a content=b><meta charset=\"koi8-r\">",
        "<?xml version=\"1.0\" encoding=\"koi8-r\"?>",
        "Subject: x\nContent-Type: text/plain;\n charset=koi8-r; format=flowed\n\n",
    ];
    for declaration in declarations {
        let bytes = encoded(&format!("{declaration}я"), KOI8_R);
        let file = decoded(&bytes);
        assert_eq!((file.encoding(), file.source()), (KOI8_R, EncodingSource::Declared));
    }
}

#[test]
fn declarations_are_not_believed_otherwise() {
    let declarations = [
        "the charset=koi8-r in a sentence",
        "<meta charset=utf-8>",
        "<meta charset=utf-16>",
        "<meta charset=shift_jis>",
        "<meta charset=hz-gb-2312>",
        "<meta charset=nonsense>",
        "<meta charset",
    ];
    for declaration in declarations {
        let bytes = encoded(&format!("{declaration} {GERMAN}"), WINDOWS_1252);
        let file = decoded(&bytes);
        assert_eq!(file.source(), EncodingSource::Detected, "{declaration}");
        assert_eq!(file.encoding(), WINDOWS_1252, "{declaration}");
    }
}

#[test]
fn binary_files_are_refused() {
    let elf = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0";
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10";
    let numbers = b"\x01\0\x02\0\x03\0\x04\0\x05\0\x06\0";
    let controls = b"\x01\x02\x03\x04 no zero byte";
    let stray = b"text with a \0 in it";
    for bytes in [&elf[..], png, numbers, controls, stray] {
        let error = decode(bytes, None).unwrap_err();
        assert!(matches!(error, DecodeError::Binary { .. } | DecodeError::Known(_)), "{bytes:?}");
    }
    let told = |bytes: &[u8]| decode(bytes, None).expect_err("it is no text").to_string();
    assert_eq!(told(png), "this is a PNG picture, not text: leave it out");
    assert_eq!(
        told(stray),
        "this is binary data, not text: byte 0x00 at offset 12; \
         leave the file out, or name its encoding if it is text"
    );
}

#[test]
fn a_few_control_characters_are_text() {
    assert_eq!(decoded(b"page 1\x0c\x01page 2\x1a").encoding(), UTF_8);
}

#[test]
fn forced_encoding_reads_anything_but_replacement() {
    assert_eq!(forced(b"a\0b", UTF_8).text(), "a\0b");
    assert_eq!(decode(b"a", Some(REPLACEMENT)).err(), Some(DecodeError::NoDecoder));
}

/// Bytes that lead into the odd corners of multi-byte encodings more often than evenly spread ones
/// do.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let special: [&[u8]; 14] = [
        b"\x1b(B",
        b"\x1b$B",
        b"\x1b(J",
        b"\x1b(I",
        b"\x1b$",
        b"\n",
        b"text",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\x3d\xd8",
        b"\x00\xde",
        b"\x81\x30\x81\x30",
        b"\x88\x62",
        b"\x8f\xb0\xa1",
    ];
    let piece = prop_oneof![
        4 => any::<u8>().prop_map(|byte| vec![byte]),
        2 => (0x81u8..=0xfe, 0x30u8..=0xfe).prop_map(|(lead, trail)| vec![lead, trail]),
        4 => prop::sample::select(special.to_vec()).prop_map(<[u8]>::to_vec),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn any_encoding() -> impl Strategy<Value = &'static Encoding> {
    let all: Vec<_> = STATELESS.iter().copied().chain([ISO_2022_JP]).collect();
    prop::sample::select(all)
}

/// Sorted disjoint spans on character boundaries, some of them touching or empty.
fn spans_in(text: &str, picks: &[usize]) -> Vec<Range<usize>> {
    let bounds: Vec<usize> = (0..=text.len()).filter(|&at| text.is_char_boundary(at)).collect();
    let mut ends: Vec<usize> = picks.iter().map(|pick| bounds[pick % bounds.len()]).collect();
    ends.sort_unstable();
    ends.chunks_exact(2).map(|pair| pair[0]..pair[1]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn sniffing_never_panics(bytes in any_bytes()) {
        if let Ok(file) = decode(&bytes, None) {
            assert_restores(&file);
        }
    }

    #[test]
    fn any_bytes_are_restored(bytes in any_bytes(), encoding in any_encoding()) {
        assert_restores(&forced(&bytes, encoding));
    }

    #[test]
    fn units_decode_to_the_text(bytes in any_bytes(), encoding in any_encoding()) {
        let file = forced(&bytes, encoding);
        let mut text = String::new();
        let mut rest = &bytes[file.bom_len..];
        let units = Units::new(encoding, rest);
        for unit in units {
            let start = text.len();
            let (raw, after) = rest.split_at(unit.raw);
            if encoding == ISO_2022_JP {
                text.push_str(&file.text()[start..start + unit.text]);
            } else {
                text.push_str(&encoding.decode_without_bom_handling(raw).0);
            }
            prop_assert_eq!(text.len() - start, unit.text);
            rest = after;
        }
        prop_assert_eq!(text, file.text());
    }

    #[test]
    fn ranges_are_sorted_and_disjoint(
        bytes in any_bytes(),
        encoding in any_encoding(),
        picks in prop::collection::vec(any::<usize>(), 0..8),
    ) {
        let file = forced(&bytes, encoding);
        let spans = spans_in(file.text(), &picks);
        let ranges = file.raw_ranges(&spans);
        let mut done = file.bom_len;
        for range in &ranges {
            prop_assert!(done <= range.start && range.start <= range.end);
            prop_assert!(range.end <= bytes.len());
            done = range.end;
        }
        if encoding != ISO_2022_JP {
            prop_assert_eq!(ranges.len(), spans.len());
        }
    }

    #[test]
    fn cuts_are_exact_in_well_formed_files(
        text in "[ -~\n¥é“’яЖ東京あアｱ가\u{1f600}]{0,30}",
        encoding in any_encoding(),
        picks in prop::collection::vec(any::<usize>(), 0..8),
    ) {
        let bytes = encode_lossy(&text, encoding);
        let file = forced(&bytes, encoding);
        assert_cuts(&file, &spans_in(file.text(), &picks));
    }
}
