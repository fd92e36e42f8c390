//! Request and response pairs of `fixtures/providers/`, and how an answer is held against one.
//!
//! Keys, their order and the types of values must be those of the pair. A text that begins with `=`
//! must be the rest of it; of an array every entry must look like the expected one, or, where
//! several are expected, like the one at its place.

use std::path::Path;

use serde_json::Value;

pub struct Pair {
    pub name: String,
    pub model: String,
    pub request: Value,
    pub response: Option<Value>,
    /// Whether a chunk may stand there any number of times, and its form.
    pub chunks: Vec<(bool, Value)>,
}

/// All pairs of text models, by name.
pub fn pairs() -> Vec<Pair> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/providers");
    let mut pairs = Vec::new();
    for folder in std::fs::read_dir(root).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let file = file.unwrap().path();
            let text = std::fs::read_to_string(&file).unwrap();
            let value: Value = serde_json::from_str(&text).unwrap();
            // Schemas, and pairs that other tests read.
            if value.get("request").is_none() || value.get("basis").is_none() {
                continue;
            }
            let chunk = |c: &Value| (c["times"] == "some", c["chunk"].clone());
            let chunks = value["chunks"].as_array();
            pairs.push(Pair {
                name: file.display().to_string(),
                model: value["model"].as_str().unwrap().into(),
                request: value["request"].clone(),
                response: value.get("response").cloned(),
                chunks: chunks.into_iter().flatten().map(chunk).collect(),
            });
        }
    }
    pairs.sort_by(|a, b| a.name.cmp(&b.name));
    pairs
}

pub fn same_form(expected: &Value, found: &Value, at: &str) -> Result<(), String> {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let keys = |o: &serde_json::Map<String, Value>| o.keys().cloned().collect::<Vec<_>>();
            let (want, have) = (keys(expected), keys(found));
            if want != have {
                return Err(format!("{at}: expected keys {want:?}, found {have:?}"));
            }
            let mut members = expected.iter();
            members.try_for_each(|(k, v)| same_form(v, &found[k], &format!("{at}/{k}")))
        }
        (Value::Array(expected), Value::Array(found)) => {
            if expected.is_empty() != found.is_empty()
                || expected.len() > 1 && expected.len() != found.len()
            {
                let (want, have) = (expected.len(), found.len());
                return Err(format!("{at}: expected {want} entries, found {have}"));
            }
            let at_place = |i: usize| if expected.len() > 1 { i } else { 0 };
            let mut entries = found.iter().enumerate();
            entries
                .try_for_each(|(i, f)| same_form(&expected[at_place(i)], f, &format!("{at}/{i}")))
        }
        (Value::String(expected), Value::String(found)) => match expected.strip_prefix('=') {
            Some(exact) if exact != found => {
                Err(format!("{at}: expected {exact:?}, found {found:?}"))
            }
            _ => Ok(()),
        },
        (Value::Bool(expected), Value::Bool(found)) if expected == found => Ok(()),
        (Value::Number(expected), Value::Number(found)) if expected.is_f64() == found.is_f64() => {
            Ok(())
        }
        (Value::Null, Value::Null) => Ok(()),
        _ => Err(format!("{at}: expected {expected}, found {found}")),
    }
}
