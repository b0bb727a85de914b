use std::io::{BufRead, Write};
fn main() {
    let mode = std::env::args().nth(1).unwrap_or_default();
    let stdin = std::io::stdin().lock();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let pages: Vec<serde_json::Value> = stdin.lines().map(|l| serde_json::from_str(&l.unwrap()).unwrap()).collect();
    if mode == "names" { println!("{}", serde_json::to_string(&dechaff::html::names()).unwrap()); return; }
    let t = std::time::Instant::now();
    let mut n = 0;
    for p in &pages {
        let h = p["html"].as_str().unwrap();
        match mode.as_str() {
            "trim" => n += dechaff::html::parse_only(h),
            "read" => n += dechaff::html::read_only(h),
            "feat" => n += dechaff::html::dump(h).len(),
            _ => {
                let d = dechaff::html::dump(h);
                serde_json::to_writer(&mut out, &serde_json::json!({"id": p["id"], "blocks": d.iter().map(|x| &x.0).collect::<Vec<_>>(), "rows": d.iter().map(|x| &x.1).collect::<Vec<_>>()})).unwrap();
                writeln!(out).unwrap();
            }
        }
    }
    eprintln!("{n} {:?} {} pages/s", t.elapsed(), pages.len() as f64 / t.elapsed().as_secs_f64());
}
