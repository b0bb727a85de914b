//! The engine alone: one article with noise, the same article clean, and how the cost grows with the rules.

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
