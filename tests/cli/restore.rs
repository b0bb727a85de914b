//! `dechaff restore`: the originals, byte for byte, or a refusal.

use encoding_rs::{BIG5, EUC_KR, Encoding, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::report::replacing_pack;
use crate::support::{ARTICLE, CLEAN, Desk, encoded, record};

/// A file in an encoding that can be found out from its bytes.
struct Case {
    name: &'static str,
    bytes: Vec<u8>,
    /// Its clean text.
    clean: String,
}

fn case(name: &'static str, mark: &[u8], encoding: &'static Encoding, paragraphs: [&str; 2]) -> Case {
    let [first, last] = paragraphs;
    let text = format!("{first}\n\nADVERTISEMENT\n\n{last}\r\n");
    let bytes = [mark, &encoded(&text, encoding)].concat();
    let mark = if mark == b"\xEF\xBB\xBF" { "\u{feff}" } else { "" };
    Case { name, bytes, clean: format!("{mark}{first}\n\n{last}\r\n") }
}

fn cases() -> Vec<Case> {
    let western =
        ["Der Rat der Stadt Köln tagte am Montag über die Brücke.", "Die Brücke wird für Züge gesperrt."];
    let japanese = ["市長は月曜日に橋の再開について語った。", "投票は今月末までに行われる見込みだ。"];
    let chinese = ["市議會星期一討論了大橋的重新開放問題。", "投票預計將在五月舉行，結果難以預料。"];
    let korean = ["시의회는 월요일에 다리 재개통 문제를 논의했다.", "투표는 오월에 실시될 것으로 예상된다."];
    vec![
        case("utf-8", b"", UTF_8, western),
        case("utf-8-bom", b"\xEF\xBB\xBF", UTF_8, western),
        case("utf-16le-bom", b"\xFF\xFE", UTF_16LE, western),
        case("utf-16be-bom", b"\xFE\xFF", UTF_16BE, western),
        case("utf-16le", b"", UTF_16LE, western),
        case("windows-1252", b"", WINDOWS_1252, western),
        case("shift_jis", b"", SHIFT_JIS, japanese),
        case("big5", b"", BIG5, chinese),
        case("euc-kr", b"", EUC_KR, korean),
        case("iso-2022-jp", b"", ISO_2022_JP, japanese),
    ]
}

#[test]
fn files_in_any_encoding_come_back_from_standard_output() {
    for Case { name, bytes, clean } in cases() {
        let desk = Desk::with("a.txt", &bytes);
        let cleaned = desk.run("clean a.txt --report r.jsonl").succeeds();
        assert_eq!(String::from_utf8_lossy(&cleaned.stdout), clean, "{name}");
        desk.run_with("restore --report r.jsonl", &cleaned.stdout).succeeds().prints(&bytes);
    }
}

#[test]
fn files_in_any_encoding_come_back_from_an_output_folder() {
    let desk = Desk::new();
    for Case { name, bytes, .. } in cases() {
        desk.write(&format!("in/{name}.txt"), bytes);
    }
    desk.run("clean in -o out --report r.jsonl").succeeds();
    desk.run("restore --report r.jsonl out -o back").succeeds();
    for Case { name, bytes, clean } in cases() {
        assert_eq!(desk.text(&format!("out/{name}.txt")), clean, "{name}");
        assert_eq!(desk.bytes(&format!("back/{name}.txt")), bytes, "{name}");
    }
}

#[test]
fn files_in_any_encoding_keep_it_in_place_and_come_back() {
    for Case { name, bytes, clean } in cases().into_iter().filter(|case| case.name != "iso-2022-jp") {
        let desk = Desk::with("a.txt", &bytes);
        desk.run("clean a.txt --in-place --report r.jsonl").succeeds();
        let encoding = desk.report_lines("r.jsonl", "document")[0]["encoding"]["name"].clone();
        let encoding = Encoding::for_label(encoding.as_str().unwrap().as_bytes()).unwrap();
        let kept = desk.bytes("a.txt");
        let (text, had_errors) = encoding.decode_with_bom_removal(&kept);
        assert!(!had_errors, "{name}");
        assert_eq!(text, clean.trim_start_matches('\u{feff}'), "{name}");
        desk.run("restore --report r.jsonl a.txt --in-place").succeeds();
        assert_eq!(desk.bytes("a.txt"), bytes, "{name}");
    }
}

#[test]
fn files_in_any_encoding_can_keep_it_and_come_back() {
    for Case { name, bytes, .. } in cases().into_iter().filter(|case| case.name != "iso-2022-jp") {
        let desk = Desk::with("a.txt", &bytes);
        desk.run("clean a.txt --output-encoding keep -o b.txt --report r.jsonl").succeeds();
        assert!(desk.bytes("b.txt").len() < bytes.len(), "{name}");
        desk.run("restore --report r.jsonl b.txt").succeeds().prints(&bytes);
    }
}

#[test]
fn files_in_any_encoding_can_be_converted_in_place_and_come_back() {
    for Case { name, bytes, clean } in cases() {
        let desk = Desk::with("a.txt", &bytes);
        desk.run("clean a.txt --in-place --output-encoding utf-8 --report r.jsonl").succeeds();
        assert_eq!(desk.text("a.txt"), clean, "{name}");
        desk.run("restore --report r.jsonl a.txt --in-place").succeeds();
        assert_eq!(desk.bytes("a.txt"), bytes, "{name}");
    }
}

/// Cutting it would break its shift states.
#[test]
fn iso_2022_jp_is_not_kept_and_the_remedy_is_told() {
    let Some(Case { bytes, .. }) = cases().pop() else { unreachable!("there are cases") };
    let desk = Desk::with("a.txt", &bytes);
    desk.run("clean a.txt --in-place").fails().says(&["a.txt", "ISO-2022-JP", "UTF-8"]);
    assert_eq!(desk.bytes("a.txt"), bytes);
}

#[test]
fn malformed_bytes_come_back() {
    let bytes = [b"Caf\xC3 and \xFF, \xE2\x80\x9Cna\xC3\xAFve\xE2\x80\x9D.\n\n", ARTICLE.as_bytes()].concat();
    for encoding in
        ["utf-8", "utf-16le", "shift_jis", "big5", "euc-kr", "gb18030", "windows-1252", "iso-2022-jp"]
    {
        let desk = Desk::with("a.txt", &bytes);
        let line = format!("clean a.txt -o b.txt --encoding {encoding} --report r.jsonl");
        desk.run(&line).succeeds();
        desk.run("restore --report r.jsonl b.txt").succeeds().prints(&bytes);
    }
}

#[test]
fn files_without_a_finding_come_back_too() {
    let desk = Desk::with("in/a.txt", CLEAN).and("in/empty.txt", "");
    desk.run("clean in -o out --report r.jsonl").succeeds();
    desk.run("restore --report r.jsonl out -o back").succeeds();
    assert_eq!((desk.text("back/a.txt"), desk.text("back/empty.txt")), (CLEAN.to_owned(), String::new()));
}

#[test]
fn a_replacement_is_taken_back() {
    let text = &format!("A word NOISE and another. NOISE\n\n{ARTICLE}Über NOISE.\n");
    for bytes in [text.as_bytes().to_vec(), encoded(text, UTF_16LE)] {
        let desk = Desk::with("a.txt", &bytes).and("mine.toml", replacing_pack());
        for more in ["", " --output-encoding keep"] {
            desk.run(&format!("clean a.txt --pack mine.toml -o b.txt --report r.jsonl{more}")).succeeds();
            desk.run("restore --report r.jsonl b.txt").succeeds().prints(&bytes);
        }
    }
}

#[test]
fn a_file_moved_or_renamed_is_known_by_its_content() {
    let desk = Desk::with("a.txt", ARTICLE);
    desk.run("clean a.txt -o out/ --report r.jsonl").succeeds();
    desk.write("elsewhere/renamed.txt", desk.bytes("out/a.txt"));
    desk.run("restore --report r.jsonl elsewhere/renamed.txt").succeeds().prints(ARTICLE);
}

/// Two files whose clean text is the same, cleaned into a folder.
fn twins(output: &str) -> (Desk, String) {
    let other = ARTICLE.replace("ADVERTISEMENT", "Advertisement");
    let desk = Desk::with("in/a.txt", ARTICLE).and("in/b.txt", &other);
    desk.run(&format!("clean in -o {output} --report r.jsonl")).succeeds();
    assert_eq!(desk.bytes("out/a.txt"), desk.bytes("out/b.txt"));
    (desk, other)
}

#[test]
fn originals_that_came_out_the_same_are_told_apart_by_their_place() {
    let (desk, other) = twins("out");
    desk.run("restore --report r.jsonl out -o back").succeeds();
    assert_eq!((desk.text("back/a.txt"), desk.text("back/b.txt")), (ARTICLE.to_owned(), other));
}

#[test]
fn a_place_may_be_written_in_another_way() {
    let (desk, other) = twins("./out/");
    desk.run("restore --report r.jsonl out -o back").succeeds();
    assert_eq!((desk.text("back/a.txt"), desk.text("back/b.txt")), (ARTICLE.to_owned(), other));
}

#[test]
fn originals_that_came_out_the_same_are_not_guessed_at() {
    let desk =
        Desk::with("in/a.txt", ARTICLE).and("in/b.txt", ARTICLE.replace("ADVERTISEMENT", "Advertisement"));
    desk.run("clean in -o out --report r.jsonl").succeeds();
    desk.write("c.txt", CLEAN);
    desk.run("restore --report r.jsonl c.txt").fails().prints("").says(&["c.txt", "2 originals"]);
}

#[test]
fn a_changed_file_is_refused() {
    let desk = Desk::with("a.txt", ARTICLE);
    desk.run("clean a.txt --in-place --report r.jsonl").succeeds();
    let edited = CLEAN.replace("May", "June");
    desk.write("a.txt", &edited);
    desk.run("restore --report r.jsonl a.txt --in-place").fails().says(&[
        "cannot restore a.txt",
        "SHA-256",
        "changed",
    ]);
    assert_eq!(desk.text("a.txt"), edited);
    desk.run("restore --report r.jsonl a.txt -o b.txt").fails();
    assert!(!desk.exists("b.txt"));
}

#[test]
fn a_second_run_in_place_does_not_take_the_way_back() {
    let desk = Desk::with("in/a.txt", ARTICLE).and("empty.jsonl", "");
    desk.run("clean in --in-place --report r.jsonl").succeeds();
    let report = desk.text("r.jsonl");
    desk.run("clean in --in-place --report r.jsonl")
        .fails()
        .says(&["r.jsonl is the way back", "another report"]);
    assert_eq!(desk.text("r.jsonl"), report);
    desk.run("clean in --in-place --report r.jsonl --resume").succeeds();
    for other in ["r2.jsonl", "empty.jsonl"] {
        desk.run(&format!("clean in --in-place --report {other}")).succeeds();
    }
    desk.run("restore --report r.jsonl in --in-place").succeeds();
    assert_eq!(desk.text("in/a.txt"), ARTICLE);
}

#[test]
fn one_changed_file_does_not_stop_the_others() {
    let desk = Desk::with("in/a.txt", ARTICLE).and("in/b.txt", ARTICLE.replace("May", "June"));
    desk.run("clean in --in-place --report r.jsonl").succeeds();
    desk.write("in/a.txt", "edited");
    desk.run("restore --report r.jsonl in --in-place").fails().says(&["in/a.txt"]);
    assert_eq!(desk.text("in/a.txt"), "edited");
    assert_eq!(desk.text("in/b.txt"), ARTICLE.replace("May", "June"));
}

#[test]
fn several_files_need_somewhere_to_go() {
    let desk = Desk::with("in/a.txt", ARTICLE).and("in/b.txt", ARTICLE);
    desk.run("clean in --in-place --report r.jsonl").succeeds();
    desk.run("restore --report r.jsonl in").fails().prints("").says(&["-o DIR", "--in-place"]);
}

#[test]
fn what_is_no_report_is_told() {
    let desk = Desk::with("a.txt", CLEAN).and("empty", "").and("other.jsonl", "{\"text\":\"x\"}\n");
    for report in ["missing.jsonl", "a.txt", "empty", "other.jsonl"] {
        desk.run(&format!("restore --report {report} a.txt")).fails().prints("").says(&[report]);
    }
}

#[test]
fn a_damaged_report_is_refused() {
    let desk = Desk::with("a.txt", ARTICLE);
    desk.run("clean a.txt -o b.txt --report r.jsonl").succeeds();
    let report = desk.text("r.jsonl");
    let removed = "\"text\":\"ADVERTISEMENT";
    assert!(report.contains(removed), "{report}");
    desk.write("r.jsonl", report.replace(removed, "\"text\":\"ADVERTISEMENTS"));
    desk.run("restore --report r.jsonl b.txt").fails().prints("").says(&["b.txt", "damaged"]);
    let header = report.find('\n').unwrap();
    desk.write("r.jsonl", &report[..header + 20]);
    desk.run("restore --report r.jsonl b.txt").fails().prints("").says(&["line 2 of the report r.jsonl"]);
}

#[test]
fn a_report_that_lost_a_line_is_refused() {
    let desk = Desk::with("a.jsonl", record(ARTICLE).repeat(4));
    desk.run("clean a.jsonl -o b.jsonl --report r.jsonl").succeeds();
    let report = desk.text("r.jsonl");
    let lines: Vec<&str> = report.split_inclusive('\n').collect();
    for lost in 1..=4 {
        let others: String = (0..lines.len()).filter(|&line| line != lost).map(|line| lines[line]).collect();
        desk.write("r.jsonl", others);
        let outcome = desk.run("restore --report r.jsonl b.jsonl -o back.jsonl").fails();
        outcome.says(&["cannot restore b.jsonl", "the report lacks some of its lines"]);
        assert!(!desk.path("back.jsonl").exists());
    }
}

#[test]
fn the_way_back_from_a_run_in_place_is_not_written_over() {
    let desk = Desk::with("in/a.txt", ARTICLE);
    desk.run("clean in --in-place --report r.jsonl").succeeds();
    for line in ["clean in -o out --report r.jsonl", "filter --report r.jsonl"] {
        desk.run_with(line, "One.").fails().says(&["r.jsonl is the way back from a run in place"]);
    }
    desk.run("restore --report r.jsonl in --in-place").succeeds();
    assert_eq!(desk.text("in/a.txt"), ARTICLE);
}

#[test]
fn files_that_were_not_worked_on_are_left_as_they_are() {
    let desk = Desk::with("in/a.txt", ARTICLE).and("in/b.txt", b"\0\0binary\0").and("in/c.jsonl", "oops\n");
    desk.run("clean in --in-place --report r.jsonl").fails();
    let outcome = desk.run("restore --report r.jsonl in --in-place").succeeds();
    outcome.says(&["in/b.txt is as it was", "in/c.jsonl is as it was"]);
    assert_eq!((desk.text("in/a.txt"), desk.text("in/c.jsonl")), (ARTICLE.to_owned(), "oops\n".to_owned()));
}

#[test]
fn an_original_does_not_take_the_place_of_the_report() {
    let desk = Desk::with("a.txt", ARTICLE);
    desk.run("clean a.txt -o b.txt --report r.jsonl").succeeds();
    let report = desk.text("r.jsonl");
    desk.run("restore --report r.jsonl b.txt -o r.jsonl").fails().says(&["take the place of r.jsonl"]);
    assert_eq!(desk.text("r.jsonl"), report);
}

/// Everything that a record can have in it and a parser would throw away.
const RECORDS: [&str; 9] = [
    "\u{feff}{\"id\":1,\"text\":\"Caf\\u00e9 \\/ 😀.\\n\\n\\u0041DVERTISEMENT\\n\\nMore to come.\"}\r\n",
    "\n",
    "   \r\n",
    "{ \"text\" : \"old\" , \"n\": 1.50e+03, \"text\":\"One.\\n\\nADVERTISEMENT\\n\\nTwo \\ud83d\\ude00 \\ud800.\" }\n",
    "{\"text\":null,\"x\":[1 , 2]}\n",
    "{\"text\": oops}\n",
    "{\"text\":\"\\u0053en. Ann Wood Ann Mary Wood\\u0052ain “is” due \\uD83D\\uDE00 MORE said that it would be a long and wet week in the whole of the valley.\"}\n",
    "{\"text\":\"Nothing here.\\\\\\u000d\"}\n",
    "{\"text\":\"One.\\r\\n\\r\\nAdvertisement\\r\\n\\r\\nTwo and three and four.\"}",
];

#[test]
fn records_come_back_byte_for_byte() {
    let desk = Desk::new();
    let dump = RECORDS.concat();
    let clean = desk.run_with("filter --format jsonl --report r.jsonl", &dump).succeeds().stdout;
    assert!(clean.len() < dump.len());
    assert_eq!(desk.report_lines("r.jsonl", "summary")[0]["changed"], 4);
    desk.write("clean.jsonl", &clean);
    desk.run_with("restore --report r.jsonl", &clean).succeeds().prints(&dump);
    desk.run("restore --report r.jsonl clean.jsonl").succeeds().prints(&dump);
    desk.run("restore --report r.jsonl clean.jsonl -o back.jsonl").succeeds().prints("");
    assert_eq!(desk.text("back.jsonl"), dump);
    desk.run("restore --report r.jsonl clean.jsonl --in-place").succeeds();
    assert_eq!(desk.text("clean.jsonl"), dump);
}

#[test]
fn records_with_a_replacement_come_back() {
    let desk = Desk::with("mine.toml", replacing_pack());
    for text in ["One NOISE two.", "Ein NOISE für NOISE.", "Caf\\u00e9 NOISE \\/ NO\\u0049SE!"] {
        let dump = format!("{{\"text\":\"{text} That was all there was to say on it.\"}}\n");
        let clean =
            desk.run_with("filter --format jsonl --pack mine.toml --report r.jsonl", &dump).succeeds();
        assert!(!String::from_utf8_lossy(&clean.stdout).contains("NOISE"));
        desk.run_with("restore --report r.jsonl", clean.stdout).succeeds().prints(dump);
    }
}

#[test]
fn plain_text_through_the_filter_comes_back() {
    let desk = Desk::new();
    let clean = desk.run_with("filter --report r.jsonl", ARTICLE).succeeds();
    desk.run_with("restore --report r.jsonl", clean.stdout).succeeds().prints(ARTICLE);
}

#[test]
fn a_changed_record_is_refused_by_its_line() {
    let desk = Desk::new();
    let dump = format!("{{\"text\":\"One.\"}}\n{{\"text\":\"{}\"}}\n", ARTICLE.replace('\n', "\\n"));
    let clean = desk.run_with("filter --format jsonl --report r.jsonl", dump).succeeds().stdout;
    desk.write("clean.jsonl", String::from_utf8(clean).unwrap().replace("May", "June"));
    desk.run("restore --report r.jsonl clean.jsonl -o back.jsonl")
        .fails()
        .says(&["record 2 of clean.jsonl", "SHA-256"]);
    assert!(!desk.exists("back.jsonl"));
}

#[test]
fn a_dump_that_lost_records_is_refused() {
    let desk = Desk::new();
    let dump = format!("{{\"text\":\"One.\"}}\n{{\"text\":\"{}\"}}\n", ARTICLE.replace('\n', "\\n"));
    desk.run_with("filter --format jsonl --report r.jsonl", dump).succeeds();
    desk.write("clean.jsonl", "{\"text\":\"One.\"}\n");
    desk.run("restore --report r.jsonl clean.jsonl --in-place").fails().says(&["clean.jsonl", "record 2"]);
    assert_eq!(desk.text("clean.jsonl"), "{\"text\":\"One.\"}\n");
}
