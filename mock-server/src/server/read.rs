//! Reads a request to its end, within limits of size and time.
//!
//! The body is always read to its end before an answer is made, also when the answer will be a
//! refusal: a client that is still sending when the connection closes sees a reset instead of the
//! words of the refusal.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::Request;
use http_body_util::BodyExt as _;

use crate::config::Config;
use crate::request::Incoming;
use crate::wire::rows::RowId;
use crate::wire::{ApiError, rows};

/// Largest request target, bytes.
const TARGET_LIMIT: usize = 8 * 1024;
/// Largest head, bytes: names, values and four bytes for each line.
const HEAD_LIMIT: usize = 16 * 1024;

/// Room made for a body by its declared length, at most, bytes.
const RESERVED: usize = 1024 * 1024;

/// A request that was refused while it was read.
pub struct Refused {
    /// What the client reads.
    pub error: ApiError,
    /// Its rest was not read, so the connection cannot be used again.
    pub close: bool,
}

/// Reads a request.
pub async fn read(
    config: &Config,
    request: Request<hyper::body::Incoming>,
    id: String,
) -> Result<Incoming, Refused> {
    let (head, mut body) = request.into_parts();
    let target = head.uri.path_and_query().map_or(0, |t| t.as_str().len());
    let size: usize = target
        + head
            .headers
            .iter()
            .map(|(n, v)| n.as_str().len() + v.len() + 4)
            .sum::<usize>();
    let refusal = if target > TARGET_LIMIT {
        Some(refuse(
            rows::front_door::TARGET_TOO_LONG,
            "the request target is above 8 KiB",
            false,
        ))
    } else if size > HEAD_LIMIT {
        Some(refuse(
            rows::front_door::HEAD_TOO_LARGE,
            "the request's head is above 16 KiB",
            false,
        ))
    } else {
        None
    };
    let read = collect(config, &mut body).await;
    if let Some(mut refusal) = refusal {
        refusal.close = read.is_err();
        return Err(refusal);
    }
    Ok(incoming(head, read?, id))
}

/// A request whose body is a stream of the client's events: an answer must not wait for its end,
/// which comes after the answer's.
pub fn head_only(request: Request<hyper::body::Incoming>, id: String) -> Incoming {
    incoming(request.into_parts().0, Bytes::new(), id)
}

fn incoming(head: http::request::Parts, body: Bytes, id: String) -> Incoming {
    let authority = head
        .uri
        .authority()
        .map(|a| a.as_str().to_owned())
        .or_else(|| {
            head.headers
                .get(http::header::HOST)
                .and_then(|h| h.to_str().ok())
                .map(Into::into)
        });
    Incoming {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        version: head.version,
        authority,
        body,
        id,
    }
}

async fn collect(config: &Config, body: &mut hyper::body::Incoming) -> Result<Bytes, Refused> {
    use http_body::Body as _;
    let pause = Duration::from_millis(config.body_timeout_ms);
    let declared = body.size_hint().exact().unwrap_or_default();
    // Most bodies come in one piece, which is taken as it is.
    let mut whole: Option<Bytes> = None;
    let mut out = BytesMut::new();
    let mut too_large = declared > config.body_limit as u64;
    // What is above the limit is read and thrown away, but not without end.
    let mut thrown_away = 0usize;
    loop {
        let Ok(next) = tokio::time::timeout(pause, body.frame()).await else {
            return Err(refuse(
                rows::front_door::BODY_TIMEOUT,
                "the body stopped arriving",
                true,
            ));
        };
        let data = match next {
            None => break,
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
            Some(Err(_)) => {
                return Err(refuse(
                    rows::front_door::BODY_BROKEN,
                    "the body broke off or its framing is invalid",
                    true,
                ));
            }
        };
        too_large |= out.len() + data.len() > config.body_limit;
        if too_large {
            out = BytesMut::new();
            thrown_away += data.len();
            if thrown_away > config.body_limit {
                break;
            }
        } else if !data.is_empty() && data.len() as u64 == declared {
            whole = Some(data);
        } else {
            if out.is_empty() {
                // Room for a body that is really coming: its length alone is only a promise.
                out.reserve((declared as usize).min(RESERVED));
            }
            out.extend_from_slice(&data);
        }
    }
    if too_large {
        let hint = format!(
            "the body is above {} bytes (--body-limit)",
            config.body_limit
        );
        return Err(refuse(rows::front_door::BODY_TOO_LARGE, &hint, true));
    }
    Ok(whole.unwrap_or_else(|| out.freeze()))
}

/// Returns a refusal that a client may read though its request could not be read to its end.
fn refuse(row: RowId, hint: &str, close: bool) -> Refused {
    Refused {
        error: ApiError::row(row).hint(hint),
        close,
    }
}
