//! The matcher's own exam: for each matcher what fits, and the near misses that must not.

use bedrock_conformance::pattern::{self, Context};
use bedrock_conformance::spanned;
use serde_json::{Value, json};

fn differences(pattern: &Value, value: &Value) -> Vec<String> {
    let context = Context {
        root: value,
        shape: &|shape, value| {
            (!(shape == "Text" && value.is_string())).then(|| "wrong".to_owned())
        },
    };
    pattern::matches(&context, pattern, value)
        .into_iter()
        .map(|difference| {
            format!(
                "{}: {} / {}",
                difference.path, difference.expected, difference.seen
            )
        })
        .collect()
}

#[test]
fn what_fits_and_what_nearly_does() {
    // pattern, what fits, what must not
    let table: Vec<(Value, Vec<Value>, Vec<Value>)> = vec![
        (
            json!({"a": 1}),
            vec![json!({"a": 1, "b": 2}), json!({"a": 1.0})],
            vec![
                json!({"a": "1"}),
                json!({"A": 1}),
                json!({}),
                json!([]),
                json!({"a": null}),
                json!(null),
            ],
        ),
        (
            json!([1, 2]),
            vec![json!([1, 2])],
            vec![json!([1]), json!([2, 1]), json!([1, 2, 3]), json!({"0": 1})],
        ),
        (
            json!([]),
            vec![json!([])],
            vec![json!([1]), json!({}), json!(null)],
        ),
        (
            json!({}),
            vec![json!({}), json!({"a": 1})],
            vec![json!([]), json!("")],
        ),
        (
            json!(null),
            vec![json!(null)],
            vec![json!({}), json!(0), json!("null")],
        ),
        (json!(""), vec![json!("")], vec![json!(" "), json!(null)]),
        (
            json!("isn't"),
            vec![json!("isn't")],
            vec![json!("isn’t"), json!("isn't ")],
        ),
        (
            json!({"$type": "integer"}),
            vec![json!(0), json!(-1)],
            vec![json!(1.5), json!(1.0), json!("1"), json!(null)],
        ),
        (
            json!({"$type": "number"}),
            vec![json!(1.5)],
            vec![json!("1.5"), json!(true)],
        ),
        (
            json!({"$type": "null"}),
            vec![json!(null)],
            vec![json!("null"), json!({})],
        ),
        (
            json!({"$type": "array"}),
            vec![json!([])],
            vec![json!({}), json!("")],
        ),
        (
            json!({"$type": "uuid"}),
            vec![json!("b8163ff0-5fe8-459b-ad9f-0ae074934c31")],
            vec![
                json!("B8163FF0-5FE8-459B-AD9F-0AE074934C31"),
                json!("b8163ff05fe8459bad9f0ae074934c31"),
                json!("b8163ff0-5fe8-459b-ad9f-0ae074934c3"),
                json!(""),
            ],
        ),
        (
            json!({"$type": "timestamp"}),
            vec![json!("2026-07-13T14:00:42.680622107Z")],
            vec![
                json!("2026-07-13"),
                json!("2026-13-13T14:00:42Z"),
                json!(1.0),
            ],
        ),
        (
            json!({"$type": "base64"}),
            vec![json!("aGk="), json!("")],
            vec![json!("aGk"), json!("a b="), json!(1)],
        ),
        (
            json!({"$regex": "ab?"}),
            vec![json!("a"), json!("ab")],
            vec![json!("abb"), json!("xa"), json!("a\n"), json!(["a"])],
        ),
        (
            json!({"$regex": "a|b"}),
            vec![json!("a"), json!("b")],
            vec![json!("ab"), json!("ax")],
        ),
        (
            json!({"$regex": "a.c"}),
            vec![json!("a\nc")],
            vec![json!("ac")],
        ),
        (
            json!({"$len": 2}),
            vec![json!("éé"), json!([1, 2]), json!({"a": 1, "b": 2})],
            vec![json!("a"), json!([1]), json!(2), json!(null)],
        ),
        (
            json!({"$len": {"min": 1, "max": 2}}),
            vec![json!("a"), json!("ab")],
            vec![json!(""), json!("abc")],
        ),
        (
            json!({"$len": {"min": 1}}),
            vec![json!([1, 2, 3])],
            vec![json!([])],
        ),
        (
            json!({"$range": {"min": 1, "max": 2}}),
            vec![json!(1), json!(2), json!(1.5)],
            vec![json!(0.99), json!(2.01), json!("1")],
        ),
        (
            json!({"$oneof": [1, {"$type": "string"}]}),
            vec![json!(1), json!("x")],
            vec![json!(2), json!(null)],
        ),
        (
            json!({"$all": [{"a": 1}, {"b": 2}]}),
            vec![json!({"a": 1, "b": 2})],
            vec![json!({"a": 1}), json!({"a": 1, "b": 3})],
        ),
        (
            json!({"$not": {"a": 1}}),
            vec![json!({"a": 2}), json!([])],
            vec![json!({"a": 1, "b": 1})],
        ),
        (
            json!({"$contains": {"a": 1}}),
            vec![json!([0, {"a": 1, "b": 1}])],
            vec![json!([{"a": 2}]), json!([]), json!({"a": 1})],
        ),
        (
            json!({"$contains": "lo"}),
            vec![json!("hello"), json!(["lo"])],
            vec![json!("LO"), json!(["hello"])],
        ),
        (
            json!({"$each": {"$type": "string"}}),
            vec![json!(["a", "b"])],
            vec![json!([]), json!(["a", 1]), json!("a")],
        ),
        (
            json!({"$exact": {"a": [1]}}),
            vec![json!({"a": [1.0]})],
            vec![
                json!({"a": [1], "b": 1}),
                json!({"a": [1, 2]}),
                json!({"a": []}),
            ],
        ),
        (
            json!({"$exact": {"$type": "string"}}),
            vec![json!({"$type": "string"})],
            vec![json!("x")],
        ),
        (
            json!({"$keys": ["a", "b"]}),
            vec![json!({"a": 1, "b": null})],
            vec![
                json!({"b": 1, "a": 1}),
                json!({"a": 1}),
                json!({"a": 1, "b": 1, "c": 1}),
                json!(["a", "b"]),
            ],
        ),
        (
            json!({"$json": {"a": 1}}),
            vec![json!("{\"a\":1,\"b\":2}")],
            vec![json!("{\"a\":2}"), json!("{"), json!({"a": 1}), json!("")],
        ),
        (
            json!({"$base64": {"a": 1}}),
            vec![json!("eyJhIjoxfQ==")],
            vec![
                json!("eyJhIjoyfQ=="),
                json!("{\"a\":1}"),
                json!("eyJhIjoxfQ"),
            ],
        ),
        (json!({"$ref": "Text"}), vec![json!("x")], vec![json!(1)]),
        (
            json!({"a": {"$same-as": "/b"}}),
            vec![json!({"a": {"c": 1}, "b": {"c": 1}})],
            vec![
                json!({"a": {"c": 1}, "b": {"c": 1, "d": 1}}),
                json!({"a": 1}),
                json!({"b": 1}),
            ],
        ),
        (
            json!({"t": {"$sum": ["/i", "/o", "/absent"]}}),
            vec![json!({"i": 1, "o": 2, "t": 3})],
            vec![
                json!({"i": 1, "o": 2, "t": 4}),
                json!({"i": 1, "o": 2}),
                json!({"i": 1, "o": 2, "t": "3"}),
            ],
        ),
        (
            json!({"a": {"$absent": true}}),
            vec![json!({"b": 1}), json!({})],
            vec![json!({"a": null}), json!({"a": {}}), json!([])],
        ),
        (
            json!({"$absent": true}),
            vec![],
            vec![json!({}), json!(null)],
        ),
    ];
    for (pattern, fits, misses) in table {
        for value in fits {
            assert_eq!(
                differences(&pattern, &value),
                Vec::<String>::new(),
                "{pattern} ~ {value}"
            );
        }
        for value in misses {
            assert!(
                !differences(&pattern, &value).is_empty(),
                "{pattern} took {value}"
            );
        }
    }
}

#[test]
fn a_difference_says_where() {
    let found = differences(
        &json!({"a/b": [{"c": {"$type": "string"}}], "d": {"$absent": true}, "e": 1}),
        &json!({"a/b": [{"c": 1}], "d": 2}),
    );
    assert_eq!(
        found,
        [
            "/a~1b/0/c: {\"$type\":\"string\"} / 1",
            "/d: nothing of that name / 2",
            "/e: 1 / nothing of that name",
        ]
    );
}

#[test]
fn a_mistake_in_a_pattern_is_refused_with_its_place() {
    for (text, expected) in [
        (
            "{\"$typ\": \"string\"}",
            "f:1:2: there is no matcher \"$typ\"",
        ),
        ("{\"$type\": \"text\"}", "f:1:11: \"text\" is no type"),
        (
            "{\"$type\": \"string\",\n \"a\": 1}",
            "f:1:2: \"$type\" is a matcher, which must be alone",
        ),
        (
            "{\"a\": {\"$regex\": \"(\"}}",
            "f:1:18: no regular expression",
        ),
        ("{\"$len\": \"3\"}", "f:1:10: $len takes"),
        ("{\"$range\": {\"from\": 1}}", "f:1:12: $range takes"),
        ("{\"$oneof\": []}", "f:1:12: $oneof needs at least one"),
        (
            "{\"$ref\": \"Nothing\"}",
            "f:1:10: no service model has a shape \"Nothing\"",
        ),
        ("{\"$absent\": false}", "f:1:13: $absent is true"),
        (
            "[{\"$each\": {\"$x\": 1}}]",
            "f:1:13: there is no matcher \"$x\"",
        ),
    ] {
        let node = spanned::parse("f", text).unwrap();
        let fault = pattern::check("f", &node, &|shape| shape == "Text").unwrap_err();
        assert!(fault.to_string().starts_with(expected), "{fault}");
    }
}
