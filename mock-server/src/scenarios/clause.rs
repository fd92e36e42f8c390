//! One clause of a `match`: whether a request fits it, and what to say if it does not.

use serde_json::Value;

use super::node::shown;
use super::request_view::{Answered, Subject};
use super::text_match::TextMatch;
use crate::glob;
use crate::journal::is_credential;

/// A clause.
#[derive(Debug, Clone)]
pub enum Clause {
    /// The operation is one of these.
    Operation(Vec<String>),
    /// The model's id, as it was sent or as it was resolved, fits one of these patterns.
    Model(Vec<String>),
    /// The catalogue counts the model to this family.
    Family(String),
    /// The caller's account.
    Account(String),
    /// The text of the last user turn.
    LastUser(TextMatch),
    /// The system prompts.
    System(TextMatch),
    /// The turn's number, from 1.
    Turn(u64),
    /// What tools answered in the last user turn; `None` for no result at all.
    ToolResult(Option<ToolResult>),
    /// All of these tools are offered.
    Tools(Vec<String>),
    /// At this pointer the body has this value.
    Body(String, Value),
    /// A header's value.
    Header(String, TextMatch),
    /// Whether the answer is streamed.
    Stream(bool),
}

/// A demand on the answer of a tool.
#[derive(Debug, Clone, Default)]
pub struct ToolResult {
    /// The tool's name.
    pub tool: Option<String>,
    /// Its text, or the text of its JSON.
    pub content: Option<TextMatch>,
    /// Members that its JSON has.
    pub json: Option<Value>,
}

impl Clause {
    /// How much it narrows down.
    pub fn weight(&self) -> u32 {
        match self {
            Self::LastUser(text) | Self::System(text) | Self::Header(_, text) => text.weight(),
            Self::Model(all) if all.iter().any(|m| m.contains('*')) => 1,
            Self::Operation(_) | Self::Stream(_) | Self::Family(_) | Self::ToolResult(None) => 1,
            Self::ToolResult(Some(result)) => {
                let content = result.content.as_ref().map_or(0, TextMatch::weight);
                let json = result.json.as_ref().map_or(0, |_| 2);
                1 + u32::from(result.tool.is_some()) + content + json
            }
            _ => 3,
        }
    }

    /// How long it takes to tell whether a request fits: a comparison, a search, a pattern.
    pub fn cost(&self) -> u32 {
        let text = |wanted: &TextMatch| match wanted {
            TextMatch::Equals(_) => 1,
            TextMatch::Contains(_) => 2,
            TextMatch::Regex(_) => 3,
        };
        match self {
            Self::LastUser(wanted) | Self::System(wanted) | Self::Header(_, wanted) => text(wanted),
            Self::Body(..) => 2,
            Self::ToolResult(Some(_)) => 3,
            _ => 0,
        }
    }

    /// Whether a request fits. Builds no text: this runs for every scenario on every request.
    pub fn fits(&self, subject: &Subject<'_>) -> bool {
        match self {
            Self::Operation(all) => all.iter().any(|o| o == subject.operation),
            Self::Model(all) => {
                let names = [subject.model, subject.model_sent];
                let fits = |pattern: &String| {
                    names
                        .iter()
                        .flatten()
                        .any(|name| glob::covers(pattern, name))
                };
                all.iter().any(fits)
            }
            Self::Family(wanted) => subject.family == Some(wanted),
            Self::Account(wanted) => subject.account == wanted,
            Self::LastUser(wanted) => subject.last_user().is_some_and(|was| wanted.fits(was)),
            Self::System(wanted) => subject.system().is_some_and(|was| wanted.fits(was)),
            Self::Turn(wanted) => subject.turn() == Some(*wanted),
            Self::ToolResult(None) => subject.tool_results().is_empty(),
            Self::ToolResult(Some(wanted)) => subject
                .tool_results()
                .iter()
                .any(|result| wanted.fits(result)),
            Self::Tools(wanted) => wanted.iter().all(|name| offered(subject, name)),
            Self::Body(pointer, wanted) => {
                let was = subject.body.pointer(pointer);
                was.is_some_and(|was| holds(was, wanted))
            }
            Self::Header(name, wanted) => header(subject, name).is_some_and(|was| wanted.fits(was)),
            Self::Stream(wanted) => *wanted == subject.stream,
        }
    }

    /// What was wanted and what was there.
    pub fn describe(&self, subject: &Subject<'_>) -> String {
        let is = |name: &str, wanted: &dyn std::fmt::Display, was: Option<&str>| {
            let was = was.map_or_else(|| "nothing".into(), |was| shown(&was.into()));
            format!("{name}: wanted {wanted}, was {was}")
        };
        match self {
            Self::Operation(all) => is("operation", &all.join(" or "), Some(subject.operation)),
            Self::Model(all) => {
                let was = subject.model_sent.or(subject.model);
                is("model", &all.join(" or "), was)
            }
            Self::Family(wanted) => is("family", wanted, subject.family),
            Self::Account(wanted) => is("account", wanted, Some(subject.account)),
            Self::LastUser(wanted) => is("lastUser", wanted, subject.last_user()),
            Self::System(wanted) => is("system", wanted, subject.system()),
            Self::Turn(wanted) => {
                let was = subject.turn().map(|t| t.to_string());
                is("turn", wanted, was.as_deref())
            }
            Self::ToolResult(None) => "toolResult: wanted none, the last message has one".into(),
            Self::ToolResult(Some(wanted)) => wanted.describe(subject),
            Self::Tools(wanted) => {
                let missing = wanted.iter().find(|name| !offered(subject, name));
                let missing = missing.map(String::as_str).unwrap_or_default();
                format!("tools: {missing:?} is not offered")
            }
            Self::Body(pointer, wanted) => {
                let was = subject.body.pointer(pointer);
                let was = was.map_or_else(|| "absent".into(), shown);
                format!("body {pointer}: wanted {}, was {was}", shown(wanted))
            }
            // What proves who somebody is never leaves in a message.
            Self::Header(name, _) if is_credential(name) => {
                format!("header {name}: is another one")
            }
            Self::Header(name, wanted) => {
                is(&format!("header {name}"), wanted, header(subject, name))
            }
            Self::Stream(wanted) => is("stream", wanted, Some(&subject.stream.to_string())),
        }
    }

    /// Whether each request that fits `other` fits this too, as far as the clauses tell by
    /// themselves.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Operation(all), Self::Operation(some)) => some.iter().all(|o| all.contains(o)),
            (Self::Model(all), Self::Model(some)) => some
                .iter()
                .all(|narrow| all.iter().any(|wide| glob::covers_pattern(wide, narrow))),
            (Self::Family(a), Self::Family(b)) | (Self::Account(a), Self::Account(b)) => a == b,
            (Self::LastUser(a), Self::LastUser(b)) | (Self::System(a), Self::System(b)) => {
                a.covers(b)
            }
            (Self::Header(a, wide), Self::Header(b, narrow)) => a == b && wide.covers(narrow),
            (Self::Turn(a), Self::Turn(b)) => a == b,
            (Self::ToolResult(None), Self::ToolResult(None)) => true,
            (Self::ToolResult(Some(a)), Self::ToolResult(Some(b))) => a.covers(b),
            (Self::Tools(some), Self::Tools(all)) => some.iter().all(|t| all.contains(t)),
            (Self::Body(a, wide), Self::Body(b, narrow)) => a == b && holds(narrow, wide),
            (Self::Stream(a), Self::Stream(b)) => a == b,
            _ => false,
        }
    }
}

impl ToolResult {
    fn fits(&self, result: &Answered<'_>) -> bool {
        let of = |wanted: &str| result.tool == Some(wanted);
        let json = |wanted: &Value| result.jsons().any(|was| holds(was, wanted));
        self.tool.as_deref().is_none_or(of)
            && self
                .content
                .as_ref()
                .is_none_or(|wanted| wanted.fits(&result.text))
            && self.json.as_ref().is_none_or(json)
    }

    fn describe(&self, subject: &Subject<'_>) -> String {
        let results = subject.tool_results();
        if results.is_empty() {
            return "toolResult: wanted one, the last message has none".into();
        }
        let mut wanted = String::new();
        if let Some(tool) = &self.tool {
            wanted.push_str(&format!(" of {tool}"));
        }
        if let Some(content) = &self.content {
            wanted.push_str(&format!(" with {content}"));
        }
        if let Some(json) = &self.json {
            wanted.push_str(&format!(" with {}", shown(json)));
        }
        let were: Vec<String> = results
            .iter()
            .map(|r| format!("{} {}", r.tool.unwrap_or("?"), shown(&(&*r.text).into())))
            .collect();
        format!("toolResult: wanted one{wanted}, was {}", were.join(", "))
    }

    fn covers(&self, other: &Self) -> bool {
        let content = match (&self.content, &other.content) {
            (None, _) => true,
            (Some(wide), Some(narrow)) => wide.covers(narrow),
            (Some(_), None) => false,
        };
        let json = match (&self.json, &other.json) {
            (None, _) => true,
            (Some(wide), Some(narrow)) => holds(narrow, wide),
            (Some(_), None) => false,
        };
        content && json && (self.tool.is_none() || self.tool == other.tool)
    }
}

fn offered(subject: &Subject<'_>, name: &str) -> bool {
    let tools = subject.conversation.map(|c| c.tools.as_slice());
    tools.unwrap_or_default().iter().any(|t| t.name == name)
}

fn header<'a>(subject: &Subject<'a>, name: &str) -> Option<&'a str> {
    subject.headers.get(name).and_then(|v| v.to_str().ok())
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
