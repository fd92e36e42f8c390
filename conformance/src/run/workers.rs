//! The hands of a run: each takes a row, pays for it, asks, and asks once more where the service
//! was too busy.

use std::sync::atomic::Ordering;
use std::sync::{PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use super::instance::{self, Judged, SILENCE};
use super::plan::{Planned, price};
use super::runner::Run;
use crate::case::full_id;
use crate::server::{Budget, Spent};
use crate::wire::Client;

/// Before a refused row is asked for again.
const PAUSE: Duration = Duration::from_secs(2);
/// Rows in a row that were refused twice, after which a run stops: waiting longer would tell nothing.
const REFUSED: usize = 5;

/// What a hand reports.
pub(super) enum Done {
    Judged(usize, Box<Judged>),
    OverBudget(String),
    Failed(String),
    Silent,
    Throttled,
}

impl Run<'_> {
    /// Takes rows until none is left.
    pub(super) fn hand(&self, rows: &[&Planned<'_>], done: &mpsc::Sender<Done>) {
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
                self.in_a_row(&self.silence, judged.steps.iter().map(|step| step.too_late))
                    >= SILENCE
                    && judged.unreachable.is_none(),
                self.in_a_row(&self.refused, [is_throttled(&judged)].into_iter()) >= REFUSED,
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

    /// That more was spent than may be, if so.
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

    /// One attempt at a row, charged before and settled after.
    fn paid(&self, client: &mut Client, row: &Planned<'_>) -> Result<Judged, String> {
        let price = price(row.case, &self.target.target);
        let charged: Spent = match (row.case.billable, self.options.max_usd) {
            (Some(tokens), Some(_)) => self
                .budget
                .charge(tokens, price)
                .ok_or("the next row could have gone over the budget")?,
            // An answer that tells its cost is believed, whatever its case says.
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

    /// How often something has now been so without a break, over all hands.
    fn in_a_row(
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

    /// Waits before a refused row is asked for again.
    pub(super) fn pause(&self) {
        thread::sleep(PAUSE);
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
