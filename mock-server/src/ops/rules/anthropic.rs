//! Anthropic's rules, for Claude.

use super::any::{CONTENT, DOCUMENTS, FILES, MODEL, SAMPLING, TOOL_BLOCKS, TURNS, VIDEOS};
use super::list::{Rule, RuleList};
use super::{
    cache_points, images, output, provider_tools, reasoning, roles, text, thinking, tool_turns,
    tools,
};
use crate::wire::rows;

pub(super) const RULES: RuleList = RuleList {
    converse: &[
        CONTENT,
        &[text::not_blank_anthropic],
        TURNS,
        &[tool_turns::roles_anthropic],
        TOOL_BLOCKS,
        &[tools::chosen_exists_anthropic],
        DOCUMENTS,
        MODEL,
        &[output::schema_anthropic],
        FILES,
        &[images::count_anthropic, images::size_anthropic],
        VIDEOS,
        CONVERSATION,
        SAMPLING,
        &[images::kind_anthropic],
    ],
    body: &[&[output::body_config_anthropic]],
    shared: &[
        &[
            tool_turns::roles_anthropic,
            provider_tools::uses_are_answered,
            tools::chosen_exists_anthropic,
            images::size_anthropic,
        ],
        CONVERSATION,
        SAMPLING,
        &[images::kind_anthropic],
    ],
    in_stream: &[],
    words: rows::runtime::PROVIDER_TEXT,
};

/// What only Anthropic can refuse, after Converse has translated the request.
const CONVERSATION: &[Rule] = &[
    cache_points::number,
    cache_points::order_anthropic,
    cache_points::places_anthropic,
    tools::names_differ,
    tool_turns::ids_are_new,
    roles::prefill,
    reasoning::signed,
    thinking::form,
    thinking::room,
    thinking::first_block,
];
