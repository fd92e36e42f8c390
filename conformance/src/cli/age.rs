//! `stale` and `audit`: what the cases do not know any more, and what they never spoke of.

use std::collections::BTreeSet;
use std::io::Write;

use clap::Args;
use time::{Duration, OffsetDateTime};

use super::Failure;
use super::select::{CaseArgs, knowledge};
use crate::audit;
use crate::case::day;
use crate::exit_codes::{self, ExitCode};
use crate::target;

/// Options of `stale`.
#[derive(Debug, Args)]
pub struct Stale {
    #[command(flatten)]
    cases: CaseArgs,
    /// Days after which a look at the real service is old
    #[arg(long, value_name = "DAYS", default_value_t = 180)]
    older_than: u32,
}

/// Options of `audit`.
#[derive(Debug, Args)]
pub struct Audit {
    #[command(flatten)]
    cases: CaseArgs,
    /// The target whose operations cases are derived for
    #[arg(long, default_value = "mock", value_name = "NAME")]
    target: String,
}

/// Exits 6 if any look is old.
pub(super) fn stale(options: &Stale, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let knowledge = knowledge()?;
    let library = options.cases.load(&knowledge, &[])?;
    let selection = options.cases.selection(&library)?;
    let oldest = OffsetDateTime::now_utc().date() - Duration::days(i64::from(options.older_than));
    let mut any = false;
    for case in &library.cases {
        let wanted = case
            .instances
            .iter()
            .any(|instance| selection.takes(case, instance));
        let Some(date) = case.basis.date.as_deref() else {
            continue;
        };
        if wanted && day(date).is_some_and(|date| date < oldest) {
            any = true;
            writeln!(out, "{date}  {:<10} {}", case.basis.kind.word(), case.id)?;
        }
    }
    Ok(if any {
        exit_codes::STALE
    } else {
        exit_codes::AS_EXPECTED
    })
}

/// Exits 1 if anything of the model is named by neither a case nor a waiver.
pub(super) fn audit(options: &Audit, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let knowledge = knowledge()?;
    let target = target::find(&knowledge, &options.target).map_err(Failure::usage)?;
    let library = options.cases.load(&knowledge, &target.operations)?;
    let found = audit::audit(&knowledge, &library.cases, &target).map_err(Failure::usage)?;
    for (kind, names) in &found.missing {
        let names: BTreeSet<_> = names.iter().map(String::as_str).collect();
        for name in names {
            writeln!(out, "no case names the {kind} {name}")?;
        }
    }
    for waiver in &found.dead_waivers {
        writeln!(out, "the waiver of {waiver} waives nothing: take it out")?;
    }
    writeln!(out, "{} of {} named", found.named, found.all)?;
    Ok(
        if found.missing.is_empty() && found.dead_waivers.is_empty() {
            exit_codes::AS_EXPECTED
        } else {
            exit_codes::UNEXPECTED_VERDICT
        },
    )
}
