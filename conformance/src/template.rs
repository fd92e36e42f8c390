//! `${…}` in the strings of a case: what a role, an earlier answer or the target puts there.
//!
//! | form | becomes |
//! |---|---|
//! | `${role.NAME}` | the target's model id for that role |
//! | `${saved.NAME}` | what an earlier step saved |
//! | `${region}`, `${account}` | the target's |
//! | `${unique}` | 12 lower-case characters, new for each run and row |
//! | `${row.NAME}` | the row's value, put in while the case is read (see [`crate::case`]) |
//!
//! `|path` behind the name percent-encodes it for one path segment. A string that is nothing but
//! one `${…}` becomes the value itself, whatever its type; inside other text a value stands as
//! text. `$${` is a plain `${`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::percent::encode;

/// Why a string cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A `${` has no `}`.
    #[error("{text:?} has a ${{ without its }}; a plain one is $${{")]
    Unclosed {
        /// The string.
        text: String,
    },
    /// A filter other than `path`.
    #[error("there is no filter {filter:?}, only path")]
    UnknownFilter {
        /// The filter.
        filter: String,
    },
    /// A name has no value, because no earlier step saved one.
    #[error("${{{name}}} stands for nothing here")]
    Unbound {
        /// The name.
        name: String,
    },
    /// A `$repeat` of another form.
    #[error("$repeat is {form}; this is {found}", form = repeat_form())]
    NotARepeat {
        /// What is there, as JSON.
        found: String,
    },
    /// A `$repeat` of a text makes too much of it.
    #[error("$repeat makes more than {REPEATS} bytes")]
    RepeatTooLong,
}

/// A part of a templated string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<'a> {
    /// Plain text.
    Text(&'a str),
    /// `${name|filter}`
    Slot {
        /// As in `role.text-cheap`.
        name: &'a str,
        /// Whether it is encoded for a path segment.
        path: bool,
    },
}

/// Takes a string apart.
///
/// # Errors
/// When a `${` has no end, or a filter is unknown.
pub fn parts(text: &str) -> Result<Vec<Part<'_>>, TemplateError> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            // The escape's first dollar is left out.
            out.push(Part::Text(&rest[..at - 1]));
            out.push(Part::Text("${"));
            rest = &rest[at + 2..];
            continue;
        }
        if at > 0 {
            out.push(Part::Text(&rest[..at]));
        }
        let inner = &rest[at + 2..];
        let end = inner.find('}').ok_or_else(|| TemplateError::Unclosed {
            text: text.to_owned(),
        })?;
        let (name, filter) = match inner[..end].split_once('|') {
            None => (&inner[..end], false),
            Some((name, "path")) => (name, true),
            Some((_, filter)) => {
                return Err(TemplateError::UnknownFilter {
                    filter: filter.to_owned(),
                });
            }
        };
        out.push(Part::Slot { name, path: filter });
        rest = &inner[end + 1..];
    }
    if !rest.is_empty() || out.is_empty() {
        out.push(Part::Text(rest));
    }
    Ok(out)
}

/// What the names stand for in one run of one case.
#[derive(Debug, Clone, Default)]
pub struct Bindings {
    /// By full name, as in `role.text-cheap`.
    pub values: BTreeMap<String, Value>,
}

impl Bindings {
    /// Puts the values into one string.
    ///
    /// # Errors
    /// When a name stands for nothing.
    pub fn string(&self, text: &str) -> Result<Value, TemplateError> {
        let parts = parts(text)?;
        if let [Part::Slot { name, path: false }] = parts[..] {
            return self.get(name).cloned();
        }
        let mut out = String::new();
        for part in parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Slot { name, path } => {
                    let text = match self.get(name)? {
                        Value::String(text) => text.clone(),
                        other => other.to_string(),
                    };
                    out.push_str(&if path { encode(&text) } else { text });
                }
            }
        }
        Ok(Value::String(out))
    }

    /// Likewise, where only text will do.
    ///
    /// # Errors
    /// When a name stands for nothing.
    pub fn text(&self, text: &str) -> Result<String, TemplateError> {
        Ok(match self.string(text)? {
            Value::String(text) => text,
            other => other.to_string(),
        })
    }

    /// Puts the values into every string of a value.
    ///
    /// # Errors
    /// When a name stands for nothing.
    pub fn value(&self, value: &Value) -> Result<Value, TemplateError> {
        Ok(match value {
            Value::String(text) => self.string(text)?,
            Value::Array(items) => Value::Array(
                items
                    .iter()
                    .map(|item| self.value(item))
                    .collect::<Result<_, _>>()?,
            ),
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, member)| match (name.as_str(), member) {
                        ("$regex", Value::String(text)) => {
                            Ok((name.clone(), Value::String(self.regex(text)?)))
                        }
                        _ => Ok((self.text(name)?, self.value(member)?)),
                    })
                    .collect::<Result<_, TemplateError>>()?,
            ),
            other => other.clone(),
        })
    }

    /// A regular expression in which values stand for themselves.
    fn regex(&self, text: &str) -> Result<String, TemplateError> {
        let mut out = String::new();
        for part in parts(text)? {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Slot { name, .. } => {
                    let value = self.get(name)?;
                    let text = value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned);
                    out.push_str(&regex::escape(&text));
                }
            }
        }
        Ok(out)
    }

    fn get(&self, name: &str) -> Result<&Value, TemplateError> {
        self.values.get(name).ok_or_else(|| TemplateError::Unbound {
            name: name.to_owned(),
        })
    }
}

/// What a request's body or input becomes: `{"$absent": true}` members are left out, and
/// `{"$repeat": [X, N]}` is a text N times over, or a list of N times X.
///
/// # Errors
/// When a `$repeat` is not built so.
pub fn build(value: &Value) -> Result<Value, TemplateError> {
    match value {
        Value::Array(items) => Ok(Value::Array(
            items.iter().map(build).collect::<Result<_, _>>()?,
        )),
        Value::Object(members) => {
            if let Some(repeat) = members.get("$repeat") {
                return repeated(repeat);
            }
            Ok(Value::Object(
                members
                    .iter()
                    .filter(|(_, member)| member["$absent"] != true)
                    .map(|(name, member)| Ok((name.clone(), build(member)?)))
                    .collect::<Result<_, TemplateError>>()?,
            ))
        }
        other => Ok(other.clone()),
    }
}

/// The most that `$repeat` repeats, so that a typing error cannot fill the memory.
const REPEATS: u64 = 50_000_000;

/// How `$repeat` is built, in words.
pub(crate) fn repeat_form() -> String {
    format!("[a text or value, how often], at most {REPEATS} times")
}

/// Whether a `$repeat` is built so.
pub(crate) fn is_repeat(repeat: &Value) -> bool {
    parts_of(repeat).is_some()
}

fn parts_of(repeat: &Value) -> Option<(&Value, u64)> {
    repeat
        .as_array()
        .filter(|pair| pair.len() == 2)
        .and_then(|pair| Some((&pair[0], pair[1].as_u64()?)))
        .filter(|(_, times)| *times <= REPEATS)
}

fn repeated(repeat: &Value) -> Result<Value, TemplateError> {
    let Some((what, times)) = parts_of(repeat) else {
        return Err(TemplateError::NotARepeat {
            found: repeat.to_string(),
        });
    };
    let times = usize::try_from(times).unwrap_or_default();
    match what {
        Value::String(text) if text.len() as u64 * times as u64 <= REPEATS => {
            Ok(Value::String(text.repeat(times)))
        }
        Value::String(_) => Err(TemplateError::RepeatTooLong),
        other => Ok(Value::Array(vec![build(other)?; times])),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_become_what_they_stand_for() {
        let bindings = Bindings {
            values: BTreeMap::from([
                ("role.m".to_owned(), json!("a:b/c")),
                ("saved.n".to_owned(), json!({"x": 1})),
            ]),
        };
        assert_eq!(
            bindings.value(&json!({"${role.m}": ["${saved.n}", "/${role.m|path}/", "$${x}", ""]})),
            Ok(json!({"a:b/c": [{"x": 1}, "/a%3Ab%2Fc/", "${x}", ""]}))
        );
        let bindings = Bindings {
            values: BTreeMap::from([("saved.v".to_owned(), json!("a.b"))]),
        };
        assert_eq!(
            bindings.value(&json!({"$regex": "${saved.v}.*"})),
            Ok(json!({"$regex": "a\\.b.*"}))
        );
        assert!(bindings.string("${role.n}").is_err());
        assert!(bindings.string("${role.m").is_err());
        assert!(bindings.string("${role.m|x}").is_err());
    }

    #[test]
    fn requests_are_built() {
        assert_eq!(
            build(
                &json!({"a": {"$absent": true}, "b": {"$repeat": ["xy", 3]}, "c": {"$repeat": [{"d": 1}, 2]}})
            ),
            Ok(json!({"b": "xyxyxy", "c": [{"d": 1}, {"d": 1}]}))
        );
        assert!(build(&json!({"$repeat": "x"})).is_err());
        assert!(build(&json!({"$repeat": ["x", 99_999_999_999_u64]})).is_err());
    }
}
