//! Content blocks of a reply as Converse writes them.

use serde_json::{Map, Value, json};

use crate::behaviour::{Block, Conversation, Reasoning, ServerResult, ToolUse, ids};
use crate::state::catalogue::{Family, ToolIdForm, TypedToolUse};

/// How requests for tools look in one answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct ToolForm {
    ids: ToolIdForm,
    typed: bool,
}

impl ToolForm {
    /// The form of a family's answers to a conversation.
    pub(super) fn of(family: &Family, conversation: &Conversation) -> Self {
        Self {
            ids: family.tool_ids,
            typed: match family.typed_tool_use {
                TypedToolUse::Never => false,
                TypedToolUse::Always => true,
                TypedToolUse::ServerTools => !conversation.system_tools.is_empty(),
            },
        }
    }
}

/// A block of the whole answer, behind so many requests for tools.
pub(super) fn block(block: &Block, form: ToolForm, calls: usize) -> Value {
    match block {
        Block::Text(text) => json!({ "text": text }),
        Block::Reasoning(Reasoning::Text { text, signature }) => {
            let mut told = Map::new();
            told.insert("text".into(), text.clone().into());
            if let Some(signature) = signature {
                told.insert("signature".into(), signature.clone().into());
            }
            json!({ "reasoningContent": { "reasoningText": told } })
        }
        Block::Reasoning(Reasoning::Redacted(data)) => {
            json!({ "reasoningContent": { "redactedContent": data } })
        }
        Block::Cited(cited) => {
            let mut told = Map::new();
            told.insert("citations".into(), cited.citations.clone().into());
            if let Some(text) = &cited.text {
                told.insert("content".into(), json!([{ "text": text }]));
            }
            json!({ "citationsContent": told })
        }
        Block::ToolUse(tool) => {
            let mut told = tool_start(tool, form, calls);
            told["input"] = tool.input.clone();
            json!({ "toolUse": told })
        }
        Block::ServerResult(result) => {
            let mut told = result_start(result);
            told["content"] = result.content.clone().into();
            json!({ "toolResult": told })
        }
        Block::Passthrough { kind, value } => json!({ kind: value }),
        // What callers send; no reply holds them.
        Block::ToolResult { .. } | Block::Other { .. } => json!({ "text": "" }),
    }
}

/// A request for a tool without its arguments, as the start of its block in a stream; behind so many
/// others.
pub(super) fn tool_start(tool: &ToolUse, form: ToolForm, calls: usize) -> Value {
    let issued_accounts = || match form.ids {
        // Tools of the service have the older form still (recorded).
        _ if tool.server => ids::converse_tool_base64(tool.seed),
        ToolIdForm::Alphanumeric => ids::converse_tool(tool.seed),
        ToolIdForm::Base64 => ids::converse_tool_base64(tool.seed),
        ToolIdForm::Functions => format!("functions.{}:{calls}", tool.name),
    };
    let id = tool.id.clone().unwrap_or_else(issued_accounts);
    let mut out = json!({ "name": tool.name, "toolUseId": id });
    if tool.server {
        out["type"] = "server_tool_use".into();
    } else if form.typed {
        out["type"] = "tool_use".into();
    }
    out
}

/// The answer of a tool that the service ran, without its content.
pub(super) fn result_start(result: &ServerResult) -> Value {
    let issued_accounts = || ids::converse_tool_base64(result.seed);
    let mut out = json!({ "toolUseId": result.id.clone().unwrap_or_else(issued_accounts) });
    for (name, value) in [("status", &result.status), ("type", &result.kind)] {
        if let Some(value) = value {
            out[name] = value.clone().into();
        }
    }
    out
}
