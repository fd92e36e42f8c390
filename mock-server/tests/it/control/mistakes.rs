//! What the API says of mistakes, and of those who may not ask.

use bedrock_mock::MockServer;
use bedrock_mock::config::Switch;
use reqwest::Client;
use serde_json::json;

use crate::account::Account;
use crate::control::client::{Control, text};
use crate::wire::MODEL;

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
            r#"{"count": {"exact": 1}}"#,
            "count: expected a number or {\"atLeast\": n}; whether no more than that come, verify tells afterwards",
        ),
        (
            "POST",
            verify,
            r#"{"expectations": [{"match": {"account": "7"}}]}"#,
            "expectations/0/match: account \"7\": expected 12 digits",
        ),
        (
            "POST",
            verify,
            r#"{"expectations": [{"match": {"status": 20}}]}"#,
            "expectations/0/match: status 20: expected 100 to 599",
        ),
        (
            "POST",
            verify,
            r#"{"expectations": [{"match": {"headers": {"a b": "c"}}}]}"#,
            "expectations/0/match: headers: \"a b\" is no name of an HTTP header",
        ),
        (
            "POST",
            verify,
            r#"{"expectations": [{"match": {"headers": {"Authorization": "Bearer x"}}}]}"#,
            "expectations/0/match: headers: Authorization holds credentials, which the journal does not keep, so no value matches; match account instead",
        ),
        (
            "POST",
            "/_mock/clock/advance",
            r#"{"seconds": 1e30}"#,
            "seconds 1000000000000000000000000000000: expected 0 or more, and no more than leads to 9898-12-31T23:59:59Z",
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
