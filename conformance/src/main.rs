//! The command line of the suite; see [`bedrock_conformance::cli`].

use std::process::ExitCode;

use bedrock_conformance::cli;
use clap::Parser as _;

fn main() -> ExitCode {
    let code = cli::run(&cli::Cli::parse(), &mut std::io::stdout().lock());
    ExitCode::from(code.number)
}
