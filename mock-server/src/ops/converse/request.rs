//! What Converse and ConverseStream share: the request as a neutral conversation, the checks that
//! the model does not express, and the form of token counts.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::cache_points::cache_points;
use super::prompt::{Effective, effective};
use super::{sources, tools};
use crate::behaviour::{
    Block, Conversation, Reply, Role, Settings, Thinking, ToolUse, Turn, reply,
};
use crate::json::Json as _;
use crate::ops::Call;
use crate::ops::context_window;
use crate::ops::prompt_cache::settle;
use crate::ops::rules::{RuleInput, judge, mistaken_image};
use crate::ops::scripted::Played;
use crate::providers::converses;
use crate::state::catalogue::ModelEntry;
use crate::state::resolve::Resolved;
use crate::wire::rows;
use crate::wire::{Answer, ApiError};

/// A conversation with its answer, before it is written.
pub(super) struct Answered<'a> {
    pub(super) input: Cow<'a, Map<String, Value>>,
    pub(super) resolved: Resolved<'a>,
    pub(super) conversation: Conversation,
    pub(super) reply: Reply,
}

/// An answer in the model's words, or one that a scenario gives as it is.
pub(super) enum Turned<'a> {
    Answered(Box<Answered<'a>>),
    Raw(Answer),
}

/// Resolves the model, reads and judges the conversation and answers it.
pub(super) fn answer<'a>(call: &Call<'a>) -> Result<Turned<'a>, ApiError> {
    let (input, resolved, conversation) = read(call)?;
    let habits = resolved.family.habits();
    let reply = match call.play(Some(&resolved), Some(&conversation))? {
        Played::Raw(answer) => return Ok(Turned::Raw(answer)),
        Played::Reply(reply) => reply,
        Played::Default => reply(&conversation, habits, &resolved.id, call.request.seed()),
    };
    Ok(Turned::Answered(Box::new(Answered {
        input,
        resolved,
        conversation,
        reply,
    })))
}

impl Answered<'_> {
    /// What the request was judged by.
    pub(super) fn case<'c>(&'c self, call: &Call<'c>) -> RuleInput<'c> {
        case(call, &self.input, &self.resolved)
    }

    /// Called once it is certain that the answer will be given.
    pub(super) fn settle(&mut self, call: &Call<'_>) -> Result<(), ApiError> {
        settle(call, &self.resolved.id, &self.conversation, &mut self.reply)
    }

    /// Members that the service repeats, only when asked for (recorded for `performanceConfig`), or
    /// that a script says.
    pub(super) fn echoed(&self, call: &Call<'_>) -> Vec<(&'static str, Value)> {
        let said = self.reply.said.as_deref();
        let asked = |name: &str| call.input.members.get(name).cloned();
        [
            (
                "performanceConfig",
                said.and_then(|s| s.performance.clone()),
            ),
            ("serviceTier", said.and_then(|s| s.tier.clone())),
            ("trace", said.and_then(|s| s.trace.clone())),
        ]
        .into_iter()
        .filter_map(|(name, said)| {
            let asked = || asked(name).filter(|_| name != "trace");
            Some((name, said.or_else(asked)?))
        })
        .collect()
    }
}

/// The request's members, the model and the conversation.
type Read<'a> = (Cow<'a, Map<String, Value>>, Resolved<'a>, Conversation);

fn read<'a>(call: &Call<'a>) -> Result<Read<'a>, ApiError> {
    let id = call.input.text("modelId").unwrap_or_default();
    let Effective { model, input } = effective(call)?;
    let resolved = call.resolve(model)?;
    call.notes.model(&resolved);
    call.admit_model(id, &resolved)?;
    let says_text = |e: &ModelEntry| e.output.iter().any(|o| o == "TEXT");
    if !converses(&resolved.id) || !resolved.entry.is_none_or(says_text) {
        return Err(ApiError::row(rows::runtime::NO_CONVERSE));
    }
    let case = case(call, &input, &resolved);
    judge(&case)?;
    let conversation = conversation(&input)?;
    let native = input.member("additionalModelRequestFields");
    context_window::fits(call, &resolved.id, &conversation, native)?;
    if let Some(refusal) = mistaken_image(&case).filter(|_| !case.stream) {
        return Err(refusal);
    }
    Ok((input, resolved, conversation))
}

/// What the request is judged by.
fn case<'c>(
    call: &Call<'c>,
    input: &'c Map<String, Value>,
    resolved: &'c Resolved<'c>,
) -> RuleInput<'c> {
    RuleInput {
        input,
        model: &resolved.id,
        called: call.input.text("modelId").unwrap_or_default(),
        region: call.region,
        family: resolved.family,
        catalogue: &call.app.catalogue,
        entry: resolved.entry,
        stream: call.streams(),
    }
}

/// The request as a neutral conversation; [`judge`] has found it sensible.
pub(in crate::ops) fn conversation(input: &Map<String, Value>) -> Result<Conversation, ApiError> {
    let Some(messages) = input.member("messages").and_then(Value::as_array) else {
        return Err(ApiError::row(rows::runtime::MESSAGES_MISSING).hint("the body has no messages"));
    };
    let turns = messages.iter().map(turn).collect();
    let config = input.member("inferenceConfig");
    let settings = Settings {
        max_tokens: config.and_then(|c| c.member("maxTokens")?.as_u64()),
        stop_sequences: config
            .and_then(|c| c.member("stopSequences")?.as_array())
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
        .member("system")
        .and_then(Value::as_array)
        .map(|all| {
            all.iter()
                .filter_map(|b| b.member("text")?.as_str())
                .map(Into::into)
                .collect()
        })
        .unwrap_or_default();
    let tools = input.member("toolConfig");
    let cache = cache_points(input);
    Ok(Conversation {
        system,
        turns,
        tools: tools
            .map(|t| tools::offered(t, messages))
            .unwrap_or_default(),
        system_tools: tools.map(tools::system_tools).unwrap_or_default(),
        tool_choice: tools
            .and_then(|t| t.member("toolChoice"))
            .map(tools::choice)
            .unwrap_or_default(),
        output_schema: output_schema(input),
        settings,
        cache_point: !cache.is_empty(),
        cache,
        thinking: thinking(input),
        sources: sources::sources(messages),
    })
}

fn turn(message: &Value) -> Turn {
    let role = match message.member("role").and_then(Value::as_str) {
        Some("assistant") => Role::Assistant,
        Some("system") => Role::System,
        _ => Role::User,
    };
    let content = message.items("content");
    Turn {
        role,
        blocks: content.iter().filter_map(content_block).collect(),
    }
}

/// A content block of a caller's; a cache point is none.
pub(super) fn content_block(block: &Value) -> Option<Block> {
    let (kind, value) = block.as_object()?.iter().next()?;
    Some(match (kind.as_str(), value) {
        ("cachePoint", _) => return None,
        ("text", Value::String(text)) => Block::Text(text.clone()),
        ("toolResult", result) => tool_result(result),
        ("toolUse", tool) => tool_use(tool),
        (kind, value) => Block::Other {
            kind: kind.into(),
            size: value.to_string().len(),
        },
    })
}

fn tool_use(tool: &Value) -> Block {
    let text = |name: &str| tool.get(name).and_then(Value::as_str).map(Into::into);
    Block::ToolUse(ToolUse {
        id: text("toolUseId"),
        name: text("name").unwrap_or_default(),
        input: tool.member("input").cloned().unwrap_or_default(),
        server: tool.member("type").is_some_and(|t| t == "server_tool_use"),
        seed: 0,
    })
}

fn tool_result(result: &Value) -> Block {
    let content = result.member("content").and_then(Value::as_array);
    let content = content.map(Vec::as_slice).unwrap_or_default();
    let texts = content.iter().filter_map(|c| c.member("text")?.as_str());
    let text = (!content.is_empty()).then(|| texts.collect::<Vec<_>>().join("\n"));
    let json = || {
        content
            .iter()
            .find_map(|c| Some(c.member("json")?.to_string()))
    };
    Block::ToolResult {
        id: result
            .member("toolUseId")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .into(),
        text: text
            .filter(|text| !text.is_empty())
            .or_else(json)
            .unwrap_or_default(),
    }
}

/// `outputConfig.textFormat.structure.jsonSchema.schema` holds a schema as text; Anthropic's own
/// `output_config.format`, `output_format` before it, among the additional fields holds it as it is.
fn output_schema(input: &Map<String, Value>) -> Option<Value> {
    let at = |member: &str, pointer: &str| input.get(member)?.pointer(pointer);
    let text = at("outputConfig", "/textFormat/structure/jsonSchema/schema");
    if let Some(text) = text.and_then(Value::as_str) {
        return serde_json::from_str(text).ok();
    }
    ["/output_config/format/schema", "/output_format/schema"]
        .iter()
        .find_map(|pointer| at("additionalModelRequestFields", pointer))
        .cloned()
}

/// Whether the request asks for reasoning: `thinking` or `reasoning_config` of Claude,
/// `reasoningConfig` of Nova 2, `reasoning_effort` of gpt-oss and others.
fn thinking(input: &Map<String, Value>) -> Thinking {
    let Some(fields) = input.member("additionalModelRequestFields") else {
        return Thinking::Unsaid;
    };
    let named = ["thinking", "reasoning_config", "reasoningConfig"];
    // Nova's documentation puts its own beside the other settings of inference, too.
    let places = [Some(fields), fields.member("inferenceConfig")];
    let kind = places
        .into_iter()
        .flatten()
        .flat_map(|place| named.iter().map(move |name| place.get(name)))
        .find_map(|config| config?.member("type")?.as_str());
    match kind {
        Some("enabled" | "adaptive") => Thinking::On,
        Some("disabled") => Thinking::Off,
        _ if fields.member("reasoning_effort").is_some() => Thinking::On,
        _ => Thinking::Unsaid,
    }
}
