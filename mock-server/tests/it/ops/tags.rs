//! Tags of application inference profiles over a real socket.

use crate::account;
use crate::account::Account;
use bedrock_mock::MockServer;
use serde_json::{Value, json};

const ACCOUNT: &str = "123456789012";
const SONNET: &str = "anthropic.claude-3-5-sonnet-20241022-v2:0";

/// `count` tags, `k0` and so on from `first`.
fn tags(first: usize, count: usize) -> Value {
    (first..first + count)
        .map(|i| json!({"key": format!("k{i}"), "value": ""}))
        .collect()
}

async fn listed(account: &Account, arn: &str) -> Value {
    let answer = account
        .post("/listTagsForResource", json!({"resourceARN": arn}))
        .await;
    answer.ok()["tags"].clone()
}

async fn tag(account: &Account, arn: &str, tags: Value) -> account::Answer {
    let body = json!({"resourceARN": arn, "tags": tags});
    account.post("/tagResource", body).await
}

async fn untag(account: &Account, arn: &str, keys: Value) -> account::Answer {
    let body = json!({"resourceARN": arn, "tagKeys": keys});
    account.post("/untagResource", body).await
}

#[tokio::test]
async fn a_life_of_tags() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    let body = json!({
        "inferenceProfileName": "tagged",
        "modelSource": {"copyFrom": SONNET},
        "tags": [{"key": "Environment", "value": "Development"}, {"key": "team", "value": ""}],
    });
    let arn = account.post("/inference-profiles", body).await.arn();
    let added = tag(
        &account,
        &arn,
        json!([{"key": "team", "value": "blue"}, {"key": "cost", "value": "42"}]),
    )
    .await;
    assert_eq!((added.status, added.text.as_str()), (200, "{}"));
    let expected = json!([
        {"key": "Environment", "value": "Development"},
        {"key": "team", "value": "blue"},
        {"key": "cost", "value": "42"},
    ]);
    assert_eq!(listed(&account, &arn).await, expected);

    let removed = untag(&account, &arn, json!(["team", "never-there"])).await;
    assert_eq!((removed.status, removed.text.as_str()), (200, "{}"));
    let expected = json!([
        {"key": "Environment", "value": "Development"},
        {"key": "cost", "value": "42"},
    ]);
    assert_eq!(listed(&account, &arn).await, expected);
}

#[tokio::test]
async fn a_resource_has_at_most_fifty() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    let arn = account.created("full", SONNET).await;
    assert_eq!(tag(&account, &arn, tags(0, 50)).await.status, 200);
    let one_more = tag(&account, &arn, tags(50, 1)).await;
    assert_eq!(one_more.status, 400);
    assert_eq!(one_more.error, "TooManyTagsException");
    assert_eq!(one_more.json()["resourceName"], arn.as_str());
    // Nothing happened, and what is there can still change.
    assert_eq!(listed(&account, &arn).await.as_array().unwrap().len(), 50);
    assert_eq!(tag(&account, &arn, tags(0, 50)).await.status, 200);

    let body = json!({
        "inferenceProfileName": "too-many",
        "modelSource": {"copyFrom": SONNET},
        "tags": tags(0, 51),
    });
    let refused = account.post("/inference-profiles", body).await;
    assert_eq!(
        (refused.status, refused.error.as_str()),
        (400, "TooManyTagsException")
    );
    assert_eq!(account.listed("?type=APPLICATION").await.len(), 2);
}

#[tokio::test]
async fn lists_that_are_refused() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    let arn = account.created("strict", SONNET).await;
    let one = |key: &str| json!([{"key": key, "value": "v"}]);
    let refused = [
        json!([{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]),
        one("aws:reserved"),
        one(""),
        one("no#hash"),
        one(&"k".repeat(129)),
        json!([{"key": "k", "value": "v".repeat(257)}]),
        json!([{"key": "k"}]),
        tags(0, 201),
    ];
    for list in refused {
        let answer = tag(&account, &arn, list.clone()).await;
        assert_eq!(
            (answer.status, answer.error.as_str()),
            (400, "ValidationException"),
            "{list}"
        );
    }
    assert_eq!(listed(&account, &arn).await, json!([]));
    assert_eq!(tag(&account, &arn, one(&"k".repeat(128))).await.status, 200);
}

#[tokio::test]
async fn resources_that_are_not_there() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    let arn = account.created("mine", SONNET).await;
    let other = Account::new(&server, "210987654321");
    let system = "arn:aws:bedrock:us-west-2:123456789012:inference-profile/global.anthropic.claude-sonnet-4-20250514-v1:0";
    let guardrail = "arn:aws:bedrock:us-west-2:123456789012:guardrail/abcdef";
    let not_found = (404, "ResourceNotFoundException");
    let invalid = (400, "ValidationException");
    for (who, arn, expected) in [
        (&other, arn.as_str(), not_found),
        (&account, guardrail, not_found),
        (&account, "a-name-as-the-pattern-allows", not_found),
        (&account, system, invalid),
        (&account, "arn:short", invalid),
    ] {
        let list = who.post("/listTagsForResource", json!({"resourceARN": arn}));
        for answer in [
            tag(who, arn, json!([])).await,
            untag(who, arn, json!(["k"])).await,
            list.await,
        ] {
            assert_eq!((answer.status, answer.error.as_str()), expected, "{arn}");
        }
    }
}

#[tokio::test]
async fn a_declared_profile_can_be_tagged() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    let arn = "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abc123";
    assert_eq!(listed(&account, arn).await, json!([]));
    assert_eq!(tag(&account, arn, tags(0, 2)).await.status, 200);
    assert_eq!(listed(&account, arn).await, tags(0, 2));
    assert_eq!(account.converse(arn).await.status, 200);
}
