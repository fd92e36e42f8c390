//! Exit codes of the `bedrock-mock` program, as constants and as a table for the handbook.
//!
//! `bedrock-mock exec` returns its command's exit code and uses the codes that shells use for
//! commands that could not run or were ended by a signal. So 1 and 2 can come from the command as
//! well; messages of `exec` itself begin with `bedrock-mock:` on standard error.

use serde::Serialize;

/// An exit code and its meaning.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ExitCode {
    /// The number that the program returns.
    pub code: u8,
    /// The subcommands that return it.
    pub commands: &'static str,
    /// When they return it: the constant's doc comment.
    pub meaning: &'static str,
}

/// Declares each code once, as a constant and as a row of [`TABLE`].
macro_rules! exit_codes {
    ($($(#[doc = $meaning:literal])+ $name:ident = $code:literal, $commands:literal;)+) => {
        $($(#[doc = $meaning])+ pub const $name: u8 = $code;)+

        /// All exit codes, in ascending order.
        pub const TABLE: &[ExitCode] = &[$(ExitCode {
            code: $code,
            commands: $commands,
            meaning: concat!($($meaning),+),
        }),+];
    };
}

exit_codes! {
    /// Success: stopped as requested, or the command's own result.
    OK = 0, "all";
    /// Could not start: the port is taken, a file cannot be read, or embedded data are damaged. For
    /// `health`: no healthy mock at that address.
    CANNOT_START = 1, "all";
    /// Wrong flags, environment variables or configuration file.
    USAGE = 2, "all";
    /// `--self-check` found answers that do not fit the service model. `exec` returns it only if the
    /// command succeeded.
    SELF_CHECK = 3, "serve, exec";
    /// The key would be refused.
    KEY_REFUSED = 4, "key decode";
    /// A file has errors and would not be loaded.
    SCENARIO_ERRORS = 5, "lint";
    /// With `--deny-warnings`: the files would be loaded, but there are warnings.
    SCENARIO_WARNINGS = 6, "lint";
    /// The command exists but cannot be run.
    NOT_EXECUTABLE = 126, "exec";
    /// The command does not exist.
    NOT_FOUND = 127, "exec";
    /// A signal ended the command; the signal's number is added to this.
    SIGNALLED = 128, "exec";
}
