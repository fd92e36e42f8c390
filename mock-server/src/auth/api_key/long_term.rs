//! Long-term keys: `ABSK` and the base64 of `<alias>:<secret>`.
//!
//! The alias is the public part of an IAM service-specific credential. It ends in `-at-` and the
//! account, and starts with the IAM user's name; the second key of a user carries `+N` between the
//! two (PyPI `bedrock-keys-security` 1.3.1, `core/decoder`).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::super::refusal::Refusal;
use super::{lenient, refusals};

pub(super) const PREFIX: &str = "ABSK";

/// A parsed long-term key. Never printed with its secret.
#[derive(Clone)]
pub struct LongTermKey {
    alias: String,
    secret: String,
}

impl LongTermKey {
    pub(super) fn parse(encoded: &str) -> Result<Self, Refusal> {
        let text = lenient::decode(encoded)
            .ok_or_else(|| refusals::broken("what follows ABSK is not base64 of text"))?;
        let (alias, secret) = text
            .split_once(':')
            .filter(|(alias, secret)| !alias.is_empty() && !secret.is_empty())
            .ok_or_else(|| refusals::broken("it is not base64 of <alias>:<secret>"))?;
        Ok(Self {
            alias: alias.to_owned(),
            secret: secret.to_owned(),
        })
    }

    /// Public part: `<user>[+N]-at-<account>`.
    pub fn alias(&self) -> &str {
        &self.alias
    }

    /// Whether its secret part is this one. Constant time.
    pub fn has_secret(&self, secret: &str) -> bool {
        bool::from(self.secret.as_bytes().ct_eq(secret.as_bytes()))
    }

    /// The key as a client sends it.
    pub fn encoded(&self) -> String {
        let Self { alias, secret } = self;
        format!("{PREFIX}{}", STANDARD.encode(format!("{alias}:{secret}")))
    }
}

/// Equality takes the same time wherever two keys differ.
impl PartialEq for LongTermKey {
    fn eq(&self, other: &Self) -> bool {
        let alias = self.alias.as_bytes().ct_eq(other.alias.as_bytes());
        let secret = self.secret.as_bytes().ct_eq(other.secret.as_bytes());
        bool::from(alias & secret)
    }
}

impl Eq for LongTermKey {}

impl fmt::Debug for LongTermKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LongTermKey")
            .field("alias", &self.alias)
            .finish_non_exhaustive()
    }
}

/// Returns the account that an alias names: the 12 digits after its last `-at-`.
pub fn account_of(alias: &str) -> Option<String> {
    let (_, account) = alias.rsplit_once("-at-")?;
    let whole = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    whole.then(|| account.to_owned())
}

/// Returns the IAM user that an alias names: what precedes `-at-`, without the marker `+N` of a
/// second key. An alias of another form is taken as the name itself.
pub fn user_of(alias: &str) -> String {
    let Some((user, _)) = alias.rsplit_once("-at-") else {
        return alias.to_owned();
    };
    let name = match user.rsplit_once('+') {
        Some((name, n)) if !name.is_empty() && !n.is_empty() && all_digits(n) => name,
        _ => user,
    };
    name.to_owned()
}

/// The development key of an alias, which any mock verifies without having seen it: its secret is
/// a function of the alias and of a seed that is published here. Give an alias without a colon,
/// such as `BedrockAPIKey-dev1-at-123456789012`.
pub fn mint_development(alias: &str) -> String {
    let key = LongTermKey {
        alias: alias.to_owned(),
        secret: development_secret(alias),
    };
    key.encoded()
}

/// Whether a key is the development key of its alias. Constant time.
pub fn is_development(key: &LongTermKey) -> bool {
    let expected = development_secret(&key.alias);
    bool::from(expected.as_bytes().ct_eq(key.secret.as_bytes()))
}

fn development_secret(alias: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(DEVELOPMENT_SEED)
        .expect("HMAC takes keys of any length (RFC 2104)");
    mac.update(alias.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Published on purpose. It protects nothing: development keys open mocks only, and the real
/// service does not know them.
const DEVELOPMENT_SEED: &[u8] = b"bedrock-mock development key v1";

#[cfg(test)]
mod tests {
    use super::super::{ApiKey, parse};
    use super::*;

    fn long(value: &str) -> LongTermKey {
        match parse(value) {
            Ok(ApiKey::Long(key)) => key,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_published_form() {
        // Python: b64encode(b"BedrockAPIKey-ab12+1-at-123456789012:s3cr:et?>")
        let key = long("ABSKQmVkcm9ja0FQSUtleS1hYjEyKzEtYXQtMTIzNDU2Nzg5MDEyOnMzY3I6ZXQ/Pg==");
        assert_eq!(key.alias, "BedrockAPIKey-ab12+1-at-123456789012");
        assert_eq!(key.secret, "s3cr:et?>");
        assert_eq!(account_of(&key.alias).as_deref(), Some("123456789012"));
        assert_eq!(user_of(&key.alias), "BedrockAPIKey-ab12");
        let copied = long("ABSKQmVkcm9ja0FQSUtleS1hYjEyKzEtYXQtMTIzNDU2Nzg5MDEyOnMzY3I6ZXQ_Pg");
        assert_eq!(copied, key);
        assert_eq!(copied.encoded(), key.encoded());
    }

    #[test]
    fn aliases_of_other_forms() {
        for (alias, account, user) in [
            ("ci-user-at-000000000001", Some("000000000001"), "ci-user"),
            (
                "meet-at-noon-at-123456789012",
                Some("123456789012"),
                "meet-at-noon",
            ),
            ("a+b-at-123456789012", Some("123456789012"), "a+b"),
            ("a-at-12345678901", None, "a"),
            ("a-at-12345678901x", None, "a"),
            ("plain", None, "plain"),
        ] {
            assert_eq!(account_of(alias).as_deref(), account, "{alias}");
            assert_eq!(user_of(alias), user, "{alias}");
        }
    }

    #[test]
    fn development_keys() {
        let alias = "BedrockAPIKey-dev1-at-123456789012";
        let key = long(&mint_development(alias));
        assert_eq!(key.alias, alias);
        // Python: b64encode(hmac.digest(b"bedrock-mock development key v1", alias, "sha256"))
        assert_eq!(key.secret, "aCstQjDV7lSfT6xiOD5OwF9x9oJaiYWazUQOwOApuYs=");
        assert!(is_development(&key));
        for secret in ["", "x", &format!("{}=", key.secret)] {
            let secret = secret.to_owned();
            assert!(!is_development(&LongTermKey {
                secret,
                ..key.clone()
            }));
        }
        let alias = "BedrockAPIKey-dev2-at-123456789012".to_owned();
        assert!(!is_development(&LongTermKey { alias, ..key }));
    }

    #[test]
    fn secrets_are_not_printed() {
        let key = long(&mint_development("a-at-123456789012"));
        assert!(!format!("{key:?}").contains(&key.secret));
    }
}
