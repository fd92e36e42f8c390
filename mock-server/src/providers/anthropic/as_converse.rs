//! An Anthropic Messages body as Converse would say it, for the judge that both operations share.
//!
//! Only what is judged is carried over, and every message and block stays at its place, so that the
//! paths in refusals are those of the body.

use serde_json::{Map, Value, json};

use crate::json::{Json as _, items};

/// The members of a Converse request that says the same.
pub fn as_converse(body: &Value) -> Map<String, Value> {
    let mut out = Map::new();
    let messages = body.items("messages").iter().map(message);
    out.insert("messages".into(), messages.collect());
    let inference = [
        ("max_tokens", "maxTokens"),
        ("temperature", "temperature"),
        ("top_p", "topP"),
    ];
    out.insert("inferenceConfig".into(), renamed(body, &inference));
    let fields = [
        ("thinking", "thinking"),
        ("anthropic_beta", "anthropic_beta"),
    ];
    out.insert(
        "additionalModelRequestFields".into(),
        renamed(body, &fields),
    );
    let tools = body.items("tools");
    if body.member("tools").is_some() || body.member("tool_choice").is_some() {
        let named = tools.iter().filter_map(|tool| tool.member("name"));
        let mut config = json!({
            "tools": named.map(|name| json!({"toolSpec": {"name": name}})).collect::<Vec<_>>(),
        });
        if let Some(choice) = choice(body, tools) {
            config["toolChoice"] = choice;
        }
        out.insert("toolConfig".into(), config);
    }
    out
}

/// A choice names its tool only where all tools are known: servers bring theirs unseen.
fn choice(body: &Value, tools: &[Value]) -> Option<Value> {
    let choice = body.member("tool_choice")?;
    let unseen = !body.items("mcp_servers").is_empty()
        || tools.iter().any(|tool| tool.member("name").is_none());
    Some(match choice.member("type")?.as_str()? {
        "any" => json!({"any": {}}),
        "tool" => match choice.member("name").filter(|_| !unseen) {
            Some(name) => json!({"tool": {"name": name}}),
            None => json!({"tool": {}}),
        },
        _ => return None,
    })
}

/// Members that the body has, under Converse's names.
fn renamed(body: &Value, names: &[(&str, &str)]) -> Value {
    let given = names.iter().filter_map(|(theirs, ours)| {
        let value = body.get(theirs).filter(|value| !value.is_null())?;
        Some(((*ours).to_owned(), value.clone()))
    });
    Value::Object(given.collect())
}

fn message(message: &Value) -> Value {
    json!({
        "role": message.member("role"),
        "content": contents(message.member("content")),
    })
}

/// Content blocks; a text alone is one, unless it is empty.
fn contents(content: Option<&Value>) -> Value {
    match content {
        Some(Value::String(text)) if text.is_empty() => json!([]),
        Some(Value::String(text)) => json!([{"text": text}]),
        blocks => items(blocks).iter().map(block).collect(),
    }
}

fn block(block: &Value) -> Value {
    let get = |name: &str| block.get(name);
    let kind = get("type").and_then(Value::as_str).unwrap_or_default();
    match kind {
        "text" => json!({"text": get("text")}),
        "image" => json!({ "image": image(block) }),
        // One block in Converse's counting, too, whatever its type is.
        "document" => json!({"document": {"format": "pdf"}}),
        "tool_use" => json!({"toolUse": {
            "toolUseId": get("id"),
            "name": get("name"),
        }}),
        "tool_result" => json!({"toolResult": {
            "toolUseId": get("tool_use_id"),
            "content": contents(get("content")),
        }}),
        "thinking" => {
            let members = [("thinking", "text"), ("signature", "signature")];
            json!({"reasoningContent": {"reasoningText": renamed(block, &members)}})
        }
        "redacted_thinking" => json!({"reasoningContent": {"redactedContent": get("data")}}),
        other => json!({other: {}}),
    }
}

/// An image in base64; others have no bytes that could be looked at.
fn image(block: &Value) -> Value {
    let text = |pointer: &str| block.pointer(pointer).and_then(Value::as_str);
    match (text("/source/media_type"), text("/source/data")) {
        (Some(media), Some(data)) => json!({
            "format": media.strip_prefix("image/").unwrap_or(media),
            "source": {"bytes": data},
        }),
        _ => json!({}),
    }
}
