//! What is derived from a run's events.

mod summary;

pub use summary::Summary;
