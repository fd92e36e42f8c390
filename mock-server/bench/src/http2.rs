//! HTTP/2 by prior knowledge, asked with hyper's client.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use crate::Failure;
use crate::loads::Request;

/// A connection for one request at a time.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
}

/// A request as hyper takes it.
pub fn encode(request: &Request) -> Result<http::Request<Full<Bytes>>, Failure> {
    let uri = format!("http://{}{}", request.host, request.path);
    let mut built = http::Request::builder().method(request.method).uri(uri);
    for (name, value) in &request.headers {
        built = built.header(name, value);
    }
    Ok(built.body(Full::new(request.body.clone()))?)
}

impl Connection {
    /// Opens one.
    pub async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender })
    }

    /// Sends a request and reads its answer whole; returns the status.
    pub async fn ask(&mut self, request: &http::Request<Full<Bytes>>) -> Result<u16, Failure> {
        self.sender.ready().await?;
        let answer = self.sender.send_request(request.clone()).await?;
        let status = answer.status().as_u16();
        let mut body = answer.into_body();
        while let Some(frame) = body.frame().await {
            frame?;
        }
        Ok(status)
    }
}
