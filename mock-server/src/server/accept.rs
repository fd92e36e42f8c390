//! The accept loop.
//!
//! Nothing slow happens between two accepts: each connection gets its own task, which looks at the
//! first byte (22 opens a TLS handshake), shakes hands if it must, and serves HTTP/1.1 or HTTP/2,
//! by ALPN or by prior knowledge.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::connection::{Connection, Socket};
use super::{Server, handle};
use crate::tls::LazyTls;

/// First byte of a TLS record that opens a handshake.
const TLS_HANDSHAKE: u8 = 0x16;
/// How long a new connection may stay silent, and how long its handshake may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a connection may stay idle between two requests, and a head may take to arrive: hyper
/// measures both with one clock.
const IDLE: Duration = Duration::from_secs(120);
/// hyper's buffer for a head. Above our own limit of 16 KiB, so that most heads that are too large
/// get the service's form of answer instead of hyper's bare 431.
const HEAD_BUFFER: usize = 256 * 1024;

/// Serves until `stop` fires, then lets open exchanges finish for at most the configured time.
pub async fn serve(
    listener: TcpListener,
    server: Arc<Server>,
    tls: Arc<LazyTls>,
    stop: oneshot::Receiver<()>,
) {
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let (server, tls, watcher) =
                    (Arc::clone(&server), Arc::clone(&tls), graceful.watcher());
                tokio::spawn(async move { connection(stream, peer, server, tls, watcher).await });
            }
            // Out of file descriptors, usually: without a pause this would spin.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    server.stopping.store(true, Ordering::Relaxed);
    server.app.journal.stop();
    drop(listener);
    let limit = Duration::from_millis(server.app.config.stop_timeout_ms);
    let _ = tokio::time::timeout(limit, graceful.shutdown()).await;
    server.app.journal.stopped();
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    server: Arc<Server>,
    tls: Arc<LazyTls>,
    watcher: Watcher,
) {
    // Without it a chunked stream waits 40 ms for delayed acknowledgements.
    let _ = stream.set_nodelay(true);
    let mut first = [0u8; 1];
    match tokio::time::timeout(PATIENCE, stream.peek(&mut first)).await {
        Ok(Ok(1)) => {}
        _ => return,
    }
    let socket = Socket::new(stream);
    let handle = socket.connection();
    if first[0] != TLS_HANDSHAKE {
        return http(TokioIo::new(socket), handle, server, watcher).await;
    }
    // Making the CA and the first leaf may take milliseconds; it happens once.
    let acceptor = match tokio::task::spawn_blocking(move || {
        tls.acceptor().cloned().map_err(ToString::to_string)
    })
    .await
    {
        Ok(Ok(acceptor)) => acceptor,
        Ok(Err(e)) => return tracing::error!("no TLS for {peer}: {e}"),
        Err(_) => return,
    };
    match tokio::time::timeout(PATIENCE, acceptor.accept(socket)).await {
        Ok(Ok(stream)) => http(TokioIo::new(stream), handle, server, watcher).await,
        Ok(Err(e)) => tracing::warn!(
            "TLS handshake with {peer} failed: {}",
            handshake_failure(&e)
        ),
        Err(_) => tracing::warn!(
            "TLS handshake with {peer} failed: not finished after {} s",
            PATIENCE.as_secs()
        ),
    }
}

/// Says why a handshake failed, and how to fix the likely cause.
fn handshake_failure(error: &std::io::Error) -> String {
    use rustls::{AlertDescription, Error};

    let reason = error.get_ref().and_then(|e| e.downcast_ref::<Error>());
    match reason {
        Some(Error::AlertReceived(
            AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown
            | AlertDescription::DecryptError,
        )) => format!(
            "{error}: the client does not trust the development CA; set its variables with \
             `eval \"$(bedrock-mock env)\"` (with the same --ca-dir), or connect over http"
        ),
        Some(Error::PeerIncompatible(_)) => format!(
            "{error}: the client offers no protocol or cipher of TLS 1.2 or 1.3 that the mock has"
        ),
        _ if error.kind() == std::io::ErrorKind::UnexpectedEof => format!(
            "{error}: the client hung up, which some do if they do not trust the development CA; set \
             its variables with `eval \"$(bedrock-mock env)\"`, or connect over http"
        ),
        _ => error.to_string(),
    }
}

async fn http<S>(io: TokioIo<S>, connection: Arc<Connection>, server: Arc<Server>, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .max_buf_size(HEAD_BUFFER)
        .preserve_header_case(true);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(64 * 1024)
        .max_concurrent_streams(1024)
        // A body of many megabytes over the default window of 64 KiB waits for a round trip each.
        .initial_stream_window_size(1024 * 1024)
        .initial_connection_window_size(4 * 1024 * 1024);
    let service =
        service_fn(move |request| handle(Arc::clone(&server), Arc::clone(&connection), request));
    let connection = builder.serve_connection(io, service).into_owned();
    // Errors here are the client's hang-ups and garbage; both are already in the access log or not
    // HTTP at all.
    let _ = watcher.watch(connection).await;
}
