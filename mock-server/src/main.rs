//! The `bedrock-mock` program.

use std::process::ExitCode;

/// A request is some hundred small values, made on one thread and gone a moment later. The system's
/// allocator took a third of a request's time for them, and that of musl, in the static binary,
/// takes a lock besides.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(bedrock_mock::cli::main())
}
