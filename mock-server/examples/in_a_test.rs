//! A mock inside a test: start it, call it as any client would, and check what it received.
//!
//! ```text
//! cargo run -p bedrock-mock --example in_a_test
//! ```

use std::error::Error;

use bedrock_mock::MockServer;
use bedrock_mock::journal::{Expectation, Filter};
use serde_json::{Value, json};

const MODEL: &str = "amazon.nova-lite-v1:0";

/// The code under test: asks the model for a one-sentence summary.
async fn summarise(url: &str, key: &str, text: &str) -> Result<String, Box<dyn Error>> {
    let prompt = format!("Summarise in one sentence: {text}");
    let answer: Value = reqwest::Client::new()
        .post(format!("{url}/model/{MODEL}/converse"))
        .bearer_auth(key)
        .json(&json!({
            "system": [{"text": "You are brief."}],
            "messages": [{"role": "user", "content": [{"text": prompt}]}],
        }))
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let text = answer["output"]["message"]["content"][0]["text"].as_str();
    Ok(text.ok_or("the answer has no text")?.to_owned())
}

/// Runs the example; the tests call it too.
pub async fn run() -> Result<(), Box<dyn Error>> {
    // Port 0, and stopped when the value is dropped. Tests can run in parallel, each with its own.
    let bedrock = MockServer::start().await?;

    // Dropping the mock panics if this request did not succeed exactly once.
    let converse = Filter {
        operation: Some("Converse".into()),
        status: Some(200),
        body: Some(json!({"system": [{"text": "You are brief."}]})),
        ..Filter::default()
    };
    bedrock.expect(Expectation::exactly(1, converse));

    let summary = summarise(&bedrock.url(), &bedrock.api_key(), "It rained all day.").await?;
    println!("answer:  {summary}");
    assert!(!summary.is_empty());

    // The journal has every request, including those that were refused.
    let refused = summarise(&bedrock.url(), "not-a-key", "It rained all day.").await;
    assert!(refused.is_err(), "a wrong API key is refused");
    for entry in bedrock.received() {
        let status = entry.status().unwrap_or_default();
        println!("request: {} {status}", entry.request.target);
    }
    let statuses: Vec<_> = bedrock
        .received()
        .iter()
        .map(|entry| entry.status())
        .collect();
    assert_eq!(statuses, [Some(200), Some(403)]);
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    run().await
}
