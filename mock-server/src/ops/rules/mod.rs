//! The rules of a conversation that fits the service model and still makes no sense.
//!
//! One rule is one function, in a file for each group of rules; the first broken rule answers. Which
//! rules apply, and in which order, is one list for each provider: [`any`], [`anthropic`], [`nova`].
//! The catalogue names the list of each family (`rules` in `fixtures/catalogue/families.json`), so a
//! provider with rules of its own is a variant of [`RuleSet`](crate::state::catalogue::RuleSet), a
//! list and a file. Texts and their sources are rows of `fixtures/errors/runtime.json`; which model
//! refuses what, and how much of a thing a request may hold, is `fixtures/catalogue/capabilities.json`.
//!
//! Nobody outside knows the service's own order; this one follows from how it must work: what Converse
//! can refuse in any conversation (blank or missing content, the order of the roles, tools and their
//! results), then what it can refuse for the model (what that does not accept, and how much), then what
//! only the provider can refuse after Converse has translated the request (`The model returned the
//! following errors: …`). Constraints of the service model, such as lengths and patterns, have been
//! checked before.
//!
//! Bodies of InvokeModel reach the provider as they are; its own list for those leaves out the rules
//! that are Converse's, and its words appear without the frame that Converse puts around them.

mod anthropic;
mod any;
mod block_path;
mod cache_points;
mod capabilities;
mod check;
mod documents;
mod file_types;
mod images;
mod input;
mod list;
mod nova;
mod output;
mod provider_tools;
mod reasoning;
mod roles;
mod sampling;
mod text;
mod thinking;
mod tool_turns;
mod tools;
mod videos;

pub(in crate::ops) use check::{broken_in_stream, check_body_rules, check_rules, unframed};
pub(in crate::ops) use input::RuleInput;
use input::refuse_if;
