//! One recording, sent again.

use super::whole::Settings;
use super::{Eras, Recording, compare, script};
use crate::case::{Auth, Framing, HeaderChange, Send};
use crate::judge::{Finding, Part};
use crate::knowledge::Knowledge;
use crate::run::{
    Event, ExchangeRecord, Excuses, PartRecord, Verdict, build_request, evidence, take_out, worst,
};
use crate::target::{Kind, OpenTarget};
use crate::template::Bindings;
use crate::wire::{Client, Exchange, WireError};

/// What one recording came to.
pub(super) enum Sent {
    Judged(Verdict),
    /// The target was waited for too long.
    Silent(Verdict),
    /// It is not to be judged; why.
    Skipped(String),
}

/// Sends one recording and tells what of its form came back.
pub(super) fn one(
    knowledge: &Knowledge,
    target: &OpenTarget,
    client: &mut Client,
    recording: &Recording,
    (eras, scripted, settings): (&Eras, bool, &Settings),
    tell: &mut dyn FnMut(&Event),
) -> Result<Sent, String> {
    let deviations = &settings.deviations;
    let entries = deviations.of(&recording.id, &recording.id);
    let mut excuses = Excuses::new(entries, target.target.form);
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
        strange: Vec::new(),
    };
    let (url, request) = build_request(knowledge, target, &send, &Bindings::default())?;
    let exchange = match client.send(&url, &request, false) {
        Ok(exchange) => exchange,
        Err(error @ WireError::Unreachable(_)) => return Err(format!("the target {error}")),
        Err(error) => {
            let mut record = record(recording, None, Verdict::Fail);
            record.reason = Some(format!("the target {error}"));
            if let Some(entry) = excuses.of_silence() {
                record.verdict = Verdict::Deviates;
                record.reason = Some(format!("the target {error}; {}", entry.reason));
            }
            let verdict = record.verdict;
            tell(&Event::Part(record));
            return Ok(match error {
                WireError::TooLate(_) => Sent::Silent(verdict),
                _ => Sent::Judged(verdict),
            });
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
    let mut records = Vec::new();
    for part in [Part::Status, Part::Headers, Part::Body, Part::Stream] {
        let of = findings.iter().filter(|finding| finding.part == part);
        let record = record(recording, Some(part.word()), Verdict::Pass);
        let failing = (Verdict::Fail, None);
        records.extend(excuses.records(&record, of.cloned().collect(), failing));
    }
    let unneeded = |entry: &crate::run::Deviation| PartRecord {
        reason: Some(take_out(&deviations.file, entry)),
        ..record(
            recording,
            entry.part.map(Part::word),
            Verdict::UnexpectedPass,
        )
    };
    records.extend(excuses.unneeded().into_iter().map(unneeded));
    if let Some(entry) = deviations.unsupported(&recording.id, &recording.id) {
        if worst(&records) != Verdict::Pass {
            return Ok(Sent::Skipped(format!(
                "declared unsupported: {}",
                entry.reason
            )));
        }
        records.push(unneeded(entry));
    }
    let verdict = worst(&records);
    for record in records {
        tell(&Event::Part(record));
    }
    Ok(match exchange.too_late {
        true => Sent::Silent(verdict),
        false => Sent::Judged(verdict),
    })
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
