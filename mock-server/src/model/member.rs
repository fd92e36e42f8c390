//! Members of JSON objects by their names.

use serde_json::{Map, Value};

/// Up to here comparing names takes less time than hashing one.
const SMALL: usize = 8;

/// Looks members up as `get` does. Requests consist of small objects that are asked for the same few
/// names again and again; hashing these names took a quarter of a request's time
/// (`make bench-instructions`).
pub trait Members {
    /// The member of this name, if there is one.
    fn member(&self, name: &str) -> Option<&Value>;
}

impl Members for Map<String, Value> {
    fn member(&self, name: &str) -> Option<&Value> {
        if self.len() > SMALL {
            return self.get(name);
        }
        let mut entries = self.iter();
        entries
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
}

impl Members for Value {
    fn member(&self, name: &str) -> Option<&Value> {
        self.as_object()?.member(name)
    }
}
