//! Keywords about the members of an object.

use serde_json::{Map, Value};

use super::{Evaluated, Judge, simple};

impl Judge<'_, '_> {
    pub(super) fn object(
        &self,
        schema: &Map<String, Value>,
        members: &Map<String, Value>,
        whole: &Value,
        seen: &mut Evaluated,
        depth: u8,
    ) -> Option<()> {
        if !simple::is_within(schema, members.len(), "minProperties", "maxProperties") {
            return None;
        }
        let has = |name: &Value| name.as_str().is_none_or(|name| members.contains_key(name));
        let all = |names: &Value| names.as_array().is_none_or(|names| names.iter().all(has));
        if !schema.get("required").is_none_or(all) {
            return None;
        }
        for keyword in ["dependentRequired", "dependentSchemas", "dependencies"] {
            let dependents = schema.get(keyword).and_then(Value::as_object);
            let present = |(name, _): &(&String, &Value)| members.contains_key(*name);
            for (_, dependent) in dependents.into_iter().flatten().filter(present) {
                match dependent {
                    Value::Array(_) if !all(dependent) => return None,
                    Value::Array(_) => {}
                    dependent => seen.add(self.apply(dependent, whole, depth)?),
                }
            }
        }
        let names = schema.get("propertyNames");
        for (name, value) in members {
            if let Some(names) = names
                && !self.is_valid(names, &Value::from(name.as_str()), depth)
            {
                return None;
            }
            if self.member(schema, name, value, depth)? {
                seen.members.insert(name.clone());
            }
        }
        if let Some(rest) = schema.get("unevaluatedProperties") {
            for (name, value) in members {
                if seen.members.insert(name.clone()) && !self.is_valid(rest, value, depth) {
                    return None;
                }
            }
        }
        Some(())
    }

    /// Whether a keyword here speaks about the member; nothing if it is invalid.
    fn member(
        &self,
        schema: &Map<String, Value>,
        name: &str,
        value: &Value,
        depth: u8,
    ) -> Option<bool> {
        let mut spoken_of = false;
        let own = schema.get("properties").and_then(|known| known.get(name));
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        let fitting = patterns
            .into_iter()
            .flatten()
            .filter(|(pattern, _)| self.context.fits(pattern, name) == Some(true));
        for schema in own.into_iter().chain(fitting.map(|(_, schema)| schema)) {
            spoken_of = true;
            self.apply(schema, value, depth)?;
        }
        if let Some(further) = schema.get("additionalProperties")
            && !spoken_of
        {
            spoken_of = true;
            self.apply(further, value, depth)?;
        }
        Some(spoken_of)
    }
}
