//! Bodies of InvokeModel that a provider refuses though its dialect can read them: each beside a
//! neighbour that passes, whole and in a stream. The texts are those that reports and recordings
//! quote, or that their rows call assumed, without the words that Converse puts before them.

use crate::wire::{Answer, exchange, only_exception, post};
use bedrock_mock::MockServer;
use rstest::rstest;
use serde_json::{Value, json};

const HAIKU_3: &str = "anthropic.claude-3-haiku-20240307-v1:0";
const SONNET_4: &str = "us.anthropic.claude-sonnet-4-20250514-v1:0";
const SONNET_45: &str = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const OPUS_46: &str = "us.anthropic.claude-opus-4-6-v1";
const OPUS_47: &str = "us.anthropic.claude-opus-4-7";
const SONNET_5: &str = "us.anthropic.claude-sonnet-5";
const MICRO: &str = "amazon.nova-micro-v1:0";
const LITE: &str = "amazon.nova-lite-v1:0";

/// First bytes of a PNG file, of a JPEG file, and base64 of base64.
const PNG: &str = "iVBORw0KGgo=";
const JPEG: &str = "/9j/4A==";
const TWICE: &str = "aVZCT1J3MEtHZ289";

async fn send(server: &MockServer, model: &str, operation: &str, body: &Value) -> Answer {
    let path = format!("/model/{model}/{operation}");
    exchange(server, &post(server, &path, &body.to_string())).await
}

/// The body with these members.
fn with(mut body: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn claude(members: &Value) -> Value {
    let body = json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 2000, "messages": [{"role": "user", "content": "Hello"}]});
    with(body, members)
}

fn nova(members: &Value) -> Value {
    let body = json!({"schemaVersion": "messages-v1", "messages": [{"role": "user", "content": [{"text": "Hello"}]}]});
    with(body, members)
}

async fn refused_beside(model: &str, bad: Value, text: &str, near: &str, good: Value) {
    let server = MockServer::start().await.unwrap();
    for operation in ["invoke", "invoke-with-response-stream"] {
        let answer = send(&server, model, operation, &bad).await;
        assert_eq!(
            (answer.status, answer.json()),
            (400, json!({ "message": text })),
            "{operation}"
        );
        assert_eq!(
            answer.header("x-amzn-ErrorType"),
            Some("ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/")
        );
        let answer = send(&server, near, operation, &good).await;
        let told = String::from_utf8_lossy(&answer.body);
        assert_eq!(answer.status, 200, "{operation}: {told}");
        assert!(!told.contains("xception"), "{operation}: {told}");
    }
}

fn thinks(budget: u64) -> Value {
    json!({"type": "enabled", "budget_tokens": budget})
}

fn tools(names: &[&str]) -> Value {
    let tool = |name: &&str| json!({"name": name, "input_schema": {"type": "object"}});
    names.iter().map(tool).collect()
}

fn uses(ids: &[&str]) -> Value {
    let block = |id: &&str| json!({"type": "tool_use", "id": id, "name": "t", "input": {}});
    json!({"role": "assistant", "content": ids.iter().map(block).collect::<Vec<_>>()})
}

fn results(ids: &[&str]) -> Value {
    let block = |id: &&str| json!({"type": "tool_result", "tool_use_id": id, "content": "x"});
    json!({"role": "user", "content": ids.iter().map(block).collect::<Vec<_>>()})
}

fn said(role: &str, text: &str) -> Value {
    json!({"role": role, "content": text})
}

fn talk(messages: &[Value]) -> Value {
    json!({"tools": tools(&["t"]), "messages": messages})
}

#[rstest]
#[case::both_samplings(SONNET_45, json!({"temperature": 0.5, "top_p": 0.5}), "`temperature` and `top_p` cannot both be specified for this model. Please use only one.", SONNET_45, json!({"temperature": 0.5}))]
#[case::both_samplings_of_an_older_model(OPUS_46, json!({"temperature": 1, "top_p": 1}), "`temperature` and `top_p` cannot both be specified for this model. Please use only one.", SONNET_4, json!({"temperature": 1, "top_p": 1}))]
#[case::temperature(SONNET_5, json!({"temperature": 0}), "`temperature` is deprecated for this model.", SONNET_5, json!({"temperature": 1}))]
#[case::top_p(OPUS_47, json!({"top_p": 0.9}), "`top_p` is deprecated for this model.", OPUS_46, json!({"top_p": 0.9}))]
#[case::prefill(OPUS_46, json!({"messages": [said("user", "a"), said("assistant", "b")]}), "This model does not support assistant message prefill. The conversation must end with a user message.", SONNET_45, json!({"messages": [said("user", "a"), said("assistant", "b")]}))]
#[case::empty_prefill(SONNET_5, json!({"messages": [said("user", "a"), said("assistant", "")]}), "This model does not support assistant message prefill. The conversation must end with a user message.", HAIKU_3, json!({"messages": [said("user", "a"), said("assistant", "")]}))]
#[case::thinking_of_claude_3(HAIKU_3, json!({"thinking": thinks(1024)}), "thinking: Extra inputs are not permitted", SONNET_4, json!({"thinking": thinks(1024)}))]
#[case::adaptive(SONNET_45, json!({"thinking": {"type": "adaptive"}}), "adaptive thinking is not supported on this model", OPUS_46, json!({"thinking": {"type": "adaptive"}}))]
#[case::enabled(OPUS_47, json!({"thinking": thinks(1024)}), "\"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior.", OPUS_46, json!({"thinking": thinks(1024)}))]
#[case::no_budget(SONNET_4, json!({"thinking": {"type": "enabled"}}), "thinking.enabled.budget_tokens: Field required", SONNET_4, json!({"thinking": {"type": "disabled"}}))]
#[case::small_budget(SONNET_4, json!({"thinking": thinks(1023)}), "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024", SONNET_4, json!({"thinking": thinks(1024)}))]
#[case::all_budget(SONNET_4, json!({"thinking": thinks(2000)}), "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size", SONNET_4, json!({"thinking": thinks(1999)}))]
#[case::budget_without_interleaving(SONNET_4, json!({"thinking": thinks(9000)}), "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size", SONNET_4, json!({"thinking": thinks(9000), "anthropic_beta": ["interleaved-thinking-2025-05-14"]}))]
#[case::thinking_warm(SONNET_45, json!({"thinking": thinks(1024), "temperature": 0.5}), "`temperature` may only be set to 1 when thinking is enabled. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#important-considerations-when-using-extended-thinking", SONNET_45, json!({"thinking": thinks(1024), "temperature": 1}))]
#[case::thinking_adaptively_warm(OPUS_46, json!({"thinking": {"type": "adaptive"}, "temperature": 0.5}), "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.", OPUS_46, json!({"thinking": {"type": "adaptive"}, "temperature": 1.0}))]
#[case::thinking_forced_tool(SONNET_45, json!({"thinking": thinks(1024), "tools": tools(&["t"]), "tool_choice": {"type": "tool", "name": "t"}}), "Thinking may not be enabled when tool_choice forces tool use.", SONNET_45, json!({"thinking": thinks(1024), "tools": tools(&["t"]), "tool_choice": {"type": "auto"}}))]
#[case::thinking_any_tool(SONNET_45, json!({"thinking": thinks(1024), "tools": tools(&["t"]), "tool_choice": {"type": "any"}}), "Thinking may not be enabled when tool_choice forces tool use.", SONNET_45, json!({"tools": tools(&["t"]), "tool_choice": {"type": "any"}}))]
#[case::unsigned(SONNET_45, json!({"messages": [said("user", "a"), {"role": "assistant", "content": [{"type": "thinking", "thinking": "x"}, {"type": "text", "text": "b"}]}, said("user", "c")]}), "messages.1.content.0.thinking.signature: Field required", SONNET_45, json!({"messages": [said("user", "a"), {"role": "assistant", "content": [{"type": "thinking", "thinking": "x", "signature": "c2ln"}, {"type": "text", "text": "b"}]}, said("user", "c")]}))]
#[case::output_config(SONNET_4, json!({"output_config": {"format": {"type": "json_schema", "schema": {"type": "object", "properties": {}, "additionalProperties": false}}}}), "Malformed input request: #: extraneous key [output_config] is not permitted, please reformat your input and try again.", SONNET_45, json!({"output_config": {"format": {"type": "json_schema", "schema": {"type": "object", "properties": {}, "additionalProperties": false}}}}))]
#[case::effort(SONNET_45, json!({"output_config": {"effort": "low"}}), "This model does not support the effort parameter.", OPUS_46, json!({"output_config": {"effort": "low"}}))]
#[case::cap(HAIKU_3, json!({"max_tokens": 4097}), "The maximum tokens you requested exceeds the model limit of 4096.", HAIKU_3, json!({"max_tokens": 4096}))]
#[tokio::test]
async fn what_claude_does_not_take(
    #[case] model: &str,
    #[case] bad: Value,
    #[case] text: &str,
    #[case] near: &str,
    #[case] good: Value,
) {
    refused_beside(model, claude(&bad), text, near, claude(&good)).await;
}

#[rstest]
#[case::names(json!({"tools": tools(&["t", "t"])}), "tools: Tool names must be unique.", json!({"tools": tools(&["t", "u"])}))]
#[case::choice(json!({"tools": tools(&["t"]), "tool_choice": {"type": "tool", "name": "u"}}), "Tool 'u' not found in provided tools", json!({"tools": tools(&["t"]), "tool_choice": {"type": "tool", "name": "t"}}))]
// The servers' tools are not in the request.
#[case::choice_of_a_server(json!({"tools": [], "tool_choice": {"type": "tool", "name": "u"}}), "Tool 'u' not found in provided tools", json!({"mcp_servers": [{"type": "url", "url": "https://x", "name": "s"}], "tools": [], "tool_choice": {"type": "tool", "name": "u"}}))]
#[case::use_at_the_end(talk(&[said("user", "a"), uses(&["1", "2"])]), "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: 1, 2. Each `tool_use` block must have a corresponding `tool_result` block in the next message.", talk(&[said("user", "a"), uses(&["1", "2"]), results(&["1", "2"])]))]
#[case::use_unanswered(talk(&[said("user", "a"), uses(&["1", "2"]), results(&["1"])]), "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: 2. Each `tool_use` block must have a corresponding `tool_result` block in the next message.", talk(&[said("user", "a"), uses(&["1", "2"]), results(&["1"]), results(&["2"])]))]
#[case::result_too_late(talk(&[said("user", "a"), uses(&["1"]), said("user", "b"), said("assistant", "c"), results(&["1"])]), "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: 1. Each `tool_use` block must have a corresponding `tool_result` block in the next message.", talk(&[said("user", "a"), uses(&["1"]), said("user", "b"), results(&["1"])]))]
#[case::result_of_nothing(talk(&[results(&["1"])]), "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: 1. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.", talk(&[said("user", "a")]))]
#[case::result_of_another(talk(&[said("user", "a"), uses(&["1"]), results(&["1", "2"])]), "messages.2.content.1: unexpected `tool_use_id` found in `tool_result` blocks: 2. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.", talk(&[said("user", "a"), uses(&["1", "2"]), results(&["2", "1"])]))]
#[case::results_twice(talk(&[said("user", "a"), uses(&["1"]), results(&["1", "1"])]), "messages.2.content.1: each tool_use must have a single result. Found multiple `tool_result` blocks with id: 1", talk(&[said("user", "a"), uses(&["1"]), results(&["1"])]))]
#[case::ids(talk(&[said("user", "a"), uses(&["1"]), results(&["1"]), uses(&["1"]), results(&["1"])]), "messages.3.content.0: `tool_use` ids must be unique", talk(&[said("user", "a"), uses(&["1"]), results(&["1"]), uses(&["2"]), results(&["2"])]))]
#[case::use_of_the_user(talk(&[{ let mut m = uses(&["1"]); m["role"] = "user".into(); m }]), "messages.0: `tool_use` blocks can only be in `assistant` messages", talk(&[said("user", "a"), uses(&["1"]), results(&["1"])]))]
// Tools that run on the other side are asked for and answered in one turn.
#[case::server_tools(talk(&[said("user", "a"), uses(&["1"]), said("user", "b")]), "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: 1. Each `tool_use` block must have a corresponding `tool_result` block in the next message.", talk(&[said("user", "a"), json!({"role": "assistant", "content": [{"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}, {"type": "web_search_tool_result", "tool_use_id": "s", "content": []}, {"type": "text", "text": "b"}]}), said("user", "c")]))]
#[tokio::test]
async fn what_claude_says_of_tools(#[case] bad: Value, #[case] text: &str, #[case] good: Value) {
    refused_beside(SONNET_45, claude(&bad), text, SONNET_45, claude(&good)).await;
}

fn block(block: Value) -> Value {
    json!({"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, block]}]})
}

fn image(media: &str, data: &str) -> Value {
    block(json!({"type": "image", "source": {"type": "base64", "media_type": media, "data": data}}))
}

fn nested(media: &str) -> Value {
    let image =
        json!({"type": "image", "source": {"type": "base64", "media_type": media, "data": PNG}});
    let result = json!({"type": "tool_result", "tool_use_id": "1", "content": [{"type": "text", "text": "x"}, image]});
    talk(&[
        said("user", "a"),
        uses(&["1"]),
        json!({"role": "user", "content": [result]}),
    ])
}

#[rstest]
#[case::no_image(
    image("image/png", TWICE),
    "Could not process image",
    image("image/png", PNG)
)]
#[case::mistaken(
    image("image/png", JPEG),
    "messages.0.content.1.image.source.base64: The image was specified using the image/png media type, but the image appears to be a image/jpeg image",
    image("image/jpeg", JPEG)
)]
#[case::nested(
    nested("image/jpeg"),
    "messages.2.content.0.tool_result.content.1.image.source.base64: The image was specified using the image/jpeg media type, but the image appears to be a image/png image",
    nested("image/png")
)]
#[case::media_type(
    image("image/bmp", PNG),
    "messages.0.content.1.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'",
    image("image/png", PNG)
)]
#[case::image_source_type(block(json!({"type": "image", "source": {"media_type": "image/png", "data": PNG}})), "messages.0.content.1.image.source.type: Field required", image("image/png", PNG))]
#[case::document_source_type(block(json!({"type": "document", "source": {"media_type": "text/plain", "data": "x"}})), "messages.0.content.1.document.source.type: Field required", block(json!({"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "x"}})))]
#[case::document_source(block(json!({"type": "document"})), "messages.0.content.1.document.source: Field required", block(json!({"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0x"}})))]
#[case::blank(json!({"messages": [said("user", " \n")]}), "messages: text content blocks must contain non-whitespace text", block(json!({"type": "text", "text": " "})))]
#[case::empty_block(block(json!({"type": "text", "text": ""})), "messages: text content blocks must be non-empty", block(json!({"type": "text", "text": "b"})))]
#[case::empty_text(json!({"messages": [said("user", "")]}), "messages.0: all messages must have non-empty content except for the optional final assistant message", json!({"messages": [said("user", "a")]}))]
#[case::no_content(json!({"messages": [said("user", "a"), {"role": "assistant", "content": []}, said("user", "b")]}), "messages.1: all messages must have non-empty content except for the optional final assistant message", json!({"messages": [said("user", "a"), {"role": "assistant", "content": []}]}))]
#[case::empty_system(json!({"system": [{"type": "text", "text": "a"}, {"type": "text", "text": ""}]}), "system: text content blocks must be non-empty", json!({"system": ""}))]
#[tokio::test]
async fn what_claude_says_of_content(#[case] bad: Value, #[case] text: &str, #[case] good: Value) {
    refused_beside(SONNET_45, claude(&bad), text, SONNET_45, claude(&good)).await;
}

fn shown(kind: &str, format: &str, bytes: &str) -> Value {
    json!({"messages": [{"role": "user", "content": [{"text": "a"}, {kind: {"format": format, "source": {"bytes": bytes}}}]}]})
}

fn asked(results: &[&str]) -> Value {
    let result = |id: &&str| json!({"toolResult": {"toolUseId": id, "content": [{"text": "x"}]}});
    json!({
        "toolConfig": {"tools": [{"toolSpec": {"name": "t", "inputSchema": {"json": {"type": "object"}}}}]},
        "messages": [
            {"role": "user", "content": [{"text": "a"}]},
            {"role": "assistant", "content": [{"toolUse": {"toolUseId": "1", "name": "t", "input": {}}}]},
            {"role": "user", "content": results.iter().map(result).chain([json!({"text": "b"})]).collect::<Vec<_>>()},
        ],
    })
}

#[rstest]
#[case::image(
    MICRO,
    shown("image", "png", PNG),
    "This model doesn't support the image content block that you provided. Update the content block and try again.",
    LITE,
    shown("image", "png", PNG)
)]
#[case::video(
    MICRO,
    shown("video", "mp4", PNG),
    "This model doesn't support the video content block that you provided. Update the content block and try again.",
    LITE,
    shown("video", "mp4", PNG)
)]
#[case::unanswered(LITE, asked(&[]), "Expected toolResult blocks at messages.2.content for the following Ids: 1", LITE, asked(&["1"]))]
#[case::too_many(LITE, asked(&["1", "2"]), "The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn.", MICRO, asked(&["1"]))]
#[case::cap(LITE, json!({"inferenceConfig": {"maxTokens": 10001}}), "The maximum tokens you requested exceeds the model limit of 10000.", LITE, json!({"inferenceConfig": {"maxTokens": 10000}}))]
#[tokio::test]
async fn what_nova_does_not_take(
    #[case] model: &str,
    #[case] bad: Value,
    #[case] text: &str,
    #[case] near: &str,
    #[case] good: Value,
) {
    refused_beside(model, nova(&bad), text, near, nova(&good)).await;
}

#[tokio::test]
async fn nova_looks_at_images_and_says_so_inside_a_stream() {
    let server = MockServer::start().await.unwrap();
    let body = nova(&shown("image", "png", TWICE));
    let text = "The detected file MIME type text/plain does not match the expected type image/png. Reformat your input and try again.";
    let answer = send(&server, LITE, "invoke", &body).await;
    assert_eq!(
        (answer.status, answer.json()),
        (400, json!({ "message": text }))
    );
    let answer = send(&server, LITE, "invoke-with-response-stream", &body).await;
    assert_eq!(answer.status, 200);
    let payload: Value = serde_json::from_str(&only_exception(&answer.body)).unwrap();
    assert_eq!(payload, json!({ "message": text }));
}

/// So many texts of a thousand tokens each.
fn long(kind: &str, texts: usize) -> Value {
    let text = "!".repeat(1_000);
    let block = match kind {
        "nova" => json!({"text": text}),
        _ => json!({"type": "text", "text": text}),
    };
    json!({"messages": [{"role": "user", "content": vec![block; texts]}]})
}

/// The words are those of Converse, whose table judges them (`sdk/refusals.json`), without its frame.
#[rstest]
#[case::claude(OPUS_46, claude(&long("claude", 1_001)), "prompt is too long: 1001007 tokens > 1000000 maximum")]
#[case::older_claude(SONNET_45, claude(&long("claude", 201)), "Input is too long for requested model.")]
#[case::nova("us.amazon.nova-2-lite-v1:0", nova(&long("nova", 1_001)), "Input Tokens Exceeded: Number of input tokens exceeds maximum length. Please update the input to try again.")]
#[case::gpt_oss(
    "openai.gpt-oss-20b-1:0",
    long("text", 132),
    "Input length (132007) exceeds model's maximum context length (131072)."
)]
#[tokio::test]
async fn more_than_a_model_reads(#[case] model: &str, #[case] bad: Value, #[case] text: &str) {
    let mut good = bad.clone();
    let texts = good["messages"][0]["content"].as_array_mut().unwrap();
    texts.truncate(3);
    refused_beside(model, bad, text, model, good).await;
}

/// Llama 3 has 2048 tokens, Llama 4 has 8192: one violation among the others.
#[rstest]
#[case("meta.llama3-8b-instruct-v1:0", json!({"prompt": "x", "max_gen_len": 2049}), "#/max_gen_len: 2049 is not less or equal to 2048")]
#[case("meta.llama3-8b-instruct-v1:0", json!({"prompt": "x", "max_gen_len": 2049, "foo": 1}), "2 schema violations found")]
#[case("meta.llama3-8b-instruct-v1:0", json!({"max_gen_len": 8192, "foo": 1}), "3 schema violations found")]
#[case("us.meta.llama4-maverick-17b-instruct-v1:0", json!({"prompt": "x", "max_gen_len": 8193, "temperature": 2}), "2 schema violations found")]
#[tokio::test]
async fn llamas_limit_is_one_of_the_violations(
    #[case] model: &str,
    #[case] bad: Value,
    #[case] what: &str,
) {
    let text =
        format!("Malformed input request: {what}, please reformat your input and try again.");
    let most = if model.contains("llama4") { 8192 } else { 2048 };
    let good = json!({"prompt": "x", "max_gen_len": most});
    refused_beside(model, bad, &text, model, good).await;
}
