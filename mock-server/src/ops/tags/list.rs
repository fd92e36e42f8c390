//! ListTagsForResource: all tags of a resource, in the order in which they were set.

use serde::Serialize;

use super::tagged;
use crate::ops::{Call, Output};
use crate::wire::ApiError;

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let view = call.app.accounts.view(&call.principal.account);
    let resource = tagged::find(call, &view)?;
    let tags = resource.tags.iter().map(|(key, value)| Tag { key, value });
    call.answer(&Tags {
        tags: tags.collect(),
    })
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tags<'a> {
    tags: Vec<Tag<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tag<'a> {
    key: &'a str,
    value: &'a str,
}
