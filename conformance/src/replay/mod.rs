//! Recorded exchanges, sent again: is the answer of the form of the recorded one?
//!
//! Compared are status, header names (their order and case where the recorder kept them), names
//! and order of a body's members, error type and text, and the grammar and members of events.
//! Free text, ids, numbers and times are not: another answer is no other form. They are where the
//! target can be scripted, since it can then be told to give that very answer.

mod cassette;
mod compare;
mod content;
mod recording;
mod script;

pub use compare::{Eras, compare};
pub use recording::{Recording, load};

use std::time::{Duration, Instant};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::case::{Auth, Framing, HeaderChange, Send};
use crate::exit_codes::{self, ExitCode};
use crate::judge::{Finding, Part};
use crate::knowledge::Knowledge;
use crate::run::{
    Counts, Event, ExchangeRecord, Footer, Header, PartRecord, Verdict, build_request, evidence,
};
use crate::target::{Kind, OpenTarget};
use crate::template::Bindings;
use crate::wire::{Client, Exchange, WireError};

/// Sends every recorded request and tells the verdicts as a run does. With `scripted`, a target that
/// has the control API is then told to say what was recorded, and asked again: the content has to come
/// back too.
///
/// # Errors
/// When the target cannot be reached.
pub fn replay(
    knowledge: &Knowledge,
    target: &OpenTarget,
    recordings: &[Recording],
    scripted: bool,
    tell: &mut dyn FnMut(&Event),
) -> Result<ExitCode, String> {
    let scripted = scripted && script::is_possible(target);
    let started = Instant::now();
    let eras = Eras::embedded()?;
    tell(&Event::Header(header(target, recordings.len())));
    let mut client = Client::new(
        target.ca_file.as_deref(),
        Duration::from_millis(target.target.timeout_ms),
    )?;
    let mut counts = Counts::default();
    let mut lost = None;
    for recording in recordings {
        if let Some(reason) = &recording.skip {
            counts.skipped += 1;
            tell(&Event::Skip {
                case: recording.id.clone(),
                row: None,
                reason: reason.clone(),
            });
            continue;
        }
        match one(
            knowledge,
            target,
            &mut client,
            recording,
            (&eras, scripted),
            tell,
        ) {
            Ok(true) => counts.passed += 1,
            Ok(false) => counts.failed += 1,
            Err(why) => {
                lost = Some(why);
                break;
            }
        }
    }
    let exit = match &lost {
        Some(_) => exit_codes::TARGET_FAILED,
        None if counts.passed + counts.failed == 0 => exit_codes::NOTHING_SELECTED,
        None if counts.failed > 0 => exit_codes::UNEXPECTED_VERDICT,
        None => exit_codes::AS_EXPECTED,
    };
    tell(&Event::Footer(Footer {
        finished: lost.is_none(),
        why: lost,
        counts,
        spent: 0.0,
        elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        exit: exit.number,
    }));
    Ok(exit)
}

fn header(target: &OpenTarget, selected: usize) -> Header {
    Header {
        suite: env!("CARGO_PKG_VERSION").to_owned(),
        revision: "replay".to_owned(),
        target: target.target.name.clone(),
        url: target.address(),
        region: target.target.region.clone(),
        model: "recordings".to_owned(),
        selected,
        shard: None,
        started: OffsetDateTime::now_utc()
            .format(&Rfc3339)
            .unwrap_or_default(),
        counts: vec!["observed".to_owned()],
    }
}

/// Whether one recording's form came back.
fn one(
    knowledge: &Knowledge,
    target: &OpenTarget,
    client: &mut Client,
    recording: &Recording,
    (eras, scripted): (&Eras, bool),
    tell: &mut dyn FnMut(&Event),
) -> Result<bool, String> {
    let mut headers = recording.headers.clone();
    // A mock tells regions apart by the host, as the service does; a gateway may know its own only.
    if matches!(target.target.kind, Kind::Spawn { .. }) {
        let host = HeaderChange::Set(vec![recording.host.clone()]);
        headers.push(("Host".to_owned(), host));
    }
    let send = Send {
        service: recording.service.clone(),
        asked: recording.asked.clone(),
        auth: Auth::Default,
        headers,
        framing: Framing::Length,
        drip: None,
        reuse: false,
    };
    let (url, request) = build_request(knowledge, target, &send, &Bindings::default())?;
    let exchange = match client.send(&url, &request, false) {
        Ok(exchange) => exchange,
        Err(error @ WireError::Unreachable(_)) => return Err(format!("the target {error}")),
        Err(error) => {
            let mut record = record(recording, None, Verdict::Fail);
            record.reason = Some(format!("the target {error}"));
            tell(&Event::Part(record));
            return Ok(false);
        }
    };
    told(recording, 0, &exchange, tell);
    let mut findings = compare(recording, &exchange, eras);
    if scripted && let Some(said) = script::reply(recording) {
        let again = Again {
            said: &said,
            send: &send,
        };
        match content_again(knowledge, target, client, recording, &again, eras) {
            Ok((found, exchange)) => {
                if let Some(exchange) = exchange {
                    told(recording, 1, &exchange, tell);
                    // Which events there are follows from what is said, which is the same only now.
                    let again = compare(recording, &exchange, eras);
                    let is_order = |f: &Finding| f.part == Part::Stream && f.path.is_empty();
                    findings.retain(|finding| !is_order(finding));
                    findings.extend(again.into_iter().filter(is_order));
                }
                findings.extend(found);
            }
            Err(error) => return Err(format!("the target {error}")),
        }
    }
    for part in [Part::Status, Part::Headers, Part::Body, Part::Stream] {
        let of: Vec<_> = findings
            .iter()
            .filter(|finding| finding.part == part)
            .cloned()
            .collect();
        let verdict = if of.is_empty() {
            Verdict::Pass
        } else {
            Verdict::Fail
        };
        let mut record = record(recording, Some(part.word()), verdict);
        record.findings = of;
        tell(&Event::Part(record));
    }
    Ok(findings.is_empty())
}

fn told(recording: &Recording, step: usize, exchange: &Exchange, tell: &mut dyn FnMut(&Event)) {
    tell(&Event::Exchange(ExchangeRecord {
        case: recording.id.clone(),
        row: None,
        step,
        wire: evidence(exchange),
    }));
}

/// What a scripted target is to say, and the request that gets it.
struct Again<'a> {
    said: &'a serde_json::Value,
    send: &'a Send,
}

fn content_again(
    knowledge: &Knowledge,
    target: &OpenTarget,
    client: &mut Client,
    recording: &Recording,
    again: &Again<'_>,
    eras: &Eras,
) -> Result<(Vec<Finding>, Option<Exchange>), WireError> {
    if let Some(why) = script::give(knowledge, target, client, again.said)? {
        let finding = Finding::new(Part::Body, "", "a reply that can be scripted", &why);
        return Ok((vec![finding], None));
    }
    let (url, request) = build_request(knowledge, target, again.send, &Bindings::default())
        .map_err(WireError::Unreachable)?;
    let exchange = client.send(&url, &request, false)?;
    script::forget(knowledge, target, client)?;
    let found = script::compare(recording, again.said, &exchange, eras);
    Ok((found, Some(exchange)))
}

fn record(recording: &Recording, part: Option<&'static str>, verdict: Verdict) -> PartRecord {
    PartRecord {
        case: recording.id.clone(),
        row: None,
        step: 0,
        part,
        verdict,
        findings: Vec::new(),
        reason: None,
        title: format!("as recorded by {}", recording.source),
        why: "The real service answered so; a client may depend on any of its form.".to_owned(),
        basis: "observed",
        date: recording.date.clone(),
        level: "must",
        refs: vec![format!("recording: {}", recording.file)],
    }
}
