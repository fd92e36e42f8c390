//! The answers of a target, without what differs by chance, compared with snapshots.

use std::fs;
use std::path::Path;

use crate::suite::{case, code, converse, json_answer, serve, suite, text, write_cases};
use serde_json::{Value, json};

fn report(folder: &Path, answer: &Value) -> String {
    write_cases(
        &folder.join("cases"),
        &[("a/one", case(&json!({"status": 200})).to_string())],
    );
    let answer = answer.clone();
    let url = serve(move |_| json_answer(200, &answer));
    let report = folder.join("report.jsonl").to_string_lossy().into_owned();
    let cases = folder.join("cases").to_string_lossy().into_owned();
    let output = suite(&[
        "run",
        "--target",
        "url",
        "--url",
        &url,
        "--no-smoke",
        "--cases",
        &cases,
        "--report",
        &report,
    ]);
    assert!(code(&output) <= 1, "{}", text(&output));
    report
}

#[test]
fn another_structure_is_a_difference_and_other_words_are_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let printed = text(&suite(&["snapshots", &report(folder.path(), &converse())]));
    let (id, form) = printed.split_once('\n').expect("a form");
    assert_eq!(id, "a/one");
    assert!(
        form.contains("\"text\": \"<text>\"")
            && form.contains("<request-id:N>")
            && form.contains("N=1"),
        "{form}"
    );

    let kept = folder.path().join("kept");
    fs::create_dir_all(kept.join("a")).expect("a folder");
    fs::write(
        kept.join("a/one.snap"),
        format!("---\nsource: x\n---\n{form}"),
    )
    .expect("a file");
    let kept = kept.to_string_lossy().into_owned();
    let mut other = converse();
    other["output"]["message"]["content"][0]["text"] = json!("Other words");
    other["usage"] = json!({"inputTokens": 8, "outputTokens": 9, "totalTokens": 17});
    let output = suite(&[
        "snapshots",
        &report(folder.path(), &other),
        "--against",
        &kept,
    ]);
    assert_eq!(code(&output), 0, "{}", text(&output));

    other["usage"] = json!({"inputTokens": 8, "outputTokens": 9, "totalTokens": 18});
    let output = suite(&[
        "snapshots",
        &report(folder.path(), &other),
        "--against",
        &kept,
    ]);
    assert_eq!(code(&output), 1, "{}", text(&output));
    let printed = text(&output);
    assert!(
        printed.contains("different  a/one") && printed.contains("- ") && printed.contains("<sum>"),
        "{printed}"
    );
}

#[test]
fn a_file_that_is_no_report_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("x.jsonl");
    for content in ["nothing", "{}"] {
        fs::write(&file, content).expect("a file");
        assert_eq!(
            code(&suite(&["snapshots", file.to_str().expect("a path")])),
            2
        );
    }
}
