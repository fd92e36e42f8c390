//! ConverseStream: the same answer, told as events.
//!
//! `messageStart (contentBlockStart? contentBlockDelta* contentBlockStop)+ messageStop metadata`:
//! only tool blocks have a start event, and metadata comes last (108 of 108 recorded streams).

use serde_json::{Value, json};

use super::content::{self, ToolForm};
use super::request::answer;
use super::usage;
use crate::behaviour::{Delta, deltas};
use crate::ops::Call;
use crate::ops::inference::{Handled, refused_in_stream};
use crate::ops::stream::stream;
use crate::wire::answer::{Answer, Content, Framing};
use crate::wire::{ApiError, Event, sse};

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut answered = match answer(call)? {
        Handled::Content(answered) => answered,
        Handled::Answer(answer) => return Ok(answer),
    };
    if let Some(refusal) = &answered.refusal {
        return Ok(refused_in_stream(call, refusal));
    }
    answered.settle(call)?;
    let (family, reply) = (answered.resolved.family, &answered.reply);
    let mut stop = json!({ "stopReason": reply.stop.converse() });
    if let Some(additional) = answered.additional_fields(call) {
        stop["additionalModelResponseFields"] = additional;
    }
    let mut metadata = json!({
        "metrics": { "latencyMs": reply.latency_ms },
        "usage": usage::of_reply(family.usage, reply, answered.conversation.cache_point, true),
    });
    for (name, value) in answered.echoed(call) {
        metadata[name] = value;
    }
    let cut = family.cut();
    let mut writer = Writer {
        form: ToolForm::of(family, &answered.conversation),
        shift: usize::from(family.empty_first_block && reply.scripted.is_none()),
        calls: 0,
    };
    let empty = (writer.shift > 0).then(|| {
        let delta = json!({ "contentBlockIndex": 0, "delta": { "text": "" } });
        let stop = json!({ "contentBlockIndex": 0 });
        [
            Event::new("contentBlockDelta", delta),
            Event::new("contentBlockStop", stop),
        ]
    });
    let events = std::iter::once(Event::new("messageStart", json!({ "role": "assistant" })))
        .chain(empty.into_iter().flatten())
        .chain(deltas(answered.reply, cut).filter_map(move |d| writer.event(d)))
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
        answer.content_type = Some("text/event-stream".into());
        answer.headers = vec![(sse::MARK.0.into(), sse::MARK.1.to_owned())];
    }
    Ok(answer)
}

/// Writes the pieces of a reply as events.
struct Writer {
    form: ToolForm,
    /// Blocks that stand before the reply's own.
    shift: usize,
    /// Requests for tools so far.
    calls: usize,
}

impl Writer {
    fn event(&mut self, delta: Delta) -> Option<Event> {
        let shift = self.shift;
        let delta_of = |block: usize, value: Value| {
            let payload = json!({ "contentBlockIndex": block + shift, "delta": value });
            Event::new("contentBlockDelta", payload)
        };
        let start_of = |block: usize, value: Value| {
            let payload = json!({ "contentBlockIndex": block + shift, "start": value });
            Event::new("contentBlockStart", payload)
        };
        Some(match delta {
            // Blocks of text, reasoning and citations start straight with their first delta.
            Delta::TextStart { .. } | Delta::ReasoningStart { .. } => return None,
            Delta::ToolStart { block, tool } => {
                let start = content::tool_start(&tool, self.form, self.calls);
                self.calls += 1;
                start_of(block, json!({ "toolUse": start }))
            }
            Delta::ResultStart { block, result } => start_of(
                block,
                json!({ "toolResult": content::result_start(&result) }),
            ),
            Delta::PassthroughStart { block, kind, value } => {
                start_of(block, json!({ kind: { "format": value["format"] } }))
            }
            Delta::Text { block, text } => delta_of(block, json!({ "text": text })),
            Delta::Thought { block, text } => {
                delta_of(block, json!({ "reasoningContent": { "text": text } }))
            }
            Delta::Signature { block, signature } => delta_of(
                block,
                json!({ "reasoningContent": { "signature": signature } }),
            ),
            Delta::Redacted { block, data } => delta_of(
                block,
                json!({ "reasoningContent": { "redactedContent": data } }),
            ),
            Delta::Citation { block, citation } => delta_of(block, json!({ "citation": citation })),
            Delta::ToolInput { block, json } => {
                delta_of(block, json!({ "toolUse": { "input": json } }))
            }
            Delta::Result { block, content } => delta_of(block, json!({ "toolResult": content })),
            Delta::Passthrough { block, kind, value } => {
                let mut told = serde_json::Map::new();
                for name in ["source", "error"] {
                    if let Some(value) = value.get(name) {
                        told.insert(name.into(), value.clone());
                    }
                }
                delta_of(block, json!({ kind: told }))
            }
            Delta::Stop { block } => {
                let payload = json!({ "contentBlockIndex": block + shift });
                Event::new("contentBlockStop", payload)
            }
        })
    }
}
