//! What Converse and ConverseStream share: the request as a neutral conversation, the checks that
//! the model does not express, and the form of token counts.

use serde_json::{Map, Value, json};

use super::Call;
use super::converse_judge::{Case, judge, mistaken_image};
use crate::behaviour::{
    Block, Conversation, Role, Settings, Tool, ToolChoice, ToolUse, Turn, Usage, ids,
};
use crate::providers::converses;
use crate::state::catalogue::{CacheCounts, ModelEntry, UsageForm, WriteCounts};
use crate::state::resolve::{Asker, Resolved, resolve};
use crate::wire::ApiError;

/// Resolves the model and reads the conversation.
pub(super) fn read<'a>(call: &Call<'a>) -> Result<(Resolved<'a>, Conversation), ApiError> {
    let id = call.input.text("modelId").unwrap_or_default();
    let asker = Asker {
        account: &call.principal.account,
        region: call.region,
    };
    let resolved = resolve(call.app, asker, id)?;
    crate::auth::admit_model(
        call.app,
        call.principal,
        call.operation,
        call.region,
        id,
        &resolved,
    )?;
    let says_text = |e: &ModelEntry| e.output.iter().any(|o| o == "TEXT");
    if !converses(&resolved.id) || !resolved.entry.is_none_or(says_text) {
        return Err(ApiError::row("runtime.no-converse"));
    }
    let conversation = conversation(&call.input.members)?;
    let case = case(call, &resolved);
    judge(&case)?;
    if let Some(refusal) = mistaken_image(&case).filter(|_| !case.stream) {
        return Err(refusal);
    }
    Ok((resolved, conversation))
}

/// What the request is judged by.
pub(super) fn case<'c>(call: &Call<'c>, resolved: &Resolved<'c>) -> Case<'c> {
    Case {
        input: &call.input.members,
        family: resolved.family,
        entry: resolved.entry,
        stream: &*call.operation.name == "ConverseStream",
    }
}

pub(super) fn conversation(input: &Map<String, Value>) -> Result<Conversation, ApiError> {
    let Some(messages) = input.get("messages").and_then(Value::as_array) else {
        return Err(ApiError::row("runtime.messages-missing").hint("the body has no messages"));
    };
    let turns = messages
        .iter()
        .enumerate()
        .map(|(i, m)| turn(i, m))
        .collect::<Result<Vec<_>, _>>()?;
    if turns
        .iter()
        .find(|t| t.role != Role::System)
        .is_none_or(|t| t.role != Role::User)
    {
        return Err(ApiError::row("runtime.first-message-not-user"));
    }
    let config = input.get("inferenceConfig");
    let settings = Settings {
        max_tokens: config.and_then(|c| c.get("maxTokens")?.as_u64()),
        stop_sequences: config
            .and_then(|c| c.get("stopSequences")?.as_array())
            .map(|all| {
                all.iter()
                    .filter_map(Value::as_str)
                    .map(Into::into)
                    .collect()
            })
            .unwrap_or_default(),
        answers: None,
    };
    let system = input
        .get("system")
        .and_then(Value::as_array)
        .map(|all| {
            all.iter()
                .filter_map(|b| b.get("text")?.as_str())
                .map(Into::into)
                .collect()
        })
        .unwrap_or_default();
    let tools = input.get("toolConfig");
    Ok(Conversation {
        system,
        turns,
        tools: tools.map(declared_tools).unwrap_or_default(),
        tool_choice: tools
            .and_then(|t| t.get("toolChoice"))
            .map(tool_choice)
            .unwrap_or_default(),
        output_schema: output_schema(input),
        settings,
        cache_point: has_cache_point(input),
    })
}

fn turn(index: usize, message: &Value) -> Result<Turn, ApiError> {
    let role = match message.get("role").and_then(Value::as_str) {
        Some("assistant") => Role::Assistant,
        Some("system") => Role::System,
        _ => Role::User,
    };
    let content = message
        .get("content")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    if content.is_empty() {
        return Err(ApiError::row("runtime.content-empty").with("index", &index.to_string()));
    }
    // Blank text between other blocks passes (recorded); a message that says nothing else does not.
    let texts = || content.iter().filter_map(|b| b.get("text")?.as_str());
    let says_nothing = texts().all(|t| t.trim().is_empty());
    let mut blocks = Vec::with_capacity(content.len());
    for (at, block) in content.iter().enumerate() {
        let Some((kind, value)) = block.as_object().and_then(|b| b.iter().next()) else {
            continue;
        };
        blocks.push(match value.as_str() {
            Some(text) if kind == "text" => {
                if text.is_empty() || says_nothing {
                    return Err(ApiError::row("runtime.blank-text")
                        .with("message", &index.to_string())
                        .with("block", &at.to_string()));
                }
                Block::Text(text.to_owned())
            }
            _ if kind == "toolResult" => tool_result(value),
            _ => Block::Other {
                kind: kind.clone(),
                size: value.to_string().len(),
            },
        });
    }
    Ok(Turn { role, blocks })
}

fn tool_result(result: &Value) -> Block {
    let first = result.pointer("/content/0");
    let text = first.and_then(|c| c.get("text")?.as_str()).map(Into::into);
    Block::ToolResult {
        id: result
            .get("toolUseId")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .into(),
        text: text
            .or_else(|| Some(first?.get("json")?.to_string()))
            .unwrap_or_default(),
    }
}

fn declared_tools(config: &Value) -> Vec<Tool> {
    let tools = config
        .get("tools")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let tool = |t: &Value| {
        let spec = t.get("toolSpec")?;
        let schema = spec
            .pointer("/inputSchema/json")
            .cloned()
            .unwrap_or_else(|| json!({}));
        Some(Tool {
            name: spec.get("name")?.as_str()?.to_owned(),
            schema,
        })
    };
    tools.iter().filter_map(tool).collect()
}

fn tool_choice(choice: &Value) -> ToolChoice {
    match choice.pointer("/tool/name").and_then(Value::as_str) {
        Some(name) => ToolChoice::Named(name.into()),
        None if choice.get("any").is_some() => ToolChoice::Any,
        None => ToolChoice::Auto,
    }
}

/// `outputConfig.textFormat.structure.jsonSchema.schema` holds a schema as text.
fn output_schema(input: &Map<String, Value>) -> Option<Value> {
    let text = input
        .get("outputConfig")?
        .pointer("/textFormat/structure/jsonSchema/schema")?
        .as_str()?;
    serde_json::from_str(text).ok()
}

/// A request for a tool as Converse writes it.
pub(super) fn tool_use(tool: &ToolUse, typed: bool) -> Value {
    let mut out = json!({ "input": tool.input, "name": tool.name, "toolUseId": ids::converse_tool(tool.seed) });
    if typed {
        out["type"] = "tool_use".into();
    }
    out
}

/// A cache point can stand among messages' content, the system blocks and the tools.
fn has_cache_point(input: &Map<String, Value>) -> bool {
    let among = |list: Option<&Value>| {
        list.and_then(Value::as_array)
            .is_some_and(|all| all.iter().any(|b| b.get("cachePoint").is_some()))
    };
    let messages = input
        .get("messages")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    among(input.get("system"))
        || among(input.get("toolConfig").and_then(|t| t.get("tools")))
        || messages.iter().any(|m| among(m.get("content")))
}

/// `usage` in the form that the model's answers have.
pub(super) fn usage(form: UsageForm, usage: Usage, cache_point: bool, stream: bool) -> Value {
    let mut out = Map::new();
    let mut put = |name: &str, value: u64| out.insert(name.into(), value.into());
    put("inputTokens", usage.input);
    put("outputTokens", usage.output);
    put("totalTokens", usage.total());
    let counted = match form.cache_counts {
        CacheCounts::Never => false,
        CacheCounts::CachePoint => cache_point,
        // Streams leave the counts out unless the request had a cache point.
        CacheCounts::Always => !stream || cache_point,
    };
    if counted {
        // The service sends the modelled names and their twins, always equal.
        put("cacheReadInputTokens", usage.cache_read);
        put("cacheReadInputTokenCount", usage.cache_read);
        if form.write_counts == WriteCounts::Always
            || usage.cache_write > 0
            || (stream && cache_point)
        {
            put("cacheWriteInputTokens", usage.cache_write);
            put("cacheWriteInputTokenCount", usage.cache_write);
        }
    }
    let unary = form.server_tool_usage;
    if if stream {
        form.stream_server_tool_usage.unwrap_or(unary)
    } else {
        unary
    } {
        out.insert("serverToolUsage".into(), json!({}));
    }
    Value::Object(out)
}
