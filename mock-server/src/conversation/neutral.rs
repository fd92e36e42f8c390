//! The owned neutral conversation that an answer is made of.

use serde_json::Value;

use super::block::{BlockView, ToolResultView, ToolUseView, ViewKind};
use super::cache_points::cache_points;
use super::sources::sources;
use super::tools;
use super::view::{ConversationView, MessageView};
use crate::behaviour::{Block, Conversation, Settings, Thinking, ToolUse, Turn};
use crate::json::{Json as _, items};

impl ConversationView<'_> {
    /// Returns the neutral conversation of a request that breaks no rule; `None` if it has no messages.
    pub(crate) fn neutral(&self) -> Option<Conversation> {
        let messages = self.messages.as_ref()?;
        let texts = self.system.iter().filter_map(|block| block.kind.text());
        let stop_sequences = items(self.inference.stop_sequences).iter();
        let cache = cache_points(self);
        Some(Conversation {
            system: texts.map(Into::into).collect(),
            turns: messages.iter().map(turn).collect(),
            tools: tools::offered(self),
            system_tools: tools::system_tools(self),
            tool_choice: tools::choice(self),
            output_schema: self.output_schema(),
            settings: Settings {
                max_tokens: self.inference.max_tokens,
                stop_sequences: stop_sequences
                    .filter_map(Value::as_str)
                    .map(Into::into)
                    .collect(),
                answers: None,
            },
            cache_point: !cache.is_empty(),
            cache,
            thinking: self.thinking(),
            sources: sources(messages),
        })
    }

    /// Returns the schema of the answer. `outputConfig` holds a schema as text; Anthropic's own
    /// `output_config.format`, `output_format` before it, among the additional fields holds it as it is.
    fn output_schema(&self) -> Option<Value> {
        if let Some(text) = self.output.as_ref().and_then(|output| output.schema) {
            return serde_json::from_str(text).ok();
        }
        let additional = self.additional?;
        additional
            .at(&["output_config", "format", "schema"])
            .or_else(|| additional.at(&["output_format", "schema"]))
            .cloned()
    }

    /// Returns whether the request enables reasoning: `thinking` or `reasoning_config` of Claude,
    /// `reasoningConfig` of Nova 2, `reasoning_effort` of gpt-oss and others.
    fn thinking(&self) -> Thinking {
        let Some(fields) = self.additional else {
            return Thinking::Unsaid;
        };
        let named = ["thinking", "reasoning_config", "reasoningConfig"];
        // Nova's documentation also shows its own among the settings of inference.
        let places = [Some(fields), fields.member("inferenceConfig")];
        let kind = places
            .into_iter()
            .flatten()
            .flat_map(|place| named.iter().map(move |name| place.member(name)))
            .find_map(|config| config?.member("type")?.as_str());
        match kind {
            Some("enabled" | "adaptive") => Thinking::On,
            Some("disabled") => Thinking::Off,
            _ if fields.member("reasoning_effort").is_some() => Thinking::On,
            _ => Thinking::Unsaid,
        }
    }
}

fn turn(message: &MessageView<'_>) -> Turn {
    Turn {
        role: message.role,
        blocks: message.content.iter().filter_map(neutral_block).collect(),
    }
}

/// Returns the neutral form of a caller's content block; `None` for a cache point.
pub(super) fn neutral_block(block: &BlockView<'_>) -> Option<Block> {
    Some(match &block.kind {
        ViewKind::CachePoint(_) => return None,
        ViewKind::Text(text) => Block::Text((*text).into()),
        ViewKind::ToolResult(result) => tool_result(result),
        ViewKind::ToolUse(tool) => tool_use(tool),
        _ => {
            let (kind, value) = block.entry.as_object()?.iter().next()?;
            Block::Other {
                kind: kind.into(),
                size: value.to_string().len(),
            }
        }
    })
}

fn tool_use(tool: &ToolUseView<'_>) -> Block {
    Block::ToolUse(ToolUse {
        id: tool.id.map(Into::into),
        name: tool.name.unwrap_or_default().into(),
        input: tool.input.cloned().unwrap_or_default(),
        server: tool.server,
        seed: 0,
    })
}

/// The texts of a tool's answer, joined by newlines, or else the text of its JSON.
fn tool_result(result: &ToolResultView<'_>) -> Block {
    let texts = result.content.iter().filter_map(|block| block.kind.text());
    let text = texts.collect::<Vec<_>>().join("\n");
    let json = || {
        result.content.iter().find_map(|block| match block.kind {
            ViewKind::Json(value) => Some(value.to_string()),
            _ => None,
        })
    };
    Block::ToolResult {
        id: result.id.unwrap_or_default().into(),
        text: match text.is_empty() {
            true => json().unwrap_or_default(),
            false => text,
        },
    }
}
