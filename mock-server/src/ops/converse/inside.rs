//! Values deep inside others.

use serde_json::Value;

use crate::model::Members as _;

/// What is found by the names of members, one inside the other. `Value::pointer` does the same, but
/// takes its text apart anew each time, which for the dozens of looks that one request gets was a
/// sixth of all instructions.
pub(in crate::ops) trait Inside {
    /// The value at the end of the path.
    fn inside(&self, path: &[&str]) -> Option<&Value>;
}

impl Inside for Value {
    fn inside(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(self, |value, name| value.member(name))
    }
}
