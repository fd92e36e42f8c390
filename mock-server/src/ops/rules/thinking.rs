//! Extended thinking of Claude, which `additionalModelRequestFields` enables.

use serde_json::Value;

use super::block_path::anthropic_path;
use super::{RuleInput, refuse_if};
use crate::behaviour::Role;
use crate::conversation::{BlockView, ToolChoiceView, ViewKind};
use crate::json::{Json as _, items};
use crate::state::catalogue::{Capability, ThinksForm};
use crate::wire::{ApiError, rows};

/// Fewest tokens of a budget (Anthropic's documentation).
const SMALLEST_BUDGET: i64 = 1024;
/// Prefix of the beta that lets Claude think between tool uses.
const INTERLEAVED: &str = "interleaved-thinking";

/// The model thinks, and in the way that the request names.
pub(super) fn form(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let Some(thinking) = requested(input) else {
        return Ok(());
    };
    if input.family.thinks == ThinksForm::Never {
        return Err(ApiError::row(rows::runtime::CLAUDE_THINKING_UNKNOWN));
    }
    if thinking.adaptive {
        return refuse_if(
            input.refuses(Capability::AdaptiveThinking),
            rows::runtime::CLAUDE_THINKING_ADAPTIVE,
        );
    }
    if input.refuses(Capability::EnabledThinking) {
        return Err(ApiError::row(rows::runtime::CLAUDE_THINKING_ENABLED));
    }
    match thinking.budget {
        None => Err(ApiError::row(rows::runtime::CLAUDE_THINKING_BUDGET_MISSING)),
        Some(budget) => refuse_if(
            budget < SMALLEST_BUDGET,
            rows::runtime::CLAUDE_THINKING_BUDGET,
        ),
    }
}

/// The other members of the request leave room for thinking.
pub(super) fn room(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let Some(thinking) = requested(input) else {
        return Ok(());
    };
    let inference = &input.conversation.inference;
    let most = inference.max_tokens.and_then(|m| i64::try_from(m).ok());
    let tight = most.zip(thinking.budget).is_some_and(|(m, b)| m <= b);
    if tight && !interleaved(input) {
        return Err(ApiError::row(rows::runtime::CLAUDE_THINKING_MAX_TOKENS));
    }
    let temperature = inference.temperature;
    if temperature.is_some_and(|t| (t - 1.0).abs() > f64::EPSILON) {
        return Err(ApiError::row(
            match input.refuses(Capability::AdaptiveThinking) {
                true => rows::runtime::CLAUDE_THINKING_TEMPERATURE,
                false => rows::runtime::CLAUDE_THINKING_TEMPERATURE_ADAPTIVE,
            },
        ));
    }
    let choice = input.conversation.tool_choice();
    let forced = matches!(choice, Some(ToolChoiceView::Any | ToolChoiceView::Tool(_)));
    refuse_if(
        forced && !thinking.adaptive,
        rows::runtime::CLAUDE_THINKING_TOOL_CHOICE,
    )
}

/// A turn of the assistant whose tools are answered next, or that Claude continues, starts with its
/// thinking.
pub(super) fn first_block(input: &RuleInput<'_>) -> Result<(), ApiError> {
    if requested(input).is_none_or(|thinking| thinking.adaptive) {
        return Ok(());
    }
    let mut messages = input.messages().iter();
    let Some(at) = messages.rposition(|m| m.role == Role::Assistant) else {
        return Ok(());
    };
    let content = &input.messages()[at].content[..];
    let uses =
        |b: &BlockView<'_>| matches!(b.kind, ViewKind::ToolUse(_)) && !b.is_server_tool(content);
    let continues = at + 1 == input.messages().len() || content.iter().any(uses);
    let Some(first) = content.first().filter(|_| continues) else {
        return Ok(());
    };
    let found = match first.kind {
        ViewKind::Reasoning(_) => return Ok(()),
        ViewKind::ToolUse(_) => "tool_use",
        _ => "text",
    };
    Err(ApiError::row(rows::runtime::CLAUDE_THINKING_FIRST_BLOCK)
        .with("path", &anthropic_path(at, content, 0))
        .with("found", found))
}

/// A request for thinking.
struct Requested {
    /// Claude decides how much it thinks.
    adaptive: bool,
    /// Tokens that it may think.
    budget: Option<i64>,
}

fn requested(input: &RuleInput<'_>) -> Option<Requested> {
    let given = |name: &str| input.conversation.additional(name);
    let thinking = given("thinking").or_else(|| given("reasoning_config"))?;
    let adaptive = match thinking.member("type")?.as_str()? {
        "enabled" => false,
        "adaptive" => true,
        _ => return None,
    };
    let budget = thinking.member("budget_tokens");
    Some(Requested {
        adaptive,
        budget: budget.and_then(Value::as_i64),
    })
}

/// Thoughts between tool uses share one budget, which may be larger than the tokens of one answer
/// (Anthropic's documentation).
fn interleaved(input: &RuleInput<'_>) -> bool {
    let betas = items(input.conversation.additional("anthropic_beta"));
    let mut betas = betas.iter().filter_map(Value::as_str);
    betas.any(|beta| beta.starts_with(INTERLEAVED))
}
