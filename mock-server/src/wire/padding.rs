//! The padding member `p` that hides the size of tokens.
//!
//! Every recorded value is a prefix of one alphabet, and over 3,093 deltas the lengths are spread
//! evenly over 2 to 61 whatever the text (aws/aws-sdk-js-v3#6919; recordings of 2024-2026).

use fastrand::Rng;

const ALPHABET: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// The next padding.
pub fn next(rng: &mut Rng) -> &'static str {
    &ALPHABET[..rng.usize(2..=61)]
}
