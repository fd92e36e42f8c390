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
    /// Line, from 1; 0 where the whole file is meant.
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
        match line {
            0 => write!(f, "{file}: {message}"),
            _ => write!(f, "{file}:{line}:{column}: {message}"),
        }
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
        let starts = self.line_starts();
        let located = |problem: Problem| {
            let offset = root
                .as_ref()
                .map_or(0, |root| offset(root, &problem.pointer));
            self.at(&starts, offset, problem.message)
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
        let starts = self.line_starts();
        if let Some(root) = tree.ok().and_then(|t| t.value) {
            repeated(&root, &mut |offset, name| {
                let message = format!("{name:?} stands twice in this object; only the last counts");
                found.push(self.at(&starts, offset, message));
            });
        }
        found
    }

    /// Where each line begins, so that a thousand places cost one look at the text.
    fn line_starts(self) -> Vec<usize> {
        let breaks = self.text.match_indices('\n').map(|(at, _)| at + 1);
        std::iter::once(0).chain(breaks).collect()
    }

    fn at(self, starts: &[usize], offset: usize, message: String) -> Located {
        let offset = self.text.floor_char_boundary(offset);
        let line = starts.partition_point(|start| *start <= offset);
        let start = starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        Located {
            file: self.file.into(),
            line,
            column: self.text[start..offset].chars().count() + 1,
            message,
        }
    }
}

/// Bytes as text, without the byte order mark with which some editors begin files; or where the first
/// byte stands that is none.
pub fn utf8<'t>(file: &str, bytes: &'t [u8]) -> Result<&'t str, Located> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let (good, rest) = bytes.split_at(error.valid_up_to());
            let good = String::from_utf8_lossy(good);
            let (line, column) = line_and_column(&good, good.len());
            let byte = rest.first().copied().unwrap_or_default();
            Err(Located {
                file: file.into(),
                line,
                column,
                message: format!("the byte {byte:#04x} is no UTF-8: save the text as UTF-8"),
            })
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
