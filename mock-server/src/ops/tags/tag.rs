//! TagResource: adds tags; a key that is there already gets the new value.

use serde_json::json;

use super::{tag_list, tagged};
use crate::ops::Call;
use crate::wire::{Answer, ApiError};

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Answer, ApiError> {
    let tags = tag_list::read(call.input.members.get("tags"))?;
    tagged::edit(call, |resource| {
        for (key, value) in &tags {
            match resource.tags.iter_mut().find(|(known, _)| known == key) {
                Some((_, known)) => known.clone_from(value),
                None => resource.tags.push((key.clone(), value.clone())),
            }
        }
        tag_list::check_size(&resource.tags, &resource.arn)
    })?;
    Ok(call.answer(&json!({})))
}
