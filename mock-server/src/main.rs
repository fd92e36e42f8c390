//! The `bedrock-mock` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(bedrock_mock::cli::main())
}
