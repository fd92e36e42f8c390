//! The signing side, as far as the mock needs it: presigning an empty POST.

use http::HeaderMap;

use super::canonical::{Canonical, string_to_sign};
use super::signing_key::{derive, sha256_hex, signature};

/// The signature over `POST /?query` with an empty body and `host` as the only signed header.
/// `date` is ISO basic; `key_scope` is `key id/date/region/service`.
pub(in crate::auth) fn sign_query(
    query: &str,
    host: &str,
    date: &str,
    key_scope: &str,
    secret: &str,
) -> String {
    let canonical = Canonical {
        method: "POST",
        raw_path: "/",
        raw_query: query,
        left_out: &[],
        headers: &HeaderMap::new(),
        authority: Some(host),
        signed_headers: &["host".to_owned()],
        payload_hash: &sha256_hex(b""),
        normalize: true,
    };
    let scope = key_scope.split_once('/').map_or("", |(_, scope)| scope);
    let to_sign = string_to_sign(date, &format!("{scope}/aws4_request"), &canonical.request());
    signature(&derive(key_scope, secret), &to_sign)
}
