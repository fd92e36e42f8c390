//! JSON examples are read by the suite; complete cases pass on the mock.

use std::fs;

use super::pages::blocks;
use super::programs::{run, text};

/// A folder with one case, whose id is `docs/example`.
pub(super) fn folder_of(case: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("cases/docs")).expect("a folder");
    fs::write(folder.path().join("cases/docs/example.json"), case).expect("a file");
    folder
}

pub(super) fn cases(folder: &tempfile::TempDir) -> String {
    let cases = folder.path().join("cases");
    cases.to_str().expect("a path").to_owned()
}

/// The smallest case, with another send and expect.
pub(super) fn case(send: &str, expect: &str) -> String {
    format!(
        r#"{{"title": "A title", "why": "A reason.", "basis": {{"kind": "assumed"}},
            "billable": {{"max_in": 1, "max_out": 1}},
            "steps": [{{"send": {send}, "expect": {expect}}}]}}"#
    )
}

pub(super) const SEND: &str =
    r#"{"op": "Converse", "input": {"modelId": "${role.text-cheap}", "messages": []}}"#;

/// Complete cases pass on the mock; parts of cases are read without a warning.
#[test]
fn every_json_example_is_read_by_the_suite() {
    let blocks = blocks("json");
    for kind in ["case", "send", "expect", "target", "deviations"] {
        let any = blocks
            .iter()
            .any(|block| block.info.get(1).is_some_and(|of| of == kind));
        assert!(any, "no page has an example of a {kind}");
    }
    for block in blocks {
        let place = &block.place;
        match block.info.get(1).map(String::as_str) {
            Some("case") => {
                let folder = folder_of(&block.text);
                let output = run(&["run", "--cases", &cases(&folder), "--quiet"]);
                assert_eq!(output.status.code(), Some(0), "{place}:\n{}", text(&output));
            }
            Some("send") => reads(place, &case(&block.text, r#"{"status": 400}"#)),
            Some("expect") => reads(place, &case(SEND, &block.text)),
            Some("target") => {
                let folder = folder_of(&case(SEND, r#"{"status": 200}"#));
                let target = folder.path().join("target.json");
                fs::write(&target, &block.text).expect("a file");
                let target = target.to_str().expect("a path");
                let output = run(&["plan", "--target", target, "--cases", &cases(&folder)]);
                assert_eq!(output.status.code(), Some(0), "{place}:\n{}", text(&output));
            }
            Some("deviations") => {
                let folder = tempfile::tempdir().expect("a folder");
                let file = folder.path().join("deviations.json");
                fs::write(&file, &block.text).expect("a file");
                let file = file.to_str().expect("a path");
                let ids = "converse/plain-text";
                let output = run(&["run", "--no-derived", "--quiet", "--deviations", file, ids]);
                // Read, and none of its entries is about another case than there is.
                let text = text(&output);
                assert_eq!(output.status.code(), Some(0), "{place}:\n{text}");
            }
            other => panic!("{place}: the example does not say what it is of: {other:?}"),
        }
    }
}

/// The loader takes the case, and warns of nothing.
fn reads(place: &str, case: &str) {
    let folder = folder_of(case);
    let output = run(&["check", &cases(&folder)]);
    assert_eq!(output.status.code(), Some(0), "{place}:\n{}", text(&output));
    assert_eq!(
        text(&output).lines().count(),
        1,
        "{place}:\n{}",
        text(&output)
    );
}
