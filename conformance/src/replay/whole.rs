//! All recordings in a row, as a run tells it.

use std::time::Instant;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::each::{Sent, one};
use super::{Eras, Recording, script};
use crate::exit_codes::{self, ExitCode};
use crate::knowledge::Knowledge;
use crate::located::Fault;
use crate::run::{Counts, Deviations, Event, Footer, Header, Origin, SILENCE, count};
use crate::target::OpenTarget;
use crate::wire::Client;

/// How recordings are sent.
#[derive(Debug, Default)]
pub struct Settings {
    /// A target that has the control API is told to say what was recorded, and asked again: the content
    /// has to come back too.
    pub scripted: bool,
    /// What the target is known to do otherwise, by ids of recordings.
    pub deviations: Deviations,
    /// What the replay was asked for with.
    pub origin: Origin,
    /// Files that could not be read: the rest is judged, but the replay fails.
    pub unread: usize,
}

/// Sends every recorded request and tells the verdicts as a run does. Says what of the deviations is
/// out of date.
///
/// # Errors
/// When the suite's own data is not built as it must be.
pub fn replay(
    knowledge: &Knowledge,
    target: &OpenTarget,
    recordings: &[Recording],
    settings: &Settings,
    tell: &mut dyn FnMut(&Event),
) -> Result<(ExitCode, Vec<Fault>), String> {
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
        match one(knowledge, target, &mut client, recording, context, tell) {
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
