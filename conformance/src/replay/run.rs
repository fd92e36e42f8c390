//! Sends all recordings and reports the verdicts as a run does.

use std::time::Instant;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Eras, Recording, compare, script};
use crate::case::{Auth, HeaderChange, Send};
use crate::exit_codes::{self, ExitCode};
use crate::judge::{Finding, Part};
use crate::reference_data::ReferenceData;
use crate::run::{
    Counts, Deviation, DeviationMatcher, Deviations, Event, ExchangeRecord, Footer, Header,
    Invocation, PartRecord, SILENCE, Verdict, build_request, count, evidence, take_out, worst,
};
use crate::server::{Kind, OpenTarget};
use crate::spanned::Diagnostic;
use crate::template::Bindings;
use crate::wire::{Client, Exchange, Framing, WireError};

/// How recordings are sent.
#[derive(Debug, Default)]
pub struct Settings {
    /// A target that has the control API is told to say what was recorded, and asked again: the content
    /// has to come back too.
    pub scripted: bool,
    /// What the target is known to do otherwise, by ids of recordings.
    pub deviations: Deviations,
    /// What the replay was asked for with.
    pub origin: Invocation,
    /// Files that could not be read: the rest is judged, but the replay fails.
    pub unread: usize,
}

/// Sends every recorded request and tells the verdicts as a run does. Says what of the deviations is
/// out of date.
///
/// # Errors
/// When the suite's own data is not built as it must be.
pub fn replay(
    reference: &ReferenceData,
    target: &OpenTarget,
    recordings: &[Recording],
    settings: &Settings,
    tell: &mut dyn FnMut(&Event),
) -> Result<(ExitCode, Vec<Diagnostic>), String> {
    let started = Instant::now();
    let eras = Eras::embedded()?;
    tell(&Event::Header(Box::new(header(
        target,
        recordings.len(),
        settings,
    ))));
    let mut client = Client::new(target.ca_file.as_deref(), target.target.patience())?;
    let scripted = settings.scripted && script::is_possible(target);
    let mut counts = Counts::default();
    let mut lost = None;
    let mut silence = 0;
    for recording in recordings {
        if let Some(reason) = &recording.skip {
            counts.skipped += 1;
            tell(&skipped(recording, reason));
            continue;
        }
        let context = (&eras, scripted, settings);
        match one(reference, target, &mut client, recording, context, tell) {
            Ok(Sent::Judged(verdict)) => {
                silence = 0;
                count(&mut counts, verdict);
            }
            Ok(Sent::Skipped(reason)) => {
                counts.skipped += 1;
                tell(&skipped(recording, &reason));
            }
            Ok(Sent::Silent(verdict)) => {
                silence += 1;
                count(&mut counts, verdict);
            }
            Err(why) => {
                lost = Some(why);
                break;
            }
        }
        if silence >= SILENCE {
            lost = Some("the target stopped answering".to_owned());
            break;
        }
    }
    let known: Vec<(&str, String)> = recordings
        .iter()
        .map(|recording| (recording.id.as_str(), recording.id.clone()))
        .collect();
    let stale = settings.deviations.stale(&known, OffsetDateTime::now_utc());
    let exit = match &lost {
        Some(_) => exit_codes::TARGET_FAILED,
        None if counts.failed + counts.unexpected_passes > 0 => exit_codes::UNEXPECTED_VERDICT,
        None if settings.unread > 0 => exit_codes::BAD_USAGE,
        None if counts.skipped == recordings.len() => exit_codes::NOTHING_SELECTED,
        None if counts.passed + counts.deviating == 0 => exit_codes::INCONCLUSIVE,
        None if !stale.is_empty() => exit_codes::STALE,
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
    Ok((exit, stale))
}

fn skipped(recording: &Recording, reason: &str) -> Event {
    Event::Skip {
        case: recording.id.clone(),
        row: None,
        reason: reason.to_owned(),
    }
}

fn header(target: &OpenTarget, selected: usize, settings: &Settings) -> Header {
    Header {
        suite: env!("CARGO_PKG_VERSION").to_owned(),
        revision: "replay".to_owned(),
        target: target.target.name.clone(),
        version: target.version.clone(),
        url: target.address(),
        region: target.target.region.clone(),
        model: "recordings".to_owned(),
        model_hash: String::new(),
        selected,
        shard: None,
        selection: serde_json::Value::Null,
        config: settings.origin.config.clone(),
        deviations: settings.deviations.hash.clone(),
        again: settings.origin.command.clone(),
        left_out: 0,
        started: OffsetDateTime::now_utc()
            .format(&Rfc3339)
            .unwrap_or_default(),
        counts: vec!["observed".to_owned()],
    }
}

/// What one recording came to.
enum Sent {
    Judged(Verdict),
    /// The target was waited for too long.
    Silent(Verdict),
    /// It is not to be judged; why.
    Skipped(String),
}

/// Sends one recording and tells what of its form came back.
fn one(
    reference: &ReferenceData,
    target: &OpenTarget,
    client: &mut Client,
    recording: &Recording,
    (eras, scripted, settings): (&Eras, bool, &Settings),
    tell: &mut dyn FnMut(&Event),
) -> Result<Sent, String> {
    let deviations = &settings.deviations;
    let entries = deviations.of(&recording.id, &recording.id);
    let mut excuses = DeviationMatcher::new(entries, target.target.form);
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
        unknown_members: Vec::new(),
    };
    let (url, request) = build_request(reference, target, &send, &Bindings::default())
        .map_err(|error| error.to_string())?;
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
        match content_again(reference, target, client, recording, &again, eras) {
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
    let unneeded = |entry: &Deviation| PartRecord {
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
    reference: &ReferenceData,
    target: &OpenTarget,
    client: &mut Client,
    recording: &Recording,
    again: &Again<'_>,
    eras: &Eras,
) -> Result<(Vec<Finding>, Option<Exchange>), WireError> {
    if let Some(why) = script::give(reference, target, client, again.said)? {
        let finding = Finding::new(Part::Body, "", "a reply that can be scripted", &why);
        return Ok((vec![finding], None));
    }
    let (url, request) = build_request(reference, target, again.send, &Bindings::default())
        .map_err(|error| WireError::Unreachable(error.to_string()))?;
    let exchange = client.send(&url, &request, false)?;
    script::forget(reference, target, client)?;
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
