//! Micro-benchmarks of the parts that every request passes: route, bind and validate, verify a
//! signature, encode a frame. `make bench-micro` runs them.

use std::hint::black_box;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use bedrock_mock::auth::sigv4::{Expectation, Secret, Secrets, SignedRequest, SigningKeys, verify};
use bedrock_mock::model::bind::{Parts, bind};
use bedrock_mock::model::overlay::Overlay;
use bedrock_mock::model::validate::validate;
use bedrock_mock::model::{Model, Router};
use bedrock_mock::wire::{frame, json};
use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use http::{HeaderMap, HeaderName, HeaderValue};

const PATH: &str = "/model/anthropic.claude-3-5-sonnet-20241022-v2%3A0/converse";
const HOST: &str = "bedrock-runtime.us-west-2.amazonaws.com";
const BODY: &[u8] = br#"{"system":[{"text":"You are a helpful assistant."}],"messages":[{"role":"user","content":[{"text":"Hello, who are you?"}]}],"inferenceConfig":{"maxTokens":512,"temperature":0.5}}"#;
const ANSWER: &[u8] = br#"{"metrics":{"latencyMs":412},"output":{"message":{"content":[{"text":"Hello! I am a mock."}],"role":"assistant"}},"stopReason":"end_turn","usage":{"inputTokens":8,"outputTokens":9,"totalTokens":17}}"#;

fn models() -> Vec<Model> {
    use bedrock_fixtures::models::{BEDROCK, BEDROCK_RUNTIME};
    [BEDROCK_RUNTIME, BEDROCK]
        .map(|text| {
            Model::load(text, Overlay::default()).expect("the embedded models are well formed")
        })
        .into()
}

fn route(c: &mut Criterion) {
    let models = models();
    let router = Router::new(&models);
    c.bench_function("route", |b| {
        b.iter(|| router.find(&models, "POST", black_box(PATH), |_| true));
    });
}

fn bind_and_validate(c: &mut Criterion) {
    let models = models();
    let router = Router::new(&models);
    let routed = router
        .find(&models, "POST", PATH, |_| true)
        .expect("Converse has this path");
    let (headers, body) = (HeaderMap::new(), Bytes::from_static(BODY));
    let parts = Parts {
        labels: &routed.labels,
        query: "",
        headers: &headers,
        body: &body,
    };
    let model = &models[routed.model];
    c.bench_function("bind", |b| {
        b.iter(|| bind(model, routed.operation, black_box(&parts)));
    });
    c.bench_function("bind and validate", |b| {
        b.iter(|| {
            let input = bind(model, routed.operation, black_box(&parts)).expect("it fits");
            validate(model, routed.operation, &input)
        });
    });
}

struct Known;

impl Secrets for Known {
    fn find(&self, _: &str, _: Option<&str>) -> Secret {
        Secret::Known("test".into())
    }
}

fn verify_signature(c: &mut Criterion) {
    let now = SystemTime::now();
    let headers = signed(now);
    let request = SignedRequest {
        method: "POST",
        raw_path: PATH,
        raw_query: "",
        headers: &headers,
        authority: Some(HOST),
        body: BODY,
        now,
    };
    let keys = SigningKeys::new();
    let expect = Expectation {
        services: &["bedrock"],
        region: Some("us-west-2"),
    };
    assert!(
        verify(&request, &expect, &Known, &keys).is_ok(),
        "the signature is good"
    );
    c.bench_function("verify SigV4", |b| {
        b.iter(|| verify(black_box(&request), &expect, &Known, &keys));
    });
}

fn signed(now: SystemTime) -> HeaderMap {
    let identity = Credentials::from_keys("test", "test", None).into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-west-2")
        .name("bedrock")
        .time(now)
        .settings(SigningSettings::default())
        .build()
        .expect("all parts are given")
        .into();
    let url = format!("https://{HOST}{PATH}");
    let all = [("content-type", "application/json")];
    let signable = SignableRequest::new("POST", url, all.into_iter(), SignableBody::Bytes(BODY))
        .expect("the request is well formed");
    let (instructions, _) = sign(signable, &params)
        .expect("it can be signed")
        .into_parts();
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static(HOST));
    for (name, value) in all.into_iter().chain(instructions.headers()) {
        let name = HeaderName::try_from(name).expect("a header name");
        headers.insert(name, HeaderValue::try_from(value).expect("a header value"));
    }
    headers
}

fn write(c: &mut Criterion) {
    let models = models();
    let model = &models[0];
    let output = model.operation("Converse").and_then(|o| o.output);
    let value = serde_json::from_slice(ANSWER).expect("the text is JSON");
    c.bench_function("write JSON", |b| {
        b.iter(|| json::write(model, output, black_box(&value)));
    });
    let payload =
        br#"{"contentBlockIndex":0,"delta":{"text":"a few words"},"p":"abcdefghijklmnopq"}"#;
    c.bench_function("encode frame", |b| {
        b.iter(|| frame::event("contentBlockDelta", black_box(payload)));
    });
}

criterion_group!(micro, route, bind_and_validate, verify_signature, write);
criterion_main!(micro);
