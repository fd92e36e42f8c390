//! `audit`: lists model elements that no case names.

use std::collections::BTreeSet;
use std::io::Write;

use clap::Args;

use super::Failure;
use super::select::{CaseArgs, reference_data};
use crate::exit_codes::{self, ExitCode};
use crate::{audit, server};

/// Options of `audit`.
#[derive(Debug, Args)]
pub struct AuditArgs {
    #[command(flatten)]
    cases: CaseArgs,
    /// Target whose operations cases are derived for
    #[arg(
        long,
        default_value = "mock",
        value_name = "NAME",
        help_heading = "Cases"
    )]
    target: String,
}

/// Exits 1 if neither a case nor a waiver names a model element.
pub(super) fn audit(options: &AuditArgs, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let reference = reference_data()?;
    let target = server::find(&reference, &options.target).map_err(Failure::usage)?;
    let library = options.cases.load(&reference, &target.operations)?;
    let found = audit::audit(&reference, &library.cases, &target).map_err(Failure::usage)?;
    for (kind, names) in &found.missing {
        let names: BTreeSet<_> = names.iter().map(String::as_str).collect();
        for name in names {
            writeln!(out, "no case names the {kind} {name}")?;
        }
    }
    for waiver in &found.dead_waivers {
        writeln!(out, "the waiver of {waiver} is not needed: remove it")?;
    }
    writeln!(
        out,
        "{} of {} model elements are named",
        found.named, found.all
    )?;
    Ok(
        if found.missing.is_empty() && found.dead_waivers.is_empty() {
            exit_codes::AS_EXPECTED
        } else {
            exit_codes::UNEXPECTED_VERDICT
        },
    )
}
