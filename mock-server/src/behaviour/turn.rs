//! The neutral forms: a conversation, its settings, and the reply.

use serde_json::Value;

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

/// A piece of a turn or of a reply.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Text.
    Text(String),
    /// The model asks for a tool.
    ToolUse(ToolUse),
    /// What a tool answered, as text.
    ToolResult {
        /// Id of the request for the tool, as the caller repeats it.
        id: String,
        /// Its text, or the text of its JSON.
        text: String,
    },
    /// Anything else a caller may send, by its member name and size in bytes; it counts towards
    /// the input tokens and is not answered to.
    Other {
        /// The content block's member name, for example `image`.
        kind: String,
        /// Size of its JSON text, bytes.
        size: usize,
    },
}

/// A request for a tool.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolUse {
    /// What the id is made from; each dialect has a form of its own.
    pub seed: u64,
    /// Name of the tool.
    pub name: String,
    /// Arguments.
    pub input: Value,
}

/// A tool that the model may ask for.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// JSON Schema of its arguments.
    pub schema: Value,
}

/// Whether the model must ask for a tool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ToolChoice {
    /// As it likes; the default answer likes text.
    #[default]
    Auto,
    /// Any one.
    Any,
    /// This one.
    Named(String),
    /// None at all.
    Never,
}

/// What a caller asks for.
#[derive(Debug, Clone, Default)]
pub struct Conversation {
    /// Instructions outside the list of messages.
    pub system: Vec<String>,
    /// The turns, oldest first.
    pub turns: Vec<Turn>,
    /// Tools that may be asked for.
    pub tools: Vec<Tool>,
    /// Whether one must be.
    pub tool_choice: ToolChoice,
    /// JSON Schema that the text must be valid against.
    pub output_schema: Option<Value>,
    /// Limits on the reply.
    pub settings: Settings,
    /// The request holds a cache point somewhere.
    pub cache_point: bool,
}

impl Conversation {
    /// A conversation of one user text, as completion dialects have it.
    pub fn of_prompt(prompt: &str, settings: Settings) -> Self {
        let turns = vec![Turn {
            role: Role::User,
            blocks: vec![Block::Text(prompt.to_owned())],
        }];
        Self {
            turns,
            settings,
            ..Self::default()
        }
    }
}

/// Limits on a reply.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// At most this many output tokens.
    pub max_tokens: Option<u64>,
    /// The reply ends before the first of these.
    pub stop_sequences: Vec<String>,
    /// How many replies are asked for at once, one if absent; they have the same words, and each
    /// costs its output tokens.
    pub answers: Option<u64>,
}

/// Why a reply ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// It was complete.
    EndTurn,
    /// It asks for a tool.
    ToolUse,
    /// It reached the token limit.
    MaxTokens,
    /// It met this stop sequence.
    StopSequence(String),
}

impl StopReason {
    /// The word that Converse uses, and Anthropic's and Nova's own bodies too.
    pub fn converse(&self) -> &'static str {
        match self {
            Self::EndTurn => "end_turn",
            Self::ToolUse => "tool_use",
            Self::MaxTokens => "max_tokens",
            Self::StopSequence(_) => "stop_sequence",
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

impl Reply {
    /// The text of all text blocks, for dialects that know only text.
    pub fn text(&self) -> String {
        let text = |b: &Block| match b {
            Block::Text(text) => Some(text.clone()),
            _ => None,
        };
        self.blocks.iter().filter_map(text).collect()
    }
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
