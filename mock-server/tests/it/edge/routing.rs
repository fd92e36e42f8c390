//! Paths: what matches, what does not, and what the service says then.

use crate::wire::{HELLO, exchange, post, request};
use bedrock_mock::MockServer;
use rstest::rstest;

const UNKNOWN: &str =
    r#"{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}"#;
const UNREADABLE: &str =
    r#"{"Output":{"__type":"com.amazon.coral.service#SerializationException"},"Version":"1.0"}"#;
const PAGE: &str = "<UnknownOperationException/>\n";
const INVALID: &str = r#"{"message":"The provided model identifier is invalid."}"#;
const ARN: &str = "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile";

/// Ids that name the same model whatever way they are written.
#[rstest]
#[case::raw_colon("anthropic.claude-3-haiku-20240307-v1:0".into())]
#[case::encoded_colon("anthropic.claude-3-haiku-20240307-v1%3A0".into())]
#[case::lower_case_hex("anthropic.claude-3-haiku-20240307-v1%3a0".into())]
#[case::needlessly_encoded("%61nthropic.claude-3-haiku-20240307-v1:0".into())]
#[case::only_the_slash(format!("{ARN}%2Fabc123"))]
#[case::only_the_slash_lower_case(format!("{ARN}%2fabc123"))]
#[case::wholly_encoded(format!("{}%2Fabc123", ARN.replace(':', "%3A")))]
#[case::system_profile("us.anthropic.claude-3-5-sonnet-20241022-v2:0".into())]
#[case::system_profile_arn("arn:aws:bedrock:us-west-2:123456789012:inference-profile%2Fglobal.anthropic.claude-sonnet-4-20250514-v1:0".into())]
#[case::foundation_model_arn("arn:aws:bedrock:us-west-2::foundation-model%2Fanthropic.claude-3-haiku-20240307-v1:0".into())]
#[tokio::test]
async fn answered(#[case] id: String) {
    let server = MockServer::start().await.unwrap();
    let answer = exchange(
        &server,
        &post(&server, &format!("/model/{id}/converse"), HELLO),
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["stopReason"], "end_turn");
}

/// Method, path, body → status and whole body.
#[rstest]
// Recorded: aws-samples/sample-per-model-bedrock, amplify-flutter#5675.
#[case::raw_slash_in_an_arn("POST", format!("/model/{ARN}/abc123/converse"), HELLO, 200, UNKNOWN)]
#[case::openai_path("POST", "/v1/chat/completions".into(), HELLO, 200, UNKNOWN)]
#[case::anthropic_path("POST", "/v1/messages".into(), "x", 200, UNKNOWN)]
#[case::empty_body("POST", "/v1/responses".into(), "", 200, UNREADABLE)]
#[case::models("GET", "/v1/models".into(), "", 404, PAGE)]
#[case::control_plane_typo("GET", "/inference-profile".into(), "", 404, PAGE)]
// Assumed from the same rule.
#[case::wrong_method_get("GET", "/model/x/converse".into(), "", 404, PAGE)]
#[case::wrong_method_put("PUT", "/model/x/converse".into(), HELLO, 200, UNKNOWN)]
#[case::wrong_method_delete("DELETE", "/model/x/converse".into(), "", 404, PAGE)]
#[case::trailing_slash("POST", "/model/x/converse/".into(), HELLO, 200, UNKNOWN)]
#[case::doubled_slash("POST", "//model/x/converse".into(), HELLO, 200, UNKNOWN)]
#[case::root("POST", "/".into(), HELLO, 200, UNKNOWN)]
#[case::root_get("GET", "/".into(), "", 404, PAGE)]
#[case::case_matters("POST", "/Model/x/converse".into(), HELLO, 200, UNKNOWN)]
#[case::encoded_twice("POST", format!("/model/{}%252Fabc123/converse", ARN.replace(':', "%253A")), HELLO, 400, INVALID)]
#[case::unknown_model("POST", "/model/does-not-exist/converse".into(), HELLO, 400, INVALID)]
#[case::bare_profile_id("POST", "/model/abc123/converse".into(), HELLO, 400, INVALID)]
#[case::profile_of_another_account("POST", format!("/model/{}%2Fabc123/converse", ARN.replace("123456789012", "210987654321")), HELLO, 400, INVALID)]
#[tokio::test]
async fn refused(
    #[case] method: &str,
    #[case] path: String,
    #[case] body: &str,
    #[case] status: u16,
    #[case] expected: &str,
) {
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
    assert_eq!((answer.status, answer.text()), (status, expected));
}

#[tokio::test]
async fn an_id_beyond_its_pattern_breaks_the_constraint() {
    let server = MockServer::start().await.unwrap();
    for (id, shown) in [("a%20b", "a b"), ("", ""), ("caf%C3%A9", "café")] {
        let answer = exchange(
            &server,
            &post(&server, &format!("/model/{id}/converse"), HELLO),
        )
        .await;
        let json = answer.json();
        let message = json["message"].as_str().unwrap();
        assert_eq!(answer.status, 400);
        assert!(
            message.contains(&format!(
                "validation errors detected: Value '{shown}' at 'modelId'"
            )) || message.starts_with(&format!(
                "1 validation error detected: Value '{shown}' at 'modelId'"
            )),
            "{message}"
        );
        assert!(
            message.contains("Member must satisfy regular expression pattern: ("),
            "{message}"
        );
    }
}

#[tokio::test]
async fn broken_escapes_are_refused() {
    let server = MockServer::start().await.unwrap();
    for id in ["%zz", "%", "%4", "a%C3", "%ff%fe"] {
        let answer = exchange(
            &server,
            &post(&server, &format!("/model/{id}/converse"), HELLO),
        )
        .await;
        assert_eq!(answer.status, 400, "{id}: {}", answer.text());
        assert!(
            answer
                .header("x-amzn-ErrorType")
                .unwrap()
                .starts_with("SerializationException"),
            "{id}"
        );
    }
}

#[tokio::test]
async fn routing_comes_before_authentication() {
    let server = MockServer::start().await.unwrap();
    let bytes = "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assert_eq!(exchange(&server, bytes.as_bytes()).await.status, 404);
    let bytes = "POST /model/x/converse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(exchange(&server, bytes.as_bytes()).await.status, 403);
}

#[tokio::test]
async fn a_profile_only_model_is_refused_with_the_curly_apostrophe() {
    let server = MockServer::start().await.unwrap();
    let answer = exchange(
        &server,
        &post(&server, "/model/deepseek.r1-v1:0/converse", HELLO),
    )
    .await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.text(),
        "{\"message\":\"Invocation of model ID deepseek.r1-v1:0 with on-demand throughput isn\u{2019}t supported. Retry your request with the ID or ARN of an inference profile that contains this model.\"}"
    );
}

#[tokio::test]
async fn restricted_layers_answer_as_today() {
    use bedrock_mock::config::Layer;
    let server = MockServer::builder()
        .configure(|c| c.catalogue_layers = vec![Layer::Today])
        .start()
        .await
        .unwrap();
    let ended = exchange(
        &server,
        &post(
            &server,
            "/model/anthropic.claude-3-5-sonnet-20241022-v2:0/converse",
            HELLO,
        ),
    )
    .await;
    assert_eq!(ended.status, 404);
    assert_eq!(
        ended.text(),
        r#"{"message":"This model version has reached the end of its life. Please refer to the AWS documentation for more details."}"#
    );
    assert!(
        ended
            .header("x-amzn-ErrorType")
            .unwrap()
            .starts_with("ResourceNotFoundException:")
    );
}

#[tokio::test]
async fn a_host_that_names_a_service_hides_the_others() {
    let server = MockServer::start().await.unwrap();
    let get = |host: &str| {
        format!(
            "GET /async-invoke HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\n\r\n",
            server.api_key()
        )
    };
    let status = async |host: &str| exchange(&server, get(host).as_bytes()).await.status;
    assert_eq!(status("bedrock.us-west-2.amazonaws.com").await, 404);
    assert_eq!(status("bedrock-runtime.us-west-2.amazonaws.com").await, 501);
    assert_eq!(status("localhost").await, 501);
}

#[tokio::test]
async fn known_operations_that_are_not_imitated_say_so() {
    let server = MockServer::start().await.unwrap();
    let answer = exchange(&server, &request(&server, "GET", "/async-invoke", "", b"")).await;
    assert_eq!(answer.status, 501);
    assert_eq!(answer.header("x-amzn-ErrorType"), Some("NotImitatedByMock"));
    assert!(
        answer.text().contains("ListAsyncInvokes") && answer.text().contains("/_mock/coverage")
    );
}

#[tokio::test]
async fn head_has_no_body() {
    let server = MockServer::start().await.unwrap();
    let answer = exchange(
        &server,
        b"HEAD /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n",
    )
    .await;
    assert_eq!(
        (answer.status, answer.header("content-length")),
        (404, Some("29"))
    );
}
