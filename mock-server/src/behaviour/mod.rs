//! What the "model" says: neutral turns in, neutral replies out.
//!
//! Speaks no provider's JSON and knows no HTTP; Converse and InvokeModel translate at its edge, so
//! the same conversation gives the same words, stop reason and token counts through all of them.

pub mod answer;
pub mod cache;
pub mod cite;
pub mod deltas;
pub mod ids;
pub mod json_schema;
pub mod pattern;
pub mod pictures;
pub mod prefix;
pub mod ranking;
pub mod reasoning;
pub mod server_tools;
pub mod tokens;
pub mod traits;
pub mod turn;
pub mod vectors;

pub use answer::reply;
pub use cache::{CacheRules, CacheUse, PromptCache};
pub use deltas::{Cut, Delta, EmptyPiece, ToolPieces, deltas};
pub use prefix::PromptPrefix;
pub use traits::{ModelTraits, Thinks};
pub use turn::{
    Block, CacheBoundary, CachePoint, CacheTtl, Cited, Conversation, Places, Reasoning, Reply,
    Role, ScriptedFields, ServerResult, Settings, Source, StopReason, Thinking, Tool, ToolChoice,
    ToolUse, Turn, Usage,
};
