//! JSON that knows where it stands: every value a user writes is read from here, so that every
//! complaint names file, line and column.

mod diagnostic;
mod members;
mod node;
mod parse;

pub use diagnostic::Diagnostic;
pub use members::Members;
pub(crate) use members::{count, list, mistyped, object, string};
pub use node::{Kind, Node, Place};
pub use parse::parse;
