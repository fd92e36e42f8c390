//! What is derived from a run's events.

mod badge;
mod diff;
mod html;
mod junit;
mod load;
mod markdown;
mod matrix;
mod merge;
mod progress;
mod summary;
mod tap;

pub use badge::badge;
pub use diff::{Change, diff};
pub use html::html;
pub use junit::junit;
pub use load::{Loaded, Part, Row, load};
pub use markdown::markdown;
pub use matrix::matrix;
pub use merge::merge;
pub use progress::Progress;
pub use summary::Summary;
pub use tap::tap;
