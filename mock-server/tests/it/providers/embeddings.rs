//! Embeddings over a socket. Expected forms are those of recordings (Titan V2, Nova) and of the
//! providers' published documents, never of the mock's own output. Long, because each model has
//! a form of its own.

use crate::wire;
use crate::wire::{Answer, exchange, post, request};
use base64::Engine as _;
use bedrock_mock::MockServer;
use rstest::rstest;
use serde_json::{Value, json};

const TITAN_V1: &str = "amazon.titan-embed-text-v1";
const TITAN_V2: &str = "amazon.titan-embed-text-v2:0";
const TITAN_IMAGE: &str = "amazon.titan-embed-image-v1";
const NOVA: &str = "amazon.nova-2-multimodal-embeddings-v1:0";
const COHERE_V3: &str = "cohere.embed-english-v3";
const COHERE_V4: &str = "us.cohere.embed-v4:0";
/// The smallest PNG: one transparent pixel.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

async fn invoke(server: &MockServer, model: &str, body: &Value) -> Answer {
    let path = format!("/model/{model}/invoke");
    exchange(server, &post(server, &path, &body.to_string())).await
}

async fn ok(server: &MockServer, model: &str, body: Value) -> Value {
    let answer = invoke(server, model, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

fn floats(value: &Value) -> Vec<f64> {
    let all = value.as_array().unwrap_or_else(|| panic!("{value}"));
    all.iter().map(|v| v.as_f64().unwrap()).collect()
}

fn length(vector: &[f64]) -> f64 {
    vector.iter().map(|v| v * v).sum::<f64>().sqrt()
}

fn cosine(a: &Value, b: &Value) -> f64 {
    let (a, b) = (floats(a), floats(b));
    let dot: f64 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
    dot / length(&a) / length(&b)
}

fn nova(parameters: Value) -> Value {
    json!({"taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": parameters})
}

/// As in the 12 recordings of embeddings: the head, and no count of output tokens.
#[tokio::test]
async fn the_recorded_head() {
    let server = MockServer::start().await.unwrap();
    let body = json!({"inputText": "Ruby is great", "normalize": true});
    let answer = invoke(&server, TITAN_V2, &body).await;
    let names: Vec<&str> = answer
        .head
        .lines()
        .skip(1)
        .map(|l| l.split_once(':').unwrap().0)
        .collect();
    assert_eq!(
        names,
        [
            "Date",
            "Content-Type",
            "Content-Length",
            "Connection",
            "x-amzn-RequestId",
            "X-Amzn-Bedrock-Invocation-Latency",
            "X-Amzn-Bedrock-Input-Token-Count",
        ]
    );
    let count = &answer.json()["inputTextTokenCount"];
    let told = answer.header("X-Amzn-Bedrock-Input-Token-Count").unwrap();
    assert_eq!(count.to_string(), told);
}

#[rstest]
#[case::default(json!({}), 1024)]
#[case::d1024(json!({"dimensions": 1024}), 1024)]
#[case::d512(json!({"dimensions": 512}), 512)]
#[case::d256(json!({"dimensions": 256, "normalize": true}), 256)]
#[tokio::test]
async fn titan_v2(#[case] more: Value, #[case] dimension: usize) {
    let server = MockServer::start().await.unwrap();
    let mut body = json!({"inputText": "A text"});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let said = ok(&server, TITAN_V2, body).await;
    assert_eq!(
        keys(&said),
        ["embedding", "embeddingsByType", "inputTextTokenCount"]
    );
    assert_eq!(keys(&said["embeddingsByType"]), ["float"]);
    assert_eq!(said["embeddingsByType"]["float"], said["embedding"]);
    let vector = floats(&said["embedding"]);
    assert_eq!(vector.len(), dimension);
    assert!((length(&vector) - 1.0).abs() < 1e-5);
}

/// Recorded digits are those of single floats widened to doubles, or as few as single floats need.
#[tokio::test]
async fn titan_v2_prints_doubles_and_nova_single_floats() {
    let server = MockServer::start().await.unwrap();
    let body = json!({"inputText": "A text", "dimensions": 256});
    let titan = invoke(&server, TITAN_V2, &body).await;
    for digits in digits(&titan, "[") {
        let double: f64 = digits.parse().unwrap();
        assert_eq!(f64::from(double as f32).to_string(), digits);
    }
    let text = json!({"truncationMode": "END", "value": "A text"});
    let parameters =
        json!({"embeddingPurpose": "GENERIC_INDEX", "text": text, "embeddingDimension": 256});
    let nova = invoke(&server, NOVA, &nova(parameters)).await;
    for digits in digits(&nova, "\"embedding\":[") {
        let single: f32 = digits.parse().unwrap();
        assert_eq!(single.to_string(), digits);
    }
}

/// The numbers of the first list behind `start`, as they stand in the body; small ones, written
/// with an exponent, left out.
fn digits<'a>(answer: &'a Answer, start: &str) -> Vec<&'a str> {
    let list = answer.text().split_once(start).unwrap().1;
    let list = list.split_once(']').unwrap().0;
    let all: Vec<&str> = list.split(',').filter(|d| !d.contains('e')).collect();
    assert!(all.len() > 200);
    all
}

#[tokio::test]
async fn titan_v2_binary_says_which_floats_are_positive() {
    let server = MockServer::start().await.unwrap();
    let body =
        json!({"inputText": "A text", "embeddingTypes": ["float", "binary"], "dimensions": 256});
    let said = ok(&server, TITAN_V2, body).await;
    let by_type = &said["embeddingsByType"];
    let bits: Vec<f64> = floats(&by_type["float"])
        .iter()
        .map(|v| f64::from(u8::from(*v > 0.0)))
        .collect();
    assert_eq!(floats(&by_type["binary"]), bits);
    // `embedding` is there and made of floats whatever is asked for (documented).
    let body = json!({"inputText": "A text", "embeddingTypes": ["binary"]});
    let said = ok(&server, TITAN_V2, body).await;
    assert_eq!(keys(&said["embeddingsByType"]), ["binary"]);
    assert_eq!(floats(&said["embedding"]).len(), 1024);
}

#[tokio::test]
async fn titan_without_normalising() {
    let server = MockServer::start().await.unwrap();
    let unit = ok(&server, TITAN_V2, json!({"inputText": "A text"})).await;
    let raw = ok(
        &server,
        TITAN_V2,
        json!({"inputText": "A text", "normalize": false}),
    )
    .await;
    assert!((length(&floats(&raw["embedding"])) - 1.0).abs() > 0.1);
    assert!(cosine(&unit["embedding"], &raw["embedding"]) > 0.999_99);

    for model in [TITAN_V1, "amazon.titan-embed-g1-text-02"] {
        let first = ok(&server, model, json!({"inputText": "A text"})).await;
        assert_eq!(keys(&first), ["embedding", "inputTextTokenCount"]);
        assert_eq!(floats(&first["embedding"]).len(), 1536);
    }
}

#[rstest]
#[case::text(json!({"inputText": "a cat"}), 1024)]
#[case::image(json!({"inputImage": PIXEL, "embeddingConfig": {"outputEmbeddingLength": 384}}), 384)]
#[case::both(json!({"inputText": "a cat", "inputImage": PIXEL, "embeddingConfig": {"outputEmbeddingLength": 256}}), 256)]
#[tokio::test]
async fn titan_multimodal(#[case] body: Value, #[case] dimension: usize) {
    let server = MockServer::start().await.unwrap();
    let has_text = body.get("inputText").is_some();
    let said = ok(&server, TITAN_IMAGE, body).await;
    assert!(keys(&said).starts_with(&["embedding", "inputTextTokenCount"]));
    let vector = floats(&said["embedding"]);
    assert_eq!(vector.len(), dimension);
    assert!((length(&vector) - 1.0).abs() < 1e-5);
    assert_eq!(said["inputTextTokenCount"] != 0, has_text);
}

#[rstest]
#[case::text(json!({"text": {"truncationMode": "END", "value": "Ruby"}, "embeddingDimension": 256}), &["TEXT"], 256)]
#[case::default(json!({"text": {"truncationMode": "NONE", "value": "Ruby"}}), &["TEXT"], 3072)]
#[case::image(json!({"image": {"detailLevel": "STANDARD_IMAGE", "format": "png", "source": {"bytes": PIXEL}}, "embeddingDimension": 384}), &["IMAGE"], 384)]
#[case::in_s3(json!({"audio": {"format": "mp3", "source": {"s3Location": {"uri": "s3://a/b.mp3"}}}, "embeddingDimension": 1024}), &["AUDIO"], 1024)]
#[case::film(json!({"video": {"format": "mp4", "embeddingMode": "AUDIO_VIDEO_COMBINED", "source": {"bytes": "AAAA"}}, "embeddingDimension": 256}), &["AUDIO_VIDEO_COMBINED"], 256)]
#[case::film_apart(json!({"video": {"format": "mp4", "embeddingMode": "AUDIO_VIDEO_SEPARATE", "source": {"bytes": "AAAA"}}, "embeddingDimension": 256}), &["VIDEO", "AUDIO"], 256)]
#[tokio::test]
async fn nova_multimodal(
    #[case] mut parameters: Value,
    #[case] kinds: &[&str],
    #[case] dimension: usize,
) {
    let server = MockServer::start().await.unwrap();
    parameters["embeddingPurpose"] = json!("GENERIC_INDEX");
    let said = ok(&server, NOVA, nova(parameters)).await;
    assert_eq!(keys(&said), ["embeddings"]);
    let entries = said["embeddings"].as_array().unwrap();
    assert_eq!(entries.len(), kinds.len());
    for (entry, kind) in entries.iter().zip(kinds) {
        assert_eq!(keys(entry), ["embeddingType", "embedding"]);
        assert_eq!(entry["embeddingType"], *kind);
        let vector = floats(&entry["embedding"]);
        assert_eq!(vector.len(), dimension);
        assert!((length(&vector) - 1.0).abs() < 1e-5);
    }
}

#[tokio::test]
async fn nova_says_where_it_cut_a_text() {
    let server = MockServer::start().await.unwrap();
    let long = "word ".repeat(9_000);
    let body = |mode: &str| {
        nova(
            json!({"embeddingPurpose": "CLUSTERING", "embeddingDimension": 256, "text": {"truncationMode": mode, "value": long}}),
        )
    };
    for mode in ["START", "END"] {
        let said = ok(&server, NOVA, body(mode)).await;
        let cut = said["embeddings"][0]["truncatedCharLength"]
            .as_u64()
            .unwrap();
        assert!(cut < long.len() as u64, "{cut}");
    }
    assert_eq!(invoke(&server, NOVA, &body("NONE")).await.status, 400);
}

#[tokio::test]
async fn cohere_key_orders_as_recorded() {
    let server = MockServer::start().await.unwrap();
    let texts = json!(["Hello world", "Héllo 🎉"]);
    let body = json!({"texts": texts, "input_type": "search_document", "truncate": "NONE"});
    let third = ok(&server, COHERE_V3, body.clone()).await;
    assert_eq!(keys(&third), ["embeddings", "id", "response_type", "texts"]);
    let fourth = ok(&server, COHERE_V4, body).await;
    assert_eq!(
        keys(&fourth),
        ["id", "texts", "embeddings", "response_type"]
    );
    for (said, dimension) in [(third, 1024), (fourth, 1536)] {
        assert_eq!(said["response_type"], "embeddings_floats");
        assert_eq!(said["texts"], texts);
        assert_eq!(said["id"].as_str().unwrap().len(), 36);
        let vectors = said["embeddings"].as_array().unwrap();
        assert_eq!(vectors.len(), 2);
        for vector in vectors {
            let vector = floats(vector);
            assert_eq!(vector.len(), dimension);
            assert!((length(&vector) - 1.0).abs() < 1e-5);
        }
    }
}

/// What the encodings mean is Cohere's: packed bits with the first one highest, signed bytes lower
/// by 128, base64 of little-endian floats.
#[rstest]
#[case(256)]
#[case(512)]
#[case(1024)]
#[case(1536)]
#[tokio::test]
async fn cohere_encodings_follow_from_the_floats(#[case] dimension: usize) {
    let server = MockServer::start().await.unwrap();
    let types = ["float", "int8", "uint8", "binary", "ubinary", "base64"];
    let body = json!({"texts": ["Hello world"], "input_type": "search_query", "embedding_types": types, "output_dimension": dimension});
    let said = ok(&server, COHERE_V4, body).await;
    assert_eq!(said["response_type"], "embeddings_by_type");
    let by_type = &said["embeddings"];
    assert_eq!(keys(by_type), types);
    let of = |kind: &str| floats(&by_type[kind][0]);
    let float = of("float");
    assert_eq!(float.len(), dimension);

    let int8 = of("int8");
    assert!(int8.iter().all(|v| (-128.0..=127.0).contains(v)));
    assert!(cosine(&by_type["float"][0], &by_type["int8"][0]) > 0.999);
    let moved: Vec<f64> = int8.iter().map(|v| v + 128.0).collect();
    assert_eq!(of("uint8"), moved);

    let ubinary = of("ubinary");
    assert_eq!(ubinary.len(), dimension / 8);
    for (i, v) in float.iter().enumerate() {
        let bit = ubinary[i / 8] as u8 >> (7 - i % 8) & 1;
        assert_eq!(bit == 1, *v > 0.0, "component {i}");
    }
    let moved: Vec<f64> = ubinary.iter().map(|v| v - 128.0).collect();
    assert_eq!(of("binary"), moved);

    let text = by_type["base64"][0].as_str().unwrap();
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap();
    let decoded: Vec<f32> = bytes
        .chunks(4)
        .map(|c| f32::from_le_bytes(c.try_into().unwrap()))
        .collect();
    let single: Vec<f32> = float.iter().map(|v| *v as f32).collect();
    assert_eq!(decoded, single);
}

#[tokio::test]
async fn cohere_pictures_and_mixed_inputs() {
    let server = MockServer::start().await.unwrap();
    let uri = format!("data:image/png;base64,{PIXEL}");
    let body = json!({"images": [uri], "input_type": "image", "embedding_types": ["float"]});
    let third = ok(&server, COHERE_V3, body.clone()).await;
    let image = json!({"width": 1, "height": 1, "format": "png", "bit_depth": 32});
    assert_eq!(third["images"], json!([image]));
    assert_eq!(third["embeddings"]["float"].as_array().unwrap().len(), 1);
    ok(&server, COHERE_V4, body).await;

    let content = |url: Value| json!({"content": [{"type": "text", "text": "Growth"}, {"type": "image_url", "image_url": url}]});
    let inputs = json!([content(json!({ "url": uri })), content(json!(uri))]);
    let body = json!({"inputs": inputs, "input_type": "search_document", "embedding_types": ["int8"], "output_dimension": 512, "truncate": "RIGHT", "max_tokens": 128000});
    let said = ok(&server, COHERE_V4, body).await;
    assert_eq!(said["inputs"], inputs);
    let vectors = said["embeddings"]["int8"].as_array().unwrap();
    assert_eq!(vectors.len(), 2);
    assert_eq!(vectors[0], vectors[1]);
    assert_eq!(floats(&vectors[0]).len(), 512);
}

#[rstest]
#[case::titan_v1(TITAN_V1)]
#[case::titan_v2(TITAN_V2)]
#[case::titan_image(TITAN_IMAGE)]
#[tokio::test]
async fn near_texts_are_nearer(#[case] model: &str) {
    let server = MockServer::start().await.unwrap();
    let mut vectors = Vec::new();
    for text in [
        "The cat is sleeping on the sofa",
        "The kitten is sleeping on the sofa",
        "An airplane took off from the airport",
    ] {
        let said = ok(&server, model, json!({"inputText": text})).await;
        vectors.push(said["embedding"].clone());
    }
    let near = cosine(&vectors[0], &vectors[1]);
    let far = cosine(&vectors[0], &vectors[2]);
    assert!(near > far + 0.2, "{near} {far}");
}

#[tokio::test]
async fn the_same_request_has_the_same_vector_on_every_server() {
    let body = json!({"texts": ["one", "two"], "input_type": "clustering"});
    let mut bodies = Vec::new();
    for _ in 0..2 {
        let server = MockServer::start().await.unwrap();
        bodies.push(invoke(&server, COHERE_V3, &body).await.body);
    }
    assert_eq!(bodies[0], bodies[1]);
}

/// Texts that were recorded or reported stand first; the others follow the same validator's rules.
#[rstest]
#[case::unreadable(
    TITAN_V1,
    "{ Malformed Request Body",
    "Malformed input request, please reformat your input and try again."
)]
#[case::too_long(TITAN_V2, &json!({"inputText": "x".repeat(160_000)}).to_string(), "Malformed input request: expected maxLength: 50000, actual: 160000, please reformat your input and try again.")]
#[case::empty(
    TITAN_V2,
    r#"{"inputText": ""}"#,
    "Malformed input request: expected minLength: 1, actual: 0, please reformat your input and try again."
)]
#[case::too_many_tokens(TITAN_V1, &json!({"inputText": "a ".repeat(9_875)}).to_string(), "400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: 9876 ")]
#[case::many_for_a_picture(TITAN_IMAGE, &json!({"inputText": "a ".repeat(300)}).to_string(), "400 Bad Request: Too many input tokens. Max input tokens: 256, request input token count: 301 ")]
#[case::long_for_cohere(COHERE_V3, &json!({"texts": ["x".repeat(19_882)], "input_type": "search_document"}).to_string(), "Malformed input request: #/texts/0: expected maxLength: 2048, actual: 19882, please reformat your input and try again.")]
#[case::v1_takes_nothing_else(
    TITAN_V1,
    r#"{"inputText": "x", "dimensions": 256}"#,
    "Malformed input request: #: extraneous key [dimensions] is not permitted, please reformat your input and try again."
)]
#[case::dimension(
    TITAN_V2,
    r#"{"inputText": "x", "dimensions": 100}"#,
    "Malformed input request: #/dimensions: 100 is not a valid enum value, please reformat your input and try again."
)]
#[case::no_texts(
    COHERE_V3,
    r#"{"input_type": "search_query"}"#,
    "Malformed input request: #: required key [texts] not found, please reformat your input and try again."
)]
#[case::two_violations(
    COHERE_V3,
    r#"{"inputText": "x"}"#,
    "Malformed input request: 2 schema violations found, please reformat your input and try again."
)]
#[case::many_texts(COHERE_V4, &json!({"texts": vec!["x"; 97], "input_type": "search_query"}).to_string(), "Malformed input request: #/texts: expected maximum item count: 96, found: 97, please reformat your input and try again.")]
#[case::chat_body(
    NOVA,
    r#"{"messages": []}"#,
    "Malformed input request: 3 schema violations found, please reformat your input and try again."
)]
#[tokio::test]
async fn refusals(#[case] model: &str, #[case] body: &str, #[case] message: &str) {
    let server = MockServer::start().await.unwrap();
    let path = format!("/model/{model}/invoke");
    let answer = exchange(&server, &post(&server, &path, body)).await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert_eq!(answer.json(), json!({ "message": message }));
    assert!(
        answer
            .header("x-amzn-ErrorType")
            .unwrap()
            .starts_with("ValidationException:")
    );
}

/// Bodies of every shape for every silent model: a 200 or a 400, never a crash.
#[tokio::test]
async fn odd_bodies() {
    let server = MockServer::start().await.unwrap();
    let odd = [
        json!(null),
        json!({}),
        json!([]),
        json!(7),
        json!({"inputText": 7}),
        json!({"inputText": null}),
        json!({"inputText": "x", "dimensions": -1}),
        json!({"inputText": "x", "dimensions": 1e300}),
        json!({"inputText": "x", "embeddingTypes": []}),
        json!({"inputImage": "%%%"}),
        json!({"inputImage": ""}),
        json!({"inputText": "x", "embeddingConfig": {"outputEmbeddingLength": 1u64 << 40}}),
        nova(json!({"embeddingPurpose": "CLUSTERING"})),
        nova(json!([])),
        nova(json!({"embeddingPurpose": "CLUSTERING", "text": {}})),
        nova(json!({"embeddingPurpose": "CLUSTERING", "text": {"value": "x"}, "image": {}})),
        nova(json!({"embeddingPurpose": "CLUSTERING", "image": {"source": 7}})),
        nova(json!({"embeddingPurpose": "CLUSTERING", "video": {"source": {"bytes": "%"}}})),
        json!({"texts": [], "input_type": "clustering"}),
        json!({"texts": [7], "input_type": "clustering"}),
        json!({"images": ["data:"], "input_type": "image"}),
        json!({"images": [PIXEL, PIXEL], "input_type": "image"}),
        json!({"inputs": [{"content": [{}]}], "input_type": "clustering"}),
        json!({"inputs": [{}], "input_type": "clustering"}),
        json!({"texts": ["x"], "input_type": "clustering", "output_dimension": 0}),
        json!({"texts": ["x"], "input_type": "clustering", "max_tokens": 1, "truncate": "LEFT"}),
        json!({"texts": ["x y z"], "input_type": "clustering", "max_tokens": u64::MAX}),
    ];
    for model in [TITAN_V1, TITAN_V2, TITAN_IMAGE, NOVA, COHERE_V3, COHERE_V4] {
        for body in &odd {
            let status = invoke(&server, model, body).await.status;
            assert!([200, 400].contains(&status), "{model} {body}: {status}");
        }
    }
}

#[rstest]
#[case(TITAN_V1)]
#[case(TITAN_V2)]
#[case(TITAN_IMAGE)]
#[case(NOVA)]
#[case(COHERE_V3)]
#[case(COHERE_V4)]
#[tokio::test]
async fn no_streams_and_no_conversations(#[case] model: &str) {
    let server = MockServer::start().await.unwrap();
    let path = format!("/model/{model}/invoke-with-response-stream");
    let answer = exchange(&server, &post(&server, &path, r#"{"inputText": "x"}"#)).await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.json()["message"],
        "The model is unsupported for streaming"
    );
    for operation in ["converse", "converse-stream"] {
        let path = format!("/model/{model}/{operation}");
        let answer = exchange(&server, &post(&server, &path, wire::HELLO)).await;
        assert_eq!(answer.status, 400);
        let said = "This action doesn't support the model that you provided. Try again with a supported text or chat model.";
        assert_eq!(answer.json()["message"], said);
    }
}

/// boto3 and the AWS CLI send no content type.
#[tokio::test]
async fn without_a_content_type() {
    let server = MockServer::start().await.unwrap();
    let path = format!("/model/{TITAN_V2}/invoke");
    let bytes = request(&server, "POST", &path, "", br#"{"inputText": "x"}"#);
    assert_eq!(exchange(&server, &bytes).await.status, 200);
}
