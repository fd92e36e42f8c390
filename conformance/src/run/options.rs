//! How to run.

use super::deviations::Deviations;
use super::disputed_cases::DisputedCases;
use super::invocation::Invocation;
use crate::case::{Case, Selection};

/// How to run.
#[derive(Debug, Default)]
pub struct Options {
    /// Which rows.
    pub selection: Selection,
    /// What the target is known to do otherwise.
    pub deviations: Deviations,
    /// Cases in doubt.
    pub doubts: DisputedCases,
    /// Dollars; needed for the real service.
    pub max_usd: Option<f64>,
    /// Hands instead of the target's.
    pub concurrency: Option<usize>,
    /// The capabilities that the target claims are believed.
    pub no_smoke: bool,
    /// The cases that show capabilities, where they are none of the cases that are run.
    pub smoke: Vec<Case>,
    /// What the run was asked for with.
    pub origin: Invocation,
}
