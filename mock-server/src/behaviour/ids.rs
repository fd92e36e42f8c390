//! Ids in the forms that recorded answers have, made from a seed: the same request has the same ids.

use fastrand::Rng;

const ALPHANUMERIC: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
/// Anthropic's ids leave out the letters and digits that are easily confused (0, O, I, l).
const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const HEX: &[u8] = b"0123456789abcdef";

/// `tooluse_` and 22 letters or digits, the Converse form of 2026.
pub fn converse_tool(seed: u64) -> String {
    format!("tooluse_{}", pick(seed, ALPHANUMERIC, 22))
}

/// `tooluse_` and 16 bytes in URL-safe base64, 22 characters: the form to 2025.
pub fn converse_tool_base64(seed: u64) -> String {
    use base64::Engine as _;
    let bytes = Rng::with_seed(seed).u128(..).to_be_bytes();
    let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    format!("tooluse_{text}")
}

/// `toolu_bdrk_01` and 22 characters, Anthropic's own form.
pub fn anthropic_tool(seed: u64) -> String {
    format!("toolu_bdrk_01{}", pick(seed, BASE58, 22))
}

/// `msg_bdrk_01` and 22 characters.
pub fn anthropic_message(seed: u64) -> String {
    format!("msg_bdrk_01{}", pick(seed, BASE58, 22))
}

/// A bare UUID v4, as Nova and Cohere have it.
pub fn uuid(seed: u64) -> String {
    let hex = pick(seed, HEX, 32);
    let variant = ["8", "9", "a", "b"][usize::from(hex.as_bytes()[16] & 3)];
    format!(
        "{}-{}-4{}-{variant}{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}

/// Letters and digits.
pub fn alphanumeric(seed: u64, length: usize) -> String {
    pick(seed, ALPHANUMERIC, length)
}

/// Lower-case hexadecimal digits.
pub fn hex(seed: u64, length: usize) -> String {
    pick(seed, HEX, length)
}

fn pick(seed: u64, alphabet: &[u8], length: usize) -> String {
    let mut rng = Rng::with_seed(seed);
    (0..length)
        .map(|_| char::from(alphabet[rng.usize(..alphabet.len())]))
        .collect()
}
