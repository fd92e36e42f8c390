//! Malformed input of every kind: a 4xx in the service's form where HTTP itself could be read, a
//! bare 4xx where it could not, and never a 5xx, a hang or a lost connection.

use crate::wire::{HELLO, MODEL, exchange, post, request, until_closed};
use bedrock_mock::MockServer;
use rstest::rstest;

/// Bodies of a Converse call that cannot be what it takes.
#[rstest]
#[case::empty("")]
#[case::blank("   ")]
#[case::not_json("hello")]
#[case::form("messages=hello&a=b")]
#[case::cut(r#"{"messages": [{"role": "user", "content": [{"text": "He"#)]
#[case::two_documents("{}{}")]
#[case::trailing_comma(r#"{"messages": [],}"#)]
#[case::single_quotes("{'messages': []}")]
#[case::nan(r#"{"inferenceConfig": {"temperature": NaN}}"#)]
#[case::huge_number(r#"{"inferenceConfig": {"maxTokens": 1e999}}"#)]
#[case::large_integer(r#"{"inferenceConfig": {"maxTokens": 99999999999999999999}}"#)]
#[case::null("null")]
#[case::list("[]")]
#[case::number("7")]
#[case::lone_surrogate(r#"{"messages": [{"role": "user", "content": [{"text": "\ud800"}]}]}"#)]
#[case::control_character("{\"messages\": [{\"role\": \"us\u{1}er\"}]}")]
#[case::no_messages("{}")]
#[case::empty_messages(r#"{"messages": []}"#)]
#[case::empty_content(r#"{"messages": [{"role": "user", "content": []}]}"#)]
#[case::blank_text(r#"{"messages": [{"role": "user", "content": [{"text": " "}]}]}"#)]
#[case::assistant_first(r#"{"messages": [{"role": "assistant", "content": [{"text": "x"}]}]}"#)]
#[tokio::test]
async fn bodies(#[case] body: &str) {
    let server = MockServer::start().await.unwrap();
    for operation in ["converse", "converse-stream"] {
        let answer = exchange(
            &server,
            &post(&server, &format!("/model/{MODEL}/{operation}"), body),
        )
        .await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        let kind = answer.header("x-amzn-ErrorType").unwrap();
        assert!(
            kind.starts_with("ValidationException:") || kind.starts_with("SerializationException:"),
            "{kind}"
        );
        let json = answer.json();
        assert!(
            json["message"].is_string() || json["Message"].is_string(),
            "{json}"
        );
    }
}

#[tokio::test]
async fn bytes_that_are_not_utf8() {
    let server = MockServer::start().await.unwrap();
    let body = b"{\"messages\": [{\"role\": \"user\", \"content\": [{\"text\": \"\xff\xfe\"}]}]}";
    let answer = exchange(
        &server,
        &request(
            &server,
            "POST",
            &format!("/model/{MODEL}/converse"),
            "",
            body,
        ),
    )
    .await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn deep_nesting() {
    let server = MockServer::start().await.unwrap();
    for body in [
        "[".repeat(1_000_000),
        format!("{}{}", "{\"a\":".repeat(100_000), "}".repeat(100_000)),
    ] {
        let answer = exchange(
            &server,
            &post(&server, &format!("/model/{MODEL}/converse"), &body),
        )
        .await;
        assert_eq!(answer.status, 400);
    }
    assert_eq!(
        exchange(
            &server,
            &post(&server, &format!("/model/{MODEL}/converse"), HELLO)
        )
        .await
        .status,
        200
    );
}

#[tokio::test]
async fn too_large_a_body_is_refused_in_words() {
    let server = MockServer::builder()
        .configure(|c| c.body_limit = 100_000)
        .start()
        .await
        .unwrap();
    let body = " ".repeat(200_000);
    let answer = exchange(
        &server,
        &post(&server, &format!("/model/{MODEL}/converse"), &body),
    )
    .await;
    assert_eq!(
        (answer.status, answer.header("connection")),
        (413, Some("close"))
    );
    // In chunks, without a declared length.
    let key = server.api_key();
    let mut bytes = format!("POST /model/{MODEL}/converse HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nTransfer-Encoding: chunked\r\n\r\n").into_bytes();
    for _ in 0..3 {
        bytes.extend_from_slice(format!("C350\r\n{}\r\n", " ".repeat(50_000)).as_bytes());
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    assert_eq!(exchange(&server, &bytes).await.status, 413);
}

#[tokio::test]
async fn a_body_that_stops_arriving_is_not_waited_for_without_end() {
    let server = MockServer::builder()
        .configure(|c| c.body_timeout_ms = 50)
        .start()
        .await
        .unwrap();
    let key = server.api_key();
    let bytes = format!(
        "POST /model/{MODEL}/converse HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: 500\r\n\r\n{{"
    );
    let answer = exchange(&server, bytes.as_bytes()).await;
    assert_eq!(answer.status, 408);
}

#[tokio::test]
async fn long_targets_and_heads() {
    let server = MockServer::start().await.unwrap();
    let answer = exchange(
        &server,
        &post(
            &server,
            &format!("/model/{}/converse", "x".repeat(9_000)),
            HELLO,
        ),
    )
    .await;
    assert_eq!(answer.status, 414);
    let headers = format!("X-Long: {}\r\n", "x".repeat(20_000));
    let answer = exchange(
        &server,
        &request(&server, "POST", "/model/x/converse", &headers, b"{}"),
    )
    .await;
    assert_eq!(answer.status, 431);
    // 2,048 characters are the model's own limit on ids.
    let answer = exchange(
        &server,
        &post(
            &server,
            &format!("/model/{}/converse", "x".repeat(2_049)),
            HELLO,
        ),
    )
    .await;
    assert_eq!(answer.status, 400);
    assert!(
        answer
            .text()
            .contains("Member must have length less than or equal to 2048"),
        "{}",
        answer.text()
    );
}

/// What HTTP cannot read: an answer of 4xx and a closed connection.
#[rstest]
#[case::space_in_the_target("GET /a b HTTP/1.1\r\nHost: x\r\n\r\n")]
#[case::bad_length("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n")]
#[case::negative_length("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")]
#[case::two_lengths(
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"
)]
#[case::no_method(" / HTTP/1.1\r\n\r\n")]
#[case::unknown_version("GET / HTTP/9.9\r\n\r\n")]
#[case::header_without_colon("GET / HTTP/1.1\r\nHost\r\n\r\n")]
#[tokio::test]
async fn broken_http(#[case] bytes: &str) {
    let server = MockServer::start().await.unwrap();
    let all = until_closed(&server, bytes.as_bytes()).await;
    let text = String::from_utf8_lossy(&all);
    assert!(
        text.is_empty() || text.starts_with("HTTP/1.1 4") || text.starts_with("HTTP/1.0 4"),
        "{text}"
    );
    assert_eq!(
        exchange(
            &server,
            &post(&server, &format!("/model/{MODEL}/converse"), HELLO)
        )
        .await
        .status,
        200
    );
}

#[tokio::test]
async fn odd_targets_reach_the_service() {
    let server = MockServer::start().await.unwrap();
    for target in [
        "*",
        "/%",
        "/model/\u{e9}/converse",
        "/model/x/converse?%zz=%zz",
        "http://other.example/model/x/converse",
    ] {
        let answer = exchange(&server, &request(&server, "OPTIONS", target, "", b"")).await;
        assert_eq!(answer.status, 404, "{target}");
    }
}

#[tokio::test]
async fn odd_authorization_headers_are_refused() {
    let server = MockServer::start().await.unwrap();
    for value in [
        "",
        "Bearer",
        "Bearer ",
        "bearer x",
        "Basic dGVzdDp0ZXN0",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=",
        "Bearer ABSK",
        "Bearer ABSK!!!!",
        "\u{fc}",
    ] {
        let bytes = format!(
            "POST /model/{MODEL}/converse HTTP/1.1\r\nHost: x\r\nAuthorization: {value}\r\nContent-Length: 2\r\n\r\n{{}}"
        );
        let answer = exchange(&server, bytes.as_bytes()).await;
        assert!(
            matches!(answer.status, 400 | 403),
            "{value}: {}",
            answer.text()
        );
        assert!(answer.header("x-amzn-ErrorType").is_some(), "{value}");
    }
}

#[tokio::test]
async fn garbage_on_the_port_leaves_the_mock_serving() {
    let server = MockServer::start().await.unwrap();
    let tls_alert = [0x16, 0x03, 0x01, 0x00, 0x02, 0x01, 0x00, 0, 0, 0];
    for garbage in [
        &b"\x00\x01\x02\x03\r\n\r\n"[..],
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ngarbage that is no frame at all",
        &tls_alert,
        b"\r\n\r\n\r\n",
    ] {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut socket = tokio::net::TcpStream::connect(server.address())
            .await
            .unwrap();
        let _ = socket.write_all(garbage).await;
        let _ = socket.shutdown().await;
        let mut all = Vec::new();
        let _ = socket.read_to_end(&mut all).await;
    }
    assert_eq!(
        exchange(
            &server,
            &post(&server, &format!("/model/{MODEL}/converse"), HELLO)
        )
        .await
        .status,
        200
    );
}
