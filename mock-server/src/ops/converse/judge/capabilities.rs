//! What the model does not take.

use serde_json::Value;

use super::super::inside::Inside as _;
use super::places::is_cited;
use super::{Case, list, unless};
use crate::model::Members as _;
use crate::state::catalogue::Capability;
use crate::wire::ApiError;

/// System prompts.
pub(super) fn system(case: &Case<'_>) -> Result<(), ApiError> {
    unless(
        case.refuses(Capability::System) && !list(case.input.member("system")).is_empty(),
        "runtime.system-unsupported",
    )
}

/// Tools, tools in streams, tools that must be asked for, tools of the service.
pub(super) fn tools(case: &Case<'_>) -> Result<(), ApiError> {
    let Some(config) = case.input.member("toolConfig") else {
        return Ok(());
    };
    if case.refuses(Capability::Tools) {
        return Err(ApiError::row("runtime.tools-unsupported"));
    }
    if case.refuses(Capability::StreamingTools) && case.stream {
        return Err(ApiError::row("runtime.streaming-tools-unsupported"));
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
pub(super) fn content(case: &Case<'_>) -> Result<(), ApiError> {
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
                "document" => ApiError::row("runtime.documents-unsupported"),
                _ => ApiError::row("runtime.content-unsupported").with("kind", kind),
            });
        }
    }
    Ok(())
}

/// Where content comes from, and whether it is to be cited.
pub(super) fn sources(case: &Case<'_>) -> Result<(), ApiError> {
    let cited = |at: super::places::Placed<'_>| {
        ["document", "searchResult"]
            .iter()
            .any(|kind| at.member(kind).is_some_and(is_cited))
    };
    if case.refuses(Capability::Citations) && case.blocks_and_results().any(cited) {
        return unsupported("citations");
    }
    let s3 = |at: super::places::Placed<'_>| {
        ["image", "document", "video", "audio"]
            .iter()
            .any(|kind| at.value.inside(&[kind, "source", "s3Location"]).is_some())
    };
    match case.refuses(Capability::S3Uri) && case.blocks_and_results().any(s3) {
        true => unsupported("s3Uri"),
        false => Ok(()),
    }
}

/// Members of `inferenceConfig`.
pub(super) fn fields(case: &Case<'_>) -> Result<(), ApiError> {
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
pub(super) fn performance(case: &Case<'_>) -> Result<(), ApiError> {
    let latency = case
        .input
        .member("performanceConfig")
        .and_then(|p| p.member("latency"));
    let optimized = latency.is_some_and(|l| l == "optimized");
    let bare = case.called == case.model || case.called.contains(":foundation-model/");
    match optimized && (bare || case.refuses(Capability::OptimizedLatency)) {
        true => Err(ApiError::row("runtime.latency-unsupported")
            .with("model", case.model)
            .with("region", case.region)),
        false => Ok(()),
    }
}

/// Service tiers.
pub(super) fn tier(case: &Case<'_>) -> Result<(), ApiError> {
    let tier = case
        .input
        .member("serviceTier")
        .and_then(|t| t.member("type"));
    match tier.and_then(Value::as_str) {
        Some("reserved") => Err(ApiError::row("runtime.reservation-not-found")),
        Some("flex") => unless(
            case.refuses(Capability::FlexTier),
            "runtime.tier-unsupported",
        ),
        Some("priority") => unless(
            case.refuses(Capability::PriorityTier),
            "runtime.tier-unsupported",
        ),
        _ => Ok(()),
    }
}

fn unsupported(field: &str) -> Result<(), ApiError> {
    Err(ApiError::row("runtime.field-unsupported").with("field", field))
}
