//! What models refuse and how much they take: the rows of `fixtures/catalogue/capabilities.json`.

use serde::Deserialize;

use super::catalogue::covers;

/// Something that Converse refuses for some models. Unless said otherwise it is a member of the
/// request that the model does not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Capability {
    /// System prompts.
    System,
    /// Messages of the role `system`.
    SystemRole,
    /// Tools.
    Tools,
    /// Tools in streams.
    StreamingTools,
    /// The choice that some tool must be asked for.
    #[serde(rename = "toolChoice.any")]
    ToolChoiceAny,
    /// The choice that this tool must be asked for.
    #[serde(rename = "toolChoice.tool")]
    ToolChoiceTool,
    /// Tools that the service runs itself.
    SystemTool,
    /// `status` of tool results.
    ToolResultStatus,
    /// Text and tool blocks in one turn.
    MixedToolTurn,
    /// A conversation that ends with the assistant, in the service's words.
    LastAssistantTurn,
    /// The same, in Anthropic's words.
    Prefill,
    /// `temperature`.
    Temperature,
    /// `topP`.
    TopP,
    /// `stopSequences`.
    StopSequences,
    /// `temperature` and `topP` together.
    TemperatureWithTopP,
    /// Any `temperature` or `topP` but 1, in Anthropic's words.
    Sampling,
    /// Images.
    Image,
    /// Video.
    Video,
    /// Audio.
    Audio,
    /// Documents.
    Document,
    /// Citations of documents and search results.
    Citations,
    /// Sources in S3.
    S3Uri,
    /// Signatures of reasoning.
    Signature,
    /// Reasoning in words.
    ReasoningText,
    /// Thinking of the type `adaptive`.
    AdaptiveThinking,
    /// Thinking of the type `enabled`.
    EnabledThinking,
    /// `outputConfig`.
    OutputConfig,
    /// `outputConfig.effort`.
    Effort,
    /// Cache points after tools, tool uses and tool results.
    ToolCachePoint,
    /// Optimized latency.
    OptimizedLatency,
    /// The service tier `flex`.
    FlexTier,
    /// The service tier `priority`.
    PriorityTier,
}

/// How much a request to a model may hold; nothing said is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Largest `maxTokens`, tokens.
    pub max_output_tokens: Option<u64>,
    /// Most images.
    pub images: Option<usize>,
    /// Largest image, bytes.
    pub image_bytes: Option<usize>,
    /// Most documents.
    pub documents: Option<usize>,
    /// Largest document, bytes.
    pub document_bytes: Option<usize>,
    /// Most videos.
    pub videos: Option<usize>,
    /// Largest video, bytes.
    pub video_bytes: Option<usize>,
    /// Most cache points.
    pub cache_points: Option<usize>,
}

/// All rows.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Capabilities {
    #[serde(default, rename = "about")]
    _about: String,
    refusals: Vec<RefusalRow>,
    limits: Vec<LimitRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefusalRow {
    what: Vec<Capability>,
    #[serde(rename = "match")]
    patterns: Vec<String>,
    #[serde(default)]
    except: Vec<String>,
    #[serde(rename = "basis")]
    _basis: String,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct LimitRow {
    #[serde(rename = "match")]
    patterns: Vec<String>,
    max_output_tokens: Option<u64>,
    images: Option<usize>,
    image_bytes: Option<usize>,
    documents: Option<usize>,
    document_bytes: Option<usize>,
    videos: Option<usize>,
    video_bytes: Option<usize>,
    cache_points: Option<usize>,
    #[serde(rename = "basis")]
    _basis: String,
    #[serde(rename = "source")]
    _source: String,
}

impl Capabilities {
    /// Whether a model refuses something, by its base id.
    pub(super) fn refuses(&self, model: &str, what: Capability) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|p| covers(p, model));
        self.refusals
            .iter()
            .any(|row| row.what.contains(&what) && any(&row.patterns) && !any(&row.except))
    }

    /// What a request to a model may hold, by its base id.
    pub(super) fn limits(&self, model: &str) -> Limits {
        let rows = || {
            self.limits
                .iter()
                .filter(|row| row.patterns.iter().any(|p| covers(p, model)))
        };
        Limits {
            max_output_tokens: rows().find_map(|r| r.max_output_tokens),
            images: rows().find_map(|r| r.images),
            image_bytes: rows().find_map(|r| r.image_bytes),
            documents: rows().find_map(|r| r.documents),
            document_bytes: rows().find_map(|r| r.document_bytes),
            videos: rows().find_map(|r| r.videos),
            video_bytes: rows().find_map(|r| r.video_bytes),
            cache_points: rows().find_map(|r| r.cache_points),
        }
    }
}
