//! Arguments are valid against every schema that leaves something valid: a table of hard ones, and
//! hundreds made around a value that satisfies them. A JSON Schema crate that is not ours judges.

use crate::schema_maker::Maker;
use crate::wire::{exchange, post};
use bedrock_mock::MockServer;
use rstest::rstest;
use serde_json::{Value, json};

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";

/// Tools that are called together in one request.
const TOOLS: usize = 20;
/// Requests with schemas made by chance.
const ROUNDS: u64 = 20;

/// What the model calls one tool for each schema with; each schema is a member's.
async fn inputs(server: &MockServer, schemas: &[Value]) -> Vec<Value> {
    let tools: Vec<Value> = schemas
        .iter()
        .enumerate()
        .map(|(i, schema)| {
            let schema =
                json!({"type": "object", "required": ["it"], "properties": {"it": schema}});
            json!({"toolSpec": {"name": format!("t{i}"), "inputSchema": {"json": schema}}})
        })
        .collect();
    let named: Vec<String> = (0..schemas.len()).map(|i| format!("t{i}")).collect();
    let body = json!({
        "messages": [{"role": "user", "content": [{"text": format!("Call {}", named.join(" and "))}]}],
        "toolConfig": {"tools": tools, "toolChoice": {"any": {}}}
    });
    let request = post(
        server,
        &format!("/model/{CLAUDE}/converse"),
        &body.to_string(),
    );
    let answer = exchange(server, &request).await.json();
    let content = answer["output"]["message"]["content"].as_array();
    let calls = content.unwrap_or_else(|| panic!("{answer}"));
    let calls = calls.iter().filter_map(|block| block.get("toolUse"));
    let inputs: Vec<Value> = calls.map(|call| call["input"]["it"].clone()).collect();
    assert_eq!(inputs.len(), schemas.len(), "{answer}");
    inputs
}

fn assert_valid(schema: &Value, value: &Value) {
    let validator = jsonschema::draft202012::new(schema).unwrap();
    let problems: Vec<String> = validator
        .iter_errors(value)
        .map(|e| e.to_string())
        .collect();
    assert!(problems.is_empty(), "{problems:?}\nin {value}\nof {schema}");
}

#[rstest]
#[case::not(json!({"type": "string", "not": {"const": "value"}}))]
#[case::not_a_member(json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}, "not": {"properties": {"a": {"const": "value"}}}}))]
#[case::condition(json!({"type": "object", "required": ["k"], "properties": {"k": {"enum": ["a", "b"]}}, "if": {"properties": {"k": {"const": "a"}}}, "then": {"required": ["x"], "properties": {"x": {"type": "integer"}}}, "else": {"required": ["y"]}}))]
#[case::condition_met_by_absence(json!({"type": "object", "properties": {"k": {"type": "integer"}}, "if": {"required": ["k"]}, "then": false, "else": {"required": ["other"]}}))]
#[case::contains(json!({"type": "array", "items": {"type": "integer"}, "contains": {"minimum": 10}, "minContains": 2, "maxItems": 3}))]
#[case::contains_beside_prefix(json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": "boolean"}], "contains": {"type": "integer"}}))]
#[case::dependents(json!({"type": "object", "required": ["card"], "properties": {"card": {"type": "string"}, "address": {"type": "object", "required": ["city"]}}, "dependentRequired": {"card": ["address"]}, "dependentSchemas": {"address": {"required": ["zip"], "properties": {"zip": {"type": "integer"}}}}}))]
#[case::old_dependencies(json!({"type": "object", "required": ["a"], "dependencies": {"a": ["b"], "b": {"required": ["c"]}}}))]
#[case::property_names(json!({"type": "object", "minProperties": 3, "propertyNames": {"pattern": "^[A-Z]{2}$"}, "additionalProperties": {"type": "integer"}}))]
#[case::pattern_names(json!({"type": "object", "minProperties": 2, "patternProperties": {"^x-": {"type": "integer"}, "-n$": {"minimum": 5}}, "additionalProperties": false}))]
#[case::several_patterns(json!({"type": "object", "required": ["x-n"], "patternProperties": {"^x-": {"type": "integer"}, "-n$": {"minimum": 5}}}))]
#[case::exactly_one(json!({"oneOf": [{"type": "number"}, {"type": "integer"}]}))]
#[case::exactly_one_object(json!({"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}))]
#[case::second_branch(json!({"type": "integer", "anyOf": [{"type": "string"}, {"minimum": 7}]}))]
#[case::branches_together(json!({"anyOf": [{"const": 1}, {"const": 2}], "oneOf": [{"const": 2}, {"const": 3}]}))]
#[case::discriminated(json!({"type": "object", "required": ["kind"], "oneOf": [{"properties": {"kind": {"const": "a"}, "n": {"type": "integer"}}, "required": ["n"]}, {"properties": {"kind": {"const": "b"}}}]}))]
#[case::default_that_does_not_fit(json!({"type": "integer", "minimum": 5, "default": 1}))]
#[case::first_of_enum_does_not_fit(json!({"enum": ["a", 7, "long enough"], "type": "string", "minLength": 3}))]
#[case::only_null(json!({"type": ["null"]}))]
#[case::null(json!({"type": "null"}))]
#[case::anything(json!(true))]
#[case::implied_number(json!({"exclusiveMinimum": 4}))]
#[case::implied_text(json!({"pattern": "^a+$"}))]
#[case::implied_list(json!({"contains": {"const": 3}}))]
#[case::both_bounds(json!({"type": "number", "minimum": 1, "exclusiveMinimum": 3, "maximum": 10, "exclusiveMaximum": 3.5}))]
#[case::a_narrow_range(json!({"type": "number", "exclusiveMinimum": 0.1, "exclusiveMaximum": 0.100001}))]
#[case::steps_of_a_cent(json!({"type": "number", "minimum": 0.07, "multipleOf": 0.01}))]
#[case::steps_of_integers(json!({"type": "integer", "minimum": 1, "multipleOf": 2.5}))]
#[case::below_zero(json!({"type": "integer", "maximum": -3, "multipleOf": 4}))]
#[case::large(json!({"type": "integer", "minimum": 9_223_372_036_854_775_000_u64}))]
#[case::very_large(json!({"type": "integer", "minimum": 18_446_744_073_709_551_000_u64}))]
#[case::short_pattern(json!({"type": "string", "pattern": "^[a-z]+$", "minLength": 8, "maxLength": 8}))]
#[case::growing_middle(json!({"type": "string", "pattern": "^a+b$", "minLength": 10}))]
#[case::looking_ahead(json!({"type": "string", "pattern": r"^(?=.*[A-Z])(?=.*\d)[A-Za-z\d]{8,}$"}))]
#[case::not_looking_like(json!({"type": "string", "pattern": "^(?!a)[a-z]{3}$"}))]
#[case::short_format(json!({"type": "string", "maxLength": 3}))]
#[case::distinct_patterns(json!({"type": "array", "minItems": 12, "uniqueItems": true, "items": {"type": "string", "pattern": "^[a-z]$"}}))]
#[case::distinct_numbers(json!({"type": "array", "minItems": 3, "uniqueItems": true, "items": {"type": "integer", "minimum": 4, "maximum": 6}}))]
#[case::distinct_objects(json!({"type": "array", "minItems": 3, "uniqueItems": true, "items": {"type": "object", "required": ["a"], "properties": {"a": {"type": "boolean"}, "b": {"type": "integer"}}}}))]
#[case::distinct_anything(json!({"type": "array", "minItems": 3, "uniqueItems": true}))]
#[case::distinct_short(json!({"type": "array", "minItems": 20, "uniqueItems": true, "items": {"type": "string", "maxLength": 1, "minLength": 1}}))]
#[case::closed_with_a_name(json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}, "additionalProperties": false, "minProperties": 1}))]
#[case::an_escaped_reference(json!({"$defs": {"a/b c": {"type": "integer"}}, "$ref": "#/properties/it/$defs/a~1b%20c"}))]
#[case::an_anchor(json!({"$defs": {"x": {"$anchor": "there", "type": "integer"}}, "$ref": "#there"}))]
#[case::beside_a_reference(json!({"$defs": {"n": {"type": "integer", "minimum": 2}}, "$ref": "#/properties/it/$defs/n", "minimum": 4, "not": {"const": 4}}))]
#[case::unevaluated(json!({"type": "object", "allOf": [{"required": ["a"], "properties": {"a": {"type": "integer"}}}], "minProperties": 2, "properties": {"b": {"type": "string"}}, "unevaluatedProperties": false}))]
#[case::all_of_enums(json!({"allOf": [{"enum": ["a", "b", "c"]}, {"enum": ["b", "c"]}, {"not": {"const": "b"}}]}))]
#[case::types_that_meet(json!({"allOf": [{"type": ["integer", "string"]}, {"type": ["number", "null"]}], "not": {"type": "null"}}))]
#[tokio::test]
async fn hard_schemas_are_met(#[case] schema: Value) {
    let server = MockServer::start().await.unwrap();
    let input = inputs(&server, std::slice::from_ref(&schema))
        .await
        .remove(0);
    let whole = json!({"type": "object", "required": ["it"], "properties": {"it": schema}});
    assert_valid(&whole, &json!({"it": input}));
}

/// Schemas made around a value that satisfies them: each leaves at least that valid.
#[tokio::test]
async fn schemas_that_something_satisfies_are_met() {
    let server = MockServer::start().await.unwrap();
    for seed in 0..ROUNDS {
        let mut maker = Maker::new(seed);
        let pairs: Vec<(Value, Value)> = (0..TOOLS).map(|_| maker.pair()).collect();
        let schemas: Vec<Value> = pairs.iter().map(|(_, schema)| schema.clone()).collect();
        // The maker must not err itself.
        pairs
            .iter()
            .for_each(|(value, schema)| assert_valid(schema, value));
        let inputs = inputs(&server, &schemas).await;
        for (schema, input) in schemas.iter().zip(&inputs) {
            assert_valid(schema, input);
        }
    }
}

/// What nothing satisfies, or refers to itself without end, still gets an answer.
#[rstest]
#[case::nothing(json!(false))]
#[case::contradiction(json!({"type": "string", "minLength": 5, "maxLength": 2}))]
#[case::mirror(json!({"allOf": [{"$ref": "#"}]}))]
#[case::two_mirrors(json!({"anyOf": [{"$ref": "#/properties/it"}, {"not": {"$ref": "#/properties/it"}}]}))]
#[case::no_such_definition(json!({"$ref": "#/$defs/none"}))]
#[case::elsewhere(json!({"$ref": "https://example.com/schema.json"}))]
#[case::not_a_pattern(json!({"type": "string", "pattern": "("}))]
#[case::wrong_kinds(json!({"type": 5, "required": "a", "properties": [], "enum": {}, "anyOf": 3, "minimum": "x", "items": 1}))]
#[case::empty_lists(json!({"type": [], "enum": [], "anyOf": [], "oneOf": [], "allOf": []}))]
#[case::no_steps(json!({"type": "number", "multipleOf": 0, "minimum": 1e300, "maximum": -1e300}))]
#[tokio::test]
async fn impossible_schemas_are_answered(#[case] schema: Value) {
    let server = MockServer::start().await.unwrap();
    inputs(&server, &[schema]).await;
}
