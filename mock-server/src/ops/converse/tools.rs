//! The tools that a request offers: declared in `toolConfig`, taken away and given back by blocks in
//! the messages.

use serde_json::{Value, json};

use crate::behaviour::{Tool, ToolChoice};
use crate::json::Json as _;

/// The tools that are on offer when the last message has been read.
pub(super) fn offered(config: &Value, messages: &[Value]) -> Vec<Tool> {
    let declared: Vec<Tool> = config
        .items("tools")
        .iter()
        .filter_map(declared_tool)
        .collect();
    let mut removed: Vec<&str> = Vec::new();
    for block in messages.iter().flat_map(|m| m.items("content")) {
        let named = |kind: &str| block.get(kind)?.at(&["tool", "name"])?.as_str();
        if let Some(name) = named("toolRemoval") {
            removed.push(name);
        }
        if let Some(name) = named("toolAddition") {
            removed.retain(|r| *r != name);
        }
    }
    let stays = |tool: &Tool| !removed.contains(&tool.name.as_str());
    declared.into_iter().filter(stays).collect()
}

/// Names of the tools that the service would run itself.
pub(super) fn system_tools(config: &Value) -> Vec<String> {
    config
        .items("tools")
        .iter()
        .filter_map(|t| t.at(&["systemTool", "name"])?.as_str())
        .map(Into::into)
        .collect()
}

/// One entry of `toolConfig.tools`, if it is a tool of the caller's.
pub(super) fn declared_tool(entry: &Value) -> Option<Tool> {
    let spec = entry.member("toolSpec")?;
    let schema = spec.at(&["inputSchema", "json"]);
    Some(Tool {
        name: spec.member("name")?.as_str()?.to_owned(),
        schema: schema.cloned().unwrap_or_else(|| json!({})),
    })
}

/// `toolConfig.toolChoice`.
pub(super) fn choice(choice: &Value) -> ToolChoice {
    match choice.at(&["tool", "name"]).and_then(Value::as_str) {
        Some(name) => ToolChoice::Named(name.into()),
        None if choice.member("any").is_some() => ToolChoice::Any,
        None => ToolChoice::Auto,
    }
}
