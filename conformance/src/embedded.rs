//! The cases, targets and deviations that come with the suite.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Cases that may be wrong themselves.
pub const DOUBTS: &str = include_str!("../case-doubts.json");
