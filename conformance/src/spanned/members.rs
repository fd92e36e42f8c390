//! Reading an object member by member; what nobody asked for is a fault.

use super::{Diagnostic, Kind, Node, Place};
use crate::suggest::did_you_mean;

/// The members of one object while it is read.
pub struct Members<'a> {
    file: &'a str,
    /// What the object is, for messages, as in `a step`.
    what: &'a str,
    place: Place,
    members: &'a [(String, Place, Node)],
    known: Vec<&'static str>,
}

impl<'a> Members<'a> {
    /// Starts to read `node`, which must be an object.
    ///
    /// # Errors
    /// When it is none.
    pub fn of(file: &'a str, what: &'a str, node: &'a Node) -> Result<Self, Diagnostic> {
        match &node.kind {
            Kind::Object(members) => Ok(Self {
                file,
                what,
                place: node.place,
                members,
                known: Vec::new(),
            }),
            _ => Err(Diagnostic::at(
                file,
                node.place,
                format!("{what} is an object, this is {}", node.described()),
            )),
        }
    }

    /// The member, if it is there.
    pub fn optional(&mut self, name: &'static str) -> Option<&'a Node> {
        self.known.push(name);
        self.members
            .iter()
            .find(|(there, ..)| there == name)
            .map(|(.., node)| node)
    }

    /// The member, which must be there.
    ///
    /// # Errors
    /// When it is missing.
    pub fn required(&mut self, name: &'static str) -> Result<&'a Node, Diagnostic> {
        let (file, what, place) = (self.file, self.what, self.place);
        self.optional(name)
            .ok_or_else(|| Diagnostic::at(file, place, format!("{what} needs {name:?}")))
    }

    /// A string that must be there and must not be blank.
    ///
    /// # Errors
    /// When it is missing, no string, or blank.
    pub fn sentence(&mut self, name: &'static str) -> Result<String, Diagnostic> {
        let node = self.required(name)?;
        let text = string(self.file, name, node)?;
        if text.trim().is_empty() {
            return Err(Diagnostic::at(
                self.file,
                node.place,
                format!("{name:?} is blank; {} needs it", self.what),
            ));
        }
        Ok(text.to_owned())
    }

    /// A string, if it is there.
    ///
    /// # Errors
    /// When it is no string.
    pub fn optional_string(&mut self, name: &'static str) -> Result<Option<&'a str>, Diagnostic> {
        let file = self.file;
        self.optional(name)
            .map(|node| string(file, name, node))
            .transpose()
    }

    /// `true` or `false`, if it is there.
    ///
    /// # Errors
    /// When it is neither.
    pub fn optional_bool(&mut self, name: &'static str) -> Result<Option<bool>, Diagnostic> {
        match self.optional(name) {
            None => Ok(None),
            Some(node) => match node.kind {
                Kind::Bool(value) => Ok(Some(value)),
                _ => Err(mistyped(self.file, name, node, "true or false")),
            },
        }
    }

    /// A whole number from 0, if it is there.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn optional_count(&mut self, name: &'static str) -> Result<Option<u64>, Diagnostic> {
        match self.optional(name) {
            None => Ok(None),
            Some(node) => count(self.file, name, node).map(Some),
        }
    }

    /// A list of strings, empty if it is not there.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn strings(&mut self, name: &'static str) -> Result<Vec<(&'a str, Place)>, Diagnostic> {
        let file = self.file;
        match self.optional(name) {
            None => Ok(Vec::new()),
            Some(node) => list(file, name, node)?
                .iter()
                .map(|item| string(file, name, item).map(|text| (text, item.place)))
                .collect(),
        }
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// When the object has a member that nobody asked for.
    pub fn finish(self) -> Result<(), Diagnostic> {
        match self
            .members
            .iter()
            .find(|(name, ..)| !self.known.contains(&name.as_str()))
        {
            None => Ok(()),
            Some((name, place, _)) => Err(Diagnostic::at(
                self.file,
                *place,
                format!(
                    "{} has no {name:?}{}; it takes {}",
                    self.what,
                    did_you_mean(name, self.known.iter().copied()),
                    self.known.join(", ")
                ),
            )),
        }
    }
}

/// The text of a string node.
///
/// # Errors
/// When it is none.
pub(crate) fn string<'a>(file: &str, name: &str, node: &'a Node) -> Result<&'a str, Diagnostic> {
    match &node.kind {
        Kind::String(text) => Ok(text),
        _ => Err(mistyped(file, name, node, "a string")),
    }
}

/// The items of a list node.
///
/// # Errors
/// When it is none.
pub(crate) fn list<'a>(file: &str, name: &str, node: &'a Node) -> Result<&'a [Node], Diagnostic> {
    match &node.kind {
        Kind::Array(items) => Ok(items),
        _ => Err(mistyped(file, name, node, "a list")),
    }
}

/// The members of an object node.
///
/// # Errors
/// When it is none.
pub(crate) fn object<'a>(
    file: &str,
    name: &str,
    node: &'a Node,
) -> Result<&'a [(String, Place, Node)], Diagnostic> {
    match &node.kind {
        Kind::Object(members) => Ok(members),
        _ => Err(mistyped(file, name, node, "an object")),
    }
}

/// A whole number from 0.
///
/// # Errors
/// When it is anything else.
pub(crate) fn count(file: &str, name: &str, node: &Node) -> Result<u64, Diagnostic> {
    match &node.kind {
        Kind::Number(number) => number.as_u64(),
        _ => None,
    }
    .ok_or_else(|| mistyped(file, name, node, "a whole number from 0"))
}

pub(crate) fn mistyped(file: &str, name: &str, node: &Node, expected: &str) -> Diagnostic {
    Diagnostic::at(
        file,
        node.place,
        format!("{name:?} is {expected}, this is {}", node.described()),
    )
}
