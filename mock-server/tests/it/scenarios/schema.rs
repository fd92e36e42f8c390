//! The JSON Schema of scenario files, the loader, and that no file however wrong brings either down.
use crate::scenarios::documents::{app, document, examples, mutated, schema};
use bedrock_mock::MockServer;
use bedrock_mock::model::Model;
use bedrock_mock::scenarios::{Located, document};
use fastrand::Rng;
use serde_json::{Value, json};

fn load(text: &str, models: &[Model]) -> Result<usize, Vec<Located>> {
    document::read("file", text, models).map(|all| all.len())
}

#[test]
fn the_schema_is_a_schema() {
    let schema: Value = serde_json::from_str(bedrock_mock::scenarios::SCHEMA).unwrap();
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
}

#[test]
fn examples_are_valid_by_both() {
    let (app, schema) = (app(), schema());
    for example in examples() {
        let document = document(vec![example.clone()]);
        let errors: Vec<String> = schema
            .iter_errors(&document)
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{example}: {errors:?}");
        assert_eq!(load(&document.to_string(), &app.models), Ok(1), "{example}");
    }
}

/// What the service model has and the schema does not would be refused by editors alone.
#[test]
fn the_schema_lists_what_the_service_model_has() {
    let app = app();
    let schema: Value = serde_json::from_str(bedrock_mock::scenarios::SCHEMA).unwrap();
    let runtime = &app.models[0];
    for (union, place) in [
        ("ContentBlock", "/$defs/block/properties"),
        ("ToolUseBlock", "/$defs/block/properties/toolUse/properties"),
        (
            "ReasoningContentBlock",
            "/$defs/block/properties/reasoningContent/properties",
        ),
        (
            "CitationsContentBlock",
            "/$defs/block/properties/citationsContent/properties",
        ),
        ("ConverseResponse", "/$defs/reply/properties"),
        ("TokenUsage", "/$defs/reply/properties/usage/properties"),
        (
            "Message",
            "/$defs/reply/properties/output/properties/message/properties",
        ),
    ] {
        let listed = schema.pointer(place).unwrap();
        for member in runtime.members(runtime.shape_id(union).unwrap()) {
            assert!(
                listed.get(&*member.name).is_some(),
                "{place} has no {}",
                member.name
            );
        }
    }
}

#[test]
fn the_schema_lists_every_kind_of_fault() {
    let schema: Value = serde_json::from_str(bedrock_mock::scenarios::SCHEMA).unwrap();
    let kinds: Vec<&str> = bedrock_mock::faults::KINDS.iter().map(|k| k.name).collect();
    assert_eq!(
        schema["$defs"]["fault"]["properties"]["kind"]["enum"],
        json!(kinds)
    );
}

/// The schema never refuses what the loader takes; so what the schema refuses, the loader refuses.
#[test]
fn what_loads_is_valid_by_the_schema() {
    let (app, schema) = (app(), schema());
    let (mut loaded, mut refused) = (0, 0);
    for seed in 0..6_000 {
        let document = mutated(&mut Rng::with_seed(seed));
        match load(&document.to_string(), &app.models) {
            Err(_) => refused += 1,
            Ok(_) => {
                loaded += 1;
                let errors: Vec<String> = schema
                    .iter_errors(&document)
                    .map(|e| format!("{} {e}", e.instance_path))
                    .collect();
                assert!(errors.is_empty(), "seed {seed}: {document}: {errors:?}");
            }
        }
    }
    assert!(loaded > 1_000 && refused > 1_000, "{loaded} {refused}");
}

/// And most of what is wrong with a file, an editor with the schema sees too.
#[test]
fn the_schema_refuses_what_it_can() {
    let (app, schema) = (app(), schema());
    for wrong in [
        json!({"scenario": []}),
        document(vec![json!({"reply": {"text": "x"}})]),
        document(vec![json!({"name": "n"})]),
        document(vec![json!({"name": "n", "reply": []})]),
        document(vec![
            json!({"name": "n", "reply": {"text": "a", "content": []}}),
        ]),
        document(vec![
            json!({"name": "n", "reply": {"text": "a", "raw": {}}}),
        ]),
        document(vec![
            json!({"name": "n", "reply": {"stopReason": "end_turn", "raw": {}}}),
        ]),
        document(vec![json!({"name": "n", "reply": {"txt": "a"}})]),
        document(vec![
            json!({"name": "n", "times": 0, "reply": {"text": "a"}}),
        ]),
        document(vec![
            json!({"name": "n", "match": {"turn": "1"}, "reply": {"text": "a"}}),
        ]),
        document(vec![
            json!({"name": "n", "match": {"lastUser": {"equals": "a", "regex": "b"}}, "reply": {"text": "a"}}),
        ]),
        document(vec![
            json!({"name": "n", "reply": {"metrics": {"latencyMs": -1}, "text": "a"}}),
        ]),
        document(vec![
            json!({"name": "n", "reply": {"content": [{"toolUse": {"input": {}}}]}}),
        ]),
        document(vec![json!({"name": "n", "fault": []})]),
        document(vec![json!({"name": "n", "fault": {}})]),
        document(vec![json!({"name": "n", "pacing": {"jitter": 2}})]),
        document(vec![
            json!({"name": "n", "reply": null, "fault": {"kind": "x"}}),
        ]),
    ] {
        assert!(!schema.is_valid(&wrong), "{wrong}");
        assert!(load(&wrong.to_string(), &app.models).is_err(), "{wrong}");
    }
}

fn within(text: &str, problem: &Located) {
    let line = text.split('\n').nth(problem.line - 1);
    let line = line.unwrap_or_else(|| panic!("no such line: {problem}\n{text}"));
    let most = line.chars().count() + 1;
    assert!(
        (1..=most).contains(&problem.column),
        "no such column: {problem}\n{text}"
    );
    assert!(!problem.message.is_empty());
}

#[test]
fn every_refusal_stands_inside_the_text() {
    let app = app();
    for seed in 0..3_000 {
        let rng = &mut Rng::with_seed(seed);
        let mut text = serde_json::to_string_pretty(&mutated(rng)).unwrap();
        if rng.bool() {
            // Half of them are no JSON any more.
            let mut chars: Vec<char> = text.chars().collect();
            for _ in 0..rng.usize(1..5) {
                let at = rng.usize(..chars.len());
                match rng.u8(..4) {
                    0 => chars.truncate(at.max(1)),
                    1 => chars.insert(at, rng.char(..)),
                    2 => chars[at] = ['{', '}', '"', ',', '\n', '\\'][rng.usize(..6)],
                    _ => {
                        chars.remove(at);
                        chars.push(' ');
                    }
                }
            }
            text = chars.into_iter().collect();
        }
        for problem in load(&text, &app.models).err().unwrap_or_default() {
            within(&text, &problem);
        }
    }
    for text in [
        "",
        " ",
        "\n",
        "{",
        "[",
        "nul",
        "\u{feff}{}",
        "{\"é\": \n\n",
        "\"\\ud800\"",
        "1e999",
    ] {
        for problem in load(text, &app.models).unwrap_err() {
            within(text, &problem);
        }
    }
    let deep = "[".repeat(100_000);
    assert!(load(&deep, &app.models).is_err());
}

/// Anything at all is put, and the mock goes on: whatever was taken is played, and no answer is a
/// failure of the mock.
#[tokio::test]
async fn no_scenario_brings_the_server_down() {
    let server = MockServer::start().await.unwrap();
    let client = reqwest::Client::new();
    let put = format!("{}/_mock/scenarios", server.url());
    let mut taken = 0;
    for seed in 0..250u64 {
        let rng = &mut Rng::with_seed(seed);
        let body: Vec<u8> = match seed % 5 {
            0 => (0..rng.usize(..200)).map(|_| rng.u8(..)).collect(),
            _ => mutated(rng).to_string().into_bytes(),
        };
        // A pace may ask for an hour, which it would get.
        if String::from_utf8_lossy(&body).contains("\"pacing\"") {
            continue;
        }
        let answer = client.put(&put).body(body.clone()).send().await.unwrap();
        let status = answer.status().as_u16();
        let said: Value = answer.json().await.unwrap();
        if status == 400 {
            assert!(
                said["line"].as_u64() >= Some(1) && said["column"].as_u64() >= Some(1),
                "{said}"
            );
            continue;
        }
        assert_eq!(status, 200, "{said}");
        taken += 1;
        for operation in [
            "converse",
            "converse-stream",
            "invoke",
            "invoke-with-response-stream",
        ] {
            let path = format!("{}/model/amazon.nova-lite-v1:0/{operation}", server.url());
            let ask =
                json!({"messages": [{"role": "user", "content": [{"text": "aab {{model}}"}]}]});
            let answer = client
                .post(path)
                .bearer_auth(server.api_key())
                .json(&ask)
                .send()
                .await;
            let answer =
                answer.unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&body)));
            let status = answer.status().as_u16();
            let raw = String::from_utf8_lossy(&body).contains("\"raw\"");
            assert!(
                status < 500 || raw,
                "{status} {}",
                String::from_utf8_lossy(&body)
            );
            // A body that ends early would fail here.
            answer.bytes().await.unwrap();
        }
    }
    assert!(taken > 30, "{taken}");
}
