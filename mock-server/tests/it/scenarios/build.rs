//! Scenarios built in Rust, their handles, and what a test is told when they were not used.

use bedrock_mock::scenarios::build::{Scripted, Text};
use bedrock_mock::{MockServer, Scenario};
use serde_json::{Value, json};

use crate::account::Account;
use crate::scenarios::script::{ACCOUNT, CLAUDE, NOVA, answered, converse, said, tool, user};

#[tokio::test]
async fn a_tool_conversation_of_two_turns() {
    let server = MockServer::start().await.unwrap();
    let asks = server
        .scenario(
            Scenario::named("asks")
                .operation("Converse")
                .model("anthropic.*")
                .model(NOVA)
                .last_user(Text::regex("(?i)weather"))
                .has_tool_result(false)
                .tools(["get_weather"])
                .tool_use("get_weather", json!({"city": "Bergen"}))
                .expect(1),
        )
        .unwrap();
    let tells = server
        .scenario(
            Scenario::named("tells")
                .tool_result_json("get_weather", json!({"rain": true}))
                .turn(2)
                .text("Rain, {{account}}.")
                .expect_at_least(1),
        )
        .unwrap();
    let account = Account::new(&server, ACCOUNT);
    let mut first = user("How is the weather?");
    first["toolConfig"] = json!({"tools": [tool("get_weather")]});
    let asked = converse(&account, CLAUDE, &first).await.ok();
    assert_eq!(asked["stopReason"], "tool_use");
    assert_eq!(asks.hits(), 1);
    assert!(server.verify().is_err());
    let told = converse(
        &account,
        CLAUDE,
        &answered(json!([{"json": {"rain": true}}])),
    )
    .await;
    assert_eq!(said(&told), "Rain, 123456789012.");
    assert_eq!(
        (
            tells.hits(),
            tells.hits_of(ACCOUNT),
            tells.hits_of("000000000001")
        ),
        (1, 1, 0)
    );
    assert_eq!(server.verify(), Ok(()));
}

#[tokio::test]
async fn every_form_of_reply_in_order() {
    let server = MockServer::start().await.unwrap();
    server
        .scenario(
            Scenario::named("all")
                .family("claude")
                .system("brief")
                .header("content-type", Text::equals("application/json"))
                .body("/inferenceConfig/maxTokens", json!(9))
                .stream(false)
                .account(ACCOUNT)
                .text("one")
                .content(json!(["two"]))
                .output(json!({"output": {"message": {"role": "assistant", "content": [{"text": "three"}]}}, "stopReason": "max_tokens"}))
                .output(json!({"message": {"content": [{"text": "four"}]}}))
                .reply(Scripted::text("five").times(2).usage(json!({"inputTokens": 1})).stop_reason("stop_sequence"))
                .raw(json!({"body": {"output": {"message": {"content": [{"text": "six"}]}}}}))
                .times(8),
        )
        .unwrap();
    let account = Account::new(&server, ACCOUNT);
    let mut body = user("x");
    body["system"] = json!([{"text": "be brief"}]);
    body["inferenceConfig"] = json!({"maxTokens": 9});
    for word in ["one", "two", "three", "four", "five", "five", "six", "one"] {
        assert_eq!(said(&converse(&account, CLAUDE, &body).await), word);
    }
    let by_itself = said(&converse(&account, CLAUDE, &body).await);
    assert!(by_itself.starts_with("Hello!"), "{by_itself}");
}

#[test]
fn faults_and_paces_of_a_reply_come_before_the_scenarios() {
    let written = Scenario::named("it")
        .fault(json!({"kind": "no-padding"}))
        .pacing(json!({"firstEventMs": 5}))
        .reply(Scripted::default_answer().fault(json!([{"kind": "delay", "ms": 1}])))
        .reply(Scripted::text("x").pacing(json!({"jitter": 0.5})))
        .written();
    let app = crate::scenarios::documents::app();
    let text = json!({ "scenarios": [written] }).to_string();
    let read = bedrock_mock::scenarios::document::read("file", &text, &app.models).unwrap();
    let steps: Vec<Value> = read[0]
        .steps
        .iter()
        .map(|s| json!([s.delivery.faults, s.delivery.pacing]))
        .collect();
    assert_eq!(
        steps,
        [
            json!([[{"kind": "delay", "ms": 1}], {"firstEventMs": 5}]),
            json!([[{"kind": "no-padding"}], {"jitter": 0.5}]),
        ]
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_in_the_readers_words() {
    let server = MockServer::start().await.unwrap();
    let wrong = server.scenario(
        Scenario::named("it")
            .operation("Convers")
            .last_user(Text::regex("("))
            .times(0),
    );
    let why = wrong.unwrap_err().to_string();
    for part in [
        "no service model has an operation \"Convers\"",
        "\"(\" is no regular expression",
        "times must be a whole number from 1",
        "a scenario does something",
    ] {
        assert!(why.contains(part), "{why}");
    }
    let wrong = server.scenario(Scenario::named("it").account("7").text("x"));
    assert_eq!(
        wrong.unwrap_err().to_string(),
        "account: an account has 12 digits, this is \"7\""
    );
    let wrong = server.scenarios_json("{\"scenarios\": 1}");
    assert_eq!(
        wrong.unwrap_err().to_string(),
        "scenarios:1:2: scenarios must be a list, this is a number"
    );
}

#[tokio::test]
async fn broken_expectations_are_told_with_counts_and_missed_requests() {
    let server = MockServer::start().await.unwrap();
    server
        .scenario(
            Scenario::named("used")
                .last_user("Hello")
                .text("x")
                .expect(1),
        )
        .unwrap();
    server
        .scenario(
            Scenario::named("unused")
                .account(ACCOUNT)
                .last_user("Bye")
                .text("x")
                .expect_at_least(2),
        )
        .unwrap();
    let account = Account::new(&server, ACCOUNT);
    converse(&account, CLAUDE, &user("Hello")).await;
    converse(&account, CLAUDE, &user("Ciao")).await;
    let why = server.verify().unwrap_err();
    let (scenarios, requests) = why.split_once("\nrequests received:\n").unwrap();
    assert_eq!(requests.matches("Ciao").count(), 1, "{requests}");
    insta::assert_snapshot!(scenarios, @r#"
    scenarios were not used as expected:
      "unused" was expected to answer at least 2 times, and did 0
    scenarios and their answers:
      "unused" of account 123456789012: 0
      "used": 1
    requests that no scenario answered:
      Converse to anthropic.claude-3-haiku-20240307-v1:0 by 123456789012: nearest: "unused" (lastUser: wanted a text with "Bye", was "Ciao"); "used" (lastUser: wanted a text with "Hello", was "Ciao")
    "#);
    let panic =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(server))).unwrap_err();
    let text = panic.downcast_ref::<String>().unwrap();
    assert!(
        text.starts_with("scenarios were not used as expected:"),
        "{text}"
    );
}
