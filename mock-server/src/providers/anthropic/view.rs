//! Reads an Anthropic Messages body as the conversation that rules look at.
//!
//! Every message and block stays at its place, so the paths in refusals are those of the body. The
//! system prompt and cache points are left out: reading the body has already checked them.

use serde_json::Value;

use crate::behaviour::Role;
use crate::conversation::{
    BlockView, ConversationView, DocumentView, InferenceView, MediaView, MessageView, OutputView,
    ReasoningView, ToolChoiceView, ToolConfigView, ToolKind, ToolResultView, ToolUseView, ToolView,
    ViewKind,
};
use crate::json::{Json as _, items};

/// Returns the view of a body.
pub(in crate::providers) fn view(body: &Value) -> ConversationView<'_> {
    let number = |name: &str| body.member(name)?.as_f64();
    let output = body.member("output_config").filter(|c| !c.is_null());
    ConversationView {
        messages: Some(body.items("messages").iter().map(message).collect()),
        tool_config: tool_config(body),
        inference: InferenceView {
            max_tokens: body.member("max_tokens").and_then(Value::as_u64),
            temperature: number("temperature"),
            top_p: number("top_p"),
            stop_sequences: None,
        },
        output: output.map(|config| OutputView {
            effort: config.member("effort").is_some_and(|e| !e.is_null()),
            schema: None,
        }),
        // Converse passes these on as additional fields; here they are members of the body itself.
        additional: Some(body),
        ..ConversationView::default()
    }
}

fn tool_config(body: &Value) -> Option<ToolConfigView<'_>> {
    if body.member("tools").is_none() && body.member("tool_choice").is_none() {
        return None;
    }
    let tools = body.items("tools");
    let named = tools.iter().filter_map(|entry| {
        let name = entry.member("name")?.as_str();
        let kind = ToolKind::Spec { name, schema: None };
        Some(ToolView { entry, kind })
    });
    Some(ToolConfigView {
        tools: named.collect(),
        choice: choice(body, tools),
    })
}

/// A choice names its tool only if the body names all tools: servers bring theirs unseen.
fn choice<'a>(body: &'a Value, tools: &[Value]) -> Option<ToolChoiceView<'a>> {
    let choice = body.member("tool_choice")?;
    let unseen = !body.items("mcp_servers").is_empty()
        || tools.iter().any(|tool| tool.member("name").is_none());
    match choice.member("type")?.as_str()? {
        "any" => Some(ToolChoiceView::Any),
        "tool" if unseen => Some(ToolChoiceView::Tool(None)),
        "tool" => Some(ToolChoiceView::Tool(text(choice, "name"))),
        _ => None,
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
        content: message.member("content").map(contents).unwrap_or_default(),
    }
}

/// Content blocks; a text alone is one, unless it is empty.
fn contents(content: &Value) -> Vec<BlockView<'_>> {
    match content {
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::String(text) => vec![BlockView {
            entry: content,
            kind: ViewKind::Text(text),
        }],
        blocks => items(Some(blocks)).iter().map(block).collect(),
    }
}

fn block(block: &Value) -> BlockView<'_> {
    let get = |name: &str| text(block, name);
    let kind = match get("type").unwrap_or_default() {
        "text" => get("text").map_or(ViewKind::Unknown, ViewKind::Text),
        "image" => ViewKind::Image(image(block)),
        // One block in Converse's counting, too, whatever its type is.
        "document" => ViewKind::Document(DocumentView {
            format: Some("pdf"),
            ..DocumentView::default()
        }),
        "tool_use" => ViewKind::ToolUse(ToolUseView {
            id: get("id"),
            name: get("name"),
            ..ToolUseView::default()
        }),
        "tool_result" => ViewKind::ToolResult(ToolResultView {
            id: get("tool_use_id"),
            content: block.member("content").map(contents).unwrap_or_default(),
            ..ToolResultView::default()
        }),
        "thinking" => ViewKind::Reasoning(ReasoningView::Text {
            signature: get("signature"),
        }),
        "redacted_thinking" => ViewKind::Reasoning(ReasoningView::Redacted),
        _ => ViewKind::Unknown,
    };
    BlockView { entry: block, kind }
}

/// An image in base64; others have no bytes that rules could look at.
fn image(block: &Value) -> MediaView<'_> {
    let source = |name: &str| block.at(&["source", name]).and_then(Value::as_str);
    match (source("media_type"), source("data")) {
        (Some(media), Some(data)) => MediaView {
            format: Some(media.strip_prefix("image/").unwrap_or(media)),
            bytes: Some(data),
            in_s3: false,
        },
        _ => MediaView::default(),
    }
}
