//! The rules of every provider without a list of its own, and the groups that all lists share.

use super::list::{Rule, RuleList};
use super::{
    cache_points, capabilities, documents, images, output, reasoning, roles, sampling, text,
    tool_turns, tools, videos,
};
use crate::wire::rows;

pub(super) const RULES: RuleList = RuleList {
    converse: &[
        CONTENT,
        &[text::not_blank],
        TURNS,
        &[tool_turns::roles],
        TOOL_BLOCKS,
        &[tools::chosen_exists],
        DOCUMENTS,
        MODEL,
        FILES,
        &[images::count, images::size],
        VIDEOS,
        &[cache_points::number, cache_points::places],
        SAMPLING,
        &[images::readable],
    ],
    // Bodies of other providers have no rules beyond their schemas.
    body: &[],
    shared: &[],
    in_stream: &[],
    words: rows::runtime::PROVIDER_TEXT,
};

/// Messages have content.
pub(super) const CONTENT: &[Rule] = &[text::content_is_there];

/// User and assistant take turns.
pub(super) const TURNS: &[Rule] = &[
    roles::the_user_starts,
    roles::roles_alternate,
    tools::tool_blocks_need_tools,
];

/// Requests for tools and their results fit.
pub(super) const TOOL_BLOCKS: &[Rule] = &[
    tool_turns::ids_differ,
    tool_turns::results_fit_uses,
    tool_turns::failed_results_say_why,
    tools::json_is_an_object,
];

/// Documents and cache points, in any conversation.
pub(super) const DOCUMENTS: &[Rule] = &[
    documents::names,
    documents::count,
    documents::text_accompanies,
    cache_points::not_after_reasoning,
];

/// What the model does not accept.
pub(super) const MODEL: &[Rule] = &[
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
];

/// Documents are of the size and type that the model accepts.
pub(super) const FILES: &[Rule] = &[documents::size_and_type];

/// Videos are of the number and size that the model accepts.
pub(super) const VIDEOS: &[Rule] = &[videos::count, videos::size];

/// `temperature` and `topP`.
pub(super) const SAMPLING: &[Rule] = &[sampling::both, sampling::deprecated];
