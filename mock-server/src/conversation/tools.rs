//! The tools that a request offers: declared in `toolConfig`, removed and added back by blocks in the
//! messages.

use serde_json::json;

use super::block::ViewKind;
use super::view::{ConversationView, ToolChoiceView, ToolKind, ToolView};
use crate::behaviour::{Tool, ToolChoice};

/// Returns the tools that are on offer after the last message.
pub(super) fn offered(view: &ConversationView<'_>) -> Vec<Tool> {
    let mut removed: Vec<&str> = Vec::new();
    for block in view.messages().iter().flat_map(|m| &m.content) {
        match block.kind {
            ViewKind::ToolRemoval(Some(name)) => removed.push(name),
            ViewKind::ToolAddition(Some(name)) => removed.retain(|r| *r != name),
            _ => {}
        }
    }
    let stays = |tool: &Tool| !removed.contains(&tool.name.as_str());
    let declared = view.tools().iter().filter_map(declared_tool);
    declared.filter(stays).collect()
}

/// Returns the names of the tools that the service would run itself.
pub(super) fn system_tools(view: &ConversationView<'_>) -> Vec<String> {
    let named = view.tools().iter().filter_map(|tool| match tool.kind {
        ToolKind::System(name) => name,
        _ => None,
    });
    named.map(Into::into).collect()
}

/// Returns the tool of an entry, if it is one of the caller's own.
pub(super) fn declared_tool(tool: &ToolView<'_>) -> Option<Tool> {
    let ToolKind::Spec { name, schema } = tool.kind else {
        return None;
    };
    Some(Tool {
        name: name?.to_owned(),
        schema: schema.cloned().unwrap_or_else(|| json!({})),
    })
}

/// Returns whether a tool must be called.
pub(super) fn choice(view: &ConversationView<'_>) -> ToolChoice {
    match view.tool_choice() {
        Some(ToolChoiceView::Tool(Some(name))) => ToolChoice::Named(name.into()),
        Some(ToolChoiceView::Any) => ToolChoice::Any,
        _ => ToolChoice::Auto,
    }
}
