//! The service model, interpreted.
//!
//! AWS publishes the shape of every operation as data; this module turns that data into dense
//! tables and answers four questions about a request, in this order:
//!
//! 1. [`route`]: which operation do this method and raw path name?
//! 2. [`bind`]: which member of the operation's input does each part of the request fill?
//! 3. [`validate`]: which modelled constraints does that input break?
//! 4. [`check`]: does an answer of ours fit the operation's output (model ⊕ overlay)?
//!
//! [`query`] takes the place of the first two for the services that read forms instead of paths.
//!
//! Nothing here knows about HTTP libraries, operations' behaviour, or state.

pub mod bind;
pub mod check;
pub mod load;
mod misplaced;
pub mod overlay;
mod print;
pub mod query;
mod read;
pub mod route;
pub mod shape;
pub mod validate;

#[cfg(test)]
mod tests;

pub use bind::{BindError, Input};
pub use load::{Model, Protocol};
pub use misplaced::first_mismatch;
pub use route::{Routed, Router};
pub use shape::{Kind, Location, Member, Operation, Shape, ShapeId};
