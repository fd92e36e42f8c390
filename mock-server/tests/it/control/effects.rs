//! What the API does to accounts, time and evidence.

use std::time::Duration;

use bedrock_mock::MockServer;
use futures_util::StreamExt as _;
use reqwest::Client;
use serde_json::{Value, json};

use crate::account::Account;
use crate::control::client::{Control, text};
use crate::wire::{HELLO, MODEL, exchange, post};

const SONNET: &str =
    "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0";

#[tokio::test]
async fn an_account_is_minted_with_credentials_that_work() {
    let server = MockServer::start().await.unwrap();
    let control = Control::new(&server);
    let (one, other) = (control.mint().await, control.mint().await);
    assert_ne!(one["account"], other["account"]);
    for key in ["apiKey", "shortTermApiKey"] {
        let key = Account::at(&server.url(), text(&one, key));
        key.converse(MODEL).await.ok();
        let entry = server.received().pop().unwrap();
        assert_eq!(entry.account, text(&one, "account"));
    }
    // The pair is the known one of every 12-digit access key, judged by other tests' signers.
    assert_eq!(one["accessKeyId"], one["account"]);
    assert_eq!(text(&one, "secretAccessKey"), "test");
    let listed = control.get("/_mock/accounts").await;
    let listed = listed["accounts"].as_array().unwrap();
    let entries = |of: &Value| {
        let mut found = listed.iter().filter(|a| a["account"] == of["account"]);
        found.next().unwrap()["journalEntries"].clone()
    };
    assert_eq!((entries(&one), entries(&other)), (json!(2), json!(0)));
}

#[tokio::test]
async fn a_reset_touches_no_other_account() {
    let server = MockServer::start().await.unwrap();
    let control = Control::new(&server);
    let (one, other) = (
        Account::new(&server, "111111111111"),
        Account::new(&server, "222222222222"),
    );
    for account in [&one, &other] {
        account.created("mine", SONNET).await;
        account.converse(MODEL).await.ok();
    }
    let count = async |account: &Account| account.listed("?type=APPLICATION").await.len();
    assert_eq!((count(&one).await, count(&other).await), (1, 1));
    let path = "/_mock/reset?account=111111111111";
    let (status, forgotten) = control.send("POST", path, None).await;
    assert_eq!(status, 200);
    assert_eq!(forgotten, json!({"records": 1, "entries": 3}));
    assert_eq!((count(&one).await, count(&other).await), (0, 1));
    let journal = control.get("/_mock/journal?account=222222222222").await;
    assert_eq!(journal["found"], 4);
    // The name is free again.
    one.created("mine", SONNET).await;
    let (_, all) = control.send("POST", "/_mock/reset", None).await;
    assert_eq!(all["records"], 2);
    assert_eq!((count(&one).await, count(&other).await), (0, 0));
}

#[tokio::test]
async fn keys_and_sessions_end_by_the_clock_but_signatures_do_not() {
    let server = MockServer::start().await.unwrap();
    let control = Control::new(&server);
    let minted = control.mint().await;
    let (long, short) = (
        Account::at(&server.url(), text(&minted, "apiKey")),
        Account::at(&server.url(), text(&minted, "shortTermApiKey")),
    );
    short.converse(MODEL).await.ok();
    let (_, clock) = control
        .post("/_mock/clock/advance", json!({"seconds": 43_201}))
        .await;
    assert_eq!(clock["frozen"], false);
    let refused = short.converse(MODEL).await;
    assert_eq!(
        (refused.status, refused.error.as_str()),
        (403, "AccessDeniedException")
    );
    assert_eq!(refused.json()["Message"], "Bearer Token has expired");
    long.converse(MODEL).await.ok();

    // A profile is made at the mock's time; the answer's Date is the wall clock's.
    control
        .send(
            "PUT",
            "/_mock/clock",
            Some("{\"now\": \"2031-02-03T04:05:06Z\", \"frozen\": true}"),
        )
        .await;
    let arn = long.created("mine", SONNET).await;
    let path = format!("/inference-profiles/{}", crate::account::label(&arn));
    let profile = long.get(&path).await.ok();
    assert!(text(&profile, "createdAt").starts_with("2031-02-03T04:05:06"));
    let answer = exchange(&server, &post(&server, "/model/x/converse", HELLO)).await;
    assert!(!answer.header("date").unwrap().contains("2031"));

    // Set back, the key is good again; a frozen clock locks no signer out.
    control
        .send(
            "PUT",
            "/_mock/clock",
            Some("{\"now\": \"2020-01-01T00:00:00Z\"}"),
        )
        .await;
    short.converse(MODEL).await.ok();
    control.send("DELETE", "/_mock/clock", None).await;
    short.converse(MODEL).await.ok();
    let reading = server.clock().read();
    assert!(!reading.frozen && reading.now <= reading.wall);
}

#[tokio::test]
async fn a_wait_wakes_and_a_late_one_says_what_it_saw() {
    let server = MockServer::start().await.unwrap();
    let control = Control::new(&server);
    let account = Account::new(&server, "111111111111");
    let body = json!({"match": {"account": "111111111111", "body": {"messages": [{"role": "user"}]}}, "count": 2, "timeoutMs": 20_000});
    let send = async {
        account.converse(MODEL).await.ok();
        account.converse(MODEL).await.ok();
    };
    let ((status, woken), ()) = tokio::join!(control.post("/_mock/journal/wait-for", body), send);
    assert_eq!(
        (status, woken["entries"].as_array().unwrap().len()),
        (200, 2)
    );
    let body = json!({"match": {"operation": "ConverseStream"}, "timeoutMs": 1});
    let (status, late) = control.post("/_mock/journal/wait-for", body).await;
    assert_eq!(status, 408);
    let message = text(&late, "message");
    assert!(
        message.starts_with(
            "waited 1 ms for 1 of operation ConverseStream, saw 0; newest requests:\n#1 "
        ),
        "{message}"
    );
    let body = json!({"timeoutMs": 600_001}).to_string();
    let (status, _) = control
        .send("POST", "/_mock/journal/wait-for", Some(&body))
        .await;
    assert_eq!(status, 400);
}

/// Times and ids differ from run to run.
fn stable(text: &str) -> String {
    let time = regex::Regex::new(r"\d\d:\d\d:\d\d\.\d{3}").unwrap();
    time.replace_all(text, "<time>").into_owned()
}

#[tokio::test]
async fn a_failed_verification_shows_what_came_nearest() {
    let server = MockServer::start().await.unwrap();
    let control = Control::new(&server);
    let account = Account::new(&server, "111111111111");
    account.converse(MODEL).await.ok();
    account.converse("amazon.nova-lite-v1:0").await.ok();
    account.converse("no.such-model").await;
    let verify = |body: Value| control.post("/_mock/journal/verify", body);
    let converse = |text: &str| json!({"operation": "Converse", "model": "anthropic.*", "body": {"messages": [{"role": "user", "content": [{"text": text}]}]}});
    let (status, verdict) = verify(json!({"account": "111111111111", "expectations": [
        {"match": converse("Hello"), "count": {"exact": 1}},
        {"match": {"operation": "ConverseStream"}, "count": {"atMost": 0}},
    ]}))
    .await;
    assert_eq!(
        (status, verdict),
        (200, json!({"ok": true, "lookedAt": 3, "dropped": 0}))
    );
    let (status, verdict) = verify(json!({"account": "111111111111", "expectations": [
        {"name": "greets", "match": converse("Good day"), "count": {"exact": 2}},
        {"match": {"status": 200}, "count": {"atLeast": 1, "atMost": 1}},
        {"match": {"headers": {"X-Run": "7"}}},
    ]}))
    .await;
    assert_eq!(status, 409);
    insta::assert_snapshot!(stable(text(&verdict, "message")));
    // In order: the model of the second request came before that of the first.
    let (_, verdict) = verify(
        json!({"account": "111111111111", "ordered": true, "expectations": [
            {"match": {"model": "amazon.*"}},
            {"match": {"model": "anthropic.*"}},
        ]}),
    )
    .await;
    assert_eq!(verdict["failures"][0]["outOfOrder"], true);
    insta::assert_snapshot!("out_of_order", stable(text(&verdict, "message")));
    let (status, _) = verify(json!({"ordered": true, "expectations": [
        {"match": {"model": "anthropic.*"}},
        {"match": {"model": "amazon.*"}},
    ]}))
    .await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_follower_sees_requests_as_they_end() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, "111111111111");
    account.converse(MODEL).await.ok();
    let url = format!(
        "{}/_mock/journal/export?follow=true&account=111111111111",
        server.url()
    );
    let mut lines = reqwest::get(url).await.unwrap().bytes_stream();
    let mut next = async || {
        let line = tokio::time::timeout(Duration::from_secs(20), lines.next()).await;
        let line = line.expect("the mock hangs")?.unwrap();
        assert!(line.ends_with(b"\n"));
        Some(serde_json::from_slice::<Value>(&line).unwrap())
    };
    assert_eq!(next().await.unwrap()["number"], 1);
    account.converse("no.such-model").await;
    let second = next().await.unwrap();
    assert_eq!(second["refusal"]["row"], "runtime.model-id-invalid");
    // A stop ends it at once.
    let stop = tokio::time::timeout(Duration::from_secs(5), server.stop());
    let (stopped, last) = tokio::join!(stop, next());
    assert!(stopped.is_ok() && last.is_none());
}

#[tokio::test]
async fn metrics_count_requests_and_events() {
    let server = MockServer::start().await.unwrap();
    let control = Control::new(&server);
    let account = Account::new(&server, "111111111111");
    account.converse(MODEL).await.ok();
    account.get("/nowhere").await;
    let stream = format!("/model/{}/converse-stream", crate::account::label(MODEL));
    let hello: Value = serde_json::from_str(HELLO).unwrap();
    account.post(&stream, hello).await;
    control
        .post(
            "/_mock/journal/wait-for",
            json!({"match": {"operation": "ConverseStream", "ended": "complete"}}),
        )
        .await;
    let told = control.get("/_mock/metrics").await;
    let told = told.as_str().unwrap();
    for line in [
        "bedrock_mock_requests_total{operation=\"Converse\",status=\"200\"} 1",
        "bedrock_mock_requests_total{operation=\"-\",status=\"404\"} 1",
        "bedrock_mock_events_total{event=\"messageStart\"} 1",
        "bedrock_mock_open_streams 0",
        "bedrock_mock_journal_entries 3",
        "# TYPE bedrock_mock_journal_dropped_total counter",
    ] {
        assert!(told.lines().any(|l| l == line), "{line}\n{told}");
    }
}

#[tokio::test]
#[should_panic(expected = "expectation 0 (greets): expected at least 1, found 0 among 1 requests")]
async fn an_expectation_that_is_not_met_fails_the_test() {
    use bedrock_mock::journal::{Expectation, Filter};
    let server = MockServer::start().await.unwrap();
    let streams = Filter {
        operation: Some("ConverseStream".into()),
        ..Filter::default()
    };
    server.expect(Expectation {
        name: Some("greets".into()),
        ..Expectation::some(streams)
    });
    Account::new(&server, "111111111111")
        .converse(MODEL)
        .await
        .ok();
}

/// Credentials leave in no message and no quote, whatever scenarios ask about them.
#[tokio::test]
async fn scenarios_never_quote_credentials() {
    let server = MockServer::builder()
        .configure(|config| config.unmatched = bedrock_mock::config::Unmatched::Refuse)
        .start()
        .await
        .unwrap();
    let control = Control::new(&server);
    let said = json!({"scenarios": [{"name": "key", "match": {"header": {"authorization": {"equals": "x"}, "x-api-key": "y"}}, "reply": {"text": "Hi"}}]});
    let (status, _) = control
        .send("PUT", "/_mock/scenarios", Some(&said.to_string()))
        .await;
    assert_eq!(status, 200);
    let key = server.api_key();
    let answer = Client::new()
        .post(format!(
            "{}/model/{}/converse?%58-Amz-Security-Token=TOKENTOKEN&api_key=APIKEYAPIKEY",
            server.url(),
            crate::account::label(MODEL)
        ))
        .bearer_auth(&key)
        .header("x-api-key", "XAPIKEYSECRET9")
        .body(HELLO)
        .send()
        .await
        .unwrap();
    let text = answer.text().await.unwrap();
    assert!(text.contains("No scenario matches"), "{text}");
    let (_, journal) = control.send("GET", "/_mock/journal/export", None).await;
    let all = format!("{text}{journal}");
    for secret in [&key[..40], "XAPIKEYSECRET9", "TOKENTOKEN", "APIKEYAPIKEY"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
    let quoted =
        json!({"scenarios": [{"name": "key", "reply": {"text": "{{header:Authorization}}"}}]});
    let (status, problem) = control
        .send("PUT", "/_mock/scenarios", Some(&quoted.to_string()))
        .await;
    assert_eq!(status, 400, "{problem}");
}
