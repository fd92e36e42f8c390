//! The opaque `nextToken`: where the next page begins.
//!
//! A page begins behind an id, not at a number, so profiles that come or go between two pages
//! shift nothing. A checksum over the list's parameters ties a token to the list that gave it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What must be the same for all pages of a list.
pub(super) struct List<'a> {
    /// Account, region and filter.
    pub(super) parameters: &'a [&'a str],
}

impl List<'_> {
    /// The token of a page that begins behind `last`.
    pub(super) fn token(&self, last: &str) -> String {
        let mut bytes = self.checksum(last).to_be_bytes().to_vec();
        bytes.extend_from_slice(last.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The id behind which a token's page begins, `None` if the token is not of this list.
    pub(super) fn read(&self, token: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (checksum, last) = bytes.split_first_chunk::<4>()?;
        let last = std::str::from_utf8(last).ok()?;
        (u32::from_be_bytes(*checksum) == self.checksum(last)).then(|| last.to_owned())
    }

    fn checksum(&self, last: &str) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        for text in self.parameters.iter().chain([&last]) {
            hasher.update(text.as_bytes());
            hasher.update(b"\n");
        }
        hasher.finalize()
    }
}
