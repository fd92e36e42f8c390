//! `raw`: bytes and events exactly as they are written, for any operation.

use bedrock_mock::MockServer;
use serde_json::{Value, json};

use crate::account::Account;
use crate::scenarios::script::{ACCOUNT, CLAUDE, frames, lax, put, user};
use crate::wire::{exchange, post, request};

async fn converse(server: &MockServer, operation: &str) -> crate::wire::Answer {
    let path = format!("/model/{}/{operation}", crate::account::label(CLAUDE));
    exchange(server, &post(server, &path, &user("x").to_string())).await
}

#[tokio::test]
async fn bytes_are_exact() {
    let server = lax(json!([])).await;
    for (raw, status, kind, body) in [
        (
            json!({"body": "no JSON {"}),
            200,
            "application/json",
            &b"no JSON {"[..],
        ),
        (
            json!({"body": {"b": 1, "a": [null]}}),
            200,
            "application/json",
            br#"{"b":1,"a":[null]}"#,
        ),
        (
            json!({"bodyBase64": "AP+A"}),
            200,
            "application/json",
            &[0, 255, 128],
        ),
        (
            json!({"status": 418, "headers": {"Content-Type": "text/plain", "x-a": "b"}, "body": ""}),
            418,
            "text/plain",
            b"",
        ),
        (json!({"status": 503}), 503, "application/json", b""),
    ] {
        put(&server, json!([{"name": "it", "reply": {"raw": raw}}]));
        for operation in [
            "converse",
            "converse-stream",
            "invoke",
            "invoke-with-response-stream",
        ] {
            let path = format!("/model/{}/{operation}", crate::account::label(CLAUDE));
            let ask = json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 5, "messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]});
            let ask = if operation.starts_with("invoke") {
                ask
            } else {
                user("x")
            };
            let answer = exchange(&server, &post(&server, &path, &ask.to_string())).await;
            assert_eq!(
                (answer.status, answer.header("content-type")),
                (status, Some(kind)),
                "{raw} {operation}"
            );
            assert_eq!(answer.body, body, "{raw} {operation}");
            assert!(answer.header("x-amzn-requestid").is_some());
            assert_eq!(answer.header("x-a").is_some(), status == 418);
        }
    }
    // None of this counts as an answer of the mock that does not fit the service model.
    assert!(server.self_check().is_empty());
}

#[tokio::test]
async fn events_are_exact() {
    let server = lax(json!([{"name": "it", "reply": {"raw": {"events": [
        {"event": "messageStart", "payload": {"role": "assistant", "b": 1, "a": 2}},
        {"event": "contentBlockStart", "payload": "{ \"spaces\": true }"},
        {"event": "neverHeardOf"},
        {"exception": "modelStreamErrorException", "payload": {"message": "broken", "originalStatusCode": 500}},
        {"event": "metadata", "payload": {}},
    ]}}}]))
    .await;
    let answer = converse(&server, "converse-stream").await;
    let told: Vec<(String, String, String)> = frames(&answer.body)
        .into_iter()
        .map(|(kind, name, payload)| (kind, name, String::from_utf8(payload).unwrap()))
        .collect();
    let frame = |kind: &str, name: &str, payload: &str| {
        (kind.to_owned(), name.to_owned(), payload.to_owned())
    };
    assert_eq!(
        told[..4],
        [
            frame(
                "event",
                "messageStart",
                r#"{"role":"assistant","b":1,"a":2}"#
            ),
            frame("event", "contentBlockStart", "{ \"spaces\": true }"),
            frame("event", "neverHeardOf", ""),
            frame(
                "exception",
                "modelStreamErrorException",
                r#"{"message":"broken","originalStatusCode":500}"#
            ),
        ]
    );
    assert!(server.self_check().is_empty());
}

#[tokio::test]
async fn control_plane_iam_sts_and_what_is_not_imitated() {
    let server = lax(json!([
        {"name": "models", "match": {"operation": "ListFoundationModels", "header": {"x-test": "1"}}, "reply": {"raw": {"status": 429, "headers": {"x-amzn-errortype": "ThrottlingException"}, "body": {"message": "slow down"}}}},
        {"name": "count", "match": {"operation": "CountTokens", "model": "*claude-3-5-haiku*", "family": "claude"}, "reply": [{"raw": {"body": {"inputTokens": 4242}}}]},
        {"name": "guardrail", "match": {"operation": "ApplyGuardrail"}, "reply": {"raw": {"body": {"action": "NONE"}}}},
    ]))
    .await;
    let account = Account::new(&server, ACCOUNT);
    assert_eq!(account.get("/foundation-models").await.status, 200);
    let models = exchange(
        &server,
        &request(&server, "GET", "/foundation-models", "x-test: 1\r\n", b""),
    )
    .await;
    assert_eq!(
        (models.status, models.text()),
        (429, r#"{"message":"slow down"}"#)
    );
    assert_eq!(
        models.header("x-amzn-errortype"),
        Some("ThrottlingException")
    );

    let path = format!(
        "/model/{}/count-tokens",
        crate::account::label("anthropic.claude-3-5-haiku-20241022-v1:0")
    );
    let count = json!({"input": {"converse": user("Hello")}});
    assert_eq!(
        account.post(&path, count.clone()).await.ok()["inputTokens"],
        4242
    );
    assert_eq!(account.post(&path, count).await.ok()["inputTokens"], 8);

    let guardrail = json!({"source": "INPUT", "content": [{"text": {"text": "x"}}]});
    let answer = account
        .post("/guardrail/abc123def456/version/1/apply", guardrail)
        .await;
    assert_eq!(answer.text, r#"{"action":"NONE"}"#);

    let form = |action: &str| {
        let version = if action.starts_with("GetCaller") {
            "2011-06-15"
        } else {
            "2010-05-08"
        };
        format!("Action={action}&Version={version}&UserName=ann")
    };
    let signed = "Content-Type: application/x-www-form-urlencoded\r\n";
    let keyless = MockServer::builder()
        .configure(|c| c.auth = bedrock_mock::config::AuthMode::Off)
        .start()
        .await
        .unwrap();
    let written: Value = json!([
        {"name": "user", "match": {"operation": "GetUser", "body": {"/UserName": "ann"}}, "reply": {"raw": {"body": "<GetUserResponse/>"}}},
        {"name": "who", "match": {"operation": "GetCallerIdentity"}, "reply": {"raw": {"status": 403, "body": "<ErrorResponse/>"}}, "times": 1},
    ]);
    put(&keyless, written);
    let ask = |action: &str| request(&keyless, "POST", "/", signed, form(action).as_bytes());
    let user = exchange(&keyless, &ask("GetUser")).await;
    assert_eq!(
        (user.status, user.text(), user.header("content-type")),
        (200, "<GetUserResponse/>", Some("text/xml"))
    );
    let who = exchange(&keyless, &ask("GetCallerIdentity")).await;
    assert_eq!((who.status, who.text()), (403, "<ErrorResponse/>"));
    let who = exchange(
        &keyless,
        &request(
            &keyless,
            "POST",
            "/",
            signed,
            b"Action=GetCallerIdentity&Version=2011-06-15",
        ),
    )
    .await;
    assert!(who.text().contains("<Account>"), "{}", who.text());
}
