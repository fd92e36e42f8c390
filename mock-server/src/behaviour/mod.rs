//! What the "model" says: neutral turns in, neutral replies out.
//!
//! Speaks no provider's JSON and knows no HTTP; Converse and InvokeModel translate at its edge, so
//! the same conversation gives the same words, stop reason and token counts through all of them.

pub mod answer;
pub mod deltas;
pub mod ids;
pub mod instance;
pub mod pictures;
pub mod ranking;
pub mod tokens;
pub mod turn;
pub mod vectors;

pub use answer::reply;
pub use deltas::{Delta, ToolPieces, deltas};
pub use turn::{
    Block, Conversation, Reply, Role, Settings, StopReason, Tool, ToolChoice, ToolUse, Turn, Usage,
};
