//! What is derived from a run's events: text on a terminal while it runs, and reports afterwards.

mod badge;
mod diff;
mod headline;
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
pub use html::page as html;
pub use junit::junit;
pub use markdown::markdown;
pub use matrix::matrix;
pub use merge::{MergeError, merge};
pub use parse::{ParseError, Report, Row, RowVerdict, parse};
pub use progress::Progress;
pub use sanitize::{Sanitized, sanitize};
pub use summary::Summary;
pub use tap::tap;
