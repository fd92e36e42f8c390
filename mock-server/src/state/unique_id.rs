//! Ids of AWS's form: four letters that say what they name, then base32 that holds the account.
//!
//! Since 2019 the first ten characters behind the prefix begin with a set bit and the 40 bits of
//! the account's number, so that an id alone names its account; the rest is random. Access keys
//! have 20 characters, ids of users, roles and credentials 21.

use sha2::{Digest as _, Sha256};

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new access key id for temporary credentials.
pub fn access_key(account: &str) -> String {
    encode("ASIA", account, u64::from_be_bytes(random()), 16)
}

/// A new id of something that is not a key.
pub fn new(prefix: &str, account: &str) -> String {
    encode(prefix, account, u64::from_be_bytes(random()), 17)
}

/// The id of something that exists without having been made: the same for the same name.
pub fn of_name(prefix: &str, account: &str, name: &str) -> String {
    let digest = Sha256::digest(format!("{prefix}/{account}/{name}"));
    let entropy = digest
        .iter()
        .take(8)
        .fold(0, |sum: u64, byte| (sum << 8) | u64::from(*byte));
    encode(prefix, account, entropy, 17)
}

/// The account inside an id; `None` if it is not of this form.
pub fn account_of(id: &str) -> Option<String> {
    let symbols = id.as_bytes().get(4..14)?;
    let mut bits: u64 = 0;
    for symbol in symbols {
        let value = ALPHABET.iter().position(|a| a == symbol)?;
        bits = (bits << 5) | value as u64;
    }
    let marked = bits >> 49 == 1;
    let account = (bits >> 9) & 0xff_ffff_ffff;
    (marked && account < 1_000_000_000_000).then(|| format!("{account:012}"))
}

/// Bytes that nobody can guess.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let provider = rustls::crypto::ring::default_provider();
    if provider.secure_random.fill(&mut bytes).is_err() {
        // Without the system's generator TLS would not start either; a mock's secrets open mocks.
        fastrand::fill(&mut bytes);
    }
    bytes
}

fn encode(prefix: &str, account: &str, entropy: u64, length: usize) -> String {
    let account: u128 = account.parse().unwrap_or_default();
    // From the top: the mark, 40 bits of account, 49 random ones; 18 symbols in all.
    let bits = (1 << 89) | (account << 49) | u128::from(entropy >> 15);
    let symbols = (0..length).map(|i| ALPHABET[(bits >> (85 - 5 * i)) as usize & 31]);
    prefix.chars().chain(symbols.map(char::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A published pair of access key and account (trufflesecurity.com, "Research: uncovering AWS
    /// account numbers hidden in access keys").
    #[test]
    fn published_key_names_its_account() {
        assert_eq!(
            account_of("ASIAY34FZKBOKMUTVV7A").as_deref(),
            Some("609629065308")
        );
    }

    #[test]
    fn ids_name_their_account() {
        for account in [
            "000000000000",
            "000000000001",
            "123456789012",
            "999999999999",
        ] {
            let (key, id) = (access_key(account), new("ACCA", account));
            assert_eq!((key.len(), id.len()), (20, 21));
            assert_eq!(account_of(&key).as_deref(), Some(account), "{key}");
            assert_eq!(account_of(&id).as_deref(), Some(account), "{id}");
            assert_ne!(key, access_key(account));
        }
    }

    #[test]
    fn a_name_has_one_id() {
        let id = of_name("AIDA", "123456789012", "test");
        assert_eq!(id, of_name("AIDA", "123456789012", "test"));
        assert_ne!(id, of_name("AIDA", "123456789012", "Test"));
        assert!(id.starts_with("AIDA"));
    }

    #[test]
    fn other_texts_name_no_account() {
        for text in [
            "",
            "test",
            "123456789012",
            "ASIAIOSFODNN7EXAMPLE",
            "ASIAé34FZKBOKMUTVV7A",
            "ASIA0000000000000000",
        ] {
            assert_eq!(account_of(text), None, "{text}");
        }
    }
}
