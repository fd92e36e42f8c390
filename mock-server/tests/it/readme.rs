//! The README's tables say what the running mock does.

use crate::wire::{exchange, post, request};
use bedrock_mock::MockServer;
use serde_json::{Value, json};

/// Cells of the rows that follow a heading row which starts with these cells.
fn table(first: &str, second: &str) -> Vec<Vec<String>> {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|')
            .split('|')
            .map(|c| c.trim().trim_matches('`').to_owned())
            .collect()
    };
    let mut lines = readme
        .lines()
        .skip_while(|line| !line.starts_with(&format!("| {first} | {second} |")));
    assert!(
        lines.next().is_some(),
        "README has no table {first} | {second}"
    );
    lines
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .map(cells)
        .collect()
}

#[tokio::test]
async fn the_operations_are_those_of_the_running_table() {
    let server = MockServer::start().await.unwrap();
    let coverage = exchange(
        &server,
        &request(&server, "GET", "/_mock/coverage", "", b""),
    )
    .await
    .json();
    let rows = table("service", "imitated operations");
    assert_eq!(rows.len(), coverage["services"].as_array().unwrap().len());
    for (row, service) in rows.iter().zip(coverage["services"].as_array().unwrap()) {
        assert_eq!(service["service"], json!(row[0]));
        let mut told: Vec<&str> = row[1].split(", ").collect();
        let mut real: Vec<&str> = service["operations"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|o| o["imitated"] == true)
            .map(|o| o["name"].as_str().unwrap())
            .collect();
        told.sort_unstable();
        real.sort_unstable();
        assert_eq!(told, real, "{}", row[0]);
    }
}

#[test]
fn the_faults_are_those_of_the_table_of_kinds() {
    let rows = table("fault", "parameters");
    let told: Vec<(String, Vec<String>)> = rows
        .into_iter()
        .map(|row| {
            let parameters = row[1].split(", ").map(|p| p.trim_matches('`').to_owned());
            (row[0].clone(), parameters.filter(|p| p != "–").collect())
        })
        .collect();
    let real: Vec<(String, Vec<String>)> = bedrock_mock::faults::KINDS
        .iter()
        .map(|about| {
            let parameters = about.parameters.iter().map(|p| p.name.to_owned());
            (about.name.to_owned(), parameters.collect())
        })
        .collect();
    assert_eq!(told, real);
}

/// A body that the family understands, and one that demands a tool where its form can.
fn bodies(family: &str) -> (Value, Option<Value>) {
    let messages = json!([{"role": "user", "content": "Hello"}]);
    let schema = json!({"type": "object", "properties": {}});
    let function =
        json!([{"type": "function", "function": {"name": "get_weather", "parameters": schema}}]);
    let chat = json!({"messages": messages, "max_tokens": 200});
    let demanding = |choice: Value| {
        Some(
            json!({"messages": messages, "max_tokens": 200, "tools": function, "tool_choice": choice}),
        )
    };
    match family {
        "Anthropic Messages" => {
            let body = json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 200, "messages": messages});
            let mut tools = body.clone();
            tools["tools"] = json!([{"name": "get_weather", "input_schema": schema}]);
            tools["tool_choice"] = json!({"type": "any"});
            (body, Some(tools))
        }
        "Anthropic completions" => (
            json!({"prompt": "\n\nHuman: Hello\n\nAssistant:", "max_tokens_to_sample": 200}),
            None,
        ),
        "Amazon Nova" => {
            let body = json!({"messages": [{"role": "user", "content": [{"text": "Hello"}]}]});
            let mut tools = body.clone();
            tools["toolConfig"] = json!({"tools": [{"toolSpec": {"name": "get_weather", "inputSchema": {"json": schema}}}], "toolChoice": {"any": {}}});
            (body, Some(tools))
        }
        "Amazon Titan text" => (json!({"inputText": "Hello"}), None),
        "Cohere Command R" => (json!({"message": "Hello"}), None),
        "Meta Llama"
        | "Cohere Command"
        | "Mistral text"
        | "AI21 Jurassic-2"
        | "DeepSeek-R1"
        | "imported models, SageMaker endpoints" => (json!({"prompt": "Hello"}), None),
        "Mistral chat" => (chat, demanding(json!("any"))),
        "AI21 Jamba" => (chat, None),
        "Titan embed v1" | "Titan embed v2" | "Titan multimodal embed" => {
            (json!({"inputText": "Hello"}), None)
        }
        "Nova multimodal embed" => (
            json!({"taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": {"embeddingPurpose": "GENERIC_INDEX", "embeddingDimension": 256, "text": {"truncationMode": "END", "value": "Hello"}}}),
            None,
        ),
        "Cohere Embed v3" | "Cohere Embed v4" => (
            json!({"texts": ["Hello"], "input_type": "search_document"}),
            None,
        ),
        "Rerank" => (
            json!({"query": "Hello", "documents": ["Hello", "Bye"], "api_version": 2}),
            None,
        ),
        "Titan image" | "Nova Canvas" => (
            json!({"taskType": "TEXT_IMAGE", "textToImageParams": {"text": "a panda"}}),
            None,
        ),
        "Stability" => (json!({"prompt": "a panda"}), None),
        "Stability SDXL" => (json!({"text_prompts": [{"text": "a panda"}]}), None),
        _ => (chat, demanding(json!("required"))),
    }
}

#[tokio::test]
async fn the_families_do_what_their_row_says() {
    let server = MockServer::start().await.unwrap();
    let rows = table("family", "example");
    assert_eq!(rows.len(), 26);
    for row in rows {
        let [family, model, unary, stream, tools, images, embeddings] =
            row.try_into().unwrap_or_else(|row| panic!("{row:?}"));
        let says = |cell: &str| match cell {
            "✓" => true,
            "–" => false,
            other => panic!("{family}: {other}"),
        };
        let id = model.replace('/', "%2F");
        let send = async |operation: &str, body: &Value| {
            exchange(
                &server,
                &post(
                    &server,
                    &format!("/model/{id}/{operation}"),
                    &body.to_string(),
                ),
            )
            .await
        };
        let (body, demand) = bodies(&family);

        let whole = send("invoke", &body).await;
        assert_eq!(
            whole.status == 200,
            says(&unary),
            "{family} unary: {}",
            whole.text()
        );
        let told = send("invoke-with-response-stream", &body).await;
        assert_eq!(
            told.status == 200,
            says(&stream),
            "{family} stream: {}",
            told.status
        );
        assert_eq!(demand.is_some(), says(&tools), "{family} tools");
        if let Some(demand) = demand {
            assert!(
                send("invoke", &demand).await.text().contains("get_weather"),
                "{family} tools"
            );
        }
        let answer = whole.json();
        let vector = [
            "/embedding/0",
            "/embeddings/0/0",
            "/embeddings/0/embedding/0",
            "/embeddings/float/0/0",
        ]
        .iter()
        .any(|p| answer.pointer(p).is_some_and(Value::is_number));
        assert_eq!(vector, says(&embeddings), "{family} embeddings");
        let picture = ["/images/0", "/artifacts/0/base64"].iter().any(|p| {
            answer
                .pointer(p)
                .and_then(Value::as_str)
                .is_some_and(|t| t.starts_with("iVBORw0KGgo"))
        });
        assert_eq!(picture, says(&images), "{family} images");
    }
}
