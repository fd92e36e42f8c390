//! The dense tables: shapes, members, operations.

use std::sync::OnceLock;

use regex::Regex;

use crate::operations::Known;

/// Index of a shape in its model's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShapeId(pub(crate) u32);

/// One shape of the service model.
#[derive(Debug)]
pub struct Shape {
    /// The shape's name in the model, for example `ContentBlock`.
    pub name: Box<str>,
    /// What kind of value it describes, with the constraints of that kind.
    pub kind: Kind,
    /// Values of this shape are left out of the service's messages (model ⊕ overlay).
    pub sensitive: bool,
}

/// What a shape describes. Lengths count Unicode scalar values, bytes for blobs, entries for
/// lists and maps.
#[derive(Debug)]
pub enum Kind {
    /// A JSON object with named members; a union has exactly one of them set.
    Structure {
        /// Members in the model's order.
        members: Vec<Member>,
        /// Exactly one member must be set.
        union: bool,
    },
    /// An event stream: one member per kind of event.
    EventStream {
        /// One member per kind of event, exceptions included.
        members: Vec<Member>,
    },
    /// Free-form JSON.
    Document,
    /// A list of one shape.
    List {
        /// The shape of the entries.
        member: ShapeId,
        /// Allowed number of entries.
        length: Bounds<u64>,
    },
    /// A map from strings.
    Map {
        /// The shape of the keys.
        key: ShapeId,
        /// The shape of the values.
        value: ShapeId,
        /// Allowed number of entries.
        length: Bounds<u64>,
    },
    /// Text.
    String {
        /// Allowed values, empty for any.
        values: Vec<Box<str>>,
        /// Pattern that the whole value must match.
        pattern: Option<Pattern>,
        /// Allowed length.
        length: Bounds<u64>,
    },
    /// Bytes: base64 in JSON, raw in a payload.
    Blob {
        /// Allowed length in bytes.
        length: Bounds<u64>,
    },
    /// A whole number of at most 32 bits.
    Integer {
        /// Allowed values.
        range: Bounds<f64>,
    },
    /// A whole number of at most 64 bits.
    Long {
        /// Allowed values.
        range: Bounds<f64>,
    },
    /// A single-precision number.
    Float {
        /// Allowed values.
        range: Bounds<f64>,
    },
    /// A double-precision number.
    Double {
        /// Allowed values.
        range: Bounds<f64>,
    },
    /// `true` or `false`.
    Boolean,
    /// A point in time.
    Timestamp,
}

/// Inclusive bounds, either of which may be missing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bounds<T> {
    /// The least allowed value.
    pub min: Option<T>,
    /// The greatest allowed value.
    pub max: Option<T>,
}

impl Bounds<u64> {
    /// Whether a length lies within.
    pub fn admits(&self, length: u64) -> bool {
        self.min.is_none_or(|min| length >= min) && self.max.is_none_or(|max| length <= max)
    }
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// The member's name, as SDKs and messages spell it.
    pub name: Box<str>,
    /// Its name on the wire, which differs for some headers and query parameters.
    pub wire_name: Box<str>,
    /// Where in the request it travels.
    pub location: Location,
    /// Its shape.
    pub shape: ShapeId,
    /// It must be present.
    pub required: bool,
}

/// Where a member travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// In the JSON body.
    Body,
    /// As a label of the path.
    Uri,
    /// As a query parameter.
    Query,
    /// As one header.
    Header,
    /// As every header that starts with the wire name.
    HeaderMap,
}

/// An operation of the service.
#[derive(Debug)]
pub struct Operation {
    /// The operation's name, for example `ConverseStream`.
    pub name: Box<str>,
    /// HTTP method.
    pub method: Box<str>,
    /// Path template as modelled, for example `/model/{modelId}/converse`.
    pub uri: Box<str>,
    /// Status of a successful answer.
    pub status: u16,
    /// Input shape, if the operation takes any.
    pub input: Option<ShapeId>,
    /// Output shape, if the operation gives any.
    pub output: Option<ShapeId>,
    /// The input member that is the whole body, if any.
    pub payload: Option<Box<str>>,
    /// Names of the exceptions that the operation's model lists.
    pub errors: Vec<Box<str>>,
    /// The output is a stream of events.
    pub streams: bool,
    /// What the mock knows of the operation beside its model; nothing of those it has no row for.
    pub known: Option<&'static Known>,
}

/// A modelled pattern, compiled when a value first meets it: compiling all of them at start would
/// cost more time and memory than everything else the mock does there.
#[derive(Debug)]
pub struct Pattern {
    source: Box<str>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Keeps the pattern's text; compiles nothing yet.
    pub fn new(source: &str) -> Self {
        Self {
            source: source.into(),
            compiled: OnceLock::new(),
        }
    }

    /// The pattern as the model writes it and as the service prints it.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the whole value matches. The service uses Java's `matches`, so the pattern is
    /// anchored at both ends whether or not it says so, and `\w \d \s` are ASCII. A pattern that
    /// this engine cannot express (look-around) accepts everything: refusing valid requests would
    /// be the worse error.
    pub fn matches(&self, value: &str) -> bool {
        self.compiled().is_none_or(|regex| regex.is_match(value))
    }

    /// Whether this engine can express the pattern.
    pub fn is_expressible(&self) -> bool {
        self.compiled().is_some()
    }

    fn compiled(&self) -> Option<&Regex> {
        self.compiled
            .get_or_init(|| Regex::new(&format!("^(?:{})$", java_to_rust(&self.source))).ok())
            .as_ref()
    }
}

/// Java's class shorthands are ASCII and its `$` inside an alternative still means the end; Rust's
/// shorthands are Unicode, and switching Unicode off altogether would forbid `.` and ranges beyond
/// ASCII, so only the shorthands are rewritten.
fn java_to_rust(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut chars = pattern.chars().peekable();
    let mut in_class = 0u32;
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let Some(next) = chars.next() else {
                    out.push('\\');
                    break;
                };
                match (next, in_class > 0) {
                    ('d', true) => out.push_str("0-9"),
                    ('d', false) => out.push_str("[0-9]"),
                    ('w', true) => out.push_str("a-zA-Z_0-9"),
                    ('w', false) => out.push_str("[a-zA-Z_0-9]"),
                    ('s', true) => out.push_str(r"\t\n\x0B\f\r "),
                    ('s', false) => out.push_str(r"[\t\n\x0B\f\r ]"),
                    ('W', false) => out.push_str("[^a-zA-Z_0-9]"),
                    ('D', false) => out.push_str("[^0-9]"),
                    ('S', false) => out.push_str(r"[^\t\n\x0B\f\r ]"),
                    (other, _) if other.is_ascii_alphabetic() || !other.is_alphanumeric() => {
                        // The model is JSON that passed through Java source: `\u0020` is Java's
                        // spelling of a code point, Rust's is `\u{0020}` or exactly four digits.
                        out.push('\\');
                        out.push(other);
                    }
                    (other, _) => out.push(other),
                }
            }
            '[' => {
                in_class += 1;
                // A bracket inside a class is literal in the model's patterns, never a nested set.
                if in_class > 1 {
                    in_class = 1;
                    out.push('\\');
                }
                out.push('[');
                if chars.peek() == Some(&'^') {
                    chars.next();
                    out.push('^');
                }
                if chars.peek() == Some(&']') {
                    chars.next();
                    out.push_str("\\]");
                }
            }
            ']' if in_class > 0 => {
                in_class = 0;
                out.push(']');
            }
            // `--`, `&&` and `~~` are set operators in Rust's classes and plain characters in the model.
            '-' | '&' | '~' if in_class > 0 && chars.peek() == Some(&c) => {
                out.push('\\');
                out.push(c);
            }
            other => out.push(other),
        }
    }
    out
}
