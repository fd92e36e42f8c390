//! Conversations that fit the model and make no sense, and what the service says of them: each text
//! is one that recordings or public reports quote, or that its row calls assumed.

use crate::wire;
use crate::wire::{exchange, only_exception, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bedrock_mock::MockServer;
use bedrock_mock::config::LegacyModels;
use serde_json::{Value, json};

/// The requests that the SDKs' tests send too.
fn table(name: &str) -> Vec<Value> {
    let text = include_str!("../../sdk/refusals.json");
    let table: Value = serde_json::from_str(text).unwrap();
    table[name].as_array().unwrap().clone()
}

/// A request of the table as it goes over the wire.
fn spelled(value: &Value) -> Value {
    if let Some(base64) = value.get("base64") {
        let mut bytes = STANDARD.decode(base64.as_str().unwrap()).unwrap();
        if let Some(fill) = value.get("fill") {
            bytes.resize(fill.as_u64().unwrap() as usize, b'x');
        }
        return STANDARD.encode(bytes).into();
    }
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(k, v)| (k.clone(), spelled(v)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(entries) => entries
            .iter()
            .flat_map(repeated)
            .map(|v| spelled(&v))
            .collect(),
        other => other.clone(),
    }
}

fn repeated(entry: &Value) -> Vec<Value> {
    let Some(times) = entry.get("repeat") else {
        return vec![entry.clone()];
    };
    let text = entry["of"].to_string();
    (0..times.as_u64().unwrap())
        .map(|n| serde_json::from_str(&text.replace("{n}", &n.to_string())).unwrap())
        .collect()
}

async fn send(server: &MockServer, case: &Value, operation: &str) -> wire::Answer {
    let path = format!("/model/{}/{operation}", case["model"].as_str().unwrap());
    let body = spelled(&case["request"]).to_string();
    exchange(server, &post(server, &path, &body)).await
}

#[tokio::test]
async fn refused_in_the_services_words() {
    let server = MockServer::start().await.unwrap();
    let cases = table("cases");
    assert!(cases.len() > 100, "the table is there");
    for case in cases {
        let rule = &case["rule"];
        for (operation, stream) in [("converse", false), ("converse-stream", true)] {
            if case["stream"].as_bool().is_some_and(|only| only != stream) {
                continue;
            }
            let answer = send(&server, &case, operation).await;
            assert_eq!(
                (u64::from(answer.status), answer.json()),
                (
                    case["status"].as_u64().unwrap(),
                    json!({ "message": case["message"] })
                ),
                "{rule} ({operation})"
            );
            let kind = format!("{}:", case["type"].as_str().unwrap());
            assert!(
                answer
                    .header("x-amzn-ErrorType")
                    .unwrap()
                    .starts_with(&kind),
                "{rule} ({operation})"
            );
        }
    }
}

#[tokio::test]
async fn what_makes_sense_passes() {
    let server = MockServer::start().await.unwrap();
    for case in table("accepted") {
        for operation in ["converse", "converse-stream"] {
            let answer = send(&server, &case, operation).await;
            assert_eq!(
                answer.status,
                200,
                "{} ({operation}): {}",
                case["rule"],
                String::from_utf8_lossy(&answer.body)
            );
        }
    }
}

#[tokio::test]
async fn llama_4_has_tools_outside_streams() {
    let server = MockServer::start().await.unwrap();
    let cases = table("cases");
    let case = cases.iter().find(|c| c["rule"] == "tools in a stream");
    assert_eq!(send(&server, case.unwrap(), "converse").await.status, 200);
}

#[tokio::test]
async fn nova_looks_at_images_and_says_so_inside_a_stream() {
    let server = MockServer::start().await.unwrap();
    let body = json!({"messages": [{"role": "user", "content": [{"text": "a"}, {"image": {"format": "png", "source": {"bytes": "bm8gaW1hZ2U="}}}]}]}).to_string();
    let answer = exchange(
        &server,
        &post(
            &server,
            "/model/amazon.nova-lite-v1:0/converse-stream",
            &body,
        ),
    )
    .await;
    assert_eq!(answer.status, 200);
    // The recorded payload, which has no padding.
    assert_eq!(
        only_exception(&answer.body),
        r#"{"message":"The model returned the following errors: The detected file MIME type text/plain does not match the expected type image/png. Reformat your input and try again."}"#
    );
}

#[tokio::test]
async fn invoke_model_says_the_output_cap_in_one_sentence() {
    let server = MockServer::start().await.unwrap();
    for (model, most, body) in [
        (
            "amazon.nova-lite-v1:0",
            10_000,
            json!({"messages": [{"role": "user", "content": [{"text": "a"}]}]}),
        ),
        (
            "us.anthropic.claude-haiku-4-5-20251001-v1:0",
            64_000,
            json!({"anthropic_version": "bedrock-2023-05-31", "messages": [{"role": "user", "content": "a"}]}),
        ),
    ] {
        for (tokens, status) in [(most, 200), (most + 1, 400)] {
            let mut body = body.clone();
            match model.contains("nova") {
                true => body["inferenceConfig"] = json!({ "maxTokens": tokens }),
                false => body["max_tokens"] = tokens.into(),
            }
            for operation in ["invoke", "invoke-with-response-stream"] {
                let path = format!("/model/{model}/{operation}");
                let answer = exchange(&server, &post(&server, &path, &body.to_string())).await;
                assert_eq!(answer.status, status, "{model} {tokens}");
                if status == 400 {
                    let text = format!(
                        "The maximum tokens you requested exceeds the model limit of {most}."
                    );
                    assert_eq!(answer.json(), json!({ "message": text }));
                }
            }
        }
    }
}

#[tokio::test]
async fn invoke_model_reads_no_more_than_the_model() {
    let server = MockServer::start().await.unwrap();
    let claude = json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 10, "messages": [{"role": "user", "content": "!".repeat(201_000)}]});
    let mut wide = claude.clone();
    wide["anthropic_beta"] = json!(["context-1m-2025-08-07"]);
    for (body, status) in [(claude, 400), (wide, 200)] {
        let path = "/model/us.anthropic.claude-sonnet-4-5-20250929-v1:0/invoke";
        let answer = exchange(&server, &post(&server, path, &body.to_string())).await;
        assert_eq!(answer.status, status);
        if status == 400 {
            let text = "Input is too long for requested model.";
            assert_eq!(answer.json(), json!({ "message": text }));
        }
    }
}

#[tokio::test]
async fn legacy_models_answer_unless_they_are_refused() {
    let hello = json!({"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}).to_string();
    let legacy = "us.anthropic.claude-sonnet-4-20250514-v1:0";
    let active = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
    for (legacy_models, status) in [(LegacyModels::Allow, 200), (LegacyModels::Refuse, 404)] {
        let server = MockServer::builder()
            .configure(|config| config.legacy_models = legacy_models)
            .start()
            .await
            .unwrap();
        let answer = exchange(
            &server,
            &post(&server, &format!("/model/{legacy}/converse"), &hello),
        )
        .await;
        assert_eq!(answer.status, status);
        if status == 404 {
            assert_eq!(
                answer.json(),
                json!({"message": "Access denied. This Model is marked by provider as Legacy and you have not been actively using the model in the last 30 days. Please upgrade to an active model on Amazon Bedrock"})
            );
            assert_eq!(
                answer.header("x-amzn-ErrorType"),
                Some(
                    "ResourceNotFoundException:http://internal.amazon.com/coral/com.amazon.bedrock/"
                )
            );
        }
        let answer = exchange(
            &server,
            &post(&server, &format!("/model/{active}/converse"), &hello),
        )
        .await;
        assert_eq!(answer.status, 200);
    }
}
