//! Which rows are run, in which order, and what they can cost.

use super::events::Event;
use super::options::Options;
use crate::case::{Case, Instance};
use crate::server::{OpenTarget, Target};

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

impl Planned<'_> {
    /// The event that tells that it is not judged.
    pub(super) fn skipped(&self, reason: &str) -> Event {
        Event::Skip {
            case: self.case.id.clone(),
            row: self.instance.row.clone(),
            reason: reason.to_owned(),
        }
    }
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
            skip: lacks(case, instance, &target.target),
        })
        .collect();
    planned.sort_by_key(|row| (row.case.billable.is_some(), row.skip.is_some()));
    planned
}

/// What a target lacks for a row of a case, if anything.
pub fn lacks(case: &Case, instance: &Instance, target: &Target) -> Option<String> {
    if let Some(need) = case
        .needs
        .iter()
        .find(|need| !target.capabilities.contains(*need))
    {
        return Some(match target.dropped.get(need) {
            Some(why) => format!("{need:?} {why}"),
            None => format!("the target does not claim {need:?}"),
        });
    }
    if instance.account && target.account.is_none() {
        return Some("the target does not state its account".to_owned());
    }
    let mut roles = instance.roles.iter();
    roles
        .find(|role| !target.roles.contains_key(*role))
        .map(|role| format!("the target has no model for the role {role:?}"))
}

/// Dollars for a million tokens, in and out: the dearest of the case's roles; the default where a
/// case names none.
pub fn price(case: &Case, target: &Target) -> (f64, f64) {
    let default = target.prices.get("default").copied().unwrap_or_default();
    if case.roles.is_empty() {
        return default;
    }
    case.roles
        .iter()
        .map(|role| target.prices.get(role).copied().unwrap_or(default))
        .fold((0.0, 0.0), |(input, output): (f64, f64), price| {
            (input.max(price.0), output.max(price.1))
        })
}
