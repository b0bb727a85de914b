//! Cleaners, and texts that are nasty on purpose.

use std::sync::LazyLock;

use dechaff::{Allowed, Budgets, Cleaner, Document, Pack};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

pub static BUILTIN: LazyLock<Cleaner> = LazyLock::new(Cleaner::builtin);
pub static UNLIMITED: LazyLock<Cleaner> = LazyLock::new(|| cleaner(Pack::builtin()));
pub static STRANGER: LazyLock<Cleaner> = LazyLock::new(|| cleaner([stranger()]));
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
pub const STRANGER_RULES: [&str; 8] = [
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

pub fn cleaner(packs: impl IntoIterator<Item = Pack>) -> Cleaner {
    let builder = Cleaner::builder().packs(packs).budgets(Budgets::UNLIMITED);
    builder.build().expect("the packs of this file go together")
}

pub fn cleaners() -> [&'static Cleaner; 4] {
    [&BUILTIN, &UNLIMITED, &STRANGER, &ALLOWING]
}

pub fn pack(id: &str, rules: &[&str]) -> Pack {
    let source = format!("[pack]\nid = \"{id}\"\ndescription = \"A pack\"\n{}", rules.concat());
    Pack::parse("pack.toml", &source).unwrap_or_else(|error| panic!("{error}"))
}

pub fn stranger() -> Pack {
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

pub fn text() -> impl Strategy<Value = String> {
    vec((part(), select(&SEPARATORS[..])), 0..14).prop_map(|parts| {
        parts.into_iter().flat_map(|(part, separator)| [part, separator.to_owned()]).collect()
    })
}

pub fn document(text: &str) -> Document<'_> {
    Document::new(text).with_url("https://www.example.com/a").with_title("Five things to watch")
}
