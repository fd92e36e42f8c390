//! Members of an operation's input that the model does not have: mostly typing errors, which a service
//! that ignores them would never show. A case that means one lists it in `unknown`.

use serde_json::Value;

use crate::model::Service;
use crate::reference_data::ReferenceData;
use crate::spanned::{Diagnostic, Kind, Node, Place};
use crate::suggest::did_you_mean;

/// Returns the unknown members of an input, each with its place; `meant` lists the intended ones.
pub(super) fn find(
    reference: &ReferenceData,
    file: &str,
    operation: &str,
    input: Option<&Node>,
    meant: &[(&str, Place)],
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if let (Some((service, operation)), Some(input)) =
        (reference.models.operation(operation), input)
        && let Some(shape) = operation.input.as_deref()
    {
        walk(service, shape, input, "", &mut found);
    }
    let is_meant = |path: &str| meant.iter().any(|(meant, _)| *meant == path);
    let unused = meant
        .iter()
        .filter(|(meant, _)| !found.iter().any(|(path, ..)| path == meant));
    let unused: Vec<Diagnostic> = unused
        .map(|(meant, place)| {
            let what = format!("warning: \"unknown\" lists {meant}, which is not unknown");
            Diagnostic::at(file, *place, what)
        })
        .collect();
    let unknown = found.iter().filter(|(path, ..)| !is_meant(path));
    unknown
        .map(|(path, place, shape, hint)| {
            let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
            let what = format!(
                "warning: {above} has {name}, which {shape} does not{hint}; say \"unknown\": [\"{path}\"] if \
                 that is meant"
            );
            Diagnostic::at(file, *place, what)
        })
        .chain(unused)
        .collect()
}

/// Pointer, place, the shape that lacks it, and the nearest member that it has.
type Found<'a> = Vec<(String, Place, &'a str, String)>;

fn walk<'a>(service: &'a Service, name: &'a str, node: &Node, path: &str, found: &mut Found<'a>) {
    let shape = service.shape(name);
    let of = |member: &'a Value| member["shape"].as_str().unwrap_or_default();
    match (&node.kind, shape["type"].as_str()) {
        (Kind::Object(members), _) if members.iter().any(|(name, ..)| name.starts_with('$')) => {
            // `$repeat` holds what a list, or a text, is made of.
            for (word, _, value) in members {
                if let (true, Kind::Array(items)) = (word == "$repeat", &value.kind)
                    && let Some(item) = items.first()
                {
                    walk(service, of(&shape["member"]), item, path, found);
                }
            }
        }
        (Kind::Object(members), Some("structure")) if shape["document"] != true => {
            for (member, place, value) in members {
                let path = format!("{path}/{member}");
                let known = &shape["members"][member];
                // What a slot names is known when it runs.
                if known.is_null() && !member.contains("${") {
                    let known = shape["members"].as_object().into_iter().flatten();
                    let hint = did_you_mean(member, known.map(|(name, _)| name.as_str()));
                    found.push((path, *place, name, hint));
                } else {
                    walk(service, of(known), value, &path, found);
                }
            }
        }
        (Kind::Object(members), Some("map")) => {
            for (member, _, value) in members {
                let path = format!("{path}/{member}");
                walk(service, of(&shape["value"]), value, &path, found);
            }
        }
        (Kind::Array(items), Some("list")) => {
            for (index, item) in items.iter().enumerate() {
                let path = format!("{path}/{index}");
                walk(service, of(&shape["member"]), item, &path, found);
            }
        }
        _ => {}
    }
}
