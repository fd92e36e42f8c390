//! The control API, held against its own description, and what it does to accounts and time.
#![allow(missing_docs, clippy::unwrap_used)]

mod account;
mod wire;

use std::collections::BTreeSet;
use std::time::Duration;

use account::Account;
use bedrock_mock::MockServer;
use bedrock_mock::config::Switch;
use futures_util::StreamExt as _;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use wire::{HELLO, MODEL, exchange, post};

const SONNET: &str =
    "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0";

/// The control API of a mock.
struct Control {
    client: Client,
    url: String,
}

impl Control {
    fn new(server: &MockServer) -> Self {
        Self {
            client: Client::new(),
            url: server.url(),
        }
    }

    async fn send(&self, method: &str, path: &str, body: Option<&str>) -> (u16, Value) {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = self.client.request(method, format!("{}{path}", self.url));
        let request = match body {
            Some(body) => request.body(body.to_owned()),
            None => request,
        };
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        let value = serde_json::from_str(&text).unwrap_or_else(|_| text.into());
        (status, value)
    }

    async fn get(&self, path: &str) -> Value {
        let (status, value) = self.send("GET", path, None).await;
        assert_eq!(status, 200, "{path}: {value}");
        value
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send("POST", path, Some(&body.to_string())).await
    }

    async fn mint(&self) -> Value {
        let (status, minted) = self.post("/_mock/accounts", json!({})).await;
        assert_eq!(status, 201);
        minted
    }
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("{name}: {value}"))
}

/// The document's schema for a status of an operation, with the components that it refers to.
fn schema(document: &Value, path: &str, method: &str, status: u16) -> Option<Value> {
    let answer = &document["paths"][path][method]["responses"][status.to_string()];
    let content = answer["content"].as_object()?.values().next()?;
    let mut schema = content["schema"].clone();
    schema["components"] = document["components"].clone();
    Some(schema)
}

#[tokio::test]
async fn the_description_is_of_what_runs() {
    let server = MockServer::start().await.unwrap();
    let control = Control::new(&server);
    let account = Account::new(&server, "111111111111");
    account.converse(MODEL).await.ok();
    account.converse("no.such-model").await;
    let stream = format!("/model/{}/converse-stream", account::label(MODEL));
    let hello: Value = serde_json::from_str(HELLO).unwrap();
    account.post(&stream, hello).await;
    let id = server.received()[1].id.clone();
    let document = control.get("/_mock/openapi.json").await;
    let described: BTreeSet<&str> = document["paths"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let running: BTreeSet<&str> = bedrock_mock::control::paths().into_iter().collect();
    assert_eq!(described, running);

    // Every method that runs is described, and no other.
    for path in &described {
        let url = format!("{}{path}", server.url()).replace("{id}", &id);
        let answer = control
            .client
            .request(Method::from_bytes(b"PURGE").unwrap(), url)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let allow = answer.headers()["allow"].to_str().unwrap().to_lowercase();
        let runs: BTreeSet<&str> = allow.split(',').filter(|m| *m != "head").collect();
        let told = document["paths"][path].as_object().unwrap();
        let told: BTreeSet<&str> = told.keys().map(String::as_str).collect();
        assert_eq!(runs, told, "{path}");
    }

    // Every answer that is described can be had, and is as described.
    let none = json!({"match": {"operation": "GetGuardrail"}, "timeoutMs": 1}).to_string();
    let failing = json!({"expectations": [{"match": {"status": 418, "body": {"a": 1}, "headers": {"x": "y"}}}]}).to_string();
    let met = json!({"expectations": [{"match": {"operation": "Converse"}}]}).to_string();
    let unknown = "{\"unknown\": 1}";
    let said = "{\"name\": \"mine\", \"reply\": {\"text\": \"Yes\"}}";
    let hang = "{\"kind\": \"hang\", \"id\": \"mine\", \"first\": 1}";
    let asked: &[(&str, &str, &str, Option<&str>, u16)] = &[
        ("get", "/_mock/health", "", None, 200),
        ("get", "/_mock/coverage", "", None, 200),
        (
            "get",
            "/_mock/journal",
            "?contains=Hello&ended=complete&limit=5",
            None,
            200,
        ),
        ("get", "/_mock/journal", "?status=ok", None, 400),
        (
            "get",
            "/_mock/journal/export",
            "?operation=Converse&model=no.*",
            None,
            200,
        ),
        (
            "get",
            "/_mock/journal/export",
            "?operatoin=Converse",
            None,
            400,
        ),
        ("get", "/_mock/journal/entries/{id}", &id, None, 200),
        ("get", "/_mock/journal/entries/{id}", "none", None, 404),
        ("post", "/_mock/journal/wait-for", "", None, 200),
        ("post", "/_mock/journal/wait-for", "", Some(&none), 408),
        ("post", "/_mock/journal/wait-for", "", Some(unknown), 400),
        ("post", "/_mock/journal/verify", "", Some(&met), 200),
        ("post", "/_mock/journal/verify", "", Some(&failing), 409),
        ("post", "/_mock/journal/verify", "", Some("{}"), 400),
        ("post", "/_mock/accounts", "", None, 201),
        (
            "post",
            "/_mock/accounts",
            "",
            Some("{\"account\": \"12\"}"),
            400,
        ),
        ("get", "/_mock/accounts", "", None, 200),
        ("get", "/_mock/accounts/{id}", "111111111111", None, 200),
        ("get", "/_mock/accounts/{id}", "1", None, 400),
        ("get", "/_mock/clock", "", None, 200),
        ("put", "/_mock/clock", "", Some("{\"frozen\": true}"), 200),
        ("put", "/_mock/clock", "", Some("{\"now\": \"noon\"}"), 400),
        (
            "post",
            "/_mock/clock/advance",
            "",
            Some("{\"seconds\": 1.5}"),
            200,
        ),
        (
            "post",
            "/_mock/clock/advance",
            "",
            Some("{\"seconds\": -1}"),
            400,
        ),
        ("delete", "/_mock/clock", "", None, 200),
        ("get", "/_mock/catalogue", "", None, 200),
        ("get", "/_mock/metrics", "", None, 200),
        ("get", "/_mock/openapi.json", "", None, 200),
        ("post", "/_mock/faults", "", Some(hang), 201),
        ("post", "/_mock/faults", "", Some("[{}]"), 400),
        (
            "put",
            "/_mock/faults",
            "?account=111111111111",
            Some(hang),
            201,
        ),
        ("put", "/_mock/faults", "?account=1", Some(hang), 400),
        ("get", "/_mock/faults", "", None, 200),
        ("get", "/_mock/faults", "?acount=1", None, 400),
        ("get", "/_mock/faults/kinds", "", None, 200),
        ("delete", "/_mock/faults/{id}", "mine", None, 200),
        ("delete", "/_mock/faults/{id}", "mine", None, 404),
        ("delete", "/_mock/faults/{id}", "mine?account=1", None, 400),
        ("delete", "/_mock/faults", "", None, 200),
        ("delete", "/_mock/faults", "?account=1", None, 400),
        ("post", "/_mock/scenarios", "", Some(said), 201),
        ("post", "/_mock/scenarios", "", Some("{}"), 400),
        (
            "get",
            "/_mock/scenarios",
            "?account=111111111111",
            None,
            200,
        ),
        ("get", "/_mock/scenarios", "?account=1", None, 400),
        ("get", "/_mock/scenarios/schema", "", None, 200),
        ("delete", "/_mock/scenarios/{id}", "mine", None, 200),
        ("delete", "/_mock/scenarios/{id}", "mine", None, 404),
        (
            "delete",
            "/_mock/scenarios/{id}",
            "mine?account=1",
            None,
            400,
        ),
        (
            "put",
            "/_mock/scenarios",
            "",
            Some("{\"scenarios\": []}"),
            200,
        ),
        ("put", "/_mock/scenarios", "", Some("[]"), 400),
        ("delete", "/_mock/scenarios", "", None, 200),
        ("delete", "/_mock/scenarios", "?account=1", None, 400),
        ("get", "/_mock/", "", None, 200),
        (
            "delete",
            "/_mock/journal",
            "?account=111111111111",
            None,
            200,
        ),
        ("delete", "/_mock/journal", "?account=x", None, 400),
        ("post", "/_mock/reset", "?account=111111111111", None, 200),
        ("post", "/_mock/reset", "?acount=1", None, 400),
    ];
    let mut had = BTreeSet::new();
    for (method, path, rest, body, status) in asked {
        let target = match path.strip_suffix("{id}") {
            Some(start) => format!("{start}{rest}"),
            None => format!("{path}{rest}"),
        };
        let (found, value) = control.send(&method.to_uppercase(), &target, *body).await;
        assert_eq!(found, *status, "{method} {target}: {value}");
        let schema = schema(&document, path, method, found)
            .unwrap_or_else(|| panic!("{method} {path} {found} is not described"));
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|e| format!("{}: {e}", e.instance_path))
            .collect();
        assert!(errors.is_empty(), "{method} {target}: {errors:?}\n{value}");
        had.insert((path.to_string(), method.to_string(), *status));
    }
    // All but the token's refusal, which has a test of its own, and a broken medium.
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for status in operation["responses"].as_object().unwrap().keys() {
                let status: u16 = status.parse().unwrap();
                let seen = had.contains(&(path.clone(), method.clone(), status));
                assert!(
                    seen || [401, 507].contains(&status),
                    "{method} {path} {status}"
                );
            }
        }
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_place() {
    let server = MockServer::start().await.unwrap();
    let control = Control::new(&server);
    let (status, problem) = control
        .send(
            "POST",
            "/_mock/journal/verify",
            Some("{\n  \"expectations\": [\n    {\"mach\": {}}\n  ]\n}"),
        )
        .await;
    assert_eq!(status, 400);
    assert_eq!(
        (&problem["line"], &problem["column"]),
        (&json!(3), &json!(11))
    );
    assert_eq!(
        text(&problem, "message"),
        "unknown field `mach`, expected one of `name`, `match`, `count`"
    );
    let (status, problem) = control.send("GET", "/_mock/nothing", None).await;
    assert_eq!(status, 404);
    assert!(text(&problem, "message").contains("/_mock/journal/wait-for"));
    let large = "x".repeat(17 * 1024 * 1024);
    let (status, _) = control
        .send("POST", "/_mock/journal/wait-for", Some(&large))
        .await;
    assert_eq!(status, 413);
    let (status, problem) = control
        .post(
            "/_mock/journal/verify",
            json!({"expectations": [{"count": {"exact": 1, "atMost": 2}}]}),
        )
        .await;
    assert_eq!(status, 400);
    assert!(text(&problem, "message").starts_with("expectations/0/count"));
}

/// What nothing can ever match is a mistake of who asks, and is told as one.
#[tokio::test]
async fn filters_that_fit_nothing_are_refused() {
    let server = MockServer::start().await.unwrap();
    let control = Control::new(&server);
    let wait = "/_mock/journal/wait-for";
    let verify = "/_mock/journal/verify";
    for (method, path, body, told) in [
        (
            "GET",
            "/_mock/journal?operation=converse",
            "",
            "operation \"converse\" is unknown; did you mean Converse?",
        ),
        (
            "GET",
            "/_mock/journal/export?operation=Chat",
            "",
            "operation \"Chat\" is unknown; GET /_mock/coverage lists them",
        ),
        (
            "GET",
            "/_mock/journal?since=yesterday",
            "",
            "since \"yesterday\": expected the number of an entry or an x-amzn-RequestId",
        ),
        (
            "GET",
            "/_mock/journal?status=ok",
            "",
            "the query: status: expected a whole number, 0 or more",
        ),
        (
            "POST",
            wait,
            r#"{"match": {"operation": "Chat"}}"#,
            "match: operation \"Chat\" is unknown; GET /_mock/coverage lists them",
        ),
        (
            "POST",
            wait,
            r#"{"count": {"atMost": 1}}"#,
            "count: expected a number or {\"atLeast\": n}; whether no more than that come, verify tells afterwards",
        ),
        (
            "POST",
            wait,
            r#"{"count": "two"}"#,
            "invalid type: string \"two\", expected a number, or an object with exact, or with atLeast and atMost",
        ),
        (
            "POST",
            wait,
            r#"{"timeoutMs": "1"}"#,
            "invalid type: string \"1\", expected a whole number, 0 or more",
        ),
        (
            "POST",
            verify,
            r#"{"expectations": [{"match": 1}]}"#,
            "invalid type: integer `1`, expected an object",
        ),
        (
            "POST",
            verify,
            r#"{"since": "x", "expectations": [{}]}"#,
            "since \"x\": expected the number of an entry or an x-amzn-RequestId",
        ),
        (
            "POST",
            verify,
            r#"{"expectations": [{"match": {"operation": "Chat"}}]}"#,
            "expectations/0/match: operation \"Chat\" is unknown; GET /_mock/coverage lists them",
        ),
    ] {
        let body = (!body.is_empty()).then_some(body);
        let (status, problem) = control.send(method, path, body).await;
        assert_eq!((status, text(&problem, "message")), (400, told), "{path}");
    }
    for since in ["0", "00000000-0000-4000-8000-000000000000"] {
        let (status, _) = control
            .send("GET", &format!("/_mock/journal?since={since}"), None)
            .await;
        assert_eq!(status, 200, "{since}");
    }
}

/// `count` is a number or bounds, for both who wait and who verify.
#[tokio::test]
async fn counts_are_written_alike() {
    let server = MockServer::start().await.unwrap();
    let control = Control::new(&server);
    Account::new(&server, "111111111111")
        .converse(MODEL)
        .await
        .ok();
    for (count, status) in [
        (json!(1), 200),
        (json!({"exact": 1}), 200),
        (json!({"atLeast": 1}), 200),
        (json!(2), 409),
    ] {
        let body = json!({"expectations": [{"match": {"operation": "Converse"}, "count": count}]});
        let (verified, _) = control.post("/_mock/journal/verify", body).await;
        assert_eq!(verified, status, "{count}");
        let late = if status == 409 { 408 } else { 200 };
        let body = json!({"match": {"operation": "Converse"}, "count": count, "timeoutMs": 0});
        let (waited, _) = control.post("/_mock/journal/wait-for", body).await;
        assert_eq!(waited, late, "{count}");
    }
}

/// The page is found without its last slash, too.
#[tokio::test]
async fn the_page_is_found_as_people_type_it() {
    let server = MockServer::start().await.unwrap();
    let page = reqwest::get(format!("{}/_mock", server.url()))
        .await
        .unwrap();
    assert_eq!(
        (page.status().as_u16(), page.url().path()),
        (200, "/_mock/")
    );
}

#[test]
fn the_readme_lists_every_path() {
    let readme = include_str!("../../README.md");
    let rows = readme.lines().filter_map(|line| {
        let path = line.strip_prefix("| `/_mock/")?.split('`').next()?;
        Some(format!("/_mock/{path}"))
    });
    assert_eq!(
        rows.collect::<Vec<_>>(),
        bedrock_mock::control::paths(),
        "in the order of the table"
    );
}

#[tokio::test]
async fn garbage_is_refused_and_never_breaks_anything() {
    let server = MockServer::start().await.unwrap();
    let control = Control::new(&server);
    let deep = "[".repeat(10_000);
    for path in bedrock_mock::control::paths() {
        for method in ["POST", "PUT"] {
            for body in [
                "[]",
                "null",
                "7",
                "\"x\"",
                "{",
                "{\"a\": 1}",
                "\u{0}",
                "{\"seconds\": 1e308}",
                "{\"now\": \"9999-12-31T23:59:59+00:00\", \"frozen\": 1}",
                &deep,
            ] {
                let target = format!("{path}?a=%ff&account=1");
                for target in [path, &target] {
                    let (status, value) = control.send(method, target, Some(body)).await;
                    // No rules are a list of rules too.
                    let fine = path == "/_mock/faults" && body == "[]" && target == path;
                    assert!(
                        (400..500).contains(&status) || fine,
                        "{method} {target} {body}: {status} {value}"
                    );
                    assert!(fine || value["message"].is_string(), "{value}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_token_is_demanded_of_all_but_health() {
    let server = MockServer::builder()
        .configure(|config| config.control_token = Some("open-sesame".into()))
        .start()
        .await
        .unwrap();
    let client = Client::new();
    let status = async |path: &str, header: &str, value: &str| {
        let request = client.get(format!("{}{path}", server.url()));
        let answer = request.header(header, value).send().await.unwrap();
        answer.status().as_u16()
    };
    for path in bedrock_mock::control::paths() {
        // The page holds nothing; it asks for the token and reads the rest with it.
        let open = ["/_mock/health", "/_mock/"].contains(&path);
        let expected = if open { 200 } else { 401 };
        assert_eq!(status(path, "x-none", "").await, expected, "{path}");
        assert_eq!(status(path, "x-mock-token", "open-sesam").await, expected);
        assert_eq!(status(path, "authorization", "Bearer open").await, expected);
        assert_ne!(status(path, "x-mock-token", "open-sesame").await, 401);
        assert_ne!(
            status(path, "authorization", "Bearer open-sesame").await,
            401
        );
    }
    assert_eq!(status("/_mock/nothing", "x-none", "").await, 401);
    // It is no credential of the service, and the service's are none here.
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn switched_off_only_health_answers() {
    let server = MockServer::builder()
        .configure(|config| config.control = Switch::Off)
        .start()
        .await
        .unwrap();
    let control = Control::new(&server);
    control.get("/_mock/health").await;
    for path in bedrock_mock::control::paths() {
        if path != "/_mock/health" {
            let (status, problem) = control.send("GET", path, None).await;
            assert_eq!(status, 404, "{path}");
            assert!(text(&problem, "message").contains("--control on"));
        }
    }
}

#[tokio::test]
async fn an_account_is_minted_with_credentials_that_work() {
    let server = MockServer::start().await.unwrap();
    let control = Control::new(&server);
    let (one, other) = (control.mint().await, control.mint().await);
    assert_ne!(one["account"], other["account"]);
    for key in ["apiKey", "shortTermApiKey"] {
        let key = Account::at(&server.url(), text(&one, key));
        key.converse(MODEL).await.ok();
        let entry = server.received().pop().unwrap();
        assert_eq!(entry.account, text(&one, "account"));
    }
    // The pair is the known one of every 12-digit access key, judged by other tests' signers.
    assert_eq!(one["accessKeyId"], one["account"]);
    assert_eq!(text(&one, "secretAccessKey"), "test");
    let listed = control.get("/_mock/accounts").await;
    let listed = listed["accounts"].as_array().unwrap();
    let entries = |of: &Value| {
        let mut found = listed.iter().filter(|a| a["account"] == of["account"]);
        found.next().unwrap()["journalEntries"].clone()
    };
    assert_eq!((entries(&one), entries(&other)), (json!(2), json!(0)));
}

#[tokio::test]
async fn a_reset_touches_no_other_account() {
    let server = MockServer::start().await.unwrap();
    let control = Control::new(&server);
    let (one, other) = (
        Account::new(&server, "111111111111"),
        Account::new(&server, "222222222222"),
    );
    for account in [&one, &other] {
        account.created("mine", SONNET).await;
        account.converse(MODEL).await.ok();
    }
    let count = async |account: &Account| account.listed("?type=APPLICATION").await.len();
    assert_eq!((count(&one).await, count(&other).await), (1, 1));
    let path = "/_mock/reset?account=111111111111";
    let (status, forgotten) = control.send("POST", path, None).await;
    assert_eq!(status, 200);
    assert_eq!(forgotten, json!({"records": 1, "entries": 3}));
    assert_eq!((count(&one).await, count(&other).await), (0, 1));
    let journal = control.get("/_mock/journal?account=222222222222").await;
    assert_eq!(journal["found"], 4);
    // The name is free again.
    one.created("mine", SONNET).await;
    let (_, all) = control.send("POST", "/_mock/reset", None).await;
    assert_eq!(all["records"], 2);
    assert_eq!((count(&one).await, count(&other).await), (0, 0));
}

#[tokio::test]
async fn keys_and_sessions_end_by_the_clock_but_signatures_do_not() {
    let server = MockServer::start().await.unwrap();
    let control = Control::new(&server);
    let minted = control.mint().await;
    let (long, short) = (
        Account::at(&server.url(), text(&minted, "apiKey")),
        Account::at(&server.url(), text(&minted, "shortTermApiKey")),
    );
    short.converse(MODEL).await.ok();
    let (_, clock) = control
        .post("/_mock/clock/advance", json!({"seconds": 43_201}))
        .await;
    assert_eq!(clock["frozen"], false);
    let refused = short.converse(MODEL).await;
    assert_eq!(
        (refused.status, refused.error.as_str()),
        (403, "AccessDeniedException")
    );
    assert_eq!(refused.json()["Message"], "Bearer Token has expired");
    long.converse(MODEL).await.ok();

    // A profile is made at the mock's time; the answer's Date is the wall clock's.
    control
        .send(
            "PUT",
            "/_mock/clock",
            Some("{\"now\": \"2031-02-03T04:05:06Z\", \"frozen\": true}"),
        )
        .await;
    let arn = long.created("mine", SONNET).await;
    let path = format!("/inference-profiles/{}", account::label(&arn));
    let profile = long.get(&path).await.ok();
    assert!(text(&profile, "createdAt").starts_with("2031-02-03T04:05:06"));
    let answer = exchange(&server, &post(&server, "/model/x/converse", HELLO)).await;
    assert!(!answer.header("date").unwrap().contains("2031"));

    // Set back, the key is good again; a frozen clock locks no signer out.
    control
        .send(
            "PUT",
            "/_mock/clock",
            Some("{\"now\": \"2020-01-01T00:00:00Z\"}"),
        )
        .await;
    short.converse(MODEL).await.ok();
    control.send("DELETE", "/_mock/clock", None).await;
    short.converse(MODEL).await.ok();
    let reading = server.clock().read();
    assert!(!reading.frozen && reading.now <= reading.wall);
}

#[tokio::test]
async fn a_wait_wakes_and_a_late_one_says_what_it_saw() {
    let server = MockServer::start().await.unwrap();
    let control = Control::new(&server);
    let account = Account::new(&server, "111111111111");
    let body = json!({"match": {"account": "111111111111", "body": {"messages": [{"role": "user"}]}}, "count": 2, "timeoutMs": 20_000});
    let send = async {
        account.converse(MODEL).await.ok();
        account.converse(MODEL).await.ok();
    };
    let ((status, woken), ()) = tokio::join!(control.post("/_mock/journal/wait-for", body), send);
    assert_eq!(
        (status, woken["entries"].as_array().unwrap().len()),
        (200, 2)
    );
    let body = json!({"match": {"operation": "ConverseStream"}, "timeoutMs": 1});
    let (status, late) = control.post("/_mock/journal/wait-for", body).await;
    assert_eq!(status, 408);
    let message = text(&late, "message");
    assert!(
        message.starts_with(
            "waited 1 ms for 1 of operation ConverseStream, saw 0; newest requests:\n#1 "
        ),
        "{message}"
    );
    let body = json!({"timeoutMs": 600_001}).to_string();
    let (status, _) = control
        .send("POST", "/_mock/journal/wait-for", Some(&body))
        .await;
    assert_eq!(status, 400);
}

/// Times and ids differ from run to run.
fn stable(text: &str) -> String {
    let time = regex::Regex::new(r"\d\d:\d\d:\d\d\.\d{3}").unwrap();
    time.replace_all(text, "<time>").into_owned()
}

#[tokio::test]
async fn a_failed_verification_shows_what_came_nearest() {
    let server = MockServer::start().await.unwrap();
    let control = Control::new(&server);
    let account = Account::new(&server, "111111111111");
    account.converse(MODEL).await.ok();
    account.converse("amazon.nova-lite-v1:0").await.ok();
    account.converse("no.such-model").await;
    let verify = |body: Value| control.post("/_mock/journal/verify", body);
    let converse = |text: &str| json!({"operation": "Converse", "model": "anthropic.*", "body": {"messages": [{"role": "user", "content": [{"text": text}]}]}});
    let (status, verdict) = verify(json!({"account": "111111111111", "expectations": [
        {"match": converse("Hello"), "count": {"exact": 1}},
        {"match": {"operation": "ConverseStream"}, "count": {"atMost": 0}},
    ]}))
    .await;
    assert_eq!((status, verdict), (200, json!({"ok": true, "lookedAt": 3})));
    let (status, verdict) = verify(json!({"account": "111111111111", "expectations": [
        {"name": "greets", "match": converse("Good day"), "count": {"exact": 2}},
        {"match": {"status": 200}, "count": {"atLeast": 1, "atMost": 1}},
        {"match": {"headers": {"X-Run": "7"}}},
    ]}))
    .await;
    assert_eq!(status, 409);
    insta::assert_snapshot!(stable(text(&verdict, "message")));
    // In order: the model of the second request came before that of the first.
    let (_, verdict) = verify(
        json!({"account": "111111111111", "ordered": true, "expectations": [
            {"match": {"model": "amazon.*"}},
            {"match": {"model": "anthropic.*"}},
        ]}),
    )
    .await;
    assert_eq!(verdict["failures"][0]["outOfOrder"], true);
    insta::assert_snapshot!("out_of_order", stable(text(&verdict, "message")));
    let (status, _) = verify(json!({"ordered": true, "expectations": [
        {"match": {"model": "anthropic.*"}},
        {"match": {"model": "amazon.*"}},
    ]}))
    .await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_follower_sees_requests_as_they_end() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, "111111111111");
    account.converse(MODEL).await.ok();
    let url = format!(
        "{}/_mock/journal/export?follow=true&account=111111111111",
        server.url()
    );
    let mut lines = reqwest::get(url).await.unwrap().bytes_stream();
    let mut next = async || {
        let line = tokio::time::timeout(Duration::from_secs(20), lines.next()).await;
        let line = line.expect("the mock hangs")?.unwrap();
        assert!(line.ends_with(b"\n"));
        Some(serde_json::from_slice::<Value>(&line).unwrap())
    };
    assert_eq!(next().await.unwrap()["number"], 1);
    account.converse("no.such-model").await;
    let second = next().await.unwrap();
    assert_eq!(second["refusal"]["row"], "runtime.model-id-invalid");
    // A stop ends it at once.
    let stop = tokio::time::timeout(Duration::from_secs(5), server.stop());
    let (stopped, last) = tokio::join!(stop, next());
    assert!(stopped.is_ok() && last.is_none());
}

#[tokio::test]
async fn metrics_count_requests_and_events() {
    let server = MockServer::start().await.unwrap();
    let control = Control::new(&server);
    let account = Account::new(&server, "111111111111");
    account.converse(MODEL).await.ok();
    account.get("/nowhere").await;
    let stream = format!("/model/{}/converse-stream", account::label(MODEL));
    let hello: Value = serde_json::from_str(HELLO).unwrap();
    account.post(&stream, hello).await;
    control
        .post(
            "/_mock/journal/wait-for",
            json!({"match": {"operation": "ConverseStream", "ended": "complete"}}),
        )
        .await;
    let told = control.get("/_mock/metrics").await;
    let told = told.as_str().unwrap();
    for line in [
        "bedrock_mock_requests_total{operation=\"Converse\",status=\"200\"} 1",
        "bedrock_mock_requests_total{operation=\"-\",status=\"404\"} 1",
        "bedrock_mock_events_total{event=\"messageStart\"} 1",
        "bedrock_mock_open_streams 0",
        "bedrock_mock_journal_entries 3",
        "# TYPE bedrock_mock_journal_dropped_total counter",
    ] {
        assert!(told.lines().any(|l| l == line), "{line}\n{told}");
    }
}

#[tokio::test]
#[should_panic(expected = "expectation 0 (greets): expected at least 1, found 0 among 1 requests")]
async fn an_expectation_that_is_not_met_fails_the_test() {
    use bedrock_mock::journal::{Expectation, Filter};
    let server = MockServer::start().await.unwrap();
    let streams = Filter {
        operation: Some("ConverseStream".into()),
        ..Filter::default()
    };
    server.expect(Expectation {
        name: Some("greets".into()),
        ..Expectation::some(streams)
    });
    Account::new(&server, "111111111111")
        .converse(MODEL)
        .await
        .ok();
}

/// Credentials leave in no message and no quote, whatever scenarios ask about them.
#[tokio::test]
async fn scenarios_never_quote_credentials() {
    let server = MockServer::builder()
        .configure(|config| config.unmatched = bedrock_mock::config::Unmatched::Refuse)
        .start()
        .await
        .unwrap();
    let control = Control::new(&server);
    let said = json!({"scenarios": [{"name": "key", "match": {"header": {"authorization": {"equals": "x"}, "x-api-key": "y"}}, "reply": {"text": "Hi"}}]});
    let (status, _) = control
        .send("PUT", "/_mock/scenarios", Some(&said.to_string()))
        .await;
    assert_eq!(status, 200);
    let key = server.api_key();
    let answer = Client::new()
        .post(format!(
            "{}/model/{}/converse?%58-Amz-Security-Token=TOKENTOKEN&api_key=APIKEYAPIKEY",
            server.url(),
            account::label(MODEL)
        ))
        .bearer_auth(&key)
        .header("x-api-key", "XAPIKEYSECRET9")
        .body(HELLO)
        .send()
        .await
        .unwrap();
    let text = answer.text().await.unwrap();
    assert!(text.contains("No scenario matches"), "{text}");
    let (_, journal) = control.send("GET", "/_mock/journal/export", None).await;
    let all = format!("{text}{journal}");
    for secret in [&key[..40], "XAPIKEYSECRET9", "TOKENTOKEN", "APIKEYAPIKEY"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
    let quoted =
        json!({"scenarios": [{"name": "key", "reply": {"text": "{{header:Authorization}}"}}]});
    let (status, problem) = control
        .send("PUT", "/_mock/scenarios", Some(&quoted.to_string()))
        .await;
    assert_eq!(status, 400, "{problem}");
}
