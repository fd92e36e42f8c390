//! UntagResource: removes tags; keys that are not there are no error.

use serde_json::json;

use super::tagged;
use crate::json::Json as _;
use crate::ops::Call;
use crate::wire::{Answer, ApiError};

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Answer, ApiError> {
    let keys: Vec<&str> = call.input.members.texts("tagKeys").collect();
    tagged::edit(call, |resource| {
        resource
            .tags
            .retain(|(key, _)| !keys.contains(&key.as_str()));
        Ok(())
    })?;
    Ok(call.answer(&json!({})))
}
