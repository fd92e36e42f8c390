//! A long-term key after its last day, on the wire and in lists.
//!
//! The key comes from a state file of the mock's own format; tests/control/ moves the clock instead.

use std::path::Path;
use std::sync::Arc;

use crate::query::{element, elements};
use crate::wire::{Answer, HELLO, MODEL, exchange};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bedrock_mock::MockServer;
use bedrock_mock::config::AuthMode;
use bedrock_mock::state::store::{
    ApiKeyRecord, ApiKeyStatus, Change, Record, RedbStore, Store as _, UserRecord,
};

const ACCOUNT: &str = "111122223333";
const SECRET: &str = "c2VjcmV0IG9mIGEgdGVzdA==";
const DAY: i64 = 86_400;

fn now() -> i64 {
    time::OffsetDateTime::now_utc().unix_timestamp()
}

/// A user with two keys: one that ended a second ago, one that ends tomorrow.
fn write(path: &Path) {
    let put = |id: &str, record| Change::Put {
        id: id.into(),
        record: Arc::new(record),
    };
    let user = UserRecord {
        name: "ann".into(),
        id: "AIDA00000000000000000".into(),
        path: "/".into(),
        created: now() - 30 * DAY,
        tags: Vec::new(),
    };
    let mut changes = vec![put("ann", Record::User(user))];
    for (id, alias, expires) in [
        ("ACCA00000000000000001", "ann-at-111122223333", now() - 1),
        (
            "ACCA00000000000000002",
            "ann+1-at-111122223333",
            now() + DAY,
        ),
    ] {
        let key = ApiKeyRecord {
            id: id.into(),
            user: "ann".into(),
            alias: alias.into(),
            secret: SECRET.into(),
            status: ApiKeyStatus::Active,
            created: now() - 30 * DAY,
            expires: Some(expires),
        };
        changes.push(put(id, Record::ApiKey(key)));
        changes.push(put(alias, Record::Alias(id.into())));
    }
    let store = RedbStore::open(path).unwrap();
    store.commit(ACCOUNT, 0, &changes).unwrap();
}

async fn converse(server: &MockServer, alias: &str) -> Answer {
    let key = format!("ABSK{}", STANDARD.encode(format!("{alias}:{SECRET}")));
    let request = format!(
        "POST /model/{MODEL}/converse HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{HELLO}",
        HELLO.len()
    );
    exchange(server, request.as_bytes()).await
}

#[tokio::test]
async fn an_expired_key_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join("state.redb");
    write(&state);
    let server = MockServer::builder()
        .configure(|config| config.state = Some(state))
        .start()
        .await
        .unwrap();

    let refused = converse(&server, "ann-at-111122223333").await;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.text(), r#"{"Message":"Bearer Token has expired"}"#);
    assert_eq!(
        refused.header("x-amzn-ErrorType"),
        Some("AccessDeniedException:http://internal.amazon.com/coral/com.amazon.coral.service/")
    );
    // The other key shows that it is the date that counts.
    assert_eq!(converse(&server, "ann+1-at-111122223333").await.status, 200);
}

#[tokio::test]
async fn lists_call_it_expired() {
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join("state.redb");
    write(&state);
    let server = MockServer::builder()
        .configure(|config| {
            config.state = Some(state);
            config.auth = AuthMode::Lenient;
        })
        .start()
        .await
        .unwrap();
    let form = "Action=ListServiceSpecificCredentials&Version=2010-05-08&UserName=ann";
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260203/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=00"
    );
    let answer = reqwest::Client::new()
        .post(server.url())
        .header("Authorization", authorization)
        .header("X-Amz-Date", "20260203T000000Z")
        .body(form)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let text = answer.text().await.unwrap();
    assert_eq!(elements(&text, "Status"), ["Expired", "Active"]);
    assert_eq!(
        element(&text, "ServiceSpecificCredentialId"),
        "ACCA00000000000000001"
    );
}
