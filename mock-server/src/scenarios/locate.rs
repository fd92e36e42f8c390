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

/// Finds where a problem stands. A pointer that leads nowhere gets the last place on its way.
pub fn locate(file: &str, text: &str, problem: Problem) -> Located {
    let tree = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
    let root = tree.ok().and_then(|t| t.value);
    let offset = root.map_or(0, |root| offset(&root, &problem.pointer));
    let (line, column) = line_and_column(text, offset);
    Located {
        file: file.into(),
        line,
        column,
        message: problem.message,
    }
}

fn offset(root: &Value<'_>, pointer: &str) -> usize {
    let mut at = root;
    let mut offset = root.range().start;
    for part in pointer.split('/').skip(1) {
        let name = part.replace("~1", "/").replace("~0", "~");
        let next = match at {
            Value::Object(object) => object
                .properties
                .iter()
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
