//! IAM: users and their long-term Bedrock API keys, which IAM calls service-specific credentials.
//!
//! | file | what |
//! |---|---|
//! | `user` | which user a request means, and how users are shown |
//! | `credential` | which credential a request means, and how credentials are shown |
//! | `secret` | the text of a key |
//! | `page` | markers of lists |

mod create_service_specific_credential;
mod create_user;
mod credential;
mod delete_service_specific_credential;
mod delete_user;
mod get_user;
mod list_service_specific_credentials;
mod list_users;
mod page;
mod reset_service_specific_credential;
mod secret;
mod update_service_specific_credential;
pub(super) mod user;

use super::QueryHandler;

/// The table of imitated operations.
pub(super) fn handler(operation: &str) -> Option<QueryHandler> {
    Some(match operation {
        "CreateServiceSpecificCredential" => create_service_specific_credential::run,
        "CreateUser" => create_user::run,
        "DeleteServiceSpecificCredential" => delete_service_specific_credential::run,
        "DeleteUser" => delete_user::run,
        "GetUser" => get_user::run,
        "ListServiceSpecificCredentials" => list_service_specific_credentials::run,
        "ListUsers" => list_users::run,
        "ResetServiceSpecificCredential" => reset_service_specific_credential::run,
        "UpdateServiceSpecificCredential" => update_service_specific_credential::run,
        _ => return None,
    })
}
