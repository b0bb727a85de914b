//! What the reader of raw records promises, by example and by property.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use super::*;

fn text_field<'a>(raw: &'a [u8], name: &str) -> FieldText<'a> {
    match Record::parse(raw).expect("a valid record").field(name) {
        Field::Text(text) => text,
        other => panic!("{name} is not a text but {other:?}"),
    }
}

fn cut(whole: &[u8], ranges: &[Range<usize>]) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut from = 0;
    for range in ranges {
        kept.extend_from_slice(&whole[from..range.start]);
        from = range.end;
    }
    kept.extend_from_slice(&whole[from..]);
    kept
}

/// Cuts the only occurrence of `noise` in the field `text`.
fn cut_noise(raw: &str, noise: &str) -> String {
    let text = text_field(raw.as_bytes(), "text");
    let start = text.text().find(noise).expect("the noise is in the text");
    let span = start..start + noise.len();
    let ranges = text.raw_ranges(&[span]);
    String::from_utf8(cut(raw.as_bytes(), &ranges)).expect("cuts are on character boundaries")
}

#[test]
fn field_tells_text_from_everything_else() {
    let raw = br#"{"text":"a","empty":"","gone":null,"n":1,"b":true,"list":["text",1],"none":[],"map":{"inner":"x"}}"#;
    let record = Record::parse(raw).unwrap();
    assert!(matches!(record.field("text"), Field::Text(_)));
    assert!(matches!(record.field("empty"), Field::Text(text) if text.text().is_empty()));
    assert!(matches!(record.field("gone"), Field::Null));
    for name in ["n", "b", "list", "none", "map"] {
        assert!(matches!(record.field(name), Field::NotText(_)), "{name}");
    }
    assert!(matches!(record.field("inner"), Field::Missing));
}

#[test]
fn a_cut_leaves_every_other_byte_as_it_was() {
    assert_eq!(
        cut_noise(
            r#" { "n":1.50e+2 ,"text" : "Caf\u00E9 \/ \ud83d\ude00 MORE\tend", "a":"\/", "n":-0.0 } "#,
            "😀 MORE\t"
        ),
        r#" { "n":1.50e+2 ,"text" : "Caf\u00E9 \/ end", "a":"\/", "n":-0.0 } "#,
    );
}

#[test]
fn a_cut_at_an_escape_takes_it_whole() {
    assert_eq!(cut_noise(r#"{"text":"a\nAD\nb"}"#, "AD\n"), r#"{"text":"a\nb"}"#);
    assert_eq!(cut_noise(r#"{"text":"a\\nb"}"#, "\\"), r#"{"text":"anb"}"#);
    assert_eq!(cut_noise(r#"{"text":"\u00e9"}"#, "é"), r#"{"text":""}"#);
}

#[test]
fn an_empty_range_is_a_place_in_the_record() {
    let text = text_field(r#"{"text":"é\nb"}"#.as_bytes(), "text");
    assert_eq!(text.raw_ranges(&[0..0, 2..2, 3..3, 4..4]), [9..9, 11..11, 13..13, 14..14]);
    assert_eq!(text.content_range(), 9..14);
}

#[test]
#[should_panic(expected = "text offset 1 is not on a character boundary")]
fn a_range_inside_a_character_is_refused() {
    let inside = 0..1;
    text_field(br#"{"text":"\u00e9"}"#, "text").raw_ranges(&[inside]);
}

#[test]
fn every_form_of_escape_is_decoded() {
    let text = text_field(br#"{"text":"\"\\\/\b\f\n\r\t\u00e9\u00E9\uD83D\uDE00\ud83d\ude00"}"#, "text");
    assert_eq!(text.text(), "\"\\/\u{8}\u{c}\n\r\téé😀😀");
}

#[test]
fn a_literal_without_escapes_is_borrowed() {
    let raw = "{\"text\":\"café\"}".as_bytes();
    let text = text_field(raw, "text");
    assert_eq!(text.text(), "café");
    assert_eq!(text.text().as_ptr(), raw[text.content_range()].as_ptr());
}

#[test]
fn lone_surrogates_show_as_replacement_characters() {
    for (literal, text) in [
        (r"a\ud83d", "a\u{fffd}"),
        (r"\ude00b", "\u{fffd}b"),
        (r"\ud83d\n", "\u{fffd}\n"),
        (r"\ude00\ud83d", "\u{fffd}\u{fffd}"),
        (r"\ud83d\ud83d\ude00", "\u{fffd}😀"),
        (r"\ud83d\u0041", "\u{fffd}A"),
    ] {
        let raw = format!(r#"{{"text":"{literal}"}}"#);
        assert_eq!(text_field(raw.as_bytes(), "text").text(), text, "{literal}");
    }
}

#[test]
fn a_cut_leaves_lone_surrogates_in_other_places() {
    assert_eq!(
        cut_noise(r#"{"\ud83d":"\ude00","text":"\ud83d AD"}"#, " AD"),
        r#"{"\ud83d":"\ude00","text":"\ud83d"}"#,
    );
}

#[test]
fn a_cut_between_lone_surrogates_may_pair_them() {
    let raw = cut_noise(r#"{"text":"\ud83dAD\ude00"}"#, "AD");
    assert_eq!(text_field(raw.as_bytes(), "text").text(), "😀");
}

#[test]
fn the_last_of_several_fields_counts() {
    assert_eq!(cut_noise(r#"{"text":"AD","text":"b AD"}"#, " AD"), r#"{"text":"AD","text":"b"}"#);
    assert!(matches!(Record::parse(br#"{"text":"a","text":null}"#).unwrap().field("text"), Field::Null));
}

#[test]
fn keys_are_compared_decoded() {
    assert_eq!(text_field(br#"{"text":"a","te\u0078t":"b"}"#, "text").text(), "b");
    assert_eq!(text_field(br#"{"a\"b":"c"}"#, "a\"b").text(), "c");
}

#[test]
fn values_that_no_number_type_holds_are_left_alone() {
    let raw = br#"{"huge":1e999,"long":123456789012345678901234567890,"text":"a"}"#;
    assert_eq!(text_field(raw, "text").text(), "a");
}

#[test]
fn a_carriage_return_before_the_line_end_is_white_space() {
    assert_eq!(text_field(b"{\"text\":\"a\"}\r", "text").content_range(), 9..10);
}

#[test]
fn deep_nesting_does_not_exhaust_the_stack() {
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    let raw = format!(r#"{{"deep":{open}{close},"text":"a"}}"#);
    assert_eq!(text_field(raw.as_bytes(), "text").text(), "a");

    for raw in [format!(r#"{{"deep":{open}"#), r#"{"a":"#.repeat(100_000)] {
        assert!(matches!(Record::parse(raw.as_bytes()), Err(RecordError::NotJson { .. })));
    }
    assert_eq!(
        Record::parse(open.as_bytes()).unwrap_err(),
        RecordError::NotObject { at: At { line: 1, column: 1 } }
    );
}

#[test]
fn errors_say_what_and_where_and_what_to_do() {
    for (raw, message) in [
        (&b"{\"a\":\"\xff\"}"[..], "record is not UTF-8 at column 7: convert the file to UTF-8 first"),
        (b" [1]", "record is not a JSON object at column 2: write it as an object, {…}"),
        (b"\"a\"", "record is not a JSON object at column 1: write it as an object, {…}"),
        (
            b"",
            "record is not JSON at column 1: EOF while parsing a value; correct the record or leave it out",
        ),
        (b"{} x", "record is not JSON at column 4: trailing characters; correct the record or leave it out"),
        (
            b"{\"a\":NaN}",
            "record is not JSON at column 6: expected value; correct the record or leave it out",
        ),
        (
            b"{\n\"a\":?}",
            "record is not JSON at column 5 of its line 2: expected value; correct the record or leave it out",
        ),
        (
            b"{\"a\":\"\\x\"}",
            "record is not JSON at column 8: invalid escape; correct the record or leave it out",
        ),
    ] {
        assert_eq!(Record::parse(raw).unwrap_err().to_string(), message);
    }
}

#[test]
fn escape_follows_the_literal() {
    let raw = r#"{"ascii":"caf\u00e9","utf8":"café"}"#.as_bytes();
    assert_eq!(text_field(raw, "ascii").spelling(), Spelling::Json(EscapeStyle::Ascii));
    assert_eq!(text_field(raw, "utf8").spelling(), Spelling::Json(EscapeStyle::Utf8));

    let text = "\"\\/\u{8}\u{c}\n\r\t\u{1}\u{7f}é😀";
    assert_eq!(escape(text, EscapeStyle::Utf8), "\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\u{7f}é😀");
    assert_eq!(
        escape(text, EscapeStyle::Ascii),
        "\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\u{7f}\\u00e9\\ud83d\\ude00"
    );
}

/// The ways in which writers put the same text into a literal.
fn spellings(text: &str) -> [String; 5] {
    let units = |upper: fn(String) -> String| {
        text.encode_utf16().map(|unit| format!("\\u{}", upper(format!("{unit:04x}")))).collect()
    };
    [
        escape(text, EscapeStyle::Utf8),
        escape(text, EscapeStyle::Ascii),
        escape(text, EscapeStyle::Utf8).replace('/', r"\/"),
        units(|digits| digits),
        units(|digits| digits.to_uppercase()),
    ]
}

fn surround(literal: &str) -> String {
    format!("{{\"n\": 1.0,\"text\" :\"{literal}\", \"tail\":[\"\\/\"]}} ")
}

/// Text in which quotes, escapes and characters of every width are common.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a/\"\\\\\n\t\u{1}éа€😀\u{fffd}\u{2028}]{0,30}"]
}

/// Sorted, disjoint ranges on character boundaries.
fn spans_in(text: &str, picks: &[Index]) -> Vec<Range<usize>> {
    let boundaries: Vec<usize> = (0..=text.len()).filter(|&at| text.is_char_boundary(at)).collect();
    let mut ends: Vec<usize> = picks.iter().map(|pick| *pick.get(&boundaries)).collect();
    ends.sort_unstable();
    ends.chunks_exact(2).map(|pair| pair[0]..pair[1]).collect()
}

proptest! {
    #[test]
    fn all_spellings_of_a_text_decode_alike(text in any_text()) {
        for literal in spellings(&text) {
            let raw = surround(&literal);
            let found = text_field(raw.as_bytes(), "text");
            prop_assert_eq!(found.text(), &text);
            prop_assert_eq!(&raw[found.content_range()], literal);
        }
    }

    #[test]
    fn cutting_the_record_cuts_the_text(
        text in any_text(),
        picks in proptest::collection::vec(any::<Index>(), 0..8),
    ) {
        let spans = spans_in(&text, &picks);
        let cut_text = String::from_utf8(cut(text.as_bytes(), &spans)).unwrap();
        for literal in spellings(&text) {
            let raw = surround(&literal);
            let found = text_field(raw.as_bytes(), "text");
            let ranges = found.raw_ranges(&spans);
            let cut_raw = cut(raw.as_bytes(), &ranges);

            let value: Value = serde_json::from_slice(&cut_raw).unwrap();
            prop_assert_eq!(value["text"].as_str(), Some(&*cut_text));

            let content = found.content_range();
            prop_assert!(ranges.iter().all(|range| content.start <= range.start && range.end <= content.end));
            prop_assert!(cut_raw.starts_with(&raw.as_bytes()[..content.start]));
            prop_assert!(cut_raw.ends_with(&raw.as_bytes()[content.end..]));
        }
    }

    #[test]
    fn no_bytes_panic(
        raw in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..64),
            r#"\{?("a":)?[\[\]{}",:\\u0-9a-fé\r\n -]{0,20}\}?"#.prop_map(String::into_bytes),
        ],
    ) {
        if let Ok(record) = Record::parse(&raw) {
            let _ = record.field("a");
        }
    }

    #[test]
    fn each_character_has_its_own_bytes(
        literal in r#"([ -~é😀]|\\["\\/bfnrtu]|\\u[dD][89a-fA-F][0-9]{2}){0,20}"#,
    ) {
        let raw = surround(&literal);
        if let Ok(record) = Record::parse(raw.as_bytes())
            && let Field::Text(found) = record.field("text")
        {
            let characters = found.text().char_indices();
            let spans: Vec<_> = characters.map(|(at, char)| at..at + char.len_utf8()).collect();
            let mut end = found.content_range().start;
            for (span, range) in spans.iter().zip(found.raw_ranges(&spans)) {
                prop_assert_eq!(range.start, end);
                let mut decoded = String::new();
                decode(&raw[range.clone()], 0, &mut decoded, &mut Vec::new());
                prop_assert_eq!(&*decoded, &found.text()[span.clone()]);
                end = range.end;
            }
            prop_assert_eq!(end, found.content_range().end);
        }
    }
}

fn path(path: &str) -> FieldPath {
    path.parse().unwrap()
}

fn texts(raw: &str, at: &str) -> Vec<String> {
    let record = Record::parse(raw.as_bytes()).unwrap();
    let text = |field| match field {
        Field::Text(text) => text.text().to_owned(),
        other => format!("{other:?}"),
    };
    record.at(&path(at)).into_iter().map(text).collect()
}

#[test]
fn a_path_leads_into_objects_and_arrays() {
    let raw = r#"{"a":{"b":[{"c":"one"},{"c":"two"},{}]},"a.x":"dotted","p":["A.","B\n","C"]}"#;
    assert_eq!(texts(raw, "a.b[0].c"), ["one"]);
    assert_eq!(texts(raw, "a.b[].c"), ["one", "two"]);
    assert_eq!(texts(raw, "a.x"), ["dotted"]);
    assert_eq!(texts(raw, "p[1]"), ["B\n"]);
    assert_eq!(texts(raw, "p"), ["A.\nB\n\nC"]);
    for nowhere in ["b", "a.b.c", "a.b[7].c", "p.x", "p[0][0]"] {
        assert!(texts(raw, nowhere).is_empty(), "{nowhere}");
    }
}

#[test]
fn paragraphs_are_cut_whole_or_joined() {
    let raw = r#"{"text":["One." , "AD\u0021", "","Two."]}"#;
    let text = text_field(raw.as_bytes(), "text");
    assert_eq!(text.text(), "One.\nAD!\n\nTwo.");
    let without =
        |span: Range<usize>| String::from_utf8(cut(raw.as_bytes(), &text.raw_ranges(&[span]))).unwrap();
    assert_eq!(without(5..9), r#"{"text":["One." , "","Two."]}"#);
    assert_eq!(without(4..8), r#"{"text":["One.", "","Two."]}"#);
    assert_eq!(without(5..8), r#"{"text":["One." , "", "","Two."]}"#);
    assert_eq!(without(3..12), r#"{"text":["Oneo."]}"#);
}

fn without(raw: &str, paths: &[&str]) -> String {
    let paths: Vec<FieldPath> = paths.iter().map(|at| path(at)).collect();
    let record = Record::parse(raw.as_bytes()).unwrap();
    String::from_utf8(super::super::cut(raw.as_bytes(), &record.without(&paths)).into_owned()).unwrap()
}

#[test]
fn fields_are_left_out_with_one_comma_each() {
    let raw = r#"{ "a": 1, "b": {"x": 1 , "y": 2}, "c": 3 , "b2":4}"#;
    assert_eq!(without(raw, &["a"]), r#"{ "b": {"x": 1 , "y": 2}, "c": 3 , "b2":4}"#);
    assert_eq!(without(raw, &["b2"]), r#"{ "a": 1, "b": {"x": 1 , "y": 2}, "c": 3}"#);
    assert_eq!(without(raw, &["c", "b2"]), r#"{ "a": 1, "b": {"x": 1 , "y": 2}}"#);
    assert_eq!(without(raw, &["a", "c"]), r#"{ "b": {"x": 1 , "y": 2}, "b2":4}"#);
    assert_eq!(without(raw, &["b.x"]), r#"{ "a": 1, "b": {"y": 2}, "c": 3 , "b2":4}"#);
    assert_eq!(without(raw, &["b.y", "b.x", "c"]), r#"{ "a": 1, "b": {}, "b2":4}"#);
    assert_eq!(without(raw, &["b", "b.x"]), r#"{ "a": 1, "c": 3 , "b2":4}"#);
    assert_eq!(without(raw, &["zz", "a.q"]), raw);
    assert_eq!(without(r#"{"a":1,"a":2}"#, &["a"]), "{}");
    assert_eq!(without(r#"{"l":[{"h":1,"t":2},{"t":3,"h":4}]}"#, &["l[].h"]), r#"{"l":[{"t":2},{"t":3}]}"#);
}

#[test]
fn an_added_field_is_spaced_as_its_neighbours() {
    let set = |raw: &str, name: &str| {
        let cut = Record::parse(raw.as_bytes()).unwrap().set(name, b"9", raw.find('T').unwrap()).unwrap();
        String::from_utf8(super::super::cut(raw.as_bytes(), &[cut]).into_owned()).unwrap()
    };
    assert_eq!(set(r#"{"text": "T", "n": 1}"#, "new"), r#"{"text": "T", "new": 9, "n": 1}"#);
    assert_eq!(set(r#"{"n":1,"text":"T"}"#, "n\""), r#"{"n":1,"text":"T","n\"":9}"#);
    assert_eq!(set(r#"{"text":"T","n": 1.0 }"#, "n"), r#"{"text":"T","n": 9 }"#);
    assert_eq!(set(r#"{"a":{"b":"T"},"n":1}"#, "c"), r#"{"a":{"b":"T"},"c":9,"n":1}"#);
}
