//! Schemas by chance, each made around a value that satisfies it.

use serde_json::{Map, Value, json};

/// Values nest so far.
const DEPTH: u8 = 3;

/// Combinations in one schema: with more of them within each other, the search may end without finding.
const COMBINATIONS: u8 = 2;

/// Makes pairs of a value and a schema; the same ones for the same seed.
pub(crate) struct Maker(fastrand::Rng, u8);

impl Maker {
    pub(crate) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed), 0)
    }

    /// A value, and a schema that it satisfies.
    pub(crate) fn pair(&mut self) -> (Value, Value) {
        self.1 = COMBINATIONS;
        let value = self.value(DEPTH);
        let schema = self.schema(&value, DEPTH);
        (value, schema)
    }

    fn chance(&mut self, percent: u8) -> bool {
        self.0.u8(0..100) < percent
    }

    fn value(&mut self, depth: u8) -> Value {
        match self.0.u8(0..if depth == 0 { 6 } else { 10 }) {
            0 => Value::Null,
            1 => Value::Bool(self.0.bool()),
            2 => Value::from(self.0.i64(-1000..1000)),
            3 => Value::from(f64::from(self.0.i32(-5000..5000)) / 100.0),
            4 | 5 => Value::from(self.text()),
            6 | 7 => (0..self.0.usize(0..4))
                .map(|_| self.value(depth - 1))
                .collect(),
            _ => {
                let members = (0..self.0.usize(0..4)).map(|_| {
                    let name = format!(
                        "{}{}",
                        self.0.choice(["a", "b", "x-", "n"]).unwrap(),
                        self.0.u8(0..4)
                    );
                    (name, self.value(depth - 1))
                });
                Value::Object(members.collect())
            }
        }
    }

    fn text(&mut self) -> String {
        let length = self.0.usize(0..9);
        (0..length)
            .map(|_| *self.0.choice(b"abcXYZ019-").unwrap() as char)
            .collect()
    }

    fn schema(&mut self, value: &Value, depth: u8) -> Value {
        let mut out = Map::new();
        self.kind(value, &mut out);
        match value {
            Value::Number(_) => self.number(value, &mut out),
            Value::String(text) => self.string(text, &mut out),
            Value::Array(entries) => self.array(entries, &mut out, depth),
            Value::Object(members) => self.object(members, &mut out, depth),
            _ => {}
        }
        if self.chance(8) {
            out.insert("const".into(), value.clone());
        }
        if self.chance(12) {
            let mut all = vec![self.value(0), self.value(0), value.clone()];
            self.0.shuffle(&mut all);
            all.dedup();
            out.insert("enum".into(), Value::Array(all));
        }
        if self.chance(10) {
            out.insert("default".into(), self.value(1));
        }
        if depth > 0 && self.1 > 0 {
            self.combinations(value, &mut out, depth);
        }
        Value::Object(out)
    }

    fn kind(&mut self, value: &Value, out: &mut Map<String, Value>) {
        let own = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(n) if n.is_i64() => ["integer", "number"][self.0.usize(0..2)],
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let other = ["null", "string", "boolean", "object"][self.0.usize(0..4)];
        let named = match self.0.u8(0..10) {
            0 | 1 => return,
            2 | 3 if other != own => json!([other, own]),
            4 => json!([own]),
            _ => json!(own),
        };
        out.insert("type".into(), named);
    }

    fn number(&mut self, value: &Value, out: &mut Map<String, Value>) {
        let number = value.as_f64().unwrap();
        for (name, sign) in [("minimum", -1.0), ("maximum", 1.0)] {
            if self.chance(35) {
                let off = f64::from(self.0.u8(0..40)) / 4.0;
                out.insert(name.into(), number_of(number + sign * off));
            }
        }
        for (name, sign) in [("exclusiveMinimum", -1.0), ("exclusiveMaximum", 1.0)] {
            if self.chance(25) {
                let off = f64::from(self.0.u8(1..40)) / 4.0;
                out.insert(name.into(), number_of(number + sign * off));
            }
        }
        if let Some(whole) = value.as_i64()
            && self.chance(30)
        {
            let steps = [1, 2, 3, 5, 7, 10].into_iter().filter(|s| whole % s == 0);
            let step = self.0.choice(steps.collect::<Vec<_>>()).unwrap();
            out.insert("multipleOf".into(), step.into());
        }
    }

    fn string(&mut self, text: &str, out: &mut Map<String, Value>) {
        let count = text.len();
        if self.chance(40) {
            out.insert("minLength".into(), self.0.usize(0..=count).into());
        }
        if self.chance(40) {
            out.insert("maxLength".into(), (count + self.0.usize(0..4)).into());
        }
        if self.chance(25) {
            let class = |c: char| match c {
                'a'..='z' => "[a-z]",
                'A'..='Z' => "[A-Z]",
                '0'..='9' => r"\d",
                _ => "-",
            };
            let exact: String = text.chars().map(class).collect();
            let pattern = match self.0.u8(0..4) {
                0 => format!("^{exact}$"),
                1 => "^[A-Za-z0-9-]*$".to_owned(),
                2 => format!("^(zz|{exact})$"),
                _ => format!("^(?!zz){exact}"),
            };
            out.insert("pattern".into(), pattern.into());
        }
    }

    fn array(&mut self, entries: &[Value], out: &mut Map<String, Value>, depth: u8) {
        if self.chance(50) {
            out.insert("minItems".into(), self.0.usize(0..=entries.len()).into());
        }
        if self.chance(30) {
            out.insert(
                "maxItems".into(),
                (entries.len() + self.0.usize(0..3)).into(),
            );
        }
        let distinct = entries
            .iter()
            .enumerate()
            .all(|(i, e)| !entries[..i].contains(e));
        if distinct && self.chance(30) {
            out.insert("uniqueItems".into(), true.into());
        }
        if depth > 0 && !entries.is_empty() && self.chance(40) {
            let prefix: Vec<Value> = entries.iter().map(|e| self.schema(e, depth - 1)).collect();
            out.insert("prefixItems".into(), Value::Array(prefix));
            if self.chance(50) {
                out.insert(
                    "items".into(),
                    self.0
                        .bool()
                        .then_some(json!(false))
                        .unwrap_or(json!({"type": "integer"})),
                );
            }
        } else if depth > 0 && !entries.is_empty() && self.chance(50) {
            let any: Vec<Value> = entries.iter().map(|e| self.schema(e, depth - 1)).collect();
            out.insert("items".into(), json!({ "anyOf": any }));
        }
        if let Some(entry) = self.0.choice(entries)
            && depth > 0
            && self.chance(25)
        {
            out.insert("contains".into(), self.schema(entry, depth - 1));
        }
    }

    fn object(&mut self, members: &Map<String, Value>, out: &mut Map<String, Value>, depth: u8) {
        let names: Vec<&String> = members.keys().collect();
        let mut properties = Map::new();
        for (name, value) in members {
            if depth > 0 && self.chance(80) {
                properties.insert(name.clone(), self.schema(value, depth - 1));
            }
        }
        if self.chance(30) {
            properties.insert("unused".into(), json!({"type": "string"}));
        }
        let required: Vec<&&String> = names.iter().filter(|_| self.0.u8(0..100) < 60).collect();
        if !required.is_empty() {
            out.insert("required".into(), json!(required));
        }
        let closed = names.iter().all(|name| properties.contains_key(*name));
        if closed && self.chance(40) {
            out.insert("additionalProperties".into(), false.into());
        }
        if self.chance(70) {
            out.insert("properties".into(), Value::Object(properties));
        }
        if !out.contains_key("properties") {
            out.remove("additionalProperties");
        }
        if self.chance(20) {
            out.insert("minProperties".into(), self.0.usize(0..=names.len()).into());
        }
        if self.chance(20) {
            out.insert(
                "maxProperties".into(),
                (names.len() + self.0.usize(0..2)).into(),
            );
        }
        if self.chance(15) {
            out.insert(
                "propertyNames".into(),
                json!({"pattern": "^[a-z][a-z0-9-]*$"}),
            );
        }
        if names.len() > 1 && self.chance(20) {
            out.insert(
                "dependentRequired".into(),
                json!({names[0].as_str(): [names[1]]}),
            );
        }
    }

    fn combinations(&mut self, value: &Value, out: &mut Map<String, Value>, depth: u8) {
        let other = self.value(1);
        if self.chance(12) {
            self.1 -= 1;
            let branches = [
                self.schema(&other, depth - 1),
                self.schema(value, depth - 1),
            ];
            out.insert("anyOf".into(), json!(branches));
        }
        if self.1 > 0 && self.chance(12) {
            self.1 -= 1;
            let branches = [self.schema(value, depth - 1), self.schema(value, depth - 1)];
            out.insert("allOf".into(), json!(branches));
        }
        if self.1 > 0 && other != *value && self.chance(12) {
            self.1 -= 1;
            out.insert("not".into(), json!({"const": other}));
        }
        if self.1 > 0 && other != *value && self.chance(10) {
            self.1 -= 1;
            let branches = [json!({"const": other}), self.schema(value, depth - 1)];
            let valid = |branch: &&Value| jsonschema::is_valid(branch, value);
            if branches.iter().filter(valid).count() == 1 {
                out.insert("oneOf".into(), json!(branches));
            }
        }
        if self.1 > 0 && self.chance(10) {
            self.1 -= 1;
            let condition = self.schema(&other, depth - 1);
            let branch = self.schema(value, depth - 1);
            let met = jsonschema::is_valid(&condition, value);
            out.insert("if".into(), condition);
            out.insert(if met { "then" } else { "else" }.into(), branch);
        }
    }
}

fn number_of(value: f64) -> Value {
    match value.fract() == 0.0 {
        true => Value::from(value as i64),
        false => Value::from((value * 100.0).round() / 100.0),
    }
}
