//! Sends all recordings again and emits events as a run does.

use std::time::Instant;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Eras, ErasError, Recording, compare, script};
use crate::case::{Auth, BasisKind, HeaderChange, Level, Send};
use crate::exit_codes::{self, ExitCode};
use crate::judge::{Finding, Part};
use crate::reference_data::ReferenceData;
use crate::run::{
    Counts, Deviation, DeviationMatcher, Deviations, Ending, Event, ExchangeRecord, FORMAT, Footer,
    Header, Invocation, PartRecord, SILENCE, Verdict, build_request, evidence, exit_code, take_out,
    worst,
};
use crate::server::{Kind, OpenTarget};
use crate::spanned::Diagnostic;
use crate::template::Bindings;
use crate::wire::{Client, Exchange, Framing, WireError};

/// How recordings are sent.
#[derive(Debug, Default)]
pub struct Settings {
    /// A target with the control API is scripted with each recorded answer and asked again, so that
    /// the content has to come back, too.
    pub scripted: bool,
    /// The target's declared deviations, by ids of recordings.
    pub deviations: Deviations,
    /// The replay's command line.
    pub origin: Invocation,
    /// Number of files that could not be read. The others are judged, but the replay fails.
    pub unread: usize,
}

/// The end of a replay.
#[derive(Debug)]
pub struct Replayed {
    /// The exit code.
    pub exit: ExitCode,
    /// Deviations that are out of date.
    pub stale: Vec<Diagnostic>,
}

/// Why a replay could not be started.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The suite's own table of eras is wrong.
    #[error(transparent)]
    Eras(#[from] ErasError),
    /// The client could not be set up.
    #[error("{0}")]
    Client(String),
}

/// Sends every recorded request and emits events as a run does.
///
/// # Errors
/// When the suite's own data or the file of certificates is wrong.
pub fn replay(
    reference: &ReferenceData,
    target: &OpenTarget,
    recordings: &[Recording],
    settings: &Settings,
    emit: &mut dyn FnMut(&Event),
) -> Result<Replayed, ReplayError> {
    let started = Instant::now();
    let eras = Eras::embedded()?;
    emit(&Event::Header(Box::new(header(
        target,
        recordings.len(),
        settings,
    ))));
    let mut client = Client::new(target.ca_file.as_deref(), target.target.patience())
        .map_err(ReplayError::Client)?;
    let scripted = settings.scripted && script::is_possible(target);
    let mut counts = Counts::default();
    let mut lost = None;
    let mut silence = 0;
    for recording in recordings {
        if let Some(reason) = &recording.skip {
            counts.skipped += 1;
            emit(&skipped(recording, reason));
            continue;
        }
        let context = (&eras, scripted, settings);
        match one(reference, target, &mut client, recording, context, emit) {
            Ok(Sent::Judged(verdict)) => {
                silence = 0;
                counts.add(verdict);
            }
            Ok(Sent::Skipped(reason)) => {
                counts.skipped += 1;
                emit(&skipped(recording, &reason));
            }
            Ok(Sent::Silent(verdict)) => {
                silence += 1;
                counts.add(verdict);
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
    let exit = exit_code(
        counts,
        &Ending {
            stopped: lost.as_ref().map(|_| exit_codes::TARGET_FAILED),
            overspent: false,
            selected: recordings.len(),
            is_shard: false,
            unread: settings.unread > 0,
            stale: !stale.is_empty(),
        },
    );
    emit(&Event::Footer(Footer {
        elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        exit: exit.number,
        ..Footer::new(counts, lost)
    }));
    Ok(Replayed { exit, stale })
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
        format: FORMAT,
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
        counts: vec![BasisKind::Observed],
    }
}

/// The result of one recording.
enum Sent {
    Judged(Verdict),
    /// The target timed out.
    Silent(Verdict),
    /// It was not judged, for this reason.
    Skipped(String),
}

/// Sends one recording and judges the form of the answer.
fn one(
    reference: &ReferenceData,
    target: &OpenTarget,
    client: &mut Client,
    recording: &Recording,
    (eras, scripted, settings): (&Eras, bool, &Settings),
    emit: &mut dyn FnMut(&Event),
) -> Result<Sent, String> {
    let deviations = &settings.deviations;
    let entries = deviations.of(&recording.id, &recording.id);
    let mut excuses = DeviationMatcher::new(entries, target.target.form);
    let mut headers = recording.headers.clone();
    // A mock takes the region from the host, as the service does; a gateway may know only its own.
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
            emit(&Event::Part(record));
            return Ok(match error {
                WireError::TooLate(_) => Sent::Silent(verdict),
                _ => Sent::Judged(verdict),
            });
        }
    };
    emit_exchange(recording, 0, &exchange, emit);
    let mut findings = compare(recording, &exchange, eras);
    if scripted && let Some(said) = script::reply(recording) {
        let again = Again {
            said: &said,
            send: &send,
        };
        match content_again(reference, target, client, recording, &again, eras) {
            Ok((found, exchange)) => {
                if let Some(exchange) = exchange {
                    emit_exchange(recording, 1, &exchange, emit);
                    // The events follow from the content, which is the recorded one only now.
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
        let record = record(recording, Some(part), Verdict::Pass);
        let failing = (Verdict::Fail, None);
        records.extend(excuses.records(&record, of.cloned().collect(), failing));
    }
    let unneeded = |entry: &Deviation| PartRecord {
        reason: Some(take_out(&deviations.file, entry)),
        ..record(recording, entry.part, Verdict::UnexpectedPass)
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
        emit(&Event::Part(record));
    }
    Ok(match exchange.too_late {
        true => Sent::Silent(verdict),
        false => Sent::Judged(verdict),
    })
}

fn emit_exchange(
    recording: &Recording,
    step: usize,
    exchange: &Exchange,
    emit: &mut dyn FnMut(&Event),
) {
    emit(&Event::Exchange(ExchangeRecord {
        case: recording.id.clone(),
        row: None,
        step,
        wire: evidence(exchange),
    }));
}

/// The answer that a scripted target is to give, and the request that gets it.
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

fn record(recording: &Recording, part: Option<Part>, verdict: Verdict) -> PartRecord {
    PartRecord {
        case: recording.id.clone(),
        row: None,
        step: 0,
        part,
        verdict,
        findings: Vec::new(),
        reason: None,
        title: format!("as recorded by {}", recording.source),
        why: "The real service answered in this form, and a client may depend on any of it."
            .to_owned(),
        basis: BasisKind::Observed,
        date: recording.date.clone(),
        level: Level::Must,
        refs: vec![format!("recording: {}", recording.file)],
    }
}
