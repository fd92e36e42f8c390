//! What never gets into an entry: signatures, session tokens, keys, cookies.
//!
//! What names a credential stays — scheme, access key id and scope, the public part of an API key —
//! because that is what somebody who debugs looks for.

use http::HeaderMap;

use crate::auth::api_key::{self, ApiKey};

/// Stands where a secret stood.
pub(super) const REDACTED: &str = "<redacted>";

/// Bytes of a request's headers that are kept; the server refuses larger heads anyway.
const HEADERS_KEPT: usize = 16 * 1024;

/// Shorter texts are not looked for in answers: they would be found everywhere.
const SHORTEST_SECRET: usize = 8;

/// Parts of the names of headers, of queries and of forms that hold secrets, whoever invented them.
const SECRET_NAMES: &[&str] = &[
    "authorization",
    "cookie",
    "token",
    "secret",
    "signature",
    "password",
    "api-key",
    "apikey",
    "access-key",
    "accesskey",
];

/// Parts of names that are like these and hold none: amounts of tokens, the next page of a list, a
/// request's own mark, the public part of a key pair.
const OPEN_NAMES: &[&str] = &[
    "tokens",
    "token-count",
    "tokencount",
    "nexttoken",
    "next-token",
    "requesttoken",
    "access-key-id",
    "accesskeyid",
];

/// Headers that nearly every request has: looking for parts in their names takes longer than knowing
/// them.
const PLAIN_NAMES: &[&str] = &[
    "host",
    "date",
    "accept",
    "accept-encoding",
    "user-agent",
    "connection",
    "content-type",
    "content-length",
    "transfer-encoding",
    "x-amz-date",
    "x-amz-content-sha256",
    "x-amz-user-agent",
    "amz-sdk-request",
    "amz-sdk-invocation-id",
    "x-amzn-requestid",
    "x-amzn-errortype",
];

/// Bytes of the longest name that a member of a form can have.
const LONGEST_NAME: usize = 128;

/// Elements of the answers of IAM and STS that hold secrets.
const SECRET_ELEMENTS: &[&str] = &[
    "ServiceCredentialSecret",
    "ServicePassword",
    "SecretAccessKey",
    "SessionToken",
];

/// Headers without secrets; the secrets are put into `found`.
pub(super) fn headers(map: &HeaderMap, found: &mut Vec<String>) -> Vec<(String, String)> {
    let mut room = HEADERS_KEPT;
    let mut out = Vec::with_capacity(map.len());
    for (name, value) in map {
        let name = name.as_str();
        let value = String::from_utf8_lossy(value.as_bytes());
        let size = name.len() + value.len() + 4;
        if size > room {
            out.push(("…".to_owned(), "further headers are not kept".to_owned()));
            break;
        }
        room -= size;
        let shown = match name {
            "authorization" => authorization(&value, found),
            _ if is_credential(name) => whole(&value, found),
            _ => value.into_owned(),
        };
        out.push((name.to_owned(), shown));
    }
    out
}

/// A target without the secrets of its query.
pub(super) fn target(target: &str, found: &mut Vec<String>) -> String {
    match target.split_once('?') {
        Some((path, query)) => format!("{path}?{}", pairs(query, found)),
        None => target.to_owned(),
    }
}

/// A form without secrets; a body of another form, or without secrets, comes back as it is.
pub(super) fn form(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let named = |pair: &str| {
        let name = pair.split_once('=').map(|(name, _)| name);
        name.is_some_and(|name| is_name(name) && is_secret_parameter(name))
    };
    text.split('&')
        .any(named)
        .then(|| pairs(text, &mut Vec::new()))
}

/// Whether a text can be the name of a form's member at all. Any text may hold a `&` and a `=`.
fn is_name(text: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || "-_.~%+[]".contains(c);
    text.len() <= LONGEST_NAME && text.trim().chars().all(part)
}

/// An answer of IAM or STS without the secrets that it gives out.
pub(super) fn xml(body: &mut Vec<u8>) {
    // What was cut off in the middle of a character is still text before it.
    let mut out = String::from_utf8_lossy(body).into_owned();
    for name in SECRET_ELEMENTS {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let mut from = 0;
        while let Some(start) = out[from..].find(&open).map(|at| from + at + open.len()) {
            // An element that was cut off ends with what is kept.
            let end = out[start..].find(&close).map_or(out.len(), |at| start + at);
            out.replace_range(start..end, REDACTED);
            from = start + REDACTED.len();
        }
    }
    *body = out.into_bytes();
}

/// A text without secrets that the request showed: refusals may quote it.
pub(super) fn quoted(text: &str, secrets: &[String]) -> Option<String> {
    let hit = |secret: &&String| text.contains(secret.as_str());
    secrets.iter().find(hit)?;
    let start = text.to_owned();
    Some(secrets.iter().fold(start, |text, secret| {
        text.replace(secret.as_str(), REDACTED)
    }))
}

/// Whether a header, by its lower-case name, holds what proves who somebody is.
pub(crate) fn is_credential(name: &str) -> bool {
    if PLAIN_NAMES.contains(&name) {
        return false;
    }
    let name = name.replace('_', "-");
    // What a name holds that is open is left out of it: the rest may hold a secret still.
    let rest = OPEN_NAMES
        .iter()
        .fold(name, |name, open| name.replace(open, ""));
    SECRET_NAMES.iter().any(|part| rest.contains(part))
}

fn authorization(value: &str, found: &mut Vec<String>) -> String {
    let (scheme, rest) = value.split_once(' ').unwrap_or(("", value));
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        remember(rest, found);
        return format!("{scheme} {}", key(rest));
    }
    if scheme.eq_ignore_ascii_case("basic") {
        return format!("{scheme} {}", whole(rest, found));
    }
    if !scheme.starts_with("AWS4-") {
        return whole(value, found);
    }
    let parts = rest.split(',').map(|part| {
        let part = part.trim();
        match part.split_once('=') {
            Some(("Credential" | "SignedHeaders", _)) => part.to_owned(),
            Some((name @ "Signature", secret)) => format!("{name}={}", whole(secret, found)),
            _ => whole(part, found),
        }
    });
    format!("{scheme} {}", parts.collect::<Vec<_>>().join(", "))
}

/// What an API key says in public.
fn key(value: &str) -> String {
    match api_key::parse(value) {
        Ok(ApiKey::Long(key)) => format!("ABSK{REDACTED} ({})", key.alias()),
        Ok(ApiKey::Short(key)) => {
            format!(
                "bedrock-api-key-{REDACTED} ({}, {})",
                key.access_key(),
                key.region()
            )
        }
        Err(_) => ["ABSK", "bedrock-api-key-"]
            .iter()
            .find(|prefix| value.starts_with(**prefix))
            .map_or_else(|| REDACTED.into(), |prefix| format!("{prefix}{REDACTED}")),
    }
}

fn pairs(query: &str, found: &mut Vec<String>) -> String {
    let shown = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) if is_secret_parameter(name) => {
                format!("{name}={}", whole(value, found))
            }
            _ => pair.to_owned(),
        })
        .collect::<Vec<_>>();
    shown.join("&")
}

/// Names may be percent-encoded, and in forms followed by blanks.
fn is_secret_parameter(name: &str) -> bool {
    is_credential(decoded(name).to_ascii_lowercase().trim())
}

/// Percent escapes as the characters that they stand for; what is no escape stays.
fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|d| std::str::from_utf8(d).ok());
        let byte = digits.and_then(|d| u8::from_str_radix(d, 16).ok());
        match byte {
            Some(byte) if *first == b'%' => {
                out.push(byte);
                rest = &tail[2..];
            }
            _ => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn whole(value: &str, found: &mut Vec<String>) -> String {
    remember(value, found);
    REDACTED.to_owned()
}

fn remember(secret: &str, found: &mut Vec<String>) {
    if secret.len() >= SHORTEST_SECRET {
        found.push(secret.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &str) -> String {
        authorization(value, &mut Vec::new())
    }

    #[test]
    fn what_names_a_credential_stays() {
        assert_eq!(
            shown(
                "AWS4-HMAC-SHA256 Credential=test/20260101/us-west-2/bedrock/aws4_request, SignedHeaders=host, Signature=abcdef0123"
            ),
            "AWS4-HMAC-SHA256 Credential=test/20260101/us-west-2/bedrock/aws4_request, SignedHeaders=host, Signature=<redacted>"
        );
        let key = api_key::long_term::mint_development("me-at-123456789012");
        assert_eq!(
            shown(&format!("Bearer {key}")),
            "Bearer ABSK<redacted> (me-at-123456789012)"
        );
        for (value, told) in [
            ("Bearer ABSK%%%", "Bearer ABSK<redacted>"),
            ("Bearer something", "Bearer <redacted>"),
            ("Basic dXNlcjpwYXNz", "Basic <redacted>"),
            ("no-scheme-but-a-secret", "<redacted>"),
            ("odd secret", "<redacted>"),
            ("AWS4-HMAC-SHA256 secret", "AWS4-HMAC-SHA256 <redacted>"),
        ] {
            assert_eq!(shown(value), told);
        }
    }

    #[test]
    fn names_of_secrets() {
        for secret in [
            "x-forwarded-authorization",
            "x-original-cookie",
            "x-vault-token",
            "private_token",
            "x-access-key",
            "x-signature",
            "x-csrf-token",
            "tokens-secret",
            "token",
        ] {
            assert!(is_credential(secret), "{secret}");
        }
        for open in [
            "x-amzn-bedrock-input-token-count",
            "x-ratelimit-remaining-tokens",
            "nexttoken",
            "x-amz-content-sha256",
            "x-amz-signedheaders",
        ] {
            assert!(!is_credential(open), "{open}");
        }
    }

    #[test]
    fn queries_forms_and_answers() {
        let mut found = Vec::new();
        assert_eq!(
            target(
                "/p?X-Amz-Signature=0123456789&a=b&x%2Damz-security-token=tokentoken",
                &mut found
            ),
            "/p?X-Amz-Signature=<redacted>&a=b&x%2Damz-security-token=<redacted>"
        );
        assert_eq!(found, ["0123456789", "tokentoken"]);
        assert_eq!(form(b"Action=GetUser"), None);
        assert_eq!(form(b" {\"text\": \"a token=1&b=2\"}"), None);
        assert_eq!(
            form(b"a=b&token=1").as_deref(),
            Some("a=b&token=<redacted>")
        );
        let mut body =
            b"<a><SessionToken>t</SessionToken><b/><SecretAccessKey>s</SecretAccessKey>".to_vec();
        xml(&mut body);
        assert_eq!(
            body,
            b"<a><SessionToken><redacted></SessionToken><b/><SecretAccessKey><redacted></SecretAccessKey>"
        );
    }
}
