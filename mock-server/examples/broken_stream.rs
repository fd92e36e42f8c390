//! A stream that breaks: does the client notice that the answer is incomplete?
//!
//! ```text
//! cargo run -p bedrock-mock --example broken_stream
//! ```

use std::error::Error;

use bedrock_mock::MockServer;
use bedrock_mock::faults::Rule;
use bedrock_mock::faults::kinds::end_after_events::EndAfterEvents;
use bedrock_mock::faults::kinds::reset_after_events::ResetAfterEvents;
use serde_json::{Value, json};

const MODEL: &str = "amazon.nova-lite-v1:0";

/// How a stream came to its end.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// All of it arrived.
    Complete,
    /// It ended without the event that says that the answer is complete.
    Incomplete,
    /// The connection broke.
    Broken,
}

/// The payloads of the event-stream frames in `bytes`: a prelude of 12 bytes with the lengths of the
/// frame and of its headers, the headers, the payload, and a checksum of 4 bytes.
fn payloads(mut bytes: &[u8]) -> Vec<Value> {
    let length = |bytes: &[u8], at: usize| -> Option<usize> {
        let four = bytes.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_be_bytes(four)).ok()
    };
    let mut found = Vec::new();
    while let (Some(total), Some(headers)) = (length(bytes, 0), length(bytes, 4)) {
        let payload = total
            .checked_sub(4)
            .and_then(|end| bytes.get(12 + headers..end));
        let (Some(payload), Some(rest)) = (payload, bytes.get(total..)) else {
            break;
        };
        found.extend(serde_json::from_slice::<Value>(payload));
        bytes = rest;
    }
    found
}

/// The code under test: reads a story as a stream, and says whether it is complete.
async fn story(bedrock: &MockServer) -> Result<(String, Outcome), Box<dyn Error>> {
    let mut response = reqwest::Client::new()
        .post(format!("{}/model/{MODEL}/converse-stream", bedrock.url()))
        .bearer_auth(bedrock.api_key())
        .json(&json!({"messages": [{"role": "user", "content": [{"text": "Tell me a story"}]}]}))
        .send()
        .await?
        .error_for_status()?;
    let mut bytes = Vec::new();
    let mut outcome = Outcome::Incomplete;
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(_) => {
                outcome = Outcome::Broken;
                break;
            }
        }
    }
    let mut text = String::new();
    for event in payloads(&bytes) {
        text.push_str(event["delta"]["text"].as_str().unwrap_or_default());
        if event["stopReason"].is_string() {
            outcome = Outcome::Complete;
        }
    }
    Ok((text, outcome))
}

/// Runs the example; the tests call it too.
pub async fn run() -> Result<(), Box<dyn Error>> {
    let bedrock = MockServer::start().await?;

    let (complete, outcome) = story(&bedrock).await?;
    println!(
        "no fault:           {outcome:?}, {} characters",
        complete.len()
    );
    assert_eq!(outcome, Outcome::Complete);

    // The status is 200 and HTTP is content: only the missing event shows that something is wrong.
    bedrock.fault(
        Rule::new(EndAfterEvents { events: 2 })
            .operation("ConverseStream")
            .first(1),
    )?;
    let (part, outcome) = story(&bedrock).await?;
    println!("end-after-events:   {outcome:?}, {} characters", part.len());
    assert_eq!(outcome, Outcome::Incomplete);
    assert!(complete.starts_with(&part) && part.len() < complete.len());

    // The connection is reset in the middle of the answer.
    bedrock.reset_faults(None);
    bedrock.fault(Rule::new(ResetAfterEvents { events: 2 }).operation("ConverseStream"))?;
    let (_, outcome) = story(&bedrock).await?;
    println!("reset-after-events: {outcome:?}");
    assert_eq!(outcome, Outcome::Broken);

    let faults: Vec<_> = bedrock
        .received()
        .iter()
        .map(|entry| entry.faults.clone())
        .collect();
    assert_eq!(
        faults,
        [
            vec![],
            vec!["end-after-events".to_owned()],
            vec!["reset-after-events".to_owned()]
        ]
    );
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    run().await
}
