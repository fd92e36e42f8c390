//! What differs between the protocols: how a request names its operation and fills its input, in
//! whose words it is refused, and how its answer is written.

use std::borrow::Cow;

use super::query::Query;
use super::rest_json::RestJson;
use crate::app::App;
use crate::model::query::reword;
use crate::model::validate::Findings;
use crate::model::{Input, Model, Operation};
use crate::ops::Output;
use crate::request::Incoming;
use crate::request::host::Named;
use crate::wire::{Answer, ApiError};

/// The protocol of one request.
pub(super) enum Protocol<'a> {
    /// Paths, headers and JSON.
    RestJson(RestJson<'a>),
    /// Forms in, XML out: IAM and STS.
    Query(Query<'a>),
}

/// The operation that a request names, and what its endpoint demands of credentials.
pub(super) struct Route<'a> {
    /// The service's model.
    pub(super) model: &'a Model,
    /// Its index in [`App::models`].
    pub(super) model_index: usize,
    /// The operation.
    pub(super) operation: &'a Operation,
    /// Raw labels of the path by wire name, still encoded.
    pub(super) labels: Vec<(&'a str, &'a str)>,
    /// The region that credentials must be of, where the host says one.
    pub(super) region: Option<&'a str>,
    /// The host names a region.
    pub(super) host_names_region: bool,
    /// Names that a signature's scope may carry.
    pub(super) services: Cow<'a, [&'a str]>,
}

impl<'a> Protocol<'a> {
    /// Returns the protocol of a request. A host name that names a service decides; on any other
    /// host a request to `/` with an `Action` is one of the query protocol.
    pub(super) fn of(app: &'a App, request: &'a Incoming, named: Option<&'a Named>) -> Self {
        match Query::of(app, request, named) {
            Some(query) => Self::Query(query),
            None => Self::RestJson(RestJson {
                app,
                request,
                named,
            }),
        }
    }

    /// Returns the operation that the request names.
    pub(super) fn route(&self) -> Result<Route<'a>, ApiError> {
        match self {
            Self::RestJson(request) => request.route(),
            Self::Query(request) => request.route(),
        }
    }

    /// Fills the operation's input.
    pub(super) fn bind(&self, route: &Route<'_>) -> Result<Input, ApiError> {
        match self {
            Self::RestJson(request) => request.bind(route),
            Self::Query(request) => request.bind(route),
        }
    }

    /// Puts findings into the protocol's words.
    pub(super) fn reword(&self, model: &Model, findings: &mut Findings) {
        match self {
            Self::RestJson(_) => {}
            Self::Query(_) => reword(model, findings),
        }
    }

    /// Returns the refusal of an input that breaks constraints.
    pub(super) fn constraint(&self, findings: &Findings) -> Option<ApiError> {
        match self {
            Self::RestJson(_) => RestJson::constraint(findings),
            Self::Query(_) => Query::constraint(findings),
        }
    }

    /// Writes what an operation answers.
    pub(super) fn render(&self, route: &Route<'_>, output: Output) -> Answer {
        match (self, output) {
            (_, Output::Answer(answer)) => answer,
            (Self::RestJson(_), Output::Json(members)) => RestJson::render(route, &members),
            (Self::Query(request), Output::Json(members)) => request.render(route, &members),
        }
    }

    /// Writes a refusal.
    pub(super) fn refuse(&self, refusal: ApiError) -> Answer {
        match self {
            Self::RestJson(_) => refusal.into_answer(),
            Self::Query(request) => request.refuse(refusal),
        }
    }
}
