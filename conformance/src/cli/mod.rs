//! The command line: what can be asked, and the answers.

mod again;
mod age;
mod forms;
mod list;
mod models;
mod replay;
mod report;
mod run;
mod select;

use std::io::{self, Write};

use clap::{Parser, Subcommand};

use crate::exit_codes::{self, ExitCode};
use crate::report::{Visible, visible};

/// Judges servers and clients of Amazon Bedrock by the service's own model and by recorded answers.
#[derive(Debug, Parser)]
#[command(name = "bedrock-conformance", version, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the suite can be asked for.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge a target by cases
    Run(run::Run),
    /// Print which rows would run, how many requests that is, and what they cost at most
    Plan(run::PlanArgs),
    /// Send recorded requests again and compare the form of the answers
    Replay(replay::Replay),
    /// Make Markdown, HTML, JUnit, TAP or a badge of a run's events
    Report(report::Report),
    /// Join the events of all shards of a run
    Merge(report::Merge),
    /// Say which verdicts differ between two runs; exits 1 if any is worse
    Diff(report::Diff),
    /// Put runs against several targets side by side
    Matrix(report::Matrix),
    /// Print a run's exchanges in a form that targets share, or compare them with kept ones; exits 1 if any
    /// is different
    #[command(name = "snapshots", alias = "forms")]
    Forms(forms::Forms),
    /// List cases
    List(list::List),
    /// Read every case, target and deviation file and say what is wrong with them
    Check(list::Check),
    /// List cases whose last look at the real service is old; exits 6 if there are any
    Stale(age::Stale),
    /// Say what of the service models no case speaks of; exits 1 if there is anything
    Audit(age::Audit),
    /// List the capabilities and roles that cases and targets share
    #[command(name = "vocabulary", alias = "words")]
    Words,
    /// List the service's error texts that cases can name
    Errors(list::Errors),
    /// Print what each exit code says
    ExitCodes,
    /// List the service models the suite judges by, with the package version each comes from
    Models(models::Models),
}

/// Why a command did not do what was asked: what to print, and how to exit.
pub(crate) struct Failure {
    code: ExitCode,
    message: String,
}

impl Failure {
    pub(crate) fn new(code: ExitCode, message: impl std::fmt::Display) -> Self {
        Self {
            code,
            message: message.to_string(),
        }
    }

    /// A wrong command line or file.
    pub(crate) fn usage(message: impl std::fmt::Display) -> Self {
        Self::new(exit_codes::BAD_USAGE, message)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        // A reader that stops reading, such as `head`, has seen enough: that is no failure.
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::new(exit_codes::AS_EXPECTED, "");
        }
        Self::usage(error)
    }
}

/// Does what was asked and writes the answer to `out`.
pub fn run(cli: &Cli, out: &mut impl Write) -> ExitCode {
    let out = &mut Visible::new(out);
    let done = match &cli.command {
        Command::Run(options) => run::run(options, out),
        Command::Plan(options) => run::plan(options, out),
        Command::Replay(options) => replay::replay(options, out),
        Command::Report(options) => report::report(options, out),
        Command::Merge(options) => report::merge(options, out),
        Command::Diff(options) => report::diff(options, out),
        Command::Matrix(options) => report::matrix(options, out),
        Command::Forms(options) => forms::forms(options, out),
        Command::List(options) => list::list(options, out),
        Command::Check(options) => list::check(options, out),
        Command::Stale(options) => age::stale(options, out),
        Command::Audit(options) => age::audit(options, out),
        Command::Words => list::words(out),
        Command::Errors(options) => list::errors(options, out),
        Command::ExitCodes => print_exit_codes(out),
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

/// Tells what is wrong; what came from a target cannot steer the terminal.
pub(crate) fn complain(what: impl std::fmt::Display) {
    eprintln!("bedrock-conformance: {}", visible(&what.to_string()));
}

fn print_exit_codes(out: &mut impl Write) -> Result<ExitCode, Failure> {
    for code in exit_codes::ALL {
        writeln!(
            out,
            "{:>2}  {:<18}  {}",
            code.number, code.name, code.meaning
        )?;
    }
    Ok(exit_codes::AS_EXPECTED)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
