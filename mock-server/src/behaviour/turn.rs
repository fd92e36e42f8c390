//! The neutral forms: a conversation, its settings, and the reply.
//!
//! Long, because the rest of this module and every dialect use these types, each with its meaning.

use std::collections::HashMap;

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

impl Role {
    /// Returns the name of the role, the same for Converse and for all providers.
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::System => "system",
        }
    }
}

/// One turn of a conversation.
#[derive(Debug, Clone)]
pub struct Turn {
    /// Who speaks.
    pub role: Role,
    /// Its content blocks.
    pub blocks: Vec<Block>,
}

/// A piece of a turn or of a reply.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Text.
    Text(String),
    /// The model requests a tool.
    ToolUse(ToolUse),
    /// The answer of a tool, as text.
    ToolResult {
        /// Id of the request for the tool.
        id: String,
        /// Its text, or the text of its JSON.
        text: String,
    },
    /// Reasoning that precedes the answer.
    Reasoning(Reasoning),
    /// Text with the places it was taken from.
    Cited(Cited),
    /// The answer of a tool that the service itself ran, in the reply that requested it.
    ServerResult(ServerResult),
    /// A block of a scripted reply that only Converse has, such as `image` or `document`.
    Passthrough {
        /// The content block's member name.
        kind: String,
        /// Its value, by the model's member names.
        value: Value,
    },
    /// Any other block of a caller, by its member name and size in bytes; it only counts towards the
    /// input tokens.
    Other {
        /// The content block's member name, for example `image`.
        kind: String,
        /// Size of its JSON text, bytes.
        size: usize,
    },
}

impl Block {
    /// Sets the seed of the block's ids, if it has any.
    pub fn reseed(&mut self, seed: u64) {
        match self {
            Self::ToolUse(tool) => tool.seed = seed,
            Self::ServerResult(result) => result.seed = seed,
            _ => {}
        }
    }
}

/// A request for a tool.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ToolUse {
    /// The seed of the id; each dialect has a form of its own.
    pub seed: u64,
    /// The id itself, if a script gives it.
    pub id: Option<String>,
    /// Name of the tool.
    pub name: String,
    /// Arguments.
    pub input: Value,
    /// The service runs it itself and answers in the same reply.
    pub server: bool,
}

/// Reasoning of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reasoning {
    /// In words.
    Text {
        /// The words.
        text: String,
        /// The model's signature of the words, base64; `None` for models that do not sign.
        signature: Option<String>,
    },
    /// Encrypted: base64.
    Redacted(String),
}

/// Text with the places it was taken from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cited {
    /// The text; Nova's web citations have none.
    pub text: Option<String>,
    /// The places, by Converse's member names (`location`, `source`, `sourceContent`, `title`).
    pub citations: Vec<Value>,
}

/// The answer of a tool that the service ran.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerResult {
    /// The seed of the id of the tool use.
    pub seed: u64,
    /// The id itself, if a script gives it.
    pub id: Option<String>,
    /// `type`, for example `nova_grounding_result`.
    pub kind: Option<String>,
    /// `success` or `error`.
    pub status: Option<String>,
    /// Content blocks, by Converse's member names.
    pub content: Vec<Value>,
}

/// A tool that the model may call.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// JSON Schema of its arguments.
    pub schema: Value,
}

/// Whether the model must call a tool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ToolChoice {
    /// The model decides; the default answer prefers text.
    #[default]
    Auto,
    /// Any one.
    Any,
    /// This one.
    Named(String),
    /// No tool.
    Never,
}

/// A conversation that a caller wants continued.
#[derive(Debug, Clone, Default)]
pub struct Conversation {
    /// Instructions outside the list of messages.
    pub system: Vec<String>,
    /// The turns, oldest first.
    pub turns: Vec<Turn>,
    /// Tools that may be called.
    pub tools: Vec<Tool>,
    /// Names of the tools that the service itself would run.
    pub system_tools: Vec<String>,
    /// Whether one must be called.
    pub tool_choice: ToolChoice,
    /// JSON Schema that the text must be valid against.
    pub output_schema: Option<Value>,
    /// Limits on the reply.
    pub settings: Settings,
    /// The request holds a cache point somewhere.
    pub cache_point: bool,
    /// The cache points, in the order in which the prompt is read.
    pub cache: Vec<CachePoint>,
    /// Whether the request enables reasoning.
    pub thinking: Thinking,
    /// What the answer may cite, because the request enables citations of it.
    pub sources: Vec<Source>,
}

/// Whether a request enables reasoning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Thinking {
    /// It does not say.
    #[default]
    Unsaid,
    /// It disables it.
    Off,
    /// It enables it.
    On,
}

/// Where a prompt may be cached: everything before it is one prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachePoint {
    /// Hash of everything before it.
    pub prefix: u128,
    /// Tokens before it.
    pub tokens: u64,
    /// How long the entry lives.
    pub ttl: CacheTtl,
    /// Ends of the blocks before the last one, the nearest first; a limited number of them.
    pub earlier: Vec<CacheBoundary>,
}

/// The end of a block of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheBoundary {
    /// Hash of everything before it.
    pub prefix: u128,
    /// Tokens before it.
    pub tokens: u64,
}

/// How long a cached prefix lives after its last use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum CacheTtl {
    /// Five minutes.
    #[default]
    FiveMinutes,
    /// An hour.
    Hour,
}

/// Something that an answer may cite.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its title: a document's name, a search result's title.
    pub title: String,
    /// The address of a search result.
    pub address: Option<String>,
    /// Its text, in the pieces that locations count; empty if the mock cannot read it.
    pub texts: Vec<String>,
    /// How locations in it are counted.
    pub places: Places,
    /// Index among the request's documents, or among its search results.
    pub index: usize,
}

/// How locations in a source are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Places {
    /// By characters (plain text).
    Chars,
    /// By pages (PDF).
    Pages,
    /// By blocks of content (documents given as blocks).
    Chunks,
    /// By blocks of a search result.
    SearchResult,
}

impl Conversation {
    /// Returns a conversation of one user text, as completion dialects have it.
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
    /// Number of requested replies, one if absent; they have the same words, and each costs its output
    /// tokens.
    pub answers: Option<u64>,
}

/// Why a reply ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// It was complete.
    EndTurn,
    /// It requests a tool.
    ToolUse,
    /// It reached the token limit.
    MaxTokens,
    /// It met this stop sequence.
    StopSequence(String),
    /// A guardrail intervened.
    GuardrailIntervened,
    /// The provider's own filter intervened.
    ContentFiltered,
    /// The model's output could not be read.
    MalformedModelOutput,
    /// The model's request for a tool could not be read.
    MalformedToolUse,
    /// The conversation no longer fits the model.
    ContextWindowExceeded,
    /// A word that no service model has yet, as a script gives it.
    Other(String),
}

impl StopReason {
    /// Returns the word that Converse uses, and Anthropic's and Nova's own bodies too.
    pub fn converse(&self) -> &str {
        match self {
            Self::EndTurn => "end_turn",
            Self::ToolUse => "tool_use",
            Self::MaxTokens => "max_tokens",
            Self::StopSequence(_) => "stop_sequence",
            Self::GuardrailIntervened => "guardrail_intervened",
            Self::ContentFiltered => "content_filtered",
            Self::MalformedModelOutput => "malformed_model_output",
            Self::MalformedToolUse => "malformed_tool_use",
            Self::ContextWindowExceeded => "model_context_window_exceeded",
            Self::Other(word) => word,
        }
    }

    /// Returns the reason that a word of Converse names.
    pub fn of_word(word: &str) -> Self {
        match word {
            "end_turn" => Self::EndTurn,
            "tool_use" => Self::ToolUse,
            "max_tokens" => Self::MaxTokens,
            "stop_sequence" => Self::StopSequence(String::new()),
            "guardrail_intervened" => Self::GuardrailIntervened,
            "content_filtered" => Self::ContentFiltered,
            "malformed_model_output" => Self::MalformedModelOutput,
            "malformed_tool_use" => Self::MalformedToolUse,
            "model_context_window_exceeded" => Self::ContextWindowExceeded,
            other => Self::Other(other.into()),
        }
    }
}

/// A reply.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Its content blocks.
    pub blocks: Vec<Block>,
    /// Why it ended.
    pub stop: StopReason,
    /// Its token counts.
    pub usage: Usage,
    /// The latency that the answer reports, ms.
    pub latency_ms: u64,
    /// The pieces of a block in a stream, by the block's index, where a script declares them: texts, or
    /// fragments of a tool's JSON.
    pub pieces: HashMap<usize, Vec<String>>,
    /// The members of a scripted reply besides its content and stop reason.
    pub scripted: Option<Box<ScriptedFields>>,
}

/// Members of a scripted reply that the answer repeats unchanged, by Converse's names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScriptedFields {
    /// `usage`.
    pub usage: Option<Value>,
    /// `trace`.
    pub trace: Option<Value>,
    /// `additionalModelResponseFields`.
    pub additional: Option<Value>,
    /// `performanceConfig`.
    pub performance: Option<Value>,
    /// `serviceTier`.
    pub tier: Option<Value>,
}

impl Reply {
    /// Returns a reply of these blocks, which streams cut into the mock's own pieces.
    pub fn new(blocks: Vec<Block>, stop: StopReason, usage: Usage, latency_ms: u64) -> Self {
        Self {
            blocks,
            stop,
            usage,
            latency_ms,
            pieces: HashMap::new(),
            scripted: None,
        }
    }

    /// Returns the text of all text blocks, for dialects that know only text.
    pub fn text(&self) -> String {
        let text = |b: &Block| match b {
            Block::Text(text) => Some(text.clone()),
            Block::Cited(cited) => cited.text.clone(),
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
    /// Those of them that were written for an hour.
    pub cache_write_hour: u64,
}

impl Usage {
    /// Returns the sum of all: the service adds cache reads and writes to the total.
    pub fn total(self) -> u64 {
        self.input + self.output + self.cache_read + self.cache_write
    }
}
