//! What a reply holds, by the shapes of the service model: its blobs, its words, its members.

use base64::Engine as _;

use super::node::{Node, Problem, shown};
use crate::diagnostics::suggest::nearest;
use crate::model::{Kind, Model, ShapeId};

/// Members of a Converse answer, by the shape that each has.
pub(super) fn shape_of(runtime: &Model, member: &str) -> Option<ShapeId> {
    let output = runtime.operation("Converse")?.output?;
    let mut members = runtime.members(output).iter();
    members.find(|m| &*m.name == member).map(|m| m.shape)
}

/// Shows every value of a document that is no structure, list or map to `see`, with its kind.
pub(super) fn each<'n>(
    runtime: &Model,
    shape: ShapeId,
    node: &Node<'n>,
    see: &mut impl FnMut(&Node<'n>, &Kind),
) {
    match &runtime.shape(shape).kind {
        Kind::Structure { members, .. } => {
            for member in members {
                if let Some(inner) = node.at(&member.name) {
                    each(runtime, member.shape, &inner, see);
                }
            }
        }
        Kind::List { member, .. } => {
            for entry in node.list("").unwrap_or_default() {
                each(runtime, *member, &entry, see);
            }
        }
        Kind::Map { value, .. } => {
            for name in node.value.as_object().into_iter().flat_map(|o| o.keys()) {
                if let Some(inner) = node.at(name) {
                    each(runtime, *value, &inner, see);
                }
            }
        }
        scalar => see(node, scalar),
    }
}

/// Every blob that is no base64.
pub(super) fn blobs(runtime: &Model, shape: ShapeId, node: &Node<'_>) -> Vec<Problem> {
    let mut found = Vec::new();
    each(runtime, shape, node, &mut |node, kind| {
        let (Kind::Blob { .. }, Some(text)) = (kind, node.value.as_str()) else {
            return;
        };
        if let Err(why) = base64::engine::general_purpose::STANDARD.decode(text) {
            found.push(node.wrong(format!(
                "{} is no base64 ({why}): bytes are written as base64, with = at the end",
                shown(node.value)
            )));
        }
    });
    found
}

/// Every word that its shape does not list.
pub(super) fn words(runtime: &Model, shape: ShapeId, node: &Node<'_>) -> Vec<Problem> {
    let mut found = Vec::new();
    each(runtime, shape, node, &mut |node, kind| {
        if let (Kind::String { values, .. }, Some(word)) = (kind, node.value.as_str())
            && !values.is_empty()
            && !values.iter().any(|v| **v == *word)
        {
            found.push(node.wrong(format!(
                "the service model has no {word:?} here; there are {}",
                values.join(", ")
            )));
        }
    });
    found
}

/// What a member that a shape does not have may have been meant for.
pub(super) fn meant(runtime: &Model, shape: &str, member: &str) -> Option<String> {
    let members = runtime.members(runtime.shape_id(shape)?);
    let names: Vec<&str> = members.iter().map(|m| &*m.name).collect();
    let near = nearest(member, &names);
    let near = near.map_or_else(|| ".".into(), |near| format!("; did you mean {near:?}?"));
    Some(format!("{near} It has: {}", names.join(", ")))
}
