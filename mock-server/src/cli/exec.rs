//! `bedrock-mock exec`: a command with a mock of its own.
//!
//! The mock listens on a free port (or on `--port`), the command runs with the environment that
//! `bedrock-mock env` would print for it, and the mock stops when the command has ended. Standard
//! input and output are the command's alone. The access log is off unless it is asked for: the
//! command's messages share standard error.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use clap::{Args, ValueEnum};

use super::env::{NO_ROOTS, check_account};
use super::log::Log;
use super::serve::{self, ServeArgs};
use super::{child, fail};
use crate::MockServer;
use crate::client_environment::{Change, Credentials, Endpoint, changes, no_proxy_for, trust_text};
use crate::config::{Config, Settings};
use crate::exit_codes;
use crate::tls::{TlsOptions, ensure_trust};

/// Exits with the command's exit code; 128+N if signal N ended it, 127 if there is no such command,
/// 126 if it cannot be run, 1 if the mock cannot start, 2 for wrong flags.
#[derive(Debug, Args)]
pub(super) struct ExecArgs {
    #[command(flatten)]
    serve: ServeArgs,
    /// Scheme of the URL that clients get; boto3 refuses an API key over http
    #[arg(
        long,
        env = "BEDROCK_MOCK_SCHEME",
        value_name = "SCHEME",
        help_heading = "Client",
        value_enum,
        default_value_t
    )]
    scheme: Scheme,
    /// Credentials that clients get
    #[arg(
        long,
        env = "BEDROCK_MOCK_CREDENTIALS",
        value_name = "KIND",
        help_heading = "Client",
        value_enum,
        default_value_t
    )]
    credentials: Credentials,
    /// 12-digit account of the credentials [default: 123456789012, under the access key `test`]
    #[arg(
        long,
        env = "BEDROCK_MOCK_ACCOUNT",
        value_name = "ACCOUNT",
        help_heading = "Client"
    )]
    account: Option<String>,
    /// PEM file with the root certificates that clients trust, besides the development CA [default: the system's]
    #[arg(
        long,
        env = "BEDROCK_MOCK_ROOTS",
        value_name = "FILE",
        help_heading = "Client"
    )]
    roots: Option<std::path::PathBuf>,
    /// The command and its arguments, after `--`
    #[arg(last = true, required = true, value_name = "CMD")]
    command: Vec<OsString>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Scheme {
    /// Plain HTTP.
    Http,
    /// TLS with a certificate of the development CA.
    #[default]
    Https,
}

pub(super) fn run(mut args: ExecArgs) -> u8 {
    if let Some(account) = &args.account
        && let Err(why) = check_account(account)
    {
        return fail(why, exit_codes::USAGE);
    }
    // The environment's port is that of a mock which serves already, most likely.
    if !port_flag(std::env::args_os()) {
        args.serve.settings.port = None;
    }
    let defaults = Settings {
        port: Some(0),
        access_log: Some(false),
        ..Settings::default()
    };
    match serve::resolve(std::mem::take(&mut args.serve), defaults) {
        Ok(config) => serve::in_runtime(exec(config, args)),
        Err(e) => fail(e, exit_codes::USAGE),
    }
}

/// Whether `--port` stands before the command.
fn port_flag(arguments: impl Iterator<Item = OsString>) -> bool {
    arguments
        .take_while(|argument| argument != "--")
        .any(|argument| argument == "--port" || argument.to_string_lossy().starts_with("--port="))
}

async fn exec(config: Config, args: ExecArgs) -> u8 {
    // Before anything can be left behind: a signal from here on is the command's, or ends us.
    let signals = match child::Signals::listen() {
        Ok(signals) => signals,
        Err(e) => {
            let why = format_args!("cannot listen for signals: {e}");
            return fail(why, exit_codes::CANNOT_START);
        }
    };
    let log = Log::install();
    let server = match MockServer::run(config.clone()).await {
        Ok(server) => server,
        Err(e) => return fail(e, exit_codes::CANNOT_START),
    };
    let changes = match environment(&config, &args, server.address()) {
        Ok(changes) => changes,
        Err(why) => return fail(why, exit_codes::CANNOT_START),
    };
    let code = child::run(&args.command, &changes, signals).await;
    let findings = server.stop().await;
    log.flush();
    match serve::report(&findings) {
        // What the command found matters more than what the mock found.
        findings if code == exit_codes::OK => findings,
        _ => code,
    }
}

fn environment(
    config: &Config,
    args: &ExecArgs,
    listening: SocketAddr,
) -> Result<Vec<Change>, String> {
    let address = reachable(listening);
    let scheme = match args.scheme {
        Scheme::Http => "http",
        Scheme::Https => "https",
    };
    // Whom to trust for certificate files of their own, users know and their environment says.
    let trust = if args.scheme == Scheme::Https && config.tls_cert.is_none() {
        let options = TlsOptions {
            dir: config.ca_dir.clone(),
            ..TlsOptions::default()
        };
        let trust = ensure_trust(&options, args.roots.as_deref()).map_err(|e| e.to_string())?;
        if trust.roots.is_none() {
            eprintln!("{NO_ROOTS}");
        }
        Some(trust_text(&trust)?)
    } else {
        None
    };
    let mut more = Vec::new();
    if let Some(dir) = config.ca_dir.as_deref().and_then(std::path::Path::to_str) {
        // A `bedrock-mock env` below the command has to name the same CA.
        more.push(Change::Set("BEDROCK_MOCK_CA_DIR", dir.to_owned()));
    }
    more.extend(changes(&Endpoint {
        url: format!("{scheme}://{address}"),
        region: config.region.clone(),
        account: args.account.clone(),
        credentials: args.credentials,
        trust,
        no_proxy: no_proxy_for(&address.ip().to_string(), |name| std::env::var(name).ok()),
    }));
    Ok(more)
}

/// "All addresses" is where to listen, not where to connect.
pub(super) fn reachable(listening: SocketAddr) -> SocketAddr {
    let ip = match listening.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    };
    SocketAddr::new(ip, listening.port())
}
