//! The exit codes of `bedrock-conformance`.
//!
//! Scripts and CI depend on these, so a number never changes its meaning. A run that cannot be set up
//! never exits 0.

/// One exit code and its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExitCode {
    /// The number that the process exits with.
    pub number: u8,
    /// A short name, for tables and logs.
    pub name: &'static str,
    /// Its meaning, in one sentence.
    pub meaning: &'static str,
}

/// 0: every verdict is the expected one.
pub const AS_EXPECTED: ExitCode = ExitCode {
    number: 0,
    name: "as-expected",
    meaning: "Every selected case was judged and every verdict is as expected; a shard may have no cases.",
};

/// 1: a verdict is not the expected one.
pub const UNEXPECTED_VERDICT: ExitCode = ExitCode {
    number: 1,
    name: "unexpected-verdict",
    meaning: "At least one verdict is not as expected: a row failed, or passed though it was declared to fail.",
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
    meaning: "The run stopped early because the next case could have exceeded the budget, or because answers cost more than the budget.",
};

/// 6: only a deviation or a recording is out of date.
pub const STALE: ExitCode = ExitCode {
    number: 6,
    name: "stale",
    meaning: "All verdicts are as expected, but a declared deviation or a recording is out of date.",
};

/// 7: no verdict was possible.
pub const INCONCLUSIVE: ExitCode = ExitCode {
    number: 7,
    name: "inconclusive",
    meaning: "No verdict is unexpected, but the target was too busy to judge every row, or no row was as expected.",
};

/// 89: reserved.
pub const NOT_IMPLEMENTED: ExitCode = ExitCode {
    number: 89,
    name: "not-implemented",
    meaning: "Reserved for later use; no command of this version exits with it.",
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
