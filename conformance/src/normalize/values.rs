//! Bodies: what a model says, counts and times → tokens, by the names of members.

use serde_json::{Map, Value};

use super::Tokens;

/// Entries of a list of objects that are told.
const ENTRIES: usize = 2;
/// Lists of so many numbers are vectors.
const VECTOR: usize = 9;

/// Members whose texts a model chose.
const SAID: &[&str] = &[
    "text",
    "outputText",
    "generation",
    "generated_text",
    "completion",
    "content",
    "thinking",
    "reasoning",
    "reasoning_content",
    "inputText",
    "title",
    "partial_json",
];
/// Lists in the order of random ids, which is none.
const SETS: &[&str] = &["inferenceProfileSummaries", "member"];
/// Members in which everything is a model's choice.
const CHOSEN: &[&str] = &["input", "arguments", "parameters"];

/// A body or a part of one.
pub(super) fn normalise(value: &Value, tokens: &mut Tokens) -> Value {
    member("", value, tokens)
}

fn member(name: &str, value: &Value, tokens: &mut Tokens) -> Value {
    match value {
        Value::Object(members) => object(members, tokens),
        Value::Array(entries) => array(name, entries, tokens),
        Value::Number(_) if is_counted(name) => "<int>".into(),
        Value::String(text) => string(name, text, tokens).into(),
        other => other.clone(),
    }
}

fn object(members: &Map<String, Value>, tokens: &mut Tokens) -> Value {
    let sums = [
        ("inputTokens", "outputTokens", "totalTokens"),
        ("prompt_tokens", "completion_tokens", "total_tokens"),
    ];
    let count = |name: &str| members.get(name).and_then(Value::as_u64);
    let is_sum = |name: &str| {
        sums.iter().any(|(one, other, sum)| {
            *sum == name && count(one).zip(count(other)).map(|(a, b)| a + b) == count(sum)
        })
    };
    let pairs = members.iter().map(|(name, value)| {
        let value = match value {
            Value::Number(_) if is_sum(name) => "<sum>".into(),
            value if CHOSEN.contains(&name.as_str()) => chosen(value),
            value => member(name, value, tokens),
        };
        (name.clone(), value)
    });
    Value::Object(pairs.collect())
}

fn array(name: &str, entries: &[Value], tokens: &mut Tokens) -> Value {
    if entries.len() >= VECTOR && entries.iter().all(Value::is_number) {
        return Value::Array(vec!["<number>".into(), "<more>".into()]);
    }
    let told = match entries.iter().any(Value::is_object) {
        true => ENTRIES,
        false => usize::MAX,
    };
    let mut entries: Vec<&Value> = entries.iter().collect();
    if SETS.contains(&name) && entries.iter().all(|entry| entry.is_object()) {
        entries.sort_by_key(|entry| member(name, entry, &mut Tokens::default()).to_string());
    }
    let kept = entries.iter().take(told);
    let mut out: Vec<Value> = kept.map(|entry| member(name, entry, tokens)).collect();
    if out.len() < entries.len() {
        out.push("<more>".into());
    }
    Value::Array(out)
}

/// Names stay, values are the model's.
fn chosen(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(n, v)| (n.clone(), chosen(v)))
            .collect(),
        Value::Array(entries) => entries.iter().map(chosen).collect(),
        Value::String(text) if is_token(text) => value.clone(),
        Value::String(_) => "<text>".into(),
        Value::Number(_) => "<number>".into(),
        other => other.clone(),
    }
}

fn string(name: &str, text: &str, tokens: &mut Tokens) -> String {
    if is_token(text) || text.is_empty() {
        return text.to_owned();
    }
    match name {
        "p" => "<padding>".to_owned(),
        "signature" | "redactedContent" | "data" | "encryptedContent" => "<signature>".to_owned(),
        "model" | "modelId" => "<model>".to_owned(),
        "SessionToken" | "SecretAccessKey" | "ServiceCredentialSecret" | "ServicePassword" => {
            "<secret>".to_owned()
        }
        "nextToken" | "Marker" => "<cursor>".to_owned(),
        "inferenceProfileId" => tokens.profile(text),
        name if SAID.contains(&name) => "<text>".to_owned(),
        _ => tokens.text(text),
    }
}

fn is_token(text: &str) -> bool {
    text.starts_with('<') && text.ends_with('>') && !text.contains(' ')
}

/// Counts of tokens and characters, times, and what else is a number by chance.
fn is_counted(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let ends = [
        "tokens",
        "tokencount",
        "token_count",
        "latency",
        "latencyms",
        "ms",
        "created",
        "textcharacters",
        "requests",
    ];
    ends.iter().any(|end| lower.ends_with(end))
        || ["score", "relevance_score", "logprob"].contains(&&*lower)
}
