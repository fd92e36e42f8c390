//! Cache points: where they may stand, how many, and in which order of lives.
//!
//! That a model caches nothing at all is said where the cache is, not here.

use serde_json::Value;

use super::places::{anthropic_path, told_as_text};
use super::{Case, list, unless};
use crate::model::Members as _;
use crate::state::catalogue::Capability;
use crate::wire::ApiError;

/// Never right after reasoning.
pub(super) fn not_after_reasoning(case: &Case<'_>) -> Result<(), ApiError> {
    let broken = case.blocks().any(|at| {
        let before = at.block.checked_sub(1).map(|b| &at.siblings[b]);
        is_point(at.value) && before.is_some_and(|b| b.member("reasoningContent").is_some())
    });
    unless(broken, "runtime.cache-after-reasoning")
}

/// Not too many.
pub(super) fn number(case: &Case<'_>) -> Result<(), ApiError> {
    let found = points(case).len();
    match case.limits().cache_points {
        Some(most) if found > most => Err(ApiError::row("runtime.claude-cache-count")
            .with("most", &most.to_string())
            .with("found", &found.to_string())),
        _ => Ok(()),
    }
}

/// None that lives an hour after one that lives five minutes, in the order in which Claude reads a
/// prompt: tools, system, messages.
pub(super) fn order(case: &Case<'_>) -> Result<(), ApiError> {
    if !case.is_claude() {
        return Ok(());
    }
    let mut short = false;
    for (path, point) in points(case) {
        match point.member("ttl").and_then(Value::as_str) == Some("1h") {
            true if short => {
                return Err(ApiError::row("runtime.claude-cache-order").with("path", &path));
            }
            true => {}
            false => short = true,
        }
    }
    Ok(())
}

/// A cache point holds on to what stands before it: Claude needs something there that can carry it,
/// Nova takes it after text alone.
pub(super) fn places(case: &Case<'_>) -> Result<(), ApiError> {
    if case.refuses(Capability::ToolCachePoint) {
        return after_text_alone(case);
    }
    if !case.is_claude() {
        return Ok(());
    }
    let misplaced =
        |path: String| Err(ApiError::row("runtime.claude-cache-misplaced").with("path", &path));
    if list(case.input.member("system"))
        .first()
        .is_some_and(is_point)
    {
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

fn after_text_alone(case: &Case<'_>) -> Result<(), ApiError> {
    let misplaced = |pointer: String| {
        Err(ApiError::row("runtime.nova-cache-misplaced").with("pointer", &pointer))
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
fn points<'a>(case: &Case<'a>) -> Vec<(String, &'a Value)> {
    let point = |v: &'a Value| v.member("cachePoint");
    let lists = [
        ("tools", case.tools()),
        ("system", list(case.input.member("system"))),
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
