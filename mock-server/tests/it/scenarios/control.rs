//! `/_mock/scenarios`: put, add, list and delete, and many tests that share one server.

use bedrock_mock::MockServer;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::account::Account;
use crate::scenarios::script::{CLAUDE, converse, said, user};

async fn control(server: &MockServer, method: Method, path: &str, body: Value) -> (u16, Value) {
    let request = Client::new().request(method, format!("{}/_mock/scenarios{path}", server.url()));
    let request = match body {
        Value::Null => request,
        Value::String(text) => request.body(text),
        other => request.body(other.to_string()),
    };
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

fn names(listed: &Value) -> Vec<&str> {
    let all = listed["scenarios"].as_array().unwrap().iter();
    all.map(|s| s["name"].as_str().unwrap()).collect()
}

/// What loads and is surely not meant so is told at once, and what would never answer is refused.
#[tokio::test]
async fn what_is_odd_is_told() {
    let server = MockServer::start().await.unwrap();
    let file = "{\"scenarios\": [\n {\"name\": \"a\", \"match\": {\"model\": \"amazon.nova-lite-v9\"}, \"reply\": {\"text\": \"a\"}}]}";
    let (status, told) = control(&server, Method::PUT, "", file.into()).await;
    assert_eq!((status, &told["scenarios"]), (200, &json!(1)));
    let warning = &told["warnings"][0];
    assert_eq!(
        (&warning["line"], &warning["column"]),
        (&json!(2), &json!(26)),
        "{told}"
    );
    assert!(
        warning["message"]
            .as_str()
            .unwrap()
            .starts_with("this never fits"),
        "{told}"
    );

    let other = json!({"name": "b", "match": {"account": "000000000008"}, "reply": {"text": "b"}});
    let file = json!({ "scenarios": [other] });
    for (method, body) in [(Method::PUT, file), (Method::POST, other)] {
        let (status, why) = control(&server, method, "?account=000000000007", body).await;
        let why = why["message"].as_str().unwrap().to_owned();
        assert_eq!(status, 400);
        assert!(
            why.contains("matches account 000000000008, so it would never answer"),
            "{why}"
        );
    }
}

#[tokio::test]
async fn put_add_list_delete() {
    let server = MockServer::start().await.unwrap();
    let file = json!({"scenarios": [
        {"name": "a", "reply": [{"text": "a"}]},
        {"name": "b", "match": {"lastUser": "x"}, "reply": {"text": "b"}},
    ]});
    assert_eq!(
        control(&server, Method::PUT, "", file).await,
        (200, json!({"scenarios": 2, "warnings": []}))
    );
    let one = json!({"name": "c", "match": {"turn": 9}, "reply": {"text": "c"}});
    assert_eq!(
        control(&server, Method::POST, "?account=000000000007", one.clone()).await,
        (201, json!({"name": "c"}))
    );
    assert_eq!(
        control(&server, Method::POST, "?account=000000000007", one)
            .await
            .0,
        201
    );

    let account = Account::new(&server, "000000000007");
    assert_eq!(said(&converse(&account, CLAUDE, &user("y")).await), "a");
    let (_, listed) = control(&server, Method::GET, "?account=000000000007", Value::Null).await;
    assert_eq!(names(&listed), ["c", "b", "a"]);
    let a = &listed["scenarios"][2];
    assert_eq!(
        (
            &a["hits"],
            &a["hitsOfAccount"],
            &a["exhausted"],
            &a["times"]
        ),
        (&json!(1), &json!(1), &json!(true), &json!(1))
    );
    assert_eq!(
        (&a["origin"], &a["account"]),
        (&json!("control"), &Value::Null)
    );
    let (_, listed) = control(&server, Method::GET, "?account=000000000008", Value::Null).await;
    assert_eq!(names(&listed), ["b", "a"]);
    assert_eq!(listed["scenarios"][1]["exhausted"], false);

    assert_eq!(
        control(&server, Method::DELETE, "/b", Value::Null).await.0,
        200
    );
    let (status, why) = control(&server, Method::DELETE, "/b", Value::Null).await;
    assert_eq!(status, 404, "{why}");
    assert_eq!(
        control(
            &server,
            Method::DELETE,
            "?account=000000000007",
            Value::Null
        )
        .await
        .0,
        200
    );
    let (_, listed) = control(&server, Method::GET, "", Value::Null).await;
    assert_eq!(names(&listed), ["a"]);
    assert_eq!(
        control(&server, Method::DELETE, "", Value::Null).await.0,
        200
    );
    let (_, listed) = control(&server, Method::GET, "", Value::Null).await;
    assert!(names(&listed).is_empty());
}

#[tokio::test]
async fn wrong_bodies_change_nothing_and_tell_all_that_is_wrong() {
    let server = MockServer::start().await.unwrap();
    let file = json!({"scenarios": [{"name": "a", "reply": {"text": "a"}}]});
    control(&server, Method::PUT, "", file).await;
    let wrong = "{\"scenarios\": [\n  {\"name\": \"x\", \"match\": {\"trun\": 1, \"account\": \"7\"}, \"reply\": {\"text\": 1}},\n  {\"name\": \"x\", \"replay\": {}}\n]}";
    let (status, said) = control(&server, Method::PUT, "", wrong.into()).await;
    assert_eq!(status, 400);
    let told: Vec<String> = said["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| {
            format!(
                "{}:{}: {}",
                p["line"],
                p["column"],
                p["message"].as_str().unwrap()
            )
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    2:27: match has no member "trun"; did you mean "turn"? It has: operation, model, family, account, lastUser, system, turn, toolResult, tools, body, header, stream
    2:38: an account has 12 digits, this is "7"
    2:65: text must be a text, this is a number
    3:17: a scenario has no member "replay"; did you mean "reply"? It has: name, about, match, reply, times, fault, pacing
    "#);
    assert_eq!(
        (&said["line"], &said["column"], &said["message"]),
        (&json!(2), &json!(27), &said["problems"][0]["message"])
    );
    let (_, listed) = control(&server, Method::GET, "", Value::Null).await;
    assert_eq!(names(&listed), ["a"]);
    let (status, said) = control(
        &server,
        Method::PUT,
        "?account=12",
        json!({"scenarios": []}),
    )
    .await;
    assert_eq!(
        (status, &said["message"]),
        (
            400,
            &json!("account 12: expected 12 digits; leave it out to mean all accounts")
        )
    );
}

#[tokio::test]
async fn the_schema_is_served() {
    let server = MockServer::start().await.unwrap();
    let answer = Client::new()
        .get(format!("{}/_mock/scenarios/schema", server.url()))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["content-type"], "application/schema+json");
    assert_eq!(
        answer.text().await.unwrap(),
        bedrock_mock::scenarios::SCHEMA
    );
}

/// 200 tests at once on one server, each with scenarios of the same names and other words.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_accounts_do_not_meet() {
    let server = std::sync::Arc::new(MockServer::start().await.unwrap());
    let tests = (0..200).map(|n| {
        let server = std::sync::Arc::clone(&server);
        tokio::spawn(async move {
            let id = format!("{n:012}");
            let file = json!({"scenarios": [
                {"name": "talk", "match": {"lastUser": "Hello"}, "reply": [{"text": format!("{id} one")}, {"text": format!("{id} two")}]},
                {"name": "rest", "reply": {"text": format!("{id} rest")}},
            ]});
            let (status, _) = control(&server, Method::PUT, &format!("?account={id}"), file).await;
            assert_eq!(status, 200);
            let account = Account::new(&server, &id);
            for word in ["one", "two", "rest"] {
                assert_eq!(said(&converse(&account, CLAUDE, &user("Hello")).await), format!("{id} {word}"));
            }
            let (_, listed) = control(&server, Method::GET, &format!("?account={id}"), Value::Null).await;
            assert_eq!(names(&listed), ["talk", "rest"]);
            assert_eq!(listed["scenarios"][0]["hits"], 2);
            // Half of the tests clean up while others run.
            if n % 2 == 0 {
                assert_eq!(control(&server, Method::DELETE, &format!("?account={id}"), Value::Null).await.0, 200);
                assert!(said(&converse(&account, CLAUDE, &user("Hello")).await).contains("bedrock-mock"));
            }
        })
    });
    for test in tests.collect::<Vec<_>>() {
        test.await.unwrap();
    }
}
