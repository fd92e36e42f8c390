//! One call of an operation.

use std::cell::RefCell;
use std::sync::Arc;

use serde::Serialize;

use super::Output;
use crate::app::App;
use crate::auth::{Policy, Principal, Target};
use crate::faults::FaultContext;
use crate::journal::Notes;
use crate::model::{Input, Model, Operation};
use crate::request::Incoming;
use crate::scenarios::delivery::Delivery;
use crate::state::resolve::{Asker, Resolved};
use crate::wire::ApiError;

/// One call of an operation.
pub(crate) struct Call<'a> {
    /// What all requests share.
    pub(crate) app: &'a Arc<App>,
    /// The service's model.
    pub(crate) model: &'a Model,
    /// Its index in [`App::models`].
    pub(crate) model_index: usize,
    /// The operation.
    pub(crate) operation: &'a Operation,
    /// Its input, valid by the model.
    pub(crate) input: &'a Input,
    /// Who calls.
    pub(crate) principal: &'a Principal,
    /// The region that answers.
    pub(crate) region: &'a str,
    /// The region was named by the host or by a flag.
    pub(crate) region_named: bool,
    /// The request itself.
    pub(crate) request: &'a Incoming,
    /// What a scenario does to the answer beside its content.
    pub(crate) staged: RefCell<Staged>,
    /// What the journal shall know beside the answer.
    pub(crate) notes: &'a Notes,
}

/// What a scenario does to an answer beside its content.
#[derive(Debug, Default)]
pub(crate) struct Staged {
    /// How the answer is delivered.
    pub(crate) delivery: Delivery,
    /// The answer is a scenario's own, whatever the service model says of it.
    pub(crate) raw: bool,
    /// What the access log shall say of the answer.
    pub(crate) hint: Option<String>,
}

/// An output without members.
#[derive(Serialize)]
struct Nothing {}

impl<'a> Call<'a> {
    /// Returns the account and region that the operation works in.
    pub(crate) fn asker(&self) -> Asker<'a> {
        Asker {
            account: &self.principal.account,
            region: self.region,
            placed: self.region_named,
        }
    }

    /// Finds the model behind an id, a profile id or an ARN.
    pub(crate) fn resolve(&self, id: &str) -> Result<Resolved<'a>, ApiError> {
        self.app.resolver().resolve(self.asker(), id)
    }

    /// Refuses a caller that may not call the operation on a model, which the request names by `id`.
    pub(crate) fn admit_model(&self, id: &str, resolved: &Resolved<'_>) -> Result<(), ApiError> {
        let target = Target {
            region: self.region,
            id,
            resolved,
        };
        Policy::new(&self.app.config).admit_model(self.principal, self.operation, &target)
    }

    /// Returns whether the operation answers with a stream of events.
    pub(crate) fn streams(&self) -> bool {
        self.operation.streams
    }

    /// Returns what faults need to know of the call.
    pub(crate) fn fault_context(&self) -> FaultContext<'a> {
        FaultContext {
            model: self.model,
            operation: self.operation,
        }
    }

    /// Returns the answer that holds a value, whose members are named as the model names them.
    pub(crate) fn answer(&self, value: &impl Serialize) -> Result<Output, ApiError> {
        Output::json(value)
    }

    /// Returns the answer of an operation whose output has no members.
    pub(crate) fn answer_nothing(&self) -> Result<Output, ApiError> {
        self.answer(&Nothing {})
    }
}
