//! `--scenarios`: read at the start, read again when files change, under load.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bedrock_mock::MockServer;
use serde_json::json;
use tempfile::TempDir;

use crate::account::Account;
use crate::scenarios::script::{ACCOUNT, CLAUDE, converse, said, user};

/// Longest that a change may take to be seen.
const PATIENCE: Duration = Duration::from_secs(20);

async fn serving(folder: &Path) -> MockServer {
    let path = folder.to_owned();
    MockServer::builder()
        .configure(|c| c.scenarios = vec![path])
        .start()
        .await
        .unwrap()
}

fn write(file: &Path, text: &str) {
    let scenario = json!({"scenarios": [{"name": "it", "reply": {"text": text}}]});
    std::fs::write(file, scenario.to_string()).unwrap();
}

/// Asks until the answer is the wanted one.
async fn until(account: &Account, wanted: &str) {
    let since = Instant::now();
    loop {
        let was = said(&converse(account, CLAUDE, &user("x")).await);
        if was == wanted {
            return;
        }
        assert!(
            since.elapsed() < PATIENCE,
            "still {was:?}, wanted {wanted:?}"
        );
    }
}

/// Hundreds of requests run while the folder is rewritten again and again: each is answered, by what
/// was in force before or after a change, never by a mixture or by nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn files_change_under_load() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a.json");
    write(&file, "version 0");
    let server = Arc::new(serving(folder.path()).await);
    let done = Arc::new(AtomicBool::new(false));
    let callers = (0..4).map(|n| {
        let (server, done) = (Arc::clone(&server), Arc::clone(&done));
        tokio::spawn(async move {
            let account = Account::new(&server, &format!("{n:012}"));
            let mut count = 0u32;
            while !done.load(Ordering::Relaxed) {
                let answer = said(&converse(&account, CLAUDE, &user("x")).await);
                let version = answer
                    .strip_prefix("version ")
                    .unwrap_or_else(|| panic!("{answer}"));
                assert!(version.parse::<u32>().unwrap() <= 6, "{answer}");
                count += 1;
            }
            count
        })
    });
    let callers: Vec<_> = callers.collect();
    let account = Account::new(&server, ACCOUNT);
    for version in 1..=6 {
        let text = format!("version {version}");
        match version % 2 {
            // In place, which readers may see half done.
            0 => write(&file, &text),
            _ => {
                let new = folder.path().join("new");
                write(&new, &text);
                std::fs::rename(&new, &file).unwrap();
            }
        }
        until(&account, &text).await;
    }
    done.store(true, Ordering::Relaxed);
    let mut answered = 0;
    for caller in callers {
        answered += caller.await.unwrap();
    }
    assert!(answered > 100, "{answered}");
}

/// A file that became wrong changes nothing; a folder's other files wait for it too.
#[tokio::test]
async fn wrong_files_keep_what_was_in_force() {
    let folder = TempDir::new().unwrap();
    write(&folder.path().join("a.json"), "good");
    let server = serving(folder.path()).await;
    let account = Account::new(&server, ACCOUNT);
    until(&account, "good").await;
    std::fs::write(
        folder.path().join("b.json"),
        "{\"scenarios\": [{\"name\": 1}]}",
    )
    .unwrap();
    write(&folder.path().join("a.json"), "better");
    let since = Instant::now();
    // Two rounds of looking, and a change that would be seen if it were taken.
    while since.elapsed() < Duration::from_secs(1) {
        assert_eq!(said(&converse(&account, CLAUDE, &user("x")).await), "good");
    }
    std::fs::remove_file(folder.path().join("b.json")).unwrap();
    until(&account, "better").await;
}

/// Counts of scenarios that stay as they are survive a change of others.
#[tokio::test]
async fn what_stays_keeps_its_counts() {
    let folder = TempDir::new().unwrap();
    let once = json!({"scenarios": [{"name": "once", "match": {"lastUser": "once"}, "reply": [{"text": "once"}]}]});
    std::fs::write(folder.path().join("once.json"), once.to_string()).unwrap();
    write(&folder.path().join("rest.json"), "one");
    let server = serving(folder.path()).await;
    let account = Account::new(&server, ACCOUNT);
    assert_eq!(
        said(&converse(&account, CLAUDE, &user("once")).await),
        "once"
    );
    write(&folder.path().join("rest.json"), "another");
    until(&account, "another").await;
    assert_eq!(
        said(&converse(&account, CLAUDE, &user("once")).await),
        "another"
    );
}

#[tokio::test]
async fn a_wrong_file_at_the_start_is_told_with_its_place() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a.json");
    std::fs::write(
        &file,
        "{\"scenarios\": [\n {\"name\": \"x\", \"reply\": {\"txt\": \"\"}}]}",
    )
    .unwrap();
    let path = folder.path().to_owned();
    let started = MockServer::builder()
        .configure(|c| c.scenarios = vec![path])
        .start()
        .await;
    let why = started.err().unwrap().to_string();
    assert_eq!(
        why.lines().filter(|l| l.contains("a.json")).count(),
        1,
        "{why}"
    );
    assert!(
        why.contains(&format!(
            "{}:2:26: a reply has no member \"txt\"",
            file.display()
        )),
        "{why}"
    );
}

/// A folder without scenarios is most likely another one than was meant.
#[test]
fn an_empty_folder_is_told_at_the_start() {
    use std::io::{BufRead as _, BufReader};
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("a.jsonc"), "{}").unwrap();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_bedrock-mock"))
        .env_clear()
        .env("BEDROCK_MOCK_CA_DIR", folder.path())
        .args(["--port", "0", "--scenarios"])
        .arg(folder.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(
        line.trim_end(),
        format!(
            "bedrock-mock: {}: this folder of --scenarios has no .json files yet; those that come are read",
            folder.path().display()
        )
    );
}
