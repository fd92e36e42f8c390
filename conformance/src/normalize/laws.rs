//! What holds of the normaliser for any exchange.

use serde_json::{Value, json};

use super::{Tokens, normalise};

fn form(exchange: &Value) -> Value {
    normalise(exchange, &mut Tokens::default())
}

fn exchanges() -> Vec<Value> {
    vec![
        json!({
            "request": "POST /model/us.amazon.nova-lite-v1%3A0/converse", "status": 200,
            "headers": [["Date", "Sat, 19 Sep 2026 09:24:35 GMT"], ["Content-Type", "application/json"],
                ["Content-Length", "312"], ["x-amzn-RequestId", "b8163ff0-5fe8-459b-ad9f-0ae074934c31"], ["Via", "1.1 x"]],
            "body": {"metrics": {"latencyMs": 12}, "output": {"message": {"role": "assistant", "content": [
                {"text": "Hello there"},
                {"toolUse": {"toolUseId": "tooluse_AAAAAAAAAAAAAAAAAAAAAA", "name": "f", "input": {"a": "b", "n": 3}}}]}},
                "stopReason": "tool_use", "usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7}},
        }),
        json!({
            "request": "POST /model/m/converse-stream", "status": 200, "headers": [],
            "events": [
                {"messageStart": {"role": "assistant", "p": "abc"}},
                {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "a"}, "p": "abcd"}},
                {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "b c"}, "p": "ab"}},
                {"contentBlockStop": {"contentBlockIndex": 0, "p": "x"}},
                {"exception throttlingException": {"message": "slow"}}],
        }),
        json!({
            "request": "GET /inference-profiles/abcdef123456", "status": 400, "headers": [["X-Amzn-Errortype", "ValidationException:"]],
            "body": {"message": "no arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abcdef123456 since 2026-01-02T03:04:05.678Z",
                "list": [{"a": 1}, {"a": 2}, {"a": 3}], "inferenceProfileSummaries": [{"inferenceProfileId": "zzzzzzzzzzzz", "n": "b"}, {"inferenceProfileId": "aaaaaaaaaaaa", "n": "a"}], "embedding": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]},
        }),
        json!({"request": "GET /?X-Amz-Credential=test%2F20260102%2Fus-west-2%2Fsts%2Faws4_request", "status": 200, "headers": []}),
        json!({"request": "POST /", "status": 403, "headers": [], "text": "ASIAABCDEFGHIJKLMNOP signed test/20260102/us-east-1 test%2F20260102%2Fus-west-2 20260102T030405Z ABSKQmVkcm9ja0FQSUtleS1h"}),
    ]
}

#[test]
fn a_form_is_its_own_form() {
    for exchange in exchanges() {
        let once = form(&exchange);
        assert_eq!(form(&once), once);
        assert_ne!(once, exchange);
    }
}

#[test]
fn what_differs_by_chance_is_no_difference() {
    let table = [
        (
            "b8163ff0-5fe8-459b-ad9f-0ae074934c31",
            "b8163ff0-5fe8-459b-ad9f-0ae074934c32",
        ),
        (
            "tooluse_AAAAAAAAAAAAAAAAAAAAAA",
            "tooluse_BAAAAAAAAAAAAAAAAAAAAA",
        ),
        (
            "Sat, 19 Sep 2026 09:24:35 GMT",
            "Sun, 20 Sep 2026 09:24:35 GMT",
        ),
        ("\"latencyMs\":12", "\"latencyMs\":99"),
        ("Hello there", "Something else"),
        ("\"a\":\"b\",\"n\":3", "\"a\":\"c\",\"n\":4"),
        (
            "\"inputTokens\":3,\"outputTokens\":4,\"totalTokens\":7",
            "\"inputTokens\":5,\"outputTokens\":4,\"totalTokens\":9",
        ),
        ("us.amazon.nova-lite-v1%3A0", "amazon.nova-lite-v1%3A0"),
        ("\"abcd\"", "\"ab\""),
        ("123456789012", "210987654321"),
        ("us-west-2", "eu-central-1"),
        ("abcdef123456", "654321fedcba"),
        ("/20260102/", "/20271231/"),
        ("%2F20260102%2F", "%2F20271231%2F"),
        ("=test%2F20260102", "=test%2F20271231"),
        ("2026-01-02T03:04:05.678Z", "2026-11-02T03:04:05Z"),
        ("0.9]", "0.25,0.75]"),
        ("{\"a\":3}", "{\"a\":3},{\"a\":4}"),
        ("ASIAABCDEFGHIJKLMNOP", "ASIAABCDEFGHIJKLMNOQ"),
        (
            "{\"inferenceProfileId\":\"zzzzzzzzzzzz\",\"n\":\"b\"},{\"inferenceProfileId\":\"aaaaaaaaaaaa\",\"n\":\"a\"}",
            "{\"inferenceProfileId\":\"bbbbbbbbbbbb\",\"n\":\"a\"},{\"inferenceProfileId\":\"cccccccccccc\",\"n\":\"b\"}",
        ),
        ("\"1.1 x\"", "\"2 y\""),
    ];
    for (one, other) in table {
        let changed = exchanges().into_iter().find_map(|exchange| {
            let text = exchange.to_string();
            let changed: Value = serde_json::from_str(&text.replace(one, other)).ok()?;
            text.contains(one)
                .then(|| (form(&exchange), form(&changed)))
        });
        let (before, after) = changed.expect(one);
        assert_eq!(before, after, "{one}");
    }
}

#[test]
fn what_clients_see_is_a_difference() {
    let table = [
        ("\"status\":200", "\"status\":201"),
        ("\"Date\"", "\"date\""),
        ("application/json", "text/json"),
        ("\"metrics\"", "\"metric\""),
        ("\"name\":\"f\"", "\"name\":\"g\""),
        ("\"a\":\"b\"", "\"z\":\"b\""),
        ("\"n\":3", "\"n\":\"3\""),
        ("\"totalTokens\":7", "\"totalTokens\":8"),
        ("\"stopReason\":\"tool_use\"", "\"stopReason\":\"end_turn\""),
        ("contentBlockStop", "contentBlockEnd"),
        (",\"p\":\"ab\"", ""),
        ("exception throttlingException", "throttlingException"),
        ("ValidationException:", "ValidationException"),
        ("no arn", "not arn"),
        ("[{\"a\":1},{\"a\":2},{\"a\":3}]", "[{\"a\":1},{\"a\":2}]"),
    ];
    for (one, other) in table {
        let changed = exchanges().into_iter().find_map(|exchange| {
            let text = exchange.to_string();
            let changed: Value = serde_json::from_str(&text.replacen(one, other, 1)).ok()?;
            text.contains(one)
                .then(|| (form(&exchange), form(&changed)))
        });
        let (before, after) = changed.expect(one);
        assert_ne!(before, after, "{one}");
    }
}

#[test]
fn the_same_id_has_the_same_number_and_others_have_others() {
    let mut tokens = Tokens::default();
    let (one, other) = (
        "b8163ff0-5fe8-459b-ad9f-0ae074934c31",
        "c8163ff0-5fe8-459b-ad9f-0ae074934c31",
    );
    assert_eq!(
        tokens.text(&format!("{one} {other} {one}")),
        "<request-id:1> <request-id:2> <request-id:1>"
    );
    assert_eq!(tokens.text(other), "<request-id:2>");
    assert_eq!(
        tokens.text("a sentence of words and 12 digits"),
        "a sentence of words and 12 digits"
    );
}
