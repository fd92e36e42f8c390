//! The least value that a shape allows.

use std::cell::RefCell;
use std::collections::HashMap;

use serde_json::{Map, Value};

use super::sample;
use crate::model::Service;

/// Shapes are entered this deep.
const DEPTH: usize = 16;

/// The least values of a service's shapes, each made once.
pub(super) struct Minimal<'a> {
    pub(super) service: &'a Service,
    made: RefCell<HashMap<String, Option<Value>>>,
}

impl<'a> Minimal<'a> {
    pub(super) fn of(service: &'a Service) -> Self {
        Self {
            service,
            made: RefCell::default(),
        }
    }

    pub(super) fn make(&self, shape: &str) -> Option<Value> {
        if let Some(made) = self.made.borrow().get(shape) {
            return made.clone();
        }
        let made = value(self.service, shape, DEPTH);
        self.made
            .borrow_mut()
            .insert(shape.to_owned(), made.clone());
        made
    }
}

fn value(service: &Service, shape: &str, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    let stated = service.shape(shape);
    if stated["document"] == true {
        return Some(Value::Object(Map::new()));
    }
    let least = stated["min"].as_u64().unwrap_or(0);
    let count = usize::try_from(least).ok()?;
    Some(match stated["type"].as_str()? {
        "structure" => {
            let mut members = Map::new();
            let union = stated["union"] == true;
            for (name, _, of) in service.members(shape) {
                if union {
                    if let Some(entry) = value(service, of, depth) {
                        members.insert(name.to_owned(), entry);
                        break;
                    }
                } else if service.is_required(shape, name) {
                    members.insert(name.to_owned(), value(service, of, depth)?);
                }
            }
            if union && members.is_empty() {
                return None;
            }
            Value::Object(members)
        }
        "list" => {
            let of = stated["member"]["shape"].as_str()?;
            if count == 0 {
                return Some(Value::Array(Vec::new()));
            }
            Value::Array(vec![value(service, of, depth)?; count])
        }
        "map" => Value::Object(Map::new()),
        "string" => match stated["enum"].as_array() {
            Some(words) => words.first()?.clone(),
            None => {
                let most = stated["max"]
                    .as_u64()
                    .and_then(|most| usize::try_from(most).ok())
                    .unwrap_or(usize::MAX);
                Value::String(sample::any(stated["pattern"].as_str(), count, most)?)
            }
        },
        "integer" | "long" => stated["min"]
            .as_i64()
            .map_or_else(|| Value::from(1), |least| Value::from(least.max(1))),
        "float" | "double" => stated["min"]
            .as_f64()
            .map_or_else(|| 0.5.into(), Value::from),
        "boolean" => Value::Bool(true),
        "blob" => Value::String("YQ==".to_owned()),
        "timestamp" => Value::String("2026-01-01T00:00:00Z".to_owned()),
        _ => return None,
    })
}
