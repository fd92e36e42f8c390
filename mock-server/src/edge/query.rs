//! The query protocol of IAM and STS.
//!
//! Both services read forms sent to `/` and answer in XML. A host name that names one of them
//! decides; on any other host the request must carry an `Action`, and the service is that of the
//! signature's scope, else the one that has the action: no action belongs to both.

use std::borrow::Cow;

use super::protocol::Route;
use crate::app::App;
use crate::model::bind::BindError;
use crate::model::query::Form;
use crate::model::validate::Findings;
use crate::model::{Input, Model, Protocol};
use crate::ops::Members;
use crate::request::Incoming;
use crate::request::host::Named;
use crate::wire::{Answer, ApiError, rows, xml};

/// A request of this protocol.
pub(super) struct Query<'a> {
    request: &'a Incoming,
    named: Option<&'a Named>,
    form: Form,
    /// Why the form could not be read.
    unreadable: Option<ApiError>,
    model: &'a Model,
    model_index: usize,
}

impl<'a> Query<'a> {
    /// Returns the request, if it is one of this protocol.
    pub(super) fn of(
        app: &'a App,
        request: &'a Incoming,
        named: Option<&'a Named>,
    ) -> Option<Self> {
        let is_query = match named {
            Some(named) => models(app).any(|(_, model)| *model.service == *named.service),
            None => request.path == "/" && Form::is_here(&request.query, &request.body),
        };
        if !is_query {
            return None;
        }
        let (form, unreadable) = match Form::read(&request.query, &request.body) {
            Ok(form) => (form, None),
            Err(error) => (Form::default(), Some(refuse_form(error))),
        };
        let (model_index, model) = service(app, request, named, &form)?;
        Some(Self {
            request,
            named,
            form,
            unreadable,
            model,
            model_index,
        })
    }

    /// Returns the operation of `Action` and `Version`.
    pub(super) fn route(&self) -> Result<Route<'a>, ApiError> {
        if let Some(refusal) = &self.unreadable {
            return Err(refusal.clone());
        }
        let model = self.model;
        let action = self.form.get("Action").filter(|action| !action.is_empty());
        let Some(action) = action else {
            return Err(ApiError::row(rows::query::MISSING_ACTION).hint("the form has no Action"));
        };
        let version = self.form.get("Version").unwrap_or("NO_VERSION_SPECIFIED");
        let operation = model.operation(action);
        let Some(operation) = operation.filter(|_| version == &*model.api_version) else {
            let hint = format!(
                "bedrock-mock has a part of {} {} only: GET /_mock/coverage",
                model.service, model.api_version
            );
            return Err(ApiError::row(rows::query::UNKNOWN_ACTION)
                .with("action", action)
                .with("version", version)
                .hint(hint));
        };
        Ok(Route {
            model,
            model_index: self.model_index,
            operation,
            labels: Vec::new(),
            region: self.named.map(scope_region),
            host_names_region: self.named.is_some_and(|named| named.region.is_some()),
            services: Cow::Owned(vec![&*model.service]),
        })
    }

    /// Fills the input from the form.
    pub(super) fn bind(&self, route: &Route<'_>) -> Result<Input, ApiError> {
        let bound = self.form.bind(route.model, route.operation);
        bound.map_err(refuse_form)
    }

    /// Returns the refusal of an input that breaks constraints.
    pub(super) fn constraint(findings: &Findings) -> Option<ApiError> {
        let message = findings.message()?;
        Some(
            ApiError::row(rows::query::CONSTRAINT)
                .with("violations", &message)
                .hint(message),
        )
    }

    /// Writes the members of an output as XML.
    pub(super) fn render(&self, route: &Route<'_>, members: &Members) -> Answer {
        xml::answer(
            route.model,
            route.operation,
            members.value(),
            &self.request.id,
        )
    }

    /// Writes a refusal, in the namespace of the service if the form names its version.
    pub(super) fn refuse(&self, refusal: ApiError) -> Answer {
        let versioned = self.form.get("Version") == Some(&*self.model.api_version);
        let namespace = self.model.xml_namespace.as_deref();
        let namespace = namespace.filter(|_| versioned).unwrap_or(xml::FAULT);
        xml::refusal(namespace, &refusal.for_query_service(), &self.request.id)
    }
}

fn models(app: &App) -> impl Iterator<Item = (usize, &Model)> {
    let models = app.models.iter().enumerate();
    models.filter(|(_, model)| model.protocol == Protocol::Query)
}

/// Returns the service that a request is for: by host, by scope, by action, by version, else the
/// first one.
fn service<'a>(
    app: &'a App,
    request: &Incoming,
    named: Option<&Named>,
    form: &Form,
) -> Option<(usize, &'a Model)> {
    let name = named.map(|named| named.service.clone());
    let name = name.or_else(|| scope_service(request, form));
    let action = form.get("Action").unwrap_or_default();
    models(app)
        .find(|(_, m)| name.as_deref() == Some(&*m.service))
        .or_else(|| models(app).find(|(_, m)| m.operation(action).is_some()))
        .or_else(|| models(app).find(|(_, m)| form.get("Version") == Some(&*m.api_version)))
        .or_else(|| models(app).next())
}

/// Returns the region that a signature for a host must be scoped to: IAM is one endpoint for all
/// regions, and so is the global one of STS; both are signed for us-east-1.
fn scope_region(named: &Named) -> &str {
    match named.region.as_deref() {
        Some(region) if named.service != "iam" => region,
        _ => "us-east-1",
    }
}

/// Returns the service in the scope of a signature, wherever the request carries it; nothing is
/// verified yet.
fn scope_service(request: &Incoming, form: &Form) -> Option<String> {
    let header = request.header("authorization");
    let in_header = header
        .and_then(|h| h.split("Credential=").nth(1))
        .and_then(|c| c.split([',', ' ']).next());
    let credential = in_header.or_else(|| form.get("X-Amz-Credential"))?;
    credential.rsplit('/').nth(1).map(Into::into)
}

fn refuse_form(error: BindError) -> ApiError {
    match error {
        BindError::WrongType(mismatch) => {
            ApiError::row(rows::query::WRONG_TYPE).with("reason", &mismatch.to_string())
        }
        BindError::BadEncoding { member } => ApiError::row(rows::query::MALFORMED)
            .hint(format!("{member} is not valid percent-encoded UTF-8")),
        BindError::NotJson { reason } => ApiError::row(rows::query::MALFORMED).hint(reason),
    }
}
