//! OpenAI's chat form, which several providers' bodies borrow: its messages, tools and limits as a
//! neutral conversation, and a reply as its message and its deltas.
//!
//! Only `role` and the texts are read strictly enough to answer; images and documents count as
//! tokens, unknown members are left alone, as the providers' servers do.

use serde_json::{Map, Value, json};

use crate::behaviour::{
    Block, Conversation, Delta, Reply, Role, Settings, Tool, ToolChoice, ToolPieces, ToolUse, Turn,
    deltas,
};
use crate::json::Json as _;
use crate::providers::forms;

/// The conversation in a body with `messages`.
pub(in crate::providers) fn conversation(body: &Value) -> Conversation {
    let list = |name: &str| {
        body.get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let mut system = Vec::new();
    let mut turns = Vec::new();
    for message in list("messages") {
        let role = message.member("role").and_then(Value::as_str);
        let blocks = blocks(message);
        match role {
            Some("system" | "developer") => system.push(text_of(&blocks)),
            Some("tool") => turns.push(Turn {
                role: Role::User,
                blocks: vec![Block::ToolResult {
                    id: text(message, "tool_call_id"),
                    text: text_of(&blocks),
                }],
            }),
            Some("assistant") => turns.push(Turn {
                role: Role::Assistant,
                blocks,
            }),
            _ => turns.push(Turn {
                role: Role::User,
                blocks,
            }),
        }
    }
    let limits = forms::settings(body, "max_tokens", "stop");
    let newer_limit = body.member("max_completion_tokens").and_then(Value::as_u64);
    Conversation {
        system,
        turns,
        tools: list("tools").filter_map(tool).collect(),
        tool_choice: tool_choice(body.member("tool_choice")),
        output_schema: body.pointer("/response_format/json_schema/schema").cloned(),
        settings: Settings {
            max_tokens: limits.max_tokens.or(newer_limit),
            ..limits
        },
        ..Conversation::default()
    }
}

fn blocks(message: &Value) -> Vec<Block> {
    let mut blocks: Vec<Block> = match message.member("content") {
        Some(Value::String(text)) => vec![Block::Text(text.clone())],
        Some(Value::Array(parts)) => parts.iter().map(part).collect(),
        _ => Vec::new(),
    };
    let calls = message.member("tool_calls").and_then(Value::as_array);
    blocks.extend(calls.into_iter().flatten().map(|call| {
        let of = |pointer: &str| call.pointer(pointer).and_then(Value::as_str);
        let arguments = of("/function/arguments").unwrap_or_default();
        Block::ToolUse(ToolUse {
            id: of("/id").map(Into::into),
            name: of("/function/name").unwrap_or_default().into(),
            input: serde_json::from_str(arguments).unwrap_or_default(),
            ..ToolUse::default()
        })
    }));
    blocks
}

fn part(part: &Value) -> Block {
    match part.member("text").and_then(Value::as_str) {
        Some(text) => Block::Text(text.into()),
        None => Block::Other {
            kind: text(part, "type"),
            size: part.to_string().len(),
        },
    }
}

fn text(value: &Value, member: &str) -> String {
    let text = value.get(member).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

fn text_of(blocks: &[Block]) -> String {
    let text = |b: &Block| match b {
        Block::Text(text) => Some(text.clone()),
        _ => None,
    };
    blocks.iter().filter_map(text).collect()
}

fn tool(definition: &Value) -> Option<Tool> {
    forms::tool(definition.member("function")?, "parameters")
}

fn tool_choice(choice: Option<&Value>) -> ToolChoice {
    match choice {
        Some(Value::String(word)) => match word.as_str() {
            "required" | "any" => ToolChoice::Any,
            "none" => ToolChoice::Never,
            _ => ToolChoice::Auto,
        },
        Some(named) => match named.pointer("/function/name").and_then(Value::as_str) {
            Some(name) => ToolChoice::Named(name.into()),
            None => ToolChoice::Auto,
        },
        None => ToolChoice::Auto,
    }
}

/// How a provider writes a call of a tool.
#[derive(Debug, Clone, Copy)]
pub(in crate::providers) struct CallForm {
    /// The id that it makes from a seed.
    pub(in crate::providers) id: fn(u64) -> String,
    /// How the members of a whole call stand.
    pub(in crate::providers) whole: fn(id: String, name: &str, arguments: String) -> Value,
}

/// The calls of a reply, whole.
pub(in crate::providers) fn calls(reply: &Reply, form: CallForm) -> Option<Value> {
    let calls: Vec<Value> = reply
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::ToolUse(tool) => Some((form.whole)(
                tool.id.clone().unwrap_or_else(|| (form.id)(tool.seed)),
                &tool.name,
                tool.input.to_string(),
            )),
            _ => None,
        })
        .collect();
    (!calls.is_empty()).then(|| calls.into())
}

/// The deltas of a reply: texts, and pieces of calls as gpt-oss was recorded to cut them, the first
/// with name and id, all with index and type.
pub(in crate::providers) fn message_deltas(
    reply: Reply,
    id: fn(u64) -> String,
) -> impl Iterator<Item = Value> + Send {
    let mut started: Option<ToolUse> = None;
    let mut count = 0usize;
    deltas(reply, ToolPieces::Few).filter_map(move |delta| match delta {
        Delta::Text { text, .. } => Some(json!({ "content": text })),
        Delta::ToolStart { tool, .. } => {
            started = Some(tool);
            count += 1;
            None
        }
        Delta::ToolInput { json, .. } => {
            let mut call = Map::new();
            let index = count.saturating_sub(1);
            match started.take() {
                Some(tool) => {
                    let function = json!({"arguments": json, "name": tool.name});
                    call.insert("function".into(), function);
                    let id = tool.id.unwrap_or_else(|| id(tool.seed));
                    call.insert("id".into(), id.into());
                }
                None => {
                    call.insert("function".into(), json!({ "arguments": json }));
                }
            }
            call.insert("index".into(), index.into());
            call.insert("type".into(), "function".into());
            Some(json!({ "tool_calls": [call] }))
        }
        _ => None,
    })
}
