//! The `bedrock-mock` program.

use std::process::ExitCode;

/// Hundreds of small values live as long as one request; see the workspace's `Cargo.toml`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(bedrock_mock::cli::main())
}
