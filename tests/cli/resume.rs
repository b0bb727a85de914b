//! Work that is interrupted: no half file stays, and `--resume` goes on.

use std::fs;
use std::process::{Command, Stdio};

use crate::support::{ARTICLE, CLEAN, Desk, gzip, record};

/// Texts and dumps, in the order in which they are worked on.
const NAMES: [&str; 5] = ["a.txt", "b.jsonl", "c.jsonl.gz", "d.txt", "e.jsonl"];

fn corpus() -> Desk {
    let dump = record(ARTICLE).repeat(2) + "oops\n{\"id\":1}\n";
    Desk::with("in/a.txt", ARTICLE)
        .and("in/b.jsonl", &dump)
        .and("in/c.jsonl.gz", gzip(&dump))
        .and("in/d.txt", CLEAN)
        .and("in/e.jsonl", record(CLEAN))
}

/// The lines of a report up to those of the last of `names`, which is given whole.
fn report_up_to(report: &str, names: &[&str]) -> String {
    let is_end = |line: &str| {
        line.contains("\"type\":\"summary\"")
            || NAMES
                .iter()
                .any(|name| !names.contains(name) && line.contains(&format!("\"path\":\"in/{name}\"")))
    };
    report.lines().take_while(|line| !is_end(line)).map(|line| line.to_owned() + "\n").collect()
}

#[test]
fn a_folder_is_gone_on_with_where_the_report_says() {
    for report in ["r.jsonl", "r.jsonl.gz"] {
        let desk = corpus();
        desk.run(&format!("clean in -o out --report {report}")).succeeds();
        desk.run("clean in -o out --report plain.jsonl").succeeds();
        let whole = desk.text("plain.jsonl");
        let pack = |text: String| if report.ends_with("gz") { gzip(text) } else { text.into_bytes() };
        for done in 0..=NAMES.len() {
            let outputs = NAMES.map(|name| desk.bytes(&format!("out/{name}")));
            fs::remove_file(desk.path(report)).unwrap();
            // The next file was being told of when the power went.
            let so_far = report_up_to(&whole, &NAMES[..done]);
            let next = whole[so_far.len()..].lines().next().unwrap();
            let mut partial = pack(so_far + next);
            partial.truncate(partial.len() - 5);
            desk.write(&format!("{report}.partial"), partial);
            for name in &NAMES[done..] {
                fs::remove_file(desk.path(&format!("out/{name}"))).unwrap();
            }
            let outcome = desk.run(&format!("clean in -o out --report {report} --resume")).succeeds();
            outcome.says(&["7 documents, 5 changed"]);
            assert_eq!(NAMES.map(|name| desk.bytes(&format!("out/{name}"))), outputs);
            assert!(!desk.exists(&format!("{report}.partial")));
            let carried_on = match report {
                "r.jsonl" => desk.text(report),
                _ => String::from_utf8(crate::support::gunzip(&desk.bytes(report))).unwrap(),
            };
            assert_eq!(carried_on, whole, "{done} done");
        }
    }
}

#[test]
fn files_in_place_are_gone_on_with_and_the_way_back_is_not_lost() {
    let finished = corpus();
    finished.run("clean in --in-place --report r.jsonl").succeeds();
    let whole = finished.text("r.jsonl");
    // The last file that was told of may have been replaced or not.
    for (told, replaced) in [(1, 0), (1, 1), (2, 1), (2, 2), (3, 2), (3, 3), (5, 5)] {
        let desk = corpus();
        for name in &NAMES[..replaced] {
            desk.write(&format!("in/{name}"), finished.bytes(&format!("in/{name}")));
        }
        desk.write("r.jsonl.partial", report_up_to(&whole, &NAMES[..told]));
        desk.run("clean in --in-place --report r.jsonl").fails().says(&["r.jsonl.partial", "--resume"]);
        desk.run("clean in --in-place --report r.jsonl --resume").succeeds();
        assert_eq!(desk.text("r.jsonl"), whole, "{told} told, {replaced} replaced");
        desk.run("restore --report r.jsonl in --in-place").succeeds();
        let originals = corpus();
        for name in ["a.txt", "b.jsonl", "d.txt", "e.jsonl"] {
            assert_eq!(desk.text(&format!("in/{name}")), originals.text(&format!("in/{name}")));
        }
    }
}

#[test]
fn without_a_report_the_files_that_are_there_are_done() {
    let desk = corpus().and("out/b.jsonl", "done before\n");
    desk.run("clean in -o out --resume").succeeds().says(&["1 file done before", "5 documents, 3 changed"]);
    assert_eq!(desk.text("out/b.jsonl"), "done before\n");
    assert_eq!(desk.names("out"), NAMES);
    desk.run("clean in -o out --resume").succeeds().says(&["5 files done before"]);
}

#[test]
fn a_finished_run_is_gone_on_with_when_files_were_added() {
    let desk = corpus();
    desk.run("clean in -o out --report r.jsonl").succeeds();
    desk.write("in/f.txt", ARTICLE);
    desk.run("clean in -o out --report r.jsonl --resume")
        .succeeds()
        .says(&["5 files done", "8 documents, 6 changed"]);
    desk.run("restore --report r.jsonl out -o back").succeeds();
    assert_eq!((desk.text("back/a.txt"), desk.text("back/f.txt")), (ARTICLE.to_owned(), ARTICLE.to_owned()));
}

#[test]
fn a_file_that_was_changed_since_is_cleaned_again() {
    let change = |desk: &Desk, name: &str| {
        let now = std::time::SystemTime::now() + std::time::Duration::from_secs(2);
        desk.write(name, ARTICLE.replace("Monday", "Friday"));
        fs::File::options().write(true).open(desk.path(name)).unwrap().set_modified(now).unwrap();
    };
    let changed = CLEAN.replace("Monday", "Friday");
    for report in ["", "--report r.jsonl"] {
        let desk = corpus();
        desk.run(&format!("clean in -o out {report}")).succeeds();
        change(&desk, "in/a.txt");
        desk.run(&format!("clean in -o out {report} --resume")).succeeds().says(&["4 files done before"]);
        assert_eq!(desk.text("out/a.txt"), changed);
    }
    let desk = corpus();
    desk.run("clean in --in-place --report r.jsonl").succeeds();
    change(&desk, "in/a.txt");
    desk.run("clean in --in-place --report r.jsonl --resume").succeeds().says(&["4 files done before"]);
    assert_eq!(desk.text("in/a.txt"), changed);
}

#[test]
fn another_run_is_not_gone_on_with() {
    let desk = corpus();
    desk.run("clean in -o out --report r.jsonl --ignore related").succeeds();
    for other in ["", "--ignore related --drop-field id"] {
        let line = format!("clean in -o out --report r.jsonl --resume {other}");
        desk.run(&line).fails().says(&["r.jsonl was made with other rules or options"]);
    }
    desk.run("clean in --in-place --resume").fails().says(&["name the report"]);
    desk.run("clean in/a.txt --resume").fails().says(&["-o or --in-place"]);
}

/// A run that is stopped while it waits for more of its second file.
#[cfg(unix)]
fn interrupt(desk: &Desk, signal: &str) {
    use std::io::Write as _;
    desk.pipe("in.jsonl");
    let args = ["clean", "a.txt", "in.jsonl", "z.txt", "-o", "out", "-j", "1", "--report", "r.jsonl"];
    let child = desk.command(args).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = fs::OpenOptions::new().write(true).open(desk.path("in.jsonl")).unwrap();
    pipe.write_all(record(ARTICLE).as_bytes()).unwrap();
    // What is written for it has been started when there is more than the finished file.
    while desk.names("out").len() < 2 {
        std::thread::yield_now();
    }
    let id = child.id().to_string();
    assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), None, "ended by the signal");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.contains("r.jsonl.partial tells what was done"), signal != "-KILL", "{said}");
    fs::remove_file(desk.path("in.jsonl")).unwrap();
    desk.write("in.jsonl", record(ARTICLE).repeat(3));
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_no_half_file_and_is_gone_on_with() {
    let closes_terminal = if cfg!(target_os = "linux") { "-HUP" } else { "-TERM" };
    for signal in ["-INT", "-TERM", closes_terminal, "-KILL"] {
        let desk = Desk::with("a.txt", ARTICLE).and("z.txt", ARTICLE);
        interrupt(&desk, signal);
        assert!(!desk.exists("out/in.jsonl") && !desk.exists("r.jsonl"));
        // Nobody can tidy up after having been killed.
        if signal != "-KILL" {
            assert_eq!(desk.names("out"), ["a.txt"]);
        }
        assert_eq!(desk.report_lines("r.jsonl.partial", "document").len(), 1);
        desk.write("out/a.txt", CLEAN);
        let line = "clean a.txt in.jsonl z.txt -o out --report r.jsonl --resume";
        desk.run(line).succeeds().says(&["1 file done before", "5 documents, 5 changed"]);
        assert_eq!(desk.text("out/in.jsonl"), record(CLEAN).repeat(3));
        desk.run("restore --report r.jsonl out/a.txt out/in.jsonl out/z.txt -o back").succeeds();
        assert_eq!(desk.text("back/in.jsonl"), record(ARTICLE).repeat(3));
    }
}

#[test]
fn a_partial_report_leads_back_as_far_as_it_goes() {
    let desk = corpus();
    desk.run("clean in --in-place --report r.jsonl").succeeds();
    let so_far = report_up_to(&desk.text("r.jsonl"), &["a.txt", "b.jsonl"]);
    desk.write("r.jsonl.partial", so_far + "{\"type\":\"docu");
    desk.run("restore --report r.jsonl.partial in/a.txt in/b.jsonl --in-place").succeeds();
    assert_eq!(desk.text("in/b.jsonl"), corpus().text("in/b.jsonl"));
    let outcome = desk.run("restore --report r.jsonl.partial in/e.jsonl --in-place").fails();
    outcome.says(&["the run was interrupted in line"]);
}
