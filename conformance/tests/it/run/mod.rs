//! Runs against servers of canned answers.

mod deviations;
mod exit_codes;
mod limits;
mod silence;
mod verdicts;
