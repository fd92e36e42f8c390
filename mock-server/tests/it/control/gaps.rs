//! What the journal cannot tell, because it is off or was too small, is never told as a fact; and what
//! is refused changes nothing.

use bedrock_mock::MockServer;
use bedrock_mock::journal::Limits;
use serde_json::json;

use crate::account::Account;
use crate::control::client::{Control, text};
use crate::wire::MODEL;

const A: &str = "111111111111";
const B: &str = "222222222222";

async fn with_entries(entries: usize) -> MockServer {
    let limits = Limits {
        entries,
        bytes: 1_000_000,
    };
    MockServer::builder()
        .configure(|config| config.journal = limits)
        .start()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_journal_that_is_off_tells_nothing() {
    let server = with_entries(0).await;
    let control = Control::new(&server);
    for count in [json!(0), json!(1), json!({"atMost": 3})] {
        let body = json!({"expectations": [{ "count": count }]});
        let (status, verdict) = control.post("/_mock/journal/verify", body).await;
        assert_eq!((status, &verdict["ok"]), (409, &json!(false)));
        assert!(text(&verdict, "message").starts_with("the journal is off"));
    }
    let (status, told) = control.post("/_mock/journal/wait-for", json!({})).await;
    assert_eq!(status, 409);
    assert!(text(&told, "message").starts_with("the journal is off"));
}

/// Requests that are gone may have been among those that are counted.
#[tokio::test]
async fn what_is_gone_is_told() {
    let server = with_entries(2).await;
    let control = Control::new(&server);
    let account = Account::new(&server, A);
    for _ in 0..3 {
        account.converse(MODEL).await.ok();
    }
    let verify = async |account: &str, since: Option<u64>, count: serde_json::Value| {
        let mut body = json!({"account": account, "expectations": [{ "count": count }]});
        if let Some(since) = since {
            body["since"] = since.into();
        }
        control.post("/_mock/journal/verify", body).await
    };
    let (status, verdict) = verify(A, None, json!(2)).await;
    assert_eq!((status, &verdict["dropped"]), (409, &json!(1)));
    let message = text(&verdict, "message");
    assert!(
        message.contains("1 older requests could be among them")
            && message.contains("--journal-entries"),
        "{message}"
    );
    assert_eq!(verify(A, None, json!({"atMost": 5})).await.0, 409);
    // At least two are there, whatever is gone.
    assert_eq!(verify(A, None, json!({"atLeast": 2})).await.0, 200);
    // What is gone was before that one, and no other account's.
    assert_eq!(verify(A, Some(1), json!(2)).await.0, 200);
    assert_eq!(verify(B, None, json!(0)).await.0, 200);
    control
        .send("POST", &format!("/_mock/reset?account={A}"), None)
        .await;
    let (status, verdict) = verify(A, None, json!(0)).await;
    assert_eq!((status, &verdict["dropped"]), (200, &json!(0)));
}

#[tokio::test]
async fn methods_are_matched_in_any_case() {
    let server = MockServer::start().await.unwrap();
    let control = Control::new(&server);
    Account::new(&server, A).converse(MODEL).await.ok();
    let body = json!({"expectations": [{"match": {"method": "post", "since": 0}, "count": 1}]});
    assert_eq!(control.post("/_mock/journal/verify", body).await.0, 200);
}

/// A refused clock stays as it was.
#[tokio::test]
async fn a_refused_clock_is_not_half_set() {
    let server = MockServer::start().await.unwrap();
    let control = Control::new(&server);
    let put = async |body: serde_json::Value| {
        let body = body.to_string();
        control.send("PUT", "/_mock/clock", Some(&body)).await
    };
    let (status, before) = put(json!({"now": "2026-01-01T00:00:00Z", "frozen": true})).await;
    assert_eq!(status, 200);
    let (status, _) = put(json!({"now": "9999-01-01T00:00:00Z", "frozen": false})).await;
    assert_eq!(status, 400);
    let after = control.get("/_mock/clock").await;
    assert_eq!(
        (&after["now"], &after["frozen"]),
        (&before["now"], &json!(true))
    );
    let (_, running) = put(json!({"frozen": false})).await;
    assert_eq!(running["frozen"], false);
}
