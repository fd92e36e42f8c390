//! What all parts of one run share: target, budget, streaks, pace and counts.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::thread;
use std::time::{Duration, Instant};

use time::OffsetDateTime;

use super::options::Options;
use super::verdict::Counts;
use crate::case::hash;
use crate::exit_codes::ExitCode;
use crate::reference_data::ReferenceData;
use crate::server::{Budget, OpenTarget};
use crate::wire::Client;

/// Before a refused row is asked for again.
const PAUSE: Duration = Duration::from_secs(2);
/// One run.
pub(super) struct Session<'a> {
    pub(super) reference: &'a ReferenceData,
    pub(super) target: &'a OpenTarget,
    pub(super) options: &'a Options,
    pub(super) budget: Budget,
    /// New for each run, so that what a run makes cannot collide with what another left behind.
    run_id: String,
    pub(super) next: AtomicUsize,
    pub(super) stop: AtomicBool,
    /// Consecutive exchanges that did not end.
    pub(super) silence: AtomicUsize,
    /// Consecutive rows that the target was too busy for.
    pub(super) refused: AtomicUsize,
    pub(super) pace: Mutex<Option<Instant>>,
    pub(super) counts: Counts,
    /// Reason for early termination and the resulting exit code.
    pub(super) stopped: Option<(ExitCode, String)>,
}

impl<'a> Session<'a> {
    /// Starts a run with nothing done and nothing spent.
    pub(super) fn new(
        reference: &'a ReferenceData,
        target: &'a OpenTarget,
        options: &'a Options,
    ) -> Self {
        let nanos = OffsetDateTime::now_utc().unix_timestamp_nanos();
        Self {
            reference,
            target,
            options,
            budget: Budget::new(options.max_usd.unwrap_or(f64::INFINITY)),
            run_id: format!("{nanos}-{}", std::process::id()),
            next: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
            silence: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
            pace: Mutex::new(None),
            counts: Counts::default(),
            stopped: None,
        }
    }

    /// Opens a client for the target.
    pub(super) fn client(&self) -> Result<Client, String> {
        Client::new(
            self.target.ca_file.as_deref(),
            self.target.target.patience(),
        )
    }

    /// Returns 12 lower-case characters for one row of one run; they begin with a letter.
    pub(super) fn unique(&self, full: &str) -> String {
        let hash = hash(&format!("{} {full}", self.run_id));
        format!("u{:011x}", hash >> 20)
    }

    /// Returns the overspend message if the budget is exceeded.
    pub(super) fn overspent(&self) -> Option<String> {
        let is_so = self.options.max_usd.is_some() && self.budget.is_overspent();
        is_so.then(|| {
            format!(
                "${:.4} were spent, more than the ${:.4} that may be: answers cost more than their \
                 cases say",
                self.budget.spent(),
                self.budget.limit()
            )
        })
    }

    /// Waits before a refused row is sent again.
    pub(super) fn pause(&self) {
        thread::sleep(PAUSE);
    }
}
