//! Golden articles: what the built-in packs make of them, byte for byte.
//!
//! Each folder in `fixtures/golden/` is one article:
//!
//! ```text
//! source.txt     the article as it was scraped, in whatever encoding
//! clean.txt      what `dechaff clean` makes of it
//! report.jsonl   its removals, one a line, as the report has them; a pattern that decided is left out,
//!                because it changes whenever its rule learns a new form
//! meta.toml      what is known of the article: url, title, lang; all optional, and so is the file
//! ```
//!
//! To add an article, write `source.txt` (and `meta.toml`). To have `clean.txt` and `report.jsonl` written
//! from what comes out now, run
//!
//! ```text
//! UPDATE_GOLDEN=1 cargo test --test golden
//! ```
//!
//! and read the difference before it is committed: a sentence that is gone is a bug.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use dechaff::decode::decode;
use dechaff::formats::plain::{self, OutputEncoding};
use dechaff::report::{DocumentEntry, Removal};
use dechaff::{Cleaner, Document, restore};
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Meta {
    url: Option<String>,
    title: Option<String>,
    lang: Option<String>,
}

impl Meta {
    fn of(article: &Path) -> Self {
        let file = article.join("meta.toml");
        if !file.exists() {
            return Self::default();
        }
        let toml = fs::read_to_string(&file).unwrap();
        toml::from_str(&toml).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    }

    fn document<'a>(&'a self, text: &'a str) -> Document<'a> {
        Document::new(text)
            .with_url(self.url.as_deref())
            .with_title(self.title.as_deref())
            .with_lang(self.lang.as_deref())
    }
}

/// What comes out of an article.
struct Outcome {
    clean: Vec<u8>,
    report: Vec<u8>,
    restored: Vec<u8>,
}

fn outcome(source: &[u8], meta: &Meta, cleaner: &Cleaner) -> Outcome {
    let decoded = decode(source, None).unwrap();
    let cleaned = cleaner.clean(&meta.document(decoded.text()));
    let output = plain::output(source, &decoded, &cleaned, OutputEncoding::Utf8).unwrap();
    let entry = DocumentEntry::of_file(source, &decoded, &cleaned, &output);
    let restored = restore::file(&output.bytes, &entry).unwrap();
    let report = entry.removals.into_iter().map(report_line).collect::<String>().into_bytes();
    Outcome { clean: output.bytes.into_owned(), report, restored }
}

fn report_line(mut removal: Removal) -> String {
    if let Some((reason, _pattern)) = removal.evidence.split_once(" `") {
        removal.evidence = reason.to_owned();
    }
    serde_json::to_string(&removal).unwrap() + "\n"
}

fn articles() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/golden");
    let mut articles: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    articles.sort();
    articles
}

/// Compares a golden file with what came out, or writes it anew.
fn difference(golden: &Path, actual: &[u8]) -> Option<String> {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(golden, actual).unwrap();
        return None;
    }
    let expected = fs::read(golden).unwrap_or_default();
    (expected != actual).then(|| {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let diff = dechaff::report::unified::diff("golden", &text(&expected), &text(actual));
        format!("{}\n{diff}", golden.display())
    })
}

#[test]
fn golden_articles_come_out_as_they_should() {
    let cleaner = Cleaner::builtin();
    let articles = articles();
    assert!(!articles.is_empty());
    let mut differences = Vec::new();
    for article in articles {
        let source = fs::read(article.join("source.txt")).unwrap();
        let meta = Meta::of(&article);
        let Outcome { clean, report, restored } = outcome(&source, &meta, &cleaner);
        assert_eq!(restored, source, "{} does not come back", article.display());
        let again = outcome(&clean, &meta, &cleaner).clean;
        assert_eq!(again, clean, "{} changes when it is cleaned again", article.display());
        differences.extend(difference(&article.join("clean.txt"), &clean));
        differences.extend(difference(&article.join("report.jsonl"), &report));
    }
    assert!(
        differences.is_empty(),
        "{}\nIf that is meant, run `UPDATE_GOLDEN=1 cargo test --test golden`.",
        differences.join("\n")
    );
}
