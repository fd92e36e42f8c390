//! The exit code of a run or a replay.

use super::verdict::Counts;
use crate::exit_codes::{self, ExitCode};

/// How a run ended, beside its counts.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ending {
    /// The exit code for an early end.
    pub(crate) stopped: Option<ExitCode>,
    /// More was spent than the budget allows.
    pub(crate) overspent: bool,
    /// Number of selected rows.
    pub(crate) selected: usize,
    /// Other shards have further rows.
    pub(crate) is_shard: bool,
    /// A file could not be read; the rows of the others were judged.
    pub(crate) unread: bool,
    /// A declared deviation is out of date.
    pub(crate) stale: bool,
}

/// Returns the exit code of a run: the first of these that applies.
pub(crate) fn exit_code(counts: Counts, ending: &Ending) -> ExitCode {
    let unexpected = counts.failed > 0 || counts.unexpected_passes > 0;
    // An overspent budget matters more than any verdict.
    if ending.overspent {
        return exit_codes::BUDGET_SPENT;
    }
    match ending.stopped {
        Some(code) if [exit_codes::TARGET_FAILED, exit_codes::BAD_USAGE].contains(&code) => {
            return code;
        }
        // A failure that was found before the early end remains one.
        Some(_) if unexpected => return exit_codes::UNEXPECTED_VERDICT,
        Some(code) => return code,
        None => {}
    }
    if ending.selected == 0 && ending.is_shard {
        exit_codes::AS_EXPECTED
    } else if unexpected {
        exit_codes::UNEXPECTED_VERDICT
    } else if ending.unread {
        exit_codes::BAD_USAGE
    } else if counts.skipped == ending.selected {
        exit_codes::NOTHING_SELECTED
    } else if counts.inconclusive > 0 || counts.passed + counts.deviating == 0 {
        exit_codes::INCONCLUSIVE
    } else if ending.stale {
        exit_codes::STALE
    } else {
        exit_codes::AS_EXPECTED
    }
}
