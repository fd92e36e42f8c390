//! Every case on bedrock-mock, written and derived, in one run: each passes, and the exchanges of each
//! written one are as its snapshot keeps them.
//!
//! Whether an answer is right is the case's business, and its `basis` says what that rests on. A snapshot
//! is no authority: it shows what else changed, so that somebody looks. It is the same for every target
//! (`bedrock-conformance forms REPORT --against conformance/snapshots`).
//!
//! Bless what changed with `INSTA_UPDATE=always cargo test -p bedrock-conformance --test it cases_on_mock`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use bedrock_conformance::derive::derive;
use bedrock_conformance::normalize;
use bedrock_conformance::reference_data::ReferenceData;
use bedrock_conformance::server;
use insta::{Settings, assert_snapshot};
use rstest::rstest;
use serde_json::Value;

use crate::suite::{code, mock, text};

/// The verdicts and normalized exchanges of one run over all cases, which the tests share.
struct Run {
    output: Output,
    verdicts: BTreeMap<String, Vec<String>>,
    exchanges: BTreeMap<String, Value>,
}

/// Cases that bedrock-mock skips, because it runs with all its old models loaded: no model has ended.
const SKIPPED: &[&str] = &["errors/end-of-life"];

static RUN: OnceLock<Run> = OnceLock::new();

fn folder_of(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn run() -> Run {
    let folder = tempfile::tempdir().expect("a folder");
    let report = folder.path().join("report.jsonl");
    let output = Command::new(env!("CARGO_BIN_EXE_bedrock-conformance"))
        // One case at a time: lists show what other cases made.
        .args(["run", "--quiet", "--concurrency", "1", "--report"])
        .arg(&report)
        .env("BEDROCK_MOCK_BIN", mock())
        .output()
        .expect("the suite");
    let events = fs::read_to_string(&report)
        .unwrap_or_else(|_| panic!("the run wrote no report: {}", text(&output)));
    let events: Vec<Value> = events
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let mut verdicts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for event in &events {
        let member = |name: &str| event[name].as_str().unwrap_or_default();
        let verdict = match member("event") {
            "part" => member("verdict"),
            "skip" => "skip",
            _ => continue,
        };
        verdicts
            .entry(member("case").to_owned())
            .or_default()
            .push(verdict.to_owned());
    }
    let exchanges = normalize::of_report(&events);
    Run {
        output,
        verdicts,
        exchanges,
    }
}

/// Returns the id of the file of a case or of a snapshot below `folder`.
fn id_of(folder: &Path, file: &Path) -> String {
    let id = file
        .strip_prefix(folder)
        .expect("a file of the folder")
        .with_extension("");
    id.to_string_lossy().replace('\\', "/")
}

/// Returns the ids of all files with the extension `kind` in the folders of `folder`.
fn ids_in(folder: &Path, kind: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == kind) {
                ids.insert(id_of(folder, &path));
            }
        }
    }
    ids
}

#[rstest]
fn written(#[files("cases/*/**/*.json")] path: PathBuf) {
    let run = RUN.get_or_init(run);
    let id = id_of(&folder_of("cases"), &path);
    let verdicts = run
        .verdicts
        .get(&id)
        .unwrap_or_else(|| panic!("{id} was not run: {}", text(&run.output)));
    let skipped = verdicts.iter().any(|verdict| verdict == "skip");
    assert_eq!(
        skipped,
        SKIPPED.contains(&id.as_str()),
        "{id}: {verdicts:?}"
    );
    if skipped {
        return;
    }
    // What a case is informed of is "told" in events before 0.2.0.
    let good = |verdict: &String| ["pass", "informational", "told"].contains(&verdict.as_str());
    assert!(
        verdicts.iter().all(good),
        "{id}: {verdicts:?}; run `make conform ARGS={id}`"
    );
    let exchanges = run.exchanges.get(&id).expect("exchanges");
    let (folder, name) = id.rsplit_once('/').expect("a case is in a folder");
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(folder_of("snapshots").join(folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| assert_snapshot!(name, normalize::print(exchanges)));
}

#[test]
fn the_run_of_all_cases_ends_as_expected() {
    let run = RUN.get_or_init(run);
    assert_eq!(code(&run.output), 0, "{}", text(&run.output));
}

#[test]
fn the_run_has_every_written_and_every_derived_case() {
    let reference = ReferenceData::embedded().expect("the data reads");
    let target = server::find(&reference, "mock").expect("the target");
    let derived = derive(&reference, &target.operations).expect("it derives");
    let mut expected = ids_in(&folder_of("cases"), "json");
    expected.remove("case.schema");
    expected.extend(derived.cases.into_iter().map(|case| case.id));
    let run: BTreeSet<String> = RUN.get_or_init(run).verdicts.keys().cloned().collect();
    assert_eq!(run, expected);
}

#[test]
fn every_snapshot_has_its_case() {
    let cases = ids_in(&folder_of("cases"), "json");
    let snapshots = ids_in(&folder_of("snapshots"), "snap");
    let lost: Vec<&String> = snapshots.difference(&cases).collect();
    assert!(lost.is_empty(), "no case has these snapshots: {lost:?}");
}

#[test]
fn the_audit_finds_everything_of_the_service_models_named() {
    let output = crate::suite::suite(&["audit"]);
    assert_eq!(code(&output), 0, "{}", text(&output));
}
