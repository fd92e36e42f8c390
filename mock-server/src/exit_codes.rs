//! Exit codes of the `bedrock-mock` program.
//!
//! `bedrock-mock exec` returns its command's exit code and uses the codes that shells use for
//! commands that could not run or were ended by a signal. So 1 and 2 can come from the command as
//! well; what `exec` has to say itself stands on standard error after `bedrock-mock:`.

/// Stopped as asked.
pub const OK: u8 = 0;
/// Could not start: the port is taken, a file cannot be read, embedded data are damaged. For
/// `health`: nobody healthy there.
pub const CANNOT_START: u8 = 1;
/// Wrong flags, environment or configuration file.
pub const USAGE: u8 = 2;
/// `--self-check` found answers that do not fit the service model. `exec` returns it only where the
/// command succeeded.
pub const SELF_CHECK: u8 = 3;
/// `key decode`: the key would be refused.
pub const KEY_REFUSED: u8 = 4;
/// `lint`: a file would not be loaded.
pub const SCENARIO_ERRORS: u8 = 5;
/// `lint --deny-warnings`: the files would be loaded, and there are warnings.
pub const SCENARIO_WARNINGS: u8 = 6;
/// `exec`: the command is there and cannot be run.
pub const NOT_EXECUTABLE: u8 = 126;
/// `exec`: there is no such command.
pub const NOT_FOUND: u8 = 127;
/// `exec`: the number of the signal that ended the command is added to this.
pub const SIGNALLED: u8 = 128;
