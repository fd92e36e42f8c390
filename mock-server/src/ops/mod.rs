//! One file per operation: a small typed view of the input in, behaviour out.
//!
//! Adding an operation is a file and a line in [`handler`]; its path, binding, validation and
//! error list come from the service model.

mod context_window;
mod converse;
mod count_tokens;
mod foundation_models;
mod iam;
mod inference;
mod inference_profiles;
mod invoke;
mod invoke_model;
mod invoke_model_stream;
mod invoke_rules;
mod prompt_cache;
mod rules;
mod scripted;
mod stream;
mod sts;
mod tags;

use std::cell::RefCell;
use std::sync::Arc;

use serde_json::Value;

use crate::app::App;
use crate::auth::Principal;
use crate::journal::Notes;
use crate::model::{Input, Model, Operation};
use crate::request::Incoming;
use crate::scenarios::delivery::Delivery;
use crate::state::resolve::Asker;
use crate::wire::rows;
use crate::wire::{Answer, ApiError, json};

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
    /// What a scenario does to the answer beside its content.
    pub staged: RefCell<Staged>,
    /// What the journal shall know beside the answer.
    pub notes: &'a Notes,
}

/// What a scenario does to an answer beside its content.
#[derive(Debug, Default)]
pub struct Staged {
    /// How the answer is delivered.
    pub delivery: Delivery,
    /// The answer is a scenario's own, whatever the service model says of it.
    pub raw: bool,
    /// What the access log shall say of the answer.
    pub hint: Option<String>,
}

impl<'a> Call<'a> {
    /// The account and region that the operation works in.
    pub fn asker(&self) -> Asker<'a> {
        Asker {
            account: &self.principal.account,
            region: self.region,
            placed: self.app.config.region_given
                || self
                    .request
                    .named()
                    .is_some_and(|host| host.region.is_some()),
        }
    }

    /// A JSON answer with the operation's status.
    pub fn answer(&self, body: &Value) -> Answer {
        let body = json::write(self.model, self.operation.output, body);
        Answer::json(self.operation.status, body)
    }
}

/// What an operation does.
pub type Handler = fn(&Call<'_>) -> Result<Answer, ApiError>;

/// The table of imitated operations.
pub fn handler(service: &str, operation: &str) -> Option<Handler> {
    Some(match (service, operation) {
        ("bedrock-runtime", "Converse") => converse::unary::run,
        ("bedrock-runtime", "ConverseStream") => converse::stream::run,
        ("bedrock-runtime", "CountTokens") => count_tokens::run,
        ("bedrock-runtime", "InvokeModel") => invoke_model::run,
        ("bedrock-runtime", "InvokeModelWithResponseStream") => invoke_model_stream::run,
        ("bedrock", "CreateInferenceProfile") => inference_profiles::create::run,
        ("bedrock", "GetInferenceProfile") => inference_profiles::get::run,
        ("bedrock", "ListInferenceProfiles") => inference_profiles::list::run,
        ("bedrock", "DeleteInferenceProfile") => inference_profiles::delete::run,
        ("bedrock", "TagResource") => tags::tag::run,
        ("bedrock", "UntagResource") => tags::untag::run,
        ("bedrock", "ListTagsForResource") => tags::list::run,
        ("bedrock", "ListFoundationModels") => foundation_models::list::run,
        ("bedrock", "GetFoundationModel") => foundation_models::get::run,
        ("bedrock", "GetFoundationModelAvailability") => foundation_models::availability::run,
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
            Err(ApiError::row(rows::front_door::NOT_IMITATED)
                .with("operation", &call.operation.name))
        }
    }
}

/// A scenario's raw answer to a call, if there is one.
pub fn scripted(call: &Call<'_>) -> Result<Option<Answer>, ApiError> {
    call.scripted_answer()
}

/// Runs an operation, or says that it is not imitated.
pub fn dispatch(call: &Call<'_>) -> Result<Answer, ApiError> {
    if let Some(answer) = scripted(call)? {
        return Ok(answer);
    }
    match handler(&call.model.service, &call.operation.name) {
        Some(run) => run(call),
        None => {
            Err(ApiError::row(rows::front_door::NOT_IMITATED)
                .with("operation", &call.operation.name))
        }
    }
}
