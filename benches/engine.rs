//! The engine alone: texts without noise, an article with noise, and how the cost grows with noise and with the rules.

use std::hint::black_box;
use std::path::Path;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dechaff::{Cleaner, Document, Pack};
use regex::{Captures, Regex};

const ARTICLE: &str = include_str!("../fixtures/article.txt");

/// Texts in which there is nothing to remove, no two alike.
fn clean_texts() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/keep");
    let files = std::fs::read_dir(folder).expect("the fixtures are beside this benchmark");
    let paths = files.map(|file| file.expect("the folder can be read").path());
    paths.map(|path| std::fs::read_to_string(path).expect("fixtures are UTF-8")).collect()
}

fn bytes<T: AsRef<str>>(texts: &[T]) -> Throughput {
    Throughput::Bytes(texts.iter().map(|text| text.as_ref().len() as u64).sum())
}

/// Cleans each text; gives back how many edits that takes.
fn clean_all<T: AsRef<str>>(cleaner: &Cleaner, texts: &[T]) -> usize {
    texts.iter().map(|text| cleaner.clean(&Document::new(black_box(text.as_ref()))).edits().len()).sum()
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

/// The built-in rules once more under other names, with other words in all that they match: as many literals, lengths
/// and ways of matching again, and next to no match.
fn doubled_packs() -> Vec<Pack> {
    // Words in patterns, and what looks like one: escapes, groups, classes and counts.
    let words = Regex::new(
        r"\\p\{[^}]*\}|\\x[0-9a-fA-F]{2}|\\.|\(\?[^:)>]*[:)>]|\[[^\]]*\]|\{[^}]*\}|([A-Za-z])([A-Za-z]+)",
    )
    .expect("the pattern is well formed");
    let strings = Regex::new(r"'''.*?'''|'[^']*'").expect("the pattern is well formed");
    let with_other_words = |pattern: &Captures<'_>| -> String {
        let other = |word: &Captures<'_>| match (word.get(1), word.get(2)) {
            (Some(first), Some(rest)) => format!("{}q{}", first.as_str(), rest.as_str()),
            _ => word[0].to_owned(),
        };
        words.replace_all(&pattern[0], other).into_owned()
    };
    let altered = |pack: &Pack| -> Pack {
        let mut is_match = false;
        let lines = pack.source().lines().map(|line| {
            if line.is_empty() || line.starts_with(|c: char| c.is_ascii_lowercase() || c == '[') {
                is_match = line.starts_with("match.") && !line.starts_with("match.repeat");
            }
            match line.strip_prefix("id = \"") {
                Some(id) => format!("id = \"x{id}"),
                None if is_match => strings.replace_all(line, with_other_words).into_owned(),
                None => line.to_owned(),
            }
        });
        let source = lines.collect::<Vec<_>>().join("\n");
        Pack::parse(pack.file(), &source).expect("other words make no other syntax")
    };
    let builtin = Pack::builtin();
    let altered: Vec<Pack> = builtin.iter().map(altered).collect();
    builtin.into_iter().chain(altered).collect()
}

fn engine(c: &mut Criterion) {
    let clean = clean_texts();
    let cleaner = Cleaner::builtin();

    let mut group = c.benchmark_group("texts with noise, in a hundred");
    let clean_article: &str = &cleaner.clean(&Document::new(ARTICLE)).into_text();
    for percent in [0, 10, 50, 100] {
        let texts: Vec<&str> = (0..100).map(|i| if i < percent { ARTICLE } else { clean_article }).collect();
        group.throughput(bytes(&texts));
        group.bench_with_input(BenchmarkId::from_parameter(percent), &texts, |b, texts| {
            b.iter(|| clean_all(&cleaner, texts));
        });
    }
    group.finish();

    let mut group = c.benchmark_group("clean text by packs");
    group.throughput(bytes(&clean));
    for (name, packs) in [("builtin", Pack::builtin()), ("doubled", doubled_packs())] {
        let cleaner = Cleaner::builder().packs(packs).build().expect("no id is used twice");
        group.bench_with_input(BenchmarkId::from_parameter(name), &clean, |b, texts| {
            b.iter(|| clean_all(&cleaner, texts));
        });
    }
    group.finish();

    let mut group = c.benchmark_group("clean text by rules");
    group.throughput(bytes(&clean));
    for rules in [10, 100, 1000] {
        let cleaner = Cleaner::builder().packs([synthetic_pack(rules)]).build().expect("no id is used twice");
        group.bench_with_input(BenchmarkId::from_parameter(rules), &clean, |b, texts| {
            b.iter(|| clean_all(&cleaner, texts));
        });
    }
    group.finish();
}

fn start(c: &mut Criterion) {
    c.bench_function("build the default cleaner", |b| b.iter(Cleaner::builtin));
}

criterion_group!(benches, engine, start);
criterion_main!(benches);
