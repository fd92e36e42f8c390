//! A JSON value with its place.

use serde_json::{Map, Number, Value};

/// Line and column of a value's first character, both from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

/// One JSON value.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where its first character stands.
    pub place: Place,
    /// What it is.
    pub kind: Kind,
}

/// What a JSON value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(String),
    /// A list.
    Array(Vec<Node>),
    /// An object: name, place of the name, value; names are unique.
    Object(Vec<(String, Place, Node)>),
}

impl Node {
    /// The value without places.
    pub fn value(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(value) => Value::Number(value.clone()),
            Kind::String(value) => Value::String(value.clone()),
            Kind::Array(items) => Value::Array(items.iter().map(Self::value).collect()),
            Kind::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, _, node)| (name.clone(), node.value()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }

    /// What it is, in words for a message.
    pub fn described(&self) -> &'static str {
        match &self.kind {
            Kind::Null => "null",
            Kind::Bool(_) => "true or false",
            Kind::Number(_) => "a number",
            Kind::String(_) => "a string",
            Kind::Array(_) => "a list",
            Kind::Object(_) => "an object",
        }
    }
}
