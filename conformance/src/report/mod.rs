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
mod shell;
mod summary;
mod tap;
mod visible;

pub use badge::badge;
pub use diff::{Change, diff, doubts};
pub use html::html;
pub use junit::junit;
pub use load::{Loaded, Part, Row, load};
pub use markdown::markdown;
pub use matrix::matrix;
pub use merge::merge;
pub use progress::Progress;
pub use shell::{shell, without_secrets};
pub use summary::Summary;
pub use tap::tap;
pub use visible::{Visible, visible};
