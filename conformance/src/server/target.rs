//! A target as its file states it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::case::BasisKind;
use crate::wire::Patience;

/// A target as its file states it.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its name: the file's, without suffix.
    pub name: String,
    /// One line.
    pub about: String,
    /// How it is reached.
    pub kind: Kind,
    /// Region.
    pub region: String,
    /// Account, if cases can know it.
    pub account: Option<String>,
    /// Which credentials a case gets that does not say.
    pub prefers: Preference,
    /// An API key.
    pub bearer: Option<Secret>,
    /// Access key id.
    pub access_key: Option<Secret>,
    /// Secret access key.
    pub secret: Option<Secret>,
    /// Session token.
    pub token: Option<Secret>,
    /// Model ids by role.
    pub roles: BTreeMap<String, String>,
    /// What it claims to be able to do.
    pub capabilities: BTreeSet<String>,
    /// What it claims, but cannot be judged here, and why.
    pub dropped: BTreeMap<String, String>,
    /// How much of the form of its answers is judged.
    pub form: Form,
    /// Operations that derived cases are made for; empty for none.
    pub operations: Vec<String>,
    /// Kinds of ground whose failures are failures of the run; others are only told.
    pub counts: Vec<BasisKind>,
    /// Whether it is the real service, which alone may change what is expected.
    pub authority: bool,
    /// Cases that run at the same time.
    pub concurrency: usize,
    /// Requests that may start in a second; none for no limit.
    pub per_second: Option<u64>,
    /// Milliseconds that a read may take.
    pub timeout_ms: u64,
    /// Milliseconds that a whole exchange may take, streams included.
    pub deadline_ms: u64,
    /// US dollars for a million tokens, in and out, by role; `default` for the others.
    pub prices: BTreeMap<String, (f64, f64)>,
}

impl Target {
    /// How long it may take.
    pub fn patience(&self) -> Patience {
        Patience {
            read: Duration::from_millis(self.timeout_ms),
            exchange: Duration::from_millis(self.deadline_ms),
        }
    }
}

/// How much of the form of answers is an obligation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Names, their order and case, and that no further headers are there: for what says that it answers
    /// just as the service does.
    Exact,
    /// The names that clients read. The rest is told only: gateways and proxies order members and order
    /// and add headers as they like, and no client reads the difference.
    Names,
}

/// How a target is reached.
#[derive(Debug, Clone)]
pub enum Kind {
    /// The suite starts it and reads its address from its output.
    Spawn {
        /// Program and arguments; `{binary}` is the program's path.
        command: Vec<String>,
        /// The program's name, looked for beside the suite's own.
        binary: String,
        /// What stands before the address in its output.
        listening: String,
        /// Program and arguments that print its version in their first line; may be empty.
        version: Vec<String>,
    },
    /// It is there: base URLs by service, `default` for the others.
    Url(BTreeMap<String, String>),
    /// The real service: as URL, with `{region}`, and it costs money.
    Aws(BTreeMap<String, String>),
}

/// Which credentials a case gets that does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preference {
    /// An API key.
    Bearer,
    /// A signature.
    Sigv4,
    /// None: the target takes everybody.
    None,
}

/// Where a secret comes from; it never stands in a file unless it is public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// An environment variable.
    Env(String),
    /// The rest of the line that begins so in the spawned program's output.
    Line(String),
    /// A value that everybody may know, such as a development key of a mock.
    Public(String),
}
