//! Times as IAM and STS write them.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Writes seconds since 1970 as `2026-02-03T19:06:46Z`.
pub(super) fn timestamp(seconds: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    at.format(&Rfc3339).unwrap_or_default()
}
