//! What the provider says of a body that its dialect can read: InvokeModel's side of the judge.
//!
//! Claude and Nova are judged, whose rules are known from Converse; bodies of other families have no
//! more rules than their schemas.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::Call;
use super::rules::{RuleInput, mistaken_image, provider};
use super::stream::stream;
use crate::json::Json as _;
use crate::providers::{Dialect, Judge, as_converse};
use crate::state::resolve::Resolved;
use crate::wire::{Answer, ApiError, Event};

/// Looks a body over; an answer is a refusal that stands inside a stream.
pub(super) fn look_over(
    call: &Call<'_>,
    resolved: &Resolved<'_>,
    dialect: &Dialect,
    body: &Value,
) -> Result<Option<Answer>, ApiError> {
    let input: Cow<'_, Map<String, Value>> = match (dialect.judge, body) {
        (Some(Judge::Anthropic), _) => Cow::Owned(as_converse(body)),
        (Some(Judge::Nova), Value::Object(members)) => Cow::Borrowed(members),
        _ => return Ok(None),
    };
    let case = RuleInput {
        input: &input,
        model: &resolved.id,
        called: call.input.text("modelId").unwrap_or_default(),
        region: call.region,
        family: resolved.family,
        entry: resolved.entry,
        catalogue: &call.app.catalogue,
        stream: call.streams(),
    };
    if dialect.judge == Some(Judge::Anthropic) {
        provider::output_config(&case, body.member("output_config").filter(|c| !c.is_null()))?;
        provider::anthropic(&case)?;
        return Ok(None);
    }
    provider::nova(&case)?;
    match mistaken_image(&case).map(|refusal| provider::of_nova(&refusal)) {
        Some(refusal) if case.stream => Ok(Some(inside(call, &refusal))),
        Some(refusal) => Err(refusal),
        None => Ok(None),
    }
}

/// The first and only frame of a stream that has already been answered with 200: recorded for
/// ConverseStream of Nova, assumed here.
fn inside(call: &Call<'_>, refusal: &ApiError) -> Answer {
    let event = Event {
        exception: true,
        ..Event::new(
            "validationException",
            json!({ "message": refusal.message() }),
        )
    };
    let mut answer = stream(call, std::iter::once(event));
    answer.headers = vec![(
        "X-Amzn-Bedrock-Content-Type".into(),
        "application/json".to_owned(),
    )];
    answer
}
