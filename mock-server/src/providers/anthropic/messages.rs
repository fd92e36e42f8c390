//! Anthropic Messages.
//!
//! Refusals are Anthropic's own texts. The order of keys and the members of `usage` changed over the
//! years, so they are catalogue data (`claude` in `fixtures/catalogue/families.json`). Streams have
//! no `ping` event.
//!
//! Long, because request, answer and stream of the one form are read side by side.

use serde_json::{Map, Value, json};

use crate::behaviour::{
    Block, Conversation, Delta, Reasoning, Reply, Role, StopReason, Thinking, ToolChoice,
    ToolPieces, ToolUse, Turn, Usage, deltas, ids,
};
use crate::json::Json as _;
use crate::providers::anthropic::cache::cache_points;
use crate::providers::anthropic::citations::{citation, sources};
use crate::providers::anthropic::fields::{ends_without_blank, members, system, version};
use crate::providers::anthropic::media::media;
use crate::providers::anthropic::view::view;
use crate::providers::{Ask, Chunks, Dialect, Metrics, Request, Said, forms};
use crate::state::catalogue::{BodyOrder, CacheUsage, ClaudeForm};
use crate::wire::{ApiError, rows};

pub(in crate::providers) const DIALECT: Dialect = Dialect {
    name: "anthropic-messages",
    // The same models also take legacy completions, which have a prompt.
    covers: |model, body| model.starts_with("anthropic.claude") && body.member("prompt").is_none(),
    schema: None,
    parse,
    render,
    chunks: Some(chunks),
    metrics: Metrics::OnTheLast,
    tells: &["toolUse", "reasoningContent"],
    view: Some(view),
};

/// The bare Anthropic name of a Bedrock id: `anthropic.claude-3-haiku-20240307-v1:0` is
/// `claude-3-haiku-20240307`, and version 2 is `claude-2.0` or `claude-2.1`.
pub(in crate::providers) fn bare_name(model: &str) -> String {
    let name = model.strip_prefix("anthropic.").unwrap_or(model);
    match name {
        "claude-v2" => return "claude-2.0".into(),
        "claude-v2:1" => return "claude-2.1".into(),
        "claude-instant-v1" => return "claude-instant-1.2".into(),
        _ => {}
    }
    let name = name.split(':').next().unwrap_or(name);
    let version = name
        .rsplit_once("-v")
        .filter(|(_, v)| v.bytes().all(|b| b.is_ascii_digit()));
    version.map_or(name, |(bare, _)| bare).to_owned()
}

pub(in crate::providers) fn refuse(text: &str) -> ApiError {
    ApiError::row(rows::runtime::PROVIDER_TEXT).with("text", text)
}

fn parse(request: &Request<'_>) -> Result<Ask, ApiError> {
    for required in ["anthropic_version", "messages", "max_tokens"] {
        if request.member(required).is_none() {
            return Err(match required {
                // The only one that the service itself asks for.
                "anthropic_version" => ApiError::row(rows::runtime::MALFORMED)
                    .with("what", "#: required key [anthropic_version] not found"),
                _ => refuse(&format!("{required}: Field required")),
            });
        }
    }
    let Some(messages) = request.member("messages").and_then(Value::as_array) else {
        return Err(refuse("messages: Input should be a valid list"));
    };
    if messages.is_empty() {
        return Err(refuse("messages: at least one message is required"));
    }
    match request.member("max_tokens") {
        Some(n) if n.is_i64() && n.as_i64().is_some_and(|n| n < 1) => {
            return Err(refuse(
                "max_tokens: Input should be greater than or equal to 1",
            ));
        }
        Some(n) if !n.is_u64() => {
            return Err(refuse("max_tokens: Input should be a valid integer"));
        }
        _ => {}
    }
    members(request.body, form(request).automatic_cache)?;
    system(request.body)?;
    version(request.body)?;
    let mut turns = Vec::with_capacity(messages.len());
    for (i, message) in messages.iter().enumerate() {
        if !message.is_object() {
            return Err(refuse(&format!("messages.{i}: Input should be an object")));
        }
        turns.push(turn(i, message, i + 1 == messages.len())?);
    }
    ends_without_blank(messages.last())?;
    let tools: Vec<_> = request
        .member("tools")
        .and_then(Value::as_array)
        .map(|all| {
            all.iter()
                .filter_map(|t| forms::tool(t, "input_schema"))
                .collect()
        })
        .unwrap_or_default();
    let choice = request.member("tool_choice");
    let tool_choice = match choice.and_then(|c| c.member("type")?.as_str()) {
        Some("any") => ToolChoice::Any,
        Some("none") => ToolChoice::Never,
        Some("tool") => ToolChoice::Named(
            choice
                .and_then(|c| c.member("name")?.as_str())
                .unwrap_or_default()
                .into(),
        ),
        _ => ToolChoice::Auto,
    };
    let system = match request.member("system") {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(blocks)) => blocks
            .iter()
            .filter_map(|b| b.member("text")?.as_str())
            .map(Into::into)
            .collect(),
        _ => Vec::new(),
    };
    let output_schema = request
        .body
        .pointer("/output_format/schema")
        .or_else(|| request.body.pointer("/output_config/format/schema"))
        .cloned();
    let cache = cache_points(request.body, &turns)?;
    Ok(Ask::Chat(Conversation {
        system,
        turns,
        tools,
        tool_choice,
        output_schema,
        settings: forms::settings(request.body, "max_tokens", "stop_sequences"),
        cache_point: !cache.is_empty(),
        cache,
        sources: sources(messages),
        thinking: thinking(request.member("thinking")),
        ..Conversation::default()
    }))
}

/// Kinds of content block that a message may hold.
const KINDS: &[&str] = &[
    "text",
    "image",
    "document",
    "search_result",
    "thinking",
    "redacted_thinking",
    "tool_use",
    "tool_result",
    "server_tool_use",
    "web_search_tool_result",
    "web_fetch_tool_result",
    "code_execution_tool_result",
    "bash_code_execution_tool_result",
    "text_editor_code_execution_tool_result",
    "mcp_tool_use",
    "mcp_tool_result",
    "container_upload",
    "tool_search_tool_result",
];

fn turn(index: usize, message: &Value, last: bool) -> Result<Turn, ApiError> {
    let role = match message.member("role").and_then(Value::as_str) {
        Some("user") => Role::User,
        Some("assistant") => Role::Assistant,
        Some("system") => Role::System,
        Some(_) => {
            return Err(refuse(&format!(
                "messages.{index}.role: Input should be 'user' or 'assistant'"
            )));
        }
        None => return Err(refuse(&format!("messages.{index}.role: Field required"))),
    };
    let blocks = match message.member("content") {
        Some(Value::String(text)) if text.is_empty() => Vec::new(),
        Some(Value::String(text)) => vec![Block::Text(text.clone())],
        Some(Value::Array(content)) => content
            .iter()
            .enumerate()
            .map(|(j, b)| block(b, &format!("messages.{index}.content.{j}")))
            .collect::<Result<_, _>>()?,
        Some(_) => {
            return Err(refuse(&format!(
                "messages.{index}.content: Input should be a valid list"
            )));
        }
        None => return Err(refuse(&format!("messages.{index}.content: Field required"))),
    };
    if blocks.is_empty() && !(last && role == Role::Assistant) {
        return Err(refuse(&format!(
            "messages.{index}: all messages must have non-empty content except for the optional final assistant message"
        )));
    }
    if blocks
        .iter()
        .any(|b| matches!(b, Block::Text(text) if text.is_empty()))
    {
        return Err(refuse("messages: text content blocks must be non-empty"));
    }
    // Blank text beside other text passes on Converse (recorded), so here a turn may not be blank.
    let mut texts = blocks.iter().filter_map(|b| match b {
        Block::Text(text) => Some(text.trim()),
        _ => None,
    });
    if texts.clone().next().is_some() && texts.all(str::is_empty) {
        return Err(refuse(
            "messages: text content blocks must contain non-whitespace text",
        ));
    }
    Ok(Turn { role, blocks })
}

fn block(block: &Value, at: &str) -> Result<Block, ApiError> {
    let text = |name: &str| block.get(name).and_then(Value::as_str);
    media(block, at)?;
    match text("type") {
        None => Err(refuse(&format!("{at}.type: Field required"))),
        Some("text") => match text("text") {
            Some(text) => Ok(Block::Text(text.into())),
            None => Err(refuse(&format!("{at}.text.text: Field required"))),
        },
        Some("tool_result") => Ok(Block::ToolResult {
            id: text("tool_use_id").unwrap_or_default().into(),
            text: match block.member("content") {
                Some(Value::String(text)) => text.clone(),
                Some(other) => forms::joined_texts(other).unwrap_or_else(|| other.to_string()),
                None => String::new(),
            },
        }),
        Some("tool_use") => Ok(Block::ToolUse(ToolUse {
            id: text("id").map(Into::into),
            name: text("name").unwrap_or_default().into(),
            input: block.member("input").cloned().unwrap_or_default(),
            ..ToolUse::default()
        })),
        Some(kind) if !KINDS.contains(&kind) => Err(refuse(&format!(
            "{at}: Input tag '{kind}' found using 'type' does not match any of the expected tags: {}",
            KINDS
                .iter()
                .map(|k| format!("'{k}'"))
                .collect::<Vec<_>>()
                .join(", ")
        ))),
        Some(kind) => Ok(Block::Other {
            kind: kind.into(),
            size: block.to_string().len(),
        }),
    }
}

fn render(request: &Request<'_>, said: &Said) -> Value {
    let Some(reply) = said.reply() else {
        return Value::Null;
    };
    let content: Vec<Value> = reply
        .blocks
        .iter()
        .filter_map(|b| Some(match b {
            Block::ToolUse(tool) => {
                json!({"type": "tool_use", "id": tool_id(tool), "name": tool.name, "input": tool.input})
            }
            Block::Text(text) => json!({"type": "text", "text": text}),
            Block::Reasoning(Reasoning::Text { text, signature }) => {
                json!({"type": "thinking", "thinking": text, "signature": signature})
            }
            Block::Reasoning(Reasoning::Redacted(data)) => {
                json!({"type": "redacted_thinking", "data": data})
            }
            Block::Cited(cited) => json!({
                "citations": cited.citations.iter().map(citation).collect::<Vec<_>>(),
                "type": "text",
                "text": cited.text,
            }),
            // The service's own tools and Converse's other blocks have no form here.
            _ => return None,
        }))
        .collect();
    message(
        request,
        Value::Array(content),
        Some(&reply.stop),
        usage(request, reply.usage, reply.usage.output),
    )
}

fn chunks(request: &Request<'_>, reply: Reply) -> Chunks {
    let form = form(request);
    let (stop, counts) = (reply.stop.clone(), reply.usage);
    let first = message(
        request,
        json!([]),
        None,
        usage(request, counts, counts.output.min(1)),
    );
    let start = json!({"type": "message_start", "message": first});
    let (reason, sequence) = stop_words(&stop);
    let mut delta = Map::new();
    delta.insert("stop_reason".into(), reason);
    delta.insert("stop_sequence".into(), sequence);
    if form.stop_details {
        delta.insert("stop_details".into(), Value::Null);
    }
    let last_usage = match form.cache_usage {
        CacheUsage::WhenCached | CacheUsage::Counts => json!({"output_tokens": counts.output}),
        CacheUsage::Creation => json!({
            "input_tokens": counts.input,
            "cache_creation_input_tokens": counts.cache_write,
            "cache_read_input_tokens": counts.cache_read,
            "output_tokens": counts.output,
        }),
    };
    let end = [
        json!({"type": "message_delta", "delta": delta, "usage": last_usage}),
        json!({"type": "message_stop"}),
    ];
    let middle = deltas(reply, ToolPieces::EmptyFirst).filter_map(|delta| Some(match delta {
        Delta::TextStart { block, cited: false } => {
            json!({"type": "content_block_start", "index": block, "content_block": {"type": "text", "text": ""}})
        }
        Delta::TextStart { block, cited: true } => {
            json!({"type": "content_block_start", "index": block, "content_block": {"citations": [], "type": "text", "text": ""}})
        }
        Delta::ToolStart { block, tool } => {
            let content = json!({"type": "tool_use", "id": tool_id(&tool), "name": tool.name, "input": {}});
            json!({"type": "content_block_start", "index": block, "content_block": content})
        }
        Delta::Text { block, text } => {
            json!({"type": "content_block_delta", "index": block, "delta": {"type": "text_delta", "text": text}})
        }
        Delta::ToolInput { block, json } => {
            json!({"type": "content_block_delta", "index": block, "delta": {"type": "input_json_delta", "partial_json": json}})
        }
        Delta::ReasoningStart { block, redacted: false } => {
            json!({"type": "content_block_start", "index": block, "content_block": {"type": "thinking", "thinking": "", "signature": ""}})
        }
        Delta::Thought { block, text } => {
            json!({"type": "content_block_delta", "index": block, "delta": {"type": "thinking_delta", "thinking": text}})
        }
        Delta::Signature { block, signature } => {
            json!({"type": "content_block_delta", "index": block, "delta": {"type": "signature_delta", "signature": signature}})
        }
        // All of it stands in the start of its block.
        Delta::Redacted { block, data } => {
            json!({"type": "content_block_start", "index": block, "content_block": {"type": "redacted_thinking", "data": data}})
        }
        Delta::Citation { block, citation: cited } => {
            json!({"type": "content_block_delta", "index": block, "delta": {"type": "citations_delta", "citation": citation(&cited)}})
        }
        Delta::Stop { block } => json!({"type": "content_block_stop", "index": block}),
        // The service's own tools and Converse's other blocks have no form here.
        Delta::ReasoningStart { redacted: true, .. }
        | Delta::ResultStart { .. }
        | Delta::Result { .. }
        | Delta::PassthroughStart { .. }
        | Delta::Passthrough { .. } => return None,
    }));
    Box::new(std::iter::once(start).chain(middle).chain(end))
}

fn tool_id(tool: &ToolUse) -> String {
    let issued_accounts = || ids::anthropic_tool(tool.seed);
    tool.id.clone().unwrap_or_else(issued_accounts)
}

/// Whether `thinking` asks for reasoning.
pub(in crate::providers) fn thinking(asked: Option<&Value>) -> Thinking {
    match asked.and_then(|t| t.member("type")?.as_str()) {
        Some("enabled" | "adaptive") => Thinking::On,
        Some("disabled") => Thinking::Off,
        _ => Thinking::Unsaid,
    }
}

/// A message in the order of its generation.
fn message(
    request: &Request<'_>,
    content: Value,
    stop: Option<&StopReason>,
    usage: Value,
) -> Value {
    let form = form(request);
    let (reason, sequence) = stop.map_or((Value::Null, Value::Null), stop_words);
    let mut out = Map::new();
    let name = Value::from(bare_name(request.model));
    if form.order == BodyOrder::ModelFirst {
        out.insert("model".into(), name.clone());
    }
    out.insert("id".into(), ids::anthropic_message(request.seed).into());
    out.insert("type".into(), "message".into());
    out.insert("role".into(), "assistant".into());
    if form.order == BodyOrder::IdFirst {
        out.insert("model".into(), name);
    }
    out.insert("content".into(), content);
    out.insert("stop_reason".into(), reason);
    out.insert("stop_sequence".into(), sequence);
    if form.stop_details {
        out.insert("stop_details".into(), Value::Null);
    }
    out.insert("usage".into(), usage);
    Value::Object(out)
}

fn usage(request: &Request<'_>, usage: Usage, output: u64) -> Value {
    let form = form(request);
    let cached = forms::holds_key(request.body, "cache_control");
    let mut out = Map::new();
    out.insert("input_tokens".into(), usage.input.into());
    if cached || form.cache_usage != CacheUsage::WhenCached {
        out.insert(
            "cache_creation_input_tokens".into(),
            usage.cache_write.into(),
        );
        out.insert("cache_read_input_tokens".into(), usage.cache_read.into());
    }
    if form.cache_usage == CacheUsage::Creation {
        let creation = json!({"ephemeral_5m_input_tokens": usage.cache_write - usage.cache_write_hour, "ephemeral_1h_input_tokens": usage.cache_write_hour});
        out.insert("cache_creation".into(), creation);
    }
    out.insert("output_tokens".into(), output.into());
    Value::Object(out)
}

fn stop_words(stop: &StopReason) -> (Value, Value) {
    let sequence = match stop {
        // A script may say that one was met where the request has none.
        StopReason::StopSequence(sequence) if !sequence.is_empty() => sequence.clone().into(),
        _ => Value::Null,
    };
    let word = match stop {
        // Anthropic's own words where they differ.
        StopReason::GuardrailIntervened => "end_turn",
        StopReason::ContentFiltered => "refusal",
        other => other.converse(),
    };
    (word.into(), sequence)
}

fn form(request: &Request<'_>) -> ClaudeForm {
    request.family.claude.unwrap_or_default()
}
