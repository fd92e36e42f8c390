//! Tables that explain members are written by hand; they name exactly what the readers know.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::examples::{SEND, case, cases, folder_of};
use super::pages::marked;
use super::programs::{run, text};

/// Words in code of the first cells: `a`, `b` → a, b.
fn documented(name: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for row in marked("members", name) {
        let first = row.split(" | ").next().unwrap_or_default();
        names.extend(first.split('`').skip(1).step_by(2).map(str::to_owned));
    }
    names
}

fn names(list: &str) -> BTreeSet<String> {
    list.split(", ")
        .map(|name| name.trim().to_owned())
        .collect()
}

/// What the suite answers to a member that nothing has: the list of those there are.
fn known(complaint: &str, before: &str) -> BTreeSet<String> {
    let line = complaint
        .lines()
        .find(|line| line.contains(before))
        .unwrap_or_else(|| panic!("{before:?} is not in {complaint}"));
    let (_, list) = line.split_once(before).expect("it is there");
    names(list)
}

fn complaint(case: &str) -> String {
    let folder = folder_of(case);
    text(&run(&["check", &cases(&folder)]))
}

fn schema() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/case.schema.json");
    serde_json::from_str(&fs::read_to_string(path).expect("the schema")).expect("JSON")
}

/// Names of all `properties` of a schema's alternatives that are objects.
fn properties(schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let alternatives = schema["anyOf"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    for one in alternatives.iter().chain([schema]) {
        let members = one["properties"].as_object();
        found.extend(
            members
                .into_iter()
                .flat_map(|members| members.keys().cloned()),
        );
    }
    found
}

#[test]
fn the_tables_of_case_members_are_those_of_the_schema() {
    let schema = schema();
    assert_eq!(documented("case"), properties(&schema));
    for name in ["step", "send", "expect"] {
        assert_eq!(
            documented(name),
            properties(&schema["$defs"][name]),
            "{name}"
        );
    }
}

#[test]
fn the_table_of_matchers_is_that_of_the_loader() {
    let wrong = complaint(&case(SEND, r#"{"status": 200, "body": {"$nope": 1}}"#));
    let documented: BTreeSet<String> = documented("matchers")
        .iter()
        .filter_map(|cell| cell.split('"').nth(1).map(str::to_owned))
        .collect();
    assert_eq!(documented, known(&wrong, "there are "));
}

#[test]
fn the_table_of_automatic_checks_is_that_of_the_loader() {
    let step = r#"{"status": 400}, "without": {"nope": "a reason"}"#;
    let wrong = complaint(&case(SEND, step));
    assert_eq!(documented("automatic"), known(&wrong, "there are "));
}

/// Members of target files, of every kind.
#[test]
fn the_table_of_target_members_is_that_of_the_reader() {
    let mut read = BTreeSet::new();
    for kind in ["spawn", "url"] {
        let target = json!({
            "about": "a test", "kind": kind, "region": "us-west-2", "command": ["x"], "binary": "x",
            "listening": "on", "version": [], "urls": {"default": "http://localhost"}, "nope": 1
        });
        let mut target = target;
        let members = target.as_object_mut().expect("members");
        let foreign: &[&str] = match kind {
            "spawn" => &["urls"],
            _ => &["command", "binary", "listening", "version"],
        };
        for name in foreign {
            members.remove(*name);
        }
        let folder = folder_of(&case(SEND, r#"{"status": 200}"#));
        let file = folder.path().join("target.json");
        fs::write(&file, target.to_string()).expect("a file");
        let output = run(&["plan", "--target", file.to_str().expect("a path")]);
        read.extend(known(&text(&output), "it takes "));
    }
    assert_eq!(documented("target"), read);
}

#[test]
fn the_table_of_deviation_members_is_that_of_the_reader() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("deviations.json");
    let entry = json!({"case": "a/b", "outcome": "fails", "reason": "a test", "nope": 1});
    fs::write(&file, json!({"deviations": [entry]}).to_string()).expect("a file");
    let file = file.to_str().expect("a path");
    let output = run(&["run", "--no-derived", "--deviations", file, "sts/"]);
    assert_eq!(documented("deviation"), known(&text(&output), "it takes "));
}
