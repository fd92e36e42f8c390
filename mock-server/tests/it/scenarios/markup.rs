//! Clauses about a conversation mean the same where a family's form has one prompt with marks in it.

use rstest::rstest;
use serde_json::{Value, json};

use crate::invoke::invoke;
use crate::scenarios::script::strict;

#[rstest]
#[case::mistral(
    "mistral.mistral-7b-instruct-v0:2",
    "prompt",
    "<s>[INST] hello [/INST] hey</s> [INST] hi [/INST]"
)]
#[case::llama3(
    "meta.llama3-8b-instruct-v1:0",
    "prompt",
    "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nhello<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nhey<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nhi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
)]
#[case::claude(
    "anthropic.claude-instant-v1",
    "prompt",
    "\n\nHuman: hello\n\nAssistant: hey\n\nHuman: hi\n\nAssistant:"
)]
#[case::titan(
    "amazon.titan-text-express-v1",
    "inputText",
    "User: hello\nBot: hey\nUser: hi\nBot:"
)]
#[case::deepseek(
    "us.deepseek.r1-v1:0",
    "prompt",
    "<｜begin▁of▁sentence｜><｜User｜>hello<｜Assistant｜>hey<｜end▁of▁sentence｜><｜User｜>hi<｜Assistant｜><think>\n"
)]
#[tokio::test]
async fn the_last_words_inside_marks(
    #[case] model: &str,
    #[case] member: &str,
    #[case] said: &str,
) {
    let clauses = json!({"lastUser": {"equals": "hi"}, "turn": 2});
    let server = strict(json!([{"name": "a", "match": clauses, "reply": {"text": "heard"}}])).await;
    let mut body = json!({});
    body[member] = said.into();
    if model.contains("instant") {
        body["max_tokens_to_sample"] = 9.into();
    }
    let told: Value = invoke(&server, model, &body).await.body;
    assert!(told.to_string().contains("heard"), "{told}");
}

/// A prompt without marks is what the user said, whatever words it has.
#[tokio::test]
async fn plain_prompts_stay_as_they_are() {
    let plain = "User: and Bot: are words";
    let clauses = json!({"lastUser": {"equals": plain}, "turn": 1});
    let server = strict(json!([{"name": "a", "match": clauses, "reply": {"text": "heard"}}])).await;
    let body = json!({ "inputText": plain });
    let told = invoke(&server, "amazon.titan-text-express-v1", &body).await;
    assert!(told.body.to_string().contains("heard"));
}
