//! The environment in which unmodified clients find the mock.
//!
//! ```text
//! variables    which variables are set and which are taken away, and why
//! proxies      proxy settings that would lead clients past a mock on this machine
//! shell        the same as text that a shell or a dotenv reader takes in
//! ```
//!
//! `bedrock-mock env` prints it, `bedrock-mock exec` gives it to a command: both from here, so that
//! a program that works under the one works under the other.

mod proxies;
mod shell;
mod variables;

pub use proxies::no_proxy_for;
pub(crate) use shell::sh;
pub use shell::{Shell, render};
pub use variables::{Change, Credentials, Endpoint, changes, trust_text};
