//! One row of one case, step by step.

use serde_json::Value;

use super::request::build;
use super::throttling;
use super::usage::usage;
use crate::case::{Case, Instance, Step, Tokens};
use crate::judge::{JudgeError, Verdicts, judge};
use crate::reference_data::ReferenceData;
use crate::server::OpenTarget;
use crate::template::{Bindings, TemplateError};
use crate::wire::{Client, Exchange, WireError};

/// What one step gave.
#[derive(Debug)]
pub struct StepRecord {
    /// Its number, from 0; clean-up steps count on.
    pub index: usize,
    /// The exchange, if there was an answer.
    pub exchange: Option<Exchange>,
    /// What was judged.
    pub verdicts: Verdicts,
    /// Why nothing could be judged.
    pub broken: Option<String>,
    /// That is because a `${…}` has no value: no earlier step saved one.
    pub unbound: bool,
    /// The answer is the service's refusal of too many requests: it says nothing.
    pub throttled: bool,
    /// The target was waited for too long.
    pub too_late: bool,
}

/// Exchanges in a row without an end, after which a target has stopped answering.
pub const SILENCE: usize = 3;

/// What one row gave.
#[derive(Debug)]
pub struct Judged {
    /// Its steps as far as they were run.
    pub steps: Vec<StepRecord>,
    /// What its answers say that they cost.
    pub usages: Vec<Tokens>,
    /// The target could not be reached at all.
    pub unreachable: Option<String>,
}

/// Runs one row.
pub fn run(
    reference: &ReferenceData,
    target: &OpenTarget,
    client: &mut Client,
    case: &Case,
    instance: &Instance,
    unique: &str,
) -> Judged {
    let mut bindings = bindings(target, unique);
    let mut judged = Judged {
        steps: Vec::new(),
        usages: Vec::new(),
        unreachable: None,
    };
    let steps = instance.steps.len();
    let mut throttled = false;
    let mut silence = 0;
    for (index, step) in instance.steps.iter().chain(&instance.cleanup).enumerate() {
        let cleanup = index >= steps;
        // More requests while the service refuses them would be refused as well.
        if throttled && !cleanup {
            continue;
        }
        let mut record = run_step(
            reference,
            target,
            client,
            step,
            &mut bindings,
            index,
            &mut judged,
        );
        throttled |= record.throttled;
        record.throttled = throttled;
        silence = if record.too_late { silence + 1 } else { 0 };
        // What was never made need not be cleaned up.
        if cleanup && record.unbound {
            continue;
        }
        let lost = judged.unreachable.is_some();
        judged.steps.push(record);
        if lost || silence >= SILENCE {
            break;
        }
    }
    debug_assert!(!case.id.is_empty());
    judged
}

fn run_step(
    reference: &ReferenceData,
    target: &OpenTarget,
    client: &mut Client,
    step: &Step,
    bindings: &mut Bindings,
    index: usize,
    judged: &mut Judged,
) -> StepRecord {
    let mut record = StepRecord {
        index,
        exchange: None,
        verdicts: Verdicts::default(),
        broken: None,
        unbound: false,
        throttled: false,
        too_late: false,
    };
    let (url, request) = match build(reference, target, &step.send, bindings) {
        Ok(request) => request,
        Err(why) => {
            record.unbound = why.is_unbound();
            record.broken = Some(why.to_string());
            return record;
        }
    };
    let exchange = match client.send(&url, &request, step.send.reuse) {
        Ok(exchange) => exchange,
        Err(error) => {
            if let WireError::Unreachable(_) = error {
                judged.unreachable = Some(error.to_string());
            }
            record.too_late = matches!(error, WireError::TooLate(_));
            record.broken = Some(format!("the target {error}"));
            return record;
        }
    };
    judged.usages.extend(usage(&exchange));
    match judge(reference, step, bindings, &exchange) {
        Ok(verdicts) => record.verdicts = verdicts,
        Err(why) => {
            record.unbound = matches!(why, JudgeError::Template(TemplateError::Unbound { .. }));
            record.broken = Some(why.to_string());
        }
    }
    record.too_late = exchange.too_late;
    record.throttled = !record.verdicts.findings.is_empty()
        && throttling::excuses(reference, step, &exchange, target.target.authority);
    for (name, from) in &step.save {
        if let Some(value) = saved(&exchange, from) {
            bindings.values.insert(format!("saved.{name}"), value);
        }
    }
    record.exchange = Some(exchange);
    record
}

fn bindings(target: &OpenTarget, unique: &str) -> Bindings {
    let mut bindings = Bindings::default();
    let text = |text: &str| Value::String(text.to_owned());
    for (role, id) in &target.target.roles {
        bindings.values.insert(format!("role.{role}"), text(id));
    }
    bindings
        .values
        .insert("region".to_owned(), text(&target.target.region));
    if let Some(account) = &target.target.account {
        bindings.values.insert("account".to_owned(), text(account));
    }
    bindings.values.insert("unique".to_owned(), text(unique));
    bindings
}

fn saved(exchange: &Exchange, from: &str) -> Option<Value> {
    match from.strip_prefix("header:") {
        Some(name) => exchange
            .header(name)
            .map(|value| Value::String(value.to_owned())),
        None => exchange.json()?.pointer(from).cloned(),
    }
}
