//! JSON of a body → the value of a shape, in one pass over the bytes.
//!
//! A tree of everything in the body would be built only to be taken apart again: most of what
//! binding costs is in such trees. So members are known by their names while they are read, what the
//! shape does not know is skipped unread, and the first value that cannot become its shape's type
//! ends the reading. The service tells one such value, too; that it is the body's first, and not the
//! model's, is assumed, because its parser reads streams.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::bind::{BindError, Mismatch, mismatch, scalar_value};
use super::load::Model;
use super::shape::{Kind, Location, Member, ShapeId};

/// Reads a body as a shape: unknown members dropped, nulls treated as absent, types checked.
/// Members keep the order of the model, whatever the order in the body.
///
/// # Errors
///
/// `NotJson` for a body that is no JSON at any place, else `WrongType` for the first value of a type
/// that its shape does not take.
pub(super) fn read(model: &Model, shape: ShapeId, body: &[u8]) -> Result<Value, BindError> {
    let wrong = Cell::new(None);
    let seed = Seed {
        model,
        shape,
        wrong: &wrong,
    };
    let mut parser = serde_json::Deserializer::from_slice(body);
    let value = seed.deserialize(&mut parser);
    let value = value.and_then(|value| parser.end().map(|()| value));
    let value = value.map(|value| {
        let null = || mismatch(&model.shape(shape).kind, &Value::Null);
        value.ok_or_else(|| BindError::WrongType(null()))
    });
    value.unwrap_or_else(|error| {
        // A body that is no JSON further on is told so first.
        let syntax = match wrong.get() {
            Some(_) => serde_json::from_slice::<IgnoredAny>(body).err(),
            None => Some(error),
        };
        Err(match (syntax, wrong.get()) {
            (None, Some(wrong)) => BindError::WrongType(wrong),
            (syntax, _) => BindError::NotJson {
                reason: syntax.map(|e| e.to_string()).unwrap_or_default(),
            },
        })
    })
}

/// Reads one value of a shape; `None` for null.
#[derive(Clone, Copy)]
struct Seed<'a> {
    model: &'a Model,
    shape: ShapeId,
    /// Why it failed, where it was no fault of the JSON.
    wrong: &'a Cell<Option<Mismatch>>,
}

impl<'a> Seed<'a> {
    fn kind(&self) -> &'a Kind {
        &self.model.shape(self.shape).kind
    }

    fn of(self, shape: ShapeId) -> Self {
        Self { shape, ..self }
    }

    fn fail<E: Error>(&self, wrong: Mismatch) -> E {
        self.wrong.set(Some(wrong));
        // The words are never seen: `wrong` tells them.
        E::custom("")
    }

    fn scalar<E: Error>(&self, value: Value) -> Result<Option<Value>, E> {
        match scalar_value(self.kind(), value) {
            Ok(value) => Ok(Some(value)),
            Err(wrong) => Err(self.fail(wrong)),
        }
    }

    fn structure<'de, A: MapAccess<'de>>(
        &self,
        members: &'a [Member],
        mut entries: A,
    ) -> Result<Map<String, Value>, A::Error> {
        let mut out = Map::new();
        let mut highest = None;
        let mut in_order = true;
        while let Some(found) = entries.next_key_seed(Name(members))? {
            let Some(index) = found else {
                entries.next_value::<IgnoredAny>()?;
                continue;
            };
            let member = &members[index];
            match entries.next_value_seed(self.of(member.shape))? {
                Some(value) => out.insert(member.name.to_string(), value),
                // Of members that come twice the last one counts.
                None => out.remove(&*member.name),
            };
            in_order &= highest.is_none_or(|highest| highest < index);
            highest = Some(index);
        }
        if in_order {
            return Ok(out);
        }
        let names = members.iter().map(|member| &*member.name);
        Ok(names.filter_map(|name| out.remove_entry(name)).collect())
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Self::Value, D::Error> {
        match self.kind() {
            // An author's own JSON stays as it is. A null of its own is no absence only inside.
            Kind::Document => {
                let value: Value = serde::Deserialize::deserialize(source)?;
                Ok(Some(value).filter(|value| !value.is_null()))
            }
            _ => source.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of the shape")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        self.scalar(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        self.scalar(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        self.scalar(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        self.scalar(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
        self.scalar(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let Kind::List { member, .. } = self.kind() else {
            return Err(self.fail(mismatch(self.kind(), &Value::Array(Vec::new()))));
        };
        let mut out = Vec::new();
        while let Some(entry) = entries.next_element_seed(self.of(*member))? {
            out.push(entry.unwrap_or_default());
        }
        Ok(Some(Value::Array(out)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        match self.kind() {
            Kind::Structure { members, .. } => {
                let object = self.structure(members, entries)?;
                Ok(Some(Value::Object(object)))
            }
            Kind::Map { value, .. } => {
                let mut out = Map::new();
                while let Some(key) = entries.next_key::<String>()? {
                    match entries.next_value_seed(self.of(*value))? {
                        Some(value) => out.insert(key, value),
                        None => out.remove(&key),
                    };
                }
                Ok(Some(Value::Object(out)))
            }
            // An event stream never travels inside JSON.
            kind => Err(self.fail(mismatch(kind, &Value::Object(Map::new())))),
        }
    }
}

/// The member that a name in the body names, without a copy of the name.
struct Name<'a>(&'a [Member]);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Self::Value, D::Error> {
        source.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        let named = |m: &Member| m.location == Location::Body && *m.wire_name == *name;
        Ok(self.0.iter().position(named))
    }
}
