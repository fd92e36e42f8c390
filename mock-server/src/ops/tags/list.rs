//! ListTagsForResource: all tags of a resource, in the order in which they were set.

use serde_json::{Value, json};

use super::tagged;
use crate::ops::Call;
use crate::wire::{Answer, ApiError};

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Answer, ApiError> {
    let view = call.app.accounts.view(&call.principal.account);
    let resource = tagged::find(call, &view)?;
    let tags: Vec<Value> = resource
        .tags
        .iter()
        .map(|(key, value)| json!({ "key": key, "value": value }))
        .collect();
    Ok(call.answer(&json!({ "tags": tags })))
}
