//! Cases that follow from the model: what they ask and expect, and that they can fail.

use crate::suite::{code, converse, json_answer, serve, suite, text};
use std::collections::BTreeSet;

use bedrock_conformance::case::{Asked, ExpectedError};
use bedrock_conformance::derive::derive;
use bedrock_conformance::reference_data::ReferenceData;

#[test]
fn broken_values_expect_the_services_text() {
    let reference = ReferenceData::embedded().expect("the data reads");
    let derived = derive(&reference, &["Converse".to_owned()]).expect("it derives");
    let row = |id: &str, row: &str| {
        let case = derived
            .cases
            .iter()
            .find(|case| case.id == format!("derived/converse/{id}"))
            .unwrap_or_else(|| panic!("no {id}"));
        let instance = case
            .instances
            .iter()
            .find(|instance| instance.row.as_deref() == Some(row))
            .unwrap_or_else(|| panic!("no {row}"));
        &instance.steps[0]
    };
    let text = |step: &bedrock_conformance::case::Step| match &step.expect.error {
        Some(ExpectedError::Row { with, .. }) => with[0].1["$regex"]
            .as_str()
            .expect("a pattern")
            .replace('\\', ""),
        _ => panic!("no error is expected"),
    };
    // A recorded text of the service, with another number.
    let step = row("inference-config-temperature", "max-value-broken");
    assert_eq!(
        text(step),
        "1 validation error detected: Value '2.0' at 'inferenceConfig.temperature' failed to \
         satisfy constraint: Member must have value less than or equal to 1"
    );
    let Asked::Operation { input, .. } = &step.send.asked else {
        panic!("no operation");
    };
    assert_eq!(input["inferenceConfig"]["temperature"], 2.0);
    assert_eq!(input["messages"][0]["content"][0]["text"], "Hello");

    // Values within messages are never printed.
    let step = row(
        "messages-entry-content-entry-tool-use-name",
        "max-length-broken",
    );
    assert_eq!(
        text(step),
        "1 validation error detected: Value at 'messages.1.member.content.1.member.toolUse.name' \
         failed to satisfy constraint: Member must have length less than or equal to 64"
    );
    assert!(
        row("messages-entry-role", "enum-legal")
            .expect
            .error
            .is_none()
    );
}

#[test]
fn a_server_that_takes_everything_fails_each_broken_row_and_no_legal_one() {
    let url = serve(|_| json_answer(200, &converse()));
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("lax.json");
    let stated = serde_json::json!({
        "about": "takes everything", "kind": "url", "region": "us-west-2",
        "capabilities": ["converse"], "operations": ["Converse"], "roles": {"absent": "m"}
    });
    std::fs::write(&target, stated.to_string()).expect("a file");
    let report = folder.path().join("r.jsonl");
    let selected = [
        "derived/converse/inference-config",
        "derived/converse/request-metadata",
    ];
    let output = suite(&[
        "run",
        "--target",
        target.to_str().expect("a path"),
        "--url",
        &url,
        "--no-smoke",
        "--report",
        report.to_str().expect("a path"),
        selected[0],
        selected[1],
    ]);
    assert_eq!(code(&output), 1, "{}", text(&output));
    let report = std::fs::read_to_string(&report).expect("the report");
    let loaded = bedrock_conformance::report::parse("r", &report).expect("a report");
    let reference = ReferenceData::embedded().expect("the data reads");
    let derived = derive(&reference, &["Converse".to_owned()]).expect("it derives");
    let expected: BTreeSet<String> = derived
        .cases
        .iter()
        .filter(|case| selected.iter().any(|start| case.id.starts_with(start)))
        .flat_map(|case| {
            case.instances.iter().map(|instance| match &instance.row {
                Some(row) => format!("{}@{row}", case.id),
                None => case.id.clone(),
            })
        })
        .collect();
    let run: BTreeSet<String> = loaded.rows.iter().map(|row| row.full.clone()).collect();
    assert!(!run.is_empty());
    assert_eq!(run, expected);
    for row in &loaded.rows {
        let expected = if row.full.ends_with("-legal") {
            "pass"
        } else {
            "fail"
        };
        assert_eq!(row.verdict().word(), expected, "{}", row.full);
    }
}
