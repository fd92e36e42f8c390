//! A raw HTTP/1.1 exchange over a socket: nothing between a test and the bytes.

use std::time::Duration;

use bedrock_mock::MockServer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longest that a test waits for the mock; only a hang reaches it.
const PATIENCE: Duration = Duration::from_secs(20);

pub const MODEL: &str = "anthropic.claude-3-haiku-20240307-v1:0";
pub const HELLO: &str = r#"{"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}"#;

/// An answer, undecoded but for its transfer coding.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
    /// Sizes of the HTTP chunks, if it came in chunks.
    pub chunks: Vec<usize>,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (n, value) = line.split_once(": ")?;
            n.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// The head with what differs from run to run checked and replaced.
    pub fn stable_head(&self) -> String {
        let line = |line: &str| match line.split_once(": ") {
            Some(("Date", date)) => {
                assert!(date.ends_with(" GMT") && date.len() == 29, "{date}");
                "Date: <date>".to_owned()
            }
            Some(("x-amzn-RequestId", id)) => {
                let groups: Vec<usize> = id.split('-').map(str::len).collect();
                assert_eq!(groups, [8, 4, 4, 4, 12], "{id}");
                assert!(
                    id.bytes()
                        .all(|b| b == b'-' || b.is_ascii_digit() || (b'a'..=b'f').contains(&b)),
                    "{id}"
                );
                assert_eq!(&id[14..15], "4", "{id}");
                "x-amzn-RequestId: <uuid>".to_owned()
            }
            _ => line.to_owned(),
        };
        self.head.lines().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// A POST as curl would send it, with the development key.
pub fn post(server: &MockServer, path: &str, body: &str) -> Vec<u8> {
    request(
        server,
        "POST",
        path,
        "Content-Type: application/json\r\n",
        body.as_bytes(),
    )
}

/// Any request with the development key; `headers` end in CRLF each.
pub fn request(
    server: &MockServer,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> Vec<u8> {
    let key = server.api_key();
    let length = if body.is_empty() && method != "POST" {
        String::new()
    } else {
        format!("Content-Length: {}\r\n", body.len())
    };
    let mut out = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n{headers}{length}\r\n").into_bytes();
    out.extend_from_slice(body);
    out
}

/// Sends bytes on a connection of their own and reads one answer.
pub async fn exchange(server: &MockServer, bytes: &[u8]) -> Answer {
    let mut socket = TcpStream::connect(server.address()).await.unwrap();
    socket.write_all(bytes).await.unwrap();
    tokio::time::timeout(PATIENCE, read(&mut socket, bytes.starts_with(b"HEAD ")))
        .await
        .expect("the mock hangs")
}

/// Sends bytes, ends the sending side if asked, and returns all that comes until the mock closes.
pub async fn until_closed(server: &MockServer, bytes: &[u8]) -> Vec<u8> {
    let mut socket = TcpStream::connect(server.address()).await.unwrap();
    socket.write_all(bytes).await.unwrap();
    let mut all = Vec::new();
    tokio::time::timeout(PATIENCE, socket.read_to_end(&mut all))
        .await
        .expect("the mock hangs")
        .unwrap();
    all
}

/// Reads one answer from a connection.
pub async fn read(socket: &mut TcpStream, no_body: bool) -> Answer {
    let mut buffer = Vec::new();
    let end = loop {
        if let Some(at) = find(&buffer, b"\r\n\r\n") {
            break at;
        }
        more(socket, &mut buffer).await;
    };
    let head = String::from_utf8(buffer[..end].to_vec())
        .unwrap()
        .replace("\r\n", "\n");
    let mut rest = buffer.split_off(end + 4);
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut answer = Answer {
        status,
        head,
        body: Vec::new(),
        chunks: Vec::new(),
    };
    if no_body {
        return answer;
    }
    if answer.header("transfer-encoding") == Some("chunked") {
        loop {
            let line_end = loop {
                if let Some(at) = find(&rest, b"\r\n") {
                    break at;
                }
                more(socket, &mut rest).await;
            };
            let size =
                usize::from_str_radix(std::str::from_utf8(&rest[..line_end]).unwrap(), 16).unwrap();
            while rest.len() < line_end + 2 + size + 2 {
                more(socket, &mut rest).await;
            }
            answer
                .body
                .extend_from_slice(&rest[line_end + 2..line_end + 2 + size]);
            rest.drain(..line_end + 2 + size + 2);
            if size == 0 {
                return answer;
            }
            answer.chunks.push(size);
        }
    }
    let length: usize = answer
        .header("content-length")
        .map_or(0, |l| l.parse().unwrap());
    while rest.len() < length {
        more(socket, &mut rest).await;
    }
    answer.body = rest[..length].to_vec();
    answer
}

async fn more(socket: &mut TcpStream, buffer: &mut Vec<u8>) {
    let n = socket.read_buf(buffer).await.unwrap();
    assert!(
        n > 0,
        "the connection closed early after: {}",
        String::from_utf8_lossy(buffer)
    );
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}

/// The payload of the one frame of a stream that is an exception's, decoded by Amazon's own crate.
pub fn only_exception(body: &[u8]) -> String {
    use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
    let mut rest = body;
    let DecodedFrame::Complete(message) =
        MessageFrameDecoder::new().decode_frame(&mut rest).unwrap()
    else {
        panic!("no frame")
    };
    assert!(rest.is_empty(), "it is the only frame");
    let headers = message.headers().iter();
    let names: Vec<&str> = headers.map(|h| h.name().as_str()).collect();
    assert_eq!(names, [":exception-type", ":content-type", ":message-type"]);
    String::from_utf8(message.payload().to_vec()).unwrap()
}
