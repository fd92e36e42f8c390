//! Running cases against a target: requests out, verdicts in, events for the reports.

mod deviations;
mod doubts;
mod events;
mod instance;
mod plan;
mod request;
mod runner;
mod smoke;
mod verdicts;

pub use deviations::{Deviation, Deviations, Outcome};
pub use doubts::Doubts;
pub(crate) use events::wire as evidence;
pub use events::{Counts, Event, ExchangeRecord, Footer, Header, PartRecord, Verdict};
pub use instance::{Judged, StepRecord, run as run_instance};
pub use plan::{Planned, lacks, plan, price};
pub use request::build as build_request;
pub use runner::{Options, Report, run};
