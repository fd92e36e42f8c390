//! What the exit code of `bedrock-conformance` says.
//!
//! Scripts and CI read these, so a number never changes its meaning. Failure to set up a run is
//! never 0.

/// One exit code and what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExitCode {
    /// The number the process ends with.
    pub number: u8,
    /// A short name, for tables and logs.
    pub name: &'static str,
    /// What it says, in one sentence.
    pub meaning: &'static str,
}

/// 0: every verdict is the expected one.
pub const AS_EXPECTED: ExitCode = ExitCode {
    number: 0,
    name: "as-expected",
    meaning: "Every selected case was judged and every verdict is the expected one; a shard may have none.",
};

/// 1: a verdict is not the expected one.
pub const UNEXPECTED_VERDICT: ExitCode = ExitCode {
    number: 1,
    name: "unexpected-verdict",
    meaning: "At least one verdict is not the expected one, for better or for worse.",
};

/// 2: the command line or a case or target file is wrong.
pub const BAD_USAGE: ExitCode = ExitCode {
    number: 2,
    name: "bad-usage",
    meaning: "The command line, a case file or a target file is wrong; nothing was judged.",
};

/// 3: the target cannot be reached or died.
pub const TARGET_FAILED: ExitCode = ExitCode {
    number: 3,
    name: "target-failed",
    meaning: "The target could not be started or reached, or it died or stopped answering during the run.",
};

/// 4: no case was selected.
pub const NOTHING_SELECTED: ExitCode = ExitCode {
    number: 4,
    name: "nothing-selected",
    meaning: "No case was selected or none could be run, so nothing was judged.",
};

/// 5: the budget ended the run.
pub const BUDGET_SPENT: ExitCode = ExitCode {
    number: 5,
    name: "budget-spent",
    meaning: "The run stopped before its end because the next case could have exceeded the budget, or because answers cost more than it.",
};

/// 6: only a deviation or a recording is out of date.
pub const STALE: ExitCode = ExitCode {
    number: 6,
    name: "stale",
    meaning: "All verdicts are as expected, but a declared deviation or a recording is out of date.",
};

/// 7: it could not be told.
pub const INCONCLUSIVE: ExitCode = ExitCode {
    number: 7,
    name: "inconclusive",
    meaning: "No verdict is unexpected, but the target was too busy to judge every row (none may be left), or nothing it did was as expected.",
};

/// 89: reserved for client shims.
pub const NOT_IMPLEMENTED: ExitCode = ExitCode {
    number: 89,
    name: "not-implemented",
    meaning: "Reserved for client shims, which end with it when they lack what a case needs; the suite itself never does.",
};

/// All of them, by number.
pub const ALL: [ExitCode; 9] = [
    AS_EXPECTED,
    UNEXPECTED_VERDICT,
    BAD_USAGE,
    TARGET_FAILED,
    NOTHING_SELECTED,
    BUDGET_SPENT,
    STALE,
    INCONCLUSIVE,
    NOT_IMPLEMENTED,
];
