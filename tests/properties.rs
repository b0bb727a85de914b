//! What always holds, on text that is nasty on purpose.
//!
//! The texts are made of what the built-in rules know (their own examples, and name-echo runs with invented
//! names), of prose, and of characters that are hard to handle, in any order. Most properties are asked of
//! four cleaners: the built-in packs, the same without budgets, so that no noise is held back, a stranger's pack
//! with rules that nobody should write, and all of them with text that stays.

use std::sync::LazyLock;

use dechaff::decode::decode;
use dechaff::formats::csv::{Csv, Delimiter, FirstRow};
use dechaff::formats::fields::Fields;
use dechaff::formats::jsonl::Jsonl;
use dechaff::formats::plain::{self, KeepError, OutputEncoding};
use dechaff::formats::text::FieldText;
use dechaff::formats::{About, Content, Cut, Format as _, Found, cut};
use dechaff::report::{BytesEntry, DocumentEntry, RecordBytes};
use dechaff::{Allowed, Budgets, Cleaned, Cleaner, Document, Pack, restore};
use encoding_rs::{
    BIG5, EUC_KR, Encoding, GB18030, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252,
    WINDOWS_1255,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

static BUILTIN: LazyLock<Cleaner> = LazyLock::new(Cleaner::builtin);
static UNLIMITED: LazyLock<Cleaner> = LazyLock::new(|| cleaner(Pack::builtin()));
static STRANGER: LazyLock<Cleaner> = LazyLock::new(|| cleaner([stranger()]));
static ALLOWING: LazyLock<Cleaner> = LazyLock::new(|| {
    let allowed = [r"(?m)^\w+ ", "(?i)ad(vert)?|more ", r"E\s+N?", "z*"];
    let allowed = allowed.map(|pattern| Allowed::pattern(pattern, "test").expect("it is one"));
    let packs = Pack::builtin().into_iter().chain([stranger()]);
    Cleaner::builder()
        .packs(packs)
        .budgets(Budgets::UNLIMITED)
        .allow(allowed)
        .build()
        .expect("they go together")
});
static BUILTIN_EXAMPLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    Pack::builtin().iter().flat_map(Pack::examples).map(|example| example.text().to_owned()).collect()
});

/// A rule for each way in which edits could get into each other's way: overlapping, touching, one inside
/// the other, blank, in brackets, replaced by nothing, by a blank, by what another rule looks for.
const STRANGER_RULES: [&str; 8] = [
    r#"
[[rule]]
id = "word"
kind = "ad"
about = "A word"
match.span = 'NOISE'
strip = [{ from = "One NOISE two.", to = "One two." }]
keep = ["Noise."]
"#,
    r#"
[[rule]]
id = "blanks"
kind = "chrome"
about = "Nothing but white space"
match.span = ' {2,}|\t+'
strip = [{ from = "One  two.", to = "One two." }]
keep = ["One two."]
"#,
    r#"
[[rule]]
id = "word-and-blanks"
kind = "dup"
about = "A word with the white space around it"
match.span = '\s*LOUD\s*'
strip = [{ from = "One LOUD two.", to = "One two." }]
keep = ["Loud."]
"#,
    r#"
[[rule]]
id = "overlap"
kind = "social"
about = "The end of one word and the start of the next"
match.span = 'ISE.?NOI'
strip = [{ from = "A NOISE NOISE B", to = "A NO SE B" }]
keep = ["Noise noise."]
"#,
    r#"
[[rule]]
id = "put-in"
kind = "legal"
about = "A word that another takes the place of"
match.span = 'SWAP'
replace = "é NOISE"
strip = [{ from = "One SWAP two.", to = "One é NOISE two." }]
keep = ["Swap."]
"#,
    r#"
[[rule]]
id = "put-in-blank"
kind = "legal"
about = "A word that a blank takes the place of"
match.span = 'GAP'
replace = " "
strip = [{ from = "One GAP two.", to = "One   two." }]
keep = ["Gap."]
"#,
    r#"
[[rule]]
id = "put-in-nothing"
kind = "legal"
about = "A word that nothing takes the place of"
match.span = 'VOID'
replace = ""
strip = [{ from = "One VOID two.", to = "One  two." }]
keep = ["Void."]
"#,
    r#"
[[rule]]
id = "list"
kind = "related"
about = "A label and whatever stands under it"
match.label = { line = 'MORE FROM US', each = '.+', max_lines = 2 }
strip = [{ from = "One.\n\nMORE FROM US\nTwo", to = "One." }]
keep = ["More from us"]
"#,
];

/// Words of the stranger's rules, and the brackets and blanks that make them hard.
const STRANGER_NOISE: [&str; 16] = [
    "NOISE",
    "NOISE NOISE",
    "(NOISE)",
    "(NOISE)  [NOISE]",
    "( NOISE )",
    "[(NOISE)]",
    "LOUD",
    " LOUD  ",
    "     LOUD   \t",
    "SWAP",
    "SWAP NOISE",
    "GAP  GAP",
    "VOID",
    "(VOID)",
    "NOISEGAPNOISE",
    "\nMORE FROM US\nNOISE\nGAP\n",
];

const PROSE: [&str; 10] = [
    "The council met on Monday to talk about the bridge.",
    "“We were lucky,” she said, and left the room.",
    "The sign read NO MORE GAMES.",
    "MORE BEDS NEEDED",
    "McCain, ObamaCare, YouTube and BlueCross asked for MORE",
    "市長は月曜日に語った。投票は今月末までに行われる。",
    "عقد المجلس اجتماعه يوم الاثنين.",
    "Der Rat der Stadt tagte am Montag in Köln.",
    "Ann Wood Ann Wood",
    "x",
];

const NASTY: [&str; 28] = [
    "\0",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{85}",
    "\u{b}",
    "\u{c}",
    "\r",
    "\r\n",
    "\u{2028}",
    "\u{2029}",
    "\u{feff}",
    "\u{301}",
    "e\u{301}\u{323}",
    "\u{202e}drow\u{202c}",
    "👩‍👩‍👧‍👦",
    "🇺🇳",
    "\u{200b}",
    "\u{a0}",
    "\u{3000}",
    "(((",
    "]]",
    "“",
    "''",
    "\\\"\\",
    "İıßŉﬁ",
    "\u{10ffff}",
    "\u{fffd}",
    "MORE",
];

const SEPARATORS: [&str; 9] = ["", " ", "  ", "\n", "\n\n", "\r\n\r\n", "\t", "\u{2028}", "\u{a0}"];
const GIVEN: [&str; 8] = ["Ann", "Bo", "J.D.", "Linda", "José", "Jose\u{301}", "Tae-jun", "Ø"];
const MIDDLE: [&str; 7] = ["", "Mary ", "(Mitch) ", "“Bo” ", "N. ", "Teresa Sánchez ", "(("];
const SURNAMES: [&str; 9] =
    ["Wood", "Sánchez", "Sanchez", "Van Dorn", "McGraw", "O’Dell", "O'Dell", "Castelllo", "de la Vega"];
const HEADLINES: [&str; 8] = [
    "",
    "Five things to watch",
    "Wood sees rain this week",
    "'Wet week' ahead. It may rain.",
    "2024 was wet",
    "Ann Wood Ann Mary Wood",
    "Rain…\u{2028}Snow",
    "🌧 Rain",
];
const BEHIND: [&str; 10] =
    [" and officials met", ", who left", "’s plan", "'s", "]", ")", "\n", "and", "(D-Md.)", " Wood said"];

fn cleaner(packs: impl IntoIterator<Item = Pack>) -> Cleaner {
    let builder = Cleaner::builder().packs(packs).budgets(Budgets::UNLIMITED);
    builder.build().expect("the packs of this file go together")
}

fn cleaners() -> [&'static Cleaner; 4] {
    [&BUILTIN, &UNLIMITED, &STRANGER, &ALLOWING]
}

fn pack(id: &str, rules: &[&str]) -> Pack {
    let source = format!("[pack]\nid = \"{id}\"\ndescription = \"A pack\"\n{}", rules.concat());
    Pack::parse("pack.toml", &source).unwrap_or_else(|error| panic!("{error}"))
}

fn stranger() -> Pack {
    pack("stranger", &STRANGER_RULES)
}

fn one_of(parts: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(parts).prop_map(str::to_owned)
}

/// A printed name, its full form, headlines and the closing word, or nearly so.
fn echo_run() -> impl Strategy<Value = String> {
    let name = (select(&GIVEN[..]), select(&MIDDLE[..]), select(&SURNAMES[..]), select(&SURNAMES[..]));
    let run = (select(&["", " ", "  "][..]), select(&HEADLINES[..]), select(&["", " "][..]));
    let end = (select(&["MORE", "MORE", "MORE", "More", ""][..]), select(&BEHIND[..]));
    (name, run, end).prop_map(
        |((given, middle, surname, other), (gap, headline, before), (closing, behind))| {
            // Mostly the same surname; now and then that of somebody else.
            let printed = if middle == "N. " { other } else { surname };
            format!("Sen. {given} {printed}{gap}{given} {middle}{surname}{headline}{before}{closing}{behind}")
        },
    )
}

fn part() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => one_of(&PROSE),
        4 => any::<Index>().prop_map(|index| index.get(&BUILTIN_EXAMPLES).clone()),
        4 => echo_run(),
        3 => one_of(&NASTY),
        3 => one_of(&STRANGER_NOISE),
        1 => "\\PC{0,12}",
        1 => any::<char>().prop_map(String::from),
        // Long enough to be taken for a text that lost its line breaks.
        1 => (one_of(&PROSE), 20..60_usize).prop_map(|(sentence, n)| vec![sentence; n].join(" ")),
    ]
}

fn text() -> impl Strategy<Value = String> {
    vec((part(), select(&SEPARATORS[..])), 0..14).prop_map(|parts| {
        parts.into_iter().flat_map(|(part, separator)| [part, separator.to_owned()]).collect()
    })
}

fn document(text: &str) -> Document<'_> {
    Document::new(text).with_url("https://www.example.com/a").with_title("Five things to watch")
}

/// The text that the edits alone make of the original.
fn edited(original: &str, cleaned: &Cleaned<'_>) -> String {
    let mut made = String::new();
    let mut at = 0;
    for edit in cleaned.edits() {
        made.push_str(&original[at..edit.span.start()]);
        made.push_str(edit.replacement.as_deref().unwrap_or_default());
        at = edit.span.end();
    }
    made + &original[at..]
}

fn assert_edits_are_sound(original: &str, cleaned: &Cleaned<'_>) -> Result<(), TestCaseError> {
    let mut free = 0;
    for edit in cleaned.edits() {
        let span = edit.span;
        prop_assert!(span.start() >= free, "{span} is not behind {free}");
        prop_assert!(!span.is_empty(), "{span} by {} is empty", edit.rule.id);
        prop_assert!(original.is_char_boundary(span.start()), "{span} starts inside a character");
        prop_assert!(original.is_char_boundary(span.end()), "{span} ends inside a character");
        free = span.end();
    }
    prop_assert!(free <= original.len());
    for near in cleaned.near_misses() {
        let span = near.finding.span;
        prop_assert!(original.get(span.range()).is_some(), "near miss {span} is not in the text");
    }
    Ok(())
}

/// An entry as the report file has it, read back.
fn written_and_read(entry: &DocumentEntry) -> DocumentEntry {
    let json = serde_json::to_string(entry).expect("an entry is JSON");
    serde_json::from_str(&json).expect("an entry reads back")
}

fn failed(error: impl std::error::Error) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

#[test]
fn no_edit_is_empty_where_another_put_text_in() {
    let text = "市長は月曜日に語った。投票は今月末までに行われる。\tNOISEGAPNOISE\tThe council met on Monday to talk about the bridge.";
    for cleaner in cleaners() {
        assert_edits_are_sound(text, &cleaner.clean(&document(text))).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edits_are_sorted_disjoint_and_on_characters(text in text()) {
        for cleaner in cleaners() {
            assert_edits_are_sound(&text, &cleaner.clean(&document(&text)))?;
            assert_edits_are_sound(&text, &cleaner.explain(&document(&text)))?;
        }
    }

    #[test]
    fn the_clean_text_is_the_original_with_its_edits(text in text()) {
        for cleaner in cleaners() {
            let cleaned = cleaner.clean(&document(&text));
            prop_assert_eq!(edited(&text, &cleaned), cleaned.text());
        }
    }

    #[test]
    fn builtin_rules_only_delete(text in text()) {
        let cleaned = UNLIMITED.clean(&document(&text));
        prop_assert!(cleaned.edits().iter().all(|edit| edit.replacement.is_none()));
    }

    #[test]
    fn looking_for_near_misses_changes_no_edit(text in text()) {
        for cleaner in cleaners() {
            let (cleaned, explained) = (cleaner.clean(&document(&text)), cleaner.explain(&document(&text)));
            prop_assert_eq!(cleaned.text(), explained.text());
            prop_assert_eq!(cleaned.edits(), explained.edits());
        }
    }

    #[test]
    fn clean_text_stays_as_it_is(text in text()) {
        for cleaner in [&*BUILTIN, &*UNLIMITED] {
            let clean = cleaner.clean(&document(&text)).into_text();
            let again = cleaner.clean(&document(&clean));
            prop_assert_eq!(again.text(), &*clean);
            prop_assert!(again.is_unchanged());
        }
    }

    #[test]
    fn a_text_without_findings_is_not_copied(text in text()) {
        let cleaned = BUILTIN.clean(&document(&text));
        let unchanged = cleaned.is_unchanged();
        prop_assert_eq!(unchanged, cleaned.text() == text);
        prop_assert_eq!(unchanged, matches!(cleaned.into_text(), std::borrow::Cow::Borrowed(_)));
    }

    #[test]
    fn the_order_of_packs_does_not_matter(text in text(), turn in any::<Index>()) {
        let mut packs = Pack::builtin();
        packs.push(stranger());
        let expected = cleaner(packs.clone()).clean(&document(&text)).edits().to_vec();
        let turn = turn.index(packs.len());
        packs.rotate_left(turn);
        let cleaned = cleaner(packs);
        let cleaned = cleaned.clean(&document(&text));
        prop_assert_eq!(cleaned.edits(), &*expected);
    }

    #[test]
    fn the_order_of_rules_does_not_matter(
        text in text(),
        shuffled in Just(STRANGER_RULES.to_vec()).prop_shuffle(),
    ) {
        let other = cleaner([pack("stranger", &shuffled)]);
        let (other, expected) = (other.clean(&document(&text)), STRANGER.clean(&document(&text)));
        prop_assert_eq!(other.edits(), expected.edits());
    }

    #[test]
    fn any_string_at_all_is_cleaned(text in any::<String>(), title in any::<String>(), tag in any::<String>()) {
        let document = Document::new(&text).with_title(title.as_str()).with_lang(tag.as_str()).with_url(title.as_str());
        for cleaner in cleaners() {
            assert_edits_are_sound(&text, &cleaner.explain(&document))?;
        }
    }

    #[test]
    fn the_report_leads_back_to_the_original(text in text()) {
        for cleaner in cleaners() {
            let decoded = decode(text.as_bytes(), Some(UTF_8)).expect("UTF-8 is decoded");
            let cleaned = cleaner.clean(&document(decoded.text()));
            let output = plain::output(text.as_bytes(), &decoded, &cleaned, OutputEncoding::Utf8);
            let output = output.expect("UTF-8 holds every replacement");
            let entry = DocumentEntry::of_file(text.as_bytes(), &decoded, &cleaned, &output);
            let original = restore::file(&output.bytes, &written_and_read(&entry)).map_err(failed)?;
            prop_assert_eq!(&*original, text.as_bytes());
        }
    }

    #[test]
    fn the_report_places_each_removal_in_the_text(text in text()) {
        let cleaned = UNLIMITED.explain(&document(&text));
        let decoded = decode(text.as_bytes(), Some(UTF_8)).expect("UTF-8 is decoded");
        // A byte order mark is not part of the text, and moves every offset.
        prop_assume!(decoded.text() == text);
        let output = plain::output(text.as_bytes(), &decoded, &cleaned, OutputEncoding::Keep);
        let output = output.expect("UTF-8 is kept");
        for removal in DocumentEntry::of_file(text.as_bytes(), &decoded, &cleaned, &output).removals {
            let [start, end] = removal.place.bytes;
            let [first, last] = removal.place.chars;
            prop_assert_eq!(&text[start..end], &removal.text);
            prop_assert_eq!(text.chars().skip(first).take(last - first).collect::<String>(), &*removal.text);
            let line = text.split('\n').nth(removal.place.line - 1).expect("the line is there");
            let rest: String = line.chars().skip(removal.place.column - 1).collect();
            prop_assert!(rest.starts_with(removal.text.split('\n').next().unwrap_or_default()));
            prop_assert!(text[..start].ends_with(&removal.before) && text[end..].starts_with(&removal.after));
        }
    }
}

/// The ways to write one text as a JSON string.
const SPELLINGS: [fn(&str) -> String; 4] = [plainly, in_ascii, with_slashes, in_code_units];

fn plainly(text: &str) -> String {
    let quoted = serde_json::to_string(text).expect("a string is JSON");
    quoted[1..quoted.len() - 1].to_owned()
}

fn in_ascii(text: &str) -> String {
    plainly(text).chars().map(|c| if c.is_ascii() { c.to_string() } else { code_units(c) }).collect()
}

fn with_slashes(text: &str) -> String {
    plainly(text).replace('/', "\\/")
}

fn in_code_units(text: &str) -> String {
    text.chars().map(code_units).collect()
}

fn code_units(c: char) -> String {
    c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04X}")).collect()
}

/// What stands before and behind the text in a record, in forms that no writer would keep.
const AROUND: [(&str, &str); 3] = [
    ("{\"text\":\"", "\"}"),
    ("{\"text\":\"old\", \"n\": 1.0e+2 ,\"text\" : \"", "\" , \"x\":[1 , 2],\"n\":-0.10}"),
    ("\t{ \"z\":{\"text\":\"ADVERTISEMENT\"},\"\\u0074ext\":\"", "\",\"\":\"\\ud800\"}  "),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_spelling_of_a_json_text_changes_no_edit(text in text(), around in select(&AROUND[..])) {
        for cleaner in cleaners() {
            let plain = cleaner.clean(&Document::new(&text)).edits().to_vec();
            for spelling in SPELLINGS {
                let spelt = spelling(&text);
                let record = [around.0, &spelt, around.1].concat();
                let Some((read, about)) = the_text(record.as_bytes()) else {
                    return Err(TestCaseError::fail(format!("not read: {record}")));
                };
                prop_assert_eq!(read.text(), &text);
                let cleaned = cleaner.clean(&about.document(read.text(), &NOTHING));
                prop_assert_eq!(cleaned.edits(), &*plain);

                let cuts = read.cuts(cleaned.edits());
                let output = cut(record.as_bytes(), &cuts);
                let inner = output
                    .strip_prefix(around.0.as_bytes())
                    .and_then(|rest| rest.strip_suffix(around.1.as_bytes()));
                let inner = inner.expect("all but the text stays byte for byte");
                let Some((clean, _)) = the_text(&output) else {
                    return Err(TestCaseError::fail("the clean record is not read"));
                };
                prop_assert_eq!(clean.text(), cleaned.text());
                if plain.is_empty() {
                    prop_assert_eq!(inner, spelt.as_bytes());
                }

                let entry = written_and_read(&entry(record.as_bytes(), &output, &read, &cleaned, &cuts));
                let original =
                    restore::record(&output, &[entry], Jsonl::default().spelling()).map_err(failed)?;
                prop_assert_eq!(&*original, record.as_bytes());
            }
        }
    }

    #[test]
    fn a_table_says_what_json_says(text in text(), style in select(&STYLES[..])) {
        let mut writer = csv::WriterBuilder::new().quote_style(style).from_writer(Vec::new());
        writer.write_record(["1", &text, "z"]).expect("a vector takes all");
        let row = writer.into_inner().expect("a vector takes all");
        let format = Csv::new(b"id,text,z", FirstRow::Names, Delimiter::COMMA, Fields::default()).map_err(failed)?;
        let record = &row[format.record(&row)];
        let Ok(Content::Texts { texts, about }) = format.read(record) else {
            return Err(TestCaseError::fail(format!("not read: {record:?}")));
        };
        let (_, read) = &texts[0];
        prop_assert_eq!(read.text(), &text);
        for cleaner in cleaners() {
            let cleaned = cleaner.clean(&about.document(read.text(), &NOTHING));
            let plain = cleaner.clean(&Document::new(&text));
            prop_assert_eq!(cleaned.edits(), plain.edits());
            let found = Found { field: "text", text: read, edits: cleaned.edits() };
            let (cuts, changes) = (read.cuts(cleaned.edits()), format.changes(record, std::slice::from_ref(&found)));
            let mut all = [changes.clone(), cuts.clone()].concat();
            all.sort_by_key(|cut| (cut.raw.start, cut.raw.end));
            let output = cut(record, &all);

            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&*output);
            let fields = reader.records().next().expect("a row stays a row").map_err(failed)?;
            prop_assert_eq!(fields, vec!["1", cleaned.text(), "z"]);

            let mut entry = entry(record, &output, read, &cleaned, &cuts);
            entry.set_changes(record, &changes);
            let original = restore::record(&output, &[written_and_read(&entry)], format.spelling());
            prop_assert_eq!(&*original.map_err(failed)?, record);
        }
    }

    #[test]
    fn records_of_any_bytes_are_read_or_refused(record in vec(any::<u8>(), 0..64)) {
        let _ = the_text(&record);
        let braced = [b"{\"text\":\"", &record[..], b"\"}"].concat();
        if let Some((text, about)) = the_text(&braced) {
            let cleaned = BUILTIN.clean(&about.document(text.text(), &NOTHING));
            let cuts = text.cuts(cleaned.edits());
            let output = cut(&braced, &cuts);
            let entry = entry(&braced, &output, &text, &cleaned, &cuts);
            let original = restore::record(&output, &[entry], Jsonl::default().spelling()).map_err(failed)?;
            prop_assert_eq!(original, &*braced);
        }
    }
}

const STYLES: [csv::QuoteStyle; 2] = [csv::QuoteStyle::Necessary, csv::QuoteStyle::Always];

const NOTHING: About = About { id: None, url: None, title: None, lang: None };

/// The text of a JSON record.
fn the_text(record: &[u8]) -> Option<(FieldText<'_>, About)> {
    match Jsonl::default().read(record) {
        Ok(Content::Texts { mut texts, about }) => texts.pop().map(|(_, text)| (text, about)),
        _ => None,
    }
}

fn entry(
    record: &[u8],
    output: &[u8],
    text: &FieldText<'_>,
    cleaned: &Cleaned<'_>,
    cuts: &[Cut],
) -> DocumentEntry {
    let found = Found { field: "text", text, edits: cleaned.edits() };
    DocumentEntry::of_field(&RecordBytes { record, output }, &found, cleaned, cuts)
}

const ENCODINGS: [&Encoding; 10] =
    [UTF_8, UTF_16LE, UTF_16BE, WINDOWS_1252, WINDOWS_1255, SHIFT_JIS, BIG5, EUC_KR, GB18030, ISO_2022_JP];

const BYTE_ORDER_MARKS: [&[u8]; 4] = [b"", b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF"];

/// Text in an encoding, now and then with a byte order mark, and with stray bytes in it.
fn bytes(encoding: &'static Encoding) -> impl Strategy<Value = Vec<u8>> {
    let stray = vec((any::<Index>(), vec(any::<u8>(), 1..4)), 0..4);
    (select(&BYTE_ORDER_MARKS[..]), text(), stray).prop_map(move |(mark, text, stray)| {
        let mut bytes = [mark, &dechaff::encode::encode_lossy(&text, encoding)].concat();
        for (place, stray) in stray {
            let at = place.index(bytes.len() + 1);
            bytes.splice(at..at, stray);
        }
        bytes
    })
}

fn encoded() -> impl Strategy<Value = (Option<&'static Encoding>, Vec<u8>)> {
    select(&ENCODINGS[..]).prop_flat_map(|encoding| {
        let forced = prop_oneof![Just(Some(encoding)), Just(None)];
        let bytes = prop_oneof![8 => bytes(encoding), 1 => vec(any::<u8>(), 0..200)];
        (forced, bytes)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_come_back_from_the_report((forced, bytes) in encoded()) {
        let Ok(decoded) = decode(&bytes, forced) else { return Ok(()) };
        for cleaner in cleaners() {
            let cleaned = cleaner.clean(&document(decoded.text()));
            for encoding in [OutputEncoding::Utf8, OutputEncoding::Keep] {
                let output = match plain::output(&bytes, &decoded, &cleaned, encoding) {
                    Ok(output) => output,
                    Err(KeepError::Stateful) => {
                        prop_assert_eq!(decoded.encoding(), ISO_2022_JP);
                        continue;
                    }
                    Err(KeepError::Replacement(_)) => {
                        prop_assert!(cleaned.edits().iter().any(|edit| edit.replacement.is_some()));
                        continue;
                    }
                };
                if cleaned.is_unchanged() && encoding == OutputEncoding::Keep {
                    prop_assert_eq!(&*output.bytes, &*bytes);
                }
                let entry = DocumentEntry::of_file(&bytes, &decoded, &cleaned, &output);
                let original = restore::file(&output.bytes, &written_and_read(&entry)).map_err(failed)?;
                prop_assert_eq!(&*original, &*bytes, "{} {:?}", decoded.encoding().name(), encoding);
            }
        }
    }

    #[test]
    fn a_damaged_entry_is_refused(
        text in text(),
        offset in any::<usize>(),
        len in any::<usize>(),
        base64 in "[A-Za-z0-9+/=]{0,8}",
        which in any::<Index>(),
    ) {
        let decoded = decode(text.as_bytes(), Some(UTF_8)).expect("UTF-8 is decoded");
        let cleaned = BUILTIN.clean(&document(decoded.text()));
        let output = plain::output(text.as_bytes(), &decoded, &cleaned, OutputEncoding::Keep);
        let output = output.expect("UTF-8 is kept");
        let mut entry = DocumentEntry::of_file(text.as_bytes(), &decoded, &cleaned, &output);
        prop_assume!(!entry.removals.is_empty());
        let removal = &mut entry.removals[which.index(cleaned.edits().len())];
        removal.raw_bytes = Some([offset, len]);
        removal.raw = Some(base64);
        match restore::file(&output.bytes, &entry) {
            Ok(original) => prop_assert_eq!(original, text.as_bytes()),
            Err(error) => prop_assert!(error.to_string().contains("damaged"), "{}", error),
        }
    }
}

#[test]
fn an_entry_that_promises_too_many_bytes_is_refused() {
    let mut entry = DocumentEntry { after: BytesEntry::of(b"clean"), ..DocumentEntry::default() };
    entry.before.bytes = usize::MAX;
    let error = restore::file(b"clean", &entry).unwrap_err();
    assert!(error.to_string().contains("damaged"), "{error}");
}

#[test]
fn many_threads_come_to_one_result() {
    let text = std::fs::read_to_string("fixtures/golden/news-ads-related/source.txt").unwrap();
    let expected = UNLIMITED.clean(&document(&text));
    assert!(!expected.is_unchanged());
    // A cleaner of its own: its patterns are compiled by whichever thread comes first.
    let cleaner = cleaner(Pack::builtin());
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| cleaner.clean(&document(&text)))).collect();
        for thread in threads {
            let cleaned = thread.join().unwrap();
            assert_eq!(cleaned.text(), expected.text());
            assert_eq!(cleaned.edits(), expected.edits());
        }
    });
}

#[test]
fn a_very_long_line_is_cleaned() {
    let prose: String = (0..2_000).map(|i| format!("Sentence number {i} says MORE of it. ")).collect();
    let run = "Sen. Ann Wood Ann Mary WoodRain is due MORE said so.";
    let text = format!("{prose}{run} {prose}");
    let cleaned = BUILTIN.clean(&Document::new(&text));
    assert_eq!(cleaned.text(), format!("{prose}Sen. Ann Wood said so. {prose}"));
}

/// Brackets that lose what they hold go as well, and then two gaps are one.
#[test]
fn neighbours_in_brackets_do_not_share_bytes() {
    for text in ["A (NOISE)  [NOISE] B", "NOISE (NOISE) NOISE", "A ((NOISE)  (NOISE)) B"] {
        let cleaned = STRANGER.clean(&Document::new(text));
        assert_edits_are_sound(text, &cleaned).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(edited(text, &cleaned), cleaned.text(), "{text}");
    }
}

/// White space that a rule asked for is judged with the white space around it.
#[test]
fn blank_findings_beside_others_are_resolved() {
    let text = "A      LOUD   \tB. One    NOISE  \t two.";
    let cleaned = STRANGER.clean(&Document::new(text));
    assert_edits_are_sound(text, &cleaned).unwrap_or_else(|error| panic!("{error}"));
}
