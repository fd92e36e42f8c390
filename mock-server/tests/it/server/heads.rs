//! Heads byte for byte, as recorders that keep order and case saw them (nock recordings of 2024 to
//! 2026: converse 19 of 19, converse-stream 13 of 13, refusals 12 of 12).

use crate::wire;
use crate::wire::{HELLO, MODEL, exchange, post, request};
use bedrock_mock::MockServer;
use insta::assert_snapshot;

#[tokio::test]
async fn converse() {
    let server = MockServer::start().await.unwrap();
    let answer = exchange(
        &server,
        &post(&server, &format!("/model/{MODEL}/converse"), HELLO),
    )
    .await;
    assert_eq!(
        answer.header("content-length"),
        Some(answer.body.len().to_string().as_str())
    );
    let head = answer.stable_head().replace(
        &format!("Content-Length: {}", answer.body.len()),
        "Content-Length: <length of the body>",
    );
    assert_snapshot!(head, @r"
    HTTP/1.1 200 OK
    Date: <date>
    Content-Type: application/json
    Content-Length: <length of the body>
    Connection: keep-alive
    x-amzn-RequestId: <uuid>
    ");
}

#[tokio::test]
async fn converse_stream() {
    let server = MockServer::start().await.unwrap();
    let answer = exchange(
        &server,
        &post(&server, &format!("/model/{MODEL}/converse-stream"), HELLO),
    )
    .await;
    assert_snapshot!(answer.stable_head(), @r"
    HTTP/1.1 200 OK
    Date: <date>
    Content-Type: application/vnd.amazon.eventstream
    Transfer-Encoding: chunked
    Connection: keep-alive
    x-amzn-RequestId: <uuid>
    ");
    // Chunks end where frames end (193 of 193 recorded): each frame says its own length.
    let mut at = 0;
    for chunk in &answer.chunks {
        let total = u32::from_be_bytes(answer.body[at..at + 4].try_into().unwrap()) as usize;
        assert_eq!(*chunk, total);
        at += chunk;
    }
    assert!(answer.chunks.len() > 4);
}

/// What the request's headers ask for is repeated, by the service model; never unasked (recorded).
#[tokio::test]
async fn invoke_model_repeats_tier_and_latency() {
    let server = MockServer::start().await.unwrap();
    let asked = "Content-Type: application/json\r\nX-Amzn-Bedrock-Service-Tier: flex\r\n\
        X-Amzn-Bedrock-PerformanceConfig-Latency: standard\r\n";
    let body = br#"{"messages": [{"role": "user", "content": "Hello"}]}"#;
    for operation in ["invoke", "invoke-with-response-stream"] {
        let path = format!("/model/openai.gpt-oss-20b-1:0/{operation}");
        let answer = exchange(&server, &request(&server, "POST", &path, asked, body)).await;
        let head = answer.stable_head();
        let end = "X-Amzn-Bedrock-PerformanceConfig-Latency: standard\r\nX-Amzn-Bedrock-Service-Tier: flex";
        assert!(
            head.replace("\r\n", "\n")
                .trim_end()
                .ends_with(&end.replace("\r\n", "\n")),
            "{head}"
        );
        let plain = request(
            &server,
            "POST",
            &path,
            "Content-Type: application/json\r\n",
            body,
        );
        let head = exchange(&server, &plain).await.stable_head();
        assert!(
            !head.contains("Tier") && !head.contains("PerformanceConfig"),
            "{head}"
        );
    }
}

#[tokio::test]
async fn refusal_by_the_service() {
    let server = MockServer::start().await.unwrap();
    let answer = exchange(
        &server,
        &post(&server, "/model/invalid-model-id/converse", HELLO),
    )
    .await;
    assert_snapshot!(format!("{}\n\n{}", answer.stable_head(), answer.text()), @r#"
    HTTP/1.1 400 Bad Request
    Date: <date>
    Content-Type: application/json
    Content-Length: 55
    Connection: keep-alive
    x-amzn-RequestId: <uuid>
    x-amzn-ErrorType: ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/

    {"message":"The provided model identifier is invalid."}
    "#);
}

#[tokio::test]
async fn refusal_at_the_front_door() {
    let server = MockServer::start().await.unwrap();
    let head = "POST /model/x/converse HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
    let answer = exchange(&server, head.as_bytes()).await;
    // The dump in karthink/gptel#1397, header by header.
    assert_snapshot!(format!("{}\n\n{}", answer.stable_head(), answer.text()), @r#"
    HTTP/1.1 403 Forbidden
    Date: <date>
    Content-Type: application/json
    Content-Length: 45
    Connection: close
    x-amzn-RequestId: <uuid>
    x-amzn-ErrorType: AccessDeniedException:http://internal.amazon.com/coral/com.amazon.coral.service/

    {"Message":"Authorization header is missing"}
    "#);
}

#[tokio::test]
async fn unknown_operations() {
    let server = MockServer::start().await.unwrap();
    let raw_arn = "/model/arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abc123/converse";
    let answer = exchange(&server, &post(&server, raw_arn, HELLO)).await;
    assert_snapshot!(format!("{}\n\n{}", answer.stable_head(), answer.text()), @r#"
    HTTP/1.1 200 OK
    Date: <date>
    Content-Type: application/json
    Content-Length: 90
    Connection: keep-alive
    x-amzn-RequestId: <uuid>

    {"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}
    "#);
    let answer = exchange(
        &server,
        &request(&server, "GET", "/openai/v1/models", "", b""),
    )
    .await;
    assert_snapshot!(format!("{}\n\n{}", answer.stable_head(), answer.text()), @r"
    HTTP/1.1 404 Not Found
    Date: <date>
    Content-Length: 29
    Connection: keep-alive
    x-amzn-RequestId: <uuid>

    <UnknownOperationException/>
    ");
}

#[tokio::test]
async fn a_connection_is_used_again() {
    use tokio::io::AsyncWriteExt;
    let server = MockServer::start().await.unwrap();
    let mut socket = tokio::net::TcpStream::connect(server.address())
        .await
        .unwrap();
    for path in ["converse", "converse-stream", "converse"] {
        socket
            .write_all(&post(&server, &format!("/model/{MODEL}/{path}"), HELLO))
            .await
            .unwrap();
        assert_eq!(wire::read(&mut socket, false).await.status, 200);
    }
    // A refusal does not cost the connection either (a client bug of its own kind otherwise).
    socket
        .write_all(&post(&server, "/model/nothing/converse", HELLO))
        .await
        .unwrap();
    assert_eq!(wire::read(&mut socket, false).await.status, 400);
    socket
        .write_all(&post(&server, &format!("/model/{MODEL}/converse"), HELLO))
        .await
        .unwrap();
    assert_eq!(wire::read(&mut socket, false).await.status, 200);
}

#[tokio::test]
async fn an_old_client_gets_no_chunks() {
    let server = MockServer::start().await.unwrap();
    let key = server.api_key();
    let length = HELLO.len();
    let bytes = format!(
        "POST /model/{MODEL}/converse-stream HTTP/1.0\r\nAuthorization: Bearer {key}\r\nContent-Length: {length}\r\n\r\n{HELLO}"
    );
    let all = wire::until_closed(&server, bytes.as_bytes()).await;
    let text = String::from_utf8_lossy(&all);
    assert!(text.starts_with("HTTP/1.0 200"), "{text}");
    assert!(!text.to_lowercase().contains("transfer-encoding"), "{text}");
    assert!(text.contains("messageStop"), "{text}");
}
