//! `list`, `check`, `words`, `errors`: what there is.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::Failure;
use super::select::{CaseArgs, knowledge, lines};
use crate::case::{Library, words};
use crate::derive::derive;
use crate::embedded;
use crate::exit_codes::{self, ExitCode};
use crate::run::{Deviations, Doubts};
use crate::target;

/// Options of `list`.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    cases: CaseArgs,
    /// The target whose operations cases are derived for
    #[arg(long, default_value = "mock", value_name = "NAME")]
    target: String,
    /// Also list each row
    #[arg(long)]
    rows: bool,
    /// List the constraints that no case could be derived for instead
    #[arg(long)]
    left_out: bool,
}

/// Options of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Folder of cases [default: those in this program]
    #[arg(value_name = "DIR")]
    cases: Option<PathBuf>,
}

/// Options of `errors`.
#[derive(Debug, Args)]
pub struct Errors {
    /// Only ids or texts with this in it
    #[arg(value_name = "WORD")]
    word: Option<String>,
}

pub(super) fn list(options: &List, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let knowledge = knowledge()?;
    let target = target::find(&knowledge, &options.target).map_err(Failure::usage)?;
    if options.left_out {
        let derived = derive(&knowledge, &target.operations).map_err(Failure::usage)?;
        for line in derived.left_out {
            writeln!(out, "{line}")?;
        }
        return Ok(exit_codes::AS_EXPECTED);
    }
    let library = options.cases.load(&knowledge, &target.operations)?;
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

pub(super) fn check(options: &Check, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let knowledge = knowledge()?;
    let library = match &options.cases {
        Some(folder) => Library::load(&knowledge, folder),
        None => Library::embedded(&knowledge),
    }
    .map_err(|faults| Failure::usage(lines(&faults)))?;
    for (path, text) in embedded::TARGETS {
        target::read(
            &knowledge,
            path,
            &format!("conformance/targets/{path}"),
            text,
        )
        .map_err(Failure::usage)?;
    }
    for (path, text) in embedded::DEVIATIONS {
        let read = Deviations::read(&format!("conformance/deviations/{path}"), text)
            .map_err(Failure::usage)?;
        let name = path.trim_end_matches(".json");
        let spawned = target::find(&knowledge, name)
            .is_ok_and(|target| matches!(target.kind, target::Kind::Spawn { .. }));
        if let Some(fault) = read.unfit_for_spawned().filter(|_| spawned) {
            return Err(Failure::usage(fault));
        }
    }
    Doubts::read(
        "conformance/case-doubts.json",
        embedded::DOUBTS,
        &library.cases,
    )
    .map_err(Failure::usage)?;
    let mut told = BTreeSet::new();
    for instance in library.cases.iter().flat_map(|case| &case.instances) {
        let steps = instance.steps.iter().chain(&instance.cleanup);
        for fault in steps.flat_map(|step| &step.send.strange) {
            if told.insert(fault.to_string()) {
                writeln!(out, "{fault}")?;
            }
        }
    }
    let rows: usize = library.cases.iter().map(|case| case.instances.len()).sum();
    writeln!(out, "{} cases, {rows} rows", library.cases.len())?;
    Ok(exit_codes::AS_EXPECTED)
}

pub(super) fn words(out: &mut impl Write) -> Result<ExitCode, Failure> {
    writeln!(out, "capabilities:")?;
    for (name, meaning) in words::CAPABILITIES {
        writeln!(out, "  {name:<20} {meaning}")?;
    }
    writeln!(out, "roles:")?;
    for (name, meaning) in words::ROLES {
        writeln!(out, "  {name:<20} {meaning}")?;
    }
    Ok(exit_codes::AS_EXPECTED)
}

pub(super) fn errors(options: &Errors, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let knowledge = knowledge()?;
    for row in knowledge.errors.all() {
        let wanted = options.word.as_deref().is_none_or(|word| {
            row.id.contains(word) || row.text.to_lowercase().contains(&word.to_lowercase())
        });
        if wanted {
            writeln!(
                out,
                "{:<36} {} {:<28} {:<10} {}",
                row.id,
                row.status,
                row.kind.as_deref().unwrap_or("-"),
                row.basis,
                row.text
            )?;
        }
    }
    Ok(exit_codes::AS_EXPECTED)
}
