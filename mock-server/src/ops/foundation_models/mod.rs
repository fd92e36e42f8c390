//! Foundation models of a region.
//!
//! | file | what |
//! |---|---|
//! | `list`, `get`, `availability` | the operations |
//! | `details` | a model as the service writes it |

pub(super) mod availability;
mod details;
pub(super) mod get;
pub(super) mod list;
