//! Workers: each takes a row, reserves its cost, sends it, and retries once if throttled.

use std::sync::atomic::Ordering;
use std::sync::{PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use super::instance::{self, Judged, SILENCE};
use super::plan::{Planned, price};
use super::session::Session;
use crate::case::full_id;
use crate::server::{Budget, Spent};
use crate::wire::Client;

/// Consecutive rows that were refused twice, after which a run stops: waiting longer would show nothing.
const REFUSED: usize = 5;

/// What a worker reports.
pub(super) enum Done {
    Judged(usize, Box<Judged>),
    OverBudget(String),
    Failed(String),
    Silent,
    Throttled,
}

impl Session<'_> {
    /// Takes rows until none is left.
    pub(super) fn work(&self, rows: &[&Planned<'_>], done: &mpsc::Sender<Done>) {
        let mut client = match self.client() {
            Ok(client) => client,
            Err(why) => {
                let _ = done.send(Done::Failed(why));
                return;
            }
        };
        while !self.stop.load(Ordering::Relaxed) {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(row) = rows.get(index) else { return };
            let judged = self.paid(&mut client, row).and_then(|judged| {
                // Too many requests say nothing about the case: once more, later.
                if !is_throttled(&judged) {
                    return Ok(judged);
                }
                self.pause();
                self.paid(&mut client, row)
            });
            let judged = match judged {
                Ok(judged) => judged,
                Err(why) => {
                    let _ = done.send(Done::OverBudget(why));
                    return;
                }
            };
            let stop = [
                self.streak(&self.silence, judged.steps.iter().map(|step| step.too_late))
                    >= SILENCE
                    && judged.unreachable.is_none(),
                self.streak(&self.refused, [is_throttled(&judged)].into_iter()) >= REFUSED,
            ];
            if done.send(Done::Judged(index, Box::new(judged))).is_err() {
                return;
            }
            let last = match (stop, self.overspent()) {
                ([true, _], _) => Done::Silent,
                ([_, true], _) => Done::Throttled,
                (_, Some(why)) => Done::OverBudget(why),
                _ => continue,
            };
            let _ = done.send(last);
            return;
        }
    }

    /// Tries a row once: reserves its cost before and commits the reported usage after.
    fn paid(&self, client: &mut Client, row: &Planned<'_>) -> Result<Judged, String> {
        let price = price(row.case, &self.target.target);
        let charged: Spent = match (row.case.billable, self.options.max_usd) {
            (Some(tokens), Some(_)) => self
                .budget
                .charge(tokens, price)
                .ok_or("the next row could have exceeded the budget")?,
            // An answer that reports its cost is believed, whatever its case says.
            _ => Budget::free(price),
        };
        self.wait_for_turn();
        let unique = self.unique(&full_id(row.case, row.instance));
        let judged = instance::run(
            self.reference,
            self.target,
            client,
            row.case,
            row.instance,
            &unique,
        );
        self.budget.settle(charged, &judged.usages);
        Ok(judged)
    }

    /// Updates a streak that all workers share and returns its highest length.
    fn streak(
        &self,
        counter: &std::sync::atomic::AtomicUsize,
        seen: impl Iterator<Item = bool>,
    ) -> usize {
        let mut most = 0;
        for is_so in seen {
            if is_so {
                most = most.max(counter.fetch_add(1, Ordering::Relaxed) + 1);
            } else {
                counter.store(0, Ordering::Relaxed);
            }
        }
        most
    }

    fn wait_for_turn(&self) {
        let Some(per_second) = self.target.target.per_second.filter(|rate| *rate > 0) else {
            return;
        };
        let gap = Duration::from_secs(1) / u32::try_from(per_second).unwrap_or(u32::MAX);
        let turn = {
            let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
            let turn = pace.map_or_else(Instant::now, |last| (last + gap).max(Instant::now()));
            *pace = Some(turn);
            turn
        };
        thread::sleep(turn.saturating_duration_since(Instant::now()));
    }
}

fn is_throttled(judged: &Judged) -> bool {
    judged.steps.iter().any(|step| step.throttled)
}
