//! Verifying a signature, step by step in the order that the service's framework takes.
//!
//! The order decides which of several mistakes is reported: form, date, signed headers, scope, access
//! key, session token, and the signature last (recorded against DynamoDB, the same framework, in
//! the comments of mhart/dynalite).

use std::fmt;
use std::time::SystemTime;

use http::HeaderMap;
use subtle::ConstantTimeEq;

use super::super::refusal::Refusal;
use super::canonical::{Canonical, string_to_sign};
use super::claims::{Claims, authorization, parameter};
use super::clock::{check_validity, iso_basic, unix_seconds};
use super::refusals::{self, Mismatch};
use super::scope::Scope;
use super::signing_key::{SigningKeys, sha256_hex, signature};

/// A request as it came off the wire.
pub struct SignedRequest<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Path as on the wire, undecoded.
    pub raw_path: &'a str,
    /// Query as on the wire, undecoded, without `?`; empty if the request has none.
    pub raw_query: &'a str,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// Value of HTTP/2's `:authority`, or of `Host`.
    pub authority: Option<&'a str>,
    /// The complete body.
    pub body: &'a [u8],
    /// Wall time, whatever clock the mock otherwise shows.
    pub now: SystemTime,
}

/// What the credential scope must name.
pub struct Expectation<'a> {
    /// Accepted service names; a client that signed for another one is shown the first.
    /// Empty takes any.
    pub services: &'a [&'a str],
    /// The region of the endpoint; without one, any region is taken.
    pub region: Option<&'a str>,
}

/// What is known about an access key and session token. Holds a secret, so it is never printed.
pub enum Secret {
    /// No such access key.
    Unknown,
    /// The session is over.
    Expired,
    /// The secret access key.
    Known(String),
    /// The access key exists, but the session token is missing, unexpected or another one.
    WrongToken,
}

/// Where secrets come from.
pub trait Secrets {
    /// The secret for an access key id, given the session token that the request carries.
    /// Implementations compare tokens in constant time.
    fn find(&self, access_key: &str, session_token: Option<&str>) -> Secret;
}

/// A caller whose signature matched.
#[derive(Clone)]
pub struct Verified {
    /// Access key id.
    pub access_key: String,
    /// Region of the credential scope.
    pub region: String,
    /// Service of the credential scope.
    pub service: String,
    /// Session token of temporary credentials.
    pub session_token: Option<String>,
    /// Whether the signature came in the query.
    pub presigned: bool,
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("access_key", &self.access_key)
            .field("region", &self.region)
            .field("service", &self.service)
            .field("presigned", &self.presigned)
            .finish_non_exhaustive()
    }
}

/// Whether a request is signed: its `Authorization` starts with `AWS4-HMAC-SHA256`, or its query
/// has `X-Amz-Algorithm`.
pub fn is_signed(headers: &HeaderMap, raw_query: &str) -> bool {
    authorization(headers).is_some() || parameter(raw_query, "X-Amz-Algorithm").is_some()
}

/// The access key id that a signature names, whatever it is worth; for servers that do not verify.
pub fn claimed_access_key(headers: &HeaderMap, raw_query: &str) -> Option<String> {
    if !is_signed(headers, raw_query) {
        return None;
    }
    let claims = Claims::read(headers, raw_query).ok()?;
    Some(Scope::read(&claims.credential).ok()?.access_key.to_owned())
}

/// Verifies a signed request.
///
/// # Errors
///
/// A refusal with a row for the first thing found wrong, see the module's doc for the order.
pub fn verify(
    request: &SignedRequest<'_>,
    expect: &Expectation<'_>,
    secrets: &dyn Secrets,
    keys: &SigningKeys,
) -> Result<Verified, Refusal> {
    verify_by(request, expect, secrets, keys, &Rules::BEDROCK)
}

/// Where services differ. AWS's signing suite covers both values of each.
pub(super) struct Rules {
    /// Whether dot segments and doubled slashes are removed from the path before it is encoded.
    pub(super) normalize: bool,
    /// Whether the signature covers the session token.
    pub(super) token_signed: bool,
}

impl Rules {
    const BEDROCK: Self = Self {
        normalize: true,
        token_signed: true,
    };
}

pub(super) fn verify_by(
    request: &SignedRequest<'_>,
    expect: &Expectation<'_>,
    secrets: &dyn Secrets,
    keys: &SigningKeys,
    rules: &Rules,
) -> Result<Verified, Refusal> {
    let claims = Claims::read(request.headers, request.raw_query)?;
    let now = unix_seconds(request.now);
    check_validity(claims.issued, now, claims.life.as_deref())?;
    check_signed_headers(request, &claims, rules)?;
    let scope = Scope::read(&claims.credential)?;
    scope.check(expect.services, expect.region, claims.issued)?;

    let secret = match secrets.find(scope.access_key, claims.session_token.as_deref()) {
        Secret::Known(secret) => secret,
        Secret::Unknown => return Err(refusals::unknown_access_key(scope.access_key)),
        Secret::Expired => return Err(refusals::expired_session_token(scope.access_key)),
        Secret::WrongToken => return Err(refusals::wrong_session_token(scope.access_key)),
    };
    let key = keys.get(scope.of_key(), &secret);
    check_signature(request, &claims, &scope, &key, rules)?;
    Ok(Verified {
        access_key: scope.access_key.to_owned(),
        region: scope.region.to_owned(),
        service: scope.service.to_owned(),
        session_token: claims.session_token.clone(),
        presigned: claims.presigned,
    })
}

/// `host` (or `:authority`) must be signed, and so must every `x-amz-…` header that is there.
fn check_signed_headers(
    request: &SignedRequest<'_>,
    claims: &Claims,
    rules: &Rules,
) -> Result<(), Refusal> {
    let signed = |name: &str| claims.signed_headers.iter().any(|s| s == name);
    if !signed("host") && !signed(":authority") {
        return Err(refusals::host_not_signed());
    }
    let exempt = |name: &str| !rules.token_signed && name == "x-amz-security-token";
    let names = request.headers.keys().map(|name| name.as_str());
    let mut ours = names.filter(|name| name.starts_with("x-amz-") && !exempt(name));
    match ours.find(|name| !signed(name)) {
        Some(name) => Err(refusals::header_not_signed(name)),
        None => Ok(()),
    }
}

fn check_signature(
    request: &SignedRequest<'_>,
    claims: &Claims,
    scope: &Scope<'_>,
    key: &[u8; 32],
    rules: &Rules,
) -> Result<(), Refusal> {
    let (payload_hash, body_agrees) = payload_hash(request.body, claims.payload_hash.as_deref());
    let canonical = canonical(request, claims, &payload_hash, rules).request();
    let date = iso_basic(claims.issued);
    let to_sign = string_to_sign(&date, scope.of_string_to_sign(), &canonical);
    let expected = signature(key, &to_sign);
    let matches = bool::from(expected.as_bytes().ct_eq(claims.signature.as_bytes()));
    let why = match (&claims.listed_twice, body_agrees, matches) {
        (None, true, true) => return Ok(()),
        (Some(name), ..) => Mismatch::ListedTwice(name),
        (None, false, _) => Mismatch::Body,
        (None, true, false) => gone(request, claims).unwrap_or(Mismatch::Signature),
    };
    let explained = claims.session_token.is_none();
    Err(refusals::mismatch(
        &why,
        explained.then_some((canonical.as_slice(), to_sign.as_str())),
    ))
}

/// What the signature of `claims` covers.
pub(super) fn canonical<'a>(
    request: &SignedRequest<'a>,
    claims: &'a Claims,
    payload_hash: &'a str,
    rules: &Rules,
) -> Canonical<'a> {
    Canonical {
        method: request.method,
        raw_path: request.raw_path,
        raw_query: request.raw_query,
        left_out: match (claims.presigned, rules.token_signed) {
            (false, _) => &[],
            (true, true) => &["X-Amz-Signature"],
            (true, false) => &["X-Amz-Signature", "X-Amz-Security-Token"],
        },
        headers: request.headers,
        authority: request.authority,
        signed_headers: &claims.signed_headers,
        payload_hash,
        normalize: rules.normalize,
    }
}

/// The last line of the canonical request, and whether the body bears out what the client says.
pub(super) fn payload_hash(body: &[u8], claimed: Option<&str>) -> (String, bool) {
    match claimed {
        Some(literal) if LITERALS.contains(&literal) => (literal.to_owned(), true),
        claimed => {
            let hash = sha256_hex(body);
            let agrees = claimed.is_none_or(|claimed| claimed == hash);
            (hash, agrees)
        }
    }
}

fn gone<'a>(request: &SignedRequest<'_>, claims: &'a Claims) -> Option<Mismatch<'a>> {
    let there = |name: &str| match name {
        "host" | ":authority" => true,
        name => request.headers.contains_key(name),
    };
    let name = claims.signed_headers.iter().find(|name| !there(name))?;
    Some(Mismatch::HeaderGone(name))
}

/// Values of `x-amz-content-sha256` that stand for a body instead of hashing it: unsigned, and the
/// events of a bidirectional stream, which carry signatures of their own.
const LITERALS: [&str; 2] = ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-EVENTS"];
