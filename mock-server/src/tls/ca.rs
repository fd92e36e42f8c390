//! The development certificate authority: made once on first need, reused ever after.
//!
//! Several processes may come first at once, and any of them may be killed at any moment. So two
//! files have to appear that always belong together:
//!
//! - the key is put in place first, the certificate is made **from the key on disk**: whoever finds
//!   a key alone, completes it;
//! - both appear by rename, whole or not at all;
//! - all writing happens under a lock on `ca.lock`, which the system releases when its holder dies.
//!
//! Once both files are there nothing is written or locked, so the directory may be read-only.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use time::{Duration, OffsetDateTime};

use super::directory;
use super::error::TlsError;

/// File name of the authority's certificate, the one that clients have to trust.
pub const CERTIFICATE_FILE: &str = "ca.pem";
/// File name of the authority's private key.
pub const KEY_FILE: &str = "ca.key";

const LOCK_FILE: &str = "ca.lock";
const SUBJECT: &str = "bedrock-mock development CA";
const VALIDITY: Duration = Duration::days(3650);
/// Clocks of containers and virtual machines lag behind.
pub(super) const BACKDATED: Duration = Duration::hours(1);

/// The development certificate authority, ready to sign.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: PathBuf,
}

impl Authority {
    /// The authority kept in `dir`; makes it if there is none yet.
    ///
    /// # Errors
    ///
    /// If the files cannot be read or written, or do not hold a usable authority. Nothing that is
    /// there is ever overwritten: users may have told other machines to trust it.
    pub fn open(dir: &Path) -> Result<Self, TlsError> {
        directory::refuse_strangers(dir)?;
        let files = Files::of(dir);
        if !exists(&files.key)? || !exists(&files.certificate)? {
            files.complete(dir)?;
        }
        files.load()
    }

    /// Absolute path of the certificate that clients have to trust.
    #[must_use]
    pub fn certificate_path(&self) -> &Path {
        &self.certificate
    }

    /// What signs the leaves.
    pub(super) fn issuer(&self) -> &Issuer<'static, KeyPair> {
        &self.issuer
    }
}

struct Files {
    key: PathBuf,
    certificate: PathBuf,
}

impl Files {
    fn of(dir: &Path) -> Self {
        Self {
            key: dir.join(KEY_FILE),
            certificate: dir.join(CERTIFICATE_FILE),
        }
    }

    /// Writes what is missing.
    fn complete(&self, dir: &Path) -> Result<(), TlsError> {
        directory::prepare(dir)?;
        let _held = lock(dir)?;

        // Asked again: another process may have finished while this one waited for the lock.
        if !exists(&self.key)? {
            if exists(&self.certificate)? {
                return Err(TlsError::file(
                    &self.key,
                    format_args!("missing beside {}", self.certificate.display()),
                    "the private key of that certificate",
                    format!(
                        "put the key back, or delete {} so that a new CA is made for clients to \
                         trust",
                        self.certificate.display()
                    ),
                ));
            }
            let key = KeyPair::generate().map_err(|error| not_made(&self.key, &error))?;
            publish(&self.key, key.serialize_pem().as_bytes(), 0o600)?;
        }
        if !exists(&self.certificate)? {
            let certificate = authority_parameters()
                .self_signed(&self.read_key()?)
                .map_err(|error| not_made(&self.certificate, &error))?;
            publish(&self.certificate, certificate.pem().as_bytes(), 0o644)?;
        }
        Ok(())
    }

    fn load(&self) -> Result<Authority, TlsError> {
        let key = self.read_key()?;
        let path = &self.certificate;
        let unusable = |found: String, expected: &str| {
            let fix = format!(
                "restore it, or delete {} and {} so that a new CA is made for clients to trust",
                path.display(),
                self.key.display()
            );
            TlsError::file(path, found, expected, fix)
        };

        let text = fs::read(path).map_err(|error| not_read(path, &error))?;
        let der = CertificateDer::from_pem_slice(&text)
            .map_err(|error| unusable(format!("not PEM ({error})"), "one PEM certificate"))?;
        // The public keys are compared by rustls, which parses the certificate for it.
        CertifiedKey::from_der(
            vec![der.clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            &ring::default_provider(),
        )
        .map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => unusable(
                format!("does not belong to the key in {}", self.key.display()),
                "a certificate and a key that were made together",
            ),
            error => unusable(format!("not usable ({error})"), "one PEM certificate"),
        })?;
        let issuer = Issuer::from_ca_cert_der(&der, key)
            .map_err(|error| unusable(format!("not usable ({error})"), "one PEM certificate"))?;
        // None at all means no restriction.
        if !issuer.key_usages().is_empty()
            && !issuer.key_usages().contains(&KeyUsagePurpose::KeyCertSign)
        {
            return Err(unusable(
                "not a CA certificate".to_owned(),
                "a certificate that may sign others (key usage certSign)",
            ));
        }
        Ok(Authority {
            issuer,
            certificate: std::path::absolute(path).unwrap_or_else(|_| path.clone()),
        })
    }

    fn read_key(&self) -> Result<KeyPair, TlsError> {
        let path = &self.key;
        let text = fs::read(path).map_err(|error| not_read(path, &error))?;
        PrivatePkcs8KeyDer::from_pem_slice(&text)
            .map_err(|error| error.to_string())
            .and_then(|der| KeyPair::try_from(&der).map_err(|error| error.to_string()))
            .map_err(|error| {
                TlsError::file(
                    path,
                    format_args!("no usable key in it ({error})"),
                    "a PKCS#8 private key in PEM (BEGIN PRIVATE KEY)",
                    format!(
                        "restore it or convert it with `openssl pkcs8 -topk8 -nodes`; or delete \
                         it and {} so that a new CA is made for clients to trust",
                        self.certificate.display()
                    ),
                )
            })
    }
}

fn authority_parameters() -> CertificateParams {
    let now = OffsetDateTime::now_utc();
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, SUBJECT);

    let mut parameters = CertificateParams::default();
    parameters.not_before = now - BACKDATED;
    parameters.not_after = now + VALIDITY;
    parameters.distinguished_name = subject;
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    parameters
}

/// Waits until nobody else writes in the directory; released when dropped.
pub(super) fn lock(dir: &Path) -> Result<File, TlsError> {
    let lock = dir.join(LOCK_FILE);
    File::create(&lock)
        .and_then(|file| file.lock().map(|()| file))
        .map_err(|error| not_written(&lock, &error))
}

/// Lets a file appear under its name, whole or not at all. The caller holds the lock.
pub(super) fn publish(path: &Path, text: &[u8], mode: u32) -> Result<(), TlsError> {
    let draft = path.with_added_extension("new");
    let write = || -> io::Result<()> {
        // The draft of a process that was killed: not reused, its mode may be another.
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
        #[cfg(not(unix))]
        let _ = mode;
        let mut file = options.open(&draft)?;
        file.write_all(text)?;
        // Without this a power cut can leave an empty file under the final name.
        file.sync_all()?;
        fs::rename(&draft, path)
    };
    write().map_err(|error| not_written(path, &error))
}

fn exists(path: &Path) -> Result<bool, TlsError> {
    path.try_exists().map_err(|error| not_read(path, &error))
}

pub(super) fn not_read(path: &Path, error: &io::Error) -> TlsError {
    TlsError::file(
        path,
        format_args!("cannot be read ({error})"),
        "a file that this user can read",
        format!(
            "correct its owner and permissions, or name another directory in {}",
            directory::HOME_VARIABLE
        ),
    )
}

fn not_written(path: &Path, error: &io::Error) -> TlsError {
    TlsError::file(
        path,
        format_args!("cannot be written ({error})"),
        "a directory that this user can write to",
        format!(
            "make it writable, or name another directory in {}",
            directory::HOME_VARIABLE
        ),
    )
}

fn not_made(path: &Path, error: &rcgen::Error) -> TlsError {
    TlsError::file(
        path,
        format_args!("cannot be made ({error})"),
        "a working source of randomness",
        "try again; if it stays, give own files with --tls-cert and --tls-key",
    )
}
