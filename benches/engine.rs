//! The engine alone: one article with noise, the same article clean, and how the cost grows with noise and with
//! the rules.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dechaff::{Cleaner, Document, Pack};

const ARTICLE: &str = include_str!("../fixtures/article.txt");

fn clean_text() -> String {
    let cleaner = Cleaner::builtin();
    cleaner.clean(&Document::new(ARTICLE)).into_text().repeat(16)
}

/// A pack of `rules` rules that match nothing in the article, in every way of matching that has literals.
fn synthetic_pack(rules: usize) -> Pack {
    let mut source =
        "[pack]\nid = \"synthetic\"\ndescription = \"Rules for words that stand nowhere\"\n".to_owned();
    for i in 0..rules {
        let way = match i % 3 {
            0 => format!("match.line = 'zq{i}x subscribe.{{0,40}}'"),
            1 => format!("match.span = '\\(zq{i}x more\\)'"),
            _ => format!("match.label = {{ line = '(?i)zq{i}x related:' }}"),
        };
        source.push_str(&format!(
            "[[rule]]\nid = \"r{i}\"\nkind = \"ad\"\nabout = \"r\"\n{way}\nstrip = ['x']\nkeep = ['x']\n"
        ));
    }
    Pack::parse("synthetic.toml", &source).expect("the synthetic pack is well formed")
}

/// The built-in rules once more under other names, with the letters of their patterns' words changed so that they
/// match nothing: as many literals, lengths and ways of matching again.
fn doubled_packs() -> Vec<Pack> {
    let altered = |pack: &Pack| -> Pack {
        let source = pack.source().lines().map(altered_line).collect::<Vec<_>>().join("\n");
        Pack::parse(pack.file(), &source).expect("other words make no other syntax")
    };
    let builtin = Pack::builtin();
    let altered: Vec<Pack> = builtin.iter().map(altered).collect();
    builtin.into_iter().chain(altered).collect()
}

/// A line of a pack file with another id, or with other words in its pattern.
fn altered_line(line: &str) -> String {
    if let Some(id) = line.strip_prefix("id = \"") {
        return format!("id = \"x{id}");
    }
    let in_list = line.trim_start().starts_with('\'');
    let patterns = if in_list {
        0
    } else {
        line.find(" = ").filter(|_| line.starts_with("match.")).unwrap_or(line.len())
    };
    if line.starts_with("match.repeat") {
        return line.to_owned();
    }
    // No text has such words, and groups, classes and escapes stay what they are.
    let words = line[patterns..].replace("re", "rqe").replace("an", "aqn").replace("on", "oqn");
    line[..patterns].to_owned() + &words
}

fn engine(c: &mut Criterion) {
    let clean = clean_text();
    let noisy = ARTICLE.repeat(16);
    let cleaner = Cleaner::builtin();

    let mut group = c.benchmark_group("builtin");
    for (name, text) in [("clean", &clean), ("noisy", &noisy)] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(name), text, |b, text| {
            b.iter(|| cleaner.clean(&Document::new(black_box(text))).edits().len());
        });
    }
    group.finish();

    let mut group = c.benchmark_group("builtin by articles with noise, of 16");
    for with_noise in [0, 1, 4, 16] {
        let clean_article = &clean[..clean.len() / 16];
        let texts: Vec<&str> =
            (0..16).map(|i| if i < with_noise { ARTICLE } else { clean_article }).collect();
        group.throughput(Throughput::Bytes(texts.iter().map(|text| text.len() as u64).sum()));
        group.bench_with_input(BenchmarkId::from_parameter(with_noise), &texts, |b, texts| {
            b.iter(|| {
                let edits = |text: &&str| cleaner.clean(&Document::new(black_box(text))).edits().len();
                texts.iter().map(edits).sum::<usize>()
            });
        });
    }
    group.finish();

    let mut group = c.benchmark_group("clean text by packs");
    group.throughput(Throughput::Bytes(clean.len() as u64));
    for (name, packs) in [("builtin", Pack::builtin()), ("doubled", doubled_packs())] {
        let cleaner = Cleaner::builder().packs(packs).build().expect("no id is used twice");
        group.bench_with_input(BenchmarkId::from_parameter(name), &clean, |b, text| {
            b.iter(|| cleaner.clean(&Document::new(black_box(text))).edits().len());
        });
    }
    group.finish();

    let mut group = c.benchmark_group("clean text by rules");
    group.throughput(Throughput::Bytes(clean.len() as u64));
    for rules in [10, 100, 1000] {
        let cleaner = Cleaner::builder().packs([synthetic_pack(rules)]).build().expect("no id is used twice");
        group.bench_with_input(BenchmarkId::from_parameter(rules), &clean, |b, text| {
            b.iter(|| cleaner.clean(&Document::new(black_box(text))).edits().len());
        });
    }
    group.finish();
}

fn start(c: &mut Criterion) {
    c.bench_function("build the default cleaner", |b| b.iter(Cleaner::builtin));
}

criterion_group!(benches, engine, start);
criterion_main!(benches);
