//! `match`: which requests a scenario is for.

use serde_json::Value;

use super::node::{Node, Read, shown};
use super::subject::Subject;
use super::text_match::{TextMatch, glob};

/// Members of `match`.
pub const CLAUSES: &[&str] = &[
    "operation",
    "model",
    "family",
    "account",
    "lastUser",
    "system",
    "turn",
    "toolResult",
    "tools",
    "body",
    "header",
    "stream",
];

/// All clauses must fit; one that is absent fits everything.
#[derive(Debug, Clone, Default)]
pub struct Matcher {
    clauses: Vec<Clause>,
}

#[derive(Debug, Clone)]
enum Clause {
    Operation(Vec<String>),
    Model(Vec<String>),
    Family(String),
    Account(String),
    LastUser(TextMatch),
    System(TextMatch),
    Turn(u64),
    /// `None` for no result at all.
    ToolResult(Option<ToolResult>),
    Tools(Vec<String>),
    Body(String, Value),
    Header(String, TextMatch),
    Stream(bool),
}

#[derive(Debug, Clone, Default)]
struct ToolResult {
    tool: Option<String>,
    content: Option<TextMatch>,
}

impl Matcher {
    /// Reads a `match` object. `operations` are the names that the service models have.
    pub fn read(node: &Node<'_>, operations: &dyn Fn(&str) -> bool) -> Read<Self> {
        node.object("match", CLAUSES)?;
        let mut clauses = Vec::new();
        for name in CLAUSES {
            if let Some(inner) = node.at(name) {
                clauses.extend(read_clause(name, &inner, operations)?);
            }
        }
        Ok(Self { clauses })
    }

    /// The first clause that a request does not fit, in words.
    pub fn misfit(&self, subject: &Subject<'_>) -> Option<String> {
        self.clauses
            .iter()
            .find_map(|clause| clause.misfit(subject))
    }

    /// How many clauses a request fits.
    pub fn fitting(&self, subject: &Subject<'_>) -> usize {
        let fits = |clause: &&Clause| clause.misfit(subject).is_none();
        self.clauses.iter().filter(fits).count()
    }

    /// More clauses are more specific, then more exact ones.
    pub fn specificity(&self) -> (usize, u32) {
        let weight = self.clauses.iter().map(Clause::weight).sum();
        (self.clauses.len(), weight)
    }

    /// The account that it is bound to, if it names one.
    pub fn account(&self) -> Option<&str> {
        self.clauses.iter().find_map(|c| match c {
            Clause::Account(account) => Some(account.as_str()),
            _ => None,
        })
    }

    /// Whether each request that fits `other` fits this too, as far as the texts of the clauses tell:
    /// every clause of this stands in `other` word for word.
    pub fn covers(&self, other: &Self) -> bool {
        let same = |a: &Clause| {
            other
                .clauses
                .iter()
                .any(|b| format!("{a:?}") == format!("{b:?}"))
        };
        self.clauses.iter().all(same)
    }
}

fn read_clause(
    name: &str,
    node: &Node<'_>,
    operations: &dyn Fn(&str) -> bool,
) -> Read<Vec<Clause>> {
    let texts = |what: &str| -> Read<Vec<String>> {
        let all = node.one_or_list();
        all.iter().map(|n| n.text(what).map(Into::into)).collect()
    };
    Ok(match name {
        "operation" => {
            for entry in node.one_or_list() {
                let operation = entry.text("operation")?;
                if !operations(operation) {
                    return Err(entry.wrong(format!(
                        "no service model has an operation {operation:?}; names are like Converse or ConverseStream"
                    )));
                }
            }
            vec![Clause::Operation(texts("operation")?)]
        }
        "model" => vec![Clause::Model(texts("model")?)],
        "family" => vec![Clause::Family(node.text("family")?.into())],
        "account" => {
            let account = node.text("account")?;
            if !crate::config::is_account(account) {
                return Err(node.wrong(format!("an account has 12 digits, this is {account:?}")));
            }
            vec![Clause::Account(account.into())]
        }
        "lastUser" => vec![Clause::LastUser(TextMatch::read(node, "lastUser")?)],
        "system" => vec![Clause::System(TextMatch::read(node, "system")?)],
        "turn" => vec![Clause::Turn(node.number("turn", 1)?)],
        "toolResult" => vec![Clause::ToolResult(read_tool_result(node)?)],
        "tools" => vec![Clause::Tools(texts("tools")?)],
        "stream" => vec![Clause::Stream(node.boolean("stream")?)],
        "body" => {
            let mut clauses = Vec::new();
            for (pointer, wanted) in node.any_object("body")? {
                if !pointer.is_empty() && !pointer.starts_with('/') {
                    let inner = node.at(pointer).unwrap_or_else(|| node.clone());
                    return Err(inner.wrong(format!(
                        "{pointer:?} is no JSON pointer: those begin with /, for example /inferenceConfig/maxTokens"
                    )));
                }
                clauses.push(Clause::Body(pointer.clone(), wanted.clone()));
            }
            clauses
        }
        _ => {
            let mut clauses = Vec::new();
            for header in node.any_object("header")?.keys() {
                if let Some(inner) = node.at(header) {
                    let wanted = TextMatch::read(&inner, "a header")?;
                    clauses.push(Clause::Header(header.to_ascii_lowercase(), wanted));
                }
            }
            clauses
        }
    })
}

fn read_tool_result(node: &Node<'_>) -> Read<Option<ToolResult>> {
    if let Some(wanted) = node.value.as_bool() {
        return Ok(wanted.then(ToolResult::default));
    }
    node.object("toolResult", &["tool", "content"])?;
    let tool = node.at("tool").map(|n| n.text("tool").map(Into::into));
    let content = node.at("content").map(|n| TextMatch::read(&n, "content"));
    Ok(Some(ToolResult {
        tool: tool.transpose()?,
        content: content.transpose()?,
    }))
}

impl Clause {
    fn weight(&self) -> u32 {
        match self {
            Self::LastUser(text) | Self::System(text) | Self::Header(_, text) => text.weight(),
            Self::Model(all) if all.iter().any(|m| m.contains('*')) => 1,
            Self::Operation(_) | Self::Stream(_) | Self::Family(_) | Self::ToolResult(None) => 1,
            Self::ToolResult(Some(result)) => {
                let content = result.content.as_ref().map_or(0, TextMatch::weight);
                1 + u32::from(result.tool.is_some()) + content
            }
            _ => 3,
        }
    }

    /// What was wanted and what was there, if that is not the same.
    fn misfit(&self, subject: &Subject<'_>) -> Option<String> {
        let is = |name: &str, wanted: &dyn std::fmt::Display, was: Option<&str>, fits: bool| {
            let was = was.map_or_else(|| "nothing".into(), |was| shown(&was.into()));
            (!fits).then(|| format!("{name}: wanted {wanted}, was {was}"))
        };
        let text = |name: &str, wanted: &TextMatch, was: Option<String>| {
            let fits = was.as_deref().is_some_and(|was| wanted.fits(was));
            is(name, wanted, was.as_deref(), fits)
        };
        match self {
            Self::Operation(all) => {
                let fits = all.iter().any(|o| o == subject.operation);
                is(
                    "operation",
                    &all.join(" or "),
                    Some(subject.operation),
                    fits,
                )
            }
            Self::Model(all) => {
                let names = [subject.model, subject.model_sent];
                let fits =
                    |pattern: &String| names.iter().flatten().any(|name| glob(pattern, name));
                let was = subject.model_sent.or(subject.model);
                is("model", &all.join(" or "), was, all.iter().any(fits))
            }
            Self::Family(wanted) => is(
                "family",
                wanted,
                subject.family,
                subject.family == Some(wanted),
            ),
            Self::Account(wanted) => is(
                "account",
                wanted,
                Some(subject.account),
                wanted == subject.account,
            ),
            Self::LastUser(wanted) => text("lastUser", wanted, subject.last_user()),
            Self::System(wanted) => text("system", wanted, subject.system()),
            Self::Turn(wanted) => {
                let was = subject.turn();
                let text = was.map(|t| t.to_string());
                is("turn", wanted, text.as_deref(), was == Some(*wanted))
            }
            Self::ToolResult(wanted) => wanted_result(wanted.as_ref(), subject),
            Self::Tools(wanted) => {
                let offered = |name: &String| {
                    let tools = subject.conversation.map(|c| c.tools.as_slice());
                    tools.unwrap_or_default().iter().any(|t| t.name == *name)
                };
                let missing = wanted.iter().find(|name| !offered(name))?;
                Some(format!("tools: {missing:?} is not offered"))
            }
            Self::Body(pointer, wanted) => {
                let was = subject.body.pointer(pointer);
                let fits = was.is_some_and(|was| holds(was, wanted));
                let was = was.map_or_else(|| "absent".into(), shown);
                (!fits).then(|| format!("body {pointer}: wanted {}, was {was}", shown(wanted)))
            }
            Self::Header(name, wanted) => {
                let was = subject.headers.get(name).and_then(|v| v.to_str().ok());
                text(&format!("header {name}"), wanted, was.map(Into::into))
            }
            Self::Stream(wanted) => {
                let was = subject.stream.to_string();
                is("stream", wanted, Some(&was), *wanted == subject.stream)
            }
        }
    }
}

fn wanted_result(wanted: Option<&ToolResult>, subject: &Subject<'_>) -> Option<String> {
    let results = subject.tool_results();
    let Some(wanted) = wanted else {
        let unwanted = !results.is_empty();
        return unwanted.then(|| "toolResult: wanted none, the last message has one".into());
    };
    if results.is_empty() {
        return Some("toolResult: wanted one, the last message has none".into());
    }
    let fits = |(name, text): &(Option<&str>, &str)| {
        wanted.tool.as_ref().is_none_or(|tool| *name == Some(tool))
            && wanted
                .content
                .as_ref()
                .is_none_or(|content| content.fits(text))
    };
    if results.iter().any(fits) {
        return None;
    }
    let were: Vec<String> = results
        .iter()
        .map(|(name, text)| format!("{} {}", name.unwrap_or("?"), shown(&(*text).into())))
        .collect();
    let of = wanted
        .tool
        .as_ref()
        .map(|t| format!(" of {t}"))
        .unwrap_or_default();
    let with = wanted
        .content
        .as_ref()
        .map(|c| format!(" with {c}"))
        .unwrap_or_default();
    Some(format!(
        "toolResult: wanted one{of}{with}, was {}",
        were.join(", ")
    ))
}

/// Whether a value is another one, or an object that holds all of its members.
fn holds(value: &Value, wanted: &Value) -> bool {
    match (value, wanted) {
        (Value::Object(value), Value::Object(wanted)) => wanted
            .iter()
            .all(|(name, wanted)| value.get(name).is_some_and(|v| holds(v, wanted))),
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => value == wanted,
    }
}
