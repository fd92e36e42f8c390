//! What a principal may not do.
//!
//! Without rules everything is allowed. `--deny PRINCIPAL=ACTION` refuses in the service's words,
//! so that clients' handling of missing permissions can be tested.

use super::principal::Principal;
use crate::app::App;
use crate::config::{Allow, DenyRule};
use crate::model::{Model, Operation};
use crate::state::resolve::Resolved;
use crate::wire::{ApiError, rows};

/// Operations that no API key may call (docs.aws.amazon.com, "API keys reference").
const NOT_FOR_KEYS: &[&str] = &["InvokeModelWithBidirectionalStream"];

/// Whether a principal may call an operation at all.
pub fn admit(
    app: &App,
    principal: &Principal,
    model: &Model,
    operation: &Operation,
) -> Result<(), ApiError> {
    if principal.is_bearer() {
        if NOT_FOR_KEYS.contains(&&*operation.name) {
            return Err(ApiError::row(rows::auth::API_KEY_OPERATION)
                .with("operation", &operation.name)
                .hint("API keys cannot call this operation; sign the request instead"));
        }
        deny(app, principal, "bedrock:CallWithBearerToken", "*")?;
    }
    // Inference is judged per model, once that is known.
    if model.service.as_ref() == "bedrock-runtime" && operation.uri.starts_with("/model/") {
        return Ok(());
    }
    let service = if model.service.as_ref() == "bedrock-runtime" {
        "bedrock"
    } else {
        model.service.as_ref()
    };
    deny(
        app,
        principal,
        &format!("{service}:{}", operation.name),
        "*",
    )
}

/// Whether a principal may call an inference operation on a model. `id` is the id or ARN as the
/// request names it.
pub fn admit_model(
    app: &App,
    principal: &Principal,
    operation: &Operation,
    region: &str,
    id: &str,
    resolved: &Resolved<'_>,
) -> Result<(), ApiError> {
    if resolved.application_profile
        && principal.is_bearer()
        && app.config.api_key_application_profiles == Allow::Deny
    {
        return Err(ApiError::row(rows::auth::API_KEY_APPLICATION_PROFILE)
            .hint("--api-key-application-profiles deny is set"));
    }
    let resource = if id.starts_with("arn:") {
        id.to_owned()
    } else if id == resolved.id {
        format!("arn:aws:bedrock:{region}::foundation-model/{id}")
    } else {
        format!(
            "arn:aws:bedrock:{region}:{}:inference-profile/{id}",
            principal.account
        )
    };
    deny(app, principal, action(operation), &resource)
}

/// Converse is authorized as InvokeModel, its stream as InvokeModelWithResponseStream.
fn action(operation: &Operation) -> &'static str {
    match &*operation.name {
        "ConverseStream" | "InvokeModelWithResponseStream" => {
            "bedrock:InvokeModelWithResponseStream"
        }
        "CountTokens" => "bedrock:CountTokens",
        "InvokeModelWithBidirectionalStream" => "bedrock:InvokeModelWithBidirectionalStream",
        _ => "bedrock:InvokeModel",
    }
}

fn deny(app: &App, principal: &Principal, action: &str, resource: &str) -> Result<(), ApiError> {
    let Some(rule) = app
        .config
        .deny
        .iter()
        .find(|r| applies(r, principal, action))
    else {
        return Ok(());
    };
    Err(ApiError::row(rows::auth::IAM_DENIED)
        .with("arn", &principal.arn())
        .with("resource", resource)
        .with("action", action)
        .hint(format!("--deny {}={} applies", rule.principal, rule.action)))
}

fn applies(rule: &DenyRule, principal: &Principal, action: &str) -> bool {
    let who = rule.principal == "*"
        || rule.principal == principal.user
        || rule.principal == principal.account;
    let what = rule
        .action
        .strip_suffix('*')
        .map_or(rule.action == action, |start| action.starts_with(start));
    who && what
}
