//! Cohere Command R and R+: a message after a history in, a text and the longer history out.
//!
//! Tools are described by `parameter_definitions`, not by JSON Schema, and there is no way to
//! demand one. That calls of tools stand last, and their stream event, follow Cohere's own API; the
//! rest was recorded.

use serde_json::{Map, Value, json};

use crate::behaviour::{Block, Conversation, Reply, Role, Tool, Turn, ids};
use crate::json::Json as _;
use crate::providers::cohere::command::finish;
use crate::providers::{Ask, Chunks, Dialect, Metrics, Request, Said, forms};
use crate::wire::ApiError;

pub(in crate::providers) const DIALECT: Dialect = Dialect {
    name: "cohere-command-r",
    covers: |model, _| model.starts_with("cohere.command-r"),
    schema: Some(bedrock_fixtures::providers::COHERE_COMMAND_R),
    parse,
    render,
    chunks: Some(chunks),
    metrics: Metrics::OnTheLast,
    tells: &["toolUse"],
    view: None,
};

fn parse(request: &Request<'_>) -> Result<Ask, ApiError> {
    let list = |name: &str| {
        let list = request.member(name).and_then(Value::as_array);
        list.into_iter().flatten()
    };
    let mut system: Vec<String> = request
        .text("preamble")
        .map(Into::into)
        .into_iter()
        .collect();
    let mut turns = Vec::new();
    for entry in list("chat_history") {
        let said = entry.member("message").and_then(Value::as_str);
        let said = said.unwrap_or_default().to_owned();
        let role = match entry.member("role").and_then(Value::as_str) {
            Some("CHATBOT") => Role::Assistant,
            Some("SYSTEM") => {
                system.push(said);
                continue;
            }
            _ => Role::User,
        };
        turns.push(Turn {
            role,
            blocks: vec![Block::Text(said)],
        });
    }
    let mut blocks = vec![Block::Text(
        request.text("message").unwrap_or_default().into(),
    )];
    blocks.extend(list("documents").map(|document| Block::Other {
        kind: "document".into(),
        size: document.to_string().len(),
    }));
    // Results have no ids: they repeat the call, so its name stands in for one.
    blocks.extend(list("tool_results").map(|result| {
        Block::ToolResult {
            id: result
                .pointer("/call/name")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .into(),
            text: result.member("outputs").unwrap_or(result).to_string(),
        }
    }));
    turns.push(Turn {
        role: Role::User,
        blocks,
    });
    Ok(Ask::Chat(Conversation {
        system,
        turns,
        tools: list("tools").filter_map(tool).collect(),
        settings: forms::settings(request.body, "max_tokens", "stop_sequences"),
        ..Conversation::default()
    }))
}

fn tool(definition: &Value) -> Option<Tool> {
    let name = definition.member("name")?.as_str()?.to_owned();
    let parameters = definition.member("parameter_definitions");
    let parameters = parameters.and_then(Value::as_object);
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (name, parameter) in parameters.into_iter().flatten() {
        let kind = parameter.member("type").and_then(Value::as_str);
        properties.insert(name.clone(), json!({"type": json_type(kind)}));
        if parameter.member("required") == Some(&Value::Bool(true)) {
            required.push(name.clone());
        }
    }
    let schema = json!({"type": "object", "properties": properties, "required": required});
    Some(Tool { name, schema })
}

/// Cohere names types as Python does: `str`, `int`, `List[str]`.
fn json_type(python: Option<&str>) -> &'static str {
    let python = python.unwrap_or_default().to_ascii_lowercase();
    match python.split('[').next().unwrap_or_default() {
        "int" | "integer" => "integer",
        "float" | "number" => "number",
        "bool" | "boolean" => "boolean",
        "list" | "array" => "array",
        "dict" | "object" => "object",
        _ => "string",
    }
}

fn render(request: &Request<'_>, said: &Said) -> Value {
    said.reply()
        .map_or(Value::Null, |reply| whole(request, reply))
}

fn whole(request: &Request<'_>, reply: &Reply) -> Value {
    let history = request.member("chat_history").and_then(Value::as_array);
    let mut history = history.cloned().unwrap_or_default();
    let message = request.text("message").unwrap_or_default();
    history.push(json!({"role": "USER", "message": message}));
    let calls = calls(reply);
    let mut answer = json!({"role": "CHATBOT", "message": reply.text()});
    if let Some(calls) = &calls {
        answer["tool_calls"] = calls.clone();
    }
    history.push(answer);
    let mut out = json!({
        "response_id": format!("{}/{}", ids::hex(request.seed, 8), ids::uuid(request.seed)),
        "text": reply.text(),
        "generation_id": ids::uuid(request.seed.wrapping_add(1)),
        "chat_history": history,
        "finish_reason": finish(&reply.stop),
    });
    if let Some(calls) = calls {
        out["tool_calls"] = calls;
    }
    out
}

fn calls(reply: &Reply) -> Option<Value> {
    let call = |block: &Block| match block {
        Block::ToolUse(tool) => Some(json!({"name": tool.name, "parameters": tool.input})),
        _ => None,
    };
    let calls: Vec<Value> = reply.blocks.iter().filter_map(call).collect();
    (!calls.is_empty()).then(|| calls.into())
}

fn chunks(request: &Request<'_>, reply: Reply) -> Chunks {
    let event = |kind: &str, member: &str, value: Value| json!({"is_finished": false, "event_type": kind, member: value});
    let end = json!({
        "is_finished": true,
        "event_type": "stream-end",
        "response": whole(request, &reply),
        "finish_reason": finish(&reply.stop),
    });
    let calls = calls(&reply).map(|calls| event("tool-calls-generation", "tool_calls", calls));
    let texts =
        forms::texts(request, reply).map(move |text| event("text-generation", "text", text.into()));
    Box::new(texts.chain(calls).chain(std::iter::once(end)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behaviour::{StopReason, ToolUse, Usage};

    #[test]
    fn python_types_become_json_types() {
        let definition = json!({"name": "t", "parameter_definitions": {"day": {"type": "str", "required": true}, "n": {"type": "int"}, "l": {"type": "List[str]", "required": false}}});
        let schema = tool(&definition).unwrap().schema;
        assert_eq!(
            schema,
            json!({"type": "object", "properties": {"day": {"type": "string"}, "n": {"type": "integer"}, "l": {"type": "array"}}, "required": ["day"]})
        );
    }

    #[test]
    fn calls_of_tools_have_name_and_parameters() {
        let call = ToolUse {
            name: "report".into(),
            input: json!({"day": "2023-09-29"}),
            ..ToolUse::default()
        };
        let reply = Reply::new(
            vec![Block::ToolUse(call)],
            StopReason::ToolUse,
            Usage::default(),
            1,
        );
        assert_eq!(
            calls(&reply),
            Some(json!([{"name": "report", "parameters": {"day": "2023-09-29"}}]))
        );
    }
}
