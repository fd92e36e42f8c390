//! A JSON Schema → the smallest instance that is valid against it.
//!
//! Arguments of forced tools and structured answers are made here, in two steps. `flatten` and `make`
//! build an instance straight from the schema: of every choice that the schema leaves open (a branch of
//! `anyOf`, a member of an enum, an optional member) they take the first. `judge` then says whether the
//! instance is valid. Where it is not, because of `not`, `if`, `oneOf`, `contains` and the like, `search`
//! builds again with other choices until one is, within a budget: a schema comes from a client, and a
//! small one can ask for more than any machine has. Who leaves nothing valid within it gets the first
//! instance.
//!
//! The judge is our own because the crates for it follow references without end, and a schema that
//! refers to itself would end the mock; tests hold the instances against such a crate.

mod flatten;
mod generate;
mod number;
mod reference;
mod search;
mod text;
mod validate;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;

use serde_json::Value;

use super::pattern::Matcher;
use search::Choices;

/// `$ref`s and nesting are followed this far; a schema that only refers to itself ends there.
const DEPTH: u8 = 24;
/// Values that an instance may hold; what would come after them is null.
const NODES: u32 = 20_000;
/// Bytes of text that an instance may hold; texts that would come after them are cut.
const BYTES: usize = 4_000_000;
/// Steps of judging, and values of further attempts, for one instance: at most a tenth of a second.
const FUEL: u32 = 200_000;
/// What a pattern costs: it is parsed.
const PATTERN_COST: u32 = 40;

/// The smallest valid instance, or as much of it as a few megabytes hold.
pub fn of_schema(schema: &Value) -> Value {
    let context = Context::new(schema);
    let first = generate::build(&context, schema, DEPTH);
    if validate::is_valid(&context, schema, &first) {
        return first;
    }
    let better = Context::new(schema);
    better.searching.set(true);
    // Judging the first instance is paid for too.
    better.fuel.set(context.fuel.get());
    let found = generate::build(&better, schema, DEPTH);
    match validate::is_valid(&better, schema, &found) {
        true => found,
        false => first,
    }
}

/// The whole schema, what may still be spent on its instance, and the choices in force.
struct Context<'a> {
    document: &'a Value,
    /// Subschemas by `$anchor` and `$id`, once one is asked for.
    names: OnceCell<HashMap<String, &'a Value>>,
    /// Patterns, compiled once.
    patterns: RefCell<HashMap<String, Option<Matcher>>>,
    nodes: Cell<u32>,
    bytes: Cell<usize>,
    fuel: Cell<u32>,
    /// Whether invalid parts are built again with other choices.
    searching: Cell<bool>,
    choices: RefCell<Choices>,
    /// Which of the values that a simple type has is meant: arrays without duplicates count it up.
    variant: Cell<usize>,
}

impl<'a> Context<'a> {
    fn new(document: &'a Value) -> Self {
        Self {
            document,
            names: OnceCell::new(),
            patterns: RefCell::default(),
            nodes: Cell::new(NODES),
            bytes: Cell::new(BYTES),
            fuel: Cell::new(FUEL),
            searching: Cell::new(false),
            choices: RefCell::new(Choices::default()),
            variant: Cell::new(0),
        }
    }

    /// Whether so much is left; takes it if it is.
    fn spend(&self, nodes: u32, bytes: usize) -> bool {
        let (nodes_left, bytes_left) = (self.nodes.get(), self.bytes.get());
        let enough = nodes_left >= nodes && bytes_left >= bytes;
        self.nodes.set(nodes_left.saturating_sub(nodes));
        self.bytes.set(bytes_left.saturating_sub(bytes));
        enough
    }

    /// Whether there is fuel for so many steps; burns it.
    fn burn(&self, steps: u32) -> bool {
        let left = self.fuel.get();
        self.fuel.set(left.saturating_sub(steps));
        left >= steps
    }

    /// Whether a text matches a pattern; nothing where there is no saying.
    fn fits(&self, pattern: &str, text: &str) -> Option<bool> {
        let mut patterns = self.patterns.borrow_mut();
        if !patterns.contains_key(pattern) {
            let affordable = self.burn(PATTERN_COST);
            let matcher = affordable.then(|| Matcher::new(pattern)).flatten();
            patterns.insert(pattern.to_owned(), matcher);
        }
        let matcher = patterns.get(pattern)?.as_ref()?;
        let steps = matcher.cost() + (text.len() / 64) as u32;
        self.burn(steps).then(|| matcher.is_match(text)).flatten()
    }

    /// A value of the schema itself, if there is room for it.
    fn copy(&self, value: &Value) -> Value {
        match self.spend(1, value.to_string().len()) {
            true => value.clone(),
            false => Value::Null,
        }
    }

    /// One of so many, as the search says; the first where nothing is searched.
    fn choose(&self, options: usize) -> usize {
        match self.searching.get() && options > 1 {
            true => self.choices.borrow_mut().next(options),
            false => 0,
        }
    }

    /// Builds with another variant of simple values.
    fn with_variant<T>(&self, variant: usize, build: impl FnOnce() -> T) -> T {
        let before = self.variant.replace(variant);
        let built = build();
        self.variant.set(before);
        built
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Schemas that are small and ask for more than any memory has; a hang or an exhausted memory is
    /// how this test fails.
    #[test]
    fn greedy_schemas_get_a_few_megabytes() {
        let mut nested = json!({"type": "string"});
        for _ in 0..8 {
            nested = json!({"type": "array", "minItems": 100, "items": nested});
        }
        let tree = json!({
            "$ref": "#/$defs/node",
            "$defs": {"node": {"type": "object", "required": ["a", "b", "c", "d"], "properties": {
                "a": {"$ref": "#/$defs/node"}, "b": {"$ref": "#/$defs/node"}, "c": {"$ref": "#/$defs/node"}, "d": {"$ref": "#/$defs/node"},
            }}},
        });
        let long = json!({"type": "array", "minItems": 100, "items": {"type": "string", "minLength": 2_000_000}});
        let copied =
            json!({"type": "array", "minItems": 100, "items": {"default": "x".repeat(500_000)}});
        let searched = json!({"type": "array", "minItems": 100, "items": {"type": "array", "minItems": 100, "items": {"type": "string", "pattern": "^(no){50}$"}}});
        let unique = json!({"type": "array", "minItems": 5_000, "uniqueItems": true, "items": {"type": "string"}});
        let mut bushy = json!({"not": {}});
        for _ in 0..6 {
            bushy = json!({"oneOf": [bushy, bushy, bushy, bushy]});
        }
        let mirror =
            json!({"allOf": [{"$ref": "#"}, {"anyOf": [{"$ref": "#"}, {"not": {"$ref": "#"}}]}]});
        let look = json!({"type": "string", "pattern": "^(?=(a+)+$)(?!a+)(.*)*$"});
        for schema in [
            nested, tree, long, copied, searched, unique, bushy, mirror, look,
        ] {
            assert!(of_schema(&schema).to_string().len() < 6_000_000);
        }
    }
}
