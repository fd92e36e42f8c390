//! A conversation with a tool, scripted: the model calls the tool, then uses its result.
//!
//! ```text
//! cargo run -p bedrock-mock --example scripted_conversation
//! ```

use std::error::Error;

use bedrock_mock::{MockServer, Scenario};
use serde_json::{Value, json};

const MODEL: &str = "amazon.nova-lite-v1:0";

/// Sends the conversation so far and returns the answer.
async fn converse(bedrock: &MockServer, messages: &[Value]) -> Result<Value, Box<dyn Error>> {
    let answer = reqwest::Client::new()
        .post(format!("{}/model/{MODEL}/converse", bedrock.url()))
        .bearer_auth(bedrock.api_key())
        .json(&json!({
            "messages": messages,
            "toolConfig": {"tools": [{"toolSpec": {
                "name": "get_weather",
                "inputSchema": {"json": {
                    "type": "object",
                    "properties": {"city": {"type": "string"}},
                    "required": ["city"],
                }},
            }}]},
        }))
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    Ok(answer)
}

/// The code under test: answers a question, and calls tools as often as the model wants.
async fn ask(bedrock: &MockServer, question: &str) -> Result<String, Box<dyn Error>> {
    let mut messages = vec![json!({"role": "user", "content": [{"text": question}]})];
    loop {
        let answer = converse(bedrock, &messages).await?;
        let message = answer["output"]["message"].clone();
        if answer["stopReason"] != "tool_use" {
            let text = message["content"][0]["text"].as_str();
            return Ok(text.ok_or("the answer has no text")?.to_owned());
        }
        let blocks = message["content"].as_array().cloned().unwrap_or_default();
        let results: Vec<Value> = blocks
            .iter()
            .filter(|block| block["toolUse"].is_object())
            .map(|block| {
                let call = &block["toolUse"];
                println!("tool:    {} {}", call["name"], call["input"]);
                json!({"toolResult": {
                    "toolUseId": call["toolUseId"],
                    "content": [{"text": "rain until the evening"}],
                }})
            })
            .collect();
        messages.push(message);
        messages.push(json!({"role": "user", "content": results}));
    }
}

/// Runs the example; the tests call it too.
pub async fn run() -> Result<(), Box<dyn Error>> {
    let bedrock = MockServer::start().await?;

    // Dropping the mock panics if a scenario did not answer as often as expected.
    let calls_the_tool = bedrock.scenario(
        Scenario::named("calls the tool")
            .last_user("weather")
            .tools(["get_weather"])
            .tool_use("get_weather", json!({"city": "Bergen"}))
            .expect(1),
    )?;
    let uses_the_result = bedrock.scenario(
        Scenario::named("uses the result")
            .tool_result_of("get_weather", "rain")
            .text("Take an umbrella: {{toolResult}}.")
            .expect(1),
    )?;

    let answer = ask(&bedrock, "How is the weather in Bergen?").await?;
    println!("answer:  {answer}");
    assert_eq!(answer, "Take an umbrella: rain until the evening.");
    assert_eq!((calls_the_tool.hits(), uses_the_result.hits()), (1, 1));
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    run().await
}
