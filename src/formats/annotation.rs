//! Findings as they are written beside a text that others clean.

use serde::Serialize;

use super::Found;
use crate::report::Place;

#[derive(Serialize)]
struct Annotation<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(flatten)]
    place: Place,
    rule: &'a str,
    kind: &'a str,
}

/// The findings of a record as a JSON array; each says its field when `fields`, those that are read, are
/// several.
pub(super) fn annotations(texts: &[Found<'_>], fields: usize) -> String {
    let annotations: Vec<Annotation<'_>> = texts
        .iter()
        .flat_map(|found| {
            let places = Place::of_spans(found.text.text(), found.edits.iter().map(|edit| edit.span));
            found.edits.iter().zip(places).map(move |(edit, place)| Annotation {
                field: (fields > 1).then_some(found.field),
                place,
                rule: &edit.rule.id,
                kind: edit.rule.kind.name(),
            })
        })
        .collect();
    serde_json::to_string(&annotations).unwrap_or_else(|error| unreachable!("strings and numbers: {error}"))
}
