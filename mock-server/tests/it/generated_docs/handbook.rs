//! The test that compares, or rewrites, every generated table.

use std::collections::BTreeMap;

use bedrock_mock::MockServer;
use serde_json::Value;

use super::{control_api, families, faults, operations, pages, program};
use crate::wire;

/// Renders every generated table, by the name in its marker.
async fn tables(server: &MockServer) -> BTreeMap<String, String> {
    let kinds = get(server, "/_mock/faults/kinds").await;
    let program = program::reference();
    let mut tables = BTreeMap::from([
        (
            "operations".to_owned(),
            operations::table(&get(server, "/_mock/coverage").await),
        ),
        ("families".to_owned(), families::table(server).await),
        ("faults".to_owned(), faults::table(&kinds)),
        ("fault-parameters".to_owned(), faults::parameters(&kinds)),
        ("fault-protocols".to_owned(), faults::protocols(&kinds)),
        (
            "control-api".to_owned(),
            control_api::table(&get(server, "/_mock/openapi.json").await),
        ),
        ("exit-codes".to_owned(), program::exit_codes(&program)),
    ]);
    tables.extend(program::flags(&program));
    tables
}

/// Returns a JSON answer of the control API.
async fn get(server: &MockServer, path: &str) -> Value {
    let answer = wire::exchange(server, &wire::request(server, "GET", path, "", b"")).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

#[tokio::test]
async fn the_tables_of_the_handbook_are_those_of_the_program() {
    let server = MockServer::start().await.unwrap();
    let tables = tables(&server).await;
    let bless = std::env::var_os("BLESS").is_some_and(|value| value == "1");
    let mut shown: BTreeMap<String, String> = BTreeMap::new();
    let mut stale = Vec::new();
    for page in pages::all() {
        let text = std::fs::read_to_string(&page).unwrap();
        let file = page.display().to_string();
        let (renewed, names) = pages::fill(&text, &file, &tables);
        for name in names {
            let twice = shown.insert(name.clone(), file.clone());
            assert_eq!(twice, None, "{name} is on two pages; {file} is one");
        }
        if renewed == text {
            continue;
        }
        if bless {
            std::fs::write(&page, renewed).unwrap();
        } else {
            stale.push(pages::first_difference(&file, &text, &renewed));
        }
    }
    let missing: Vec<&String> = tables
        .keys()
        .filter(|name| !shown.contains_key(*name))
        .collect();
    assert!(missing.is_empty(), "no page has the tables {missing:?}");
    assert!(
        stale.is_empty(),
        "generated tables differ from the program; `make bless` rewrites them:\n{}",
        stale.join("\n")
    );
}
