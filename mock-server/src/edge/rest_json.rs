//! The REST-JSON protocol of the runtime and the control plane.

use std::borrow::Cow;

use super::protocol::Route;
use crate::app::App;
use crate::auth;
use crate::model::Input;
use crate::model::bind::{BindError, Parts, bind};
use crate::model::first_mismatch;
use crate::model::validate::Findings;
use crate::ops::Members;
use crate::request::Incoming;
use crate::request::host::{Named, takes_no_keys};
use crate::wire::{Answer, ApiError, json, rows};

/// A request of this protocol.
pub(super) struct RestJson<'a> {
    pub(super) app: &'a App,
    pub(super) request: &'a Incoming,
    pub(super) named: Option<&'a Named>,
}

impl<'a> RestJson<'a> {
    /// Returns the operation of method and path, among those of the service that the host names.
    pub(super) fn route(&self) -> Result<Route<'a>, ApiError> {
        let (app, request) = (self.app, self.request);
        let service = self.named.map(|named| named.service.as_str());
        let visible = |model: usize| service.is_none_or(|s| s == &*app.models[model].service);
        let method = request.method.as_str();
        let Some(routed) = app.router.find(&app.models, method, &request.path, visible) else {
            // Services beside ours take no keys, and refuse them before they look at the path.
            if service.is_some_and(takes_no_keys) && auth::shows_bearer(request) {
                return Err(ApiError::row(rows::auth::API_KEY_SERVICE));
            }
            return Err(self.unknown_operation());
        };
        let region = self.named.and_then(|named| named.region.as_deref());
        Ok(Route {
            model: &app.models[routed.model],
            model_index: routed.model,
            operation: routed.operation,
            labels: routed.labels,
            region,
            host_names_region: region.is_some(),
            services: Cow::Borrowed(scopes(self.named)),
        })
    }

    /// Returns the answer to a path that no operation has: the service falls back from REST routing
    /// to its older RPC handler when there is a body, and that handler answers 200.
    fn unknown_operation(&self) -> ApiError {
        let path = &self.request.path;
        let hint = if path.contains("/arn:") || path.contains("/arn%3A") {
            "no operation has this path: encode the slash of the ARN as %2F"
        } else {
            "no operation has this method and path"
        };
        let row = match (self.request.method.as_str(), self.request.body.is_empty()) {
            ("POST" | "PUT" | "PATCH", false) => rows::front_door::UNKNOWN_OPERATION,
            ("POST", true) => rows::front_door::UNKNOWN_OPERATION_EMPTY,
            _ => rows::front_door::UNKNOWN_OPERATION_GET,
        };
        ApiError::row(row).hint(hint)
    }

    /// Fills the input from labels, query, headers and body.
    pub(super) fn bind(&self, route: &Route<'_>) -> Result<Input, ApiError> {
        let parts = Parts {
            labels: &route.labels,
            query: &self.request.query,
            headers: &self.request.headers,
            body: &self.request.body,
        };
        bind(route.model, route.operation, &parts).map_err(|error| match error {
            BindError::BadEncoding { member } => ApiError::row(rows::front_door::BAD_ENCODING)
                .with("member", &member)
                .hint(format!("{member} is not valid percent-encoded UTF-8")),
            BindError::NotJson { reason } => ApiError::row(rows::front_door::NOT_JSON)
                .with("reason", &reason)
                .hint(format!("the body is not JSON: {reason}")),
            BindError::WrongType(mismatch) => {
                let reason = mismatch.to_string();
                let place = first_mismatch(route.model, route.operation, &self.request.body);
                ApiError::row(rows::front_door::WRONG_TYPE)
                    .with("reason", &reason)
                    .hint(place.unwrap_or(reason))
            }
        })
    }

    /// Returns the refusal of an input that breaks constraints: all of them in one message; unions
    /// that are not set right one at a time.
    pub(super) fn constraint(findings: &Findings) -> Option<ApiError> {
        if let Some(message) = findings.message() {
            return Some(
                ApiError::row(rows::runtime::CONSTRAINT)
                    .with("violations", &message)
                    .hint(message),
            );
        }
        let union = findings.unions.first()?;
        let row = if union.set == 0 {
            rows::runtime::UNION_EMPTY
        } else {
            rows::runtime::UNION_SEVERAL
        };
        Some(
            ApiError::row(row)
                .with("shape", &union.shape)
                .with("path", &union.path)
                .with("members", &union.members.join(", ")),
        )
    }

    /// Writes the members of an output as JSON.
    pub(super) fn render(route: &Route<'_>, members: &Members) -> Answer {
        let operation = route.operation;
        let body = json::write(route.model, operation.output, members.value());
        Answer::json(operation.status, body)
    }
}

/// Service names that a signature's scope may carry. Clients of the OpenAI-like endpoints sign with
/// a name of their own, and on a host that names nothing they are met too.
fn scopes(named: Option<&Named>) -> &'static [&'static str] {
    match named {
        None => &["bedrock", "bedrock-mantle"],
        Some(_) => &["bedrock"],
    }
}
