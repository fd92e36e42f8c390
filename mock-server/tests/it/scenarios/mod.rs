//! Scenarios: what they match, what they answer, where they come from, and what is wrong with them.

mod build;
mod control;
mod documents;
mod edges;
mod families;
mod ignored;
mod lint;
mod markup;
mod matches;
mod order;
mod quick;
mod raw;
mod reload;
mod said;
mod schema;
mod script;
