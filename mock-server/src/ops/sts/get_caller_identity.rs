//! GetCallerIdentity: account, ARN and id of whoever signed.

use serde_json::{Value, json};

use super::session::role_of;
use crate::ops::Call;
use crate::ops::iam::user;
use crate::state::unique_id;
use crate::wire::ApiError;

pub(super) fn run(call: &Call<'_>) -> Result<Value, ApiError> {
    let principal = call.principal;
    let arn = principal.arn();
    let id = match role_of(&arn) {
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
    Ok(json!({ "UserId": id, "Account": principal.account, "Arn": arn }))
}
