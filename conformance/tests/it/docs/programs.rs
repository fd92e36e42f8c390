//! The suite and the mock as this workspace builds them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The suite's own program.
pub(super) fn suite() -> PathBuf {
    env!("CARGO_BIN_EXE_bedrock-conformance").into()
}

/// bedrock-mock as this workspace builds it, built once. Cargo builds nothing if it is fresh.
pub(super) fn mock() -> &'static Path {
    static MOCK: OnceLock<PathBuf> = OnceLock::new();
    MOCK.get_or_init(|| {
        if let Some(named) = std::env::var_os("BEDROCK_MOCK_BIN") {
            return named.into();
        }
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "-p", "bedrock-mock"])
            .status()
            .expect("cargo");
        assert!(built.success(), "bedrock-mock cannot be built");
        suite().with_file_name(format!("bedrock-mock{}", std::env::consts::EXE_SUFFIX))
    })
}

pub(super) fn run(arguments: &[&str]) -> Output {
    Command::new(suite())
        .args(arguments)
        .env("BEDROCK_MOCK_BIN", mock())
        .output()
        .expect("the suite runs")
}

pub(super) fn text(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!(
        "{}{}",
        String::from_utf8_lossy(out),
        String::from_utf8_lossy(err)
    )
}
