//! The command on dumps, from the start of the program to its end: JSON Lines, CSV and Parquet, and how the cost
//! grows with the share of articles that have noise.
//!
//! `cargo bench --bench dumps`; every rate is of the input's bytes, with one job.

use std::hint::black_box;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dechaff::{Cleaner, Document};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

const ARTICLE: &str = include_str!("../fixtures/article.txt");

/// How many articles a dump has.
const ARTICLES: usize = 4000;

/// Texts of which so many in a hundred have noise. No two are equal.
fn texts(percent_with_noise: usize) -> Vec<String> {
    let clean = Cleaner::builtin().clean(&Document::new(ARTICLE)).into_text();
    let text = |i: usize| if i % 100 < percent_with_noise { ARTICLE } else { &clean };
    (0..ARTICLES).map(|i| format!("{}\n\nThis was article {i} of the year.\n", text(i).trim_end())).collect()
}

fn json_lines(texts: &[String]) -> Vec<u8> {
    let record = |(id, text): (usize, &String)| {
        serde_json::json!({ "id": id, "url": format!("https://example.com/{id}"), "text": text }).to_string()
            + "\n"
    };
    texts.iter().enumerate().map(record).collect::<String>().into_bytes()
}

fn csv(texts: &[String]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["id", "text"]).expect("memory takes it");
    for (id, text) in texts.iter().enumerate() {
        writer.write_record([&id.to_string(), text]).expect("memory takes it");
    }
    writer.into_inner().expect("memory takes it")
}

fn parquet(texts: &[String]) -> Vec<u8> {
    let schema = parse_message_type("message dump { required binary text (UTF8); }").expect("it is a schema");
    let properties = Arc::new(WriterProperties::default());
    let mut writer =
        SerializedFileWriter::new(Vec::new(), Arc::new(schema), properties).expect("memory takes it");
    let mut group = writer.next_row_group().expect("memory takes it");
    while let Some(mut column) = group.next_column().expect("memory takes it") {
        let values: Vec<ByteArray> = texts.iter().map(|text| ByteArray::from(text.as_str())).collect();
        column.typed::<ByteArrayType>().write_batch(&values, None, None).expect("memory takes it");
        column.close().expect("memory takes it");
    }
    group.close().expect("memory takes it");
    writer.into_inner().expect("memory takes it")
}

/// Cleans a dump as a pipeline does; gives back the output.
fn filter(format: &str, dump: &[u8]) -> Vec<u8> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_dechaff"))
        .args(["filter", "--no-config", "--quiet", "--jobs", "1", "--field", "text", "--format", format])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command was built beside this benchmark");
    let mut stdin = child.stdin.take().expect("it is a pipe");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(dump).expect("the command reads all of it"));
        child.wait_with_output().expect("the command runs")
    });
    assert!(output.status.success(), "dechaff failed on {format}");
    output.stdout
}

fn dumps(c: &mut Criterion) {
    let half = texts(50);
    let mut group = c.benchmark_group("dump, half of it with noise");
    group.sample_size(10);
    for (format, dump) in [("jsonl", json_lines(&half)), ("csv", csv(&half)), ("parquet", parquet(&half))] {
        group.throughput(Throughput::Bytes(dump.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(format), &dump, |b, dump| {
            b.iter(|| filter(format, black_box(dump)).len());
        });
    }
    group.finish();

    let mut group = c.benchmark_group("JSON Lines by articles with noise, in a hundred");
    group.sample_size(10);
    for percent in [0, 10, 100] {
        let dump = json_lines(&texts(percent));
        group.throughput(Throughput::Bytes(dump.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(percent), &dump, |b, dump| {
            b.iter(|| filter("jsonl", black_box(dump)).len());
        });
    }
    group.finish();
}

criterion_group!(benches, dumps);
criterion_main!(benches);
