//! How streams of InvokeModel cut a text, and the members of Claude's events that came with time.

use crate::invoke::{invoke, invoke_stream};
use bedrock_mock::MockServer;
use rstest::rstest;
use serde_json::{Value, json};

/// A token a chunk, as recorded: the text stands at the pointer.
#[rstest]
#[case::llama("meta.llama3-8b-instruct-v1:0", json!({"prompt": "Tell me a long story about a river."}), "/generation")]
#[case::mistral("mistral.mistral-7b-instruct-v0:2", json!({"prompt": "Tell me a long story about a river."}), "/outputs/0/text")]
#[case::instant("anthropic.claude-instant-v1", json!({"prompt": "\n\nHuman: Tell me a story.\n\nAssistant:", "max_tokens_to_sample": 50}), "/completion")]
#[case::claude_2("anthropic.claude-v2:1", json!({"prompt": "\n\nHuman: Tell me a story.\n\nAssistant:", "max_tokens_to_sample": 50}), "/completion")]
#[case::command("cohere.command-text-v14", json!({"prompt": "Tell me a long story about a river.", "stream": true}), "/text")]
#[tokio::test]
async fn a_token_a_chunk(#[case] model: &str, #[case] body: Value, #[case] pointer: &str) {
    let server = MockServer::start().await.unwrap();
    let chunks = invoke_stream(&server, model, &body).await;
    let texts = chunks.iter().filter_map(|c| c.pointer(pointer)?.as_str());
    let told = texts.filter(|text| !text.is_empty()).count() as u64;
    let metrics = &chunks.last().unwrap()["amazon-bedrock-invocationMetrics"];
    assert_eq!(metrics["outputTokenCount"], told, "{chunks:?}");
    assert!(told > 5, "{told}");
}

#[tokio::test]
async fn llama_counts_one_by_one() {
    let server = MockServer::start().await.unwrap();
    let body = json!({"prompt": "Say this is a test", "max_gen_len": 6});
    let chunks = invoke_stream(&server, "meta.llama3-8b-instruct-v1:0", &body).await;
    let counts: Vec<u64> = chunks
        .iter()
        .map(|c| c["generation_token_count"].as_u64().unwrap())
        .collect();
    // The last chunk has the reason and no text.
    assert_eq!(counts, [1, 2, 3, 4, 5, 6, 6]);
}

#[tokio::test]
async fn command_tells_one_generation_behind_the_other() {
    let server = MockServer::start().await.unwrap();
    let body = json!({"prompt": "Tell me a story.", "max_tokens": 10, "stream": true, "num_generations": 2});
    let chunks = invoke_stream(&server, "cohere.command-light-text-v14", &body).await;
    let indexes: Vec<Option<u64>> = chunks.iter().map(|c| c["index"].as_u64()).collect();
    // As recorded: ten tokens each, then the end of both.
    let expected = [vec![Some(0); 10], vec![Some(1); 10], vec![None]].concat();
    assert_eq!(indexes, expected);
    let text = |index: u64| -> String {
        let of_it = chunks.iter().filter(|c| c["index"] == index);
        of_it.map(|c| c["text"].as_str().unwrap()).collect()
    };
    assert_eq!(text(0), text(1));
}

/// Recorded for Sonnet 4.5 on 6 July 2026; Claude 4 and before never had it, nor the one recording of
/// Haiku 4.5.
#[rstest]
#[case::claude_3("anthropic.claude-3-haiku-20240307-v1:0", false)]
#[case::claude_37("us.anthropic.claude-3-7-sonnet-20250219-v1:0", false)]
#[case::claude_4("us.anthropic.claude-sonnet-4-20250514-v1:0", false)]
#[case::sonnet_45("us.anthropic.claude-sonnet-4-5-20250929-v1:0", true)]
#[case::haiku_45("us.anthropic.claude-haiku-4-5-20251001-v1:0", false)]
#[case::opus_46("us.anthropic.claude-opus-4-6-v1", true)]
#[case::sonnet_5("us.anthropic.claude-sonnet-5", true)]
#[tokio::test]
async fn newer_claude_has_stop_details(#[case] model: &str, #[case] expected: bool) {
    let server = MockServer::start().await.unwrap();
    let body = json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 20, "messages": [{"role": "user", "content": "Hello"}]});
    let whole = invoke(&server, model, &body).await.body;
    let chunks = invoke_stream(&server, model, &body).await;
    let delta = chunks
        .iter()
        .find(|c| c["type"] == "message_delta")
        .unwrap();
    for place in [&whole, &chunks[0]["message"], &delta["delta"]] {
        let names: Vec<&String> = place.as_object().unwrap().keys().collect();
        let at = names.iter().position(|name| *name == "stop_details");
        let before = names.iter().position(|name| *name == "stop_sequence");
        assert_eq!(at, before.map(|at| at + 1).filter(|_| expected), "{place}");
        assert_eq!(place["stop_details"], Value::Null);
    }
}
