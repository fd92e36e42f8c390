//! Faults: what goes wrong on purpose.
//!
//! A [`Fault`] is one way to break an answer; each has a file in [`kinds`] and a line in its table. A
//! [`Rule`] says which requests a fault applies to, and how often; [`Rules`] holds them and counts.
//! Faults of scenarios come the same way: [`apply_to_answer`] takes an answer and the faults.
//!
//! Where a fault acts, in this order:
//!
//! 1. instead of the operation: [`refusal`];
//! 2. on status, headers and unary bodies, and on events before they are framed: [`apply_to_answer`];
//! 3. before the head leaves, and on frames and bytes: as [`Delivery`] says, which the server carries out.

mod apply;
mod context;
mod delivery;
mod descriptor;
mod error;
mod error_rows;
mod fault;
pub mod kinds;
mod pacing;
mod plan;
mod rule;
mod rules;
mod shorthand;

pub use apply::{apply_to_answer, is_terminal, refusal};
pub use context::FaultContext;
pub use delivery::{Delivery, Hold};
pub use descriptor::{Descriptor, Parameter, Reach};
pub use error::RuleError;
pub use fault::Fault;
pub use kinds::KINDS;
pub use pacing::{Pace, Pacing};
pub use plan::{Cut, EncodedFrame, End, Plan};
pub use rule::Rule;
pub use rules::{ActiveRule, Rules, Strike};
pub use shorthand::read_flag;
