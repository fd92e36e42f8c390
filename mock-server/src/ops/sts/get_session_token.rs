//! GetSessionToken: temporary credentials of the user that signed. They act as the user does, and
//! cannot be used to get others.

use serde_json::{Value, json};

use super::session::{Holder, open};
use crate::ops::Call;
use crate::wire::{ApiError, rows};

/// Twelve hours (STS API reference).
const DEFAULT_SECONDS: i64 = 43_200;

pub(super) fn run(call: &Call<'_>) -> Result<Value, ApiError> {
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
    Ok(json!({ "Credentials": open(call, &holder, DEFAULT_SECONDS)? }))
}
