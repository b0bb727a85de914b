//! Which columns of a file hold the texts and what is known of them.

use ::parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use ::parquet::schema::types::{SchemaDescriptor, Type};

use super::ParquetError;
use crate::formats::fields::{self, Absent, FieldPath, Fields, Purpose, Step};
use crate::suggest::{did_you_mean, listed, nearest};

/// The option that names the columns of texts.
const TEXT: &str = "--field";

/// A column of texts.
#[derive(Clone, Debug)]
pub(super) struct TextColumn {
    /// Its number among the columns of values.
    pub leaf: usize,
    /// What it was called.
    pub name: String,
    pub shape: Shape,
}

/// How texts lie in the rows of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One in a row.
    One,
    /// One in a row, its paragraphs in a list.
    Paragraphs,
    /// A list in a row, each of its elements a text of its own.
    Each,
}

/// The columns of what is known of the texts; the first that has a value in a row counts.
#[derive(Clone, Debug, Default)]
pub(super) struct AboutColumns {
    pub url: Vec<usize>,
    pub title: Vec<usize>,
    pub id: Vec<usize>,
    pub lang: Vec<usize>,
}

/// The columns of values of a schema, as paths go to them.
pub(super) struct Leaves<'s> {
    schema: &'s SchemaDescriptor,
    paths: Vec<Vec<Step>>,
}

impl<'s> Leaves<'s> {
    pub fn of(schema: &'s SchemaDescriptor) -> Self {
        let mut paths = Vec::new();
        for field in schema.root_schema().get_fields() {
            walk(field, &[], &mut paths);
        }
        Self { schema, paths }
    }

    /// The columns of texts.
    pub fn texts(&self, fields: &Fields) -> Result<Vec<TextColumn>, ParquetError> {
        let mut columns: Vec<TextColumn> = Vec::new();
        for path in &fields.texts {
            let column = self.text(path)?;
            // Two paths may lead to one column.
            if columns.iter().all(|other| other.leaf != column.leaf) {
                columns.push(column);
            }
        }
        Ok(columns)
    }

    /// The columns of what is known of the texts.
    pub fn about(&self, fields: &Fields) -> Result<AboutColumns, ParquetError> {
        let known = |path: Option<&FieldPath>, purpose: Purpose, convention: &[&str]| match path {
            Some(path) => match self.known(path, purpose.option()) {
                Err(ParquetError::Missing { .. }) if fields.absent == Absent::Tell => Ok(Vec::new()),
                leaf => leaf.map(|leaf| vec![leaf]),
            },
            None => Ok(convention.iter().filter_map(|name| self.by_convention(name)).collect()),
        };
        Ok(AboutColumns {
            url: known(fields.url.as_ref(), Purpose::Url, &fields::URL)?,
            title: known(fields.title.as_ref(), Purpose::Title, &fields::TITLE)?,
            id: known(fields.id.as_ref(), Purpose::Id, &fields::ID)?,
            lang: known(fields.lang.as_ref(), Purpose::Lang, &fields::LANG)?,
        })
    }

    /// The columns of values under the fields of the schema that are to be dropped.
    pub fn dropped(&self, fields: &Fields) -> Result<Vec<usize>, ParquetError> {
        let mut dropped = Vec::new();
        for path in &fields.dropped {
            match self.under(path) {
                Err(ParquetError::Missing { .. }) if fields.absent == Absent::Tell => {}
                leaves => dropped.extend(leaves?),
            }
        }
        Ok(dropped)
    }

    /// The named fields that are there.
    pub fn found<'f>(&self, fields: &'f Fields) -> Vec<&'f FieldPath> {
        let is_there = |(purpose, path): &(Purpose, &FieldPath)| match purpose {
            Purpose::Dropped => self.under(path).is_ok(),
            _ => self.find(path, purpose.option()).is_ok(),
        };
        fields.named().filter(is_there).map(|(_, path)| path).collect()
    }

    /// The paths to the columns.
    pub fn names(&self) -> Vec<String> {
        self.paths.iter().map(|path| written(path)).collect()
    }

    fn under(&self, path: &FieldPath) -> Result<Vec<usize>, ParquetError> {
        let leads_to = |leaf: &Vec<Step>| {
            leaf.first() == Some(&Step::Key(path.as_str().to_owned())) || leaf.starts_with(path.steps())
        };
        let leaves: Vec<usize> = (0..self.paths.len()).filter(|leaf| leads_to(&self.paths[*leaf])).collect();
        if leaves.is_empty() { Err(self.missing(path, Purpose::Dropped.option())) } else { Ok(leaves) }
    }

    fn text(&self, path: &FieldPath) -> Result<TextColumn, ParquetError> {
        let (leaf, shape) = self.find(path, TEXT)?;
        let column = self.schema.column(leaf);
        let name = path.as_str().to_owned();
        if column.max_rep_level() > 1 {
            return Err(ParquetError::TooDeep { name });
        }
        if !holds_text(self.schema, leaf) {
            return Err(ParquetError::NotText { name, what: what_it_holds(self.schema, leaf), option: TEXT });
        }
        Ok(TextColumn { leaf, name, shape })
    }

    fn known(&self, path: &FieldPath, option: &'static str) -> Result<usize, ParquetError> {
        let (leaf, shape) = self.find(path, option)?;
        if shape == Shape::One && tells(self.schema, leaf) {
            return Ok(leaf);
        }
        let name = path.as_str().to_owned();
        Err(ParquetError::NotText { name, what: what_it_holds(self.schema, leaf), option })
    }

    fn by_convention(&self, name: &str) -> Option<usize> {
        let leaf = self.paths.iter().position(|path| *path == [Step::Key(name.to_owned())])?;
        tells(self.schema, leaf).then_some(leaf)
    }

    /// Where a path leads that was named with `option`.
    fn find(&self, path: &FieldPath, option: &'static str) -> Result<(usize, Shape), ParquetError> {
        if path.steps().iter().any(|step| matches!(step, Step::Index(_))) {
            return Err(ParquetError::Index { path: path.as_str().to_owned() });
        }
        let whole = [Step::Key(path.as_str().to_owned())];
        let wanted = |leaf: usize, steps: &[Step]| {
            let own = &self.paths[leaf];
            if own == steps {
                let in_list = steps.contains(&Step::Every);
                return Some(if in_list { Shape::Each } else { Shape::One });
            }
            (own.split_last() == Some((&Step::Every, steps))).then_some(Shape::Paragraphs)
        };
        let found = |steps: &[Step]| {
            (0..self.paths.len()).find_map(|leaf| wanted(leaf, steps).map(|shape| (leaf, shape)))
        };
        found(&whole)
            .or_else(|| found(path.steps()))
            .or_else(|| self.by_own_path(path.as_str()))
            .ok_or_else(|| self.missing(path, option))
    }

    /// By the path that the schema has for it, with the groups that lists are made of.
    fn by_own_path(&self, path: &str) -> Option<(usize, Shape)> {
        let leaf = self.schema.columns().iter().position(|column| column.path().string() == path)?;
        let steps = &self.paths[leaf];
        Some((leaf, if steps.last() == Some(&Step::Every) { Shape::Paragraphs } else { Shape::Each }))
    }

    fn missing(&self, path: &FieldPath, option: &'static str) -> ParquetError {
        let names = self.names();
        let all = || names.iter().map(String::as_str);
        let remedy = match nearest(path.as_str(), all()) {
            Some(near) => did_you_mean(near),
            None => format!("there are {}; name it with {option}", listed(all())),
        };
        ParquetError::Missing { path: path.as_str().to_owned(), remedy }
    }
}

/// Adds the paths of the columns under a field.
fn walk(field: &Type, above: &[Step], paths: &mut Vec<Vec<Step>>) {
    let mut path = above.to_vec();
    path.push(Step::Key(field.name().to_owned()));
    if is_repeated(field) {
        path.push(Step::Every);
    }
    inside(field, path, paths);
}

/// The same for what a field holds, once its name is in the path.
fn inside(field: &Type, mut path: Vec<Step>, paths: &mut Vec<Vec<Step>>) {
    if field.is_primitive() {
        paths.push(path);
    } else if let Some(element) = element(field) {
        path.push(Step::Every);
        inside(element, path, paths);
    } else {
        for inner in field.get_fields() {
            walk(inner, &path, paths);
        }
    }
}

/// What a list holds. A list is a group around a repeated field; mostly that is a group again around the
/// element, and in files of old writers the element itself.
fn element(field: &Type) -> Option<&Type> {
    let info = field.get_basic_info();
    let is_list =
        info.logical_type_ref() == Some(&LogicalType::List) || info.converted_type() == ConvertedType::LIST;
    let [repeated] = field.get_fields() else { return None };
    if !is_list || !is_repeated(repeated) {
        return None;
    }
    let is_element = repeated.is_primitive()
        || repeated.get_fields().len() != 1
        || repeated.name() == "array"
        || repeated.name() == format!("{}_tuple", field.name());
    Some(if is_element { repeated } else { &repeated.get_fields()[0] })
}

fn is_repeated(field: &Type) -> bool {
    let info = field.get_basic_info();
    info.has_repetition() && info.repetition() == Repetition::REPEATED
}

/// Strings, and bytes that nothing is said of.
fn holds_text(schema: &SchemaDescriptor, leaf: usize) -> bool {
    let column = schema.column(leaf);
    let is_string = column.logical_type_ref() == Some(&LogicalType::String)
        || matches!(column.converted_type(), ConvertedType::UTF8)
        || (column.logical_type_ref().is_none() && column.converted_type() == ConvertedType::NONE);
    column.physical_type() == Physical::BYTE_ARRAY && is_string
}

/// What can tell of a text: single strings, and whole numbers for the id.
fn tells(schema: &SchemaDescriptor, leaf: usize) -> bool {
    let column = schema.column(leaf);
    let is_number = matches!(column.physical_type(), Physical::INT32 | Physical::INT64)
        && (matches!(column.logical_type_ref(), None | Some(LogicalType::Integer { .. })));
    column.max_rep_level() == 0 && (holds_text(schema, leaf) || is_number)
}

fn what_it_holds(schema: &SchemaDescriptor, leaf: usize) -> String {
    let column = schema.column(leaf);
    let list = if column.max_rep_level() > 0 { "lists of " } else { "" };
    match column.logical_type_ref() {
        Some(logical) => format!("{list}{logical:?}"),
        None => format!("{list}{}", column.physical_type()),
    }
}

fn written(path: &[Step]) -> String {
    let mut written = String::new();
    for (i, step) in path.iter().enumerate() {
        match step {
            Step::Key(key) if i == 0 => written.push_str(key),
            Step::Key(key) => written.extend([".", key]),
            // A list of strings is named without brackets: its strings are paragraphs.
            Step::Every | Step::Index(_) if i + 1 == path.len() => {}
            Step::Every | Step::Index(_) => written.push_str("[]"),
        }
    }
    written
}
