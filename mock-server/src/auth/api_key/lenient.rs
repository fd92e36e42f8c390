//! Base64 that forgives what happens to keys on clipboards and in URLs.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

/// Decodes UTF-8 text from either base64 alphabet, padded or not.
pub(super) fn decode(text: &str) -> Option<String> {
    let standard: String = text
        .chars()
        .map(|c| match c {
            '-' => '+',
            '_' => '/',
            c => c,
        })
        .collect();
    String::from_utf8(LENIENT.decode(standard).ok()?).ok()
}

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_alphabet_with_or_without_padding() {
        // "a?>~" encoded by Python's base64 module: YT8+fg== and YT8-fg==.
        for text in ["YT8+fg==", "YT8+fg", "YT8-fg==", "YT8-fg"] {
            assert_eq!(decode(text).as_deref(), Some("a?>~"), "{text}");
        }
        assert_eq!(decode("YT8*fg"), None);
        assert_eq!(decode("_w"), None, "not UTF-8");
    }
}
