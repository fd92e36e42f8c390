//! Keywords about the entries of an array.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Evaluated, Judge, simple};

impl Judge<'_, '_> {
    pub(super) fn array(
        &self,
        schema: &Map<String, Value>,
        entries: &[Value],
        seen: &mut Evaluated,
        depth: u8,
    ) -> Option<()> {
        if !simple::is_within(schema, entries.len(), "minItems", "maxItems") {
            return None;
        }
        if schema.get("uniqueItems") == Some(&Value::Bool(true)) {
            let mut known = HashSet::new();
            if !entries
                .iter()
                .all(|entry| known.insert(simple::canonical(entry)))
            {
                return None;
            }
        }
        // A list of `items` is what `prefixItems` was called in older drafts.
        let (prefix, rest) = match schema.get("items") {
            Some(Value::Array(prefix)) => (Some(prefix), schema.get("additionalItems")),
            items => (schema.get("prefixItems").and_then(Value::as_array), items),
        };
        for (i, entry) in entries.iter().enumerate() {
            let own = prefix.and_then(|prefix| prefix.get(i));
            if let Some(schema) = own.or(rest) {
                self.apply(schema, entry, depth)?;
                seen.items.insert(i);
            }
        }
        if let Some(wanted) = schema.get("contains") {
            let mut found = 0;
            for (i, entry) in entries.iter().enumerate() {
                if self.is_valid(wanted, entry, depth) {
                    found += 1;
                    seen.items.insert(i);
                }
            }
            let least = schema
                .get("minContains")
                .and_then(Value::as_u64)
                .unwrap_or(1);
            let most = schema.get("maxContains").and_then(Value::as_u64);
            if found < least || most.is_some_and(|most| found > most) {
                return None;
            }
        }
        if let Some(rest) = schema.get("unevaluatedItems") {
            for (i, entry) in entries.iter().enumerate() {
                if seen.items.insert(i) && !self.is_valid(rest, entry, depth) {
                    return None;
                }
            }
        }
        Some(())
    }
}
