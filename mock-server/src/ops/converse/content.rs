//! Content blocks of a reply as Converse writes them.

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::behaviour::{Block, Conversation, Reasoning, ServerResult, ToolUse, ids};
use crate::state::catalogue::{Family, ToolIdForm, TypedToolUse};

/// How requests for tools look in an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct ToolForm {
    ids: ToolIdForm,
    typed: bool,
}

impl ToolForm {
    /// Returns the form of a family's answers to a conversation.
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

/// A content block of a unary answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ContentBlock<'a> {
    Text(&'a str),
    ReasoningContent(ReasoningContent<'a>),
    CitationsContent(CitationsContent<'a>),
    ToolUse(ToolUseBlock<'a>),
    ToolResult(ToolResultBlock<'a>),
    #[serde(untagged)]
    Passthrough(Passthrough<'a, &'a Value>),
}

/// Reasoning, in words or encrypted.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ReasoningContent<'a> {
    ReasoningText {
        text: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        signature: Option<&'a str>,
    },
    /// Base64.
    RedactedContent(&'a str),
}

/// Text with its citations.
#[derive(Serialize)]
pub(super) struct CitationsContent<'a> {
    citations: &'a [Value],
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<[CitedText<'a>; 1]>,
}

#[derive(Serialize)]
struct CitedText<'a> {
    text: &'a str,
}

/// A request for a tool; the start of its block in a stream has no arguments.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToolUseBlock<'a> {
    name: &'a str,
    tool_use_id: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a Value>,
}

/// The answer of a tool that the service ran; the start of its block in a stream has no content.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToolResultBlock<'a> {
    tool_use_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a [Value]>,
}

/// A block that only Converse has: an object whose one member is named by the kind.
pub(super) struct Passthrough<'a, T> {
    pub(super) kind: &'a str,
    pub(super) value: T,
}

impl<T: Serialize> Serialize for Passthrough<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.kind, &self.value)])
    }
}

impl<'a> ContentBlock<'a> {
    /// Returns the form of a block that follows the given number of requests for tools.
    pub(super) fn of(block: &'a Block, form: ToolForm, calls: usize) -> Self {
        match block {
            Block::Text(text) => Self::Text(text),
            Block::Reasoning(Reasoning::Text { text, signature }) => {
                Self::ReasoningContent(ReasoningContent::ReasoningText {
                    text,
                    signature: signature.as_deref(),
                })
            }
            Block::Reasoning(Reasoning::Redacted(data)) => {
                Self::ReasoningContent(ReasoningContent::RedactedContent(data))
            }
            Block::Cited(cited) => Self::CitationsContent(CitationsContent {
                citations: &cited.citations,
                content: cited.text.as_deref().map(|text| [CitedText { text }]),
            }),
            Block::ToolUse(tool) => Self::ToolUse(ToolUseBlock {
                input: Some(&tool.input),
                ..ToolUseBlock::start(tool, form, calls)
            }),
            Block::ServerResult(result) => Self::ToolResult(ToolResultBlock {
                content: Some(&result.content),
                ..ToolResultBlock::start(result)
            }),
            Block::Passthrough { kind, value } => Self::Passthrough(Passthrough { kind, value }),
            // What callers send; no reply holds them.
            Block::ToolResult { .. } | Block::Other { .. } => Self::Text(""),
        }
    }
}

impl<'a> ToolUseBlock<'a> {
    /// Returns a request that follows the given number of others, without its arguments.
    pub(super) fn start(tool: &'a ToolUse, form: ToolForm, calls: usize) -> Self {
        let made = || match form.ids {
            // Tools of the service still have the older form (recorded).
            _ if tool.server => ids::converse_tool_base64(tool.seed),
            ToolIdForm::Alphanumeric => ids::converse_tool(tool.seed),
            ToolIdForm::Base64 => ids::converse_tool_base64(tool.seed),
            ToolIdForm::Functions => format!("functions.{}:{calls}", tool.name),
        };
        Self {
            name: &tool.name,
            tool_use_id: tool.id.clone().unwrap_or_else(made),
            kind: match tool.server {
                true => Some("server_tool_use"),
                false => form.typed.then_some("tool_use"),
            },
            input: None,
        }
    }
}

impl<'a> ToolResultBlock<'a> {
    /// Returns an answer without its content.
    pub(super) fn start(result: &'a ServerResult) -> Self {
        let made = || ids::converse_tool_base64(result.seed);
        Self {
            tool_use_id: result.id.clone().unwrap_or_else(made),
            status: result.status.as_deref(),
            kind: result.kind.as_deref(),
            content: None,
        }
    }
}
