//! What the client says about its signature.
//!
//! The header form wins when both are there. Missing parts are reported all at once, as the service's
//! framework does.

use std::borrow::Cow;

use http::HeaderMap;

use super::super::refusal::Refusal;
use super::clock::{parse_date_header, parse_iso_basic};
use super::percent::decode;
use super::refusals;

/// Name of the only algorithm that the service takes.
pub(super) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// A signature and what it claims to cover.
pub(super) struct Claims {
    /// `key id/date/region/service/terminator`, unchecked.
    pub(super) credential: String,
    /// Signed header names: lower case, sorted, each once.
    pub(super) signed_headers: Vec<String>,
    /// A name that was listed more than once.
    pub(super) listed_twice: Option<String>,
    /// 64 hex digits, unchecked.
    pub(super) signature: String,
    /// When the request was signed, in Unix seconds.
    pub(super) issued: i64,
    /// Session token, header or query.
    pub(super) session_token: Option<String>,
    /// `X-Amz-Expires`, unchecked; presigned only.
    pub(super) life: Option<String>,
    /// Literal in place of the body's hash in the canonical request, if the client sent one.
    pub(super) payload_hash: Option<String>,
    /// Whether the signature came in the query.
    pub(super) presigned: bool,
}

impl Claims {
    /// Reads the header form if there is one, else the query form.
    pub(super) fn read(headers: &HeaderMap, raw_query: &str) -> Result<Self, Refusal> {
        match authorization(headers) {
            Some(header) => Self::from_header(&header, headers),
            None => Self::from_query(raw_query, headers),
        }
    }

    fn from_header(header: &str, headers: &HeaderMap) -> Result<Self, Refusal> {
        let rest = header.trim_start().strip_prefix(ALGORITHM);
        let mut named: [(&str, Option<&str>); 3] =
            ["Credential", "Signature", "SignedHeaders"].map(|name| (name, None));
        let pieces = rest.unwrap_or_default();
        for piece in pieces.split(|c: char| c == ',' || c.is_ascii_whitespace()) {
            if piece.is_empty() {
                continue;
            }
            let Some((name, value)) = piece.split_once('=') else {
                return Err(refusals::not_a_pair(header));
            };
            if let Some(slot) = named.iter_mut().find(|slot| slot.0 == name) {
                slot.1 = slot.1.or(Some(value)).filter(|value| !value.is_empty());
            }
        }
        let date = text(headers, "x-amz-date");
        let other_date = text(headers, "date");
        let mut missing: Vec<&str> = Vec::new();
        missing.extend(named.iter().filter(|slot| slot.1.is_none()).map(|s| s.0));
        if date.is_none() && other_date.is_none() {
            missing.push("Date");
        }
        let [
            (_, Some(credential)),
            (_, Some(signature)),
            (_, Some(signed_headers)),
        ] = named
        else {
            return Err(refusals::incomplete_header(&missing, header));
        };
        let (issued, date) = match (date, other_date) {
            (Some(date), _) => (parse_iso_basic(&date), date),
            (None, Some(date)) => (parse_date_header(&date), date),
            (None, None) => return Err(refusals::incomplete_header(&missing, header)),
        };
        let (signed_headers, listed_twice) = names(signed_headers);
        Ok(Self {
            credential: credential.to_owned(),
            signed_headers,
            listed_twice,
            signature: signature.to_owned(),
            issued: issued.ok_or_else(|| refusals::bad_date(&date))?,
            session_token: text(headers, "x-amz-security-token").map(Cow::into_owned),
            life: None,
            payload_hash: text(headers, "x-amz-content-sha256").map(Cow::into_owned),
            presigned: false,
        })
    }

    fn from_query(raw_query: &str, headers: &HeaderMap) -> Result<Self, Refusal> {
        let value = |name: &str| parameter(raw_query, name).filter(|value| !value.is_empty());
        if let Some(algorithm) = value("X-Amz-Algorithm")
            && algorithm != ALGORITHM
        {
            return Err(refusals::algorithm(&algorithm));
        }
        let names_needed = [
            "X-Amz-Credential",
            "X-Amz-Signature",
            "X-Amz-SignedHeaders",
            "X-Amz-Date",
        ];
        let [
            Some(credential),
            Some(signature),
            Some(signed_headers),
            Some(date),
        ] = names_needed.map(value)
        else {
            let missing = names_needed.iter().filter(|name| value(name).is_none());
            return Err(refusals::incomplete_query(
                &missing.copied().collect::<Vec<_>>(),
            ));
        };
        let (signed_headers, listed_twice) = names(&signed_headers);
        Ok(Self {
            credential,
            signed_headers,
            listed_twice,
            signature,
            issued: parse_iso_basic(&date).ok_or_else(|| refusals::bad_date(&date))?,
            session_token: value("X-Amz-Security-Token")
                .or_else(|| text(headers, "x-amz-security-token").map(Cow::into_owned)),
            life: parameter(raw_query, "X-Amz-Expires"),
            payload_hash: text(headers, "x-amz-content-sha256")
                .map(Cow::into_owned)
                .or_else(|| value("X-Amz-Content-Sha256")),
            presigned: true,
        })
    }
}

/// The `Authorization` header if it is a signature.
pub(super) fn authorization(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    let header = text(headers, "authorization")?;
    header.trim_start().starts_with(ALGORITHM).then_some(header)
}

/// The part of a signature that a request states more than once, where it could be read either way.
pub(in crate::auth) fn repeated_part(headers: &HeaderMap, raw_query: &str) -> Option<&'static str> {
    if headers.get_all("authorization").iter().count() > 1 {
        return Some("Authorization");
    }
    let header = authorization(headers).unwrap_or_default();
    let in_header = ["Credential", "SignedHeaders", "Signature"]
        .into_iter()
        .find(|name| {
            let parts = header
                .split([',', ' '])
                .filter_map(|part| part.split_once('='));
            parts.filter(|(found, _)| found == name).count() > 1
        });
    let in_query = || {
        let names = [
            "X-Amz-Algorithm",
            "X-Amz-Credential",
            "X-Amz-Date",
            "X-Amz-Expires",
            "X-Amz-SignedHeaders",
            "X-Amz-Security-Token",
            "X-Amz-Signature",
        ];
        names.into_iter().find(|name| {
            let pairs = raw_query.split('&');
            let found = pairs.map(|pair| pair.split_once('=').map_or(pair, |(found, _)| found));
            found
                .filter(|found| decode(found) == name.as_bytes())
                .count()
                > 1
        })
    };
    in_header.or_else(in_query)
}

/// The first value of a query parameter, decoded. Names compare exactly, as the service's do.
pub(super) fn parameter(raw_query: &str, name: &str) -> Option<String> {
    let pairs = raw_query.split('&');
    let mut pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let (_, value) = pairs.find(|(found, _)| decode(found) == name.as_bytes())?;
    Some(String::from_utf8_lossy(&decode(value)).into_owned())
}

/// Splits `SignedHeaders` at its semicolons only: HTTP/2 clients list `:authority`.
fn names(list: &str) -> (Vec<String>, Option<String>) {
    let mut names: Vec<String> = list
        .split(';')
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty())
        .collect();
    names.sort();
    let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
    let twice = twice.map(|pair| pair[0].clone());
    names.dedup();
    (names, twice)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<Cow<'a, str>> {
    let value = match String::from_utf8_lossy(headers.get(name)?.as_bytes()) {
        Cow::Borrowed(value) => Cow::Borrowed(value.trim()),
        Cow::Owned(value) => Cow::Owned(value.trim().to_owned()),
    };
    Some(value).filter(|value| !value.is_empty())
}
