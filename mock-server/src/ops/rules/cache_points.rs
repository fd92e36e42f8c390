//! Cache points: where they may stand, how many, and in which order of lives.
//!
//! That a model caches nothing at all is said where the cache is, not here.

use serde_json::Value;

use super::block_path::{anthropic_path, told_as_text};
use super::{RuleInput, refuse_if};
use crate::json::Json as _;
use crate::state::catalogue::Capability;
use crate::wire::{ApiError, rows};

/// Never right after reasoning.
pub(super) fn not_after_reasoning(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let broken = case.blocks().any(|at| {
        let before = at.block.checked_sub(1).map(|b| &at.siblings[b]);
        is_point(at.value) && before.is_some_and(|b| b.member("reasoningContent").is_some())
    });
    refuse_if(broken, rows::runtime::CACHE_AFTER_REASONING)
}

/// Not too many.
pub(super) fn number(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let found = points(case).len();
    match case.limits().cache_points {
        Some(most) if found > most => Err(ApiError::row(rows::runtime::CLAUDE_CACHE_COUNT)
            .with("most", &most.to_string())
            .with("found", &found.to_string())),
        _ => Ok(()),
    }
}

/// None that lives an hour after one that lives five minutes, in the order in which Claude reads a
/// prompt: tools, system, messages.
pub(super) fn order(case: &RuleInput<'_>) -> Result<(), ApiError> {
    if !case.is_claude() {
        return Ok(());
    }
    let mut short = false;
    for (path, point) in points(case) {
        match point.member("ttl").and_then(Value::as_str) == Some("1h") {
            true if short => {
                return Err(ApiError::row(rows::runtime::CLAUDE_CACHE_ORDER).with("path", &path));
            }
            true => {}
            false => short = true,
        }
    }
    Ok(())
}

/// A cache point holds on to what stands before it: Claude needs something there that can carry it,
/// Nova takes it after text alone.
pub(super) fn places(case: &RuleInput<'_>) -> Result<(), ApiError> {
    if case.refuses(Capability::ToolCachePoint) {
        return after_text_alone(case);
    }
    if !case.is_claude() {
        return Ok(());
    }
    let misplaced = |path: String| {
        Err(ApiError::row(rows::runtime::CLAUDE_CACHE_MISPLACED).with("path", &path))
    };
    if case.input.items("system").first().is_some_and(is_point) {
        return misplaced("system.0".into());
    }
    for at in case.blocks().filter(|at| is_point(at.value)) {
        let before = at.block.checked_sub(1).map(|b| &at.siblings[b]);
        if before.is_none_or(|b| is_point(b) || told_as_text(b)) {
            return misplaced(at.anthropic_path());
        }
    }
    Ok(())
}

fn after_text_alone(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let misplaced = |pointer: String| {
        Err(ApiError::row(rows::runtime::NOVA_CACHE_MISPLACED).with("pointer", &pointer))
    };
    if let Some(i) = case.tools().iter().position(is_point) {
        return misplaced(format!("#/toolConfig/tools/{}", i.saturating_sub(1)));
    }
    for at in case.blocks().filter(|at| is_point(at.value)) {
        let before = at.block.checked_sub(1).map(|b| (b, &at.siblings[b]));
        let tool = |b: &Value| b.member("toolUse").is_some() || b.member("toolResult").is_some();
        if let Some((b, _)) = before.filter(|(_, b)| tool(b)) {
            return misplaced(format!("#/messages/{}/content/{b}", at.message));
        }
    }
    Ok(())
}

/// Every cache point in the order of the prompt, with Anthropic's path of the block that carries it.
fn points<'a>(case: &RuleInput<'a>) -> Vec<(String, &'a Value)> {
    let point = |v: &'a Value| v.member("cachePoint");
    let lists = [
        ("tools", case.tools()),
        ("system", case.input.items("system")),
    ];
    let mut out = Vec::new();
    for (name, entries) in lists {
        for (i, entry) in entries.iter().enumerate() {
            let path = format!("{name}.{}", i.saturating_sub(1));
            out.extend(point(entry).map(|p| (path, p)));
        }
    }
    for at in case.blocks() {
        let carrier = at.block.saturating_sub(1);
        let path = || anthropic_path(at.message, at.siblings, carrier);
        out.extend(point(at.value).map(|p| (path(), p)));
    }
    out
}

fn is_point(entry: &Value) -> bool {
    entry.member("cachePoint").is_some()
}
