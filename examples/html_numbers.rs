//! The numbers that the page model is trained on; `benches/html/train.py` runs it.
//!
//! usage: html_numbers names | dump [LIKELY.jsonl] | time < PAGES.jsonl
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use dechaff::html::{Favor, Markup, extract, study};
use std::io::{BufRead, Write};
fn main() {
    let mode = std::env::args().nth(1).unwrap_or_default();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if mode == "names" {
        println!("{}", serde_json::to_string(&study::names()).unwrap());
        return;
    }
    let mut likely =
        std::env::args().nth(2).map(|f| std::io::BufReader::new(std::fs::File::open(f).unwrap()).lines());
    let pages: Vec<serde_json::Value> =
        std::io::stdin().lock().lines().map(|l| serde_json::from_str(&l.unwrap()).unwrap()).collect();
    let t = std::time::Instant::now();
    let mut n = 0;
    for p in &pages {
        let h = p["html"].as_str().unwrap();
        if mode == "text" {
            let a = extract(h, Favor::Balance, Markup::Text);
            writeln!(out, "{}", serde_json::json!({"id": p["id"], "text": a.map(|a| a.text)})).unwrap();
            continue;
        }
        if mode == "time" {
            n += extract(h, Favor::Balance, Markup::Text).map_or(0, |a| a.text.len());
            continue;
        }
        let l: Option<Vec<f32>> =
            likely.as_mut().map(|l| serde_json::from_str(&l.next().unwrap().unwrap()).unwrap());
        let d = study::numbers(h, l.as_deref());
        serde_json::to_writer(&mut out, &serde_json::json!({"id": p["id"], "blocks": d.iter().map(|x| &x.0).collect::<Vec<_>>(), "rows": d.iter().map(|x| &x.1).collect::<Vec<_>>()})).unwrap();
        writeln!(out).unwrap();
    }
    eprintln!("{n} {:?} {} pages/s", t.elapsed(), pages.len() as f64 / t.elapsed().as_secs_f64());
}
