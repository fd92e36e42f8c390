//! The head of an HTTP/1.1 answer, in the service's order and case.
//!
//! hyper writes header names in lower case unless a response carries the map of spellings that its
//! own parser makes, and it offers no way to build that map. So at start one template answer runs
//! through hyper's client over an in-memory pipe, and the spellings it learned are cloned into
//! every answer. Order is the insertion order of the header map. Both are guarded by a raw-socket
//! test, and hyper's minor version is pinned.

use std::borrow::Cow;

use bytes::Bytes;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Request, Version};
use http_body_util::Empty;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::diagnostics::StartError;

/// What nearly every answer has, as the service spells it.
const USUAL: &[&str] = &[
    "Date",
    "Content-Type",
    "Connection",
    "x-amzn-RequestId",
    "x-amzn-ErrorType",
];

/// The other headers that the mock sends.
const OTHERS: &[&str] = &[
    "Retry-After",
    "X-Amzn-Bedrock-Content-Type",
    "X-Amzn-Bedrock-Invocation-Latency",
    "X-Amzn-Bedrock-Cache-Write-Input-Token-Count",
    "X-Amzn-Bedrock-Cache-Read-Input-Token-Count",
    "X-Amzn-Bedrock-Output-Token-Count",
    "X-Amzn-Bedrock-Input-Token-Count",
    "X-Amzn-Bedrock-PerformanceConfig-Latency",
    "X-Amzn-Bedrock-Service-Tier",
];

/// The learned spellings: an answer has a length or a transfer coding, never both.
///
/// Every answer gets a clone, whose cost grows with the number of names, so answers without one of
/// [`OTHERS`] get a shorter list.
#[derive(Debug, Clone)]
pub struct Spellings {
    with_length: Learned,
    chunked: Learned,
    others: Vec<HeaderName>,
}

#[derive(Debug, Clone)]
struct Learned {
    usual: Extensions,
    all: Extensions,
}

impl Spellings {
    /// Runs the templates through hyper's parser.
    pub async fn learn() -> Result<Self, StartError> {
        Ok(Self {
            with_length: Learned::from("Content-Length: 0", "").await?,
            chunked: Learned::from("Transfer-Encoding: chunked", "0\r\n\r\n").await?,
            others: OTHERS
                .iter()
                .filter_map(|name| HeaderName::try_from(*name).ok())
                .collect(),
        })
    }

    /// The extensions that an answer with these headers carries.
    pub fn extensions(&self, headers: &HeaderMap) -> Extensions {
        let learned = match headers.contains_key(http::header::TRANSFER_ENCODING) {
            true => &self.chunked,
            false => &self.with_length,
        };
        match self.others.iter().any(|name| headers.contains_key(name)) {
            true => learned.all.clone(),
            false => learned.usual.clone(),
        }
    }
}

impl Learned {
    async fn from(framing: &str, body: &str) -> Result<Self, StartError> {
        Ok(Self {
            usual: template(framing, body, USUAL).await?,
            all: template(framing, body, &[USUAL, OTHERS].concat()).await?,
        })
    }
}

async fn template(framing: &str, body: &str, names: &[&str]) -> Result<Extensions, StartError> {
    let failed =
        |e: &dyn std::fmt::Display| StartError(format!("learning the spelling of headers: {e}"));
    let mut text = format!("HTTP/1.1 200 OK\r\n{framing}\r\n");
    for name in names {
        text.push_str(name);
        text.push_str(if *name == "Connection" {
            ": close\r\n"
        } else {
            ": x\r\n"
        });
    }
    text.push_str("\r\n");
    text.push_str(body);

    let (ours, mut theirs) = tokio::io::duplex(16 * 1024);
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .preserve_header_case(true)
        .handshake(TokioIo::new(ours))
        .await
        .map_err(|e| failed(&e))?;
    let driver = tokio::spawn(connection);
    let request = Request::builder()
        .uri("/")
        .header("host", "x")
        .body(Empty::<Bytes>::new())
        .map_err(|e| failed(&e))?;
    // An answer that is there before its request is an error to hyper's client.
    let answer = async {
        let mut asked = [0; 256];
        let _ = theirs.read(&mut asked).await?;
        theirs.write_all(text.as_bytes()).await
    };
    let (response, written) = tokio::join!(sender.send_request(request), answer);
    written.map_err(|e| failed(&e))?;
    let response = response.map_err(|e| failed(&e))?;
    let extensions = response.into_parts().0.extensions;
    driver.abort();
    Ok(extensions)
}

/// What the framing headers depend on.
#[derive(Debug, Clone, Copy)]
pub struct Framing {
    /// Length in bytes, `None` for a body whose end is marked by the protocol.
    pub length: Option<u64>,
    /// The connection closes after this answer.
    pub close: bool,
    /// Protocol version of the request.
    pub version: Version,
    /// The answer has a request id.
    pub request_id: bool,
}

/// The headers of an answer, inserted in the order in which they leave.
pub fn headers(
    framing: Framing,
    content_type: Option<&str>,
    request_id: &str,
    rest: Vec<(Cow<'static, str>, String)>,
) -> HeaderMap {
    use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, TRANSFER_ENCODING};
    let mut map = HeaderMap::with_capacity(6 + rest.len());
    if let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(std::time::SystemTime::now()))
    {
        map.insert(DATE, date);
    }
    if let Some(content_type) = content_type
        && let Ok(value) = HeaderValue::from_str(content_type)
    {
        map.insert(CONTENT_TYPE, value);
    }
    let one_one = framing.version == Version::HTTP_11;
    match framing.length {
        Some(length) => {
            map.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        None if one_one => {
            map.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        }
        None => {}
    }
    // On HTTP/2 hyper would warn and remove it, which reorders the rest.
    if one_one {
        map.insert(
            CONNECTION,
            HeaderValue::from_static(if framing.close { "close" } else { "keep-alive" }),
        );
    }
    let request_id = framing
        .request_id
        .then(|| ("x-amzn-RequestId".into(), request_id.to_owned()));
    let more = request_id.into_iter().chain(rest);
    for (name, value) in more {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(&*name), HeaderValue::try_from(value))
        {
            map.insert(name, value);
        }
    }
    map
}
