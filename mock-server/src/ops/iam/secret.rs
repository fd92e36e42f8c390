//! The text of a long-term key: `ABSK` and the base64 of `<alias>:<secret>`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::state::unique_id;

/// A new secret part: 32 bytes in base64, so it holds no colon.
pub(super) fn new() -> String {
    STANDARD.encode(unique_id::random::<32>())
}

/// The key as clients send it.
pub(super) fn encode(alias: &str, secret: &str) -> String {
    format!("ABSK{}", STANDARD.encode(format!("{alias}:{secret}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_made_in_the_console_begin_alike() {
        let key = encode("BedrockAPIKey-h42z-at-123456789012", &new());
        assert!(key.starts_with("ABSKQmVkcm9ja0FQSUtleS"), "{key}");
    }
}
