//! Foundation models over a real socket. Expected values are the catalogue's data, read here apart
//! from the code under test.

use crate::account;
use crate::account::{Account, label};
use bedrock_mock::{MockServer, config::Layer};
use serde_json::{Value, json};

const ACCOUNT: &str = "123456789012";
const SONNET: &str = "anthropic.claude-3-5-sonnet-20241022-v2:0";
const PROFILE_ONLY: &str = "anthropic.claude-sonnet-4-20250514-v1:0";

/// Whether a summary passes a filter.
type Passes = fn(&Value) -> bool;

async fn listed(account: &Account, query: &str) -> Vec<Value> {
    let answer = account
        .get(&format!("/foundation-models{query}"))
        .await
        .ok();
    answer["modelSummaries"].as_array().unwrap().clone()
}

fn has(list: &Value, wanted: &str) -> bool {
    list.as_array().unwrap().iter().any(|one| one == wanted)
}

#[tokio::test]
async fn a_model_as_the_service_writes_it() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    let answer = account
        .get(&format!("/foundation-models/{}", label(SONNET)))
        .await;
    insta::assert_snapshot!(answer.text, @r#"{"modelDetails":{"customizationsSupported":[],"inferenceTypesSupported":["ON_DEMAND","INFERENCE_PROFILE"],"inputModalities":["IMAGE","TEXT"],"modelArn":"arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0","modelId":"anthropic.claude-3-5-sonnet-20241022-v2:0","modelLifecycle":{"endOfLifeTime":null,"legacyTime":null,"publicExtendedAccessTime":null,"startOfLifeTime":null,"status":"LEGACY"},"modelName":"Claude 3.5 Sonnet v2","outputModalities":["TEXT"],"providerName":"Anthropic","responseStreamingSupported":true}}"#);

    let arn = format!("arn:aws:bedrock:us-west-2::foundation-model/{SONNET}");
    let by_arn = account
        .get(&format!("/foundation-models/{}", label(&arn)))
        .await;
    assert_eq!(by_arn, answer);
    let all = listed(&account, "").await;
    let summary = all.iter().find(|m| m["modelId"] == SONNET).unwrap();
    assert_eq!(*summary, answer.json()["modelDetails"]);
}

#[tokio::test]
async fn profile_only_models_say_so() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    let answer = account
        .get(&format!("/foundation-models/{PROFILE_ONLY}"))
        .await
        .ok();
    assert_eq!(
        answer["modelDetails"]["inferenceTypesSupported"],
        json!(["INFERENCE_PROFILE"])
    );
    // Its bare id is refused on the runtime, with the profile as the way out.
    let refused = account.converse(PROFILE_ONLY).await;
    assert_eq!(refused.status, 400);
    assert!(
        refused
            .text
            .contains("with on-demand throughput isn’t supported")
    );
}

#[tokio::test]
async fn filters() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    let all = listed(&account, "").await;
    let cases: [(&str, Passes); 7] = [
        ("?byProvider=anthropic", |m| {
            m["providerName"] == "Anthropic"
        }),
        ("?byProvider=Mistral%20AI", |m| {
            m["providerName"] == "Mistral AI"
        }),
        ("?byOutputModality=EMBEDDING", |m| {
            has(&m["outputModalities"], "EMBEDDING")
        }),
        ("?byOutputModality=IMAGE", |m| {
            has(&m["outputModalities"], "IMAGE")
        }),
        ("?byInferenceType=ON_DEMAND", |m| {
            has(&m["inferenceTypesSupported"], "ON_DEMAND")
        }),
        (
            "?byProvider=Amazon&byOutputModality=TEXT&byInferenceType=ON_DEMAND",
            |m| {
                m["providerName"] == "Amazon"
                    && has(&m["outputModalities"], "TEXT")
                    && has(&m["inferenceTypesSupported"], "ON_DEMAND")
            },
        ),
        ("?byOutputModality=TEXT", |m| {
            has(&m["outputModalities"], "TEXT")
        }),
    ];
    for (query, expected) in cases {
        let expected: Vec<Value> = all.iter().filter(|m| expected(m)).cloned().collect();
        assert!(
            !expected.is_empty() && expected.len() < all.len(),
            "{query}"
        );
        assert_eq!(listed(&account, query).await, expected, "{query}");
    }
    for query in ["?byProvider=Nobody", "?byInferenceType=PROVISIONED"] {
        assert_eq!(
            listed(&account, query).await,
            Vec::<Value>::new(),
            "{query}"
        );
    }
    for query in [
        "?byProvider=a%2Fb",
        "?byInferenceType=INFERENCE_PROFILE",
        "?byOutputModality=VIDEO",
        "?byCustomizationType=NONE",
    ] {
        let answer = account.get(&format!("/foundation-models{query}")).await;
        assert_eq!(
            (answer.status, answer.error.as_str()),
            (400, "ValidationException"),
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_region_lists_what_it_offers() {
    let server = MockServer::builder()
        .configure(|config| config.catalogue_layers = vec![Layer::Today])
        .start()
        .await
        .unwrap();
    let today: Value = serde_json::from_str(bedrock_fixtures::catalogue::TODAY).unwrap();
    let account = Account::new(&server, ACCOUNT);
    for region in ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1"] {
        let offered = |m: &&Value| {
            has(&m["onDemand"], region)
                || m["profiles"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|p| p["sources"].get(region).is_some())
        };
        let expected: Vec<&Value> = today["models"]
            .as_array()
            .unwrap()
            .iter()
            .filter(offered)
            .map(|m| &m["id"])
            .collect();
        let found = listed(&account.in_region(region), "").await;
        let ids: Vec<&Value> = found.iter().map(|m| &m["modelId"]).collect();
        assert_eq!(ids, expected, "{region}");
        let arn = format!("arn:aws:bedrock:{region}::foundation-model/");
        assert!(
            found
                .iter()
                .all(|m| m["modelArn"].as_str().unwrap().starts_with(&arn))
        );
    }
}

#[tokio::test]
async fn what_is_no_model() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    let found = [
        "anthropic.claude-nine",
        "us.anthropic.claude-3-5-sonnet-20241022-v2:0",
    ];
    for id in found {
        let answer = account
            .get(&format!("/foundation-models/{}", label(id)))
            .await;
        let text = format!("Could not find model with identifier {id}");
        assert_eq!(
            answer.refusal(),
            account::refusal(400, "ValidationException", &text)
        );
    }
    // The region of an ARN must be the one that is asked; the Host names another one here.
    let arn = label(&format!(
        "arn:aws:bedrock:us-west-2::foundation-model/{SONNET}"
    ));
    let elsewhere = account.in_region("us-east-1");
    assert_eq!(
        elsewhere
            .get(&format!("/foundation-models/{arn}"))
            .await
            .status,
        400
    );
    let profile = label("arn:aws:bedrock:us-west-2:123456789012:inference-profile/global.x.y");
    let answer = account.get(&format!("/foundation-models/{profile}")).await;
    assert!(
        answer
            .text
            .contains("at 'modelIdentifier' failed to satisfy constraint")
    );
}

#[tokio::test]
async fn availability() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    let path = format!("/foundation-model-availability/{}", label(SONNET));
    insta::assert_snapshot!(account.get(&path).await.text, @r#"{"agreementAvailability":{"errorMessage":null,"status":"AVAILABLE"},"authorizationStatus":"AUTHORIZED","entitlementAvailability":"AVAILABLE","modelId":"anthropic.claude-3-5-sonnet-20241022-v2:0","regionAvailability":"AVAILABLE"}"#);
    let unknown = account
        .get("/foundation-model-availability/anthropic.claude-nine")
        .await;
    assert_eq!(unknown.status, 400);

    // Bare ids of the older layers can be called everywhere, so this one asks today's alone.
    let server = MockServer::builder()
        .configure(|config| config.catalogue_layers = vec![Layer::Today])
        .start()
        .await
        .unwrap();
    let account = Account::new(&server, ACCOUNT);
    let path = "/foundation-model-availability/ai21.jamba-1-5-large-v1%3A0";
    for (region, expected) in [("us-east-1", "AVAILABLE"), ("sa-east-1", "NOT_AVAILABLE")] {
        let answer = account.in_region(region).get(path).await.ok();
        assert_eq!(answer["regionAvailability"], expected, "{region}");
    }
}
