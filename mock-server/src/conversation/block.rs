//! Content blocks of messages, system prompts and tool results.

use serde_json::Value;

use crate::behaviour::CacheTtl;

/// A content block.
#[derive(Debug)]
pub(crate) struct BlockView<'a> {
    /// The block as the body holds it.
    pub(crate) entry: &'a Value,
    /// What it is.
    pub(crate) kind: ViewKind<'a>,
}

/// What a content block is.
#[derive(Debug)]
pub(crate) enum ViewKind<'a> {
    /// Text.
    Text(&'a str),
    /// An image.
    Image(MediaView<'a>),
    /// A video.
    Video(MediaView<'a>),
    /// Audio.
    Audio(MediaView<'a>),
    /// A document.
    Document(DocumentView<'a>),
    /// A search result.
    SearchResult(SearchResultView<'a>),
    /// A request for a tool.
    ToolUse(ToolUseView<'a>),
    /// The answer of a tool.
    ToolResult(ToolResultView<'a>),
    /// The JSON of a tool's answer.
    Json(&'a Value),
    /// Reasoning of the model.
    Reasoning(ReasoningView<'a>),
    /// A cache point.
    CachePoint(CacheTtl),
    /// A tool is offered from here on, by its name.
    ToolAddition(Option<&'a str>),
    /// A tool is not offered from here on, by its name.
    ToolRemoval(Option<&'a str>),
    /// Guarded content.
    GuardContent,
    /// Text with citations of an earlier answer.
    Citations,
    /// Any other block.
    Unknown,
}

/// An image, a video or audio.
#[derive(Debug, Default)]
pub(crate) struct MediaView<'a> {
    /// Its format, for example `png`.
    pub(crate) format: Option<&'a str>,
    /// Its bytes, base64; `None` if they are elsewhere.
    pub(crate) bytes: Option<&'a str>,
    /// The bytes are in S3.
    pub(crate) in_s3: bool,
}

/// A document.
#[derive(Debug, Default)]
pub(crate) struct DocumentView<'a> {
    /// Its name.
    pub(crate) name: Option<&'a str>,
    /// Its format, for example `pdf`.
    pub(crate) format: Option<&'a str>,
    /// Its bytes, base64.
    pub(crate) bytes: Option<&'a str>,
    /// The bytes are in S3.
    pub(crate) in_s3: bool,
    /// Its text, where the source is text.
    pub(crate) text: Option<&'a str>,
    /// Its content blocks, where the source is a list of them.
    pub(crate) content: Option<&'a Value>,
    /// The request enables citations of it.
    pub(crate) cited: bool,
}

/// A search result.
#[derive(Debug, Default)]
pub(crate) struct SearchResultView<'a> {
    /// Its title.
    pub(crate) title: Option<&'a str>,
    /// Its address.
    pub(crate) source: Option<&'a str>,
    /// Its content blocks.
    pub(crate) content: Option<&'a Value>,
    /// The request enables citations of it.
    pub(crate) cited: bool,
}

/// A request for a tool.
#[derive(Debug, Default)]
pub(crate) struct ToolUseView<'a> {
    /// Its id.
    pub(crate) id: Option<&'a str>,
    /// The tool's name.
    pub(crate) name: Option<&'a str>,
    /// The arguments.
    pub(crate) input: Option<&'a Value>,
    /// Its type is `server_tool_use`.
    pub(crate) server: bool,
}

/// The answer of a tool.
#[derive(Debug, Default)]
pub(crate) struct ToolResultView<'a> {
    /// The id of the request for the tool.
    pub(crate) id: Option<&'a str>,
    /// `status`.
    pub(crate) status: Option<&'a str>,
    /// It has a type, which only answers of the service's own tools have.
    pub(crate) typed: bool,
    /// Its content blocks.
    pub(crate) content: Vec<BlockView<'a>>,
}

/// Reasoning of the model.
#[derive(Debug)]
pub(crate) enum ReasoningView<'a> {
    /// In words, with the signature if there is one.
    Text {
        /// Base64.
        signature: Option<&'a str>,
    },
    /// Encrypted.
    Redacted,
}

impl<'a> ViewKind<'a> {
    /// Returns the text of a text block.
    pub(crate) fn text(&self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the document of a document block.
    pub(crate) fn document(&self) -> Option<&DocumentView<'a>> {
        match self {
            Self::Document(document) => Some(document),
            _ => None,
        }
    }

    /// Whether the block is a request for a tool or the answer of one.
    pub(crate) fn is_tool_block(&self) -> bool {
        matches!(self, Self::ToolUse(_) | Self::ToolResult(_))
    }
}

impl<'a> BlockView<'a> {
    /// Whether the block is a cache point.
    pub(crate) fn is_cache_point(&self) -> bool {
        matches!(self.kind, ViewKind::CachePoint(_))
    }

    /// Returns the content blocks of a tool result; none for other blocks.
    pub(crate) fn nested(&self) -> &[Self] {
        match &self.kind {
            ViewKind::ToolResult(result) => &result.content,
            _ => &[],
        }
    }

    /// Whether the block belongs to a tool that the service runs itself: the request for such a tool and
    /// its result are in one message of the assistant. `siblings` are the blocks of that message.
    pub(crate) fn is_server_tool(&self, siblings: &[Self]) -> bool {
        match &self.kind {
            ViewKind::ToolUse(tool) => {
                tool.server
                    || siblings.iter().any(|other| {
                        matches!(&other.kind, ViewKind::ToolResult(result) if result.id == tool.id)
                    })
            }
            ViewKind::ToolResult(result) => {
                result.typed
                    || siblings.iter().any(|other| {
                        matches!(&other.kind, ViewKind::ToolUse(tool) if tool.id == result.id)
                    })
            }
            _ => false,
        }
    }
}
