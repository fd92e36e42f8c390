//! Members and items of JSON values.

use serde_json::{Map, Value};

/// Up to here comparing names takes less time than hashing one.
const SMALL: usize = 8;

/// Looks members up by their names.
///
/// Requests consist of small objects whose few names are looked up again and again; hashing these
/// names took a quarter of a request's instructions (`make bench-instructions`).
pub(crate) trait Json {
    /// Returns the member of this name, as `get` does.
    fn member(&self, name: &str) -> Option<&Value>;

    /// Returns the value at the end of a path of member names. `Value::pointer` does the same, but
    /// splits its text each time, which was a sixth of a request's instructions.
    fn at(&self, path: &[&str]) -> Option<&Value> {
        let (first, rest) = path.split_first()?;
        let start = self.member(first)?;
        rest.iter()
            .try_fold(start, |value, name| value.member(name))
    }

    /// Returns the items of the array that a member holds; none if it holds no array.
    fn items(&self, name: &str) -> &[Value] {
        items(self.member(name))
    }

    /// Returns the texts in the array that a member holds, and passes over what is no text.
    fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.items(name).iter().filter_map(Value::as_str)
    }
}

impl Json for Map<String, Value> {
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

impl Json for Value {
    fn member(&self, name: &str) -> Option<&Value> {
        self.as_object()?.member(name)
    }
}

/// Returns the items of an array; none if the value is missing or another kind of value.
pub(crate) fn items(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
