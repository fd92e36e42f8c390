//! Making inference profiles, over a real socket. Expected values are recorded, or follow from the service
//! model and the catalogue's data.

use std::collections::HashSet;

use crate::account::{Account, id_of, label, refusal};
use bedrock_mock::{MockServer, config::Fidelity};
use serde_json::{Value, json};

const ACCOUNT: &str = "123456789012";
const SONNET: &str = "anthropic.claude-3-5-sonnet-20241022-v2:0";
const SONNET_ARN: &str =
    "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0";
const GLOBAL: &str = "global.anthropic.claude-sonnet-4-20250514-v1:0";
const BAD_SOURCE: &str = "copyFrom must be a valid inference profile model source ARN.";

fn path(identifier: &str) -> String {
    format!("/inference-profiles/{}", label(identifier))
}

/// RFC 3339 with nine digits of a second and a Z, as recorded.
fn assert_time(value: &Value) {
    let text = value.as_str().unwrap();
    let shape: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    assert_eq!(shape, "0000-00-00T00:00:00.000000000Z", "{text}");
}

#[tokio::test]
async fn the_recorded_profile_is_answered_byte_for_byte() {
    // DataDog/dd-trace-py, bedrock_converse_inference_profile.yaml, July 2026.
    let recorded = "{\"createdAt\":\"2026-07-13T14:00:42.680622107Z\",\"description\":\"FRMLO-206 repro resolve application inference profile model id\",\"inferenceProfileArn\":\"arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/1arbu5hu2sjr\",\"inferenceProfileId\":\"1arbu5hu2sjr\",\"inferenceProfileName\":\"dd-frmlo206\",\"models\":[{\"modelArn\":\"arn:aws:bedrock:::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0\"},{\"modelArn\":\"arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0\"}],\"status\":\"ACTIVE\",\"toolboxArn\":null,\"type\":\"APPLICATION\",\"updatedAt\":\"2026-07-13T14:00:42.680622107Z\"}";
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT).in_region("us-east-1");
    let answer = account
        .get("/inference-profiles/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2F1arbu5hu2sjr")
        .await;
    assert_eq!((answer.status, answer.text.as_str()), (200, recorded));
}

#[tokio::test]
async fn a_profile_of_a_foundation_model() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    let made = account.create("tracking-1", SONNET_ARN).await;
    assert_eq!(made.status, 201);
    let arn = made.arn();
    let id = id_of(&arn).to_owned();
    assert_eq!(
        made.text,
        format!("{{\"inferenceProfileArn\":\"{arn}\",\"status\":\"ACTIVE\"}}")
    );
    assert_eq!(
        arn,
        format!("arn:aws:bedrock:us-west-2:{ACCOUNT}:application-inference-profile/{id}")
    );
    let lower_alphanumeric = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    assert!(id.len() == 12 && id.bytes().all(lower_alphanumeric), "{id}");

    let mut seen = account.get(&path(&id)).await.ok();
    assert_eq!(seen, account.get(&path(&arn)).await.ok());
    assert_time(&seen["createdAt"]);
    assert_eq!(seen["createdAt"], seen["updatedAt"]);
    seen["createdAt"] = json!("then");
    seen["updatedAt"] = json!("then");
    let expected = json!({
        "createdAt": "then",
        "description": null,
        "inferenceProfileArn": arn,
        "inferenceProfileId": id,
        "inferenceProfileName": "tracking-1",
        "models": [{"modelArn": SONNET_ARN}],
        "status": "ACTIVE",
        "toolboxArn": null,
        "type": "APPLICATION",
        "updatedAt": "then",
    });
    assert_eq!(seen, expected);
    let keys: Vec<_> = seen.as_object().unwrap().keys().collect();
    assert!(keys.is_sorted(), "{keys:?}");
    assert_eq!(account.converse(&arn).await.status, 200);
}

#[tokio::test]
async fn a_profile_of_a_global_profile_takes_over_its_models() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, "210987654321");
    for (name, source) in [
        ("by-id", GLOBAL.to_owned()),
        (
            "by-arn",
            format!("arn:aws:bedrock:us-west-2:210987654321:inference-profile/{GLOBAL}"),
        ),
    ] {
        let arn = account.created(name, &source).await;
        let models = account.get(&path(&arn)).await.ok()["models"].clone();
        let expected = json!([
            {"modelArn": "arn:aws:bedrock:::foundation-model/anthropic.claude-sonnet-4-20250514-v1:0"},
            {"modelArn": "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-20250514-v1:0"},
        ]);
        assert_eq!(models, expected, "{name}");
        assert_eq!(account.converse(&arn).await.status, 200, "{name}");
    }
}

#[tokio::test]
async fn the_guides_commands() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    let first = json!({
        "inferenceProfileName": "my-claude-profile",
        "description": "Custom Claude profile for cost tracking",
        "modelSource": {"copyFrom": "anthropic.claude-3-5-sonnet-20241022-v2:0"},
        "tags": [{"key": "Environment", "value": "Development"}],
        "clientRequestToken": "7b1dd2a3-5a8b-4b4f-9d54-64c8d39b8a55",
    });
    let second = json!({
        "inferenceProfileName": "my-global-claude-profile",
        "description": "Custom profile based on global Claude Sonnet 4",
        "modelSource": {"copyFrom": "global.anthropic.claude-sonnet-4-20250514-v1:0"},
        "clientRequestToken": "4a9c1c53-02d9-4d26-a3a5-3b0a56f1f1f1",
    });
    for body in [first, second] {
        let answer = account.post("/inference-profiles", body.clone()).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let arn = answer.arn();
        let seen = account.get(&path(id_of(&arn))).await.ok();
        assert_eq!(seen["inferenceProfileName"], body["inferenceProfileName"]);
        assert_eq!(seen["description"], body["description"]);
        assert!(account.listed("").await.contains(&id_of(&arn).to_owned()));
        // As the guide's curl writes it: raw colons, the slash encoded.
        let raw = arn.replace('/', "%2F");
        let hello = json!({"messages": [{"role": "user", "content": [{"text": "Hello"}]}]});
        let answer = account.post(&format!("/model/{raw}/converse"), hello).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    // The guide's own profile is declared, though it shares its name with the one just made.
    let declared = account.get(&path("abc123")).await.ok();
    assert_eq!(declared["inferenceProfileName"], "my-claude-profile");
    assert_eq!(declared["models"], json!([{"modelArn": SONNET_ARN}]));
}

#[tokio::test]
async fn the_service_takes_arns_only() {
    let server = MockServer::builder()
        .fidelity(Fidelity::Service)
        .start()
        .await
        .unwrap();
    let account = Account::new(&server, ACCOUNT);
    let text = "copyFrom must be a valid inference profile model source ARN.";
    assert_eq!(
        account.create("bare", GLOBAL).await.refusal(),
        refusal(400, "ValidationException", text)
    );
    assert_eq!(account.create("arn", SONNET_ARN).await.status, 201);
}

#[tokio::test]
async fn what_is_no_source() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    let application = account.created("source", SONNET_ARN).await;
    for source in [
        application.as_str(),
        id_of(&application),
        // Unknown, of another kind, profile-only, another region, another account, partition.
        "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-nine",
        "arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.anthropic.claude-nine",
        "arn:aws:bedrock:us-west-2::foundation-model/global.anthropic.claude-sonnet-4-20250514-v1:0",
        "arn:aws:bedrock:us-west-2:123456789012:inference-profile/anthropic.claude-3-5-sonnet-20241022-v2:0",
        "arn:aws:bedrock:us-west-2:210987654321:inference-profile/global.anthropic.claude-sonnet-4-20250514-v1:0",
        "arn:aws-cn:bedrock:us-west-2::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0",
        "anthropic.claude-nine",
        "arn:aws:bedrock:us-west-2",
    ] {
        assert_eq!(
            account.create("copy", source).await.refusal(),
            refusal(400, "ValidationException", BAD_SOURCE),
            "{source}"
        );
    }
    let elsewhere = account.in_region("eu-west-1");
    assert_eq!(
        elsewhere.create("copy", SONNET_ARN).await.refusal(),
        refusal(400, "ValidationException", BAD_SOURCE)
    );
    assert_eq!(account.listed("?type=APPLICATION").await.len(), 2);
}

#[tokio::test]
async fn constraints_of_the_model_come_in_one_message() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    let body = json!({"inferenceProfileName": "no/slash", "clientRequestToken": "-"});
    let (status, kind, message) = account.post("/inference-profiles", body).await.refusal();
    assert_eq!((status, kind.as_str()), (400, "ValidationException"));
    assert!(
        message.starts_with("3 validation errors detected: Value 'no/slash' at 'inferenceProfileName' failed to satisfy constraint: Member must satisfy regular expression pattern: ([0-9a-zA-Z][ _-]?)+; "),
        "{message}"
    );
    assert!(
        message.ends_with(
            "Value null at 'modelSource' failed to satisfy constraint: Member must not be null"
        ),
        "{message}"
    );
}

#[tokio::test]
async fn a_token_makes_one_profile() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    let body = |name: &str, tags: Value| {
        json!({
            "inferenceProfileName": name,
            "modelSource": {"copyFrom": SONNET},
            "clientRequestToken": "token-1",
            "tags": tags,
        })
    };
    let (a, b) = (
        json!({"key": "a", "value": "1"}),
        json!({"key": "b", "value": "2"}),
    );
    let send = |body: Value| account.post("/inference-profiles", body);
    let first = send(body("once", json!([a, b]))).await;
    let again = send(body("once", json!([b, a]))).await;
    assert_eq!(first, again);
    assert_eq!(first.status, 201);
    assert_eq!(account.listed("?type=APPLICATION").await.len(), 2);

    for other in [body("twice", json!([a, b])), body("once", json!([a]))] {
        let (status, kind, _) = send(other).await.refusal();
        assert_eq!((status, kind.as_str()), (400, "ConflictException"));
    }
    // Another account's tokens and another region's are their own.
    let other = Account::new(&server, "210987654321");
    let theirs = other
        .post("/inference-profiles", body("once", json!([])))
        .await;
    assert_ne!(theirs.arn(), first.arn());

    // The token goes with its profile.
    account.delete(&path(&first.arn())).await.ok();
    let anew = send(body("once", json!([a, b]))).await;
    assert_ne!(anew.arn(), first.arn());
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_requests_at_the_same_time_make_one_profile() {
    let server = MockServer::start().await.unwrap();
    let body = json!({
        "inferenceProfileName": "race",
        "modelSource": {"copyFrom": SONNET},
        "clientRequestToken": "race",
    });
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (account, body) = (Account::new(&server, ACCOUNT), body.clone());
        tasks.spawn(async move { account.post("/inference-profiles", body).await.arn() });
    }
    let arns: HashSet<String> = tasks.join_all().await.into_iter().collect();
    assert_eq!(arns.len(), 1);
}

#[tokio::test]
async fn a_name_is_taken_once_per_region() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    let first = account.created("one", GLOBAL).await;
    let (status, kind, _) = account.create("one", SONNET).await.refusal();
    assert_eq!((status, kind.as_str()), (400, "ConflictException"));
    let east = account.in_region("us-east-1");
    assert_eq!(east.create("one", GLOBAL).await.status, 201);
    account.delete(&path(&first)).await.ok();
    assert_eq!(account.create("one", GLOBAL).await.status, 201);
}

#[tokio::test]
async fn an_account_has_room_for_a_thousand() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    for i in 0..1000 {
        assert_eq!(account.create(&format!("p{i}"), SONNET).await.status, 201);
    }
    let (status, kind, _) = account.create("more", SONNET).await.refusal();
    assert_eq!(
        (status, kind.as_str()),
        (400, "ServiceQuotaExceededException")
    );
    let other = Account::new(&server, "210987654321");
    assert_eq!(other.create("more", SONNET).await.status, 201);
}
