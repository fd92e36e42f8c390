//! The service models as the suite reads them: which operation a request means, what a request
//! for an operation looks like, and whether an answer has the modelled form.

mod bind;
mod check;
mod errors;
mod overlay;
mod query_form;
mod scalar;
mod service;
mod xml;

pub use bind::{Bound, bind};
pub use check::{Mismatch, check_shape};
pub use errors::{ErrorRow, ErrorRows, Form};
pub use overlay::Overlay;
pub(crate) use service::SERVICES;
pub use service::{Malformed, Models, Operation, Protocol, Service};
pub use xml::read as read_xml;
