//! The command line.

mod banner;
mod serve;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::config::Settings;
use crate::exit_codes;

/// A local Amazon Bedrock that official SDKs cannot tell from the real one.
#[derive(Debug, Parser)]
#[command(name = "bedrock-mock", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until stopped; also what a bare `bedrock-mock` does
    Serve(Box<ServeArgs>),
}

#[derive(Debug, clap::Args)]
struct ServeArgs {
    #[command(flatten)]
    settings: Settings,
    /// TOML file whose keys are the names of these flags
    #[arg(long, env = "BEDROCK_MOCK_CONFIG")]
    config: Option<PathBuf>,
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
    let args = match cli.command {
        Some(Command::Serve(args)) => *args,
        None => cli.serve,
    };
    serve::run(args.settings, args.config)
}
