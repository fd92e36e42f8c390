//! `bedrock-mock env`: the environment in which unmodified clients find the mock.
//!
//! Offline and deterministic: nothing is asked of a running mock, so it can run before, after or on
//! another machine than `serve`; the same flags print the same text. On a failure standard output
//! stays empty, so that `eval` changes nothing. Remarks go to standard error.

use std::path::PathBuf;

use clap::Args;
use http::Uri;

use super::{fail, print};
use crate::account::{is_account, is_region};
use crate::client_environment::{
    Credentials, Endpoint, Shell, changes, no_proxy_for, render, trust_text,
};
use crate::config::{DEFAULT_PORT, DEFAULT_REGION};
use crate::exit_codes;
use crate::tls::{TlsOptions, ensure_trust};

/// For a POSIX shell: eval "$(bedrock-mock env)"
#[derive(Debug, Args)]
pub(super) struct EnvArgs {
    /// Format of the output
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    shell: Shell,
    /// Base URL of the mock; https, because boto3 refuses an API key over http [default: https://127.0.0.1 and --port]
    #[arg(long, value_name = "URL", conflicts_with = "port")]
    url: Option<String>,
    /// Port of a mock on this machine; without --url and --port, BEDROCK_MOCK_URL and then BEDROCK_MOCK_PORT decide [default: 4580]
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,
    /// 12-digit account of the credentials [default: 123456789012, under the access key `test`]
    #[arg(long, env = "BEDROCK_MOCK_ACCOUNT", value_name = "ACCOUNT")]
    account: Option<String>,
    /// Region that clients use [default: us-west-2]
    #[arg(long, env = "BEDROCK_MOCK_REGION", value_name = "REGION")]
    region: Option<String>,
    /// Credentials that clients get
    // Named --auth until 0.2.0.
    #[arg(
        long,
        alias = "auth",
        env = "BEDROCK_MOCK_CREDENTIALS",
        value_name = "KIND",
        value_enum,
        default_value_t
    )]
    credentials: Credentials,
    /// Directory of the development CA [default: per user]
    #[arg(long, env = "BEDROCK_MOCK_CA_DIR", value_name = "DIR")]
    ca_dir: Option<PathBuf>,
    /// PEM file with the root certificates that clients trust, besides the development CA [default: the system's]
    #[arg(long, env = "BEDROCK_MOCK_ROOTS", value_name = "FILE")]
    roots: Option<PathBuf>,
}

pub(super) fn run(args: EnvArgs) -> u8 {
    let shell = args.shell;
    let endpoint = match endpoint(args) {
        Ok(endpoint) => endpoint,
        Err((why, code)) => return fail(why, code),
    };
    match render(shell, &changes(&endpoint)) {
        Ok(text) => print(&text),
        Err(why) => fail(why, exit_codes::USAGE),
    }
}

fn endpoint(args: EnvArgs) -> Result<Endpoint, (String, u8)> {
    let usage = |why| (why, exit_codes::USAGE);
    let url = named_url(args.url, args.port, "https").map_err(usage)?;
    let (url, host) = base_url(&url).map_err(usage)?;
    if let Some(account) = &args.account {
        check_account(account).map_err(usage)?;
    }
    let region = args.region.unwrap_or_else(|| DEFAULT_REGION.into());
    check_region(&region).map_err(usage)?;

    // Over http:// there is nobody to trust, so the client's store is left alone.
    let trust = if url.starts_with("https:") {
        let options = TlsOptions {
            dir: args.ca_dir,
            ..TlsOptions::default()
        };
        let trust = ensure_trust(&options, args.roots.as_deref())
            .map_err(|e| (e.to_string(), exit_codes::CANNOT_START))?;
        if trust.roots.is_none() {
            eprintln!("{NO_ROOTS}");
        }
        Some(trust_text(&trust).map_err(usage)?)
    } else {
        if args.credentials != Credentials::Keys {
            eprintln!("{PLAIN_URL}");
        }
        None
    };
    Ok(Endpoint {
        no_proxy: no_proxy_for(&host, |name| std::env::var(name).ok()),
        url,
        region,
        account: args.account,
        credentials: args.credentials,
        trust,
    })
}

/// The mock that flags and environment name: a flag beats the environment, whichever it is.
pub(super) fn named_url(
    url: Option<String>,
    port: Option<u16>,
    scheme: &str,
) -> Result<String, String> {
    let local = |port: u16| format!("{scheme}://127.0.0.1:{port}");
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(url) = url
        .or_else(|| port.map(local))
        .or_else(|| set("BEDROCK_MOCK_URL"))
    {
        return Ok(url);
    }
    match set("BEDROCK_MOCK_PORT") {
        None => Ok(local(DEFAULT_PORT)),
        Some(text) => match text.parse::<u16>() {
            Ok(port) if port > 0 => Ok(local(port)),
            _ => Err(format!(
                "BEDROCK_MOCK_PORT={text}: expected a port from 1 to 65535"
            )),
        },
    }
}

/// The URL as clients get it, and its host.
fn base_url(given: &str) -> Result<(String, String), String> {
    let wrong = || {
        format!(
            "--url {given}: expected http:// or https://, a host and perhaps a port, such as https://127.0.0.1:{DEFAULT_PORT}"
        )
    };
    let url = given.strip_suffix('/').unwrap_or(given);
    let parsed: Uri = url.parse().map_err(|_| wrong())?;
    let known = matches!(parsed.scheme_str(), Some("http" | "https"));
    let plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
    let host = parsed
        .host()
        .filter(|host| !host.is_empty() && host.chars().all(plain));
    let authority = parsed.authority().map_or("", |a| a.as_str());
    let after_host = authority
        .strip_prefix(host.unwrap_or_default())
        .unwrap_or_default();
    let port = after_host.strip_prefix(':').map(str::parse::<u16>);
    let reachable = port.is_none_or(|port| port.is_ok_and(|port| port > 0));
    // The path is every client's own; what stood here would come before `/model/…`.
    let bare = parsed.path_and_query().is_none_or(|path| path == "/");
    let user = url.contains('@');
    match host {
        Some(host) if known && bare && !user && reachable => {
            let host = host.trim_matches(['[', ']']).to_owned();
            Ok((url.to_owned(), host))
        }
        _ => Err(wrong()),
    }
}

/// Refuses what is no account.
pub(super) fn check_account(account: &str) -> Result<(), String> {
    match is_account(account) {
        true => Ok(()),
        false => Err(format!("--account {account}: expected twelve digits")),
    }
}

/// Refuses what is no region.
pub(super) fn check_region(region: &str) -> Result<(), String> {
    match is_region(region) {
        true => Ok(()),
        false => Err(format!(
            "--region {region}: expected a region such as us-west-2"
        )),
    }
}

/// Printed where the bundle has nothing but our CA.
pub(super) const NO_ROOTS: &str = "bedrock-mock: this system has no root certificates in a known \
    place, so clients trust the mock alone; install ca-certificates or name a PEM file with --roots";

const PLAIN_URL: &str = "bedrock-mock: boto3 refuses an API key over http://; give an \
    https:// URL (the same port answers both) or --credentials keys";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        for (given, url, host) in [
            (
                "https://127.0.0.1:4580",
                "https://127.0.0.1:4580",
                "127.0.0.1",
            ),
            (
                "http://bedrock-mock:80/",
                "http://bedrock-mock:80",
                "bedrock-mock",
            ),
            ("https://[::1]:4580", "https://[::1]:4580", "::1"),
        ] {
            assert_eq!(base_url(given), Ok((url.into(), host.into())), "{given}");
        }
        for wrong in [
            "",
            "127.0.0.1:4580",
            "ftp://a",
            "https://",
            "https://a/b",
            "https://a?b",
            "https://u:p@a",
            "https://a:99999",
            "https://a:0",
            "https://a'b:1",
        ] {
            assert!(base_url(wrong).is_err(), "{wrong}");
        }
    }
}
