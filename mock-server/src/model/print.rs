//! Values as the service prints them in its messages: it is Java, so numbers, lists and buffers look
//! as Java prints them.

use serde_json::{Number, Value};

/// Characters of a value that are printed.
const PRINTED: usize = 10_000;

/// A value that is too long to be repeated, without its end.
pub(super) fn cut(value: String) -> String {
    match value.char_indices().nth(PRINTED) {
        Some((at, _)) => format!("{}…'", &value[..at]),
        None => value,
    }
}

/// A value on its way into a message.
#[derive(Clone, Copy)]
pub(super) enum Shown<'v> {
    Null,
    Text(&'v str),
    Value(&'v Value),
    Float(&'v Number),
    Double(&'v Number),
    Blob(u64),
}

impl Shown<'_> {
    /// The service is Java: numbers, lists and buffers print as Java prints them.
    pub(super) fn print(self) -> String {
        match self {
            Self::Null => "null".into(),
            Self::Text(text) => format!("'{text}'"),
            Self::Value(value) => format!("'{}'", java_value(value)),
            Self::Float(n) => format!(
                "'{}'",
                java_float(f64::from(n.as_f64().unwrap_or_default() as f32), true)
            ),
            Self::Double(n) => format!("'{}'", java_float(n.as_f64().unwrap_or_default(), false)),
            Self::Blob(length) => {
                format!("'java.nio.HeapByteBuffer[pos=0 lim={length} cap={length}]'")
            }
        }
    }
}

fn java_value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(entries) => format!(
            "[{}]",
            entries
                .iter()
                .map(java_value)
                .collect::<Vec<_>>()
                .join(", ")
        ),
        Value::Object(map) => {
            format!(
                "{{{}}}",
                map.iter()
                    .map(|(k, v)| format!("{k}={}", java_value(v)))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        }
        other => other.to_string(),
    }
}

/// `Float.toString` / `Double.toString`: always a fraction, scientific from 10^7 up and below 10^-3.
fn java_float(n: f64, single: bool) -> String {
    let shortest = |n: f64| {
        if single {
            format!("{:?}", n as f32)
        } else {
            format!("{n:?}")
        }
    };
    let size = n.abs();
    if size != 0.0 && !(1e-3..1e7).contains(&size) {
        let text = if single {
            format!("{:e}", n as f32)
        } else {
            format!("{n:e}")
        };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let point = if mantissa.contains('.') { "" } else { ".0" };
        return format!("{mantissa}{point}E{exponent}");
    }
    shortest(n)
}

/// A bound as the service prints it: whole numbers without a fraction.
pub(super) fn plain(n: f64) -> String {
    if n.fract() == 0.0 && n.abs() < 1e15 {
        format!("{}", n as i64)
    } else {
        format!("{n}")
    }
}

/// Bytes behind a base64 text that is known to be valid.
pub(super) fn decoded_length(text: &str) -> u64 {
    let padding = text.bytes().rev().take_while(|b| *b == b'=').count();
    (text.len() / 4 * 3).saturating_sub(padding) as u64
}
