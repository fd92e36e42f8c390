//! ConverseStream: the same answer as events.
//!
//! `messageStart (contentBlockStart? contentBlockDelta* contentBlockStop)+ messageStop metadata`:
//! only tool blocks have a start event, and metadata comes last (108 of 108 recorded streams).

use serde::Serialize;
use serde_json::Value;

use super::content::ToolForm;
use super::events::{MessageStart, Writer, empty_text_block, event};
use super::request::{Echoed, answer};
use super::unary::Metrics;
use super::usage::{UsageBody, of_reply};
use crate::behaviour::deltas;
use crate::ops::inference::{Handled, refused_in_stream};
use crate::ops::stream::stream;
use crate::ops::{Call, Output};
use crate::wire::answer::{Content, Framing};
use crate::wire::{ApiError, sse};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MessageStop<'a> {
    stop_reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_model_response_fields: Option<Value>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    metrics: Metrics,
    usage: UsageBody,
    #[serde(flatten)]
    echoed: Echoed<'a>,
}

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let mut answered = match answer(call)? {
        Handled::Content(answered) => answered,
        Handled::Answer(answer) => return Ok(answer.into()),
    };
    if let Some(refusal) = &answered.refusal {
        return Ok(refused_in_stream(call, refusal).into());
    }
    answered.count_cached(call)?;
    let (family, reply) = (answered.resolved.family, &answered.reply);
    let end = [
        event(
            "messageStop",
            &MessageStop {
                stop_reason: reply.stop.converse(),
                additional_model_response_fields: answered.additional_fields(call),
            },
        ),
        event(
            "metadata",
            &Metadata {
                metrics: Metrics::of(reply),
                usage: of_reply(family.usage, reply, answered.conversation.cache_point, true),
                echoed: answered.echoed(call),
            },
        ),
    ];
    let cut = family.cut();
    let mut writer = Writer {
        form: ToolForm::of(family, &answered.conversation),
        shift: usize::from(family.empty_first_block && reply.scripted.is_none()),
        calls: 0,
    };
    let empty = (writer.shift > 0).then(empty_text_block);
    let start = event("messageStart", &MessageStart { role: "assistant" });
    let events = std::iter::once(start)
        .chain(empty.into_iter().flatten())
        .chain(deltas(answered.reply, cut).filter_map(move |delta| writer.event(&delta)))
        .chain(end);
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
    Ok(answer.into())
}
