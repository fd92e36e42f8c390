//! The run: which rows, in which order, by how many workers, and how it ends.

use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use time::OffsetDateTime;

use super::events::{Event, Footer};
use super::header::header;
use super::options::Options;
use super::plan::{Planned, plan};
use super::session::Session;
use super::smoke::Refused;
use super::verdicts::count;
use super::workers::Done;
use crate::case::{Case, full_id};
use crate::exit_codes::{self, ExitCode};
use crate::reference_data::ReferenceData;
use crate::server::OpenTarget;
use crate::spanned::Diagnostic;

/// A run's end.
#[derive(Debug)]
pub struct Report {
    /// How to exit.
    pub exit: ExitCode,
    /// The footer.
    pub footer: Footer,
    /// Deviations that are out of date.
    pub stale: Vec<Diagnostic>,
    /// What went wrong with the run itself.
    pub trouble: Vec<String>,
}

/// Runs the selected rows and hands each event to `tell` as it comes.
pub fn run(
    reference: &ReferenceData,
    cases: &[Case],
    revision: &str,
    target: &OpenTarget,
    options: &Options,
    tell: &mut dyn FnMut(&Event),
) -> Report {
    let started = Instant::now();
    let planned = plan(cases, target, options);
    tell(&Event::Header(Box::new(header(
        reference,
        revision,
        target,
        options,
        planned.len(),
    ))));
    let mut run = Session::new(reference, target, options);
    let trouble = run.all(&planned, cases, tell);
    let known: Vec<(&str, String)> = cases
        .iter()
        .flat_map(|case| {
            case.instances
                .iter()
                .map(move |row| (case.id.as_str(), full_id(case, row)))
        })
        .collect();
    let stale = options.deviations.stale(&known, OffsetDateTime::now_utc());
    let exit = run.exit(&planned, &stale);
    let footer = Footer {
        finished: run.stopped.is_none(),
        why: run.stopped.as_ref().map(|(_, why)| why.clone()),
        counts: run.counts,
        spent: if options.max_usd.is_some() {
            run.budget.spent()
        } else {
            0.0
        },
        elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        exit: exit.number,
    };
    tell(&Event::Footer(footer.clone()));
    Report {
        exit,
        footer,
        stale,
        trouble,
    }
}

impl Session<'_> {
    fn all(
        &mut self,
        planned: &[Planned<'_>],
        cases: &[Case],
        tell: &mut dyn FnMut(&Event),
    ) -> Vec<String> {
        let runnable: Vec<&Planned<'_>> = planned.iter().filter(|row| row.skip.is_none()).collect();
        for row in planned {
            if let Some(reason) = &row.skip {
                self.counts.skipped += 1;
                tell(&row.skipped(reason));
            }
        }
        if runnable.is_empty() {
            return Vec::new();
        }
        if !self.options.no_smoke {
            let smoke = match self.options.smoke.is_empty() {
                true => cases,
                false => &self.options.smoke,
            };
            let checked = self
                .client()
                .map_err(Refused::Lost)
                .and_then(|mut client| self.smoke(&mut client, smoke));
            let (code, why, trouble) = match checked {
                Ok(()) => (exit_codes::AS_EXPECTED, String::new(), Vec::new()),
                Err(Refused::Claims(wrong)) => {
                    let why = "the target's claims are wrong".to_owned();
                    (exit_codes::BAD_USAGE, why, wrong)
                }
                Err(Refused::Lost(why)) => (exit_codes::TARGET_FAILED, why.clone(), vec![why]),
                Err(Refused::Overspent(why)) => (exit_codes::BUDGET_SPENT, why, Vec::new()),
                Err(Refused::Throttled) => {
                    let why = "the target refuses too many requests".to_owned();
                    (exit_codes::INCONCLUSIVE, why.clone(), vec![why])
                }
            };
            if code != exit_codes::AS_EXPECTED {
                self.stopped = Some((code, why));
                return trouble;
            }
        }
        self.judge(&runnable, tell);
        Vec::new()
    }

    fn judge(&mut self, runnable: &[&Planned<'_>], tell: &mut dyn FnMut(&Event)) {
        let workers = self
            .options
            .concurrency
            .unwrap_or(self.target.target.concurrency)
            .clamp(1, runnable.len());
        let (sender, receiver) = mpsc::channel();
        let mut counts = self.counts;
        let mut stopped: Option<(ExitCode, String)> = None;
        let this = &*self;
        thread::scope(|scope| {
            for _ in 0..workers {
                let sender = sender.clone();
                scope.spawn(move || this.work(runnable, &sender));
            }
            drop(sender);
            for done in receiver {
                let stop = match done {
                    Done::Judged(index, judged) => {
                        let lost = judged.unreachable.clone();
                        match this.report(runnable[index], *judged, tell) {
                            Some(verdict) => count(&mut counts, verdict),
                            None => counts.skipped += 1,
                        }
                        let Some(why) = lost else { continue };
                        (exit_codes::TARGET_FAILED, format!("the target {why}"))
                    }
                    Done::OverBudget(why) => (exit_codes::BUDGET_SPENT, why),
                    Done::Failed(why) => (exit_codes::BAD_USAGE, why),
                    Done::Silent => {
                        let why = "the target stopped answering".to_owned();
                        (exit_codes::TARGET_FAILED, why)
                    }
                    Done::Throttled => {
                        let why = "the target refuses too many requests".to_owned();
                        (exit_codes::INCONCLUSIVE, why)
                    }
                };
                this.stop.store(true, Ordering::Relaxed);
                stopped.get_or_insert(stop);
            }
        });
        self.counts = counts;
        self.stopped = stopped.map(|(code, why)| {
            let ended = self
                .target
                .ended()
                .filter(|_| code == exit_codes::TARGET_FAILED);
            let ended = ended.map(|status| format!("; it ended: {status}"));
            (code, format!("{why}{}", ended.unwrap_or_default()))
        });
    }

    fn exit(&self, planned: &[Planned<'_>], stale: &[Diagnostic]) -> ExitCode {
        let counts = self.counts;
        let unexpected = counts.failed > 0 || counts.unexpected_passes > 0;
        match &self.stopped {
            // That money is gone matters more than what it showed.
            _ if self.overspent().is_some() => return exit_codes::BUDGET_SPENT,
            Some((code, _))
                if [exit_codes::TARGET_FAILED, exit_codes::BAD_USAGE].contains(code) =>
            {
                return *code;
            }
            // What was seen before it stopped stays seen.
            Some(_) if unexpected => return exit_codes::UNEXPECTED_VERDICT,
            Some((code, _)) => return *code,
            None => {}
        }
        if planned.is_empty() && self.options.selection.shard.is_some() {
            // The other shards have the rows.
            exit_codes::AS_EXPECTED
        } else if counts.skipped == planned.len() {
            exit_codes::NOTHING_SELECTED
        } else if unexpected {
            exit_codes::UNEXPECTED_VERDICT
        } else if counts.inconclusive > 0 || counts.passed + counts.deviating == 0 {
            exit_codes::INCONCLUSIVE
        } else if !stale.is_empty() {
            exit_codes::STALE
        } else {
            exit_codes::AS_EXPECTED
        }
    }
}
