//! The run: which rows, in which order, by how many hands, and how it ends.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::deviations::Deviations;
use super::doubts::Doubts;
use super::events::{Counts, Event, ExchangeRecord, Footer, Header, PartRecord, Verdict, wire};
use super::instance::{self, Judged, StepRecord};
use super::smoke;
use crate::case::{Case, Instance, Level, Selection, full_id, hash};
use crate::exit_codes::{self, ExitCode};
use crate::judge::Part;
use crate::knowledge::Knowledge;
use crate::located::Fault;
use crate::target::{Budget, OpenTarget, Target};
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

/// A row and whether it can be run.
#[derive(Debug)]
pub struct Planned<'a> {
    /// The case.
    pub case: &'a Case,
    /// The row.
    pub instance: &'a Instance,
    /// Why it cannot be run.
    pub skip: Option<String>,
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

/// The selected rows in the order of running: what costs nothing first.
pub fn plan<'a>(cases: &'a [Case], target: &OpenTarget, options: &Options) -> Vec<Planned<'a>> {
    let mut planned: Vec<Planned<'a>> = cases
        .iter()
        .flat_map(|case| case.instances.iter().map(move |instance| (case, instance)))
        .filter(|(case, instance)| options.selection.takes(case, instance))
        .map(|(case, instance)| Planned {
            case,
            instance,
            skip: skip(case, instance, target, options),
        })
        .collect();
    planned.sort_by_key(|row| (row.case.billable.is_some(), row.skip.is_some()));
    planned
}

fn skip(
    case: &Case,
    instance: &Instance,
    target: &OpenTarget,
    options: &Options,
) -> Option<String> {
    if let Some(lack) = lacks(case, &target.target) {
        return Some(lack);
    }
    options
        .deviations
        .unsupported(case, instance)
        .map(|entry| format!("declared unsupported: {}", entry.reason))
}

/// What a target lacks for a case, if anything.
pub fn lacks(case: &Case, target: &Target) -> Option<String> {
    if let Some(need) = case
        .needs
        .iter()
        .find(|need| !target.capabilities.contains(*need))
    {
        return Some(format!("the target does not claim {need:?}"));
    }
    case.roles
        .iter()
        .find(|role| !target.roles.contains_key(*role))
        .map(|role| format!("the target has no model for the role {role:?}"))
}

/// Dollars for a million tokens, in and out: the dearest of the case's roles.
pub fn price(case: &Case, target: &Target) -> (f64, f64) {
    let default = target.prices.get("default").copied().unwrap_or_default();
    case.roles
        .iter()
        .map(|role| target.prices.get(role).copied().unwrap_or(default))
        .fold((0.0, 0.0), |(input, output): (f64, f64), price| {
            (input.max(price.0), output.max(price.1))
        })
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

struct Run<'a> {
    knowledge: &'a Knowledge,
    target: &'a OpenTarget,
    options: &'a Options,
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

    /// Tells a row's events and says what it counts as.
    fn report(&self, row: &Planned<'_>, judged: Judged, tell: &mut dyn FnMut(&Event)) -> Verdict {
        let mut worst = Verdict::Pass;
        let mut excused = Vec::new();
        for step in judged.steps {
            if let Some(exchange) = &step.exchange {
                tell(&Event::Exchange(ExchangeRecord {
                    case: row.case.id.clone(),
                    row: row.instance.row.clone(),
                    step: step.index,
                    wire: wire(exchange),
                }));
            }
            for record in self.parts(row, &step, &mut excused) {
                if severity(record.verdict) > severity(worst) {
                    worst = record.verdict;
                }
                tell(&Event::Part(record));
            }
        }
        // A declared failure that happened in no step.
        for part in Part::ALL {
            let declared = self
                .options
                .deviations
                .declares(row.case, row.instance, part);
            if let Some(entry) = declared
                && !excused.contains(&part)
            {
                worst = Verdict::UnexpectedPass;
                let mut record = record(row, 0, Some(part.word()), Verdict::UnexpectedPass);
                record.reason = Some(format!(
                    "{}:{}: declared to fail ({}), but it does not: take the entry out",
                    self.options.deviations.file, entry.place.line, entry.reason
                ));
                tell(&Event::Part(record));
            }
        }
        worst
    }

    fn parts(
        &self,
        row: &Planned<'_>,
        step: &StepRecord,
        excused: &mut Vec<Part>,
    ) -> Vec<PartRecord> {
        let failing = self.failing(row);
        if let Some(broken) = &step.broken {
            let mut record = record(row, step.index, None, failing.0);
            record.reason = Some(broken.clone());
            return vec![record];
        }
        let mut out = Vec::new();
        for part in &step.verdicts.judged {
            let findings: Vec<_> = step
                .verdicts
                .findings
                .iter()
                .filter(|finding| finding.part == *part)
                .cloned()
                .collect();
            let mut record = record(row, step.index, Some(part.word()), Verdict::Pass);
            if !findings.is_empty() {
                let excuse =
                    self.options
                        .deviations
                        .excuses(row.case, row.instance, *part, &findings);
                (record.verdict, record.reason) = match excuse {
                    _ if step.throttled => (
                        Verdict::Inconclusive,
                        Some("the service refused too many requests".to_owned()),
                    ),
                    Some(entry) => {
                        excused.push(*part);
                        (Verdict::Deviates, Some(entry.reason.clone()))
                    }
                    None => failing.clone(),
                };
            }
            record.findings = findings;
            out.push(record);
        }
        out
    }

    /// What a failure of this row counts as.
    fn failing(&self, row: &Planned<'_>) -> (Verdict, Option<String>) {
        if let Some(doubt) = self.options.doubts.about(row.case, row.instance) {
            return (Verdict::Doubted, Some(doubt.to_owned()));
        }
        if row.case.level == Level::Info {
            return (
                Verdict::Told,
                Some("the case is for information".to_owned()),
            );
        }
        if !self.target.target.counts.contains(&row.case.basis.kind) {
            let why = format!("what is {} does not count here", row.case.basis.kind.word());
            return (Verdict::Told, Some(why));
        }
        (Verdict::Fail, None)
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

fn record(
    row: &Planned<'_>,
    step: usize,
    part: Option<&'static str>,
    verdict: Verdict,
) -> PartRecord {
    PartRecord {
        case: row.case.id.clone(),
        row: row.instance.row.clone(),
        step,
        part,
        verdict,
        findings: Vec::new(),
        reason: None,
        title: row.case.title.clone(),
        why: row.case.why.clone(),
        basis: row.case.basis.kind.word(),
        date: row.case.basis.date.clone(),
        level: row.case.level.word(),
        refs: row
            .case
            .refs
            .iter()
            .map(|reference| format!("{}: {}", reference.kind, reference.to))
            .collect(),
    }
}

/// The worse, the higher.
fn severity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Told => 1,
        Verdict::Deviates => 2,
        Verdict::Doubted => 3,
        Verdict::Inconclusive => 4,
        Verdict::UnexpectedPass => 5,
        Verdict::Fail => 6,
    }
}

fn count(counts: &mut Counts, verdict: Verdict) {
    match verdict {
        Verdict::Pass => counts.passed += 1,
        Verdict::Fail => counts.failed += 1,
        Verdict::Told => counts.told += 1,
        Verdict::Deviates => counts.deviating += 1,
        Verdict::UnexpectedPass => counts.unexpected_passes += 1,
        Verdict::Doubted => counts.doubted += 1,
        Verdict::Inconclusive => counts.inconclusive += 1,
    }
}
