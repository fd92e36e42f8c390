use std::net::SocketAddr;
use std::path::PathBuf;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::super::{CERTIFICATE_FILE, LazyTls, TlsOptions};
use super::options;

/// A server that says over HTTP/1.1 which protocol and name the handshake settled on.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) dir: TempDir,
    /// Runs the server; dropped last and with it every connection.
    pub(super) runtime: tokio::runtime::Runtime,
}

impl Server {
    pub(super) fn start(change: impl FnOnce(&mut TlsOptions)) -> Self {
        Self::start_on("127.0.0.1:0", change).expect("loopback can be bound")
    }

    pub(super) fn start_on(address: &str, change: impl FnOnce(&mut TlsOptions)) -> Option<Self> {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let dir = tempfile::tempdir().expect("a directory");
        let mut options = options(dir.path());
        change(&mut options);
        let tls = LazyTls::new(options).expect("good options");
        let listener = runtime.block_on(TcpListener::bind(address)).ok()?;
        let address = listener.local_addr().expect("bound");
        // Clients read the file before they connect.
        let acceptor = tls.acceptor().expect("built").clone();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let _ = answer(acceptor, stream).await;
                });
            }
        });
        Some(Self {
            address,
            dir,
            runtime,
        })
    }

    pub(super) fn ca(&self) -> PathBuf {
        self.dir.path().join(CERTIFICATE_FILE)
    }

    pub(super) fn port(&self) -> String {
        self.address.port().to_string()
    }
}

async fn answer(acceptor: TlsAcceptor, stream: TcpStream) -> std::io::Result<()> {
    let mut stream = acceptor.accept(stream).await?;
    let (_, connection) = stream.get_ref();
    let protocol = connection.alpn_protocol().unwrap_or(b"none");
    let body = format!(
        "{} {}\n",
        String::from_utf8_lossy(protocol),
        connection.server_name().unwrap_or("none")
    );
    let mut seen = Vec::new();
    while !seen.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut seen).await? == 0 {
            return Ok(());
        }
    }
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).await?;
    stream.shutdown().await
}
