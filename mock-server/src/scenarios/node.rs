//! Reads JSON that a user wrote, member by member, and says of everything that is wrong where it
//! stands, what was expected and what to do.

use serde_json::{Map, Value};

use crate::diagnostics::suggest::nearest;

/// What is wrong at one place of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// JSON pointer to the place.
    pub pointer: String,
    /// What was expected and how to fix it.
    pub message: String,
}

/// A reading that may fail.
pub type Read<T> = Result<T, Problem>;

/// Everything that is wrong so far: one wrong member does not hide the next.
#[derive(Debug, Default)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// One more.
    pub fn add(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// What was read; its problem is kept if it could not be.
    pub fn keep<T>(&mut self, read: Read<T>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(problem) => {
                self.add(problem);
                None
            }
        }
    }

    /// Likewise for a reading that found several problems.
    pub fn keep_all<T>(&mut self, read: Result<T, Vec<Problem>>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(problems) => {
                self.0.extend(problems);
                None
            }
        }
    }

    /// What was read, if nothing was wrong.
    pub fn or<T>(self, read: Option<T>) -> Result<T, Vec<Problem>> {
        match read {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.0),
        }
    }
}

/// A value of the document and where it stands.
#[derive(Debug, Clone)]
pub struct Node<'a> {
    /// The value.
    pub value: &'a Value,
    /// JSON pointer to it.
    pub pointer: String,
}

impl<'a> Node<'a> {
    /// The whole document.
    pub fn root(value: &'a Value) -> Self {
        Self {
            value,
            pointer: String::new(),
        }
    }

    /// A problem with this value.
    pub fn wrong(&self, message: impl Into<String>) -> Problem {
        Problem {
            pointer: self.pointer.clone(),
            message: message.into(),
        }
    }

    /// The object, all of whose members are among `known` and none of which is null.
    pub fn object(&self, what: &str, known: &[&str]) -> Read<&'a Map<String, Value>> {
        let object = self.any_object(what)?;
        match self.strange(what, known).into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok(object),
        }
    }

    /// Every member of an object that is unknown or null; none if this is no object.
    pub fn strange(&self, what: &str, known: &[&str]) -> Vec<Problem> {
        let mut found = Vec::new();
        for (name, value) in self.value.as_object().into_iter().flatten() {
            let there = Self {
                value,
                pointer: self.pointer_to(name),
            };
            if !known.contains(&name.as_str()) {
                let hint = nearest(name, known)
                    .map_or_else(|| ".".into(), |near| format!("; did you mean {near:?}?"));
                found.push(there.wrong(format!(
                    "{what} has no member {name:?}{hint} It has: {}",
                    known.join(", ")
                )));
            } else if value.is_null() {
                found.push(there.wrong(format!("{name} is null: leave it out instead")));
            }
        }
        found
    }

    /// The object, whatever its members are.
    pub fn any_object(&self, what: &str) -> Read<&'a Map<String, Value>> {
        let found = || {
            self.wrong(format!(
                "{what} must be an object, this is {}",
                kind(self.value)
            ))
        };
        self.value.as_object().ok_or_else(found)
    }

    /// A member, if it is there and not null.
    pub fn at(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name).filter(|v| !v.is_null())?;
        Some(Self {
            value,
            pointer: self.pointer_to(name),
        })
    }

    fn pointer_to(&self, name: &str) -> String {
        let escaped = name.replace('~', "~0").replace('/', "~1");
        format!("{}/{escaped}", self.pointer)
    }

    /// The entries of a list.
    pub fn list(&self, what: &str) -> Read<Vec<Self>> {
        let Some(entries) = self.value.as_array() else {
            return Err(self.wrong(format!(
                "{what} must be a list, this is {}",
                kind(self.value)
            )));
        };
        let entry = |(i, value)| Self {
            value,
            pointer: format!("{}/{i}", self.pointer),
        };
        Ok(entries.iter().enumerate().map(entry).collect())
    }

    /// The entries of a list that has some.
    pub fn filled_list(&self, what: &str) -> Read<Vec<Self>> {
        let entries = self.list(what)?;
        match entries.is_empty() {
            true => Err(self.wrong(format!(
                "{what} is an empty list: name one, or leave it out"
            ))),
            false => Ok(entries),
        }
    }

    /// The entries of a list that has some, or the value itself as the only one; all of them texts.
    pub fn texts(&self, what: &str) -> Read<Vec<String>> {
        let all = match self.value.is_array() {
            true => self.filled_list(what)?,
            false => vec![self.clone()],
        };
        all.iter().map(|n| n.text(what).map(Into::into)).collect()
    }

    /// The entries of a list, or the value itself as the only one.
    pub fn one_or_list(&self) -> Vec<Self> {
        self.list("").unwrap_or_else(|_| vec![self.clone()])
    }

    /// The text.
    pub fn text(&self, what: &str) -> Read<&'a str> {
        let found = || {
            self.wrong(format!(
                "{what} must be a text, this is {}",
                kind(self.value)
            ))
        };
        self.value.as_str().ok_or_else(found)
    }

    /// The whole number from `least` to `most`.
    pub fn number(&self, what: &str, least: u64, most: u64) -> Read<u64> {
        match self.value.as_u64() {
            Some(number) if (least..=most).contains(&number) => Ok(number),
            _ => Err(self.wrong(format!(
                "{what} must be a whole number from {least} to {most}, this is {}",
                shown(self.value)
            ))),
        }
    }

    /// true or false.
    pub fn boolean(&self, what: &str) -> Read<bool> {
        let found = || {
            self.wrong(format!(
                "{what} must be true or false, this is {}",
                shown(self.value)
            ))
        };
        self.value.as_bool().ok_or_else(found)
    }
}

/// A value as messages show it, shortened.
pub fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
