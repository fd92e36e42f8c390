//! The run: which rows, in which order, by how many hands, and how it ends.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::deviations::Deviations;
use super::doubts::Doubts;
use super::events::{Counts, Event, Footer, Header};
use super::instance::{self, Judged};
use super::plan::{Planned, plan, price};
use super::smoke;
use super::verdicts::count;
use crate::case::{Case, Selection, full_id, hash};
use crate::exit_codes::{self, ExitCode};
use crate::knowledge::Knowledge;
use crate::located::Fault;
use crate::target::{Budget, OpenTarget};
use crate::wire::Client;

/// How to run.
#[derive(Debug, Default)]
pub struct Options {
    /// Which rows.
    pub selection: Selection,
    /// What the target is known to do otherwise.
    pub deviations: Deviations,
    /// Cases in doubt.
    pub doubts: Doubts,
    /// Dollars; needed for the real service.
    pub max_usd: Option<f64>,
    /// Hands instead of the target's.
    pub concurrency: Option<usize>,
    /// The capabilities that the target claims are believed.
    pub no_smoke: bool,
}

/// A run's end.
#[derive(Debug)]
pub struct Report {
    /// How to exit.
    pub exit: ExitCode,
    /// The footer.
    pub footer: Footer,
    /// Deviations that are out of date.
    pub stale: Vec<Fault>,
    /// What went wrong with the run itself.
    pub trouble: Vec<String>,
}

/// Runs the selected rows and hands each event to `tell` as it comes.
pub fn run(
    knowledge: &Knowledge,
    cases: &[Case],
    revision: &str,
    target: &OpenTarget,
    options: &Options,
    tell: &mut dyn FnMut(&Event),
) -> Report {
    let started = Instant::now();
    let planned = plan(cases, target, options);
    tell(&Event::Header(header(
        knowledge,
        revision,
        target,
        options,
        planned.len(),
    )));
    let run_id = run_id();
    let mut run = Run {
        knowledge,
        target,
        options,
        budget: Budget::new(options.max_usd.unwrap_or(f64::INFINITY)),
        run_id,
        next: AtomicUsize::new(0),
        stop: AtomicBool::new(false),
        pace: Mutex::new(None),
        counts: Counts::default(),
        stopped: None,
        broke: false,
        lost: None,
    };
    let trouble = run.all(&planned, cases, tell);
    let stale = options.deviations.stale(cases, OffsetDateTime::now_utc());
    let exit = run.exit(&planned, &trouble, &stale);
    let footer = Footer {
        finished: run.stopped.is_none() && trouble.is_empty(),
        why: run.stopped.clone().or_else(|| trouble.first().cloned()),
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

fn header(
    knowledge: &Knowledge,
    revision: &str,
    target: &OpenTarget,
    options: &Options,
    selected: usize,
) -> Header {
    let model =
        crate::service_models::ServiceModel::parse(bedrock_fixtures::models::BEDROCK_RUNTIME)
            .map(|model| format!("{} {}", model.package, model.package_version))
            .unwrap_or_default();
    debug_assert!(!knowledge.models.services().is_empty());
    Header {
        suite: env!("CARGO_PKG_VERSION").to_owned(),
        revision: revision.to_owned(),
        target: target.target.name.clone(),
        url: target.address(),
        region: target.target.region.clone(),
        model,
        selected,
        shard: options.selection.shard,
        started: OffsetDateTime::now_utc()
            .format(&Rfc3339)
            .unwrap_or_default(),
        counts: target
            .target
            .counts
            .iter()
            .map(|kind| kind.word().to_owned())
            .collect(),
    }
}

/// New for each run, so that what a run makes cannot collide with what another left behind.
fn run_id() -> String {
    let nanos = OffsetDateTime::now_utc().unix_timestamp_nanos();
    format!("{nanos}-{}", std::process::id())
}

/// 12 lower-case characters for one row of one run; they begin with a letter.
fn unique(run_id: &str, full: &str) -> String {
    let hash = hash(&format!("{run_id} {full}"));
    format!("u{:011x}", hash >> 20)
}

pub(super) struct Run<'a> {
    knowledge: &'a Knowledge,
    pub(super) target: &'a OpenTarget,
    pub(super) options: &'a Options,
    budget: Budget,
    run_id: String,
    next: AtomicUsize,
    stop: AtomicBool,
    pace: Mutex<Option<Instant>>,
    counts: Counts,
    stopped: Option<String>,
    broke: bool,
    lost: Option<String>,
}

/// What a hand reports.
enum Done {
    Judged(usize, Judged),
    OverBudget,
    Failed(String),
}

impl Run<'_> {
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
                tell(&Event::Skip {
                    case: row.case.id.clone(),
                    row: row.instance.row.clone(),
                    reason: reason.clone(),
                });
            }
        }
        if runnable.is_empty() {
            return Vec::new();
        }
        if !self.options.no_smoke {
            let checked = self
                .client()
                .map_err(|why| vec![why])
                .and_then(|mut client| {
                    let id = unique(&self.run_id, "smoke");
                    smoke::check(self.knowledge, self.target, &mut client, cases, &id)
                        .map_err(|lost| vec![lost])
                });
            match checked {
                Ok(wrong) if wrong.is_empty() => {}
                Ok(wrong) => {
                    self.stopped = Some("the target's claims are wrong".to_owned());
                    return wrong;
                }
                Err(trouble) => {
                    self.lost = trouble.first().cloned();
                    return trouble;
                }
            }
        }
        let hands = self
            .options
            .concurrency
            .unwrap_or(self.target.target.concurrency)
            .clamp(1, runnable.len());
        let (sender, receiver) = mpsc::channel();
        let mut trouble = Vec::new();
        let mut counts = self.counts;
        let mut stopped = None;
        let mut broke = false;
        let mut lost = None;
        let this = &*self;
        thread::scope(|scope| {
            for _ in 0..hands {
                let sender = sender.clone();
                let runnable = &runnable;
                scope.spawn(move || this.hand(runnable, &sender));
            }
            drop(sender);
            for done in receiver {
                match done {
                    Done::Judged(index, judged) => {
                        let row = runnable[index];
                        if let Some(why) = &judged.unreachable {
                            lost.get_or_insert_with(|| why.clone());
                            this.stop.store(true, Ordering::Relaxed);
                        }
                        count(&mut counts, this.report(row, judged, tell));
                    }
                    Done::OverBudget => {
                        broke = true;
                        stopped = Some("the next row could have gone over the budget".to_owned());
                        this.stop.store(true, Ordering::Relaxed);
                    }
                    Done::Failed(why) => trouble.push(why),
                }
            }
        });
        self.counts = counts;
        self.stopped = stopped;
        self.broke = broke;
        if let Some(why) = lost {
            let ended = self
                .target
                .ended()
                .map(|status| format!("; it ended: {status}"));
            let why = format!("the target {why}{}", ended.unwrap_or_default());
            self.stopped = Some(why.clone());
            self.lost = Some(why);
        }
        trouble
    }

    fn client(&self) -> Result<Client, String> {
        Client::new(
            self.target.ca_file.as_deref(),
            Duration::from_millis(self.target.target.timeout_ms),
        )
    }

    /// Takes rows until none is left.
    fn hand(&self, rows: &[&Planned<'_>], done: &mpsc::Sender<Done>) {
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
            let charged = match (row.case.billable, self.options.max_usd) {
                (Some(tokens), Some(_)) => {
                    match self
                        .budget
                        .charge(tokens, price(row.case, &self.target.target))
                    {
                        Some(spent) => Some(spent),
                        None => {
                            let _ = done.send(Done::OverBudget);
                            return;
                        }
                    }
                }
                _ => None,
            };
            self.wait_for_turn();
            let mut judged = self.once(&mut client, row);
            // Too many requests say nothing about the case: once more, later.
            if judged.steps.iter().any(|step| step.throttled) {
                thread::sleep(Duration::from_secs(2));
                judged = self.once(&mut client, row);
            }
            if let Some(spent) = charged {
                self.budget.settle(spent, &judged.usages);
            }
            if done.send(Done::Judged(index, judged)).is_err() {
                return;
            }
        }
    }

    fn once(&self, client: &mut Client, row: &Planned<'_>) -> Judged {
        let unique = unique(&self.run_id, &full_id(row.case, row.instance));
        instance::run(
            self.knowledge,
            self.target,
            client,
            row.case,
            row.instance,
            &unique,
        )
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

    fn exit(&self, planned: &[Planned<'_>], trouble: &[String], stale: &[Fault]) -> ExitCode {
        let judged = planned.iter().any(|row| row.skip.is_none());
        if self.lost.is_some() {
            exit_codes::TARGET_FAILED
        } else if !trouble.is_empty() {
            exit_codes::BAD_USAGE
        } else if !judged {
            exit_codes::NOTHING_SELECTED
        } else if self.counts.failed > 0 || self.counts.unexpected_passes > 0 {
            exit_codes::UNEXPECTED_VERDICT
        } else if self.broke {
            exit_codes::BUDGET_SPENT
        } else if !stale.is_empty() {
            exit_codes::STALE
        } else {
            exit_codes::AS_EXPECTED
        }
    }
}
