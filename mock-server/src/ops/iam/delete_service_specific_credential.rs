//! DeleteServiceSpecificCredential: a key ends, and its alias is free again.

use super::credential;
use crate::ops::{Call, Output};
use crate::state::store::{Change, Kind};
use crate::wire::ApiError;

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    call.app
        .accounts
        .transact(&call.principal.account, |view| {
            let key = credential::find(call, view)?;
            let changes = vec![
                Change::Delete {
                    kind: Kind::ApiKey,
                    id: key.id,
                },
                Change::Delete {
                    kind: Kind::Alias,
                    id: key.alias,
                },
            ];
            Ok::<_, ApiError>(((), changes))
        })?;
    call.answer_nothing()
}
