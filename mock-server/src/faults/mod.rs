//! What can be made to go wrong, on purpose.
//!
//! A [`Fault`] is one way to break an answer; each has a file in [`kinds`] and a line in its table. A
//! [`Rule`] says which requests meet a fault, and how often; [`Rules`] holds them and counts. Faults of
//! scenarios come the same way: [`apply`] takes an answer and the faults it is to suffer.
//!
//! Where a fault acts, in this order:
//!
//! 1. instead of the operation: [`refusal`];
//! 2. on status, headers and whole bodies, and on events before they are framed: [`apply`];
//! 3. before the head leaves, and on frames and bytes: what [`Delivery`] says, which the server does.

mod apply;
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
mod site;

pub use apply::{apply, dress, ends_the_walk, refusal};
pub use delivery::{Delivery, Hold};
pub use descriptor::{About, Parameter, Reach};
pub use error::RuleError;
pub use fault::Fault;
pub use kinds::KINDS;
pub use pacing::{Pace, Pacing};
pub use plan::{Cut, End, Made, Plan};
pub use rule::Rule;
pub use rules::{Rules, Standing, Strike};
pub use shorthand::read_flag;
pub use site::Site;
