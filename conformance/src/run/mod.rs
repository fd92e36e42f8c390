//! Running cases against a target: requests out, verdicts in, events for the reports.

mod deviations;
mod doubts;
mod events;
mod excuses;
mod hands;
mod instance;
mod origin;
mod plan;
mod request;
mod runner;
mod smoke;
mod throttling;
mod usage;
mod verdicts;

pub use deviations::{Deviation, Deviations, Outcome};
pub use doubts::Doubts;
pub(crate) use events::wire as evidence;
pub use events::{Counts, Event, ExchangeRecord, Footer, Header, PartRecord, Verdict};
pub(crate) use excuses::{Excuses, take_out};
pub use instance::{Judged, SILENCE, StepRecord, run as run_instance};
pub use origin::Origin;
pub use plan::{Planned, lacks, plan, price};
pub use request::build as build_request;
pub use runner::{Options, Report, run};
pub(crate) use verdicts::{count, worst};
