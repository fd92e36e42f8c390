//! Amazon's rules, for Nova. Its own bodies have Converse's shapes.

use super::any::{CONTENT, DOCUMENTS, FILES, MODEL, SAMPLING, TOOL_BLOCKS, TURNS, VIDEOS};
use super::list::RuleList;
use super::{cache_points, capabilities, images, text, tool_turns, tools};
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
    ],
    body: &[],
    shared: &[&[capabilities::content, tool_turns::results_fit_if_alternate]],
    in_stream: &[&[images::kind_nova]],
    words: rows::runtime::NOVA_PROVIDER_TEXT,
};
