//! What is judged: a server that the suite starts, one at a URL, or the real service.

mod budget;
mod guard;
mod open;
mod reach;
mod read;
mod spawn;
mod target;

pub(crate) use budget::cost;
pub use budget::{Budget, Spent};
pub use open::{Credential, OpenError, OpenTarget, Overrides, open};
pub use read::{find, read};
pub use target::{Form, Kind, Preference, Secret, Target};
