//! How answers differ by model: the rows of `fixtures/catalogue/families.json`.

use serde::Deserialize;

use crate::behaviour::{Cut, EmptyPiece, ModelTraits, Thinks, ToolPieces};

/// How answers of a family of models look.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Family {
    /// The family's name.
    pub family: String,
    /// Ids it covers; `*` at the end matches any rest.
    #[serde(rename = "match")]
    pub patterns: Vec<String>,
    /// Whose rules requests are checked against.
    #[serde(default)]
    pub rules: RuleSet,
    /// The form of token counts.
    pub usage: UsageForm,
    /// The form of Anthropic bodies of InvokeModel, for Claude models.
    #[serde(default)]
    pub claude: Option<ClaudeForm>,
    /// When the cache counts of InvokeModel are among its headers.
    #[serde(default)]
    pub cache_headers: CacheHeaders,
    /// Whether `toolUse` blocks of Converse say `"type":"tool_use"` (newer models).
    #[serde(default)]
    pub typed_tool_use: TypedToolUse,
    /// A stop sequence stays in the text, and the stop reason is `end_turn` (Nova).
    #[serde(default)]
    pub keeps_stop_sequence: bool,
    /// Converse puts reasoning after the answer that it led to (DeepSeek R1).
    #[serde(default)]
    pub answers_first: bool,
    /// When the models think before they answer.
    #[serde(default)]
    pub thinks: ThinksForm,
    /// How their reasoning is written.
    #[serde(default)]
    pub thoughts: ThoughtsForm,
    /// Whether they cite documents and search results where a request enables it.
    #[serde(default)]
    pub cites: bool,
    /// Streams of Converse open with a text block that stays empty (gpt-oss).
    #[serde(default)]
    pub empty_first_block: bool,
    /// The form of `toolUseId` in Converse.
    #[serde(default)]
    pub tool_ids: ToolIdForm,
    /// How streams cut the arguments of tools.
    #[serde(default)]
    pub tool_pieces: ToolPiecesForm,
    /// Tokens of text and reasoning that share a delta of a Converse stream, or a chunk of an InvokeModel
    /// stream that knows only text, by the mock's estimator (4 to 5 characters each).
    #[serde(default = "tokens_per_delta")]
    pub tokens_per_delta: usize,
    /// Where Converse streams have an empty piece of text.
    #[serde(default)]
    pub empty_piece: EmptyPieceForm,
    /// Whether CountTokens knows the models.
    #[serde(default)]
    pub counts_tokens: bool,
    /// observed, documented or assumed.
    pub basis: String,
    /// Where the fact comes from.
    pub source: String,
}

/// Whose rules requests are checked against: `ops::rules` has a list for each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleSet {
    /// Those that no provider of its own is known to have.
    #[default]
    Any,
    /// Anthropic's.
    Anthropic,
    /// Amazon's, for Nova.
    Nova,
}

/// Which members `usage` has.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UsageForm {
    /// When cache counts appear.
    pub cache_counts: CacheCounts,
    /// When the write counts appear among them.
    pub write_counts: WriteCounts,
    /// Whether the empty `serverToolUsage` object appears.
    pub server_tool_usage: bool,
    /// The same for streams, where it differs.
    #[serde(default)]
    pub stream_server_tool_usage: Option<bool>,
}

/// The form of Anthropic bodies, which changed over the years.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ClaudeForm {
    /// Which member comes first.
    pub order: BodyOrder,
    /// Whether `stop_details` appears.
    #[serde(default)]
    pub stop_details: bool,
    /// Which cache counts `usage` has.
    pub cache_usage: CacheUsage,
    /// Whether the body itself may have `cache_control`, which sets a cache point at the end of the
    /// prompt.
    #[serde(default)]
    pub automatic_cache: bool,
}

/// Which member of a message comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BodyOrder {
    /// `id`, to mid 2025.
    #[default]
    IdFirst,
    /// `model`, since late 2025.
    ModelFirst,
}

/// Which cache counts an Anthropic `usage` has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CacheUsage {
    /// None, unless the request holds a cache point.
    #[default]
    WhenCached,
    /// Reads and writes.
    Counts,
    /// Reads, writes, and writes by time to live.
    Creation,
}

/// When cache counts are among the headers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CacheHeaders {
    /// Never.
    #[default]
    Never,
    /// If the request holds a cache point.
    CachePoint,
    /// Always.
    Always,
}

/// How streams cut the arguments of tools.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToolPiecesForm {
    /// An empty piece first, then a few tokens each.
    EmptyFirst,
    /// All at once.
    #[default]
    Whole,
    /// Token by token, pretty-printed.
    Pretty,
}

/// Where Converse streams have an empty piece of text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmptyPieceForm {
    /// Nowhere (Claude).
    #[default]
    Never,
    /// Before the first text (Jamba).
    First,
    /// Behind the last text (Nova 1, Llama, Mistral).
    Last,
}

/// When models think before they answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThinksForm {
    /// Never.
    #[default]
    Never,
    /// When the request enables it.
    WhenAsked,
    /// Unless the request forbids it.
    Always,
}

/// How reasoning is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThoughtsForm {
    /// In words alone.
    #[default]
    Plain,
    /// In words and with a signature (Claude).
    Signed,
    /// As `[REDACTED]` (Nova 2).
    Hidden,
}

/// The form of `toolUseId` in Converse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToolIdForm {
    /// `tooluse_` and 22 letters and digits (2026).
    #[default]
    Alphanumeric,
    /// `tooluse_` and 16 bytes in URL-safe base64 (to 2025, and tools that the service runs).
    Base64,
    /// `functions.NAME:N` (Kimi).
    Functions,
}

/// As in most of the recorded streams of newer models.
const fn tokens_per_delta() -> usize {
    3
}

impl Family {
    /// How Converse streams cut the models' replies.
    pub fn cut(&self) -> Cut {
        Cut {
            tools: match self.tool_pieces {
                ToolPiecesForm::EmptyFirst => ToolPieces::EmptyFirst,
                ToolPiecesForm::Whole => ToolPieces::Whole,
                ToolPiecesForm::Pretty => ToolPieces::Pretty,
            },
            tokens: self.tokens_per_delta,
            empty: match self.empty_piece {
                EmptyPieceForm::Never => EmptyPiece::Never,
                EmptyPieceForm::First => EmptyPiece::First,
                EmptyPieceForm::Last => EmptyPiece::Last,
            },
        }
    }

    /// Returns what the models do by themselves.
    pub fn traits(&self) -> ModelTraits {
        ModelTraits {
            thinks: match self.thinks {
                ThinksForm::Never => Thinks::Never,
                ThinksForm::WhenAsked => Thinks::WhenAsked,
                ThinksForm::Always => Thinks::Always,
            },
            signs_reasoning: self.thoughts == ThoughtsForm::Signed,
            redacts_reasoning: self.thoughts == ThoughtsForm::Hidden,
            cites: self.cites,
            keeps_stop_sequence: self.keeps_stop_sequence,
        }
    }
}

/// Whether `toolUse` blocks of Converse say their type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TypedToolUse {
    /// No.
    #[default]
    Never,
    /// Yes.
    Always,
    /// Where the request offers tools that the service runs.
    ServerTools,
}

/// When cache counts appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CacheCounts {
    /// Never.
    Never,
    /// If the request holds a cache point.
    CachePoint,
    /// In every unary answer; in streams only with a cache point.
    Always,
}

/// When write counts appear among the cache counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WriteCounts {
    /// With the read counts.
    Always,
    /// Only if something was written.
    WhenWritten,
}
