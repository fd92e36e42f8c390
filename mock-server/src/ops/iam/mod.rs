//! IAM: users and their long-term Bedrock API keys, which IAM calls service-specific credentials.
//!
//! | file | what |
//! |---|---|
//! | `user` | which user a request means, and how users are shown |
//! | `credential` | which credential a request means, and how credentials are shown |
//! | `secret` | the text of a key |
//! | `page` | markers of lists |

pub(super) mod create_service_specific_credential;
pub(super) mod create_user;
mod credential;
pub(super) mod delete_service_specific_credential;
pub(super) mod delete_user;
pub(super) mod get_user;
pub(super) mod list_service_specific_credentials;
pub(super) mod list_users;
mod page;
pub(super) mod reset_service_specific_credential;
mod secret;
pub(super) mod update_service_specific_credential;
pub(super) mod user;
