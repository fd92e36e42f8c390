//! How answers differ by model: the rows of `fixtures/catalogue/families.json`.

use serde::Deserialize;

/// How answers of a family of models look.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Family {
    /// The family's name.
    pub family: String,
    /// Ids it covers; `*` at the end matches any rest.
    #[serde(rename = "match")]
    pub patterns: Vec<String>,
    /// The form of token counts.
    pub usage: UsageForm,
    /// The form of Anthropic bodies of InvokeModel, for Claude models.
    #[serde(default)]
    pub claude: Option<ClaudeForm>,
    /// When the cache counts of InvokeModel stand among its headers.
    #[serde(default)]
    pub cache_headers: CacheHeaders,
    /// Whether `toolUse` blocks of Converse say `"type":"tool_use"` (newer models).
    #[serde(default)]
    pub typed_tool_use: bool,
    /// How streams cut the arguments of tools.
    #[serde(default)]
    pub tool_pieces: ToolPiecesForm,
    /// What Converse refuses to pass on to the models: `system`, `tools`, `streamingTools`,
    /// `toolChoice.any`, `toolChoice.tool`, `temperature`, `topP`, `stopSequences`, `image`, `video`,
    /// `document`, `audio`, `s3Uri`, `signature`.
    #[serde(default)]
    pub refuses: Vec<String>,
    /// Whether CountTokens knows the models.
    #[serde(default)]
    pub counts_tokens: bool,
    /// observed, documented or assumed.
    pub basis: String,
    /// Where the fact comes from.
    pub source: String,
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

/// When cache counts stand among the headers.
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
