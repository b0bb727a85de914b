//! Findings one by one, as a check tells them: one type, and a file for each form in which it is printed.

mod concise;
mod full;
mod github;
mod gitlab;
mod json;
mod junit;
mod sarif;
mod snippet;

use std::collections::BTreeMap;

use serde::Serialize;

use super::{BlockEntry, DocumentEntry, Removal, sha256};

/// A finding: what is there, where, and by which rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// The file.
    pub path: String,
    /// Where the finding is in the file: of a record, where the record starts.
    #[serde(flatten)]
    pub place: Region,
    /// Where it is in its record; none in a file that is one text, and for an element of a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<InRecord>,
    /// The rule's id.
    pub rule: String,
    /// Its kind.
    pub kind: String,
    /// Its pack's id.
    pub pack: String,
    /// What decided.
    pub evidence: String,
    /// The noise, without the white space around it.
    pub text: String,
    /// The text before it, up to 40 characters.
    pub before: String,
    /// The text after it, likewise.
    pub after: String,
    /// What mends a file that is one text; a dump is mended with `--fix`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// How many bytes of text go.
    #[serde(skip)]
    pub bytes: u64,
}

/// A part of a text, in lines and characters, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Region {
    /// Its first line.
    pub line: usize,
    /// Its first character in that line.
    pub column: usize,
    /// The line in which it ends.
    pub end_line: usize,
    /// The character there behind it.
    pub end_column: usize,
}

/// Where a finding is in a record of a dump.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InRecord {
    /// The number of the record in its file, from 1, where that is not its line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// Its own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The field, where it is known; of a page, `article`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Where it is in the text of the field; none for an element of a page.
    #[serde(flatten)]
    pub place: Option<Region>,
}

/// What takes a finding out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// What goes, white space and all.
    #[serde(flatten)]
    pub place: Region,
    /// What comes instead; mostly nothing.
    pub replacement: String,
}

/// What prints messages in one form.
pub trait Printer: Send {
    /// A message, in the order of the files.
    fn message(&mut self, message: &Message, out: &mut String);

    /// What stands behind the last one.
    fn end(&mut self, out: &mut String) {
        let _ = out;
    }
}

/// The forms in which messages are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageFormat {
    /// The concise line, the line of the file, and a caret under the noise.
    Full,
    /// A line each.
    Concise,
    /// An array of objects.
    Json,
    /// An object a line.
    Jsonl,
    /// Annotations of GitHub Actions.
    Github,
    /// SARIF 2.1.0, as code scanning reads it.
    Sarif,
    /// JUnit, as test reports are.
    Junit,
    /// The Code Quality report of GitLab.
    Gitlab,
}

impl MessageFormat {
    /// What prints this form. `about` says of rules by their ids what they are for.
    pub fn printer(self, about: BTreeMap<String, String>) -> Box<dyn Printer> {
        match self {
            MessageFormat::Full => Box::new(full::Full { about }),
            MessageFormat::Concise => Box::new(concise::Concise),
            MessageFormat::Json => Box::new(json::Json::default()),
            MessageFormat::Jsonl => Box::new(json::Jsonl),
            MessageFormat::Github => Box::new(github::Github),
            MessageFormat::Sarif => Box::new(sarif::Sarif::new(about)),
            MessageFormat::Junit => Box::new(junit::Junit::default()),
            MessageFormat::Gitlab => Box::new(gitlab::Gitlab::default()),
        }
    }
}

impl Message {
    /// The messages of a document of the file `path`, in the order of its lines; `field` is that of its text where the entry
    /// names none.
    pub fn of_entry(path: &str, field: Option<&str>, entry: &DocumentEntry) -> Vec<Message> {
        let line = |index: usize| *entry.page.as_ref()?.lines.get(index)?;
        let elements = entry.taken().map(|block| Self::of_element(path, entry, block));
        let removals = entry.removals.iter().enumerate();
        let removals = removals.map(|(index, removal)| Self::new(path, field, entry, removal, line(index)));
        let mut all: Vec<Message> = elements.chain(removals).collect();
        all.sort_by_key(|message| message.place.line);
        all
    }

    /// What a rule took of a page before there was text.
    fn of_element(path: &str, entry: &DocumentEntry, block: &BlockEntry) -> Self {
        let of_record = entry.line.or(entry.record);
        let record = of_record.map(|_| InRecord {
            number: entry.record,
            id: entry.id.clone(),
            field: Some("page".to_owned()),
            place: None,
        });
        let line = of_record.map(|line| usize::try_from(line).unwrap_or(usize::MAX));
        let line = line.or(block.line).unwrap_or(1);
        Self {
            path: path.to_owned(),
            place: Region::between((line, 1), (line, 1)),
            record,
            rule: block.rule.clone().unwrap_or_default(),
            kind: block.kind.clone().unwrap_or_default(),
            pack: block.pack.clone().unwrap_or_default(),
            evidence: "a selector of the rule is for this element".to_owned(),
            text: block.text.clone(),
            before: String::new(),
            after: String::new(),
            fix: None,
            bytes: block.text.len() as u64,
        }
    }

    /// `in_page` is the line of the page in which the removal stands, if it is a page and has been found there.
    fn new(
        path: &str,
        field: Option<&str>,
        entry: &DocumentEntry,
        removal: &Removal,
        in_page: Option<usize>,
    ) -> Self {
        let start = (removal.place.line, removal.place.column);
        let noise = removal.text.trim();
        let blank = &removal.text[..removal.text.len() - removal.text.trim_start().len()];
        let from = behind(start, blank);
        let place = Region::between(from, behind(from, noise));
        // Rows of columns have no lines: they are counted instead. A page is as a record whose text is its article.
        let of_record = entry.line.or(entry.record).or(entry.page.as_ref().map(|_| 1));
        let (place, record, fix) = match of_record {
            None => {
                let gone = Region::between(start, behind(start, &removal.text));
                let replacement = removal.replacement.clone().unwrap_or_default();
                (place, None, Some(Fix { place: gone, replacement }))
            }
            Some(line) => {
                let line = in_page.unwrap_or(usize::try_from(line).unwrap_or(usize::MAX));
                let field = match entry.page {
                    Some(_) => Some("article".to_owned()),
                    None => entry.field.as_deref().or(field).map(str::to_owned),
                };
                let record =
                    InRecord { number: entry.record, id: entry.id.clone(), field, place: Some(place) };
                (Region::between((line, 1), (line, 1)), Some(record), None)
            }
        };
        Self {
            path: path.to_owned(),
            place,
            record,
            rule: removal.rule.clone(),
            kind: removal.kind.clone(),
            pack: removal.pack.clone(),
            evidence: removal.evidence.clone(),
            text: noise.to_owned(),
            before: format!("{}{blank}", removal.before),
            after: format!("{}{}", &removal.text[blank.len() + noise.len()..], removal.after),
            fix,
            bytes: removal.text.len() as u64,
        }
    }

    /// What the finding is whatever lines move around it: the digest of its rule and its text.
    pub fn digest(&self) -> String {
        let words: Vec<&str> = self.text.split_whitespace().collect();
        sha256(format!("{}\0{}", self.rule, words.join(" ")).as_bytes())
    }

    /// Where it is in a dump, for a person: `id 7, text 3:1`.
    fn place_in_record(&self) -> Option<String> {
        let record = self.record.as_ref()?;
        let name = match (&record.id, record.number) {
            (Some(id), _) => Some(format!("id {id}")),
            (None, Some(number)) => Some(format!("record {number}")),
            (None, None) => None,
        };
        let field = record.field.as_deref().unwrap_or("text");
        let place = match record.place {
            Some(place) => format!("{field} {}:{}", place.line, place.column),
            None => field.to_owned(),
        };
        Some(name.into_iter().chain([place]).collect::<Vec<_>>().join(", "))
    }

    /// What a program shows of it on one line.
    fn sentence(&self) -> String {
        let place = self.place_in_record().map(|place| format!(" ({place})")).unwrap_or_default();
        format!("{} {}: {}{place}", self.kind, self.rule, super::human::shortened(&self.text))
    }
}

impl Region {
    fn between((line, column): (usize, usize), (end_line, end_column): (usize, usize)) -> Self {
        Self { line, column, end_line, end_column }
    }
}

/// Line and column behind a text that starts at these.
fn behind((line, column): (usize, usize), text: &str) -> (usize, usize) {
    match text.rsplit_once('\n') {
        None => (line, column + text.chars().count()),
        Some((lines, last)) => (line + 1 + lines.matches('\n').count(), 1 + last.chars().count()),
    }
}

/// The path as part of an URI or of a report: with slashes, and without `./`.
fn portable(path: &str) -> String {
    let path = if std::path::MAIN_SEPARATOR == '\\' { path.replace('\\', "/") } else { path.to_owned() };
    path.strip_prefix("./").map(str::to_owned).unwrap_or(path)
}

#[cfg(test)]
mod tests;
