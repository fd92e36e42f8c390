//! What scenarios are matched against: one request, read as far as its operation has read it.

use std::borrow::Cow;
use std::cell::OnceCell;

use http::HeaderMap;
use serde_json::Value;

use crate::behaviour::{Block, Conversation, Role, Turn};

/// A request in the eyes of a scenario.
#[derive(Debug)]
pub struct Subject<'a> {
    /// Operation, for example `Converse`.
    pub operation: &'a str,
    /// 12-digit account.
    pub account: &'a str,
    /// `modelId` as the caller wrote it.
    pub model_sent: Option<&'a str>,
    /// Base id of the model that answers.
    pub model: Option<&'a str>,
    /// Its family in the catalogue.
    pub family: Option<&'a str>,
    /// What was said, for operations that hold conversations.
    pub conversation: Option<&'a Conversation>,
    /// The body, if it is JSON.
    pub body: &'a Value,
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// The answer will be streamed.
    pub stream: bool,
    /// What thousands of scenarios may ask for and only one look finds; starts empty.
    pub found: Found<'a>,
}

/// Parts of a conversation, looked for on first use.
#[derive(Debug, Default)]
pub struct Found<'a> {
    last_user: OnceCell<Option<String>>,
    system: OnceCell<Option<String>>,
    results: OnceCell<Vec<Answered<'a>>>,
}

/// What a tool answered.
#[derive(Debug)]
pub struct Answered<'a> {
    /// The tool's name, as far as the conversation tells it.
    pub tool: Option<&'a str>,
    /// Its texts and the texts of its JSON, in their order.
    pub text: Cow<'a, str>,
    /// Its JSON blocks, where it has several blocks.
    blocks: Vec<&'a Value>,
    json: OnceCell<Option<Value>>,
}

impl<'a> Answered<'a> {
    /// What it has of JSON: each of its blocks that is that, and its text, if that is JSON.
    pub fn jsons(&self) -> impl Iterator<Item = &Value> {
        let read = || serde_json::from_str(&self.text).ok();
        let whole = self.json.get_or_init(read).as_ref();
        self.blocks.iter().copied().chain(whole)
    }

    /// A result whose blocks are told apart. The conversation keeps of several the text alone,
    /// because models read no more of them.
    fn of_blocks(tool: Option<&'a str>, content: &'a [Value]) -> Self {
        let text = |block: &'a Value| match (block.get("text"), block.get("json")) {
            (Some(Value::String(text)), _) => Some(text.clone()),
            (_, Some(json)) => Some(json.to_string()),
            _ => None,
        };
        let texts: Vec<String> = content.iter().filter_map(text).collect();
        Self {
            tool,
            text: texts.join("\n").into(),
            blocks: content.iter().filter_map(|b| b.get("json")).collect(),
            json: OnceCell::new(),
        }
    }
}

impl<'a> Subject<'a> {
    /// All text of the last user turn, blocks joined by newlines.
    pub fn last_user(&self) -> Option<&str> {
        let find = || {
            let turns = self.last_user_turns();
            let blocks = turns.iter().flat_map(|t| &t.blocks);
            (!turns.is_empty()).then(|| texts(blocks))
        };
        self.found.last_user.get_or_init(find).as_deref()
    }

    /// All system prompts, joined by newlines.
    pub fn system(&self) -> Option<&str> {
        let find = || {
            let conversation = self.conversation?;
            let inside = conversation.turns.iter().filter(|t| t.role == Role::System);
            let inside = inside.map(|t| texts(&t.blocks));
            let all: Vec<String> = conversation.system.iter().cloned().chain(inside).collect();
            Some(all.join("\n"))
        };
        self.found.system.get_or_init(find).as_deref()
    }

    /// 1 for the first request of a conversation, one more for each answer that it holds.
    pub fn turn(&self) -> Option<u64> {
        let turns = &self.conversation?.turns;
        Some(1 + turns.iter().filter(|t| t.role == Role::Assistant).count() as u64)
    }

    /// The tool results of the last user turn.
    pub fn tool_results(&self) -> &[Answered<'a>] {
        self.found.results.get_or_init(|| self.find_results())
    }

    fn find_results(&self) -> Vec<Answered<'a>> {
        let Some(conversation) = self.conversation else {
            return Vec::new();
        };
        let calls = || conversation.turns.iter().flat_map(|t| &t.blocks);
        let name_of = |id: &'a str| {
            let call = calls().find_map(|b| match b {
                Block::ToolUse(tool) if tool.id.as_deref() == Some(id) => Some(tool.name.as_str()),
                _ => None,
            });
            // Cohere's results have no id and repeat the name of the call in its place.
            let named = || {
                conversation
                    .tools
                    .iter()
                    .any(|t| t.name == id)
                    .then_some(id)
            };
            call.or_else(named)
        };
        let result = |b: &'a Block| match b {
            Block::ToolResult { id, text } => Some(match result_blocks(self.body, id) {
                Some(content) => Answered::of_blocks(name_of(id), content),
                None => Answered {
                    tool: name_of(id),
                    text: text.into(),
                    blocks: Vec::new(),
                    json: OnceCell::new(),
                },
            }),
            _ => None,
        };
        let turns = self.last_user_turns();
        let blocks = turns.iter().flat_map(|t| &t.blocks);
        blocks.filter_map(result).collect()
    }

    /// The user's last words. OpenAI's form has a message for each result of a tool, so messages
    /// that follow each other count as one.
    fn last_user_turns(&self) -> &'a [Turn] {
        let Some(conversation) = self.conversation else {
            return &[];
        };
        let turns = &conversation.turns;
        let Some(last) = turns.iter().rposition(|t| t.role == Role::User) else {
            return &[];
        };
        let before = turns[..last].iter().rposition(|t| t.role != Role::User);
        &turns[before.map_or(0, |at| at + 1)..=last]
    }
}

/// The blocks of a tool's answer in Converse's form, which Nova's own body has too, where there are
/// several and one of them is JSON.
fn result_blocks<'b>(body: &'b Value, id: &str) -> Option<&'b [Value]> {
    let list = |value: &'b Value, name: &str| value.get(name).and_then(Value::as_array);
    let messages = list(body, "messages")?.iter().rev();
    let mut blocks = messages.filter_map(|m| list(m, "content")).flatten();
    let content = blocks.find_map(|block| {
        let result = block.get("toolResult")?;
        let same = result.get("toolUseId")?.as_str() == Some(id);
        list(result, "content").filter(|_| same)
    })?;
    let json = content.iter().any(|block| block.get("json").is_some());
    (content.len() > 1 && json).then_some(content.as_slice())
}

fn texts<'b>(blocks: impl IntoIterator<Item = &'b Block>) -> String {
    let text = |b: &'b Block| match b {
        Block::Text(text) => Some(text.as_str()),
        _ => None,
    };
    let all: Vec<&str> = blocks.into_iter().filter_map(text).collect();
    all.join("\n")
}
