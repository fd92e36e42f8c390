//! Which requests meet a fault, and how often; and who sets rules: library, control API, flags. Long,
//! because the three who set rules are held against the same expectations.

use crate::faults_seen::*;
use bedrock_mock::MockServer;
use bedrock_mock::faults::Rule;
use bedrock_mock::faults::kinds::{end_after_events::EndAfterEvents, exception::Exception};
use reqwest::Method;
use serde_json::{Value, json};

/// Statuses of so many calls, one after the other.
async fn statuses(server: &MockServer, account: &str, n: usize) -> Vec<u16> {
    let mut out = Vec::new();
    for _ in 0..n {
        out.push(status(server, account, MODEL, "converse").await);
    }
    out
}

async fn status(server: &MockServer, account: &str, model: &str, operation: &str) -> u16 {
    let url = format!("{}/model/{model}/{operation}", server.url());
    let request = reqwest::Client::new()
        .post(url)
        // A rule of these tests may hang; one that strikes wrongly then fails by name.
        .timeout(std::time::Duration::from_secs(30))
        .bearer_auth(server.api_key_of(account));
    let answer = request.body(HELLO).send().await.unwrap();
    let status = answer.status().as_u16();
    answer.bytes().await.unwrap();
    status
}

const A: &str = "000000000001";
const B: &str = "000000000002";

#[tokio::test]
async fn counted_rules_strike_when_they_say() {
    for (fault, expected) in [
        (
            "ThrottlingException:first=2",
            [429, 429, 200, 200, 200, 200],
        ),
        (
            "ThrottlingException:after=2,times=1",
            [200, 200, 429, 200, 200, 200],
        ),
        (
            "ThrottlingException:every=3",
            [200, 200, 429, 200, 200, 429],
        ),
        ("ThrottlingException:probability=0", [200; 6]),
        ("ThrottlingException:probability=1", [429; 6]),
    ] {
        assert_eq!(
            statuses(&with(fault).await, A, 6).await,
            expected,
            "{fault}"
        );
    }
    let seeded = "ThrottlingException:probability=0.5,seed=3";
    let once = statuses(&with(seeded).await, A, 40).await;
    assert_eq!(once, statuses(&with(seeded).await, A, 40).await);
    assert!(once.contains(&200) && once.contains(&429));
}

/// The README's promise: the third call throttles twice and then succeeds.
#[tokio::test]
async fn throttle_twice_then_succeed_then_cut() {
    let server = server().await;
    add(
        &server,
        "ThrottlingException:after=2,times=2,operation=ConverseStream",
    );
    // Behind an exception nothing can be broken, so this rule counts the calls that get through.
    add(&server, "end-after-events:events=2,after=2,times=1");
    let mut seen = Vec::new();
    for _ in 0..6 {
        let answer = ask(&server, STREAM).await;
        let events = if answer.status == 200 {
            answer.names().len()
        } else {
            0
        };
        seen.push((answer.status, events));
    }
    let whole = seen[0].1;
    assert!(whole > 8);
    let expected = [
        (200, whole),
        (200, whole),
        (429, 0),
        (429, 0),
        (200, 2),
        (200, whole),
    ];
    assert_eq!(seen, expected);
    let hits: Vec<(u64, u64)> = server.faults().iter().map(|f| (f.fitted, f.hits)).collect();
    assert_eq!(hits, [(6, 2), (4, 1)]);
}

#[tokio::test]
async fn each_account_is_counted_by_itself() {
    let server = with("ThrottlingException:first=1").await;
    assert_eq!(statuses(&server, A, 2).await, [429, 200]);
    assert_eq!(statuses(&server, B, 2).await, [429, 200]);
    server
        .fault(Rule::new(Exception::named("ModelErrorException")).account(A))
        .unwrap();
    assert_eq!(statuses(&server, A, 1).await, [424]);
    assert_eq!(statuses(&server, B, 1).await, [200]);
    // One account's reset: its own rules go, and what others' rules counted of it.
    server.reset_faults(Some(A));
    assert_eq!(server.faults().len(), 1);
    assert_eq!(statuses(&server, A, 2).await, [429, 200]);
    assert_eq!(statuses(&server, B, 1).await, [200]);
    server.reset_faults(None);
    assert!(server.faults().is_empty());
}

#[tokio::test]
async fn rules_match_operation_model_and_streaming() {
    let nova = "amazon.nova-lite-v1:0";
    let server = with("ThrottlingException:model=amazon.nova-*").await;
    assert_eq!(status(&server, A, nova, "converse").await, 429);
    assert_eq!(status(&server, A, MODEL, "converse").await, 200);

    let server = with("ThrottlingException:operation=ConverseStream").await;
    assert_eq!(status(&server, A, MODEL, "converse-stream").await, 429);
    assert_eq!(status(&server, A, MODEL, "converse").await, 200);

    let server = with("ThrottlingException:streaming=false").await;
    assert_eq!(status(&server, A, MODEL, "converse-stream").await, 200);
    assert_eq!(status(&server, A, MODEL, "converse").await, 429);

    // A profile is known by its own id and by that of the model that it comes to.
    let profile = "us.anthropic.claude-3-haiku-20240307-v1:0";
    for glob in ["us.*", "anthropic.claude-3-haiku*"] {
        let server = with(&format!("ThrottlingException:model={glob}")).await;
        assert_eq!(status(&server, A, profile, "converse").await, 429, "{glob}");
    }

    // What is refused before an operation meets no rule.
    let server = with("ThrottlingException").await;
    assert_eq!(
        post(
            &server,
            &format!("/model/{MODEL}/converse"),
            r#"{"messages": [{"role": "bot", "content": []}]}"#
        )
        .await
        .status,
        400
    );
    assert_eq!(server.faults()[0].fitted, 0);
}

#[tokio::test]
async fn rules_that_can_strike_nothing_are_refused() {
    let server = server().await;
    for (fault, told) in [
        (
            "ModelErrorException:operation=ListTagsForResource",
            "ListTagsForResource does not give ModelErrorException; its errors are",
        ),
        (
            "ThrottlingException:operation=Convers",
            "operation \"Convers\" is unknown; is it Converse, ConverseStream?",
        ),
        (
            "ThrottlingException:operation=Nothing",
            "operation \"Nothing\" is unknown",
        ),
        (
            "end-after-events:events=1,operation=Converse",
            "Converse cannot suffer end-after-events",
        ),
        (
            "truncate-body:streaming=true",
            "no operation that this rule fits can suffer truncate-body",
        ),
        (
            "stream-exception:error=ModelTimeoutException,operation=ConverseStream",
            "ConverseStream cannot suffer stream-exception",
        ),
        (
            "stream-exception:error=ConflictException",
            "no operation that this rule fits can suffer stream-exception",
        ),
    ] {
        let rule = bedrock_mock::faults::read_flag(fault).unwrap().remove(0);
        let error = server.fault(rule).unwrap_err().to_string();
        assert!(error.contains(told), "{fault}: {error}");
    }
    // The front door's own errors come before every operation.
    add(&server, "UnrecognizedClientException:operation=Converse");
    assert_eq!(ask(&server, CONVERSE).await.status, 403);
}

#[tokio::test]
async fn the_control_plane_and_iam_meet_faults_too() {
    let server = with(r#"[{"kind": "exception", "error": "ThrottlingException"}, {"kind": "missing-request-id"}]"#).await;
    let url = server.url();
    let client = reqwest::Client::new();
    let get = client
        .get(format!("{url}/foundation-models"))
        .bearer_auth(server.api_key());
    assert_eq!(get.send().await.unwrap().status(), 429);

    let server = with(r#"[{"kind": "missing-request-id"}, {"kind": "exception", "error": "ThrottlingException", "message": "Slow down", "retryAfter": 3, "times": 1}, {"kind": "exception", "error": "ServiceFailure", "operation": "ListUsers"}]"#).await;
    let lenient = MockServer::builder().configure(|c| c.auth = bedrock_mock::config::AuthMode::Off);
    let lenient = lenient.start().await.unwrap();
    for rule in server.faults() {
        lenient.fault(rule.rule).unwrap();
    }
    let list = || async {
        let request = client
            .post(lenient.url())
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = request
            .body("Action=ListUsers&Version=2010-05-08")
            .send()
            .await
            .unwrap();
        (
            answer.status().as_u16(),
            answer.headers().clone(),
            answer.text().await.unwrap(),
        )
    };
    let (status, headers, text) = list().await;
    assert_eq!(status, 400);
    assert!(
        text.contains("<Code>Throttling</Code>") && text.contains("<Message>Slow down</Message>"),
        "{text}"
    );
    assert_eq!(headers["retry-after"], "3");
    assert!(!headers.contains_key("x-amzn-requestid"));
    let (status, _, text) = list().await;
    assert_eq!(status, 500);
    assert!(text.contains("<Code>ServiceFailure</Code>"), "{text}");
}

async fn control(server: &MockServer, method: Method, path: &str, body: &str) -> (u16, Value) {
    let url = format!("{}/_mock/faults{path}", server.url());
    let request = reqwest::Client::new()
        .request(method, url)
        .body(body.to_owned());
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn the_control_api_sets_lists_and_deletes() {
    let server = server().await;
    let two = r#"[{"kind": "hang", "id": "mine", "operation": "Converse"},
        {"kind": "exception", "error": "ThrottlingException", "first": 1}]"#;
    let (status, body) = control(&server, Method::POST, &format!("?account={A}"), two).await;
    assert_eq!((status, body), (201, json!({"ids": ["mine", "fault-1"]})));
    let again = r#"{"kind": "delay", "ms": 1, "id": "mine"}"#;
    let (status, _) = control(&server, Method::PUT, &format!("?account={A}"), again).await;
    assert_eq!(status, 201);
    assert_eq!(statuses(&server, A, 2).await, [429, 200]);

    let (_, listed) = control(&server, Method::GET, &format!("?account={A}"), "").await;
    let expected = json!([
        {"id": "mine", "kind": "delay", "ms": 1, "account": A, "fitted": 2, "hits": 2},
        {"id": "fault-1", "kind": "exception", "error": "ThrottlingException", "account": A, "first": 1, "fitted": 2, "hits": 1},
    ]);
    assert_eq!(listed["faults"], expected);
    let (_, listed) = control(&server, Method::GET, &format!("?account={B}"), "").await;
    assert_eq!(listed["faults"], json!([]));
    let (_, kinds) = control(&server, Method::GET, "/kinds", "").await;
    assert_eq!(
        kinds["kinds"].as_array().unwrap().len(),
        bedrock_mock::faults::KINDS.len()
    );
    assert_eq!(kinds["kinds"][1]["parameters"][0]["name"], "ms");

    // Nobody takes an account's rule away without naming the account.
    let own = format!("/mine?account={A}");
    assert_eq!(control(&server, Method::DELETE, "/mine", "").await.0, 404);
    assert_eq!(control(&server, Method::DELETE, &own, "").await.0, 200);
    assert_eq!(control(&server, Method::DELETE, &own, "").await.0, 404);
    let (_, removed) = control(&server, Method::DELETE, &format!("?account={B}"), "").await;
    assert_eq!(removed, json!({"removed": 0}));
    let (_, removed) = control(&server, Method::DELETE, "", "").await;
    assert_eq!(removed, json!({"removed": 1}));
}

/// What the API gives as an example is a rule.
#[tokio::test]
async fn every_example_can_be_set() {
    let server = server().await;
    let (_, kinds) = control(&server, Method::GET, "/kinds", "").await;
    for kind in kinds["kinds"].as_array().unwrap() {
        let example = kind["example"].as_str().unwrap();
        let (status, told) = control(&server, Method::POST, "", example).await;
        assert_eq!(status, 201, "{example}: {told}");
    }
    let (_, listed) = control(&server, Method::GET, "", "").await;
    let pacing = listed["faults"].as_array().unwrap().iter();
    let pacing = pacing
        .clone()
        .find(|rule| rule["kind"] == "pacing")
        .unwrap();
    assert_eq!(pacing["seed"], 7);
    let both = r#"{"kind": "pacing", "jitter": 0.5, "probability": 0.5, "seed": 9}"#;
    assert_eq!(control(&server, Method::POST, "", both).await.0, 201);
}

#[tokio::test]
async fn the_control_api_says_what_is_wrong_and_where() {
    let server = server().await;
    for (path, body, at, told) in [
        ("", "{", Some((1, 1)), "not JSON: "),
        (
            "",
            "{\n  \"kind\": \"delay\",\n  \"ms\": \"soon\"}",
            Some((3, 3)),
            "delay: ms: invalid type: string \"soon\", expected a whole number, 0 or more",
        ),
        (
            "",
            "[{\"kind\": \"hang\"},\n {\"kind\": \"hang\", \"frist\": 1}]",
            Some((2, 19)),
            "hang: unknown field `frist`",
        ),
        (
            "",
            "{\"kind\": \"hang\", \"operation\": \"Chat\"}",
            Some((1, 18)),
            "operation \"Chat\" is unknown",
        ),
        (
            "",
            "{\"kind\": \"ThrottlingException\"}",
            Some((1, 2)),
            "an error of the service is {\"kind\": \"exception\", \"error\": \"ThrottlingException\"}",
        ),
        (
            "",
            "{\"kind\": \"hang\", \"operation\": \"Converse\", \"streaming\": true}",
            Some((1, 43)),
            "streaming: Converse does not answer with a stream, so this rule fits nothing",
        ),
        (
            "?account=12",
            "{\"kind\": \"hang\"}",
            None,
            "expected 12 digits",
        ),
        (
            "?acount=1",
            "{\"kind\": \"hang\"}",
            None,
            "unknown field `acount`",
        ),
        ("", "\"hang\"", Some((1, 1)), "expected an object such as"),
        ("", "\u{0}", Some((1, 1)), "not JSON"),
    ] {
        let (status, answer) = control(&server, Method::POST, path, body).await;
        assert_eq!(status, 400, "{body}");
        let message = answer["message"].as_str().unwrap();
        assert!(message.contains(told), "{body}: {message}");
        let place = at.map(|(line, column)| (json!(line), json!(column)));
        let given = answer
            .get("line")
            .cloned()
            .zip(answer.get("column").cloned());
        assert_eq!(given, place, "{body}");
    }
    // All or none.
    let half = r#"[{"kind": "hang"}, {"kind": "hang", "operation": "Chat"}]"#;
    assert_eq!(control(&server, Method::POST, "", half).await.0, 400);
    assert!(server.faults().is_empty());
    let many: Vec<Value> = (0..1001)
        .map(|_| json!({"kind": "hang", "operation": "Converse"}))
        .collect();
    let (status, answer) = control(&server, Method::POST, "", &json!(many).to_string()).await;
    assert_eq!(status, 400);
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .contains("1000 fault rules"),
        "{answer}"
    );
    assert!(server.faults().is_empty());
}

#[tokio::test]
async fn rules_are_built_in_rust() {
    let server = MockServer::builder()
        .fault(
            Rule::new(Exception::named("ThrottlingException"))
                .first(1)
                .id("slow"),
        )
        .start()
        .await
        .unwrap();
    let cut = Rule::new(EndAfterEvents { events: 1 })
        .model("anthropic.*")
        .streaming(true);
    server.fault(cut).unwrap();
    assert_eq!(ask(&server, STREAM).await.status, 429);
    assert_eq!(ask(&server, STREAM).await.names(), ["messageStart"]);
    assert_eq!(server.faults()[0].hits, 1);
    assert_eq!(server.faults()[0].id, "slow");
}

#[tokio::test]
async fn wrong_flags_end_the_start() {
    let program = env!("CARGO_BIN_EXE_bedrock-mock");
    for (flag, code, told) in [
        (
            "dely:ms=1",
            2,
            "--fault dely:ms=1: kind \"dely\" is unknown",
        ),
        ("{\"kind\": \"delay\"}", 2, "delay: missing field `ms`"),
        ("hang:operation=Chat", 1, "operation \"Chat\" is unknown"),
    ] {
        let run = tokio::process::Command::new(program)
            .args(["serve", "--port", "0", "--fault", flag])
            .output()
            .await
            .unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.code(), Some(code), "{said}");
        assert!(said.contains(told), "{said}");
    }
}

/// `--fault` is a setting of the mock: a reset makes it count anew and takes the rest away.
#[tokio::test]
async fn a_reset_leaves_the_flags_rules() {
    let given = Rule::new(Exception::named("ThrottlingException")).first(1);
    let server = MockServer::builder().fault(given).start().await.unwrap();
    add(&server, "delay:ms=1");
    let reset = |query: &str| {
        reqwest::Client::new()
            .post(format!("{}/_mock/reset{query}", server.url()))
            .send()
    };
    assert_eq!(statuses(&server, A, 2).await, [429, 200]);
    assert_eq!(reset(&format!("?account={A}")).await.unwrap().status(), 200);
    assert_eq!(server.faults().len(), 2);
    assert_eq!(statuses(&server, A, 2).await, [429, 200]);
    assert_eq!(reset("").await.unwrap().status(), 200);
    assert_eq!(server.faults().len(), 1);
    assert_eq!(statuses(&server, A, 2).await, [429, 200]);
}

/// Two accounts may give their rules the same id; neither touches the other's.
#[tokio::test]
async fn ids_of_rules_are_an_accounts_own() {
    let server = MockServer::start().await.unwrap();
    let client = reqwest::Client::new();
    let url = format!("{}/_mock/faults", server.url());
    for account in ["000000000001", "000000000002"] {
        let rule = serde_json::json!({"id": "mine", "account": account, "kind": "exception", "error": "ThrottlingException"});
        let answer = client
            .post(&url)
            .body(rule.to_string())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 201);
    }
    assert_eq!(server.faults().len(), 2);
    for (account, status) in [("000000000009", 404), ("000000000002", 200)] {
        let target = format!("{url}/mine?account={account}");
        let answer = client.delete(target).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{account}");
    }
    assert_eq!(server.faults().len(), 1);
}
