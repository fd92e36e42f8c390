//! What a step sends.

pub(super) mod parse;

use serde_json::Value;

use crate::spanned::Diagnostic;
use crate::wire::Framing;

/// A request, with `${…}` still in it.
#[derive(Debug, Clone)]
pub struct Send {
    /// The service that it is sent to and, unless stated otherwise, signed for.
    pub service: String,
    /// What is asked for.
    pub asked: Asked,
    /// Which credentials it carries.
    pub auth: Auth,
    /// Headers to add, replace or leave out.
    pub headers: Vec<(String, HeaderChange)>,
    /// How the body's length is told.
    pub framing: Framing,
    /// The body is written in pieces of this many bytes.
    pub drip: Option<usize>,
    /// Whether the connection of the step before is used again.
    pub reuse: bool,
    /// Members of the input that the model does not have, and that the case does not say it means.
    pub unknown_members: Vec<Diagnostic>,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub enum Asked {
    /// An operation by its model.
    Operation {
        /// Its name.
        name: String,
        /// Its input, which need not be valid.
        input: Value,
    },
    /// Bytes of the author's choice.
    Raw {
        /// HTTP method.
        method: String,
        /// Path and query as they stand in the request line.
        target: String,
        /// The body.
        body: Body,
    },
}

/// A body of the author's choice.
#[derive(Debug, Clone)]
pub enum Body {
    /// None, and no header about it.
    None,
    /// Compact JSON.
    Json(Value),
    /// Text as it is.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// What becomes of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderChange {
    /// It gets these values, each in a line of its own.
    Set(Vec<String>),
    /// It is left out though it would be sent.
    Remove,
}

/// Which credentials a request carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Auth {
    /// What the target prefers; a query service always gets a signature.
    Default,
    /// An API key: the target's, or this one.
    Bearer(Option<String>),
    /// A signature in the header.
    Sigv4(Box<Signing>),
    /// A signature in the query that holds for so many seconds.
    Presigned(Box<Signing>, i64),
    /// An `Authorization` header of the author's choice.
    Header(String),
    /// None.
    None,
}

/// How a signature departs from the right one; all empty is the right one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signing {
    /// Access key id instead of the target's.
    pub access_key: Option<String>,
    /// Secret instead of the target's.
    pub secret: Option<String>,
    /// Session token instead of the target's.
    pub token: Option<String>,
    /// Region in the scope.
    pub region: Option<String>,
    /// Service in the scope.
    pub service: Option<String>,
    /// Seconds that the signer's clock is ahead; negative for behind.
    pub skew_s: i64,
    /// Headers that are sent but not signed.
    pub unsigned: Vec<String>,
}
