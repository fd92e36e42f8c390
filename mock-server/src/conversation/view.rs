//! The view of a request: messages, system prompt, tools and settings.

use serde_json::Value;

use super::block::{BlockView, ViewKind};
use crate::behaviour::{CacheTtl, Role};
use crate::json::Json as _;

/// A conversation as a request body holds it.
#[derive(Debug, Default)]
pub(crate) struct ConversationView<'a> {
    /// The system prompt, block by block.
    pub(crate) system: Vec<BlockView<'a>>,
    /// The messages; `None` if the request has no such member, as with a stored prompt.
    pub(crate) messages: Option<Vec<MessageView<'a>>>,
    /// The tools and whether one must be called; `None` if the request has no such member.
    pub(crate) tool_config: Option<ToolConfigView<'a>>,
    /// Limits and sampling.
    pub(crate) inference: InferenceView<'a>,
    /// The form of the answer; `None` if the request has no such member.
    pub(crate) output: Option<OutputView<'a>>,
    /// Members that only the provider defines.
    pub(crate) additional: Option<&'a Value>,
    /// `performanceConfig.latency`.
    pub(crate) latency: Option<&'a str>,
    /// `serviceTier.type`.
    pub(crate) tier: Option<&'a str>,
}

/// A message.
#[derive(Debug)]
pub(crate) struct MessageView<'a> {
    /// Who speaks.
    pub(crate) role: Role,
    /// Its content blocks.
    pub(crate) content: Vec<BlockView<'a>>,
}

/// `toolConfig`.
#[derive(Debug, Default)]
pub(crate) struct ToolConfigView<'a> {
    /// The entries of the list of tools.
    pub(crate) tools: Vec<ToolView<'a>>,
    /// Whether a tool must be called; `None` if the request does not say.
    pub(crate) choice: Option<ToolChoiceView<'a>>,
}

/// An entry of the list of tools.
#[derive(Debug)]
pub(crate) struct ToolView<'a> {
    /// The entry as the body holds it.
    pub(crate) entry: &'a Value,
    /// What it is.
    pub(crate) kind: ToolKind<'a>,
}

/// What an entry of the list of tools is.
#[derive(Debug)]
pub(crate) enum ToolKind<'a> {
    /// A tool of the caller's own.
    Spec {
        /// Its name.
        name: Option<&'a str>,
        /// The JSON Schema of its arguments.
        schema: Option<&'a Value>,
    },
    /// A tool that the service runs itself, by its name.
    System(Option<&'a str>),
    /// A cache point.
    CachePoint(CacheTtl),
    /// Any other entry.
    Unknown,
}

/// Whether a tool must be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ToolChoiceView<'a> {
    /// The model decides.
    Auto,
    /// Any one must be.
    Any,
    /// This one must be; `None` where its name says nothing about the tools of the body.
    Tool(Option<&'a str>),
}

/// `inferenceConfig`.
#[derive(Debug, Default)]
pub(crate) struct InferenceView<'a> {
    /// At most this many output tokens.
    pub(crate) max_tokens: Option<u64>,
    /// Sampling temperature.
    pub(crate) temperature: Option<f64>,
    /// Nucleus sampling.
    pub(crate) top_p: Option<f64>,
    /// Stop sequences; `None` if the request has no such member.
    pub(crate) stop_sequences: Option<&'a Value>,
}

/// `outputConfig`.
#[derive(Debug, Default)]
pub(crate) struct OutputView<'a> {
    /// `effort` is set.
    pub(crate) effort: bool,
    /// The JSON Schema that the answer must match, as text.
    pub(crate) schema: Option<&'a str>,
}

impl<'a> ConversationView<'a> {
    /// Returns the messages; none if the request has no such member.
    pub(crate) fn messages(&self) -> &[MessageView<'a>] {
        self.messages.as_deref().unwrap_or_default()
    }

    /// Returns the entries of the list of tools.
    pub(crate) fn tools(&self) -> &[ToolView<'a>] {
        self.tool_config.as_ref().map_or(&[], |c| &c.tools)
    }

    /// Returns the choice among the tools.
    pub(crate) fn tool_choice(&self) -> Option<ToolChoiceView<'a>> {
        self.tool_config.as_ref()?.choice
    }

    /// Returns a member that only the provider defines.
    pub(crate) fn additional(&self, name: &str) -> Option<&'a Value> {
        self.additional?.member(name)
    }

    /// Whether a cache point is anywhere in the prompt.
    pub(crate) fn has_cache_point(&self) -> bool {
        let contents = self.messages().iter().flat_map(|m| &m.content);
        self.tools().iter().any(ToolView::is_cache_point)
            || self
                .system
                .iter()
                .chain(contents)
                .any(BlockView::is_cache_point)
    }
}

impl<'a> MessageView<'a> {
    /// Whether a content block fulfils a condition.
    pub(crate) fn has(&self, is: impl Fn(&ViewKind<'a>) -> bool) -> bool {
        self.content.iter().any(|block| is(&block.kind))
    }
}

impl ToolView<'_> {
    /// Whether the entry is a cache point.
    pub(crate) fn is_cache_point(&self) -> bool {
        matches!(self.kind, ToolKind::CachePoint(_))
    }
}
