//! ConverseStream: the same answer, told as events.
//!
//! `messageStart (contentBlockStart? contentBlockDelta* contentBlockStop)+ messageStop metadata`:
//! only tool blocks have a start event, and metadata comes last (108 of 108 recorded streams).

use serde_json::{Value, json};

use super::Call;
use super::converse_judge::mistaken_image;
use super::converse_request::{case, read, tool_use, usage};
use super::stream::stream;
use crate::behaviour::{Delta, ToolPieces, deltas, reply};
use crate::state::catalogue::ToolPiecesForm;
use crate::wire::answer::{Answer, Content, Framing};
use crate::wire::{ApiError, Event, sse};

pub(super) fn run(call: &Call<'_>) -> Result<Answer, ApiError> {
    let (resolved, conversation) = read(call)?;
    if let Some(refusal) = mistaken_image(&case(call, &resolved)) {
        // The first and only frame of a stream that has already been answered with 200.
        let payload = json!({ "message": refusal.message() });
        let event = Event {
            exception: true,
            ..Event::new("validationException", payload)
        };
        return Ok(stream(call, std::iter::once(event)));
    }
    let reply = reply(&conversation, &resolved.id, call.request.seed());
    let stop = json!({ "stopReason": reply.stop.converse() });
    let mut metadata = json!({
        "metrics": { "latencyMs": reply.latency_ms },
        "usage": usage(resolved.family.usage, reply.usage, conversation.cache_point, true),
    });
    for echoed in ["performanceConfig", "serviceTier"] {
        if let Some(value) = call.input.members.get(echoed) {
            metadata[echoed] = value.clone();
        }
    }
    let typed = resolved.family.typed_tool_use;
    let pieces = match resolved.family.tool_pieces {
        ToolPiecesForm::EmptyFirst => ToolPieces::EmptyFirst,
        ToolPiecesForm::Whole => ToolPieces::Whole,
        ToolPiecesForm::Pretty => ToolPieces::Pretty,
    };
    let events = std::iter::once(Event::new("messageStart", json!({ "role": "assistant" })))
        .chain(deltas(reply, pieces).filter_map(move |d| event(d, typed)))
        .chain([
            Event::new("messageStop", stop),
            Event::new("metadata", metadata),
        ]);
    let mut answer = stream(call, events);

    // Only this exact value: SDKs send the binary type or nothing, curl and requests send */*.
    let wants_sse = call.request.header("accept") == Some("text/event-stream");
    if wants_sse
        && call.app.switch("converse-stream-sse")
        && let Content::Events { framing, .. } = &mut answer.content
    {
        *framing = Framing::Sse;
        answer.content_type = Some("text/event-stream");
        answer.headers = vec![(sse::MARK.0, sse::MARK.1.to_owned())];
    }
    Ok(answer)
}

fn event(delta: Delta, typed: bool) -> Option<Event> {
    let delta_of = |block: usize, value: Value| {
        Event::new(
            "contentBlockDelta",
            json!({ "contentBlockIndex": block, "delta": value }),
        )
    };
    Some(match delta {
        // A text block starts straight with its first delta.
        Delta::TextStart { .. } => return None,
        Delta::ToolStart { block, tool } => {
            let mut start = tool_use(&tool, typed);
            if let Value::Object(members) = &mut start {
                members.remove("input");
            }
            Event::new(
                "contentBlockStart",
                json!({ "contentBlockIndex": block, "start": { "toolUse": start } }),
            )
        }
        Delta::Text { block, text } => delta_of(block, json!({ "text": text })),
        Delta::ToolInput { block, json } => {
            delta_of(block, json!({ "toolUse": { "input": json } }))
        }
        Delta::Stop { block } => {
            Event::new("contentBlockStop", json!({ "contentBlockIndex": block }))
        }
    })
}
