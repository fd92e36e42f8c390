//! What the suite says of the mock, held against the running mock.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use bedrock_conformance::case::vocabulary;
use bedrock_conformance::reference_data::ReferenceData;
use bedrock_conformance::server;
use serde_json::Value;

/// A running mock; it ends with this value.
struct Mock {
    process: Child,
    address: String,
}

impl Mock {
    fn start() -> Self {
        let mut process = Command::new(crate::suite::mock())
            .args(["serve", "--fidelity", "service", "--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the mock starts");
        let output = BufReader::new(process.stdout.take().expect("its output"));
        let address = output
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                Some(
                    line.strip_prefix("bedrock-mock listening on http://")?
                        .trim()
                        .to_owned(),
                )
            })
            .expect("an address");
        Self { process, address }
    }

    fn get(&self, path: &str) -> Value {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        );
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(head.starts_with("HTTP/1.1 200 "), "{path}: {head}");
        serde_json::from_str(body).expect("JSON")
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn names<'a>(values: impl Iterator<Item = &'a Value>) -> BTreeSet<String> {
    let names = values.map(|value| value["name"].as_str().expect("a name").to_owned());
    names.collect()
}

#[test]
fn the_target_mock_claims_the_operations_that_the_mock_imitates() {
    let coverage = Mock::start().get("/_mock/coverage");
    let services = coverage["services"].as_array().expect("services");
    let operations = services
        .iter()
        .flat_map(|service| service["operations"].as_array().expect("operations"));
    let imitated = names(operations.filter(|operation| operation["imitated"] == true));
    let reference = ReferenceData::embedded().expect("the data reads");
    let target = server::find(&reference, "mock").expect("the target");
    let claimed: BTreeSet<String> = target.operations.iter().cloned().collect();
    assert_eq!(
        claimed, imitated,
        "\"operations\" of conformance/targets/mock.json"
    );
    // What it imitates it also claims to be able to do.
    for operation in &imitated {
        let capability = vocabulary::capability_of(operation).expect("a capability");
        assert!(
            target.capabilities.contains(capability),
            "the mock imitates {operation}, but does not claim {capability:?}"
        );
    }
}

#[test]
fn the_mutants_that_cases_can_name_are_the_faults_of_the_mock() {
    let kinds = Mock::start().get("/_mock/faults/kinds");
    let kinds = names(kinds["kinds"].as_array().expect("kinds").iter());
    let known: BTreeSet<String> = vocabulary::MUTANTS
        .iter()
        .map(|&name| name.to_owned())
        .collect();
    assert_eq!(
        known, kinds,
        "\"mutants\" of conformance/data/vocabulary.json"
    );
}
