//! Which rows are run, in which order, and what they can cost.

use super::runner::Options;
use crate::case::{Case, Instance};
use crate::target::{OpenTarget, Target};

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
    if let Some(lack) = lacks(case, instance, &target.target) {
        return Some(lack);
    }
    options
        .deviations
        .unsupported(case, instance)
        .map(|entry| format!("declared unsupported: {}", entry.reason))
}

/// What a target lacks for a row of a case, if anything.
pub fn lacks(case: &Case, instance: &Instance, target: &Target) -> Option<String> {
    if let Some(need) = case
        .needs
        .iter()
        .find(|need| !target.capabilities.contains(*need))
    {
        return Some(format!("the target does not claim {need:?}"));
    }
    if instance.account && target.account.is_none() {
        return Some("the target does not say which account it is".to_owned());
    }
    let mut roles = instance.roles.iter();
    roles
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
