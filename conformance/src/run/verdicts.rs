//! What a row's parts count as, and the events that tell it.

use super::deviation_matching::{DeviationMatcher, take_out};
use super::deviations::Deviation;
use super::events::{Event, ExchangeRecord, PartRecord};
use super::evidence::evidence;
use super::instance::{Judged, StepRecord};
use super::plan::Planned;
use super::session::Session;
use super::verdict::Verdict;
use crate::case::{Level, full_id};
use crate::judge::Part;

impl Session<'_> {
    /// Tells a row's events and says what it counts as; nothing if it is not to be judged.
    pub(super) fn report(
        &self,
        row: &Planned<'_>,
        judged: Judged,
        tell: &mut dyn FnMut(&Event),
    ) -> Option<Verdict> {
        let deviations = &self.options.deviations;
        let full = full_id(row.case, row.instance);
        let entries = deviations.of(&row.case.id, &full);
        let mut excuses = DeviationMatcher::new(entries, self.target.target.form);
        let mut records = Vec::new();
        let mut exchanges = Vec::new();
        // What says nothing of a case says nothing of its deviations either.
        let mut conclusive = judged.unreachable.is_none();
        for step in judged.steps {
            conclusive &= !step.throttled && step.broken.is_none();
            records.extend(self.parts(row, &step, &mut excuses));
            if let Some(exchange) = &step.exchange {
                exchanges.push(Event::Exchange(ExchangeRecord {
                    case: row.case.id.clone(),
                    row: row.instance.row.clone(),
                    step: step.index,
                    wire: evidence(exchange),
                }));
            }
        }
        let unneeded = |entry: &Deviation| PartRecord {
            reason: Some(take_out(&deviations.file, entry)),
            ..record(row, 0, entry.part, Verdict::UnexpectedPass)
        };
        if conclusive {
            records.extend(excuses.unneeded().into_iter().map(unneeded));
        }
        // It is asked all the same, or nobody would notice when it can be done.
        if let Some(entry) = deviations.unsupported(&row.case.id, &full) {
            if worst(&records) != Verdict::Pass {
                tell(&row.skipped(&format!("declared unsupported: {}", entry.reason)));
                return None;
            }
            records.push(unneeded(entry));
        }
        for event in &exchanges {
            tell(event);
        }
        let verdict = worst(&records);
        for record in records {
            tell(&Event::Part(record));
        }
        Some(verdict)
    }

    fn parts(
        &self,
        row: &Planned<'_>,
        step: &StepRecord,
        excuses: &mut DeviationMatcher<'_>,
    ) -> Vec<PartRecord> {
        let failing = match step.throttled {
            true => (
                Verdict::Inconclusive,
                Some("the service refused too many requests".to_owned()),
            ),
            false => self.failing(row),
        };
        if let Some(broken) = &step.broken {
            let mut record = record(row, step.index, None, failing.0);
            record.reason = Some(broken.clone());
            if !step.throttled
                && let Some(entry) = excuses.of_silence()
            {
                record.verdict = Verdict::Deviates;
                record.reason = Some(format!("{broken}; {}", entry.reason));
            }
            return vec![record];
        }
        let mut out = Vec::new();
        for part in &step.verdicts.judged {
            let findings = step.verdicts.findings.iter();
            let findings: Vec<_> = findings.filter(|of| of.part == *part).cloned().collect();
            let record = record(row, step.index, Some(*part), Verdict::Pass);
            if step.throttled && !findings.is_empty() {
                let (verdict, reason) = failing.clone();
                out.push(PartRecord {
                    verdict,
                    reason,
                    findings: findings.into_iter().map(Into::into).collect(),
                    ..record
                });
            } else {
                out.extend(excuses.records(&record, findings, failing.clone()));
            }
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
                Verdict::Informational,
                Some("the case has the level info".to_owned()),
            );
        }
        if !self.target.target.counts.contains(&row.case.basis.kind) {
            let why = format!(
                "basis {} does not count for this target",
                row.case.basis.kind.word()
            );
            return (Verdict::Informational, Some(why));
        }
        (Verdict::Fail, None)
    }
}

fn record(row: &Planned<'_>, step: usize, part: Option<Part>, verdict: Verdict) -> PartRecord {
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
        basis: row.case.basis.kind,
        date: row.case.basis.date.clone(),
        level: row.case.level,
        refs: row
            .case
            .refs
            .iter()
            .map(|reference| format!("{}: {}", reference.kind, reference.to))
            .collect(),
    }
}

/// Returns the most severe verdict of a row's records.
pub(crate) fn worst(records: &[PartRecord]) -> Verdict {
    records
        .iter()
        .map(|record| record.verdict)
        .fold(Verdict::Pass, Verdict::worse)
}
