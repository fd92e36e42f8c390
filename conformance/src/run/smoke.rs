//! The smoke check: a target that claims a capability must pass `smoke/<capability>`.
//!
//! Only what the case itself expects decides: what clients need to use the capability at all. Whatever
//! else is wrong with these answers is for the cases that judge it.

use super::instance::{self, Judged};
use super::plan::{lacks, price};
use super::session::Session;
use crate::case::{Automatic, Case, Instance};
use crate::server::Budget;
use crate::wire::Client;

/// Why nothing is judged.
pub(super) enum Refused {
    /// Claims that the target does not keep, one sentence each.
    Claims(Vec<String>),
    /// The target cannot be reached, or is silent.
    Lost(String),
    /// It refuses too many requests.
    Throttled,
    /// The check cost more than the whole run may.
    Overspent(String),
}

impl Session<'_> {
    /// Asks for every capability that the target claims.
    pub(super) fn smoke(&self, client: &mut Client, cases: &[Case]) -> Result<(), Refused> {
        let target = &self.target.target;
        let mut wrong = Vec::new();
        for capability in &target.capabilities {
            let id = format!("smoke/{capability}");
            let Some(case) = cases.iter().find(|case| case.id == id) else {
                continue;
            };
            // Asking would cost money, so the real service is believed.
            if target.authority && case.billable.is_some() {
                continue;
            }
            for row in &case.instances {
                // Without a model for it nothing can be asked, and what needs that model is skipped as well.
                if lacks(case, row, target).is_some() {
                    continue;
                }
                let mut judged = self.asked(client, case, row);
                if judged.steps.iter().any(|step| step.throttled) {
                    self.pause();
                    judged = self.asked(client, case, row);
                }
                if let Some(why) = self.overspent() {
                    return Err(Refused::Overspent(why));
                }
                if judged.steps.iter().any(|step| step.throttled) {
                    return Err(Refused::Throttled);
                }
                if let Some(unreachable) = judged.unreachable {
                    return Err(Refused::Lost(format!("the target {unreachable}")));
                }
                if let Some(silent) = judged.steps.iter().find(|step| step.too_late) {
                    let what = silent.broken.clone().or_else(|| {
                        let cut = silent.exchange.as_ref()?.cut.as_deref()?;
                        Some(format!("the target's answer was cut: {cut}"))
                    });
                    return Err(Refused::Lost(what.unwrap_or_default()));
                }
                wrong.extend(fault(&judged).map(|what| {
                    format!(
                        "target {name} claims {capability:?}, but {id} fails: {what}\n  say --without \
                         {capability} if it lacks it, or --no-smoke to judge it all the same\n  \
                         again: {again}",
                        name = target.name,
                        again = self.options.origin.unchecked(&id),
                    )
                }));
            }
        }
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(Refused::Claims(wrong)),
        }
    }

    fn asked(&self, client: &mut Client, case: &Case, row: &Instance) -> Judged {
        let mut row = row.clone();
        for step in &mut row.steps {
            // The status of an error is its type's; clients tell errors apart by it.
            let others = Automatic::ALL
                .into_iter()
                .filter(|check| *check != Automatic::Status);
            step.without
                .extend(others.map(|check| (check, "another case judges it".to_owned())));
        }
        let unique = self.unique("smoke");
        let judged = instance::run(self.reference, self.target, client, case, &row, &unique);
        let price = price(case, &self.target.target);
        self.budget.settle(Budget::free(price), &judged.usages);
        judged
    }
}

/// The first thing that is wrong with any step.
fn fault(judged: &Judged) -> Option<String> {
    judged.steps.iter().find_map(|step| {
        let first = step.verdicts.findings.first().map(|finding| {
            format!(
                "{} {}: expected {}, seen {}",
                finding.part.word(),
                finding.path,
                finding.expected,
                finding.seen
            )
        });
        step.broken.clone().or(first)
    })
}
