//! Scenarios in Rust: the members of a scenario file as methods.
//!
//! What is built is a scenario as it would stand in a file, and it goes through the same reader; so
//! what is wrong with it is told in the same words. Long, because it has a method for each member.
//!
//! ```
//! use bedrock_mock::scenarios::build::{Scripted, Text};
//! use bedrock_mock::{MockServer, Scenario};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let bedrock = MockServer::start().await?;
//! let asks = bedrock.scenario(
//!     Scenario::named("asks for the weather")
//!         .last_user("weather")
//!         .tools(["get_weather"])
//!         .tool_use("get_weather", json!({"city": "Bergen"}))
//!         .expect(1),
//! )?;
//! bedrock.scenario(
//!     Scenario::named("tells it")
//!         .tool_result_of("get_weather", Text::contains("rain"))
//!         .reply(Scripted::text("Take an umbrella.").stop_reason("end_turn"))
//!         .times(1),
//! )?;
//!
//! let answer: serde_json::Value = reqwest::Client::new()
//!     .post(format!("{}/model/amazon.nova-lite-v1:0/converse", bedrock.url()))
//!     .bearer_auth(bedrock.api_key())
//!     .json(&json!({
//!         "messages": [{"role": "user", "content": [{"text": "How is the weather?"}]}],
//!         "toolConfig": {"tools": [{"toolSpec": {
//!             "name": "get_weather",
//!             "inputSchema": {"json": {"type": "object"}},
//!         }}]},
//!     }))
//!     .send()
//!     .await?
//!     .json()
//!     .await?;
//! assert_eq!(answer["stopReason"], "tool_use");
//! assert_eq!(asks.hits(), 1);
//! # Ok(())
//! # }
//! ```

use serde_json::{Map, Value, json};

use super::scenario::Scenario;

/// What a text must be like. A plain text stands for one that it must contain.
#[derive(Debug, Clone)]
pub struct Text(Value);

impl Text {
    /// It is this text.
    pub fn equals(text: impl Into<String>) -> Self {
        Self(json!({ "equals": text.into() }))
    }

    /// It holds this text.
    pub fn contains(text: impl Into<String>) -> Self {
        Self(json!({ "contains": text.into() }))
    }

    /// This regular expression fits somewhere in it.
    pub fn regex(pattern: impl Into<String>) -> Self {
        Self(json!({ "regex": pattern.into() }))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::contains(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::contains(text)
    }
}

/// How often a scenario is expected to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// So many times.
    Exactly(u64),
    /// So many times or more.
    AtLeast(u64),
}

impl Expected {
    /// Whether so many answers are what was expected.
    pub fn is_met(self, hits: u64) -> bool {
        match self {
            Self::Exactly(wanted) => hits == wanted,
            Self::AtLeast(wanted) => hits >= wanted,
        }
    }
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exactly(wanted) => write!(f, "exactly {wanted}"),
            Self::AtLeast(wanted) => write!(f, "at least {wanted}"),
        }
    }
}

/// A scenario on its way into a mock; [`Scenario::named`] begins one.
#[derive(Debug, Clone)]
#[must_use = "a scenario answers nothing until MockServer::scenario takes it"]
pub struct ScenarioBuilder {
    members: Map<String, Value>,
    clauses: Map<String, Value>,
    body: Map<String, Value>,
    headers: Map<String, Value>,
    replies: Vec<Value>,
    for_account: Option<String>,
    expected: Option<Expected>,
}

impl Scenario {
    /// Begins a scenario of this name.
    pub fn named(name: impl Into<String>) -> ScenarioBuilder {
        let mut members = Map::new();
        members.insert("name".into(), name.into().into());
        ScenarioBuilder {
            members,
            clauses: Map::new(),
            body: Map::new(),
            headers: Map::new(),
            replies: Vec::new(),
            for_account: None,
            expected: None,
        }
    }
}

/// Clauses: all that are given must fit.
impl ScenarioBuilder {
    /// For this operation; for one of several where it is called again.
    pub fn operation(self, operation: impl Into<String>) -> Self {
        self.one_more("operation", operation.into().into())
    }

    /// For this model: an id, a profile's id or ARN, or a pattern with `*`; for one of several where
    /// it is called again.
    pub fn model(self, pattern: impl Into<String>) -> Self {
        self.one_more("model", pattern.into().into())
    }

    /// For this family of the catalogue, for example `claude`.
    pub fn family(self, family: impl Into<String>) -> Self {
        self.clause("family", family.into().into())
    }

    /// For requests whose last user turn has such a text.
    pub fn last_user(self, text: impl Into<Text>) -> Self {
        self.clause("lastUser", text.into().0)
    }

    /// For requests whose system prompts have such a text.
    pub fn system(self, text: impl Into<Text>) -> Self {
        self.clause("system", text.into().0)
    }

    /// For this turn, from 1.
    pub fn turn(self, turn: u64) -> Self {
        self.clause("turn", turn.into())
    }

    /// For requests whose last user turn holds the answer of a tool, or holds none.
    pub fn has_tool_result(self, has: bool) -> Self {
        self.clause("toolResult", has.into())
    }

    /// For requests whose last user turn holds such an answer of this tool.
    pub fn tool_result_of(self, tool: impl Into<String>, content: impl Into<Text>) -> Self {
        let result = json!({ "tool": tool.into(), "content": content.into().0 });
        self.clause("toolResult", result)
    }

    /// For requests whose last user turn holds a JSON answer of this tool with at least these
    /// members.
    pub fn tool_result_json(self, tool: impl Into<String>, members: Value) -> Self {
        let mut result = json!({ "tool": tool.into() });
        result["json"] = members;
        self.clause("toolResult", result)
    }

    /// For requests that offer all of these tools.
    pub fn tools<T: Into<String>>(self, tools: impl IntoIterator<Item = T>) -> Self {
        let tools: Vec<String> = tools.into_iter().map(Into::into).collect();
        self.clause("tools", tools.into())
    }

    /// For requests whose body has this value, or an object with at least these members, where a
    /// JSON pointer leads.
    pub fn body(mut self, pointer: impl Into<String>, value: Value) -> Self {
        self.body.insert(pointer.into(), value);
        self
    }

    /// For requests with such a header.
    pub fn header(mut self, name: impl Into<String>, text: impl Into<Text>) -> Self {
        self.headers.insert(name.into(), text.into().0);
        self
    }

    /// For requests whose answers are streamed, or are not.
    pub fn stream(self, stream: bool) -> Self {
        self.clause("stream", stream.into())
    }

    /// For this account alone. Unlike a clause, this keeps it out of other accounts' lists: 200 tests
    /// may give their own accounts scenarios of the same name.
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.for_account = Some(account.into());
        self
    }

    fn clause(mut self, name: &str, value: Value) -> Self {
        self.clauses.insert(name.into(), value);
        self
    }

    fn one_more(mut self, name: &str, value: Value) -> Self {
        let all = self.clauses.entry(name).or_insert_with(|| json!([]));
        if let Value::Array(all) = all {
            all.push(value);
        }
        self
    }
}

/// What is answered. One reply is given without end; several are given in order, once each, unless
/// [`times`](Self::times) says otherwise.
impl ScenarioBuilder {
    /// Answers with this, after what was given before.
    pub fn reply(mut self, reply: Scripted) -> Self {
        self.replies.push(Value::Object(reply.0));
        self
    }

    /// Answers with a text.
    pub fn text(self, text: impl Into<String>) -> Self {
        self.reply(Scripted::text(text))
    }

    /// Asks for a tool.
    pub fn tool_use(self, name: impl Into<String>, input: Value) -> Self {
        self.reply(Scripted::tool_use(name, input))
    }

    /// Answers with content blocks, by Converse's member names.
    pub fn content(self, blocks: Value) -> Self {
        self.reply(Scripted::content(blocks))
    }

    /// Answers with a whole Converse answer, for example a recorded one.
    pub fn output(self, answer: Value) -> Self {
        self.reply(Scripted::output(answer))
    }

    /// Answers with exact bytes or events: `{"status", "headers", "body" | "bodyBase64" | "events"}`.
    pub fn raw(self, raw: Value) -> Self {
        self.reply(Scripted::raw(raw))
    }

    /// Gives each account so many answers in all; the replies start over where that is more than
    /// there are.
    pub fn times(self, times: u64) -> Self {
        self.member("times", times.into())
    }

    /// Breaks each answer that says no fault of its own: an object with `kind`, or a list of them.
    pub fn fault(self, fault: Value) -> Self {
        self.member("fault", fault)
    }

    /// Paces each answer that says no pacing of its own.
    pub fn pacing(self, pacing: Value) -> Self {
        self.member("pacing", pacing)
    }

    /// Fails the test, when the mock is dropped, unless it answered so many times.
    pub fn expect(mut self, times: u64) -> Self {
        self.expected = Some(Expected::Exactly(times));
        self
    }

    /// Fails the test, when the mock is dropped, unless it answered so many times or more.
    pub fn expect_at_least(mut self, times: u64) -> Self {
        self.expected = Some(Expected::AtLeast(times));
        self
    }

    /// The scenario as it would stand in a file.
    pub fn written(&self) -> Value {
        let mut members = self.members.clone();
        let mut clauses = self.clauses.clone();
        for (name, inner) in [("body", &self.body), ("header", &self.headers)] {
            if !inner.is_empty() {
                clauses.insert(name.into(), inner.clone().into());
            }
        }
        if !clauses.is_empty() {
            members.insert("match".into(), clauses.into());
        }
        let reply = match self.replies.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            several => Some(several.into()),
        };
        if let Some(reply) = reply {
            members.insert("reply".into(), reply);
        }
        Value::Object(members)
    }

    /// The account that it is for, and what is expected of it.
    pub(super) fn into_terms(self) -> (Option<String>, Option<Expected>) {
        (self.for_account, self.expected)
    }

    fn member(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.into(), value);
        self
    }
}

/// One reply of a scenario.
#[derive(Debug, Clone)]
#[must_use = "a reply is given by the scenario that takes it"]
pub struct Scripted(Map<String, Value>);

impl Scripted {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of("text", text.into().into())
    }

    /// Content blocks, by Converse's member names.
    pub fn content(blocks: Value) -> Self {
        Self::of("content", blocks)
    }

    /// A request for a tool.
    pub fn tool_use(name: impl Into<String>, input: Value) -> Self {
        let mut block = json!({ "toolUse": { "name": name.into() } });
        block["toolUse"]["input"] = input;
        Self::content(json!([block]))
    }

    /// A whole Converse answer: `{"output": {"message": …}, "stopReason": …}`, or its `output` alone.
    pub fn output(answer: Value) -> Self {
        match answer {
            Value::Object(members) if members.contains_key("output") => Self(members),
            other => Self::of("output", other),
        }
    }

    /// Exact bytes or events.
    pub fn raw(raw: Value) -> Self {
        Self::of("raw", raw)
    }

    /// The mock's own answer, for a fault or a pacing to go with.
    pub fn default_answer() -> Self {
        Self(Map::new())
    }

    /// Why the model stopped, in Converse's word.
    pub fn stop_reason(self, word: impl Into<String>) -> Self {
        self.with("stopReason", word.into().into())
    }

    /// Token counts.
    pub fn usage(self, usage: Value) -> Self {
        self.with("usage", usage)
    }

    /// Any other member, by its name in a scenario file.
    pub fn with(mut self, member: &str, value: Value) -> Self {
        self.0.insert(member.into(), value);
        self
    }

    /// Gives it so many times in a row.
    pub fn times(self, times: u64) -> Self {
        self.with("times", times.into())
    }

    /// Breaks it: an object with `kind`, or a list of them.
    pub fn fault(self, fault: Value) -> Self {
        self.with("fault", fault)
    }

    /// Paces it.
    pub fn pacing(self, pacing: Value) -> Self {
        self.with("pacing", pacing)
    }

    fn of(member: &str, value: Value) -> Self {
        Self(Map::new()).with(member, value)
    }
}
