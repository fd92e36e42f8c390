//! Every kind of constraint, broken over the wire on the runtime and on the control plane.
//!
//! Bounds and names are the published model's; the words are the service's template.

use crate::wire::{MODEL, exchange, request};
use bedrock_mock::MockServer;
use bedrock_mock::model::overlay::Fidelity;
use rstest::rstest;
use serde_json::{Value, json};

const CREATE: &str = "/inference-profiles";
const GUARDRAILS: &str = "/guardrails";
const SOURCE: &str =
    "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-3-haiku-20240307-v1:0";

async fn send(method: &str, path: &str, body: &Value) -> (u16, Option<String>, String) {
    let server = MockServer::builder()
        .fidelity(Fidelity::Service)
        .start()
        .await
        .unwrap();
    let text = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let answer = exchange(
        &server,
        &request(
            &server,
            method,
            path,
            "Content-Type: application/json\r\n",
            text.as_bytes(),
        ),
    )
    .await;
    (
        answer.status,
        answer.header("x-amzn-ErrorType").map(Into::into),
        answer.text().to_owned(),
    )
}

fn converse() -> String {
    format!("/model/{MODEL}/converse")
}

fn said(extra: Value) -> Value {
    let mut body = json!({"messages": [{"role": "user", "content": [{"text": "x"}]}]});
    for (key, value) in extra.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

fn profile(extra: Value) -> Value {
    let mut body = json!({"inferenceProfileName": "x", "modelSource": {"copyFrom": SOURCE}});
    for (key, value) in extra.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

/// Method, path, body → what follows "1 validation error detected: ".
#[rstest]
#[case::required("POST", converse(), json!({"messages": [{"role": "user"}]}), "Value null at 'messages.1.member.content' failed to satisfy constraint: Member must not be null")]
#[case::required_of_control("POST", CREATE.into(), json!({"modelSource": {"copyFrom": SOURCE}}), "Value null at 'inferenceProfileName' failed to satisfy constraint: Member must not be null")]
#[case::string_too_short("POST", converse(), said(json!({"toolConfig": {"tools": [{"toolSpec": {"name": "n", "description": "", "inputSchema": {"json": {}}}}]}})), "Value '' at 'toolConfig.tools.1.member.toolSpec.description' failed to satisfy constraint: Member must have length greater than or equal to 1")]
#[case::string_too_short_control("POST", CREATE.into(), profile(json!({"tags": [{"key": "", "value": "v"}]})), "Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1")]
#[case::pattern_of_control("POST", CREATE.into(), profile(json!({"clientRequestToken": "-"})), "Value '-' at 'clientRequestToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9]([-a-zA-Z0-9]{0,254}[a-zA-Z0-9])?")]
#[case::pattern_matches_the_whole_value("POST", converse(), said(json!({"toolConfig": {"tools": [{"toolSpec": {"name": "good name", "inputSchema": {"json": {}}}}]}})), "Value 'good name' at 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+")]
#[case::range_above("POST", converse(), said(json!({"inferenceConfig": {"topP": 1.5}})), "Value '1.5' at 'inferenceConfig.topP' failed to satisfy constraint: Member must have value less than or equal to 1")]
#[case::range_below("POST", converse(), said(json!({"inferenceConfig": {"temperature": -1}})), "Value '-1.0' at 'inferenceConfig.temperature' failed to satisfy constraint: Member must have value greater than or equal to 0")]
#[case::range_of_control("GET", "/inference-profiles?maxResults=0".into(), Value::Null, "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1")]
#[case::range_of_control_above("GET", "/inference-profiles?maxResults=1001".into(), Value::Null, "Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000")]
#[case::enumeration("POST", converse(), json!({"messages": [{"role": "robot", "content": [{"text": "x"}]}]}), "Value 'robot' at 'messages.1.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant, system]")]
#[case::enumeration_of_control("GET", "/inference-profiles?type=MINE".into(), Value::Null, "Value 'MINE' at 'typeEquals' failed to satisfy constraint: Member must satisfy enum value set: [SYSTEM_DEFINED, APPLICATION]")]
#[case::list_too_short("POST", converse(), said(json!({"toolConfig": {"tools": []}})), "Value at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or equal to 1")]
#[case::map_too_small("POST", converse(), said(json!({"requestMetadata": {}})), "Value at 'requestMetadata' failed to satisfy constraint: Member must have length greater than or equal to 1")]
#[case::null_in_a_list("POST", converse(), json!({"messages": [null]}), "Value null at 'messages.1.member' failed to satisfy constraint: Member must not be null")]
#[tokio::test]
async fn one(
    #[case] method: &str,
    #[case] path: String,
    #[case] body: Value,
    #[case] expected: &str,
) {
    let (status, kind, text) = send(method, &path, &body).await;
    assert_eq!(
        text,
        json!({"message": format!("1 validation error detected: {expected}")}).to_string()
    );
    assert_eq!(status, 400);
    assert_eq!(
        kind.as_deref(),
        Some("ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/")
    );
}

#[rstest]
#[case::string_too_long(profile(json!({"inferenceProfileName": "x".repeat(65)})), "inferenceProfileName", "Member must have length less than or equal to 64")]
#[case::description_too_long(profile(json!({"description": "x".repeat(201)})), "description", "Member must have length less than or equal to 200")]
#[case::list_too_long(profile(json!({"tags": (0..201).map(|i| json!({"key": format!("k{i}"), "value": ""})).collect::<Vec<_>>()})), "tags", "Member must have length less than or equal to 200")]
#[tokio::test]
async fn too_long(#[case] body: Value, #[case] member: &str, #[case] clause: &str) {
    let (status, _, text) = send("POST", CREATE, &body).await;
    assert_eq!(status, 400, "{text}");
    // A profile's description is sensitive by the model, so its value is left out.
    let shown = if member == "description" {
        "Value at"
    } else {
        "Value '"
    };
    assert!(
        text.contains(&format!("1 validation error detected: {shown}")),
        "{text}"
    );
    assert!(
        text.contains(&format!(
            "at '{member}' failed to satisfy constraint: {clause}"
        )),
        "{text}"
    );
}

#[tokio::test]
async fn stop_sequences_are_counted() {
    let many: Vec<String> = (0..2501).map(|i| i.to_string()).collect();
    let (status, _, text) = send(
        "POST",
        &converse(),
        &said(json!({"inferenceConfig": {"stopSequences": many}})),
    )
    .await;
    assert_eq!(status, 400);
    assert!(text.contains("at 'inferenceConfig.stopSequences' failed to satisfy constraint: Member must have length less than or equal to 2500"));
}

#[tokio::test]
async fn a_bare_id_in_copy_from_is_left_to_the_operation() {
    let (status, _, text) = send(
        "POST",
        CREATE,
        &profile(json!({"modelSource": {"copyFrom": MODEL}})),
    )
    .await;
    assert_eq!(status, 400);
    let words = "copyFrom must be a valid inference profile model source ARN.";
    assert!(text.contains(words), "{text}");
}

#[tokio::test]
async fn all_violations_come_in_one_message() {
    let body = said(json!({"inferenceConfig": {"temperature": 2, "topP": 2, "maxTokens": 0}}));
    let (_, _, text) = send("POST", &converse(), &body).await;
    assert_eq!(
        text,
        json!({"message": "3 validation errors detected: \
            Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1; \
            Value '2.0' at 'inferenceConfig.temperature' failed to satisfy constraint: Member must have value less than or equal to 1; \
            Value '2.0' at 'inferenceConfig.topP' failed to satisfy constraint: Member must have value less than or equal to 1"})
        .to_string()
    );
}

/// Values of another type: the service calls them serialization failures.
#[rstest]
#[case::object_for_list("POST", converse(), r#"{"messages": {}}"#)]
#[case::list_for_object("POST", converse(), r#"{"messages": [[]]}"#)]
#[case::number_for_string("POST", converse(), r#"{"messages": [{"role": 1, "content": []}]}"#)]
#[case::string_for_integer("POST", converse(), r#"{"inferenceConfig": {"maxTokens": "many"}}"#)]
#[case::string_for_float("POST", converse(), r#"{"inferenceConfig": {"temperature": "hot"}}"#)]
#[case::not_base64("POST", converse(), r#"{"messages": [{"role": "user", "content": [{"image": {"format": "png", "source": {"bytes": "not base64!"}}}]}]}"#)]
#[case::list_for_body("POST", converse(), "[]")]
#[case::string_for_list_of_control("POST", CREATE.into(), r#"{"tags": "x"}"#)]
#[case::string_for_object_of_control("POST", GUARDRAILS.into(), r#"{"topicPolicyConfig": "x"}"#)]
#[case::string_for_boolean_of_control("POST", "/custom-models/create-custom-model".into(), r#"{"modelName": true}"#)]
#[case::word_for_integer_of_control("GET", "/inference-profiles?maxResults=many".into(), "")]
#[case::no_timestamp("GET", "/async-invoke?submitTimeAfter=yesterday".into(), "")]
#[case::no_timestamp_of_control("GET", "/model-customization-jobs?creationTimeAfter=yesterday".into(), "")]
#[tokio::test]
async fn wrong_type(#[case] method: &str, #[case] path: String, #[case] body: &str) {
    let server = MockServer::start().await.unwrap();
    let answer = exchange(
        &server,
        &request(
            &server,
            method,
            &path,
            "Content-Type: application/json\r\n",
            body.as_bytes(),
        ),
    )
    .await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert!(
        answer
            .header("x-amzn-ErrorType")
            .unwrap()
            .starts_with("SerializationException:"),
        "{}",
        answer.head
    );
    assert!(answer.json()["Message"].is_string(), "{}", answer.text());
}

#[tokio::test]
async fn a_blob_payload_has_the_models_limit() {
    let server = MockServer::start().await.unwrap();
    let path = format!("/model/{MODEL}/invoke");
    let body = vec![b' '; 25_000_001];
    let answer = exchange(
        &server,
        &request(
            &server,
            "POST",
            &path,
            "Content-Type: application/json\r\n",
            &body,
        ),
    )
    .await;
    assert_eq!(answer.status, 400);
    // The body is sensitive, so it is not printed.
    assert_eq!(
        answer.text(),
        r#"{"message":"1 validation error detected: Value at 'body' failed to satisfy constraint: Member must have length less than or equal to 25000000"}"#
    );
}

#[tokio::test]
async fn headers_are_members_too() {
    let server = MockServer::start().await.unwrap();
    let path = format!("/model/{MODEL}/invoke");
    let headers = "Content-Type: application/json\r\nX-Amzn-Bedrock-Trace: LOUD\r\n";
    let answer = exchange(&server, &request(&server, "POST", &path, headers, b"{}")).await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert!(answer.text().contains("Value 'LOUD' at 'trace' failed to satisfy constraint: Member must satisfy enum value set: ["), "{}", answer.text());
}
