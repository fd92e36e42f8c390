//! The cases themselves, and the schema that editors read.

use std::fs;
use std::path::{Path, PathBuf};

use bedrock_conformance::case::Library;
use bedrock_conformance::reference_data::ReferenceData;
use serde_json::{Value, json};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

fn schema() -> jsonschema::Validator {
    let text = fs::read_to_string(folder().join("case.schema.json")).expect("the schema is there");
    let schema: Value = serde_json::from_str(&text).expect("the schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is a schema")
}

fn files(below: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(below).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, out);
        } else if path
            .file_name()
            .is_some_and(|name| name != "case.schema.json")
        {
            out.push(path);
        }
    }
}

#[test]
fn every_case_reads_and_fits_the_schema() {
    let reference = ReferenceData::embedded().expect("the data reads");
    let library = Library::load(&reference, &folder()).unwrap_or_else(|error| panic!("{error}"));
    let embedded = Library::embedded(&reference).expect("the same cases are in the program");
    assert_eq!(library.revision, embedded.revision);

    let schema = schema();
    let mut paths = Vec::new();
    files(&folder(), &mut paths);
    assert_eq!(paths.len(), library.cases.len());
    for path in paths {
        let text = fs::read_to_string(&path).expect("a file");
        let case: Value = serde_json::from_str(&text).expect("JSON");
        let errors: Vec<String> = schema
            .iter_errors(&case)
            .map(|error| format!("{}: {error}", error.instance_path))
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
    }
}

/// The least case, changed by a test.
fn least() -> Value {
    json!({
        "title": "t", "why": "w", "basis": {"kind": "modelled"},
        "steps": [{"send": {"op": "ListInferenceProfiles"}, "expect": {"status": 200}}]
    })
}

#[test]
fn loader_and_schema_agree_on_what_is_no_case() {
    let reference = ReferenceData::embedded().expect("the data reads");
    let schema = schema();
    let read = |case: &Value| {
        bedrock_conformance::case::read(&reference, "a/b", "f", &case.to_string()).map(|_| ())
    };
    assert_eq!(read(&least()), Ok(()));
    assert!(schema.is_valid(&least()));

    let changes: Vec<(&str, Value, &str)> = vec![
        ("/title", Value::Null, "\"title\" is a string"),
        ("/why", json!(" "), "\"why\" is blank"),
        ("/basis", json!({"kind": "guessed"}), "\"kind\" is observed"),
        ("/basis", json!({"kind": "observed"}), "needs \"date\""),
        (
            "/basis",
            json!({"kind": "observed", "date": "22.11.2026"}),
            "\"date\" is YYYY-MM-DD",
        ),
        ("/steps", json!([]), "at least one step"),
        ("/level", json!("most"), "\"level\" is must"),
        ("/surplus", json!(1), "has no \"surplus\""),
        ("/titel", json!("x"), "(did you mean \"title\"?)"),
        (
            "/steps/0/expect",
            json!({}),
            "needs \"status\" or \"error\"",
        ),
        (
            "/steps/0/expect",
            json!({"status": 200, "boddy": {}}),
            "has no \"boddy\"",
        ),
        ("/steps/0/expect/end", json!("soon"), "\"end\" is clean"),
        ("/steps/0/expect/absent", json!(["usage"]), "JSON pointers"),
        (
            "/steps/0/expect/body",
            json!({"a": {"$typo": 1}}),
            "no matcher",
        ),
        ("/steps/0/send", json!({"input": {}}), "needs \"op\""),
        ("/steps/0/send/as", json!("basic"), "\"as\" is"),
        (
            "/steps/0/send/as",
            json!({"scheme": "bearer"}),
            "needs \"token\"",
        ),
        ("/steps/0/send/drip", json!(0), "at least 1 byte"),
        ("/steps/0/save", json!({"a": "b"}), "saved from"),
        (
            "/steps/0/without",
            json!({"luck": "x"}),
            "no automatic check",
        ),
        ("/steps/0/without", json!({"shape": ""}), "say why"),
        ("/params", json!([]), "at least one row"),
        ("/params", json!([{"value": 1}]), "needs \"name\""),
        ("/refs", json!([{"book": "x"}]), "a reference is"),
    ];
    for (pointer, value, expected) in changes {
        let mut case = least();
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        case.pointer_mut(parent).expect("a parent")[name] = value;
        let fault = read(&case).expect_err(pointer).to_string();
        assert!(
            fault.starts_with("f:1:") && fault.contains(expected),
            "{pointer}: {fault}"
        );
        // Matchers inside a pattern are the loader's alone.
        if expected != "no matcher" {
            assert!(!schema.is_valid(&case), "the schema takes {case}");
        }
    }
}

#[test]
fn what_only_the_loader_can_know() {
    let reference = ReferenceData::embedded().expect("the data reads");
    let table: Vec<(Value, &str)> = vec![
        (
            json!({"op": "Convers"}),
            "no service model has an operation",
        ),
        (
            json!({"op": "Converse", "input": {"modelId": "${role.cheapest}"}}),
            "no role",
        ),
        (
            json!({"op": "Converse", "input": {"modelId": "${saved.x}"}}),
            "no step before this one saves",
        ),
        (
            json!({"op": "Converse", "input": {"modelId": "${row.x}"}}),
            "has no \"params\"",
        ),
        (
            json!({"op": "Converse", "input": {"modelId": "${x}"}}),
            "is none of",
        ),
        (
            json!({"op": "Converse", "input": {"modelId": "${role.text-cheap"}}),
            "without its }",
        ),
        (
            json!({"op": "Converse", "input": {"modelId": "x"}}),
            "bills this step",
        ),
        (
            json!({"method": "POST", "path": "/model/x/converse"}),
            "bills this step",
        ),
    ];
    for (send, expected) in table {
        let mut case = least();
        case["steps"][0]["send"] = send;
        let fault = bedrock_conformance::case::read(&reference, "a/b", "f", &case.to_string())
            .expect_err(expected)
            .to_string();
        assert!(fault.contains(expected), "{fault}");
    }
    for (member, value, expected) in [
        (
            "mutant",
            json!("empty-start"),
            "no mutant \"empty-start\" (did you mean \"empty-text-start\"?)",
        ),
        (
            "needs",
            json!(["convers"]),
            "no capability \"convers\" (did you mean \"converse\"?)",
        ),
    ] {
        let mut case = least();
        case[member] = value;
        let fault = bedrock_conformance::case::read(&reference, "a/b", "f", &case.to_string())
            .expect_err(expected)
            .to_string();
        assert!(
            fault.starts_with("f:1:") && fault.contains(expected),
            "{fault}"
        );
    }
    let errors: Vec<(Value, &str)> = vec![
        (json!("runtime.nothing"), "no row"),
        (
            json!({"row": "runtime.blank-text", "with": {"message": 0}}),
            "say in \"with\" what stands for {block}",
        ),
        (
            json!({"row": "runtime.model-id-invalid", "with": {"x": "y"}}),
            "has no {x}",
        ),
        (
            json!({"type": "NoSuchException", "message": "x"}),
            "neither a service model",
        ),
        (json!("auth.unsupported-scheme"), "is only assumed"),
    ];
    for (error, expected) in errors {
        let mut case = least();
        case["steps"][0]["expect"] = json!({"error": error});
        let fault = bedrock_conformance::case::read(&reference, "a/b", "f", &case.to_string())
            .expect_err(expected)
            .to_string();
        assert!(fault.contains(expected), "{fault}");
    }
}

#[test]
fn every_claim_of_a_shipped_target_has_its_smoke_case() {
    let reference = ReferenceData::embedded().expect("the data reads");
    let library = Library::embedded(&reference).expect("the cases read");
    for name in ["mock", "url", "aws"] {
        let target = bedrock_conformance::server::find(&reference, name).expect(name);
        for capability in &target.capabilities {
            let id = format!("smoke/{capability}");
            assert!(
                library.cases.iter().any(|case| case.id == id),
                "{name} claims {capability}, and there is no {id}"
            );
        }
    }
}

#[test]
fn no_waiver_of_the_audit_waives_nothing() {
    let reference = ReferenceData::embedded().expect("the data reads");
    let library = Library::embedded(&reference).expect("the cases read");
    let target = bedrock_conformance::server::find(&reference, "mock").expect("the mock");
    let audit = bedrock_conformance::audit::audit(&reference, &library.cases, &target)
        .expect("the waivers read");
    assert_eq!(audit.dead_waivers, Vec::<String>::new());
    assert!(audit.named > 20 && audit.named <= audit.all, "{audit:?}");
    // The audit reports what one case lacks.
    let none = bedrock_conformance::audit::audit(&reference, &[], &target).expect("it audits");
    assert!(none.missing["operation"].contains(&"Converse".to_owned()));
    assert!(none.missing["event"].contains(&"ConverseStreamOutput.metadata".to_owned()));
}
