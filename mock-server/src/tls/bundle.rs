//! The file that clients trust: the system's roots and our CA.
//!
//! `AWS_CA_BUNDLE`, `REQUESTS_CA_BUNDLE` and `SSL_CERT_FILE` replace a client's trust store. Naming
//! our CA alone in them would cut the shell off from every other server, so the bundle holds both.
//! It lies beside the CA and is written again when either part has changed. As for the CA: whole or
//! not at all, under the lock, and nothing is written while nothing has changed.
//!
//! The places are listed here and the environment is not asked: after the first
//! `eval "$(bedrock-mock env)"` it is `SSL_CERT_FILE` that names the bundle, which would feed on
//! itself and keep roots that the system has dropped.

use std::fs;
use std::path::{Path, PathBuf};

use super::ca::{self, Authority};
use super::config::{TlsOptions, ca_directory};
use super::error::TlsError;

/// File name of the bundle, beside the CA's certificate.
pub const BUNDLE_FILE: &str = "ca-bundle.pem";

/// What clients may be told to trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// Our CA alone, for clients that add it to what they trust already.
    pub ca: PathBuf,
    /// The system's roots and our CA, for clients that trust nothing else then.
    pub bundle: PathBuf,
    /// Where the roots were found; none on a system without any.
    pub roots: Option<PathBuf>,
}

/// Makes sure that CA and bundle are there and up to date. `roots` names the file with the roots;
/// without it the system's own is looked for.
///
/// # Errors
///
/// If the roots cannot be read, or CA or bundle can neither be read nor made.
pub fn ensure_trust(options: &TlsOptions, roots: Option<&Path>) -> Result<Trust, TlsError> {
    let dir = ca_directory(options);
    let ca = Authority::open(&dir)?.certificate_path().to_owned();
    let found = match roots {
        Some(given) => Some(given),
        None => system_roots(),
    };
    let mut text = match found {
        Some(path) => read_roots(path)?,
        None => Vec::new(),
    };
    if text.last().is_some_and(|last| *last != b'\n') {
        text.push(b'\n');
    }
    text.extend(fs::read(&ca).map_err(|error| ca::not_read(&ca, &error))?);

    let bundle = ca.with_file_name(BUNDLE_FILE);
    let current = || fs::read(&bundle).is_ok_and(|there| there == text);
    if !current() {
        let _held = ca::lock(&dir)?;
        // Asked again: another process may have written it while this one waited.
        if !current() {
            ca::publish(&bundle, &text, 0o644)?;
        }
    }
    Ok(Trust {
        ca,
        bundle,
        roots: found.map(Path::to_owned),
    })
}

/// The system's roots, one PEM file.
fn system_roots() -> Option<&'static Path> {
    let mut known = SYSTEM_ROOTS.iter().map(Path::new);
    known.find(|path| path.is_file())
}

fn read_roots(path: &Path) -> Result<Vec<u8>, TlsError> {
    let unusable = |found: &dyn std::fmt::Display| {
        TlsError::file(
            path,
            found,
            "a PEM file with the certificates of the system's roots",
            "correct the path given with --roots, or the file's permissions",
        )
    };
    let text = fs::read(path).map_err(|e| unusable(&format_args!("cannot be read ({e})")))?;
    let holds = |mark: &[u8]| text.windows(mark.len()).any(|window| window == mark);
    if !holds(b"-----BEGIN CERTIFICATE-----") {
        return Err(unusable(&"no certificate in it"));
    }
    // Copied into a file that all may read, and sent to every program that is told to trust it.
    if holds(b"PRIVATE KEY-----") {
        return Err(unusable(&"a private key in it"));
    }
    Ok(text)
}

/// Where systems keep their roots as one file, as in Go's `crypto/x509` (`root_linux.go`,
/// `root_bsd.go`), most specific first.
const SYSTEM_ROOTS: [&str; 8] = [
    "/etc/ssl/certs/ca-certificates.crt", // Debian, Ubuntu, Arch, Gentoo, NixOS
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Fedora, RHEL 7 and newer
    "/etc/pki/tls/certs/ca-bundle.crt",   // RHEL 6, Amazon Linux
    "/etc/ssl/ca-bundle.pem",             // openSUSE
    "/etc/pki/tls/cacert.pem",            // OpenELEC
    "/etc/ssl/cert.pem",                  // macOS, Alpine, OpenBSD
    "/usr/local/etc/ssl/cert.pem",        // FreeBSD
    "/etc/openssl/certs/ca-certificates.crt", // NetBSD
];
