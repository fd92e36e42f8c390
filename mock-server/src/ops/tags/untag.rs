//! UntagResource: removes tags; keys that are not there are no error.

use serde_json::{Value, json};

use super::tagged;
use crate::ops::Call;
use crate::wire::{Answer, ApiError};

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Answer, ApiError> {
    let keys = call.input.members.get("tagKeys").and_then(Value::as_array);
    let keys: Vec<&str> = keys
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    tagged::edit(call, |resource| {
        resource
            .tags
            .retain(|(key, _)| !keys.contains(&key.as_str()));
        Ok(())
    })?;
    Ok(call.answer(&json!({})))
}
