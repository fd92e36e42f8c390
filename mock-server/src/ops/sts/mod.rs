//! STS: who calls, and temporary credentials.

mod assume_role;
mod get_caller_identity;
mod get_session_token;
mod session;

use super::QueryHandler;

pub(super) use session::is_role_session;

/// The table of imitated operations.
pub(super) fn handler(operation: &str) -> Option<QueryHandler> {
    Some(match operation {
        "AssumeRole" => assume_role::run,
        "GetCallerIdentity" => get_caller_identity::run,
        "GetSessionToken" => get_session_token::run,
        _ => return None,
    })
}
