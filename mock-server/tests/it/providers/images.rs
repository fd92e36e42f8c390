//! Image models over a socket: real PNG files of the size asked for, in the documented forms.

use crate::wire;
use crate::wire::{Answer, exchange, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bedrock_mock::MockServer;
use rstest::rstest;
use serde_json::{Value, json};

const TITAN_V1: &str = "amazon.titan-image-generator-v1";
const TITAN_V2: &str = "amazon.titan-image-generator-v2:0";
const CANVAS: &str = "amazon.nova-canvas-v1:0";
const XL: &str = "stability.stable-diffusion-xl-v1";
const SD3: &str = "stability.sd3-5-large-v1:0";

async fn invoke(server: &MockServer, model: &str, body: &Value) -> Answer {
    let path = format!("/model/{model}/invoke");
    exchange(server, &post(server, &path, &body.to_string())).await
}

async fn ok(server: &MockServer, model: &str, body: &Value) -> Value {
    let answer = invoke(server, model, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(
        answer
            .head
            .ends_with("\nX-Amzn-Bedrock-Invocation-Latency: 412"),
        "{}",
        answer.head
    );
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

/// Decodes every pixel of a picture and returns its size and pixels.
fn decode(base64: &Value) -> ((u32, u32), Vec<u8>) {
    let file = STANDARD.decode(base64.as_str().unwrap()).unwrap();
    let decoder = png::Decoder::new(std::io::Cursor::new(file));
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    reader.finish().unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgb);
    ((info.width, info.height), pixels)
}

/// A picture for requests, made by the `png` crate here and not by the mock.
fn picture(width: u32, height: u32) -> String {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let pixels = vec![127; (width * height) as usize];
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&pixels)
        .unwrap();
    STANDARD.encode(file)
}

fn text_image(config: Value) -> Value {
    json!({"taskType": "TEXT_IMAGE", "textToImageParams": {"text": "a robot"}, "imageGenerationConfig": config})
}

#[rstest]
#[case::default(TITAN_V1, json!({}), 1, (1024, 1024))]
#[case::titan(TITAN_V2, json!({"numberOfImages": 2, "quality": "premium", "cfgScale": 8.0, "height": 512, "width": 512, "seed": 7}), 2, (512, 512))]
#[case::titan_odd(TITAN_V2, json!({"width": 1173, "height": 640}), 1, (1173, 640))]
#[case::canvas(CANVAS, json!({"seed": 858993459, "quality": "standard", "width": 512, "height": 336, "numberOfImages": 1}), 1, (512, 336))]
#[case::five(CANVAS, json!({"width": 320, "height": 320, "numberOfImages": 5}), 5, (320, 320))]
#[case::largest(CANVAS, json!({"width": 4096, "height": 1024}), 1, (4096, 1024))]
#[tokio::test]
async fn amazon(
    #[case] model: &str,
    #[case] config: Value,
    #[case] count: usize,
    #[case] size: (u32, u32),
) {
    let server = MockServer::start().await.unwrap();
    let said = ok(&server, model, &text_image(config)).await;
    assert_eq!(keys(&said), ["images", "error"]);
    assert!(said["error"].is_null());
    let images = said["images"].as_array().unwrap();
    assert_eq!(images.len(), count);
    let pictures: Vec<Vec<u8>> = images
        .iter()
        .map(|image| {
            let (drawn, pixels) = decode(image);
            assert_eq!(drawn, size);
            pixels
        })
        .collect();
    for (i, picture) in pictures.iter().enumerate() {
        assert!(
            !pictures[..i].contains(picture),
            "picture {i} is another's twin"
        );
    }
}

#[rstest]
#[case("INPAINTING", json!({"inPaintingParams": {"image": picture(352, 416), "maskPrompt": "windows", "text": "x"}}), (352, 416))]
#[case("OUTPAINTING", json!({"outPaintingParams": {"image": picture(352, 416), "maskImage": picture(352, 416), "outPaintingMode": "DEFAULT"}}), (352, 416))]
#[case("IMAGE_VARIATION", json!({"imageVariationParams": {"images": [picture(352, 416)], "similarityStrength": 0.7}, "imageGenerationConfig": {"width": 512, "height": 512}}), (512, 512))]
#[case("COLOR_GUIDED_GENERATION", json!({"colorGuidedGenerationParams": {"text": "x", "colors": ["#ff8080"]}}), (1024, 1024))]
#[case("BACKGROUND_REMOVAL", json!({"backgroundRemovalParams": {"image": picture(352, 416)}}), (352, 416))]
#[tokio::test]
async fn tasks(#[case] task: &str, #[case] mut body: Value, #[case] size: (u32, u32)) {
    let server = MockServer::start().await.unwrap();
    body["taskType"] = json!(task);
    for model in [TITAN_V2, CANVAS] {
        let said = ok(&server, model, &body).await;
        assert_eq!(decode(&said["images"][0]).0, size);
    }
}

#[tokio::test]
async fn seed_and_prompt_make_the_picture() {
    let server = MockServer::start().await.unwrap();
    let draw = async |seed: u64, text: &str| {
        let mut body = text_image(json!({"seed": seed, "width": 320, "height": 320}));
        body["textToImageParams"]["text"] = json!(text);
        ok(&server, CANVAS, &body).await["images"][0].clone()
    };
    let first = draw(1, "a cat").await;
    assert_eq!(first, draw(1, "a cat").await);
    assert_ne!(first, draw(2, "a cat").await);
    assert_ne!(first, draw(1, "a dog").await);
}

#[rstest]
#[case::default(json!({}), (1024, 1024))]
#[case::wide(json!({"aspect_ratio": "16:9"}), (1344, 768))]
#[case::widest(json!({"aspect_ratio": "21:9"}), (1536, 640))]
#[case::tall(json!({"aspect_ratio": "9:16", "mode": "text-to-image", "output_format": "png"}), (768, 1344))]
#[case::from_image(json!({"mode": "image-to-image", "image": picture(640, 700), "strength": 0.5}), (640, 700))]
#[tokio::test]
async fn stability(#[case] mut body: Value, #[case] size: (u32, u32)) {
    let server = MockServer::start().await.unwrap();
    body["prompt"] = json!("Create an image of a panda");
    for model in [
        SD3,
        "stability.stable-image-core-v1:1",
        "stability.stable-image-ultra-v1:1",
    ] {
        let said = ok(&server, model, &body).await;
        assert_eq!(keys(&said), ["seeds", "finish_reasons", "images"]);
        assert_eq!(said["finish_reasons"], json!([null]));
        assert!(said["seeds"][0].as_u64().unwrap() <= u64::from(u32::MAX));
        assert_eq!(decode(&said["images"][0]).0, size);
    }
    body["seed"] = json!(2130420379u32);
    assert_eq!(
        ok(&server, SD3, &body).await["seeds"],
        json!([2130420379u32])
    );
}

#[tokio::test]
async fn stability_edits_keep_the_size() {
    let server = MockServer::start().await.unwrap();
    let body = json!({"image": picture(200, 100), "prompt": "x", "search_prompt": "y"});
    for service in [
        "inpaint",
        "search-replace",
        "remove-background",
        "erase-object",
    ] {
        let model = format!("us.stability.stable-image-{service}-v1:0");
        let answer = invoke(&server, &model, &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(decode(&answer.json()["images"][0]).0, (200, 100));
        assert_eq!(
            invoke(&server, &model, &json!({"prompt": "x"}))
                .await
                .status,
            400
        );
    }
}

#[tokio::test]
async fn stable_diffusion_xl() {
    let server = MockServer::start().await.unwrap();
    let prompts = json!([{"text": "Sri lanka tea plantation.", "weight": 1}]);
    let body = json!({"text_prompts": prompts, "cfg_scale": 10, "seed": 452345, "steps": 50, "width": 1152, "height": 896, "style_preset": "enhance"});
    let said = ok(&server, XL, &body).await;
    assert_eq!(keys(&said), ["result", "artifacts"]);
    assert_eq!(said["result"], "success");
    let artifact = &said["artifacts"][0];
    assert_eq!(keys(artifact), ["seed", "base64", "finishReason"]);
    assert_eq!(artifact["seed"], 452345);
    assert_eq!(artifact["finishReason"], "SUCCESS");
    assert_eq!(decode(&artifact["base64"]).0, (1152, 896));
    let said = ok(&server, XL, &json!({ "text_prompts": prompts })).await;
    assert_eq!(decode(&said["artifacts"][0]["base64"]).0, (512, 512));
}

#[rstest]
#[case::long_text(TITAN_V1, json!({"taskType": "TEXT_IMAGE", "textToImageParams": {"text": "x".repeat(548)}}), "#/textToImageParams/text: expected maxLength: 512, actual: 548")]
#[case::no_task(CANVAS, json!({"textToImageParams": {"text": "x"}}), "#: required key [taskType] not found")]
#[case::no_parameters(CANVAS, json!({"taskType": "TEXT_IMAGE"}), "#: required key [textToImageParams] not found")]
#[case::six(TITAN_V2, text_image(json!({"numberOfImages": 6})), "#/imageGenerationConfig/numberOfImages: 6 is not less or equal to 5")]
#[case::none(TITAN_V2, text_image(json!({"numberOfImages": 0})), "#/imageGenerationConfig/numberOfImages: 0 is not greater or equal to 1")]
#[case::narrow(CANVAS, text_image(json!({"width": 300})), "#/imageGenerationConfig/width: 300 is not greater or equal to 320")]
#[case::ratio(SD3, json!({"prompt": "x", "aspect_ratio": "7:5"}), "#/aspect_ratio: 7:5 is not a valid enum value")]
#[case::no_prompt(SD3, json!({}), "#: required key [prompt] not found")]
#[case::no_prompts(XL, json!({"prompt": "x"}), "#: required key [text_prompts] not found")]
#[tokio::test]
async fn refusals(#[case] model: &str, #[case] body: Value, #[case] what: &str) {
    let server = MockServer::start().await.unwrap();
    let answer = invoke(&server, model, &body).await;
    let text =
        format!("Malformed input request: {what}, please reformat your input and try again.");
    assert_eq!(
        (answer.status, answer.json()),
        (400, json!({ "message": text }))
    );
}

#[rstest]
#[case::not_in_titans_list(TITAN_V2, json!({"width": 600, "height": 600}))]
#[case::huge(TITAN_V2, json!({"width": 4_000_000_000u64, "height": 4_000_000_000u64}))]
#[case::steps_of_16(CANVAS, json!({"width": 1000, "height": 1000}))]
#[case::slim(CANVAS, json!({"width": 4096, "height": 512}))]
#[case::pixels(CANVAS, json!({"width": 4096, "height": 4096}))]
#[tokio::test]
async fn sizes_that_are_not_drawn(#[case] model: &str, #[case] config: Value) {
    let server = MockServer::start().await.unwrap();
    assert_eq!(
        invoke(&server, model, &text_image(config)).await.status,
        400
    );
}

#[tokio::test]
async fn odd_bodies() {
    let server = MockServer::start().await.unwrap();
    // A header that claims a picture of 4 milliards of pixels a side.
    let mut vast = STANDARD.decode(picture(1, 1)).unwrap();
    vast[16..24].fill(0xff);
    let vast = STANDARD.encode(vast);
    let odd = [
        json!({}),
        json!([]),
        json!({"taskType": 7}),
        json!({"taskType": "TEXT_IMAGE", "textToImageParams": []}),
        json!({"taskType": "BACKGROUND_REMOVAL", "backgroundRemovalParams": {"image": vast}}),
        json!({"taskType": "BACKGROUND_REMOVAL", "backgroundRemovalParams": {"image": "%"}}),
        json!({"taskType": "INPAINTING", "inPaintingParams": {"image": "AAAA"}}),
        text_image(json!({"seed": -1})),
        text_image(json!({"seed": u64::MAX})),
        text_image(json!({"width": 1.5})),
        text_image(json!([])),
        json!({"prompt": "x", "image": vast, "mode": "image-to-image"}),
        json!({"prompt": "x", "seed": u64::MAX}),
        json!({"prompt": 7}),
        json!({"text_prompts": []}),
        json!({"text_prompts": [{}]}),
        json!({"text_prompts": [{"text": "x"}], "width": 1}),
        json!({"text_prompts": [{"text": "x"}], "init_image": vast}),
    ];
    for model in [TITAN_V1, CANVAS, XL, SD3] {
        for body in &odd {
            let status = invoke(&server, model, body).await.status;
            assert!([200, 400].contains(&status), "{model} {body}: {status}");
        }
    }
}

#[rstest]
#[case(TITAN_V1)]
#[case(CANVAS)]
#[case(XL)]
#[case(SD3)]
#[case("cohere.rerank-v3-5:0")]
#[tokio::test]
async fn no_streams_and_no_conversations(#[case] model: &str) {
    let server = MockServer::start().await.unwrap();
    for operation in ["invoke-with-response-stream", "converse", "converse-stream"] {
        let path = format!("/model/{model}/{operation}");
        let answer = exchange(&server, &post(&server, &path, wire::HELLO)).await;
        assert_eq!(answer.status, 400);
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        let said = if operation.starts_with("invoke") {
            "The model is unsupported for streaming"
        } else {
            "This action doesn't support the model"
        };
        assert!(message.starts_with(said), "{message}");
    }
}
