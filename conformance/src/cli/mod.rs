//! The command line: one file per command, and what commands share.

mod audit;
mod check;
mod command_line;
mod deviations;
mod diff;
mod errors;
mod event_file;
mod event_sink;
mod exit_codes;
mod failure;
mod list;
mod matrix;
mod merge;
mod models;
mod plan;
mod replay;
mod report;
mod run;
mod select;
mod snapshots;
mod stale;
mod vocabulary;

use std::io::Write;

use clap::{Parser, Subcommand};

use crate::exit_codes::ExitCode;
use crate::report::Sanitized;
use failure::{Failure, complain};

/// Judges servers of the Amazon Bedrock API by the service's own model and by recorded answers.
#[derive(Debug, Parser)]
#[command(name = "bedrock-conformance", version, arg_required_else_help = true)]
pub struct Cli {
    /// The command to run.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands of the suite.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge a target by cases
    Run(run::RunArgs),
    /// Print which rows would run, how many requests that is, and what they cost at most
    Plan(plan::PlanArgs),
    /// Send recorded requests again and compare the answers with the recorded ones
    Replay(replay::ReplayArgs),
    /// Convert a run's events to Markdown, HTML, JUnit, TAP or a badge
    Report(report::ReportArgs),
    /// Join the events of all shards of a run
    Merge(merge::MergeArgs),
    /// List verdicts that differ between two runs; exits 1 if any is worse
    Diff(diff::DiffArgs),
    /// Compare runs against several targets in one table
    Matrix(matrix::MatrixArgs),
    /// Print normalised exchanges, or compare them with stored snapshots; exits 1 if any is different
    #[command(alias = "forms")]
    Snapshots(snapshots::SnapshotsArgs),
    /// List cases
    List(list::ListArgs),
    /// Read every case, target and deviation file and report mistakes in them
    Check(check::CheckArgs),
    /// List cases not re-verified recently; exits 6 if there are any
    Stale(stale::StaleArgs),
    /// Report model elements without a case; exits 1 if there are any
    Audit(audit::AuditArgs),
    /// List the capabilities and roles that cases and targets share
    #[command(alias = "words")]
    Vocabulary,
    /// List the service's error messages that cases can name
    Errors(errors::ErrorsArgs),
    /// Print the meaning of each exit code
    ExitCodes,
    /// List the service models that the suite uses, with their package versions
    Models(models::ModelsArgs),
}

/// Runs the command, writes its output to `out` and returns the exit code.
pub fn run(cli: &Cli, out: &mut impl Write) -> ExitCode {
    let out = &mut Sanitized::new(out);
    let done = match &cli.command {
        Command::Run(options) => run::run(options, out),
        Command::Plan(options) => plan::plan(options, out),
        Command::Replay(options) => replay::replay(options, out),
        Command::Report(options) => report::report(options, out),
        Command::Merge(options) => merge::merge(options, out),
        Command::Diff(options) => diff::diff(options, out),
        Command::Matrix(options) => matrix::matrix(options, out),
        Command::Snapshots(options) => snapshots::snapshots(options, out),
        Command::List(options) => list::list(options, out),
        Command::Check(options) => check::check(options, out),
        Command::Stale(options) => stale::stale(options, out),
        Command::Audit(options) => audit::audit(options, out),
        Command::Vocabulary => vocabulary::vocabulary(out),
        Command::Errors(options) => errors::errors(options, out),
        Command::ExitCodes => exit_codes::exit_codes(out),
        Command::Models(options) => models::print(options, out),
    };
    let flushed = done.and_then(|code| {
        out.flush()?;
        Ok(code)
    });
    match flushed {
        Ok(code) => code,
        Err(failure) => {
            if !failure.message.is_empty() {
                complain(&failure.message);
            }
            failure.code
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_option_has_a_heading_and_a_value_name() {
        for command in Cli::command().get_subcommands() {
            for option in command.get_arguments() {
                let name = format!("{} {}", command.get_name(), option.get_id());
                if option.get_long().is_some() {
                    assert!(option.get_help_heading().is_some(), "{name}: no heading");
                }
                if option.get_action().takes_values() {
                    // Without a name of its own, a value is called as its field: MAX_USD.
                    let names = option.get_value_names().unwrap_or_default();
                    let named = !names.is_empty() && names.iter().all(|name| !name.contains('_'));
                    assert!(named, "{name}: {names:?}");
                }
                assert!(option.get_help().is_some(), "{name}: no help");
            }
        }
    }
}
