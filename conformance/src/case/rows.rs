//! Rows: one case, many requests.
//!
//! Each row's values are put where `${row.NAME}` stands, before anything else is read, so that a
//! row can hold any piece of a step and a complaint names the row's own place.

use crate::spanned::{Diagnostic, Kind, Members, Node, list};
use crate::template::{Part, parts};

/// One row: its name and its values.
pub(super) struct Row<'a> {
    pub(super) name: String,
    pub(super) values: Vec<(&'a str, &'a Node)>,
}

pub(super) fn read<'a>(file: &str, node: &'a Node) -> Result<Vec<Row<'a>>, Diagnostic> {
    let mut rows: Vec<Row<'a>> = Vec::new();
    let listed = list(file, "params", node)?;
    if listed.is_empty() {
        return Err(Diagnostic::at(
            file,
            node.place,
            "\"params\" needs at least one row",
        ));
    }
    for item in listed {
        let name = Members::of(file, "a row", item)?.sentence("name")?;
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
        if !name.chars().all(word) {
            return Err(Diagnostic::at(
                file,
                item.place,
                format!("a row's name is lower-case words with dashes, not {name:?}"),
            ));
        }
        if rows.iter().any(|row| row.name == name) {
            return Err(Diagnostic::at(
                file,
                item.place,
                format!("two rows are named {name:?}"),
            ));
        }
        let Kind::Object(members) = &item.kind else {
            continue;
        };
        let values: Vec<_> = members
            .iter()
            .map(|(name, _, value)| (name.as_str(), value))
            .collect();
        if let Some(first) = rows.first() {
            for (wanted, _) in &first.values {
                if !values.iter().any(|(name, _)| name == wanted) {
                    return Err(Diagnostic::at(
                        file,
                        item.place,
                        format!("row {name:?} lacks {wanted:?}, which the first row has"),
                    ));
                }
            }
        }
        rows.push(Row { name, values });
    }
    Ok(rows)
}

/// The node with the row's values in it.
pub(super) fn fill(file: &str, node: &Node, row: &Row<'_>) -> Result<Node, Diagnostic> {
    let kind = match &node.kind {
        Kind::String(text) if text.contains("${row.") => return string(file, node, text, row),
        Kind::Array(items) => Kind::Array(
            items
                .iter()
                .map(|item| fill(file, item, row))
                .collect::<Result<_, _>>()?,
        ),
        Kind::Object(members) => Kind::Object(
            members
                .iter()
                .map(|(name, place, member)| {
                    let name = if name.contains("${row.") {
                        match string(file, node, name, row)?.kind {
                            Kind::String(name) => name,
                            _ => return Err(Diagnostic::at(file, *place, "a name must be text")),
                        }
                    } else {
                        name.clone()
                    };
                    Ok((name, *place, fill(file, member, row)?))
                })
                .collect::<Result<_, _>>()?,
        ),
        other => other.clone(),
    };
    Ok(Node {
        place: node.place,
        kind,
    })
}

fn string(file: &str, node: &Node, text: &str, row: &Row<'_>) -> Result<Node, Diagnostic> {
    let fault = |message: String| Diagnostic::at(file, node.place, message);
    let value = |name: &str| {
        row.values
            .iter()
            .find(|(there, _)| *there == name)
            .map(|(_, value)| *value)
            .ok_or_else(|| fault(format!("row {:?} has no {name:?}", row.name)))
    };
    let parts = parts(text).map_err(|error| fault(error.to_string()))?;
    if let [Part::Slot { name, path: false }] = parts[..]
        && let Some(name) = name.strip_prefix("row.")
    {
        return value(name).cloned();
    }
    let mut out = String::new();
    for part in parts {
        match part {
            // The second reading must find the same escapes.
            Part::Text("${") => out.push_str("$${"),
            Part::Text(text) => out.push_str(text),
            Part::Slot { name, path } => match name.strip_prefix("row.") {
                Some(name) => {
                    let text = match &value(name)?.kind {
                        Kind::String(text) => text.clone(),
                        _ => value(name)?.value().to_string(),
                    };
                    out.push_str(&if path {
                        crate::percent::encode(&text)
                    } else {
                        text
                    });
                }
                None => {
                    out.push_str("${");
                    out.push_str(name);
                    out.push_str(if path { "|path}" } else { "}" });
                }
            },
        }
    }
    Ok(Node {
        place: node.place,
        kind: Kind::String(out),
    })
}
