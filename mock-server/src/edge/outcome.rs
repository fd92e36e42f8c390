//! What became of a request.

use crate::auth::Principal;
use crate::faults::Delivery;
use crate::journal::{Notes, Refusal};
use crate::wire::{Answer, ApiError};

/// What became of a request.
pub struct Outcome {
    /// The answer.
    pub answer: Answer,
    /// What goes wrong while the answer is delivered, and how fast it goes.
    pub delivery: Delivery,
    /// The operation that the request named.
    pub operation: Option<String>,
    /// Who called.
    pub principal: Option<Principal>,
    /// What was noted on the way.
    pub notes: Notes,
    /// Why it was refused.
    pub refusal: Option<Refusal>,
}

impl Outcome {
    /// Returns the outcome of a request that was refused before it could be read.
    pub fn refused(error: ApiError) -> Self {
        let mut outcome = Self::new();
        outcome.refuse(&error);
        outcome.answer = error.into_answer();
        outcome
    }

    pub(super) fn new() -> Self {
        Self {
            answer: Answer::json(200, ""),
            delivery: Delivery::default(),
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
