//! What a host name, a scope and a partition decide.

use crate::wire;
use crate::wire::{Answer, HELLO, MODEL, exchange, post, request};
use bedrock_mock::MockServer;
use bedrock_mock::auth::api_key::short_term;
use rstest::rstest;
use tokio::io::AsyncWriteExt;

async fn at(server: &MockServer, method: &str, path: &str, host: &str, body: &str) -> Answer {
    let bytes = request(
        server,
        method,
        path,
        "Content-Type: application/json\r\n",
        body.as_bytes(),
    );
    let bytes = String::from_utf8(bytes)
        .unwrap()
        .replace("Host: localhost", &format!("Host: {host}"));
    exchange(server, bytes.as_bytes()).await
}

#[rstest]
#[case::upper_case("BEDROCK-RUNTIME.us-west-2.AmazonAWS.com")]
#[case::trailing_dot("bedrock-runtime.us-west-2.amazonaws.com.")]
#[case::with_a_port("bedrock-runtime.us-west-2.amazonaws.com:443")]
#[tokio::test]
async fn a_host_is_the_same_however_it_is_written(#[case] host: &str) {
    let server = MockServer::start().await.unwrap();
    assert_eq!(
        at(&server, "GET", "/foundation-models", host, "")
            .await
            .status,
        404
    );
    assert_eq!(
        at(
            &server,
            "POST",
            &format!("/model/{MODEL}/converse"),
            host,
            HELLO
        )
        .await
        .status,
        200
    );
}

/// A local address says nothing of where a key is used; a host of AWS and `--region` do.
#[rstest]
#[case::elsewhere("us-east-1", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", 400)]
#[case::another_elsewhere("eu-west-1", "us.amazon.nova-2-lite-v1:0", 400)]
#[case::at_home("eu-west-1", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", 200)]
#[case::global("us-east-1", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", 200)]
#[tokio::test]
async fn profiles_are_of_the_geography_that_is_named(
    #[case] region: &str,
    #[case] profile: &str,
    #[case] status: u16,
) {
    let path = format!("/model/{profile}/converse");
    let server = MockServer::start().await.unwrap();
    let host = format!("bedrock-runtime.{region}.amazonaws.com");
    let named = at(&server, "POST", &path, &host, HELLO).await;
    assert_eq!(named.status, status);
    if status == 400 {
        let text = String::from_utf8(named.body.clone()).unwrap();
        assert!(text.contains("The provided model identifier is invalid."));
    }
    let unnamed = at(&server, "POST", &path, "localhost", HELLO).await;
    assert_eq!(unnamed.status, 200);

    let server = MockServer::builder().region(region).start().await.unwrap();
    let given = at(&server, "POST", &path, "localhost", HELLO).await;
    assert_eq!(given.status, status);
}

#[rstest]
#[case("bedrock-agent.us-west-2.amazonaws.com")]
#[case("bedrock-agent-runtime.us-west-2.amazonaws.com")]
#[case("bedrock-data-automation.us-west-2.amazonaws.com")]
#[case("bedrock-data-automation-runtime.us-west-2.amazonaws.com")]
#[tokio::test]
async fn services_beside_ours_take_no_keys_and_lend_no_routes(#[case] host: &str) {
    let server = MockServer::start().await.unwrap();
    for path in ["/agents/", &format!("/model/{MODEL}/converse")] {
        let answer = at(&server, "POST", path, host, HELLO).await;
        assert_eq!(
            (answer.status, answer.text()),
            (
                403,
                r#"{"Message":"This service does not support API Keys"}"#
            )
        );
        assert!(
            answer
                .header("x-amzn-ErrorType")
                .unwrap()
                .starts_with("AccessDeniedException:")
        );
    }
}

#[tokio::test]
async fn a_bidirectional_stream_is_answered_while_its_input_is_open() {
    let server = MockServer::start().await.unwrap();
    let head = |auth: &str| {
        format!(
            "POST /model/amazon.nova-sonic-v1%3A0/invoke-with-bidirectional-stream HTTP/1.1\r\nHost: localhost\r\n{auth}Transfer-Encoding: chunked\r\n\r\n"
        )
    };
    let mut socket = tokio::net::TcpStream::connect(server.address())
        .await
        .unwrap();
    socket
        .write_all(head(&format!("Authorization: Bearer {}\r\n", server.api_key())).as_bytes())
        .await
        .unwrap();
    let answer = tokio::time::timeout(
        std::time::Duration::from_secs(10),
        wire::read(&mut socket, false),
    )
    .await
    .expect("it waits for the input's end");
    // awslabs/aws-sdk-swift#1991 quotes this answer.
    assert_eq!(
        (answer.status, answer.text()),
        (
            403,
            r#"{"Message":"This operation does not support API Keys"}"#
        )
    );
    assert_eq!(answer.header("connection"), Some("close"));
}

#[tokio::test]
async fn arns_of_another_partition_name_nothing() {
    let server = MockServer::start().await.unwrap();
    for arn in [
        "arn:aws-cn:bedrock:us-west-2::foundation-model%2F",
        "arn:aws-us-gov:bedrock:us-west-2::foundation-model%2F",
    ] {
        let answer = exchange(
            &server,
            &post(&server, &format!("/model/{arn}{MODEL}/converse"), HELLO),
        )
        .await;
        assert_eq!(
            (answer.status, answer.text()),
            (
                400,
                r#"{"message":"The provided model identifier is invalid."}"#
            )
        );
    }
}

#[tokio::test]
async fn credentials_twice_are_refused() {
    let server = MockServer::start().await.unwrap();
    let key = server.api_key();
    let bytes = format!(
        "POST /model/{MODEL}/converse HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nAuthorization: Bearer {key}\r\nContent-Length: 2\r\n\r\n{{}}"
    );
    let answer = exchange(&server, bytes.as_bytes()).await;
    assert_eq!(answer.status, 403, "{}", answer.text());
    let query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20260101%2Fus-west-2%2Fbedrock%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=00&X-Amz-Signature=11";
    let bytes = format!(
        "POST /model/{MODEL}/converse?{query} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{{}}"
    );
    let answer = exchange(&server, bytes.as_bytes()).await;
    assert_eq!(
        answer.text(),
        r#"{"message":"The request has more than one 'X-Amz-Signature'. Send it once."}"#
    );
}

#[tokio::test]
async fn a_bearer_without_a_key_lacks_the_prefix() {
    let server = MockServer::start().await.unwrap();
    for value in ["Bearer", "Bearer "] {
        let bytes = format!(
            "POST /model/{MODEL}/converse HTTP/1.1\r\nHost: localhost\r\nAuthorization: {value}\r\nContent-Length: 2\r\n\r\n{{}}"
        );
        let answer = exchange(&server, bytes.as_bytes()).await;
        assert_eq!(
            answer.text(),
            r#"{"Message":"Invalid API Key format: Must start with pre-defined prefix"}"#
        );
    }
}

#[tokio::test]
async fn a_text_that_looks_like_a_placeholder_stays_what_it_is() {
    let server = MockServer::start().await.unwrap();
    let answer = exchange(&server, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 29\r\n\r\nAction={version}&Version=EVIL").await;
    assert!(answer.text().contains("{version}"), "{}", answer.text());
}

#[tokio::test]
async fn a_small_body_cannot_ask_for_a_large_refusal() {
    let server = MockServer::start().await.unwrap();
    let body = format!("{{\"messages\": [{}]}}", vec!["{}"; 100_000].join(","));
    let answer = exchange(
        &server,
        &post(&server, &format!("/model/{MODEL}/converse"), &body),
    )
    .await;
    assert_eq!(answer.status, 400);
    assert!(
        answer
            .text()
            .starts_with("{\"message\":\"200000 validation errors detected: "),
        "{:.80}",
        answer.text()
    );
    assert!(answer.body.len() < 200_000, "{}", answer.body.len());
}

#[tokio::test]
async fn a_greedy_schema_does_not_stop_the_server() {
    let server = MockServer::start().await.unwrap();
    let mut schema = serde_json::json!({"type": "string"});
    for _ in 0..6 {
        schema = serde_json::json!({"type": "array", "minItems": 100, "items": schema});
    }
    let body = serde_json::json!({
        "messages": [{"role": "user", "content": [{"text": "x"}]}],
        "toolConfig": {"tools": [{"toolSpec": {"name": "t", "inputSchema": {"json": {"type": "object", "required": ["a"], "properties": {"a": schema}}}}}], "toolChoice": {"any": {}}}
    });
    let answer = exchange(
        &server,
        &post(
            &server,
            &format!("/model/{MODEL}/converse"),
            &body.to_string(),
        ),
    )
    .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn short_term_keys_of_the_mock_work() {
    let server = MockServer::start().await.unwrap();
    let key = short_term::mint(
        "test",
        "test",
        None,
        "us-west-2",
        std::time::SystemTime::now(),
        3600,
    );
    let bytes = format!(
        "POST /model/{MODEL}/converse HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nContent-Length: {}\r\n\r\n{HELLO}",
        HELLO.len()
    );
    assert_eq!(exchange(&server, bytes.as_bytes()).await.status, 200);
}
