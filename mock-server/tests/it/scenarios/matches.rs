//! Every clause of `match`: what fits it, what misses it, and what a refusal says of a miss.

use rstest::rstest;
use serde_json::{Value, json};

use crate::account::{Account, label};
use crate::scenarios::script::{
    ACCOUNT, CLAUDE, NOVA, answered, converse, said, strict, tool, user,
};

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

/// A clause that fits the first request and misses the second one, with what the refusal says.
#[rstest]
#[case::operation(json!({"operation": "Converse"}), user("x"), None, "")]
#[case::operation_other(json!({"operation": ["ConverseStream", "InvokeModel"]}), user("x"), Some(user("x")),
    "operation: wanted ConverseStream or InvokeModel, was \"Converse\"")]
#[case::family(json!({"family": "claude"}), user("x"), None, "")]
#[case::family_other(json!({"family": "nova"}), user("x"), Some(user("x")), "family: wanted nova, was \"claude\"")]
#[case::account(json!({"account": ACCOUNT}), user("x"), None, "")]
#[case::account_other(json!({"account": "000000000001"}), user("x"), Some(user("x")),
    "account: wanted 000000000001, was \"123456789012\"")]
#[case::contains(json!({"lastUser": "eath"}), user("Weather"), Some(user("Hello")),
    "lastUser: wanted a text with \"eath\", was \"Hello\"")]
#[case::equals(json!({"lastUser": {"equals": "Weather"}}), user("Weather"), Some(user("Weather?")),
    "lastUser: wanted \"Weather\", was \"Weather?\"")]
#[case::regex(json!({"lastUser": {"regex": "^W.*\\d$"}}), user("Weather 1"), Some(user("A Weather 1")),
    "lastUser: wanted a text like /^W.*\\d$/, was \"A Weather 1\"")]
#[case::system(json!({"system": "Norwegian"}), with(user("x"), "system", json!([{"text": "Speak"}, {"text": "Norwegian"}])), Some(user("x")),
    "system: wanted a text with \"Norwegian\", was \"\"")]
#[case::turn(json!({"turn": 2}), answered(json!([{"text": "rain"}])), Some(user("x")), "turn: wanted 2, was \"1\"")]
#[case::any_result(json!({"toolResult": true}), answered(json!([{"text": "rain"}])), Some(user("x")),
    "toolResult: wanted one, the last message has none")]
#[case::no_result(json!({"toolResult": false}), user("x"), Some(answered(json!([{"text": "rain"}]))),
    "toolResult: wanted none, the last message has one")]
#[case::of_tool(json!({"toolResult": {"tool": "get_weather"}}), answered(json!([{"text": "rain"}])), Some(user("x")),
    "toolResult: wanted one, the last message has none")]
#[case::of_other_tool(json!({"toolResult": {"tool": "search"}}), answered(json!([{"text": "rain"}])), Some(answered(json!([{"text": "rain"}]))),
    "toolResult: wanted one of search, was get_weather \"rain\"")]
#[case::result_text(json!({"toolResult": {"tool": "get_weather", "content": {"equals": "heavy\nrain"}}}), answered(json!([{"text": "heavy"}, {"text": "rain"}])),
    Some(answered(json!([{"text": "sun"}]))), "toolResult: wanted one of get_weather with \"heavy\\nrain\", was get_weather \"sun\"")]
#[case::result_json(json!({"toolResult": {"json": {"sky": {"rain": true}}}}), answered(json!([{"json": {"sky": {"rain": true, "mm": 3}, "at": 1}}])),
    Some(answered(json!([{"json": {"sky": {"rain": false}}}]))), "toolResult: wanted one with {\"sky\":{\"rain\":true}}, was get_weather \"{\\\"sky\\\":{\\\"rain\\\":false}}\"")]
#[case::tools(json!({"tools": ["a", "b"]}), with(user("x"), "toolConfig", json!({"tools": [tool("b"), tool("a"), tool("c")]})),
    Some(with(user("x"), "toolConfig", json!({"tools": [tool("a")]}))), "tools: \"b\" is not offered")]
#[case::body_value(json!({"body": {"/inferenceConfig/maxTokens": 5}}), with(user("x"), "inferenceConfig", json!({"maxTokens": 5})),
    Some(with(user("x"), "inferenceConfig", json!({"maxTokens": 6}))), "body /inferenceConfig/maxTokens: wanted 5, was 6")]
#[case::body_subset(json!({"body": {"": {"inferenceConfig": {"topP": 0.5}}}}), with(user("x"), "inferenceConfig", json!({"topP": 0.5, "maxTokens": 9})),
    None, "")]
#[case::body_absent(json!({"body": {"/requestMetadata/a": "b"}}), with(user("x"), "requestMetadata", json!({"a": "b"})), Some(user("x")),
    "body /requestMetadata/a: wanted \"b\", was absent")]
#[case::header(json!({"header": {"Content-Type": {"equals": "application/json"}}}), user("x"), None, "")]
#[case::header_other(json!({"header": {"x-test": "7"}}), user("x"), Some(user("x")), "header x-test: wanted a text with \"7\", was nothing")]
#[case::stream(json!({"stream": false}), user("x"), None, "")]
#[case::stream_other(json!({"stream": true}), user("x"), Some(user("x")), "stream: wanted true, was \"false\"")]
#[case::nothing(json!({}), user("x"), None, "")]
#[tokio::test]
async fn each_clause(
    #[case] clauses: Value,
    #[case] fits: Value,
    #[case] misses: Option<Value>,
    #[case] why: &str,
) {
    let server =
        strict(json!([{"name": "it", "match": clauses, "reply": {"text": "scripted"}}])).await;
    let account = Account::new(&server, ACCOUNT);
    if misses.as_ref() != Some(&fits) {
        assert_eq!(said(&converse(&account, CLAUDE, &fits).await), "scripted");
    }
    if let Some(body) = misses {
        let (status, kind, message) = converse(&account, CLAUDE, &body).await.refusal();
        assert_eq!((status, kind.as_str()), (400, "NoScenarioMatched"));
        assert_eq!(
            message,
            format!("No scenario matches this Converse request. Nearest: \"it\" ({why}).")
        );
    }
}

/// The model's id as it was sent and as it was resolved, whole and with stars, also through profiles.
#[tokio::test]
async fn models_fit_by_what_was_sent_and_by_what_it_leads_to() {
    let sonnet = "anthropic.claude-sonnet-4-20250514-v1:0";
    let profile = format!("us.{sonnet}");
    let server = strict(json!([])).await;
    let account = Account::new(&server, ACCOUNT);
    let arn = account
        .created(
            "mine",
            &format!("arn:aws:bedrock:us-west-2:{ACCOUNT}:inference-profile/{profile}"),
        )
        .await;
    for (pattern, id, fits) in [
        (sonnet, &profile, true),
        (profile.as_str(), &profile, true),
        ("us.*", &profile, true),
        ("*claude-sonnet-4*", &profile, true),
        (sonnet, &arn, true),
        (arn.as_str(), &arn, true),
        ("arn:*:application-inference-profile/*", &arn, true),
        (arn.as_str(), &profile, false),
        ("eu.*", &profile, false),
        ("anthropic.claude-sonnet-4", &profile, false),
    ] {
        crate::scenarios::script::put(
            &server,
            json!([{"name": "it", "match": {"model": pattern}, "reply": {"text": "scripted"}}]),
        );
        let answer = converse(&account, id, &user("x")).await;
        assert_eq!(answer.status == 200, fits, "{pattern} {id}: {answer:?}");
        if !fits {
            let (_, _, message) = answer.refusal();
            assert!(
                message.contains(&format!("model: wanted {pattern}, was \"{id}\"")),
                "{message}"
            );
        }
    }
}

/// Texts, system prompts, turns, tools and results mean the same in every provider's own form.
#[rstest]
#[case::anthropic(CLAUDE, json!({
    "anthropic_version": "bedrock-2023-05-31", "max_tokens": 50, "system": "Speak Norwegian",
    "tools": [{"name": "get_weather", "input_schema": {"type": "object"}}],
    "messages": [
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": "{\"rain\":true}"}]}, {"type": "text", "text": "and now?"}]},
    ],
}))]
#[case::nova(NOVA, json!({
    "system": [{"text": "Speak Norwegian"}],
    "toolConfig": {"tools": [tool("get_weather")]},
    "messages": [
        {"role": "user", "content": [{"text": "Weather?"}]},
        {"role": "assistant", "content": [{"toolUse": {"toolUseId": "a", "name": "get_weather", "input": {}}}]},
        {"role": "user", "content": [{"toolResult": {"toolUseId": "a", "content": [{"json": {"rain": true}}]}}, {"text": "and now?"}]},
    ],
}))]
#[case::openai("openai.gpt-oss-120b-1:0", json!({
    "tools": [{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}],
    "messages": [
        {"role": "system", "content": "Speak Norwegian"},
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": null, "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}},
            {"id": "c2", "type": "function", "function": {"name": "get_time", "arguments": "{}"}},
        ]},
        {"role": "tool", "tool_call_id": "c1", "content": "{\"rain\":true}"},
        {"role": "tool", "tool_call_id": "c2", "content": "noon"},
        {"role": "user", "content": "and now?"},
    ],
}))]
#[case::cohere("cohere.command-r-v1:0", json!({
    "preamble": "Speak Norwegian", "message": "and now?",
    "chat_history": [{"role": "USER", "message": "Weather?"}, {"role": "CHATBOT", "message": "let me see"}],
    "tools": [{"name": "get_weather", "description": "d", "parameter_definitions": {}}],
    "tool_results": [{"call": {"name": "get_weather", "parameters": {}}, "outputs": [{"rain": true}]}],
}))]
#[tokio::test]
async fn forms_of_providers(#[case] model: &str, #[case] body: Value) {
    let content = match model.starts_with("cohere") {
        true => json!({"content": "\"rain\":true"}),
        false => json!({"json": {"rain": true}}),
    };
    let mut result = content;
    result["tool"] = "get_weather".into();
    let clauses = json!({
        "operation": "InvokeModel", "lastUser": {"equals": "and now?"}, "system": "Norwegian", "turn": 2,
        "toolResult": result, "tools": "get_weather", "stream": false,
    });
    let server =
        strict(json!([{"name": "it", "match": clauses, "reply": {"text": "scripted"}}])).await;
    let account = Account::new(&server, ACCOUNT);
    let answer = account
        .post(&format!("/model/{}/invoke", label(model)), body)
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.text.contains("scripted"), "{answer:?}");
}
