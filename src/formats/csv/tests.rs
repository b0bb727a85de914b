//! Tables against another reader of them, the `csv` crate.

use std::io::Read;
use std::sync::{Arc, LazyLock};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::cleaner::Cleaner;
use crate::document::{Cleaned, Span};
use crate::formats::blocks::Blocks;
use crate::formats::records::{AtStart, Detail, Emptied, Entry, OnMalformed, Records};
use crate::report::{DocumentEntry, RecordBytes};
use crate::restore;
use crate::rule::{Kind, RuleInfo};

static CLEANER: LazyLock<Cleaner> = LazyLock::new(Cleaner::builtin);

const TEXT: &str = "The vote is on Monday.\n\nADVERTISEMENT\n\nIt may be \"close\".";
const CLEAN: &str = "The vote is on Monday.\n\nIt may be \"close\".";

fn fields(texts: &[&str], outcome: Outcome, dropped: &[&str]) -> Fields {
    let paths = |paths: &[&str]| paths.iter().map(|path| path.parse().unwrap()).collect();
    Fields { texts: paths(texts), outcome, dropped: paths(dropped), ..Fields::default() }.checked().unwrap()
}

fn text_field() -> Fields {
    fields(&["text"], Outcome::InPlace, &[])
}

fn into(name: &str) -> Outcome {
    Outcome::Into(name.to_owned())
}

fn row(text: &str, delimiter: u8) -> Vec<u8> {
    let mut writer = ::csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(["1", text, "z"]).unwrap();
    writer.into_inner().unwrap()
}

/// Gives at most so many bytes at a time.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = self.1.min(buffer.len());
        self.0.read(&mut buffer[..most])
    }
}

/// A table that has been cleaned.
struct CleanTable {
    output: String,
    entries: Vec<Entry>,
}

impl CleanTable {
    /// What is told of records that were passed on.
    fn skipped(&self) -> Vec<String> {
        let told = |entry: &Entry| match entry {
            Entry::Skipped(entry) => Some(format!("{}: {}", entry.line.unwrap_or_default(), entry.reason)),
            Entry::Document(_) => None,
        };
        self.entries.iter().filter_map(told).collect()
    }
}

fn cleaned(table: &str, fields: Fields) -> CleanTable {
    let all: Vec<CleanTable> =
        [1, 7, 1 << 20].map(|piece| cleaned_in_pieces(table, fields.clone(), piece)).into();
    assert!(all.windows(2).all(|pair| pair[0].output == pair[1].output));
    all.into_iter().next_back().unwrap()
}

fn cleaned_in_pieces(table: &str, fields: Fields, piece: usize) -> CleanTable {
    let Head { delimiter, first, input } = Head::read(Pieces(table.as_bytes(), piece), None).unwrap();
    let format = Csv::new(&first, FirstRow::Names, delimiter, fields).unwrap();
    let mut blocks = Blocks::new(input, format.splitter(), 64, 1000);
    let records = Records {
        cleaner: &CLEANER,
        format: &format,
        about: &About::default(),
        pages: None,
        detail: Detail::Entries,
        emptied: Emptied::Keep,
        malformed: OnMalformed::PassOn,
        max_record: 1000,
    };
    let mut done = CleanTable { output: String::new(), entries: Vec::new() };
    let mut at_start = AtStart::Yes;
    let mut lines = 0;
    while let Some(block) = blocks.next_block().unwrap() {
        let mut block = records.clean(block, std::mem::replace(&mut at_start, AtStart::No));
        for entry in &mut block.entries {
            if let Entry::Skipped(entry) = entry {
                entry.line = entry.line.map(|line| line + lines);
            }
        }
        lines += block.lines;
        done.output += str::from_utf8(&block.output).unwrap();
        done.entries.append(&mut block.entries);
    }
    done
}

/// The rows as the other reader has them, the first one too.
fn rows(table: &str, delimiter: u8) -> Vec<Vec<String>> {
    let mut reader = ::csv::ReaderBuilder::new();
    let reader = reader
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(table.as_bytes())
        .into_records();
    reader.map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn all_but_the_text_stays_byte_for_byte() {
    let quoted = |text: &str| text.replace('"', "\"\"");
    let table = |text: &str| {
        format!(
            "\u{feff}\"id\",text,n,\"say \"\"when\"\"\"\r\n\
             1,\"{text}\", 1.50 ,\"ADVERTISEMENT\n\"\n\
             \n\
             \"2\",\"\",,\"\"\r\n\
             3,bare text\r\n\
             4\n\
             5,\"{text}\",x,y,,",
        )
    };
    let done = cleaned(&table(&quoted(TEXT)), text_field());
    assert_eq!(done.output, table(&quoted(CLEAN)));
    assert!(done.skipped().is_empty());
}

#[test]
fn the_delimiter_is_found_in_the_first_row() {
    for delimiter in [b',', b'\t', b';', b'|'] {
        let between = char::from(delimiter).to_string();
        let head = ["id", "text", "\"a, b; c\""].join(&between) + "\n";
        let table = |text: &str| head.clone() + str::from_utf8(&row(text, delimiter)).unwrap();
        let done = cleaned(&table(TEXT), text_field());
        assert_eq!(rows(&done.output, delimiter), rows(&table(CLEAN), delimiter));
    }
}

#[test]
fn fields_go_by_name_and_by_number() {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let table = |a: &str, b: &str| format!("body,#9,body\n{},x,{}\n", quoted(a), quoted(b));
    let clean = |names: &[&str]| cleaned(&table(TEXT, TEXT), fields(names, Outcome::InPlace, &[])).output;
    assert_eq!(clean(&["body"]), table(TEXT, CLEAN));
    assert_eq!(clean(&["#1"]), table(CLEAN, TEXT));
    assert_eq!(clean(&["#1", "body", "#3", "nowhere"]), table(CLEAN, CLEAN));
    let no_names = Csv::new(b"a,b\n", FirstRow::Record, Delimiter::COMMA, text_field()).unwrap_err();
    assert_eq!(
        no_names.to_string(),
        "the table has no column `text`: its columns go by number; name the text's with --field '#1' to '#2'"
    );
}

#[test]
fn a_table_without_the_column_is_refused() {
    let message = |first: &str, fields: Fields| {
        let (delimiter, first) = (Delimiter::COMMA, first.as_bytes());
        Csv::new(first, FirstRow::Names, delimiter, fields).unwrap_err().to_string()
    };
    assert_eq!(message("id,txet\n", text_field()), "the table has no column `text`: did you mean `txet`?");
    assert_eq!(
        message("id,body\n", text_field()),
        "the table has no column `text`: it has id, body; name the text's with --field"
    );
    assert!(message("\r\n", text_field()).contains("blank"));
    assert!(message("id,text\r1,one\r2,two\r", text_field()).contains("end in carriage returns alone"));
    assert!(message("id,\"text\"s\n", text_field()).contains("field 2 goes on behind its closing quote"));
    assert!(
        message("id,text\n", fields(&["text"], into("#2"), &[])).contains("there is a field `#2` already")
    );
    assert!(message("id,text\n", fields(&["text"], Outcome::InPlace, &["#2"])).contains("cannot be dropped"));
    assert!(Csv::new(b"\xEF\xBB\xBF", FirstRow::Names, Delimiter::COMMA, text_field()).is_ok());
}

#[test]
fn what_a_row_says_of_its_text_is_read() {
    let first = b"id,link,url,headline,text,lang\n";
    let table = Csv::new(first, FirstRow::Names, Delimiter::COMMA, text_field()).unwrap();
    let about = |record: &[u8]| match table.read(record) {
        Ok(Content::Texts { about, .. }) => about,
        other => panic!("{other:?}"),
    };
    let known = about(b"7,a.com,\"b.com/\"\"x\"\"\",T,x,");
    assert_eq!(known.id.as_deref(), Some("7"));
    assert_eq!(known.url.as_deref(), Some("b.com/\"x\""));
    assert_eq!(known.title.as_deref(), Some("T"));
    assert_eq!(known.lang, None);
    assert_eq!(about(b"7,a.com,,T,x").url.as_deref(), Some("a.com"));
}

#[test]
fn one_wrong_quote_spoils_a_line_or_two() {
    let good = |id: u32| format!("{id},\"{}\",z\n", TEXT.replace('"', "\"\""));
    let clean = |id: u32| format!("{id},\"{}\",z\n", CLEAN.replace('"', "\"\""));
    for (wrong, reason) in [
        ("2,5\" pipe,z\n", "2: field 2 has a quote inside"),
        ("2,\"5\" pipe\",z\n", "2: field 2 goes on behind its closing quote"),
        ("2, \"ADVERTISEMENT\",z\n", "2: field 2 has a quote inside"),
        ("2,\"x\" ,z\n", "2: field 2 goes on behind its closing quote"),
        ("2,\"x\"\r,z\n", "2: field 2 goes on behind its closing quote"),
    ] {
        let done = cleaned(&format!("id,text,x\n{wrong}{}", good(3)), text_field());
        assert_eq!(done.output, format!("id,text,x\n{wrong}{}", clean(3)), "{wrong}");
        let [told] = &*done.skipped() else { panic!("{:?}", done.skipped()) };
        assert!(told.starts_with(reason), "{told}");
    }
    // The next quotes are taken for the closing ones, and tell that something is wrong.
    let open = "2,\"never closed,z\n";
    let done = cleaned(&format!("id,text,x\n{open}{}{}", good(3), good(4)), text_field());
    assert_eq!(done.output, format!("id,text,x\n{open}{}{}", good(3), clean(4)));
    assert_eq!(done.skipped().len(), 2, "{:?}", done.skipped());
}

#[test]
fn a_quote_that_is_never_closed_is_told_with_its_line() {
    let table = "id,text\n1,x\n2,\"never\n3,ADVERTISEMENT\n4,y\n";
    let done = cleaned(table, text_field());
    assert_eq!(done.output, table);
    let never = "3: the quote that opens field 2 is never closed, and all that follows is in it";
    assert_eq!(done.skipped(), [never]);

    let table = table.to_owned() + &"5,z\n".repeat(1000);
    let done = cleaned(&table, text_field());
    assert_eq!(done.output, table);
    assert_eq!(
        done.skipped(),
        ["3: record is over 1000 bytes (is a quote never closed?); --max-record sets another limit"]
    );
}

#[test]
fn between_tabs_a_quote_inside_a_field_is_text() {
    let pitch = "He said \"yes\".  ADVERTISEMENT";
    let table = format!("id\ttext\n1\t{pitch}\n2\t\"one\" more\n");
    let done = cleaned(&table, text_field());
    assert_eq!(done.output, table);
    assert!(done.skipped()[0].starts_with("3: field 2 goes on behind"));
}

fn edit(span: Span, replacement: Option<&str>) -> Edit {
    let rule = RuleInfo { id: "r".into(), kind: Kind::Ad, pack: "p".into(), about: String::new() };
    Edit { rule: Arc::new(rule), span, evidence: String::new(), replacement: replacement.map(Arc::from) }
}

/// What becomes of a record when its texts have these edits; and it comes back from the report.
fn with_edits(table: &Csv, record: &[u8], edits: &[Edit]) -> String {
    let Ok(Content::Texts { texts, .. }) = table.read(record) else { panic!("{record:?} has no text") };
    let [(field, text)] = &*texts else { panic!("one text") };
    let found = Found { field, text, edits };
    let changes = table.changes(record, std::slice::from_ref(&found));
    let cuts = text.cuts(edits);
    let mut all = changes.clone();
    if !table.fields.outcome.keeps_text() {
        all.extend(cuts.clone());
        all.sort_by_key(|cut| (cut.raw.start, cut.raw.end));
    }
    assert!(all.windows(2).all(|pair| pair[0].raw.end <= pair[1].raw.start), "{all:?}");
    let output = cut(record, &all).into_owned();

    let made = RecordBytes { record, output: &output };
    let cleaned = Cleaned { text: String::new().into(), edits: edits.to_vec(), near_misses: Vec::new() };
    let mut entry = DocumentEntry::of_field(&made, &found, &cleaned, &cuts);
    entry.text_kept = table.fields.outcome.keeps_text();
    entry.set_changes(record, &changes);
    assert_eq!(restore::record(&output, &[entry], table.spelling()).unwrap(), record);
    String::from_utf8(output).unwrap()
}

#[test]
fn a_field_that_comes_to_need_quotes_gets_them() {
    let comes_out = |first: &str, record: &str, cut: Range<usize>, put_in: Option<&str>| {
        let delimiter = if first.contains('\t') { Delimiter::TAB } else { Delimiter::COMMA };
        let table = Csv::new(first.as_bytes(), FirstRow::Names, delimiter, text_field()).unwrap();
        with_edits(&table, record.as_bytes(), &[edit(cut.into(), put_in)])
    };
    assert_eq!(comes_out("text,b", "one two,x", 3..7, None), "one,x");
    assert_eq!(comes_out("text,b", "one,x", 0..3, None), ",x");
    assert_eq!(comes_out("text", "one", 0..3, None), "\"\"");
    assert_eq!(comes_out("text", "\"one\"", 0..3, None), "\"\"");
    assert_eq!(comes_out("text,b", "one two,x", 3..4, Some(", ")), "\"one, two\",x");
    assert_eq!(comes_out("text,b", "one two,x", 3..7, Some("\"s")), "\"one\"\"s\",x");
    assert_eq!(comes_out("text,b", "\"one two\",x", 3..7, Some("\"s")), "\"one\"\"s\",x");
    assert_eq!(comes_out("a\ttext", "x\tso \"a\" \"b\"", 0..3, None), "x\t\"\"\"a\"\" \"\"b\"\"\"");
    assert_eq!(comes_out("a\ttext", "x\tso \"a\" \"b\"", 6..10, None), "x\tso \"a\"");
}

#[test]
fn columns_are_added_behind_all_others_and_dropped() {
    let table = "h,id,text,html,z\n\
                 p,1,ADVERTISEMENT LINE,<p>,q\n\
                 p,2,short\n\
                 p,3\n\
                 p,4,long,<p>,q,,\n";
    let comes_out = |outcome: Outcome, dropped: &[&str]| {
        let first = table.lines().next().unwrap().as_bytes();
        let format =
            Csv::new(first, FirstRow::Names, Delimiter::COMMA, fields(&["text"], outcome, dropped)).unwrap();
        let header = cut(first, &format.header_changes(first).unwrap()).into_owned();
        let mut lines = vec![String::from_utf8(header).unwrap()];
        for line in table.lines().skip(1) {
            lines.push(match format.read(line.as_bytes()).unwrap() {
                Content::Texts { .. } if line.contains("ADVERTISEMENT") => {
                    with_edits(&format, line.as_bytes(), &[edit((0..14).into(), None)])
                }
                Content::Texts { .. } => with_edits(&format, line.as_bytes(), &[]),
                _ => {
                    let changes = format.changes(line.as_bytes(), &[]);
                    String::from_utf8(cut(line.as_bytes(), &changes).into_owned()).unwrap()
                }
            });
        }
        lines.join("\n")
    };
    assert_eq!(
        comes_out(into("clean"), &[]),
        "h,id,text,html,z,clean\n\
         p,1,ADVERTISEMENT LINE,<p>,q,LINE\n\
         p,2,short,,,short\n\
         p,3\n\
         p,4,long,<p>,q,long,,"
    );
    assert_eq!(
        comes_out(Outcome::KeepOriginal("the \"raw\"".to_owned()), &["html", "h"]),
        "id,text,z,\"the \"\"raw\"\"\"\n\
         1,LINE,q,ADVERTISEMENT LINE\n\
         2,short,,\n\
         3\n\
         4,long,q,,,"
    );
    assert_eq!(
        comes_out(Outcome::Annotate("noise".to_owned()), &["html", "id"]),
        "h,text,z,noise\n\
         p,ADVERTISEMENT LINE,q,\"[{\"\"bytes\"\":[0,14],\"\"chars\"\":[0,14],\"\"line\"\":1,\"\"column\"\":1,\
         \"\"rule\"\":\"\"r\"\",\"\"kind\"\":\"\"ad\"\"}]\"\n\
         p,short,,\n\
         p\n\
         p,long,q,,,"
    );
    assert_eq!(
        comes_out(into("x"), &["z", "html"]),
        "h,id,text,x\np,1,ADVERTISEMENT LINE,LINE\np,2,short,short\np,3\np,4,long,long,,"
    );
}

#[test]
fn a_row_does_not_become_a_blank_line() {
    let table = Csv::new(
        b"html,text",
        FirstRow::Names,
        Delimiter::COMMA,
        fields(&["text"], Outcome::InPlace, &["html"]),
    )
    .unwrap();
    assert_eq!(with_edits(&table, b"<p>,one", &[]), "one");
    assert_eq!(with_edits(&table, b"<p>,", &[]), "\"\"");
    assert_eq!(with_edits(&table, b"<p>,one", &[edit((0..3).into(), None)]), "\"\"");
}

/// Pieces of tables, wrong ones too.
fn table() -> impl Strategy<Value = String> {
    let piece =
        select(&[",", "\"", "\"\"", "\n", "\r\n", ",\"", "\",", "a", "é", ";", " ", "\",\"", "\"\n"][..]);
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn split(table: &str, piece: usize) -> Vec<&str> {
    let mut splitter = Rows::new(Delimiter::COMMA);
    let mut records = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < table.len() {
        let to = table.len().min(at + piece);
        match splitter.next_end(&table.as_bytes()[at..to]) {
            Some(end) => {
                records.push(&table[start..at + end]);
                (start, at) = (at + end, at + end);
            }
            None => at = to,
        }
    }
    if start < table.len() {
        records.push(&table[start..]);
    }
    records
}

proptest! {
    #[test]
    fn rows_end_where_another_reader_ends_them(table in table(), piece in 1..8_usize) {
        let records = split(&table, 1000);
        prop_assert_eq!(&records, &split(&table, piece));
        prop_assert_eq!(records.concat(), &*table);
        let blank = |record: &&str| !record.trim_matches(['\r', '\n']).is_empty();
        let others = rows(&table, b',');
        let own: Vec<Vec<Vec<String>>> = records.into_iter().filter(blank).map(|record| rows(record, b',')).collect();
        prop_assert!(own.iter().all(|rows| rows.len() == 1), "{:?}", own);
        prop_assert_eq!(own.concat(), others);
    }

    #[test]
    fn fields_are_what_another_reader_reads(table in table()) {
        for record in split(&table, 1000) {
            let record = without_line_end(record.as_bytes());
            if let Ok(cells) = cells(record, Delimiter::COMMA)
                && !record.is_empty()
            {
                let own: Vec<String> = cells.iter().map(|cell| decoded(record, cell).into_owned()).collect();
                prop_assert_eq!(&[own][..], &*rows(str::from_utf8(record).unwrap(), b','));
            }
        }
    }

    #[test]
    fn a_cut_changes_one_field_and_no_other(
        values in vec("[a,;|\t\"\n\r é]{0,6}", 1..5),
        column in any::<Index>(),
        picks in vec((any::<Index>(), select(&[None, Some(""), Some("x"), Some("\""), Some(",\n")][..])), 0..4),
        (delimiter, always) in (select(vec![Delimiter::COMMA, Delimiter::TAB, "|".parse().unwrap()]), any::<bool>()),
        outcome in select(vec![Outcome::InPlace, into("new"), Outcome::KeepOriginal("new".to_owned())]),
    ) {
        let style = if always { ::csv::QuoteStyle::Always } else { ::csv::QuoteStyle::Necessary };
        let mut writer = ::csv::WriterBuilder::new()
            .quote_style(style).delimiter(delimiter.byte()).from_writer(Vec::new());
        writer.write_record(&values).unwrap();
        let record = writer.into_inner().unwrap();
        let record = without_line_end(&record);
        let column = column.index(values.len());
        let fields = fields(&[&format!("#{}", column + 1)], outcome.clone(), &[]);
        let table = Csv::new(record, FirstRow::Record, delimiter, fields).unwrap();

        let text = &values[column];
        let boundaries: Vec<usize> = (0..=text.len()).filter(|&at| text.is_char_boundary(at)).collect();
        let mut ends: Vec<(usize, Option<&str>)> =
            picks.into_iter().map(|(pick, put_in)| (*pick.get(&boundaries), put_in)).collect();
        ends.sort_by_key(|(at, _)| *at);
        let edits: Vec<Edit> = ends
            .chunks_exact(2)
            .filter(|pair| pair[0].0 < pair[1].0)
            .map(|pair| edit((pair[0].0..pair[1].0).into(), pair[0].1))
            .collect();
        let clean = edited(text, &edits);

        let output = with_edits(&table, record, &edits);
        let mut expected = values.clone();
        match outcome {
            Outcome::Into(_) => expected.push(clean),
            Outcome::KeepOriginal(_) => {
                expected.push(if edits.is_empty() { String::new() } else { text.clone() });
                expected[column] = clean;
            }
            _ => expected[column] = clean,
        }
        prop_assert_eq!(rows(&output, delimiter.byte()), [expected]);
        if edits.is_empty() && outcome == Outcome::InPlace {
            prop_assert_eq!(output.as_bytes(), record);
        }
        // What was written can be read again.
        prop_assert!(table.read(output.as_bytes()).is_ok(), "{}", output);
    }

    #[test]
    fn no_bytes_panic(record in vec(select(&b"\",;\t\n\r\xEF\xBB\xBF\xFFa"[..]), 0..24)) {
        for delimiter in [Delimiter::COMMA, Delimiter::TAB] {
            let fields = fields(&["#1"], into("new"), &["#2"]);
            if let Ok(table) = Csv::new(&record, FirstRow::Record, delimiter, fields) {
                let _ = table.read(&record);
                let _ = table.changes(&record, &[]);
                let _ = table.header_changes(&record);
            }
        }
    }
}
