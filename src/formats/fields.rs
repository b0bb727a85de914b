//! Which fields of a record hold the text and what is known of it, and which are added or dropped.

use std::fmt;
use std::str::FromStr;

use super::csv::{Delimiter, FirstRow};

/// Where the URL is, when no field is named for it; the first that is there counts.
pub(super) const URL: [&str; 3] = ["url", "source_url", "link"];
/// The same for the headline.
pub(super) const TITLE: [&str; 2] = ["title", "headline"];
/// The same for the id.
pub(super) const ID: [&str; 3] = ["id", "_id", "uuid"];
/// The same for the language.
pub(super) const LANG: [&str; 2] = ["lang", "language"];

/// A way into nested records: `article.body.text`, `pages[0].text`, `sections[].text`.
///
/// A field of the record itself that has the whole path for its name comes first, so that names with dots in
/// them work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPath {
    written: String,
    steps: Vec<Step>,
}

/// One step of a [`FieldPath`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The member of an object.
    Key(String),
    /// An element of an array, from 0.
    Index(usize),
    /// Every element of an array.
    Every,
}

/// What is wrong with a path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` is not a path to a field: write it like text, article.body or pages[0].text")]
pub struct PathError {
    path: String,
}

impl FromStr for FieldPath {
    type Err = PathError;

    fn from_str(path: &str) -> Result<Self, PathError> {
        let wrong = || PathError { path: path.to_owned() };
        let mut steps = Vec::new();
        for part in path.split('.') {
            let (key, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
            if key.is_empty() && (rest.is_empty() || steps.is_empty()) {
                return Err(wrong());
            }
            if !key.is_empty() {
                steps.push(Step::Key(key.to_owned()));
            }
            while let Some(inner) = rest.strip_prefix('[') {
                let (index, after) = inner.split_once(']').ok_or_else(wrong)?;
                steps.push(match index {
                    "" | "*" => Step::Every,
                    number => Step::Index(number.parse().map_err(|_| wrong())?),
                });
                rest = after;
            }
            if !rest.is_empty() {
                return Err(wrong());
            }
        }
        Ok(Self { written: path.to_owned(), steps })
    }
}

impl FieldPath {
    /// The path as it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// True when `other` is this field or something inside it.
    fn holds(&self, other: &FieldPath) -> bool {
        other.written == self.written || other.steps.starts_with(&self.steps)
    }

    /// The field of the record itself that it leads through.
    fn first(&self) -> Option<&str> {
        match self.steps.first() {
            Some(Step::Key(key)) => Some(key),
            _ => None,
        }
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// The fields of records.
#[derive(Clone, Debug)]
pub struct Fields {
    /// Those that hold texts. Each is a document of its own.
    pub texts: Vec<FieldPath>,
    /// What they hold.
    pub holds: Holds,
    /// The URL's; none to find it by convention. So with those that follow.
    pub url: Option<FieldPath>,
    /// The headline's.
    pub title: Option<FieldPath>,
    /// The record's id.
    pub id: Option<FieldPath>,
    /// The language tag's.
    pub lang: Option<FieldPath>,
    /// What becomes of the findings.
    pub outcome: Outcome,
    /// Fields that are left out of the output.
    pub dropped: Vec<FieldPath>,
    /// Whether the field that is added may take the place of one of its name. [`checked`](Self::checked) says so where that
    /// one is to be dropped.
    pub replaces: bool,
    /// How a table has its fields.
    pub table: TableShape,
    /// What to do with a table that lacks one that is named besides those of texts.
    pub absent: Absent,
}

/// What to do with a table that lacks a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Absent {
    /// It is not worked on: the name is wrong.
    #[default]
    Refuse,
    /// It is worked on without: the name is meant for other tables, too. [`Seen`](super::seen::Seen) tells.
    Tell,
}

/// What the fields of texts hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Holds {
    /// The texts.
    #[default]
    Texts,
    /// Pages, of which the articles are the texts. What comes of a page is new, so that nothing is cut: it goes to the
    /// field that is added, if there is one.
    Pages,
}

/// How a table has its fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableShape {
    /// What parts them; none to find it out.
    pub delimiter: Option<Delimiter>,
    /// What the first row is.
    pub first_row: FirstRow,
}

/// Where the clean text of a record goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// Into the place of the text.
    #[default]
    InPlace,
    /// Into the place of the text, which stays in the field of this name when it changes.
    KeepOriginal(String),
    /// Into the field of this name; the text stays as it is.
    Into(String),
    /// Nowhere: the findings are written to the field of this name, and the text stays as it is.
    Annotate(String),
}

impl Outcome {
    /// The field that is added.
    pub fn added(&self) -> Option<&str> {
        match self {
            Outcome::InPlace => None,
            Outcome::KeepOriginal(name) | Outcome::Into(name) | Outcome::Annotate(name) => Some(name),
        }
    }

    /// True when the text itself is not changed.
    pub fn keeps_text(&self) -> bool {
        matches!(self, Outcome::Into(_) | Outcome::Annotate(_))
    }
}

impl Default for Fields {
    /// The text in `text`, cleaned in its place.
    fn default() -> Self {
        let text = FieldPath { written: "text".to_owned(), steps: vec![Step::Key("text".to_owned())] };
        Self {
            texts: vec![text],
            holds: Holds::Texts,
            url: None,
            title: None,
            id: None,
            lang: None,
            outcome: Outcome::InPlace,
            dropped: Vec::new(),
            replaces: false,
            table: TableShape::default(),
            absent: Absent::Refuse,
        }
    }
}

/// What a field is named for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It holds a text, or a page.
    Text,
    /// It tells the URL.
    Url,
    /// It tells the headline.
    Title,
    /// It tells the id.
    Id,
    /// It tells the language.
    Lang,
    /// It is left out.
    Dropped,
}

impl Purpose {
    /// The option that names such a field.
    pub fn option(self) -> &'static str {
        match self {
            Purpose::Text => "--field",
            Purpose::Url => "--url-field",
            Purpose::Title => "--title-field",
            Purpose::Id => "--id-field",
            Purpose::Lang => "--lang-field",
            Purpose::Dropped => "--drop-field",
        }
    }
}

/// Behind the name of a field: `for the URL`.
impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Purpose::Text => "for a text",
            Purpose::Url => "for the URL",
            Purpose::Title => "for the headline",
            Purpose::Id => "for the id",
            Purpose::Lang => "for the language",
            Purpose::Dropped => "to leave out",
        })
    }
}

/// Fields that cannot be had together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldsError {
    /// One that is dropped holds the text.
    #[error("`{0}` holds the text, and cannot be dropped")]
    TextDropped(String),
    /// One is added where the text is.
    #[error("`{0}` holds the text; give the added field another name")]
    TextOverwritten(String),
    /// One is added that is there.
    #[error(
        "there is a field `{0}` already; give the added one another name, or drop that one with --drop-field"
    )]
    AddedThere(String),
    /// One is added, and dropped in part or by another name.
    #[error("`{0}` is both added and dropped; name it the same in both to replace it")]
    AddedDropped(String),
    /// A part of a field is dropped.
    #[error("`{0}` is an element of a list, and only whole fields can be left out; name a field")]
    ElementDropped(String),
    /// A second field for the clean text would be needed.
    #[error(
        "the clean text of several fields cannot go to one, `{0}`; name one text field, or none to go to"
    )]
    SeveralTexts(String),
    /// A path leads to several pages.
    #[error("`{0}` leads to several pages, whose articles cannot go to one field; name one page")]
    SeveralPages(String),
    /// What is done with a text where it is, is to be done with a page.
    #[error("a page stays as it is; name the field that gets its article with --output-field, such as text")]
    PageInPlace,
}

impl Fields {
    /// The same fields, when they can be had together.
    ///
    /// # Errors
    /// When what is added or dropped is in the way of a text or of each other.
    pub fn checked(mut self) -> Result<Self, FieldsError> {
        let is_element = |path: &&FieldPath| !matches!(path.steps.last(), Some(Step::Key(_)));
        if let Some(element) = self.dropped.iter().find(is_element) {
            return Err(FieldsError::ElementDropped(element.written.clone()));
        }
        let holds_text = |path: &&FieldPath| self.texts.iter().any(|text| path.holds(text));
        if self.holds == Holds::Pages {
            if let Some(several) = self.texts.iter().find(|page| page.steps.contains(&Step::Every)) {
                return Err(FieldsError::SeveralPages(several.written.clone()));
            }
            if matches!(self.outcome, Outcome::KeepOriginal(_) | Outcome::Annotate(_)) {
                return Err(FieldsError::PageInPlace);
            }
        } else if let Some(dropped) = self.dropped.iter().find(holds_text) {
            return Err(FieldsError::TextDropped(dropped.written.clone()));
        }
        if let Some(added) = self.outcome.added() {
            let added = added.to_owned();
            if self.texts.iter().any(|text| text.written == added || text.first() == Some(&added)) {
                return Err(FieldsError::TextOverwritten(added));
            }
            let dropped = self.dropped.len();
            self.dropped.retain(|path| path.written != added);
            self.replaces |= self.dropped.len() < dropped;
            if self.dropped.iter().any(|path| path.first() == Some(&added)) {
                return Err(FieldsError::AddedDropped(added));
            }
            if self.texts.len() > 1 && !matches!(self.outcome, Outcome::Annotate(_)) {
                return Err(FieldsError::SeveralTexts(added));
            }
        }
        Ok(self)
    }

    /// The fields that someone named, each with what it is for; of texts only where there are several, as without
    /// the only one nothing can be done.
    pub fn named(&self) -> impl Iterator<Item = (Purpose, &FieldPath)> {
        let Self { texts, url, title, id, lang, dropped, .. } = self;
        let texts = texts.iter().filter(|_| texts.len() > 1).map(|path| (Purpose::Text, path));
        let known = [(Purpose::Url, url), (Purpose::Title, title), (Purpose::Id, id), (Purpose::Lang, lang)];
        let known = known.into_iter().filter_map(|(purpose, path)| Some((purpose, path.as_ref()?)));
        texts.chain(known).chain(dropped.iter().map(|path| (Purpose::Dropped, path)))
    }

    /// True when records change in more than their texts.
    pub fn add_or_drop(&self) -> bool {
        self.outcome.added().is_some() || !self.dropped.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(path: &str) -> FieldPath {
        path.parse().unwrap()
    }

    #[test]
    fn a_path_goes_through_objects_and_arrays() {
        let key = |key: &str| Step::Key(key.to_owned());
        assert_eq!(path("a.b").steps(), [key("a"), key("b")]);
        assert_eq!(path("a[2].b[]").steps(), [key("a"), Step::Index(2), key("b"), Step::Every]);
        assert_eq!(path("a[*][0]").steps(), [key("a"), Step::Every, Step::Index(0)]);
        for wrong in ["", ".", "a.", ".a", "a..b", "[0]", "a[", "a[x]", "a[0]b"] {
            assert!(wrong.parse::<FieldPath>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn fields_that_are_in_each_others_way_are_refused() {
        let fields = |texts: &[&str], outcome: Outcome, dropped: &[&str]| Fields {
            texts: texts.iter().map(|text| path(text)).collect(),
            outcome,
            dropped: dropped.iter().map(|text| path(text)).collect(),
            ..Fields::default()
        };
        let into = |name: &str| Outcome::Into(name.to_owned());
        assert!(fields(&["a.b"], into("c"), &["a.d", "e"]).checked().is_ok());
        let replaced = fields(&["a"], into("c"), &["c", "e"]).checked().unwrap();
        assert_eq!((replaced.replaces, replaced.dropped), (true, vec![path("e")]));
        for wrong in [
            fields(&["a.b"], Outcome::InPlace, &["a"]),
            fields(&["a.b"], into("a"), &[]),
            fields(&["a"], into("c"), &["c.d"]),
            fields(&["a", "b"], into("c"), &[]),
            fields(&["a"], Outcome::InPlace, &["b[0]"]),
        ] {
            assert!(wrong.checked().is_err());
        }
    }
}
