//! JSON over many lines against another reader of it, `serde_json`.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::cleaner::Cleaner;
use crate::formats::About;
use crate::formats::blocks::Block;
use crate::formats::records::{AtStart, Detail, Done, Emptied, Entry, OnMalformed, Records};
use crate::guard::Budgets;
use crate::pack::Pack;

/// The records, each with what stands before it, however the bytes come.
fn split(json: &str) -> Vec<&str> {
    let all: Vec<Vec<&str>> = [1, 3, json.len().max(1)].map(|piece| split_in_pieces(json, piece)).into();
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{all:?}");
    all.into_iter().next().unwrap()
}

fn split_in_pieces(json: &str, piece: usize) -> Vec<&str> {
    let mut splitter = Json::default().splitter();
    let mut records = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < json.len() {
        let to = json.len().min(at + piece);
        at = match splitter.next_end(&json.as_bytes()[at..to]) {
            Some(end) => {
                records.push(&json[start..at + end]);
                start = at + end;
                start
            }
            None => to,
        };
    }
    records.push(&json[start..]);
    records
}

fn values(json: &str) -> Vec<&str> {
    let format = Json::default();
    split(json).into_iter().map(|bytes| &bytes[format.record(bytes.as_bytes())]).collect()
}

fn clean(json: &str) -> Done {
    static CLEANER: LazyLock<Cleaner> = LazyLock::new(|| {
        let builder = Cleaner::builder().packs(Pack::builtin()).budgets(Budgets::UNLIMITED);
        builder.build().unwrap()
    });
    let (format, about) = (Json::default(), About::default());
    let records = Records {
        cleaner: &CLEANER,
        format: &format,
        about: &about,
        pages: None,
        detail: Detail::Entries,
        emptied: Emptied::Drop,
        malformed: OnMalformed::PassOn,
        max_record: 1 << 20,
    };
    records.clean(Block::Records(json.as_bytes().to_vec()), AtStart::Yes)
}

#[test]
fn each_object_is_a_record() {
    assert_eq!(values("{\"a\":1}"), ["{\"a\":1}", ""]);
    assert_eq!(values(" [ {\"a\":{\"b\":[]}} ,\n{} ]\n"), ["{\"a\":{\"b\":[]}}", "{}", ""]);
    assert_eq!(values("{\n}\n{\n}"), ["{\n}", "{\n}", ""]);
    assert_eq!(values("[[{}],[{}]]"), ["{}", "{}", ""]);
    assert_eq!(values(r#"[{"}":"]}\"\\"},{"a":"\\\\"}]"#), [r#"{"}":"]}\"\\"}"#, r#"{"a":"\\\\"}"#, ""]);
}

#[test]
fn what_is_no_object_does_not_spoil_the_next() {
    assert_eq!(values("[null,{},\"a, {\", 1 ,{}, 2]"), ["null", "{}", "\"a, {\"", "1", "{}", "2"]);
    assert_eq!(values("oops \" {\n{}\n}\n{}"), ["oops \" {", "{}", "}", "{}", ""]);
    assert_eq!(values("[{\"a\":[1,2}, {}]"), ["{\"a\":[1,2}", "{}", ""]);
    assert_eq!(values("[{}, {\"a\": [1, 2]\n"), ["{}", "{\"a\": [1, 2]"]);
    assert_eq!(values(""), [""]);
}

#[test]
fn all_but_the_text_stays_byte_for_byte() {
    for (start, between, end) in
        [("", "", ""), ("[", ",", "]"), (" [\n  ", " ,\r\n  ", "\n]\n"), ("\n", "\n\n", "\n")]
    {
        let json = |line: &str, paragraph: &str| {
            let one = format!("{{\n  \"n\" : 1.0e+2,\n  \"text\": \"One.\\n\\n{line}Tw\\u006f.\"\n}}");
            let two = format!(
                "{{\"text\":[\"One.\" , \"\",{paragraph}\"Two.\"],\"z\":{{\"text\":\"ADVERTISEMENT\"}}}}"
            );
            [start, &one, between, "{}", between, &two, end].concat()
        };
        let done = clean(&json("ADVERTISEMENT\\n\\n", "\"ADVERTISEMENT\",\"\","));
        assert_eq!(String::from_utf8(done.output).unwrap(), json("", ""));
        assert_eq!(done.summary.skipped, 0);
    }
}

#[test]
fn a_malformed_record_is_told_with_its_lines() {
    let done =
        clean("[\n  {\"text\": \"a\"},\n  {\n    \"text\": oops\n  },\n\n  12,\n  {\"text\": \"b\"}\n]");
    let told = done.entries.iter().filter_map(|entry| match entry {
        Entry::Skipped(entry) => Some((entry.line.unwrap(), entry.record.unwrap(), entry.reason.as_str())),
        Entry::Document(_) => None,
    });
    let [(3, 2, first), (7, 3, second)] = told.collect::<Vec<_>>()[..] else { panic!("{:?}", done.entries) };
    assert!(first.starts_with("record is not JSON at column 13 of its line 2: "), "{first}");
    assert!(second.starts_with("record is not a JSON object at column 1: "), "{second}");
    assert_eq!(done.summary.documents, 2);
}

/// An array keeps its commas.
#[test]
fn no_element_is_left_out() {
    let done = clean("[{\"text\": \"ADVERTISEMENT\"}, {\"text\": \"b\"}]");
    assert_eq!(String::from_utf8(done.output).unwrap(), "[{\"text\": \"\"}, {\"text\": \"b\"}]");
    assert_eq!(done.summary.dropped, 0);
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i32>().prop_map(Value::from),
        "[a\"\\\\{}\\[\\],\n é]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec(("[a\"{}]{0,3}", inner), 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn every_element_of_an_array_is_a_record(
        elements in vec(any_value().prop_filter("arrays are taken apart", |value| !value.is_array()), 0..5),
        pretty in any::<bool>(),
    ) {
        let write = if pretty { serde_json::to_string_pretty } else { serde_json::to_string };
        let array = write(&Value::from(elements.clone())).unwrap();
        let read = |json: &str| -> Vec<Value> {
            assert_eq!(split(json).concat(), json);
            let values = values(json).into_iter().filter(|value| !value.is_empty());
            values.map(|value| serde_json::from_str(value).unwrap()).collect()
        };
        prop_assert_eq!(read(&array), elements.clone());
        let lines: String = elements.iter().map(|value| write(value).unwrap() + "\n").collect();
        prop_assert_eq!(read(&lines), elements);
    }

    #[test]
    fn no_bytes_are_lost(json in "[a\"\\\\{}\\[\\],\n]{0,40}") {
        prop_assert_eq!(split(&json).concat(), &*json);
        let done = clean(&json);
        prop_assert_eq!(done.output, json.into_bytes());
    }
}
