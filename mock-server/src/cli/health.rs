//! `bedrock-mock health`: checks that a mock is serving.
//!
//! For containers without a shell or curl: the program probes itself. Plain HTTP, since the port
//! answers both, so that no certificate can be in the way.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use clap::Args;

use super::env::named_url;
use super::fail;
use crate::exit_codes;

/// Exits with 0 if a healthy mock answers, 1 if not.
#[derive(Debug, Args)]
pub(super) struct HealthArgs {
    /// Base URL of the mock; an https URL is probed over http, because the port answers both [default: http://127.0.0.1 and --port]
    #[arg(long, value_name = "URL", conflicts_with = "port")]
    url: Option<String>,
    /// Port of a mock on this machine; without --url and --port, BEDROCK_MOCK_URL and then BEDROCK_MOCK_PORT decide [default: 4580]
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,
    /// Timeout of each step (connect, read), in ms
    #[arg(long, value_name = "MS", default_value_t = 2_000)]
    timeout_ms: u64,
}

pub(super) fn run(args: &HealthArgs) -> u8 {
    let url = match named_url(args.url.clone(), args.port, "http") {
        Ok(url) => url,
        Err(why) => return fail(why, exit_codes::USAGE),
    };
    let host = url.strip_prefix("http://").or(url.strip_prefix("https://"));
    let Some(host) = host.map(|host| host.trim_end_matches('/')) else {
        let why = format_args!("--url {url}: expected http://HOST:PORT or https://HOST:PORT");
        return fail(why, exit_codes::USAGE);
    };
    let wait = Duration::from_millis(args.timeout_ms.max(1));
    match ask(host, wait) {
        Ok(head) if head.starts_with("HTTP/1.1 200 ") => exit_codes::OK,
        Ok(head) => {
            let line = head.lines().next().unwrap_or_default();
            let why = format_args!("{url}: answers {line:?} instead of 200");
            fail(why, exit_codes::CANNOT_START)
        }
        Err(e) => fail(
            format_args!("{url}: {e}; is bedrock-mock serving there?"),
            exit_codes::CANNOT_START,
        ),
    }
}

fn ask(host: &str, wait: Duration) -> std::io::Result<String> {
    let address = host.to_socket_addrs()?.next();
    let address = address.ok_or_else(|| std::io::Error::other("the name has no address"))?;
    let mut stream = TcpStream::connect_timeout(&address, wait)?;
    stream.set_read_timeout(Some(wait))?;
    stream.set_write_timeout(Some(wait))?;
    let request =
        format!("GET /_mock/health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    // More than the status line is not needed.
    let mut head = [0; 64];
    let length = stream.read(&mut head)?;
    Ok(String::from_utf8_lossy(&head[..length]).into_owned())
}
