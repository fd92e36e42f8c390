//! One file per operation: a small typed view of the input in, behaviour out.
//!
//! Adding an operation is a file and a line in [`handler`]; its path, binding, validation and
//! error list come from the service model.

mod converse;
mod converse_request;
mod converse_stream;
mod count_tokens;
mod iam;
mod invoke;
mod invoke_model;
mod invoke_model_stream;
mod stream;
mod sts;

use std::sync::Arc;

use serde_json::Value;

use crate::auth::Principal;
use crate::edge::Incoming;
use crate::model::{Input, Model, Operation};
use crate::state::App;
use crate::wire::{Answer, ApiError};

/// One call of an operation.
pub struct Call<'a> {
    /// What all requests share.
    pub app: &'a Arc<App>,
    /// The service's model.
    pub model: &'a Model,
    /// Its index in [`App::models`].
    pub model_index: usize,
    /// The operation.
    pub operation: &'a Operation,
    /// Its input, valid by the model.
    pub input: &'a Input,
    /// Who calls.
    pub principal: &'a Principal,
    /// The region that answers.
    pub region: &'a str,
    /// The request itself.
    pub request: &'a Incoming,
}

/// What an operation does.
pub type Handler = fn(&Call<'_>) -> Result<Answer, ApiError>;

/// The table of imitated operations.
pub fn handler(service: &str, operation: &str) -> Option<Handler> {
    Some(match (service, operation) {
        ("bedrock-runtime", "Converse") => converse::run,
        ("bedrock-runtime", "ConverseStream") => converse_stream::run,
        ("bedrock-runtime", "CountTokens") => count_tokens::run,
        ("bedrock-runtime", "InvokeModel") => invoke_model::run,
        ("bedrock-runtime", "InvokeModelWithResponseStream") => invoke_model_stream::run,
        _ => return None,
    })
}

/// Whether an operation is imitated, whatever its protocol.
pub fn is_imitated(service: &str, operation: &str) -> bool {
    handler(service, operation).is_some() || query_handler(service, operation).is_some()
}

/// What an operation of a query service does: the members of its output, by the model's names.
pub type QueryHandler = fn(&Call<'_>) -> Result<Value, ApiError>;

/// The table of imitated operations of the query services.
pub fn query_handler(service: &str, operation: &str) -> Option<QueryHandler> {
    match service {
        "iam" => iam::handler(operation),
        "sts" => sts::handler(operation),
        _ => None,
    }
}

/// Likewise [`dispatch`] for the query services.
pub fn dispatch_query(call: &Call<'_>) -> Result<Value, ApiError> {
    match query_handler(&call.model.service, &call.operation.name) {
        Some(run) => run(call),
        None => {
            Err(ApiError::row("front-door.not-imitated").with("operation", &call.operation.name))
        }
    }
}

/// Runs an operation, or says that it is not imitated.
pub fn dispatch(call: &Call<'_>) -> Result<Answer, ApiError> {
    match handler(&call.model.service, &call.operation.name) {
        Some(run) => run(call),
        None => {
            Err(ApiError::row("front-door.not-imitated").with("operation", &call.operation.name))
        }
    }
}
