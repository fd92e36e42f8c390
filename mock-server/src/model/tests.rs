//! The oracle here is the published model itself: counts, patterns and paths are read from it.

use bytes::Bytes;
use serde_json::{Value, json};

use super::bind::{BindError, Mismatch, Parts, bind};
use super::overlay::{Fidelity, Overlay};
use super::validate::validate;
use super::{Kind, Model, Router};

fn models() -> Vec<Model> {
    use bedrock_fixtures::models::{BEDROCK, BEDROCK_RUNTIME};
    [(BEDROCK_RUNTIME, "bedrock-runtime"), (BEDROCK, "bedrock")]
        .map(|(text, service)| {
            let overlay = Overlay::read(
                bedrock_fixtures::overlays::MODEL,
                service,
                Fidelity::Service,
            )
            .unwrap();
            Model::load(text, overlay).unwrap()
        })
        .into()
}

/// The message for a body sent to an operation, `None` if it is valid.
fn message(operation: &str, labels: &[(&str, &str)], body: &Value) -> Option<String> {
    let models = models();
    let model = models
        .iter()
        .find(|m| m.operation(operation).is_some())
        .unwrap();
    let operation = model.operation(operation).unwrap();
    let body = Bytes::from(body.to_string());
    let parts = Parts {
        labels,
        query: "",
        headers: &http::HeaderMap::new(),
        body: &body,
    };
    validate(model, operation, &bind(model, operation, &parts).unwrap()).message()
}

#[test]
fn every_pattern_of_the_bedrock_models_can_be_expressed() {
    for model in models() {
        for (_, shape) in model.shapes() {
            if let Kind::String {
                pattern: Some(pattern),
                ..
            } = &shape.kind
            {
                assert!(
                    pattern.is_expressible(),
                    "{}: {}",
                    shape.name,
                    pattern.source()
                );
            }
        }
    }
}

#[test]
fn every_operation_is_found_by_its_own_path() {
    let models = models();
    let router = Router::new(&models);
    let mut found = 0;
    for (index, model) in models.iter().enumerate() {
        for operation in &model.operations {
            // Labels become values that no literal segment of the models equals.
            let path: String = operation
                .uri
                .split('/')
                .map(|s| if s.starts_with('{') { "label-value" } else { s })
                .collect::<Vec<_>>()
                .join("/");
            let routed = router
                .find(&models, &operation.method, &path, |_| true)
                .unwrap();
            assert_eq!(
                (&routed.operation.name, routed.model),
                (&operation.name, index),
                "{path}"
            );
            found += 1;
        }
    }
    assert_eq!(found, 11 + 108);
}

#[test]
fn messages_have_the_recorded_words() {
    let base = json!({"messages": [{"role": "user", "content": [{"text": "x"}]}]});
    let with = |path: &str, value: Value| {
        let mut body = base.clone();
        body[path] = value;
        message("Converse", &[("modelId", "m.x")], &body)
    };
    // BerriAI/litellm#19384, word for word.
    assert_eq!(
        with("toolConfig", json!({"tools": [{"toolSpec": {"name": "", "description": "", "inputSchema": {"json": {}}}}]})).unwrap(),
        "3 validation errors detected: \
         Value '' at 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+; \
         Value '' at 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy constraint: Member must have length greater than or equal to 1; \
         Value '' at 'toolConfig.tools.1.member.toolSpec.description' failed to satisfy constraint: Member must have length greater than or equal to 1"
    );
    // genkit-ai/aws-bedrock-js-plugin#43.
    assert_eq!(
        with("toolConfig", json!({"tools": []})).unwrap(),
        "1 validation error detected: Value at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or equal to 1"
    );
    // Public reports of Converse users.
    assert_eq!(
        with("inferenceConfig", json!({"temperature": 32424})).unwrap(),
        "1 validation error detected: Value '32424.0' at 'inferenceConfig.temperature' failed to satisfy constraint: Member must have value less than or equal to 1"
    );
    assert_eq!(
        with("inferenceConfig", json!({"maxTokens": 0})).unwrap(),
        "1 validation error detected: Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1"
    );
    // The value is left out below a content block, "Value at 'messages.3.member…".
    let bad_name = json!([
        {"role": "user", "content": [{"text": "x"}]},
        {"role": "assistant", "content": [{"text": "y"}, {"toolUse": {"toolUseId": "t", "name": "a b", "input": {}}}]}
    ]);
    assert_eq!(
        with("messages", bad_name).unwrap(),
        "1 validation error detected: Value at 'messages.2.member.content.2.member.toolUse.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+"
    );
    // "Value null at" for a missing required member (a report of a null tool name).
    assert_eq!(
        with(
            "toolConfig",
            json!({"tools": [{"toolSpec": {"inputSchema": {"json": {}}}}]})
        )
        .unwrap(),
        "1 validation error detected: Value null at 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy constraint: Member must not be null"
    );
    // Two constraints, the order of a public report: tools before system.
    let mut both = base.clone();
    both["system"] = json!([{"text": ""}]);
    both["toolConfig"] =
        json!({"tools": [{"toolSpec": {"name": "Count Tool", "inputSchema": {"json": {}}}}]});
    assert_eq!(
        message("Converse", &[("modelId", "m.x")], &both).unwrap(),
        "2 validation errors detected: Value 'Count Tool' at 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+; \
         Value at 'system.1.member.text' failed to satisfy constraint: Member must have length greater than or equal to 1"
    );
}

#[test]
fn numbers_print_as_java_prints_them() {
    let shown = |value: Value| {
        let body = json!({"messages": [], "inferenceConfig": {"temperature": value}});
        let text = message("Converse", &[("modelId", "m.x")], &body).unwrap();
        text.split('\'').nth(1).unwrap().to_owned()
    };
    assert_eq!(shown(json!(99)), "99.0");
    assert_eq!(shown(json!(1.1)), "1.1");
    assert_eq!(shown(json!(-0.5)), "-0.5");
    assert_eq!(shown(json!(10_000_000)), "1.0E7");
    assert_eq!(shown(json!(-0.0001)), "-1.0E-4");
}

#[test]
fn unknown_members_and_nulls_are_ignored() {
    let body = json!({"messages": [{"role": "user", "content": [{"text": "x"}], "cache": 1}], "system": null, "nonsense": []});
    assert_eq!(message("Converse", &[("modelId", "m.x")], &body), None);
}

/// What a body of Converse binds to.
fn bound(model: &Model, body: &str) -> Result<Value, BindError> {
    let body = Bytes::copy_from_slice(body.as_bytes());
    let parts = Parts {
        labels: &[],
        query: "",
        headers: &http::HeaderMap::new(),
        body: &body,
    };
    let operation = model.operation("Converse").unwrap();
    bind(model, operation, &parts).map(|input| Value::Object(input.members))
}

#[test]
fn members_bind_in_the_models_order_and_the_last_of_two_counts() {
    let models = models();
    let table = [
        (
            r#"{"system": [], "inferenceConfig": {"topP": 0.5, "maxTokens": 2.0}, "messages": []}"#,
            r#"{"messages":[],"inferenceConfig":{"maxTokens":2,"topP":0.5},"system":[]}"#,
        ),
        (
            r#"{"messages": [{"role": "a"}], "system": [], "messages": [{"role": "b"}]}"#,
            r#"{"messages":[{"role":"b"}],"system":[]}"#,
        ),
        (
            r#"{"system": [], "messages": [], "system": null}"#,
            r#"{"messages":[]}"#,
        ),
        // A null is an entry, and a member that is not there.
        (
            r#"{"messages": [null, {"role": null, "content": [{"text": "\u00e4\n"}]}]}"#,
            "{\"messages\":[null,{\"content\":[{\"text\":\"ä\\n\"}]}]}",
        ),
        // An author's own JSON keeps its order and its nulls.
        (
            r#"{"additionalModelRequestFields": {"z": null, "a": [1, {"c": 1, "b": 2}]}}"#,
            r#"{"additionalModelRequestFields":{"z":null,"a":[1,{"c":1,"b":2}]}}"#,
        ),
        (
            r#"{"requestMetadata": {"b": "1", "a": null, "c": "2"}}"#,
            r#"{"requestMetadata":{"b":"1","c":"2"}}"#,
        ),
    ];
    for (body, expected) in table {
        let value = bound(&models[0], body).unwrap();
        assert_eq!(value.to_string(), expected, "{body}");
    }
    // What no member takes is skipped, however deep it is.
    let deep = format!("{{\"x\": {}{}}}", "[".repeat(50_000), "]".repeat(50_000));
    assert_eq!(bound(&models[0], &deep).unwrap(), json!({}));
}

#[test]
fn values_of_another_type_stop_at_the_first() {
    let models = models();
    let error = |body: &str| bound(&models[0], body).unwrap_err();
    let wrong = |m| BindError::WrongType(m);
    assert_eq!(error(r#"{"messages": {}}"#), wrong(Mismatch::Structure));
    assert_eq!(
        error(r#"{"messages": "x"}"#),
        wrong(Mismatch::Token("STRING_VALUE"))
    );
    assert_eq!(
        error(r#"{"messages": [{"role": 7}]}"#),
        wrong(Mismatch::Scalar("NUMBER_VALUE", "a String"))
    );
    assert_eq!(
        error(r#"{"inferenceConfig": {"maxTokens": "7"}}"#),
        wrong(Mismatch::Scalar("STRING_VALUE", "an Integer"))
    );
    assert_eq!(
        error(r#"{"inferenceConfig": {"maxTokens": 1.5}}"#),
        wrong(Mismatch::Scalar("NUMBER_VALUE", "an Integer"))
    );
    assert_eq!(
        error(
            r#"{"messages": [{"role": "user", "content": [{"image": {"format": "png", "source": {"bytes": "%%"}}}]}]}"#
        ),
        wrong(Mismatch::Base64)
    );
    // The first is the first of the body, whatever the model's order.
    assert_eq!(
        error(r#"{"system": 1, "messages": {}}"#),
        wrong(Mismatch::Token("NUMBER_VALUE"))
    );
    assert_eq!(
        error(r#"{"messages": {}, "system": 1}"#),
        wrong(Mismatch::Structure)
    );
    assert_eq!(error("[]"), wrong(Mismatch::List));
    assert_eq!(error("null"), wrong(Mismatch::Token("VALUE_NULL")));
    // Of a body that is broken elsewhere, nothing else is told.
    for broken in ["{", "{} {}", "{\"messages\": {}, ", "{\"messages\": {}} x"] {
        assert!(
            matches!(error(broken), BindError::NotJson { .. }),
            "{broken}"
        );
    }
    // serde_json stops at 128 levels, so no body can exhaust the stack.
    assert!(matches!(
        error(&"[".repeat(100_000)),
        BindError::NotJson { .. }
    ));
}
