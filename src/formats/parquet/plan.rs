//! What becomes of a file's columns and of its metadata.

use std::sync::Arc;

use ::parquet::basic::{LogicalType, Repetition, Type as Physical};
use ::parquet::file::metadata::{KeyValue, ParquetMetaData, SortingColumn};
use ::parquet::schema::types::{SchemaDescPtr, SchemaDescriptor, Type, TypePtr};

use super::ParquetError;
use super::columns::Leaves;
use crate::formats::fields::Fields;

/// Where Arrow keeps the schema that a table had in memory. It goes by the position of columns.
const ARROW_SCHEMA: &str = "ARROW:schema";

/// What is written.
pub(super) struct Plan {
    pub schema: SchemaDescPtr,
    /// Where each column of it comes from.
    pub columns: Vec<Target>,
    pub metadata: Option<Vec<KeyValue>>,
    pub arrow_schema_left_out: Option<String>,
    /// The file is written even when no text changes.
    pub changes_file: bool,
}

/// Where a column of the output comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The column of the input with this number.
    Column(usize),
    /// It is added.
    Added,
}

impl Plan {
    pub fn new(file: &ParquetMetaData, leaves: &Leaves<'_>, fields: &Fields) -> Result<Self, ParquetError> {
        let file = file.file_metadata();
        let schema = file.schema_descr_ptr();
        let dropped = leaves.dropped(fields)?;
        let mut columns: Vec<Target> = (0..schema.num_columns()).map(Target::Column).collect();
        let mut plan = Self {
            schema: Arc::clone(&schema),
            columns: Vec::new(),
            metadata: file.key_value_metadata().cloned(),
            arrow_schema_left_out: None,
            changes_file: fields.outcome.added().is_some() || !dropped.is_empty(),
        };
        if plan.changes_file {
            columns.retain(|column| !matches!(column, Target::Column(leaf) if dropped.contains(leaf)));
            let mut next = 0;
            let mut roots: Vec<TypePtr> = Vec::new();
            for field in schema.root_schema().get_fields() {
                roots.extend(without(field, &dropped, &mut next)?);
            }
            if let Some(name) = fields.outcome.added() {
                if roots.iter().any(|field| field.name() == name) {
                    return Err(ParquetError::Exists(name.to_owned()));
                }
                roots.push(Arc::new(added(name)?));
                columns.push(Target::Added);
            }
            let root = Type::group_type_builder(schema.root_schema().name()).with_fields(roots).build()?;
            plan.schema = Arc::new(SchemaDescriptor::new(Arc::new(root)));
            plan.leave_out_arrow_schema();
        }
        plan.columns = columns;
        Ok(plan)
    }

    /// See [`super::Parquet::with_arrow_schema`].
    pub fn put_back_arrow_schema(&mut self, schema: Option<String>) {
        if let Some(schema) = schema {
            let entry = KeyValue::new(ARROW_SCHEMA.to_owned(), schema);
            self.metadata.get_or_insert_default().push(entry);
            self.changes_file = true;
        }
    }

    /// As much of a row group's sort order as still holds when `changed` columns may be in any order.
    pub fn sort_order(
        &self,
        order: Option<&Vec<SortingColumn>>,
        changed: impl Fn(usize) -> bool,
    ) -> Option<Vec<SortingColumn>> {
        let stays = |column: &SortingColumn| {
            let leaf = usize::try_from(column.column_idx).ok().filter(|leaf| !changed(*leaf))?;
            let at = self.columns.iter().position(|target| *target == Target::Column(leaf))?;
            Some(SortingColumn { column_idx: i32::try_from(at).ok()?, ..*column })
        };
        let order: Vec<SortingColumn> = order?.iter().map_while(stays).collect();
        (!order.is_empty()).then_some(order)
    }

    fn leave_out_arrow_schema(&mut self) {
        let Some(metadata) = &mut self.metadata else { return };
        let Some(at) = metadata.iter().position(|entry| entry.key == ARROW_SCHEMA) else { return };
        self.arrow_schema_left_out = metadata.remove(at).value;
        if metadata.is_empty() {
            self.metadata = None;
        }
    }
}

/// A field of the schema without the columns of values that are dropped; none when all of it is. `next` is the
/// number of its first column.
fn without(field: &TypePtr, dropped: &[usize], next: &mut usize) -> Result<Option<TypePtr>, ParquetError> {
    if field.is_primitive() {
        let leaf = *next;
        *next += 1;
        return Ok((!dropped.contains(&leaf)).then(|| Arc::clone(field)));
    }
    let mut inner = Vec::new();
    for field in field.get_fields() {
        inner.extend(without(field, dropped, next)?);
    }
    if inner.len() == field.get_fields().len() {
        // Nothing went, or what went did so deeper down and the field is built again all the same.
        if inner.iter().zip(field.get_fields()).all(|(new, old)| Arc::ptr_eq(new, old)) {
            return Ok(Some(Arc::clone(field)));
        }
    }
    if inner.is_empty() {
        return Ok(None);
    }
    let info = field.get_basic_info();
    let group = Type::group_type_builder(field.name())
        .with_repetition(info.repetition())
        .with_converted_type(info.converted_type())
        .with_logical_type(info.logical_type_ref().cloned())
        .with_id(info.has_id().then(|| info.id()))
        .with_fields(inner)
        .build()?;
    Ok(Some(Arc::new(group)))
}

fn added(name: &str) -> Result<Type, ParquetError> {
    let column = Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(Some(LogicalType::String));
    Ok(column.build()?)
}
