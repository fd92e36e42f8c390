//! The limit: axum with nothing in it. It reads the body and answers constant bytes.
//!
//! One process serves one answer, given as JSON: `{"status", "headers": [[name, value]], "chunks":
//! [base64], "whole": bool, "firstMs", "everyMs"}`. A whole answer has a length; otherwise each chunk
//! is written by itself, paced where `everyMs` is above 0.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::Response;
use axum::serve::ListenerExt as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;
use tokio::time::{Instant, sleep_until};

use crate::Failure;

#[derive(Clone)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    chunks: &'static [Bytes],
    whole: bool,
    first: Duration,
    every: Duration,
}

/// Serves until it is killed.
pub fn run(mut args: impl Iterator<Item = String>) -> Result<(), Failure> {
    let answer = read(&args.next().ok_or("baseline needs an answer")?)?;
    // The same runtime as the mock's.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("listening on http://{}", listener.local_addr()?);
        let router = Router::new().fallback(reply).with_state(answer);
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        axum::serve(listener, router).await?;
        Ok(())
    })
}

async fn reply(State(answer): State<Answer>, body: Body) -> Response {
    let _ = axum::body::to_bytes(body, usize::MAX).await;
    let body = match (answer.whole, answer.every.is_zero()) {
        (true, _) => Body::from(answer.chunks.first().cloned().unwrap_or_default()),
        (false, true) => {
            let chunks = answer.chunks.iter().cloned();
            Body::from_stream(stream::iter(chunks.map(Ok::<_, std::io::Error>)))
        }
        (false, false) => paced(&answer),
    };
    let mut response = Response::new(body);
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

/// Chunk n leaves at the start plus n times the gap, so that lateness does not add up.
fn paced(answer: &Answer) -> Body {
    let (first, every) = (Instant::now() + answer.first, answer.every);
    let chunks = answer.chunks.iter().cloned().zip(0u32..);
    Body::from_stream(stream::unfold(chunks, move |mut chunks| async move {
        let (chunk, n) = chunks.next()?;
        sleep_until(first + every * n).await;
        Some((Ok::<_, std::io::Error>(chunk), chunks))
    }))
}

fn read(text: &str) -> Result<Answer, Failure> {
    let value: Value = serde_json::from_str(text)?;
    let list = |name: &str| value[name].as_array().cloned().unwrap_or_default();
    let mut headers = HeaderMap::new();
    for pair in list("headers") {
        let name = HeaderName::try_from(pair[0].as_str().unwrap_or_default())?;
        headers.append(
            name,
            HeaderValue::from_str(pair[1].as_str().unwrap_or_default())?,
        );
    }
    let chunks = list("chunks")
        .iter()
        .map(|c| {
            Ok(Bytes::from(
                STANDARD.decode(c.as_str().unwrap_or_default())?,
            ))
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    let millis = |name: &str| Duration::from_secs_f64(value[name].as_f64().unwrap_or(0.0) / 1e3);
    Ok(Answer {
        status: StatusCode::from_u16(u16::try_from(value["status"].as_u64().unwrap_or(200))?)?,
        headers,
        chunks: chunks.leak(),
        whole: value["whole"].as_bool().unwrap_or(true),
        first: millis("firstMs"),
        every: millis("everyMs"),
    })
}
