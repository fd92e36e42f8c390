//! JSON pointer → line and column of the text that it points into.

use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::node::Problem;

/// A problem in a file, ready to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// File, or what stands in place of one.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, what was expected and how to fix it.
    pub message: String,
}

impl std::fmt::Display for Located {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            file,
            line,
            column,
            message,
        } = self;
        write!(f, "{file}:{line}:{column}: {message}")
    }
}

/// A text whose places are told.
#[derive(Debug, Clone, Copy)]
pub struct Places<'t> {
    file: &'t str,
    text: &'t str,
}

impl<'t> Places<'t> {
    /// The text of a file, or of what stands in place of one.
    pub fn new(file: &'t str, text: &'t str) -> Self {
        Self { file, text }
    }

    /// The text as JSON.
    pub fn parse(self) -> Result<serde_json::Value, Located> {
        serde_json::from_str(self.text).map_err(|e| {
            let (line, column) = inside(self.text, e.line(), e.column());
            Located {
                file: self.file.into(),
                line,
                column,
                message: format!("this is no JSON: {}", without_place(&e.to_string())),
            }
        })
    }

    /// Finds where problems stand. A pointer that leads nowhere gets the last place on its way.
    pub fn locate_all(self, problems: Vec<Problem>) -> Vec<Located> {
        let tree = parse_to_ast(
            self.text,
            &CollectOptions::default(),
            &ParseOptions::default(),
        );
        let root = tree.ok().and_then(|t| t.value);
        let located = |problem: Problem| {
            let offset = root
                .as_ref()
                .map_or(0, |root| offset(root, &problem.pointer));
            self.at(offset, problem.message)
        };
        problems.into_iter().map(located).collect()
    }

    /// Every member whose name its object has twice: only the last one counts.
    pub fn repeated_members(self) -> Vec<Located> {
        let tree = parse_to_ast(
            self.text,
            &CollectOptions::default(),
            &ParseOptions::default(),
        );
        let mut found = Vec::new();
        if let Some(root) = tree.ok().and_then(|t| t.value) {
            repeated(&root, &mut |offset, name| {
                let message = format!("{name:?} stands twice in this object; only the last counts");
                found.push(self.at(offset, message));
            });
        }
        found
    }

    fn at(self, offset: usize, message: String) -> Located {
        let (line, column) = line_and_column(self.text, offset);
        Located {
            file: self.file.into(),
            line,
            column,
            message,
        }
    }
}

fn offset(root: &Value<'_>, pointer: &str) -> usize {
    let mut at = root;
    let mut offset = root.range().start;
    for part in pointer.split('/').skip(1) {
        let name = part.replace("~1", "/").replace("~0", "~");
        let next = match at {
            // The last one of a name is the one that counts.
            Value::Object(object) => object
                .properties
                .iter()
                .rev()
                .find(|p| named(&p.name) == name)
                .map(|p| (p.range.start, &p.value)),
            Value::Array(array) => name
                .parse::<usize>()
                .ok()
                .and_then(|i| array.elements.get(i))
                .map(|e| (e.range().start, e)),
            _ => None,
        };
        let Some((start, value)) = next else { break };
        (offset, at) = (start, value);
    }
    offset
}

fn repeated(value: &Value<'_>, tell: &mut impl FnMut(usize, &str)) {
    match value {
        Value::Object(object) => {
            let mut names = std::collections::HashSet::new();
            for property in &object.properties {
                let name = named(&property.name);
                if !names.insert(name) {
                    tell(property.range.start, name);
                }
                repeated(&property.value, tell);
            }
        }
        Value::Array(array) => array.elements.iter().for_each(|e| repeated(e, tell)),
        _ => {}
    }
}

fn named<'a>(name: &'a ObjectPropName<'_>) -> &'a str {
    match name {
        ObjectPropName::String(text) => &text.value,
        ObjectPropName::Word(word) => word.value,
    }
}

fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(offset)];
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (line, before[start..].chars().count() + 1)
}

/// serde_json counts bytes, and columns of an end from 0; people count characters from 1.
fn inside(text: &str, line: usize, column: usize) -> (usize, usize) {
    let mut lines = text.split_inclusive('\n');
    let Some(here) = lines.nth(line.saturating_sub(1)) else {
        return line_and_column(text, text.len());
    };
    let before = &here[..here.floor_char_boundary(column.saturating_sub(1))];
    (line.max(1), before.chars().count() + 1)
}

/// serde_json ends its messages with the place, which is told apart here.
fn without_place(message: &str) -> &str {
    message.split(" at line ").next().unwrap_or(message)
}
