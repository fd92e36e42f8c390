//! From the canonical request to a signature in a header or a query.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use time::OffsetDateTime;

use super::canonical::{Signable, canonical_request, signed_names};
use crate::digest::{hex, sha256};
use crate::percent::encode;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Who signs.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Access key id.
    pub access_key: String,
    /// Secret access key.
    pub secret: String,
    /// Session token.
    pub token: Option<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Credentials({}, …)", self.access_key)
    }
}

/// For what and when.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// Region.
    pub region: &'a str,
    /// Signing name of the service.
    pub service: &'a str,
    /// When.
    pub at: OffsetDateTime,
}

impl Scope<'_> {
    fn time(&self) -> String {
        let at = self.at.to_offset(time::UtcOffset::UTC);
        format!(
            "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second()
        )
    }

    fn text(&self) -> String {
        let day = &self.time()[..8];
        format!("{day}/{}/{}/aws4_request", self.region, self.service)
    }
}

/// The headers that sign a request: `X-Amz-Date`, the session token, `Authorization`.
pub fn header(
    credentials: &Credentials,
    scope: &Scope<'_>,
    request: &Signable<'_>,
) -> Vec<(String, String)> {
    let mut added = vec![("X-Amz-Date".to_owned(), scope.time())];
    if let Some(token) = &credentials.token {
        added.push(("X-Amz-Security-Token".to_owned(), token.clone()));
    }
    let signed: Vec<_> = request.headers.iter().chain(&added).cloned().collect();
    let request = Signable {
        headers: &signed,
        ..*request
    };
    let signature = signature(
        credentials,
        scope,
        &string_to_sign(scope, &canonical_request(&request)),
    );
    added.push((
        "Authorization".to_owned(),
        format!(
            "{ALGORITHM} Credential={}/{}, SignedHeaders={}, Signature={signature}",
            credentials.access_key,
            scope.text(),
            signed_names(&signed),
        ),
    ));
    added
}

/// The target with the signature in its query, which holds for `expires` seconds.
pub fn presigned(
    credentials: &Credentials,
    scope: &Scope<'_>,
    request: &Signable<'_>,
    expires: i64,
) -> String {
    let mut query = vec![
        ("X-Amz-Algorithm", ALGORITHM.to_owned()),
        (
            "X-Amz-Credential",
            format!("{}/{}", credentials.access_key, scope.text()),
        ),
        ("X-Amz-Date", scope.time()),
        ("X-Amz-Expires", expires.to_string()),
        ("X-Amz-SignedHeaders", signed_names(request.headers)),
    ];
    if let Some(token) = &credentials.token {
        query.push(("X-Amz-Security-Token", token.clone()));
    }
    let mut target = request.target.to_owned();
    for (name, value) in query {
        target.push(if target.contains('?') { '&' } else { '?' });
        target.push_str(&format!("{name}={}", encode(&value)));
    }
    let canonical = canonical_request(&Signable {
        target: &target,
        ..*request
    });
    let signature = signature(credentials, scope, &string_to_sign(scope, &canonical));
    format!("{target}&X-Amz-Signature={signature}")
}

/// What the signing key signs.
pub fn string_to_sign(scope: &Scope<'_>, canonical: &str) -> String {
    format!(
        "{ALGORITHM}\n{}\n{}\n{}",
        scope.time(),
        scope.text(),
        sha256([canonical.as_bytes()])
    )
}

/// The signature in hexadecimal.
pub fn signature(credentials: &Credentials, scope: &Scope<'_>, string_to_sign: &str) -> String {
    let day = scope.time();
    let mut key = format!("AWS4{}", credentials.secret).into_bytes();
    for part in [&day[..8], scope.region, scope.service, "aws4_request"] {
        key = mac(&key, part);
    }
    hex(&mac(&key, string_to_sign))
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    // HMAC takes keys of any length.
    let mut mac = <Hmac<Sha256> as hmac::Mac>::new_from_slice(key)
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
