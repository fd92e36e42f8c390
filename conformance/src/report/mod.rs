//! What is derived from a run's events.

mod badge;
mod diff;
mod html;
mod junit;
mod markdown;
mod matrix;
mod merge;
mod parse;
mod progress;
mod sanitize;
mod summary;
mod tap;

pub use badge::badge;
pub use diff::{Change, diff, doubts};
pub use html::html;
pub use junit::junit;
pub use markdown::markdown;
pub use matrix::matrix;
pub use merge::merge;
pub use parse::{Loaded, Part, Row, load};
pub use progress::Progress;
pub use sanitize::{Sanitized, sanitize};
pub use summary::Summary;
pub use tap::tap;
