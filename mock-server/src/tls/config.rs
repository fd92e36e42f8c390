//! Options in, acceptor out: at once, or on the first TLS connection.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ResolvesServerCert;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::TlsAcceptor;

use super::ca::{Authority, CERTIFICATE_FILE};
use super::directory;
use super::error::TlsError;
use super::leaf::{default_names, leaf_for};

/// In the order of preference: HTTP/2 where the client can.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// What the flags say about TLS.
#[derive(Debug, Clone, Default)]
pub struct TlsOptions {
    /// Where the development CA is kept. Without it: `$BEDROCK_MOCK_HOME`, else
    /// `$XDG_DATA_HOME/bedrock-mock`, else `$HOME/.local/share/bedrock-mock`, else a folder for
    /// temporary files.
    pub dir: Option<PathBuf>,
    /// `--tls-cert`: a PEM certificate chain to serve instead of leaves of the development CA.
    pub cert: Option<PathBuf>,
    /// `--tls-key`: the PEM private key of that chain.
    pub key: Option<PathBuf>,
    /// `--tls-name`: further DNS names and IP addresses for clients that send no server name.
    pub names: Vec<String>,
}

/// TLS, ready to accept connections.
#[derive(Clone)]
pub struct Tls {
    /// Shakes hands and offers h2, then http/1.1.
    pub acceptor: TlsAcceptor,
    /// The certificate that clients have to trust; none where the user's own files are served.
    pub ca: Option<PathBuf>,
}

/// Builds TLS now; makes the development CA if it is needed and not there.
///
/// Reads and writes files, so it blocks: a few milliseconds when the CA is made, much less later.
///
/// # Errors
///
/// If the flags contradict each other or name something unusable, or the CA cannot be read or made.
pub fn acceptor(options: &TlsOptions) -> Result<Tls, TlsError> {
    // Named here and handed on: a build with two providers has no default and would panic.
    let provider = Arc::new(ring::default_provider());
    let (resolver, ca): (Arc<dyn ResolvesServerCert>, _) = match own_files(options)? {
        Some((cert, key)) => (Arc::new(own_chain(cert, key, &provider)?), None),
        None => {
            let authority = Authority::open(&ca_directory(options))?;
            let ca = authority.certificate_path().to_owned();
            let leaves = leaf_for(authority, &options.names, Arc::clone(&provider))?;
            (Arc::new(leaves), Some(ca))
        }
    };
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| {
            TlsError::flag(
                "TLS",
                error,
                "TLS 1.2 and 1.3 in this build",
                "report this as a bug of bedrock-mock",
            )
        })?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    Ok(Tls {
        acceptor: TlsAcceptor::from(Arc::new(config)),
        ca,
    })
}

/// Where the development CA's certificate is, or will be once something needs it. Touches no file.
#[must_use]
pub fn ca_path(options: &TlsOptions) -> PathBuf {
    ca_directory(options).join(CERTIFICATE_FILE)
}

/// Makes sure that the development CA is there, for commands that only name it, and says where.
///
/// # Errors
///
/// If it cannot be read or made.
pub fn ensure_ca(options: &TlsOptions) -> Result<PathBuf, TlsError> {
    Authority::open(&ca_directory(options)).map(|authority| authority.certificate_path().to_owned())
}

/// TLS that is built when the first TLS connection arrives, so that plain HTTP starts without
/// touching a disk.
pub struct LazyTls {
    options: TlsOptions,
    built: OnceLock<Result<Tls, TlsError>>,
}

impl LazyTls {
    /// Checks the flags and, if the user's own files are to be served, those too: mistakes are
    /// for the start, not for the first client. The development CA waits.
    ///
    /// # Errors
    ///
    /// If the flags contradict each other or name something unusable.
    pub fn new(options: TlsOptions) -> Result<Self, TlsError> {
        default_names(&options.names)?;
        let built = OnceLock::new();
        if own_files(&options)?.is_some() {
            let _ = built.set(Ok(acceptor(&options)?));
        }
        Ok(Self { options, built })
    }

    /// The acceptor; the first call builds it and blocks meanwhile (see [`acceptor`]).
    ///
    /// # Errors
    ///
    /// Whatever the first call met: a failure is kept, not tried again on each connection.
    pub fn acceptor(&self) -> Result<&TlsAcceptor, &TlsError> {
        self.built
            .get_or_init(|| acceptor(&self.options))
            .as_ref()
            .map(|tls| &tls.acceptor)
    }

    /// The certificate that clients have to trust; makes the development CA if it is not there.
    ///
    /// # Errors
    ///
    /// If it cannot be read or made, or the user's own files are served: whom to trust for those,
    /// the user knows.
    pub fn ca_file(&self) -> Result<PathBuf, TlsError> {
        if own_files(&self.options)?.is_some() {
            return Err(TlsError::flag(
                "--tls-cert",
                "own files are served",
                "the development CA",
                "trust the issuer of those files, or leave --tls-cert and --tls-key out",
            ));
        }
        ensure_ca(&self.options)
    }
}

/// The directory of the development CA, absolute. Touches no file.
pub(super) fn ca_directory(options: &TlsOptions) -> PathBuf {
    let dir = options
        .dir
        .clone()
        .unwrap_or_else(|| directory::default_directory(|name| std::env::var_os(name)));
    // Paths that are exported to other programs have to hold in their working directories too.
    std::path::absolute(&dir).unwrap_or(dir)
}

fn own_files(options: &TlsOptions) -> Result<Option<(&Path, &Path)>, TlsError> {
    let half = |given: &str, missing: &str| {
        TlsError::flag(
            given,
            format_args!("given without {missing}"),
            "both or neither",
            format!("add {missing}, or leave {given} out to use the development CA"),
        )
    };
    match (&options.cert, &options.key) {
        (Some(cert), Some(key)) => Ok(Some((cert, key))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(half("--tls-cert", "--tls-key")),
        (None, Some(_)) => Err(half("--tls-key", "--tls-cert")),
    }
}

fn own_chain(
    cert: &Path,
    key: &Path,
    provider: &CryptoProvider,
) -> Result<SingleCertAndKey, TlsError> {
    const CHAIN: &str = "a PEM certificate chain, the server's own certificate first";
    const KEY: &str = "the PEM private key (PKCS#8, PKCS#1 or SEC1, without passphrase)";
    let read = |path: &Path, flag: &str, expected: &str| {
        fs::read(path).map_err(|error| {
            TlsError::file(
                path,
                format_args!("cannot be read ({error})"),
                expected,
                format!("correct the path given with {flag} or the file's permissions"),
            )
        })
    };

    let text = read(cert, "--tls-cert", CHAIN)?;
    let chain = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| error.to_string())
        .and_then(|chain| match chain.is_empty() {
            true => Err("no certificate in it".to_owned()),
            false => Ok(chain),
        })
        .map_err(|error| TlsError::file(cert, error, CHAIN, "give another file to --tls-cert"))?;

    let text = read(key, "--tls-key", KEY)?;
    let private_key = PrivateKeyDer::from_pem_slice(&text)
        .map_err(|error| TlsError::file(key, error, KEY, "give another file to --tls-key"))?;

    CertifiedKey::from_der(chain, private_key, provider)
        .map(SingleCertAndKey::from)
        .map_err(|error| {
            TlsError::file(
                key,
                format_args!("cannot be used with {} ({error})", cert.display()),
                "the private key of the first certificate of that chain",
                "give --tls-cert and --tls-key files that were made together",
            )
        })
}
