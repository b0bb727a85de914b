//! Which columns of a table hold the fields.

use super::FirstRow;
use crate::formats::Malformed;
use crate::formats::fields::{Absent, FieldPath, Fields, FieldsError, Holds, ID, LANG, Purpose, TITLE, URL};
use crate::suggest::{did_you_mean, listed, nearest};

/// A longer name of a column is more likely a text, in bytes.
const MAX_NAME: usize = 100;

/// Why a table cannot be worked on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsvError {
    /// Its first row cannot be read.
    #[error("the first row cannot be read: {0}")]
    Malformed(String),
    /// It is written in two bytes a character.
    #[error("the table is UTF-16; convert it to UTF-8 first")]
    Utf16,
    /// It has no line feed.
    #[error("the lines of the table end in carriage returns alone; end them in line feeds first")]
    NoLineFeed,
    /// Its first row is blank.
    #[error("the first row is blank, and should name the columns; take out the blank lines before it")]
    Blank,
    /// A column that someone named is not there, or none holds a text.
    #[error("the table has no column {wanted}: {remedy}")]
    NoColumn {
        /// The names of the columns that were asked for, and for what.
        wanted: String,
        /// What to do.
        remedy: String,
    },
    /// Columns are in each other's way.
    #[error(transparent)]
    Fields(#[from] FieldsError),
}

impl From<Malformed> for CsvError {
    fn from(Malformed(reason): Malformed) -> Self {
        Self::Malformed(reason)
    }
}

/// Where the fields are. Columns count from 0.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    /// Their names, or their numbers where they have none.
    pub names: Vec<String>,
    /// Those of the texts, in order, with the name by which each was asked for.
    pub texts: Vec<(usize, String)>,
    /// Those that may tell the URL; the first that does counts. So with those that follow.
    pub url: Vec<usize>,
    pub title: Vec<usize>,
    pub id: Vec<usize>,
    pub lang: Vec<usize>,
    pub dropped: Vec<usize>,
    /// Where the field that is added is; behind all others if there is none of its name.
    pub added: usize,
}

impl Columns {
    /// Where `fields` are in a table with columns of these names.
    pub fn new(names: Vec<String>, fields: &Fields, first_row: FirstRow) -> Result<Self, CsvError> {
        let named = |path: &FieldPath| called(&names, path.as_str());
        let known = |path: &Option<FieldPath>, convention: &[&str]| -> Vec<usize> {
            match path {
                Some(path) => named(path).into_iter().collect(),
                None => convention.iter().filter_map(|name| called(&names, name)).collect(),
            }
        };
        let mut texts: Vec<(usize, String)> =
            fields.texts.iter().filter_map(|path| Some((named(path)?, path.to_string()))).collect();
        texts.sort();
        texts.dedup_by_key(|(column, _)| *column);
        if texts.is_empty() {
            let wanted: Vec<&FieldPath> = fields.texts.iter().collect();
            return Err(no_column(&names, &wanted, None, first_row));
        }
        // Of several texts, one is enough.
        let mut others = fields.named().filter(|(purpose, _)| *purpose != Purpose::Text);
        if fields.absent == Absent::Refuse
            && let Some((purpose, path)) = others.find(|(_, path)| named(path).is_none())
        {
            return Err(no_column(&names, &[path], Some(purpose), first_row));
        }
        let is_text = |column: usize| texts.iter().any(|(text, _)| *text == column);
        let mut dropped = Vec::new();
        for column in fields.dropped.iter().filter_map(named) {
            // Of several columns with the name, all go.
            dropped.extend((0..names.len()).filter(|other| names[*other] == names[column]));
        }
        if fields.holds == Holds::Texts
            && let Some(column) = dropped.iter().find(|column| is_text(**column))
        {
            return Err(FieldsError::TextDropped(names[*column].clone()).into());
        }
        let there = fields.outcome.added().and_then(|name| Some((name, called(&names, name)?)));
        if fields.holds == Holds::Texts
            && !fields.replaces
            && let Some((name, _)) = there
        {
            return Err(FieldsError::AddedThere(name.to_owned()).into());
        }
        let added = there.map_or(names.len(), |(_, column)| column);
        if is_text(added) {
            return Err(FieldsError::TextOverwritten(names[added].clone()).into());
        }
        if dropped.contains(&added) {
            return Err(FieldsError::AddedDropped(names[added].clone()).into());
        }
        Ok(Self {
            url: known(&fields.url, &URL),
            title: known(&fields.title, &TITLE),
            id: known(&fields.id, &ID),
            lang: known(&fields.lang, &LANG),
            names,
            texts,
            dropped,
            added,
        })
    }

    /// True when there is a column of this name or number.
    pub fn has(&self, name: &str) -> bool {
        called(&self.names, name).is_some()
    }
}

/// The last column of this name, or the one of this number: `#1` is the first.
fn called(names: &[String], name: &str) -> Option<usize> {
    let number = || name.strip_prefix('#')?.parse::<usize>().ok()?.checked_sub(1);
    let numbered = || number().filter(|column| *column < names.len());
    names.iter().rposition(|own| own == name).or_else(numbered)
}

/// What to say of columns that are not there, which were wanted for the text or for another purpose.
fn no_column(
    names: &[String],
    wanted: &[&FieldPath],
    purpose: Option<Purpose>,
    first_row: FirstRow,
) -> CsvError {
    let all = || names.iter().map(String::as_str);
    let near = wanted.iter().find_map(|path| nearest(path.as_str(), all()));
    let (whose, option) = match purpose {
        None => (" the text's", "--field"),
        Some(purpose) => (" it", purpose.option()),
    };
    // Names are short, and stand on one line.
    let text = names.iter().position(|name| name.len() > MAX_NAME || name.contains('\n'));
    let remedy = match (first_row, near, text) {
        (FirstRow::Record, ..) => {
            format!("its columns go by number; name{whose} with {option} '#1' to '#{}'", names.len())
        }
        (FirstRow::Names, Some(near), _) => did_you_mean(near),
        (FirstRow::Names, None, Some(text)) => format!(
            "its first row looks like a record; if it is one, say --no-header and name{whose} with {option}, \
             such as '#{}'",
            text + 1
        ),
        (FirstRow::Names, None, None) => {
            format!("it has {}; name{whose} with {option}", listed(all()))
        }
    };
    let wanted: Vec<String> = wanted.iter().map(|path| format!("`{path}`")).collect();
    let purpose = purpose.map(|purpose| format!(" {purpose}")).unwrap_or_default();
    CsvError::NoColumn { wanted: wanted.join(" or ") + &purpose, remedy }
}
