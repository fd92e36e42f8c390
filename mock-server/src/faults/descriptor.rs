//! What a kind of fault says about itself: for help texts, `GET /_mock/faults/kinds` and the suite.

use serde::Serialize;

/// One kind of fault.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// Its name, the value of `kind`.
    pub name: &'static str,
    /// What goes wrong, in one sentence; what differs by protocol is said below.
    pub what: &'static str,
    /// Where it applies.
    pub reach: Reach,
    /// Members beside `kind`.
    pub parameters: &'static [Parameter],
    /// What a client sees over HTTP/1.1.
    pub http1: &'static str,
    /// What a client sees over HTTP/2.
    pub h2: &'static str,
    /// A fault with every parameter set, as JSON.
    pub example: &'static str,
}

/// A parameter of a fault.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Parameter {
    /// Its name in JSON.
    pub name: &'static str,
    /// What it means, its unit and its default.
    pub what: &'static str,
    /// It must be given.
    pub required: bool,
}

/// Which answers a kind of fault can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// Answers of every operation.
    Any,
    /// Answers that are not streams, refusals among them.
    Whole,
    /// Event streams.
    Streams,
    /// ConverseStream alone.
    ConverseStream,
    /// InvokeModelWithResponseStream alone.
    InvokeModelWithResponseStream,
}

/// A parameter that must be given.
pub(super) const fn required(name: &'static str, what: &'static str) -> Parameter {
    Parameter {
        name,
        what,
        required: true,
    }
}

/// A parameter that may be left out.
pub(super) const fn optional(name: &'static str, what: &'static str) -> Parameter {
    Parameter {
        name,
        what,
        required: false,
    }
}

/// What is the same over both protocols.
pub(super) const SAME: &str = "as described";
