//! What lint says of members that load and have no effect, or that no client can read.

use rstest::rstest;
use serde_json::{Value, json};

use crate::scenarios::lint::shown;

#[rstest]
#[case::text_of_an_exception(
    json!({"reply": {"text": "x", "fault": {"kind": "exception", "error": "ThrottlingException"}}}),
    "this is never sent: exception comes instead of it"
)]
#[case::text_of_a_hang(
    json!({"reply": {"text": "x"}, "fault": {"kind": "hang"}}),
    "this is never sent: hang comes instead of it"
)]
#[case::pace_of_no_stream(
    json!({"match": {"stream": false}, "reply": {"text": "x"}, "pacing": {"firstEventMs": 1}}),
    "only streams have a pace"
)]
#[case::input_as_text(
    json!({"reply": {"content": [{"toolUse": {"name": "t", "input": "{}"}}]}}),
    "the input of a tool is an object"
)]
#[case::twins(
    json!({"reply": {"content": [
        {"toolUse": {"name": "t", "toolUseId": "a", "input": {}}},
        {"toolUse": {"name": "t", "toolUseId": "a", "input": {}}},
    ]}}),
    "another toolUse of this reply has this id"
)]
#[case::latency(
    json!({"reply": {"text": "x", "performanceConfig": {"latency": "fast"}}}),
    "the service model has no \"fast\" here; there are standard, optimized"
)]
#[case::tier(
    json!({"reply": {"text": "x", "serviceTier": {"type": "best"}}}),
    "the service model has no \"best\" here; there are "
)]
#[case::template_in_fields(
    json!({"reply": {"text": "x", "additionalModelResponseFields": {"a": "{{turn}}"}}}),
    "additionalModelResponseFields quotes nothing"
)]
#[case::template_in_name(
    json!({"reply": {"content": [{"toolUse": {"name": "t{{turn}}", "input": {}}}]}}),
    "a tool's name quotes nothing"
)]
#[case::template_in_key(
    json!({"reply": {"content": [{"toolUse": {"name": "t", "input": {"{{turn}}": 1}}}]}}),
    "the name of a member quotes nothing"
)]
#[test]
fn what_has_no_effect_is_told(#[case] mut scenario: Value, #[case] told: &str) {
    scenario["name"] = "a".into();
    let text = json!({ "scenarios": [scenario] }).to_string();
    let found = shown(&[("a.json", &text)]);
    assert!(
        found.contains(": warning: ") && found.contains(told),
        "{found}"
    );
}
