//! Running cases against a target: requests out, verdicts in, events for the reports.

mod deviation_matching;
mod deviations;
mod disputed_cases;
mod events;
mod evidence;
mod exit;
mod header;
mod instance;
mod invocation;
mod options;
mod plan;
mod request;
mod runner;
mod session;
mod shard;
mod smoke;
mod throttling;
mod usage;
mod verdict;
mod verdicts;
mod workers;

pub(crate) use deviation_matching::{DeviationMatcher, take_out};
pub use deviations::{Deviation, Deviations, Outcome};
pub use disputed_cases::DisputedCases;
pub(crate) use events::FORMAT;
pub use events::{
    BodyRecord, Event, ExchangeRecord, FindingRecord, Footer, Header, PartRecord, RunOutcome,
    WireRecord,
};
pub(crate) use evidence::evidence;
pub(crate) use exit::{Ending, exit_code};
pub use instance::{Judged, SILENCE, StepRecord, run as run_instance};
pub use invocation::Invocation;
pub use options::Options;
pub use plan::{Planned, lacks, plan, price};
pub use request::build as build_request;
pub use runner::{Report, run};
pub use shard::{NotAShard, Shard};
pub use verdict::{Counts, Verdict};
pub(crate) use verdicts::worst;
