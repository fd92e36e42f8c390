//! The examples run, and what they assert holds.

#[path = "../../examples/broken_stream.rs"]
#[allow(dead_code, reason = "`main` is for `cargo run --example`")]
mod broken_stream;
#[path = "../../examples/in_a_test.rs"]
#[allow(dead_code, reason = "`main` is for `cargo run --example`")]
mod in_a_test;
#[path = "../../examples/scripted_conversation.rs"]
#[allow(dead_code, reason = "`main` is for `cargo run --example`")]
mod scripted_conversation;

/// Every file of `examples/` is run below.
#[test]
fn every_example_is_run() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "broken_stream.rs",
            "in_a_test.rs",
            "scripted_conversation.rs"
        ]
    );
}

#[tokio::test]
async fn broken_stream() {
    broken_stream::run().await.unwrap();
}

#[tokio::test]
async fn in_a_test() {
    in_a_test::run().await.unwrap();
}

#[tokio::test]
async fn scripted_conversation() {
    scripted_conversation::run().await.unwrap();
}
