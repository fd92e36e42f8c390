//! Prompts of Prompt management in the place of a model.

use std::io::Write as _;

use crate::account::{Account, Answer, label};
use bedrock_mock::MockServer;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

const ACCOUNT: &str = "123456789012";
const NOVA: &str = "us.amazon.nova-lite-v1:0";

fn arn(name: &str) -> String {
    format!("arn:aws:bedrock:us-east-1:{ACCOUNT}:prompt/{name}")
}

fn layer() -> Value {
    json!({"prompts": [
        {
            "arn": arn("PLAYLIST01:1"),
            "model": NOVA,
            "messages": [{"role": "user", "content": [{"text": "A {{genre}} list of {{number}} songs {{not a name}} {{{genre}}}"}]}],
            "system": [{"text": "Speak {{language}}"}],
            "inferenceConfig": {"maxTokens": 9},
        },
        {
            "arn": arn("TALK000001"),
            "model": NOVA,
            "messages": [
                {"role": "user", "content": [{"text": "Hello"}]},
                {"role": "assistant", "content": [{"text": "Ask {{what}}"}]},
            ],
            "toolConfig": {"tools": [{"toolSpec": {"name": "look", "inputSchema": {"json": {"type": "object"}}}}], "toolChoice": {"any": {}}},
        },
    ]})
}

fn file(layer: &Value) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    write!(file, "{layer:#}").unwrap();
    file
}

async fn start(layer: &Value) -> Result<MockServer, String> {
    let file = file(layer);
    let server = MockServer::builder().configure(|c| c.catalogue.push(file.path().to_owned()));
    server.start().await.map_err(|e| e.to_string())
}

async fn converse(account: &Account, id: &str, body: Value) -> Answer {
    account
        .post(&format!("/model/{}/converse", label(id)), body)
        .await
}

fn text(answer: &Answer) -> String {
    answer.ok()["output"]["message"]["content"][0]["text"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn variables(pairs: &[(&str, &str)]) -> Value {
    pairs
        .iter()
        .map(|(name, text)| ((*name).to_owned(), json!({"text": text})))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[tokio::test]
async fn variables_are_filled_in() {
    let mut layer = layer();
    layer["prompts"][0]
        .as_object_mut()
        .unwrap()
        .remove("inferenceConfig");
    let server = start(&layer).await.unwrap();
    let account = Account::new(&server, ACCOUNT).in_region("us-east-1");
    let values = variables(&[
        ("genre", "{{number}} pop"),
        ("number", "3"),
        ("language", "plain"),
    ]);
    let answer = converse(
        &account,
        &arn("PLAYLIST01:1"),
        json!({ "promptVariables": values }),
    )
    .await;
    // What a variable says is not filled in again.
    let expected = "A {{number}} pop list of 3 songs {{not a name}} {{{number}} pop}";
    assert!(
        text(&answer).ends_with(&format!("\"{expected}\"")),
        "{}",
        text(&answer)
    );
    // It costs what the same request costs without a prompt.
    let plain = json!({
        "messages": [{"role": "user", "content": [{"text": expected}]}],
        "system": [{"text": "Speak plain"}],
    });
    let plain = converse(&account, NOVA, plain).await.ok();
    assert_eq!(answer.ok()["usage"], plain["usage"]);
}

#[tokio::test]
async fn the_prompts_settings_count_and_messages_are_appended() {
    let server = start(&layer()).await.unwrap();
    let account = Account::new(&server, ACCOUNT).in_region("us-east-1");
    let values = variables(&[("genre", "pop"), ("number", "3"), ("language", "plain")]);
    let answer = converse(
        &account,
        &arn("PLAYLIST01:1"),
        json!({ "promptVariables": values }),
    )
    .await
    .ok();
    assert_eq!(
        (&answer["stopReason"], &answer["usage"]["outputTokens"]),
        (&json!("max_tokens"), &json!(9))
    );

    let more = json!({"promptVariables": {"what": {"text": "me"}}, "messages": [{"role": "user", "content": [{"text": "Look"}]}]});
    let answer = converse(&account, &arn("TALK000001"), more.clone())
        .await
        .ok();
    assert_eq!(answer["stopReason"], "tool_use");
    let stream = account
        .post(
            &format!("/model/{}/converse-stream", label(&arn("TALK000001"))),
            more,
        )
        .await;
    assert!(stream.text.contains("tool_use"), "{}", stream.text);
    // All rules hold for what comes out: here two user messages would follow each other.
    let values = variables(&[("genre", "pop"), ("number", "3"), ("language", "plain")]);
    let twice = json!({"promptVariables": values, "messages": [{"role": "user", "content": [{"text": "Look"}]}]});
    let refused = converse(&account, &arn("PLAYLIST01:1"), twice)
        .await
        .refusal();
    assert!(refused.2.contains("alternate"), "{refused:?}");
}

#[tokio::test]
async fn what_may_not_come_with_a_prompt_is_refused() {
    let server = start(&layer()).await.unwrap();
    let account = Account::new(&server, ACCOUNT).in_region("us-east-1");
    let refused = async |id: &str, body: Value| {
        let (status, error, message) = converse(&account, id, body).await.refusal();
        assert_eq!(
            (status, error.as_str()),
            (400, "ValidationException"),
            "{message}"
        );
        message
    };
    let prompt = arn("TALK000001");
    for (field, value) in [
        ("inferenceConfig", json!({})),
        ("system", json!([])),
        (
            "toolConfig",
            json!({"tools": [{"toolSpec": {"name": "t", "inputSchema": {"json": {"type": "object"}}}}]}),
        ),
        ("additionalModelRequestFields", json!({"top_k": 1})),
    ] {
        let body = json!({"promptVariables": {"what": {"text": "me"}}, field: value});
        assert!(
            refused(&prompt, body)
                .await
                .contains(&format!("the {field} field"))
        );
    }
    assert!(
        refused(&prompt, json!({}))
            .await
            .contains("what is missing")
    );
    let extra = variables(&[("what", "me"), ("other", "x")]);
    assert!(
        refused(&prompt, json!({ "promptVariables": extra }))
            .await
            .contains("variable other")
    );
    let hello = json!([{"role": "user", "content": [{"text": "Hello"}]}]);
    let message = refused(
        NOVA,
        json!({"messages": hello, "promptVariables": {"a": {"text": "b"}}}),
    )
    .await;
    assert!(message.contains("promptVariables"), "{message}");

    let invalid = "The provided model identifier is invalid.";
    assert_eq!(refused(&arn("TALK000001:7"), json!({})).await, invalid);
    let path = format!("/model/{}/invoke", label(&prompt));
    assert_eq!(
        account
            .post(&path, json!({ "messages": hello }))
            .await
            .refusal()
            .2,
        invalid
    );
    let other = Account::new(&server, "111122223333").in_region("us-east-1");
    assert_eq!(
        converse(&other, &prompt, json!({})).await.refusal().2,
        invalid
    );
    let elsewhere = account.in_region("us-west-2");
    assert_eq!(
        converse(&elsewhere, &prompt, json!({})).await.refusal().2,
        invalid
    );
}

#[tokio::test]
async fn wrong_declarations_say_where_and_why() {
    let good = json!({"arn": arn("TALK000001"), "model": NOVA, "messages": []});
    let with = |name: &str, value: Value| {
        let mut prompt = good.clone();
        prompt[name] = value;
        json!({ "prompts": [prompt] })
    };
    assert!(start(&with("note", json!("fine"))).await.is_ok());
    for (layer, expected) in [
        (
            with(
                "arn",
                json!("arn:aws:bedrock:us-east-1:123456789012:prompt/SHORT"),
            ),
            "ten letters or digits",
        ),
        (
            with("model", json!(arn("TALK000001"))),
            "model must be the id",
        ),
        (
            with("messages", json!([{"role": "user", "text": "x"}])),
            "$.messages[0].text: Message has no such member",
        ),
        (
            with("inferenceConfig", json!({"maxTokens": "9"})),
            "$.inferenceConfig.maxTokens",
        ),
        (with("inference", json!({})), "unknown field `inference`"),
    ] {
        let error = start(&layer).await.err().unwrap();
        assert!(error.contains(expected), "{error}");
        let place = error.split_whitespace().next().unwrap();
        assert!(
            place
                .split(':')
                .filter(|p| p.parse::<u32>().is_ok())
                .count()
                == 2,
            "{error}"
        );
    }
}
