//! `--state FILE`: what was acknowledged is there after `kill -9`. Runs the real program.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::account::{Account, id_of};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

const SONNET: &str = "anthropic.claude-3-5-sonnet-20241022-v2:0";
const WRITERS: usize = 8;

/// The program, killed when the test ends.
struct Program {
    child: Child,
    url: String,
    key: String,
}

impl Program {
    fn start(state: &Path, home: &TempDir) -> Self {
        let mut child = command(state, home).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut read = |start: &str| loop {
            let mut line = String::new();
            assert!(out.read_line(&mut line).unwrap() > 0, "no line {start}");
            if let Some(rest) = line.trim_end().strip_prefix(start) {
                break rest.to_owned();
            }
        };
        let url = read("bedrock-mock listening on ");
        let key = read("export AWS_BEARER_TOKEN_BEDROCK=");
        Self { child, url, key }
    }

    fn account(&self) -> Account {
        Account::at(&self.url, &self.key)
    }

    /// SIGKILL: nothing of the program runs any more.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(state: &Path, home: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bedrock-mock"));
    command
        .env_clear()
        .args(["serve", "--port", "0", "--access-log", "false"])
        .arg("--ca-dir")
        .arg(home.path())
        .arg("--state")
        .arg(state);
    command
}

/// Makes profiles until the server is gone; notes the token and ARN of each acknowledged one.
async fn write_until_killed(
    account: Account,
    writer: String,
    noted: Arc<Mutex<Vec<(String, String)>>>,
) {
    for i in 0.. {
        let token = format!("{writer}-{i}");
        match account
            .try_send(Method::POST, "/inference-profiles", Some(profile(&token)))
            .await
        {
            Ok(answer) => noted.lock().unwrap().push((token, answer.arn())),
            Err(_) => return,
        }
    }
}

fn profile(token: &str) -> Value {
    json!({
        "inferenceProfileName": token,
        "modelSource": {"copyFrom": SONNET},
        "clientRequestToken": token,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_profiles_survive_kill_9() {
    let home = TempDir::new().unwrap();
    let state = home.path().join("state.redb");
    let noted = Arc::new(Mutex::new(Vec::new()));
    for round in 0..3 {
        let mut program = Program::start(&state, &home);
        let enough = noted.lock().unwrap().len() + WRITERS;
        let writers: Vec<_> = (0..WRITERS)
            .map(|w| {
                let writer = format!("r{round}w{w}");
                tokio::spawn(write_until_killed(
                    program.account(),
                    writer,
                    Arc::clone(&noted),
                ))
            })
            .collect();
        // Some must be acknowledged; then it ends in the middle, at no particular moment.
        let deadline = std::time::Instant::now() + Duration::from_secs(60);
        while noted.lock().unwrap().len() < enough {
            assert!(
                std::time::Instant::now() < deadline,
                "nothing is acknowledged"
            );
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_micros(fastrand::u64(..50_000))).await;
        program.kill();
        for writer in writers {
            writer.await.unwrap();
        }
    }

    let program = Program::start(&state, &home);
    let account = program.account();
    let acknowledged = noted.lock().unwrap().clone();
    let listed: HashSet<String> = account
        .listed("?type=APPLICATION")
        .await
        .into_iter()
        .collect();
    let lost: Vec<&String> = acknowledged
        .iter()
        .map(|(_, arn)| arn)
        .filter(|arn| !listed.contains(id_of(arn)))
        .collect();
    assert!(
        lost.is_empty(),
        "{} of {} are lost: {lost:?}",
        lost.len(),
        acknowledged.len()
    );
    for (_, arn) in &acknowledged {
        assert_eq!(account.converse(arn).await.status, 200, "{arn}");
    }
    // A request whose answer the crash swallowed can be sent again: its token was kept with it.
    let (token, arn) = &acknowledged[0];
    let again = account.post("/inference-profiles", profile(token)).await;
    assert_eq!(again.arn(), *arn);
}

#[tokio::test]
async fn tags_and_deletions_are_kept_too() {
    let home = TempDir::new().unwrap();
    let state = home.path().join("state.redb");
    let mut program = Program::start(&state, &home);
    let account = program.account();
    let kept = account.created("kept", SONNET).await;
    let gone = account.created("gone", SONNET).await;
    let tags = json!([{"key": "a", "value": "b"}]);
    account
        .post("/tagResource", json!({"resourceARN": kept, "tags": tags}))
        .await
        .ok();
    account
        .delete(&format!("/inference-profiles/{}", id_of(&gone)))
        .await
        .ok();
    account.delete("/inference-profiles/abc123").await.ok();
    program.kill();

    let program = Program::start(&state, &home);
    let account = program.account();
    assert_eq!(account.listed("?type=APPLICATION").await, [id_of(&kept)]);
    let listed = account
        .post("/listTagsForResource", json!({"resourceARN": kept}))
        .await;
    assert_eq!(listed.ok()["tags"], tags);
}

#[test]
fn a_file_that_is_in_use_stops_the_second_program() {
    let home = TempDir::new().unwrap();
    let state = home.path().join("state.redb");
    let _first = Program::start(&state, &home);
    let mut second = command(&state, &home)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    assert_eq!(second.wait().unwrap().code(), Some(1));
    let mut said = String::new();
    second
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    let expected = format!(
        "bedrock-mock: --state {}: another process has it open; stop that one, or give each its own file\n",
        state.display()
    );
    assert_eq!(said, expected);
}

/// Accounts are bounded; one more is told so.
#[tokio::test(flavor = "multi_thread")]
async fn accounts_that_hold_records_are_bounded() {
    let server = Arc::new(bedrock_mock::MockServer::start().await.unwrap());
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..WRITERS {
        let (server, next) = (Arc::clone(&server), Arc::clone(&next));
        tasks.spawn(async move {
            let client = Account::new(&server, "600000000000");
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= bedrock_mock::state::store::MAX_ACCOUNTS {
                    return;
                }
                let account = client
                    .with_key(&server.api_key_of(&format!("{:012}", 600_000_000_000 + number)));
                assert_eq!(account.create("one", SONNET).await.status, 201);
            }
        });
    }
    tasks.join_all().await;
    let late = Account::new(&server, "700000000000");
    let refused = late.create("one", SONNET).await;
    assert_eq!(
        (refused.status, refused.error.as_str()),
        (400, "ServiceQuotaExceededException")
    );
    // Room comes back when an account gives up its last record.
    let first = Account::new(&server, "600000000000");
    let id = first.listed("?type=APPLICATION").await.remove(0);
    first
        .delete(&format!("/inference-profiles/{id}"))
        .await
        .ok();
    assert_eq!(late.create("one", SONNET).await.status, 201);
}
