//! What rules look at.

use crate::conversation::{ConversationView, MessageView, ToolView};
use crate::state::catalogue::{Capability, Catalogue, Family, Limits, ModelEntry};
use crate::wire::ApiError;
use crate::wire::rows::RowId;

/// A request and the model that would answer it.
pub(in crate::ops) struct RuleInput<'a> {
    /// The request, including its stored prompt.
    pub(in crate::ops) conversation: &'a ConversationView<'a>,
    /// Base id of the model that answers.
    pub(in crate::ops) model: &'a str,
    /// The id or ARN by which the request names the model.
    pub(in crate::ops) called: &'a str,
    /// The region that answers.
    pub(in crate::ops) region: &'a str,
    /// How the model's answers look, and whose rules apply.
    pub(in crate::ops) family: &'a Family,
    /// The model's catalogue entry; `None` for ids that were only inferred.
    pub(in crate::ops) entry: Option<&'a ModelEntry>,
    /// What models refuse.
    pub(in crate::ops) catalogue: &'a Catalogue,
    /// The answer is a stream.
    pub(in crate::ops) stream: bool,
}

impl<'a> RuleInput<'a> {
    /// Whether the model refuses something.
    pub(super) fn refuses(&self, what: Capability) -> bool {
        self.catalogue.refuses(self.model, what)
    }

    /// Returns how much a request to the model may hold.
    pub(super) fn limits(&self) -> Limits {
        self.catalogue.limits(self.model)
    }

    /// Returns the messages of the request.
    pub(super) fn messages(&self) -> &'a [MessageView<'a>] {
        self.conversation.messages()
    }

    /// Returns the entries of `toolConfig.tools`.
    pub(super) fn tools(&self) -> &'a [ToolView<'a>] {
        self.conversation.tools()
    }
}

/// Returns the refusal of a row without placeholders if a rule is broken.
pub(super) fn refuse_if(broken: bool, row: RowId) -> Result<(), ApiError> {
    match broken {
        true => Err(ApiError::row(row)),
        false => Ok(()),
    }
}
