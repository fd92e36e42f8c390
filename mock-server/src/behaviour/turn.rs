//! The neutral forms: a conversation, its settings, and the reply.
//!
//! Long, because these are the words in which everything else here is said, each with its meaning.

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
    /// What the model thought before it answered.
    Reasoning(Reasoning),
    /// Text with the places it was taken from.
    Cited(Cited),
    /// What a tool answered that the service itself ran, in the reply that asked for it.
    ServerResult(ServerResult),
    /// A block of a scripted reply that only Converse has, such as `image` or `document`.
    Passthrough {
        /// The content block's member name.
        kind: String,
        /// Its value, by the model's member names.
        value: Value,
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

impl Block {
    /// Sets what the block's ids are made from, where it has any.
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
    /// What the id is made from; each dialect has a form of its own.
    pub seed: u64,
    /// The id itself, where a script says it.
    pub id: Option<String>,
    /// Name of the tool.
    pub name: String,
    /// Arguments.
    pub input: Value,
    /// The service runs it itself and answers in the same reply.
    pub server: bool,
}

/// What the model thought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reasoning {
    /// In words.
    Text {
        /// The words.
        text: String,
        /// What proves that the words are the model's, base64, where the model signs.
        signature: Option<String>,
    },
    /// Kept from the reader: base64.
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

/// What a tool answered that the service ran.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerResult {
    /// What the id of the tool use was made from.
    pub seed: u64,
    /// The id itself, where a script says it.
    pub id: Option<String>,
    /// `type`, for example `nova_grounding_result`.
    pub kind: Option<String>,
    /// `success` or `error`.
    pub status: Option<String>,
    /// Content blocks, by Converse's member names.
    pub content: Vec<Value>,
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
    /// Names of the tools that the service itself would run.
    pub system_tools: Vec<String>,
    /// Whether one must be.
    pub tool_choice: ToolChoice,
    /// JSON Schema that the text must be valid against.
    pub output_schema: Option<Value>,
    /// Limits on the reply.
    pub settings: Settings,
    /// The request holds a cache point somewhere.
    pub cache_point: bool,
    /// The cache points, in the order in which the prompt is read.
    pub cache: Vec<CachePoint>,
    /// Whether the request asks for reasoning.
    pub thinking: Thinking,
    /// What the answer may cite, because the request asks for citations of it.
    pub sources: Vec<Source>,
}

/// Whether a request asks for reasoning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Thinking {
    /// It says nothing.
    #[default]
    Unsaid,
    /// It forbids it.
    Off,
    /// It asks for it.
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
    /// What it says, in the pieces in which locations count; empty where the mock cannot read it.
    pub texts: Vec<String>,
    /// How places in it are told.
    pub places: Places,
    /// Index among the request's documents, or among its search results.
    pub index: usize,
}

/// How places in a source are told.
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
    /// A guardrail stepped in.
    GuardrailIntervened,
    /// The provider's own filter stepped in.
    ContentFiltered,
    /// The model's output could not be read.
    MalformedModelOutput,
    /// The model's request for a tool could not be read.
    MalformedToolUse,
    /// The conversation no longer fits the model.
    ContextWindowExceeded,
    /// A word that no service model has yet, as a script says it.
    Other(String),
}

impl StopReason {
    /// The word that Converse uses, and Anthropic's and Nova's own bodies too.
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

    /// The reason that a word of Converse's names.
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
    /// What is said.
    pub blocks: Vec<Block>,
    /// Why it ended.
    pub stop: StopReason,
    /// What it cost.
    pub usage: Usage,
    /// How long the model claims to have taken, ms.
    pub latency_ms: u64,
    /// The pieces in which a stream tells a block, by the block's index, where a script declares
    /// them: texts, or fragments of a tool's JSON.
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
    /// A reply of these blocks, told in the mock's own pieces.
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

    /// The text of all text blocks, for dialects that know only text.
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
    /// All of them: the service adds cache reads and writes to the total.
    pub fn total(self) -> u64 {
        self.input + self.output + self.cache_read + self.cache_write
    }
}
