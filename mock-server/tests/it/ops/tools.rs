//! Forced tools and structured answers: valid against their schemas, by a JSON Schema crate that is
//! not ours, and the same through every operation.

use crate::wire::{exchange, post};
use base64::Engine as _;
use bedrock_mock::MockServer;
use rstest::rstest;
use serde_json::{Value, json};

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const NOVA: &str = "amazon.nova-lite-v1:0";

fn forced(schema: &Value) -> Value {
    json!({
        "messages": [{"role": "user", "content": [{"text": "Call it"}]}],
        "toolConfig": {
            "tools": [
                {"toolSpec": {"name": "other", "inputSchema": {"json": {"type": "object"}}}},
                {"toolSpec": {"name": "wanted", "inputSchema": {"json": schema}}}
            ],
            "toolChoice": {"tool": {"name": "wanted"}}
        }
    })
}

/// Models that were served in 2026 have 22 letters and digits; those that had ended before have 16
/// bytes in URL-safe base64.
fn assert_tool_id(id: &str, model: &str) {
    let own = id.strip_prefix("tooluse_").unwrap();
    assert_eq!(own.len(), 22, "{id}");
    match model {
        CLAUDE | NOVA => assert!(own.bytes().all(|b| b.is_ascii_alphanumeric()), "{id}"),
        _ => {
            let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(own);
            assert_eq!(bytes.unwrap().len(), 16, "{id}");
        }
    }
}

/// Events of a stream, decoded by Amazon's crate.
fn events(body: &[u8]) -> Vec<(String, Value)> {
    use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
    let (mut decoder, mut rest, mut out) = (MessageFrameDecoder::new(), body, Vec::new());
    while let DecodedFrame::Complete(message) = decoder.decode_frame(&mut rest).unwrap() {
        let name = message
            .headers()
            .iter()
            .find(|h| h.name().as_str() == ":event-type")
            .unwrap();
        out.push((
            name.value().as_string().unwrap().as_str().to_owned(),
            serde_json::from_slice(message.payload()).unwrap(),
        ));
    }
    out
}

#[rstest]
#[case::empty(json!({"type": "object"}))]
#[case::required(json!({"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "string"}, "b": {"type": "integer"}, "c": {"type": "string"}}, "additionalProperties": false}))]
#[case::bounds(json!({"type": "object", "required": ["n", "x", "s", "l"], "properties": {"n": {"type": "integer", "minimum": 18, "maximum": 20, "multipleOf": 5}, "x": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, "s": {"type": "string", "minLength": 30, "maxLength": 31}, "l": {"type": "array", "minItems": 3, "uniqueItems": true, "items": {"type": "string"}}}}))]
#[case::enums(json!({"type": "object", "required": ["unit", "k"], "properties": {"unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}, "k": {"const": 7}}}))]
#[case::references(json!({"type": "object", "required": ["home"], "properties": {"home": {"$ref": "#/$defs/address"}}, "$defs": {"address": {"type": "object", "required": ["street", "next"], "properties": {"street": {"type": "string"}, "next": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/address"}]}}}}}))]
#[case::choices(json!({"type": "object", "required": ["a", "b", "c"], "properties": {"a": {"anyOf": [{"type": "string", "minLength": 3}, {"type": "null"}]}, "b": {"oneOf": [{"type": "integer"}, {"type": "string"}]}, "c": {"allOf": [{"type": "object", "required": ["x"], "properties": {"x": {"type": "string"}}}, {"required": ["y"], "properties": {"y": {"type": "boolean"}}}]}}}))]
#[case::formats(json!({"type": "object", "required": ["d", "t", "m", "u", "p"], "properties": {"d": {"type": "string", "format": "date"}, "t": {"type": "string", "format": "date-time"}, "m": {"type": "string", "format": "email"}, "u": {"type": "string", "format": "uuid"}, "p": {"type": "string", "pattern": "^[A-Z]{3}$"}}}))]
#[case::patterns(json!({"type": "object", "required": ["day", "code", "phone"], "properties": {"day": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}, "code": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"}, "phone": {"type": "string", "pattern": r"^\+[1-9]\d{1,14}$"}}}))]
#[case::further_members(json!({"type": "object", "required": ["a", "n1"], "minProperties": 4, "patternProperties": {"^n": {"type": "number"}}, "additionalProperties": {"type": "integer"}}))]
#[case::narrower_bounds(json!({"type": "object", "required": ["n", "x", "r"], "properties": {"n": {"allOf": [{"type": "integer", "minimum": 3}, {"minimum": 1}]}, "x": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.1}, "r": {"$ref": "#/$defs/text", "minLength": 9}}, "$defs": {"text": {"type": "string"}}}))]
#[case::many_items(json!({"type": "object", "required": ["l", "e", "b"], "properties": {"l": {"type": "array", "minItems": 200, "items": {"type": "integer"}}, "e": {"type": "array", "minItems": 2, "uniqueItems": true, "items": {"enum": ["a", "b", "c"]}}, "b": {"type": "array", "minItems": 2, "uniqueItems": true, "items": {"type": "boolean"}}}}))]
#[case::nullable(json!({"type": "object", "required": ["a"], "properties": {"a": {"type": ["string", "null"]}}}))]
#[case::nested(json!({"type": "object", "required": ["people"], "properties": {"people": {"type": "array", "minItems": 2, "items": {"type": "object", "required": ["name", "age"], "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}}}}}}))]
#[tokio::test]
async fn arguments_are_valid_and_the_same_in_a_stream(#[case] schema: Value) {
    let server = MockServer::start().await.unwrap();
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    for model in [CLAUDE, NOVA, "cohere.command-r-v1:0"] {
        let body = forced(&schema).to_string();
        let whole = exchange(
            &server,
            &post(&server, &format!("/model/{model}/converse"), &body),
        )
        .await
        .json();
        assert_eq!(whole["stopReason"], "tool_use", "{whole}");
        let call = &whole["output"]["message"]["content"][0]["toolUse"];
        assert_eq!(call["name"], "wanted");
        let problems: Vec<String> = validator
            .iter_errors(&call["input"])
            .map(|e| e.to_string())
            .collect();
        assert!(problems.is_empty(), "{problems:?} in {}", call["input"]);
        let id = call["toolUseId"].as_str().unwrap();
        assert_tool_id(id, model);

        let stream = exchange(
            &server,
            &post(&server, &format!("/model/{model}/converse-stream"), &body),
        )
        .await;
        let events = events(&stream.body);
        let starts: Vec<&Value> = events
            .iter()
            .filter(|(n, _)| n == "contentBlockStart")
            .map(|(_, p)| &p["start"]["toolUse"])
            .collect();
        assert_eq!(starts.len(), 1);
        assert_eq!(
            (&starts[0]["toolUseId"], &starts[0]["name"]),
            (&call["toolUseId"], &call["name"])
        );
        let fragments: Vec<&str> = events
            .iter()
            .filter_map(|(_, p)| p.pointer("/delta/toolUse/input")?.as_str())
            .collect();
        match call["input"] == json!({}) && model == CLAUDE {
            // Where there are no arguments the empty fragment is the only one.
            true => assert_eq!(fragments, [""]),
            false => assert_eq!(
                serde_json::from_str::<Value>(&fragments.concat()).unwrap(),
                call["input"]
            ),
        }
        match model {
            CLAUDE => assert_eq!(
                fragments[0], "",
                "Claude's first fragment is empty (9 of 9 recorded)"
            ),
            "amazon.nova-lite-v1:0" => assert_eq!(fragments.len(), 1, "Nova sends one delta"),
            _ => {}
        }
        let usage = &events.last().unwrap().1["usage"];
        assert_eq!(usage["outputTokens"], whole["usage"]["outputTokens"]);
    }
}

#[tokio::test]
async fn structured_output_is_valid() {
    let server = MockServer::start().await.unwrap();
    let schema = json!({"type": "object", "required": ["city", "n"], "properties": {"city": {"type": "string"}, "n": {"type": "integer", "minimum": 3}}, "additionalProperties": false});
    let body = json!({
        "messages": [{"role": "user", "content": [{"text": "Where?"}]}],
        "outputConfig": {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": {"schema": schema.to_string(), "name": "answer"}}}}
    });
    let answer = exchange(
        &server,
        &post(
            &server,
            "/model/mistral.mistral-large-3-675b-instruct/converse",
            &body.to_string(),
        ),
    )
    .await
    .json();
    let text = answer["output"]["message"]["content"][0]["text"]
        .as_str()
        .unwrap();
    jsonschema::validate(&schema, &serde_json::from_str(text).unwrap()).unwrap();
}

#[tokio::test]
async fn an_answer_of_a_megabyte() {
    let server = MockServer::start().await.unwrap();
    let schema = json!({"type": "object", "required": ["long"], "properties": {"long": {"type": "string", "minLength": 1_000_000}}});
    let body = forced(&schema).to_string();
    let whole = exchange(
        &server,
        &post(&server, &format!("/model/{CLAUDE}/converse"), &body),
    )
    .await
    .json();
    let input = &whole["output"]["message"]["content"][0]["toolUse"]["input"];
    assert_eq!(input["long"].as_str().unwrap().len(), 1_000_000);
    let stream = exchange(
        &server,
        &post(&server, &format!("/model/{CLAUDE}/converse-stream"), &body),
    )
    .await;
    let told: String = events(&stream.body)
        .iter()
        .filter_map(|(_, p)| Some(p.pointer("/delta/toolUse/input")?.as_str()?.to_owned()))
        .collect();
    assert_eq!(serde_json::from_str::<Value>(&told).unwrap(), *input);

    // InvokeModel has to say how many tokens it wants, and the model gives no more than these.
    let schema = json!({"type": "object", "required": ["long"], "properties": {"long": {"type": "string", "minLength": 100_000}}});
    let tool = json!({"name": "wanted", "input_schema": schema});
    let invoke = json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 64_000, "messages": [{"role": "user", "content": "Call it"}], "tools": [tool], "tool_choice": {"type": "tool", "name": "wanted"}}).to_string();
    let unary = exchange(
        &server,
        &post(&server, &format!("/model/{CLAUDE}/invoke"), &invoke),
    )
    .await
    .json();
    let input = &unary["content"][0]["input"];
    assert_eq!(input["long"].as_str().unwrap().len(), 100_000);
    let stream = exchange(
        &server,
        &post(
            &server,
            &format!("/model/{CLAUDE}/invoke-with-response-stream"),
            &invoke,
        ),
    )
    .await;
    let chunk = |p: &Value| -> Value {
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(p["bytes"].as_str().unwrap())
            .unwrap();
        serde_json::from_slice(&bytes).unwrap()
    };
    let told: String = events(&stream.body)
        .iter()
        .filter_map(|(_, p)| {
            Some(
                chunk(p)
                    .pointer("/delta/partial_json")?
                    .as_str()?
                    .to_owned(),
            )
        })
        .collect();
    assert_eq!(serde_json::from_str::<Value>(&told).unwrap(), *input);
}

#[tokio::test]
async fn any_tool_means_the_first_and_auto_means_words() {
    let server = MockServer::start().await.unwrap();
    let mut body = forced(&json!({"type": "object"}));
    body["toolConfig"]["toolChoice"] = json!({"any": {}});
    let answer = exchange(
        &server,
        &post(
            &server,
            &format!("/model/{CLAUDE}/converse"),
            &body.to_string(),
        ),
    )
    .await
    .json();
    assert_eq!(
        answer["output"]["message"]["content"][0]["toolUse"]["name"],
        "other"
    );
    body["toolConfig"]["toolChoice"] = json!({"auto": {}});
    let answer = exchange(
        &server,
        &post(
            &server,
            &format!("/model/{CLAUDE}/converse"),
            &body.to_string(),
        ),
    )
    .await
    .json();
    assert_eq!(answer["stopReason"], "end_turn");
}

/// An agent that demands a tool in every turn, and has one that ends its work, gets to that one.
#[tokio::test]
async fn a_tool_that_was_called_makes_way_for_the_next() {
    let server = MockServer::start().await.unwrap();
    let tool = |name: &str| json!({"toolSpec": {"name": name, "inputSchema": {"json": {"type": "object"}}}});
    let tools = json!({"tools": [tool("look"), tool("finish")], "toolChoice": {"any": {}}});
    let mut messages = vec![json!({"role": "user", "content": [{"text": "Do it"}]})];
    for expected in ["look", "finish", "finish"] {
        let body = json!({"messages": messages, "toolConfig": tools}).to_string();
        let bytes = post(&server, &format!("/model/{CLAUDE}/converse"), &body);
        let answer = exchange(&server, &bytes).await.json();
        let message = &answer["output"]["message"];
        let call = &message["content"][0]["toolUse"];
        assert_eq!(call["name"], expected, "{answer}");
        let result =
            json!({"toolResult": {"toolUseId": call["toolUseId"], "content": [{"text": "done"}]}});
        messages.push(message.clone());
        messages.push(json!({"role": "user", "content": [result]}));
    }
}
