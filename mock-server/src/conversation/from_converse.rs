//! Reads the view from the members of a Converse request, and of bodies that have Converse's shapes.

use serde_json::Value;

use super::block::{
    BlockView, DocumentView, MediaView, ReasoningView, SearchResultView, ToolResultView,
    ToolUseView, ViewKind,
};
use super::view::{
    ConversationView, InferenceView, MessageView, OutputView, ToolChoiceView, ToolConfigView,
    ToolKind, ToolView,
};
use crate::behaviour::{CacheTtl, Role};
use crate::json::{Json, items};

/// Returns the view of a Converse request.
pub(crate) fn from_converse(input: &impl Json) -> ConversationView<'_> {
    let messages = input.member("messages").and_then(Value::as_array);
    let tier = input.member("serviceTier");
    let performance = input.member("performanceConfig");
    ConversationView {
        system: blocks(input.items("system")),
        messages: messages.map(|all| all.iter().map(message).collect()),
        tool_config: input.member("toolConfig").map(tool_config),
        inference: input
            .member("inferenceConfig")
            .map(inference)
            .unwrap_or_default(),
        output: input.member("outputConfig").map(|config| OutputView {
            effort: config.member("effort").is_some(),
            schema: config
                .at(&["textFormat", "structure", "jsonSchema", "schema"])
                .and_then(Value::as_str),
        }),
        additional: input.member("additionalModelRequestFields"),
        latency: performance.and_then(|p| text(p, "latency")),
        tier: tier.and_then(|t| text(t, "type")),
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.member(name)?.as_str()
}

fn message(message: &Value) -> MessageView<'_> {
    MessageView {
        role: match text(message, "role") {
            Some("assistant") => Role::Assistant,
            Some("system") => Role::System,
            _ => Role::User,
        },
        content: blocks(message.items("content")),
    }
}

fn blocks(entries: &[Value]) -> Vec<BlockView<'_>> {
    entries.iter().map(block).collect()
}

/// Reads a content block, a union of which one member is set. Texts of Nova's own bodies may have
/// `cachePoint` as a second member; the text counts there.
fn block(entry: &Value) -> BlockView<'_> {
    let members = || entry.as_object().into_iter().flatten();
    let kind = members()
        .find(|(name, _)| *name != "cachePoint")
        .or_else(|| members().next())
        .map_or(ViewKind::Unknown, |(name, value)| kind(name, value));
    BlockView { entry, kind }
}

fn kind<'a>(name: &str, value: &'a Value) -> ViewKind<'a> {
    match name {
        "text" => value.as_str().map_or(ViewKind::Unknown, ViewKind::Text),
        "image" => ViewKind::Image(media(value)),
        "video" => ViewKind::Video(media(value)),
        "audio" => ViewKind::Audio(media(value)),
        "document" => ViewKind::Document(document(value)),
        "searchResult" => ViewKind::SearchResult(SearchResultView {
            title: text(value, "title"),
            source: text(value, "source"),
            content: value.member("content"),
            cited: is_cited(value),
        }),
        "toolUse" => ViewKind::ToolUse(ToolUseView {
            id: text(value, "toolUseId"),
            name: text(value, "name"),
            input: value.member("input"),
            server: text(value, "type") == Some("server_tool_use"),
        }),
        "toolResult" => ViewKind::ToolResult(ToolResultView {
            id: text(value, "toolUseId"),
            status: text(value, "status"),
            typed: value.member("type").is_some(),
            content: blocks(value.items("content")),
        }),
        "json" => ViewKind::Json(value),
        "reasoningContent" => ViewKind::Reasoning(match value.member("reasoningText") {
            Some(words) => ReasoningView::Text {
                signature: text(words, "signature"),
            },
            None => ReasoningView::Redacted,
        }),
        "cachePoint" => ViewKind::CachePoint(ttl(value)),
        "toolAddition" => ViewKind::ToolAddition(tool_name(value)),
        "toolRemoval" => ViewKind::ToolRemoval(tool_name(value)),
        "guardContent" => ViewKind::GuardContent,
        "citationsContent" => ViewKind::Citations,
        _ => ViewKind::Unknown,
    }
}

fn media(value: &Value) -> MediaView<'_> {
    let source = value.member("source");
    MediaView {
        format: text(value, "format"),
        bytes: source.and_then(|s| text(s, "bytes")),
        in_s3: source.is_some_and(|s| s.member("s3Location").is_some()),
    }
}

fn document(value: &Value) -> DocumentView<'_> {
    let source = value.member("source");
    DocumentView {
        name: text(value, "name"),
        format: text(value, "format"),
        bytes: source.and_then(|s| text(s, "bytes")),
        in_s3: source.is_some_and(|s| s.member("s3Location").is_some()),
        text: source.and_then(|s| text(s, "text")),
        content: source.and_then(|s| s.member("content")),
        cited: is_cited(value),
    }
}

fn is_cited(value: &Value) -> bool {
    value.at(&["citations", "enabled"]) == Some(&Value::Bool(true))
}

fn tool_name(value: &Value) -> Option<&str> {
    value.at(&["tool", "name"])?.as_str()
}

fn ttl(point: &Value) -> CacheTtl {
    match text(point, "ttl") {
        Some("1h") => CacheTtl::Hour,
        _ => CacheTtl::FiveMinutes,
    }
}

fn tool_config(config: &Value) -> ToolConfigView<'_> {
    ToolConfigView {
        tools: items(config.member("tools")).iter().map(tool).collect(),
        choice: config.member("toolChoice").map(choice),
    }
}

fn tool(entry: &Value) -> ToolView<'_> {
    let kind = if let Some(spec) = entry.member("toolSpec") {
        ToolKind::Spec {
            name: text(spec, "name"),
            schema: spec.at(&["inputSchema", "json"]),
        }
    } else if let Some(system) = entry.member("systemTool") {
        ToolKind::System(text(system, "name"))
    } else if let Some(point) = entry.member("cachePoint") {
        ToolKind::CachePoint(ttl(point))
    } else {
        ToolKind::Unknown
    };
    ToolView { entry, kind }
}

fn choice(choice: &Value) -> ToolChoiceView<'_> {
    if let Some(tool) = choice.member("tool") {
        ToolChoiceView::Tool(text(tool, "name"))
    } else if choice.member("any").is_some() {
        ToolChoiceView::Any
    } else {
        ToolChoiceView::Auto
    }
}

fn inference(config: &Value) -> InferenceView<'_> {
    let number = |name: &str| config.member(name)?.as_f64();
    InferenceView {
        max_tokens: config.member("maxTokens").and_then(Value::as_u64),
        temperature: number("temperature"),
        top_p: number("topP"),
        stop_sequences: config.member("stopSequences"),
    }
}
