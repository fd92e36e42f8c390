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
//! What does not exist becomes nothing. Braces around anything else are text as they stand, because
//! recorded answers hold the templates of other programs; a name that is nearly one of these is
//! refused when the script is read. `\{{lastUser}}` is the text `{{lastUser}}`: the backslash is left
//! out in front of what would be a template, and nowhere else.

use std::cell::Cell;

use serde_json::Value;

use super::node::{Node, Read};
use super::request_view::Subject;
use crate::behaviour::{Block, Reasoning, Reply};
use crate::diagnostics::suggest::is_near;
use crate::journal::is_credential;

/// Bytes that the templates of one reply may quote in all.
pub const MOST: usize = 4 * 1024 * 1024;

/// Names without a parameter.
const NAMES: &[&str] = &[
    "lastUser",
    "system",
    "toolResult",
    "model",
    "account",
    "turn",
];

/// Refuses names that are nearly a template's, and parameters that no template takes.
pub fn check(node: &Node<'_>, value: &Value) -> Read<()> {
    match value {
        Value::String(text) => match Pieces(text).find_map(|piece| piece.template().and_then(wrong)) {
            Some(name) => Err(node.wrong(format!(
                "{{{{{name}}}}} is no template; there are {}, header:NAME (not of credentials) and body:/POINTER; for the braces themselves write \\{{{{{name}}}}}",
                NAMES.join(", ")
            ))),
            None => Ok(()),
        },
        Value::Array(all) => all.iter().try_for_each(|v| check(node, v)),
        Value::Object(all) => all.values().try_for_each(|v| check(node, v)),
        _ => Ok(()),
    }
}

/// Whether a text holds a template, or braces that only look like one.
pub fn holds(value: &Value) -> bool {
    match value {
        Value::String(text) => Pieces(text).any(|piece| !matches!(piece, Piece::Text(_))),
        Value::Array(all) => all.iter().any(holds),
        Value::Object(all) => all.values().any(holds),
        _ => false,
    }
}

/// A name that is one of a template, or was meant to be.
fn is_meant(name: &str) -> bool {
    let (word, parameter) = match name.split_once(':') {
        Some((word, _)) => (word, true),
        None => (name, false),
    };
    let near = |known: &str| is_near(word, known);
    match parameter {
        true => near("header") || near("body"),
        false => NAMES.iter().any(|known| near(known)) || near("header") || near("body"),
    }
}

/// The name, if no template has it.
fn wrong(name: &str) -> Option<&str> {
    let header = name.strip_prefix("header:");
    let body = name.strip_prefix("body:");
    let known = NAMES.contains(&name)
        || header.is_some_and(|n| !n.is_empty() && !secret(n))
        || body.is_some_and(|p| p.is_empty() || p.starts_with('/'));
    (!known).then_some(name)
}

/// Fills in a reply. Says whether all of it was quoted: many quotes of a long request could make
/// gigabytes.
pub fn fill(reply: &mut Reply, subject: &Subject<'_>) -> bool {
    let subject = &Filler {
        subject,
        left: Cell::new(Some(MOST)),
    };
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
            Block::Passthrough { value, .. } => fill_value(value, subject),
            _ => {}
        }
    }
    for (at, pieces) in &mut reply.pieces {
        // Pieces of a tool's arguments are JSON text, in which a quote must not end a string.
        let json = matches!(reply.blocks.get(*at), Some(Block::ToolUse(_)));
        for piece in pieces {
            *piece = match json {
                true => subject.filled_with(piece, in_json),
                false => filled(piece, subject),
            };
        }
    }
    subject.left.get().is_some()
}

/// A request and how much of it may still be quoted.
struct Filler<'a, 's> {
    subject: &'a Subject<'s>,
    left: Cell<Option<usize>>,
}

/// A text as it stands between the quotes of a JSON string.
fn in_json(text: String) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn fill_value(value: &mut Value, subject: &Filler<'_, '_>) {
    match value {
        Value::String(text) => *text = filled(text, subject),
        Value::Array(all) => all.iter_mut().for_each(|v| fill_value(v, subject)),
        Value::Object(all) => all.values_mut().for_each(|v| fill_value(v, subject)),
        _ => {}
    }
}

fn filled(text: &str, subject: &Filler<'_, '_>) -> String {
    subject.filled_with(text, |value| value)
}

impl Filler<'_, '_> {
    /// One pass, so that what a caller wrote is never taken for a template.
    fn filled_with(&self, text: &str, form: impl Fn(String) -> String) -> String {
        let mut out = String::with_capacity(text.len());
        for piece in Pieces(text) {
            match piece {
                Piece::Text(text) | Piece::Escaped(text) => out.push_str(text),
                Piece::Template(name) => {
                    let Some(left) = self.left.get() else {
                        continue;
                    };
                    let value = form(value_of(name, self.subject));
                    let rest = left.checked_sub(value.len());
                    self.left.set(rest);
                    if rest.is_some() {
                        out.push_str(&value);
                    }
                }
            }
        }
        out
    }
}

/// The names of the templates in a text.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    Pieces(text).filter_map(Piece::template)
}

/// Whether a text opens a template and does not close it.
pub fn unclosed(text: &str) -> bool {
    let Some(open) = text.rfind("{{") else {
        return false;
    };
    let rest = &text[open + 2..];
    let end = rest.find(|c: char| c != ':' && !c.is_alphanumeric() && c != ' ');
    let name = rest[..end.unwrap_or(rest.len())].trim();
    !rest.contains("}}") && is_meant(name)
}

/// A part of a text.
#[derive(Clone, Copy)]
enum Piece<'t> {
    /// It stays.
    Text(&'t str),
    /// It stays, without the backslash that was in front of it.
    Escaped(&'t str),
    /// The name of a template, or what was meant to be one.
    Template(&'t str),
}

impl<'t> Piece<'t> {
    fn template(self) -> Option<&'t str> {
        match self {
            Piece::Template(name) => Some(name),
            _ => None,
        }
    }
}

/// Splits a text into its parts.
struct Pieces<'t>(&'t str);

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        let text = self.0;
        let mut from = 0;
        while let Some(open) = text[from..].find("{{").map(|at| from + at) {
            // Of three braces the last two open: {{{turn}} is a brace and a template.
            let open = open + text[open + 2..].bytes().take_while(|b| *b == b'{').count();
            let Some(length) = text[open + 2..].find("}}") else {
                break;
            };
            let end = open + 4 + length;
            let name = text[open + 2..open + 2 + length].trim();
            if !is_meant(name) {
                from = open + 2;
                continue;
            }
            let escaped = text[..open].ends_with('\\');
            let before = &text[..open - usize::from(escaped)];
            if !before.is_empty() {
                self.0 = &text[before.len()..];
                return Some(Piece::Text(before));
            }
            self.0 = &text[end..];
            return Some(match escaped {
                true => Piece::Escaped(&text[open..end]),
                false => Piece::Template(name),
            });
        }
        self.0 = "";
        (!text.is_empty()).then_some(Piece::Text(text))
    }
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
            .map(|result| result.text.clone().into_owned()),
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
