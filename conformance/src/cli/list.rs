//! `list`: lists cases, their rows, or the constraints without a derived case.

use std::io::Write;

use clap::Args;

use super::Failure;
use super::select::{CaseArgs, reference_data};
use crate::derive::derive;
use crate::exit_codes::{self, ExitCode};
use crate::server;

/// Options of `list`.
#[derive(Debug, Args)]
pub struct ListArgs {
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
    /// Also list each row
    #[arg(long, help_heading = "Output")]
    rows: bool,
    /// List the constraints of the service model that no case could be derived for, instead of cases
    #[arg(long, help_heading = "Output")]
    left_out: bool,
}

pub(super) fn list(options: &ListArgs, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let reference = reference_data()?;
    let target = server::find(&reference, &options.target).map_err(Failure::usage)?;
    if options.left_out {
        let derived = derive(&reference, &target.operations).map_err(Failure::usage)?;
        for line in derived.left_out {
            writeln!(out, "{line}")?;
        }
        return Ok(exit_codes::AS_EXPECTED);
    }
    let library = options.cases.load(&reference, &target.operations)?;
    let selection = options.cases.selection(&library)?;
    let mut any = false;
    for case in &library.cases {
        let rows: Vec<_> = case
            .instances
            .iter()
            .filter(|instance| selection.takes(case, instance))
            .collect();
        if rows.is_empty() {
            continue;
        }
        any = true;
        writeln!(
            out,
            "{:<52} {:<6} {:<10} {:>3} {}",
            case.id,
            case.level.word(),
            case.basis.kind.word(),
            rows.len(),
            case.title
        )?;
        if options.rows {
            for row in rows.iter().filter_map(|instance| instance.row.as_deref()) {
                writeln!(out, "  @{row}")?;
            }
        }
    }
    Ok(if any {
        exit_codes::AS_EXPECTED
    } else {
        exit_codes::NOTHING_SELECTED
    })
}
