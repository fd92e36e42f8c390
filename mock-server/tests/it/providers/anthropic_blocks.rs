//! Thinking and citations in Anthropic's own bodies, whole and in events.

use crate::invoke::{invoke, invoke_stream};
use bedrock_mock::MockServer;
use serde_json::{Value, json};

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const TRIGGER: &str = "ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_46C9A13E193C177646C7398A98432ECCCE4C1253D5E2D82641AC0E52CC2876CB";

fn ask(content: Value) -> Value {
    json!({
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 4000,
        "messages": [{"role": "user", "content": content}],
    })
}

/// The content that a stream's events add up to.
fn joined(chunks: &[Value]) -> Vec<Value> {
    let mut out: Vec<Value> = Vec::new();
    for chunk in chunks {
        match chunk["type"].as_str().unwrap() {
            "content_block_start" => {
                assert_eq!(chunk["index"], out.len());
                out.push(chunk["content_block"].clone());
            }
            "content_block_delta" => {
                let block = out.last_mut().unwrap();
                let delta = &chunk["delta"];
                match delta["type"].as_str().unwrap() {
                    "citations_delta" => {
                        let all = block["citations"].as_array_mut().unwrap();
                        all.push(delta["citation"].clone());
                    }
                    kind => {
                        let name = kind.strip_suffix("_delta").unwrap();
                        let text = format!(
                            "{}{}",
                            block[name].as_str().unwrap(),
                            delta[name].as_str().unwrap()
                        );
                        block[name] = text.into();
                    }
                }
            }
            _ => {}
        }
    }
    out
}

async fn both(body: &Value) -> Vec<Value> {
    let server = MockServer::start().await.unwrap();
    let whole = invoke(&server, CLAUDE, body).await.body["content"].clone();
    let streamed = joined(&invoke_stream(&server, CLAUDE, body).await);
    let whole = whole.as_array().unwrap().clone();
    let without_ids = |blocks: &[Value]| -> Vec<Value> {
        let mut blocks = blocks.to_vec();
        for block in &mut blocks {
            for name in ["signature", "data"] {
                if let Some(text) = block.get_mut(name) {
                    assert!(!text.as_str().unwrap().is_empty());
                    *text = "opaque".into();
                }
            }
        }
        blocks
    };
    assert_eq!(without_ids(&whole), without_ids(&streamed));
    whole
}

#[tokio::test]
async fn thinking_and_redacted_thinking() {
    let mut body = ask(json!("Hello"));
    body["thinking"] = json!({"type": "enabled", "budget_tokens": 2000});
    let content = both(&body).await;
    assert_eq!(content[0]["type"], "thinking");
    assert_eq!(content[1]["type"], "text");
    body["messages"][0]["content"] = TRIGGER.into();
    let content = both(&body).await;
    assert_eq!(content[0]["type"], "redacted_thinking");
    assert_eq!(content[0].as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn every_kind_of_place_is_cited() {
    let cited = json!({"enabled": true});
    let content = both(&ask(json!([
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "not cited"}},
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Grass is green. Sky."}, "title": "Nature", "citations": cited},
        {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="}, "citations": cited},
        {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "A chunk"}]}, "title": "Chunks", "citations": cited},
        {"type": "search_result", "source": "https://example.com", "title": "Found", "content": [{"type": "text", "text": "A result"}], "citations": cited},
        {"type": "text", "text": "What of it?"},
    ])))
    .await;
    let citations: Vec<&Value> = content
        .iter()
        .filter_map(|b| b["citations"].get(0))
        .collect();
    assert_eq!(
        citations,
        [
            &json!({"type": "char_location", "cited_text": "Grass is green. ", "document_index": 1, "document_title": "Nature", "start_char_index": 0, "end_char_index": 16}),
            &json!({"type": "page_location", "cited_text": "The first page of the document.", "document_index": 2, "document_title": null, "start_page_number": 1, "end_page_number": 2}),
            &json!({"type": "content_block_location", "cited_text": "A chunk", "document_index": 3, "document_title": "Chunks", "start_block_index": 0, "end_block_index": 1}),
            &json!({"type": "search_result_location", "cited_text": "A result", "source": "https://example.com", "title": "Found", "search_result_index": 0, "start_block_index": 0, "end_block_index": 1}),
        ]
    );
    // Text that cites nothing has no citations.
    assert!(content.iter().any(|b| b.get("citations").is_none()));
}

/// Nova 2 hides what it thinks, in its own bodies as in Converse.
#[tokio::test]
async fn nova_reasons_when_asked() {
    let server = MockServer::start().await.unwrap();
    let model = "us.amazon.nova-2-lite-v1:0";
    let config = json!({"type": "enabled", "maxReasoningEffort": "low"});
    let messages = json!([{"role": "user", "content": [{"text": "Hello"}]}]);
    for body in [
        json!({"messages": messages, "reasoningConfig": config}),
        json!({"messages": messages, "inferenceConfig": {"reasoningConfig": config}}),
    ] {
        let content =
            invoke(&server, model, &body).await.body["output"]["message"]["content"].clone();
        assert_eq!(
            content[0]["reasoningContent"]["reasoningText"]["text"],
            "[REDACTED]"
        );
        assert!(content[1]["text"].is_string());
        let chunks = invoke_stream(&server, model, &body).await;
        let all = |name: &str| -> Vec<u64> {
            let index = |c: &Value| c[name]["contentBlockIndex"].as_u64();
            chunks.iter().filter_map(index).collect()
        };
        // Every block that has deltas is stopped, the thought's after its last.
        let mut told = all("contentBlockDelta");
        told.dedup();
        assert_eq!(told, all("contentBlockStop"));
        let thought: String = chunks
            .iter()
            .filter_map(|c| {
                c.pointer("/contentBlockDelta/delta/reasoningContent/reasoningText/text")?
                    .as_str()
            })
            .collect();
        assert_eq!(thought, "[REDACTED]");
    }
}
