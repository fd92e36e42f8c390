//! Reranking over a socket: the form of the recorded answer, an order that makes sense.

use crate::wire::{Answer, exchange, post};
use bedrock_mock::MockServer;
use rstest::rstest;
use serde_json::{Value, json};

const COHERE: &str = "cohere.rerank-v3-5:0";
const AMAZON: &str = "amazon.rerank-v1:0";

async fn invoke(server: &MockServer, model: &str, body: &Value) -> Answer {
    let path = format!("/model/{model}/invoke");
    exchange(server, &post(server, &path, &body.to_string())).await
}

fn capitals() -> Value {
    json!({
        "query": "What is the capital of France?",
        "documents": [
            "Bananas are yellow when they are ripe.",
            "The capital of France is Paris, on the Seine.",
            "The capital of Germany is Berlin.",
            "France makes many cheeses.",
        ],
        "api_version": 2,
    })
}

fn results(answer: &Answer) -> Vec<(u64, f64)> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let said = answer.json();
    let place = |p: &Value| {
        let keys: Vec<&String> = p.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["index", "relevance_score"]);
        (
            p["index"].as_u64().unwrap(),
            p["relevance_score"].as_f64().unwrap(),
        )
    };
    assert_eq!(said.as_object().unwrap().len(), 1);
    said["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(place)
        .collect()
}

#[rstest]
#[case(COHERE)]
#[case(AMAZON)]
#[tokio::test]
async fn the_document_that_answers_is_first(#[case] model: &str) {
    let server = MockServer::start().await.unwrap();
    let answer = invoke(&server, model, &capitals()).await;
    assert!(
        answer
            .head
            .ends_with("\nX-Amzn-Bedrock-Invocation-Latency: 412"),
        "{}",
        answer.head
    );
    let places = results(&answer);
    assert_eq!(places.len(), 4);
    assert_eq!(places[0].0, 1);
    assert_eq!(places[3].0, 0);
    assert!(places.windows(2).all(|p| p[0].1 >= p[1].1));
    assert!(places.iter().all(|p| (0.0..=1.0).contains(&p.1)));
    // As few digits as tell single floats apart, as recorded.
    assert!(
        places
            .iter()
            .all(|p| (p.1 as f32).to_string().parse::<f64>().unwrap() == p.1)
    );
}

#[tokio::test]
async fn top_n_keeps_the_best_with_their_scores() {
    let server = MockServer::start().await.unwrap();
    let all = results(&invoke(&server, COHERE, &capitals()).await);
    let mut body = capitals();
    for (top, kept) in [(1, 1), (3, 3), (4, 4), (100, 4)] {
        body["top_n"] = json!(top);
        assert_eq!(results(&invoke(&server, COHERE, &body).await), all[..kept]);
    }
}

#[tokio::test]
async fn equal_documents_keep_their_order_and_objects_are_read() {
    let server = MockServer::start().await.unwrap();
    let body = json!({"query": "red car", "documents": ["x", "red car", {"title": "red", "text": "car"}, "red car"]});
    let places: Vec<u64> = results(&invoke(&server, COHERE, &body).await)
        .iter()
        .map(|p| p.0)
        .collect();
    assert_eq!(places[3], 0);
    let of = |index: u64| places.iter().position(|p| *p == index).unwrap();
    assert!(of(1) < of(3));
}

#[rstest]
#[case::no_query(json!({"documents": ["x"]}))]
#[case::no_documents(json!({"query": "x"}))]
#[case::empty(json!({"query": "x", "documents": []}))]
#[case::numbers(json!({"query": "x", "documents": [7]}))]
#[case::many(json!({"query": "x", "documents": vec!["x"; 1001]}))]
#[case::top_zero(json!({"query": "x", "documents": ["x"], "top_n": 0}))]
#[case::top_negative(json!({"query": "x", "documents": ["x"], "top_n": -1}))]
#[case::unknown(json!({"query": "x", "documents": ["x"], "messages": []}))]
#[tokio::test]
async fn broken_bodies(#[case] body: Value) {
    let server = MockServer::start().await.unwrap();
    let answer = invoke(&server, COHERE, &body).await;
    assert_eq!(answer.status, 400);
    assert!(
        answer.json()["message"]
            .as_str()
            .unwrap()
            .starts_with("Malformed input request: #")
    );
}

#[tokio::test]
async fn words_that_are_nowhere_and_texts_without_words() {
    let server = MockServer::start().await.unwrap();
    for (query, document) in [("x", ""), ("?!", "..."), ("日本", "日本語"), ("x", "y")] {
        let body = json!({"query": query, "documents": [document, document]});
        let places = results(&invoke(&server, AMAZON, &body).await);
        assert_eq!(places.iter().map(|p| p.0).collect::<Vec<_>>(), [0, 1]);
    }
}

/// Only the first tokens of a document are read (documented).
#[tokio::test]
async fn long_documents_are_cut() {
    let server = MockServer::start().await.unwrap();
    let late = format!("{}Paris", "word ".repeat(5_000));
    let mut body = json!({"query": "Paris", "documents": [late, "Paris"]});
    assert_eq!(results(&invoke(&server, COHERE, &body).await)[0].0, 1);
    body["documents"] = json!(["one two Paris", "one Paris two"]);
    body["max_tokens_per_doc"] = json!(2);
    assert_eq!(results(&invoke(&server, COHERE, &body).await)[0].0, 1);
}
