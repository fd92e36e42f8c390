//! `{{…}}` in the texts of a scripted reply: quotes of the request.
//!
//! | written | becomes |
//! |---|---|
//! | `{{lastUser}}` | all text of the last user turn |
//! | `{{system}}` | the system prompts |
//! | `{{toolResult}}` | the first tool result of the last user turn |
//! | `{{model}}` | `modelId` as the caller wrote it |
//! | `{{account}}` | the caller's account |
//! | `{{turn}}` | the turn's number, from 1 |
//! | `{{header:NAME}}` | a header of the request, unless it holds credentials |
//! | `{{body:/json/pointer}}` | a value of the body; texts without their quotes |
//!
//! What does not exist becomes nothing; any other name is refused when the script is read.

use serde_json::Value;

use super::node::{Node, Read};
use super::subject::Subject;
use crate::behaviour::{Block, Reasoning, Reply};
use crate::journal::is_credential;

/// Bytes of a filled text behind which nothing more is quoted.
const MOST: usize = 64 * 1024 * 1024;

/// Names without a parameter.
const NAMES: &[&str] = &[
    "lastUser",
    "system",
    "toolResult",
    "model",
    "account",
    "turn",
];

/// Refuses names that no template has.
pub fn check(node: &Node<'_>, value: &Value) -> Read<()> {
    match value {
        Value::String(text) => {
            for name in names(text) {
                let known = NAMES.contains(&name)
                    || name
                        .strip_prefix("header:")
                        .is_some_and(|n| !n.is_empty() && !secret(n))
                    || name
                        .strip_prefix("body:")
                        .is_some_and(|p| p.is_empty() || p.starts_with('/'));
                if !known {
                    return Err(node.wrong(format!(
                        "{{{{{name}}}}} is no template; there are {}, header:NAME (not of credentials) and body:/POINTER",
                        NAMES.join(", ")
                    )));
                }
            }
            Ok(())
        }
        Value::Array(all) => all.iter().try_for_each(|v| check(node, v)),
        Value::Object(all) => all.values().try_for_each(|v| check(node, v)),
        _ => Ok(()),
    }
}

/// Whether a text holds a template.
pub fn holds(value: &Value) -> bool {
    match value {
        Value::String(text) => names(text).next().is_some(),
        Value::Array(all) => all.iter().any(holds),
        Value::Object(all) => all.values().any(holds),
        _ => false,
    }
}

/// Fills in a reply.
pub fn fill(reply: &mut Reply, subject: &Subject<'_>) {
    for block in &mut reply.blocks {
        match block {
            Block::Text(text) | Block::Reasoning(Reasoning::Text { text, .. }) => {
                *text = filled(text, subject);
            }
            Block::Cited(cited) => {
                if let Some(text) = &mut cited.text {
                    *text = filled(text, subject);
                }
            }
            Block::ToolUse(tool) => fill_value(&mut tool.input, subject),
            Block::ServerResult(result) => {
                for content in &mut result.content {
                    fill_value(content, subject);
                }
            }
            Block::Given { value, .. } => fill_value(value, subject),
            _ => {}
        }
    }
    for (at, pieces) in &mut reply.pieces {
        // Pieces of a tool's arguments are JSON text, in which a quote must not end a string.
        let json = matches!(reply.blocks.get(*at), Some(Block::ToolUse(_)));
        for piece in pieces {
            *piece = match json {
                true => filled_with(piece, |name| in_json(&value_of(name, subject))),
                false => filled(piece, subject),
            };
        }
    }
}

/// A text as it stands between the quotes of a JSON string.
fn in_json(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn fill_value(value: &mut Value, subject: &Subject<'_>) {
    match value {
        Value::String(text) => *text = filled(text, subject),
        Value::Array(all) => all.iter_mut().for_each(|v| fill_value(v, subject)),
        Value::Object(all) => all.values_mut().for_each(|v| fill_value(v, subject)),
        _ => {}
    }
}

fn filled(text: &str, subject: &Subject<'_>) -> String {
    filled_with(text, |name| value_of(name, subject))
}

/// One pass, so that what a caller wrote is never taken for a template. A text that many quotes of a
/// long request would make longer than [`MOST`] ends there.
fn filled_with(text: &str, value: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, name, after)) = next(rest) {
        out.push_str(before);
        if out.len() < MOST {
            out.push_str(&value(name));
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The names of the templates in a text.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, name, after) = next(rest)?;
        rest = after;
        Some(name)
    })
}

/// Whether a text opens a template and does not close it.
pub fn unclosed(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, _, after)) = next(rest) {
        rest = after;
    }
    rest.contains("{{")
}

/// The text before the first template, the template's name, and the text behind it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let open = text.find("{{")?;
    let length = text[open + 2..].find("}}")?;
    let name = &text[open + 2..open + 2 + length];
    Some((&text[..open], name.trim(), &text[open + 4 + length..]))
}

/// Headers that hold credentials are never quoted: answers are kept in the journal.
fn secret(name: &str) -> bool {
    is_credential(&name.to_ascii_lowercase())
}

fn value_of(name: &str, subject: &Subject<'_>) -> String {
    let found = match name {
        "lastUser" => subject.last_user().map(Into::into),
        "system" => subject.system().map(Into::into),
        "toolResult" => subject
            .tool_results()
            .first()
            .map(|result| result.text.to_owned()),
        "model" => subject.model_sent.map(Into::into),
        "account" => Some(subject.account.into()),
        "turn" => subject.turn().map(|t| t.to_string()),
        _ => match name.split_once(':') {
            Some(("header", name)) if !secret(name) => {
                let value = subject.headers.get(name).and_then(|v| v.to_str().ok());
                value.map(Into::into)
            }
            Some(("body", pointer)) => subject.body.pointer(pointer).map(|v| match v {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            }),
            _ => None,
        },
    };
    found.unwrap_or_default()
}
