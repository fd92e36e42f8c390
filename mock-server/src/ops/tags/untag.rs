//! UntagResource: removes tags; keys that are not there are no error.

use super::tagged;
use crate::json::Json as _;
use crate::ops::{Call, Output};
use crate::wire::ApiError;

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let keys: Vec<&str> = call.input.members.texts("tagKeys").collect();
    tagged::edit(call, |resource| {
        resource
            .tags
            .retain(|(key, _)| !keys.contains(&key.as_str()));
        Ok(())
    })?;
    call.answer_nothing()
}
