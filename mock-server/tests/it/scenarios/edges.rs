//! What people paste, and what stands at the edge of what a scenario can say.

use bedrock_mock::MockServer;
use reqwest::Client;
use serde_json::{Value, json};

use crate::account::Account;
use crate::invoke::{invoke, invoke_stream};
use crate::scenarios::script::{ACCOUNT, CLAUDE, answered, converse, lax, said, strict, user};

async fn put(server: &MockServer, body: Vec<u8>) -> (u16, Value) {
    let url = format!("{}/_mock/scenarios", server.url());
    let answer = Client::new().put(url).body(body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn put_one(server: &MockServer, scenario: Value) -> (u16, Value) {
    put(
        server,
        json!({ "scenarios": [scenario] }).to_string().into_bytes(),
    )
    .await
}

/// The mock answers others while it reads and lints a large set, on its only worker here.
#[tokio::test]
async fn a_large_set_holds_nobody_up() {
    let server = MockServer::start().await.unwrap();
    let scenario = |n: usize| json!({"name": format!("s{n}"), "match": {"body": {"/a": 1}, "lastUser": format!("question number {n:05}")}, "reply": {"text": "x"}});
    let mut all: Vec<Value> = (0..3_000).map(scenario).collect();
    all.push(
        json!({"name": "wide", "match": {"lastUser": "number 00007"}, "reply": {"text": "x"}}),
    );
    all.push(
        json!({"name": "late", "match": {"lastUser": "a number 00007"}, "reply": {"text": "x"}}),
    );
    let body = json!({ "scenarios": all }).to_string().into_bytes();
    let health = format!("{}/_mock/health", server.url());
    let client = Client::new();
    let putting = put(&server, body);
    let asking = async {
        loop {
            client.get(&health).send().await.unwrap();
        }
    };
    let mut asking = Box::pin(asking);
    let mut putting = Box::pin(putting);
    let mut between = 0;
    let (status, told) = loop {
        tokio::select! {
            told = &mut putting => break told,
            () = &mut asking => {}
            () = tokio::time::sleep(std::time::Duration::from_millis(5)) => between += 1,
        }
    };
    assert!(between > 1);
    assert_eq!((status, &told["scenarios"]), (200, &json!(3_002)));
    let warnings: Vec<&str> = told["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| w["message"].as_str().unwrap())
        .collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].starts_with("\"late\" never answers: \"wide\""),
        "{warnings:?}"
    );
}

#[tokio::test]
async fn faults_of_a_reply_act_together_in_order() {
    let server = lax(json!([{"name": "late", "reply": [
        {"fault": [{"kind": "delay", "ms": 300}, {"kind": "exception", "error": "ThrottlingException"}]},
        {"fault": [{"kind": "exception", "error": "ThrottlingException"}, {"kind": "delay", "ms": 3_600_000}]},
    ]}]))
    .await;
    let account = Account::new(&server, ACCOUNT);
    let started = std::time::Instant::now();
    let first = converse(&account, CLAUDE, &user("x")).await;
    assert_eq!(first.status, 429);
    assert!(started.elapsed().as_millis() >= 300);
    assert_eq!(converse(&account, CLAUDE, &user("x")).await.status, 429);
}

#[tokio::test]
async fn one_reply_with_times_is_a_list_of_one() {
    let server = strict(json!([{"name": "twice", "reply": {"text": "Hi", "times": 2}}])).await;
    let account = Account::new(&server, ACCOUNT);
    for status in [200, 200, 400] {
        assert_eq!(converse(&account, CLAUDE, &user("x")).await.status, status);
    }
}

/// Braces of other programs are text; what was meant as a template and is none is refused; a backslash
/// makes a template text.
#[tokio::test]
async fn braces_that_are_no_templates() {
    let text = r"{{ user.name }} {{lastUser}} {{{{lastUser}}}} \{{lastUser}} \{{ x }} {{ lastUser }} {{#if a}}";
    let server = lax(json!([{"name": "a", "reply": {"text": text}}])).await;
    let account = Account::new(&server, ACCOUNT);
    assert_eq!(
        said(&converse(&account, CLAUDE, &user("Hi")).await),
        r"{{ user.name }} Hi {{Hi}} {{lastUser}} \{{ x }} Hi {{#if a}}"
    );
    for (wrong, name) in [
        ("a {{lastuser}}", "lastuser"),
        ("{{toolResults}}", "toolResults"),
        ("{{header:Authorization}}", "header:Authorization"),
        ("{{header:x-vault-token}}", "header:x-vault-token"),
        ("{{body:a}}", "body:a"),
        ("{{body}}", "body"),
    ] {
        let (status, told) = put_one(&server, json!({"name": "a", "reply": {"text": wrong}})).await;
        let message = told["message"].as_str().unwrap();
        assert_eq!(status, 400, "{wrong}");
        assert!(
            message.starts_with(&format!("{{{{{name}}}}} is no template")),
            "{message}"
        );
    }
}

/// A reply that quotes a long request two thousand times ends at 4 MiB.
#[tokio::test]
async fn quotes_are_bounded() {
    let quotes = "{{lastUser}}".repeat(2_000);
    let server = lax(json!([{"name": "a", "reply": {"text": quotes}}])).await;
    let account = Account::new(&server, ACCOUNT);
    let text = said(&converse(&account, CLAUDE, &user(&"x".repeat(10_000))).await);
    assert_eq!(text.len(), 4 * 1024 * 1024 / 10_000 * 10_000);
}

#[tokio::test]
async fn answers_of_sdks_paste_in() {
    let metadata = json!({"HTTPStatusCode": 200, "RetryAttempts": 0});
    let answer = json!({
        "output": {"message": {"role": "assistant", "content": [{"text": "Hi"}]}},
        "stopReason": "end_turn",
        "ResponseMetadata": metadata,
        "$metadata": metadata,
    });
    let server = lax(json!([{"name": "a", "reply": answer}])).await;
    let account = Account::new(&server, ACCOUNT);
    let told = converse(&account, CLAUDE, &user("Hi")).await.ok();
    assert_eq!(told["output"], answer["output"]);
    assert!(told.get("ResponseMetadata").is_none());
}

#[tokio::test]
async fn each_block_of_a_tools_answer_counts() {
    let result =
        json!([{"text": "found"}, {"json": {"city": "Bergen", "days": 3}}, {"json": {"a": [1]}}]);
    let server = strict(json!([{
        "name": "a",
        "match": {"toolResult": {"tool": "get_weather", "content": "found\n", "json": {"city": "Bergen"}}},
        "reply": {"text": "{{toolResult}}"},
    }]))
    .await;
    let account = Account::new(&server, ACCOUNT);
    assert_eq!(
        said(&converse(&account, CLAUDE, &answered(result)).await),
        "found\n{\"city\":\"Bergen\",\"days\":3}\n{\"a\":[1]}"
    );
}

#[tokio::test]
async fn blobs_are_base64() {
    let server = MockServer::start().await.unwrap();
    for (block, member) in [
        (
            r#" {"image": {"format": "png", "source": {"bytes": "not base64!"}}}"#,
            "\"bytes\"",
        ),
        (
            r#" {"reasoningContent": {"redactedContent": "@@@"}}"#,
            "\"redactedContent\"",
        ),
    ] {
        let body = format!(
            "{{\"scenarios\": [{{\"name\": \"a\", \"reply\": {{\"content\": [\n{block}]}}}}]}}"
        );
        let (status, told) = put(&server, body.into_bytes()).await;
        let message = told["message"].as_str().unwrap();
        assert!(status == 400 && message.contains("is no base64"), "{told}");
        let column = block.find(member).unwrap() + 1;
        assert_eq!(
            (&told["line"], &told["column"]),
            (&json!(2), &json!(column)),
            "{told}"
        );
    }
}

#[tokio::test]
async fn bodies_that_are_nearly_right() {
    let server = MockServer::start().await.unwrap();
    let good = r#"{"name": "a", "reply": {"text": "x"}}"#;
    let bom = format!("\u{feff}{{\"scenarios\": [{good}]}}");
    assert_eq!(put(&server, bom.into_bytes()).await.0, 200);
    for (body, line, column, message) in [
        (
            format!("[{good}]").into_bytes(),
            1,
            1,
            "this is a list of scenarios: a scenario file is {\"scenarios\": […]}, so wrap it in that",
        ),
        (
            good.as_bytes().to_vec(),
            1,
            1,
            "this is one scenario: a scenario file is {\"scenarios\": […]}, so wrap it in that",
        ),
        (
            b"{\n  \"\xff\": 1}".to_vec(),
            2,
            4,
            "the byte 0xff is no UTF-8: save the text as UTF-8",
        ),
        (
            br#"{"scenarios": [{"name": "a", "match": {"operation": "Convers"}, "reply": {"text": "x"}}]}"#.to_vec(),
            1,
            40,
            "no service model has an operation \"Convers\"; did you mean \"Converse\"?",
        ),
    ] {
        let (status, told) = put(&server, body).await;
        assert_eq!(
            (status, &told["line"], &told["column"], &told["message"]),
            (400, &json!(line), &json!(column), &json!(message))
        );
    }
    let tool = json!({"name": "a", "reply": {"content": [{"toolUs": {"name": "t"}}]}});
    let (_, told) = put_one(&server, tool).await;
    let message = told["message"].as_str().unwrap();
    assert!(
        message.contains("did you mean \"toolUse\"? It has: text, image"),
        "{message}"
    );
}

const LLAMA: &str = "meta.llama3-8b-instruct-v1:0";

/// What a family's form cannot say does not show in its stop reason.
#[tokio::test]
async fn a_tool_in_a_form_without_tools() {
    let server = lax(json!([{"name": "a", "reply": {"content": [
        {"text": "x"}, {"toolUse": {"name": "t", "input": {}}},
    ]}}]))
    .await;
    for (model, pointer) in [
        (LLAMA, "/stop_reason"),
        ("mistral.mistral-7b-instruct-v0:2", "/outputs/0/stop_reason"),
        ("us.deepseek.r1-v1:0", "/choices/0/stop_reason"),
    ] {
        let whole = invoke(&server, model, &json!({"prompt": "x"})).await;
        assert_eq!(whole.body.pointer(pointer), Some(&json!("stop")), "{model}");
    }
    let named = json!({"name": "a", "match": {"model": LLAMA}, "reply": {"content": [
        {"text": "x"}, {"toolUse": {"name": "t", "input": {}}},
    ]}});
    let (_, told) = put_one(&server, named).await;
    assert_eq!(
        told["warnings"][0]["message"],
        format!(
            "InvokeModel of {LLAMA} has no form for toolUse, so this block is left out there; Converse tells it"
        )
    );
}

#[tokio::test]
async fn a_guardrail_is_told_beside_the_providers_body() {
    let server =
        lax(json!([{"name": "a", "reply": {"text": "no", "stopReason": "guardrail_intervened"}}]))
            .await;
    let ask = json!({"prompt": "x"});
    let whole = invoke(&server, LLAMA, &ask).await;
    assert_eq!(whole.body["amazon-bedrock-guardrailAction"], "INTERVENED");
    let chunks = invoke_stream(&server, LLAMA, &ask).await;
    let (last, before) = chunks.split_last().unwrap();
    assert_eq!(last["amazon-bedrock-guardrailAction"], "INTERVENED");
    assert!(
        before
            .iter()
            .all(|c| c.get("amazon-bedrock-guardrailAction").is_none())
    );
}

#[tokio::test]
async fn claudes_stop_sequence_is_the_scripts() {
    for (fields, asked, told) in [
        (
            json!({"stop_sequence": "STOP"}),
            json!(["END"]),
            json!("STOP"),
        ),
        (json!({}), json!(["END"]), json!("END")),
        (json!({}), json!([]), Value::Null),
    ] {
        let server = lax(json!([{"name": "a", "reply": {
            "text": "x", "stopReason": "stop_sequence", "additionalModelResponseFields": fields,
        }}]))
        .await;
        let mut ask = json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 50, "messages": [{"role": "user", "content": "x"}]});
        ask["stop_sequences"] = asked;
        let whole = invoke(&server, CLAUDE, &ask).await;
        assert_eq!(whole.body["stop_sequence"], told);
        assert_eq!(whole.body["stop_reason"], "stop_sequence");
    }
}
