//! The API held against its own description and the handbook.

use std::collections::BTreeSet;

use bedrock_mock::MockServer;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::account::Account;
use crate::control::client::Control;
use crate::wire::{HELLO, MODEL};

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
    let stream = format!("/model/{}/converse-stream", crate::account::label(MODEL));
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
        ("get", "/_mock/clock", "?a=1", None, 400),
        ("delete", "/_mock/clock", "?a=1", None, 400),
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
        ("get", "/_mock/catalogue", "?a=1", None, 400),
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
        ("get", "/_mock/faults/kinds", "?a=1", None, 400),
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
    // All but the refusals of a token and of a journal that is off, which have tests of their own, and
    // a broken medium.
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for status in operation["responses"].as_object().unwrap().keys() {
                let status: u16 = status.parse().unwrap();
                let seen = had.contains(&(path.clone(), method.clone(), status));
                let elsewhere =
                    [401, 507].contains(&status) || (path.ends_with("wait-for") && status == 409);
                assert!(seen || elsewhere, "{method} {path} {status}");
            }
        }
    }
}

#[test]
fn the_handbook_lists_every_path() {
    let page = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/docs/journal-and-control-api.md"
    );
    let page = std::fs::read_to_string(page).unwrap();
    let rows = page.lines().filter_map(|line| {
        let path = line.strip_prefix("| `/_mock/")?.split('`').next()?;
        Some(format!("/_mock/{path}"))
    });
    assert_eq!(
        rows.collect::<Vec<_>>(),
        bedrock_mock::control::paths(),
        "in the order of the table"
    );
}
