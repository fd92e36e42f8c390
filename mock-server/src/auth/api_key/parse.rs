//! Which kind of key a bearer value is.

use super::super::refusal::Refusal;
use super::{LongTermKey, ShortTermKey, refusals};

/// A key that is complete, though not yet known to be valid.
#[derive(Debug, Clone)]
pub enum ApiKey {
    /// `ABSK…`
    Long(LongTermKey),
    /// `bedrock-api-key-…`
    Short(ShortTermKey),
}

/// Tells the kinds of key apart and takes the key apart.
///
/// # Errors
///
/// `auth.api-key-prefix` for a value that is no Bedrock key at all, `auth.api-key-invalid` for one
/// that starts like a key and is broken.
pub fn parse(value: &str) -> Result<ApiKey, Refusal> {
    let value = value.trim();
    if let Some(encoded) = value.strip_prefix(super::short_term::PREFIX) {
        return ShortTermKey::parse(encoded).map(ApiKey::Short);
    }
    if let Some(encoded) = value.strip_prefix(super::long_term::PREFIX) {
        return LongTermKey::parse(encoded).map(ApiKey::Long);
    }
    Err(refusals::wrong_prefix(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: &str) -> &'static str {
        parse(value).unwrap_err().row.id
    }

    #[test]
    fn values_that_are_no_bedrock_key() {
        for value in [
            "",
            "sk-proj-abc",
            "<authenticated>",
            "eyJhbGciOiJub25lIn0.e30.",
            "absk",
            "AEAAabc",
            "aws-external-anthropic-api-key-abc",
        ] {
            assert_eq!(row(value), "auth.api-key-prefix", "{value}");
        }
    }

    #[test]
    fn keys_that_are_broken() {
        for value in [
            "ABSK",
            "ABSK****",
            "ABSKYWxpYXM=",     // "alias", no secret
            "ABSKOnNlY3JldA==", // ":secret"
            "ABSKYWxpYXM6",     // "alias:"
            "bedrock-api-key-",
            "bedrock-api-key-****",
            "bedrock-api-key-YWJj", // "abc"
        ] {
            assert_eq!(row(value), "auth.api-key-invalid", "{value}");
        }
    }

    #[test]
    fn hints_name_products_but_no_keys() {
        let hint = parse("sk-secretsecret").unwrap_err().hint;
        assert!(
            hint.contains("OpenAI") && !hint.contains("secretsecret"),
            "{hint}"
        );
        let hint = parse("ABSKc2VjcmV0c2VjcmV0").unwrap_err().hint;
        assert!(
            !hint.contains("c2Vjcm") && !hint.contains("secret:"),
            "{hint}"
        );
    }
}
