//! Where a request enters: its protocol, the eight steps to its answer, its line in the access log.
//!
//! | file | what |
//! |---|---|
//! | `pipeline` | the eight steps that every request takes |
//! | `protocol` | what differs between the protocols: `rest_json`, `query` |
//! | `outcome` | what became of a request |
//! | `conformity` | whether answers fit the service model, for tests |
//! | `log` | the access log |

mod conformity;
pub mod log;
mod outcome;
mod pipeline;
mod protocol;
mod query;
mod rest_json;

pub use outcome::Outcome;
pub use pipeline::answer;
