//! Whether the mock can say, and takes, everything that Converse's model has.
//!
//! The service model is walked: every member that a Converse answer or a ConverseStream event can
//! hold must come out of some row of `sdk/content.json` (scripts, which both SDKs decode too),
//! and every member of a Converse request must go in by some row of `requests`. A new
//! version of the model with a new member fails here, by the member's name. Long, because the rows of
//! requests are the walk's other half.

use crate::wire;
use std::collections::{BTreeSet, HashMap};

use crate::wire::{exchange, post};
use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use bedrock_mock::MockServer;
use serde_json::{Value, json};

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const CLAUDE_5: &str = "us.anthropic.claude-sonnet-5";
const NOVA: &str = "amazon.nova-lite-v1:0";
const NOVA_2: &str = "us.amazon.nova-2-lite-v1:0";

/// What no row needs to show: guardrails are never applied here, so nothing but a script can tell
/// what they found, and that as it is.
const NOT_WALKED: &[&str] = &["GuardrailAssessment"];

/// What no row can ask: no model takes sound from a bucket (buckets are for Nova and Pegasus, sound is
/// for Voxtral), and variables go with stored prompts alone (`stored_prompts.rs`).
const NOT_ASKED: &[&str] = &[
    "AudioSource.s3Location",
    "ConverseRequest.promptVariables",
    "ConverseStreamRequest.promptVariables",
    "PromptVariableValues.text",
];

/// The model as AWS publishes it, read by other code than the mock's.
struct Model(Value);

impl Model {
    fn read() -> Self {
        Self(serde_json::from_str(bedrock_fixtures::models::BEDROCK_RUNTIME).unwrap())
    }

    fn shape(&self, name: &str) -> &Value {
        let shape = &self.0["shapes"][name];
        assert!(shape.is_object(), "no shape {name}");
        shape
    }

    fn members(&self, name: &str) -> impl Iterator<Item = (&str, &str)> {
        let members = self.shape(name)["members"].as_object();
        members
            .into_iter()
            .flatten()
            .map(|(member, to)| (member.as_str(), to["shape"].as_str().unwrap()))
    }

    /// `Shape.member` for every member that can be reached from a shape.
    fn reachable(&self, root: &str) -> BTreeSet<String> {
        let (mut out, mut seen, mut open) = (BTreeSet::new(), BTreeSet::new(), vec![root]);
        while let Some(name) = open.pop() {
            if NOT_WALKED.contains(&name) || !seen.insert(name) {
                continue;
            }
            let shape = self.shape(name);
            for (member, to) in self.members(name) {
                out.insert(format!("{name}.{member}"));
                open.push(to);
            }
            for part in ["member", "value"] {
                open.extend(shape[part]["shape"].as_str());
            }
        }
        out
    }

    /// Which of those members a value holds.
    fn note(&self, name: &str, value: &Value, found: &mut BTreeSet<String>) {
        let shape = self.shape(name);
        match value {
            Value::Object(object) if shape["type"] == "structure" => {
                for (member, to) in self.members(name) {
                    if let Some(inner) = object.get(member) {
                        found.insert(format!("{name}.{member}"));
                        self.note(to, inner, found);
                    }
                }
            }
            Value::Object(object) if shape["type"] == "map" => {
                let to = shape["value"]["shape"].as_str().unwrap();
                object.values().for_each(|v| self.note(to, v, found));
            }
            Value::Array(entries) if shape["type"] == "list" => {
                let to = shape["member"]["shape"].as_str().unwrap();
                entries.iter().for_each(|v| self.note(to, v, found));
            }
            _ => {}
        }
    }

    fn stop_reasons(&self) -> BTreeSet<String> {
        let words = self.shape("StopReason")["enum"].as_array().unwrap();
        words
            .iter()
            .map(|w| w.as_str().unwrap().to_owned())
            .collect()
    }
}

fn rows() -> Vec<Value> {
    let data: Value = serde_json::from_str(include_str!("../../sdk/content.json")).unwrap();
    data["rows"].as_array().unwrap().clone()
}

/// A mock that knows all scripts of the table.
async fn scripted(rows: &[Value]) -> MockServer {
    let server = MockServer::start().await.unwrap();
    let scenario = |row: &Value| json!({"name": row["name"], "match": {"lastUser": {"equals": row["name"]}}, "reply": row["reply"]});
    let scenarios: Vec<Value> = rows.iter().map(scenario).collect();
    let client = reqwest::Client::new();
    let url = format!("{}/_mock/scenarios?account=123456789012", server.url());
    let put = client.put(url).json(&json!({ "scenarios": scenarios }));
    let answer = put.send().await.unwrap();
    let status = answer.status();
    assert!(status.is_success(), "{}", answer.text().await.unwrap());
    server
}

/// The frames of a stream, decoded by Amazon's crate: kind (event or exception), name, payload.
fn frames(body: &[u8]) -> Vec<(String, String, Value)> {
    let (mut decoder, mut rest, mut out) = (MessageFrameDecoder::new(), body, Vec::new());
    while let DecodedFrame::Complete(message) = decoder.decode_frame(&mut rest).unwrap() {
        let headers: HashMap<&str, &str> = message
            .headers()
            .iter()
            .map(|h| (h.name().as_str(), h.value().as_string().unwrap().as_str()))
            .collect();
        let kind = headers[":message-type"];
        let payload = serde_json::from_slice(message.payload()).unwrap();
        let name = headers[&*format!(":{kind}-type")].to_owned();
        out.push((kind.to_owned(), name, payload));
    }
    assert!(rest.is_empty(), "bytes after the last frame");
    out
}

async fn send(server: &MockServer, model: &str, operation: &str, body: &Value) -> wire::Answer {
    let path = format!("/model/{model}/{operation}");
    let answer = exchange(server, &post(server, &path, &body.to_string())).await;
    let said = String::from_utf8_lossy(&answer.body);
    assert_eq!(answer.status, 200, "{body}: {said}");
    answer
}

fn ask(text: &Value) -> Value {
    json!({"messages": [{"role": "user", "content": [{ "text": text }]}]})
}

/// Every member of an answer comes out of some script, whole and streamed, and so does every stop
/// reason, event and exception. What does not fit the model fails the server's self-check.
#[tokio::test]
async fn everything_can_be_said() {
    let (model, rows) = (Model::read(), rows());
    let server = scripted(&rows).await;
    let (mut whole, mut streamed) = (BTreeSet::new(), BTreeSet::new());
    let mut stops = [BTreeSet::new(), BTreeSet::new()];
    for row in &rows {
        let modelled = row["model"].as_str().unwrap();
        let body = ask(&row["name"]);
        if row.get("content").is_some() {
            let answer = send(&server, modelled, "converse", &body).await.json();
            model.note("ConverseResponse", &answer, &mut whole);
            stops[0].extend(answer["stopReason"].as_str().map(str::to_owned));
            assert_eq!(
                answer["output"]["message"]["content"], row["content"],
                "{}",
                row["name"]
            );
        }
        let answer = send(&server, modelled, "converse-stream", &body).await;
        for (kind, name, payload) in frames(&answer.body) {
            assert_eq!(kind == "exception", name.ends_with("Exception"), "{name}");
            stops[1].extend(payload["stopReason"].as_str().map(str::to_owned));
            model.note(
                "ConverseStreamOutput",
                &json!({ name: payload }),
                &mut streamed,
            );
        }
    }
    let missing = |root: &str, found: &BTreeSet<String>| -> Vec<String> {
        model.reachable(root).difference(found).cloned().collect()
    };
    let unsaid = missing("ConverseResponse", &whole);
    assert!(unsaid.is_empty(), "no whole answer holds {unsaid:?}");
    let unsaid = missing("ConverseStreamOutput", &streamed);
    assert!(unsaid.is_empty(), "no stream holds {unsaid:?}");
    for told in stops {
        assert_eq!(told, model.stop_reasons());
    }
}

const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

fn image() -> Value {
    json!({"format": "png", "source": {"bytes": PNG}})
}

fn in_bucket(format: &str) -> Value {
    json!({"format": format, "source": {"s3Location": {"uri": "s3://bucket/key", "bucketOwner": "123456789012"}}})
}

fn document(name: &str, source: Value) -> Value {
    json!({"format": "txt", "name": name, "source": source, "context": "A letter", "citations": {"enabled": true}})
}

fn search_result() -> Value {
    json!({"source": "https://example.com/", "title": "A page", "content": [{"text": "It stands there."}], "citations": {"enabled": true}})
}

fn tools() -> Value {
    json!([
        {"toolSpec": {"name": "get_weather", "description": "The weather", "strict": true, "inputSchema": {"json": {"type": "object"}}}},
        {"cachePoint": {"type": "default", "ttl": "1h"}},
    ])
}

fn user(content: Value) -> Value {
    json!({"role": "user", "content": content})
}

/// Requests that together hold every member that a request can hold.
fn requests() -> Vec<(&'static str, Value)> {
    let citation = |location: Value| json!({"title": "A", "source": "https://example.com/", "sourceContent": [{"text": "x"}], "location": location});
    let citations = [
        json!({"documentChar": {"documentIndex": 0, "start": 0, "end": 1}}),
        json!({"documentPage": {"documentIndex": 0, "start": 1, "end": 2}}),
        json!({"documentChunk": {"documentIndex": 0, "start": 0, "end": 1}}),
        json!({"searchResultLocation": {"searchResultIndex": 0, "start": 0, "end": 1}}),
        json!({"web": {"url": "https://example.com/", "domain": "example.com"}}),
    ]
    .map(citation);
    let guarded = json!([
        {"guardContent": {"text": {"text": "Guard this.", "qualifiers": ["guard_content"]}}},
        {"guardContent": {"image": image()}},
        {"cachePoint": {"type": "default", "ttl": "5m"}},
    ]);
    let with_system: Vec<Value> = [json!({"text": "Be brief."})]
        .into_iter()
        .chain(guarded.as_array().unwrap().clone())
        .collect();
    let get_weather =
        json!({"tool": {"type": "tool_reference", "name": "get_weather", "serverName": "here"}});
    let mut failed = image();
    failed["error"] = json!({"message": "It was broken."});
    let sound = |source: Value| json!({"format": "mp3", "source": source, "error": {"message": "It was silent."}});
    let format = json!({"type": "json_schema", "structure": {"jsonSchema": {"schema": "{\"type\": \"object\", \"additionalProperties\": false}", "name": "answer", "description": "An answer"}}});
    vec![
        (
            NOVA,
            json!({"messages": [user(json!([
                {"text": "Look at these."},
                {"image": failed}, {"image": in_bucket("jpeg")},
                {"video": {"format": "mp4", "source": {"bytes": "AAAAGGZ0eXBtcDQy"}}},
                {"document": {"format": "txt", "name": "bytes", "source": {"bytes": "aGVsbG8="}}},
                {"document": {"format": "txt", "name": "bucket", "source": in_bucket("txt")["source"]}},
            ]))]}),
        ),
        (
            NOVA,
            json!({"messages": [user(json!([{"text": "Watch this."}, {"video": in_bucket("mkv")}]))]}),
        ),
        (
            "mistral.voxtral-small-24b-2507",
            json!({"messages": [user(json!([
                {"text": "Listen to these."},
                {"audio": sound(json!({"bytes": "SUQzBAA="}))},
            ]))]}),
        ),
        (
            CLAUDE_5,
            json!({
                "system": with_system,
                "messages": [
                    user(json!([
                        {"text": "Read these."}, {"guardContent": guarded[0]["guardContent"]}, {"guardContent": guarded[1]["guardContent"]},
                        {"document": document("text", json!({"text": "Words."}))},
                        {"document": document("content", json!({"content": [{"text": "One."}, {"text": "Two."}]}))},
                        {"searchResult": search_result()}, {"cachePoint": {"type": "default", "ttl": "5m"}},
                    ])),
                    {"role": "assistant", "content": [
                        {"reasoningContent": {"reasoningText": {"text": "I think.", "signature": "EqQBCkg="}}},
                        {"reasoningContent": {"redactedContent": "AAEC"}},
                        {"citationsContent": {"content": [{"text": "It says so."}], "citations": citations}},
                    ]},
                    user(json!([{"text": "And now?"}])),
                    {"role": "system", "content": [{"toolRemoval": get_weather}, {"toolAddition": get_weather}]},
                ],
                "toolConfig": {"tools": tools(), "toolChoice": {"auto": {}}},
                "outputConfig": {"effort": "low"},
            }),
        ),
        (
            NOVA_2,
            json!({
                "messages": [
                    user(json!([{"text": "Call it."}])),
                    {"role": "assistant", "content": [{"toolUse": {"toolUseId": "1", "name": "get_weather", "input": {}, "type": "server_tool_use"}}]},
                    user(json!([{"toolResult": {"toolUseId": "1", "status": "success", "type": "get_weather_result", "content": [
                        {"json": {"warm": true}}, {"text": "It is warm."}, {"image": image()},
                        {"document": document("inner", json!({"bytes": "aGVsbG8="}))},
                        {"video": {"format": "mp4", "source": {"bytes": "AAAAGGZ0eXBtcDQy"}}}, {"searchResult": search_result()},
                    ]}}])),
                ],
                "toolConfig": {"tools": [{"systemTool": {"name": "nova_code_interpreter"}}, tools()[0]], "toolChoice": {"any": {}}},
            }),
        ),
        (
            NOVA,
            json!({
                "messages": [user(json!([{"text": "Call it."}]))],
                "toolConfig": {"tools": [tools()[0]], "toolChoice": {"tool": {"name": "get_weather"}}},
                "inferenceConfig": {"maxTokens": 100, "temperature": 0.5, "topP": 0.9, "stopSequences": ["STOP"]},
            }),
        ),
        (
            CLAUDE,
            json!({
                "messages": [user(json!([{"text": "Answer."}]))],
                "guardrailConfig": {"guardrailIdentifier": "v9kpg6yrwhs2", "guardrailVersion": "1", "trace": "enabled"},
                "additionalModelRequestFields": {"top_k": 5},
                "additionalModelResponseFieldPaths": ["/stop_sequence"],
                "requestMetadata": {"team": "search"},
                "performanceConfig": {"latency": "standard"},
                "serviceTier": {"type": "default"},
                "outputConfig": {"textFormat": format},
            }),
        ),
    ]
}

/// Every member of a request goes in by some row, and both operations answer it.
#[tokio::test]
async fn everything_can_be_asked() {
    let (model, server) = (Model::read(), MockServer::start().await.unwrap());
    let mut asked = BTreeSet::new();
    for (id, mut body) in requests() {
        for operation in ["converse", "converse-stream"] {
            send(&server, id, operation, &body).await;
        }
        body["modelId"] = id.into();
        model.note("ConverseRequest", &body, &mut asked);
        // Streams may say how their guardrails work, which whole answers need not.
        if let Some(guardrail) = body.get_mut("guardrailConfig") {
            guardrail["streamProcessingMode"] = "async".into();
        }
        send(&server, id, "converse-stream", &body).await;
        model.note("ConverseStreamRequest", &body, &mut asked);
    }
    for root in ["ConverseRequest", "ConverseStreamRequest"] {
        let mut unasked = model.reachable(root);
        unasked.retain(|m| !asked.contains(m) && !NOT_ASKED.contains(&m.as_str()));
        assert!(unasked.is_empty(), "no request holds {unasked:?}");
    }
}

/// Mean characters of a text delta, as recorded, and where an empty one stands. The mock's own words
/// are full of short ones, so a sixth off is near enough.
#[rstest::rstest]
#[case("anthropic.claude-3-haiku-20240307-v1:0", 3.4, 4.8, &[])]
#[case("anthropic.claude-3-5-sonnet-20240620-v1:0", 20.0, 31.0, &[])]
#[case("us.anthropic.claude-3-7-sonnet-20250219-v1:0", 15.0, 20.0, &[])]
#[case(CLAUDE, 9.0, 14.0, &[])]
#[case(NOVA, 5.6, 13.0, &[Empty::Last])]
#[case(NOVA_2, 9.0, 15.3, &[])]
#[case("meta.llama3-8b-instruct-v1:0", 4.0, 8.0, &[Empty::Last])]
#[case("cohere.command-r-v1:0", 4.0, 6.0, &[])]
#[case("mistral.mistral-large-3-675b-instruct", 3.0, 5.0, &[Empty::Last])]
#[case("amazon.titan-text-express-v1", 30.0, 136.0, &[])]
#[case("ai21.jamba-1-5-mini-v1:0", 1.0, 136.0, &[Empty::First])]
#[case("openai.gpt-oss-120b-1:0", 1.0, 136.0, &[Empty::First])]
#[tokio::test]
async fn texts_are_cut_as_recorded(
    #[case] model: &str,
    #[case] least: f64,
    #[case] most: f64,
    #[case] empty: &[Empty],
) {
    let server = MockServer::start().await.unwrap();
    let body = ask(&"Please describe which seasons bring most rain between the mountains and the river, because farmers around here wonder about their harvest every single year".into());
    let answer = send(&server, model, "converse-stream", &body).await;
    let texts: Vec<String> = frames(&answer.body)
        .iter()
        .filter_map(|(_, _, p)| Some(p.pointer("/delta/text")?.as_str()?.to_owned()))
        .collect();
    let told = texts.iter().filter(|t| !t.is_empty()).count();
    let mean = texts.concat().chars().count() as f64 / told as f64;
    let near = least * 5.0 / 6.0..=most * 7.0 / 6.0;
    assert!(near.contains(&mean), "{mean}: {texts:?}");
    let is_empty = |at: usize| texts[at].is_empty();
    assert_eq!(is_empty(0), empty.contains(&Empty::First), "{texts:?}");
    assert_eq!(
        is_empty(texts.len() - 1),
        empty.contains(&Empty::Last),
        "{texts:?}"
    );
    assert_eq!(texts.len() - told, empty.len());
}

/// Where a stream has a text delta that is empty.
#[derive(Debug, PartialEq)]
enum Empty {
    First,
    Last,
}
