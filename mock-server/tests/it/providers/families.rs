//! Every family's bodies and chunks, over a socket: held against recorded and documented forms, and
//! against what Converse says to the same conversation.

use crate::invoke::form::{Pair, pairs, same_form};
use crate::invoke::rows::{FAMILIES, Family, Tools};
use crate::invoke::{Asked, Told, converse, converse_stream, invoke, invoke_stream, path};
use crate::wire::{exchange, post};
use bedrock_mock::MockServer;
use serde_json::{Value, json};

#[tokio::test]
async fn bodies_and_chunks_have_the_recorded_forms() {
    let server = MockServer::start().await.unwrap();
    let pairs = pairs();
    assert!(pairs.len() >= 29, "{}", pairs.len());
    for pair in pairs {
        if let Some(expected) = &pair.response {
            let answer = invoke(&server, &pair.model, &pair.request).await;
            if let Err(e) = same_form(expected, &answer.body, "#") {
                panic!("{}: {e}\n{}", pair.name, answer.body);
            }
        }
        if !pair.chunks.is_empty() {
            let chunks = invoke_stream(&server, &pair.model, &pair.request).await;
            follows(&pair, &chunks);
        }
    }
}

/// Each expected chunk stands there once, or any number of times, in order.
fn follows(pair: &Pair, chunks: &[Value]) {
    let mut rest = chunks;
    for (often, expected) in &pair.chunks {
        let fits = |chunk: &Value| same_form(expected, chunk, "#");
        if *often {
            let run = rest.iter().take_while(|c| fits(c).is_ok()).count();
            rest = &rest[run..];
            continue;
        }
        let (first, others) = rest
            .split_first()
            .unwrap_or_else(|| panic!("{}: no more chunks, expected {expected}", pair.name));
        if let Err(e) = fits(first) {
            panic!("{}: {e}\nexpected {expected}\nfound    {first}", pair.name);
        }
        rest = others;
    }
    assert!(rest.is_empty(), "{}: more chunks: {rest:?}", pair.name);
}

#[tokio::test]
async fn the_same_conversation_has_the_same_answer_everywhere() {
    let server = MockServer::start().await.unwrap();
    let beyond = "🎉🎊 日本語 👩\u{200d}👩\u{200d}👧 \u{10FFFF} ".repeat(4);
    for family in FAMILIES {
        for asked in [
            Asked::new("Say this is a test"),
            Asked::new(&beyond),
            Asked::new("Hi").max(1),
            Asked::new("Hi").max(7),
            // At once, and in the middle.
            Asked::new("Hi").stop("Hello"),
            Asked::new("Hi").stop("bedrock"),
        ] {
            if asked.stop.is_some() && family.words[2].is_empty() {
                continue;
            }
            let expected = converse(&server, family.model, &asked.converse()).await;
            if asked.is_plain() {
                assert!(expected.text.contains(asked.text.trim()), "{expected:?}");
            }
            compare(
                &server,
                family,
                &(family.body)(&asked),
                &asked.converse(),
                expected,
            )
            .await;
        }
    }
}

#[tokio::test]
async fn the_same_tool_is_called_everywhere() {
    let server = MockServer::start().await.unwrap();
    let asked = Asked::new("Add");
    let schema = json!({"type": "object", "properties": {"a": {"type": "integer"}, "who": {"type": "string"}}, "required": ["a", "who"]});
    let mut with_tools = 0;
    for family in FAMILIES {
        let body = (family.body)(&asked);
        let Some((tools, choice)) = family.tools.members(&schema) else {
            continue;
        };
        let body = with(body, &tools, &choice);
        let neutral = with(
            asked.converse(),
            &Tools::Converse.members(&schema).unwrap().0,
            &Value::Null,
        );
        let expected = converse(&server, family.model, &neutral).await;
        assert_eq!(expected.tool.as_ref().unwrap().0, "add", "{}", family.model);
        compare(&server, family, &body, &neutral, expected).await;
        with_tools += 1;
    }
    assert!(with_tools >= 10, "{with_tools}");
}

fn with(mut body: Value, tools: &Value, choice: &Value) -> Value {
    for more in [tools, choice] {
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
    }
    body
}

async fn compare(
    server: &MockServer,
    family: &Family,
    body: &Value,
    neutral: &Value,
    expected: Told,
) {
    let label = format!("{} {body}", family.model);
    let streamed = converse_stream(server, family.model, neutral).await;
    assert_eq!(streamed, expected, "{label}: ConverseStream");
    let answer = invoke(server, family.model, body).await;
    assert_eq!(family.read(&answer), expected.in_words(family), "{label}");
    if family.piece.is_some() {
        let chunks = invoke_stream(server, family.model, body).await;
        let told = family.read_chunks(&chunks);
        assert_eq!(told, expected.in_words(family), "{label}: stream");
    }
}

#[tokio::test]
async fn broken_bodies_are_refused_in_the_services_words() {
    let server = MockServer::start().await.unwrap();
    let malformed = |what: &str| {
        format!("Malformed input request: {what}, please reformat your input and try again.")
    };
    for (model, body, said) in [
        (
            "amazon.titan-text-express-v1",
            json!({"prompt": "x"}),
            "2 schema violations found",
        ),
        (
            "amazon.titan-text-express-v1",
            json!({}),
            "#: required key [inputText] not found",
        ),
        (
            "meta.llama3-8b-instruct-v1:0",
            json!({"prompt": "x", "max_gen_len": 8192}),
            "#/max_gen_len: 8192 is not less or equal to 2048",
        ),
        (
            "meta.llama3-8b-instruct-v1:0",
            json!({"inputText": "x"}),
            "2 schema violations found",
        ),
        (
            "cohere.command-text-v14",
            json!({"prompt": 5}),
            "#/prompt: expected type: String, found: Integer",
        ),
        (
            "cohere.command-r-v1:0",
            json!({"message": "x", "foo": 1}),
            "#: extraneous key [foo] is not permitted",
        ),
        (
            "mistral.mistral-7b-instruct-v0:2",
            json!({}),
            "#: required key [prompt] not found",
        ),
        (
            "mistral.mistral-large-2407-v1:0",
            json!({"messages": []}),
            "#/messages: expected minimum item count: 1, found: 0",
        ),
        (
            "openai.gpt-oss-20b-1:0",
            json!({"prompt": "x"}),
            "#: required key [messages] not found",
        ),
        (
            "ai21.j2-mid-v1",
            json!({"prompt": "x", "numResults": 100}),
            "#/numResults: 100 is not less or equal to 16",
        ),
        (
            "us.deepseek.r1-v1:0",
            json!({"prompt": "x", "max_tokens": 0}),
            "#/max_tokens: 0 is not greater or equal to 1",
        ),
    ] {
        let answer = exchange(
            &server,
            &post(&server, &path(model, "invoke"), &body.to_string()),
        )
        .await;
        assert_eq!(answer.status, 400, "{model} {body}");
        assert_eq!(
            answer.json()["message"],
            malformed(said).as_str(),
            "{model}"
        );
    }
    // Claude 3 and later know no completions.
    let body =
        json!({"prompt": "\n\nHuman: Hi\n\nAssistant:", "max_tokens_to_sample": 5}).to_string();
    let model = path("anthropic.claude-3-haiku-20240307-v1:0", "invoke");
    let answer = exchange(&server, &post(&server, &model, &body)).await;
    assert_eq!(
        answer.json()["message"],
        "\"claude-3-haiku-20240307\" is not supported on this API. Please use the Messages API instead."
    );
    // Jurassic does not stream.
    let model = path("ai21.j2-mid-v1", "invoke-with-response-stream");
    let answer = exchange(&server, &post(&server, &model, r#"{"prompt":"x"}"#)).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn no_body_breaks_a_family() {
    let server = MockServer::start().await.unwrap();
    let odd = [
        json!(null),
        json!(true),
        json!(-1),
        json!(u64::MAX),
        json!(1.5e300),
        json!(""),
        json!([]),
        json!({}),
        json!([null]),
        json!([{}]),
        json!([[["🎉"]]]),
        json!({"function": {"name": 5}, "type": []}),
        json!([{"role": "user", "content": [{"type": "text"}], "tool_calls": {}}]),
    ];
    for pair in pairs() {
        for name in pair.request.as_object().unwrap().keys() {
            for value in &odd {
                let mut body = pair.request.clone();
                body[name] = value.clone();
                for operation in ["invoke", "invoke-with-response-stream"] {
                    let bytes = post(&server, &path(&pair.model, operation), &body.to_string());
                    let answer = exchange(&server, &bytes).await;
                    assert!(
                        matches!(answer.status, 200 | 400),
                        "{} {body}: {}",
                        pair.name,
                        answer.head
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn declared_models_answer_in_every_region_and_account() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let provisioned = "arn:aws:bedrock:eu-west-3:999999999999:provisioned-model/abcdefghijk1";
    let imported = "arn:aws:bedrock:eu-west-3:999999999999:imported-model/abcdefghijk1";
    let layer = json!({"ownModels": [{"arn": provisioned, "base": "cohere.command-text-v14"}, {"arn": imported}]});
    std::fs::write(file.path(), layer.to_string()).unwrap();
    let server = MockServer::builder()
        .configure(|c| c.catalogue.push(file.path().to_owned()))
        .start()
        .await
        .unwrap();
    let answer = invoke(&server, provisioned, &json!({"prompt": "Hi"})).await;
    assert_eq!(answer.body["prompt"], "Hi");
    for body in [
        json!({"prompt": "Hi"}),
        json!({"messages": [{"role": "user", "content": "Hi"}]}),
    ] {
        assert_eq!(
            invoke(&server, imported, &body).await.body["model"],
            "/opt/ml/model"
        );
    }
    let unknown = path(
        "arn:aws:bedrock:eu-west-3:999999999999:imported-model/abcdefghijk2",
        "invoke",
    );
    let answer = exchange(&server, &post(&server, &unknown, r#"{"prompt":"Hi"}"#)).await;
    assert_eq!(
        answer.json()["message"],
        "The provided model identifier is invalid."
    );
}
