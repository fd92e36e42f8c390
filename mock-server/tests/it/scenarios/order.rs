//! Which of several scenarios answers, how often, and what is said when none does.

use serde_json::json;

use crate::account::Account;
use crate::scenarios::script::{ACCOUNT, CLAUDE, NOVA, converse, lax, put, said, strict, user};

#[tokio::test]
async fn the_most_specific_one_answers_and_order_breaks_ties() {
    let server = strict(json!([
        {"name": "any", "reply": {"text": "any"}},
        {"name": "first", "match": {"lastUser": "Hello"}, "reply": {"text": "first"}},
        {"name": "second", "match": {"lastUser": "ello"}, "reply": {"text": "second"}},
        {"name": "glob", "match": {"model": "amazon.*"}, "reply": {"text": "glob"}},
        {"name": "exact", "match": {"lastUser": {"equals": "Hello"}}, "reply": {"text": "exact"}},
        {"name": "two clauses", "match": {"stream": false, "model": "amazon.*"}, "reply": {"text": "two"}},
    ]))
    .await;
    let account = Account::new(&server, ACCOUNT);
    for (model, text, answer) in [
        (CLAUDE, "Hello", "exact"),
        (CLAUDE, "Hello!", "first"),
        (CLAUDE, "Jello", "second"),
        (CLAUDE, "Bye", "any"),
        // Two weak clauses are more than one strong one.
        (NOVA, "Hello", "two"),
    ] {
        assert_eq!(
            said(&converse(&account, model, &user(text)).await),
            answer,
            "{model} {text}"
        );
    }
}

#[tokio::test]
async fn an_accounts_own_scenarios_come_first_and_exhausted_ones_let_others_answer() {
    let server = strict(json!([{"name": "shared", "match": {"lastUser": {"equals": "x"}}, "reply": {"text": "shared"}}])).await;
    let own = json!({"scenarios": [{"name": "own", "reply": [{"text": "own"}]}]});
    server
        .scenarios_json_of("000000000001", &own.to_string())
        .unwrap();
    let first = Account::new(&server, "000000000001");
    let second = Account::new(&server, "000000000002");
    assert_eq!(said(&converse(&first, CLAUDE, &user("x")).await), "own");
    assert_eq!(said(&converse(&first, CLAUDE, &user("x")).await), "shared");
    assert_eq!(said(&converse(&second, CLAUDE, &user("x")).await), "shared");
}

/// A sequence is counted for each account by itself.
#[tokio::test]
async fn sequences_times_and_what_is_said_at_their_end() {
    let server = strict(json!([
        {"name": "once", "match": {"lastUser": "once"}, "reply": [{"text": "a", "times": 2}, {"text": "b"}]},
        {"name": "again", "match": {"lastUser": "again"}, "reply": [{"text": "a"}, {"text": "b"}], "times": 3},
        {"name": "ever", "match": {"lastUser": "ever"}, "reply": {"text": "a"}},
        {"name": "single", "match": {"lastUser": "single"}, "reply": {"text": "a"}, "times": 1},
    ]))
    .await;
    for account in ["000000000001", "000000000002"] {
        let account = Account::new(&server, account);
        for (text, answers) in [
            ("once", vec!["a", "a", "b"]),
            ("again", vec!["a", "b", "a"]),
            ("ever", vec!["a"; 5]),
            ("single", vec!["a"]),
        ] {
            for answer in answers {
                assert_eq!(said(&converse(&account, CLAUDE, &user(text)).await), answer);
            }
            if text == "ever" {
                continue;
            }
            let (status, kind, message) = converse(&account, CLAUDE, &user(text)).await.refusal();
            assert_eq!((status, kind.as_str()), (400, "ScenariosExhausted"));
            assert_eq!(
                message,
                format!(
                    "The scenarios that match this Converse request have given all their answers: {text}. Raise their times, or add replies."
                )
            );
        }
    }
}

#[tokio::test]
async fn a_refusal_names_the_nearest_three_and_what_each_misses() {
    let server = strict(json!([
        {"name": "far", "match": {"family": "nova", "lastUser": "a"}, "reply": {"text": "x"}},
        {"name": "near", "match": {"family": "claude", "lastUser": "a"}, "reply": {"text": "x"}},
        {"name": "nearer", "match": {"family": "claude", "stream": false, "lastUser": "b"}, "reply": {"text": "x"}},
        {"name": "control plane", "match": {"operation": "ListFoundationModels"}, "reply": {"raw": {"body": {}}}},
    ]))
    .await;
    let account = Account::new(&server, ACCOUNT);
    let (_, kind, message) = converse(&account, CLAUDE, &user("Hello")).await.refusal();
    assert_eq!(kind, "NoScenarioMatched");
    insta::assert_snapshot!(message, @r#"No scenario matches this Converse request. Nearest: "nearer" (lastUser: wanted a text with "b", was "Hello"); "near" (lastUser: wanted a text with "a", was "Hello"); "far" (family: wanted nova, was "claude")."#);

    put(&server, json!([]));
    let (_, _, message) = converse(&account, CLAUDE, &user("Hello")).await.refusal();
    assert_eq!(
        message,
        "No scenario matches this Converse request. There are none."
    );
}

/// A scenario that names no operation is for models' answers; nothing else uses it up.
#[tokio::test]
async fn what_names_no_operation_is_for_models_alone() {
    let server = lax(json!([
        {"name": "said", "reply": [{"text": "one"}]},
        {"name": "bytes", "match": {"model": "amazon.titan-embed*"}, "reply": [{"raw": {"body": {"embedding": []}}}]},
    ]))
    .await;
    let account = Account::new(&server, ACCOUNT);
    let models = account.get("/foundation-models").await.ok();
    assert!(models["modelSummaries"].is_array());
    let count = json!({"input": {"converse": user("Hello")}});
    let path = format!(
        "/model/{}/count-tokens",
        crate::account::label("anthropic.claude-3-5-haiku-20241022-v1:0")
    );
    assert_eq!(account.post(&path, count).await.ok()["inputTokens"], 8);
    let vector = account
        .post(
            "/model/amazon.titan-embed-text-v2%3A0/invoke",
            json!({"inputText": "x"}),
        )
        .await;
    assert_eq!(vector.text, r#"{"embedding":[]}"#);
    let vector = account
        .post(
            "/model/amazon.titan-embed-text-v2%3A0/invoke",
            json!({"inputText": "x"}),
        )
        .await;
    assert!(vector.ok()["embedding"].as_array().unwrap().len() > 100);
    assert_eq!(said(&converse(&account, CLAUDE, &user("x")).await), "one");
}

/// What the service would refuse is refused, and uses nothing up.
#[tokio::test]
async fn refused_requests_take_no_step() {
    let server = lax(json!([{"name": "one", "reply": [{"text": "one"}]}])).await;
    let account = Account::new(&server, ACCOUNT);
    let wrong = json!({"messages": [{"role": "assistant", "content": [{"text": "x"}]}]});
    assert_eq!(converse(&account, CLAUDE, &wrong).await.status, 400);
    assert_eq!(converse(&account, "no.model", &user("x")).await.status, 400);
    assert_eq!(said(&converse(&account, CLAUDE, &user("x")).await), "one");
}

/// Hundreds of scenarios with clauses of every kind, each for one answer: those that fit answer one
/// after the other in their order, and no other ever does.
#[tokio::test]
async fn among_many_all_that_fit_answer_in_their_order() {
    // A clause that fits the request, one of the same kind that does not, and how exact they are.
    let kinds = [
        (
            json!({"lastUser": {"equals": "Hello"}}),
            json!({"lastUser": {"equals": "Hell"}}),
            3,
        ),
        (
            json!({"lastUser": {"regex": "^H"}}),
            json!({"lastUser": {"regex": "^x"}}),
            2,
        ),
        (
            json!({"system": {"equals": ""}}),
            json!({"system": {"equals": "Be kind"}}),
            3,
        ),
        (
            json!({"account": ACCOUNT}),
            json!({"account": "000000000009"}),
            3,
        ),
        (json!({"model": ["x", NOVA]}), json!({"model": CLAUDE}), 3),
        (
            json!({"model": ["x", "amazon.*"]}),
            json!({"model": ["x", "anthropic.*"]}),
            1,
        ),
        (json!({"turn": 1}), json!({"turn": 2}), 3),
        (json!({"family": "nova"}), json!({"family": "claude"}), 1),
        (
            json!({"operation": ["Converse", "Converse"]}),
            json!({"operation": "InvokeModel"}),
            1,
        ),
        (json!({"stream": false}), json!({"stream": true}), 1),
        (json!({"toolResult": false}), json!({"toolResult": true}), 1),
    ];
    let mut random = fastrand::Rng::with_seed(7);
    let (mut scenarios, mut fitting) = (Vec::new(), Vec::new());
    for n in 0..400 {
        let (mut matched, mut weight, mut fits) = (json!({}), 0, true);
        for _ in 0..random.usize(0..4) {
            let (yes, no, exact) = &kinds[random.usize(0..kinds.len())];
            let chosen = if random.u8(0..5) > 0 { yes } else { no };
            let (name, clause) = chosen.as_object().unwrap().iter().next().unwrap();
            if matched.get(name).is_none() {
                matched[name] = clause.clone();
                weight += exact;
                fits &= chosen == yes;
            }
        }
        let count = matched.as_object().unwrap().len();
        if fits {
            fitting.push((count, weight, n.to_string()));
        }
        let reply = json!([{ "text": n.to_string() }]);
        scenarios.push(json!({"name": format!("n{n}"), "match": matched, "reply": reply}));
    }
    let server = strict(json!(scenarios)).await;
    let account = Account::new(&server, ACCOUNT);
    fitting.sort_by_key(|(count, weight, _)| std::cmp::Reverse((*count, *weight)));
    assert!(fitting.len() > 100, "{}", fitting.len());
    for (_, _, answer) in fitting {
        assert_eq!(
            said(&converse(&account, NOVA, &user("Hello")).await),
            answer
        );
    }
    let refused = converse(&account, NOVA, &user("Hello")).await;
    assert_eq!(refused.status, 400);
}
