//! `stale`: lists cases that were not verified against the real service recently.

use std::io::Write;

use clap::Args;
use time::{Duration, OffsetDateTime};

use super::Failure;
use super::select::{CaseArgs, reference_data};
use crate::case::day;
use crate::exit_codes::{self, ExitCode};

/// Options of `stale`.
#[derive(Debug, Args)]
pub struct StaleArgs {
    #[command(flatten)]
    cases: CaseArgs,
    /// Days after which a verification against the real service is old
    #[arg(
        long,
        value_name = "DAYS",
        default_value_t = 180,
        help_heading = "Cases"
    )]
    older_than: u32,
}

/// Exits 6 if any verification is old.
pub(super) fn stale(options: &StaleArgs, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let reference = reference_data()?;
    let library = options.cases.load(&reference, &[])?;
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
