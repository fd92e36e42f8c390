//! Text to [`Node`]: JSON as RFC 8259 has it, and no name twice in one object.
//!
//! `serde_json` decides what is JSON and reads the values; `jsonc-parser` knows where each of them is.

use std::collections::HashSet;

use jsonc_parser::ast::{ObjectPropName, Value as Spanned};
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::Value;

use super::{Diagnostic, Kind, Node, Place};

/// Reads one JSON value that fills the whole text.
///
/// # Errors
/// Says where the text is not JSON, or where a name comes twice.
pub fn parse(file: &str, text: &str) -> Result<Node, Diagnostic> {
    let places = Places::of(text);
    // Strict, and no deeper than 128: what it accepts, the other reader accepts too.
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let place = places.of_error(&error);
        let said = error.to_string();
        let said = said.split(" at line ").next().unwrap_or(&said);
        Diagnostic::at(file, place, format!("not JSON: {said}"))
    })?;
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
    let spanned = parsed.ok().and_then(|parsed| parsed.value);
    let spanned = spanned.ok_or_else(|| Diagnostic::whole(file, "not JSON"))?;
    Reader { file, places }.node(&spanned, value)
}

struct Reader<'a> {
    file: &'a str,
    places: Places<'a>,
}

impl Reader<'_> {
    /// Puts places and values together; both readers keep the order of the text.
    fn node(&self, spanned: &Spanned<'_>, value: Value) -> Result<Node, Diagnostic> {
        let kind = match (value, spanned) {
            (Value::Null, _) => Kind::Null,
            (Value::Bool(value), _) => Kind::Bool(value),
            (Value::Number(value), _) => Kind::Number(value),
            (Value::String(value), _) => Kind::String(value),
            (Value::Array(values), Spanned::Array(array)) => {
                let items = array.elements.iter().zip(values);
                let nodes = items.map(|(spanned, value)| self.node(spanned, value));
                Kind::Array(nodes.collect::<Result<_, _>>()?)
            }
            (Value::Object(values), Spanned::Object(object)) => {
                let mut names = HashSet::new();
                for property in &object.properties {
                    let name = match &property.name {
                        ObjectPropName::String(text) => &*text.value,
                        ObjectPropName::Word(word) => word.value,
                    };
                    if !names.insert(name) {
                        return Err(Diagnostic::at(
                            self.file,
                            self.places.at(property.range.start),
                            format!("{name:?} is here twice; keep one"),
                        ));
                    }
                }
                let members = object.properties.iter().zip(values);
                let members = members.map(|(property, (name, value))| {
                    let place = self.places.at(property.range.start);
                    Ok((name, place, self.node(&property.value, value)?))
                });
                Kind::Object(members.collect::<Result<_, Diagnostic>>()?)
            }
            (Value::Array(_) | Value::Object(_), _) => {
                return Err(Diagnostic::whole(self.file, "not JSON"));
            }
        };
        let place = self.places.at(spanned.range().start);
        Ok(Node { place, kind })
    }
}

/// Offsets in a text as lines and columns.
struct Places<'a> {
    text: &'a str,
    /// The offset at which each line begins.
    lines: Vec<usize>,
}

impl<'a> Places<'a> {
    fn of(text: &'a str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(breaks).collect();
        Self { text, lines }
    }

    /// The place of a byte; columns count characters.
    fn at(&self, offset: usize) -> Place {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines.get(line.saturating_sub(1)).copied();
        let before = &self.text[start.unwrap_or_default()..offset];
        let column = before.chars().count() + 1;
        Place { line, column }
    }

    /// The place of a mistake; `serde_json` counts bytes.
    fn of_error(&self, error: &serde_json::Error) -> Place {
        let line = self.lines.get(error.line().saturating_sub(1)).copied();
        let offset = line.unwrap_or_default() + error.column().saturating_sub(1);
        self.at(offset.min(self.text.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_reads_as_serde_json_reads_it() {
        for text in [
            r#"{"a": [1, -2.5e3, "x\n\u00e9\"", true, false, null], "b": {}, "c": []}"#,
            " [ ] ",
            "\"\\\\\"",
            "0",
        ] {
            let expected: Value = serde_json::from_str(text).unwrap();
            assert_eq!(parse("f", text).unwrap().value(), expected);
        }
    }

    #[test]
    fn faults_name_line_and_column() {
        for (text, expected) in [
            ("", "f:1:1: not JSON: EOF while parsing a value"),
            (
                "{\n  \"é\": 1,\n  \"é\": 2}",
                "f:3:3: \"é\" is here twice; keep one",
            ),
            ("{\"é\" 1}", "f:1:6: not JSON: expected `:`"),
            ("[1,\n\n ?]", "f:3:2: not JSON: expected value"),
            ("[1 2]", "f:1:4: not JSON: expected `,` or `]`"),
            (
                "[\"a\n\"]",
                "f:2:1: not JSON: control character (\\u0000-\\u001F) found while parsing a string",
            ),
            ("\"a\\", "f:1:3: not JSON: EOF while parsing a string"),
            ("{} x", "f:1:4: not JSON: trailing characters"),
            ("01", "f:1:2: not JSON: invalid number"),
            ("{a: 1}", "f:1:2: not JSON: key must be a string"),
            ("[1,]", "f:1:4: not JSON: trailing comma"),
            ("// x\n1", "f:1:1: not JSON: expected value"),
        ] {
            let wrong = parse("f", text).unwrap_err().to_string();
            assert_eq!(wrong, expected, "{text}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let text = "[".repeat(100_000);
        let fault = parse("f", &text).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "f:1:128: not JSON: recursion limit exceeded"
        );
    }
}
