//! A list of tags as requests carry it: no key twice, none of AWS's own, at most 50 on a resource.

use serde_json::Value;

use crate::wire::{ApiError, rows};

/// Most tags on one resource: AWS's limit for tags that users set.
const LIMIT: usize = 50;

/// Keys and values of a list, in its order; none if it is absent.
pub(in crate::ops) fn read(list: Option<&Value>) -> Result<Vec<(String, String)>, ApiError> {
    let mut tags: Vec<(String, String)> = Vec::new();
    for tag in list.and_then(Value::as_array).into_iter().flatten() {
        let text = |name| tag.get(name).and_then(Value::as_str).unwrap_or_default();
        let (key, value) = (text("key"), text("value"));
        if tags.iter().any(|(known, _)| known == key) {
            return Err(ApiError::row(rows::control::TAG_KEY_TWICE).with("key", key));
        }
        if key
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
        {
            return Err(
                ApiError::row(rows::control::TAG_KEY_RESERVED).hint(format!("tag key {key}"))
            );
        }
        tags.push((key.to_owned(), value.to_owned()));
    }
    Ok(tags)
}

/// Refuses more tags than a resource can have.
pub(in crate::ops) fn check_size(tags: &[(String, String)], arn: &str) -> Result<(), ApiError> {
    if tags.len() <= LIMIT {
        return Ok(());
    }
    Err(ApiError::row(rows::control::TOO_MANY_TAGS)
        .with("limit", &LIMIT.to_string())
        .member("resourceName", arn)
        .hint(format!("{arn} would have {} tags", tags.len())))
}
