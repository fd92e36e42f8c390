//! The steps that operations which infer share: the model, what rules look at, the script, and the
//! refusal that a stream reports as its only event.

use serde_json::json;

use super::Call;
use super::rules::RuleInput;
use super::scripted::Scripted;
use super::stream::stream;
use crate::behaviour::{self, Conversation, Reply};
use crate::conversation::ConversationView;
use crate::state::resolve::Resolved;
use crate::wire::{Answer, ApiError, Event};

/// How far an operation has come with its answer.
pub(super) enum Handled<T> {
    /// The content of the answer, which the operation writes in its own form.
    Content(T),
    /// The answer itself: a scenario's raw answer, or a refusal inside a stream.
    Answer(Answer),
}

/// Returns the model that an id names, if the caller may use it.
pub(super) fn admitted<'a>(call: &Call<'a>, model: &str) -> Result<Resolved<'a>, ApiError> {
    let resolved = call.resolve(model)?;
    call.notes.model(&resolved);
    call.admit_model(called(call), &resolved)?;
    Ok(resolved)
}

/// Returns the id or ARN by which the request names the model.
pub(super) fn called<'a>(call: &Call<'a>) -> &'a str {
    call.input.text("modelId").unwrap_or_default()
}

/// Returns what rules look at.
pub(super) fn rule_input<'r>(
    call: &Call<'r>,
    conversation: &'r ConversationView<'r>,
    resolved: &'r Resolved<'r>,
) -> RuleInput<'r> {
    RuleInput {
        conversation,
        model: &resolved.id,
        called: called(call),
        region: call.region,
        family: resolved.family,
        entry: resolved.entry,
        catalogue: &call.app.catalogue,
        stream: call.streams(),
    }
}

/// Returns the reply to a conversation: the one of a scenario, or else the mock's own.
pub(super) fn reply(
    call: &Call<'_>,
    resolved: &Resolved<'_>,
    conversation: &Conversation,
) -> Result<Handled<Reply>, ApiError> {
    Ok(match call.scripted(resolved, Some(conversation))? {
        Scripted::Raw(answer) => Handled::Answer(answer),
        Scripted::Reply(reply) => Handled::Content(reply),
        Scripted::Default => {
            let (traits, seed) = (resolved.family.traits(), call.request.seed());
            Handled::Content(behaviour::reply(conversation, traits, &resolved.id, seed))
        }
    })
}

/// Returns a stream that was answered with 200 and has the refusal as its first and only event.
pub(super) fn refused_in_stream(call: &Call<'_>, refusal: &ApiError) -> Answer {
    let payload = json!({ "message": refusal.message() });
    let event = Event {
        exception: true,
        ..Event::new("validationException", payload)
    };
    stream(call, std::iter::once(event))
}
