//! GetCallerIdentity: account, ARN and id of whoever signed.

use serde::Serialize;

use crate::ops::iam::user;
use crate::ops::{Call, Output};
use crate::state::unique_id;
use crate::wire::ApiError;

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let principal = call.principal;
    let id = match principal.role() {
        Some(role) => format!(
            "{}:{}",
            unique_id::of_name("AROA", &principal.account, role),
            principal.user
        ),
        None => user::id_of(
            &call.app.accounts.view(&principal.account),
            &principal.account,
            &principal.user,
        ),
    };
    call.answer(&CallerIdentity {
        user_id: id,
        account: &principal.account,
        arn: principal.arn(),
    })
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct CallerIdentity<'a> {
    user_id: String,
    account: &'a str,
    arn: String,
}
