//! A request's journey: route → authenticate → bind → validate → operate.
//!
//! Routing comes before authentication, as on the service: an unknown path is told so without
//! credentials.

use std::cell::RefCell;
use std::sync::Arc;

use super::query;
use crate::auth::{self, Principal};
use crate::faults::{self, Fault, Site, Strike};
use crate::journal::{Notes, Refusal};
use crate::json::Json as _;
use crate::model::bind::{BindError, Parts, bind};
use crate::model::validate::{Findings, validate};
use crate::model::{Input, Model, Operation, Routed, check, first_mismatch};
use crate::ops::{self, Call, Staged};
use crate::request::{Incoming, host as region};
use crate::wire::answer::Content;
use crate::wire::rows::{self, Area};
use crate::wire::{Answer, ApiError};
use crate::{app::App, state::resolve};

/// What became of a request.
pub struct Outcome {
    /// The answer.
    pub answer: Answer,
    /// The operation that the path named.
    pub operation: Option<String>,
    /// Who asked.
    pub principal: Option<Principal>,
    /// What was noted on the way.
    pub notes: Notes,
    /// Why it was refused.
    pub refusal: Option<Refusal>,
}

impl Outcome {
    /// A request that was refused before it could be looked at.
    pub fn refused(error: ApiError) -> Self {
        let mut outcome = Self::new();
        outcome.refuse(&error);
        outcome.answer = error.into_answer();
        outcome
    }

    fn new() -> Self {
        Self {
            answer: Answer::json(200, ""),
            operation: None,
            principal: None,
            notes: Notes::default(),
            refusal: None,
        }
    }

    pub(super) fn refuse(&mut self, error: &ApiError) {
        self.refusal = Some(Refusal::from(error));
    }
}

/// Answers a request.
pub fn respond(app: &Arc<App>, request: &Incoming) -> Outcome {
    let mut outcome = Outcome::new();
    if query::is_for_query_service(request) {
        outcome.answer = query::respond(app, request, &mut outcome);
        return outcome;
    }
    outcome.answer = match journey(app, request, &mut outcome) {
        Ok(answer) => answer,
        Err(refusal) => {
            outcome.refuse(&refusal);
            refusal.into_answer()
        }
    };
    outcome
}

fn journey(app: &Arc<App>, request: &Incoming, outcome: &mut Outcome) -> Result<Answer, ApiError> {
    let named = request.named();
    let host_region = named.as_ref().and_then(|n| n.region.as_deref());
    let service = named.as_ref().map(|n| n.service.as_str());
    let visible = |model: usize| service.is_none_or(|s| s == &*app.models[model].service);
    let Some(routed) =
        app.router
            .find(&app.models, request.method.as_str(), &request.path, visible)
    else {
        // Services beside ours take no keys, and say so before they look at the path.
        if service.is_some_and(region::takes_no_keys) && auth::shows_bearer(request) {
            return Err(ApiError::row(rows::auth::API_KEY_SERVICE));
        }
        return Err(unknown_operation(request));
    };
    outcome.operation = Some(routed.operation.name.to_string());
    let model = &app.models[routed.model];

    let principal = auth::authenticate(app, request, host_region, scopes(service))?;
    outcome.principal = Some(principal.clone());
    auth::admit(app, &principal, model, routed.operation)?;

    let input = bind_input(model, &routed, request)?;
    if let Some(id) = input.text("modelId") {
        outcome.notes.asked(id);
    }
    let findings = validate(model, routed.operation, &input);
    outcome.notes.violations(findings.texts());
    if let Some(refusal) = refuse(&findings) {
        check_refusal(app, model, routed.operation, &refusal);
        return Err(refusal);
    }

    let region = region_of(app, request, &principal, &input);
    let call = Call {
        app,
        model,
        model_index: routed.model,
        operation: routed.operation,
        input: &input,
        principal: &principal,
        region: &region,
        request,
        notes: &outcome.notes,
        staged: RefCell::default(),
    };
    let mut struck = strike(&call);
    let answer = match faults::refusal(&struck, &Site::of(&call)) {
        Some(refusal) => Err(refusal),
        None => ops::dispatch(&call),
    };
    let Staged {
        delivery,
        raw,
        hint,
    } = call.staged.take();
    match &answer {
        Ok(answer) if !raw => self_check(app, model, routed.operation, answer),
        Ok(_) => {}
        Err(refusal) => check_refusal(app, model, routed.operation, refusal),
    }
    let answer = answer.map(|mut answer| {
        answer.hint = answer.hint.or(hint);
        answer
    });
    struck.extend(delivery.faults);
    let pacing = delivery.pacing.as_ref();
    let refused = answer.as_ref().err().map(Refusal::from);
    let answer = faults::apply(&struck, pacing, answer, &Site::of(&call));
    // Also where another fault, such as a delay, made an answer of the refusal.
    outcome.refusal = refused;
    answer
}

/// The faults that a call meets by the rules in force.
pub(super) fn strike(call: &Call<'_>) -> Vec<Fault> {
    let models = || {
        let Some(asked) = call.input.text("modelId") else {
            return Vec::new();
        };
        let resolved = resolve::resolve(call.app, call.asker(), asked).ok();
        let resolved = resolved.map(|model| model.id);
        std::iter::once(asked.to_owned()).chain(resolved).collect()
    };
    let struck = call.app.faults.strike(&Strike {
        account: &call.principal.account,
        models: &models,
        site: Site::of(call),
    });
    for fault in &struck {
        call.notes.fault(fault.kind());
    }
    struck
}

/// Service names that a signature's scope may carry. Clients of the OpenAI-like endpoints sign with
/// a name of their own, and on a host that names nothing they are met too.
fn scopes(service: Option<&str>) -> &'static [&'static str] {
    match service {
        None => &["bedrock", "bedrock-mantle"],
        Some(_) => &["bedrock"],
    }
}

/// The answer to a path that no operation has: the service falls back from REST routing to its
/// older RPC handler when there is a body, and that handler answers 200.
fn unknown_operation(request: &Incoming) -> ApiError {
    let hint = match request.path.contains("/arn:") || request.path.contains("/arn%3A") {
        true => "no operation has this path: encode the slash of the ARN as %2F",
        false => "no operation has this method and path",
    };
    let row = match (request.method.as_str(), request.body.is_empty()) {
        ("POST" | "PUT" | "PATCH", false) => rows::front_door::UNKNOWN_OPERATION,
        ("POST", true) => rows::front_door::UNKNOWN_OPERATION_EMPTY,
        _ => rows::front_door::UNKNOWN_OPERATION_GET,
    };
    ApiError::row(row).hint(hint)
}

fn bind_input(
    model: &Model,
    routed: &Routed<'_, '_>,
    request: &Incoming,
) -> Result<Input, ApiError> {
    let parts = Parts {
        labels: &routed.labels,
        query: &request.query,
        headers: &request.headers,
        body: &request.body,
    };
    bind(model, routed.operation, &parts).map_err(|error| match error {
        BindError::BadEncoding { member } => ApiError::row(rows::front_door::BAD_ENCODING)
            .with("member", &member)
            .hint(format!("{member} is not valid percent-encoded UTF-8")),
        BindError::NotJson { reason } => ApiError::row(rows::front_door::NOT_JSON)
            .with("reason", &reason)
            .hint(format!("the body is not JSON: {reason}")),
        BindError::WrongType(mismatch) => {
            let reason = mismatch.to_string();
            let place = first_mismatch(model, routed.operation, &request.body);
            ApiError::row(rows::front_door::WRONG_TYPE)
                .with("reason", &reason)
                .hint(place.unwrap_or(reason))
        }
    })
}

/// Broken constraints come in one message; unions that are not set right are told one at a time.
fn refuse(findings: &Findings) -> Option<ApiError> {
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

/// Host, else the credential's scope, else the ARN in the request, else the setting.
fn region_of(app: &App, request: &Incoming, principal: &Principal, input: &Input) -> String {
    let named = request.named();
    let host = named.as_ref().and_then(|n| n.region.as_deref());
    let arn = || {
        let source = || {
            input
                .members
                .member("modelSource")?
                .member("copyFrom")?
                .as_str()
        };
        ARN_MEMBERS
            .iter()
            .filter_map(|name| input.text(name))
            .chain(source())
            .find_map(region::of_arn)
    };
    host.or(principal.region.as_deref())
        .or_else(arn)
        .unwrap_or(&app.config.region)
        .to_owned()
}

/// Notes an error of a type that the operation cannot give by its model. The answers of the front
/// door and of authentication come before operations; the query protocol names errors by codes that
/// are no shapes.
fn check_refusal(app: &App, model: &Model, operation: &Operation, refusal: &ApiError) {
    let row = refusal.source_row();
    // Constraints are checked for every operation, also for the few whose model lists no
    // ValidationException.
    let before = matches!(row.area, Area::FrontDoor | Area::Auth)
        || [
            rows::runtime::CONSTRAINT,
            rows::runtime::UNION_EMPTY,
            rows::runtime::UNION_SEVERAL,
        ]
        .contains(&row);
    let listed = operation.errors.iter().any(|kind| **kind == *row.kind);
    if app.self_check.enabled() && model.service.starts_with("bedrock") && !before && !listed {
        let finding = format!("{} ({}) is not among its errors", row.kind, row.id);
        app.self_check.note(&operation.name, vec![finding]);
    }
}

fn self_check(app: &App, model: &Model, operation: &Operation, answer: &Answer) {
    // A raw answer of a scenario has a hint, and need not fit anything.
    if !app.self_check.enabled() || answer.status >= 300 || answer.hint.is_some() {
        return;
    }
    if let Content::Bytes(bytes) = &answer.content
        && operation.payload.is_none()
    {
        let found = match serde_json::from_slice(bytes) {
            Ok(body) => check::output(model, operation, &body),
            Err(e) => vec![format!("the answer is not JSON: {e}")],
        };
        app.self_check.note(&operation.name, found);
    }
}

/// Input members that may hold an ARN with a region, beside the one inside `modelSource`.
const ARN_MEMBERS: &[&str] = &[
    "modelId",
    "inferenceProfileIdentifier",
    "resourceARN",
    "modelIdentifier",
];
