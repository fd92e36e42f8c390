//! One row per family: how it is asked, and where its answer says what.

use serde_json::{Value, json};

use super::{Asked, Told, Whole};

pub struct Family {
    pub model: &'static str,
    pub body: fn(&Asked) -> Value,
    /// Where the text stands in the whole answer.
    text: &'static str,
    /// Where a piece of it stands in a chunk; none if the family does not stream.
    pub piece: Option<&'static str>,
    /// Where the stop reason stands in the whole answer, and in a chunk.
    stop: [&'static str; 2],
    /// Its words for: complete, token limit, stop sequence, tool; empty where it has no such thing.
    pub words: [&'static str; 4],
    pub tools: Tools,
}

#[derive(Clone, Copy)]
pub enum Tools {
    None,
    Converse,
    Anthropic,
    OpenAi,
}

const STOP: [&str; 4] = ["stop", "length", "stop", "tool_calls"];
const CONVERSE: [&str; 4] = ["end_turn", "max_tokens", "stop_sequence", "tool_use"];
const COHERE: [&str; 4] = ["COMPLETE", "MAX_TOKENS", "STOP_SEQUENCE", ""];

pub const FAMILIES: &[Family] = &[
    Family {
        model: "anthropic.claude-3-haiku-20240307-v1:0",
        body: |a| {
            limits(
                json!({"anthropic_version": "bedrock-2023-05-31", "messages": [{"role": "user", "content": a.text}], "max_tokens": 4000}),
                a,
                "max_tokens",
                "stop_sequences",
            )
        },
        text: "/content/0/text",
        piece: Some("/delta/text"),
        stop: ["/stop_reason", "/delta/stop_reason"],
        words: CONVERSE,
        tools: Tools::Anthropic,
    },
    Family {
        model: "anthropic.claude-instant-v1",
        body: |a| {
            limits(
                json!({"prompt": a.text, "max_tokens_to_sample": 4000}),
                a,
                "max_tokens_to_sample",
                "stop_sequences",
            )
        },
        text: "/completion",
        piece: Some("/completion"),
        stop: ["/stop_reason", "/stop_reason"],
        words: ["stop_sequence", "max_tokens", "stop_sequence", ""],
        tools: Tools::None,
    },
    Family {
        model: "amazon.nova-micro-v1:0",
        body: Asked::converse,
        text: "/output/message/content/0/text",
        piece: Some("/contentBlockDelta/delta/text"),
        stop: ["/stopReason", "/messageStop/stopReason"],
        words: CONVERSE,
        tools: Tools::Converse,
    },
    Family {
        model: "amazon.titan-text-express-v1",
        body: |a| json!({"inputText": a.text, "textGenerationConfig": limits(json!({}), a, "maxTokenCount", "stopSequences")}),
        text: "/results/0/outputText",
        piece: Some("/outputText"),
        stop: ["/results/0/completionReason", "/completionReason"],
        words: ["FINISH", "LENGTH", "STOP_CRITERIA_MET", ""],
        tools: Tools::None,
    },
    Family {
        model: "cohere.command-text-v14",
        body: |a| {
            limits(
                json!({"prompt": a.text, "stream": true}),
                a,
                "max_tokens",
                "stop_sequences",
            )
        },
        text: "/generations/0/text",
        piece: Some("/text"),
        stop: ["/generations/0/finish_reason", "/finish_reason"],
        words: COHERE,
        tools: Tools::None,
    },
    Family {
        model: "cohere.command-r-v1:0",
        body: |a| {
            limits(
                json!({"message": a.text}),
                a,
                "max_tokens",
                "stop_sequences",
            )
        },
        text: "/text",
        piece: Some("/text"),
        stop: ["/finish_reason", "/finish_reason"],
        words: COHERE,
        tools: Tools::None,
    },
    Family {
        // Llama's native form has no stop sequences.
        model: "meta.llama3-8b-instruct-v1:0",
        body: |a| limits(json!({"prompt": a.text}), a, "max_gen_len", ""),
        text: "/generation",
        piece: Some("/generation"),
        stop: ["/stop_reason", "/stop_reason"],
        words: ["stop", "length", "", ""],
        tools: Tools::None,
    },
    Family {
        model: "mistral.mistral-7b-instruct-v0:2",
        body: prompt,
        text: "/outputs/0/text",
        piece: Some("/outputs/0/text"),
        stop: ["/outputs/0/stop_reason", "/outputs/0/stop_reason"],
        words: STOP,
        tools: Tools::None,
    },
    Family {
        model: "mistral.mistral-large-2407-v1:0",
        body: chat,
        text: "/choices/0/message/content",
        piece: Some("/choices/0/message/content"),
        stop: ["/choices/0/stop_reason", "/choices/0/stop_reason"],
        words: STOP,
        tools: Tools::OpenAi,
    },
    Family {
        model: "ai21.j2-mid-v1",
        body: |a| limits(json!({"prompt": a.text}), a, "maxTokens", "stopSequences"),
        text: "/completions/0/data/text",
        piece: None,
        stop: ["/completions/0/finishReason/reason", ""],
        words: ["endoftext", "length", "stop", ""],
        tools: Tools::None,
    },
    Family {
        model: "us.deepseek.r1-v1:0",
        body: prompt,
        text: "/choices/0/text",
        piece: Some("/choices/0/text"),
        stop: ["/choices/0/stop_reason", "/choices/0/stop_reason"],
        words: STOP,
        tools: Tools::None,
    },
    Family {
        model: "arn:aws:sagemaker:us-east-1:123456789012:endpoint/endpoint-quick-start-idr7y",
        body: prompt,
        text: "/choices/0/text",
        piece: Some("/choices/0/text"),
        stop: ["/choices/0/finish_reason", "/choices/0/finish_reason"],
        words: STOP,
        tools: Tools::None,
    },
    open_ai("arn:aws:sagemaker:us-east-1:123456789012:endpoint/endpoint-quick-start-idr7y"),
    open_ai("us.mistral.pixtral-large-2502-v1:0"),
    open_ai("ai21.jamba-1-5-mini-v1:0"),
    open_ai("openai.gpt-oss-20b-1:0"),
    open_ai("qwen.qwen3-32b-v1:0"),
    open_ai("deepseek.v3-v1:0"),
    open_ai("us.writer.palmyra-x5-v1:0"),
    open_ai("google.gemma-3-27b-it"),
    open_ai("minimax.minimax-m2"),
];

const fn open_ai(model: &'static str) -> Family {
    Family {
        model,
        body: chat,
        text: "/choices/0/message/content",
        piece: Some("/choices/0/delta/content"),
        stop: ["/choices/0/finish_reason", "/choices/0/finish_reason"],
        words: STOP,
        tools: Tools::OpenAi,
    }
}

fn prompt(asked: &Asked) -> Value {
    limits(json!({"prompt": asked.text}), asked, "max_tokens", "stop")
}

fn chat(asked: &Asked) -> Value {
    let messages = json!([{"role": "user", "content": asked.text}]);
    limits(json!({ "messages": messages }), asked, "max_tokens", "stop")
}

fn limits(mut body: Value, asked: &Asked, max: &str, stop: &str) -> Value {
    if let Some(limit) = asked.max {
        body[max] = limit.into();
    }
    if let Some(sequence) = asked.stop {
        body[stop] = json!([sequence]);
    }
    body
}

impl Tools {
    /// The members that offer the tool `add`, and those that demand it.
    pub fn members(self, schema: &Value) -> Option<(Value, Value)> {
        Some(match self {
            Self::None => return None,
            Self::Converse => (
                json!({"toolConfig": {"tools": [{"toolSpec": {"name": "add", "inputSchema": {"json": schema}}}], "toolChoice": {"any": {}}}}),
                Value::Null,
            ),
            Self::Anthropic => (
                json!({"tools": [{"name": "add", "input_schema": schema}]}),
                json!({"tool_choice": {"type": "tool", "name": "add"}}),
            ),
            Self::OpenAi => (
                json!({"tools": [{"type": "function", "function": {"name": "add", "parameters": schema}}]}),
                json!({"tool_choice": {"type": "function", "function": {"name": "add"}}}),
            ),
        })
    }

    /// Where name and arguments stand, in the whole answer and in chunks.
    fn places(self) -> [[&'static str; 2]; 3] {
        match self {
            Self::None => [["/none", "/none"]; 3],
            Self::Converse => [
                [
                    "/output/message/content/0/toolUse/name",
                    "/output/message/content/0/toolUse/input",
                ],
                [
                    "/contentBlockStart/start/toolUse/name",
                    "/contentBlockDelta/delta/toolUse/input",
                ],
                ["/none", "/none"],
            ],
            Self::Anthropic => [
                ["/content/0/name", "/content/0/input"],
                ["/content_block/name", "/delta/partial_json"],
                ["/none", "/none"],
            ],
            Self::OpenAi => [
                [
                    "/choices/0/message/tool_calls/0/function/name",
                    "/choices/0/message/tool_calls/0/function/arguments",
                ],
                [
                    "/choices/0/delta/tool_calls/0/function/name",
                    "/choices/0/delta/tool_calls/0/function/arguments",
                ],
                [
                    "/choices/0/message/tool_calls/0/function/name",
                    "/choices/0/message/tool_calls/0/function/arguments",
                ],
            ],
        }
    }
}

impl Family {
    /// What a whole answer says.
    pub fn read(&self, whole: &Whole) -> Told {
        let at = |pointer: &str| whole.body.pointer(pointer);
        let text = |pointer: &str| at(pointer).and_then(Value::as_str).unwrap_or_default();
        let [[name, arguments], ..] = self.tools.places();
        let arguments = at(arguments).map(|a| match a {
            Value::String(json) => serde_json::from_str(json).unwrap(),
            other => other.clone(),
        });
        Told {
            text: without_reasoning(text(self.text)),
            tool: arguments.map(|a| (text(name).into(), a)),
            stop: text(self.stop[0]).into(),
            input: whole.input,
            output: whole.output,
        }
    }

    /// What a stream says.
    pub fn read_chunks(&self, chunks: &[Value]) -> Told {
        let all = |pointer: &str| -> String {
            let piece = |c: &Value| Some(c.pointer(pointer)?.as_str()?.to_owned());
            chunks.iter().filter_map(piece).collect()
        };
        let [_, streamed, whole] = self.tools.places();
        let both = |i: usize| all(streamed[i]) + &all(whole[i]);
        let metrics = &chunks.last().unwrap()["amazon-bedrock-invocationMetrics"];
        Told {
            text: without_reasoning(&all(self.piece.unwrap())),
            tool: (!both(0).is_empty()).then(|| (both(0), serde_json::from_str(&both(1)).unwrap())),
            stop: all(self.stop[1]),
            input: metrics["inputTokenCount"].as_u64().unwrap(),
            output: metrics["outputTokenCount"].as_u64().unwrap(),
        }
    }
}

/// gpt-oss thinks aloud in its content; Converse does not tell it as text.
fn without_reasoning(text: &str) -> String {
    match text.split_once("</reasoning>") {
        Some((_, rest)) => rest.to_owned(),
        None => text.to_owned(),
    }
}
