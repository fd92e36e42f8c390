//! What the model does not accept.

use super::block_path::Placed;
use super::{RuleInput, refuse_if};
use crate::conversation::{ToolChoiceView, ToolKind, ViewKind};
use crate::state::catalogue::Capability;
use crate::wire::{ApiError, rows};

/// System prompts.
pub(super) fn system(input: &RuleInput<'_>) -> Result<(), ApiError> {
    refuse_if(
        !input.conversation.system.is_empty() && input.refuses(Capability::System),
        rows::runtime::SYSTEM_UNSUPPORTED,
    )
}

/// Tools, tools in streams, tools that must be called, tools of the service.
pub(super) fn tools(input: &RuleInput<'_>) -> Result<(), ApiError> {
    if input.conversation.tool_config.is_none() {
        return Ok(());
    }
    if input.refuses(Capability::Tools) {
        return Err(ApiError::row(rows::runtime::TOOLS_UNSUPPORTED));
    }
    if input.refuses(Capability::StreamingTools) && input.stream {
        return Err(ApiError::row(rows::runtime::STREAMING_TOOLS_UNSUPPORTED));
    }
    let choice = match input.conversation.tool_choice() {
        Some(ToolChoiceView::Any) => Some((Capability::ToolChoiceAny, "any")),
        Some(ToolChoiceView::Tool(_)) => Some((Capability::ToolChoiceTool, "tool")),
        Some(ToolChoiceView::Auto) | None => None,
    };
    if let Some((_, name)) = choice.filter(|(capability, _)| input.refuses(*capability)) {
        return unsupported(&format!("toolConfig.toolChoice.{name}"));
    }
    let mut tools = input.tools().iter();
    let system = tools.any(|tool| matches!(tool.kind, ToolKind::System(_)));
    match system && input.refuses(Capability::SystemTool) {
        true => unsupported("systemTool"),
        false => Ok(()),
    }
}

/// A kind of content: the capability, whether a block is of the kind, its name, and the catalogue's
/// modality for it.
type Content = (
    Capability,
    fn(&ViewKind<'_>) -> bool,
    &'static str,
    Option<&'static str>,
);

const CONTENT: &[Content] = &[
    (
        Capability::Image,
        |kind| matches!(kind, ViewKind::Image(_)),
        "image",
        Some("IMAGE"),
    ),
    (
        Capability::Video,
        |kind| matches!(kind, ViewKind::Video(_)),
        "video",
        Some("VIDEO"),
    ),
    (
        Capability::Audio,
        |kind| matches!(kind, ViewKind::Audio(_)),
        "audio",
        None,
    ),
    (
        Capability::Document,
        |kind| matches!(kind, ViewKind::Document(_)),
        "document",
        None,
    ),
];

/// Kinds of content.
pub(super) fn content(input: &RuleInput<'_>) -> Result<(), ApiError> {
    for (capability, is, name, modality) in CONTENT {
        if !input.blocks_and_results().any(|at| is(at.kind())) {
            continue;
        }
        // The catalogue's modalities say what a model reads; models may refuse more.
        let reads = |m: &str| input.entry.is_none_or(|e| e.input.iter().any(|i| i == m));
        if modality.is_none_or(reads) && !input.refuses(*capability) {
            continue;
        }
        return Err(match capability {
            Capability::Document => ApiError::row(rows::runtime::DOCUMENTS_UNSUPPORTED),
            _ => ApiError::row(rows::runtime::CONTENT_UNSUPPORTED).with("kind", name),
        });
    }
    Ok(())
}

/// Where content comes from, and citations of it.
pub(super) fn sources(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let cited = |at: Placed<'_>| match at.kind() {
        ViewKind::Document(document) => document.cited,
        ViewKind::SearchResult(result) => result.cited,
        _ => false,
    };
    if input.refuses(Capability::Citations) && input.blocks_and_results().any(cited) {
        return unsupported("citations");
    }
    let in_s3 = |at: Placed<'_>| match at.kind() {
        ViewKind::Image(media) | ViewKind::Video(media) | ViewKind::Audio(media) => media.in_s3,
        ViewKind::Document(document) => document.in_s3,
        _ => false,
    };
    match input.refuses(Capability::S3Uri) && input.blocks_and_results().any(in_s3) {
        true => unsupported("s3Uri"),
        false => Ok(()),
    }
}

/// Members of `inferenceConfig`.
pub(super) fn fields(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let given = &input.conversation.inference;
    let fields = [
        (
            Capability::Temperature,
            given.temperature.is_some(),
            "temperature",
        ),
        (Capability::TopP, given.top_p.is_some(), "topP"),
        (
            Capability::StopSequences,
            given.stop_sequences.is_some(),
            "stopSequences",
        ),
    ];
    let mut fields = fields.iter();
    match fields.find(|(capability, given, _)| *given && input.refuses(*capability)) {
        Some((_, _, name)) => unsupported(name),
        None => Ok(()),
    }
}

/// Optimized latency, which few models have, and those through inference profiles alone.
pub(super) fn performance(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let optimized = input.conversation.latency == Some("optimized");
    let bare = input.called == input.model || input.called.contains(":foundation-model/");
    match optimized && (bare || input.refuses(Capability::OptimizedLatency)) {
        true => Err(ApiError::row(rows::runtime::LATENCY_UNSUPPORTED)
            .with("model", input.model)
            .with("region", input.region)),
        false => Ok(()),
    }
}

/// Service tiers.
pub(super) fn tier(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let capability = match input.conversation.tier {
        Some("reserved") => return Err(ApiError::row(rows::runtime::RESERVATION_NOT_FOUND)),
        Some("flex") => Capability::FlexTier,
        Some("priority") => Capability::PriorityTier,
        _ => return Ok(()),
    };
    refuse_if(input.refuses(capability), rows::runtime::TIER_UNSUPPORTED)
}

fn unsupported(field: &str) -> Result<(), ApiError> {
    Err(ApiError::row(rows::runtime::FIELD_UNSUPPORTED).with("field", field))
}
