//! Every written case in `cargo test`, on bedrock-mock: it passes, and its exchanges have the form that
//! its snapshot keeps.
//!
//! Whether an answer is right is the case's business, and what it rests on is its `basis`. A snapshot is
//! no authority: it shows what else changed, so that somebody looks. It is the same for every target
//! (`bedrock-conformance forms REPORT --against conformance/snapshots`).

mod suite;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use bedrock_conformance::normalize;
use insta::{Settings, assert_snapshot};
use rstest::rstest;
use serde_json::Value;
use suite::mock;

/// Verdicts and forms of one run over all cases, which the tests share.
struct Run {
    rows: BTreeMap<String, Vec<String>>,
    forms: BTreeMap<String, Value>,
}

/// Cases that bedrock-mock cannot be asked with all its layers of old models loaded: none of them has ended.
const SKIPPED: &[&str] = &["errors/end-of-life"];

static RUN: OnceLock<Run> = OnceLock::new();

fn run() -> Run {
    let folder = tempfile::tempdir().expect("a folder");
    let report = folder.path().join("report.jsonl");
    let output = Command::new(env!("CARGO_BIN_EXE_bedrock-conformance"))
        // One at a time: lists show what other cases made.
        .args([
            "run",
            "--no-derived",
            "--quiet",
            "--concurrency",
            "1",
            "--report",
        ])
        .arg(&report)
        .env("BEDROCK_MOCK_BIN", mock())
        .output()
        .expect("the suite");
    let text = std::fs::read_to_string(&report)
        .unwrap_or_else(|_| panic!("no report: {}", String::from_utf8_lossy(&output.stderr)));
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in &lines {
        let named = |name: &str| line[name].as_str().unwrap_or_default();
        let verdict = match named("event") {
            "part" => named("verdict"),
            "skip" => "skip",
            _ => continue,
        };
        rows.entry(named("case").to_owned())
            .or_default()
            .push(verdict.to_owned());
    }
    let forms = normalize::of_report(&lines);
    Run { rows, forms }
}

#[rstest]
fn case(#[files("cases/*/**/*.json")] path: PathBuf) {
    let run = RUN.get_or_init(run);
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let id = path
        .strip_prefix(&cases)
        .expect("a case")
        .with_extension("");
    let id = id.to_string_lossy().replace('\\', "/");
    let verdicts = run
        .rows
        .get(&id)
        .unwrap_or_else(|| panic!("{id} was not run"));
    let skipped = verdicts.iter().any(|verdict| verdict == "skip");
    assert_eq!(
        skipped,
        SKIPPED.contains(&id.as_str()),
        "{id}: {verdicts:?}"
    );
    if skipped {
        return;
    }
    let good = |verdict: &String| ["pass", "informational"].contains(&verdict.as_str());
    assert!(
        verdicts.iter().all(good),
        "{id}: {verdicts:?}; run `make conform ARGS={id}`"
    );
    let form = run.forms.get(&id).expect("exchanges");
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let text = serde_json::to_string_pretty(form).expect("JSON");
    settings.bind(|| assert_snapshot!(id.replace('/', "__"), text));
}
