//! Which models can be customized, and how: the catalogue's data against the user guide's tables.

use crate::account::Account;
use bedrock_mock::MockServer;
use serde_json::Value;

const ACCOUNT: &str = "123456789012";

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

/// The user guide's tables of models for fine-tuning, for continued pre-training and of students for
/// distillation, as far as the older layer has the models and today's has not.
#[tokio::test]
async fn customizations() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    let cases: [(&str, &[&str]); 3] = [
        (
            "FINE_TUNING",
            &[
                "amazon.nova-canvas-v1:0",
                "amazon.titan-image-generator-v1",
                "amazon.titan-image-generator-v2:0",
                "amazon.titan-text-express-v1",
                "amazon.titan-text-lite-v1",
                "amazon.titan-text-premier-v1:0",
                "cohere.command-light-text-v14",
                "cohere.command-text-v14",
                "meta.llama3-2-11b-instruct-v1:0",
                "meta.llama3-2-1b-instruct-v1:0",
                "meta.llama3-2-3b-instruct-v1:0",
                "meta.llama3-2-90b-instruct-v1:0",
            ],
        ),
        (
            "CONTINUED_PRE_TRAINING",
            &["amazon.titan-text-express-v1", "amazon.titan-text-lite-v1"],
        ),
        (
            "DISTILLATION",
            &[
                "meta.llama3-2-1b-instruct-v1:0",
                "meta.llama3-2-3b-instruct-v1:0",
            ],
        ),
    ];
    for (kind, expected) in cases {
        let found = listed(&account, &format!("?byCustomizationType={kind}")).await;
        let mut ids: Vec<&str> = found.iter().filter_map(|m| m["modelId"].as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, expected, "{kind}");
        assert!(
            found
                .iter()
                .all(|m| has(&m["customizationsSupported"], kind))
        );
    }
    // Every word is one of the service model's.
    let model: Value = serde_json::from_str(bedrock_fixtures::models::BEDROCK).unwrap();
    let known = &model["shapes"]["ModelCustomization"]["enum"];
    for summary in listed(&account, "").await {
        for kind in summary["customizationsSupported"].as_array().unwrap() {
            assert!(has(known, kind.as_str().unwrap()), "{summary}");
        }
    }
}
