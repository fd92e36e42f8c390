//! GetSessionToken: temporary credentials of the user that signed. They act as the user does, and
//! cannot be used to get others.

use serde::Serialize;

use super::session::{Credentials, Holder, open};
use crate::ops::{Call, Output};
use crate::wire::{ApiError, rows};

/// Twelve hours (STS API reference).
const DEFAULT_SECONDS: i64 = 43_200;

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let principal = call.principal;
    if principal.is_temporary() {
        return Err(ApiError::row(rows::sts::SESSION_TOKEN_BY_SESSION)
            .hint("sign with a long-term access key"));
    }
    let holder = Holder {
        account: &principal.account,
        arn: principal.arn(),
        user: &principal.user,
    };
    call.answer(&SessionToken {
        credentials: open(call, &holder, DEFAULT_SECONDS)?,
    })
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SessionToken {
    credentials: Credentials,
}
