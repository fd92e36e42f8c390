//! Whether an instance is valid against its schema, by the rules of JSON Schema 2020-12 and those older
//! spellings that tools still send. Formats are not judged: they are annotations by default.
//!
//! Bounded: each step burns fuel, and nesting ends. What cannot be judged within that counts as valid,
//! since the instance is the best there is.

mod array;
mod object;
mod simple;

use std::cell::Cell;
use std::collections::HashSet;

use serde_json::{Map, Value};

use super::Context;

/// Schemas within schemas, references included, that are followed.
const DEPTH: u8 = 120;

/// Whether the value is valid, or cannot be judged.
pub(super) fn is_valid(context: &Context<'_>, schema: &Value, value: &Value) -> bool {
    let judge = Judge {
        context,
        exhausted: Cell::new(false),
    };
    judge.apply(schema, value, DEPTH).is_some() || judge.exhausted.get()
}

struct Judge<'c, 'd> {
    context: &'c Context<'d>,
    exhausted: Cell<bool>,
}

/// What of a valid value a schema has spoken about, for `unevaluated…`.
#[derive(Default)]
struct Evaluated {
    /// Names of members; for arrays, positions.
    members: HashSet<String>,
    items: HashSet<usize>,
}

impl Evaluated {
    fn add(&mut self, other: Self) {
        self.members.extend(other.members);
        self.items.extend(other.items);
    }
}

impl Judge<'_, '_> {
    /// What was evaluated of a valid value; nothing for an invalid one.
    fn apply(&self, schema: &Value, value: &Value, depth: u8) -> Option<Evaluated> {
        if depth == 0 || !self.context.burn(1) {
            self.exhausted.set(true);
        }
        if self.exhausted.get() {
            return Some(Evaluated::default());
        }
        match schema {
            Value::Bool(false) => None,
            Value::Object(schema) => self.keywords(schema, value, depth - 1),
            _ => Some(Evaluated::default()),
        }
    }

    fn is_valid(&self, schema: &Value, value: &Value, depth: u8) -> bool {
        self.apply(schema, value, depth).is_some()
    }

    fn keywords(&self, schema: &Map<String, Value>, value: &Value, depth: u8) -> Option<Evaluated> {
        if !self.simple(schema, value) {
            return None;
        }
        let mut seen = self.combined(schema, value, depth)?;
        match value {
            Value::Object(members) => self.object(schema, members, value, &mut seen, depth)?,
            Value::Array(entries) => self.array(schema, entries, &mut seen, depth)?,
            _ => {}
        }
        Some(seen)
    }

    /// Schemas about the same value.
    fn combined(&self, schema: &Map<String, Value>, value: &Value, depth: u8) -> Option<Evaluated> {
        let mut seen = Evaluated::default();
        for reference in ["$ref", "$dynamicRef"] {
            let target = schema.get(reference).and_then(Value::as_str);
            if let Some(found) = target.and_then(|target| self.context.resolve(target)) {
                seen.add(self.apply(found, value, depth)?);
            }
        }
        let list = |name: &str| schema.get(name).and_then(Value::as_array);
        for part in list("allOf").into_iter().flatten() {
            seen.add(self.apply(part, value, depth)?);
        }
        if let Some(branches) = list("anyOf") {
            let valid: Vec<Evaluated> = self.branches(branches, value, depth).collect();
            if valid.is_empty() {
                return None;
            }
            valid.into_iter().for_each(|branch| seen.add(branch));
        }
        if let Some(branches) = list("oneOf") {
            let mut valid = self.branches(branches, value, depth);
            seen.add(valid.next()?);
            if valid.next().is_some() && !self.exhausted.get() {
                return None;
            }
        }
        if let Some(refused) = schema.get("not")
            && self.is_valid(refused, value, depth)
            && !self.exhausted.get()
        {
            return None;
        }
        if let Some(condition) = schema.get("if") {
            let met = self.apply(condition, value, depth);
            let then = schema.get(if met.is_some() { "then" } else { "else" });
            seen.add(met.unwrap_or_default());
            if let Some(then) = then {
                seen.add(self.apply(then, value, depth)?);
            }
        }
        Some(seen)
    }

    fn branches(&self, all: &[Value], value: &Value, depth: u8) -> impl Iterator<Item = Evaluated> {
        all.iter()
            .filter_map(move |branch| self.apply(branch, value, depth))
    }
}
