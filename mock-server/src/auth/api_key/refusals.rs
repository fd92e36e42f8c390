//! One constructor per refusal of an API key.
//!
//! The service gives one text to almost every bad key. The rows are apart all the same, because
//! their sources are, and the hint says which case it was.

use super::super::refusal::Refusal;
use crate::wire::rows;

/// No such key: deleted, reset, mistyped, or never registered with this mock.
pub fn unknown() -> Refusal {
    Refusal::new(
        rows::auth::API_KEY_INVALID,
        "the API key is not known here: mint a development key, or start with --api-key",
    )
}

/// A long-term key whose status is `Inactive`.
pub fn inactive() -> Refusal {
    Refusal::new(
        rows::auth::API_KEY_INACTIVE,
        "the API key is inactive: set its status to Active with UpdateServiceSpecificCredential",
    )
}

/// A key whose time is over, of either kind.
pub fn expired() -> Refusal {
    Refusal::new(
        rows::auth::API_KEY_EXPIRED,
        "the API key has expired: make a new one",
    )
}

pub(super) fn broken(why: &str) -> Refusal {
    Refusal::new(
        rows::auth::API_KEY_INVALID,
        format!("the API key is broken: {why}"),
    )
}

pub(super) fn forged() -> Refusal {
    broken("its signature does not match, so it was made with another secret or changed since")
}

pub(super) fn wrong_region(key: &str, endpoint: &str) -> Refusal {
    Refusal::new(
        rows::auth::API_KEY_WRONG_REGION,
        format!("the API key was made for {key}, this endpoint is {endpoint}"),
    )
}

pub(super) fn wrong_prefix(value: &str) -> Refusal {
    let looks_like = match value {
        "" => "it is empty",
        v if v.starts_with("sk-ant-") => "this is an Anthropic key",
        v if v.starts_with("sk-") => "this looks like an OpenAI key",
        v if v.starts_with("eyJ") => "this looks like a JWT",
        v if v.starts_with("AKIA") || v.starts_with("ASIA") => "this is an AWS access key id",
        v if v.starts_with("AEAA") || v.starts_with("aws-external-anthropic-api-key-") => {
            "this key belongs to Claude Platform on AWS"
        }
        _ => "it is something else",
    };
    Refusal::new(
        rows::auth::API_KEY_PREFIX,
        format!("a Bedrock API key starts with ABSK or bedrock-api-key-; {looks_like}"),
    )
}
