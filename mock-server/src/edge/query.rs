//! The journey of a request to IAM or STS: route → authenticate → bind → validate → operate.
//!
//! Both services read forms sent to `/` and answer in XML. A host name that names one of them
//! decides; on any other host the request must carry an `Action`, and the service is that of the
//! signature's scope, else the one that has the action: no action belongs to both. As on the
//! service, an unknown action is told so without credentials.

use std::cell::RefCell;
use std::sync::Arc;

use super::pipeline::{Outcome, strike};
use crate::app::App;
use crate::auth;
use crate::faults::{self, Fault, Site};
use crate::model::bind::BindError;
use crate::model::query::{Form, reword};
use crate::model::validate::validate;
use crate::model::{Model, Operation, check};
use crate::ops::{self, Call};
use crate::request::Incoming;
use crate::request::host::Named;
use crate::wire::rows;
use crate::wire::{Answer, ApiError, xml};

const SERVICES: [&str; 2] = ["iam", "sts"];

/// Whether a request is one for IAM or STS.
pub(super) fn is_for_query_service(request: &Incoming) -> bool {
    match request.named() {
        Some(named) => SERVICES.contains(&named.service.as_str()),
        None => request.path == "/" && Form::is_here(&request.query, &request.body),
    }
}

/// Answers such a request.
pub(super) fn respond(app: &Arc<App>, request: &Incoming, outcome: &mut Outcome) -> Answer {
    let (form, unread) = match Form::read(&request.query, &request.body) {
        Ok(form) => (form, None),
        Err(error) => (Form::default(), Some(unreadable(error))),
    };
    let (index, model) = service(app, request, &form);
    let mut struck = Vec::new();
    let result = match unread {
        Some(error) => Err(error),
        None => journey(app, request, (index, model), &form, (outcome, &mut struck)),
    };
    let answer = result.unwrap_or_else(|error| {
        outcome.refuse(&error);
        let versioned = form.get("Version") == Some(&*model.api_version);
        let namespace = model
            .xml_namespace
            .as_deref()
            .filter(|_| versioned)
            .unwrap_or(xml::FAULT);
        xml::refusal(namespace, &error.for_query_service(), &request.id)
    });
    let operation = form.get("Action").and_then(|name| model.operation(name));
    match operation {
        Some(operation) => faults::dress(&struck, None, answer, &Site { model, operation }),
        None => answer,
    }
}

fn journey(
    app: &Arc<App>,
    request: &Incoming,
    (model_index, model): (usize, &Model),
    form: &Form,
    (outcome, struck): (&mut Outcome, &mut Vec<Fault>),
) -> Result<Answer, ApiError> {
    let operation = route(model, form)?;
    outcome.operation = Some(operation.name.to_string());

    let named = request.named();
    let host_region = named.as_ref().map(scope_region);
    let principal = auth::authenticate(app, request, host_region, &[&model.service])?;
    outcome.principal = Some(principal.clone());
    auth::admit(app, &principal, model, operation)?;

    let input = form.bind(model, operation).map_err(unreadable)?;
    let mut findings = validate(model, operation, &input);
    reword(model, &mut findings);
    outcome.notes.violations(findings.texts());
    if let Some(message) = findings.message() {
        return Err(ApiError::row(rows::query::CONSTRAINT)
            .with("violations", &message)
            .hint(message));
    }

    let region = host_region
        .or(principal.region.as_deref())
        .unwrap_or(&app.config.region);
    let call = Call {
        app,
        model,
        model_index,
        operation,
        input: &input,
        principal: &principal,
        region,
        request,
        notes: &outcome.notes,
        staged: RefCell::default(),
    };
    *struck = strike(&call);
    if let Some(refusal) = faults::refusal(struck, &Site::of(&call)) {
        return Err(refusal);
    }
    let scripted = ops::scripted(&call);
    struck.extend(call.staged.take().delivery.faults);
    if let Some(answer) = scripted? {
        return Ok(answer);
    }
    let value = ops::dispatch_query(&call)?;
    if app.self_check.enabled() {
        app.self_check
            .note(&operation.name, check::output(model, operation, &value));
    }
    Ok(xml::answer(model, operation, &value, &request.id))
}

/// The service that a request is for: by host, by scope, by action, by version.
fn service<'a>(app: &'a App, request: &Incoming, form: &Form) -> (usize, &'a Model) {
    let query = || {
        app.models
            .iter()
            .enumerate()
            .filter(|(_, m)| SERVICES.contains(&&*m.service))
    };
    let named = request.named().map(|named| named.service);
    let name = named.or_else(|| scope_service(request, form));
    let action = form.get("Action").unwrap_or_default();
    let found = query()
        .find(|(_, m)| name.as_deref() == Some(&*m.service))
        .or_else(|| query().find(|(_, m)| m.operation(action).is_some()))
        .or_else(|| query().find(|(_, m)| form.get("Version") == Some(&*m.api_version)))
        .or_else(|| query().next());
    // Both models are embedded, so there is always a first one.
    found.unwrap_or((0, &app.models[0]))
}

/// The region that a signature for a host must be scoped to: IAM is one endpoint for all regions,
/// and so is the global one of STS; both are signed for us-east-1.
fn scope_region(named: &Named) -> &str {
    match named.region.as_deref() {
        Some(region) if named.service != "iam" => region,
        _ => "us-east-1",
    }
}

/// The service in the scope of a signature, wherever that stands; nothing is verified yet.
fn scope_service(request: &Incoming, form: &Form) -> Option<String> {
    let header = request.header("authorization");
    let in_header = header
        .and_then(|h| h.split("Credential=").nth(1))
        .and_then(|c| c.split([',', ' ']).next());
    let credential = in_header.or_else(|| form.get("X-Amz-Credential"))?;
    credential.rsplit('/').nth(1).map(Into::into)
}

fn route<'m>(model: &'m Model, form: &Form) -> Result<&'m Operation, ApiError> {
    let Some(action) = form.get("Action").filter(|action| !action.is_empty()) else {
        return Err(ApiError::row(rows::query::MISSING_ACTION).hint("the form has no Action"));
    };
    let version = form.get("Version").unwrap_or("NO_VERSION_SPECIFIED");
    let operation = model
        .operation(action)
        .filter(|_| version == &*model.api_version);
    operation.ok_or_else(|| {
        let hint = format!(
            "bedrock-mock has a part of {} {} only: GET /_mock/coverage",
            model.service, model.api_version
        );
        ApiError::row(rows::query::UNKNOWN_ACTION)
            .with("action", action)
            .with("version", version)
            .hint(hint)
    })
}

fn unreadable(error: BindError) -> ApiError {
    match error {
        BindError::WrongType(mismatch) => {
            ApiError::row(rows::query::WRONG_TYPE).with("reason", &mismatch.to_string())
        }
        BindError::BadEncoding { member } => ApiError::row(rows::query::MALFORMED)
            .hint(format!("{member} is not valid percent-encoded UTF-8")),
        BindError::NotJson { reason } => ApiError::row(rows::query::MALFORMED).hint(reason),
    }
}
