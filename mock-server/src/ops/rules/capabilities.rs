//! What the model does not take.

use serde_json::Value;

use super::block_path::is_cited;
use super::{RuleInput, refuse_if};
use crate::json::Json as _;
use crate::state::catalogue::Capability;
use crate::wire::{ApiError, rows};

/// System prompts.
pub(super) fn system(case: &RuleInput<'_>) -> Result<(), ApiError> {
    refuse_if(
        case.refuses(Capability::System) && !case.input.items("system").is_empty(),
        rows::runtime::SYSTEM_UNSUPPORTED,
    )
}

/// Tools, tools in streams, tools that must be asked for, tools of the service.
pub(super) fn tools(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let Some(config) = case.input.member("toolConfig") else {
        return Ok(());
    };
    if case.refuses(Capability::Tools) {
        return Err(ApiError::row(rows::runtime::TOOLS_UNSUPPORTED));
    }
    if case.refuses(Capability::StreamingTools) && case.stream {
        return Err(ApiError::row(rows::runtime::STREAMING_TOOLS_UNSUPPORTED));
    }
    let choices = [
        (Capability::ToolChoiceAny, "any"),
        (Capability::ToolChoiceTool, "tool"),
    ];
    for (capability, choice) in choices {
        let chosen = config.member("toolChoice").and_then(|c| c.get(choice));
        if chosen.is_some() && case.refuses(capability) {
            return unsupported(&format!("toolConfig.toolChoice.{choice}"));
        }
    }
    let system = |t: &Value| t.member("systemTool").is_some();
    match case.refuses(Capability::SystemTool) && case.tools().iter().any(system) {
        true => unsupported("systemTool"),
        false => Ok(()),
    }
}

/// Kinds of content.
pub(super) fn content(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let kinds = [
        (Capability::Image, "image", Some("IMAGE")),
        (Capability::Video, "video", Some("VIDEO")),
        (Capability::Audio, "audio", None),
        (Capability::Document, "document", None),
    ];
    for (capability, kind, modality) in kinds {
        // The catalogue's modalities say what a model sees; models may refuse more.
        let sees = |m: &str| case.entry.is_none_or(|e| e.input.iter().any(|i| i == m));
        let blind = modality.is_some_and(|m| !sees(m));
        if !(blind || case.refuses(capability)) {
            continue;
        }
        if case
            .blocks_and_results()
            .any(|at| at.member(kind).is_some())
        {
            return Err(match kind {
                "document" => ApiError::row(rows::runtime::DOCUMENTS_UNSUPPORTED),
                _ => ApiError::row(rows::runtime::CONTENT_UNSUPPORTED).with("kind", kind),
            });
        }
    }
    Ok(())
}

/// Where content comes from, and whether it is to be cited.
pub(super) fn sources(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let cited = |at: super::block_path::Placed<'_>| {
        ["document", "searchResult"]
            .iter()
            .any(|kind| at.member(kind).is_some_and(is_cited))
    };
    if case.refuses(Capability::Citations) && case.blocks_and_results().any(cited) {
        return unsupported("citations");
    }
    let s3 = |at: super::block_path::Placed<'_>| {
        ["image", "document", "video", "audio"]
            .iter()
            .any(|kind| at.value.at(&[kind, "source", "s3Location"]).is_some())
    };
    match case.refuses(Capability::S3Uri) && case.blocks_and_results().any(s3) {
        true => unsupported("s3Uri"),
        false => Ok(()),
    }
}

/// Members of `inferenceConfig`.
pub(super) fn fields(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let fields = [
        (Capability::Temperature, "temperature"),
        (Capability::TopP, "topP"),
        (Capability::StopSequences, "stopSequences"),
    ];
    let broken = fields
        .iter()
        .find(|(capability, name)| case.inference(name).is_some() && case.refuses(*capability));
    match broken {
        Some((_, name)) => unsupported(name),
        None => Ok(()),
    }
}

/// Optimized latency, which few models have, and those through inference profiles alone.
pub(super) fn performance(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let latency = case
        .input
        .member("performanceConfig")
        .and_then(|p| p.member("latency"));
    let optimized = latency.is_some_and(|l| l == "optimized");
    let bare = case.called == case.model || case.called.contains(":foundation-model/");
    match optimized && (bare || case.refuses(Capability::OptimizedLatency)) {
        true => Err(ApiError::row(rows::runtime::LATENCY_UNSUPPORTED)
            .with("model", case.model)
            .with("region", case.region)),
        false => Ok(()),
    }
}

/// Service tiers.
pub(super) fn tier(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let tier = case
        .input
        .member("serviceTier")
        .and_then(|t| t.member("type"));
    match tier.and_then(Value::as_str) {
        Some("reserved") => Err(ApiError::row(rows::runtime::RESERVATION_NOT_FOUND)),
        Some("flex") => refuse_if(
            case.refuses(Capability::FlexTier),
            rows::runtime::TIER_UNSUPPORTED,
        ),
        Some("priority") => refuse_if(
            case.refuses(Capability::PriorityTier),
            rows::runtime::TIER_UNSUPPORTED,
        ),
        _ => Ok(()),
    }
}

fn unsupported(field: &str) -> Result<(), ApiError> {
    Err(ApiError::row(rows::runtime::FIELD_UNSUPPORTED).with("field", field))
}
