//! A conversation as a typed view that borrows from the request body.
//!
//! The view is built once for each request: [`from_converse`] reads the members of a Converse request,
//! and each provider whose bodies have rules reads its own. The rules of `ops::rules` look at the view,
//! and [`neutral`] makes the owned [`behaviour::Conversation`](crate::behaviour::Conversation) from it,
//! which is what the answer is made of. The owned form keeps that name because every dialect of
//! InvokeModel makes one; the view is what only rules and Converse read.

mod block;
mod cache_points;
mod from_converse;
mod neutral;
mod sources;
mod tools;
mod view;

pub(crate) use block::{
    BlockView, DocumentView, MediaView, ReasoningView, ToolResultView, ToolUseView, ViewKind,
};
pub(crate) use from_converse::from_converse;
pub(crate) use view::{
    ConversationView, InferenceView, MessageView, OutputView, ToolChoiceView, ToolConfigView,
    ToolKind, ToolView,
};
