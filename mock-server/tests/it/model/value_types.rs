//! Maps, blobs, documents, timestamps and unions, whole and broken, on the runtime and on the control
//! plane. Bounds, names and members are the published model's; the words are the service's templates.

use crate::wire::{Answer, MODEL, exchange, request};
use bedrock_fixtures::models::{BEDROCK, BEDROCK_RUNTIME};
use bedrock_mock::MockServer;
use bedrock_mock::model::overlay::Fidelity;
use rstest::rstest;
use serde_json::{Value, json};

const JOBS: &str = "/model-customization-jobs";
const OPTIMIZE: &str = "/advanced-prompt-optimization-jobs";
const SOURCE: &str =
    "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-3-haiku-20240307-v1:0";

async fn send(method: &str, path: &str, body: &Value) -> Answer {
    let builder = MockServer::builder().fidelity(Fidelity::Service);
    let server = builder.start().await.unwrap();
    let text = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let headers = "Content-Type: application/json\r\n";
    let bytes = request(&server, method, path, headers, text.as_bytes());
    exchange(&server, &bytes).await
}

fn converse() -> String {
    format!("/model/{MODEL}/converse")
}

fn said(content: Value) -> Value {
    json!({"messages": [{"role": "user", "content": [content]}]})
}

fn with(mut body: Value, key: &str, value: Value) -> Value {
    body[key] = value;
    body
}

/// A whole CreateModelCustomizationJob.
fn job() -> Value {
    json!({
        "jobName": "job",
        "customModelName": "model",
        "roleArn": "arn:aws:iam::123456789012:role/Trainer",
        "baseModelIdentifier": "amazon.titan-text-lite-v1",
        "trainingDataConfig": {"s3Uri": "s3://bucket/in"},
        "outputDataConfig": {"s3Uri": "s3://bucket/out"},
    })
}

/// The same with filters on logged requests.
fn filtered(filters: Value) -> Value {
    let logs = json!({"invocationLogSource": {"s3Uri": "s3://bucket/logs"}, "requestMetadataFilters": filters});
    with(
        job(),
        "trainingDataConfig",
        json!({"invocationLogsConfig": logs}),
    )
}

/// A whole CreateAdvancedPromptOptimizationJob; its models' fields are a map of documents.
fn optimization(fields: Value) -> Value {
    json!({
        "jobName": "job",
        "inputConfig": {"s3Uri": "s3://bucket/in"},
        "outputConfig": {"s3Uri": "s3://bucket/out/"},
        "modelConfigurations": [{"modelId": "amazon.nova-lite-v1:0", "additionalModelRequestFields": fields}],
    })
}

fn asynchronous(input: Value) -> Value {
    let to = json!({"s3OutputDataConfig": {"s3Uri": "s3://bucket/out"}});
    json!({"modelId": "amazon.nova-reel-v1:0", "modelInput": input, "outputDataConfig": to})
}

const TOO_SHORT: &str = "Member must have length greater than or equal to";
const TOO_LONG: &str = "Member must have length less than or equal to";

#[rstest]
#[case::map_too_large("POST", converse(), with(said(json!({"text": "x"})), "requestMetadata", (0..17).map(|i| (format!("k{i}"), json!("v"))).collect()), format!("Value at 'requestMetadata' failed to satisfy constraint: {TOO_LONG} 16"))]
#[case::map_too_large_control("POST", JOBS.into(), filtered(json!({"equals": {"a": "1", "b": "2"}})), format!("Value at 'trainingDataConfig.invocationLogsConfig.requestMetadataFilters.equals' failed to satisfy constraint: {TOO_LONG} 1"))]
#[case::map_too_small_control("POST", JOBS.into(), filtered(json!({"notEquals": {}})), format!("Value at 'trainingDataConfig.invocationLogsConfig.requestMetadataFilters.notEquals' failed to satisfy constraint: {TOO_SHORT} 1"))]
#[case::blob_too_short("POST", converse(), said(json!({"image": {"format": "png", "source": {"bytes": ""}}})), format!("Value at 'messages.1.member.content.1.member.image.source.bytes' failed to satisfy constraint: {TOO_SHORT} 1"))]
#[case::blob_too_short_control("POST", "/use-case-for-model-access".into(), json!({"formData": "YWJj"}), format!("Value 'java.nio.HeapByteBuffer[pos=0 lim=3 cap=3]' at 'formData' failed to satisfy constraint: {TOO_SHORT} 10"))]
#[case::blob_too_long_control("POST", "/use-case-for-model-access".into(), json!({"formData": "AAAA".repeat(5_462)}), format!("Value 'java.nio.HeapByteBuffer[pos=0 lim=16386 cap=16386]' at 'formData' failed to satisfy constraint: {TOO_LONG} 16384"))]
#[case::no_document("POST", "/async-invoke".into(), asynchronous(Value::Null), "Value at 'modelInput' failed to satisfy constraint: Member must not be null".into())]
#[tokio::test]
async fn broken(
    #[case] method: &str,
    #[case] path: String,
    #[case] body: Value,
    #[case] expected: String,
) {
    let answer = send(method, &path, &body).await;
    let text = format!("1 validation error detected: {expected}");
    assert_eq!(answer.text(), json!({ "message": text }).to_string());
    assert_eq!(answer.status, 400);
}

/// What may not be read as its type at all.
#[rstest]
#[case::list_for_map("POST", converse(), with(said(json!({"text": "x"})), "requestMetadata", json!([])))]
#[case::list_for_map_control("POST", JOBS.into(), filtered(json!({"equals": ["a"]})))]
#[case::number_in_a_map_of_strings("POST", JOBS.into(), filtered(json!({"equals": {"a": 1}})))]
#[case::list_for_map_of_documents("POST", OPTIMIZE.into(), optimization(json!([{}])))]
#[case::object_for_blob_control("POST", "/use-case-for-model-access".into(), json!({"formData": {}}))]
#[case::not_base64_control("POST", "/use-case-for-model-access".into(), json!({"formData": "not base64!"}))]
#[case::no_such_day("GET", "/async-invoke?submitTimeAfter=2026-02-30T00%3A00%3A00Z".into(), Value::Null)]
#[case::no_such_day_control("GET", format!("{JOBS}?creationTimeAfter=2026-02-30T00%3A00%3A00Z"), Value::Null)]
#[case::word_for_timestamp_control("GET", format!("{JOBS}?creationTimeBefore=yesterday"), Value::Null)]
#[tokio::test]
async fn another_type(#[case] method: &str, #[case] path: String, #[case] body: Value) {
    let answer = send(method, &path, &body).await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    let kind = answer.header("x-amzn-ErrorType").unwrap();
    assert!(kind.starts_with("SerializationException:"), "{kind}");
}

/// What is whole: whatever the operation then does with it, no parameter is to blame.
#[rstest]
#[case::filters("POST", JOBS.into(), filtered(json!({"equals": {"team": "a b"}})))]
#[case::blob("POST", "/use-case-for-model-access".into(), json!({"formData": "MDEyMzQ1Njc4OQ=="}))]
#[case::object_document("POST", "/async-invoke".into(), asynchronous(json!({"deep": [{"er": null}]})))]
#[case::list_document("POST", "/async-invoke".into(), asynchronous(json!([1, "x", null])))]
#[case::text_document("POST", "/async-invoke".into(), asynchronous(json!("text")))]
#[case::number_document("POST", "/async-invoke".into(), asynchronous(json!(1.5)))]
#[case::documents_of_control("POST", OPTIMIZE.into(), optimization(json!({"o": {"a": []}, "l": [1], "s": "x", "n": 1, "b": true})))]
#[case::utc("GET", "/async-invoke?submitTimeAfter=2026-02-28T23%3A59%3A59Z".into(), Value::Null)]
#[case::utc_of_control("GET", format!("{JOBS}?creationTimeAfter=2026-02-28T23%3A59%3A59Z"), Value::Null)]
#[case::fraction_of_control("GET", format!("{JOBS}?creationTimeBefore=2026-02-28T23%3A59%3A59.123Z"), Value::Null)]
#[tokio::test]
async fn whole(#[case] method: &str, #[case] path: String, #[case] body: Value) {
    let answer = send(method, &path, &body).await;
    let kind = answer.header("x-amzn-ErrorType").unwrap_or_default();
    let blamed = ["ValidationException", "SerializationException"];
    assert!(
        !blamed.iter().any(|b| kind.starts_with(b)),
        "{kind} {}",
        answer.text()
    );
}

/// The members of a union, in the model's order.
fn members(service: &str, union: &str) -> String {
    let model: Value = serde_json::from_str(service).unwrap();
    let shape = &model["shapes"][union];
    assert_eq!(shape["union"], true, "{union}");
    let names: Vec<&str> = shape["members"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.join(", ")
}

/// maximhq/bifrost quotes the text for an empty ContentBlock; the one for several is its twin.
/// Members that the service does not know leave a union empty.
#[rstest]
#[case::none(converse(), said(json!({})), BEDROCK_RUNTIME, "ContentBlock", "messages.0.content.0", "must set one")]
#[case::unknown(converse(), said(json!({"txet": "x"})), BEDROCK_RUNTIME, "ContentBlock", "messages.0.content.0", "must set one")]
#[case::two(converse(), said(json!({"text": "x", "cachePoint": {"type": "default"}})), BEDROCK_RUNTIME, "ContentBlock", "messages.0.content.0", "can set only one")]
#[case::none_control("/inference-profiles".into(), json!({"inferenceProfileName": "x", "modelSource": {}}), BEDROCK, "InferenceProfileModelSource", "modelSource", "must set one")]
#[case::unknown_control("/inference-profiles".into(), json!({"inferenceProfileName": "x", "modelSource": {"copyform": SOURCE}}), BEDROCK, "InferenceProfileModelSource", "modelSource", "must set one")]
#[case::two_control(JOBS.into(), with(job(), "customizationConfig", json!({"distillationConfig": {"teacherModelConfig": {"teacherModelIdentifier": "amazon.nova-pro-v1:0"}}, "rftConfig": {}})), BEDROCK, "CustomizationConfig", "customizationConfig", "can set only one")]
#[tokio::test]
async fn a_union_has_exactly_one_member(
    #[case] path: String,
    #[case] body: Value,
    #[case] service: &str,
    #[case] union: &str,
    #[case] at: &str,
    #[case] words: &str,
) {
    let answer = send("POST", &path, &body).await;
    let members = members(service, union);
    let text = format!("{union} object at {at} {words} of the following keys: {members}.");
    assert_eq!(answer.text(), json!({ "message": text }).to_string());
    assert_eq!(answer.status, 400);
    let kind = answer.header("x-amzn-ErrorType").unwrap();
    assert!(kind.starts_with("ValidationException:"), "{kind}");
}
