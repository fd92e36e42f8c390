//! Extended thinking of Claude, asked for in `additionalModelRequestFields`.

use serde_json::Value;

use super::block_path::{anthropic_path, is_server};
use super::{RuleInput, refuse_if, role};
use crate::json::{Json as _, items};
use crate::state::catalogue::{Capability, ThinksForm};
use crate::wire::{ApiError, rows};

/// Fewest tokens of a budget (Anthropic's documentation).
const SMALLEST_BUDGET: i64 = 1024;
/// Start of the beta that lets Claude think between tool uses.
const INTERLEAVED: &str = "interleaved-thinking";

/// The model thinks, and in the way that is asked for.
pub(super) fn form(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let Some((thinking, kind)) = asked(case) else {
        return Ok(());
    };
    if case.family.thinks == ThinksForm::Never {
        return Err(ApiError::row(rows::runtime::CLAUDE_THINKING_UNKNOWN));
    }
    if kind == "adaptive" {
        return refuse_if(
            case.refuses(Capability::AdaptiveThinking),
            rows::runtime::CLAUDE_THINKING_ADAPTIVE,
        );
    }
    if case.refuses(Capability::EnabledThinking) {
        return Err(ApiError::row(rows::runtime::CLAUDE_THINKING_ENABLED));
    }
    match budget(thinking) {
        None => Err(ApiError::row(rows::runtime::CLAUDE_THINKING_BUDGET_MISSING)),
        Some(budget) => refuse_if(
            budget < SMALLEST_BUDGET,
            rows::runtime::CLAUDE_THINKING_BUDGET,
        ),
    }
}

/// What else the request asks for leaves room for thinking.
pub(super) fn beside(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let Some((thinking, kind)) = asked(case) else {
        return Ok(());
    };
    let most = case.inference("maxTokens").and_then(Value::as_i64);
    let tight = most.zip(budget(thinking)).is_some_and(|(m, b)| m <= b);
    if tight && !interleaved(case) {
        return Err(ApiError::row(rows::runtime::CLAUDE_THINKING_MAX_TOKENS));
    }
    let temperature = case.inference("temperature").and_then(Value::as_f64);
    if temperature.is_some_and(|t| (t - 1.0).abs() > f64::EPSILON) {
        return Err(ApiError::row(
            match case.refuses(Capability::AdaptiveThinking) {
                true => rows::runtime::CLAUDE_THINKING_TEMPERATURE,
                false => rows::runtime::CLAUDE_THINKING_TEMPERATURE_ADAPTIVE,
            },
        ));
    }
    let choice = case
        .input
        .member("toolConfig")
        .and_then(|t| t.member("toolChoice"));
    let forced = choice.is_some_and(|c| c.member("any").is_some() || c.member("tool").is_some());
    refuse_if(
        forced && kind == "enabled",
        rows::runtime::CLAUDE_THINKING_TOOL_CHOICE,
    )
}

/// A turn of the assistant whose tools are being answered, or that goes on, starts with its thinking.
pub(super) fn first_block(case: &RuleInput<'_>) -> Result<(), ApiError> {
    if asked(case).is_none_or(|(_, kind)| kind != "enabled") {
        return Ok(());
    }
    let messages = case.messages();
    let Some(at) = messages.iter().rposition(|m| role(m) == "assistant") else {
        return Ok(());
    };
    let content = messages[at].items("content");
    let uses = |b: &Value| b.member("toolUse").is_some() && !is_server(b, content);
    let goes_on = at + 1 == messages.len() || content.iter().any(uses);
    let Some(first) = content.first().filter(|_| goes_on) else {
        return Ok(());
    };
    if first.member("reasoningContent").is_some() {
        return Ok(());
    }
    let found = match first.member("toolUse") {
        Some(_) => "tool_use",
        None => "text",
    };
    Err(ApiError::row(rows::runtime::CLAUDE_THINKING_FIRST_BLOCK)
        .with("path", &anthropic_path(at, content, 0))
        .with("found", found))
}

/// What a request to Claude says of thinking, if it asks for it: the object and its type.
fn asked<'a>(case: &RuleInput<'a>) -> Option<(&'a Value, &'a str)> {
    let fields = case.input.member("additionalModelRequestFields")?;
    let thinking = fields
        .member("thinking")
        .or_else(|| fields.member("reasoning_config"))?;
    let kind = thinking.member("type")?.as_str()?;
    let asks = matches!(kind, "enabled" | "adaptive") && case.is_claude();
    asks.then_some((thinking, kind))
}

/// Thoughts between tool uses share one budget, which may be larger than the tokens of one answer
/// (Anthropic's documentation).
fn interleaved(case: &RuleInput<'_>) -> bool {
    let fields = case.input.member("additionalModelRequestFields");
    let betas = items(fields.and_then(|f| f.member("anthropic_beta")));
    let mut betas = betas.iter().filter_map(Value::as_str);
    betas.any(|beta| beta.starts_with(INTERLEAVED))
}

fn budget(thinking: &Value) -> Option<i64> {
    thinking.member("budget_tokens")?.as_i64()
}
