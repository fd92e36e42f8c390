//! The judge shares data with the judged, never code: one bug must not pass its own exam.

use std::process::Command;

#[test]
fn the_mock_is_no_dependency_of_the_suite() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--package",
            "bedrock-conformance",
            "--edges",
            "normal",
        ])
        .args(["--prefix", "none", "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );

    let tree = String::from_utf8(output.stdout).expect("output is UTF-8");
    let crates: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(
        crates.contains(&"bedrock-fixtures"),
        "this is no dependency tree: {tree}"
    );
    assert!(
        !crates.contains(&"bedrock-mock"),
        "the suite depends on the mock: {tree}"
    );
}
