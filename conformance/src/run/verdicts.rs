//! What a row's parts count as, and the events that tell it.

use super::events::{Counts, Event, ExchangeRecord, PartRecord, Verdict, wire};
use super::instance::{Judged, StepRecord};
use super::plan::Planned;
use super::runner::Run;
use crate::case::Level;
use crate::judge::Part;

impl Run<'_> {
    /// Tells a row's events and says what it counts as.
    pub(super) fn report(
        &self,
        row: &Planned<'_>,
        judged: Judged,
        tell: &mut dyn FnMut(&Event),
    ) -> Verdict {
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
pub(super) fn severity(verdict: Verdict) -> u8 {
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

pub(super) fn count(counts: &mut Counts, verdict: Verdict) {
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
