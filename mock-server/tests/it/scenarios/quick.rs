//! A request that none of 10,000 scenarios matches costs little.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::account::Account;
use crate::scenarios::script::{ACCOUNT, CLAUDE, converse, lax, said, user};

#[tokio::test]
async fn ten_thousand_misses() {
    let many = (0..10_000).map(|n| {
        let clauses = match n % 4 {
            0 => json!({"lastUser": format!("question {n}")}),
            1 => json!({"model": "anthropic.*", "lastUser": {"equals": format!("question {n}")}}),
            2 => json!({"lastUser": {"regex": format!("^question {n}$")}}),
            _ => json!({"operation": "Converse", "toolResult": {"content": format!("{n}")}}),
        };
        json!({"name": format!("{n}"), "match": clauses, "reply": {"text": format!("answer {n}")}})
    });
    let server = lax(many.collect()).await;
    let account = Account::new(&server, ACCOUNT);
    // The first use compiles patterns.
    let answer = said(&converse(&account, CLAUDE, &user("question 9998")).await);
    assert_eq!(answer, "answer 9998");
    let since = Instant::now();
    for _ in 0..20 {
        said(&converse(&account, CLAUDE, &user("Hello")).await);
    }
    let each = since.elapsed() / 20;
    println!("a miss over 10,000 scenarios: {each:?}");
    // 35 ms unoptimised on a quiet machine, most of it in patterns; the bound is for a busy one. What
    // it excludes is a text for each scenario that misses.
    assert!(each < Duration::from_millis(500), "{each:?}");
}
