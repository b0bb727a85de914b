//! The numbers that the page model is trained on; `benches/html/train.py` runs it.
//!
//! usage: html_numbers names | dump [LIKELY.jsonl] | time < PAGES.jsonl
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write, stdin, stdout};
use std::time::Instant;

use dechaff::html::{Favor, Markup, extract, study};
use serde_json::{Value, json};

fn main() {
    let mode = std::env::args().nth(1).unwrap_or_default();
    match mode.as_str() {
        "names" => println!("{}", json!(study::names())),
        "dump" => dump(std::env::args().nth(2).as_deref()),
        "time" => time(),
        _ => eprintln!("usage: html_numbers names | dump [LIKELY.jsonl] | time < PAGES.jsonl"),
    }
}

fn pages() -> impl Iterator<Item = String> {
    stdin().lock().lines().map(|line| {
        let page: Value = serde_json::from_str(&line.unwrap()).unwrap();
        page["html"].as_str().unwrap().to_owned()
    })
}

/// Prints what is known of each page; with a file of what the first judgement said, for the second.
fn dump(likely: Option<&str>) {
    let mut likely = likely.map(|path| BufReader::new(File::open(path).unwrap()).lines());
    let mut out = BufWriter::new(stdout().lock());
    for page in pages() {
        let likely: Option<Vec<f32>> =
            likely.as_mut().map(|lines| serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap());
        let known = study::numbers(&page, likely.as_deref());
        let known = json!({ "blocks": known.blocks, "words": known.words, "rows": known.rows, "page": known.page,
            "tables": known.tables, "is_between": known.is_between });
        writeln!(out, "{known}").unwrap();
    }
}

/// Takes the article out of each page, and prints how long that takes.
fn time() {
    let pages: Vec<String> = pages().collect();
    let start = Instant::now();
    let bytes: usize = pages
        .iter()
        .filter_map(|page| extract(page, Favor::Balance, Markup::Text))
        .map(|a| a.text.len())
        .sum();
    let seconds = start.elapsed().as_secs_f64();
    println!("{} pages, {bytes} bytes of text, {:.0} pages/s", pages.len(), pages.len() as f64 / seconds);
}
