//! The command line of a run, as its report shows it: to run it again, and to tell shards of one run
//! from those of another.

use serde_json::Value;

use crate::shell::shell;

/// The command line of a run.
#[derive(Debug, Clone, Default)]
pub struct Invocation {
    /// The command without ids.
    pub command: String,
    /// The command for the cases that show capabilities; they may be others than those that are run.
    pub smoke: String,
    /// What the command line says otherwise than the target's file, secrets removed.
    pub config: Value,
    /// Rows derived from the service model that were left out.
    pub left_out: usize,
}

impl Invocation {
    /// The command that runs one row or case again.
    pub fn again(&self, full: &str) -> String {
        format!("{} {}", self.command, shell(full))
    }

    /// Likewise, with whatever the target claims believed: for the case that shows a claim wrong.
    pub fn unchecked(&self, full: &str) -> String {
        format!("{} {}", self.smoke, shell(full))
    }
}
