//! The command line: one file, or one folder, for each subcommand.

mod banner;
mod child;
mod env;
mod exec;
mod health;
mod key;
mod lint;
mod log;
mod reference;
mod serve;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::exit_codes;

#[cfg(test)]
mod help_test;

/// A local Amazon Bedrock that official SDKs cannot tell from the real one.
#[derive(Debug, Parser)]
#[command(name = "bedrock-mock", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::ServeArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until stopped (the default command)
    Serve(Box<serve::ServeArgs>),
    /// Print environment variables that point unmodified clients at the mock
    Env(env::EnvArgs),
    /// Run a command against its own mock and return its exit code
    Exec(Box<exec::ExecArgs>),
    /// Mint and explain API keys
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Check that a mock is serving; needs no credentials
    Health(health::HealthArgs),
    /// Check scenario files for errors and for scenarios that never match
    Lint(lint::LintArgs),
    /// Print flags and exit codes as JSON, for the tables of the handbook
    #[command(hide = true)]
    Reference,
}

/// Runs the program and returns its exit code.
pub fn main() -> u8 {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            let code = if e.use_stderr() {
                exit_codes::USAGE
            } else {
                exit_codes::OK
            };
            let _ = e.print();
            return code;
        }
    };
    match cli.command {
        None => serve::run(cli.serve),
        Some(Command::Serve(args)) => serve::run(*args),
        Some(Command::Env(args)) => env::run(args),
        Some(Command::Exec(args)) => exec::run(*args),
        Some(Command::Key(command)) => key::run(command),
        Some(Command::Health(args)) => health::run(&args),
        Some(Command::Lint(args)) => lint::run(args),
        Some(Command::Reference) => reference::run(Cli::command()),
    }
}

/// Prints why a subcommand ends here, and passes its exit code on.
fn fail(why: impl std::fmt::Display, code: u8) -> u8 {
    eprintln!("bedrock-mock: {why}");
    code
}

/// Prints a text and returns the exit code. A closed pipe is not a failure; a write error is, or half a
/// file would look like success.
fn print(text: &str) -> u8 {
    use std::io::Write as _;

    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => fail(
            format_args!("cannot write to standard output: {e}"),
            exit_codes::CANNOT_START,
        ),
        _ => exit_codes::OK,
    }
}
