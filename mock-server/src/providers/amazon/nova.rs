//! Amazon Nova: Converse's shapes with Nova's own order of keys and counts.
//!
//! Streams: every text delta is a block of its own (29 of 29 recorded streams), a tool's arguments
//! come in one piece, ids of tools are bare UUIDs.

use serde_json::{Value, json};

use crate::behaviour::{
    Block, Conversation, Delta, Reasoning, Reply, Role, Settings, Tool, ToolChoice, ToolPieces,
    ToolUse, Turn, Usage, deltas, ids,
};
use crate::conversation::from_converse;
use crate::json::Json as _;
use crate::providers::amazon::nova_cache::cache_points;
use crate::providers::anthropic::messages::thinking;
use crate::providers::{Ask, Chunks, Dialect, Metrics, Request, Said, forms};
use crate::wire::{ApiError, rows};

pub(in crate::providers) const DIALECT: Dialect = Dialect {
    name: "nova",
    covers: |model, _| {
        model.starts_with("amazon.nova")
            && !["canvas", "reel", "sonic", "embed"]
                .iter()
                .any(|w| model.contains(w))
    },
    schema: Some(bedrock_fixtures::providers::NOVA),
    parse,
    render,
    chunks: Some(chunks),
    metrics: Metrics::OnTheLast,
    tells: &["toolUse", "reasoningContent"],
    view: Some(from_converse),
};

/// Members that a content block may have; one that has none of them is told to be a tool use, the
/// last alternative of the service's schema (recorded).
const KINDS: &[&str] = &[
    "text",
    "image",
    "document",
    "video",
    "audio",
    "toolUse",
    "toolResult",
    "reasoningContent",
    "cachePoint",
];

fn parse(request: &Request<'_>) -> Result<Ask, ApiError> {
    let messages = request
        .member("messages")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mut turns = Vec::with_capacity(messages.len());
    for (i, message) in messages.iter().enumerate() {
        let content = message
            .member("content")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let blocks = content
            .iter()
            .enumerate()
            .filter_map(|(j, b)| block(b, &format!("#/messages/{i}/content/{j}")).transpose())
            .collect::<Result<_, _>>()?;
        let role = if message.member("role").and_then(Value::as_str) == Some("assistant") {
            Role::Assistant
        } else {
            Role::User
        };
        turns.push(Turn { role, blocks });
    }
    let config = request.member("inferenceConfig");
    let max = config.and_then(|c| {
        c.member("maxTokens")
            .or_else(|| c.member("max_new_tokens"))?
            .as_u64()
    });
    let settings = Settings {
        max_tokens: max,
        ..forms::settings(config.unwrap_or(&Value::Null), "maxTokens", "stopSequences")
    };
    let tools = request.member("toolConfig");
    let entries = tools.and_then(|t| t.member("tools")?.as_array());
    let marked = |entry: &Value| entry.member("cachePoint").is_some();
    if let Some(at) = entries.and_then(|all| all.iter().position(marked)) {
        // Nova caches no tools (public reports).
        let what = format!("#/toolConfig/tools/{at}: extraneous key [cachePoint] is not permitted");
        return Err(ApiError::row(rows::runtime::MALFORMED).with("what", &what));
    }
    let cache = cache_points(request.body);
    // The documentation shows it at both places.
    let within = || config.and_then(|c| c.member("reasoningConfig"));
    let reasoning = request.member("reasoningConfig").or_else(within);
    Ok(Ask::Chat(Conversation {
        system: request
            .member("system")
            .and_then(Value::as_array)
            .map(|all| {
                all.iter()
                    .filter_map(|b| b.member("text")?.as_str())
                    .map(Into::into)
                    .collect()
            })
            .unwrap_or_default(),
        turns,
        tools: entries
            .map(|all| all.iter().filter_map(tool).collect())
            .unwrap_or_default(),
        tool_choice: match tools.and_then(|t| t.member("toolChoice")) {
            Some(choice) if choice.member("any").is_some() => ToolChoice::Any,
            Some(choice) => match choice.pointer("/tool/name").and_then(Value::as_str) {
                Some(name) => ToolChoice::Named(name.into()),
                None => ToolChoice::Auto,
            },
            None => ToolChoice::Auto,
        },
        settings,
        cache_point: !cache.is_empty(),
        cache,
        thinking: thinking(reasoning),
        ..Conversation::default()
    }))
}

/// One entry of the tools, if it is a tool of the caller's.
pub(in crate::providers) fn tool(entry: &Value) -> Option<Tool> {
    let mut tool = forms::tool(entry.member("toolSpec")?, "inputSchema")?;
    tool.schema = tool.schema.member("json").cloned().unwrap_or(tool.schema);
    Some(tool)
}

/// A content block; a cache point alone is none.
pub(in crate::providers) fn block(block: &Value, at: &str) -> Result<Option<Block>, ApiError> {
    let malformed = |what: String| ApiError::row(rows::runtime::MALFORMED).with("what", &what);
    let Some(object) = block.as_object() else {
        return Err(malformed(format!(
            "{at}: expected type: JSONObject, found: {block}"
        )));
    };
    if let Some(extra) = object.keys().find(|k| !KINDS.contains(&k.as_str())) {
        let known = object.keys().any(|k| KINDS.contains(&k.as_str()));
        return Err(malformed(match known {
            true => format!("{at}: extraneous key [{extra}] is not permitted"),
            false => format!("{at}: required key [toolUse] not found"),
        }));
    }
    let Some((kind, value)) = object.iter().find(|(k, _)| *k != "cachePoint") else {
        return match object.is_empty() {
            true => Err(malformed(format!("{at}: required key [toolUse] not found"))),
            false => Ok(None),
        };
    };
    // Texts alone carry a cache point (public reports).
    if kind != "text" && object.contains_key("cachePoint") {
        return Err(malformed(format!(
            "{at}: extraneous key [cachePoint] is not permitted"
        )));
    }
    Ok(Some(match (kind.as_str(), value) {
        ("text", Value::String(text)) => Block::Text(text.clone()),
        ("toolResult", result) => Block::ToolResult {
            id: result
                .member("toolUseId")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .into(),
            text: result
                .member("content")
                .and_then(forms::joined_texts)
                .or_else(|| Some(result.pointer("/content/0/json")?.to_string()))
                .unwrap_or_else(|| result.to_string()),
        },
        ("toolUse", tool) => {
            let text = |name: &str| tool.get(name).and_then(Value::as_str).map(Into::into);
            Block::ToolUse(ToolUse {
                id: text("toolUseId"),
                name: text("name").unwrap_or_default(),
                input: tool.member("input").cloned().unwrap_or_default(),
                ..ToolUse::default()
            })
        }
        (kind, value) => Block::Other {
            kind: kind.into(),
            size: value.to_string().len(),
        },
    }))
}

fn render(_request: &Request<'_>, said: &Said) -> Value {
    let Some(reply) = said.reply() else {
        return Value::Null;
    };
    let content: Vec<Value> = reply
        .blocks
        .iter()
        .filter_map(|b| Some(match b {
            Block::ToolUse(tool) => {
                json!({"toolUse": {"name": tool.name, "toolUseId": tool_id(tool), "input": tool.input}})
            }
            Block::Text(text) => json!({ "text": text }),
            Block::Reasoning(Reasoning::Text { text, .. }) => {
                json!({"reasoningContent": {"reasoningText": {"text": text}}})
            }
            // Other blocks have no form here.
            _ => return None,
        }))
        .collect();
    let Usage {
        input,
        output,
        cache_read,
        cache_write,
        ..
    } = reply.usage;
    json!({
        "output": {"message": {"content": content, "role": "assistant"}},
        "stopReason": reply.stop.converse(),
        "usage": {
            "inputTokens": input,
            "outputTokens": output,
            "totalTokens": reply.usage.total(),
            "cacheReadInputTokenCount": cache_read,
            "cacheWriteInputTokenCount": cache_write,
        },
    })
}

fn tool_id(tool: &ToolUse) -> String {
    let issued_accounts = || ids::uuid(tool.seed);
    tool.id.clone().unwrap_or_else(issued_accounts)
}

fn chunks(_request: &Request<'_>, reply: Reply) -> Chunks {
    let Usage {
        input,
        output,
        cache_read,
        cache_write,
        ..
    } = reply.usage;
    let stop = json!({"messageStop": {"stopReason": reply.stop.converse()}});
    let metadata = json!({"metadata": {
        "usage": {"inputTokens": input, "outputTokens": output, "cacheReadInputTokenCount": cache_read, "cacheWriteInputTokenCount": cache_write},
        "metrics": {},
        "trace": {},
    }});
    let is_thought = |(at, b): (usize, &Block)| matches!(b, Block::Reasoning(_)).then_some(at);
    let thought: Vec<usize> = reply
        .blocks
        .iter()
        .enumerate()
        .filter_map(is_thought)
        .collect();
    // The index counts what is sent, not the reply's blocks: each text delta is a block.
    let mut index = 0u64;
    let middle = deltas(reply, ToolPieces::Whole).flat_map(move |delta| {
        let delta_of = |value: Value, index: u64| json!({"contentBlockDelta": {"delta": value, "contentBlockIndex": index}});
        let stop_of = |index: u64| json!({"contentBlockStop": {"contentBlockIndex": index}});
        match delta {
            Delta::Text { text, .. } => {
                index += 1;
                vec![delta_of(json!({ "text": text }), index - 1), stop_of(index - 1)]
            }
            Delta::Thought { text, .. } => {
                vec![delta_of(json!({"reasoningContent": {"reasoningText": {"text": text}}}), index)]
            }
            // A thought is one block; texts and tools end theirs with what they tell.
            Delta::Stop { block } if thought.contains(&block) => {
                index += 1;
                vec![stop_of(index - 1)]
            }
            Delta::ToolStart { tool, .. } => {
                let start = json!({"toolUse": {"toolUseId": tool_id(&tool), "name": tool.name}});
                vec![json!({"contentBlockStart": {"start": start, "contentBlockIndex": index}})]
            }
            Delta::ToolInput { json, .. } => {
                index += 1;
                vec![delta_of(json!({"toolUse": {"input": json}}), index - 1), stop_of(index - 1)]
            }
            _ => Vec::new(),
        }
    });
    let start = json!({"messageStart": {"role": "assistant"}});
    Box::new(std::iter::once(start).chain(middle).chain([stop, metadata]))
}
