//! The neutral forms: a conversation, its settings, and the reply.

/// Who speaks in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The caller.
    User,
    /// The model.
    Assistant,
    /// Instructions inside the list of messages.
    System,
}

/// One turn of a conversation.
#[derive(Debug, Clone)]
pub struct Turn {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub blocks: Vec<Block>,
}

/// A piece of a turn.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Text.
    Text(String),
    /// Anything else a caller may send, by its member name and size in bytes; it counts towards
    /// the input tokens and is not answered to.
    Other {
        /// The content block's member name, for example `image`.
        kind: String,
        /// Size of its JSON text, bytes.
        size: usize,
    },
}

/// What a caller asks for.
#[derive(Debug, Clone, Default)]
pub struct Conversation {
    /// Instructions outside the list of messages.
    pub system: Vec<String>,
    /// The turns, oldest first.
    pub turns: Vec<Turn>,
    /// Limits on the reply.
    pub settings: Settings,
    /// The request holds a cache point somewhere.
    pub cache_point: bool,
}

/// Limits on a reply.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// At most this many output tokens.
    pub max_tokens: Option<u64>,
    /// The reply ends before the first of these.
    pub stop_sequences: Vec<String>,
}

/// Why a reply ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// It was complete.
    EndTurn,
    /// It reached the token limit.
    MaxTokens,
    /// It met a stop sequence.
    StopSequence,
}

impl StopReason {
    /// The word that Converse uses.
    pub fn converse(self) -> &'static str {
        match self {
            Self::EndTurn => "end_turn",
            Self::MaxTokens => "max_tokens",
            Self::StopSequence => "stop_sequence",
        }
    }
}

/// A reply.
#[derive(Debug, Clone)]
pub struct Reply {
    /// What is said.
    pub blocks: Vec<Block>,
    /// Why it ended.
    pub stop: StopReason,
    /// What it cost.
    pub usage: Usage,
    /// How long the model claims to have taken, ms.
    pub latency_ms: u64,
}

/// Token counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the request that came from no cache.
    pub input: u64,
    /// Tokens of the reply.
    pub output: u64,
    /// Tokens read from the prompt cache.
    pub cache_read: u64,
    /// Tokens written to the prompt cache.
    pub cache_write: u64,
}

impl Usage {
    /// All of them: the service adds cache reads and writes to the total.
    pub fn total(self) -> u64 {
        self.input + self.output + self.cache_read + self.cache_write
    }
}
