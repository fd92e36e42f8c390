//! Files inside the program: cases, targets, deviations and what else `conformance/data/` holds.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Where the files of deviations are, for messages.
pub(crate) const DEVIATIONS_FOLDER: &str = "conformance/data/deviations";

/// Cases that may be wrong themselves: path for messages, text.
pub(crate) const DISPUTED_CASES: (&str, &str) = (
    "conformance/data/case-doubts.json",
    include_str!("../data/case-doubts.json"),
);

/// What no case can name, with reasons: path for messages, text.
pub(crate) const AUDIT_WAIVERS: (&str, &str) = (
    "conformance/data/audit-waivers.json",
    include_str!("../data/audit-waivers.json"),
);

/// What derived requests are built on: path for messages, text.
pub(crate) const DERIVED_BASES: (&str, &str) = (
    "conformance/data/bases.json",
    include_str!("../data/bases.json"),
);

/// Members that the service did not write until some day: path for messages, text.
pub(crate) const REPLAY_ERAS: (&str, &str) = (
    "conformance/data/replay-eras.json",
    include_str!("../data/replay-eras.json"),
);
