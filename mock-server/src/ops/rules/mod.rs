//! What the service says of a conversation that fits the model and still makes no sense.
//!
//! One rule, one function; one file for each group of rules; the first that is broken answers. Texts
//! and their sources are rows of `fixtures/errors/runtime.json`; which model refuses what, and how
//! much of a thing a request may hold, is `fixtures/catalogue/capabilities.json`.
//!
//! The order is that of [`CONVERSE`] and [`PROVIDER`]. Nobody outside knows the service's own; this one
//! follows from how it must work: what Converse can say of any conversation (blank or missing content, the order of
//! the roles, tools and their results), then what it can say of the model (what that does not take,
//! and how much), then what only the provider can say after Converse has translated the request
//! (`The model returned the following errors: …`). Constraints of the service model, such as lengths
//! and patterns, have been checked before.
//!
//! Bodies of InvokeModel reach the provider as they are; [`native`] is what it says of those.

mod block_path;
mod cache_points;
mod capabilities;
mod documents;
mod file_types;
mod images;
mod output;
pub(in crate::ops) mod provider;
mod provider_tools;
mod reasoning;
mod roles;
mod sampling;
mod text;
mod thinking;
mod tool_turns;
mod tools;
mod videos;

use serde_json::{Map, Value};

use crate::json::Json as _;
use crate::json::items;
use crate::state::catalogue::{Capability, Catalogue, Family, Limits, ModelEntry};
use crate::wire::ApiError;
use crate::wire::rows::RowId;

pub(in crate::ops) use images::mistaken_image;

/// What a request is judged by.
pub(in crate::ops) struct RuleInput<'a> {
    /// Members of the request, of the stored prompt too.
    pub(in crate::ops) input: &'a Map<String, Value>,
    /// Base id of the model that answers.
    pub(in crate::ops) model: &'a str,
    /// The id or ARN that the request names it by.
    pub(in crate::ops) called: &'a str,
    /// The region that answers.
    pub(in crate::ops) region: &'a str,
    /// How the model's answers look.
    pub(in crate::ops) family: &'a Family,
    /// Its catalogue entry; none for ids that were only inferred.
    pub(in crate::ops) entry: Option<&'a ModelEntry>,
    /// What models refuse.
    pub(in crate::ops) catalogue: &'a Catalogue,
    /// The answer will be streamed.
    pub(in crate::ops) stream: bool,
}

type Rule = fn(&RuleInput<'_>) -> Result<(), ApiError>;

/// What Converse says, of any conversation and of the model, in the order in which it is asked.
const CONVERSE: &[Rule] = &[
    // Of any conversation.
    text::content_is_there,
    text::text_is_not_blank,
    roles::the_user_starts,
    roles::roles_alternate,
    tools::tool_blocks_need_tools,
    tool_turns::tool_blocks_have_their_role,
    tool_turns::ids_differ,
    tool_turns::results_fit_uses,
    tool_turns::failed_results_say_why,
    tools::json_is_an_object,
    tools::the_chosen_tool_exists,
    documents::names,
    documents::count,
    documents::text_beside_them,
    cache_points::not_after_reasoning,
    // Of the model.
    capabilities::system,
    roles::system_messages,
    capabilities::tools,
    capabilities::content,
    capabilities::sources,
    capabilities::fields,
    capabilities::performance,
    capabilities::tier,
    reasoning::supported,
    tool_turns::text_and_tools_apart,
    tool_turns::status_is_known,
    roles::the_user_ends,
    output::cap,
    output::schema,
    documents::size_and_type,
    images::count,
    images::size,
    videos::count,
    videos::size,
];

/// What only the provider can say, behind the others.
const PROVIDER: &[Rule] = &[
    cache_points::number,
    cache_points::order,
    cache_points::places,
    tools::names_differ,
    tool_turns::ids_are_new,
    roles::prefill,
    reasoning::signed,
    thinking::form,
    thinking::beside,
    thinking::first_block,
    sampling::both,
    sampling::deprecated,
    images::kind,
];

/// The first rule that a request breaks.
pub(in crate::ops) fn judge(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let all = CONVERSE.iter().chain(PROVIDER);
    all.into_iter().try_for_each(|rule| rule(case))
}

impl<'a> RuleInput<'a> {
    fn refuses(&self, what: Capability) -> bool {
        self.catalogue.refuses(self.model, what)
    }

    fn limits(&self) -> Limits {
        self.catalogue.limits(self.model)
    }

    fn is_claude(&self) -> bool {
        self.family.family == "claude"
    }

    fn is_nova(&self) -> bool {
        self.family.family == "nova"
    }

    fn messages(&self) -> &'a [Value] {
        self.input.items("messages")
    }

    /// Entries of `toolConfig.tools`.
    fn tools(&self) -> &'a [Value] {
        items(
            self.input
                .member("toolConfig")
                .and_then(|t| t.member("tools")),
        )
    }

    /// A member of `inferenceConfig`.
    fn inference(&self, name: &str) -> Option<&'a Value> {
        self.input.member("inferenceConfig")?.get(name)
    }
}

/// The refusal of a row without placeholders, if it is called for.
fn refuse_if(broken: bool, row: RowId) -> Result<(), ApiError> {
    match broken {
        true => Err(ApiError::row(row)),
        false => Ok(()),
    }
}

fn role(message: &Value) -> &str {
    message
        .member("role")
        .and_then(Value::as_str)
        .unwrap_or_default()
}
