//! Certificates for the names that clients ask for, made when asked for.
//!
//! A client that sends a server name (SNI) gets a certificate for just that name: `localhost`, a
//! compose service, or `bedrock-runtime.us-west-2.amazonaws.com` where a hosts file leads it here.
//! **Any** valid DNS name is served, listed or not: the authority is the user's own, local, and only
//! trusted where the user said so, and a refusal would help nobody. A client that sends none (it
//! connected to an IP address) gets the default certificate: `localhost`, the loopback addresses
//! and everything that `--tls-name` lists. So `--tls-name` is needed for IP addresses, and for
//! clients that send no name.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, SanType,
};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{DnsName, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use time::{Duration, OffsetDateTime};

use super::ca::{Authority, BACKDATED};
use super::error::TlsError;

/// What Apple's and the browsers' rules allow at most, minus a day.
const VALIDITY: Duration = Duration::days(397);
/// A server that runs for a year must not serve what it made on its first day.
const RENEWED_AFTER: Duration = Duration::days(30);
/// Names come from clients, so their number is limited.
const KEPT: usize = 256;
const SUBJECT: &str = "bedrock-mock";

/// Makes a certificate for each server name on demand and keeps the latest 256.
#[derive(Debug)]
pub struct Leaves {
    authority: Authority,
    provider: Arc<CryptoProvider>,
    default_names: Vec<SanType>,
    /// By server name; the default certificate is under the empty name.
    kept: Mutex<HashMap<String, Kept>>,
}

#[derive(Debug)]
struct Kept {
    made: OffsetDateTime,
    leaf: Arc<CertifiedKey>,
}

/// A certificate resolver for rustls: leaves signed by `authority`, `names` (DNS names or IP
/// addresses) on the default one.
///
/// # Errors
///
/// If a name is neither, or the authority cannot sign.
pub fn leaf_for(
    authority: Authority,
    names: &[String],
    provider: Arc<CryptoProvider>,
) -> Result<Leaves, TlsError> {
    let leaves = Leaves {
        authority,
        provider,
        default_names: default_names(names)?,
        kept: Mutex::default(),
    };
    // Made now, so that an authority that cannot sign is an error here and not a broken handshake.
    leaves.leaf(None).map_err(|error| {
        TlsError::file(
            leaves.authority.certificate_path(),
            format_args!("cannot sign a server certificate ({error})"),
            "a CA certificate and a key that rustls can use",
            "delete it and the key beside it so that a new CA is made for clients to trust",
        )
    })?;
    Ok(leaves)
}

impl Leaves {
    fn leaf(&self, server_name: Option<&str>) -> Result<Arc<CertifiedKey>, String> {
        let name = server_name.unwrap_or_default();
        let now = OffsetDateTime::now_utc();
        if let Some(leaf) = self.kept(name, now) {
            return Ok(leaf);
        }
        // Signed outside the lock. Two clients may both make one for the same name: either is good.
        let names = match server_name {
            None => self.default_names.clone(),
            Some(name) => vec![dns_name(name).map_err(|error| error.to_string())?],
        };
        let leaf = Arc::new(self.sign(names, now)?);
        self.keep(name, now, Arc::clone(&leaf));
        Ok(leaf)
    }

    fn kept(&self, name: &str, now: OffsetDateTime) -> Option<Arc<CertifiedKey>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(name)?;
        // A clock that was set back must not meet certificates of the future either.
        (found.made - BACKDATED..found.made + RENEWED_AFTER)
            .contains(&now)
            .then(|| Arc::clone(&found.leaf))
    }

    fn keep(&self, name: &str, made: OffsetDateTime, leaf: Arc<CertifiedKey>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT && !kept.contains_key(name) {
            let oldest = kept.iter().min_by_key(|(_, kept)| kept.made);
            if let Some(oldest) = oldest.map(|(name, _)| name.clone()) {
                kept.remove(&oldest);
            }
        }
        kept.insert(name.to_owned(), Kept { made, leaf });
    }

    fn sign(&self, names: Vec<SanType>, now: OffsetDateTime) -> Result<CertifiedKey, String> {
        let mut subject = DistinguishedName::new();
        subject.push(DnType::CommonName, SUBJECT);

        let mut parameters = CertificateParams::default();
        parameters.not_before = now - BACKDATED;
        parameters.not_after = now - BACKDATED + VALIDITY;
        parameters.subject_alt_names = names;
        parameters.distinguished_name = subject;
        parameters.is_ca = IsCa::ExplicitNoCa;
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        // OpenSSL in strict mode, which is Python's default since 3.13, insists on it.
        parameters.use_authority_key_identifier_extension = true;

        // A key of its own for each: the serial number is derived from the key, and an issuer must
        // not give one out twice.
        let key = KeyPair::generate().map_err(|error| error.to_string())?;
        let certificate = parameters
            .signed_by(&key, self.authority.issuer())
            .map_err(|error| error.to_string())?;
        CertifiedKey::from_der(
            vec![certificate.into()],
            PrivateKeyDer::from(key),
            &self.provider,
        )
        .map_err(|error| error.to_string())
    }
}

impl ResolvesServerCert for Leaves {
    /// `None` ends the handshake with an alert; rustls only passes valid DNS names, and none for
    /// IP addresses sent as names.
    fn resolve(&self, client_hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.leaf(client_hello.server_name()).ok()
    }
}

/// The names on the default certificate; fails on one that no certificate can hold.
pub(super) fn default_names(extra: &[String]) -> Result<Vec<SanType>, TlsError> {
    let mut names = vec![
        dns_name("localhost")?,
        SanType::IpAddress(Ipv4Addr::LOCALHOST.into()),
        SanType::IpAddress(Ipv6Addr::LOCALHOST.into()),
    ];
    for name in extra {
        let name = match name.parse::<IpAddr>() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => dns_name(name)?,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

fn dns_name(name: &str) -> Result<SanType, TlsError> {
    let bad = || {
        TlsError::flag(
            "--tls-name",
            format_args!("{name:?} is neither"),
            "a DNS name (one leading `*.` allowed) or an IP address, without scheme and port",
            "give the host part of the URL that clients use, as in --tls-name bedrock-mock",
        )
    };
    let lower = name.to_ascii_lowercase();
    let checked = lower.strip_prefix("*.").unwrap_or(&lower);
    DnsName::try_from(checked).map_err(|_| bad())?;
    lower.try_into().map(SanType::DnsName).map_err(|_| bad())
}
