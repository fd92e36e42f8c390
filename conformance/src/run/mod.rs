//! Running cases against a target: requests out, verdicts in, events for the reports.

mod deviations;
mod doubts;
mod events;
mod instance;
mod request;
mod runner;
mod smoke;

pub use deviations::{Deviation, Deviations, Outcome};
pub use doubts::Doubts;
pub(crate) use events::wire as evidence;
pub use events::{Counts, Event, ExchangeRecord, Footer, Header, PartRecord, Verdict};
pub use instance::{Judged, StepRecord, run as run_instance};
pub use request::build as build_request;
pub use runner::{Options, Planned, Report, lacks, plan, price, run};
