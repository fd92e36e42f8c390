//! Exit codes of the `bedrock-mock` program.

/// Stopped as asked.
pub const OK: u8 = 0;
/// Could not start: the port is taken, a file cannot be read, embedded data are damaged.
pub const CANNOT_START: u8 = 1;
/// Wrong flags, environment or configuration file.
pub const USAGE: u8 = 2;
/// `--self-check` found answers that do not fit the service model.
pub const SELF_CHECK: u8 = 3;
