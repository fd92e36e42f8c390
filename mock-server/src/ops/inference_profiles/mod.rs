//! Inference profiles: the service's own, and those that an account makes from them.
//!
//! | file | what |
//! |---|---|
//! | `create`, `get`, `list`, `delete` | the operations |
//! | `idempotency` | what a `clientRequestToken` remembers |
//! | `page` | the opaque `nextToken` |
//! | `summary` | a profile as the service writes it |

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
mod idempotency;
pub(super) mod list;
mod page;
mod summary;
