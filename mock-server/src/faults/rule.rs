//! A fault, which requests meet it, and how often.
//!
//! In JSON the members of all three stand side by side:
//! `{"kind": "exception", "error": "ThrottlingException", "operation": "Converse", "first": 2}`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Fault, KINDS, RuleError};
use crate::account::is_account;

/// A fault and the requests that meet it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its id; one is made if there is none.
    pub id: Option<String>,
    /// What goes wrong.
    pub fault: Fault,
    /// Which requests meet it.
    pub wanted: Wanted,
    /// How often.
    pub count: Count,
}

/// Which requests meet a fault: all members that are given must fit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Wanted {
    /// 12-digit account; all accounts if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Name of the operation, for example `ConverseStream`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The `modelId` of the request, or the id of the model that it comes to; `*` stands for any
    /// characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Whether the operation answers with a stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub streaming: Option<bool>,
}

/// How many of the requests that fit meet the fault: every one unless a member says otherwise, and all
/// members that are given must agree. Each account is counted by itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Count {
    /// The first so many (behind `after`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<u64>,
    /// Not the first so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Every so-manyth (behind `after`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<u64>,
    /// At most so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// This part of them, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Seed of `probability`: the same seed strikes the same requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

const WANTED: [&str; 4] = ["account", "operation", "model", "streaming"];
const COUNT: [&str; 6] = ["first", "after", "every", "times", "probability", "seed"];

/// Members of a rule beside those of its fault.
const MEMBERS: [&str; 11] = [
    "id",
    "account",
    "operation",
    "model",
    "streaming",
    "first",
    "after",
    "every",
    "times",
    "probability",
    "seed",
];

impl From<Fault> for Rule {
    fn from(fault: Fault) -> Self {
        Self {
            id: None,
            fault,
            wanted: Wanted::default(),
            count: Count::default(),
        }
    }
}

impl Rule {
    /// Every request meets this fault; the other methods narrow that down.
    pub fn new(fault: impl Into<Fault>) -> Self {
        Self::from(fault.into())
    }

    /// Under this id, so that it can be taken away by it.
    pub fn id(mut self, id: &str) -> Self {
        self.id = Some(id.into());
        self
    }

    /// For one 12-digit account.
    pub fn account(mut self, account: &str) -> Self {
        self.wanted.account = Some(account.into());
        self
    }

    /// For one operation.
    pub fn operation(mut self, operation: &str) -> Self {
        self.wanted.operation = Some(operation.into());
        self
    }

    /// For models by id, `*` standing for any characters.
    pub fn model(mut self, glob: &str) -> Self {
        self.wanted.model = Some(glob.into());
        self
    }

    /// For operations that answer with a stream, or for the others.
    pub fn streaming(mut self, streaming: bool) -> Self {
        self.wanted.streaming = Some(streaming);
        self
    }

    /// For the first `n` requests that fit.
    pub fn first(mut self, n: u64) -> Self {
        self.count.first = Some(n);
        self
    }

    /// Not for the first `n` requests that fit.
    pub fn after(mut self, n: u64) -> Self {
        self.count.after = Some(n);
        self
    }

    /// For every `n`th request that fits.
    pub fn every(mut self, n: u64) -> Self {
        self.count.every = Some(n);
        self
    }

    /// At most `n` times.
    pub fn times(mut self, n: u64) -> Self {
        self.count.times = Some(n);
        self
    }

    /// For this part of the requests that fit, 0 to 1; the same seed strikes the same ones.
    pub fn probability(mut self, part: f64, seed: u64) -> Self {
        (self.count.probability, self.count.seed) = (Some(part), Some(seed));
        self
    }

    /// Reads one rule, or a list of them, from JSON text.
    pub fn read_all(text: &str) -> Result<Vec<Self>, RuleError> {
        let value: Value = serde_json::from_str(text).map_err(|e| RuleError {
            at: Some((e.line(), e.column())),
            ..RuleError::new(format!("not JSON: {e}"))
        })?;
        let values = match value {
            Value::Array(values) => values,
            one => vec![one],
        };
        let read = values.into_iter().map(Self::from_value);
        read.collect::<Result<_, _>>().map_err(|e| e.located(text))
    }

    /// Reads a rule.
    pub fn from_value(value: Value) -> Result<Self, RuleError> {
        let Value::Object(mut members) = value else {
            let text = "expected an object such as {\"kind\": \"hang\", \"first\": 1}";
            return Err(RuleError::new(text));
        };
        let id = match members.shift_remove("id") {
            None => None,
            Some(Value::String(id)) if !id.is_empty() && id.len() <= 64 => Some(id),
            Some(_) => {
                return Err(RuleError::of(
                    "id",
                    "id: expected a string of 1 to 64 bytes",
                ));
            }
        };
        let wanted = part(&mut members, &WANTED)?;
        // Some kinds have a seed of their own. Beside a probability it is that of both.
        let seed = members.get("seed").filter(|_| has_seed(&members)).cloned();
        if seed.is_some() && !members.contains_key("probability") {
            members.shift_remove("seed");
        }
        let count = part(&mut members, &COUNT)?;
        members.extend(seed.map(|seed| ("seed".to_owned(), seed)));
        let fault = Fault::read(members).map_err(|e| e.beside(&MEMBERS))?;
        let rule = Self {
            id,
            fault,
            wanted,
            count,
        };
        rule.check()?;
        Ok(rule)
    }

    /// Says what is wrong with it, whatever the service models hold.
    pub fn check(&self) -> Result<(), RuleError> {
        let account = self.wanted.account.as_deref();
        if account.is_some_and(|account| !is_account(account)) {
            return Err(RuleError::of("account", "account: expected 12 digits"));
        }
        if self.count.every == Some(0) {
            return Err(RuleError::of("every", "every: expected at least 1"));
        }
        if !(0.0..=1.0).contains(&self.count.probability.unwrap_or(0.0)) {
            let text = "probability: expected a number from 0 to 1";
            return Err(RuleError::of("probability", text));
        }
        if self.count.seed.is_some() && self.count.probability.is_none() {
            let text = "seed: means nothing without probability";
            return Err(RuleError::of("seed", text));
        }
        self.fault
            .effect()
            .check()
            .map_err(|why| RuleError::new(format!("{}: {why}", self.fault.kind())))
    }

    /// The rule as JSON, as [`Rule::from_value`] reads it.
    pub fn to_value(&self) -> Value {
        let mut members = Map::new();
        if let Some(id) = &self.id {
            members.insert("id".into(), id.as_str().into());
        }
        let parts = [
            serde_json::to_value(&self.fault),
            serde_json::to_value(&self.wanted),
            serde_json::to_value(&self.count),
        ];
        for part in parts.into_iter().flatten() {
            if let Value::Object(part) = part {
                members.extend(part);
            }
        }
        Value::Object(members)
    }
}

/// Whether a fault's kind has a parameter `seed`.
fn has_seed(members: &Map<String, Value>) -> bool {
    let kind = members.get("kind").and_then(Value::as_str);
    let about = KINDS.iter().find(|about| Some(about.name) == kind);
    about.is_some_and(|about| about.parameters.iter().any(|p| p.name == "seed"))
}

/// Takes the members with these names out and reads them.
fn part<T: for<'de> Deserialize<'de>>(
    members: &mut Map<String, Value>,
    names: &[&str],
) -> Result<T, RuleError> {
    let mut own = Map::new();
    for name in names {
        if let Some(value) = members.shift_remove(*name) {
            // One at a time, so that the message can name the member.
            let one = Map::from_iter([((*name).to_owned(), value.clone())]);
            serde_json::from_value::<T>(Value::Object(one)).map_err(|e| {
                RuleError::of(
                    name,
                    format!(
                        "{name}: {}",
                        crate::diagnostics::serde_message::plain(&e.to_string())
                    ),
                )
            })?;
            own.insert((*name).to_owned(), value);
        }
    }
    serde_json::from_value(Value::Object(own)).map_err(|e| RuleError::serde(&e))
}
