//! Cache points: where they may be, how many, and in which order of their times to live.
//!
//! A model that caches nothing at all refuses them when the cache is used, not here.

use super::block_path::{anthropic_path, is_sent_as_text};
use super::{RuleInput, refuse_if};
use crate::behaviour::CacheTtl;
use crate::conversation::{BlockView, ToolKind, ToolView, ViewKind};
use crate::state::catalogue::Capability;
use crate::wire::{ApiError, rows};

/// Never directly after reasoning.
pub(super) fn not_after_reasoning(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let broken = input.blocks().any(|at| {
        let before = at.before().map(|(_, block)| &block.kind);
        at.view.is_cache_point() && matches!(before, Some(ViewKind::Reasoning(_)))
    });
    refuse_if(broken, rows::runtime::CACHE_AFTER_REASONING)
}

/// Not more than the model accepts.
pub(super) fn number(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let Some(most) = input.limits().cache_points else {
        return Ok(());
    };
    let found = points(input).len();
    match found > most {
        true => Err(ApiError::row(rows::runtime::CLAUDE_CACHE_COUNT)
            .with("most", &most.to_string())
            .with("found", &found.to_string())),
        false => Ok(()),
    }
}

/// None that lives an hour after one that lives five minutes, in the order in which Claude reads a
/// prompt: tools, system, messages.
pub(super) fn order_anthropic(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let mut short = false;
    for (carrier, ttl) in points(input) {
        match ttl {
            CacheTtl::FiveMinutes => short = true,
            CacheTtl::Hour if short => {
                return Err(ApiError::row(rows::runtime::CLAUDE_CACHE_ORDER)
                    .with("path", &carrier.path(input)));
            }
            CacheTtl::Hour => {}
        }
    }
    Ok(())
}

/// A cache point belongs to the block before it: some models accept it after text alone.
pub(super) fn places(input: &RuleInput<'_>) -> Result<(), ApiError> {
    if !input.refuses(Capability::ToolCachePoint) {
        return Ok(());
    }
    let misplaced = |pointer: String| {
        Err(ApiError::row(rows::runtime::NOVA_CACHE_MISPLACED).with("pointer", &pointer))
    };
    if let Some(i) = input.tools().iter().position(ToolView::is_cache_point) {
        return misplaced(format!("#/toolConfig/tools/{}", i.saturating_sub(1)));
    }
    for at in input.blocks().filter(|at| at.view.is_cache_point()) {
        if let Some((b, _)) = at.before().filter(|(_, b)| b.kind.is_tool_block()) {
            return misplaced(format!("#/messages/{}/content/{b}", at.message));
        }
    }
    Ok(())
}

/// Claude needs a block before a cache point that can carry it.
pub(super) fn places_anthropic(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let misplaced = |path: String| {
        Err(ApiError::row(rows::runtime::CLAUDE_CACHE_MISPLACED).with("path", &path))
    };
    let mut system = input.conversation.system.iter();
    if system.next().is_some_and(BlockView::is_cache_point) {
        return misplaced("system.0".into());
    }
    for at in input.blocks().filter(|at| at.view.is_cache_point()) {
        let before = at.before().map(|(_, block)| block);
        if before.is_none_or(|b| b.is_cache_point() || is_sent_as_text(&b.kind)) {
            return misplaced(at.anthropic_path());
        }
    }
    Ok(())
}

/// The block that carries a cache point: the one before it.
enum Carrier {
    Tool(usize),
    System(usize),
    Message(usize, usize),
}

impl Carrier {
    /// Returns Anthropic's path of the block.
    fn path(&self, input: &RuleInput<'_>) -> String {
        match self {
            Self::Tool(index) => format!("tools.{index}"),
            Self::System(index) => format!("system.{index}"),
            Self::Message(message, block) => {
                anthropic_path(*message, &input.messages()[*message].content, *block)
            }
        }
    }
}

/// Every cache point in the order of the prompt, with the block that carries it.
fn points(input: &RuleInput<'_>) -> Vec<(Carrier, CacheTtl)> {
    let mut out = Vec::new();
    for (i, tool) in input.tools().iter().enumerate() {
        if let ToolKind::CachePoint(ttl) = tool.kind {
            out.push((Carrier::Tool(i.saturating_sub(1)), ttl));
        }
    }
    for (i, block) in input.conversation.system.iter().enumerate() {
        if let ViewKind::CachePoint(ttl) = block.kind {
            out.push((Carrier::System(i.saturating_sub(1)), ttl));
        }
    }
    for at in input.blocks() {
        if let ViewKind::CachePoint(ttl) = at.kind() {
            let carrier = Carrier::Message(at.message, at.block.saturating_sub(1));
            out.push((carrier, *ttl));
        }
    }
    out
}
