//! Builds an instance from a schema: objects, arrays, and what kind of value is meant at all.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::flatten::{flatten, required};
use super::search::search;
use super::{Context, NODES, PATTERN_COST, number, text, validate};
use crate::behaviour::pattern::{self, Variant};

/// Variants that are tried for an entry that must differ from those before it.
const VARIANTS: usize = 40;
/// Variants of simple values that a search tries, beside the choices that the schema leaves.
const SEARCHED: usize = 8;

/// Every type, in the order in which a schema that names none is taken to mean it.
const TYPES: [&str; 6] = ["object", "string", "number", "array", "boolean", "null"];

/// Keywords by which the first instance may be invalid, so that others are worth a search.
const HARD: &[&str] = &[
    "not",
    "if",
    "oneOf",
    "anyOf",
    "allOf",
    "contains",
    "dependentRequired",
    "dependentSchemas",
    "dependencies",
    "propertyNames",
    "patternProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "additionalProperties",
    "uniqueItems",
    "pattern",
    "enum",
    "default",
    "maxProperties",
    "maxItems",
    "$ref",
    "maxLength",
];

/// The smallest instance of a schema, valid where that can be found.
pub(super) fn build(context: &Context<'_>, schema: &Value, depth: u8) -> Value {
    if depth == 0 || !context.spend(1, 0) {
        return Value::Null;
    }
    if !context.searching.get() || !is_hard(schema) {
        return once(context, schema, depth);
    }
    search(context, schema, || once(context, schema, depth))
}

fn is_hard(schema: &Value) -> bool {
    let schema = schema.as_object();
    schema.is_some_and(|schema| HARD.iter().any(|keyword| schema.contains_key(*keyword)))
}

fn once(context: &Context<'_>, schema: &Value, depth: u8) -> Value {
    let plain = flatten(context, schema, depth);
    if let Some(value) = plain.get("const") {
        return context.copy(value);
    }
    // Chosen last, so that a search tries the branches of combinations before other values.
    let other = match is_hard(schema) {
        true => context.choose(SEARCHED),
        false => 0,
    };
    context.with_variant(context.variant.get() + other, || {
        if let Some(value) = stated(context, &plain) {
            return context.copy(value);
        }
        match kind(context, &plain) {
            "object" => members(context, &plain, depth),
            "array" => entries(context, &plain, depth),
            "integer" => number::build(&plain, true, context.variant.get()),
            "number" => number::build(&plain, false, context.variant.get()),
            "boolean" => Value::Bool(context.variant.get().is_multiple_of(2)),
            "null" => Value::Null,
            _ => text::build(context, &plain),
        }
    })
}

/// A value that the schema states itself, of those that the rest of it allows: its default, or one of
/// an enum. Of an enum that contradicts the rest, its first.
fn stated<'p>(context: &Context<'_>, plain: &'p Map<String, Value>) -> Option<&'p Value> {
    if !["default", "enum"]
        .iter()
        .any(|name| plain.contains_key(*name))
    {
        return None;
    }
    let rest: Map<String, Value> = plain
        .iter()
        .filter(|(key, _)| !["default", "enum", "description", "title"].contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let rest = Value::Object(rest);
    let fits = |value: &&Value| validate::is_valid(context, &rest, value);
    let listed = plain.get("enum").and_then(Value::as_array);
    if let Some(default) = plain.get("default")
        && context.variant.get() == 0
        && listed.is_none_or(|all| all.contains(default))
        && fits(&default)
    {
        return Some(default);
    }
    let listed = listed?;
    let fitting: Vec<&Value> = listed.iter().filter(fits).collect();
    match fitting.len() {
        0 => listed.first(),
        count => Some(fitting[(context.choose(count) + context.variant.get()) % count]),
    }
}

/// The type, one of several, or what other keywords imply.
fn kind<'p>(context: &Context<'_>, plain: &'p Map<String, Value>) -> &'p str {
    match plain.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(all)) => {
            let some = all
                .iter()
                .filter_map(Value::as_str)
                .filter(|t| *t != "null");
            let null = all
                .iter()
                .filter_map(Value::as_str)
                .filter(|t| *t == "null");
            let order: Vec<&str> = some.chain(null).collect();
            match order.len() {
                0 => "object",
                count => order[context.choose(count)],
            }
        }
        _ => {
            let has = |names: &[&str]| names.iter().any(|name| plain.contains_key(*name));
            let implied = match () {
                () if has(&["properties", "required", "minProperties", "propertyNames"]) => {
                    "object"
                }
                () if has(&[
                    "items",
                    "prefixItems",
                    "minItems",
                    "contains",
                    "uniqueItems",
                ]) =>
                {
                    "array"
                }
                () if has(&[
                    "minimum",
                    "maximum",
                    "exclusiveMinimum",
                    "exclusiveMaximum",
                    "multipleOf",
                ]) =>
                {
                    "number"
                }
                () if has(&["minLength", "maxLength", "format", "pattern"]) => "string",
                () => "object",
            };
            match context.choose(TYPES.len() + 1) {
                0 => implied,
                other => TYPES[other - 1],
            }
        }
    }
}

fn members(context: &Context<'_>, plain: &Map<String, Value>, depth: u8) -> Value {
    let mut out = Map::new();
    let least = plain.get("minProperties").and_then(Value::as_u64);
    let least = least.unwrap_or(0).min(u64::from(NODES)) as usize;
    let known = plain.get("properties").and_then(Value::as_object);
    let put = |name: &str, out: &mut Map<String, Value>| {
        if !out.contains_key(name) && context.spend(1, name.len()) {
            let value = match member(context, plain, name) {
                Some(schema) => build(context, &schema, depth - 1),
                None => json!("value"),
            };
            out.insert(name.to_owned(), value);
        }
    };
    required(plain).for_each(|name| put(name, &mut out));
    let optional: Vec<&String> = known.into_iter().flatten().map(|(name, _)| name).collect();
    let optional: Vec<&String> = optional
        .into_iter()
        .filter(|n| !out.contains_key(*n))
        .collect();
    // None, each one alone, or all.
    let options = match optional.len() {
        0 => 1,
        1 => 2,
        count => count + 2,
    };
    match context.choose(options.min(40)) {
        0 => {}
        one if one <= optional.len() => put(optional[one - 1], &mut out),
        _ => optional.iter().for_each(|name| put(name, &mut out)),
    }
    for name in optional {
        if out.len() >= least {
            break;
        }
        put(name, &mut out);
    }
    for n in 1..=least.saturating_mul(2) {
        if out.len() >= least || context.nodes.get() == 0 {
            break;
        }
        let name = other_name(context, plain, n, depth);
        put(&name, &mut out);
    }
    Value::Object(out)
}

/// The schema of a member: all of its own and those whose patterns fit its name, or else the one for
/// further members.
fn member(context: &Context<'_>, plain: &Map<String, Value>, name: &str) -> Option<Value> {
    let mut all = Vec::new();
    all.extend(plain.get("properties").and_then(|known| known.get(name)));
    let patterns = plain.get("patternProperties").and_then(Value::as_object);
    for (pattern, schema) in patterns.into_iter().flatten() {
        if context.fits(pattern, name) == Some(true) {
            all.push(schema);
        }
    }
    match all.as_slice() {
        [] => {
            let further = ["additionalProperties", "unevaluatedProperties"];
            let further = further.iter().find_map(|keyword| plain.get(*keyword));
            further.filter(|schema| schema.is_object()).cloned()
        }
        [one] => Some((*one).clone()),
        all => Some(json!({ "allOf": all })),
    }
}

/// A name that no member has yet: what `propertyNames` says, or a pattern where others are refused.
fn other_name(context: &Context<'_>, plain: &Map<String, Value>, n: usize, depth: u8) -> String {
    if let Some(names) = plain.get("propertyNames") {
        let named = json!({"allOf": [{"type": "string"}, names]});
        let built = context.with_variant(n - 1, || build(context, &named, depth - 1));
        if let Value::String(name) = built {
            return name;
        }
    }
    let closed = plain.get("additionalProperties") == Some(&Value::Bool(false));
    let patterns = plain.get("patternProperties").and_then(Value::as_object);
    let mut by_pattern = patterns.into_iter().flatten().filter(|_| closed);
    let named = by_pattern.find_map(|(pattern, _)| {
        let form = Variant {
            letter: n - 1,
            growth: 0,
        };
        let affordable = context.burn(PATTERN_COST);
        let name = affordable
            .then(|| pattern::example(pattern, form))
            .flatten()?;
        // Numbered at an end, where the pattern leaves one open.
        let numbered = [format!("{name}{n}"), format!("{n}{name}")].into_iter();
        let mut numbered = numbered.filter(|_| n > 1);
        let fits = |name: &String| context.fits(pattern, name) == Some(true);
        Some(numbered.find(fits).unwrap_or(name))
    });
    named.unwrap_or_else(|| format!("member{n}"))
}

fn entries(context: &Context<'_>, plain: &Map<String, Value>, depth: u8) -> Value {
    let count = |name: &str| {
        let count = plain.get(name).and_then(Value::as_u64);
        count.map(|n| n.min(u64::from(NODES)) as usize)
    };
    let tuple = |name: &str| plain.get(name).and_then(Value::as_array);
    // A list of `items` is what `prefixItems` was called in older drafts.
    let prefix = tuple("prefixItems").or_else(|| tuple("items"));
    let prefix = prefix.map_or(&[][..], Vec::as_slice);
    let rest = match plain.get("items") {
        Some(Value::Array(_)) => plain.get("additionalItems"),
        other => other,
    };
    let contained = plain.get("contains");
    let wanted = contained.map_or(0, |_| count("minContains").unwrap_or(1));
    let least = count("minItems").unwrap_or(0).max(wanted);
    let least = least + context.choose(3);
    let unique = plain.get("uniqueItems") == Some(&Value::Bool(true));
    let mut out: Vec<Value> = Vec::new();
    let mut seen = HashSet::new();
    for i in 0..least {
        if !context.spend(1, 0) {
            break;
        }
        let own = prefix.get(i).or(rest).cloned().unwrap_or(Value::Bool(true));
        let schema = match contained {
            // The last ones, where a prefix says least about them.
            Some(contained) if i + wanted >= least => json!({"allOf": [own, contained]}),
            _ => own,
        };
        let item = |variant: usize| match &schema {
            Value::Object(_) | Value::Bool(false) => {
                context.with_variant(variant, || build(context, &schema, depth - 1))
            }
            _ if unique => Value::from(variant),
            _ => Value::Null,
        };
        if !unique {
            out.push(item(context.variant.get()));
            continue;
        }
        let different = (i..i + VARIANTS)
            .map(&item)
            .find(|v| seen.insert(v.to_string()));
        out.push(different.unwrap_or_else(|| {
            let other = json!({"allOf": [&schema], "not": {"enum": &out}});
            build(context, &other, depth - 1)
        }));
    }
    Value::Array(out)
}
