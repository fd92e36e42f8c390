//! Families of models, by what a running mock does with a body of each.

use std::collections::BTreeSet;
use std::path::Path;

use bedrock_mock::MockServer;
use serde_json::{Value, json};

use super::markdown::{code, table as markdown};
use crate::wire::{Answer, exchange, post};

/// Folder below `fixtures/providers/`, name, and an example model of each family.
const FAMILIES: &[(&str, &str, &str)] = &[
    (
        "anthropic-messages",
        "Anthropic Messages",
        "anthropic.claude-3-haiku-20240307-v1:0",
    ),
    (
        "anthropic-completions",
        "Anthropic completions",
        "anthropic.claude-instant-v1",
    ),
    ("nova", "Amazon Nova", "amazon.nova-lite-v1:0"),
    (
        "titan-text",
        "Amazon Titan text",
        "amazon.titan-text-express-v1",
    ),
    (
        "cohere-command",
        "Cohere Command",
        "cohere.command-text-v14",
    ),
    (
        "cohere-command-r",
        "Cohere Command R",
        "cohere.command-r-v1:0",
    ),
    ("llama", "Meta Llama", "meta.llama3-8b-instruct-v1:0"),
    (
        "mistral-text",
        "Mistral text",
        "mistral.mistral-7b-instruct-v0:2",
    ),
    (
        "mistral-chat",
        "Mistral chat",
        "mistral.mistral-large-2407-v1:0",
    ),
    ("jamba", "AI21 Jamba", "ai21.jamba-1-5-mini-v1:0"),
    ("jurassic", "AI21 Jurassic-2", "ai21.j2-mid-v1"),
    ("deepseek-r1", "DeepSeek-R1", "us.deepseek.r1-v1:0"),
    ("gpt-oss", "OpenAI gpt-oss", "openai.gpt-oss-120b-1:0"),
    (
        "openai-chat",
        "Qwen, DeepSeek V3, Writer, Gemma, GLM, Kimi, MiniMax, Nemotron",
        "qwen.qwen3-32b-v1:0",
    ),
    (
        "imported",
        "imported models, SageMaker endpoints",
        "arn:aws:sagemaker:us-east-1:123456789012:endpoint/endpoint-quick-start-idr7y",
    ),
    (
        "titan-embed-v1",
        "Titan embed v1",
        "amazon.titan-embed-text-v1",
    ),
    (
        "titan-embed-v2",
        "Titan embed v2",
        "amazon.titan-embed-text-v2:0",
    ),
    (
        "titan-embed-image",
        "Titan multimodal embed",
        "amazon.titan-embed-image-v1",
    ),
    (
        "nova-embed",
        "Nova multimodal embed",
        "amazon.nova-2-multimodal-embeddings-v1:0",
    ),
    (
        "cohere-embed-v3",
        "Cohere Embed v3",
        "cohere.embed-english-v3",
    ),
    ("cohere-embed-v4", "Cohere Embed v4", "us.cohere.embed-v4:0"),
    ("rerank", "Rerank", "cohere.rerank-v3-5:0"),
    (
        "titan-image",
        "Titan image",
        "amazon.titan-image-generator-v2:0",
    ),
    ("nova-canvas", "Nova Canvas", "amazon.nova-canvas-v1:0"),
    ("stability", "Stability", "stability.sd3-5-large-v1:0"),
    (
        "stability-xl",
        "Stability SDXL",
        "stability.stable-diffusion-xl-v1",
    ),
];

/// Asks the mock for one answer of each kind and ticks what it gives.
pub(crate) async fn table(server: &MockServer) -> String {
    let mut rows = Vec::new();
    for (_, family, model) in FAMILIES {
        let (body, demand) = bodies(family);
        let unary = send(server, model, "invoke", &body).await;
        let stream = send(server, model, "invoke-with-response-stream", &body).await;
        let tools = match demand {
            Some(demand) => {
                let answer = send(server, model, "invoke", &demand).await;
                assert!(
                    answer.text().contains("get_weather"),
                    "{family}: {}",
                    answer.text()
                );
                true
            }
            None => false,
        };
        assert_eq!(unary.status, 200, "{family}: {}", unary.text());
        let answer = unary.json();
        let ticks = [
            unary.status == 200,
            stream.status == 200,
            tools,
            is_image(&answer),
            is_vector(&answer),
        ];
        let ticks = ticks.map(|tick| if tick { "✓" } else { "–" }.to_owned());
        rows.push([vec![(*family).to_owned(), code(model)], ticks.into()].concat());
    }
    markdown(
        &[
            "family",
            "example",
            "unary",
            "stream",
            "tools",
            "images",
            "embeddings",
        ],
        &rows,
    )
}

async fn send(server: &MockServer, model: &str, operation: &str, body: &Value) -> Answer {
    let id = model.replace('/', "%2F");
    let request = post(
        server,
        &format!("/model/{id}/{operation}"),
        &body.to_string(),
    );
    exchange(server, &request).await
}

fn is_vector(answer: &Value) -> bool {
    [
        "/embedding/0",
        "/embeddings/0/0",
        "/embeddings/0/embedding/0",
        "/embeddings/float/0/0",
    ]
    .iter()
    .any(|pointer| answer.pointer(pointer).is_some_and(Value::is_number))
}

fn is_image(answer: &Value) -> bool {
    ["/images/0", "/artifacts/0/base64"].iter().any(|pointer| {
        let text = answer.pointer(pointer).and_then(Value::as_str);
        text.is_some_and(|text| text.starts_with("iVBORw0KGgo"))
    })
}

#[test]
fn every_family_with_fixtures_has_a_row() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/providers");
    let folders: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let rows: BTreeSet<String> = FAMILIES.iter().map(|row| row.0.to_owned()).collect();
    assert_eq!(rows, folders);
}

/// Returns a body that the family accepts, and one that demands a tool where its form can.
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
