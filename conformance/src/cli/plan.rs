//! `plan`: prints which rows a run would have, and what they cost at most. Sends nothing.

use std::io::Write;

use clap::Args;

use super::Failure;
use super::select::{CaseArgs, TargetArgs, reference_data};
use crate::case::{Tokens, full_id};
use crate::exit_codes::{self, ExitCode};
use crate::run;
use crate::server::cost;

/// Options of `plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    #[command(flatten)]
    cases: CaseArgs,
    #[command(flatten)]
    target: TargetArgs,
}

pub(super) fn plan(args: &PlanArgs, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let reference = reference_data()?;
    let target = args.target.find(&reference)?;
    let library = args.cases.load(&reference, &target.operations)?;
    let selection = args.cases.selection(&library)?;
    let mut rows = 0;
    let mut requests = 0;
    let mut tokens = Tokens {
        max_in: 0,
        max_out: 0,
    };
    let mut dollars = 0.0;
    let selected = library.cases.iter().flat_map(|case| {
        let rows = case.instances.iter().map(move |instance| (case, instance));
        rows.filter(|(case, instance)| selection.takes(case, instance))
    });
    for (case, instance) in selected {
        let note = match run::lacks(case, instance, &target) {
            Some(why) => format!("skipped: {why}"),
            None => {
                let steps = instance.steps.len() + instance.cleanup.len();
                let mut price = 0.0;
                if let Some(billable) = case.billable {
                    tokens.max_in += billable.max_in;
                    tokens.max_out += billable.max_out;
                    price = cost(billable, run::price(case, &target));
                }
                rows += 1;
                requests += steps;
                dollars += price;
                let plural = if steps == 1 { "" } else { "s" };
                format!("{steps} request{plural}, at most ${price:.5}")
            }
        };
        writeln!(out, "{:<60} {note}", full_id(case, instance))?;
    }
    writeln!(
        out,
        "{rows} rows, {requests} requests, at most {} input and {} output tokens, ${dollars:.4}",
        tokens.max_in, tokens.max_out
    )?;
    Ok(match rows {
        0 => exit_codes::NOTHING_SELECTED,
        _ => exit_codes::AS_EXPECTED,
    })
}
