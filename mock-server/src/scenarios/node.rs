//! Reads JSON that a user wrote, member by member, and says of everything that is wrong where it
//! stands, what was expected and what to do.

use serde_json::{Map, Value};

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

    /// The object, all of whose members are among `known`.
    pub fn object(&self, what: &str, known: &[&str]) -> Read<&'a Map<String, Value>> {
        let object = self.any_object(what)?;
        for name in object.keys() {
            if !known.contains(&name.as_str()) {
                let hint = nearest(name, known)
                    .map_or_else(String::new, |near| format!("; did you mean {near:?}?"));
                let there = self.at(name).unwrap_or_else(|| self.clone());
                return Err(there.wrong(format!(
                    "{what} has no member {name:?}{hint} It has: {}",
                    known.join(", ")
                )));
            }
        }
        Ok(object)
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
        let escaped = name.replace('~', "~0").replace('/', "~1");
        Some(Self {
            value,
            pointer: format!("{}/{escaped}", self.pointer),
        })
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

    /// The whole number, at least `least`.
    pub fn number(&self, what: &str, least: u64) -> Read<u64> {
        match self.value.as_u64() {
            Some(number) if number >= least => Ok(number),
            _ => Err(self.wrong(format!(
                "{what} must be a whole number of at least {least}, this is {}",
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

/// The known name that a wrong one is most like, if it is like one at all.
pub fn nearest<'k>(wrong: &str, known: &[&'k str]) -> Option<&'k str> {
    let wrong = wrong.to_lowercase();
    known
        .iter()
        .map(|k| (distance(&wrong, &k.to_lowercase()), *k))
        .filter(|(d, k)| *d <= 2.max(k.len() / 3))
        .min_by_key(|(d, _)| *d)
        .map(|(_, k)| k)
}

/// Edits between two short names (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
