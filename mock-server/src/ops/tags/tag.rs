//! TagResource: adds tags; a key that is there already gets the new value.

use super::{tag_list, tagged};
use crate::ops::{Call, Output};
use crate::wire::ApiError;

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
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
    call.answer_nothing()
}
