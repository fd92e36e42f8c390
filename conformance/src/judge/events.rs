//! Events against the model: frames, names, payloads. What is wrong with many of them in the same way
//! is told once.

use super::automatic_findings::{Found, push, shape};
use super::{Finding, Part};
use crate::case::Automatic;
use crate::model::Service;
use crate::reference_data::ReferenceData;
use crate::wire::{Exchange, Framed, View};

/// What is found in a body of frames.
pub(super) fn findings(
    reference: &ReferenceData,
    service: &Service,
    stream: &str,
    exchange: &Exchange,
    found: &mut Found,
) {
    let events = match exchange.events(View::Events) {
        Framed::Whole(events) => events,
        Framed::Broken(events, fault) => {
            push(
                found,
                Automatic::Frames,
                Part::Stream,
                &format!("/{}", events.len()),
                "whole frames with right checksums",
                &fault,
            );
            events
        }
    };
    let mut each = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let path = format!("/{index}");
        if let Some(wrong) = &event.wrong_headers {
            push(
                &mut each,
                Automatic::Frames,
                Part::Stream,
                &path,
                ":event-type or :exception-type, :content-type, :message-type, all strings",
                wrong,
            );
        }
        let member = &service.shape(stream)["members"][&event.name];
        let Some(of) = member["shape"].as_str() else {
            push(
                &mut each,
                Automatic::Frames,
                Part::Stream,
                &path,
                &format!("an event of {stream}"),
                &event.name,
            );
            continue;
        };
        match &event.body {
            Some(body) => {
                shape(reference, service, of, body, &path, Part::Stream, &mut each);
            }
            None => push(
                &mut each,
                Automatic::Shape,
                Part::Stream,
                &path,
                "a JSON payload",
                "something else",
            ),
        }
    }
    found.extend(counted(each));
}

/// Findings that say the same become the first of them, with their number.
fn counted(findings: Found) -> Found {
    let mut kinds: Vec<(Automatic, Finding, usize)> = Vec::new();
    for (check, finding) in findings {
        let same = kinds.iter_mut().find(|(earlier_check, earlier, _)| {
            *earlier_check == check
                && earlier.expected == finding.expected
                && earlier.seen == finding.seen
        });
        match same {
            Some((.., times)) => *times += 1,
            None => kinds.push((check, finding, 1)),
        }
    }
    let told = |(check, mut finding, times): (Automatic, Finding, usize)| {
        if times > 1 {
            finding.seen = format!("{} ({times} times, first here)", finding.seen);
        }
        (check, finding)
    };
    kinds.into_iter().map(told).collect()
}
