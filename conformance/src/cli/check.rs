//! `check`: reads every file of the suite and reports what is wrong in it.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::Failure;
use super::select::reference_data;
use crate::case::Library;
use crate::exit_codes::{self, ExitCode};
use crate::run::{Deviations, DisputedCases};
use crate::{embedded, server};

/// Options of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Folder of cases [default: the built-in cases]
    #[arg(value_name = "DIR")]
    cases: Option<PathBuf>,
}

pub(super) fn check(options: &CheckArgs, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let reference = reference_data()?;
    let library = match &options.cases {
        Some(folder) => Library::load(&reference, folder),
        None => Library::embedded(&reference),
    }
    .map_err(Failure::usage)?;
    for (path, text) in embedded::TARGETS {
        server::read(
            &reference,
            path,
            &format!("conformance/targets/{path}"),
            text,
        )
        .map_err(Failure::usage)?;
    }
    let folder = embedded::DEVIATIONS_FOLDER;
    for (path, text) in embedded::DEVIATIONS {
        let read = Deviations::read(&format!("{folder}/{path}"), text).map_err(Failure::usage)?;
        let name = path.trim_end_matches(".json");
        let spawned = server::find(&reference, name)
            .is_ok_and(|target| matches!(target.kind, server::Kind::Spawn { .. }));
        if let Some(fault) = read.unfit_for_spawned().filter(|_| spawned) {
            return Err(Failure::usage(fault));
        }
    }
    let (file, text) = embedded::DISPUTED_CASES;
    DisputedCases::read(file, text, &library.cases).map_err(Failure::usage)?;
    let mut warned = BTreeSet::new();
    for instance in library.cases.iter().flat_map(|case| &case.instances) {
        let steps = instance.steps.iter().chain(&instance.cleanup);
        for fault in steps.flat_map(|step| &step.send.unknown_members) {
            if warned.insert(fault.to_string()) {
                writeln!(out, "{fault}")?;
            }
        }
    }
    let rows: usize = library.cases.iter().map(|case| case.instances.len()).sum();
    writeln!(out, "{} cases, {rows} rows", library.cases.len())?;
    Ok(exit_codes::AS_EXPECTED)
}
