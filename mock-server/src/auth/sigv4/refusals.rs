//! One constructor per refusal of a signature.
//!
//! The service's framework joins sentences when several things are wrong at once. One fault has a
//! row of its own; several use a row whose text is a placeholder. The sentences therefore stand
//! here and in the table, and a test keeps the two alike.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::super::refusal::Refusal;
use super::clock::{SKEW, iso_basic};
use crate::wire::rows;

pub(super) fn not_a_pair(header: &str) -> Refusal {
    Refusal::new(
        rows::auth::SIGNATURE_PAIR,
        "a part of the Authorization header has no equal sign: white space or a line end in the access key id does this",
    )
    .with("hash", hash(header))
}

pub(super) fn incomplete_header(missing: &[&str], header: &str) -> Refusal {
    let hint = format!("the Authorization header lacks {}", missing.join(", "));
    let refusal = match missing {
        ["Credential"] => Refusal::new(rows::auth::SIGNATURE_NO_CREDENTIAL, hint),
        ["Signature"] => Refusal::new(rows::auth::SIGNATURE_NO_SIGNATURE, hint),
        ["SignedHeaders"] => Refusal::new(rows::auth::SIGNATURE_NO_SIGNED_HEADERS, hint),
        ["Date"] => Refusal::new(rows::auth::SIGNATURE_NO_DATE, hint),
        _ => {
            let sentences: Vec<String> =
                missing.iter().map(|name| missing_sentence(name)).collect();
            Refusal::new(rows::auth::SIGNATURE_INCOMPLETE, hint)
                .with("missing", sentences.join(" "))
        }
    };
    refusal.with("hash", hash(header))
}

pub(super) fn incomplete_query(missing: &[&str]) -> Refusal {
    let sentences: Vec<String> = missing
        .iter()
        .map(|name| format!("AWS query-string parameters must include '{name}'."))
        .collect();
    Refusal::new(
        rows::auth::PRESIGNED_INCOMPLETE,
        format!("the presigned URL lacks {}", missing.join(", ")),
    )
    .with("missing", sentences.join(" "))
}

pub(super) fn algorithm(found: &str) -> Refusal {
    Refusal::new(
        rows::auth::SIGNATURE_ALGORITHM,
        "X-Amz-Algorithm is not AWS4-HMAC-SHA256",
    )
    .with("algorithm", found)
}

pub(super) fn bad_date(found: &str) -> Refusal {
    Refusal::new(
        rows::auth::SIGNATURE_DATE,
        "the date of the signature is not of the form YYYYMMDDTHHMMSSZ",
    )
    .with("date", found)
}

pub(super) fn expired(issued: i64, now: i64) -> Refusal {
    let late = now.saturating_sub(issued);
    Refusal::new(
        rows::auth::SIGNATURE_EXPIRED,
        format!("signed {late} s ago, at most {SKEW} s are allowed: check the client's clock"),
    )
    .with("date", iso_basic(issued))
    .with("limit", iso_basic(now.saturating_sub(SKEW)))
    .with("now", iso_basic(now))
}

pub(super) fn not_yet_current(issued: i64, now: i64) -> Refusal {
    let early = issued.saturating_sub(now);
    Refusal::new(
        rows::auth::SIGNATURE_NOT_YET_CURRENT,
        format!(
            "signed {early} s in the future, at most {SKEW} s are allowed: check the client's clock"
        ),
    )
    .with("date", iso_basic(issued))
    .with("limit", iso_basic(now.saturating_add(SKEW)))
    .with("now", iso_basic(now))
}

pub(super) fn presigned_expired(issued: i64, now: i64, seconds: i64) -> Refusal {
    Refusal::new(
        rows::auth::PRESIGNED_EXPIRED,
        format!("the presigned URL was good for {seconds} s and is older: make a new one"),
    )
    .with("date", iso_basic(issued))
    .with("limit", iso_basic(now.saturating_sub(seconds)))
    .with("now", iso_basic(now))
    .with("seconds", seconds.to_string())
}

pub(super) fn bad_life(found: &str) -> Refusal {
    let hint = "X-Amz-Expires must be a number of seconds from 1 to 604800";
    match found.parse::<i64>() {
        Ok(seconds) if seconds > 0 => Refusal::new(rows::auth::PRESIGNED_EXPIRES_TOO_LONG, hint),
        Ok(_) => Refusal::new(rows::auth::PRESIGNED_EXPIRES_NEGATIVE, hint),
        Err(_) => Refusal::new(rows::auth::PRESIGNED_EXPIRES_NOT_A_NUMBER, hint),
    }
}

pub(super) fn host_not_signed() -> Refusal {
    Refusal::new(
        rows::auth::SIGNATURE_HOST_NOT_SIGNED,
        "SignedHeaders must list host, or :authority over HTTP/2",
    )
}

pub(super) fn header_not_signed(name: &str) -> Refusal {
    Refusal::new(
        rows::auth::SIGNATURE_HEADER_NOT_SIGNED,
        format!("the request has the header {name}, which SignedHeaders does not list"),
    )
    .with("name", name)
}

pub(super) fn not_five_parts(credential: &str) -> Refusal {
    Refusal::new(
        rows::auth::SCOPE_PARTS,
        "Credential must be key-id/date/region/service/aws4_request",
    )
    .with("credential", credential)
}

/// A part of the credential scope that is wrong.
pub(super) enum Fault {
    /// Not the region of this endpoint, or no region at all.
    Region,
    /// Another service; holds the right one.
    Service(String),
    /// Not `aws4_request`; holds what was there.
    Terminator(String),
    /// Not the day of the request's date; holds the scope's day and the request's date.
    Date { scope: String, stamp: String },
}

pub(super) fn scope(faults: &[Fault], found: &str, region: Option<&str>) -> Refusal {
    let hint = match (faults, region) {
        ([Fault::Region], Some(region)) => {
            format!("signed for region {found}, this endpoint is {region}: set AWS_REGION={region}")
        }
        ([Fault::Region], None) => format!("{found:?} cannot be a region"),
        ([Fault::Service(service)], _) => format!("sign for the service {service}"),
        ([Fault::Terminator(_)], _) => "the scope must end in aws4_request".to_owned(),
        ([Fault::Date { .. }], _) => "the scope's day is not that of X-Amz-Date".to_owned(),
        _ => "several parts of the credential scope are wrong".to_owned(),
    };
    match faults {
        [Fault::Region] => Refusal::new(rows::auth::SCOPE_REGION, hint),
        [Fault::Service(service)] => {
            Refusal::new(rows::auth::SCOPE_SERVICE, hint).with("service", service)
        }
        [Fault::Terminator(found)] => {
            Refusal::new(rows::auth::SCOPE_TERMINATOR, hint).with("terminator", found)
        }
        [Fault::Date { scope, stamp }] => Refusal::new(rows::auth::SCOPE_DATE, hint)
            .with("scope_date", scope)
            .with("day", day(stamp))
            .with("date", stamp),
        _ => {
            let sentences: Vec<String> = faults.iter().map(scope_sentence).collect();
            Refusal::new(rows::auth::SCOPE_SEVERAL, hint).with("faults", sentences.join(""))
        }
    }
}

pub(super) fn unknown_access_key(access_key: &str) -> Refusal {
    Refusal::new(
        rows::auth::ACCESS_KEY_UNKNOWN,
        format!(
            "the access key id {access_key:?} is not known: use test with the secret test, or start with --access-key"
        ),
    )
}

pub(super) fn wrong_session_token(access_key: &str) -> Refusal {
    Refusal::new(
        rows::auth::SESSION_TOKEN_INVALID,
        format!("the session token is missing or does not belong to {access_key:?}"),
    )
}

pub(super) fn expired_session_token(access_key: &str) -> Refusal {
    Refusal::new(
        rows::auth::SESSION_TOKEN_EXPIRED,
        format!("the session of {access_key:?} is over: fetch new credentials"),
    )
}

/// Why a signature did not match, as far as that can be distinguished.
pub(super) enum Mismatch<'a> {
    /// The signature itself: another secret, or another canonical request.
    Signature,
    /// `x-amz-content-sha256` is not the hash of the body that arrived.
    Body,
    /// This name is in `SignedHeaders` more than once.
    ListedTwice(&'a str),
    /// This name is in `SignedHeaders`, but the request has no such header.
    HeaderGone(&'a str),
}

/// `explained` holds canonical request and string to sign; leave it out where the first would
/// repeat a session token.
pub(super) fn mismatch(why: &Mismatch<'_>, explained: Option<(&[u8], &str)>) -> Refusal {
    let hint = match why {
        Mismatch::Signature => "the signature does not match: another secret access key, or the request was changed after signing (compare the canonical string in the answer with the client's)".to_owned(),
        Mismatch::Body => "x-amz-content-sha256 is not the hash of the body: the body was changed after signing".to_owned(),
        Mismatch::ListedTwice(name) => format!("SignedHeaders lists {name} more than once"),
        Mismatch::HeaderGone(name) => format!("SignedHeaders lists {name}, which did not arrive: a proxy may have removed it"),
    };
    let twice = matches!(why, Mismatch::ListedTwice(_));
    match explained {
        Some((canonical, string_to_sign)) => {
            let row = match twice {
                true => rows::auth::SIGNATURE_DUPLICATE_HEADER,
                false => rows::auth::SIGNATURE_MISMATCH,
            };
            Refusal::new(row, hint)
                .with("canonical", String::from_utf8_lossy(canonical))
                .with("string_to_sign", string_to_sign)
        }
        None => Refusal::new(rows::auth::SIGNATURE_MISMATCH_SHORT, hint),
    }
}

fn missing_sentence(name: &str) -> String {
    match name {
        "Date" => {
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
                .to_owned()
        }
        name => format!("Authorization header requires '{name}' parameter."),
    }
}

fn scope_sentence(fault: &Fault) -> String {
    match fault {
        Fault::Region => "Credential should be scoped to a valid region. ".to_owned(),
        Fault::Service(service) => {
            format!("Credential should be scoped to correct service: '{service}'. ")
        }
        Fault::Terminator(found) => format!(
            "Credential should be scoped with a valid terminator: 'aws4_request', not '{found}'. "
        ),
        Fault::Date { scope, stamp } => format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{scope}' != '{}', from '{stamp}'.",
            day(stamp)
        ),
    }
}

fn day(stamp: &str) -> &str {
    stamp.get(..8).unwrap_or_default()
}

/// The framework hashes a header that it could not read, so that answers repeat no credential.
fn hash(header: &str) -> String {
    STANDARD.encode(Sha256::digest(header.as_bytes()))
}
