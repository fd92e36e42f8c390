//! The journal: what is kept of a request, what is not, and within which bounds. Long, because each
//! kind of secret and each bound has a test, which share their requests.

use std::time::Duration;

use crate::account::Account;
use crate::wire::{HELLO, MODEL, exchange, post, request};
use bedrock_mock::MockServer;
use bedrock_mock::journal::{Ended, EndedFilter, Entry, Filter, Limits};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

/// Longest that a test waits for the mock; only a hang reaches it.
const PATIENCE: Duration = Duration::from_secs(20);

fn ended(how: EndedFilter) -> Filter {
    Filter {
        ended: Some(how),
        ..Filter::default()
    }
}

async fn complete(server: &MockServer, count: usize) -> Vec<std::sync::Arc<Entry>> {
    let waited = server
        .wait_for(&ended(EndedFilter::Complete), count, PATIENCE)
        .await;
    assert!(
        waited.enough,
        "{}",
        bedrock_mock::journal::list(&waited.entries, 100)
    );
    waited.entries
}

#[tokio::test]
async fn an_answered_request_is_told_whole() {
    let server = MockServer::start().await.unwrap();
    let path = format!("/model/{MODEL}/converse?a=%2f");
    let answer = exchange(&server, &post(&server, &path, HELLO)).await;
    let entries = complete(&server, 1).await;
    let [entry] = entries.as_slice() else {
        panic!("one entry")
    };
    assert_eq!(Some(entry.id.as_str()), answer.header("x-amzn-requestid"));
    assert_eq!((entry.number, entry.attempt), (1, 1));
    let request = &entry.request;
    assert_eq!((request.method.as_str(), &request.target), ("POST", &path));
    assert_eq!(request.version, "HTTP/1.1");
    let names: Vec<&str> = request.headers.iter().map(|(n, _)| n.as_str()).collect();
    assert_eq!(
        names,
        ["host", "authorization", "content-type", "content-length"]
    );
    assert_eq!(request.body.kept(), HELLO.as_bytes());
    let principal = entry.principal.as_ref().unwrap();
    assert_eq!(principal.kind, "long-term-key");
    assert_eq!(
        principal.arn,
        "arn:aws:iam::123456789012:user/BedrockAPIKey-mock"
    );
    let model = entry.model.as_ref().unwrap();
    assert_eq!(
        (model.asked.as_str(), model.id.as_deref()),
        (MODEL, Some(MODEL))
    );
    assert_eq!(entry.operation.as_deref(), Some("Converse"));
    assert_eq!(entry.status(), Some(200));
    let ending = entry.ending().unwrap();
    assert_eq!(ending.body.kept(), answer.body);
    assert_eq!(ending.bytes_sent, answer.body.len() as u64);
    let response = entry.response.as_ref().unwrap();
    let names: Vec<&str> = response.headers.iter().map(|(n, _)| n.as_str()).collect();
    assert_eq!(
        names,
        [
            "date",
            "content-type",
            "content-length",
            "connection",
            "x-amzn-requestid"
        ]
    );
}

#[tokio::test]
async fn refused_requests_are_there() {
    let server = MockServer::start().await.unwrap();
    let path = format!("/model/{MODEL}/converse");
    let body = r#"{"messages": [{"role": "user", "content": [{"text": "x"}]}], "inferenceConfig": {"temperature": 99}}"#;
    for bytes in [
        post(&server, &path, body),
        b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}".to_vec(),
        format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n").into_bytes(),
        request(&server, "GET", "/model/x/y", &format!("X-Large: {}\r\n", "x".repeat(20_000)), b""),
        post(&server, "/model/no.such-model/converse", HELLO),
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 35\r\n\r\nAction=GetCallerIdentity&Version=123".to_vec(),
    ] {
        exchange(&server, &bytes).await;
    }
    let entries = complete(&server, 6).await;
    let told: Vec<(u16, &str)> = entries
        .iter()
        .map(|e| {
            (
                e.status().unwrap(),
                e.refusal.as_ref().unwrap().row.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (400, "runtime.constraint"),
            (200, "front-door.unknown-operation"),
            (403, "auth.authorization-missing"),
            (431, "front-door.head-too-large"),
            (400, "runtime.model-id-invalid"),
            (400, "query.unknown-action"),
        ]
    );
    let refusal = entries[0].refusal.as_ref().unwrap();
    assert_eq!(
        refusal.violations,
        [
            "Value '99.0' at 'inferenceConfig.temperature' failed to satisfy constraint: Member must have value less than or equal to 1"
        ]
    );
    assert_eq!(refusal.kind, "ValidationException");
    assert_eq!(entries[2].account, "123456789012");
    assert!(entries[2].principal.is_none());
    let model = entries[4].model.as_ref().unwrap();
    assert_eq!(
        (model.asked.as_str(), &model.id),
        ("no.such-model", &None::<String>)
    );
}

#[tokio::test]
async fn a_stream_tells_its_events() {
    let server = MockServer::start().await.unwrap();
    let path = format!("/model/{MODEL}/converse-stream");
    let answer = exchange(&server, &post(&server, &path, HELLO)).await;
    let entries = complete(&server, 1).await;
    let ending = entries[0].ending().unwrap();
    let names: Vec<&str> = ending.events.iter().map(|e| &*e.name).collect();
    assert_eq!(names.first(), Some(&"messageStart"));
    assert_eq!(names.last(), Some(&"metadata"));
    let sizes: Vec<usize> = ending.events.iter().map(|e| e.bytes).collect();
    assert_eq!(sizes, answer.chunks);
    assert!(ending.events.is_sorted_by_key(|e| e.at));
    assert_eq!(ending.body.kept(), answer.body);
    assert_eq!((ending.how, ending.events_untold), (Ended::Complete, 0));
}

#[tokio::test]
async fn a_client_that_hangs_up_is_told() {
    let limits = Limits {
        entries: 100,
        bytes: 800_000,
    };
    let server = MockServer::builder()
        .configure(|config| config.journal = limits)
        .start()
        .await
        .unwrap();
    let body = megabytes();
    let path = format!("/model/{MODEL}/converse-stream");
    let mut socket = TcpStream::connect(server.address()).await.unwrap();
    socket
        .write_all(&post(&server, &path, &body))
        .await
        .unwrap();
    let waited = server
        .wait_for(&ended(EndedFilter::Open), 1, PATIENCE)
        .await;
    assert!(waited.enough);
    drop(socket);
    let waited = server
        .wait_for(&ended(EndedFilter::ClientHungUp), 1, PATIENCE)
        .await;
    assert!(waited.enough);
    let entry = &waited.entries[0];
    assert!(entry.request.body.truncated());
    assert_eq!(entry.request.body.size(), body.len() as u64);
    assert_eq!(entry.request.body.kept(), &body.as_bytes()[..100_000]);
    assert!(entry.ending().unwrap().bytes_sent > 0);
}

#[tokio::test]
async fn a_client_that_leaves_while_it_sends_is_told() {
    let server = MockServer::start().await.unwrap();
    let mut socket = TcpStream::connect(server.address()).await.unwrap();
    socket
        .write_all(
            b"POST /model/x/converse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{",
        )
        .await
        .unwrap();
    drop(socket);
    let waited = server.wait_for(&Filter::default(), 1, PATIENCE).await;
    let refusal = waited.entries[0].refusal.as_ref().unwrap();
    assert_eq!(refusal.row, "front-door.body-broken");
}

/// Every secret of a request of each kind, and those that IAM and STS give out.
#[tokio::test]
async fn no_secret_is_kept() {
    let server = MockServer::start().await.unwrap();
    let path = format!("/model/{MODEL}/converse");
    let mut secrets = vec![server.api_key()];
    let headers = "X-Api-Key: sk-secret-0001\r\nCookie: session=secret-0002\r\nX-Mock-Token: secret-0003\r\nX-Goog-Api-Key: secret-0004\r\nX-Amz-Security-Token: secret-0005\r\n";
    exchange(
        &server,
        &request(&server, "POST", &path, headers, HELLO.as_bytes()),
    )
    .await;
    for authorization in [
        "Bearer secret-0006",
        "Basic secret-0007",
        "secret-0008",
        "Bearer ABSKc2VjcmV0LTAwMDk=",
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-west-2/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=5ec4e70010",
    ] {
        let bytes = format!(
            "POST {path}?X-Amz-Security-Token=secret-0011&x-amz-signature=5ec4e70012 HTTP/1.1\r\nHost: localhost\r\nAuthorization: {authorization}\r\nContent-Length: 2\r\n\r\n{{}}"
        );
        exchange(&server, bytes.as_bytes()).await;
    }
    // What proxies, vaults and applications add.
    let names = [
        "X-Forwarded-Authorization",
        "X-Original-Cookie",
        "X-Vault-Token",
        "Private-Token",
        "X-Access-Key",
        "X-Signature",
        "X-Csrf-Token",
    ];
    let foreign: String = names
        .iter()
        .map(|name| format!("{name}: secret-0001\r\n"))
        .collect();
    let target = format!("{path}?token=secret-0002&client_secret=secret-0003");
    exchange(
        &server,
        &request(&server, "POST", &target, &foreign, HELLO.as_bytes()),
    )
    .await;
    // What a recorded answer gave out.
    server
        .scenarios_json(r#"{"scenarios": [{"name": "raw", "match": {"lastUser": "raw"}, "reply": {"raw": {"headers": {
            "Set-Cookie": "secret-0004", "X-Session-Token": "secret-0005", "Authorization": "secret-0006",
            "X-Amzn-Bedrock-Input-Token-Count": "4711"}}}}]}"#)
        .unwrap();
    let raw = HELLO.replace("Hello", "raw");
    let answer = exchange(&server, &post(&server, &path, &raw)).await;
    assert_eq!(answer.header("x-session-token"), Some("secret-0005"));
    // A form that signs itself, refused.
    let form = "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=5ec4e70013&X-Amz-Security-Token=secret-0014";
    let bytes = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    exchange(&server, bytes.as_bytes()).await;
    secrets.extend((1..=14).flat_map(|n| {
        [
            format!("secret-{n:04}"),
            format!("5ec4e7{n:04}"),
            "c2VjcmV0LTAwMDk=".to_owned(),
        ]
    }));

    // What IAM and STS give out.
    let lenient = MockServer::builder()
        .configure(|config| config.auth = bedrock_mock::config::AuthMode::Lenient)
        .start()
        .await
        .unwrap();
    for (service, form) in [
        ("sts", "Action=GetSessionToken&Version=2011-06-15"),
        (
            "iam",
            "Action=CreateServiceSpecificCredential&Version=2010-05-08&UserName=ann&ServiceName=bedrock.amazonaws.com",
        ),
    ] {
        let bytes = format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=00\r\nX-Amz-Date: 20260101T000000Z\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        );
        let answer = exchange(&lenient, bytes.as_bytes()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        for name in ["SecretAccessKey", "SessionToken", "ServiceCredentialSecret"] {
            let value = answer.text().split(&format!("<{name}>")).nth(1);
            secrets.extend(value.map(|v| v.split("</").next().unwrap().to_owned()));
        }
    }
    assert!(secrets.len() >= 3 + 14);

    let mut texts = String::new();
    for entry in complete(&server, 9)
        .await
        .iter()
        .chain(&complete(&lenient, 2).await)
    {
        texts += &entry.to_json().to_string();
        texts += &format!("{entry:?}");
        texts += &bedrock_mock::journal::list(std::slice::from_ref(entry), 100_000);
    }
    for secret in &secrets {
        assert!(!texts.contains(secret.as_str()), "{secret} is kept");
    }
    // What names the credential stays.
    for name in [
        "Bearer ABSK<redacted> (BedrockAPIKey-mock-at-123456789012)",
        "Credential=test/20260101/us-west-2/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=<redacted>",
        "Basic <redacted>",
        "x-amz-signature=<redacted>",
        "token=<redacted>",
        "4711",
        "<ServiceCredentialSecret><redacted></ServiceCredentialSecret>",
    ] {
        assert!(texts.contains(name), "{name}");
    }
}

#[tokio::test]
async fn a_flood_stays_within_the_bounds_and_leaves_others_alone() {
    let limits = Limits {
        entries: 200,
        bytes: 400_000,
    };
    let server = MockServer::builder()
        .configure(|config| config.journal = limits)
        .start()
        .await
        .unwrap();
    let quiet = Account::new(&server, "111111111111");
    for _ in 0..20 {
        quiet.converse(MODEL).await.ok();
    }
    // Many small ones, which are cheap to refuse, and some large ones.
    let many = async || {
        let account = Account::new(&server, "222222222222");
        for _ in 0..1_000 {
            account.get("/foundation-models/none").await;
        }
    };
    let large = async {
        let account = Account::new(&server, "333333333333");
        let body = json!({"text": "x".repeat(5_000)});
        for _ in 0..100 {
            let path = format!("/model/{MODEL}/converse");
            account.post(&path, body.clone()).await;
        }
    };
    tokio::join!(many(), many(), large);
    let standing = server.journal().standing();
    assert!(standing.entries <= limits.entries, "{standing:?}");
    assert!(
        standing.bytes + standing.open_bytes <= limits.bytes,
        "{standing:?}"
    );
    let answered = 20 + 2_000 + 100;
    assert_eq!(standing.entries as u64 + standing.dropped, answered);
    let kept = |account: &str| {
        let filter = Filter {
            account: Some(account.into()),
            ..Filter::default()
        };
        server.journal().entries(&filter)
    };
    assert_eq!(kept("111111111111").len(), 20);
    // The newest ones are those that stay.
    let noisy = kept("222222222222");
    assert!(!noisy.is_empty() && noisy.is_sorted_by_key(|e| e.number));
    assert_eq!(
        server.received().last().unwrap().number,
        answered,
        "numbers go on"
    );
}

#[tokio::test]
async fn nothing_is_kept_where_it_is_off() {
    for limits in [
        Limits {
            entries: 0,
            bytes: 1_000_000,
        },
        Limits {
            entries: 10,
            bytes: 0,
        },
    ] {
        let server = MockServer::builder()
            .configure(|config| config.journal = limits)
            .start()
            .await
            .unwrap();
        Account::new(&server, "111111111111")
            .converse(MODEL)
            .await
            .ok();
        assert!(server.received().is_empty());
        assert_eq!(server.journal().standing(), Default::default());
        let tally = server.journal().counters().tally();
        assert_eq!(tally.requests.get(&("Converse".into(), 200)), Some(&1));
    }
}

/// A request for megabytes of events, more than the socket's buffers take. It is large itself.
fn megabytes() -> String {
    json!({
        "messages": [{"role": "user", "content": [{"text": "word ".repeat(30_000)}]}],
        "toolConfig": {
            "tools": [{"toolSpec": {"name": "tell", "inputSchema": {"json": {
                "type": "object",
                "properties": {"story": {"type": "string", "minLength": 1_000_000}},
                "required": ["story"],
            }}}}],
            "toolChoice": {"tool": {"name": "tell"}},
        },
    })
    .to_string()
}

fn attempt(server: &MockServer, invocation: &str, model: &str) -> Vec<u8> {
    let headers = format!("amz-sdk-invocation-id: {invocation}\r\namz-sdk-request: attempt=1\r\n");
    let path = format!("/model/{model}/converse");
    request(server, "POST", &path, &headers, HELLO.as_bytes())
}

#[tokio::test]
async fn attempts_of_one_call_are_linked() {
    let server = MockServer::start().await.unwrap();
    for _ in 0..3 {
        exchange(&server, &attempt(&server, "one-call", MODEL)).await;
    }
    exchange(&server, &attempt(&server, "another", MODEL)).await;
    // The same request again without a failure between is a call of its own.
    let path = format!("/model/{MODEL}/converse");
    exchange(&server, &post(&server, &path, HELLO)).await;
    exchange(&server, &post(&server, &path, HELLO)).await;
    let entries = server.received();
    let attempts: Vec<u32> = entries.iter().map(|e| e.attempt).collect();
    assert_eq!(attempts, [1, 2, 3, 1, 1, 1]);
    let link = entries[2].retry_of.as_ref().unwrap();
    assert_eq!((&link.id, link.by), (&entries[1].id, "invocation-id"));
    assert_eq!(entries[0].retried_by(), Some(entries[1].id.as_str()));
    assert_eq!(entries[2].retried_by(), None);

    // Without the header, after an answer that is worth a retry.
    let mut socket = TcpStream::connect(server.address()).await.unwrap();
    let long = megabytes();
    let broken = post(&server, &format!("/model/{MODEL}/converse-stream"), &long);
    socket.write_all(&broken).await.unwrap();
    server
        .wait_for(&ended(EndedFilter::Open), 1, PATIENCE)
        .await;
    drop(socket);
    server
        .wait_for(&ended(EndedFilter::ClientHungUp), 1, PATIENCE)
        .await;
    let mut socket = TcpStream::connect(server.address()).await.unwrap();
    socket.write_all(&broken).await.unwrap();
    server
        .wait_for(&ended(EndedFilter::Open), 1, PATIENCE)
        .await;
    let entries = server.received();
    let last = entries.last().unwrap();
    let link = last.retry_of.as_ref().unwrap();
    assert_eq!((last.attempt, link.by), (2, "same-body"));
    assert_eq!(link.id, entries[entries.len() - 2].id);
}

#[tokio::test]
async fn what_the_servers_end_cuts_off_is_told() {
    let server = MockServer::builder()
        .configure(|config| config.stop_timeout_ms = 1)
        .start()
        .await
        .unwrap();
    let mut socket = TcpStream::connect(server.address()).await.unwrap();
    let path = format!("/model/{MODEL}/converse-stream");
    socket
        .write_all(&post(&server, &path, &megabytes()))
        .await
        .unwrap();
    let open = server
        .wait_for(&ended(EndedFilter::Open), 1, PATIENCE)
        .await;
    let entry = &open.entries[0];
    server.stop().await;
    drop(socket);
    let cut = async {
        while entry.ending().is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, cut).await.unwrap();
    assert_eq!(entry.ending().unwrap().how, Ended::ServerStopped);
}

#[tokio::test]
async fn waiting_wakes_when_the_request_comes() {
    let server = MockServer::start().await.unwrap();
    let filter = Filter {
        account: Some("111111111111".into()),
        operation: Some("Converse".into()),
        model: Some("anthropic.*".into()),
        contains: Some("Hello".into()),
        ..Filter::default()
    };
    let none = server.wait_for(&filter, 1, Duration::from_millis(20)).await;
    assert!(!none.enough && none.entries.is_empty());
    let (ours, others) = (
        Account::new(&server, "111111111111"),
        Account::new(&server, "222222222222"),
    );
    let send = async {
        others.converse(MODEL).await.ok();
        ours.converse("amazon.nova-lite-v1:0").await.ok();
        ours.converse(MODEL).await.ok();
        ours.converse(MODEL).await.ok();
    };
    let (waited, ()) = tokio::join!(server.wait_for(&filter, 2, PATIENCE), send);
    assert!(waited.enough);
    assert_eq!(waited.entries.len(), 2);
    let since = Filter {
        since: Some(waited.entries[0].id.clone()),
        ..Filter::default()
    };
    assert_eq!(server.journal().entries(&since).len(), 1);
}

#[tokio::test]
async fn what_is_kept_is_json() {
    let server = MockServer::start().await.unwrap();
    let path = format!("/model/{MODEL}/converse");
    exchange(&server, &post(&server, &path, HELLO)).await;
    let entries = complete(&server, 1).await;
    let mut told: Value = entries[0].to_json();
    for name in ["id", "time", "durationMs"] {
        assert!(!told[name].is_null(), "{name}");
        told[name] = "…".into();
    }
    for at in [0, 4] {
        told["response"]["headers"][at][1] = "…".into();
    }
    insta::assert_json_snapshot!(told);
}
