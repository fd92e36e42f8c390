//! Recorded replies, given to a target that can be scripted, and asked for again: does it say just that?

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::compare::Eras;
use super::{Recording, content};
use crate::case::{Asked, Auth, Body, Send};
use crate::judge::{Finding, Part};
use crate::reference_data::ReferenceData;
use crate::run::build_request;
use crate::server::OpenTarget;
use crate::template::Bindings;
use crate::wire::{Client, Exchange, Framing, WireError};

/// Where scenarios are put (README, control API).
const SCENARIOS: &str = "/_mock/scenarios";
/// Differences of one answer that are told.
const TOLD: usize = 10;

/// Whether the target can be scripted.
pub(super) fn is_possible(target: &OpenTarget) -> bool {
    target.target.capabilities.contains("control")
}

/// The recorded answer as one whole, if it is one of Converse that can be scripted.
pub(super) fn reply(recording: &Recording) -> Option<Value> {
    let Asked::Raw { target, .. } = &recording.asked else {
        return None;
    };
    let path = target.split('?').next()?;
    (path.ends_with("/converse") || path.ends_with("/converse-stream")).then_some(())?;
    let recorded = Exchange::recorded(
        recording.status,
        recording.answer_headers.clone(),
        recording.body.clone(),
    );
    content::of(&recorded)
}

/// Makes the next answer of a model this one. Says in the target's own words why it will not.
pub(super) fn give(
    reference: &ReferenceData,
    target: &OpenTarget,
    client: &mut Client,
    reply: &Value,
) -> Result<Option<String>, WireError> {
    let scenario = json!({"scenarios": [{"name": "replay", "reply": [reply]}]});
    let answer = send(reference, target, client, "PUT", Body::Json(scenario))?;
    Ok((answer.status >= 300).then(|| answer.text_brief()))
}

/// Takes the scenario away.
pub(super) fn forget(
    reference: &ReferenceData,
    target: &OpenTarget,
    client: &mut Client,
) -> Result<(), WireError> {
    send(reference, target, client, "DELETE", Body::None).map(drop)
}

/// What the new answer says otherwise.
pub(super) fn compare(
    recording: &Recording,
    said: &Value,
    exchange: &Exchange,
    eras: &Eras,
) -> Vec<Finding> {
    let part = match exchange.is_event_stream() {
        true => Part::Stream,
        false => Part::Body,
    };
    let Some(seen) = content::of(exchange) else {
        let seen = format!("{} {}", exchange.status, exchange.text_brief());
        return vec![Finding::new(part, "", "the scripted answer", &seen)];
    };
    let new = eras.before(recording.date.as_deref());
    let differences = content::differences(said, &seen, &new);
    let more = differences.len().saturating_sub(TOLD);
    let told = differences.into_iter().take(TOLD);
    let mut found: Vec<Finding> = told
        .map(|(path, one, other)| Finding::new(part, &path, &brief(&one), &brief(&other)))
        .collect();
    if more > 0 {
        found.push(Finding::new(
            part,
            "",
            "no more",
            &format!("{more} more differences"),
        ));
    }
    found
}

fn brief(value: &Value) -> String {
    let mut text = String::new();
    let _ = write!(text, "{value}");
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn send(
    reference: &ReferenceData,
    target: &OpenTarget,
    client: &mut Client,
    method: &str,
    body: Body,
) -> Result<Exchange, WireError> {
    let send = Send {
        service: "bedrock-runtime".to_owned(),
        asked: Asked::Raw {
            method: method.to_owned(),
            target: SCENARIOS.to_owned(),
            body,
        },
        auth: Auth::None,
        headers: Vec::new(),
        framing: Framing::Length,
        drip: None,
        reuse: false,
        unknown_members: Vec::new(),
    };
    let (url, request) = build_request(reference, target, &send, &Bindings::default())
        .map_err(|error| WireError::Unreachable(error.to_string()))?;
    client.send(&url, &request, false)
}
