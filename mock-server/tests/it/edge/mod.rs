//! Where requests enter: paths, hosts, and the query protocol.

mod hints;
mod hosts;
mod query_protocol;
mod routing;
