//! Findings of a part, sorted by what they count as: excused by a declared deviation, told only, or
//! wrong.

use super::deviations::{Deviation, Outcome};
use super::events::PartRecord;
use super::verdict::Verdict;
use crate::case::Level;
use crate::judge::Finding;
use crate::server::Form;

/// The entries that may excuse a row, and which of them have.
#[derive(Debug)]
pub(crate) struct DeviationMatcher<'a> {
    entries: Vec<&'a Deviation>,
    used: Vec<bool>,
    form: Form,
}

impl<'a> DeviationMatcher<'a> {
    pub(crate) fn new(entries: Vec<&'a Deviation>, form: Form) -> Self {
        Self {
            used: vec![false; entries.len()],
            entries,
            form,
        }
    }

    /// The first entry that does, which is then of use.
    pub(super) fn find(&mut self, excuses: impl Fn(&Deviation) -> bool) -> Option<&'a Deviation> {
        let at = self.entries.iter().position(|entry| excuses(entry))?;
        self.used[at] = true;
        Some(self.entries[at])
    }

    /// The entry for a missing answer.
    pub(crate) fn of_silence(&mut self) -> Option<&'a Deviation> {
        self.find(Deviation::excuses_silence)
    }

    /// Entries that were declared to fail and excused nothing.
    pub(crate) fn unneeded(&self) -> Vec<&'a Deviation> {
        let entries = self.entries.iter().zip(&self.used);
        let unneeded = entries.filter(|(entry, used)| entry.outcome == Outcome::Fails && !**used);
        unneeded.map(|(entry, _)| *entry).collect()
    }

    /// The records of one part: what is wrong, what is excused and what is only told stand in one
    /// each; a part of which nothing is to be said passes.
    pub(crate) fn records(
        &mut self,
        part: &PartRecord,
        findings: Vec<Finding>,
        failing: (Verdict, Option<String>),
    ) -> Vec<PartRecord> {
        let (mut wrong, mut form, mut excused) = (Vec::new(), Vec::new(), Vec::new());
        let mut reason = None;
        for finding in findings {
            if let Some(entry) = self.find(|entry| entry.excuses(&finding)) {
                reason.get_or_insert_with(|| entry.reason.clone());
                excused.push(finding);
            } else if self.form == Form::Names && finding.is_form() {
                form.push(finding);
            } else {
                wrong.push(finding);
            }
        }
        let mut out = Vec::new();
        let mut add = |verdict, reason, findings: Vec<Finding>, level| {
            out.push(PartRecord {
                verdict,
                reason,
                findings: findings.into_iter().map(Into::into).collect(),
                level,
                ..part.clone()
            });
        };
        if !wrong.is_empty() {
            add(failing.0, failing.1, wrong, part.level);
        } else if excused.is_empty() {
            add(Verdict::Pass, None, Vec::new(), part.level);
        }
        if !excused.is_empty() {
            add(Verdict::Deviates, reason, excused, part.level);
        }
        if !form.is_empty() {
            // Seen by who looks for it; what no client reads makes nothing worse.
            let why = "order, case and further headers are no obligation here".to_owned();
            add(Verdict::Pass, Some(why), form, Level::Info);
        }
        out
    }
}

/// Why an entry has to go.
pub(crate) fn take_out(file: &str, entry: &Deviation) -> String {
    let declared = match entry.outcome {
        Outcome::Unsupported => "be unsupported",
        Outcome::Fails | Outcome::Flaky => "fail",
    };
    format!(
        "{file}:{}: declared to {declared} ({}), but it does not: take the entry out",
        entry.place.line, entry.reason
    )
}
