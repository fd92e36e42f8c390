//! What models refuse and how much they take: the rows of `fixtures/catalogue/capabilities.json`.

use std::collections::HashMap;

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
    /// The choice that some tool must be used.
    #[serde(rename = "toolChoice.any")]
    ToolChoiceAny,
    /// The choice that this tool must be used.
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
    /// An empty text, in Anthropic's words instead of the service's.
    EmptyText,
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
    /// Most input tokens, as the mock counts them.
    pub context_tokens: Option<u64>,
    /// In whose words a longer input is refused.
    pub too_long: TooLong,
}

/// In whose words an input is refused that is longer than the model reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TooLong {
    /// The service's own.
    #[default]
    Native,
    /// Anthropic's, with both numbers.
    Anthropic,
    /// Those of Nova 2.
    #[serde(rename = "nova-2")]
    Nova2,
    /// Those of the engine behind open models, with both numbers.
    Mantle,
}

/// All rows.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Capabilities {
    #[serde(default, rename = "about")]
    _about: String,
    refusals: Vec<RefusalRow>,
    limits: Vec<LimitRow>,
    /// What the rows say about models that the catalogue has: each request looks them up some twenty times.
    #[serde(skip)]
    known: HashMap<String, Known>,
}

#[derive(Debug)]
struct Known {
    refuses: Vec<Capability>,
    limits: Limits,
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
    context_tokens: Option<u64>,
    too_long: Option<TooLong>,
    #[serde(rename = "basis")]
    _basis: String,
    #[serde(rename = "source")]
    _source: String,
}

impl Capabilities {
    /// Looks all rows through once for each of these base ids. Others are looked up at each request.
    pub(super) fn learn<'a>(&mut self, models: impl Iterator<Item = &'a str>) {
        for model in models {
            let rows = self.refusals.iter().filter(|row| row.is_about(model));
            let known = Known {
                refuses: rows.flat_map(|row| row.what.iter().copied()).collect(),
                limits: self.find_limits(model),
            };
            self.known.insert(model.to_owned(), known);
        }
    }

    /// Whether a model refuses something, by its base id.
    pub(super) fn refuses(&self, model: &str, what: Capability) -> bool {
        match self.known.get(model) {
            Some(known) => known.refuses.contains(&what),
            None => {
                let mut rows = self.refusals.iter();
                rows.any(|row| row.what.contains(&what) && row.is_about(model))
            }
        }
    }

    /// What a request to a model may hold, by its base id.
    pub(super) fn limits(&self, model: &str) -> Limits {
        let known = self.known.get(model).map(|known| known.limits);
        known.unwrap_or_else(|| self.find_limits(model))
    }

    fn find_limits(&self, model: &str) -> Limits {
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
            context_tokens: rows().find_map(|r| r.context_tokens),
            too_long: rows().find_map(|r| r.too_long).unwrap_or_default(),
        }
    }
}

impl RefusalRow {
    fn is_about(&self, model: &str) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|p| covers(p, model));
        any(&self.patterns) && !any(&self.except)
    }
}
