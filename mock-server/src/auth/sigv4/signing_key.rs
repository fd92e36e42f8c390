//! From a secret to a signature.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Mutex, PoisonError};

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Derived signing keys that were used lately.
///
/// Deriving takes four HMACs, and a client keeps the same date, region and service all day. Bounded
/// by number, oldest out first, because the region is the client's choice. Holds secrets: it is
/// never printed.
pub struct SigningKeys {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    keys: HashMap<String, Derived>,
    order: VecDeque<String>,
}

struct Derived {
    secret: String,
    key: [u8; 32],
}

impl SigningKeys {
    /// An empty cache.
    pub fn new() -> Self {
        Self {
            kept: Mutex::new(Kept::default()),
        }
    }

    /// The signing key of `secret` for `scope`, which is `key id/date/region/service`.
    pub(super) fn get(&self, scope: &str, secret: &str) -> [u8; 32] {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept.keys.get(scope)
            && bool::from(found.secret.as_bytes().ct_eq(secret.as_bytes()))
        {
            return found.key;
        }
        let key = derive(scope, secret);
        let secret = secret.to_owned();
        if kept
            .keys
            .insert(scope.to_owned(), Derived { secret, key })
            .is_none()
        {
            kept.order.push_back(scope.to_owned());
        }
        if kept.keys.len() > CAPACITY
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.keys.remove(&oldest);
        }
        key
    }
}

impl Default for SigningKeys {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKeys").finish_non_exhaustive()
    }
}

/// The signature of `string_to_sign` under a derived key, in lower-case hex.
pub(super) fn signature(key: &[u8; 32], string_to_sign: &str) -> String {
    hex(&hmac(key, string_to_sign.as_bytes()))
}

/// The chain of SigV4: secret → date → region → service → `aws4_request`.
pub(super) fn derive(scope: &str, secret: &str) -> [u8; 32] {
    let mut parts = scope.split('/').skip(1);
    let mut key = hmac(
        format!("AWS4{secret}").as_bytes(),
        parts.next().unwrap_or_default().as_bytes(),
    );
    for part in parts.chain(["aws4_request"]) {
        key = hmac(&key, part.as_bytes());
    }
    key
}

/// SHA-256 in lower-case hex.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length (RFC 2104)");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let pairs = bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]));
    pairs.collect()
}

/// How many derived keys are kept.
const CAPACITY: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_bounded_and_notices_a_new_secret() {
        let keys = SigningKeys::new();
        for n in 0..CAPACITY * 2 {
            keys.get(&format!("k/20260101/r{n}/bedrock"), "s");
        }
        let kept = keys.kept.lock().unwrap();
        assert_eq!((kept.keys.len(), kept.order.len()), (CAPACITY, CAPACITY));
        drop(kept);

        let scope = "k/20260101/r/bedrock";
        assert_eq!(keys.get(scope, "one"), derive(scope, "one"));
        assert_eq!(keys.get(scope, "two"), derive(scope, "two"));
        assert_eq!(keys.get(scope, "two"), derive(scope, "two"));
    }
}
